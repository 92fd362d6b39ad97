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
		row, err := FindNewestLot(ctx, r, app.LotFilter{Product: p.ID, Status: "active"})
		if err != nil {
			return fmt.Errorf("find a lot of %s: %w", p.ID, err)
		}
		if row == nil {
			continue
		}
		if err := numberItems(ctx, r, row); err != nil {
			return fmt.Errorf("number the items of %s: %w", row.Lot, err)
		}
	}
	return nil
}

// FindNewestLot finds the newest lot that a filter admits, with an administrator's rights; nil where there is none.
func FindNewestLot(ctx context.Context, r *app.App, f app.LotFilter) (*trace.LotRow, error) {
	f.Limit = 1
	page, err := r.ListLots(ctx, app.System, f)
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return &page.Items[0], nil
}

// numberItems issues serial numbers in the name of the organisation that made the lot.
func numberItems(ctx context.Context, r *app.App, lot *trace.LotRow) error {
	maker := trace.Actor{Org: lot.Org, Role: trace.Operator, User: "demo"}
	list, err := r.ListBatches(ctx, maker, lot.Lot)
	if err != nil || list.Left == nil || *list.Left < 2 {
		return err
	}
	count := min(*list.Left, mostNumbered)
	batch, err := r.IssueSerials(ctx, maker, "", app.SerialReport{Lot: lot.Lot, Count: count})
	if err != nil {
		return err
	}
	_, err = r.ChangeSerials(ctx, maker, "", app.ChangeReport{State: trace.SerialActivated, Batch: batch.ID, From: 1, To: count / 2})
	return err
}
