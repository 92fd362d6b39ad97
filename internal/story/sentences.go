package story

import (
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// mostSteps is how many sentences a story tells; of a longer story the beginning and the end.
const mostSteps = 36

// mostGoods is how many products one sentence names; the rest are counted.
const mostGoods = 6

// Day is what happened on one day.
type Day struct {
	Date  string
	Late  string // a note that all of the day was recorded later; "" where this is not so
	ISO   string // "2026-11-03"; "" for a span of days
	Steps []Step
}

// Step is one thing that happened, in a sentence.
type Step struct {
	Text      string
	Links     []Reference
	Late      string // a note that the step was recorded later than it happened
	Questions []Question
}

// History is what happened to a lot and to the lots behind it, with the evidence that was recorded on the way.
type History struct {
	Days     []Day
	Rest     string // says how many steps were left out; "" where none were
	Evidence []EvidenceGroup
}

// History tells what happened, day by day.
func (s *Story) History() History {
	happenings := s.listHappenings()
	days, rest := s.listDays(happenings)
	return History{Days: days, Rest: rest, Evidence: s.listEvidence(happenings)}
}

// listDays sorts what happened into days, in sentences. The second result says how many steps were left out.
func (s *Story) listDays(happenings []happening) (days []Day, rest string) {
	list := append(s.summariseUntold(), happenings...)
	slices.SortStableFunc(list, func(x, y happening) int { return x.at.Compare(y.at) })
	if n := len(list); n > mostSteps {
		cut := mostSteps / 2
		rest = s.Printer.T("page.more.events", "Count", n-mostSteps)
		list = append(list[:cut:cut], list[n-mostSteps+cut:]...)
	}
	for i := range list {
		h := &list[i]
		d := Day{Date: s.Printer.Date(h.at), ISO: h.at.In(trace.ChinaTime).Format(time.DateOnly)}
		if h.kind == "sum" {
			d.Date, d.ISO = h.why, ""
		}
		if n := len(days); n == 0 || days[n-1].Date != d.Date {
			days = append(days, d)
		}
		last := &days[len(days)-1]
		last.Steps = append(last.Steps, Step{Text: s.writeSentence(h), Links: h.links, Late: s.lateNote(h), Questions: h.questions})
	}
	for i := range days {
		days[i].gatherLate()
	}
	return days, rest
}

// gatherLate moves a note that is the same for all steps of a day to the day itself.
func (d *Day) gatherLate() {
	for i := range d.Steps {
		if d.Steps[i].Late != d.Steps[0].Late {
			return
		}
	}
	d.Late = d.Steps[0].Late
	for i := range d.Steps {
		d.Steps[i].Late = ""
	}
}

// lateNote says when a happening was recorded, where that was more than a day after the happening.
func (s *Story) lateNote(h *happening) string {
	if h.recorded.IsZero() || h.recorded.Sub(h.at) < 24*time.Hour {
		return ""
	}
	return s.Printer.T("page.late", "Date", s.Printer.Date(h.recorded))
}

// writeSentence says what happened, in the words of the chain.
func (s *Story) writeSentence(h *happening) string {
	switch h.kind {
	case "work":
		return s.writeWorkSentence(h)
	case "record":
		return h.sentence
	}
	in, out := s.listGoods(h.in), s.listGoods(h.out)
	if h.units > 0 && h.kind != "pack" {
		units := s.Printer.T("page.units", "Count", h.units)
		if in != "" {
			units = s.PickSeparator("、", ", ") + units
		}
		in += units
	}
	id := "page.step." + h.kind
	if h.kind == "harvest" && h.to == "" {
		h.to = h.who
	}
	text := s.Printer.Tell(id, "Who", h.who, "To", h.to, "Step", h.step, "In", in, "Out", out, "Count", h.units, "Why", h.why)
	return strings.TrimSpace(text)
}

// listGoods names goods with their amounts.
func (s *Story) listGoods(g goods) string {
	var parts []string
	for i, x := range g {
		if i == mostGoods {
			parts = append(parts, s.Printer.T("page.goods_more", "Count", len(g)-i))
			break
		}
		text := s.Printer.T("page.goods", "Name", x.name, "Amount", s.Printer.Quantity(trace.Quantity{Amount: x.amount, Unit: x.unit}, x.word))
		if x.lots > 1 {
			text = s.Printer.T("page.goods_lots", "Goods", text, "Count", x.lots)
		}
		parts = append(parts, text)
	}
	return strings.ReplaceAll(strings.Join(parts, s.PickSeparator("、", ", ")), "） ", "）")
}

// writeWorkSentence tells field work: the agent, the dose, the target, and how long the harvest has to wait.
func (s *Story) writeWorkSentence(h *happening) string {
	w := h.work
	agent := w.Agent
	if w.Lot != "" {
		if v, err := s.Ledger.Lot(w.Lot, 0); err == nil {
			agent = s.Printer.T("page.goods", "Name", s.LotName(v), "Amount", s.Printer.Quantity(*w.Quantity, s.CountWord(&v.Product)))
		}
	}
	id := "page.work." + w.Kind
	if !s.Printer.Has(id) {
		id = "page.work.other"
	}
	parts := []string{s.Printer.Tell(id, "Who", h.who, "Agent", maskNumbers(agent))}
	if w.Dose != "" {
		parts = append(parts, s.Printer.T("page.work_dose", "Dose", maskNumbers(w.Dose)))
	}
	if w.Target != "" {
		parts = append(parts, s.Printer.T("page.work_target", "Target", maskNumbers(w.Target)))
	}
	if w.IntervalDays > 0 {
		parts = append(parts, s.Printer.T("page.work_interval", "Count", w.IntervalDays))
	}
	if !w.Stop.IsZero() && w.Stop.After(w.Time) {
		parts = append(parts, s.Printer.T("page.work_stop", "Date", w.Stop))
	}
	return strings.Join(parts, s.PickSeparator("，", ", "))
}

// untoldSum is the sum of the lots of one product that were made in one tier, of those that are not described one by one.
type untoldSum struct {
	happening
	first, last int64 // times of making, in milliseconds
}

// summariseUntold tells of a graph that is too large for single steps: how many lots of which product were made in which tier, and when.
func (s *Story) summariseUntold() []happening {
	var out []happening
	for _, sum := range s.sumUntold() {
		from, to := s.Printer.Date(time.UnixMilli(sum.first)), s.Printer.Date(time.UnixMilli(sum.last))
		sum.at, sum.why = time.UnixMilli(sum.first), from // the sum stands where the first lot was made
		if from != to {
			sum.why = s.Printer.T("page.span", "From", from, "To", to)
		}
		out = append(out, sum.happening)
	}
	return out
}

func (s *Story) sumUntold() []*untoldSum {
	var list []*untoldSum
	byKey := map[string]*untoldSum{}
	for i, behind := range s.Behind {
		n := &s.Trace.Nodes[i]
		if !behind || s.Told[n.Lot] != nil {
			continue
		}
		tier := s.TierOf(n)
		name := s.ProductName(n.Product)
		key := string(tier) + "\x00" + name
		sum := byKey[key]
		if sum == nil {
			sum = &untoldSum{happening: happening{kind: "sum", tier: tier, step: s.TierName(tier)}, first: n.Time, last: n.Time}
			byKey[key] = sum
			list = append(list, sum)
		}
		sum.first, sum.last = min(sum.first, n.Time), max(sum.last, n.Time)
		sum.out = sum.out.addGood(good{name: name, word: s.CountWord(n.Product), unit: n.Quantity.Unit, amount: n.Quantity.Amount, lots: 1})
	}
	return list
}

// TierName is the name of a tier 层级 in the reader's language.
func (s *Story) TierName(t trace.Tier) string { return s.Printer.T("page.tier." + string(t)) }
