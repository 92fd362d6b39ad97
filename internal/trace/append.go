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

// write appends the batch and answers. A failed append may have been kept all the same (a lost acknowledgement), so the writer looks at
// the store before it goes on.
func (b *batch) write() {
	if len(b.ready) == 0 {
		return
	}
	recs := make([]Record, len(b.ready))
	for i := range b.ready {
		recs[i] = b.ready[i].rec
	}
	after := b.w.ledger.head
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := b.w.store.Append(ctx, after, recs)
	if err != nil {
		err = b.w.settleAppend(ctx, after, recs, err)
	}
	if err != nil {
		for _, a := range b.ready {
			a.p.done <- Result{Err: err}
		}
		return
	}
	b.w.ledger.applyBatch(b.ready)
	for i := range b.ready {
		b.ready[i].p.done <- Result{Record: recs[i]}
	}
	b.w.changed(b.seq)
}

// settleAppend finds out what a failed append left behind: nil when the whole batch is in the store after all.
func (w *Writer) settleAppend(ctx context.Context, after int64, recs []Record, cause error) error {
	found, err := w.store.Records(ctx, after, len(recs))
	if err != nil {
		return E(Unavailable, CodeStoreUnavailable, "", "why", cause.Error())
	}
	same := 0
	for same < len(found) && sameRecord(&found[same], &recs[same]) {
		same++
	}
	if same == len(recs) {
		return nil
	}
	if len(found) > 0 { // another writer, or a part of ours: take over what is there, then the callers send again
		if err := w.ledger.Replay(ctx, w.store); err != nil {
			return E(Unavailable, CodeStoreUnavailable, "", "why", err.Error())
		}
	}
	return E(Unavailable, CodeStoreUnavailable, "", "why", cause.Error())
}

func sameRecord(a, b *Record) bool {
	return a.Seq == b.Seq && a.Kind == b.Kind && a.Org == b.Org && a.ClientID == b.ClientID && a.EventID == b.EventID && string(a.Body) == string(b.Body)
}

func (l *Ledger) applyBatch(list []accepted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range list {
		a := &list[i]
		if a.plan != nil {
			l.record(&a.rec, a.plan)
			l.apply(a.plan, uint32(a.rec.Seq))
			continue
		}
		if err := l.commitMaster(&a.rec); err != nil { // judged a moment ago: it decodes
			panic("apply judged master data: " + err.Error())
		}
		l.record(&a.rec, nil)
	}
}

func (l *Ledger) apply(p *plan, seq uint32) {
	if p.kind == planCorrect {
		l.commitCorrection(p, seq)
		return
	}
	l.commit(p, seq)
	for _, q := range l.questioned[seq] { // late field work asks about harvests it does not name
		if n, ok := l.lookup(q.Lot); ok {
			l.touch(n, seq)
		}
	}
}

// again reads a record that a command seems to repeat.
func (w *Writer) again(p *pending, seq int64) (Record, error) {
	list, err := w.store.Find(p.ctx, Query{Seqs: []int64{seq}})
	if err != nil || len(list) != 1 {
		return Record{}, fmt.Errorf("read record %d again: %w", seq, errors.Join(err, E(Unavailable, CodeStoreUnavailable, "")))
	}
	return list[0], nil
}

// repeat answers a command whose client id was recorded before.
func (w *Writer) repeat(p *pending, seq int64) Result {
	r, err := w.again(p, seq)
	if err != nil {
		return Result{Err: err}
	}
	if r.Digest != p.cmd.Digest {
		return Result{Err: E(Conflict, CodeIDReused, "", "id", clip(p.cmd.ClientID))}
	}
	return Result{Record: r, Repeat: true}
}

// repeatedEvent answers an event whose id was recorded before. It is a repeat only where the recorded one still stands: a loss that was
// withdrawn and then really happened must not vanish. (Two loads alike in all are told apart by the id of their reports, which is in them.)
func (w *Writer) repeatedEvent(p *pending, seq uint32) Result {
	r, err := w.again(p, int64(seq))
	if err != nil {
		return Result{Err: err}
	}
	if r.Org != p.cmd.Actor.Org {
		return Result{Err: E(Conflict, CodeIDReused, "eventID", "id", clip(r.EventID))}
	}
	if !strings.HasPrefix(r.EventID, "ni:///") { // not a hash of the content: a client made it
		if err := sameContent(&r, p.cmd.Event); err != nil {
			return Result{Err: err}
		}
	}
	if !w.ledger.stands(seq, p.cmd.Event) {
		return Result{Err: E(Conflict, CodeSameAsBefore, "eventTime", "seq", strconv.FormatUint(uint64(seq), 10))}
	}
	return Result{Record: r, Repeat: true}
}

// stands reports whether a recorded event was not withdrawn, and, where it gave lots a status, whether they still have it.
func (l *Ledger) stands(seq uint32, ev *Event) bool {
	if l.events[seq].void {
		return false
	}
	if ev.Persistent == nil {
		return true
	}
	p, err := l.interpret(ev, l.events[seq].org)
	if err != nil {
		return false
	}
	for _, c := range p.states {
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

// sameEvent checks that a declaration repeats the event it withdraws: what is undone is read from it, and must be what was done.
func (w *Writer) sameEvent(p *pending, seq int64) error {
	r, err := w.again(p, seq)
	if err != nil {
		return err
	}
	return sameContent(&r, p.cmd.Event)
}

// sameContent compares what the ledger reads of an event with what was recorded under its id.
func sameContent(r *Record, ev *Event) error {
	old, err := ParseEvent(r.Body)
	if err != nil {
		return fmt.Errorf("read record %d again: %w", r.Seq, err)
	}
	now := *ev
	old.Declaration, now.Declaration = nil, nil
	a, errA := old.JSON()
	b, errB := now.JSON()
	if err := errors.Join(errA, errB); err != nil {
		return malformed(err)
	}
	if !bytes.Equal(a, b) {
		return E(Conflict, CodeIDReused, "eventID", "id", clip(ev.EventID))
	}
	return nil
}
