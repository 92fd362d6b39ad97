package trace

import (
	"slices"
	"strings"
)

// planReceive takes goods out of a shipment. A smaller amount leaves the rest under way, or, when the receipt is final, is a loss with a
// reason; a larger one needs a reason as well.
func (l *Ledger) planReceive(p *plan) error {
	ev := p.event
	p.kind = planReceive
	id := findShipmentID(ev)
	ship, ok := l.locationOf[id]
	if !ok || l.locations[ship].kind != shipmentLocation {
		return E(NotFound, CodeUnknownThing, "bizTransactionList[0].bizTransaction", "thing", "shipment", "value", Clip(id))
	}
	if s := &l.locations[ship]; s.at != p.org || s.closed { // only the destination receives, and a settled shipment is settled
		return E(Conflict, CodeNotInTransit, "bizTransactionList[0].bizTransaction", "lot", KeyOf(id))
	}
	if len(ev.Quantities)+len(ev.EPCs) == 0 && !ev.Final {
		return E(Invalid, CodeRequired, "quantityList")
	}
	p.changedIDs = append(p.changedIDs, id)
	left, err := l.planReceivedLots(p, ship)
	if err != nil {
		return err
	}
	if err := l.planUnitMoves(p, "epcList", ev.EPCs, ship, p.org); err != nil {
		return err
	}
	return l.settleShipment(p, ship, left)
}

// planReceivedLots takes the loose goods of a receipt out of the shipment, and returns how much of each lot is left in the shipment.
func (l *Ledger) planReceivedLots(p *plan, ship int32) (left map[int32]Amount, err error) {
	ev := p.event
	uses, err := l.resolveLots("quantityList", ev.Quantities)
	if err != nil {
		return nil, err
	}
	for i := range ev.Quantities {
		p.changedIDs = append(p.changedIDs, ev.Quantities[i].Class)
	}
	left = make(map[int32]Amount)
	for i := l.locations[ship].hold; i >= 0; i = l.holdings[i].nextAt {
		left[l.holdings[i].lot] = l.holdings[i].qty
	}
	for i, u := range uses {
		at := IndexedField("quantityList", i)
		in, known := left[u.lot]
		if !known {
			return nil, E(Conflict, CodeNotInTransit, at+".epcClass", "lot", KeyOf(l.idOf(&l.lots[u.lot])))
		}
		if u.qty > in && !l.hasReasonFor(ev, u.lot) {
			return nil, E(Invalid, CodeReasonNeeded, at+".reason", "lot", KeyOf(l.idOf(&l.lots[u.lot])), "shipped", in.String(), "received",
				u.qty.String(), "unit", string(l.unitOf(&l.lots[u.lot])))
		}
		if l.heldAmount(u.lot, p.org).addSaturating(u.qty) > MaxAmount {
			return nil, E(Invalid, CodeBadQuantity, at+".quantity", "value", u.qty.String())
		}
		if moved := min(u.qty, in); moved > 0 {
			p.moves = append(p.moves, move{moved, u.lot, ship, p.org, at})
		}
		if u.qty > in {
			p.moves = append(p.moves, move{u.qty - in, u.lot, nowhere, p.org, at})
		}
		left[u.lot] = in - min(u.qty, in)
	}
	return left, nil
}

// settleShipment closes a shipment: an empty one, or one whose receipt is final and whose missing amounts are explained.
func (l *Ledger) settleShipment(p *plan, ship int32, left map[int32]Amount) error {
	open := len(l.within[ship]) - len(p.unitMoves)
	open -= l.planLostUnits(p, ship)
	for i := l.locations[ship].hold; i >= 0; i = l.holdings[i].nextAt {
		n := l.holdings[i].lot
		qty := left[n]
		if qty == 0 {
			continue
		}
		if !p.event.Final {
			open++
			continue
		}
		if !l.hasReasonFor(p.event, n) {
			return E(Invalid, CodeReasonNeeded, "yousang:differences", "lot", KeyOf(l.idOf(&l.lots[n])), "shipped", l.holdings[i].qty.String(),
				"received", (l.holdings[i].qty - qty).String(), "unit", string(l.unitOf(&l.lots[n])))
		}
		p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[n]))
		p.moves = append(p.moves, move{qty, n, ship, nowhere, "yousang:differences"})
	}
	if p.event.Final && open > 0 {
		return E(Invalid, CodeReasonNeeded, "epcList", "lot", KeyOf(l.locations[ship].id))
	}
	if open == 0 {
		p.settledShipment = ship
	}
	return nil
}

// planLostUnits writes off the units of a final receipt that did not arrive and whose loss has a reason, with all that is in them. The
// result is the number of these units.
func (l *Ledger) planLostUnits(p *plan, ship int32) (n int) {
	if !p.event.Final {
		return 0
	}
	arrived := len(p.unitMoves)
	for _, u := range l.within[ship] {
		listed := slices.ContainsFunc(p.unitMoves[:arrived], func(m unitMove) bool { return m.unit == u })
		if listed || !hasReason(p.event, l.locations[u].id) {
			continue
		}
		n++
		p.changedIDs = append(p.changedIDs, l.locations[u].id)
		p.unitMoves = append(p.unitMoves, unitMove{u, ship, nowhere})
		l.forEachInside(u, func(h *holding) {
			p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[h.lot]))
			p.moves = append(p.moves, move{h.qty, h.lot, h.location, nowhere, "yousang:differences"})
		})
	}
	return n
}

func (l *Ledger) hasReasonFor(ev *Event, n int32) bool { return hasReason(ev, l.idOf(&l.lots[n])) }

func hasReason(ev *Event, id string) bool {
	return slices.ContainsFunc(ev.Differences, func(d Difference) bool { return d.Lot == id && strings.TrimSpace(d.Reason) != "" })
}
