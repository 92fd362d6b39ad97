package trace

import (
	"strconv"
	"time"
)

// ClockSkew is how far a phone's clock may run ahead of the server's.
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

// judge checks every rule of the ledger on a plan and returns the questions it raises. It reads only.
func (l *Ledger) judge(p *plan, a Actor, now time.Time, ask Assessor) ([]Question, error) {
	if p.ev.Time.IsZero() {
		return nil, E(Invalid, CodeRequired, "eventTime")
	}
	if p.ev.Time.After(now.Add(ClockSkew)) {
		return nil, E(Invalid, CodeFutureTime, "eventTime", "value", p.ev.Time.Format(timeLayout))
	}
	if a.Role == Bureau && p.kind != planObserve {
		return nil, E(Forbidden, CodeNotAllowed, "")
	}
	for _, rule := range []func(*plan, Actor) error{l.judgeNew, l.judgeMoves, l.judgeUnits, l.judgeReceipt, l.judgeSeason, l.judgeStates} {
		if err := rule(p, a); err != nil {
			return nil, err
		}
	}
	v := Verdict{}
	observed := p.kind == planObserve && p.ev.Step != ""
	if ask != nil && (p.kind == planHarvest || p.kind == planTransform || p.kind == planWork || observed) {
		v = ask.Assess(l.assessment(p))
	}
	if v.Err != nil {
		return nil, v.Err
	}
	if err := l.judgeMass(p, v.Gain); err != nil {
		return nil, err
	}
	return append(append(v.Questions, l.lateWork(p)...), l.receiptDiffers(p)...), nil
}

// judgeNew: what an event makes must not exist yet.
func (l *Ledger) judgeNew(p *plan, _ Actor) error {
	for i := range p.makes {
		if _, ok := l.lookup(p.makes[i].id); ok {
			return E(Conflict, CodeKeyTaken, p.moves[len(p.moves)-len(p.makes)+i].field+".epcClass", "value", KeyOf(p.makes[i].id))
		}
	}
	if p.spot != nil {
		if _, ok := l.spotOf[p.spot.id]; ok {
			return E(Conflict, CodeKeyTaken, "parentID", "value", KeyOf(p.spot.id))
		}
	}
	return nil
}

