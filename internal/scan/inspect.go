package scan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Items says what the ledger knows of an item with a serial number; ok is false where it knows none. See LedgerItems.
type Items func(ctx context.Context, code string, index int64) (it Item, ok bool, err error)

// Item is what the ledger knows of an item; ok is false where it knows none.
func (c *Counter) Item(ctx context.Context, code string, index int64) (it Item, ok bool, err error) {
	if c.o.Items == nil {
		return Item{}, false, nil
	}
	return c.o.Items(ctx, code, index)
}

// Bounds of the search for copies behind a flush. What is not looked at in one round is in the next; what would be beyond maxSuspects is
// looked at when its code is seen again.
const (
	maxSuspects = 100_000
	inspectTime = 500 * time.Millisecond
)

// watch is the items whose counts changed since they were last looked into.
type watch struct {
	mu    sync.Mutex
	codes map[string]suspect
}

type suspect struct {
	index    int64
	regional bool // seen in a known region
}

func (w *watch) add(e *entry) {
	if e.item == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	old, known := w.codes[e.code]
	if !known && len(w.codes) >= maxSuspects {
		return
	}
	w.codes[e.code] = suspect{e.item - 1, old.regional || e.region != ""}
}

func (w *watch) next() (code string, s suspect, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for code, s := range w.codes {
		delete(w.codes, code)
		return code, s, true
	}
	return "", s, false
}

// inspect holds the items of a flush against the rules and keeps a case for each that is broken.
func (c *Counter) inspect(ctx context.Context) error {
	if c.o.Items == nil {
		return nil
	}
	until := time.Now().Add(inspectTime)
	for time.Now().Before(until) && ctx.Err() == nil {
		code, s, ok := c.watch.next()
		if !ok {
			return nil
		}
		if err := c.look(ctx, code, s); err != nil {
			c.watch.add(&entry{code: code, item: s.index + 1, region: map[bool]string{true: "?"}[s.regional]}) // again in the next round
			return fmt.Errorf("look into the scans of an item: %w", err)
		}
	}
	return nil
}

func (c *Counter) look(ctx context.Context, code string, s suspect) error {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	it, ok, err := c.o.Items(ctx, code, s.index)
	if err != nil || !ok || it.quiet() && !s.regional {
		return err
	}
	rows, err := c.o.Store.Scans(ctx, code)
	if err != nil {
		return err
	}
	for _, f := range Evaluate(&it, rows, c.o.Regions) {
		if _, err := keep(ctx, c.o.Store, it, f, c.o.Regions); err != nil {
			return err
		}
	}
	return nil
}

// quiet reports whether no view without a region can break a rule: what was too early was seen when it was.
func (it *Item) quiet() bool {
	return it.Recalled.IsZero() && (it.State == trace.SerialActivated || it.State == trace.SerialSold)
}
