package trace

import (
	"testing"
	"time"
)

func sprayWork(agent string, days int) FieldWork {
	return FieldWork{Kind: "spray", Agent: agent, Dose: "1500 倍液", IntervalDays: days}
}

// fieldWorkRefusals are field works that are refused, each with its code and its field.
var fieldWorkRefusals = []refusal{
	{"on no season", func(*Fixture) (Actor, *Event) {
		e := WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14))
		e.EPCs = nil
		return Coop, e
	}, CodeRequired, "epcList[0]"},
	{"on no season, with a lot", func(fx *Fixture) (Actor, *Event) {
		e := WorkEvent(Day(5, 10), "s-a", FieldWork{Kind: "fertilise"}, Kg(fx.HarvestFruit("5"), "1"))
		e.OutputEPCs = nil
		return Coop, e
	}, CodeRequired, "outputEPCList[0]"},
	{"on an unknown season", func(*Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(5, 10), "s-x", sprayWork("阿维菌素", 14))
	}, CodeUnknownThing,
		"epcList[0]"},
	{"of an unknown kind", func(*Fixture) (Actor, *Event) { return Coop, WorkEvent(Day(5, 10), "s-a", FieldWork{Kind: "pray"}) }, CodeBadValue,
		"yousang:work.yousang:kind"},
	{"with a negative interval", func(*Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", -1))
	}, CodeBadValue,
		"yousang:work.yousang:intervalDays"},
	{"with an interval of years", func(*Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 401))
	}, CodeBadValue,
		"yousang:work.yousang:intervalDays"},
	{"that stopped before it began", func(*Fixture) (Actor, *Event) {
		w := sprayWork("阿维菌素", 14)
		w.Stop = Time{Day(5, 8)}
		return Coop, WorkEvent(Day(5, 10), "s-a", w)
	}, CodeBadTime, "yousang:work.yousang:stop"},
	{"by another", func(*Fixture) (Actor, *Event) {
		return Coop2, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14))
	}, CodeNotAllowed, "season"},
	{"before the season", func(*Fixture) (Actor, *Event) {
		return Coop, WorkEvent(time.Date(2025, 12, 31, 15, 59, 59, 0, time.UTC), "s-a", sprayWork("阿维菌素", 14))
	}, CodeSeasonClosed, "eventTime"},
	{"once more than the label allows", func(fx *Fixture) (Actor, *Event) {
		w := sprayWork("阿维菌素", 14)
		w.MaxUses = 2
		fx.MustRecord(Coop, WorkEvent(Day(4, 1), "s-a", w))
		fx.MustRecord(Coop, WorkEvent(Day(4, 20), "s-a", w))
		return Coop, WorkEvent(Day(5, 10), "s-a", w)
	}, CodeImpossible, "work.maxUses"},
	{"with more than there is", func(fx *Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(10, 5), "s-a", FieldWork{Kind: "fertilise"}, Kg(fx.HarvestFruit("5"), "6"))
	}, CodeInsufficient, "inputQuantityList[0].quantity"},
	{"with another's lot", func(fx *Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(10, 5), "s-a", FieldWork{Kind: "fertilise"}, Kg(fx.HarvestFruitAs(Coop2, "plot-b", "5"), "1"))
	}, CodeNotHolder, "inputQuantityList[0].epcClass"},
	{"with a lot that is not yet made", func(fx *Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(9, 5), "s-a", FieldWork{Kind: "fertilise"}, Kg(fx.HarvestFruit("5"), "1"))
	}, CodeBeforeLot, "inputQuantityList[0]"},
}

func TestFieldWorkRules(t *testing.T) {
	expectRefusals(t, fieldWorkRefusals)
}

func TestWorkWithSeveralLotsIsOneUse(t *testing.T) {
	fx := newFixture(t)
	w := FieldWork{Kind: "fertilise", Agent: "堆肥", MaxUses: 2}
	fx.MustRecord(Coop, WorkEvent(Day(10, 2), "s-a", w, Kg(fx.HarvestFruit("5"), "5"), Kg(fx.HarvestFruit("6"), "6"),
		Kg(fx.HarvestFruit("7"), "7")))
	fx.MustRecord(Coop, WorkEvent(Day(10, 3), "s-a", w, Kg(fx.HarvestFruit("5"), "5")))
	fx.expectRefused(Coop, WorkEvent(Day(10, 4), "s-a", w), CodeImpossible, "work.maxUses")
	if s, _ := fx.Ledger.Season(NS + "/season/s-a"); len(s.Works) != 4 {
		t.Fatalf("%d works, want a row for each lot", len(s.Works))
	}
}

func TestHarvestFromASeasonRules(t *testing.T) {
	harvest := func(a Actor, at time.Time, place, season string, before ...*Event) func(fx *Fixture) (Actor, *Event) {
		return func(fx *Fixture) (Actor, *Event) {
			for _, e := range before {
				fx.MustRecord(Coop, e)
			}
			return a, HarvestEvent(at, place, season, LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"})
		}
	}
	long := sprayWork("阿维菌素", 14)
	long.Stop = Time{Day(5, 20)}
	expectRefusals(t, []refusal{
		{"by another", harvest(Coop2, Day(5, 1), "plot-a", "s-a"), CodeNotAllowed, "season"},
		{"of another plot", harvest(Coop, Day(5, 1), "plot-b", "s-a"), CodeWrongPlace, "bizLocation"},
		{"of the village around it", harvest(Coop, Day(5, 1), "village-a", "s-a"), CodeWrongPlace, "bizLocation"},
		{"before the season", harvest(Coop, time.Date(2025, 12, 31, 15, 0, 0, 0, time.UTC), "plot-a", "s-a"), CodeSeasonClosed, "eventTime"},
		{"on the day of the spraying", harvest(Coop, Day(5, 10), "plot-a", "s-a", WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14))),
			CodeInsideInterval, "eventTime"},
		{"on the last day of the interval", harvest(Coop, Day(5, 23), "tree-a", "s-a", WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14))),
			CodeInsideInterval, "eventTime"},
		{"between the days of a long spraying", harvest(Coop, Day(5, 15), "plot-a", "s-a", WorkEvent(Day(5, 10), "s-a", long)),
			CodeInsideInterval, "eventTime"},
		{"inside the interval after its last day", harvest(Coop, Day(6, 2), "plot-a", "s-a", WorkEvent(Day(5, 10), "s-a", long)),
			CodeInsideInterval, "eventTime"},
	})
}

