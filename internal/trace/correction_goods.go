package trace

import "slices"

// undoReceipt puts what arrived back into its shipment, takes back what was gained and returns what was written off.
func (l *Ledger) undoReceipt(p *plan, org int32) error {
	ev := p.event
	ship, ok := l.locationOf[findShipmentID(ev)]
	if !ok || l.locations[ship].kind != shipmentLocation {
		return E(NotFound, CodeUnknownThing, "bizTransactionList[0].bizTransaction", "thing", "shipment", "value", Clip(findShipmentID(ev)))
	}
	p.changedIDs = append(p.changedIDs, l.locations[ship].id)
	uses, err := l.resolveLots("quantityList", ev.Quantities)
	if err != nil {
		return err
	}
	k := l.findUndoInfo(p.correctedSeq)
	for i, u := range uses {
		at := IndexedField("quantityList", i)
		if l.heldAmount(u.lot, org) < u.qty {
			return E(Conflict, CodeUsedSince, at, "lot", KeyOf(ev.Quantities[i].Class))
		}
		p.changedIDs = append(p.changedIDs, ev.Quantities[i].Class)
		gained := k.gainedAmount(u.lot)
		if u.qty > gained {
			p.moves = append(p.moves, move{u.qty - gained, u.lot, org, ship, at})
		}
		if gained > 0 {
			p.moves = append(p.moves, move{gained, u.lot, org, nowhere, at})
		}
	}
	if err := l.checkUnmoved("epcList", ev.EPCs, org); err != nil {
		return err
	}
	if err := l.planUnitMoves(p, "epcList", ev.EPCs, org, ship); err != nil {
		return err
	}
	for _, m := range k.moves {
		if m.to == nowhere {
			p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[m.lot]))
			p.moves = append(p.moves, move{m.qty, m.lot, nowhere, m.from, m.field})
		}
	}
	for _, u := range k.units {
		p.changedIDs = append(p.changedIDs, l.locations[u.unit].id)
		p.unitMoves = append(p.unitMoves, unitMove{u.unit, nowhere, ship})
	}
	return nil
}

// findUndoInfo is what was kept of an event; nothing for most.
func (l *Ledger) findUndoInfo(seq uint32) *undoInfo {
	if k := l.undoInfos[seq]; k != nil {
		return k
	}
	return &undoInfo{}
}

// gainedAmount is what arrived of a lot beyond what was sent.
func (k *undoInfo) gainedAmount(n int32) Amount {
	i := slices.IndexFunc(k.moves, func(m move) bool { return m.lot == n && m.from == nowhere })
	if i < 0 {
		return 0
	}
	return k.moves[i].qty
}

// checkUnmoved refuses units that do not stand at their old place. The content of the others is whole: a unit is only ever emptied.
func (l *Ledger) checkUnmoved(field string, ids []string, at int32) error {
	for i, id := range ids {
		u, err := l.findUnit(IndexedField(field, i), id)
		if err != nil {
			return err
		}
		if l.locations[u].at != at {
			return E(Conflict, CodeUsedSince, IndexedField(field, i), "lot", KeyOf(id))
		}
	}
	return nil
}

// reopenShipment lets a shipment be received again when something is back in it.
func (l *Ledger) reopenShipment(ship int32) {
	empty := len(l.within[ship]) == 0
	for i := l.locations[ship].hold; i >= 0; i = l.holdings[i].nextAt {
		empty = empty && l.holdings[i].qty == 0
	}
	l.locations[ship].closed = empty
}

// undoPack takes everything out of a unit that still stands at the place of its packing.
func (l *Ledger) undoPack(p *plan, org int32) error {
	ev := p.event
	u, err := l.findUnit("parentID", ev.ParentID)
	if err != nil {
		return err
	}
	if l.locations[u].at != org || l.locations[u].seq != p.correctedSeq {
		return E(Conflict, CodeUsedSince, "parentID", "lot", KeyOf(ev.ParentID))
	}
	p.changedIDs = append(p.changedIDs, ev.ParentID)
	if err := l.undoMoves(p, "childQuantityList", ev.Children, u, org); err != nil {
		return err
	}
	if err := l.checkUnmoved("childEPCs", ev.ChildEPCs, u); err != nil {
		return err
	}
	if err := l.planUnitMoves(p, "childEPCs", ev.ChildEPCs, u, org); err != nil {
		return err
	}
	p.unitMoves = append(p.unitMoves, unitMove{u, org, nowhere})
	return nil
}

// undoUnpack puts back into a unit what was in it, while the organisation that unpacked it still has all of it.
func (l *Ledger) undoUnpack(p *plan, org int32) error {
	u, err := l.findUnit("parentID", p.event.ParentID)
	if err != nil {
		return err
	}
	p.changedIDs = append(p.changedIDs, p.event.ParentID)
	k := l.findUndoInfo(p.correctedSeq)
	used := func(id string) error { return E(Conflict, CodeUsedSince, "parentID", "lot", KeyOf(id)) }
	if l.locations[u].at != nowhere {
		return used(p.event.ParentID)
	}
	for _, m := range k.moves {
		id := l.idOf(&l.lots[m.lot])
		if l.heldAmount(m.lot, org) < m.qty {
			return used(id)
		}
		p.changedIDs = append(p.changedIDs, id)
		p.moves = append(p.moves, move{m.qty, m.lot, org, u, m.field})
	}
	for _, in := range slices.Backward(k.units) {
		if l.locations[in.unit].at != in.to {
			return used(l.locations[in.unit].id)
		}
		p.changedIDs = append(p.changedIDs, l.locations[in.unit].id)
		l.forEachInside(in.unit, func(h *holding) { p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[h.lot])) })
		p.unitMoves = append(p.unitMoves, unitMove{in.unit, in.to, in.from})
	}
	return nil
}
