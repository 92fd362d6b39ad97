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

// check validates the whole chain and fills what is looked up later. The path of an error names things by their id where they have
// one: steps[juice].ratios[yield].tolerance.
func (c *Chain) check() error {
	if err := first(checkID("id", c.ID), checkNames("name", c.Name), checkNames("season", c.Season), checkID("theme", c.Theme)); err != nil {
		return err
	}
	if len(c.Products) == 0 {
		return required("products")
	}
	c.products = make(map[string]*Product, len(c.Products))
	for i := range c.Products {
		p := &c.Products[i]
		if err := trace.At(at("products", i, p.Role), p.check()); err != nil {
			return err
		}
		if c.products[p.Role] != nil {
			return bad(at("products", i, p.Role)+".role", p.Role, "唯一 / unique")
		}
		c.products[p.Role] = p
	}
	if len(c.Steps) == 0 {
		return required("steps")
	}
	c.steps = make(map[string]*Step, len(c.Steps))
	for i := range c.Steps {
		st := &c.Steps[i]
		if err := trace.At(at("steps", i, st.ID), st.check(c)); err != nil {
			return err
		}
		if c.steps[st.ID] != nil {
			return bad(at("steps", i, st.ID)+".id", st.ID, "唯一 / unique")
		}
		c.steps[st.ID] = st
	}
	return nil
}

func (p *Product) check() error {
	if err := first(checkID("role", p.Role), checkNames("name", p.Name), p.NetMass.check("netMass", 1, true)); err != nil {
		return err
	}
	if p.Unit == "" {
		return required("unit")
	}
	u, err := trace.ParseUnit(p.Unit)
	if err != nil {
		return trace.At("unit", err)
	}
	if _, base, err := trace.Base(trace.Whole(1), u); err != nil || base != u {
		return bad("unit", p.Unit, "KGM LTR ST H87 XBG XBX XPX")
	}
	p.Unit = string(u)
	if utf8.RuneCountInString(p.CountWord) > 4 || !printable(p.CountWord) {
		return bad("countWord", p.CountWord, "个")
	}
	return nil
}

func (st *Step) check(c *Chain) error {
	st.chain = c.ID
	if err := first(checkID("id", st.ID), checkNames("name", st.Name), st.Slack.check("slack", 0, true)); err != nil {
		return err
	}
	if st.Season != nil {
		if err := checkNames("season", *st.Season); err != nil {
			return err
		}
	}
	if len(st.Tiers) == 0 {
		return required("tiers")
	}
	for i, t := range st.Tiers {
		if err := oneOf(at("tiers", i, ""), string(t), "village", "town", "county"); err != nil {
			return err
		}
	}
	if err := oneOf("balance", string(st.Balance), string(Fresh), string(Dry), string(Count)); err != nil {
		return err
	}
	if !st.Slack.IsZero() && st.Slack.micro > 50*trace.AmountScale {
		return bad("slack", st.Slack.String(), "0–50")
	}
	if len(st.Inputs)+len(st.Outputs) == 0 {
		return required("outputs")
	}
	return first(
		c.checkRoles("inputs", st.Inputs), c.checkRoles("outputs", st.Outputs), c.checkRoles("coProducts", st.CoProducts),
		st.checkParts(),
	)
}

// checkParts checks what a step lists: grades, ratios, limits, evidence and the scale.
func (st *Step) checkParts() error {
	for i, g := range st.Grades {
		if err := checkNames(at("grades", i, ""), g); err != nil {
			return err
		}
	}
	for i := range st.Ratios {
		r := &st.Ratios[i]
		err := r.check(st)
		for j := range st.Ratios[:i] {
			if err == nil && st.Ratios[j].ID == r.ID && r.overlaps(&st.Ratios[j]) {
				err = bad("from", r.From.String(), "同一指标的有效期不能重叠 / periods of one ratio do not overlap")
			}
		}
		if err != nil {
			return trace.At(at("ratios", i, r.ID), err)
		}
	}
	for i := range st.Limits {
		l := &st.Limits[i]
		if err := trace.At(at("limits", i, l.ID), l.check(st)); err != nil {
			return err
		}
	}
	for i := range st.Evidence {
		e := &st.Evidence[i]
		if err := trace.At(at("evidence", i, e.ID), e.check(st)); err != nil {
			return err
		}
	}
	if g := st.Scale; g != nil {
		return trace.At("scale", first(checkWords("attribute", g.Attribute), g.Base.check("base", 0, false), g.Step.check("step", 1, false)))
	}
	return nil
}

