package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// appendTimeout bounds one durable write.
const appendTimeout = 10 * time.Second

// appendReady appends the batch and answers. The result are the commands that have to be judged again, since another server appended first,
// and why.
func (b *batch) appendReady() (left []*pendingCommand, cause error) {
	if len(b.ready) == 0 {
		return nil, nil
	}
	recs := make([]Record, len(b.ready))
	for i := range b.ready {
		recs[i] = b.ready[i].record
	}
	ctx, cancel := context.WithTimeout(context.Background(), appendTimeout)
	defer cancel()
	n := b.writer.beginSync()
	if err := b.writer.store.Append(ctx, b.writer.ledger.head, recs); err != nil {
		return b.answerAppended(n, recs, err)
	}
	b.writer.ledger.applyBatch(b.ready)
	for i := range b.ready {
		b.ready[i].pending.answer <- Result{Record: recs[i]}
	}
	b.writer.noteContact(n, nil)
	b.writer.onChange(b.lastSeq)
	return nil, nil
}

// answerAppended finds out what a failed append left behind. The batch, or a part of it, may have been kept all the same (a lost
// acknowledgement); and records that are not there now may still arrive: a late record takes the number that the next append uses, and the
// next append fails as this one did. So no record is ever there twice.
func (b *batch) answerAppended(n int64, recs []Record, cause error) (left []*pendingCommand, _ error) {
	head := b.writer.ledger.head
	same, err := b.writer.catchUp(recs)
	for i := range same {
		b.ready[i].pending.answer <- Result{Record: recs[i]}
	}
	for _, a := range b.ready[same:] {
		left = append(left, a.pending)
	}
	b.writer.noteContact(n, err)
	if b.writer.ledger.head > head {
		b.writer.onChange(b.writer.ledger.head)
	}
	if err == nil && (errors.Is(cause, ErrConflict) || b.writer.ledger.head > head) {
		return left, cause
	}
	refuseAll(left, cause)
	return nil, nil
}

// refuseAll answers commands that could not be written.
func refuseAll(list []*pendingCommand, cause error) {
	for _, pending := range list {
		pending.answer <- Result{Err: storeUnavailable(cause)}
	}
}

func storeUnavailable(cause error) error {
	return E(Unavailable, CodeStoreUnavailable, "", "why", cause.Error())
}

func isSameRecord(a, b *Record) bool {
	return a.Seq == b.Seq && a.Kind == b.Kind && a.Org == b.Org && a.User == b.User && a.ClientID == b.ClientID && a.EventID == b.EventID &&
		string(a.Body) == string(b.Body)
}

func (l *Ledger) applyBatch(list []judgedCommand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range list {
		a := &list[i]
		if a.plan != nil {
			l.indexRecord(&a.record, a.plan)
			l.applyPlan(a.plan, uint32(a.record.Seq))
			continue
		}
		if err := a.pending.kind.commit(l, &a.record, a.pending.cmd.Value); err != nil { // never: the record was judged a moment ago
			panic("apply a judged record: " + err.Error())
		}
		l.indexRecord(&a.record, nil)
	}
}

func (l *Ledger) applyPlan(p *plan, seq uint32) {
	if p.kind == planCorrect {
		l.commitCorrection(p, seq)
		return
	}
	l.commitPlan(p, seq)
	for _, q := range l.questioned[seq] { // late field work asks about harvests it does not name
		if n, ok := l.findLot(q.Lot); ok {
			l.addLotRecord(n, seq)
		}
	}
}

// readFirstRecord reads a record that a command seems to repeat. A store that does not answer is noted: the next repeat must not wait for
// it too.
func (w *Writer) readFirstRecord(pending *pendingCommand, seq int64) (Record, error) {
	if pending.firstRecord != nil && pending.firstRecord.Seq == seq {
		return *pending.firstRecord, nil
	}
	ctx, cancel := context.WithTimeout(pending.ctx, syncTimeout)
	defer cancel()
	list, err := w.store.Find(ctx, Query{Seqs: []int64{seq}})
	if err != nil && pending.ctx.Err() == nil {
		w.noteContact(0, err)
	}
	if err != nil || len(list) != 1 {
		return Record{}, fmt.Errorf("read record %d again: %w", seq, errors.Join(err, E(Unavailable, CodeStoreUnavailable, "")))
	}
	return list[0], nil
}

