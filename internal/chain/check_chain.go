package chain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

var slug = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// checkChain validates the whole chain and fills the maps for look-ups. The path of an error names things by their id where the
// things have an id: steps[juice].ratios[yield].tolerance.
func (c *Chain) checkChain() error {
	if err := firstError(checkID("id", c.ID), checkNames("name", c.Name), checkNames("season", c.Season),
		checkID("theme", c.Theme)); err != nil {
		return err
	}
	if len(c.Products) == 0 {
		return requiredError("products")
	}
	c.products = make(map[string]*Product, len(c.Products))
	for i := range c.Products {
		p := &c.Products[i]
		if err := trace.At(elementPath("products", i, p.Role), p.checkProduct()); err != nil {
			return err
		}
		if c.products[p.Role] != nil {
			return badValueError(elementPath("products", i, p.Role)+".role", p.Role, "唯一 / unique")
		}
		c.products[p.Role] = p
	}
	if len(c.Steps) == 0 {
		return requiredError("steps")
	}
	c.steps = make(map[string]*Step, len(c.Steps))
	for i := range c.Steps {
		st := &c.Steps[i]
		if err := trace.At(elementPath("steps", i, st.ID), st.checkStep(c)); err != nil {
			return err
		}
		if c.steps[st.ID] != nil {
			return badValueError(elementPath("steps", i, st.ID)+".id", st.ID, "唯一 / unique")
		}
		c.steps[st.ID] = st
	}
	return nil
}

func (p *Product) checkProduct() error {
	if err := firstError(checkID("role", p.Role), checkNames("name", p.Name), p.NetMass.checkNumber("netMass", 1, true)); err != nil {
		return err
	}
	if p.Unit == "" {
		return requiredError("unit")
	}
	u, err := trace.ParseUnit(p.Unit)
	if err != nil {
		return trace.At("unit", err)
	}
	if _, base, err := trace.ToBaseUnit(trace.Whole(1), u); err != nil || base != u {
		return badValueError("unit", p.Unit, "KGM LTR ST H87 XBG XBX XPX")
	}
	p.Unit = string(u)
	if utf8.RuneCountInString(p.CountWord) > 4 || !isPrintable(p.CountWord) {
		return badValueError("countWord", p.CountWord, "个")
	}
	return nil
}

func (st *Step) checkStep(c *Chain) error {
	st.chain = c.ID
	if err := firstError(checkID("id", st.ID), checkNames("name", st.Name), st.Slack.checkNumber("slack", 0, true)); err != nil {
		return err
	}
	if st.Season != nil {
		if err := checkNames("season", *st.Season); err != nil {
			return err
		}
	}
	if len(st.Tiers) == 0 {
		return requiredError("tiers")
	}
	for i, t := range st.Tiers {
		if err := checkOneOf(elementPath("tiers", i, ""), string(t), "village", "town", "county"); err != nil {
			return err
		}
	}
	if err := checkOneOf("balance", string(st.Balance), string(Fresh), string(Dry), string(Count)); err != nil {
		return err
	}
	if !st.Slack.IsZero() && st.Slack.micro > 50*trace.AmountScale {
		return badValueError("slack", st.Slack.String(), "0–50")
	}
	if len(st.Inputs)+len(st.Outputs) == 0 {
		return requiredError("outputs")
	}
	return firstError(
		c.checkRoles("inputs", st.Inputs), c.checkRoles("outputs", st.Outputs), c.checkRoles("coProducts", st.CoProducts),
		st.checkParts(),
	)
}

// checkParts checks the lists of a step: grades, ratios, limits, evidence and the scale.
func (st *Step) checkParts() error {
	for i, g := range st.Grades {
		if err := checkNames(elementPath("grades", i, ""), g); err != nil {
			return err
		}
	}
	for i := range st.Ratios {
		r := &st.Ratios[i]
		err := r.checkRatio(st)
		for j := range st.Ratios[:i] {
			if err == nil && st.Ratios[j].ID == r.ID && r.overlapsPeriod(&st.Ratios[j]) {
				err = badValueError("from", r.From.String(), "同一指标的有效期不能重叠 / periods of one ratio do not overlap")
			}
		}
		if err != nil {
			return trace.At(elementPath("ratios", i, r.ID), err)
		}
	}
	for i := range st.Limits {
		l := &st.Limits[i]
		if err := trace.At(elementPath("limits", i, l.ID), l.checkLimit(st)); err != nil {
			return err
		}
	}
	for i := range st.Evidence {
		e := &st.Evidence[i]
		if err := trace.At(elementPath("evidence", i, e.ID), e.checkEvidence(st)); err != nil {
			return err
		}
	}
	if g := st.Scale; g != nil {
		return trace.At("scale", firstError(checkWords("attribute", g.Attribute), g.Base.checkNumber("base", 0, false),
			g.Step.checkNumber("step", 1, false)))
	}
	return nil
}

