package trace

// planCorrection plans the withdrawal of an event 更正. The declaration repeats the event, so its effects can be read from it again and are
// undone in the opposite order, which is possible as long as nothing has been built on them.
func (l *Ledger) planCorrection(ev *Event, org int32) (*plan, error) {
	seq, ok := l.eventOf[digest16(ev.EventID)]
	if !ok {
		return nil, E(NotFound, CodeUnknownEvent, "eventID", "id", Clip(ev.EventID))
	}
	row := l.events[seq]
	if row.void {
		return nil, E(Conflict, CodeAlreadyDeclared, "eventID", "id", Clip(ev.EventID))
	}
	p := &plan{event: ev, kind: planCorrect, org: org, season: -1, settledShipment: -1, correctedSeq: seq}
	switch row.kind {
	case planHarvest, planTransform:
		return p, l.undoMaking(p)
	case planLoss:
		return p, l.undoMoves(p, "quantityList", ev.Quantities, nowhere, row.org)
	case planShip:
		return p, l.undoShip(p, row.org)
	case planReceive:
		return p, l.undoReceipt(p, row.org)
	case planPack:
		return p, l.undoPack(p, row.org)
	case planUnpack:
		return p, l.undoUnpack(p, row.org)
	case planWork:
		return p, l.undoWork(p)
	case planObserve:
		if ev.Persistent == nil {
			return p, nil
		}
	}
	return nil, E(Conflict, CodeNotAllowed, "eventID")
}

// undoMaking takes back lots that were made; each must still be whole at the place of its making.
func (l *Ledger) undoMaking(p *plan) error {
	row := l.events[p.correctedSeq]
	ids, field := p.event.Outputs, "outputQuantityList"
	if row.kind == planHarvest {
		ids, field = p.event.Quantities, "quantityList"
	}
	for i, q := range ids {
		n, err := l.findLotAt(IndexedField(field, i), q.Class)
		if err != nil {
			return err
		}
		if l.heldAmount(n, row.org) != l.lots[n].qty || l.lots[n].made != p.correctedSeq {
			return E(Conflict, CodeUsedSince, IndexedField(field, i), "lot", KeyOf(q.Class))
		}
		p.changedIDs = append(p.changedIDs, q.Class)
		p.moves = append(p.moves, move{l.lots[n].qty, n, row.org, nowhere, IndexedField(field, i)})
		p.stateChanges = append(p.stateChanges, stateChange{lot: n, set: Void})
	}
	if row.kind == planHarvest {
		return nil
	}
	return l.undoMoves(p, "inputQuantityList", p.event.Inputs, nowhere, row.org)
}

// checkNotBuiltOn: a lot is taken back only while no event that still stands used the lot (inspections, corrections and field work
// apart): amounts of the lot with others, and lots made of the lot, would have no origin.
func (l *Ledger) checkNotBuiltOn(p *plan) error {
	for _, c := range p.stateChanges {
		for t := l.lots[c.lot].seen; c.set.Has(Void) && t >= 0; t = l.lotRecords[t].next {
			seq := l.lotRecords[t].seq
			if row := l.events[seq]; seq != p.correctedSeq && !row.void && row.kind != planObserve && row.kind != planCorrect &&
				row.kind != planWork {
				return E(Conflict, CodeUsedSince, "eventID", "lot", KeyOf(l.idOf(&l.lots[c.lot])))
			}
		}
	}
	return nil
}

func (l *Ledger) undoMoves(p *plan, field string, list []EventQuantity, from, to int32) error {
	uses, err := l.resolveLots(field, list)
	if err != nil {
		return err
	}
	for i, u := range uses {
		p.changedIDs = append(p.changedIDs, list[i].Class)
		if from != nowhere && l.heldAmount(u.lot, from) < u.qty || l.heldAmount(u.lot, to).addSaturating(u.qty) > MaxAmount {
			return E(Conflict, CodeUsedSince, IndexedField(field, i), "lot", KeyOf(l.idOf(&l.lots[u.lot])))
		}
		p.moves = append(p.moves, move{u.qty, u.lot, from, to, IndexedField(field, i)})
	}
	return nil
}

