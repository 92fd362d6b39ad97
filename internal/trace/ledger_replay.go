package trace

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

const replayPage = 4096

// Replay brings the ledger to the store's head. Bodies are parsed beside the reading and the applying, which stays in order.
// Errors: what the store says, or CodeBadCheck where a record does not follow from those before it.
func (l *Ledger) Replay(ctx context.Context, s LogReader) error {
	return l.ReplayProgress(ctx, s, nil)
}

// parsedPage are records with their decoded bodies. err says why the record after them could not be read.
type parsedPage struct {
	recs   []Record
	values []any
	err    error
}

// ReplayProgress is Replay that reports the sequence reached after each page.
func (l *Ledger) ReplayProgress(ctx context.Context, s LogReader, report func(seq int64)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan chan parsedPage, 3)
	go func() {
		defer close(pages)
		for after := l.head; ; {
			recs, err := s.Records(ctx, after, replayPage)
			out := make(chan parsedPage, 1)
			select {
			case pages <- out:
			case <-ctx.Done():
				return
			}
			if err != nil || len(recs) == 0 {
				out <- parsedPage{err: err}
				return
			}
			after = recs[len(recs)-1].Seq
			go func() { out <- l.parsePage(recs) }()
		}
	}()
	for out := range pages {
		page := <-out
		if err := l.applyPage(&page); err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		if report != nil {
			report(l.Head())
		}
	}
	return ctx.Err()
}

func (l *Ledger) parsePage(recs []Record) parsedPage {
	p := parsedPage{recs: recs, values: make([]any, len(recs))}
	for i := range recs {
		v, err := l.kinds.decode(recs[i].Kind, recs[i].Body)
		if err != nil {
			p.recs, p.err = recs[:i], badRecord(&recs[i], err)
			return p
		}
		p.values[i] = v
	}
	return p
}

// applyPage applies the records of a page, and then answers why the next record could not be read.
func (l *Ledger) applyPage(page *parsedPage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range page.recs {
		if err := l.applyRecord(&page.recs[i], page.values[i]); err != nil {
			return err
		}
	}
	return page.err
}

// badRecord is the error of a stored record that cannot follow the records before it.
func badRecord(r *Record, err error) error {
	check := E(Internal, CodeBadCheck, "seq", "value", strconv.FormatInt(r.Seq, 10))
	return fmt.Errorf("record %d does not follow from the log: %w", r.Seq, errors.Join(check, err))
}

// applyRecord folds one stored record into the ledger; value is its decoded body. The rules that depend on the moment of writing (clock,
// role, tolerance) are not checked during replay; all conditions that the fold itself needs are checked, so that a damaged log is found.
func (l *Ledger) applyRecord(r *Record, value any) error {
	if r.Seq != l.head+1 {
		return badRecord(r, fmt.Errorf("the head is %d", l.head))
	}
	k := l.kinds.byName[r.Kind]
	if k == nil {
		return badRecord(r, unknownKind(r.Kind))
	}
	if err := k.replay(l, r, value); err != nil {
		return badRecord(r, err)
	}
	return nil
}

// replayMoves checks only that no holding falls below nothing.
func (l *Ledger) replayMoves(p *plan, _ Actor) error {
	for _, m := range p.moves {
		if m.lot >= 0 && m.from != nowhere && l.heldAmount(m.lot, m.from) < m.qty {
			return E(Conflict, CodeInsufficient, m.field, "lot", KeyOf(l.idOf(&l.lots[m.lot])), "available", l.heldAmount(m.lot, m.from).String(),
				"wanted", m.qty.String(), "unit", "")
		}
	}
	return nil
}

// Fold applies one stored record, for a verification that reads the log itself. Errors: CodeBadCheck and whatever does not follow.
func (l *Ledger) Fold(r *Record) error {
	value, err := l.kinds.decode(r.Kind, r.Body)
	if err != nil {
		return badRecord(r, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.applyRecord(r, value)
}
