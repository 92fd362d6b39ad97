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

// Trace documents the answer of a trace, which the ledger writes itself: it has tens of thousands of rows.
type Trace struct {
	Root      string         `json:"root" doc:"The lot asked for."`
	Direction string         `json:"direction" enum:"back,forward"`
	AsOf      int64          `json:"asOf" doc:"Last record taken into account."`
	Truncated bool           `json:"truncated" doc:"A bound was met: there is more than this."`
	Nodes     []TraceNode    `json:"nodes" doc:"Lots, in the order of their making."`
	Edges     []TraceEdge    `json:"edges" doc:"What was made of what."`
	Seasons   []TraceSeason  `json:"seasons" doc:"Growing seasons met on the way."`
	Origins   []trace.Origin `json:"origins" doc:"Where the goods come from, with their shares; going back only."`
	Now       []TraceHolding `json:"now" doc:"Where the lots are and who holds them."`
}

// TraceNode is a lot of a trace.
type TraceNode struct {
	Lot      string       `json:"lot"`
	Product  string       `json:"product"`
	Name     string       `json:"name" doc:"Of the product."`
	Place    string       `json:"place,omitempty"`
	Tier     string       `json:"tier,omitempty"`
	Org      string       `json:"org" doc:"Who made it."`
	Time     trace.Time   `json:"time"`
	Quantity trace.Amount `json:"quantity" doc:"When it was made."`
	Unit     string       `json:"unit"`
	Status   string       `json:"status" enum:"active,hold,recalled,void"`
}

// TraceEdge is an edge of a trace.
type TraceEdge struct {
	From     int          `json:"from" doc:"Number of a node, from 0."`
	To       int          `json:"to" doc:"Number of a node, from 0."`
	Quantity trace.Amount `json:"quantity" doc:"What the event took of the first, in its unit. Edges of one event share it."`
	Seq      int64        `json:"seq" doc:"The event's record."`
}

// TraceSeason is a growing season of a trace.
type TraceSeason struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Place string `json:"place"`
	In    []int  `json:"in" doc:"Lots used up by its field work, by node number."`
	Out   []int  `json:"out" doc:"Lots harvested from it, by node number."`
}

// TraceHolding is where some of a lot of a trace is.
type TraceHolding struct {
	Node       int          `json:"node"`
	Quantity   trace.Amount `json:"quantity"`
	Unit       string       `json:"unit"`
	Holder     string       `json:"holder"`
	HolderName string       `json:"holderName"`
	Shipment   string       `json:"shipment,omitempty" doc:"Under way with this shipment; the holder is then the sender."`
}

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
	op := get("/lots/{key}/trace", "traceLot", tagLots, "Trace a lot back or forward 溯源、追踪",
		"Nodes, edges with quantities, the share of each origin, and where everything is now. Bounds that are met are said.")
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/json": bodyOf(a.reg, reflect.TypeFor[Trace]())}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *traceInput) (*streamed, error) {
		q := app.TraceQuery{Lot: unescape(in.Key), Direction: in.Direction, Depth: in.Depth, Limit: in.Limit}
		t, err := a.App().TraceLot(ctx, callerOf(ctx).Actor, q)
		if err != nil {
			return nil, err
		}
		return &streamed{func(hc huma.Context) { write(hc, t) }}, nil
	})
}

// write sends a trace without another copy of its megabytes.
func write(hc huma.Context, t *trace.Trace) {
	const perNode, perEdge, perHolding = 420, 64, 220 // bytes, rounded up, so that the buffer seldom grows
	b := t.AppendJSON(make([]byte, 0, 1024+perNode*len(t.Nodes)+perEdge*len(t.Edges)+perHolding*len(t.Now)))
	c := humafiber.Unwrap(hc)
	c.Set("Content-Type", "application/json")
	c.Set("Yousang-Seq", strconv.FormatInt(t.AsOf, 10))
	c.Status(200).Response().SetBodyRaw(b)
}
