package chain

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// mistakes are files with one mistake each.
var mistakes = []struct {
	name, old, new string
	code           trace.Code
	field          string // of the error, without "x.yaml"
	says           string
}{
	{"unknown key", "tolerance: [9, 16]", "ratoi: [9, 16]", trace.CodeMalformed, "", `第 26 行：不认识的字段 "ratoi"`},
	{"repeated key", "theme: orange", "theme: orange\ntheme: red", trace.CodeMalformed, "", "第 5 行：重复的字段"},
	{"not a map", "name: {zh: 装箱, en: Pack}", "name: 装箱", trace.CodeMalformed, "", "类型不对"},
	{"list for a word", "unit: \"%\"", "unit: [1]", trace.CodeMalformed, "", "类型不对"},
	{"a tab", "    tiers: [town, county]", "\ttiers: [town, county]", trace.CodeMalformed, "", "格式不对"},
	{"open bracket", "[98, 102]", "[98, 102", trace.CodeMalformed, "", "格式不对"},
	{"anchor", "tiers: [village]", "tiers: &v [village]", trace.CodeMalformed, "", "第 14 行：不能使用"},
	{"two documents", "steps:\n", "---\nsteps:\n", trace.CodeMalformed, "", "一个文件只写一条产业链"},
	{"GBK", "开州春橙, en", "\xbf\xaa\xd6\xdd, en", trace.CodeMalformed, "", "UTF-8"},
	{"no id", "id: kaizhou-orange\n", "", trace.CodeRequired, "id", ""},
	{"capital id", "id: kaizhou-orange\n", "id: Kaizhou\n", trace.CodeBadValue, "id", ""},
	{"no English name", "{zh: 采摘, en: Pick}", "{zh: 采摘}", trace.CodeRequired, "steps[harvest].name.en", ""},
	{"unknown unit", "unit: 箱", "unit: 筐", trace.CodeUnknownUnit, "products[box].unit", "筐"},
	{"unit that is not kept", "unit: 公斤", "unit: 斤", trace.CodeBadValue, "products[fruit].unit", ""},
	{"net mass 0", "netMass: 5", "netMass: 0", trace.CodeBadValue, "products[box].netMass", ""},
	{"role twice", "role: box", "role: fruit", trace.CodeBadValue, "products[fruit].role", ""},
	{"tier", "[town, county]", "[town, 县]", trace.CodeBadValue, "steps[pack].tiers[2]", "village, town, county"},
	{"balance", "balance: fresh\n    slack", "balance: wet\n    slack", trace.CodeBadValue, "steps[pack].balance", "fresh, dry, count"},
	{"slack", "slack: 5", "slack: 500", trace.CodeBadValue, "steps[pack].slack", ""},
	{"unknown role", "inputs: [fruit]", "inputs: [friut]", trace.CodeUnknownThing, "steps[pack].inputs[1]", "friut"},
	{"step twice", "id: pack\n", "id: harvest\n", trace.CodeBadValue, "steps[harvest].id", ""},
	{"role the step has not", "of: {out: [box]}", "of: {out: [fruit]}", trace.CodeBadValue, "steps[pack].ratios[pack_weight].of.out[1]",
		"box"},
	{"nothing to measure", "of: {out: [box]}", "of: {by: mass}", trace.CodeBadValue, "steps[pack].ratios[pack_weight].of", "exactly one"},
	{"measure", "by: pieces}\n        typical: [0.15, 0.25]\n        tolerance: [0.1,",
		"by: weight}\n        typical: [0.15, 0.25]\n        tolerance: [0.1,", trace.CodeBadValue,
		"steps[harvest].ratios[per_fruit].per.by", "quantity"},
	{"no denominator", "        per: {in: [fruit]}\n", "", trace.CodeRequired, "steps[pack].ratios[pack_weight].per", ""},
	{"typical outside", "typical: [100]", "typical: [103]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].typical", "98–102"},
	{"low above high", "[98, 102]", "[102, 98]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].tolerance", "low ≤ high"},
	{"one bound", "[98, 102]", "[98]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].tolerance", ""},
	{"no number", "[98, 102]", "[98, many]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].tolerance[2]", "many"},
	{"hexadecimal", "[98, 102]", "[0x10, 102]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].tolerance[1]", "0x10"},
	{"exponent", "[98, 102]", "[98, 1e9]", trace.CodeBadValue, "steps[pack].ratios[pack_weight].tolerance[2]", "1e9"},
	{"no date", "from: 2027-01-01\n", "from: 明年\n", trace.CodeBadValue, "steps[harvest].ratios[per_fruit].from", "2026-01-31"},
	{"impossible date", "to: 2026-12-31", "to: 2026-12-32", trace.CodeBadValue, "steps[harvest].ratios[per_fruit].to", ""},
	{"date missing", "        from: 2027-01-01\n", "", trace.CodeRequired, "steps[harvest].ratios[per_fruit].from", ""},
	{"ends before it begins", "to: 2026-12-31", "to: 2025-12-31", trace.CodeBadValue, "steps[harvest].ratios[per_fruit].to", ""},
	{"periods overlap", "from: 2027-01-01", "from: 2026-12-31", trace.CodeBadValue, "steps[harvest].ratios[per_fruit].from", "overlap"},
	{"no source", "source: Boxes × net weight.", "source: ''", trace.CodeRequired, "steps[pack].ratios[pack_weight].source", ""},
	{"evidence of nothing", "attribute: [certificate, 合格证]}", "input: box}", trace.CodeBadValue, "steps[pack].evidence[certificate].input",
		"fruit"},
	{"grade the step has not", "of: {out: [box]}", "of: {out: [box], grades: [特等]}", trace.CodeBadValue,
		"steps[pack].ratios[pack_weight].of.grades[1]", ""},
	{"complement without %", "unit: kg/个\n        each: true", "unit: kg/个\n        complement: true", trace.CodeBadValue,
		"steps[harvest].ratios[per_fruit].unit", "%"},
}

