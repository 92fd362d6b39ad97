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

// writeBatch judges waiting commands until a command depends on an earlier command of the batch, appends, applies and answers. The result
// is the command that has to wait for the next batch. Where another server appended first, commands that were not written are judged again,
// on the ledger with the other server's records.
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
	takenAmounts  map[[2]int32]Amount // amounts taken of a lot at a location, and not applied yet
	lastSeq       int64
	now           time.Time
}

// takeCommand judges one command. False means that the command names things that an earlier command of this batch changes, and must wait
// until the earlier command is applied.
func (b *batch) takeCommand(pending *pendingCommand) bool {
	if err := pending.ctx.Err(); err != nil || b.writer.contact.Away {
		if err == nil {
			err = b.writer.contact.Err // a question to a store that does not answer would make all callers wait
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

// acceptCommand takes a judged command into the batch and remembers the things that the command changes, depends on, and takes.
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

// runsShort reports whether the rest of a lot after earlier commands of the batch is too little: the answer is given once the earlier
// commands are applied.
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

// judgeSafely judges, and turns a fault of ours into an answer: one unforeseen event must not stop the writing of all callers. Judging only
// reads, so that nothing is left half done.
func (b *batch) judgeSafely(a *judgedCommand) (names, reads []string, fits bool, err error) {
	pending := a.pending
	defer func() {
		if r := recover(); r != nil {
			a.pending, names, reads, fits, err = pending, nil, nil, true, fmt.Errorf("judge %s: %v\n%s", pending.cmd.Kind, r, debug.Stack())
		}
	}()
	return b.judgeCommand(a)
}

// judgeCommand judges the command as its kind says; a.pending becomes nil where the command has been answered already (a repeated event).
func (b *batch) judgeCommand(a *judgedCommand) (names, reads []string, fits bool, err error) {
	if a.pending.kind == nil {
		return nil, nil, true, unknownKind(a.pending.cmd.Kind)
	}
	return a.pending.kind.judge(b, a)
}
