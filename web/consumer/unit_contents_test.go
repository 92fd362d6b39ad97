package consumer

import (
	"testing"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/web/webtest"
)

// TestUnitTooLargeToSeeWhole: contents that were not read are not called all right, and bad contents stay bad.
func TestUnitTooLargeToSeeWhole(t *testing.T) {
	w := webtest.NewWorld(t, nil).MakePomelo().PackPallet()
	v, ok := w.App.Ledger.Unit(w.App.CompleteID("unit", w.Lots["pallet"]))
	if !ok {
		t.Fatal("no pallet")
	}
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	readState := func(packed, behind int) string {
		x := &unpacker{Namer: story.Namer{Ledger: w.App.Ledger, Chains: w.App.Chains, Printer: words},
			standings: map[string]story.StandingWords{}, packedLeft: packed, behindLeft: behind}
		_, standing := x.openUnit(&v, 0)
		return standing.State
	}
	rows := []struct {
		name           string
		packed, behind int
		want           string
	}{
		{"enough", 10, 1000, "active"}, {"too many units", 1, 1000, "unknown"}, {"too many lots behind", 10, 3, "unknown"},
		{"no lot behind may be read", 10, 0, "unknown"},
	}
	for _, row := range rows {
		if got := readState(row.packed, row.behind); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
	w.SetStatus("recall", "残留超标", false, "jars", "tea")
	if got := readState(10, 0); got != "recalled" {
		t.Errorf("a recalled lot in the unit: %s", got)
	}
}
