package trace

import "strings"

// planKind says what an event means to the ledger.
type planKind uint8

const (
	planObserve planKind = iota // recorded, changes nothing but perhaps a status
	planHarvest
	planTransform
	planPack
	planUnpack
	planShip
	planReceive
	planLoss
	planWork
	planCorrect
	planMaster
)

// plan is what one event does to the ledger: read from the event first, judged by the rules, then applied. Lots that the event makes are
// numbered -1, -2 … until the plan is applied.
type plan struct {
	event           *Event
	kind            planKind
	org             int32 // acting organisation
	place           *Place
	newLots         []newLot
	moves           []move
	inputs          []lotAmount // what a transformation takes
	createdLocation *location   // unit or shipment the event makes
	unitMoves       []unitMove  // packed units that change place
	season          int32
	work            *seasonWork
	stateChanges    []stateChange
	settledShipment int32 // shipment that is settled
	correctedSeq    uint32
	// lots it takes from the acting organisation's holding: others of the same batch may as well, while there is enough
	takenLots  []string
	changedIDs []string // identifiers it changes: no other event of the same batch may name them
	usedIDs    []string // identifiers it relies on
}

type newLot struct {
	id      string
	product int32
	qty     Amount
	unit    Unit
	facts   *LotFacts
}

type move struct {
	qty      Amount
	lot      int32
	from, to int32
	field    string
}

type lotAmount struct {
	qty Amount
	lot int32
}

type unitMove struct{ unit, from, to int32 }

type stateChange struct {
	lot        int32
	set, unset State
}

