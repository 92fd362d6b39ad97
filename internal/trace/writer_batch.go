package trace

import (
	"fmt"
	"runtime/debug"
	"time"
)

// accepted is a judged command on its way to the store.
type accepted struct {
	p    *pending
	rec  Record
	plan *plan // nil for master data
}

// writeBatch judges what waits until a command depends on one before it, appends, applies and answers. It returns the command that has to
// wait for the next batch. Where another server appended first, what was not written is judged again, on the ledger as it then is.
func (w *Writer) writeBatch(first *pending) (held *pending) {
	b := w.newBatch()
	for taken, p := 0, first; p != nil && taken < maxBatch; taken++ { // refusals count too, or they would hold up the others
		if !b.takeCommand(p) {
			held = p
			break
		}
		if taken == maxBatch-1 {
			break
		}
		select {
		case p = <-w.queue:
		default:
			p = nil
		}
	}
	left, cause := b.appendReady()
	for try := 1; len(left) > 0; try++ {
		if try > maxTries {
			refuseAll(left, cause)
			break
		}
		w.pauseAtRandom(try)
		before := len(left)
		left, cause = w.judgeAgain(left)
		if len(left) < before {
			try = 0
		}
	}
	return held
}

// judgeAgain judges and writes commands once more, as many as fit together, and returns those that are not answered.
func (w *Writer) judgeAgain(list []*pending) (left []*pending, cause error) {
	b := w.newBatch()
	for i, p := range list {
		if !b.takeCommand(p) {
			left = list[i:]
			break
		}
	}
	lost, cause := b.appendReady()
	return append(lost, left...), cause
}

func (w *Writer) newBatch() *batch {
	return &batch{w: w, wrote: map[string]bool{}, read: map[string]bool{}, took: map[string]bool{},
		gone: map[[2]int32]Amount{}, seq: w.ledger.head, now: w.ledger.clockAt(w.now())}
}

type batch struct {
	w       *Writer
	ready   []accepted
	masters bool // some of ready is master data
	wrote   map[string]bool
	read    map[string]bool
	took    map[string]bool
	gone    map[[2]int32]Amount // what is taken of a lot at a spot, and not applied yet
	seq     int64
	now     time.Time
}

// takeCommand judges one command. False means it names what an earlier command of this batch changes, and must wait until that is applied.
func (b *batch) takeCommand(p *pending) bool {
	if err := p.ctx.Err(); err != nil || b.w.contact.Away {
		if err == nil {
			err = b.w.contact.Err // asking a store that does not answer would make everybody wait for it
		}
		p.done <- Result{Err: storeUnavailable(err)}
		return true
	}
	if len(b.ready) > 0 && b.ready[0].rec.Kind == KindLedger {
		return false // nothing can be judged before the namespace is known
	}
	l := b.w.ledger
	if p.cmd.ClientID != "" {
		id := "client\x00" + p.cmd.Actor.Org + "\x00" + p.cmd.ClientID
		if b.wrote[id] {
			return false
		}
		if seq, ok := l.clients[clientDigest(p.cmd.Actor.Org, p.cmd.ClientID)]; ok {
			p.done <- b.w.answerRepeat(p, int64(seq))
			return true
		}
		defer func() { b.noteClientID(id, p) }()
	}
	a := accepted{p: p, rec: Record{Kind: p.cmd.Kind, RecordTime: b.now.UTC().Truncate(time.Millisecond), Org: p.cmd.Actor.Org,
		User: p.cmd.Actor.User, ClientID: p.cmd.ClientID, Digest: p.cmd.Digest, Body: p.cmd.Body}}
	names, reads, fits, err := b.judgeSafely(&a)
	if !fits {
		return false
	}
	if err == nil && len(a.rec.Body) > MaxBody {
		err = E(TooLarge, CodeTooLarge, "", "limit", "8 MiB")
	}
	if err != nil || a.p == nil {
		if a.p != nil {
			p.done <- Result{Err: err}
		}
		return true
	}
	if p.cmd.DryRun {
		p.done <- Result{Record: a.rec}
		return true
	}
	b.acceptCommand(a, names, reads)
	return true
}

// acceptCommand takes a judged command into the batch and remembers what it changes, leans on, and takes.
func (b *batch) acceptCommand(a accepted, names, reads []string) {
	for _, n := range names {
		b.wrote[n] = true
	}
	for _, n := range reads {
		b.read[n] = true
	}
	if a.plan != nil {
		for _, n := range a.plan.takes {
			b.took[n] = true
		}
		for _, m := range a.plan.moves {
			if m.lot >= 0 && m.from >= 0 {
				b.gone[[2]int32{m.lot, m.from}] += m.qty
			}
		}
	}
	b.seq++
	a.rec.Seq = b.seq
	b.ready = append(b.ready, a)
	b.masters = b.masters || a.plan == nil
}

// noteClientID remembers a client id once its command has been taken for real.
func (b *batch) noteClientID(id string, p *pending) {
	if n := len(b.ready); n > 0 && b.ready[n-1].p == p {
		b.wrote[id] = true
	}
}

// mustWait reports whether a command has to wait for an earlier one of the batch.
func (b *batch) mustWait(names, reads []string) bool {
	for _, n := range names {
		if b.wrote[n] || b.read[n] || b.took[n] {
			return true
		}
	}
	for _, n := range reads {
		if b.wrote[n] {
			return true
		}
	}
	return false
}

