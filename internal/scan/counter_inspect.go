package scan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// ItemLookup finds the ledger's facts about the item with a serial number; ok is false for an unknown item. NewLedgerLookup makes one.
type ItemLookup func(ctx context.Context, code string, index int64) (it Item, ok bool, err error)

// FindItem returns the ledger's facts about an item; ok is false for an unknown item, and where the Counter has no ItemLookup.
func (c *Counter) FindItem(ctx context.Context, code string, index int64) (it Item, ok bool, err error) {
	if c.options.Items == nil {
		return Item{}, false, nil
	}
	return c.options.Items(ctx, code, index)
}

// Bounds of the search for copies after a flush. Items that are not examined in one round are examined in the next; an item beyond
// maxSuspects is examined when its code is seen again.
const (
	maxSuspects = 100_000
	inspectTime = 500 * time.Millisecond
)

// suspectQueue holds the items whose counts changed since their last examination.
type suspectQueue struct {
	mu     sync.Mutex
	byCode map[string]suspect
}

type suspect struct {
	index     int64
	hasRegion bool // the code was seen in a known region
}

// addCounter adds the item of a counter that was written; a lot is no suspect.
func (q *suspectQueue) addCounter(e *entry) {
	if e.item != 0 {
		q.addSuspect(e.code, suspect{index: e.item - 1, hasRegion: e.region != ""})
	}
}

func (q *suspectQueue) addSuspect(code string, s suspect) {
	q.mu.Lock()
	defer q.mu.Unlock()
	old, known := q.byCode[code]
	if !known && len(q.byCode) >= maxSuspects {
		return
	}
	q.byCode[code] = suspect{s.index, s.hasRegion || old.hasRegion}
}

// takeSuspect removes some item from the queue; ok is false where the queue is empty.
func (q *suspectQueue) takeSuspect() (code string, s suspect, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for code, s := range q.byCode {
		delete(q.byCode, code)
		return code, s, true
	}
	return "", s, false
}

// inspectSuspects checks the items of a flush against the rules and keeps a case for each broken rule.
func (c *Counter) inspectSuspects(ctx context.Context) error {
	if c.options.Items == nil {
		return nil
	}
	until := time.Now().Add(inspectTime)
	for time.Now().Before(until) && ctx.Err() == nil {
		code, s, ok := c.suspects.takeSuspect()
		if !ok {
			return nil
		}
		if err := c.inspectItem(ctx, code, s); err != nil {
			c.suspects.addSuspect(code, s) // the next round tries again
			return fmt.Errorf("look into the scans of an item: %w", err)
		}
	}
	return nil
}

// inspectItem checks one item against the rules and keeps a case for each broken rule.
func (c *Counter) inspectItem(ctx context.Context, code string, s suspect) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	it, ok, err := c.options.Items(ctx, code, s.index)
	if err != nil || !ok || it.needsRegion() && !s.hasRegion {
		return err
	}
	rows, err := c.options.Store.Scans(ctx, code)
	if err != nil {
		return err
	}
	for _, f := range EvaluateRules(&it, rows, c.options.Regions) {
		if _, err := keepFinding(ctx, c.options.Store, it, f, c.options.Regions); err != nil {
			return err
		}
	}
	return nil
}

// needsRegion reports whether only views with a region can break a rule: the item is neither recalled nor voided, and a view before its
// activation was found at that time.
func (it *Item) needsRegion() bool {
	return it.Recalled.IsZero() && (it.State == trace.SerialActivated || it.State == trace.SerialSold)
}
