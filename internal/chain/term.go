package chain

import (
	"math/big"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

var bigMicro = big.NewInt(trace.AmountScale)

// number is an exact fraction; den is above zero.
type number struct{ num, den *big.Int }

func (n number) cmp(bound int64) int {
	l := new(big.Int).Mul(n.num, bigMicro)
	return l.Cmp(new(big.Int).Mul(big.NewInt(bound), n.den))
}

func (n number) above(bound int64) bool { return n.cmp(bound) > 0 }
func (n number) below(bound int64) bool { return n.cmp(bound) < 0 }

// outside writes a number that lies outside low…high (in millionths) as a short decimal that visibly does: 34.96, not 35, below 35.
func (n number) outside(low, high int64) string {
	r := new(big.Rat).SetFrac(n.num, n.den)
	places := 2
	if new(big.Rat).Abs(r).Cmp(big.NewRat(10, 1)) >= 0 {
		places = 1
	}
	for ; ; places++ {
		s := trim(r.FloatString(places))
		short, _ := new(big.Rat).SetString(s)
		if places >= 6 || short.Cmp(big.NewRat(low, trace.AmountScale)) < 0 || short.Cmp(big.NewRat(high, trace.AmountScale)) > 0 {
			return s
		}
	}
}

// decimal writes num/den with at most six decimals.
func decimal(num, den *big.Int) string { return trim(new(big.Rat).SetFrac(num, den).FloatString(6)) }

func trim(s string) string {
	if strings.ContainsRune(s, '.') {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// measure is what a lot counts for; false where it is not known.
func (it item) measure(by string) (trace.Amount, bool) {
	var m trace.Amount
	switch by {
	case ByPieces:
		if it.Pieces%trace.AmountScale != 0 {
			return 0, false // a part of a counted lot: in proportion, so nobody counted it
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

// sum adds a measure; false where there is no lot or one is not known.
func sum(items []item, by string) (*big.Int, bool) {
	total := new(big.Int)
	for _, it := range items {
		m, ok := it.measure(by)
		if !ok {
			return nil, false
		}
		total.Add(total, big.NewInt(int64(m)))
	}
	return total, len(items) > 0
}

// side returns the lots a term speaks of.
func (v *view) side(t *Term) []item {
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
	picked := make([]item, 0, len(items))
	for _, it := range items {
		if slices.Contains(roles, it.role) {
			picked = append(picked, it)
		}
	}
	return picked
}

// split makes a view for each lot of a term, with the other side whole.
func (v *view) split(t *Term) []view {
	items := v.side(t)
	views := make([]view, len(items))
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

// quotient is of ÷ per, × 100 for a percentage; false where either is unknown or per is zero.
func (v *view) quotient(of, per *Term, unit string) (number, bool) {
	if of.By == ByPiecesOrMass {
		if q, ok := v.quotientBy(of, per, unit, ByPieces); ok {
			return q, true
		}
	}
	return v.quotientBy(of, per, unit, "")
}

func (v *view) quotientBy(of, per *Term, unit, by string) (number, bool) {
	n, ok := v.value(of, by)
	if !ok {
		return number{}, false
	}
	d, ok := v.value(per, by)
	if !ok || d.num.Sign() <= 0 {
		return number{}, false
	}
	q := number{new(big.Int).Mul(n.num, d.den), new(big.Int).Mul(n.den, d.num)}
	if unit == "%" {
		q.num.Mul(q.num, big.NewInt(100))
	}
	return q, true
}

// value is the sum a term stands for; by overrides its measure.
func (v *view) value(t *Term, by string) (number, bool) {
	n, ok := v.own(t, by)
	if (!ok || n.num.Sign() == 0) && t.Else != nil {
		return v.value(t.Else, by)
	}
	return n, ok
}

func (v *view) own(t *Term, by string) (number, bool) {
	switch {
	case t.Area:
		return number{big.NewInt(int64(v.a.AreaMu)), bigMicro}, v.a.AreaMu > 0
	case len(t.Attribute) > 0:
		return v.attributeSum(t.Attribute)
	}
	items, ok := t.graded(v.step, v.side(t))
	if !ok {
		return number{}, false
	}
	if by == "" {
		by = t.By
	}
	if len(t.Weights) > 0 || t.Share != nil {
		return t.weighted(items, by)
	}
	total, ok := sum(items, by)
	if len(items) == 0 && len(t.Grades) > 0 {
		total, ok = new(big.Int), true // graded, and nothing of this grade
	}
	if !ok {
		return number{}, false
	}
	if t.Season {
		total.Add(total, big.NewInt(int64(v.a.Yielded)))
	}
	return number{total, bigMicro}, true
}

// graded picks the lots of a term's grades; false where there is no lot or one has no grade.
func (t *Term) graded(st *Step, items []item) ([]item, bool) {
	if len(t.Grades) == 0 {
		return items, len(items) > 0
	}
	var picked []item
	for _, it := range items {
		if it.Grade == "" {
			return nil, false
		}
		if slices.ContainsFunc(st.Grades, func(n Names) bool {
			return (it.Grade == n.Zh || strings.EqualFold(it.Grade, n.En)) && (slices.Contains(t.Grades, n.Zh) || slices.Contains(t.Grades, n.En))
		}) {
			picked = append(picked, it)
		}
	}
	return picked, len(items) > 0
}

// weighted adds each lot's measure × the weight of its role × its share.
func (t *Term) weighted(items []item, by string) (number, bool) {
	total := new(big.Rat)
	for _, it := range items {
		m, ok := it.measure(by)
		if !ok {
			return number{}, false
		}
		r := big.NewRat(int64(m), trace.AmountScale)
		if w, ok := t.Weights[it.role]; ok {
			r.Mul(r, big.NewRat(w.micro, trace.AmountScale))
		}
		if t.Share != nil {
			r.Mul(r, big.NewRat(t.Share.of(it), 100*trace.AmountScale))
		}
		total.Add(total, r)
	}
	return number{total.Num(), total.Denom()}, len(items) > 0
}

// of is the percentage of a lot, in millionths of a per cent.
func (s *Share) of(it item) int64 {
	if text, ok := attribute(it.Attributes, s.Attribute); ok {
		if d, ok := attributeNumber(text); ok && d.micro >= s.Low.micro && d.micro <= s.High.micro {
			return d.micro
		}
	}
	return s.Default.micro
}
