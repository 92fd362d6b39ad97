package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// ChangeReport 激活, 售出, 作废 brings items into a state. The items are named in one of three ways: a batch with the first and last
// ordinal (the whole batch without); the first and the last serial number of a row; or a list of serial numbers.
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

// ChangedItems is one record of a change: an unbroken row of items of a batch.
type ChangedItems struct {
	Seq    int64
	Repeat bool   // the same had been recorded before
	Batch  string // URI
	Range
}

// maxCodes bounds a list of single serial numbers.
const maxCodes = 10_000

// ChangeSerials brings items into a state, with one record for each unbroken row of a batch. All rows are judged before the first is
// recorded: either all items change, or none. Errors: CodeRequired and CodeBadValue where items are named in no way or in two; NotFound at
// the number that is wrong; those of the ledger's rules.
func (a *App) ChangeSerials(ctx context.Context, actor trace.Actor, clientID string, in ChangeReport) ([]ChangedItems, error) {
	if err := checkOneNaming(&in); err != nil {
		return nil, err
	}
	sent, err := sentContent(string(trace.KindSerialChange), in)
	if err != nil {
		return nil, err
	}
	rows, err := a.resolveRows(ctx, actor, &in)
	if err != nil {
		return nil, err
	}
	cmds := make([]trace.Command, len(rows))
	for i, w := range rows {
		cmds[i], err = a.masterCommand(actor, trace.KindSerialChange, trace.SerialChange{
			Batch: w.batch, From: w.from, ID: a.CompleteID("serial-change", trace.NewKey()), Lot: w.lot, Org: a.actingOrganisation(actor, in.Org),
			Reason: strings.TrimSpace(in.Reason), State: in.State, To: w.to,
		})
		if err != nil {
			return nil, err
		}
	}
	results, err := a.recordTogether(ctx, clientID, sent, cmds)
	if err != nil {
		return nil, a.explainChangeError(ctx, &in, err)
	}
	out := make([]ChangedItems, len(results))
	for i, res := range results {
		var v trace.SerialChange
		if err := json.Unmarshal(res.Record.Body, &v); err != nil {
			return nil, fmt.Errorf("read record %d again: %w", res.Record.Seq, err)
		}
		out[i] = ChangedItems{Seq: res.Record.Seq, Repeat: res.Repeat, Batch: v.Batch, Range: Range{v.From, v.To}}
	}
	return out, nil
}

// checkOneNaming refuses items that are named in two ways, or in none: a slip there would change other items than the sender has in mind.
func checkOneNaming(in *ChangeReport) error {
	ways := []struct {
		field string
		used  bool
	}{
		{"batch", in.Batch != "" || in.From != 0 || in.To != 0},
		{"first", in.First != "" || in.Last != ""},
		{"codes", len(in.Codes) > 0},
	}
	named := ""
	for _, w := range ways {
		if w.used && named != "" {
			return trace.E(trace.Invalid, trace.CodeBadValue, w.field, "allowed", named)
		}
		if w.used {
			named = w.field
		}
	}
	if named == "" {
		return trace.E(trace.Invalid, trace.CodeRequired, "batch")
	}
	return nil
}

// explainChangeError puts an error about a row of items at the member that the caller sent: the code that cannot change, and not a place in
// a batch that the caller did not name.
func (a *App) explainChangeError(ctx context.Context, in *ChangeReport, err error) error {
	var e *trace.Error
	if !errors.As(err, &e) || in.Batch != "" || e.Field != "from" && e.Field != "to" && e.Field != "lot" {
		return err
	}
	explained := *e
	explained.Field = "first"
	for i, code := range in.Codes {
		explained.Field = "codes"
		v, err := a.FindItem(ctx, "", code)
		if err == nil && e.Code == trace.CodeSerialState && strconv.FormatInt(v.Ordinal, 10) == e.Args["ordinal"] &&
			strings.EqualFold(string(v.State), e.Args["state"]) {
			explained.Field = trace.IndexedField("codes", i)
			break
		}
	}
	return &explained
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

// groupSingles sorts single numbers into rows; a number that was scanned twice counts once.
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
