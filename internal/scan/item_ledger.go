package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// NewLedgerLookup says of items what a ledger knows. ledger may give nil while the log is being read: nothing is known then. The time of a
// recall is read from the store, once for each recalled lot.
func NewLedgerLookup(ledger func() *trace.Ledger, s trace.LogReader) ItemLookup {
	k := &lotCache{store: s, lots: map[string]lotFacts{}}
	return func(ctx context.Context, code string, index int64) (Item, bool, error) {
		l := ledger()
		if l == nil {
			return Item{}, false, errors.New("the ledger is not read yet")
		}
		v, ok := l.Serial(index)
		if !ok {
			return Item{}, false, nil
		}
		f, err := k.findLot(ctx, l, v.Batch.Lot)
		if err != nil {
			return Item{}, false, err
		}
		return makeItem(code, &v, f, listAdminCodes(l, v.Batch.Org, "")), true, nil
	}
}

func makeItem(code string, v *trace.SerialView, f lotFacts, home []string) Item {
	it := Item{Code: code, Lot: v.Batch.Lot, Org: v.Batch.Org, State: v.State, Since: v.Since, Recalled: f.recalled, Sales: v.Batch.Regions,
		Home: slices.Concat(home, f.home)}
	if v.State == trace.SerialActivated {
		it.Activated = v.Since
	}
	return it
}

// maxLots bounds what is remembered of lots.
const maxLots = 10_000

// lotCache remembers what the items of one lot share, as long as the lot does not change.
type lotCache struct {
	store trace.LogReader
	mu    sync.Mutex
	lots  map[string]lotFacts
}

type lotFacts struct {
	seq      int64
	recalled time.Time
	home     []string
}

func (k *lotCache) findLot(ctx context.Context, l *trace.Ledger, id string) (lotFacts, error) {
	seq, ok := l.PageSeq(id)
	if !ok {
		return lotFacts{}, fmt.Errorf("lot %s is not in the ledger", id) // a batch is always of a lot
	}
	k.mu.Lock()
	f, ok := k.lots[id]
	k.mu.Unlock()
	if ok && f.seq == seq {
		return f, nil
	}
	v, err := l.Lot(id, 0)
	if err != nil {
		return lotFacts{}, err
	}
	place := ""
	if v.Made.Place != nil {
		place = v.Made.Place.ID
	}
	f = lotFacts{seq: seq, home: listAdminCodes(l, v.Made.Org.ID, place)}
	if v.Status == "recalled" {
		if f.recalled, err = findRecallTime(ctx, k.store, v); err != nil {
			return lotFacts{}, err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.lots) >= maxLots {
		clear(k.lots)
	}
	k.lots[id] = f
	return f, nil
}

// findRecallTime is when the recall that stands was recorded: from then on everybody could know.
func findRecallTime(ctx context.Context, s trace.LogReader, v *trace.LotView) (time.Time, error) {
	const last = 1000 // records of a lot that are looked through
	seqs := v.Events[max(0, len(v.Events)-last):]
	list, err := s.Find(ctx, trace.Query{Seqs: seqs, Limit: last})
	if err != nil {
		return time.Time{}, fmt.Errorf("find the recall: %w", err)
	}
	var at time.Time
	voided := map[string]bool{}
	for i := len(list) - 1; i >= 0; i-- { // a withdrawal comes after what it withdraws
		ev, err := trace.ParseEvent(list[i].Body)
		if err != nil {
			return time.Time{}, fmt.Errorf("read record %d: %w", list[i].Seq, err)
		}
		switch {
		case ev.Declaration != nil:
			voided[ev.EventID] = true
		case ev.Persistent == nil || voided[ev.EventID]:
		case slices.Contains(ev.Persistent.Unset, trace.DispositionRecalled):
			return at, nil // recalled again since, or it would not stand
		case slices.Contains(ev.Persistent.Set, trace.DispositionRecalled):
			at = list[i].RecordTime
		}
	}
	return at, nil
}

// listAdminCodes are the six-digit codes of where an organisation is, and of a place and those around it.
func listAdminCodes(l *trace.Ledger, org, place string) (codes []string) {
	add := func(code string) {
		if len(code) >= 6 && !slices.Contains(codes, code[:6]) {
			codes = append(codes, code[:6])
		}
	}
	ids := []string{place}
	if o, ok := l.Organisation(org); ok {
		add(o.AdminCode)
		ids = append(ids, o.Place)
	}
	for _, id := range ids {
		for range 12 { // a hierarchy of places is not deeper
			p, ok := l.Place(id)
			if !ok {
				break
			}
			add(p.AdminCode)
			id = p.Parent
		}
	}
	return codes
}
