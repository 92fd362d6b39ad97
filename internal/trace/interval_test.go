package trace

import (
	"slices"
	"testing"
	"time"
)

// season records a season of the co-operative, or another, for these tests.
func (d *Desk) season(id, org, place, product string) {
	d.T.Helper()
	s := Season{ID: NS + "/season/" + id, Name: id, Org: org, Place: under(place), From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}
	if product != "" {
		s.Product = NS + "/product/" + product
	}
	d.command(Master(System, KindSeason, s))
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
			d := desk(t)
			d.season("s-spray", row.by.Org, row.on, "")
			r := d.Must(row.by, Work(sprayed, "s-spray", spray("阿维菌素", 14)))
			e := Harvest(at, row.place, row.harvest, Out{ID: d.LotID(), Product: "leaf", Amount: "10"})
			if row.refused {
				d.refused(row.who, e, CodeInsideInterval, "eventTime")
				d.Must(row.by, Withdraw(r))
			}
			d.Must(row.who, e)
			d.replayed()
		})
	}
}

// TestWorkReportedLateAsks about harvests of the place, with a season or without.
func TestWorkReportedLateAsks(t *testing.T) {
	d := desk(t)
	d.season("s-other", Coop.Org, "plot-a", "")
	want := map[string]bool{}
	for _, h := range []struct {
		place, season string
		asked         bool
	}{{"plot-a", "s-a", true}, {"plot-a", "", true}, {"tree-a", "", true}, {"plot-a", "s-other", true}, {"plot-b", "", false}, {"village-a", "", false}} {
		id := d.LotID()
		d.Must(Coop, Harvest(Day(5, 12), h.place, h.season, Out{ID: id, Product: "leaf", Amount: "10"}))
		if h.asked {
			want[id] = true
		}
	}
	r := d.Must(Coop, Work(Day(5, 10), "s-a", spray("阿维菌素", 14)))
	for _, q := range r.Questions {
		if q.Code != "late_field_work" || !want[q.Lot] {
			t.Errorf("question = %+v", q)
		}
		delete(want, q.Lot)
	}
	if len(want) > 0 {
		t.Errorf("not asked about %v", want)
	}
	d.replayed()
}

// TestWorkAndHarvestDoNotShareABatch: what is judged beside field work must not rely on the same ground.
func TestWorkAndHarvestDoNotShareABatch(t *testing.T) {
	d := desk(t)
	work := Seal(Coop, Work(Day(5, 10), "s-a", spray("阿维菌素", 14)))
	harvest := Seal(Coop, Harvest(Day(5, 12), "tree-a", "", Out{ID: d.LotID(), Product: "leaf", Amount: "10"}))
	org := d.Ledger.locationOf[Coop.Org]
	w, err := d.Ledger.planEvent(work.Event, org)
	if err != nil {
		t.Fatal(err)
	}
	h, err := d.Ledger.planEvent(harvest.Event, org)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(w.names, func(n string) bool { return slices.Contains(h.reads, n) }) {
		t.Fatalf("the work changes %v, the harvest relies on %v", w.names, h.reads)
	}
	out := d.Writer.Submit(t.Context(), work, harvest)
	if out[0].Err != nil {
		t.Fatal(out[0].Err)
	}
	wantCode(t, out[1].Err, CodeInsideInterval, "eventTime")
}

// TestWithdrawnWorkLeavesThePages of the season's harvests, which listed it.
func TestWithdrawnWorkLeavesThePages(t *testing.T) {
	d := desk(t)
	leaf := d.LotID()
	d.Must(Coop, Harvest(Day(5, 12), "plot-a", "s-a", Out{ID: leaf, Product: "leaf", Amount: "10"}))
	work := d.Must(Coop, Work(Day(5, 1), "s-a", FieldWork{Kind: "prune"}))
	r := d.Must(Coop, Withdraw(work))
	if seq, _ := d.Ledger.PageSeq(leaf); seq != r.Seq {
		t.Errorf("page of %d, want %d", seq, r.Seq)
	}
	if got := d.Ledger.ListTouchedSince(work.Seq); !slices.Equal(got, []string{leaf}) {
		t.Errorf("touched since the work: %v", got)
	}
	d.replayed()
}

// TestLeastMaximumBinds: a label's number of uses is not passed by leaving it out, or by a space.
func TestLeastMaximumBinds(t *testing.T) {
	use := func(agent string, most int) FieldWork {
		w := spray(agent, 0)
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
			d := desk(t)
			for i, w := range row.works {
				e := Work(Day(5, 1+i), "s-a", w)
				if i == row.bad {
					d.refused(Coop, e, CodeImpossible, "work.maxUses")
				} else {
					d.Must(Coop, e)
				}
			}
			d.replayed()
		})
	}
}

