package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// LinkReport 链接 registers all links that an organisation keeps for a product, a lot or an item; an empty list takes them away.
type LinkReport struct {
	ID    string          `json:"id" doc:"Product key or URI; lot key, URI or address; or the address of an item."`
	Links []trace.WebLink `json:"links" later:"true" maxItems:"50" doc:"An empty list takes them away."`
	Org   string          `json:"org,omitempty" doc:"Who keeps them, where an administrator writes; the acting organisation where absent."`
}

// SerialReport 赋码 issues serial numbers for the items of a lot.
type SerialReport struct {
	Lot     string   `json:"lot" doc:"Lot key, URI or the address its code opens."`
	Count   int64    `json:"count,omitempty" minimum:"0" maximum:"10000000" doc:"How many; one for each item that has none yet, where absent."`
	Regions []string `json:"regions,omitempty" maxItems:"50" doc:"Where the items are to be sold: administrative codes (GB/T 2260) of 2, 4 or 6 digits. Anywhere, where absent."`
	Org     string   `json:"org,omitempty" doc:"Who issues them, where an administrator writes; the acting organisation where absent."`
}

// ChangeReport 激活, 售出, 作废 brings items into a state. They are named in one of three ways: a batch with the first and last ordinal (the
// whole batch without); the first and the last serial number of a row; or a list of serial numbers.
type ChangeReport struct {
	State  trace.SerialState `json:"state" enum:"activated,sold,voided"`
	Reason string            `json:"reason,omitempty" maxLength:"160" doc:"Why; needed to void."`
	Batch  string            `json:"batch,omitempty" doc:"Serial batch: its key or URI."`
	From   int64             `json:"from,omitempty" minimum:"0" doc:"First item, from 1."`
	To     int64             `json:"to,omitempty" minimum:"0" doc:"Last item."`
	First  string            `json:"first,omitempty" doc:"First serial number of a row, or the address its code opens."`
	Last   string            `json:"last,omitempty" doc:"Last serial number of a row."`
	Codes  []string          `json:"codes,omitempty" maxItems:"10000" doc:"Single serial numbers, or the addresses their codes open."`
	Org    string            `json:"org,omitempty" doc:"Who says so, where an administrator writes; the acting organisation where absent."`
}

// PrintReport 打印 records that labels were printed.
type PrintReport struct {
	Lot    string   `json:"lot,omitempty" doc:"Lot key, URI or address. The batch's, where absent."`
	Batch  string   `json:"batch,omitempty" doc:"Serial batch: its key or URI; labels of the lot as such, where absent."`
	From   int64    `json:"from,omitempty" minimum:"0" doc:"First item of the batch, from 1; the whole batch, where from and to are absent."`
	To     int64    `json:"to,omitempty" minimum:"0" doc:"Last item of the batch."`
	Copies int64    `json:"copies,omitempty" minimum:"0" maximum:"1000" doc:"Of each label; one, where absent."`
	Sheet  string   `json:"sheet" doc:"Id of the layout, as in a4-24."`
	Reason string   `json:"reason,omitempty" maxLength:"160" doc:"Why serial numbers are printed again."`
	Basis  []string `json:"basis,omitempty" doc:"What the promise of a 承诺达标合格证 rests on: control, own_test, lab_test."`
	Org    string   `json:"org,omitempty" doc:"Who printed, where an administrator writes; the acting organisation where absent."`
}

// maxCodes bounds a list of single serial numbers.
const maxCodes = 10_000

// actingOrganisation is the organisation a record about codes is made for.
func (a *App) actingOrganisation(actor trace.Actor, org string) string {
	if org == "" {
		return actor.Org
	}
	return a.ID("org", org)
}

// IssueSerials makes the command of a serial batch, with the newest key. Errors: those of Lot; the store's.
func (a *App) IssueSerials(ctx context.Context, actor trace.Actor, in SerialReport) (trace.Command, error) {
	lot, err := a.visibleLot(actor, in.Lot)
	if err != nil {
		return trace.Command{}, err
	}
	if in.Count == 0 {
		count, numbered, ok, err := a.Ledger.CountItems(lot)
		if err != nil {
			return trace.Command{}, err
		}
		if in.Count = max(count-numbered, 1); !ok { // the ledger says what is wrong, also where every item has its number
			in.Count = 1
		}
	}
	number, err := a.Serials.CurrentKey(ctx)
	if err != nil {
		return trace.Command{}, err
	}
	sum, err := a.Serials.KeyFingerprint(ctx, number)
	if err != nil {
		return trace.Command{}, err
	}
	v := trace.SerialBatch{Count: in.Count, ID: a.ID("serials", trace.NewKey()), Key: number, KeySum: sum, Lot: lot, Org: a.actingOrganisation(actor, in.Org), Regions: in.Regions}
	return a.masterCommand(actor, trace.KindSerials, v)
}

