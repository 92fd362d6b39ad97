package web

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

const (
	maxGroups = 8
	maxItems  = 12
)

// evidence lists what is on record beside amounts: the lot's own values, then those of each step.
func (b *builder) evidence() []group {
	var out []group
	own := group{Title: b.p.T("page.evidence.lot")}
	for _, a := range b.root.Attributes {
		own.Items = b.named(own.Items, a, "")
	}
	if len(own.Items) > 0 {
		out = append(out, own)
	}
	for _, h := range b.shown {
		if len(h.proofs) == 0 || len(out) == maxGroups {
			continue
		}
		word := h.step
		if word == "" {
			word = b.p.T("page.word." + h.kind)
		}
		out = append(out, group{Title: b.p.T("page.evidence.of", "Step", word, "Date", b.p.Date(h.at)), Items: h.proofs})
	}
	return out
}

// proofs are the evidence and the sensor readings of an event.
func (b *builder) proofs(ev *trace.Event) []fact {
	var out []fact
	for _, a := range ev.Evidence {
		if ev.Type == trace.AggregationEvent && a.Name == "unit" {
			continue
		}
		out = b.named(out, a, ev.Step)
	}
	return append(out, b.sensors(ev.Sensors)...)
}

// named adds a value under its name in the reader's language, unless it looks personal.
func (b *builder) named(list []fact, a trace.Attribute, step string) []fact {
	if strings.TrimSpace(a.Value) == "" || len(list) >= maxItems || personal(a.Name, a.Value) {
		return list
	}
	return append(list, fact{Name: b.attribute(step, a.Name), Value: a.Value})
}

// attribute is what a chain calls a value; a certificate is always named in full.
func (b *builder) attribute(step, name string) string {
	switch name {
	case "certificate", "合格证", "承诺达标合格证":
		return b.p.T("page.certificate")
	}
	if st, ok := b.set.Step(step); ok {
		return b.attributeOf(st, name)
	}
	if b.chain != nil {
		for i := range b.chain.Steps {
			if found := b.attributeOf(&b.chain.Steps[i], name); found != name {
				return found
			}
		}
	}
	return name
}

func (b *builder) attributeOf(st *chain.Step, name string) string {
	for i := range st.Evidence {
		if slices.Contains(st.Evidence[i].Attribute, name) {
			return b.names(st.Evidence[i].Name)
		}
	}
	for i := range st.Ratios {
		if slices.Contains(st.Ratios[i].Of.Attribute, name) {
			return b.names(st.Ratios[i].Name)
		}
	}
	return name
}

// asks are the questions that an event raised, told neutrally, with what the operator said.
func (b *builder) asks(rec *trace.Record, ev *trace.Event) []ask {
	var out []ask
	for _, q := range rec.Questions {
		if q.Lot != "" && b.told[q.Lot] == nil && q.Lot != b.root.Lot {
			continue
		}
		answer := q.Comment
		if answer == "" {
			answer = ev.Comment
		}
		a := ask{Text: b.askText(q, ev), Answer: maskNumbers(answer)}
		if !slices.Contains(out, a) && len(out) < 4 {
			out = append(out, a)
		}
	}
	return out
}

func (b *builder) askText(q trace.Question, ev *trace.Event) string {
	what, unit := q.What, ""
	if st, ok := b.set.Step(q.Step); ok {
		if r, ok := st.RatioAt(q.What, ev.Time.Time); ok {
			what, unit = b.names(r.Name), r.Unit
		}
		for i := range st.Evidence {
			if st.Evidence[i].ID == q.What {
				what = b.names(st.Evidence[i].Name)
			}
		}
	}
	switch q.Code {
	case "ratio_low", "ratio_high":
		usual := q.Low
		if q.High != q.Low {
			usual += "–" + q.High
		}
		return b.p.T("page.ask.ratio", "What", what, "Value", b.measured(q.Value, unit), "Usual", b.measured(usual, unit))
	case "evidence_missing":
		return b.p.T("page.ask.missing", "What", what)
	}
	if id := "page.ask." + q.Code; b.p.Has(id) {
		return b.p.T(id, "What", what)
	}
	return b.p.T("page.ask.other")
}

// measured writes a value with a ratio's unit: 23%, 42 千克/亩.
func (b *builder) measured(value, unit string) string {
	if unit == "" || strings.HasPrefix(unit, "%") {
		return value + unit
	}
	sides := strings.Split(unit, "/")
	for i, side := range sides {
		words := strings.Fields(side)
		for j, w := range words {
			if id := "measure." + w; b.p.Has(id) {
				words[j] = b.p.T(id)
			}
		}
		sides[i] = strings.Join(words, " ")
	}
	return value + " " + strings.Join(sides, "/")
}

// report is what is read of an EPCIS sensorReport.
type report struct {
	Max   json.Number `json:"maxValue"`
	Min   json.Number `json:"minValue"`
	Mean  json.Number `json:"meanValue"`
	Type  string      `json:"type"`
	UOM   string      `json:"uom"`
	Value json.Number `json:"value"`
}

type readings struct {
	low, high       *big.Rat
	lowText, hiText string
	unit            string
	n               int
}

// sensors sums up readings by type: the lowest, the highest and how many.
func (b *builder) sensors(raw json.RawMessage) []fact {
	var list []struct {
		Reports []report `json:"sensorReport"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil // what cannot be read is not shown; the event itself was checked when it came in
	}
	by := map[string]*readings{}
	var order []string
	for _, e := range list {
		for _, r := range e.Reports {
			kind := r.Type[strings.LastIndexAny(r.Type, ":/#")+1:]
			if by[kind] == nil {
				by[kind] = &readings{unit: r.UOM}
				order = append(order, kind)
			}
			by[kind].add(r)
		}
	}
	var out []fact
	for _, kind := range order {
		if r := by[kind]; r.n > 0 && len(out) < maxItems {
			out = append(out, fact{Name: b.sensorName(kind), Value: b.p.T("page.sensor.value", "Range", r.text(), "Count", r.n)})
		}
	}
	return out
}

func (b *builder) sensorName(kind string) string {
	if id := "page.sensor." + kind; b.p.Has(id) {
		return b.p.T(id)
	}
	return kind
}

// plainNumber is what loggers send; a number with an exponent could be large enough to stop the server.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

func (r *readings) add(one report) {
	found := false
	for _, text := range []json.Number{one.Min, one.Value, one.Mean, one.Max} {
		if !plainNumber.MatchString(string(text)) {
			continue
		}
		v, _ := new(big.Rat).SetString(string(text))
		found = true
		if r.low == nil || v.Cmp(r.low) < 0 {
			r.low, r.lowText = v, string(text)
		}
		if r.high == nil || v.Cmp(r.high) > 0 {
			r.high, r.hiText = v, string(text)
		}
	}
	if found {
		r.n++
	}
}

// sensorUnits are the UN/ECE codes that loggers send.
var sensorUnits = map[string]string{"CEL": " °C", "FAH": " °F", "KEL": " K", "P1": "%", "A93": " g/m³"}

func (r *readings) text() string {
	unit, ok := sensorUnits[r.unit]
	if !ok && r.unit != "" {
		unit = " " + r.unit
	}
	if r.lowText == r.hiText {
		return r.lowText + unit
	}
	return r.lowText + "–" + r.hiText + unit
}