func TestSeasonSense(t *testing.T) {
	stopped := func(at time.Time) FieldWork {
		w := spray("阿维菌素", 14)
		w.Stop = NewTime(at)
		return w
	}
	dry := func(product, amount string, u Unit, kg string) func(d *Desk) (Actor, *Event) {
		return func(d *Desk) (Actor, *Event) {
			m, err := ParseAmount(kg)
			if err != nil {
				t.Fatal(err)
			}
			return Coop, Harvest(Day(5, 1), "plot-a", "", Out{ID: d.LotID(), Product: "leaf", Amount: "1"},
				Out{ID: d.LotID(), Product: product, Amount: amount, Unit: u, Facts: LotFacts{DryMass: m}})
		}
	}
	run(t, []refusal{
		{"work that stops in the future", func(*Desk) (Actor, *Event) {
			return Coop, Work(Day(11, 1), "s-a", stopped(Noon.Add(ClockSkew+time.Second)))
		}, CodeFutureTime, "yousang:work.yousang:stop"},
		{"more dry mass than mass", dry("leaf", "10", Kilogram, "10.000001"), CodeBadValue, "quantityList[1].dryMass"},
		{"more dry mass than the jars hold", dry("jar", "10", Piece, "5.1"), CodeBadValue, "quantityList[1].dryMass"},
	})
	d := desk(t)
	d.Must(Coop, Work(Day(11, 1), "s-a", stopped(Noon.Add(ClockSkew))))
	for _, ok := range []func(d *Desk) (Actor, *Event){dry("leaf", "10", Kilogram, "10"), dry("bag", "10", Bag, "99")} {
		a, e := ok(d)
		d.Must(a, e)
	}
}

// TestHarvestOfAnotherChain: a mulberry field that bears pomelo is asked about.
func TestHarvestOfAnotherChain(t *testing.T) {
	d := desk(t)
	for _, p := range []Product{{ID: "mulberry", Chain: "silk"}, {ID: "eggplant", Chain: "silk"}, {ID: "pomelo", Chain: "pomelo"}} {
		p.Name, p.ID, p.Unit = p.ID, NS+"/product/"+p.ID, Kilogram
		d.command(Master(System, KindProduct, p))
	}
	d.season("s-mulberry", Coop.Org, "plot-b", "mulberry")
	d.season("s-fruit", Coop.Org, "plot-b", "fruit")
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
			place, lot := "plot-b", d.LotID()
			if row.season == "s-a" {
				place = "plot-a"
			}
			r := d.Must(Coop, Harvest(Day(5, 1), place, row.season, Out{ID: lot, Product: row.product, Amount: "1"}, Out{ID: d.LotID(), Product: row.product, Amount: "2"}))
			switch {
			case row.want == "" && len(r.Questions) > 0:
				t.Errorf("asked %+v", r.Questions)
			case row.want != "" && (len(r.Questions) != 1 || r.Questions[0].Code != "unexpected_product" || r.Questions[0].What != row.want || r.Questions[0].Lot != lot):
				t.Errorf("questions = %+v, want one about %s", r.Questions, row.want)
			}
		})
	}
}

// TestAnotherOrganisationsGround: nobody works at a place that is somebody else's, but a bureau looks at it.
func TestAnotherOrganisationsGround(t *testing.T) {
	site := NS + "/place/mill-site"
	at := func(e *Event) *Event {
		e.BizLocation = &ID{site}
		return e
	}
	county := func(d *Desk) {
		d.command(Master(System, KindPlace, Place{ID: site, Kind: "site", Name: "厂", Parent: under("town"), Tier: Town, Org: Mill.Org}))
	}
	day := Day(10, 5)
	var rows []refusal
	for name, e := range map[string]func(d *Desk) *Event{
		"harvested": func(d *Desk) *Event {
			return Harvest(day, "plot-a", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"})
		},
		"processed": func(d *Desk) *Event {
			return Transform(day, some(Kg(d.Fruit("5"), "1")), Out{ID: d.LotID(), Product: "juice", Amount: "1"})
		},
		"shipped":   func(d *Desk) *Event { return Ship(day, d.ShipmentID(), Mill, some(Kg(d.Fruit("5"), "1"))) },
		"packed":    func(d *Desk) *Event { return Pack(day, d.UnitID(), some(Kg(d.Fruit("5"), "1"))) },
		"unpacked":  func(d *Desk) *Event { return Unpack(day, d.Boxed(Coop, some(Kg(d.Fruit("5"), "1")))) },
		"lost":      func(d *Desk) *Event { return Loss(day, "烂", Kg(d.Fruit("5"), "1")) },
		"sprayed":   func(*Desk) *Event { return Work(day, "s-a", spray("阿维菌素", 14)) },
		"inspected": func(d *Desk) *Event { return Inspect(day, d.Fruit("5")) },
	} {
		rows = append(rows, refusal{name, func(d *Desk) (Actor, *Event) {
			county(d)
			return Coop, at(e(d))
		}, CodeNotAllowed, "bizLocation"})
	}
	run(t, rows)
	d := desk(t)
	county(d)
	f := d.Fruit("10")
	d.Must(Office, at(Inspect(day, f)))
	d.Must(Mill, at(Receive(Day(10, 4), d.Sent(Kg(f, "1")), some(Kg(f, "1")))))
	d.replayed()
}
