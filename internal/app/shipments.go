package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// ShipmentFilter says which shipments a list is to have, page by page, newest first.
type ShipmentFilter struct {
	Direction string // incoming or outgoing, as seen from the organisation; "" for both
	Org       string // organisation whose shipments are meant, by slug or URI; an operator always gets its own organisation's
	Open      bool   // only shipments of which something is still under way
	Before    int64  // sequence number before which the page begins
	Limit     int    // rows of a page
}

// ShipmentPage is a page of shipments, newest first.
type ShipmentPage struct {
	Items []trace.ShipmentView `json:"items"`
	Next  int64                `json:"next,omitempty" doc:"Pass it as before for the next page; absent at the end."`
}

// ListShipments lists the shipments of the actor's organisation; a bureau and an administrator get those of any organisation, or all.
func (a *App) ListShipments(_ context.Context, actor trace.Actor, f ShipmentFilter) (ShipmentPage, error) {
	items, next := a.Ledger.Shipments(trace.ShipmentQuery{Org: a.listedOrganisation(actor, f.Org), Direction: f.Direction, Open: f.Open,
		Before: f.Before, Limit: f.Limit})
	return ShipmentPage{Items: items, Next: next}, nil
}

// ShowShipment shows one shipment, named by its key or URI. Errors: NotFound, also for a shipment the actor may not see.
func (a *App) ShowShipment(_ context.Context, actor trace.Actor, id string) (trace.ShipmentView, error) {
	v, ok := a.Ledger.Shipment(a.CompleteID("shipment", id))
	if !ok || !seesShipment(actor, &v) {
		return trace.ShipmentView{}, unknownThing("shipment", id)
	}
	return v, nil
}

// ShowUnit shows one packed unit, named by its key or URI. Errors: NotFound, also for a unit the actor may not see.
func (a *App) ShowUnit(_ context.Context, actor trace.Actor, id string) (trace.UnitView, error) {
	v, ok := a.Ledger.Unit(a.CompleteID("unit", id))
	if !ok || !a.seesUnit(actor, &v) {
		return trace.UnitView{}, unknownThing("unit", id)
	}
	return v, nil
}

// unknownThing is the error for a thing that a request names by id and that does not exist, or may not be seen.
func unknownThing(thing, value string) error {
	return trace.E(trace.NotFound, trace.CodeUnknownThing, "id", "thing", thing, "value", trace.Clip(value))
}