// judgeMoves: only the holder acts, never more than is there, nothing before the lot existed, nothing with a lot on hold or recalled.
func (l *Ledger) judgeMoves(p *plan, _ Actor) error {
	at := millis(p.ev.Time.Time)
	for _, m := range p.moves {
		if m.lot < 0 {
			continue
		}
		lt := &l.lots[m.lot]
		if since := l.madeAt(m.lot); at < since {
			return E(Invalid, CodeBeforeLot, m.field, "lot", KeyOf(l.idOf(lt)), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
		if p.kind == planTransform || p.kind == planShip || p.kind == planPack || p.kind == planWork {
			if err := l.usable(lt, m.field+".epcClass"); err != nil {
				return err
			}
		}
		if m.to >= 0 && l.held(m.lot, m.to).plus(m.qty) > MaxAmount { // receipts of more than was sent could pile up without end
			return E(Invalid, CodeBadQuantity, m.field+".quantity", "value", m.qty.String())
		}
		if m.from == nowhere {
			continue
		}
		h := l.find(m.lot, m.from)
		if h == nil {
			return E(Forbidden, CodeNotHolder, m.field+".epcClass", "lot", KeyOf(l.idOf(lt)))
		}
		if h.qty < m.qty {
			return E(Conflict, CodeInsufficient, m.field+".quantity", "lot", KeyOf(l.idOf(lt)), "available", h.qty.String(), "wanted", m.qty.String(), "unit", string(l.unitOf(lt)))
		}
	}
	return nil
}

func (l *Ledger) usable(lt *lot, field string) error {
	switch {
	case lt.state.Has(Recalled):
		return E(Conflict, CodeLotRecalled, field, "lot", KeyOf(l.idOf(lt)))
	case lt.state.Has(OnHold):
		return E(Conflict, CodeLotOnHold, field, "lot", KeyOf(l.idOf(lt)))
	}
	return nil
}

// judgeUnits: a packed unit moves only from where it stands, and not while anything in it is held or recalled.
func (l *Ledger) judgeUnits(p *plan, _ Actor) error {
	for _, u := range p.units {
		s := &l.spots[u.unit]
		if s.at != u.from {
			return E(Forbidden, CodeNotHolder, "epcList", "lot", KeyOf(s.id))
		}
		if since := l.events[s.seq].time; millis(p.ev.Time.Time) < since { // packed after the lots in it were made
			return E(Invalid, CodeBeforeLot, "epcList", "lot", KeyOf(s.id), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
		var err error
		if p.kind == planShip || p.kind == planPack {
			l.eachInside(u.unit, func(h *holding) {
				if err == nil {
					err = l.usable(&l.lots[h.lot], "epcList")
				}
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judgeReceipt: nothing arrives before it was sent. That only the destination receives is read with the plan.
func (l *Ledger) judgeReceipt(p *plan, _ Actor) error {
	if p.kind != planReceive {
		return nil
	}
	s := &l.spots[l.spotOf[shipmentOf(p.ev)]]
	if at := l.events[s.seq].time; millis(p.ev.Time.Time) < at {
		return E(Invalid, CodeBeforeLot, "eventTime", "lot", KeyOf(s.id), "since", time.UnixMilli(at).UTC().Format(timeLayout))
	}
	return nil
}

// judgeSeason: only the season's organisation works and harvests, between its dates, and never inside a safety interval 安全间隔期
// (农药管理条例 §34; the label governs the days).
func (l *Ledger) judgeSeason(p *plan, _ Actor) error {
	if p.season < 0 {
		return nil
	}
	s := &l.seasons[p.season]
	if l.spotOf[s.Org] != p.org {
		return E(Forbidden, CodeNotAllowed, "season")
	}
	if t := p.ev.Time; day(t.Time) < day(s.From.Time) || day(t.Time) > day(s.To.Time) {
		return E(Invalid, CodeSeasonClosed, "eventTime", "from", s.From.In(china).Format(time.DateOnly), "to", s.To.In(china).Format(time.DateOnly))
	}
	if p.kind == planWork {
		return s.judgeUses(p.work)
	}
	if p.place.ID != s.Place && p.place.Parent != s.Place {
		return E(Invalid, CodeWrongPlace, "bizLocation", "value", p.place.Name)
	}
	on := day(p.ev.Time.Time)
	for i := range s.works {
		w := &s.works[i]
		if end := w.stopDay(); w.forbids(on) {
			return E(Conflict, CodeInsideInterval, "eventTime", "agent", w.Agent, "days", strconv.Itoa(w.IntervalDays),
				"until", time.UnixMilli((end+int64(w.IntervalDays))*dayMillis).UTC().Format(time.DateOnly))
		}
	}
	return nil
}

func (s *season) judgeUses(w *seasonWork) error {
	uses := 1
	for i := range s.works {
		o := &s.works[i]
		if o.Agent == w.Agent && o.Kind == w.Kind && (i == 0 || s.works[i-1].seq != o.seq) { // a work with several lots is one use
			uses++
		}
	}
	if w.MaxUses > 0 && uses > w.MaxUses {
		return E(Conflict, CodeImpossible, "work.maxUses", "what", w.Agent, "value", strconv.Itoa(uses), "limit", strconv.Itoa(w.MaxUses))
	}
	return nil
}

// china is the time zone in which dates on labels and registers are meant.
var china = time.FixedZone("UTC+8", 8*60*60)

const dayMillis = 24 * 60 * 60 * 1000

// day numbers calendar days in China (UTC+8), in which dates on labels and registers are meant.
func day(t time.Time) int64 { return (t.UnixMilli() + 8*60*60*1000) / dayMillis }

func (w *seasonWork) stopDay() int64 {
	if !w.Stop.IsZero() {
		return day(w.Stop.Time)
	}
	return day(time.UnixMilli(w.time))
}

// forbids reports whether a harvest on a day falls between the first use and the end of the safety interval.
func (w *seasonWork) forbids(on int64) bool {
	return w.IntervalDays > 0 && on >= day(time.UnixMilli(w.time)) && on-w.stopDay() < int64(w.IntervalDays)
}

// lateWork asks about harvests already recorded that fall inside the interval of field work reported only now.
func (l *Ledger) lateWork(p *plan) (out []Question) {
	if p.kind != planWork || p.work.IntervalDays == 0 {
		return nil
	}
	end := p.work.stopDay()
	for _, h := range l.seasons[p.season].harvests {
		on := day(time.UnixMilli(l.madeAt(h)))
		if !l.lots[h].state.Has(Void) && p.work.forbids(on) {
			out = append(out, Question{Code: "late_field_work", What: p.work.Agent, Value: strconv.FormatInt(on-end, 10),
				Low: strconv.Itoa(p.work.IntervalDays), Lot: l.idOf(&l.lots[h])})
		}
	}
	return out
}

// judgeStates: a bureau or the maker recalls; a bureau, the maker or a holder holds; whoever held releases, and a bureau always may.
func (l *Ledger) judgeStates(p *plan, a Actor) error {
	if p.kind != planObserve {
		return nil
	}
	at := millis(p.ev.Time.Time)
	for _, n := range p.names {
		i, _ := l.lookup(n)
		if since := l.madeAt(i); at < since {
			return E(Invalid, CodeBeforeLot, "eventTime", "lot", KeyOf(n), "since", time.UnixMilli(since).UTC().Format(timeLayout))
		}
		if a.Role != Bureau && a.Role != Admin && l.lots[i].maker != p.org && !l.isHolder(i, p.org) {
			return E(Forbidden, CodeNotHolder, "lots", "lot", KeyOf(n))
		}
	}
	for _, c := range p.states {
		if a.Role == Bureau || a.Role == Admin {
			continue
		}
		lt := &l.lots[c.lot]
		if c.set.Has(Recalled) && lt.maker != p.org || c.unset.Has(Recalled) || c.unset.Has(OnHold) && l.holdBy[c.lot] != p.org {
			return E(Forbidden, CodeNotAllowed, "status", "lot", KeyOf(l.idOf(lt)))
		}
	}
	return nil
}

// isHolder reports whether an organisation has some of a lot, packed or not.
func (l *Ledger) isHolder(n, org int32) bool {
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		if l.holdings[i].qty > 0 && l.holder(l.holdings[i].spot) == org {
			return true
		}
	}
	return false
}

// judgeMass: what comes out is never more than what goes in. Net masses printed on packs are nominal and get the 2 % that the packing
// step of the chains allows.
func (l *Ledger) judgeMass(p *plan, gain bool) error {
	if p.kind != planTransform || gain {
		return nil
	}
	var in, out balance
	unit := p.makes[0].unit
	for _, u := range p.uses {
		lt := &l.lots[u.lot]
		kg, nominal, ok := l.mass(u.qty, l.unitOf(lt), l.products[lt.product])
		if nominal {
			kg = kg.plus(kg / 50)
		}
		in.add(kg, u.qty, ok, l.unitOf(lt) == unit)
	}
	for i := range p.makes {
		m := &p.makes[i]
		kg, nominal, ok := l.mass(m.qty, m.unit, l.products[m.product])
		if nominal {
			kg -= kg / 50
		}
		out.add(kg, m.qty, ok, m.unit == unit)
	}
	switch {
	case in.unknown == 0 && out.kg > in.kg: // what is known of the outputs is too much already
		return E(Invalid, CodeMoreOutThanIn, "outputQuantityList", "in", in.kg.String(), "out", out.kg.String(), "unit", string(Kilogram))
	case in.unknown+out.unknown > 0 && in.other+out.other == 0 && out.units > in.units:
		return E(Invalid, CodeMoreOutThanIn, "outputQuantityList", "in", in.units.String(), "out", out.units.String(), "unit", string(unit))
	}
	return nil
}

// balance sums one side of a step.
type balance struct {
	kg, units      Amount
	unknown, other int // lots without a mass, lots in another unit
}

func (b *balance) add(kg, units Amount, known, sameUnit bool) {
	b.kg, b.units = b.kg.plus(kg), b.units.plus(units)
	if !known {
		b.unknown++
	}
	if !sameUnit {
		b.other++
	}
}

// assessment gathers what a chain may look at.
func (l *Ledger) assessment(p *plan) Assessment {
	a := Assessment{Event: p.ev, MakerTier: l.orgs[l.spots[p.org].id].Tier}
	if p.season >= 0 {
		s := &l.seasons[p.season]
		a.Season = &s.Season
		for i := range p.makes {
			if i == 0 || p.makes[i].product != p.makes[i-1].product {
				a.Yielded += s.yielded[p.makes[i].product]
			}
		}
		if pl := l.places[s.Place]; pl != nil {
			a.AreaMu = pl.AreaMu
		}
	}
	for _, u := range p.uses {
		lt := &l.lots[u.lot]
		a.Inputs = append(a.Inputs, l.flow(l.idOf(lt), lt.product, Quantity{u.qty, l.unitOf(lt)}, l.facts[u.lot], lt.qty))
	}
	if p.kind == planObserve { // what is looked at goes in and comes out as it is
		for _, name := range p.names {
			if n, ok := l.lookup(name); ok {
				lt := &l.lots[n]
				a.Inputs = append(a.Inputs, l.flow(l.idOf(lt), lt.product, Quantity{lt.qty, l.unitOf(lt)}, l.facts[n], lt.qty))
			}
		}
	}
	for i := range p.makes {
		m := &p.makes[i]
		a.Outputs = append(a.Outputs, l.flow(m.id, m.product, Quantity{m.qty, m.unit}, m.facts, m.qty))
	}
	return a
}

// flow describes an amount of a lot; counts and dry mass declared for the whole lot are taken in proportion.
func (l *Ledger) flow(id string, product int32, q Quantity, f *LotFacts, whole Amount) Flow {
	pr := l.products[product]
	out := Flow{Lot: id, Product: *pr, Quantity: q}
	out.Mass, _, _ = l.mass(q.Amount, q.Unit, pr)
	if f == nil {
		return out
	}
	out.Grade, out.Attributes = f.Grade, f.Attributes
	out.Pieces, out.DryMass = f.Pieces, f.DryMass
	if q.Amount != whole && whole > 0 {
		out.Pieces = part(f.Pieces, q.Amount, whole)
		out.DryMass = part(f.DryMass, q.Amount, whole)
	}
	return out
}

// receiptDiffers asks about receipts that are more than 5 % off what was shipped: a reason was given, but a scale in 斤 looks just like it.
func (l *Ledger) receiptDiffers(p *plan) (out []Question) {
	if p.kind != planReceive {
		return nil
	}
	ship := l.spotOf[shipmentOf(p.ev)]
	for _, m := range p.moves {
		shipped := l.held(m.lot, ship)
		received := shipped
		switch {
		case m.from == nowhere:
			received += m.qty
		case m.to == nowhere:
			received -= m.qty
		}
		if shipped == 0 || received == shipped {
			continue
		}
		if share := int64(received) / max(1, int64(shipped)/100); share < 95 || share > 105 {
			out = append(out, Question{Code: "receipt_differs", Value: strconv.FormatInt(share, 10), Low: "95", High: "105", Lot: l.idOf(&l.lots[m.lot])})
		}
	}
	return out
}
