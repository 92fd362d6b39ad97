package story

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// happening is one thing that happened to the lots that a story tells of, before the thing becomes a sentence. Several happenings of one
// day and kind become one.
type happening struct {
	at, recorded time.Time
	seq          int64
	kind         string // harvest, buy, transform, pack, unpack, ship, receive, loss, inspecting, storing, observe, hold … work or record
	step         string // the chain's word
	tier         trace.Tier
	who, to, why string
	in, out      goods
	units        int
	work         *trace.WorkView
	links        []Reference
	questions    []Question
	evidence     []NamedValue
	times        int
	sentence     string // of a record that is no event, as the words of the record's kind have it
}

// goods are amounts by product, grade and unit.
type goods []good

type good struct {
	name, word string // of the product with its grade; measure word of its pieces
	unit       trace.Unit
	amount     trace.Amount
	lots       int
}

// addGood adds an amount to the amount of the same product and unit.
func (g goods) addGood(more good) goods {
	for i := range g {
		if g[i].name == more.name && g[i].unit == more.unit {
			g[i].amount += more.amount
			g[i].lots += more.lots
			return g
		}
	}
	return append(g, more)
}

// listHappenings lists what happened, oldest first, of everything that the story may tell.
func (s *Story) listHappenings() []happening {
	traders := s.findTraders()
	var out []happening
	for i := range s.records {
		rec := &s.records[i]
		ev := s.events[rec.Seq]
		if ev.Declaration == nil && s.withdrawn[ev.EventID] && rec.Seq != s.Root.Made.Seq {
			continue
		}
		if h, ok := s.readHappening(rec, ev, traders); ok {
			out = append(out, h)
		}
	}
	out = append(append(out, s.lines...), s.listFieldWork()...)
	slices.SortStableFunc(out, func(x, y happening) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.seq, y.seq))
	})
	return mergeSameDay(out)
}

// findTraders finds the organisations through whose hands the lot came: the makers of the lots behind this one, and those between the
// makers. Sales of an input to any other organisation are not this lot's story.
func (s *Story) findTraders() map[string]bool {
	traders := map[string]bool{}
	for i, behind := range s.Behind {
		if behind {
			traders[s.Trace.Nodes[i].Org] = true
		}
	}
	for i := len(s.records) - 1; i >= 0; i-- {
		ev := s.events[s.records[i].Seq]
		if ev.BizStep != trace.StepShipping || ev.Type != trace.ObjectEvent {
			continue
		}
		if from, to := sender(ev), recipient(ev); traders[to] || containsLot(ev.Quantities, s.Root.Lot) {
			traders[from], traders[to] = true, true
		}
	}
	return traders
}

// sender is the organisation that a shipment's event names as its source; "" where the event names none.
func sender(ev *trace.Event) string {
	for _, source := range ev.Sources {
		if source.Type == "possessing_party" {
			return source.ID
		}
	}
	return ""
}

// recipient is the organisation that a shipment's event names as its destination; "" where the event names none.
func recipient(ev *trace.Event) string {
	for _, destination := range ev.Destinations {
		if destination.Type == "possessing_party" {
			return destination.ID
		}
	}
	return ""
}

func containsLot(list []trace.EventQuantity, lot string) bool {
	return slices.ContainsFunc(list, func(q trace.EventQuantity) bool { return q.Class == lot })
}

// readHappening reads an event. The result is false where the event is not part of this lot's story.
func (s *Story) readHappening(rec *trace.Record, ev *trace.Event, traders map[string]bool) (happening, bool) {
	h := happening{at: ev.Time.Time, recorded: rec.RecordTime, seq: rec.Seq, who: s.OrganisationName(rec.Org), times: 1}
	if ev.BizLocation != nil {
		if place, ok := s.Ledger.Place(ev.BizLocation.ID); ok {
			h.tier = place.Tier
		}
	}
	ofThisLot := slices.Contains(s.Root.Events, rec.Seq)
	if ev.Declaration != nil {
		h.kind, h.at, h.why = "correct", ev.Declaration.Time.Time, s.withdrawalReason(ev.Declaration.Reason)
		return h, ofThisLot
	}
	if ev.Work != nil {
		return h, false // described as the field work of a season
	}
	part := s.describeEvent(&h, rec, ev, traders)
	h.why = maskNumbers(h.why)
	h.questions = s.listQuestions(rec, ev)
	h.evidence = s.eventEvidence(ev)
	return h, part && (ofThisLot || !onlyOfThisLot(ev))
}

// addRecordLine reads a record that is no event. Only a record whose kind gives public words for the record is shown.
func (s *Story) addRecordLine(rec *trace.Record) error {
	line, public, err := s.Ledger.PageLine(rec)
	if err != nil || !public {
		return err
	}
	who := s.OrganisationName(rec.Org)
	text := s.Printer.Tell(trace.PageMessage(rec.Kind), append([]any{"Who", who}, line.Values...)...)
	s.lines = append(s.lines, happening{at: line.Time, recorded: rec.RecordTime, seq: rec.Seq, kind: "record", who: who, times: 1,
		sentence: maskNumbers(text)})
	return nil
}

