package scan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// ItemLookup says what the ledger knows of an item with a serial number; ok is false where it knows none. See LedgerItems.
type ItemLookup func(ctx context.Context, code string, index int64) (it Item, ok bool, err error)

// FindItem is what the ledger knows of an item; ok is false where it knows none.
func (c *Counter) FindItem(ctx context.Context, code string, index int64) (it Item, ok bool, err error) {
	if c.options.Items == nil {
		return Item{}, false, nil
	}
	return c.options.Items(ctx, code, index)
}

// Bounds of the search for copies behind a flush. What is not looked at in one round is in the next; what would be beyond maxSuspects is
// looked at when its code is seen again.
const (
	maxSuspects = 100_000
	inspectTime = 500 * time.Millisecond
)

// suspectQueue is the items whose counts changed since they were last looked into.
type suspectQueue struct {
	mu     sync.Mutex
	byCode map[string]suspect
}

type suspect struct {
	index     int64
	hasRegion bool // seen in a known region
}

func (w *suspectQueue) addSuspect(e *entry) {
	if e.item == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	old, known := w.byCode[e.code]
	if !known && len(w.byCode) >= maxSuspects {
		return
	}
	w.byCode[e.code] = suspect{e.item - 1, old.hasRegion || e.region != ""}
}

func (w *suspectQueue) takeSuspect() (code string, s suspect, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for code, s := range w.byCode {
		delete(w.byCode, code)
		return code, s, true
	}
	return "", s, false
}

// inspectSuspects holds the items of a flush against the rules and keeps a case for each that is broken.
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
			c.suspects.addSuspect(&entry{code: code, item: s.index + 1, region: map[bool]string{true: "?"}[s.hasRegion]}) // again in the next round
			return fmt.Errorf("look into the scans of an item: %w", err)
		}
	}
	return nil
}

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

// needsRegion reports whether no view without a region can break a rule: what was too early was seen when it was.
func (it *Item) needsRegion() bool {
	return it.Recalled.IsZero() && (it.State == trace.SerialActivated || it.State == trace.SerialSold)
}
