package trace

import (
	"slices"
	"testing"
	"time"
)

// recordSeason records a season of the co-operative, or another, for these tests.
func (fx *Fixture) recordSeason(id, org, place, product string) {
	fx.T.Helper()
	s := Season{ID: NS + "/season/" + id, Name: id, Org: org, Place: placeURI(place), From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}
	if product != "" {
		s.Product = NS + "/product/" + product
	}
	fx.mustSubmit(MasterCommand(System, KindSeason, s))
}

// TestIntervalHoldsForThePlace, whatever season the spraying was recorded in.
func TestIntervalHoldsForThePlace(t *testing.T) {
	sprayed, at := Day(5, 10), Day(5, 12)
	for _, row := range []struct {
		name           string
		by             Actor
		on             string // place of the sprayed season
		who            Actor
		place, harvest string // season of the harvest, "" for none
		refused        bool
	}{
		{"the season's own harvest", Coop, "plot-a", Coop, "plot-a", "s-spray", true},
		{"without a season", Coop, "plot-a", Coop, "plot-a", "", true},
		{"of another season of the plot", Coop, "plot-a", Coop, "plot-a", "s-a", true},
		{"of a tree on the plot", Coop, "plot-a", Coop, "tree-a", "", true},
		{"of the plot around a sprayed tree", Coop, "tree-a", Coop, "plot-a", "", false},
		{"of another plot", Coop, "plot-a", Coop, "plot-b", "", false},
		{"by another on the same plot", Coop2, "plot-a", Coop, "plot-a", "", true},
		{"on a plot of the own sprayed village", Coop, "village-a", Coop, "plot-a", "", true},
		{"on a plot of the village that another sprayed", Coop2, "village-a", Coop, "plot-a", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			fx.recordSeason("s-spray", row.by.Org, row.on, "")
			r := fx.MustRecord(row.by, WorkEvent(sprayed, "s-spray", sprayWork("阿维菌素", 14)))
			e := HarvestEvent(at, row.place, row.harvest, LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"})
			if row.refused {
				fx.expectRefused(row.who, e, CodeInsideInterval, "eventTime")
				fx.MustRecord(row.by, CorrectionEvent(r))
			}
			fx.MustRecord(row.who, e)
			fx.expectSameReplay()
		})
	}
}

// TestWorkReportedLateAsks about harvests of the place, with a season or without.
func TestWorkReportedLateAsks(t *testing.T) {
	fx := newFixture(t)
	fx.recordSeason("s-other", Coop.Org, "plot-a", "")
	want := map[string]bool{}
	for _, h := range []struct {
		place, season string
		asked         bool
	}{{"plot-a", "s-a", true}, {"plot-a", "", true}, {"tree-a", "", true}, {"plot-a", "s-other", true}, {"plot-b", "", false},
		{"village-a", "", false}} {
		id := fx.NewLotID()
		fx.MustRecord(Coop, HarvestEvent(Day(5, 12), h.place, h.season, LotSpec{ID: id, Product: "leaf", Amount: "10"}))
		if h.asked {
			want[id] = true
		}
	}
	r := fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	for _, q := range r.Questions {
		if q.Code != "late_field_work" || !want[q.Lot] {
			t.Errorf("question = %+v", q)
		}
		delete(want, q.Lot)
	}
	if len(want) > 0 {
		t.Errorf("not asked about %v", want)
	}
	fx.expectSameReplay()
}

