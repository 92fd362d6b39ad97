package trace

import (
	"math"
	"math/big"
	"slices"
)

// shareOf is a × q / whole, rounded down to a millionth; for descriptions, never for holdings.
func shareOf(a, q, whole Amount) Amount {
	if a == 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(q)))
	if n.Quo(n, big.NewInt(int64(whole))); !n.IsInt64() {
		return math.MaxInt64
	}
	return Amount(n.Int64())
}

// commitPlan applies a plan that was judged, or that was once appended. The caller holds the write lock.
func (l *Ledger) commitPlan(p *plan, seq uint32) {
	made := l.commitLots(p, seq)
	at := nowhere
	if p.createdLocation != nil {
		at = l.addLocation(*p.createdLocation, seq)
	}
	l.commitMoves(p, made, at)
	l.commitUnitMoves(p, at)
	for _, u := range p.inputs {
		for _, n := range made {
			l.addEdge(edge{qty: u.qty, from: u.lot, to: n, seq: seq})
		}
	}
	if p.settledShipment >= 0 {
		l.locations[p.settledShipment].closed = true
	}
	l.keepUndoInfo(p, seq)
	l.commitSeason(p, made, seq)
	l.commitPlace(p, made)
	l.setStates(p.stateChanges, p.org, seq)
	for _, name := range slices.Concat(p.takenLots, p.changedIDs) {
		if n, ok := l.findLot(name); ok {
			l.addLotRecord(n, seq)
		}
	}
}

// commitMoves changes the holdings. made are the lots that the plan has made, created is the location that the plan has made.
func (l *Ledger) commitMoves(p *plan, made []int32, created int32) {
	since := toMillis(p.event.Time.Time)
	if p.kind == planCorrect {
		since = -1
	}
	for _, m := range p.moves {
		n := m.lot
		if n < 0 {
			n = made[-n-1]
		}
		if m.from != nowhere {
			l.findHolding(n, m.from).qty -= m.qty
		}
		if m.to != nowhere {
			to := m.to
			if to == newLocation {
				to = created
			}
			l.addHolding(n, to, m.qty, since)
		}
	}
}

// commitUnitMoves moves packed units. created is the location that the plan has made.
func (l *Ledger) commitUnitMoves(p *plan, created int32) {
	for _, u := range p.unitMoves {
		to := u.to
		if to == newLocation {
			to = created
		}
		l.moveUnit(u.unit, to)
		l.locations[u.unit].since = toMillis(p.event.Time.Time)
		if p.kind == planCorrect { // back where the unit was, and longer than the withdrawn event says
			l.locations[u.unit].since = 0
		}
	}
}

func (l *Ledger) commitLots(p *plan, seq uint32) []int32 {
	made := make([]int32, 0, len(p.newLots))
	site := int32(-1)
	if p.place != nil {
		site = l.siteOf[p.place.ID]
	}
	for i := range p.newLots {
		m := &p.newLots[i]
		n := int32(len(l.lots))
		l.lots = append(l.lots, lot{name: l.cutLotName(m.id), place: site, qty: m.qty, product: m.product, maker: p.org, season: p.season,
			made: seq, in: -1, out: -1, hold: -1, seen: -1, nextAtSite: -1, marks: organisationMark(p.org) | productMark(m.product)})
		if site >= 0 {
			l.lots[n].nextAtSite, l.siteLots[site] = l.siteLots[site], n
		}
		l.lotOf[l.lots[n].name.key] = n
		l.producers[producer{p.org, m.product}] = true
		if f := m.facts; f.Grade != "" || f.Grower != "" || f.Pieces != 0 || f.DryMass != 0 || len(f.Attributes) > 0 {
			l.facts[n] = f
		}
		made = append(made, n)
	}
	return made
}

func (l *Ledger) commitSeason(p *plan, made []int32, seq uint32) {
	if p.season < 0 {
		return
	}
	s := &l.seasons[p.season]
	switch p.kind {
	case planHarvest:
		s.harvests = append(s.harvests, made...)
		for _, n := range made {
			if kg, _, ok := l.massOf(l.lots[n].qty, l.unitOf(&l.lots[n]), l.products[l.lots[n].product]); ok {
				s.yielded[l.lots[n].product] = s.yielded[l.lots[n].product].addSaturating(kg)
			}
		}
	case planWork:
		w := *p.work
		w.seq = seq
		if len(p.inputs) == 0 {
			s.works = append(s.works, w)
		}
		for _, u := range p.inputs {
			w.lot, w.qty = u.lot, u.qty
			s.works = append(s.works, w)
			l.seasonsFed[u.lot] = append(l.seasonsFed[u.lot], p.season)
		}
		for _, h := range s.harvests { // their pages list the season's work
			l.lots[h].pageSeq = seq
		}
	}
}

// keepUndoInfo remembers what a correction of a receipt or an unpacking cannot read from the event.
func (l *Ledger) keepUndoInfo(p *plan, seq uint32) {
	k := undoInfo{}
	switch p.kind {
	case planUnpack:
		k.moves, k.units = p.moves, p.unitMoves
	case planReceive:
		for _, m := range p.moves {
			if m.from == nowhere || m.to == nowhere {
				k.moves = append(k.moves, m)
			}
		}
		for _, u := range p.unitMoves {
			if u.to == nowhere {
				k.units = append(k.units, u)
			}
		}
	}
	if len(k.moves)+len(k.units) > 0 {
		l.undoInfos[seq] = &k
	}
}