func (e *Evidence) check(st *Step) error {
	if err := first(checkID("id", e.ID), checkNames("name", e.Name)); err != nil {
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
		return bad("", fmt.Sprint(n), "attribute, sensor, input, mass, dry 选一项 / exactly one")
	case len(e.Attribute) > 0:
		return checkWords("attribute", e.Attribute)
	case e.Sensor != "":
		return checkSensor(e.Sensor)
	case e.Input != "":
		return oneOf("input", e.Input, st.Inputs...)
	case e.Mass != "":
		return oneOf("mass", e.Mass, "in", "out")
	}
	return oneOf("dry", e.Dry, "in", "out")
}

func (c *Chain) checkRoles(field string, roles []string) error {
	for i, r := range roles {
		if c.products[r] == nil {
			return trace.E(trace.Invalid, trace.CodeUnknownThing, at(field, i, ""), "thing", "product role", "value", trace.Clip(r))
		}
		if slices.Contains(roles[:i], r) {
			return bad(at(field, i, ""), r, "不重复 / once")
		}
	}
	return nil
}

// check reads the number as written. least: 1 means above zero, 0 not negative, -1 any.
func (d *Decimal) check(field string, least int, optional bool) error {
	if d.text == "" {
		if optional {
			return nil
		}
		return required(field)
	}
	v, err := NewDecimal(d.text)
	if err != nil {
		return trace.At(field, err)
	}
	if v.micro < 0 && least >= 0 || v.micro == 0 && least > 0 {
		return bad(field, v.String(), "> 0")
	}
	*d = v
	return nil
}

func checkID(field, id string) error {
	if id == "" {
		return required(field)
	}
	if !slug.MatchString(id) {
		return bad(field, id, "a-z 0-9 - _")
	}
	return nil
}

func checkNames(field string, n Names) error {
	for _, v := range []struct{ lang, text string }{{"zh", n.Zh}, {"en", n.En}} {
		if strings.TrimSpace(v.text) == "" {
			return required(field + "." + v.lang)
		}
		if utf8.RuneCountInString(v.text) > 60 || !printable(v.text) {
			return bad(field+"."+v.lang, trace.Clip(v.text), "1–60")
		}
	}
	return nil
}

func checkWords(field string, words []string) error {
	if len(words) == 0 {
		return required(field)
	}
	for i, w := range words {
		if strings.TrimSpace(w) == "" || !printable(w) {
			return required(at(field, i, ""))
		}
	}
	return nil
}

func checkSensor(name string) error {
	if len(name) > 40 || !printable(name) {
		return bad("sensor", trace.Clip(name), "Temperature")
	}
	return nil
}

func printable(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }

func oneOf(field, value string, allowed ...string) error {
	if value == "" {
		return required(field)
	}
	if !slices.Contains(allowed, value) {
		return bad(field, value, strings.Join(allowed, ", "))
	}
	return nil
}

func required(field string) error { return trace.E(trace.Invalid, trace.CodeRequired, field) }

func bad(field, value, allowed string) error {
	return trace.E(trace.Invalid, trace.CodeBadValue, field, "value", trace.Clip(value), "allowed", allowed)
}

// at is the path of a list's element: by id where it has a readable one, else by its place counted from 1, as people count.
func at(list string, i int, id string) string {
	if slug.MatchString(id) {
		return list + "[" + id + "]"
	}
	return fmt.Sprintf("%s[%d]", list, i+1)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
