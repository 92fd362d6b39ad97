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

// NewLedgerLookup makes an ItemLookup over a ledger. ledger may return nil while the log is being read, which is an error of the look-up.
// The time of a recall is read from the store, once for each recalled lot.
func NewLedgerLookup(ledger func() *trace.Ledger, s trace.LogReader) ItemLookup {
	cache := &lotCache{store: s, lots: map[string]lotFacts{}}
	return func(ctx context.Context, code string, index int64) (Item, bool, error) {
		l := ledger()
		if l == nil {
			return Item{}, false, errors.New("the ledger is not read yet")
		}
		v, ok := l.Serial(index)
		if !ok {
			return Item{}, false, nil
		}
		facts, err := cache.findLot(ctx, l, v.Batch.Lot)
		if err != nil {
			return Item{}, false, err
		}
		return makeItem(code, &v, facts, listAdminCodes(l, v.Batch.Org, "")), true, nil
	}
}

func makeItem(code string, v *trace.SerialView, facts lotFacts, home []string) Item {
	it := Item{Code: code, Lot: v.Batch.Lot, Org: v.Batch.Org, State: v.State, Since: v.Since, Recalled: facts.recalled,
		Sales: v.Batch.Regions, Home: slices.Concat(home, facts.home)}
	it.Activated = v.Activated
	return it
}

// maxCachedLots bounds the cache of lots.
const maxCachedLots = 10_000

// lotCache remembers the facts that the items of one lot share, until the lot changes.
type lotCache struct {
	store trace.LogReader
	mu    sync.Mutex
	lots  map[string]lotFacts
}

type lotFacts struct {
	seq      int64     // of the lot's last change; other facts hold for this state alone
	recalled time.Time // zero where the lot is not recalled
	home     []string  // codes of the maker's regions
}

// findLot returns the facts of a lot from the cache or the ledger.
func (c *lotCache) findLot(ctx context.Context, l *trace.Ledger, id string) (lotFacts, error) {
	seq, ok := l.PageSeq(id)
	if !ok {
		return lotFacts{}, fmt.Errorf("lot %s is not in the ledger", id) // a serial batch always belongs to a lot
	}
	c.mu.Lock()
	f, ok := c.lots[id]
	c.mu.Unlock()
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
		if f.recalled, err = findRecallTime(ctx, c.store, v); err != nil {
			return lotFacts{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lots) >= maxCachedLots {
		clear(c.lots)
	}
	c.lots[id] = f
	return f, nil
}

// findRecallTime is the time at which the recall in force was recorded: from then on the recall could be known to all.
func findRecallTime(ctx context.Context, s trace.LogReader, v *trace.LotView) (time.Time, error) {
	const last = 1000 // records of a lot that are read
	seqs := v.Events[max(0, len(v.Events)-last):]
	list, err := s.Find(ctx, trace.Query{Seqs: seqs, Limit: last})
	if err != nil {
		return time.Time{}, fmt.Errorf("find the recall: %w", err)
	}
	var at time.Time
	voided := map[string]bool{}
	for i := len(list) - 1; i >= 0; i-- { // backwards: a withdrawal comes after the withdrawn record
		ev, err := trace.ParseEvent(list[i].Body)
		if err != nil {
			return time.Time{}, fmt.Errorf("read record %d: %w", list[i].Seq, err)
		}
		switch {
		case ev.Declaration != nil:
			voided[ev.EventID] = true
		case ev.Persistent == nil || voided[ev.EventID]:
		case slices.Contains(ev.Persistent.Unset, trace.DispositionRecalled):
			return at, nil // the recall before was lifted; the one in force came later
		case slices.Contains(ev.Persistent.Set, trace.DispositionRecalled):
			at = list[i].RecordTime
		}
	}
	return at, nil
}

// listAdminCodes lists the six-digit codes of an organisation's own place, and of a place and the places around both.
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
		for range 12 { // hierarchies of places are less deep
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