// interpretEvent reads an event as a plan. Errors are about the event's form and about things that are not registered.
func (l *Ledger) interpretEvent(ev *Event, org int32) (*plan, error) {
	p := &plan{event: ev, org: org, season: -1, settledShipment: -1}
	if err := ev.checkTexts(); err != nil {
		return nil, err
	}
	if ev.BizLocation != nil {
		if pl, ok := l.places[ev.BizLocation.ID]; ok {
			p.place = pl
			p.usedIDs = append(p.usedIDs, pl.ID)
		}
	}
	var err error
	switch {
	case ev.Work != nil:
		err = l.planWork(p)
	case ev.Type == ObjectEvent && ev.Action == "ADD":
		err = l.planHarvest(p)
	case ev.Type == ObjectEvent && ev.Action == "DELETE":
		err = l.planLoss(p)
	case ev.Type == ObjectEvent && ev.BizStep == StepShipping:
		err = l.planShip(p)
	case ev.Type == ObjectEvent && ev.BizStep == StepReceiving:
		err = l.planReceive(p)
	case ev.Type == TransformationEvent:
		err = l.planTransform(p)
	case ev.Type == AggregationEvent && ev.Action == "ADD":
		err = l.planPack(p)
	case ev.Type == AggregationEvent && ev.Action == "DELETE":
		err = l.planUnpack(p)
	default:
		err = l.planObserve(p)
	}
	if err == nil || p.place == nil && ev.BizLocation != nil {
		if unknown := l.checkKnownPlace(p); unknown != nil {
			err = unknown
		}
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// checkKnownPlace: what the ledger draws amounts from happens at a place that is registered; an observation may be a partner's, at a place
// of his.
func (l *Ledger) checkKnownPlace(p *plan) error {
	loc := p.event.BizLocation
	if loc == nil || l.places[loc.ID] != nil || p.kind == planObserve && !strings.HasPrefix(loc.ID, l.info.Namespace+"/") {
		return nil
	}
	return E(Invalid, CodeUnknownThing, "bizLocation", "thing", "place", "value", Clip(loc.ID))
}

func (l *Ledger) findLotAt(field, id string) (int32, error) {
	if i, ok := l.findLot(id); ok {
		return i, nil
	}
	if id == "" {
		return 0, E(Invalid, CodeRequired, field)
	}
	return 0, E(NotFound, CodeUnknownLot, field, "lot", Clip(id))
}

// resolveLots reads a quantity list of existing lots, in the lots' own units.
func (l *Ledger) resolveLots(field string, list []EventQuantity) ([]lotAmount, error) {
	seen := make(map[int32]bool, len(list))
	out := make([]lotAmount, 0, len(list))
	for i, q := range list {
		at := IndexedField(field, i)
		n, err := l.findLotAt(at+".epcClass", q.Class)
		if err != nil {
			return nil, err
		}
		if seen[n] {
			return nil, E(Invalid, CodeDuplicateLot, at+".epcClass", "lot", KeyOf(q.Class))
		}
		seen[n] = true
		qty, err := l.convertUnit(at, q, l.unitOf(&l.lots[n]))
		if err != nil {
			return nil, err
		}
		out = append(out, lotAmount{qty, n})
	}
	return out, nil
}

// planTakes plans that amounts of lots leave the acting organisation's holding.
func (l *Ledger) planTakes(p *plan, field string, list []EventQuantity, to int32) ([]lotAmount, error) {
	uses, err := l.resolveLots(field, list)
	if err != nil {
		return nil, err
	}
	for i, u := range uses {
		p.takenLots = append(p.takenLots, list[i].Class)
		p.moves = append(p.moves, move{u.qty, u.lot, p.org, to, IndexedField(field, i)})
	}
	return uses, nil
}

// convertUnit brings a quantity to the unit its lot is kept in, exactly.
func (l *Ledger) convertUnit(at string, q EventQuantity, to Unit) (Amount, error) {
	u := q.Unit
	if u == "" {
		u = Piece
	}
	qty, base, err := ToBaseUnit(q.Amount, u)
	if err != nil {
		field := at + ".quantity"
		if _, known := units[u]; !known {
			field = at + ".uom"
		}
		return 0, At(field, err)
	}
	if base != to {
		return 0, E(Invalid, CodeUnitMismatch, at+".uom", "value", string(u), "unit", string(to))
	}
	return qty, nil
}

// planNewLots reads a quantity list of lots that the event makes, with their facts in the ilmd.
func (l *Ledger) planNewLots(p *plan, field string, list []EventQuantity) error {
	if p.event.Ilmd == nil {
		return E(Invalid, CodeRequired, "ilmd.yousang:lots")
	}
	facts := make(map[string]*LotFacts, len(list))
	for i := range p.event.Ilmd.Lots {
		f := &p.event.Ilmd.Lots[i]
		facts[f.Lot] = f
	}
	seen := make(map[string]bool, len(list))
	for i, q := range list {
		at := IndexedField(field, i)
		f := facts[q.Class]
		if f == nil {
			return E(Invalid, CodeRequired, at+".product")
		}
		n, ok := l.productOf[f.Product]
		if !ok {
			return E(Invalid, CodeUnknownThing, at+".product", "thing", "product", "value", Clip(f.Product))
		}
		pr := l.products[n]
		if err := l.checkNewID(q.Class, pr); err != nil {
			return At(at+".epcClass", err)
		}
		if seen[KeyOf(q.Class)] { // the key alone: no two lots share one
			return E(Invalid, CodeDuplicateLot, at+".epcClass", "lot", KeyOf(q.Class))
		}
		seen[KeyOf(q.Class)] = true
		qty, err := l.convertUnit(at, q, pr.Unit)
		if err != nil {
			return err
		}
		if f.Pieces%AmountScale != 0 {
			return E(Invalid, CodeNotWhole, at+".pieces", "value", f.Pieces.String(), "unit", string(Piece))
		}
		p.changedIDs = append(p.changedIDs, q.Class, KeyOf(q.Class))
		p.usedIDs = append(p.usedIDs, f.Product)
		p.newLots = append(p.newLots, newLot{id: q.Class, product: n, qty: qty, unit: pr.Unit, facts: f})
		p.moves = append(p.moves, move{qty: qty, lot: int32(-len(p.newLots)), from: nowhere, to: p.org, field: at})
	}
	return nil
}

// checkNewID accepts an identifier of ours with a good key, of the product's own GTIN or of the namespace.
func (l *Ledger) checkNewID(id string, pr *Product) error {
	key := KeyOf(id)
	if k, err := ParseKey(key); err != nil || k != key {
		return E(Invalid, CodeBadKey, "", "value", Clip(key))
	}
	if id != LotURI(l.info.Namespace, *pr, key) {
		return E(Invalid, CodeBadValue, "", "value", Clip(id), "allowed", LotURI(l.info.Namespace, *pr, "…"))
	}
	return nil
}

func IndexedField(field string, i int) string { return field + "[" + Whole(int64(i)).String() + "]" }

func (l *Ledger) findOrganisation(field, id string) (int32, error) {
	if _, ok := l.orgs[id]; !ok {
		return 0, E(Invalid, CodeUnknownThing, field, "thing", "organisation", "value", Clip(id))
	}
	return l.locationOf[id], nil
}

// findUnit finds a packed unit by its identifier.
func (l *Ledger) findUnit(field, id string) (int32, error) {
	if i, ok := l.locationOf[id]; ok && l.locations[i].kind == unitLocation {
		return i, nil
	}
	return 0, E(NotFound, CodeUnknownThing, field, "thing", "unit", "value", Clip(id))
}

// checkNewLocation checks the identifier of a unit or shipment that the event makes.
func (l *Ledger) checkNewLocation(field, id, dir string) error {
	key, ok := strings.CutPrefix(id, l.info.Namespace+"/"+dir+"/")
	if !ok {
		return E(Invalid, CodeBadValue, field, "value", Clip(id), "allowed", l.info.Namespace+"/"+dir+"/…")
	}
	if k, err := ParseKey(key); err != nil || k != key {
		return E(Invalid, CodeBadKey, field, "value", Clip(key))
	}
	return nil
}