func TestMistakes(t *testing.T) {
	b, err := os.ReadFile("testdata/county/kaizhou-orange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the row changes nothing")
			}
			_, err := Parse("x.yaml", []byte(text))
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an Error", err)
			}
			want := "x.yaml"
			if c.field != "" {
				want += ": " + c.field
			}
			if e.Code != c.code || e.Field != want || !strings.Contains(e.Error()+e.Args["why"], c.says) {
				t.Errorf("got %v, want %s at %s with %q", err, c.code, want, c.says)
			}
		})
	}
}

// TestHostileText: text made to fill memory or stack is refused before the YAML library builds anything of the text.
func TestHostileText(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":       strings.Repeat("[", 100_000),
		"brackets, rows": strings.Repeat(strings.Repeat("[", 19)+"\n", 5_000),
		"quoted closers": strings.Repeat(strings.Repeat("[", 19)+"\"]]]]]]]]]]]]]]]]]]]\",\n", 3_000),
		"maps":           strings.Repeat("{a: ", 20_000),
		"lists":          strings.Repeat("- ", 50_000),
		"keys":           strings.Repeat("? ", 50_000),
		"tags":           "id: " + strings.Repeat("!a ", 30_000),
		"anchors":        strings.Repeat("&a ", 30_000),
		"indent":         makeDeepIndent(300),
	} {
		_, err := Parse("x.yaml", []byte(text))
		if !errors.Is(err, &trace.Error{Code: trace.CodeMalformed}) || !strings.Contains(err.Error(), "nested too deep") {
			t.Errorf("%s: got %v, want malformed, nested too deep", name, err)
		}
	}
	if _, err := Parse("x.yaml", make([]byte, maxFile+1)); !errors.Is(err, &trace.Error{Code: trace.CodeTooLarge}) {
		t.Errorf("large file: got %v, want too_large", err)
	}
}

func makeDeepIndent(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// FuzzParse: for any bytes the loader returns an Error, or a chain that can be recorded, read back and asked.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"templates/pomelo.yaml", "templates/silk.yaml", "testdata/county/kaizhou-orange.yaml"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{"", "id: x", "- a", "a: &a [*a]", "id: !!binary x", "? a", "id: \"\xff\"", "{", "%YAML 1.2\n---\nid: |\n  x",
		"<<: {id: x}", "typical: [.inf, -.5]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse("x.yaml", b)
		if err != nil {
			var e *trace.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Field, "x.yaml") {
				t.Fatalf("got %v, want an Error of the file", err)
			}
			return
		}
		r, err := c.Record()
		if err != nil {
			t.Fatal(err)
		}
		// JSON is YAML, so the record is itself a chain file, and the same chain.
		c2, err := Parse("x.yaml", r.Template)
		if err != nil {
			t.Fatalf("the record is no chain: %v\n%s", err, r.Template)
		}
		if r2, err := c2.Record(); err != nil || r2.Digest != r.Digest {
			t.Fatalf("read back: got %v %s\nwant %s", err, r2.Template, r.Template)
		}
		s := &Set{byID: map[string]*Chain{c.ID: c}}
		for _, st := range c.Steps {
			s.Assess(s.makeAssessment(row{step: st.FullID(), mu: "1", out: []lot{{product: c.ID + "-x", kg: "1"}}}))
		}
	})
}
