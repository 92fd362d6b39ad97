package chain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

func (r *Ratio) checkRatio(st *Step) error {
	if err := firstError(checkID("id", r.ID), checkNames("name", r.Name), checkNote("unit", r.Unit, true),
		checkNote("source", r.Source, false)); err != nil {
		return err
	}
	if r.From.IsZero() {
		return requiredError("from")
	}
	if err := trace.At("from", r.From.parseText()); err != nil {
		return err
	}
	if !r.To.IsZero() {
		if err := trace.At("to", r.To.parseText()); err != nil {
			return err
		}
		if r.To.start.Before(r.From.start) {
			return badValueError("to", r.To.String(), "≥ "+r.From.String())
		}
	}
	if r.Settles < 0 || r.Settles > 366 {
		return badValueError("settles", fmt.Sprint(r.Settles), "0–366")
	}
	if err := firstError(r.checkRange(), trace.At("of", r.Of.checkTerm(st))); err != nil {
		return err
	}
	if r.Per == nil {
		if len(r.Of.Attribute) == 0 && r.Of.Sensor == "" {
			return requiredError("per")
		}
		if r.Complement || r.Each {
			return badValueError("per", "", "complement / each")
		}
		return nil
	}
	if err := trace.At("per", r.Per.checkTerm(st)); err != nil {
		return err
	}
	return r.checkPair()
}

// checkPair checks what the two sides of a ratio require of each other.
func (r *Ratio) checkPair() error {
	switch {
	case r.Of.Sensor != "" || r.Per.Sensor != "":
		return badValueError("per", "sensor", "传感器读数单独判断 / a sensor's value stands alone")
	case (r.Of.By == ByPiecesOrMass) != (r.Per.By == ByPiecesOrMass):
		return badValueError("per.by", r.Per.By, ByPiecesOrMass)
	case r.Complement && r.Unit != "%":
		return badValueError("unit", r.Unit, "%")
	case r.Each && (len(r.Of.In)+len(r.Of.Out) == 0 || r.Of.Season):
		return badValueError("each", "true", "of: in, out")
	}
	return nil
}

// checkRange checks low ≤ typical ≤ high.
func (r *Ratio) checkRange() error {
	if len(r.Tolerance) != 2 {
		return badValueError("tolerance", fmt.Sprint(len(r.Tolerance)), "[14, 21]")
	}
	if len(r.Typical) < 1 || len(r.Typical) > 2 {
		return badValueError("typical", fmt.Sprint(len(r.Typical)), "[15], [14, 16]")
	}
	for i := range r.Tolerance {
		if err := r.Tolerance[i].checkNumber(elementPath("tolerance", i, ""), -1, false); err != nil {
			return err
		}
	}
	low, high := r.Tolerance[0], r.Tolerance[1]
	if low.micro > high.micro {
		return badValueError("tolerance", low.String()+"–"+high.String(), "低 ≤ 高 / low ≤ high")
	}
	last := low.micro
	for i := range r.Typical {
		t := &r.Typical[i]
		if err := t.checkNumber(elementPath("typical", i, ""), -1, false); err != nil {
			return err
		}
		if t.micro < last || t.micro > high.micro {
			return badValueError("typical", t.String(), low.String()+"–"+high.String())
		}
		last = t.micro
	}
	return nil
}

// overlapsPeriod reports whether some day lies in both periods.
func (r *Ratio) overlapsPeriod(o *Ratio) bool {
	return (o.To.IsZero() || !r.From.start.After(o.To.start)) && (r.To.IsZero() || !o.From.start.After(r.To.start))
}

func (l *Limit) checkLimit(st *Step) error {
	err := firstError(checkID("id", l.ID), checkNames("name", l.Name), checkNote("unit", l.Unit, true),
		checkNote("source", l.Source, false),
		l.Max.checkNumber("max", 0, false), trace.At("of", l.Of.checkTerm(st)), trace.At("per", l.Per.checkTerm(st)))
	if err != nil {
		return err
	}
	for _, t := range []*Term{&l.Of, &l.Per} {
		if t.Sensor != "" || t.By == ByPiecesOrMass {
			return badValueError("of", t.Sensor+t.By, "mass, pieces, dry, quantity")
		}
	}
	return nil
}