func (e *Evidence) checkEvidence(st *Step) error {
	if err := firstError(checkID("id", e.ID), checkNames("name", e.Name)); err != nil {
		return err
	}
	n := 0
	for _, set := range []bool{len(e.Attribute) > 0, e.Sensor != "", e.Input != "", e.Mass != "", e.Dry != ""} {
		if set {
			n++
		}
	}
	switch {
	case n != 1:
		return badValueError("", fmt.Sprint(n), "attribute, sensor, input, mass, dry 选一项 / exactly one")
	case len(e.Attribute) > 0:
		return checkWords("attribute", e.Attribute)
	case e.Sensor != "":
		return checkSensor(e.Sensor)
	case e.Input != "":
		return checkOneOf("input", e.Input, st.Inputs...)
	case e.Mass != "":
		return checkOneOf("mass", e.Mass, "in", "out")
	}
	return checkOneOf("dry", e.Dry, "in", "out")
}

func (c *Chain) checkRoles(field string, roles []string) error {
	for i, r := range roles {
		if c.products[r] == nil {
			return trace.E(trace.Invalid, trace.CodeUnknownThing, elementPath(field, i, ""), "thing", "product role", "value",
				trace.Clip(r))
		}
		if slices.Contains(roles[:i], r) {
			return badValueError(elementPath(field, i, ""), r, "不重复 / once")
		}
	}
	return nil
}

// checkNumber reads the number as written. least: 1 means above zero, 0 not negative, -1 any.
func (d *Decimal) checkNumber(field string, least int, optional bool) error {
	if d.text == "" {
		if optional {
			return nil
		}
		return requiredError(field)
	}
	v, err := NewDecimal(d.text)
	if err != nil {
		return trace.At(field, err)
	}
	if v.micro < 0 && least >= 0 || v.micro == 0 && least > 0 {
		return badValueError(field, v.String(), "> 0")
	}
	*d = v
	return nil
}

func checkID(field, id string) error {
	if id == "" {
		return requiredError(field)
	}
	if !slug.MatchString(id) {
		return badValueError(field, id, "a-z 0-9 - _")
	}
	return nil
}

func checkNames(field string, n Names) error {
	for _, v := range []struct{ lang, text string }{{"zh", n.Zh}, {"en", n.En}} {
		if strings.TrimSpace(v.text) == "" {
			return requiredError(field + "." + v.lang)
		}
		if utf8.RuneCountInString(v.text) > 60 || !isPrintable(v.text) {
			return badValueError(field+"."+v.lang, trace.Clip(v.text), "1–60")
		}
	}
	return nil
}

func checkWords(field string, words []string) error {
	if len(words) == 0 {
		return requiredError(field)
	}
	for i, w := range words {
		if strings.TrimSpace(w) == "" || !isPrintable(w) {
			return requiredError(elementPath(field, i, ""))
		}
	}
	return nil
}

func checkSensor(name string) error {
	if len(name) > 40 || !isPrintable(name) {
		return badValueError("sensor", trace.Clip(name), "Temperature")
	}
	return nil
}

func isPrintable(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }

func checkOneOf(field, value string, allowed ...string) error {
	if value == "" {
		return requiredError(field)
	}
	if !slices.Contains(allowed, value) {
		return badValueError(field, value, strings.Join(allowed, ", "))
	}
	return nil
}

func requiredError(field string) error { return trace.E(trace.Invalid, trace.CodeRequired, field) }

func badValueError(field, value, allowed string) error {
	return trace.E(trace.Invalid, trace.CodeBadValue, field, "value", trace.Clip(value), "allowed", allowed)
}

// elementPath is the path of a list's element: by id where the id is readable, else by its place counted from 1, as people
// count.
func elementPath(list string, i int, id string) string {
	if slug.MatchString(id) {
		return list + "[" + id + "]"
	}
	return fmt.Sprintf("%s[%d]", list, i+1)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
