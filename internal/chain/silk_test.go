package chain

import (
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// TestSilk runs every row of the 蚕桑 table, within and outside the tolerance.
func TestSilk(t *testing.T) {
	loadTestChains(t).checkRows(t, slices.Concat(silkCocoonRows(), silkReelRows(), silkLoopRows(), silkSideRows()))
}

func silkLot(role, kg string, attr ...string) lot {
	return lot{product: "silk-" + role, kg: kg, attr: attr}
}

func silkCocoonRows() []row {
	eggs := func(n string) lot { return lot{product: "silk-eggs", qty: n, unit: trace.Sheet} }
	return []row{
		{name: "usual", step: "silk/leaf", out: []lot{silkLot("leaf", "4200")}, mu: "2"},
		{name: "too much over the year", step: "silk/leaf", out: []lot{silkLot("leaf", "4200")}, mu: "2", yielded: "2000",
			want: []string{"ratio_high per_mu"}},

		{name: "usual", step: "silk/rear", in: []lot{eggs("1.5"), silkLot("leaf", "840")},
			out: []lot{silkLot("cocoon", "60"), silkLot("frass", "300")}},
		{name: "little leaf, much cocoon", step: "silk/rear", in: []lot{eggs("1"), silkLot("leaf", "480")},
			out: []lot{silkLot("cocoon", "60")}, want: []string{"ratio_low leaf_per_cocoon", "ratio_high per_sheet"}},
		{name: "sheets as an attribute", step: "silk/rear", out: []lot{silkLot("cocoon", "60", "蚕种张数", "1")},
			want: []string{"ratio_high per_sheet"}},
		{name: "黔江 42 kg/亩", step: "silk/rear", out: []lot{silkLot("cocoon", "4000000")}, mu: "95000"},
		{name: "双龙村 3.3 kg/亩", step: "silk/rear", out: []lot{silkLot("cocoon", "10000")}, mu: "3000", ends: "2026-12-31",
			want: []string{"ratio_low per_mu"}},
		{name: "双龙村 at the station", step: "silk/buy", out: []lot{silkLot("cocoon", "10000", "干壳量", "9.4")}, mu: "3000",
			want: []string{"ratio_low per_mu"}},

		{name: "as in the ledger", step: "silk/buy", out: []lot{silkLot("cocoon", "36.3", "干壳量", "8.6", "上茧率", "92.3%", "蚕种张数", "1", "茧层率",
			"21.5")}},
		{name: "merged", step: "silk/buy", in: []lot{silkLot("cocoon", "60"), silkLot("cocoon", "40")},
			out: []lot{silkLot("cocoon", "95", "干壳量", "9.2"), silkLot("poor", "4", "干壳量", "7")}},
		{name: "shell of wonders", step: "silk/buy", out: []lot{silkLot("cocoon", "36.3", "干壳量", "18.6", "茧层率", "27")},
			want: []string{"ratio_high dry_shell", "ratio_high shell_share"}},
		{name: "not sampled", step: "silk/buy", in: []lot{silkLot("cocoon", "60")}, out: []lot{silkLot("cocoon", "50")},
			want: []string{"evidence_missing dry_shell", "ratio_low graded_share"}},
		{name: "unreadable is not judged", step: "silk/buy", out: []lot{silkLot("cocoon", "36.3", "干壳量", "约九克")}},
	}
}

func silkReelRows() []row {
	return []row{
		{name: "usual", step: "silk/dry", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("drycocoon", "40")}},
		{name: "still wet", step: "silk/dry", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("drycocoon", "46.1")},
			want: []string{"ratio_high dry_yield"}},

		{name: "usual", step: "silk/reel", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("silk", "15"), silkLot("pupae", "60")}},
		{name: "23 %", step: "silk/reel", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("silk", "23")},
			want: []string{"ratio_high silk_yield"}},
		{name: "dry cocoon counts as fresh", step: "silk/reel", in: []lot{silkLot("drycocoon", "40")}, out: []lot{silkLot("silk", "15")}},
		{name: "more silk than the most shell", step: "silk/reel", in: []lot{silkLot("cocoon", "100")}, out: []lot{silkLot("silk", "26.1")},
			want: []string{"ratio_high silk_yield"}, refused: trace.CodeImpossible},
		{name: "more silk than this shell", step: "silk/reel", in: []lot{silkLot("cocoon", "100", "茧层率", "19")},
			out: []lot{silkLot("silk", "20")}, refused: trace.CodeImpossible},
		{name: "an incredible shell share is not used", step: "silk/reel", in: []lot{silkLot("cocoon", "100", "茧层率", "2.1")},
			out: []lot{silkLot("silk", "20")}},
		{name: "dry cocoon is not refused early", step: "silk/reel", in: []lot{silkLot("drycocoon", "36")},
			out: []lot{silkLot("silk", "26")}, want: []string{"ratio_high silk_yield"}},
		{name: "dry cocoon has a limit too", step: "silk/reel", in: []lot{silkLot("drycocoon", "36")}, out: []lot{silkLot("silk", "26.1")},
			want: []string{"ratio_high silk_yield"}, refused: trace.CodeImpossible},

		{name: "weighed", step: "silk/quilt", in: []lot{silkLot("floss", "20")}, out: []lot{{product: "silk-quilt", kg: "20", qty: "10",
			unit: trace.Piece, pieces: "10"}}},
		{name: "not weighed", step: "silk/quilt", in: []lot{silkLot("floss", "20")},
			out:  []lot{{product: "silk-quilt", qty: "10", unit: trace.Piece, pieces: "10"}},
			want: []string{"evidence_missing weighed_out"}},
		{name: "more quilt than floss", step: "silk/quilt", in: []lot{silkLot("floss", "19")},
			out: []lot{{product: "silk-quilt", kg: "20", qty: "10", unit: trace.Piece}}, refused: trace.CodeMoreOutThanIn},
	}
}

