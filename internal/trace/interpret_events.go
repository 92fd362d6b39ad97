package trace

import "strings"

func (l *Ledger) planHarvest(p *plan) error {
	ev := p.event
	p.kind = planHarvest
	if len(ev.Quantities) == 0 {
		return E(Invalid, CodeRequired, "quantityList")
	}
	if ev.Ilmd != nil && ev.Ilmd.Season != "" {
		s, ok := l.seasonOf[ev.Ilmd.Season]
		if !ok {
			return E(Invalid, CodeUnknownThing, "ilmd.yousang:season", "thing", "season", "value", Clip(ev.Ilmd.Season))
		}
		p.season = s
		p.usedIDs = append(p.usedIDs, ev.Ilmd.Season)
		if p.place == nil {
			p.place = l.places[l.seasons[s].Place]
		}
	}
	if p.place == nil {
		return E(Invalid, CodeRequired, "bizLocation")
	}
	for pl := p.place; pl != nil; pl = l.places[pl.Parent] { // field work there names its place, and must not be judged beside this
		p.usedIDs = append(p.usedIDs, pl.ID)
	}
	return l.planNewLots(p, "quantityList", ev.Quantities)
}

func (l *Ledger) planTransform(p *plan) error {
	ev := p.event
	p.kind = planTransform
	if len(ev.Inputs) == 0 {
		return E(Invalid, CodeRequired, "inputQuantityList")
	}
	if len(ev.Outputs) == 0 {
		return E(Invalid, CodeRequired, "outputQuantityList")
	}
	if n := len(ev.Inputs) * len(ev.Outputs); n > 20_000 {
		return E(TooLarge, CodeTooLarge, "inputQuantityList", "limit", "20000")
	}
	var err error
	if p.inputs, err = l.planTakes(p, "inputQuantityList", ev.Inputs, nowhere); err != nil {
		return err
	}
	for i := range ev.Inputs {
		for _, o := range ev.Outputs {
			if o.Class == ev.Inputs[i].Class {
				return E(Invalid, CodeInputIsOutput, IndexedField("inputQuantityList", i)+".epcClass", "lot", KeyOf(o.Class))
			}
		}
	}
	return l.planNewLots(p, "outputQuantityList", ev.Outputs)
}

// planWork reads field work: on the season named in epcList, or, where lots are used up, in outputEPCList of a transformation.
func (l *Ledger) planWork(p *plan) error {
	ev := p.event
	p.kind = planWork
	list, field := ev.EPCs, "epcList[0]"
	if ev.Type == TransformationEvent {
		list, field = ev.OutputEPCs, "outputEPCList[0]"
	}
	if len(list) != 1 {
		return E(Invalid, CodeRequired, field)
	}
	s, ok := l.seasonOf[list[0]]
	if !ok {
		return E(Invalid, CodeUnknownThing, field, "thing", "season", "value", Clip(list[0]))
	}
	p.season = s
	p.changedIDs = append(p.changedIDs, list[0], l.seasons[s].Place)
	switch ev.Work.Kind {
	case "spray", "fertilise", "irrigate", "prune", "feed", "other":
	default:
		return E(Invalid, CodeBadValue, "yousang:work.yousang:kind", "value", Clip(ev.Work.Kind), "allowed",
			"spray fertilise irrigate prune feed other")
	}
	if ev.Work.IntervalDays < 0 || ev.Work.IntervalDays > 400 || ev.Work.MaxUses < 0 {
		return E(Invalid, CodeBadValue, "yousang:work.yousang:intervalDays", "value", Whole(int64(ev.Work.IntervalDays)).String(), "allowed",
			"0–400")
	}
	var err error
	if p.inputs, err = l.planTakes(p, "inputQuantityList", ev.Inputs, nowhere); err != nil {
		return err
	}
	p.work = &seasonWork{FieldWork: *ev.Work, lot: -1, time: toMillis(ev.Time.Time)}
	if p.work.stopDay() < dayOf(ev.Time.Time) { // an earlier end would shorten the safety interval
		return E(Invalid, CodeBadTime, "yousang:work.yousang:stop", "value", ev.Work.Stop.Format(timeLayout))
	}
	return nil
}

func (l *Ledger) planLoss(p *plan) error {
	ev := p.event
	p.kind = planLoss
	if len(ev.Quantities) == 0 {
		return E(Invalid, CodeRequired, "quantityList")
	}
	if strings.TrimSpace(ev.Reason) == "" {
		return E(Invalid, CodeReasonNeeded, "yousang:reason")
	}
	_, err := l.planTakes(p, "quantityList", ev.Quantities, nowhere)
	return err
}

// planPack puts amounts of lots, and smaller units, into a new unit (箱, 托).
func (l *Ledger) planPack(p *plan) error {
	ev := p.event
	p.kind = planPack
	if len(ev.Children)+len(ev.ChildEPCs) == 0 {
		return E(Invalid, CodeRequired, "childQuantityList")
	}
	if err := l.checkNewLocation("parentID", ev.ParentID, "unit"); err != nil {
		return err
	}
	p.createdLocation = &location{id: ev.ParentID, kind: unitLocation, at: p.org, from: -1, hold: -1}
	p.changedIDs = append(p.changedIDs, ev.ParentID)
	if _, err := l.planTakes(p, "childQuantityList", ev.Children, newLocation); err != nil {
		return err
	}
	return l.planUnitMoves(p, "childEPCs", ev.ChildEPCs, p.org, newLocation)
}

