package web

import (
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// maxSteps is how many sentences a page tells; of a longer story the beginning and the end.
const maxSteps = 36

// listDays sorts what happened into days, in sentences.
func (b *lotStory) listDays(list []happening) (days []Day, rest string) {
	list = append(b.summariseUntold(), list...)
	slices.SortStableFunc(list, func(x, y happening) int { return x.at.Compare(y.at) })
	if n := len(list); n > maxSteps {
		cut := maxSteps / 2
		rest = b.Printer.T("page.more.events", "Count", n-maxSteps)
		list = append(list[:cut:cut], list[n-maxSteps+cut:]...)
	}
	for i := range list {
		h := &list[i]
		d := Day{Date: b.Printer.Date(h.at), ISO: h.at.In(trace.ChinaTime).Format(time.DateOnly)}
		if h.kind == "sum" {
			d.Date, d.ISO = h.why, ""
		}
		if n := len(days); n == 0 || days[n-1].Date != d.Date {
			days = append(days, d)
		}
		last := &days[len(days)-1]
		last.Steps = append(last.Steps, Step{Text: b.writeSentence(h), Refs: h.refs, Late: b.lateNote(h), Asks: h.asks})
	}
	for i := range days {
		days[i].gatherLate()
	}
	return days, rest
}

// gatherLate says once for a day what is the same for all of its steps.
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

// lateNote says when something was recorded that happened more than a day before.
func (b *lotStory) lateNote(h *happening) string {
	if h.recorded.IsZero() || h.recorded.Sub(h.at) < 24*time.Hour {
		return ""
	}
	return b.Printer.T("page.late", "Date", b.Printer.Date(h.recorded))
}

// writeSentence says what happened, in the words of the chain.
func (b *lotStory) writeSentence(h *happening) string {
	if h.kind == "work" {
		return b.writeWorkSentence(h)
	}
	in, out := b.listGoods(h.in), b.listGoods(h.out)
	if h.units > 0 && h.kind != "pack" {
		units := b.Printer.T("page.units", "Count", h.units)
		if in != "" {
			units = b.PickSeparator("、", ", ") + units
		}
		in += units
	}
	id := "page.step." + h.kind
	if h.kind == "harvest" && h.to == "" {
		h.to = h.who
	}
	text := b.Printer.Tell(id, "Who", h.who, "To", h.to, "Step", h.step, "In", in, "Out", out, "Count", h.units, "Why", h.why)
	return strings.TrimSpace(text)
}

func (b *lotStory) listGoods(g goods) string {
	var parts []string
	for i, x := range g {
		if i == 6 {
			parts = append(parts, b.Printer.T("page.goods_more", "Count", len(g)-i))
			break
		}
		text := b.Printer.T("page.goods", "Name", x.name, "Amount", b.Printer.Quantity(trace.Quantity{Amount: x.amount, Unit: x.unit}, x.word))
		if x.lots > 1 {
			text = b.Printer.T("page.goods_lots", "Goods", text, "Count", x.lots)
		}
		parts = append(parts, text)
	}
	return strings.ReplaceAll(strings.Join(parts, b.PickSeparator("、", ", ")), "） ", "）")
}

// writeWorkSentence tells field work: what was applied, how much, against what, and how long one has to wait.
func (b *lotStory) writeWorkSentence(h *happening) string {
	w := h.work
	agent := w.Agent
	if w.Lot != "" {
		if v, err := b.Ledger.Lot(w.Lot, 0); err == nil {
			agent = b.Printer.T("page.goods", "Name", b.LotName(v), "Amount", b.Printer.Quantity(*w.Quantity, b.CountWord(&v.Product)))
		}
	}
	id := "page.work." + w.Kind
	if !b.Printer.Has(id) {
		id = "page.work.other"
	}
	parts := []string{b.Printer.Tell(id, "Who", h.who, "Agent", story.MaskNumbers(agent))}
	if w.Dose != "" {
		parts = append(parts, b.Printer.T("page.work_dose", "Dose", story.MaskNumbers(w.Dose)))
	}
	if w.Target != "" {
		parts = append(parts, b.Printer.T("page.work_target", "Target", story.MaskNumbers(w.Target)))
	}
	if w.IntervalDays > 0 {
		parts = append(parts, b.Printer.T("page.work_interval", "Count", w.IntervalDays))
	}
	if !w.Stop.IsZero() && w.Stop.After(w.Time) {
		parts = append(parts, b.Printer.T("page.work_stop", "Date", w.Stop))
	}
	return strings.Join(parts, b.PickSeparator("，", ", "))
}

// summariseUntold tells of a graph too large for single steps: how many lots of what were made where, and when.
func (b *lotStory) summariseUntold() []happening {
	type sum struct {
		h           happening
		first, last int64
	}
	var list []*sum
	at := map[string]*sum{}
	for i, in := range b.Behind {
		n := &b.Trace.Nodes[i]
		if !in || b.Told[n.Lot] != nil {
			continue
		}
		tier := b.TierOf(n)
		name := b.ProductName(n.Product)
		key := string(tier) + "\x00" + name
		s := at[key]
		if s == nil {
			s = &sum{h: happening{kind: "sum", tier: tier, step: b.TierName(tier)}, first: n.Time, last: n.Time}
			at[key] = s
			list = append(list, s)
		}
		s.first, s.last = min(s.first, n.Time), max(s.last, n.Time)
		s.h.out = s.h.out.addGood(good{name: name, word: b.CountWord(n.Product), unit: n.Quantity.Unit, amount: n.Quantity.Amount, lots: 1})
	}
	var out []happening
	for _, s := range list {
		from, to := b.Printer.Date(time.UnixMilli(s.first)), b.Printer.Date(time.UnixMilli(s.last))
		s.h.at, s.h.why = time.UnixMilli(s.first), from // it stands where it begins
		if from != to {
			s.h.why = b.Printer.T("page.span", "From", from, "To", to)
		}
		out = append(out, s.h)
	}
	return out
}

func (b *lotStory) TierName(t trace.Tier) string { return b.Printer.T("page.tier." + string(t)) }