// TestBordersOfTheInterval: the interval counts calendar days in China, from the day of the first use to the last day before the label
// allows a harvest. A harvest is refused on the same days on which work that is reported late raises a question about the harvest.
func TestBordersOfTheInterval(t *testing.T) {
	sprayed := time.Date(2026, 5, 10, 2, 30, 0, 0, time.UTC) // 10:30 in China
	midnight := func(day int) time.Time { return time.Date(2026, 5, day, 0, 0, 0, 0, ChinaTime) }
	for _, row := range []struct {
		name   string
		at     time.Time
		last   int // day of May on which the spraying ended, 0 for the day it began
		inside bool
	}{
		{"the last millisecond of the day before", midnight(10).Add(-time.Millisecond), 0, false},
		{"the first moment of the day", midnight(10), 0, true},
		{"an hour before the spraying, the same day", sprayed.Add(-time.Hour), 0, true},
		{"the millisecond before the spraying", sprayed.Add(-time.Millisecond), 0, true},
		{"the very time of the spraying", sprayed, 0, true},
		{"the millisecond after the spraying", sprayed.Add(time.Millisecond), 0, true},
		{"the last millisecond of the third day after", midnight(13).Add(-time.Millisecond), 0, true},
		{"the first moment of the fourth day", midnight(13), 0, false},
		{"three times 24 hours after the spraying", sprayed.Add(3 * 24 * time.Hour), 0, false},
		{"between the first and the last use", midnight(11), 12, true},
		{"the last day counted from the last use", midnight(15).Add(-time.Millisecond), 12, true},
		{"the first day free, counted from the last use", midnight(15), 12, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := sprayWork("阿维菌素", 3)
			if row.last > 0 {
				w.Stop = NewTime(midnight(row.last))
			}
			early := newFixture(t)
			early.MustRecord(Coop, WorkEvent(sprayed, "s-a", w))
			harvest := HarvestEvent(row.at, "plot-a", "", LotSpec{ID: early.NewLotID(), Product: "leaf", Amount: "10"})
			if row.inside {
				early.expectRefused(Coop, harvest, CodeInsideInterval, "eventTime")
			} else {
				early.MustRecord(Coop, harvest)
			}
			late := newFixture(t)
			late.MustRecord(Coop, harvest)
			r := late.MustRecord(Coop, WorkEvent(sprayed, "s-a", w))
			if asked := len(r.Questions) == 1 && r.Questions[0].Code == "late_field_work"; asked != row.inside || len(r.Questions) > 1 {
				t.Errorf("questions = %+v, want one: %t", r.Questions, row.inside)
			}
			late.expectSameReplay()
		})
	}
}