// Print makes the command that records printed labels. Errors: those of Lot; NotFound for an unknown batch.
func (a *App) Print(actor trace.Actor, in PrintReport) (trace.Command, error) {
	v := trace.PrintRun{Basis: in.Basis, Copies: in.Copies, From: in.From, ID: a.ID("print", trace.NewKey()), Org: a.actingOrganisation(actor, in.Org), Reason: strings.TrimSpace(in.Reason), Sheet: in.Sheet, To: in.To}
	if v.Copies == 0 {
		v.Copies = 1
	}
	if in.Batch != "" {
		b, err := a.findBatch(actor, in.Batch)
		if err != nil {
			return trace.Command{}, err
		}
		v.Batch, v.Lot = b.ID, b.Lot
		if v.From == 0 && v.To == 0 {
			v.From, v.To = 1, b.Count
		}
	}
	if in.Batch == "" || in.Lot != "" {
		lot, err := a.visibleLot(actor, in.Lot)
		if err != nil {
			return trace.Command{}, err
		}
		v.Lot = lot
	}
	return a.masterCommand(actor, trace.KindPrint, v)
}

// ChangeSerials makes the commands that bring items into a state: one for each unbroken row of a batch. Errors: those of Item, at the
// number that is wrong.
func (a *App) ChangeSerials(ctx context.Context, actor trace.Actor, in ChangeReport) ([]trace.Command, error) {
	rows, err := a.resolveRows(ctx, actor, &in)
	if err != nil {
		return nil, err
	}
	out := make([]trace.Command, len(rows))
	for i, w := range rows {
		out[i], err = a.masterCommand(actor, trace.KindSerialChange, trace.SerialChange{Batch: w.batch, From: w.from, ID: a.ID("serial-change", trace.NewKey()),
			Lot: w.lot, Org: a.actingOrganisation(actor, in.Org), Reason: strings.TrimSpace(in.Reason), State: in.State, To: w.to})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// serialRow is an unbroken row of a batch's items.
type serialRow struct {
	batch, lot string
	from, to   int64
}

func (a *App) resolveRows(ctx context.Context, actor trace.Actor, in *ChangeReport) ([]serialRow, error) {
	switch {
	case len(in.Codes) > 0:
		return a.groupSingles(ctx, actor, in.Codes)
	case in.First != "" || in.Last != "":
		return a.resolveRange(ctx, actor, in.First, in.Last)
	}
	b, err := a.findBatch(actor, in.Batch)
	if err != nil {
		return nil, err
	}
	switch { // half a range is a slip, and what it would change cannot be changed back
	case in.From == 0 && in.To == 0:
		in.From, in.To = 1, b.Count
	case in.From == 0:
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "from", "thing", "ordinal")
	case in.To == 0:
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "to", "thing", "ordinal")
	}
	return []serialRow{{b.ID, b.Lot, in.From, in.To}}, nil
}

func (a *App) resolveRange(ctx context.Context, actor trace.Actor, first, last string) ([]serialRow, error) {
	v, err := a.visibleItem(ctx, actor, "first", first)
	if err != nil {
		return nil, err
	}
	w, err := a.visibleItem(ctx, actor, "last", last)
	if err != nil {
		return nil, err
	}
	if v.Batch.ID != w.Batch.ID || w.Ordinal < v.Ordinal {
		return nil, trace.E(trace.Invalid, trace.CodeBadRow, "last", "value", trace.Clip(last))
	}
	return []serialRow{{v.Batch.ID, v.Batch.Lot, v.Ordinal, w.Ordinal}}, nil
}

// groupSingles sorts single numbers into rows; one that was scanned twice counts once.
func (a *App) groupSingles(ctx context.Context, actor trace.Actor, list []string) ([]serialRow, error) {
	if len(list) > maxCodes {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "codes", "limit", "10000")
	}
	items := make([]trace.SerialView, len(list))
	for i, code := range list {
		v, err := a.visibleItem(ctx, actor, trace.IndexedField("codes", i), code)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	slices.SortFunc(items, func(x, y trace.SerialView) int { return cmp.Compare(x.Index, y.Index) })
	var out []serialRow
	for _, v := range items {
		if n := len(out) - 1; n >= 0 && out[n].batch == v.Batch.ID && v.Ordinal <= out[n].to+1 {
			out[n].to = v.Ordinal
			continue
		}
		out = append(out, serialRow{v.Batch.ID, v.Batch.Lot, v.Ordinal, v.Ordinal})
	}
	return out, nil
}
