package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// happening is one thing that happened to the lots a page tells of, before it becomes a sentence. Several of one day and kind become one.
type happening struct {
	at, recorded time.Time
	seq          int64
	kind         string // harvest, buy, transform, pack, unpack, ship, receive, loss, inspecting, storing, observe, hold … or work
	step         string // the chain's word
	tier         trace.Tier
	who, to, why string
	in, out      goods
	units        int
	work         *trace.WorkView
	refs         []ref
	asks         []ask
	proofs       []fact
	times        int
}

// goods are amounts by product, grade and unit.
type goods []good

type good struct {
	name, word string
	unit       trace.Unit
	amount     trace.Amount
	lots       int
}

func (g goods) add(x good) goods {
	for i := range g {
		if g[i].name == x.name && g[i].unit == x.unit {
			g[i].amount += x.amount
			g[i].lots += x.lots
			return g
		}
	}
	return append(g, x)
}

// facts are what happened, oldest first, of everything that the page may tell.
func (b *builder) facts() []happening {
	trade := b.trading()
	var out []happening
	for i := range b.records {
		rec := &b.records[i]
		ev := b.events[rec.Seq]
		if ev.Declaration == nil && b.voided[ev.EventID] && rec.Seq != b.root.Made.Seq {
			continue
		}
		if h, ok := b.happened(rec, ev, trade); ok {
			out = append(out, h)
		}
	}
	out = append(out, b.fieldWork()...)
	slices.SortStableFunc(out, func(x, y happening) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.seq, y.seq))
	})
	return merge(out)
}

// trading are the organisations through whose hands the lot came: the makers of what is behind it, and those between them. Sales of an
// input to anybody else are not this lot's story.
func (b *builder) trading() map[string]bool {
	in := map[string]bool{}
	for i, back := range b.back {
		if back {
			in[b.trace.Nodes[i].Org] = true
		}
	}
	for i := len(b.records) - 1; i >= 0; i-- {
		ev := b.events[b.records[i].Seq]
		if ev.BizStep != trace.StepShipping || ev.Type != trace.ObjectEvent {
			continue
		}
		if from, to := party1(ev), party2(ev); in[to] || b.holds(ev.Quantities, b.root.Lot) {
			in[from], in[to] = true, true
		}
	}
	return in
}

func party1(ev *trace.Event) string {
	for _, s := range ev.Sources {
		if s.Type == "possessing_party" {
			return s.ID
		}
	}
	return ""
}

func party2(ev *trace.Event) string {
	for _, d := range ev.Destinations {
		if d.Type == "possessing_party" {
			return d.ID
		}
	}
	return ""
}

func (b *builder) holds(list []trace.EventQuantity, lot string) bool {
	return slices.ContainsFunc(list, func(q trace.EventQuantity) bool { return q.Class == lot })
}

// happened reads an event; false where it is not part of this lot's story.
func (b *builder) happened(rec *trace.Record, ev *trace.Event, trade map[string]bool) (happening, bool) {
	h := happening{at: ev.Time.Time, recorded: rec.RecordTime, seq: rec.Seq, who: b.org(rec.Org), times: 1}
	if ev.BizLocation != nil {
		if pl, ok := b.l.Place(ev.BizLocation.ID); ok {
			h.tier = pl.Tier
		}
	}
	mine := slices.Contains(b.root.Events, rec.Seq)
	ok := true
	switch {
	case ev.Declaration != nil:
		h.kind, h.at, h.why = "correct", ev.Declaration.Time.Time, b.declared(ev.Declaration.Reason)
		return h, mine
	case ev.Work != nil:
		return h, false // told as the field work of a season
	case ev.Type == trace.ObjectEvent && ev.Action == "ADD":
		b.harvested(&h, ev)
	case ev.Type == trace.TransformationEvent:
		ok = b.transformed(&h, ev)
	case ev.Type == trace.AggregationEvent:
		h.kind, h.units, ok = "unpack", 1, mine
		if ev.Action == "ADD" {
			h.kind, h.in = "pack", b.sum(ev.Children, b.told)
		}
	case ev.Type == trace.ObjectEvent && ev.Action == "DELETE":
		h.kind, h.in, h.why, ok = "loss", b.sum(ev.Quantities, b.told), ev.Reason, mine
	case ev.BizStep == trace.StepShipping:
		h.kind, h.in, h.units, h.to = "ship", b.sum(ev.Quantities, b.told), len(ev.EPCs), b.org(party2(ev))
		ok = trade[party2(ev)]
	case ev.BizStep == trace.StepReceiving:
		h.kind, h.in, h.units, h.to = "receive", b.sum(ev.Quantities, b.told), len(ev.EPCs), b.org(party1(ev))
		h.why = b.difference(ev)
		ok = trade[rec.Org]
	default:
		b.observed(&h, ev)
	}
	h.why = maskNumbers(h.why)
	h.asks = b.asks(rec, ev)
	h.proofs = b.proofs(ev)
	return h, ok
}

