package chain

import (
	"math/big"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

var bigMicro = big.NewInt(trace.AmountScale)

// fraction is an exact fraction; den is above zero.
type fraction struct{ num, den *big.Int }

func (n fraction) compareTo(bound int64) int {
	l := new(big.Int).Mul(n.num, bigMicro)
	return l.Cmp(new(big.Int).Mul(big.NewInt(bound), n.den))
}

func (n fraction) exceeds(bound int64) bool    { return n.compareTo(bound) > 0 }
func (n fraction) fallsBelow(bound int64) bool { return n.compareTo(bound) < 0 }

// formatOutside writes a number that lies outside low…high (in millionths) as a short decimal that visibly lies outside: 34.96,
// not 35, below 35.
func (n fraction) formatOutside(low, high int64) string {
	r := new(big.Rat).SetFrac(n.num, n.den)
	places := 2
	if new(big.Rat).Abs(r).Cmp(big.NewRat(10, 1)) >= 0 {
		places = 1
	}
	for ; ; places++ {
		s := trimZeros(r.FloatString(places))
		short, _ := new(big.Rat).SetString(s)
		if places >= 6 || short.Cmp(big.NewRat(low, trace.AmountScale)) < 0 || short.Cmp(big.NewRat(high, trace.AmountScale)) > 0 {
			return s
		}
	}
}

// formatFraction writes num/den with at most six decimals.
func formatFraction(num, den *big.Int) string {
	return trimZeros(new(big.Rat).SetFrac(num, den).FloatString(6))
}

func trimZeros(s string) string {
	if strings.ContainsRune(s, '.') {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// measureBy is the measure of a lot; the result is false where the measure is not known.
func (it flowItem) measureBy(by string) (trace.Amount, bool) {
	var m trace.Amount
	switch by {
	case ByPieces:
		if it.Pieces%trace.AmountScale != 0 {
			return 0, false // a part of a counted lot: in proportion, so that the part was never counted
		}
		// A lot kept in bags or boxes counts fruit only where its pieces are not just the bags themselves.
		m = it.Pieces
		switch it.Quantity.Unit {
		case trace.Bag, trace.Box, trace.Pallet, trace.Sheet:
			if m == it.Quantity.Amount {
				m = 0
			}
		case trace.Piece:
			if m == 0 {
				m = it.Quantity.Amount
			}
		}
	case ByDry:
		m = it.DryMass
	case ByQuantity:
		m = it.Quantity.Amount
	default:
		m = it.Mass
	}
	return m, m > 0
}

// sumMeasure sums a measure over lots; the result is false where no lot is there, or where the measure of a lot is not known.
func sumMeasure(items []flowItem, by string) (*big.Int, bool) {
	total := new(big.Int)
	for _, it := range items {
		m, ok := it.measureBy(by)
		if !ok {
			return nil, false
		}
		total.Add(total, big.NewInt(int64(m)))
	}
	return total, len(items) > 0
}

// pickSide returns the lots that a term is about.
func (v *eventView) pickSide(t *Term) []flowItem {
	items, roles := v.in, t.In
	if len(t.Out) > 0 {
		items, roles = v.out, t.Out
	}
	if len(roles) == 0 {
		return nil
	}
	if roles[0] == AnyRole {
		return items
	}
	picked := make([]flowItem, 0, len(items))
	for _, it := range items {
		if slices.Contains(roles, it.role) {
			picked = append(picked, it)
		}
	}
	return picked
}

// splitByLot makes a view for each lot of a term, each with the whole other side.
func (v *eventView) splitByLot(t *Term) []eventView {
	items := v.pickSide(t)
	views := make([]eventView, len(items))
	for i := range items {
		views[i] = *v
		if len(t.Out) > 0 {
			views[i].out = items[i : i+1]
		} else {
			views[i].in = items[i : i+1]
		}
	}
	return views
}

// computeQuotient computes of ÷ per, × 100 for a percentage; the result is false where of or per is unknown, or per is zero.
func (v *eventView) computeQuotient(of, per *Term, unit string) (fraction, bool) {
	if of.By == ByPiecesOrMass {
		if q, ok := v.computeQuotientBy(of, per, unit, ByPieces); ok {
			return q, true
		}
	}
	return v.computeQuotientBy(of, per, unit, "")
}

func (v *eventView) computeQuotientBy(of, per *Term, unit, by string) (fraction, bool) {
	n, ok := v.evaluateTerm(of, by)
	if !ok {
		return fraction{}, false
	}
	d, ok := v.evaluateTerm(per, by)
	if !ok || d.num.Sign() <= 0 {
		return fraction{}, false
	}
	q := fraction{new(big.Int).Mul(n.num, d.den), new(big.Int).Mul(n.den, d.num)}
	if unit == "%" {
		q.num.Mul(q.num, big.NewInt(100))
	}
	return q, true
}

// evaluateTerm computes the sum that a term stands for; by replaces the term's own measure.
func (v *eventView) evaluateTerm(t *Term, by string) (fraction, bool) {
	n, ok := v.measureTerm(t, by)
	if (!ok || n.num.Sign() == 0) && t.Else != nil {
		return v.evaluateTerm(t.Else, by)
	}
	return n, ok
}

func (v *eventView) measureTerm(t *Term, by string) (fraction, bool) {
	switch {
	case t.Area:
		return fraction{big.NewInt(int64(v.assessment.AreaMu)), bigMicro}, v.assessment.AreaMu > 0
	case len(t.Attribute) > 0:
		return v.sumAttribute(t.Attribute)
	}
	items, ok := t.pickGraded(v.step, v.pickSide(t))
	if !ok {
		return fraction{}, false
	}
	if by == "" {
		by = t.By
	}
	if len(t.Weights) > 0 || t.Share != nil {
		return t.sumWeighted(items, by)
	}
	total, ok := sumMeasure(items, by)
	if len(items) == 0 && len(t.Grades) > 0 {
		total, ok = new(big.Int), true // graded, and nothing of this grade
	}
	if !ok {
		return fraction{}, false
	}
	if t.Season {
		total.Add(total, big.NewInt(int64(v.assessment.Yielded)))
	}
	return fraction{total, bigMicro}, true
}

// pickGraded picks the lots of a term's grades; the result is false where no lot is there, or where a lot has no grade.
func (t *Term) pickGraded(st *Step, items []flowItem) ([]flowItem, bool) {
	if len(t.Grades) == 0 {
		return items, len(items) > 0
	}
	var picked []flowItem
	for _, it := range items {
		if it.Grade == "" {
			return nil, false
		}
		if slices.ContainsFunc(st.Grades, func(n Names) bool {
			return (it.Grade == n.Zh || strings.EqualFold(it.Grade, n.En)) && (slices.Contains(t.Grades, n.Zh) ||
				slices.Contains(t.Grades, n.En))
		}) {
			picked = append(picked, it)
		}
	}
	return picked, len(items) > 0
}

// sumWeighted sums each lot's measure × the weight of its role × its share.
func (t *Term) sumWeighted(items []flowItem, by string) (fraction, bool) {
	total := new(big.Rat)
	for _, it := range items {
		m, ok := it.measureBy(by)
		if !ok {
			return fraction{}, false
		}
		r := big.NewRat(int64(m), trace.AmountScale)
		if w, ok := t.Weights[it.role]; ok {
			r.Mul(r, big.NewRat(w.micro, trace.AmountScale))
		}
		if t.Share != nil {
			r.Mul(r, big.NewRat(t.Share.percentageOf(it), 100*trace.AmountScale))
		}
		total.Add(total, r)
	}
	return fraction{total.Num(), total.Denom()}, len(items) > 0
}

// percentageOf is the percentage of a lot, in millionths of a per cent.
func (s *Share) percentageOf(it flowItem) int64 {
	if text, ok := findAttribute(it.Attributes, s.Attribute); ok {
		if d, ok := parseAttributeNumber(text); ok && d.micro >= s.Low.micro && d.micro <= s.High.micro {
			return d.micro
		}
	}
	return s.Default.micro
}