// planUnitMoves moves whole units and names what is in them, so that the lots inside count as touched.
func (l *Ledger) planUnitMoves(p *plan, field string, ids []string, from, to int32) error {
	seen := make(map[int32]bool, len(ids))
	for i, id := range ids {
		u, err := l.findUnit(IndexedField(field, i), id)
		if err != nil {
			return err
		}
		if seen[u] {
			return E(Invalid, CodeDuplicateLot, IndexedField(field, i), "lot", KeyOf(id))
		}
		seen[u] = true
		p.changedIDs = append(p.changedIDs, id)
		p.unitMoves = append(p.unitMoves, unitMove{u, from, to})
		l.forEachInside(u, func(h *holding) { p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[h.lot])) })
	}
	return nil
}

// forEachInside visits the amounts in a unit or shipment and in the units standing in it.
func (l *Ledger) forEachInside(at int32, f func(*holding)) {
	for i := l.locations[at].hold; i >= 0; i = l.holdings[i].nextAt {
		if l.holdings[i].qty > 0 {
			f(&l.holdings[i])
		}
	}
	for _, u := range l.within[at] {
		l.forEachInside(u, f)
	}
}

// planUnpack empties a unit: everything in it returns to its holder.
func (l *Ledger) planUnpack(p *plan) error {
	p.kind = planUnpack
	u, err := l.findUnit("parentID", p.event.ParentID)
	if err != nil {
		return err
	}
	p.changedIDs = append(p.changedIDs, p.event.ParentID)
	for i := l.locations[u].hold; i >= 0; i = l.holdings[i].nextAt {
		if h := l.holdings[i]; h.qty > 0 {
			p.moves = append(p.moves, move{h.qty, h.lot, u, p.org, "parentID"})
			p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[h.lot]))
		}
	}
	for _, in := range l.within[u] {
		p.unitMoves = append(p.unitMoves, unitMove{in, u, p.org})
		p.changedIDs = append(p.changedIDs, l.locations[in].id)
		l.forEachInside(in, func(h *holding) { p.changedIDs = append(p.changedIDs, l.idOf(&l.lots[h.lot])) })
	}
	p.unitMoves = append(p.unitMoves, unitMove{u, p.org, nowhere})
	return nil
}

func (l *Ledger) planShip(p *plan) error {
	ev := p.event
	p.kind = planShip
	if len(ev.Quantities)+len(ev.EPCs) == 0 {
		return E(Invalid, CodeRequired, "quantityList")
	}
	to := ""
	for _, d := range ev.Destinations {
		if d.Type == "possessing_party" {
			to = d.ID
		}
	}
	if to == "" {
		return E(Invalid, CodeRequired, "destinationList[0].destination")
	}
	dest, err := l.findOrganisation("destinationList[0].destination", to)
	if err != nil {
		return err
	}
	if dest == p.org {
		return E(Invalid, CodeBadValue, "destinationList[0].destination", "value", to, "allowed", "")
	}
	id := findShipmentID(ev)
	if err := l.checkNewLocation("bizTransactionList[0].bizTransaction", id, "shipment"); err != nil {
		return err
	}
	p.createdLocation = &location{id: id, kind: shipmentLocation, at: dest, from: p.org, hold: -1}
	p.changedIDs = append(p.changedIDs, id)
	p.usedIDs = append(p.usedIDs, to)
	if _, err := l.planTakes(p, "quantityList", ev.Quantities, newLocation); err != nil {
		return err
	}
	return l.planUnitMoves(p, "epcList", ev.EPCs, p.org, newLocation)
}

func findShipmentID(ev *Event) string {
	for _, t := range ev.BizTransactions {
		if t.Type == "desadv" {
			return t.ID
		}
	}
	return ""
}

// planObserve reads inspections, storage, sensor records, statuses, and events the ledger draws no amounts from.
func (l *Ledger) planObserve(p *plan) error {
	ev := p.event
	var c stateChange
	if ev.Persistent != nil {
		c.set, c.unset = parseDispositions(ev.Persistent.Set), parseDispositions(ev.Persistent.Unset)
	}
	named := func(field, id string) error {
		if _, ok := l.findLot(id); ok {
			p.changedIDs = append(p.changedIDs, id)
			return nil
		}
		if c.set|c.unset != 0 || strings.HasPrefix(id, l.info.Namespace+"/lot/") { // a mistyped lot must not stay unrecalled
			return E(NotFound, CodeUnknownLot, field, "lot", Clip(id))
		}
		return nil
	}
	for i, q := range ev.Quantities {
		if err := named(IndexedField("quantityList", i)+".epcClass", q.Class); err != nil {
			return err
		}
	}
	for i, id := range ev.EPCs {
		if err := named(IndexedField("epcList", i), id); err != nil {
			return err
		}
	}
	if c.set != 0 && strings.TrimSpace(ev.Reason) == "" {
		return E(Invalid, CodeReasonNeeded, "yousang:reason")
	}
	if c.set|c.unset == 0 {
		return nil
	}
	for _, id := range p.changedIDs {
		c.lot, _ = l.findLot(id)
		p.stateChanges = append(p.stateChanges, c)
	}
	return nil
}

// parseDispositions is what a list of dispositions says of a lot here; most say nothing.
func parseDispositions(dispositions []string) (s State) {
	for _, d := range dispositions {
		s |= parseDisposition(d)
	}
	return s
}

func parseDisposition(disposition string) State {
	switch disposition {
	case DispositionHold:
		return OnHold
	case DispositionRecalled:
		return Recalled
	}
	return 0
}
