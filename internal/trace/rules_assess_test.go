package trace

import (
	"reflect"
	"sync"
	"testing"
)

// fixedAssessor answers every assessment alike and keeps what it was shown.
type fixedAssessor struct {
	mu      sync.Mutex
	seen    []Assessment
	verdict Verdict
}

func (j *fixedAssessor) Assess(a Assessment) Verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen = append(j.seen, a)
	return j.verdict
}

func TestWhatAChainIsShown(t *testing.T) {
	j := &fixedAssessor{}
	fx := newFixtureWith(t, WriterOptions{Assessor: j})
	leaf := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(5, 1), "plot-a", "s-a", LotSpec{ID: leaf, Product: "leaf", Amount: "200", Unit: "斤",
		Facts: LotFacts{Pieces: Whole(50), DryMass: Whole(30), Grade: "一级", Attributes: []Attribute{{"干壳量", "9.4"}}}}))
	fx.MustRecord(Coop, HarvestEvent(Day(5, 2), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "7"}))
	fx.MustRecord(Coop, TransformEvent(Day(5, 3), quantities(Kg(leaf, "25")), LotSpec{ID: fx.NewLotID(), Product: "jar", Amount: "4",
		Unit: Piece}))
	fx.MustRecord(Coop, LossEvent(Day(5, 3), "烂", Kg(leaf, "1")))
	fx.MustRecord(Coop, InspectEvent(Day(5, 4), leaf)) // of no step: no chain is asked
	inspect := InspectEvent(Day(5, 5), leaf)
	inspect.Step = "pomelo/store"
	fx.MustRecord(Coop, inspect)
	if len(j.seen) != 4 {
		t.Fatalf("%d assessments, want those of two harvests, a process and an inspection", len(j.seen))
	}
	first, second, process, inspection := j.seen[0], j.seen[1], j.seen[2], j.seen[3]
	if len(process.Inputs) != 1 || len(inspection.Inputs) != 1 || inspection.Inputs[0].Quantity != (Quantity{Whole(100), Kilogram}) {
		t.Errorf("a process of one lot is shown %d lots; an inspection of one lot is shown %+v", len(process.Inputs), inspection.Inputs)
	}
	if first.Yielded != 0 || second.Yielded != Whole(100) || first.Season == nil || first.Season.ID != NS+"/season/s-a" ||
		first.MakerTier != Village {
		t.Errorf("harvests = %+v, %+v", first, second)
	}
	if o := first.Outputs[0]; o.Quantity != (Quantity{Whole(100), Kilogram}) || o.Mass != Whole(100) || o.Pieces != Whole(50) ||
		o.Grade != "一级" {
		t.Errorf("harvested = %+v", o)
	}
	if in := process.Inputs[0]; in.Mass != Whole(25) || in.Pieces != Whole(12)+AmountScale/2 || in.DryMass != Whole(7)+AmountScale/2 ||
		!reflect.DeepEqual(in.Attributes, []Attribute{{"干壳量", "9.4"}}) {
		t.Errorf("taken = %+v, want a quarter of what was declared", in)
	}
	if out := process.Outputs[0]; out.Mass != Whole(2) || out.Quantity != (Quantity{Whole(4), Piece}) || process.Season != nil {
		t.Errorf("made = %+v", out)
	}
}

func TestVerdicts(t *testing.T) {
	more := func(fx *Fixture) *Event {
		return TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("10"), "10")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "12"})
	}
	t.Run("a question is recorded", func(t *testing.T) {
		j := &fixedAssessor{verdict: Verdict{Questions: []Question{{Code: "ratio_low", Step: "pomelo/juice", What: "juice"}}}}
		fx := newFixtureWith(t, WriterOptions{Assessor: j})
		f := fx.HarvestFruit("10")
		v, err := fx.Ledger.Lot(f, 0)
		if err != nil || len(v.Questions) != 1 || v.Questions[0].Questions[0].Code != "ratio_low" {
			t.Fatalf("questions = %+v, %v", v.Questions, err)
		}
		if fx.Ledger.Stats().Questions != 1 {
			t.Fatalf("stats = %+v", fx.Ledger.Stats())
		}
		fx.expectSameReplay()
	})
	t.Run("what cannot be is refused", func(t *testing.T) {
		j := &fixedAssessor{}
		fx := newFixtureWith(t, WriterOptions{Assessor: j})
		e := TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("10"), "10")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "9"})
		j.mu.Lock()
		j.verdict.Err = E(Invalid, CodeImpossible, "outputs", "what", "silk")
		j.mu.Unlock()
		fx.expectRefused(Coop, e, CodeImpossible, "outputs")
	})
	t.Run("a step may gain", func(t *testing.T) {
		fx := newFixtureWith(t, WriterOptions{Assessor: &fixedAssessor{verdict: Verdict{Gain: true}}})
		fx.MustRecord(Coop, more(fx))
		fx.expectSameReplay()
	})
	t.Run("or not", func(t *testing.T) {
		fx := newFixtureWith(t, WriterOptions{Assessor: &fixedAssessor{}})
		fx.expectRefused(Coop, more(fx), CodeMoreOutThanIn, "outputQuantityList")
	})
}

func TestLookups(t *testing.T) {
	fx := newFixture(t)
	r := fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "7"}))
	l := fx.Ledger
	if seq, ok := l.EventSeq(r.EventID); !ok || seq != r.Seq {
		t.Errorf("event is record %d, %v", seq, ok)
	}
	if o, ok := l.Organisation(Coop.Org); !ok || o.Kind != "cooperative" {
		t.Errorf("organisation = %+v, %v", o, ok)
	}
	if p, ok := l.Place(placeURI("plot-a")); !ok || p.Parent != placeURI("village-a") {
		t.Errorf("place = %+v, %v", p, ok)
	}
	if p, ok := l.Product(NS + "/product/jar"); !ok || p.NetMass != AmountScale/2 {
		t.Errorf("product = %+v, %v", p, ok)
	}
	if s, ok := l.Season(NS + "/season/s-a"); !ok || s.Org != Coop.Org {
		t.Errorf("season = %+v, %v", s, ok)
	}
	if all, own := l.Seasons(""), l.Seasons(Coop.Org); len(all) != 2 || len(own) != 1 {
		t.Errorf("%d seasons, %d of them own", len(all), len(own))
	}
	_, event := l.EventSeq("x")
	_, org := l.Organisation("x")
	_, place := l.Place("x")
	_, product := l.Product("x")
	_, season := l.Season("x")
	_, page := l.PageSeq("x")
	if event || org || place || product || season || page {
		t.Error("something is found by the name x")
	}
	if s := l.Stats(); s.Head != r.Seq || s.Lots != 1 || s.Products != 12 || s.Seasons != 2 || s.Organisations != 5 || s.Places != 8 ||
		s.Holdings != 1 {
		t.Errorf("stats = %+v", s)
	}
}
