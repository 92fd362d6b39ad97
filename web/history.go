package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/story"
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
	refs         []Reference
	asks         []Question
	proofs       []NamedValue
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

func (g goods) addGood(x good) goods {
	for i := range g {
		if g[i].name == x.name && g[i].unit == x.unit {
			g[i].amount += x.amount
			g[i].lots += x.lots
			return g
		}
	}
	return append(g, x)
}

// listHappenings are what happened, oldest first, of everything that the page may tell.
func (b *lotStory) listHappenings() []happening {
	trade := b.findTraders()
	var out []happening
	for i := range b.records {
		rec := &b.records[i]
		ev := b.events[rec.Seq]
		if ev.Declaration == nil && b.withdrawn[ev.EventID] && rec.Seq != b.Root.Made.Seq {
			continue
		}
		if h, ok := b.readHappening(rec, ev, trade); ok {
			out = append(out, h)
		}
	}
	out = append(out, b.listFieldWork()...)
	slices.SortStableFunc(out, func(x, y happening) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.seq, y.seq))
	})
	return mergeSameDay(out)
}

// findTraders are the organisations through whose hands the lot came: the makers of what is behind it, and those between them. Sales of an
// input to anybody else are not this lot's story.
func (b *lotStory) findTraders() map[string]bool {
	in := map[string]bool{}
	for i, back := range b.Behind {
		if back {
			in[b.Trace.Nodes[i].Org] = true
		}
	}
	for i := len(b.records) - 1; i >= 0; i-- {
		ev := b.events[b.records[i].Seq]
		if ev.BizStep != trace.StepShipping || ev.Type != trace.ObjectEvent {
			continue
		}
		if from, to := sender(ev), recipient(ev); in[to] || b.containsLot(ev.Quantities, b.Root.Lot) {
			in[from], in[to] = true, true
		}
	}
	return in
}

func sender(ev *trace.Event) string {
	for _, s := range ev.Sources {
		if s.Type == "possessing_party" {
			return s.ID
		}
	}
	return ""
}

func recipient(ev *trace.Event) string {
	for _, d := range ev.Destinations {
		if d.Type == "possessing_party" {
			return d.ID
		}
	}
	return ""
}

func (b *lotStory) containsLot(list []trace.EventQuantity, lot string) bool {
	return slices.ContainsFunc(list, func(q trace.EventQuantity) bool { return q.Class == lot })
}

// readHappening reads an event; false where it is not part of this lot's story.
func (b *lotStory) readHappening(rec *trace.Record, ev *trace.Event, trade map[string]bool) (happening, bool) {
	h := happening{at: ev.Time.Time, recorded: rec.RecordTime, seq: rec.Seq, who: b.OrganisationName(rec.Org), times: 1}
	if ev.BizLocation != nil {
		if pl, ok := b.Ledger.Place(ev.BizLocation.ID); ok {
			h.tier = pl.Tier
		}
	}
	mine := slices.Contains(b.Root.Events, rec.Seq)
	ok := true
	switch {
	case ev.Declaration != nil:
		h.kind, h.at, h.why = "correct", ev.Declaration.Time.Time, b.withdrawalReason(ev.Declaration.Reason)
		return h, mine
	case ev.Work != nil:
		return h, false // told as the field work of a season
	case ev.Type == trace.ObjectEvent && ev.Action == "ADD":
		b.describeHarvest(&h, ev)
	case ev.Type == trace.TransformationEvent:
		ok = b.describeTransformation(&h, ev)
	case ev.Type == trace.AggregationEvent:
		h.kind, h.units, ok = "unpack", 1, mine
		if ev.Action == "ADD" {
			h.kind, h.in = "pack", b.sumGoods(ev.Children, b.Told)
		}
	case ev.Type == trace.ObjectEvent && ev.Action == "DELETE":
		h.kind, h.in, h.why, ok = "loss", b.sumGoods(ev.Quantities, b.Told), ev.Reason, mine
	case ev.BizStep == trace.StepShipping:
		h.kind, h.in, h.units, h.to = "ship", b.sumGoods(ev.Quantities, b.Told), len(ev.EPCs), b.OrganisationName(recipient(ev))
		ok = trade[recipient(ev)]
	case ev.BizStep == trace.StepReceiving:
		h.kind, h.in, h.units, h.to = "receive", b.sumGoods(ev.Quantities, b.Told), len(ev.EPCs), b.OrganisationName(sender(ev))
		h.why = b.differenceReason(ev)
		ok = trade[rec.Org]
	default:
		b.describeObservation(&h, ev)
	}
	h.why = story.MaskNumbers(h.why)
	h.asks = b.listQuestions(rec, ev)
	h.proofs = b.eventEvidence(ev)
	return h, ok
}

func (b *lotStory) describeHarvest(h *happening, ev *trace.Event) {
	h.kind, h.out = "harvest", b.sumGoods(ev.Quantities, b.Told)
	h.step = b.StepName(ev.Step, "page.word.harvest")
	if h.tier == trace.Outside {
		h.kind = "buy"
	}
	if ev.BizLocation != nil {
		h.to = b.NearbyAddress(ev.BizLocation.ID)
	}
}

// describeTransformation tells a transformation that led to the lot, or used it up.
func (b *lotStory) describeTransformation(h *happening, ev *trace.Event) bool {
	h.kind, h.step = "transform", b.StepName(ev.Step, "page.word.transform")
	h.in, h.out = b.sumGoods(ev.Inputs, nil), b.sumGoods(ev.Outputs, nil)
	if b.containsLot(ev.Inputs, b.Root.Lot) {
		h.in = b.sumGoods(ev.Inputs, b.Told)
		return true
	}
	for _, q := range ev.Outputs {
		if i, known := b.NodeOf[q.Class]; known && b.Behind[i] {
			return true
		}
	}
	return false
}

func (b *lotStory) describeObservation(h *happening, ev *trace.Event) {
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
	h.step = b.StepName(ev.Step, "page.word."+h.kind)
}

func (b *lotStory) differenceReason(ev *trace.Event) string {
	for _, d := range ev.Differences {
		if b.Told[d.Lot] != nil {
			return d.Reason
		}
	}
	return ""
}

// sumGoods adds amounts by product, only of the lots in some where that is not nil.
func (b *lotStory) sumGoods(list []trace.EventQuantity, some map[string]*trace.LotView) goods {
	var g goods
	for _, q := range list {
		if some != nil && some[q.Class] == nil {
			continue
		}
		v := b.Told[q.Class]
		if v == nil {
			var err error
			if v, err = b.Ledger.Lot(q.Class, 0); err != nil {
				continue
			}
		}
		g = g.addGood(good{name: b.LotName(v), word: b.CountWord(&v.Product), unit: q.Unit, amount: q.Amount, lots: 1})
	}
	return g
}

// mergeSameDay makes one of what happened several times in a day in the same way.
func mergeSameDay(list []happening) []happening {
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
			o.in = o.in.addGood(g)
		}
		for _, g := range h.out {
			o.out = o.out.addGood(g)
		}
		o.units += h.units
		o.times += h.times
	}
	return out
}