func (l *Ledger) undoShip(p *plan, org int32) error {
	ship, ok := l.locationOf[findShipmentID(p.event)]
	if !ok {
		return E(NotFound, CodeUnknownThing, "bizTransactionList", "thing", "shipment", "value", Clip(findShipmentID(p.event)))
	}
	p.changedIDs = append(p.changedIDs, l.locations[ship].id)
	p.settledShipment = ship
	if err := l.undoMoves(p, "quantityList", p.event.Quantities, ship, org); err != nil {
		return err
	}
	for _, id := range p.event.EPCs {
		u, err := l.findUnit("epcList", id)
		if err != nil {
			return err
		}
		if l.locations[u].at != ship {
			return E(Conflict, CodeUsedSince, "epcList", "lot", KeyOf(id))
		}
	}
	return l.planUnitMoves(p, "epcList", p.event.EPCs, ship, org)
}

// undoWork takes field work off its season. Harvests made since then would refuse the undoing only where they relied on the work, and
// harvests never do.
func (l *Ledger) undoWork(p *plan) error {
	ids := p.event.EPCs
	if p.event.Type == TransformationEvent {
		ids = p.event.OutputEPCs
	}
	if len(ids) != 1 {
		return E(Invalid, CodeRequired, "epcList")
	}
	s, ok := l.seasonOf[ids[0]]
	if !ok {
		return E(Invalid, CodeUnknownThing, "epcList[0]", "thing", "season", "value", Clip(ids[0]))
	}
	p.season = s
	p.changedIDs = append(p.changedIDs, ids[0], l.seasons[s].Place)
	return l.undoMoves(p, "inputQuantityList", p.event.Inputs, nowhere, l.events[p.correctedSeq].org)
}

// judgeCorrection: the organisation that recorded an event withdraws it; a bureau or an admin may as well, and only they may where a lot it
// made is on hold or recalled: what people are warned of must not vanish.
func (l *Ledger) judgeCorrection(p *plan, a Actor) error {
	if a.Role == Operator && l.events[p.correctedSeq].org != p.org {
		return E(Forbidden, CodeNotAllowed, "eventID")
	}
	for i, c := range p.stateChanges {
		if a.Role != Operator {
			break
		}
		if err := l.checkAction(c.lot, ActionCorrect, p.moves[i].field); err != nil {
			return err
		}
	}
	if p.event.Declaration.Time.IsZero() {
		return E(Invalid, CodeRequired, "errorDeclaration.declarationTime")
	}
	if err := l.checkNotBuiltOn(p); err != nil {
		return err
	}
	return nil
}

// commitCorrection marks the withdrawn event, so that walks pass its edges by, and takes its work off the season.
func (l *Ledger) commitCorrection(p *plan, seq uint32) {
	l.events[p.correctedSeq].void = true
	if p.season >= 0 {
		s := &l.seasons[p.season]
		kept := s.works[:0]
		for _, w := range s.works {
			if w.seq != p.correctedSeq {
				kept = append(kept, w)
			}
		}
		s.works = kept
		for _, h := range s.harvests { // their pages listed it
			l.lots[h].pageSeq = seq
		}
		p.season = -1
	}
	for _, c := range p.stateChanges {
		if lt := &l.lots[c.lot]; lt.season >= 0 {
			if kg, _, ok := l.massOf(lt.qty, l.unitOf(lt), l.products[lt.product]); ok {
				y := l.seasons[lt.season].yielded
				y[lt.product] -= min(kg, y[lt.product])
			}
		}
	}
	l.commitPlan(p, seq)
	if l.events[p.correctedSeq].kind == planReceive {
		l.reopenShipment(l.locationOf[findShipmentID(p.event)])
	}
	delete(l.undoInfos, p.correctedSeq)
}
