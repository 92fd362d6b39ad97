package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/serial"
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
func (r *App) actingOrganisation(a trace.Actor, org string) string {
	if org == "" {
		return a.Org
	}
	return r.ID("org", org)
}

// Links makes the command that registers links. That a serial number was issued for its lot is checked here: the ledger cannot read it.
// Errors: those of Lot and Item.
func (r *App) Links(ctx context.Context, a trace.Actor, in LinkReport) (trace.Command, error) {
	id, err := r.resolveLinked(ctx, a, strings.TrimSpace(in.ID))
	if err != nil {
		return trace.Command{}, err
	}
	v := trace.LinkSet{ID: id, Links: make([]trace.WebLink, len(in.Links)), Org: r.actingOrganisation(a, in.Org)}
	for i, w := range in.Links {
		v.Links[i] = tidy(w)
	}
	return r.MasterCommand(a, trace.KindLinks, v)
}

// resolveLinked is the identifier that links are registered for.
func (r *App) resolveLinked(ctx context.Context, a trace.Actor, s string) (string, error) {
	if _, ok := r.Ledger.Product(r.ID("product", s)); ok {
		return r.ID("product", s), nil
	}
	lot, code, item := trace.SplitItem(s)
	if !item {
		id, err := r.visibleLot(a, s)
		if _, none := r.FindItem(ctx, "", s); err == nil || none != nil { // a lot, or nothing that is known
			return id, withField("id", err)
		}
		lot, code = "", s // the number of an item alone
	}
	v, err := r.FindItem(ctx, lot, code)
	if err != nil {
		return "", withField("id", err)
	}
	if _, err := r.visibleLot(a, v.Batch.Lot); err != nil {
		return "", withField("id", itemNotIssued(code))
	}
	clean, err := serial.Clean(code)
	return trace.ItemURI(v.Batch.Lot, clean), err
}

// findBatch finds a serial batch that the actor may act on. Errors: NotFound, also for one of a lot the actor may not see.
func (r *App) findBatch(a trace.Actor, s string) (trace.BatchView, error) {
	if s == "" {
		return trace.BatchView{}, trace.E(trace.Invalid, trace.CodeRequired, "batch")
	}
	v, ok := r.Ledger.SerialBatch(r.ID("serials", s))
	if ok {
		_, err := r.visibleLot(a, v.Lot)
		ok = err == nil
	}
	if !ok {
		return trace.BatchView{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "batch", "thing", "serials", "value", trace.Clip(s))
	}
	return v, nil
}

// IssueSerials makes the command of a serial batch, with the newest key. Errors: those of Lot; the store's.
func (r *App) IssueSerials(ctx context.Context, a trace.Actor, in SerialReport) (trace.Command, error) {
	lot, err := r.visibleLot(a, in.Lot)
	if err != nil {
		return trace.Command{}, err
	}
	if in.Count == 0 {
		count, numbered, ok, err := r.Ledger.CountItems(lot)
		if err != nil {
			return trace.Command{}, err
		}
		if in.Count = max(count-numbered, 1); !ok { // the ledger says what is wrong, also where every item has its number
			in.Count = 1
		}
	}
	number, err := r.Serials.Current(ctx)
	if err != nil {
		return trace.Command{}, err
	}
	sum, err := r.Serials.Sum(ctx, number)
	if err != nil {
		return trace.Command{}, err
	}
	v := trace.SerialBatch{Count: in.Count, ID: r.ID("serials", trace.NewKey()), Key: number, KeySum: sum, Lot: lot, Org: r.actingOrganisation(a, in.Org), Regions: in.Regions}
	return r.MasterCommand(a, trace.KindSerials, v)
}

// Print makes the command that records printed labels. Errors: those of Lot; NotFound for an unknown batch.
func (r *App) Print(a trace.Actor, in PrintReport) (trace.Command, error) {
	v := trace.PrintRun{Basis: in.Basis, Copies: in.Copies, From: in.From, ID: r.ID("print", trace.NewKey()), Org: r.actingOrganisation(a, in.Org), Reason: strings.TrimSpace(in.Reason), Sheet: in.Sheet, To: in.To}
	if v.Copies == 0 {
		v.Copies = 1
	}
	if in.Batch != "" {
		b, err := r.findBatch(a, in.Batch)
		if err != nil {
			return trace.Command{}, err
		}
		v.Batch, v.Lot = b.ID, b.Lot
		if v.From == 0 && v.To == 0 {
			v.From, v.To = 1, b.Count
		}
	}
	if in.Batch == "" || in.Lot != "" {
		lot, err := r.visibleLot(a, in.Lot)
		if err != nil {
			return trace.Command{}, err
		}
		v.Lot = lot
	}
	return r.MasterCommand(a, trace.KindPrint, v)
}

// ChangeSerials makes the commands that bring items into a state: one for each unbroken row of a batch. Errors: those of Item, at the
// number that is wrong.
func (r *App) ChangeSerials(ctx context.Context, a trace.Actor, in ChangeReport) ([]trace.Command, error) {
	rows, err := r.resolveRows(ctx, a, &in)
	if err != nil {
		return nil, err
	}
	out := make([]trace.Command, len(rows))
	for i, w := range rows {
		out[i], err = r.MasterCommand(a, trace.KindSerialChange, trace.SerialChange{Batch: w.batch, From: w.from, ID: r.ID("serial-change", trace.NewKey()),
			Lot: w.lot, Org: r.actingOrganisation(a, in.Org), Reason: strings.TrimSpace(in.Reason), State: in.State, To: w.to})
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

func (r *App) resolveRows(ctx context.Context, a trace.Actor, in *ChangeReport) ([]serialRow, error) {
	switch {
	case len(in.Codes) > 0:
		return r.groupSingles(ctx, a, in.Codes)
	case in.First != "" || in.Last != "":
		return r.resolveRange(ctx, a, in.First, in.Last)
	}
	b, err := r.findBatch(a, in.Batch)
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

func (r *App) resolveRange(ctx context.Context, a trace.Actor, first, last string) ([]serialRow, error) {
	v, err := r.visibleItem(ctx, a, "first", first)
	if err != nil {
		return nil, err
	}
	w, err := r.visibleItem(ctx, a, "last", last)
	if err != nil {
		return nil, err
	}
	if v.Batch.ID != w.Batch.ID || w.Ordinal < v.Ordinal {
		return nil, trace.E(trace.Invalid, trace.CodeBadRow, "last", "value", trace.Clip(last))
	}
	return []serialRow{{v.Batch.ID, v.Batch.Lot, v.Ordinal, w.Ordinal}}, nil
}

// groupSingles sorts single numbers into rows; one that was scanned twice counts once.
func (r *App) groupSingles(ctx context.Context, a trace.Actor, list []string) ([]serialRow, error) {
	if len(list) > maxCodes {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "codes", "limit", "10000")
	}
	items := make([]trace.SerialView, len(list))
	for i, code := range list {
		v, err := r.visibleItem(ctx, a, trace.IndexedField("codes", i), code)
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
