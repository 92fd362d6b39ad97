package web

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

const (
	maxGroups = 8
	maxItems  = 12
)

// listEvidence lists what is on record beside amounts: the lot's own values, then those of each step.
func (b *lotStory) listEvidence() []EvidenceGroup {
	var out []EvidenceGroup
	own := EvidenceGroup{Title: b.Printer.T("page.evidence.lot")}
	for _, a := range b.Root.Attributes {
		own.Items = b.addNamedValue(own.Items, a, "")
	}
	if len(own.Items) > 0 {
		out = append(out, own)
	}
	for _, h := range b.happenings {
		if len(h.proofs) == 0 || len(out) == maxGroups {
			continue
		}
		word := h.step
		if word == "" {
			word = b.Printer.T("page.word." + h.kind)
		}
		out = append(out, EvidenceGroup{Title: b.Printer.T("page.evidence.of", "Step", word, "Date", b.Printer.Date(h.at)), Items: h.proofs})
	}
	return out
}

// eventEvidence are the evidence and the sensor readings of an event.
func (b *lotStory) eventEvidence(ev *trace.Event) []NamedValue {
	var out []NamedValue
	for _, a := range ev.Evidence {
		if ev.Type == trace.AggregationEvent && a.Name == "unit" {
			continue
		}
		out = b.addNamedValue(out, a, ev.Step)
	}
	return append(out, b.summariseSensors(ev.Sensors)...)
}

// addNamedValue adds a value under its name in the reader's language, unless it looks personal.
func (b *lotStory) addNamedValue(list []NamedValue, a trace.Attribute, step string) []NamedValue {
	if strings.TrimSpace(a.Value) == "" || len(list) >= maxItems || story.LooksPersonal(a.Name, a.Value) {
		return list
	}
	return append(list, NamedValue{Name: b.attributeName(step, a.Name), Value: a.Value})
}

// attributeName is what a chain calls a value; a certificate is always named in full.
func (b *lotStory) attributeName(step, name string) string {
	switch name {
	case "certificate", "合格证", "承诺达标合格证":
		return b.Printer.T("page.certificate")
	}
	if st, ok := b.Chains.Step(step); ok {
		return b.attributeNameInStep(st, name)
	}
	if b.Chain != nil {
		for i := range b.Chain.Steps {
			if found := b.attributeNameInStep(&b.Chain.Steps[i], name); found != name {
				return found
			}
		}
	}
	return name
}

func (b *lotStory) attributeNameInStep(st *chain.Step, name string) string {
	for i := range st.Evidence {
		if slices.Contains(st.Evidence[i].Attribute, name) {
			return b.PickNames(st.Evidence[i].Name)
		}
	}
	for i := range st.Ratios {
		if slices.Contains(st.Ratios[i].Of.Attribute, name) {
			return b.PickNames(st.Ratios[i].Name)
		}
	}
	return name
}

// listQuestions are the questions that an event raised, told neutrally, with what the operator said.
func (b *lotStory) listQuestions(rec *trace.Record, ev *trace.Event) []Question {
	var out []Question
	for _, q := range rec.Questions {
		if q.Lot != "" && b.Told[q.Lot] == nil && q.Lot != b.Root.Lot {
			continue
		}
		answer := q.Comment
		if answer == "" {
			answer = ev.Comment
		}
		a := Question{Text: b.questionText(q, ev), Answer: story.MaskNumbers(answer)}
		if !slices.Contains(out, a) && len(out) < 4 {
			out = append(out, a)
		}
	}
	return out
}

func (b *lotStory) questionText(q trace.Question, ev *trace.Event) string {
	what, unit := q.What, ""
	if subject, ok := story.SubjectOf(b.Chains, q, ev.Time.Time); ok {
		what, unit = b.PickNames(subject.Names), subject.Unit
	}
	switch q.Code {
	case "ratio_low", "ratio_high":
		usual := q.Low
		if q.High != q.Low {
			usual += "–" + q.High
		}
		return b.Printer.T("page.ask.ratio", "What", what, "Value", b.formatMeasured(q.Value, unit), "Usual", b.formatMeasured(usual, unit))
	case "evidence_missing":
		return b.Printer.T("page.ask.missing", "What", what)
	}
	if id := "page.ask." + q.Code; b.Printer.Has(id) {
		return b.Printer.T(id, "What", what)
	}
	return b.Printer.T("page.ask.other")
}

// formatMeasured writes a value with a ratio's unit: 23%, 42 千克/亩.
func (b *lotStory) formatMeasured(value, unit string) string {
	if unit == "" || strings.HasPrefix(unit, "%") {
		return value + unit
	}
	sides := strings.Split(unit, "/")
	for i, side := range sides {
		words := strings.Fields(side)
		for j, w := range words {
			if id := "measure." + w; b.Printer.Has(id) {
				words[j] = b.Printer.T(id)
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

// summariseSensors sums up readings by type: the lowest, the highest and how many.
func (b *lotStory) summariseSensors(raw json.RawMessage) []NamedValue {
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
			by[kind].addReport(r)
		}
	}
	var out []NamedValue
	for _, kind := range order {
		if r := by[kind]; r.n > 0 && len(out) < maxItems {
			out = append(out, NamedValue{Name: b.sensorName(kind), Value: b.Printer.T("page.sensor.value", "Range", r.formatRange(), "Count", r.n)})
		}
	}
	return out
}

func (b *lotStory) sensorName(kind string) string {
	if id := "page.sensor." + kind; b.Printer.Has(id) {
		return b.Printer.T(id)
	}
	return kind
}

// plainNumber is what loggers send; a number with an exponent could be large enough to stop the server.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

func (r *readings) addReport(one report) {
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

func (r *readings) formatRange() string {
	unit, ok := sensorUnits[r.unit]
	if !ok && r.unit != "" {
		unit = " " + r.unit
	}
	if r.lowText == r.hiText {
		return r.lowText + unit
	}
	return r.lowText + "–" + r.hiText + unit
}