func (b *builder) harvested(h *happening, ev *trace.Event) {
	h.kind, h.out = "harvest", b.sum(ev.Quantities, b.told)
	h.step = b.step(ev.Step, "page.word.harvest")
	if h.tier == trace.Outside {
		h.kind = "buy"
	}
	if ev.BizLocation != nil {
		h.to = b.near(ev.BizLocation.ID)
	}
}

// transformed tells a transformation that led to the lot, or used it up.
func (b *builder) transformed(h *happening, ev *trace.Event) bool {
	h.kind, h.step = "transform", b.step(ev.Step, "page.word.transform")
	h.in, h.out = b.sum(ev.Inputs, nil), b.sum(ev.Outputs, nil)
	if b.holds(ev.Inputs, b.root.Lot) {
		h.in = b.sum(ev.Inputs, b.told)
		return true
	}
	for _, q := range ev.Outputs {
		if i, known := b.at[q.Class]; known && b.back[i] {
			return true
		}
	}
	return false
}

func (b *builder) observed(h *happening, ev *trace.Event) {
	h.kind, h.why = "observe", ev.Reason
	switch {
	case ev.Persistent != nil && slices.Contains(ev.Persistent.Set, trace.DispositionRecalled):
		h.kind = "recall"
	case ev.Persistent != nil && slices.Contains(ev.Persistent.Unset, trace.DispositionRecalled):
		h.kind = "unrecall"
	case ev.Persistent != nil && slices.Contains(ev.Persistent.Set, trace.DispositionHold):
		h.kind = "hold"
	case ev.Persistent != nil && slices.Contains(ev.Persistent.Unset, trace.DispositionHold):
		h.kind = "release"
	case ev.BizStep == trace.StepInspecting || ev.BizStep == trace.StepStoring:
		h.kind = ev.BizStep
	}
	h.step = b.step(ev.Step, "page.word."+h.kind)
}

func (b *builder) difference(ev *trace.Event) string {
	for _, d := range ev.Differences {
		if b.told[d.Lot] != nil {
			return d.Reason
		}
	}
	return ""
}

// sum adds amounts by product, only of the lots in some where that is not nil.
func (b *builder) sum(list []trace.EventQuantity, some map[string]*trace.LotView) goods {
	var g goods
	for _, q := range list {
		if some != nil && some[q.Class] == nil {
			continue
		}
		v := b.told[q.Class]
		if v == nil {
			var err error
			if v, err = b.l.Lot(q.Class, 0); err != nil {
				continue
			}
		}
		g = g.add(good{name: b.lot(v), word: b.countWord(&v.Product), unit: q.Unit, amount: q.Amount, lots: 1})
	}
	return g
}

// merge makes one of what happened several times in a day in the same way.
func merge(list []happening) []happening {
	at := map[string]int{}
	out := list[:0:0]
	for _, h := range list {
		key := strings.Join([]string{h.at.In(trace.ChinaTime).Format(time.DateOnly), h.kind, h.step, h.who, h.to, h.why}, "\x00")
		i, known := at[key]
		if !known || h.work != nil || len(h.asks)+len(h.refs)+len(h.proofs) > 0 || h.kind == "correct" {
			if h.work == nil {
				at[key] = len(out)
			}
			out = append(out, h)
			continue
		}
		o := &out[i]
		for _, g := range h.in {
			o.in = o.in.add(g)
		}
		for _, g := range h.out {
			o.out = o.out.add(g)
		}
		o.units += h.units
		o.times += h.times
	}
	return out
}