func TestHarvestOutsideTheInterval(t *testing.T) {
	fx := newFixture(t)
	fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	for _, at := range []time.Time{Day(5, 9), Day(5, 24), Day(5, 10).Add(14*24*time.Hour - 8*time.Hour)} { // the last: midnight in China
		fx.MustRecord(Coop, HarvestEvent(at, "tree-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"}))
	}
	withoutPlace := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(1, 1), "", "s-a", LotSpec{ID: withoutPlace, Product: "leaf", Amount: "10"}))
	if v, _ := fx.Ledger.Lot(withoutPlace, 0); v.Made.Place == nil || v.Made.Place.ID != placeURI("plot-a") || len(v.Season.Works) != 0 {
		t.Fatalf("made at %+v, want the season's plot, before any work", v.Made)
	}
	fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", FieldWork{Kind: "prune"}))
	fx.expectSameReplay()
}

func TestLateFieldWorkAsks(t *testing.T) {
	fx := newFixture(t)
	near, far := fx.NewLotID(), fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(5, 12), "plot-a", "s-a", LotSpec{ID: near, Product: "leaf", Amount: "10"}))
	fx.MustRecord(Coop, HarvestEvent(Day(5, 25), "plot-a", "s-a", LotSpec{ID: far, Product: "leaf", Amount: "10"}))
	r := fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	if len(r.Questions) != 1 {
		t.Fatalf("questions = %+v, want one", r.Questions)
	}
	if q := r.Questions[0]; q.Code != "late_field_work" || q.Lot != near || q.Value != "2" || q.Low != "14" || q.What != "阿维菌素" {
		t.Fatalf("question = %+v", q)
	}
	if s, _ := fx.Ledger.PageSeq(near); s != r.Seq {
		t.Fatalf("page of the harvest is of %d, want %d", s, r.Seq)
	}
	fx.expectSameReplay()
}

// TestClosedLoop is 桑养蚕、沙作肥、肥育桑: leaf feeds silkworms, their sand becomes compost, the compost fertilises the same plot, and a
// later leaf comes of it. The trace is a spiral: the trace ends, and the first leaf does not come of the compost.
func TestClosedLoop(t *testing.T) {
	fx := newFixture(t)
	leaf := func(at time.Time) string {
		id := fx.NewLotID()
		fx.MustRecord(Coop, HarvestEvent(at, "plot-a", "s-a", LotSpec{ID: id, Product: "leaf", Amount: "1500"}))
		return id
	}
	first := leaf(Day(5, 1))
	cocoon, sand, compost := fx.NewLotID(), fx.NewLotID(), fx.NewLotID()
	fx.MustRecord(Coop, TransformEvent(Day(5, 20), quantities(Kg(first, "1400")), LotSpec{ID: cocoon, Product: "cocoon", Amount: "100"},
		LotSpec{ID: sand, Product: "sand", Amount: "600"}))
	fx.MustRecord(Coop, TransformEvent(Day(6, 10), quantities(Kg(sand, "600")), LotSpec{ID: compost, Product: "compost", Amount: "400"}))
	fx.MustRecord(Coop, WorkEvent(Day(6, 15), "s-a", FieldWork{Kind: "fertilise", Agent: "蚕沙堆肥"}, Kg(compost, "400")))
	second := leaf(Day(8, 1))
	late := leaf(Day(6, 1)) // picked before the fertilising, recorded after it
	fx.expectHeld(Coop, compost, "0 KGM")

	for _, row := range []struct {
		name string
		from string
		dir  Direction
		want []string
	}{
		{"back from the second leaf", second, Back, []string{first, sand, compost, second}},
		{"back from the first leaf", first, Back, []string{first}},
		{"back from a leaf picked before", late, Back, []string{late}},
		{"forward from the first leaf", first, Forward, []string{first, cocoon, sand, compost, second}},
		{"forward from the compost", compost, Forward, []string{compost, second}},
		{"forward from the second leaf", second, Forward, []string{second}},
	} {
		t.Run(row.name, func(t *testing.T) {
			tr, err := fx.Ledger.Trace(row.from, row.dir, 0, 0)
			if err != nil || tr.Truncated {
				t.Fatalf("trace = %+v, %v", tr, err)
			}
			expectLots(t, tr, row.want...)
		})
	}
	tr, _ := fx.Ledger.Trace(second, Back, 0, 0)
	if len(tr.Seasons) != 1 || len(tr.Seasons[0].In) != 1 || len(tr.Seasons[0].Out) != 2 {
		t.Fatalf("seasons = %+v, want the plot's, with the compost in and two leaves out", tr.Seasons)
	}
	fx.expectSameReplay()
}

func expectLots(t *testing.T, tr *Trace, want ...string) {
	t.Helper()
	got := map[string]bool{}
	for _, n := range tr.Nodes {
		got[n.Lot] = true
	}
	for _, id := range want {
		if !got[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if len(tr.Nodes) != len(want) {
		t.Errorf("%d lots, want %d", len(tr.Nodes), len(want))
	}
}
