package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

type shipmentList struct {
	Direction string `query:"direction" enum:"incoming,outgoing" doc:"To or from the organisation; both where absent."`
	Org       string `query:"org" doc:"Organisation whose shipments are meant: slug or URI. An operator always gets its own; a bureau gets all where absent."`
	Open      bool   `query:"open" doc:"Only what is still under way."`
	Before    int64  `query:"before" minimum:"1" doc:"Sequence number before which the page begins: the next of the page before."`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows of a page."`
}

// ShipmentPage is a page of shipments, newest first.
type ShipmentPage struct {
	Items []trace.ShipmentView `json:"items"`
	Next  int64                `json:"next,omitempty" doc:"Pass it as before for the next page; absent at the end."`
}

type thingInput struct {
	ID string `path:"id" doc:"Its slug or key, or its URI with its slashes escaped."`
}

func (a *API) registerShipments() {
	huma.Register(a.huma, get("/shipments", "listShipments", tagLots, "List shipments", "Newest first, with what is still under way of each."), a.listShipments)
	huma.Register(a.huma, get("/shipments/{id}", "getShipment", tagLots, "One shipment", "Seen by its sender, its receiver and the bureau."),
		func(ctx context.Context, in *thingInput) (*body[trace.ShipmentView], error) {
			c, r, id := callerOf(ctx), a.Recorder(), unescape(in.ID)
			v, ok := r.Ledger.Shipment(r.ID("shipment", id))
			if !ok || !c.all() && v.From.ID != c.Org && v.To.ID != c.Org {
				return nil, unknown("shipment", id)
			}
			return answer(v, nil)
		})
	huma.Register(a.huma, get("/units/{id}", "getUnit", tagLots, "One packed unit 箱、托", "What is in it, and who has it. Seen by whoever may see one of the lots in it, or holds it."),
		func(ctx context.Context, in *thingInput) (*body[trace.UnitView], error) {
			c, r, id := callerOf(ctx), a.Recorder(), unescape(in.ID)
			v, ok := r.Ledger.Unit(r.ID("unit", id))
			if !ok || !r.SeesUnit(c.Actor, &v) {
				return nil, unknown("unit", id)
			}
			return answer(v, nil)
		})
}

func unknown(thing, value string) error {
	return trace.E(trace.NotFound, trace.CodeUnknownThing, "id", "thing", thing, "value", trace.Clip(value))
}

func (a *API) listShipments(ctx context.Context, in *shipmentList) (*body[ShipmentPage], error) {
	c, r := callerOf(ctx), a.Recorder()
	org := c.Org
	if c.all() {
		org = r.ID("org", in.Org)
	}
	for n := 4 * in.Limit; ; n *= 4 {
		list := r.Ledger.Shipments(org, in.Open, n)
		page := ShipmentPage{Items: []trace.ShipmentView{}}
		for i := range list {
			v := &list[i]
			if in.Before > 0 && v.Seq >= in.Before || in.Direction == "incoming" && v.To.ID != org || in.Direction == "outgoing" && v.From.ID != org {
				continue
			}
			if len(page.Items) == in.Limit {
				page.Next = page.Items[in.Limit-1].Seq
				return answer(page, nil)
			}
			page.Items = append(page.Items, *v)
		}
		if len(list) < n {
			return answer(page, nil)
		}
	}
}
