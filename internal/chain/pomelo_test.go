package chain

import (
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// TestPomelo runs every row of the 柚子 table, within and outside the tolerance.
func TestPomelo(t *testing.T) {
	loadTestChains(t).checkRows(t, slices.Concat(pomeloFruitRows(), pomeloStoreRows(), pomeloGoodsRows()))
}

func fruitLot(kg, pieces string) lot { return lot{product: "pomelo-fruit", kg: kg, pieces: pieces} }

func pomeloFruitRows() []row {
	return []row{
		{name: "usual", step: "pomelo/harvest", out: []lot{fruitLot("8000", "7200")}, mu: "5"},
		{name: "斤 as kg", step: "pomelo/harvest", out: []lot{fruitLot("1858", "469")}, want: []string{"ratio_high per_fruit"}},
		{name: "the same in kg", step: "pomelo/harvest", out: []lot{fruitLot("500", "469")}},
		{name: "the slip hides in no sum", step: "pomelo/harvest", out: []lot{fruitLot("5000", "5000"), fruitLot("1000", "500")},
			want: []string{"ratio_high per_fruit"}},
		{name: "variety of its own", step: "pomelo/harvest", out: []lot{{product: "pomelo-fruit.old-tree", kg: "260", pieces: "240",
			attr: []string{"株数", "1"}}}},
		{name: "trees bear too much", step: "pomelo/harvest", out: []lot{{product: "pomelo-fruit", kg: "5000", attr: []string{"株数", "10"}}},
			want: []string{"ratio_high per_tree"}},
		{name: "plot yields too much", step: "pomelo/harvest", out: []lot{fruitLot("3000", "")}, mu: "1", yielded: "1100",
			want: []string{"ratio_high per_mu"}},
		{name: "first picking is small", step: "pomelo/harvest", out: []lot{fruitLot("500", "")}, mu: "10", ends: "2026-12-31"},
		{name: "season nearly over", step: "pomelo/harvest", out: []lot{fruitLot("500", "")}, mu: "10", ends: "2026-11-20",
			want: []string{"ratio_low per_mu"}},
		{name: "no area, no count", step: "pomelo/harvest", out: []lot{fruitLot("412.5", "")}},
		{name: "juice from a tree", step: "pomelo/harvest", out: []lot{{product: "pomelo-juice", kg: "5"}},
			want: []string{"unexpected_product pomelo-juice"}},

		{name: "two of three by count", step: "pomelo/grade", in: []lot{fruitLot("330", "300")}, out: []lot{
			{product: "pomelo-fruit", kg: "150", pieces: "200", grade: "优级"}, {product: "pomelo-fruit", kg: "150", pieces: "90",
				grade: "其他"}, {product: "pomelo-cull", kg: "20", pieces: "10"}}},
		{name: "by mass where not counted", step: "pomelo/grade", in: []lot{fruitLot("300", "")}, out: []lot{
			{product: "pomelo-fruit", kg: "270", grade: "premium"}, {product: "pomelo-fruit", kg: "30", grade: "其他"}},
			want: []string{"ratio_high premium_share"}},
		{name: "no premium fruit", step: "pomelo/grade", in: []lot{fruitLot("300", "")},
			out: []lot{{product: "pomelo-fruit", kg: "299", grade: "其他"}}, want: []string{"ratio_low premium_share"}},
		{name: "grades not stated", step: "pomelo/grade", in: []lot{fruitLot("300", "")}, out: []lot{{product: "pomelo-fruit", kg: "299"}}},
		{name: "a tenth is gone", step: "pomelo/grade", in: []lot{fruitLot("300", "")}, out: []lot{{product: "pomelo-fruit", kg: "270"}},
			want: []string{"ratio_low grade_sum"}},
		{name: "more out than in", step: "pomelo/grade", in: []lot{fruitLot("300", "")},
			out: []lot{{product: "pomelo-fruit", kg: "300.000001"}}, want: []string{"ratio_high grade_sum"},
			refused: trace.CodeMoreOutThanIn},
	}
}

func pomeloStoreRows() []row {
	const cold = `[{"sensorReport":[{"type":"gs1:Temperature","value":6.5,"uom":"CEL"},{"type":"RelativeHumidity","value":88,"uom":"P1"}]}]`
	const warm = `[{"sensorReport":[{"type":"https://gs1.org/voc/Temperature","minValue":4.2,"maxValue":12.5,"uom":"CEL"}]}]`
	waxed := []string{"preservative", "抑霉唑", "dose", "500 mg/L"}
	cert := []string{"合格证", "HGZ-0007"}
	box := func(n, kg string, attr ...string) lot {
		return lot{product: "pomelo-box", kg: kg, qty: n, unit: trace.Box, pieces: n, attr: attr}
	}
	return []row{
		{name: "usual", step: "pomelo/wash", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-treated", kg: "97"},
			{product: "pomelo-cull", kg: "2"}}, evidence: waxed},
		{name: "too little", step: "pomelo/wash", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-treated", kg: "96.999"}},
			evidence: waxed, want: []string{"ratio_low treated_share"}},
		{name: "dip not recorded", step: "pomelo/wash", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-treated", kg: "99"}},
			evidence: []string{"dose", " "}, want: []string{"evidence_missing preservative", "evidence_missing dose"}},

		{name: "usual", step: "pomelo/store", in: []lot{fruitLot("100", "")}, out: []lot{fruitLot("92", "")}, sensors: cold},
		{name: "observed only", step: "pomelo/store", in: []lot{fruitLot("100", "")}, sensors: cold},
		{name: "too warm and too cold", step: "pomelo/store", in: []lot{fruitLot("100", "")}, out: []lot{fruitLot("92", "")}, sensors: warm,
			want: []string{"ratio_low temperature", "ratio_high temperature"}},
		{name: "great loss, no record", step: "pomelo/store", in: []lot{fruitLot("100", "")}, out: []lot{fruitLot("80", "")},
			want: []string{"evidence_missing temperature", "ratio_high storage_loss"}},
		{name: "Fahrenheit", step: "pomelo/store", in: []lot{fruitLot("100", "")},
			sensors: `[{"sensorReport":[{"type":"Temperature","value":43,"uom":"FAH"}]}]`},
		{name: "dry air", step: "pomelo/store", in: []lot{fruitLot("100", "")},
			sensors: `[{"sensorReport":[{"type":"Temperature","value":279.15,"uom":"KEL"},{"type":"RelativeHumidity","value":"70"}]}]`,
			want:    []string{"ratio_low humidity"}},

		{name: "usual", step: "pomelo/pack", in: []lot{fruitLot("101", "96")}, out: []lot{box("10", "100", "个数", "96")}, evidence: cert},
		{name: "nominal weight a little above", step: "pomelo/pack", in: []lot{fruitLot("99", "96")},
			out: []lot{box("10", "100", "个数", "96")}, evidence: cert},
		{name: "short weight, short count, no certificate", step: "pomelo/pack", in: []lot{fruitLot("110", "96")},
			out: []lot{box("10", "100", "个数", "95")}, want: []string{"evidence_missing certificate", "ratio_low pack_weight",
				"ratio_low pack_count"}},
		{name: "part of a lot, count in proportion", step: "pomelo/pack", in: []lot{fruitLot("101", "95.7")},
			out: []lot{box("10", "100", "个数", "96")}, evidence: cert},
		{name: "heavier than the tolerance", step: "pomelo/pack", in: []lot{fruitLot("97", "")}, out: []lot{box("10", "100")},
			evidence: cert, want: []string{"ratio_high pack_weight"}},
		{name: "twice the weight", step: "pomelo/pack", in: []lot{fruitLot("50", "")}, out: []lot{box("10", "100")}, evidence: cert,
			want: []string{"ratio_high pack_weight"}, refused: trace.CodeMoreOutThanIn},
	}
}