// commitPlace notes where there were harvests, and where there was work that a harvest has to wait for.
func (l *Ledger) commitPlace(p *plan, made []int32) {
	switch {
	case p.kind == planWork && p.work.IntervalDays > 0:
		at := l.seasons[p.season].Place
		if !slices.Contains(l.intervalSeasonsByPlace[at], p.season) {
			l.intervalSeasonsByPlace[at] = append(l.intervalSeasonsByPlace[at], p.season)
		}
	case p.kind == planHarvest:
		for pl := p.place; pl != nil; {
			l.harvestsByPlace[pl.ID] = append(l.harvestsByPlace[pl.ID], made...)
			if pl = l.places[pl.Parent]; pl != nil && pl.isArea() {
				break
			}
		}
	}
}

func (l *Ledger) addLocation(s location, seq uint32) int32 {
	n := int32(len(l.locations))
	s.seq = seq
	l.locations = append(l.locations, s)
	l.locationOf[s.id] = n
	if s.kind == shipmentLocation {
		l.indexShipment(n)
	}
	return n
}

// addHolding brings an amount of a lot to a location. since is when the amount came: an earlier amount that was used up counts no more, and
// a correction (-1) leaves the time of the holding unchanged.
func (l *Ledger) addHolding(n, at int32, qty Amount, since int64) {
	l.lots[n].marks |= l.partyMarks(at)
	if h := l.findHolding(n, at); h != nil {
		if since >= 0 && (h.qty == 0 || since < h.since) {
			h.since = since
		}
		h.qty += qty
		return
	}
	l.holdings = append(l.holdings, holding{qty: qty, since: since, lot: n, location: at, nextLot: l.lots[n].hold,
		nextAt: l.locations[at].hold})
	l.lots[n].hold = int32(len(l.holdings) - 1)
	l.locations[at].hold = l.lots[n].hold
}

func (l *Ledger) moveUnit(u, to int32) {
	s := &l.locations[u]
	if s.at >= 0 && l.locations[s.at].kind != organisationLocation {
		list := l.within[s.at]
		for i, x := range list {
			if x == u {
				l.within[s.at] = append(list[:i:i], list[i+1:]...)
				break
			}
		}
	}
	s.at = to
	if marks := l.partyMarks(to); marks != 0 {
		l.forEachInside(u, func(h *holding) { l.lots[h.lot].marks |= marks })
	}
	if to >= 0 && l.locations[to].kind != organisationLocation {
		l.within[to] = append(l.within[to], u)
	}
}

func (l *Ledger) addEdge(e edge) {
	e.nextIn, e.nextOut = l.lots[e.to].in, l.lots[e.from].out
	l.edges = append(l.edges, e)
	n := int32(len(l.edges) - 1)
	from, to := &l.lots[e.from], &l.lots[e.to]
	to.in, from.out = n, n
	to.marks |= from.marks
	from.marks |= productMark(to.product)
}

func (l *Ledger) addLotRecord(n int32, seq uint32) {
	lt := &l.lots[n]
	if org := l.events[seq].org; org >= 0 {
		lt.marks |= organisationMark(org)
	}
	if lt.last == seq {
		return
	}
	lt.last, lt.pageSeq = seq, seq
	l.lotRecords = append(l.lotRecords, lotRecord{seq, lt.seen})
	lt.seen = int32(len(l.lotRecords) - 1)
}

// setStates changes the condition of lots and tells the pages of everything made from them, in one walk: a recall names thousands.
func (l *Ledger) setStates(list []stateChange, org int32, seq uint32) {
	if len(list) == 0 {
		return
	}
	starts := make([]int32, 0, len(list))
	for _, c := range list {
		lt := &l.lots[c.lot]
		lt.state = lt.state&^c.unset | c.set
		if (c.set | c.unset).Has(OnHold) && l.setHolders(c, org) {
			lt.state |= OnHold
		}
		l.keepStateSeqs(c.lot, c.set, seq)
		starts = append(starts, c.lot)
	}
	for _, n := range l.walkFromAll(starts, Forward, len(l.lots)+1, len(l.lots)+1).lots {
		l.lots[n].pageSeq = seq
	}
}

// setHolders remembers which organisations put a lot on hold, and reports whether any hold is left. A release takes the own hold away; a
// release by a bureau, or by an organisation without a hold (only an admin gets that far), takes all of them.
func (l *Ledger) setHolders(c stateChange, org int32) bool {
	list := l.holders[c.lot]
	if c.unset.Has(OnHold) {
		i := slices.Index(list, org)
		if o := l.orgs[l.locations[org].id]; i < 0 || o != nil && o.Kind == "bureau" {
			list = nil
		} else {
			list = slices.Delete(list, i, i+1)
		}
	}
	if c.set.Has(OnHold) && !slices.Contains(list, org) {
		list = append(list, org)
	}
	if len(list) == 0 {
		delete(l.holders, c.lot)
		return false
	}
	l.holders[c.lot] = list
	return true
}

// indexRecord enters the event in the tables that every record has a row in.
func (l *Ledger) indexRecord(r *Record, p *plan) {
	row := eventRow{org: -1, kind: planMaster}
	if p != nil {
		row = eventRow{time: toMillis(p.event.Time.Time), org: p.org, kind: p.kind}
		if p.kind != planCorrect { // a declaration repeats the id of the event it withdraws
			l.eventOf[digest16(r.EventID)] = uint32(r.Seq)
		}
	}
	l.events = append(l.events, row)
	if r.ClientID != "" {
		l.clients[clientDigest(r.Org, r.ClientID)] = uint32(r.Seq)
	}
	if len(r.Questions) > 0 {
		l.questioned[uint32(r.Seq)] = r.Questions
	}
	l.recordCounts[l.kinds.byName[r.Kind].Number]++
	l.head = r.Seq
	l.clock = max(l.clock, toMillis(r.RecordTime))
}
