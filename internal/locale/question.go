package locale

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// Question writes a question 存疑 about something out of the ordinary. what is the name of the ratio, the evidence or the product in the
// Printer's language, and the question's own id where "". unit is the ratio's unit in the chain template ("%", "kg/亩"), which the question
// does not carry; without unit the figures have none.
func (p *Printer) Question(q trace.Question, what string, unit ...string) string {
	if what == "" {
		what = q.What
	}
	u := ""
	if len(unit) > 0 {
		u = unit[0]
	}
	var v values
	v.setText("What", what)
	v.setText("Lot", formatLotName(q.Lot))
	id := "question." + q.Code
	switch q.Code {
	case "ratio_low", "ratio_high":
		id = "question.ratio"
		p.setRatioValues(&v, q, u)
	case "receipt_differs":
		v.setText("Value", q.Value)
	case "mass_gain", "mass_unknown":
		v.setText("Value", groupThousands(q.Value))
		v.setText("High", groupThousands(q.High))
	case "late_field_work":
		v.setText("Value", q.Value)
		v.setCount(q.Low)
		if q.Value == "0" {
			id += ".same_day"
		}
	}
	if !p.Has(id) {
		id = "question.other"
	}
	text := p.capitalizeSentence(p.fillFullest(id, v))
	if id == "question.ratio" {
		if p.lang == English {
			text += " "
		}
		text += p.questionHint(q.Code, u)
		if v.text["Lot"] != "" {
			text = p.T("question.of_lot", "Lot", v.text["Lot"], "Question", text)
		}
	}
	return text
}

// setRatioValues sets a ratio's value and its usual range.
func (p *Printer) setRatioValues(v *values, q trace.Question, unit string) {
	v.setText("Value", p.formatRatio(q.Value, unit))
	low, high := groupThousands(q.Low), groupThousands(q.High)
	switch {
	case low == "" || high == "":
		v.setText("Low", p.formatRatio(q.Low, unit))
		v.setText("High", p.formatRatio(q.High, unit))
	case q.Low == q.High:
		v.setText("Range", p.formatRatio(q.Low, unit))
	case strings.HasPrefix(low, "-"):
		v.setText("Range", p.T("figure.range", "Low", low, "High", p.formatRatio(q.High, unit)))
	default:
		v.setText("Range", low+"–"+p.formatRatio(q.High, unit))
	}
}

// questionHint names the usual mistake behind a value: 斤 for 千克 where something was weighed, else a misread instrument.
func (p *Printer) questionHint(code, unit string) string {
	weighed := unit == "" || unit == "%" || strings.HasPrefix(unit, "kg") || strings.HasPrefix(unit, "g/")
	switch {
	case !weighed:
		return p.T("question.hint.reading")
	case code == "ratio_low":
		return p.T("question.hint.low")
	}
	return p.T("question.hint.high")
}
