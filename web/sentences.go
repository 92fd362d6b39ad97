package web

import (
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// maxSteps is how many sentences a page tells; of a longer story the beginning and the end.
const maxSteps = 36

// days sorts what happened into days, in sentences.
func (b *builder) days(list []happening) (days []day, rest string) {
	list = append(b.summary(), list...)
	slices.SortStableFunc(list, func(x, y happening) int { return x.at.Compare(y.at) })
	if n := len(list); n > maxSteps {
		cut := maxSteps / 2
		rest = b.p.T("page.more.events", "Count", n-maxSteps)
		list = append(list[:cut:cut], list[n-maxSteps+cut:]...)
	}
	for i := range list {
		h := &list[i]
		d := day{Date: b.p.Date(h.at), ISO: h.at.In(trace.ChinaTime).Format(time.DateOnly)}
		if h.kind == "sum" {
			d.Date, d.ISO = h.why, ""
		}
		if n := len(days); n == 0 || days[n-1].Date != d.Date {
			days = append(days, d)
		}
		last := &days[len(days)-1]
		last.Steps = append(last.Steps, step{Text: b.sentence(h), Refs: h.refs, Late: b.late(h), Asks: h.asks})
	}
	for i := range days {
		days[i].gather()
	}
	return days, rest
}

// gather says once for a day what is the same for all of its steps.
func (d *day) gather() {
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

// late says when something was recorded that happened more than a day before.
func (b *builder) late(h *happening) string {
	if h.recorded.IsZero() || h.recorded.Sub(h.at) < 24*time.Hour {
		return ""
	}
	return b.p.T("page.late", "Date", b.p.Date(h.recorded))
}

// sentence says what happened, in the words of the chain.
func (b *builder) sentence(h *happening) string {
	if h.kind == "work" {
		return b.workSentence(h)
	}
	in, out := b.goods(h.in), b.goods(h.out)
	if h.units > 0 && h.kind != "pack" {
		units := b.p.T("page.units", "Count", h.units)
		if in != "" {
			units = b.glue("、", ", ") + units
		}
		in += units
	}
	id := "page.step." + h.kind
	if h.kind == "harvest" && h.to == "" {
		h.to = h.who
	}
	text := b.p.Tell(id, "Who", h.who, "To", h.to, "Step", h.step, "In", in, "Out", out, "Count", h.units, "Why", h.why)
	return strings.TrimSpace(text)
}

func (b *builder) goods(g goods) string {
	var parts []string
	for i, x := range g {
		if i == 6 {
			parts = append(parts, b.p.T("page.goods_more", "Count", len(g)-i))
			break
		}
		text := b.p.T("page.goods", "Name", x.name, "Amount", b.p.Quantity(trace.Quantity{Amount: x.amount, Unit: x.unit}, x.word))
		if x.lots > 1 {
			text = b.p.T("page.goods_lots", "Goods", text, "Count", x.lots)
		}
		parts = append(parts, text)
	}
	return strings.ReplaceAll(strings.Join(parts, b.glue("、", ", ")), "） ", "）")
}

// workSentence tells field work: what was applied, how much, against what, and how long one has to wait.
func (b *builder) workSentence(h *happening) string {
	w := h.work
	agent := w.Agent
	if w.Lot != "" {
		if v, err := b.l.Lot(w.Lot, 0); err == nil {
			agent = b.p.T("page.goods", "Name", b.lot(v), "Amount", b.p.Quantity(*w.Quantity, b.countWord(&v.Product)))
		}
	}
	id := "page.work." + w.Kind
	if !b.p.Has(id) {
		id = "page.work.other"
	}
	parts := []string{b.p.Tell(id, "Who", h.who, "Agent", maskNumbers(agent))}
	if w.Dose != "" {
		parts = append(parts, b.p.T("page.work_dose", "Dose", maskNumbers(w.Dose)))
	}
	if w.Target != "" {
		parts = append(parts, b.p.T("page.work_target", "Target", maskNumbers(w.Target)))
	}
	if w.IntervalDays > 0 {
		parts = append(parts, b.p.T("page.work_interval", "Count", w.IntervalDays))
	}
	if !w.Stop.IsZero() && w.Stop.After(w.Time) {
		parts = append(parts, b.p.T("page.work_stop", "Date", w.Stop))
	}
	return strings.Join(parts, b.glue("，", ", "))
}

// summary tells of a graph too large for single steps: how many lots of what were made where, and when.
func (b *builder) summary() []happening {
	type sum struct {
		h           happening
		first, last int64
	}
	var list []*sum
	at := map[string]*sum{}
	for i, in := range b.back {
		n := &b.trace.Nodes[i]
		if !in || b.told[n.Lot] != nil {
			continue
		}
		tier := b.laneOf(n)
		name := b.product(n.Product)
		key := string(tier) + "\x00" + name
		s := at[key]
		if s == nil {
			s = &sum{h: happening{kind: "sum", tier: tier, step: b.tierName(tier)}, first: n.Time, last: n.Time}
			at[key] = s
			list = append(list, s)
		}
		s.first, s.last = min(s.first, n.Time), max(s.last, n.Time)
		s.h.out = s.h.out.add(good{name: name, word: b.countWord(n.Product), unit: n.Quantity.Unit, amount: n.Quantity.Amount, lots: 1})
	}
	var out []happening
	for _, s := range list {
		from, to := b.p.Date(time.UnixMilli(s.first)), b.p.Date(time.UnixMilli(s.last))
		s.h.at, s.h.why = time.UnixMilli(s.first), from // it stands where it begins
		if from != to {
			s.h.why = b.p.T("page.span", "From", from, "To", to)
		}
		out = append(out, s.h)
	}
	return out
}

func (b *builder) tierName(t trace.Tier) string { return b.p.T("page.tier." + string(t)) }
