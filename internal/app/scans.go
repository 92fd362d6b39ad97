package app

import (
	"context"
	"fmt"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// ScanSource reads the counters of look-ups of a code: a scan.Counter, which also knows counters that are still to be written, or a store.
type ScanSource interface {
	Scans(ctx context.Context, code string) ([]trace.Scan, error)
}

// ScanSum is how often a code was looked up.
type ScanSum struct {
	Count int64      `json:"count" doc:"Page views."`
	First *time.Time `json:"first,omitempty"`
	Last  *time.Time `json:"last,omitempty"`
}

// CodeScans are the look-ups of one code, by day and region.
type CodeScans struct {
	ScanSum
	Days []trace.Scan // in order of day and region
}

// ListLotScans lists the look-ups of the code of a lot that the actor may see. source is nil where this server counts no look-ups. Errors:
// NotFound; the store's.
func (a *App) ListLotScans(ctx context.Context, actor trace.Actor, lot string, source ScanSource) (CodeScans, error) {
	id, err := a.findShownLot(actor, "key", lot)
	if err != nil {
		return CodeScans{}, err
	}
	return a.readScans(ctx, trace.KeyOf(id), source)
}

// ListItemScans lists the look-ups of the code of an item that the actor may see. source is nil where this server counts no look-ups.
// Errors: NotFound; the store's.
func (a *App) ListItemScans(ctx context.Context, actor trace.Actor, code string, source ScanSource) (CodeScans, error) {
	it, err := a.findShownItem(ctx, actor, code)
	if err != nil {
		return CodeScans{}, err
	}
	return a.readScans(ctx, it.Code, source)
}

func (a *App) readScans(ctx context.Context, code string, source ScanSource) (CodeScans, error) {
	if err := a.CheckStore(); err != nil {
		return CodeScans{}, err
	}
	if source == nil {
		source = a.Store
	}
	rows, err := source.Scans(ctx, code)
	if err != nil {
		return CodeScans{}, fmt.Errorf("read scans: %w", err)
	}
	return CodeScans{ScanSum: sumScans(rows), Days: rows}, nil
}

func sumScans(rows []trace.Scan) (sum ScanSum) {
	for i := range rows {
		sum.Count += rows[i].Count
		if t := rows[i].First; !t.IsZero() && (sum.First == nil || t.Before(*sum.First)) {
			sum.First = &t
		}
		if t := rows[i].Last; !t.IsZero() && (sum.Last == nil || t.After(*sum.Last)) {
			sum.Last = &t
		}
	}
	return sum
}
