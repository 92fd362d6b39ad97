package trace

import (
	"slices"
	"time"
)

// ClockSkew is how far a phone's clock, or that of another server, may run ahead of this server's.
const ClockSkew = 5 * time.Minute

// Role is what a key or account may do.
type Role string

// The roles: an operator acts for its organisation, a bureau watches and recalls, an admin keeps master data.
const (
	Operator Role = "operator"
	Bureau   Role = "bureau"
	Admin    Role = "admin"
)

// Actor is who gives a command.
type Actor struct {
	Org  string // URI of the acting organisation; "" only for the system itself
	Role Role
	User string // id of the key or account
}

// judgePlan checks every rule of the ledger on a plan and returns the questions that the plan raises. judgePlan reads only.
func (l *Ledger) judgePlan(p *plan, a Actor, now time.Time, ask Assessor) ([]Question, error) {
	if p.event.Time.IsZero() {
		return nil, E(Invalid, CodeRequired, "eventTime")
	}
	if p.event.Time.After(now.Add(ClockSkew)) {
		return nil, E(Invalid, CodeFutureTime, "eventTime", "value", p.event.Time.Format(timeLayout))
	}
	if a.Role == Bureau && p.kind != planObserve {
		return nil, E(Forbidden, CodeNotAllowed, "")
	}
	if p.kind == planWork && p.work.Stop.After(now.Add(ClockSkew)) { // such a date would forbid harvests for days without spraying
		return nil, E(Invalid, CodeFutureTime, "yousang:work.yousang:stop", "value", p.work.Stop.Format(timeLayout))
	}
	for _, rule := range []func(*plan, Actor) error{l.judgeNewLots, l.judgeMoves, l.judgeUnitLocations, l.judgeUnitContents, l.judgeReceipt,
		l.judgeSeason, l.judgePlaceOwner,
		l.judgeInterval, l.judgeDryMass, l.judgeStates} {
		if err := rule(p, a); err != nil {
			return nil, err
		}
	}
	v := Verdict{}
	observed := p.kind == planObserve && p.event.Step != ""
	if ask != nil && (p.kind == planHarvest || p.kind == planTransform || p.kind == planWork || observed) {
		v = ask.Assess(l.buildAssessment(p))
	}
	if v.Err != nil {
		return nil, v.Err
	}
	settled := ask != nil && p.event.Step != "" && len(v.Questions) == 0 // by a step of a chain, which knows better than a balance
	mass, err := l.judgeMass(p, v.Gain, settled)
	if err != nil {
		return nil, err
	}
	return slices.Concat(v.Questions, mass, l.findLateWork(p), l.findReceiptDifferences(p), l.findOtherChain(p)), nil
}

// judgeNewLots: lots that an event makes must not exist yet. Also checked during replay.
func (l *Ledger) judgeNewLots(p *plan, _ Actor) error {
	for i := range p.newLots {
		if l.isKeyTaken(p.newLots[i].id) {
			return E(Conflict, CodeKeyTaken, p.moves[len(p.moves)-len(p.newLots)+i].field+".epcClass", "value", KeyOf(p.newLots[i].id))
		}
	}
	if p.createdLocation != nil {
		if _, ok := l.locationOf[p.createdLocation.id]; ok {
			return E(Conflict, CodeKeyTaken, "parentID", "value", KeyOf(p.createdLocation.id))
		}
	}
	return nil
}

