package trace

import "time"

// Out is a lot that an event makes.
type Out struct {
	ID, Product, Amount string
	Unit                Unit
	Facts               LotFacts
}

// Q is a quantity of a lot.
func Q(lot, amount string, u Unit) EventQuantity {
	n, err := ParseAmount(amount)
	if err != nil {
		panic(err)
	}
	return EventQuantity{Class: lot, Amount: n, Unit: u}
}

// Kg is a mass of a lot.
func Kg(lot, amount string) EventQuantity { return Q(lot, amount, Kilogram) }

func event(t EventType, action, step string, at time.Time) *Event {
	return &Event{Type: t, Action: action, BizStep: step, Time: NewTime(at), Offset: "+08:00"}
}

func (e *Event) making(outs []Out) []EventQuantity {
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
		list = append(list, Q(o.ID, o.Amount, o.Unit))
	}
	return list
}

// Harvest makes lots at a place, or from a season, or both.
func Harvest(at time.Time, place, season string, outs ...Out) *Event {
	e := event(ObjectEvent, "ADD", StepCommissioning, at)
	if place != "" {
		e.BizLocation = &ID{under(place)}
	}
	e.Quantities = e.making(outs)
	if season != "" {
		e.Ilmd.Season = NS + "/season/" + season
	}
	return e
}

// Transform makes lots of lots.
func Transform(at time.Time, in []EventQuantity, outs ...Out) *Event {
	e := event(TransformationEvent, "", StepTransforming, at)
	e.Inputs = in
	e.Outputs = e.making(outs)
	return e
}

// Ship sends lots and units to an organisation.
func Ship(at time.Time, id string, to Actor, list []EventQuantity, boxes ...string) *Event {
	e := event(ObjectEvent, "OBSERVE", StepShipping, at)
	e.BizTransactions = []BizTransaction{{ID: id, Type: "desadv"}}
	e.Destinations = []Destination{{ID: to.Org, Type: "possessing_party"}}
	e.Quantities, e.EPCs = list, boxes
	return e
}

// Receive takes lots and units out of a shipment.
func Receive(at time.Time, id string, list []EventQuantity, boxes ...string) *Event {
	e := event(ObjectEvent, "OBSERVE", StepReceiving, at)
	e.BizTransactions = []BizTransaction{{ID: id, Type: "desadv"}}
	e.Quantities, e.EPCs = list, boxes
	return e
}

// because gives a receipt a reason for a lot.
func (e *Event) because(lot, reason string) *Event {
	e.Differences = append(e.Differences, Difference{Lot: lot, Reason: reason})
	return e
}

func (e *Event) final() *Event {
	e.Final = true
	return e
}

// Loss destroys amounts.
func Loss(at time.Time, reason string, list ...EventQuantity) *Event {
	e := event(ObjectEvent, "DELETE", StepDestroying, at)
	e.Reason, e.Quantities = reason, list
	return e
}

// Pack puts lots and units into a new unit.
func Pack(at time.Time, id string, list []EventQuantity, boxes ...string) *Event {
	e := event(AggregationEvent, "ADD", StepPacking, at)
	e.ParentID, e.Children, e.ChildEPCs = id, list, boxes
	return e
}

// Unpack empties a unit.
func Unpack(at time.Time, id string) *Event {
	e := event(AggregationEvent, "DELETE", StepUnpacking, at)
	e.ParentID = id
	return e
}

// Work is field work on a season, with the lots it uses up.
func Work(at time.Time, season string, w FieldWork, list ...EventQuantity) *Event {
	e := event(ObjectEvent, "OBSERVE", StepTransforming, at)
	e.Work = &w
	if len(list) == 0 {
		e.EPCs = []string{NS + "/season/" + season}
		return e
	}
	e.Type, e.Action = TransformationEvent, ""
	e.Inputs, e.OutputEPCs = list, []string{NS + "/season/" + season}
	return e
}

// Mark sets and unsets dispositions of lots.
func Mark(at time.Time, set, unset, reason string, lots ...string) *Event {
	e := event(ObjectEvent, "OBSERVE", StepHolding, at)
	e.EPCs, e.Reason, e.Persistent = lots, reason, &Persistent{}
	if set != "" {
		e.Persistent.Set = []string{set}
	}
	if unset != "" {
		e.Persistent.Unset = []string{unset}
	}
	return e
}

// Inspect is an observation without consequence.
func Inspect(at time.Time, lots ...string) *Event {
	e := event(ObjectEvent, "OBSERVE", StepInspecting, at)
	e.EPCs = lots
	return e
}

// Withdraw declares a recorded event an error.
func Withdraw(r Record) *Event {
	e, err := ParseEvent(r.Body)
	if err != nil {
		panic(err)
	}
	e.Declaration = &Declaration{Time: NewTime(Noon), Reason: "did_not_occur"}
	return e
}

// Fruit is a lot of so many kg harvested by the co-operative on 1 October.
func (d *Desk) Fruit(kg string) string { return d.FruitOf(Coop, "plot-a", kg) }

// FruitOf is a lot harvested by somebody at a place on 1 October.
func (d *Desk) FruitOf(a Actor, place, kg string) string {
	d.T.Helper()
	id := d.LotID()
	d.Must(a, Harvest(Day(10, 1), place, "", Out{ID: id, Product: "fruit", Amount: kg}))
	return id
}

// MadeOf is a lot made of others on 5 October.
func (d *Desk) MadeOf(a Actor, product, amount string, u Unit, in ...EventQuantity) string {
	d.T.Helper()
	id := d.LotID()
	d.Must(a, Transform(Day(10, 5), in, Out{ID: id, Product: product, Amount: amount, Unit: u}))
	return id
}

// Sent ships lots of the co-operative to the mill on 3 October and returns the shipment.
func (d *Desk) Sent(list ...EventQuantity) string {
	d.T.Helper()
	id := d.ShipmentID()
	d.Must(Coop, Ship(Day(10, 3), id, Mill, list))
	return id
}

// Boxed is a unit packed by somebody on 2 October.
func (d *Desk) Boxed(a Actor, list []EventQuantity, boxes ...string) string {
	d.T.Helper()
	id := d.UnitID()
	d.Must(a, Pack(Day(10, 2), id, list, boxes...))
	return id
}

func some(list ...EventQuantity) []EventQuantity { return list }