// runsShort reports whether what is left of a lot after earlier commands of the batch is too little: the answer is given once they are applied.
func (b *batch) runsShort(p *plan) bool {
	for _, m := range p.moves {
		if m.lot < 0 || m.from < 0 {
			continue
		}
		if gone := b.gone[[2]int32{m.lot, m.from}]; gone > 0 && b.w.ledger.heldAmount(m.lot, m.from) < gone+m.qty {
			return true
		}
	}
	return false
}

// judgeSafely judges, and turns a fault of ours into an answer: one event that we did not think of must not stop everybody's writing. Judging only
// reads, so that nothing is left half done.
func (b *batch) judgeSafely(a *accepted) (names, reads []string, fits bool, err error) {
	p := a.p
	defer func() {
		if r := recover(); r != nil {
			a.p, names, reads, fits, err = p, nil, nil, true, fmt.Errorf("judge %s: %v\n%s", p.cmd.Kind, r, debug.Stack())
		}
	}()
	return b.judgeCommand(a)
}

// judgeCommand reads and checks the command; a.p becomes nil where it has been answered already (a repeated event).
func (b *batch) judgeCommand(a *accepted) (names, reads []string, fits bool, err error) {
	l := b.w.ledger
	cmd := &a.p.cmd
	if cmd.Kind != KindEvent {
		names, reads := masterNames(&a.rec)
		if b.mustWait(names, reads) {
			return nil, nil, false, nil
		}
		return names, reads, true, l.judgeMaster(&a.rec, cmd.Actor)
	}
	ev := cmd.Event
	if ev == nil {
		return nil, nil, true, E(Invalid, CodeRequired, "event")
	}
	if b.masters && b.mustWait(nil, masterRefs(ev, cmd.Actor.Org)) {
		return nil, nil, false, nil
	}
	org, ok := l.locationOf[cmd.Actor.Org]
	if _, known := l.orgs[cmd.Actor.Org]; !ok || !known {
		return nil, nil, true, E(Forbidden, CodeUnknownThing, "org", "thing", "organisation", "value", Clip(cmd.Actor.Org))
	}
	if ev.EventID == "" {
		return nil, nil, true, E(Invalid, CodeRequired, "eventID")
	}
	if b.mustWait(nil, listMentionedIDs(ev)) {
		return nil, nil, false, nil
	}
	if ev.Declaration == nil {
		if seq, ok := l.eventOf[digest16(ev.EventID)]; ok {
			a.p.done <- b.w.answerRepeatedEvent(a.p, seq)
			a.p = nil
			return nil, nil, true, nil
		}
	}
	p, err := l.planEvent(ev, org)
	if err != nil {
		return nil, nil, true, err
	}
	if b.mustWait(p.names, p.reads) || b.runsShort(p) {
		return nil, nil, false, nil
	}
	if ev.Declaration != nil {
		if err = l.judgeCorrection(p, cmd.Actor); err == nil {
			err = b.w.checkSameEvent(a.p, int64(p.undoes))
		}
	} else {
		a.rec.Questions, err = l.judgePlan(p, cmd.Actor, b.now, b.w.ask)
	}
	if err != nil {
		return nil, nil, true, err
	}
	fillEventFields(&a.rec, ev)
	a.plan = p
	return append(p.names, ev.EventID), p.reads, true, nil
}

func (l *Ledger) planEvent(ev *Event, org int32) (*plan, error) {
	if ev.Declaration != nil {
		return l.planCorrection(ev, org)
	}
	return l.interpretEvent(ev, org)
}

// listMentionedIDs lists the identifiers an event names, whether or not they are known.
func listMentionedIDs(ev *Event) []string {
	out := make([]string, 0, 8)
	out = append(out, ev.EventID)
	for _, list := range [][]EventQuantity{ev.Inputs, ev.Outputs, ev.Quantities, ev.Children} {
		for i := range list {
			out = append(out, list[i].Class)
		}
	}
	for _, list := range [][]string{ev.EPCs, ev.ChildEPCs, ev.InputEPCs, ev.OutputEPCs} {
		out = append(out, list...)
	}
	if ev.ParentID != "" {
		out = append(out, ev.ParentID)
	}
	for i := range ev.BizTransactions {
		out = append(out, ev.BizTransactions[i].ID)
	}
	return out
}

// masterRefs lists the master data an event relies on.
func masterRefs(ev *Event, org string) []string {
	out := []string{org}
	if ev.BizLocation != nil {
		out = append(out, ev.BizLocation.ID)
	}
	for i := range ev.Destinations {
		out = append(out, ev.Destinations[i].ID)
	}
	if ev.Ilmd != nil {
		out = append(out, ev.Ilmd.Season)
		for i := range ev.Ilmd.Lots {
			out = append(out, ev.Ilmd.Lots[i].Product)
		}
	}
	return out
}

// fillEventFields fills the fields of a record that are derived from its event.
func fillEventFields(r *Record, ev *Event) {
	r.EventID, r.EventType, r.BizStep, r.EventTime = ev.EventID, ev.Type, ev.BizStep, ev.Time.Time
	r.Lots = listMentionedIDs(ev)[1:]
	if ev.Ilmd != nil && ev.Ilmd.Season != "" {
		r.Lots = append(r.Lots, ev.Ilmd.Season)
	}
	for _, id := range []*ID{ev.BizLocation, ev.ReadPoint} {
		if id != nil {
			r.Places = append(r.Places, id.ID)
		}
	}
}