// readFirstRecords reads the records that commands seem to repeat, all at once and before the commands queue: the writer would read one
// after the other, and all callers would wait. The writer itself looks for a record that is not found here, or cannot be read.
func (w *Writer) readFirstRecords(ctx context.Context, list []*pendingCommand) {
	seqs := w.ledger.findRepeats(list)
	if len(seqs) == 0 || w.Contact().Away {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	found, err := w.store.Find(ctx, Query{Seqs: seqs, Limit: len(seqs)})
	if err != nil {
		return
	}
	bySeq := make(map[int64]*Record, len(found))
	for i := range found {
		bySeq[found[i].Seq] = &found[i]
	}
	for i, seq := range seqs {
		list[i].firstRecord = bySeq[seq]
	}
}

// findRepeats gives the records that commands seem to repeat, 0 for one that seems new; nil where all do so.
func (l *Ledger) findRepeats(list []*pendingCommand) []int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var seqs []int64
	for i, pending := range list {
		seq, ok := l.clients[clientDigest(pending.cmd.Actor.Org, pending.cmd.ClientID)]
		if ev := pending.cmd.Event(); !ok && ev != nil {
			seq, ok = l.eventOf[digest16(ev.EventID)]
		}
		if ok && seqs == nil {
			seqs = make([]int64, len(list))
		}
		if ok {
			seqs[i] = int64(seq)
		}
	}
	return seqs
}

// answerRepeat answers a command whose client id was recorded before.
func (w *Writer) answerRepeat(pending *pendingCommand, seq int64) Result {
	r, err := w.readFirstRecord(pending, seq)
	if err != nil {
		return Result{Err: err}
	}
	if r.Digest != pending.cmd.Digest {
		return Result{Err: E(Conflict, CodeIDReused, "", "id", Clip(pending.cmd.ClientID))}
	}
	return Result{Record: r, Repeat: true}
}

// answerRepeatedEvent answers an event whose id was recorded before. The event is a repeat only where the recorded event still stands: a
// loss that was withdrawn and then really happened must not vanish. (Two loads alike in all are distinguished by the id of their reports,
// which is in the events.)
func (w *Writer) answerRepeatedEvent(pending *pendingCommand, seq uint32) Result {
	r, err := w.readFirstRecord(pending, int64(seq))
	if err != nil {
		return Result{Err: err}
	}
	if r.Org != pending.cmd.Actor.Org {
		return Result{Err: E(Conflict, CodeIDReused, "eventID", "id", Clip(r.EventID))}
	}
	if !strings.HasPrefix(r.EventID, "ni:///") { // not a hash of the content: a client made it
		if err := checkSameContent(&r, pending.cmd.Event()); err != nil {
			return Result{Err: err}
		}
	}
	if !w.ledger.eventStands(seq, pending.cmd.Event()) {
		return Result{Err: E(Conflict, CodeSameAsBefore, "eventTime", "seq", strconv.FormatUint(uint64(seq), 10))}
	}
	return Result{Record: r, Repeat: true}
}

// eventStands reports whether a recorded event was not withdrawn, and, where it gave lots a status, whether they still have it.
func (l *Ledger) eventStands(seq uint32, ev *Event) bool {
	if l.events[seq].void {
		return false
	}
	if ev.Persistent == nil {
		return true
	}
	p, err := l.interpretEvent(ev, l.events[seq].org)
	if err != nil {
		return false
	}
	for _, c := range p.stateChanges {
		if s := l.lots[c.lot].state; !s.Has(c.set) || s&c.unset&Recalled != 0 {
			return false
		}
		holds := slices.Contains(l.holders[c.lot], l.events[seq].org)
		if c.set.Has(OnHold) && !holds || c.unset.Has(OnHold) && holds {
			return false
		}
	}
	return true
}

// checkSameEvent checks that a declaration repeats the event it withdraws: the undoing is read from the declaration, and must undo the
// recorded event.
func (w *Writer) checkSameEvent(pending *pendingCommand, seq int64) error {
	r, err := w.readFirstRecord(pending, seq)
	if err != nil {
		return err
	}
	return checkSameContent(&r, pending.cmd.Event())
}

// checkSameContent compares what the ledger reads of an event with what was recorded under its id.
func checkSameContent(r *Record, ev *Event) error {
	old, err := ParseEvent(r.Body)
	if err != nil {
		return fmt.Errorf("read record %d again: %w", r.Seq, err)
	}
	now := *ev
	old.Declaration, now.Declaration = nil, nil
	a, errA := old.JSON()
	b, errB := now.JSON()
	if err := errors.Join(errA, errB); err != nil {
		return malformedJSON(err)
	}
	if !bytes.Equal(a, b) {
		return E(Conflict, CodeIDReused, "eventID", "id", Clip(ev.EventID))
	}
	return nil
}
