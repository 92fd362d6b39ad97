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

type parsedPage struct {
	recs   []Record
	events []*Event
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
			go func() { out <- parsePage(recs) }()
		}
	}()
	for out := range pages {
		page := <-out
		if page.err != nil {
			return fmt.Errorf("replay: %w", page.err)
		}
		if err := l.applyPage(&page); err != nil {
			return err
		}
		if report != nil {
			report(l.Head())
		}
	}
	return ctx.Err()
}

func parsePage(recs []Record) parsedPage {
	p := parsedPage{recs: recs, events: make([]*Event, len(recs))}
	for i := range recs {
		if recs[i].Kind != KindEvent {
			continue
		}
		ev, err := ParseEvent(recs[i].Body)
		if err != nil {
			p.err = fmt.Errorf("record %d: %w", recs[i].Seq, err)
			return p
		}
		p.events[i] = ev
	}
	return p
}

func (l *Ledger) applyPage(page *parsedPage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range page.recs {
		if err := l.applyRecord(&page.recs[i], page.events[i]); err != nil {
			return err
		}
	}
	return nil
}

// applyRecord folds one stored record into the ledger. The rules that depend on the moment of writing (clock, role, tolerance) are not
// asked again; everything the fold itself needs is, so that a damaged log is found.
func (l *Ledger) applyRecord(r *Record, ev *Event) error {
	bad := func(err error) error {
		return fmt.Errorf("record %d does not follow from the log: %w", r.Seq, errors.Join(E(Internal, CodeBadCheck, "seq", "value", strconv.FormatInt(r.Seq, 10)), err))
	}
	if r.Seq != l.head+1 {
		return bad(fmt.Errorf("the head is %d", l.head))
	}
	if ev == nil {
		if err := l.commitMaster(r); err != nil {
			return bad(err)
		}
		l.indexRecord(r, nil)
		return nil
	}
	org, ok := l.locationOf[r.Org]
	if !ok {
		return bad(E(Conflict, CodeUnknownThing, "org", "thing", "organisation", "value", Clip(r.Org)))
	}
	p, err := l.planEvent(ev, org)
	if err != nil {
		return bad(err)
	}
	for _, rule := range []func(*plan, Actor) error{l.judgeNewLots, l.replayMoves, l.judgeUnitLocations} {
		if err := rule(p, Actor{}); err != nil {
			return bad(err)
		}
	}
	l.indexRecord(r, p)
	l.applyPlan(p, uint32(r.Seq))
	return nil
}

// replayMoves checks only that no holding falls below nothing.
func (l *Ledger) replayMoves(p *plan, _ Actor) error {
	for _, m := range p.moves {
		if m.lot >= 0 && m.from != nowhere && l.heldAmount(m.lot, m.from) < m.qty {
			return E(Conflict, CodeInsufficient, m.field, "lot", KeyOf(l.idOf(&l.lots[m.lot])), "available", l.heldAmount(m.lot, m.from).String(), "wanted", m.qty.String(), "unit", "")
		}
	}
	return nil
}

// Fold applies one stored record, for a verification that reads the log itself. Errors: CodeBadCheck and whatever does not follow.
func (l *Ledger) Fold(r *Record) error {
	var ev *Event
	if r.Kind == KindEvent {
		var err error
		if ev, err = ParseEvent(r.Body); err != nil {
			return fmt.Errorf("record %d: %w", r.Seq, err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.applyRecord(r, ev)
}
