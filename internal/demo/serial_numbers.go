package demo

import (
	"context"
	"fmt"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// mostNumbered is the largest number of items of one lot that get serial numbers; the first half of them is activated.
const mostNumbered = 24

// IssueCodes issues serial numbers 一物一码 for the items of one lot of each product that is counted, and activates half of them.
// IssueCodes is apart from FillLedger since the numbers are made with a secret key and differ each time.
func IssueCodes(ctx context.Context, r *app.App) error {
	for _, p := range r.Ledger.Products() {
		if p.Unit == trace.Kilogram || p.Unit == trace.Litre || p.Unit == trace.Sheet {
			continue
		}
		rows, _, err := r.Ledger.Lots(trace.LotQuery{Product: p.ID, Status: "active", Limit: 1})
		if err != nil {
			return fmt.Errorf("find a lot of %s: %w", p.ID, err)
		}
		if len(rows) == 0 {
			continue
		}
		if err := numberItems(ctx, r, rows[0].Lot); err != nil {
			return fmt.Errorf("number the items of %s: %w", rows[0].Lot, err)
		}
	}
	return nil
}

func numberItems(ctx context.Context, r *app.App, lot string) error {
	count, _, ok, err := r.Ledger.CountItems(lot)
	if err != nil || !ok || count < 2 {
		return err
	}
	v, err := r.Ledger.Lot(lot, 0)
	if err != nil {
		return err
	}
	a := trace.Actor{Org: v.Made.Org.ID, Role: trace.Operator, User: "demo"}
	if _, err := r.IssueSerials(ctx, a, "", app.SerialReport{Lot: lot, Count: min(count, mostNumbered)}); err != nil {
		return err
	}
	b := r.Ledger.SerialBatches(lot)[0]
	_, err = r.ChangeSerials(ctx, a, "", app.ChangeReport{State: trace.SerialActivated, Batch: b.ID, From: 1, To: b.Count / 2})
	return err
}
