package chain

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/trace"
)

func TestQuestionFields(t *testing.T) {
	s := loadTestChains(t)
	for _, c := range []struct {
		row  row
		want trace.Question
	}{
		{row{name: "percentage", step: "silk/reel", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("silk", "23")}},
			trace.Question{Code: "ratio_high", Step: "silk/reel", What: "silk_yield", Value: "23", Low: "14", High: "21"}},
		{row{name: "never rounded into the tolerance", step: "pomelo/juice", in: []lot{fruitLot("1000000", "")},
			out: []lot{{product: "pomelo-juice", kg: "349999.9"}}},
			trace.Question{Code: "ratio_low", Step: "pomelo/juice", What: "juice_yield", Value: "34.99999", Low: "35", High: "60"}},
		{row{name: "of one lot", step: "pomelo/harvest", out: []lot{fruitLot("1858", "469")}},
			trace.Question{Code: "ratio_high", Step: "pomelo/harvest", What: "per_fruit", Value: "3.96", Low: "0.8", High: "1.5",
				Lot: namespace + "/lot/pomelo-fruit"}},
		{row{name: "per mu", step: "silk/rear", out: []lot{silkLot("cocoon", "10000")}, mu: "3000"},
			trace.Question{Code: "ratio_low", Step: "silk/rear", What: "per_mu", Value: "3.33", Low: "10", High: "200"}},
		{row{name: "another chain's product", step: "silk/dry", in: []lot{fruitLot("1", "")}},
			trace.Question{Code: "unexpected_product", Step: "silk/dry", What: "pomelo-fruit", Lot: namespace + "/lot/pomelo-fruit"}},
		{row{name: "unknown step", step: "pomelo/fry"}, trace.Question{Code: "unknown_step", Step: "pomelo/fry", What: "fry"}},
		{row{name: "unknown chain", step: "tea/pick"}, trace.Question{Code: "unknown_step", Step: "tea/pick", What: "pick"}},
		{row{name: "no chain", step: "harvest"}, trace.Question{Code: "unknown_step", Step: "harvest"}},
	} {
		t.Run(c.row.name, func(t *testing.T) {
			v := s.Assess(s.makeAssessment(c.row))
			if v.Err != nil || !slices.Equal(v.Questions, []trace.Question{c.want}) {
				t.Errorf("got %+v, %v\nwant %+v", v.Questions, v.Err, c.want)
			}
		})
	}
}

func TestNoStep(t *testing.T) {
	s := loadTestChains(t)
	for name, a := range map[string]trace.Assessment{
		"no event": {}, "no step": {Event: &trace.Event{}, Outputs: []trace.Flow{s.makeFlow(fruitLot("1858", "469"))}},
	} {
		if v := s.Assess(a); v.Questions != nil || v.Err != nil || v.Gain {
			t.Errorf("%s: got %+v, want nothing", name, v)
		}
	}
}

func TestGain(t *testing.T) {
	s := loadTestChains(t)
	for step, want := range map[string]bool{"silk/mushroom": true, "silk/bag": true, "pomelo/pack": true, "pomelo/tea": false,
		"pomelo/juice": false, "pomelo/fry": false} {
		if got := s.Assess(s.makeAssessment(row{step: step})).Gain; got != want {
			t.Errorf("%s: gain %v, want %v", step, got, want)
		}
	}
}

func TestRefusalNamesTheLimit(t *testing.T) {
	s := loadTestChains(t)
	v := s.Assess(s.makeAssessment(row{step: "silk/reel", in: []lot{silkLot("cocoon", "100", "茧层率", "20%")},
		out: []lot{silkLot("silk", "21")}}))
	var e *trace.Error
	if !errors.As(v.Err, &e) {
		t.Fatalf("got %v, want an Error", v.Err)
	}
	want := trace.E(trace.Invalid, trace.CodeImpossible, "outputs", "what", "生丝占茧层", "whatEn", "Silk of cocoon shell", "limitID", "shell",
		"value", "105", "limit", "100", "unit", "%", "step", "silk/reel")
	if !reflect.DeepEqual(e, want) {
		t.Errorf("got %v\nwant %v", e, want)
	}
	v = s.Assess(s.makeAssessment(row{step: "pomelo/peel", in: []lot{fruitLot("1.5", "")},
		out: []lot{{product: "pomelo-peel", kg: "1.500001"}}}))
	want = trace.E(trace.Invalid, trace.CodeMoreOutThanIn, "outputs", "in", "1.5", "out", "1.500001", "unit", "KGM", "step", "pomelo/peel")
	if !reflect.DeepEqual(v.Err, error(want)) {
		t.Errorf("got %v\nwant %v", v.Err, want)
	}
}

