package api

import (
	"context"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

type traceInput struct {
	LotRef
	Direction string `query:"direction" enum:"back,forward" default:"back" doc:"back: what it was made of. forward: what was made of it."`
	Depth     int    `query:"depth" minimum:"1" maximum:"1000000" default:"1000" doc:"Steps from the lot."`
	Limit     int    `query:"limit" minimum:"1" maximum:"200000" default:"20000" doc:"Lots in the answer."`
}

// streamed is an answer that is written straight to the response.
type streamed struct {
	Body func(huma.Context)
}

func (a *API) registerTrace() {
	op := describeRead("/lots/{key}/trace", "traceLot", tagLots, "Trace a lot back or forward 溯源、追踪",
		"Nodes, edges with quantities, the share of each origin, and where everything is now. Bounds that are met are said.")
	op.Responses = map[string]*huma.Response{"200": {Description: "OK",
		Content: map[string]*huma.MediaType{"application/json": newMediaType(a.reg, reflect.TypeFor[trace.TraceJSON]())}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *traceInput) (*streamed, error) {
		q := app.TraceQuery{Lot: unescapePath(in.Key), Direction: in.Direction, Depth: in.Depth, Limit: in.Limit}
		t, err := a.App().TraceLot(ctx, callerOf(ctx).Actor, q)
		if err != nil {
			return nil, err
		}
		return &streamed{func(hc huma.Context) { writeTrace(hc, t) }}, nil
	})
}

// writeTrace sends a trace without another copy of its megabytes.
func writeTrace(hc huma.Context, t *trace.Trace) {
	const perNode, perEdge, perHolding = 420, 64, 220 // bytes, rounded up, so that the buffer seldom grows
	b := t.AppendJSON(make([]byte, 0, 1024+perNode*len(t.Nodes)+perEdge*len(t.Edges)+perHolding*len(t.Now)))
	c := humafiber.Unwrap(hc)
	c.Set("Content-Type", "application/json")
	c.Set("Yousang-Seq", strconv.FormatInt(t.AsOf, 10))
	c.Status(200).Response().SetBodyRaw(b)
}
