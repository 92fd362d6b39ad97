package trace

import "testing"

// TestMassBalance: what comes out of what; want is the question's code, "" for none.
func TestMassBalance(t *testing.T) {
	type in struct {
		product, amount string
		unit            Unit
	}
	kg := func(n string) in { return in{"fruit", n, Kilogram} }
	for _, row := range []struct {
		name    string
		in, out []in
		want    string
		refused bool
	}{
		{"as much", []in{kg("10")}, []in{{"juice", "10", Kilogram}}, "", false},
		{"more", []in{kg("10")}, []in{{"juice", "10.000001", Kilogram}}, "", true},
		{"nominal, as printed", []in{kg("10")}, []in{{"jar", "20", Piece}}, "", false},
		{"nominal, a little more", []in{kg("50")}, []in{{"jar", "102", Piece}}, "mass_gain", false},
		{"nominal, much more", []in{kg("50")}, []in{{"jar", "103", Piece}}, "", true},
		{"out of nominal, as printed", []in{{"jar", "100", Piece}}, []in{{"juice", "50", Kilogram}}, "", false},
		{"out of nominal, a little more", []in{{"jar", "100", Piece}}, []in{{"juice", "50.5", Kilogram}}, "", true},
		{"litres are at most 2 kg", []in{{"oil", "10", Litre}}, []in{{"juice", "20", Kilogram}}, "", false},
		{"and not more", []in{{"oil", "10", Litre}}, []in{{"juice", "20.1", Kilogram}}, "", true},
		{"litres are at least half a kilogram", []in{kg("10")}, []in{{"oil", "20", Litre}}, "", false},
		{"and not less", []in{kg("10")}, []in{{"oil", "20.1", Litre}}, "", true},
		{"litres out of litres", []in{{"oil", "10", Litre}}, []in{{"oil", "10.1", Litre}}, "", true},
		{"one bag beside it", []in{kg("10"), {"bag", "1", Bag}}, []in{{"juice", "1000000", Kilogram}}, "mass_unknown", false},
		{"a bag beside enough", []in{kg("10"), {"bag", "1", Bag}}, []in{{"juice", "10", Kilogram}}, "", false},
		{"a bag into jars", []in{{"bag", "1", Bag}}, []in{{"jar", "10000", Piece}}, "mass_unknown", false},
		{"a bag and 10 kg into bags", []in{{"bag", "1", Bag}, kg("10")}, []in{{"bag", "500", Bag}}, "mass_unknown", false},
		{"fruit into bags", []in{kg("10")}, []in{{"bag", "500", Bag}}, "", false},
		{"bags into as many", []in{{"bag", "5", Bag}}, []in{{"bag", "5", Bag}}, "", false},
		{"bags into crates without a mass", []in{{"bag", "5", Bag}}, []in{{"crate", "5", Box}}, "mass_unknown", false},
		{"eggs weigh nothing beside leaf", []in{{"eggs", "2", Sheet}, kg("100")}, []in{{"cocoon", "80", Kilogram}}, "", false},
		{"nor do they make up for it", []in{{"eggs", "2", Sheet}, kg("10")}, []in{{"cocoon", "80", Kilogram}}, "", true},
		{"eggs alone, fed with what nobody recorded", []in{{"eggs", "2", Sheet}}, []in{{"cocoon", "80", Kilogram}}, "mass_unknown", false},
		{"more sheets than there were", []in{{"eggs", "2", Sheet}}, []in{{"eggs", "3", Sheet}}, "", true},
	} {
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