func (t *Term) checkTerm(st *Step) error {
	n := 0
	for _, set := range []bool{len(t.In) > 0, len(t.Out) > 0, t.Area, len(t.Attribute) > 0, t.Sensor != ""} {
		if set {
			n++
		}
	}
	if n != 1 {
		return badValueError("", fmt.Sprint(n), "in, out, area, attribute, sensor 选一项 / exactly one")
	}
	flows := len(t.In)+len(t.Out) > 0
	if !flows && (t.By != "" || t.Season || t.Share != nil || len(t.Grades)+len(t.Weights) > 0) {
		return badValueError("", "by, season, share, grades, weights", "in, out")
	}
	if t.Season && (len(t.Out) == 0 || (t.By != "" && t.By != ByMass)) {
		return badValueError("season", "true", "out, by: mass")
	}
	if t.By != "" {
		if err := checkOneOf("by", t.By, ByMass, ByPieces, ByDry, ByQuantity, ByPiecesOrMass); err != nil {
			return err
		}
	}
	if len(t.Attribute) > 0 {
		if err := checkWords("attribute", t.Attribute); err != nil {
			return err
		}
	}
	if err := firstError(checkSensor(t.Sensor), checkUse("in", t.In, st.Inputs), checkUse("out", t.Out, st.listMadeRoles()),
		t.checkWeights(), t.checkGrades(st)); err != nil {
		return err
	}
	if t.Share != nil {
		if err := trace.At("share", t.Share.checkShare()); err != nil {
			return err
		}
	}
	if t.Else != nil {
		if t.Else.Sensor != "" || t.Else.By == ByPiecesOrMass || t.Sensor != "" || t.By == ByPiecesOrMass {
			return badValueError("else", "sensor", "in, out, area, attribute")
		}
		return trace.At("else", t.Else.checkTerm(st))
	}
	return nil
}

func (t *Term) checkWeights() error {
	for _, role := range slices.Sorted(maps.Keys(t.Weights)) {
		if !slices.Contains(t.In, role) && !slices.Contains(t.Out, role) {
			return badValueError("weights", role, strings.Join(append(slices.Clone(t.In), t.Out...), ", "))
		}
		w := t.Weights[role]
		if err := w.checkNumber("weights."+role, 1, false); err != nil {
			return err
		}
		t.Weights[role] = w
	}
	return nil
}

func (t *Term) checkGrades(st *Step) error {
	for i, g := range t.Grades {
		if !slices.ContainsFunc(st.Grades, func(n Names) bool { return n.Zh == g || n.En == g }) {
			return badValueError(elementPath("grades", i, ""), g, "grades")
		}
	}
	return nil
}

func (s *Share) checkShare() error {
	err := firstError(checkWords("attribute", s.Attribute), s.Default.checkNumber("default", 0, false), s.Low.checkNumber("low", 0, false),
		s.High.checkNumber("high", 0, false))
	if err == nil && (s.Low.micro > s.High.micro || s.High.micro > 100*trace.AmountScale || s.Default.micro > 100*trace.AmountScale) {
		return badValueError("high", s.High.String(), s.Low.String()+"–100")
	}
	return err
}

// listMadeRoles lists every role that a step may make.
func (st *Step) listMadeRoles() []string { return append(slices.Clone(st.Outputs), st.CoProducts...) }

func checkUse(field string, roles, allowed []string) error {
	for i, r := range roles {
		if r == AnyRole && len(roles) == 1 {
			return nil
		}
		if err := checkOneOf(elementPath(field, i, ""), r, allowed...); err != nil {
			return err
		}
	}
	return nil
}

func checkNote(field, s string, optional bool) error {
	if strings.TrimSpace(s) == "" && !optional {
		return requiredError(field)
	}
	if len([]rune(s)) > 300 || !isPrintable(s) {
		return badValueError(field, s, "1–300")
	}
	return nil
}