func silkLoopRows() []row {
	bags := func(n string) lot { return lot{product: "silk-bag", kg: n, qty: n, unit: trace.Bag, pieces: n} }
	mix := func(branch, frass string) []lot {
		return []lot{silkLot("branch", branch), silkLot("frass", frass), silkLot("gypsum", "1"), silkLot("lime", "1")}
	}
	dry := func(kg string) lot { return lot{product: "silk-bag", kg: "200", qty: "140", unit: trace.Bag, dry: kg} }
	return []row{
		{name: "usual", step: "silk/branch", out: []lot{silkLot("branch", "800")}, mu: "2"},
		{name: "too much", step: "silk/branch", out: []lot{silkLot("branch", "1700")}, mu: "2", want: []string{"ratio_high per_mu"}},

		{name: "usual, heavier with water", step: "silk/bag", in: mix("80", "18"), out: []lot{bags("140")}},
		{name: "thin bags", step: "silk/bag", in: mix("80", "18"), out: []lot{bags("250")}, want: []string{"ratio_low per_bag"}},
		{name: "another recipe", step: "silk/bag", in: mix("60", "38"), out: []lot{bags("140")},
			want: []string{"ratio_low branch_share", "ratio_high frass_share"}},
		{name: "too much lime", step: "silk/bag", in: []lot{silkLot("branch", "80"), silkLot("frass", "12"), silkLot("gypsum", "4"),
			silkLot("lime", "4")}, out: []lot{bags("140")}, want: []string{"ratio_high gypsum_share", "ratio_high lime_share"}},
		{name: "no frass", step: "silk/bag", in: []lot{silkLot("branch", "85"), silkLot("lime", "15")}, out: []lot{bags("140")},
			want: []string{"evidence_missing frass", "ratio_high lime_share"}},

		{name: "usual", step: "silk/mushroom", in: []lot{dry("100")}, out: []lot{silkLot("mushroom", "90"), silkLot("spent", "150")}},
		{name: "more than the dry input", step: "silk/mushroom", in: []lot{dry("100")},
			out: []lot{silkLot("mushroom", "119"), silkLot("spent", "150")}},
		{name: "a poor flush", step: "silk/mushroom", in: []lot{dry("100")}, out: []lot{silkLot("mushroom", "49")},
			want: []string{"ratio_low biological_efficiency"}},
		{name: "dry mass not declared", step: "silk/mushroom", in: []lot{dry("")}, out: []lot{silkLot("mushroom", "90")},
			want: []string{"evidence_missing dry_mass"}},
		{name: "more dry matter than there was", step: "silk/mushroom", in: []lot{dry("100")},
			out:     []lot{{product: "silk-mushroom", kg: "90", dry: "9"}, {product: "silk-spent", kg: "180", dry: "92"}},
			refused: trace.CodeMoreOutThanIn},

		{name: "usual", step: "silk/compost", in: []lot{silkLot("spent", "80"), silkLot("frass", "20")},
			out: []lot{silkLot("fertiliser", "70")}},
		{name: "too little", step: "silk/compost", in: []lot{silkLot("spent", "80"), silkLot("frass", "20")},
			out: []lot{silkLot("fertiliser", "59")}, want: []string{"ratio_low compost_yield"}},
		{name: "more than was heaped", step: "silk/compost", in: []lot{silkLot("spent", "80")}, out: []lot{silkLot("fertiliser", "81")},
			want: []string{"ratio_high compost_yield"}, refused: trace.CodeMoreOutThanIn},

		{name: "usual", step: "silk/fertilise", in: []lot{silkLot("fertiliser", "3000")}, mu: "2"},
		{name: "buried", step: "silk/fertilise", in: []lot{silkLot("fertiliser", "30000")}, mu: "2", want: []string{"ratio_high per_mu"}},
	}
}

// silkSideRows are events of what is made beside the silk.
func silkSideRows() []row {
	return []row{
		{name: "usual", step: "silk/leaftea", in: []lot{silkLot("leaf", "45")}, out: []lot{silkLot("leaftea", "10")}},
		{name: "too much tea", step: "silk/leaftea", in: []lot{silkLot("leaf", "45")}, out: []lot{silkLot("leaftea", "15")},
			want: []string{"ratio_low leaf_per_tea"}},
		{name: "usual", step: "silk/noodle", in: []lot{silkLot("leaf", "5"), silkLot("flour", "50")}, out: []lot{silkLot("noodle", "48")}},
		{name: "no flour", step: "silk/noodle", in: []lot{silkLot("leaf", "50")}, out: []lot{silkLot("noodle", "48")},
			want: []string{"evidence_missing flour"}},
		{name: "usual", step: "silk/pillow", in: []lot{silkLot("frass", "25")}, out: []lot{{product: "silk-pillow", kg: "20", qty: "10",
			unit: trace.Piece}}},
		{name: "of cocoon", step: "silk/pillow", in: []lot{silkLot("cocoon", "25")},
			out: []lot{{product: "silk-pillow", kg: "20", qty: "10", unit: trace.Piece}}, want: []string{"unexpected_product silk-cocoon"}},
	}
}
