package story

import (
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

const (
	mostGroups = 8  // groups of evidence that a story shows
	mostValues = 12 // values of one group
)

// EvidenceGroup is the evidence of the lot itself, or of one step.
type EvidenceGroup struct {
	Title  string
	Values []NamedValue
}

// listEvidence lists the values that were recorded beside amounts: those of the lot itself, then those of each step.
func (s *Story) listEvidence(happenings []happening) []EvidenceGroup {
	var out []EvidenceGroup
	own := EvidenceGroup{Title: s.Printer.T("page.evidence.lot")}
	for _, a := range s.Root.Attributes {
		own.Values = s.addNamedValue(own.Values, a, "")
	}
	if len(own.Values) > 0 {
		out = append(out, own)
	}
	for _, h := range happenings {
		if len(h.evidence) == 0 || len(out) == mostGroups {
			continue
		}
		word := h.step
		if word == "" {
			word = s.Printer.T("page.word." + h.kind)
		}
		out = append(out, EvidenceGroup{Title: s.Printer.T("page.evidence.of", "Step", word, "Date", s.Printer.Date(h.at)), Values: h.evidence})
	}
	return out
}

// eventEvidence lists the evidence and the sensor readings of an event.
func (s *Story) eventEvidence(ev *trace.Event) []NamedValue {
	var out []NamedValue
	for _, a := range ev.Evidence {
		if ev.Type == trace.AggregationEvent && a.Name == "unit" {
			continue
		}
		out = s.addNamedValue(out, a, ev.Step)
	}
	return append(out, s.summariseSensors(ev.Sensors)...)
}

// addNamedValue adds a value under its name in the reader's language. A value that looks personal is left out.
func (s *Story) addNamedValue(list []NamedValue, a trace.Attribute, step string) []NamedValue {
	if strings.TrimSpace(a.Value) == "" || len(list) >= mostValues || looksPersonal(a.Name, a.Value) {
		return list
	}
	return append(list, NamedValue{Name: s.attributeName(step, a.Name), Value: a.Value})
}

// attributeName is what a chain calls a value; a certificate is always named in full (承诺达标合格证).
func (s *Story) attributeName(step, name string) string {
	switch name {
	case "certificate", "合格证", "承诺达标合格证":
		return s.Printer.T("page.certificate")
	}
	if st, ok := s.Chains.Step(step); ok {
		return s.attributeNameInStep(st, name)
	}
	if s.Chain != nil {
		for i := range s.Chain.Steps {
			if found := s.attributeNameInStep(&s.Chain.Steps[i], name); found != name {
				return found
			}
		}
	}
	return name
}

// attributeNameInStep is the name by which a step of a chain calls a value; the recorded name where the step does not know the value.
func (s *Story) attributeNameInStep(st *chain.Step, name string) string {
	for i := range st.Evidence {
		if slices.Contains(st.Evidence[i].Attribute, name) {
			return s.PickNames(st.Evidence[i].Name)
		}
	}
	for i := range st.Ratios {
		if slices.Contains(st.Ratios[i].Of.Attribute, name) {
			return s.PickNames(st.Ratios[i].Name)
		}
	}
	return name
}
