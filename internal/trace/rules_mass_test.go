package trace

import "testing"

// goods are an amount of a product.
type goods struct {
	product, amount string
	unit            Unit
}

func fruitKg(amount string) goods { return goods{"fruit", amount, Kilogram} }

// massBalances are transformations; the field want is the code of the question that is asked, empty where none is.
var massBalances = []struct {
	name    string
	in, out []goods
	want    string
	refused bool
}{
	{"as much", []goods{fruitKg("10")}, []goods{{"juice", "10", Kilogram}}, "", false},
	{"more", []goods{fruitKg("10")}, []goods{{"juice", "10.000001", Kilogram}}, "", true},
	{"nominal, as printed", []goods{fruitKg("10")}, []goods{{"jar", "20", Piece}}, "", false},
	{"nominal, a little more", []goods{fruitKg("50")}, []goods{{"jar", "102", Piece}}, "mass_gain", false},
	{"nominal, much more", []goods{fruitKg("50")}, []goods{{"jar", "103", Piece}}, "", true},
	{"out of nominal, as printed", []goods{{"jar", "100", Piece}}, []goods{{"juice", "50", Kilogram}}, "", false},
	{"out of nominal, a little more", []goods{{"jar", "100", Piece}}, []goods{{"juice", "50.5", Kilogram}}, "", true},
	{"litres are at most 2 kg", []goods{{"oil", "10", Litre}}, []goods{{"juice", "20", Kilogram}}, "", false},
	{"and not more", []goods{{"oil", "10", Litre}}, []goods{{"juice", "20.1", Kilogram}}, "", true},
	{"litres are at least half a kilogram", []goods{fruitKg("10")}, []goods{{"oil", "20", Litre}}, "", false},
	{"and not less", []goods{fruitKg("10")}, []goods{{"oil", "20.1", Litre}}, "", true},
	{"litres out of litres", []goods{{"oil", "10", Litre}}, []goods{{"oil", "10.1", Litre}}, "", true},
	{"one bag beside it", []goods{fruitKg("10"), {"bag", "1", Bag}}, []goods{{"juice", "1000000", Kilogram}}, "mass_unknown", false},
	{"a bag beside enough", []goods{fruitKg("10"), {"bag", "1", Bag}}, []goods{{"juice", "10", Kilogram}}, "", false},
	{"a bag into jars", []goods{{"bag", "1", Bag}}, []goods{{"jar", "10000", Piece}}, "mass_unknown", false},
	{"a bag and 10 kg into bags", []goods{{"bag", "1", Bag}, fruitKg("10")}, []goods{{"bag", "500", Bag}}, "mass_unknown", false},
	{"fruit into bags", []goods{fruitKg("10")}, []goods{{"bag", "500", Bag}}, "", false},
	{"bags into as many", []goods{{"bag", "5", Bag}}, []goods{{"bag", "5", Bag}}, "", false},
	{"bags into crates without a mass", []goods{{"bag", "5", Bag}}, []goods{{"crate", "5", Box}}, "mass_unknown", false},
	{"eggs weigh nothing beside leaf", []goods{{"eggs", "2", Sheet}, fruitKg("100")}, []goods{{"cocoon", "80", Kilogram}}, "", false},
	{"nor do they make up for it", []goods{{"eggs", "2", Sheet}, fruitKg("10")}, []goods{{"cocoon", "80", Kilogram}}, "", true},
	{"eggs alone, fed with what nobody recorded", []goods{{"eggs", "2", Sheet}}, []goods{{"cocoon", "80", Kilogram}}, "mass_unknown", false},
	{"more sheets than there were", []goods{{"eggs", "2", Sheet}}, []goods{{"eggs", "3", Sheet}}, "", true},
}

// TestMassBalance: as much comes out of a transformation as went in, or the ledger asks or refuses.
func TestMassBalance(t *testing.T) {
	for _, row := range massBalances {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			fx.mustSubmit(MasterCommand(System, KindProduct, Product{ID: NS + "/product/crate", Name: "crate", Unit: Box}))
			var list []EventQuantity
			for _, x := range row.in {
				id := fx.NewLotID()
				fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: id, Product: x.product, Amount: x.amount, Unit: x.unit}))
				list = append(list, QuantityOf(id, x.amount, x.unit))
			}
			var outs []LotSpec
			for _, x := range row.out {
				outs = append(outs, LotSpec{ID: fx.NewLotID(), Product: x.product, Amount: x.amount, Unit: x.unit})
			}
			e := TransformEvent(Day(10, 5), list, outs...)
			if row.refused {
				fx.expectRefused(Coop, e, CodeMoreOutThanIn, "outputQuantityList")
				return
			}
			r := fx.MustRecord(Coop, e)
			switch {
			case row.want == "" && len(r.Questions) > 0:
				t.Errorf("asked %+v", r.Questions)
			case row.want != "" && (len(r.Questions) != 1 || r.Questions[0].Code != row.want):
				t.Errorf("questions = %+v, want %s", r.Questions, row.want)
			}
			fx.expectSameReplay()
		})
	}
}

// TestChainKnowsBetter: where a step of a chain has judged the event, a mass that is not known is not asked about once more.
func TestChainKnowsBetter(t *testing.T) {
	for _, row := range []struct {
		name, step string
		verdict    Verdict
		want       int
	}{
		{"a known step without a question", "silk/bag", Verdict{}, 0},
		{"a step that may gain", "", Verdict{Gain: true}, 0},
		{"no step", "", Verdict{}, 1},
		{"a step with a question of its own", "silk/fry", Verdict{Questions: []Question{{Code: "unknown_step", Step: "silk/fry", What: "fry"}}},
			2},
	} {
		t.Run(row.name, func(t *testing.T) {
			j := &fixedAssessor{}
			fx := newFixtureWith(t, WriterOptions{Assessor: j})
			bag := fx.NewLotID()
			fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: bag, Product: "bag", Amount: "1", Unit: Bag}))
			j.mu.Lock()
			j.verdict = row.verdict
			j.mu.Unlock()
			e := TransformEvent(Day(10, 5), quantities(QuantityOf(bag, "1", Bag)), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "5"})
			e.Step = row.step
			if r := fx.MustRecord(Coop, e); len(r.Questions) != row.want {
				t.Errorf("questions = %+v, want %d", r.Questions, row.want)
			}
		})
	}
}
