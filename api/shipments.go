package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

type shipmentList struct {
	Direction string `query:"direction" enum:"incoming,outgoing" doc:"To or from the organisation; both where absent."`
	Org       string `query:"org"`
	Open      bool   `query:"open" doc:"Only what is still under way."`
	Before    int64  `query:"before" minimum:"1" doc:"Sequence number before which the page begins: the next of the page before."`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows of a page."`
}

type thingInput struct {
	ID string `path:"id" doc:"Its slug or key, or its URI with its slashes escaped."`
}

func (a *API) registerShipments() {
	list := describeRead("/shipments", "listShipments", tagLots, "List shipments", "Newest first, with what is still under way of each.")
	huma.Register(a.huma, list, func(ctx context.Context, in *shipmentList) (*body[app.ShipmentPage], error) {
		return answerBody(a.App().ListShipments(ctx, callerOf(ctx).Actor, app.ShipmentFilter(*in)))
	})
	one := describeRead("/shipments/{id}", "getShipment", tagLots, "One shipment", "Seen by its sender, its receiver and the bureau.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.ShipmentView], error) {
		return answerBody(a.App().ShowShipment(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
	unit := describeRead("/units/{id}", "getUnit", tagLots, "One packed unit 箱、托",
		"What is in it, and who has it. Seen by whoever may see one of the lots in it, or holds it.")
	huma.Register(a.huma, unit, func(ctx context.Context, in *thingInput) (*body[trace.UnitView], error) {
		return answerBody(a.App().ShowUnit(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}