// TestThirdChain: a third chain comes from a folder, and no Go code knows of the chain. Its tolerance changes with the year of
// the event, at midnight in China.
func TestThirdChain(t *testing.T) {
	orange := func(kg, n string, attr ...string) lot {
		return lot{product: "kaizhou-orange-fruit", kg: kg, pieces: n, attr: attr}
	}
	box := []lot{{product: "kaizhou-orange-box", kg: "20", qty: "4", unit: trace.Box}}
	loadTestChains(t).checkRows(t, []row{
		{name: "usual", step: "kaizhou-orange/harvest", out: []lot{orange("40", "200", "TSS", "12.1")}},
		{name: "sour", step: "kaizhou-orange/harvest", out: []lot{orange("40", "200", "TSS", "8.5")}, want: []string{"ratio_low sugar"}},
		{name: "斤 as kg", step: "kaizhou-orange/harvest", out: []lot{orange("80", "200")}, want: []string{"ratio_high per_fruit"}},
		{name: "before the first tolerance", step: "kaizhou-orange/harvest", at: "2025-12-31T15:59:59Z", out: []lot{orange("80", "200")}},
		{name: "first instant", step: "kaizhou-orange/harvest", at: "2025-12-31T16:00:00Z", out: []lot{orange("80", "200")},
			want: []string{"ratio_high per_fruit"}},
		{name: "last instant of 2026", step: "kaizhou-orange/harvest", at: "2026-12-31T15:59:59Z", out: []lot{orange("80", "200")},
			want: []string{"ratio_high per_fruit"}},
		{name: "wider from 2027", step: "kaizhou-orange/harvest", at: "2026-12-31T16:00:00Z", out: []lot{orange("80", "200")}},
		{name: "usual", step: "kaizhou-orange/pack", in: []lot{orange("20", "")}, out: box, evidence: []string{"合格证", "1"}},
		{name: "no certificate", step: "kaizhou-orange/pack", in: []lot{orange("20", "")}, out: box,
			want: []string{"evidence_missing certificate"}},
		{name: "impossible", step: "kaizhou-orange/pack", in: []lot{orange("10", "")}, out: box, evidence: []string{"合格证", "1"},
			want: []string{"ratio_high pack_weight"}, refused: trace.CodeMoreOutThanIn},
	})
}

func TestSensorText(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want int
	}{
		"none": {``, 0}, "not a list": {`{}`, 0}, "no number": {`[{"sensorReport":[{"type":"Temperature","value":"warm"}]}]`, 0},
		"an exponent that would fill the memory": {`[{"sensorReport":[{"type":"Temperature","value":1e999999999}]}]`, 0},
		"another type":                           {`[{"sensorReport":[{"type":"AirTemperature","value":4}]}]`, 0},
		"below zero, many digits": {`[{"sensorReport":[{"type":"Temperature","value":-18.00000031}]},
			{"sensorReport":[{"type":"gs1:Temperature","minValue":"-20","maxValue":-17}]}]`, 3},
	} {
		if got := len(parseSensorValues([]byte(c.raw), "Temperature")); got != c.want {
			t.Errorf("%s: got %d values, want %d", name, got, c.want)
		}
	}
}

func TestGradeScale(t *testing.T) {
	st, _ := loadTestChains(t).Step("silk/buy")
	for value, want := range map[string]int{"9.2": 0, "9.39": 0, "9.4": 1, "10.2": 5, "9.19": -1, "9": -1, "8.99": -2, " 8.6 ": -3} {
		if got, err := st.Scale.Grade(value); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", value, got, err, want)
		}
	}
	if _, err := st.Scale.Grade("约九克"); !errors.Is(err, &trace.Error{Code: trace.CodeBadValue}) {
		t.Errorf("got %v, want bad_value", err)
	}
}

// TestScalingKeepsTheVerdict: a judged value is a proportion, so k times as much of everything has the same verdict.
func TestScalingKeepsTheVerdict(t *testing.T) {
	s := loadTestChains(t)
	rows := slices.Concat(pomeloFruitRows(), pomeloStoreRows(), pomeloGoodsRows(), silkCocoonRows(), silkReelRows(), silkLoopRows(),
		silkSideRows())
	textAmounts := []string{"蚕种张数", "株数", "个数"} // written as text, so they do not scale
	rows = slices.DeleteFunc(rows, func(r row) bool {
		return slices.ContainsFunc(r.out, func(l lot) bool {
			return slices.ContainsFunc(l.attr, func(s string) bool { return slices.Contains(textAmounts, s) })
		})
	})
	rapid.Check(t, func(t *rapid.T) {
		a := s.makeAssessment(rapid.SampledFrom(rows).Draw(t, "row"))
		random := func(label string) trace.Amount {
			return trace.Amount(rapid.Int64Range(0, 2_000_000_000).Draw(t, label))
		}
		for i := range a.Inputs {
			a.Inputs[i].Mass = random("in")
		}
		for i := range a.Outputs {
			a.Outputs[i].Mass, a.Outputs[i].Pieces = random("out"), random("pieces")/trace.AmountScale*trace.AmountScale
		}
		before := s.Assess(a)
		k := trace.Amount(rapid.Int64Range(1, 1000).Draw(t, "k"))
		a.AreaMu, a.Yielded = a.AreaMu*k, a.Yielded*k
		for _, side := range [][]trace.Flow{a.Inputs, a.Outputs} {
			for i := range side {
				f := &side[i]
				f.Mass, f.Pieces, f.DryMass, f.Quantity.Amount = f.Mass*k, f.Pieces*k, f.DryMass*k, f.Quantity.Amount*k
			}
		}
		after := s.Assess(a)
		if !slices.Equal(before.Questions, after.Questions) || (before.Err == nil) != (after.Err == nil) || before.Gain != after.Gain {
			t.Fatalf("×%s: %v %v became %v %v", k, before.Questions, before.Err, after.Questions, after.Err)
		}
	})
}

func BenchmarkAssess(b *testing.B) {
	s := loadTestChains(b)
	for _, r := range []row{pomeloFruitRows()[0], silkReelRows()[0], silkLoopRows()[2]} {
		a := s.makeAssessment(r)
		b.Run(fmt.Sprint(r.step, " ", r.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Assess(a)
			}
		})
	}
}