func pomeloGoodsRows() []row {
	peel, flesh := func(kg string) lot { return lot{product: "pomelo-peel", kg: kg} },
		func(kg string) lot { return lot{product: "pomelo-flesh", kg: kg} }
	honey := func(kg string) lot { return lot{product: "pomelo-honey", kg: kg} }
	tea := []lot{{product: "pomelo-tea", kg: "90"}}
	sugar := func(kg string) lot { return lot{product: "pomelo-sugar", kg: kg} }
	candied := []lot{{product: "pomelo-candied", kg: "12"}}
	return []row{
		{name: "usual", step: "pomelo/peel", in: []lot{fruitLot("100", "")}, out: []lot{flesh("55"), peel("35")}},
		{name: "little flesh, much peel", step: "pomelo/peel", in: []lot{fruitLot("100", "")}, out: []lot{flesh("40"), peel("45")},
			want: []string{"ratio_high peel_share", "ratio_low flesh_share"}},
		{name: "more than the fruit", step: "pomelo/peel", in: []lot{fruitLot("100", "")}, out: []lot{flesh("65"), peel("36")},
			refused: trace.CodeMoreOutThanIn},

		{name: "usual", step: "pomelo/juice", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-juice", kg: "53"},
			{product: "pomelo-pomace", kg: "40"}}},
		{name: "at the edge", step: "pomelo/juice", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-juice", kg: "60"}}},
		{name: "just beyond", step: "pomelo/juice", in: []lot{fruitLot("100", "")}, out: []lot{{product: "pomelo-juice", kg: "60.000001"}},
			want: []string{"ratio_high juice_yield"}},
		{name: "in litres, so not known", step: "pomelo/juice", in: []lot{fruitLot("100", "")},
			out: []lot{{product: "pomelo-juice", qty: "90", unit: trace.Litre}}},

		{name: "usual", step: "pomelo/tea", in: []lot{peel("30"), flesh("30"), honey("50")}, out: tea},
		{name: "sour", step: "pomelo/tea", in: []lot{peel("50"), flesh("30"), honey("20")}, out: tea,
			want: []string{"ratio_high peel_flesh", "ratio_low honey_share"}},
		{name: "no honey at all", step: "pomelo/tea", in: []lot{peel("50"), flesh("50")}, out: tea,
			want: []string{"evidence_missing honey"}},

		{name: "usual", step: "pomelo/candied", in: []lot{peel("10"), sugar("14")}, out: candied},
		{name: "too sweet", step: "pomelo/candied", in: []lot{peel("10"), sugar("18.1")}, out: candied,
			want: []string{"ratio_high sugar_peel"}},

		{name: "usual", step: "pomelo/oil", in: []lot{peel("100")}, out: []lot{{product: "pomelo-oil", kg: "1"}}},
		{name: "too much", step: "pomelo/oil", in: []lot{peel("100")}, out: []lot{{product: "pomelo-oil", kg: "1.6"}},
			want: []string{"ratio_high oil_yield"}},

		{name: "usual", step: "pomelo/pectin", in: []lot{peel("100")}, out: []lot{{product: "pomelo-pectin", kg: "24"}}},
		{name: "above the usual", step: "pomelo/pectin", in: []lot{peel("100")}, out: []lot{{product: "pomelo-pectin", kg: "25"}},
			want: []string{"ratio_high pectin_yield"}},
		{name: "more than peel holds", step: "pomelo/pectin", in: []lot{peel("100")}, out: []lot{{product: "pomelo-pectin", kg: "25.1"}},
			want: []string{"ratio_high pectin_yield"}, refused: trace.CodeImpossible},
	}
}
