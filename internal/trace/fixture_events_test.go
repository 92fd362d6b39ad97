package trace

import "time"

// LotSpec is a lot that an event makes.
type LotSpec struct {
	ID, Product, Amount string
	Unit                Unit
	Facts               LotFacts
}

// QuantityOf is a quantity of a lot.
func QuantityOf(lot, amount string, u Unit) EventQuantity {
	n, err := ParseAmount(amount)
	if err != nil {
		panic(err)
	}
	return EventQuantity{Class: lot, Amount: n, Unit: u}
}

// Kg is a mass of a lot.
func Kg(lot, amount string) EventQuantity { return QuantityOf(lot, amount, Kilogram) }

func newEvent(t EventType, action, step string, at time.Time) *Event {
	return &Event{Type: t, Action: action, BizStep: step, Time: NewTime(at), Offset: "+08:00"}
}

func (e *Event) addNewLots(outs []LotSpec) []EventQuantity {
	list := make([]EventQuantity, 0, len(outs))
	if e.Ilmd == nil {
		e.Ilmd = &Ilmd{}
	}
	for _, o := range outs {
		f := o.Facts
		f.Lot, f.Product = o.ID, NS+"/product/"+o.Product
		if o.Unit == "" {
			o.Unit = Kilogram
		}
		e.Ilmd.Lots = append(e.Ilmd.Lots, f)
		list = append(list, QuantityOf(o.ID, o.Amount, o.Unit))
	}
	return list
}

// HarvestEvent makes lots at a place, or from a season, or both.
func HarvestEvent(at time.Time, place, season string, outs ...LotSpec) *Event {
	e := newEvent(ObjectEvent, "ADD", StepCommissioning, at)
	if place != "" {
		e.BizLocation = &ID{placeURI(place)}
	}
	e.Quantities = e.addNewLots(outs)
	if season != "" {
		e.Ilmd.Season = NS + "/season/" + season
	}
	return e
}

// TransformEvent makes lots of lots.
func TransformEvent(at time.Time, in []EventQuantity, outs ...LotSpec) *Event {
	e := newEvent(TransformationEvent, "", StepTransforming, at)
	e.Inputs = in
	e.Outputs = e.addNewLots(outs)
	return e
}

// ShipEvent sends lots and units to an organisation.
func ShipEvent(at time.Time, id string, to Actor, list []EventQuantity, boxes ...string) *Event {
	e := newEvent(ObjectEvent, "OBSERVE", StepShipping, at)
	e.BizTransactions = []BizTransaction{{ID: id, Type: "desadv"}}
	e.Destinations = []Destination{{ID: to.Org, Type: "possessing_party"}}
	e.Quantities, e.EPCs = list, boxes
	return e
}

// ReceiveEvent takes lots and units out of a shipment.
func ReceiveEvent(at time.Time, id string, list []EventQuantity, boxes ...string) *Event {
	e := newEvent(ObjectEvent, "OBSERVE", StepReceiving, at)
	e.BizTransactions = []BizTransaction{{ID: id, Type: "desadv"}}
	e.Quantities, e.EPCs = list, boxes
	return e
}

// withReason gives a receipt a reason for a lot.
func (e *Event) withReason(lot, reason string) *Event {
	e.Differences = append(e.Differences, Difference{Lot: lot, Reason: reason})
	return e
}

func (e *Event) asFinal() *Event {
	e.Final = true
	return e
}

// LossEvent destroys amounts.
func LossEvent(at time.Time, reason string, list ...EventQuantity) *Event {
	e := newEvent(ObjectEvent, "DELETE", StepDestroying, at)
	e.Reason, e.Quantities = reason, list
	return e
}

// PackEvent puts lots and units into a new unit.
func PackEvent(at time.Time, id string, list []EventQuantity, boxes ...string) *Event {
	e := newEvent(AggregationEvent, "ADD", StepPacking, at)
	e.ParentID, e.Children, e.ChildEPCs = id, list, boxes
	return e
}

// UnpackEvent empties a unit.
func UnpackEvent(at time.Time, id string) *Event {
	e := newEvent(AggregationEvent, "DELETE", StepUnpacking, at)
	e.ParentID = id
	return e
}

// WorkEvent is field work on a season, with the lots it uses up.
func WorkEvent(at time.Time, season string, w FieldWork, list ...EventQuantity) *Event {
	e := newEvent(ObjectEvent, "OBSERVE", StepTransforming, at)
	e.Work = &w
	if len(list) == 0 {
		e.EPCs = []string{NS + "/season/" + season}
		return e
	}
	e.Type, e.Action = TransformationEvent, ""
	e.Inputs, e.OutputEPCs = list, []string{NS + "/season/" + season}
	return e
}

// StatusEvent sets and unsets dispositions of lots.
func StatusEvent(at time.Time, set, unset, reason string, lots ...string) *Event {
	e := newEvent(ObjectEvent, "OBSERVE", StepHolding, at)
	e.EPCs, e.Reason, e.Persistent = lots, reason, &Persistent{}
	if set != "" {
		e.Persistent.Set = []string{set}
	}
	if unset != "" {
		e.Persistent.Unset = []string{unset}
	}
	return e
}

// InspectEvent is an observation without consequence.
func InspectEvent(at time.Time, lots ...string) *Event {
	e := newEvent(ObjectEvent, "OBSERVE", StepInspecting, at)
	e.EPCs = lots
	return e
}

// CorrectionEvent declares a recorded event an error.
func CorrectionEvent(r Record) *Event {
	e, err := ParseEvent(r.Body)
	if err != nil {
		panic(err)
	}
	e.Declaration = &Declaration{Time: NewTime(Noon), Reason: "did_not_occur"}
	return e
}

// HarvestFruit is a lot of so many kg harvested by the co-operative on 1 October.
func (fx *Fixture) HarvestFruit(kg string) string { return fx.HarvestFruitAs(Coop, "plot-a", kg) }

// HarvestFruitAs is a lot harvested by an organisation at a place on 1 October.
func (fx *Fixture) HarvestFruitAs(a Actor, place, kg string) string {
	fx.T.Helper()
	id := fx.NewLotID()
	fx.MustRecord(a, HarvestEvent(Day(10, 1), place, "", LotSpec{ID: id, Product: "fruit", Amount: kg}))
	return id
}

// TransformInto is a lot made of others on 5 October.
func (fx *Fixture) TransformInto(a Actor, product, amount string, u Unit, in ...EventQuantity) string {
	fx.T.Helper()
	id := fx.NewLotID()
	fx.MustRecord(a, TransformEvent(Day(10, 5), in, LotSpec{ID: id, Product: product, Amount: amount, Unit: u}))
	return id
}

// ShipToMill ships lots of the co-operative to the mill on 3 October and returns the shipment.
func (fx *Fixture) ShipToMill(list ...EventQuantity) string {
	fx.T.Helper()
	id := fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, list))
	return id
}

// PackUnit is a unit packed by an organisation on 2 October.
func (fx *Fixture) PackUnit(a Actor, list []EventQuantity, boxes ...string) string {
	fx.T.Helper()
	id := fx.NewUnitID()
	fx.MustRecord(a, PackEvent(Day(10, 2), id, list, boxes...))
	return id
}

func quantities(list ...EventQuantity) []EventQuantity { return list }
