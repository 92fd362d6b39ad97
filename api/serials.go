package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
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
	Printed []Range            `json:"printed"`
}

// Range is some items of a batch, one after another, by their ordinals.
type Range = app.Range

// SerialsList are the batches of a lot.
type SerialsList struct {
	Items []Serials `json:"items" doc:"Oldest first."`
	Left  *int64    `json:"left,omitempty"`
}

type batchQuery struct {
	BatchRef
	From int64 `query:"from" minimum:"1" default:"1" doc:"Ordinal from which on the runs are listed."`
}

func (a *API) registerSerials() {
	list := describeRead("/lots/{key}/serials", "listSerials", tagCodes, "Serial numbers of a lot",
		"The batches issued for it, with the states of their items and what has been printed. Seen by whoever may see the lot.")
	huma.Register(a.huma, list, func(ctx context.Context, in *LotRef) (*body[SerialsList], error) {
		v, err := a.App().ListBatches(ctx, callerOf(ctx).Actor, unescapePath(in.Key))
		if err != nil {
			return nil, err
		}
		out := SerialsList{Items: make([]Serials, len(v.Batches)), Left: v.Left}
		for i := range v.Batches {
			out.Items[i] = serialsAnswer(&v.Batches[i])
		}
		return answerBody(out, nil)
	})
	one := describeRead("/serials/{batch}", "getSerials", tagCodes, "One batch of serial numbers",
		"With the states of its items. Seen by whoever may see the lot.")
	huma.Register(a.huma, one, func(ctx context.Context, in *batchQuery) (*body[Serials], error) {
		v, err := a.App().ShowBatch(ctx, callerOf(ctx).Actor, unescapePath(in.Batch), in.From)
		return answerBody(serialsAnswer(&v), err)
	})
}

// serialsAnswer writes a batch as the API answers it.
func serialsAnswer(b *app.BatchDetails) Serials {
	v := Serials{
		ID: b.ID, Key: trace.KeyOf(b.ID), Lot: b.Lot, LotKey: trace.KeyOf(b.Lot), Org: b.Org, OrgName: b.OrgName, Count: b.Count,
		Regions: b.Regions, Issued: b.Issued, Seq: b.Seq, First: b.FirstCode, Last: b.LastCode, States: b.States, Runs: b.Runs, More: b.More,
		Printed: b.Printed,
	}
	if v.Regions == nil {
		v.Regions = []string{}
	}
	if v.Runs == nil {
		v.Runs = []trace.SerialRun{}
	}
	return v
}
