package trace

// Assessor judges an event by the chain templates in force at its time. internal/chain implements it; the writer asks it once, before
// the append, and its questions become part of the record, so that a replay needs no template.
type Assessor interface {
	Assess(a Assessment) Verdict
}

// Assessment is what a chain may look at: the event and the lots it takes and makes, with quantities in base units.
type Assessment struct {
	Event     *Event
	Inputs    []Flow
	Outputs   []Flow
	Season    *Season // of a harvest or field work
	AreaMu    Amount  // of the season's place; 0 where unknown
	Yielded   Amount  // kg of the same products already harvested from the season, this event not counted
	MakerTier Tier    // of the acting organisation
}

// Flow is a quantity of one lot going in or coming out.
type Flow struct {
	Lot        string
	Product    Product
	Quantity   Quantity // in the base unit of its lot
	Mass       Amount   // kg: Quantity itself, or pieces × the product's net mass; 0 where unknown
	Pieces     Amount   // 0 where not counted
	DryMass    Amount   // kg; 0 where not declared
	Grade      string
	Attributes []Attribute
}

// Verdict is an Assessor's answer.
type Verdict struct {
	Questions []Question
	Gain      bool  // the step may give more mass than goes in (water is added, or masses are not comparable)
	Err       error // physically impossible: an Error with CodeImpossible or CodeMoreOutThanIn
}

// buildAssessment gathers what a chain may look at.
func (l *Ledger) buildAssessment(p *plan) Assessment {
	a := Assessment{Event: p.event, MakerTier: l.orgs[l.locations[p.org].id].Tier}
	if p.season >= 0 {
		s := &l.seasons[p.season]
		a.Season = &s.Season
		for i := range p.newLots {
			if i == 0 || p.newLots[i].product != p.newLots[i-1].product {
				a.Yielded += s.yielded[p.newLots[i].product]
			}
		}
		if pl := l.places[s.Place]; pl != nil {
			a.AreaMu = pl.AreaMu
		}
	}
	for _, u := range p.inputs {
		lt := &l.lots[u.lot]
		a.Inputs = append(a.Inputs, l.buildFlow(l.idOf(lt), lt.product, Quantity{u.qty, l.unitOf(lt)}, l.facts[u.lot], lt.qty))
	}
	if p.kind == planObserve { // an inspected lot goes in and comes out unchanged
		for _, name := range p.changedIDs {
			if n, ok := l.findLot(name); ok {
				lt := &l.lots[n]
				a.Inputs = append(a.Inputs, l.buildFlow(l.idOf(lt), lt.product, Quantity{lt.qty, l.unitOf(lt)}, l.facts[n], lt.qty))
			}
		}
	}
	for i := range p.newLots {
		m := &p.newLots[i]
		a.Outputs = append(a.Outputs, l.buildFlow(m.id, m.product, Quantity{m.qty, m.unit}, m.facts, m.qty))
	}
	return a
}

// buildFlow describes an amount of a lot; counts and dry mass declared for the whole lot are taken in proportion.
func (l *Ledger) buildFlow(id string, product int32, q Quantity, f *LotFacts, whole Amount) Flow {
	pr := l.products[product]
	out := Flow{Lot: id, Product: *pr, Quantity: q}
	out.Mass, _, _ = l.massOf(q.Amount, q.Unit, pr)
	if f == nil {
		return out
	}
	out.Grade, out.Attributes = f.Grade, f.Attributes
	out.Pieces, out.DryMass = f.Pieces, f.DryMass
	if q.Amount != whole && whole > 0 {
		out.Pieces = shareOf(f.Pieces, q.Amount, whole)
		out.DryMass = shareOf(f.DryMass, q.Amount, whole)
	}
	return out
}