// judgeMoves: only the holder acts, never more than is there, nothing before the lot existed, nothing with a lot on hold or recalled.
func (l *Ledger) judgeMoves(p *plan, _ Actor) error {
	at := toMillis(p.event.Time.Time)
	for _, m := range p.moves {
		if m.lot < 0 {
			continue
		}
		lt := &l.lots[m.lot]
		if since := l.madeAt(m.lot); at < since {
			return E(Invalid, CodeBeforeLot, m.field, "lot", KeyOf(l.idOf(lt)), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
		if err := l.checkUsable(p, m.lot, m.field+".epcClass"); err != nil {
			return err
		}
		if m.to >= 0 && l.heldAmount(m.lot, m.to).addSaturating(m.qty) > MaxAmount { // receipts of more than was sent could pile up without end
			return E(Invalid, CodeBadQuantity, m.field+".quantity", "value", m.qty.String())
		}
		if m.from == nowhere {
			continue
		}
		h := l.findHolding(m.lot, m.from)
		if h == nil {
			return E(Forbidden, CodeNotHolder, m.field+".epcClass", "lot", KeyOf(l.idOf(lt)))
		}
		if l.locations[m.from].kind == organisationLocation && at < h.since { // the lot was made elsewhere, and had not come yet
			return E(Invalid, CodeBeforeLot, m.field, "lot", KeyOf(l.idOf(lt)), "since", time.UnixMilli(h.since).UTC().Format(timeLayout))
		}
		if h.qty < m.qty {
			return E(Conflict, CodeInsufficient, m.field+".quantity", "lot", KeyOf(l.idOf(lt)), "available", h.qty.String(), "wanted",
				m.qty.String(), "unit", string(l.unitOf(lt)))
		}
	}
	return nil
}

// checkUsable refuses what the standing of a lot forbids. Lots on hold or recalled may still be shipped back, and keep their status.
func (l *Ledger) checkUsable(p *plan, n int32, field string) error {
	err := l.checkAction(n, planActions[p.kind], field)
	if err != nil && p.kind == planShip && l.isReturn(n, p.org, p.createdLocation.at) {
		return l.checkAction(n, ActionReturn, field)
	}
	return err
}

// isReturn reports whether a shipment of a lot brings it back: to its maker, or to the sender of the first shipment that brought the
// organisation some (unpacked; the ledger does not remember in which units a lot travelled).
func (l *Ledger) isReturn(n, from, to int32) bool {
	lt := &l.lots[n]
	if lt.maker == from || lt.maker == to {
		return lt.maker == to
	}
	first := nowhere
	for i := lt.hold; i >= 0; i = l.holdings[i].nextLot {
		at := l.holdings[i].location
		if s := &l.locations[at]; s.kind == shipmentLocation && s.at == from && !l.events[s.seq].void && (first == nowhere || at < first) {
			first = at
		}
	}
	return first != nowhere && l.locations[first].from == to
}

// judgeUnitLocations: a packed unit moves only from its present location, and not before its packing. Also checked during replay.
func (l *Ledger) judgeUnitLocations(p *plan, _ Actor) error {
	for _, u := range p.unitMoves {
		s := &l.locations[u.unit]
		if s.at != u.from {
			return E(Forbidden, CodeNotHolder, "epcList", "lot", KeyOf(s.id))
		}
		if since := l.events[s.seq].time; toMillis(p.event.Time.Time) < since { // packed after the lots in it were made
			return E(Invalid, CodeBeforeLot, "epcList", "lot", KeyOf(s.id), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
	}
	return nil
}

// judgeUnitContents: a packed unit moves not before its arrival, and not while a lot in the unit is held or recalled.
func (l *Ledger) judgeUnitContents(p *plan, _ Actor) error {
	for _, u := range p.unitMoves {
		s := &l.locations[u.unit]
		if l.locations[u.from].kind == organisationLocation && toMillis(p.event.Time.Time) < s.since {
			return E(Invalid, CodeBeforeLot, "epcList", "lot", KeyOf(s.id), "since", time.UnixMilli(s.since).UTC().Format(timeLayout))
		}
		var err error
		if refusable[planActions[p.kind]] {
			l.forEachInside(u.unit, func(h *holding) {
				if err == nil {
					err = l.checkUsable(p, h.lot, "epcList")
				}
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judgeReceipt: goods do not arrive before the shipment. The rule that only the destination receives is part of reading the plan.
func (l *Ledger) judgeReceipt(p *plan, _ Actor) error {
	if p.kind != planReceive {
		return nil
	}
	s := &l.locations[l.locationOf[findShipmentID(p.event)]]
	if at := l.events[s.seq].time; toMillis(p.event.Time.Time) < at {
		return E(Invalid, CodeBeforeLot, "eventTime", "lot", KeyOf(s.id), "since", time.UnixMilli(at).UTC().Format(timeLayout))
	}
	return nil
}

// judgePlaceOwner: an organisation does not work at a place of another. A bureau inspects everywhere.
func (l *Ledger) judgePlaceOwner(p *plan, a Actor) error {
	watching := p.kind == planObserve && a.Role != Operator
	if p.event.BizLocation == nil || p.place == nil || watching || p.place.Org == "" || p.place.Org == l.locations[p.org].id {
		return nil
	}
	return E(Forbidden, CodeNotAllowed, "bizLocation")
}

// judgeStates: a bureau or the maker recalls; a bureau, the maker or a holder puts on hold; each organisation releases its own hold, and a
// bureau releases any.
func (l *Ledger) judgeStates(p *plan, a Actor) error {
	if p.kind != planObserve {
		return nil
	}
	at := toMillis(p.event.Time.Time)
	for _, n := range p.changedIDs {
		i, _ := l.findLot(n)
		if since := l.madeAt(i); at < since {
			return E(Invalid, CodeBeforeLot, "eventTime", "lot", KeyOf(n), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
		if a.Role != Bureau && a.Role != Admin && l.lots[i].maker != p.org && !l.isHolder(i, p.org) {
			return E(Forbidden, CodeNotHolder, "lots", "lot", KeyOf(n))
		}
	}
	for _, c := range p.stateChanges {
		if a.Role == Bureau || a.Role == Admin {
			continue
		}
		lt := &l.lots[c.lot]
		if c.set.Has(Recalled) && lt.maker != p.org || c.unset.Has(Recalled) || c.unset.Has(OnHold) && !slices.Contains(l.holders[c.lot], p.org) {
			return E(Forbidden, CodeNotAllowed, "status", "lot", KeyOf(l.idOf(lt)))
		}
	}
	return nil
}

// isHolder reports whether an organisation has some of a lot, packed or not.
func (l *Ledger) isHolder(n, org int32) bool {
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		if l.holdings[i].qty > 0 && l.holderOf(l.holdings[i].location) == org {
			return true
		}
	}
	return false
}