// TestShortestInterval: an interval of one day is the day of the work, and no interval forbids nothing, not even on that day.
func TestShortestInterval(t *testing.T) {
	for _, row := range []struct {
		days, day int
		inside    bool
	}{{0, 10, false}, {1, 10, true}, {1, 11, false}} {
		fx := newFixture(t)
		fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", row.days)))
		harvest := HarvestEvent(Day(5, row.day), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"})
		if r := fx.Submit(Coop, harvest); IsCode(r.Err, CodeInsideInterval) != row.inside || r.Err != nil && !row.inside {
			t.Errorf("interval of %d days, harvest on the %dth: %v", row.days, row.day, r.Err)
		}
	}
}

// TestWorkWithoutIntervalForbidsNothing, also between the first and the last day of the work, and beside other work that has an interval.
func TestWorkWithoutIntervalForbidsNothing(t *testing.T) {
	fx := newFixture(t)
	fx.MustRecord(Coop, WorkEvent(Day(3, 1), "s-a", sprayWork("阿维菌素", 14)))
	prune := FieldWork{Kind: "prune", Stop: NewTime(Day(5, 12))}
	fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", prune))
	fx.MustRecord(Coop, HarvestEvent(Day(5, 11), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"}))
	if r := fx.MustRecord(Coop, WorkEvent(Day(5, 10).Add(time.Hour), "s-a", prune)); len(r.Questions) != 0 {
		t.Errorf("questions = %+v, want none", r.Questions)
	}
}

// TestWorkAndHarvestDoNotShareABatch: a harvest that is judged beside field work must not be of the same ground.
func TestWorkAndHarvestDoNotShareABatch(t *testing.T) {
	fx := newFixture(t)
	work := EventCommand(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	harvest := EventCommand(Coop, HarvestEvent(Day(5, 12), "tree-a", "", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"}))
	org := fx.Ledger.locationOf[Coop.Org]
	w, err := fx.Ledger.planEvent(work.Event(), org)
	if err != nil {
		t.Fatal(err)
	}
	h, err := fx.Ledger.planEvent(harvest.Event(), org)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(w.changedIDs, func(n string) bool { return slices.Contains(h.usedIDs, n) }) {
		t.Fatalf("the work changes %v, the harvest relies on %v", w.changedIDs, h.usedIDs)
	}
	out := fx.SubmitCommands(work, harvest)
	if out[0].Err != nil {
		t.Fatal(out[0].Err)
	}
	expectCode(t, out[1].Err, CodeInsideInterval, "eventTime")
}

// TestWithdrawnWorkLeavesThePages of the season's harvests, which listed it.
func TestWithdrawnWorkLeavesThePages(t *testing.T) {
	fx := newFixture(t)
	leaf := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(5, 12), "plot-a", "s-a", LotSpec{ID: leaf, Product: "leaf", Amount: "10"}))
	work := fx.MustRecord(Coop, WorkEvent(Day(5, 1), "s-a", FieldWork{Kind: "prune"}))
	r := fx.MustRecord(Coop, CorrectionEvent(work))
	if seq, _ := fx.Ledger.PageSeq(leaf); seq != r.Seq {
		t.Errorf("page of %d, want %d", seq, r.Seq)
	}
	if got := fx.Ledger.ListTouchedSince(work.Seq); !slices.Equal(got, []string{leaf}) {
		t.Errorf("touched since the work: %v", got)
	}
	fx.expectSameReplay()
}

// TestLeastMaximumBinds: a label's number of uses is not passed by leaving it out, or by a space.
func TestLeastMaximumBinds(t *testing.T) {
	use := func(agent string, most int) FieldWork {
		w := sprayWork(agent, 0)
		w.MaxUses = most
		return w
	}
	for _, row := range []struct {
		name  string
		works []FieldWork
		bad   int // index of the refused one, -1 for none
	}{
		{"left out", []FieldWork{use("Abamectin", 1), use("Abamectin", 0)}, 1},
		{"a space and other letters", []FieldWork{use("Abamectin", 1), use(" abamectin　", 0)}, 1},
		{"a larger one later", []FieldWork{use("阿维菌素", 2), use("阿维菌素", 9), use("阿维菌素", 9)}, 2},
		{"stated only by the last", []FieldWork{use("阿维菌素", 0), use("阿维菌素", 0), use("阿维菌素", 2)}, 2},
		{"another agent", []FieldWork{use("阿维菌素", 1), use("啶虫脒", 1)}, -1},
		{"work without an agent", []FieldWork{{Kind: "prune"}, {Kind: "irrigate", MaxUses: 1}, {Kind: "prune"}}, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			for i, w := range row.works {
				e := WorkEvent(Day(5, 1+i), "s-a", w)
				if i == row.bad {
					fx.expectRefused(Coop, e, CodeImpossible, "work.maxUses")
				} else {
					fx.MustRecord(Coop, e)
				}
			}
			fx.expectSameReplay()
		})
	}
}

func TestSeasonSense(t *testing.T) {
	stopped := func(at time.Time) FieldWork {
		w := sprayWork("阿维菌素", 14)
		w.Stop = NewTime(at)
		return w
	}
	dry := func(product, amount string, u Unit, kg string) func(fx *Fixture) (Actor, *Event) {
		return func(fx *Fixture) (Actor, *Event) {
			m, err := ParseAmount(kg)
			if err != nil {
				t.Fatal(err)
			}
			return Coop, HarvestEvent(Day(5, 1), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "1"},
				LotSpec{ID: fx.NewLotID(), Product: product, Amount: amount, Unit: u, Facts: LotFacts{DryMass: m}})
		}
	}
	expectRefusals(t, []refusal{
		{"work that stops in the future", func(*Fixture) (Actor, *Event) {
			return Coop, WorkEvent(Day(11, 1), "s-a", stopped(Noon.Add(ClockSkew+time.Second)))
		}, CodeFutureTime, "yousang:work.yousang:stop"},
		{"more dry mass than mass", dry("leaf", "10", Kilogram, "10.000001"), CodeBadValue, "quantityList[1].dryMass"},
		{"more dry mass than the jars hold", dry("jar", "10", Piece, "5.1"), CodeBadValue, "quantityList[1].dryMass"},
	})
	fx := newFixture(t)
	fx.MustRecord(Coop, WorkEvent(Day(11, 1), "s-a", stopped(Noon.Add(ClockSkew))))
	for _, ok := range []func(fx *Fixture) (Actor, *Event){dry("leaf", "10", Kilogram, "10"), dry("bag", "10", Bag, "99")} {
		a, e := ok(fx)
		fx.MustRecord(a, e)
	}
}

// TestHarvestOfAnotherChain: a mulberry field that bears pomelo is asked about.
func TestHarvestOfAnotherChain(t *testing.T) {
	fx := newFixture(t)
	for _, p := range []Product{{ID: "mulberry", Chain: "silk"}, {ID: "eggplant", Chain: "silk"}, {ID: "pomelo", Chain: "pomelo"}} {
		p.Name, p.ID, p.Unit = p.ID, NS+"/product/"+p.ID, Kilogram
		fx.mustSubmit(MasterCommand(System, KindProduct, p))
	}
	fx.recordSeason("s-mulberry", Coop.Org, "plot-b", "mulberry")
	fx.recordSeason("s-fruit", Coop.Org, "plot-b", "fruit")
	for _, row := range []struct {
		name, season, product, want string
	}{
		{"what was sown", "s-mulberry", "mulberry", ""},
		{"another product of the chain", "s-mulberry", "eggplant", ""},
		{"another chain's", "s-mulberry", "pomelo", "pomelo"},
		{"a product of no chain", "s-mulberry", "fruit", ""},
		{"a season of no chain", "s-fruit", "pomelo", ""},
		{"a season of nothing", "s-a", "pomelo", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			place, lot := "plot-b", fx.NewLotID()
			if row.season == "s-a" {
				place = "plot-a"
			}
			r := fx.MustRecord(Coop, HarvestEvent(Day(5, 1), place, row.season, LotSpec{ID: lot, Product: row.product, Amount: "1"},
				LotSpec{ID: fx.NewLotID(), Product: row.product, Amount: "2"}))
			switch {
			case row.want == "" && len(r.Questions) > 0:
				t.Errorf("asked %+v", r.Questions)
			case row.want != "" && (len(r.Questions) != 1 || r.Questions[0].Code != "unexpected_product" || r.Questions[0].What != row.want ||
				r.Questions[0].Lot != lot):
				t.Errorf("questions = %+v, want one about %s", r.Questions, row.want)
			}
		})
	}
}

// TestAnotherOrganisationsGround: an organisation does not work at a place of another organisation, but a bureau looks at the place.
func TestAnotherOrganisationsGround(t *testing.T) {
	site := NS + "/place/mill-site"
	at := func(e *Event) *Event {
		e.BizLocation = &ID{site}
		return e
	}
	county := func(fx *Fixture) {
		fx.mustSubmit(MasterCommand(System, KindPlace, Place{ID: site, Kind: "site", Name: "厂", Parent: placeURI("town"), Tier: Town,
			Org: Mill.Org}))
	}
	day := Day(10, 5)
	var rows []refusal
	for name, e := range map[string]func(fx *Fixture) *Event{
		"harvested": func(fx *Fixture) *Event {
			return HarvestEvent(day, "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"})
		},
		"processed": func(fx *Fixture) *Event {
			return TransformEvent(day, quantities(Kg(fx.HarvestFruit("5"), "1")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "1"})
		},
		"shipped": func(fx *Fixture) *Event {
			return ShipEvent(day, fx.NewShipmentID(), Mill, quantities(Kg(fx.HarvestFruit("5"), "1")))
		},
		"packed": func(fx *Fixture) *Event {
			return PackEvent(day, fx.NewUnitID(), quantities(Kg(fx.HarvestFruit("5"), "1")))
		},
		"unpacked": func(fx *Fixture) *Event {
			return UnpackEvent(day, fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "1"))))
		},
		"lost":      func(fx *Fixture) *Event { return LossEvent(day, "烂", Kg(fx.HarvestFruit("5"), "1")) },
		"sprayed":   func(*Fixture) *Event { return WorkEvent(day, "s-a", sprayWork("阿维菌素", 14)) },
		"inspected": func(fx *Fixture) *Event { return InspectEvent(day, fx.HarvestFruit("5")) },
	} {
		rows = append(rows, refusal{name, func(fx *Fixture) (Actor, *Event) {
			county(fx)
			return Coop, at(e(fx))
		}, CodeNotAllowed, "bizLocation"})
	}
	expectRefusals(t, rows)
	fx := newFixture(t)
	county(fx)
	f := fx.HarvestFruit("10")
	fx.MustRecord(Office, at(InspectEvent(day, f)))
	fx.MustRecord(Mill, at(ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "1")), quantities(Kg(f, "1")))))
	fx.expectSameReplay()
}
