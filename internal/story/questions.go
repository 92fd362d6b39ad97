package story

import (
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// mostQuestions is how many questions of one event a story shows.
const mostQuestions = 4

// Question is a question 存疑 that an event raised, with the operator's answer.
type Question struct{ Text, Answer string }

// listQuestions lists the questions that an event raised, in neutral words, with the operator's answer.
func (s *Story) listQuestions(rec *trace.Record, ev *trace.Event) []Question {
	var out []Question
	for _, q := range rec.Questions {
		if q.Lot != "" && s.Told[q.Lot] == nil && q.Lot != s.Root.Lot {
			continue
		}
		answer := q.Comment
		if answer == "" {
			answer = ev.Comment
		}
		question := Question{Text: s.questionText(q, ev), Answer: maskNumbers(answer)}
		if !slices.Contains(out, question) && len(out) < mostQuestions {
			out = append(out, question)
		}
	}
	return out
}

// questionText asks a question with its values, in the reader's language.
func (s *Story) questionText(q trace.Question, ev *trace.Event) string {
	what, unit := q.What, ""
	if subject, ok := SubjectOf(s.Chains, q, ev.Time.Time); ok {
		what, unit = s.PickNames(subject.Names), subject.Unit
	}
	switch q.Code {
	case "ratio_low", "ratio_high":
		usual := q.Low
		if q.High != q.Low {
			usual += "–" + q.High
		}
		return s.Printer.T("page.ask.ratio", "What", what, "Value", s.formatMeasured(q.Value, unit), "Usual", s.formatMeasured(usual, unit))
	case "evidence_missing":
		return s.Printer.T("page.ask.missing", "What", what)
	}
	if id := "page.ask." + q.Code; s.Printer.Has(id) {
		return s.Printer.T(id, "What", what)
	}
	return s.Printer.T("page.ask.other")
}

// formatMeasured writes a value with a ratio's unit: 23%, 42 千克/亩.
func (s *Story) formatMeasured(value, unit string) string {
	if unit == "" || strings.HasPrefix(unit, "%") {
		return value + unit
	}
	sides := strings.Split(unit, "/")
	for i, side := range sides {
		words := strings.Fields(side)
		for j, w := range words {
			if id := "measure." + w; s.Printer.Has(id) {
				words[j] = s.Printer.T(id)
			}
		}
		sides[i] = strings.Join(words, " ")
	}
	return value + " " + strings.Join(sides, "/")
}
