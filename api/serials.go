package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// BatchRef names a batch of serial numbers.
type BatchRef struct {
	Batch string `path:"batch" doc:"The batch's key, or its URI with its slashes escaped."`
}

// Serials is a batch of serial numbers 一物一码 with the states of its items.
type Serials struct {
	ID      string             `json:"id" doc:"URI of the batch."`
	Key     string             `json:"key" doc:"Its key, for requests."`
	Lot     string             `json:"lot" doc:"URI of the lot."`
	LotKey  string             `json:"lotKey"`
	Org     string             `json:"org" doc:"URI of the organisation that issued it."`
	OrgName string             `json:"orgName,omitempty"`
	Count   int64              `json:"count" doc:"Items."`
	Regions []string           `json:"regions" doc:"Where the items are to be sold: beginnings of GB/T 2260 codes. Empty for anywhere."`
	Issued  time.Time          `json:"issued"`
	Seq     int64              `json:"seq" doc:"Record of the issue."`
	First   string             `json:"first,omitempty" doc:"Code of the first item; only for those who may have the codes."`
	Last    string             `json:"last,omitempty" doc:"Code of the last item; only for those who may have the codes."`
	States  trace.SerialCounts `json:"states" doc:"Items in each state."`
	Runs    []trace.SerialRun  `json:"runs" doc:"Items one after another in one state, by their ordinals; at most 1,000."`
	More    bool               `json:"more,omitempty" doc:"There are more runs: ask for the batch with from."`
	Printed []Range            `json:"printed" doc:"Items whose labels have been printed here. A list of codes for a printing house is not counted."`
}

// Range is some items of a batch, one after another.
type Range struct {
	From int64 `json:"from" doc:"Ordinal of the first item, from 1."`
	To   int64 `json:"to" doc:"Ordinal of the last item."`
}

// SerialsList are the batches of a lot.
type SerialsList struct {
	Items []Serials `json:"items" doc:"Oldest first."`
	Left  *int64    `json:"left,omitempty" doc:"How many more serial numbers the lot may get; absent where it does not say how many items it has."`
}

type batchQuery struct {
	BatchRef
	From int64 `query:"from" minimum:"1" default:"1" doc:"Ordinal from which on the runs are listed."`
}

func (a *API) registerSerials() {
	huma.Register(a.huma, get("/lots/{key}/serials", "listSerials", tagCodes, "Serial numbers of a lot", "The batches issued for it, with the states of their items and what has been printed. Seen by whoever may see the lot."),
		func(ctx context.Context, in *LotRef) (*body[SerialsList], error) {
			c := callerOf(ctx)
			id, err := a.visible(c, in.Key)
			if err != nil {
				return nil, err
			}
			list := SerialsList{Items: []Serials{}}
			count, numbered, counted, err := a.Recorder().Ledger.CountItems(id)
			if err != nil {
				return nil, err
			}
			if left := max(count-numbered, 0); counted {
				list.Left = &left
			}
			for _, b := range a.Recorder().Ledger.SerialBatches(id) {
				v, err := a.serials(ctx, c, &b)
				if err != nil {
					return nil, err
				}
				list.Items = append(list.Items, v)
			}
			return answer(list, nil)
		})
	huma.Register(a.huma, get("/serials/{batch}", "getSerials", tagCodes, "One batch of serial numbers", "With the states of its items. Seen by whoever may see the lot."),
		func(ctx context.Context, in *batchQuery) (*body[Serials], error) {
			c := callerOf(ctx)
			b, err := a.batch(c, in.Batch)
			if err != nil {
				return nil, err
			}
			if in.From > 1 {
				list := a.Recorder().Ledger.SerialRuns(b.ID, in.From, trace.ViewRuns+1)
				b.More = len(list) > trace.ViewRuns
				b.Runs = list[:min(len(list), trace.ViewRuns)]
			}
			return answer(a.serials(ctx, c, &b))
		})
}

// batch finds a batch of a lot that the caller may see; others do not exist for it.
func (a *API) batch(c *caller, name string) (trace.BatchView, error) {
	return a.batchAt(c, "batch", unescape(name))
}

func (a *API) batchAt(c *caller, field, name string) (trace.BatchView, error) {
	r := a.Recorder()
	name = strings.TrimSpace(name)
	id := r.ID("serials", name)
	if key, err := trace.ParseKey(name); err == nil {
		id = r.ID("serials", key)
	}
	b, ok := r.Ledger.SerialBatch(id)
	if !ok || !c.all() && !r.Ledger.Visible(c.Org, b.Lot) {
		return b, trace.E(trace.NotFound, trace.CodeUnknownThing, field, "thing", "serials", "value", trace.Clip(name))
	}
	return b, nil
}

// serials shows a batch to a caller.
func (a *API) serials(ctx context.Context, c *caller, b *trace.BatchView) (Serials, error) {
	r := a.Recorder()
	v := Serials{ID: b.ID, Key: trace.KeyOf(b.ID), Lot: b.Lot, LotKey: trace.KeyOf(b.Lot), Org: b.Org, Count: b.Count, Regions: b.Regions, Issued: b.Issued,
		Seq: b.Seq, States: b.States, Runs: b.Runs, More: b.More, Printed: printed(r.Ledger.Prints(b.Lot), b.ID)}
	if v.Regions == nil {
		v.Regions = []string{}
	}
	if v.Runs == nil {
		v.Runs = []trace.SerialRun{}
	}
	if o, ok := r.Ledger.Organisation(b.Org); ok {
		v.OrgName = o.Name
	}
	if a.entitled(c, &b.SerialBatch) != nil {
		return v, nil
	}
	var err error
	if v.First, err = r.Serials.Code(ctx, b.Key, b.First); err != nil {
		return v, err
	}
	v.Last, err = r.Serials.Code(ctx, b.Key, b.First+b.Count-1)
	return v, err
}

// printed joins the ordinals of a batch that print runs cover.
func printed(runs []trace.PrintView, batch string) []Range {
	out := []Range{}
	for i := range runs {
		if runs[i].Batch == batch {
			out = append(out, Range{runs[i].From, runs[i].To})
		}
	}
	slices.SortFunc(out, func(x, y Range) int { return int(x.From - y.From) })
	joined := out[:0]
	for _, p := range out {
		if n := len(joined) - 1; n >= 0 && p.From <= joined[n].To+1 {
			joined[n].To = max(joined[n].To, p.To)
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

// entitled reports whether a caller may have the codes of a batch: codes are as good as money. Error: CodeNotAllowed.
func (a *API) entitled(c *caller, b *trace.SerialBatch) error {
	if c.Role == trace.Admin || c.Role == trace.Operator && (b.Org == c.Org || a.holds(c.Org, b.Lot)) {
		return nil
	}
	return trace.E(trace.Forbidden, trace.CodeNotAllowed, "codes")
}

// holds reports whether an organisation has some of a lot, packed or not, or has sent some that has not arrived.
func (a *API) holds(org, lot string) bool {
	v, err := a.Recorder().Ledger.Lot(lot, 0)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(v.Holdings, func(h trace.HoldingView) bool { return h.Holder.ID == org && h.Quantity.Amount > 0 })
}