// onlyOfThisLot reports whether an event is shown on the pages of its own lots only: packing and losses say nothing of the lots made later.
func onlyOfThisLot(ev *trace.Event) bool {
	return ev.Type == trace.AggregationEvent || ev.Type == trace.ObjectEvent && ev.Action == "DELETE"
}

// describeEvent fills a happening with what an event says. The result is false where the event is not part of this lot's story.
func (s *Story) describeEvent(h *happening, rec *trace.Record, ev *trace.Event, traders map[string]bool) bool {
	switch {
	case ev.Type == trace.ObjectEvent && ev.Action == "ADD":
		s.describeHarvest(h, ev)
	case ev.Type == trace.TransformationEvent:
		return s.describeTransformation(h, ev)
	case ev.Type == trace.AggregationEvent:
		h.kind, h.units = "unpack", 1
		if ev.Action == "ADD" {
			h.kind, h.in = "pack", s.sumGoods(ev.Children, s.Told)
		}
	case ev.Type == trace.ObjectEvent && ev.Action == "DELETE":
		h.kind, h.in, h.why = "loss", s.sumGoods(ev.Quantities, s.Told), ev.Reason
	case ev.BizStep == trace.StepShipping:
		h.kind, h.in, h.units, h.to = "ship", s.sumGoods(ev.Quantities, s.Told), len(ev.EPCs), s.OrganisationName(recipient(ev))
		return traders[recipient(ev)]
	case ev.BizStep == trace.StepReceiving:
		h.kind, h.in, h.units, h.to = "receive", s.sumGoods(ev.Quantities, s.Told), len(ev.EPCs), s.OrganisationName(sender(ev))
		h.why = s.differenceReason(ev)
		return traders[rec.Org]
	default:
		s.describeObservation(h, ev)
	}
	return true
}

func (s *Story) describeHarvest(h *happening, ev *trace.Event) {
	h.kind, h.out = "harvest", s.sumGoods(ev.Quantities, s.Told)
	h.step = s.StepName(ev.Step, "page.word.harvest")
	if h.tier == trace.Outside {
		h.kind = "buy"
	}
	if ev.BizLocation != nil {
		h.to = s.NearbyAddress(ev.BizLocation.ID)
	}
}

// describeTransformation tells a transformation that led to the lot, or that used the lot. The result is false for any other.
func (s *Story) describeTransformation(h *happening, ev *trace.Event) bool {
	h.kind, h.step = "transform", s.StepName(ev.Step, "page.word.transform")
	h.in, h.out = s.sumGoods(ev.Inputs, nil), s.sumGoods(ev.Outputs, nil)
	if containsLot(ev.Inputs, s.Root.Lot) {
		h.in = s.sumGoods(ev.Inputs, s.Told)
		return true
	}
	for _, q := range ev.Outputs {
		if i, known := s.NodeOf[q.Class]; known && s.Behind[i] {
			return true
		}
	}
	return false
}

func (s *Story) describeObservation(h *happening, ev *trace.Event) {
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
	h.step = s.StepName(ev.Step, "page.word."+h.kind)
}

// differenceReason is the reason given for a difference at receipt 签收差异 of a lot that is described one by one; "" where there is none.
func (s *Story) differenceReason(ev *trace.Event) string {
	for _, d := range ev.Differences {
		if s.Told[d.Lot] != nil {
			return d.Reason
		}
	}
	return ""
}

// sumGoods adds up amounts by product; only those of the lots in only, where only is not nil.
func (s *Story) sumGoods(list []trace.EventQuantity, only map[string]*trace.LotView) goods {
	var sum goods
	for _, q := range list {
		if only != nil && only[q.Class] == nil {
			continue
		}
		v := s.Told[q.Class]
		if v == nil {
			var err error
			if v, err = s.Ledger.Lot(q.Class, 0); err != nil {
				continue
			}
		}
		sum = sum.addGood(good{name: s.LotName(v), word: s.CountWord(&v.Product), unit: q.Unit, amount: q.Amount, lots: 1})
	}
	return sum
}

// mergeSameDay makes one of what happened several times on a day in the same way. Happenings with questions, links or evidence, field work
// and corrections stay apart.
func mergeSameDay(list []happening) []happening {
	byKey := map[string]int{}
	out := list[:0:0]
	for _, h := range list {
		key := strings.Join([]string{h.at.In(trace.ChinaTime).Format(time.DateOnly), h.kind, h.step, h.who, h.to, h.why,
			h.sentence}, "\x00")
		i, known := byKey[key]
		if !known || h.work != nil || len(h.questions)+len(h.links)+len(h.evidence) > 0 || h.kind == "correct" {
			if h.work == nil {
				byKey[key] = len(out)
			}
			out = append(out, h)
			continue
		}
		first := &out[i]
		for _, g := range h.in {
			first.in = first.in.addGood(g)
		}
		for _, g := range h.out {
			first.out = first.out.addGood(g)
		}
		first.units += h.units
		first.times += h.times
	}
	return out
}
