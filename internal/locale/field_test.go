package locale

import (
	"strings"
	"testing"
)

func TestFieldName(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct{ name, path, zh, en string }{
		{"none", "", "", ""},
		{"a field", "quantity", "数量", "quantity"},
		{"a row", "lots[0].quantity", "第 1 行的数量", "quantity in row 1"},
		{"an input", "inputs[11].lot", "投入第 12 行的批次", "lot in input row 12"},
		{"EPCIS", "outputQuantityList[1].uom", "产出第 2 行的单位", "unit in output row 2"},
		{"a batch", "items[3].inputs[0].quantity", "第 4 条投入第 1 行的数量", "quantity in input row 1 of item 4"},
		{"the row itself", "lots[4]", "第 5 行", "row 5"},
		{"the list itself", "lots", "批次", "lots"},
		{"our extension", "yousang:work.yousang:kind", "类别", "kind"},
		{"one thing in a list", "bizTransactionList[0].bizTransaction", "发货单", "shipment"},
		{"a season in a list", "outputEPCList[0]", "种植季", "season"},
		{"a body", "body.reason", "原因", "reason"},
		{"only a body", "body.", "", ""},
		{"unknown", "foo.bar", "“foo.bar”", "“foo.bar”"},
		{"unknown in a row", "lots[0].foo", "第 1 行的“foo”", "“foo” in row 1"},
		{"a chain file", "steps[juice].tolerance[2]", "“steps[juice].tolerance[2]”", "“steps[juice].tolerance[2]”"},
		{"not closed", "lots[0.quantity", "“lots[0.quantity”", "“lots[0.quantity”"},
		{"a number too large", "lots[99999999999].quantity", "“lots[99999999999].quantity”", "“lots[99999999999].quantity”"},
		{"too long", strings.Repeat("柚", 80), "“" + strings.Repeat("柚", 60) + "…”", "“" + strings.Repeat("柚", 60) + "…”"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := zh.FieldName(test.path); got != test.zh {
				t.Errorf("got %s, want %s", got, test.zh)
			}
			if got := en.FieldName(test.path); got != test.en {
				t.Errorf("got %s, want %s", got, test.en)
			}
		})
	}
}

// TestFieldsOfTheLedger: each of the ledger's own fields has a word.
func TestFieldsOfTheLedger(t *testing.T) {
	zh, _ := loadPrinters(t)
	for _, r := range findRaisedErrors(t) {
		leaf := lastName(r.field)
		if strings.HasPrefix(r.at, "../trace/") && leaf != "" && !zh.Has("field."+leaf) {
			t.Errorf("%s: no word for the field %s", r.at, leaf)
		}
	}
}

// FuzzFieldName: paths come from clients' requests, so every path gets an answer.
func FuzzFieldName(f *testing.F) {
	for _, s := range []string{"", "lots[0].quantity", "a[", "a]", "[1]", "..", "body.", "x[-1].y", "items[0].items[1]"} {
		f.Add(s)
	}
	zh, en := loadPrinters(f)
	f.Fuzz(func(t *testing.T, path string) {
		for _, p := range []*Printer{zh, en} {
			if got := p.FieldName(path); len([]rune(got)) > 200+20*strings.Count(path, "[") {
				t.Errorf("%q has a name of %d characters", path, len([]rune(got)))
			}
		}
	})
}
