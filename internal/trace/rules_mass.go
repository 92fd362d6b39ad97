package trace

import "strconv"

// judgeMass: the mass that comes out is never more than the mass that goes in. Net masses printed on packs are nominal: outputs measured by
// them may be 2 % more, as the packing step of the chains allows, and a question is asked. Where the masses cannot be compared, a question
// is asked as well, unless a step of a chain has judged the event.
func (l *Ledger) judgeMass(p *plan, gain, settled bool) ([]Question, error) {
	if p.kind != planTransform || gain {
		return nil, nil
	}
	in, out := l.weighPlan(p)
	unit := p.newLots[0].unit
	more := func(a, b Amount, u Unit) error {
		return E(Invalid, CodeMoreOutThanIn, "outputQuantityList", "in", a.String(), "out", b.String(), "unit", string(u))
	}
	switch {
	case in.unknownLots == 0 && out.kg-out.nominalKg/50 > in.kg: // the known outputs alone are too much
		return nil, more(in.kg, out.kg, Kilogram)
	case in.unweighedLots+out.unweighedLots > 0 && in.otherUnitLots+out.otherUnitLots == 0 && out.sameUnit > in.sameUnit:
		return nil, more(in.sameUnit, out.sameUnit, unit)
	case in.unknownLots == 0 && out.kg > in.kg:
		return []Question{{Code: "mass_gain", Value: out.kg.String(), High: in.kg.String()}}, nil
	case settled || in.unknownLots == 0:
		return nil, nil
	}
	elsewhere := in.unknownLots == len(p.inputs) && in.otherUnitLots > 0 // only things without a mass go in, and in another unit
	if out.kg > in.kg || out.unknownLots > 0 && (elsewhere || out.sameUnit > in.sameUnit) {
		return []Question{{Code: "mass_unknown", Value: out.kg.String(), High: in.kg.String()}}, nil
	}
	return nil, nil
}

// balance sums one side of a step.
type balance struct {
	kg            Amount // inputs: at most; outputs: at least, but net masses as printed
	nominalKg     Amount // of kg, by net masses printed on packs
	sameUnit      Amount // of the lots in the unit of the first output
	otherUnitLots int    // lots in another unit
	unweighedLots int    // lots that are not weighed and have no net mass
	unknownLots   int    // of these, lots of which nothing is known
}

// weighPlan sums both sides. A litre is at most 2 kg and at least half a kilogram, which holds for every oil, juice and syrup. A sheet 张 of
// eggs weighs nothing beside what is fed; where only sheets go in, nothing is known of what was fed.
func (l *Ledger) weighPlan(p *plan) (in, out balance) {
	unit, sheets := p.newLots[0].unit, 0
	for _, u := range p.inputs {
		lt := &l.lots[u.lot]
		if l.unitOf(lt) == Sheet {
			sheets++
		}
		kg, nominal, ok := l.massOf(u.qty, l.unitOf(lt), l.products[lt.product])
		if !ok {
			kg = 2 * u.qty
		}
		in.addPortion(portion{u.qty, kg, l.unitOf(lt), nominal, ok}, unit)
	}
	if sheets == len(p.inputs) {
		in.unknownLots += sheets
	}
	for i := range p.newLots {
		m := &p.newLots[i]
		kg, nominal, ok := l.massOf(m.qty, m.unit, l.products[m.product])
		if !ok {
			kg = m.qty / 2
		}
		out.addPortion(portion{m.qty, kg, m.unit, nominal, ok}, unit)
	}
	return in, out
}

// portion is an amount of a lot on one side; kg is what a litre may weigh where known is false.
type portion struct {
	qty, kg        Amount
	unit           Unit
	nominal, known bool
}

func (b *balance) addPortion(x portion, unit Unit) {
	if x.unit == unit {
		b.sameUnit = b.sameUnit.addSaturating(x.qty)
	} else {
		b.otherUnitLots++
	}
	if !x.known {
		b.unweighedLots++
	}
	switch {
	case x.known || x.unit == Litre:
		b.kg = b.kg.addSaturating(x.kg)
		if x.nominal {
			b.nominalKg = b.nominalKg.addSaturating(x.kg)
		}
	case x.unit != Sheet:
		b.unknownLots++
	}
}

// judgeDryMass: a lot's dry mass is a part of it.
func (l *Ledger) judgeDryMass(p *plan, _ Actor) error {
	for i := range p.newLots {
		m := &p.newLots[i]
		if kg, _, ok := l.massOf(m.qty, m.unit, l.products[m.product]); ok && m.facts.DryMass > kg {
			return E(Invalid, CodeBadValue, p.moves[len(p.moves)-len(p.newLots)+i].field+".dryMass", "value", m.facts.DryMass.String(), "allowed",
				"0–"+kg.String())
		}
	}
	return nil
}

// findReceiptDifferences asks about receipts that are more than 5 % off what was shipped: a reason was given, but a scale in 斤 looks just
// like it.
func (l *Ledger) findReceiptDifferences(p *plan) (out []Question) {
	if p.kind != planReceive {
		return nil
	}
	type share struct{ due, got Amount }
	shares := map[int32]*share{}
	var order []int32
	for _, m := range p.moves {
		x := shares[m.lot]
		if x == nil {
			x = &share{}
			shares[m.lot] = x
			order = append(order, m.lot)
		}
		if m.from != nowhere {
			x.due += m.qty
		}
		if m.to != nowhere {
			x.got += m.qty
		}
	}
	for _, n := range order {
		x := shares[n]
		if x.due == 0 || x.got == x.due {
			continue
		}
		if pct := int64(x.got) / max(1, int64(x.due)/100); pct < 95 || pct > 105 {
			out = append(out, Question{Code: "receipt_differs", Value: strconv.FormatInt(pct, 10), Low: "95", High: "105", Lot: l.idOf(&l.lots[n])})
		}
	}
	return out
}
