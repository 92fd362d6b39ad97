package trace

import (
	"fmt"
	"runtime/debug"
	"time"
)

// judgedCommand is a judged command on its way to the store.
type judgedCommand struct {
	pending *pendingCommand
	record  Record
	plan    *plan // nil for master data
}

// writeBatch judges what waits until a command depends on one before it, appends, applies and answers. It returns the command that has to
// wait for the next batch. Where another server appended first, what was not written is judged again, on the ledger as it then is.
func (w *Writer) writeBatch(first *pendingCommand) (held *pendingCommand) {
	b := w.newBatch()
	for taken, pending := 0, first; pending != nil && taken < maxBatch; taken++ { // refusals count too, or they would hold up the others
		if !b.takeCommand(pending) {
			held = pending
			break
		}
		if taken == maxBatch-1 {
			break
		}
		select {
		case pending = <-w.queue:
		default:
			pending = nil
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
func (w *Writer) judgeAgain(list []*pendingCommand) (left []*pendingCommand, cause error) {
	b := w.newBatch()
	for i, pending := range list {
		if !b.takeCommand(pending) {
			left = list[i:]
			break
		}
	}
	lost, cause := b.appendReady()
	return append(lost, left...), cause
}

func (w *Writer) newBatch() *batch {
	return &batch{writer: w, changedIDs: map[string]bool{}, usedIDs: map[string]bool{}, takenLots: map[string]bool{},
		takenAmounts: map[[2]int32]Amount{}, lastSeq: w.ledger.head, now: w.ledger.clockAt(w.now())}
}

type batch struct {
	writer        *Writer
	ready         []judgedCommand
	hasMasterData bool // some of ready is master data
	changedIDs    map[string]bool
	usedIDs       map[string]bool
	takenLots     map[string]bool
	takenAmounts  map[[2]int32]Amount // what is taken of a lot at a spot, and not applied yet
	lastSeq       int64
	now           time.Time
}

// takeCommand judges one command. False means it names what an earlier command of this batch changes, and must wait until that is applied.
func (b *batch) takeCommand(pending *pendingCommand) bool {
	if err := pending.ctx.Err(); err != nil || b.writer.contact.Away {
		if err == nil {
			err = b.writer.contact.Err // asking a store that does not answer would make everybody wait for it
		}
		pending.answer <- Result{Err: storeUnavailable(err)}
		return true
	}
	if len(b.ready) > 0 && b.ready[0].record.Kind == KindLedger {
		return false // nothing can be judged before the namespace is known
	}
	l := b.writer.ledger
	if pending.cmd.ClientID != "" {
		id := "client\x00" + pending.cmd.Actor.Org + "\x00" + pending.cmd.ClientID
		if b.changedIDs[id] {
			return false
		}
		if seq, ok := l.clients[clientDigest(pending.cmd.Actor.Org, pending.cmd.ClientID)]; ok {
			pending.answer <- b.writer.answerRepeat(pending, int64(seq))
			return true
		}
		defer func() { b.noteClientID(id, pending) }()
	}
	a := judgedCommand{pending: pending, record: Record{Kind: pending.cmd.Kind, RecordTime: b.now.UTC().Truncate(time.Millisecond),
		Org:  pending.cmd.Actor.Org,
		User: pending.cmd.Actor.User, ClientID: pending.cmd.ClientID, Digest: pending.cmd.Digest, Body: pending.cmd.Body}}
	names, reads, fits, err := b.judgeSafely(&a)
	if !fits {
		return false
	}
	if err == nil && len(a.record.Body) > MaxBody {
		err = E(TooLarge, CodeTooLarge, "", "limit", "8 MiB")
	}
	if err != nil || a.pending == nil {
		if a.pending != nil {
			pending.answer <- Result{Err: err}
		}
		return true
	}
	if pending.cmd.DryRun {
		pending.answer <- Result{Record: a.record}
		return true
	}
	b.acceptCommand(a, names, reads)
	return true
}

// acceptCommand takes a judged command into the batch and remembers what it changes, leans on, and takes.
func (b *batch) acceptCommand(a judgedCommand, names, reads []string) {
	for _, n := range names {
		b.changedIDs[n] = true
	}
	for _, n := range reads {
		b.usedIDs[n] = true
	}
	if a.plan != nil {
		for _, n := range a.plan.takenLots {
			b.takenLots[n] = true
		}
		for _, m := range a.plan.moves {
			if m.lot >= 0 && m.from >= 0 {
				b.takenAmounts[[2]int32{m.lot, m.from}] += m.qty
			}
		}
	}
	b.lastSeq++
	a.record.Seq = b.lastSeq
	b.ready = append(b.ready, a)
	b.hasMasterData = b.hasMasterData || a.plan == nil
}

// noteClientID remembers a client id once its command has been taken for real.
func (b *batch) noteClientID(id string, pending *pendingCommand) {
	if n := len(b.ready); n > 0 && b.ready[n-1].pending == pending {
		b.changedIDs[id] = true
	}
}

// mustWait reports whether a command has to wait for an earlier one of the batch.
func (b *batch) mustWait(names, reads []string) bool {
	for _, n := range names {
		if b.changedIDs[n] || b.usedIDs[n] || b.takenLots[n] {
			return true
		}
	}
	for _, n := range reads {
		if b.changedIDs[n] {
			return true
		}
	}
	return false
}

// runsShort reports whether what is left of a lot after earlier commands of the batch is too little: the answer is given once they are
// applied.
func (b *batch) runsShort(p *plan) bool {
	for _, m := range p.moves {
		if m.lot < 0 || m.from < 0 {
			continue
		}
		if gone := b.takenAmounts[[2]int32{m.lot, m.from}]; gone > 0 && b.writer.ledger.heldAmount(m.lot, m.from) < gone+m.qty {
			return true
		}
	}
	return false
}

// judgeSafely judges, and turns a fault of ours into an answer: one event that we did not think of must not stop everybody's writing.
// Judging only reads, so that nothing is left half done.
func (b *batch) judgeSafely(a *judgedCommand) (names, reads []string, fits bool, err error) {
	pending := a.pending
	defer func() {
		if r := recover(); r != nil {
			a.pending, names, reads, fits, err = pending, nil, nil, true, fmt.Errorf("judge %s: %v\n%s", pending.cmd.Kind, r, debug.Stack())
		}
	}()
	return b.judgeCommand(a)
}

// judgeCommand reads and checks the command; a.p becomes nil where it has been answered already (a repeated event).
func (b *batch) judgeCommand(a *judgedCommand) (names, reads []string, fits bool, err error) {
	l := b.writer.ledger
	cmd := &a.pending.cmd
	if cmd.Kind != KindEvent {
		names, reads := masterNames(&a.record)
		if b.mustWait(names, reads) {
			return nil, nil, false, nil
		}
		return names, reads, true, l.judgeMaster(&a.record, cmd.Actor)
	}
	ev := cmd.Event
	if ev == nil {
		return nil, nil, true, E(Invalid, CodeRequired, "event")
	}
	if b.hasMasterData && b.mustWait(nil, listMasterRefs(ev, cmd.Actor.Org)) {
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
			a.pending.answer <- b.writer.answerRepeatedEvent(a.pending, seq)
			a.pending = nil
			return nil, nil, true, nil
		}
	}
	p, err := l.planEvent(ev, org)
	if err != nil {
		return nil, nil, true, err
	}
	if b.mustWait(p.changedIDs, p.usedIDs) || b.runsShort(p) {
		return nil, nil, false, nil
	}
	if ev.Declaration != nil {
		if err = l.judgeCorrection(p, cmd.Actor); err == nil {
			err = b.writer.checkSameEvent(a.pending, int64(p.correctedSeq))
		}
	} else {
		a.record.Questions, err = l.judgePlan(p, cmd.Actor, b.now, b.writer.assessor)
	}
	if err != nil {
		return nil, nil, true, err
	}
	fillEventFields(&a.record, ev)
	a.plan = p
	return append(p.changedIDs, ev.EventID), p.usedIDs, true, nil
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

// listMasterRefs lists the master data an event relies on.
func listMasterRefs(ev *Event, org string) []string {
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
