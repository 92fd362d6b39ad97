package scan

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// makeScan is a row: so many views in a region between two times, written "3 10:30" for 10:30 UTC on 3 November 2026.
func makeScan(t testing.TB, region string, count int64, first, last string) trace.Scan {
	t.Helper()
	return trace.Scan{Code: code, Day: parseClock(t, first).Format(time.DateOnly), Region: region, Count: count, First: parseClock(t, first), Last: parseClock(t, last)}
}

func parseClock(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01 2 15:04", "2026-11 "+s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const (
	code = "0A1B2C3D4E5F"
	lot  = "https://id.county.example/lot/2345ACDEFGHJ"
	org  = "https://id.county.example/org/coop"
)

func TestEvaluate(t *testing.T) {
	one := func(region, at string) trace.Scan { return makeScan(t, region, 1, at, at) }
	active := Item{Code: code, Lot: lot, Org: org, State: trace.SerialActivated, Since: parseClock(t, "1 00:00"), Activated: parseClock(t, "1 00:00"), Home: []string{"500155"}}
	with := func(change func(*Item)) Item { it := active; change(&it); return it }
	sold := with(func(it *Item) {
		it.State, it.Activated, it.Since = trace.SerialSold, time.Time{}, parseClock(t, "2 00:00")
	})
	printed := with(func(it *Item) { it.State, it.Activated = trace.SerialPrinted, time.Time{} })
	voided := with(func(it *Item) {
		it.State, it.Activated, it.Since = trace.SerialVoided, time.Time{}, parseClock(t, "5 00:00")
	})
	recalled := with(func(it *Item) { it.Recalled = parseClock(t, "5 00:00") })
	local := with(func(it *Item) { it.Sales = []string{"50", "5101"} })
	for _, row := range []struct {
		name string
		item Item
		rows []trace.Scan
		want string // rules, counts and regions of their evidence
	}{
		{"never seen", active, nil, ""},
		{"seen once", active, []trace.Scan{one("500155", "3 10:00")}, ""},
		{"often in one place", active, []trace.Scan{makeScan(t, "440300", 50, "3 10:00", "3 20:00")}, ""},

		{"two places", active, []trace.Scan{one("500155", "3 01:00"), one("510100", "3 10:00")}, ""},
		{"three places in a day", active, []trace.Scan{one("500155", "3 01:00"), one("510100", "3 10:00"), one("440300", "3 20:00")}, "many_places 3 [440300 500155 510100]"},
		{"over midnight", active, []trace.Scan{one("500155", "3 22:00"), one("510100", "3 23:30"), one("440300", "4 06:00")}, "many_places 3 [440300 500155 510100]"},
		{"in three days", active, []trace.Scan{one("500155", "3 01:00"), one("510100", "4 10:00"), one("440300", "5 20:00")}, ""},
		{"counties of one municipality are one place", active, []trace.Scan{one("500155", "3 01:00"), one("500101", "3 02:00"), one("500229", "3 03:00")}, ""},
		{"districts of one city are one place", active, []trace.Scan{one("510104", "3 01:00"), one("510105", "3 02:00"), one("500155", "3 03:00")}, ""},
		{"a whole province may be its city", active, []trace.Scan{one("440000", "3 01:00"), one("440300", "3 02:00"), one("500155", "3 09:00")}, ""},
		{"no region is no place", active, []trace.Scan{one("", "3 01:00"), one("500155", "3 02:00"), one("510100", "3 09:00")}, ""},
		{"the latest day is told", active, []trace.Scan{one("500155", "3 01:00"), one("510100", "3 10:00"), one("440300", "3 20:00"), one("320100", "9 01:00"), one("330100", "9 02:00"), one("340100", "9 03:00")},
			"many_places 3 [320100 330100 340100]"},

		{"too far in an hour", active, []trace.Scan{one("110000", "3 10:00"), one("440300", "3 11:00")}, "velocity 2 [110000 440300]"},
		{"by plane", active, []trace.Scan{one("110000", "3 10:00"), one("440300", "3 12:30")}, ""},
		{"within the width of a province", active, []trace.Scan{one("500155", "3 10:00"), one("510100", "3 10:01")}, ""},
		{"back and forth", active, []trace.Scan{makeScan(t, "110000", 2, "3 08:00", "3 20:00"), one("440300", "3 20:30")}, "velocity 3 [110000 440300]"},
		{"time enough on the same day", active, []trace.Scan{makeScan(t, "110000", 2, "3 01:00", "3 06:00"), one("440300", "3 12:00")}, ""},
		{"no coordinates", active, []trace.Scan{one("320100", "3 10:00"), one("440300", "3 10:01")}, ""},

		{"where it is to be sold", local, []trace.Scan{one("500101", "3 10:00"), one("510104", "4 20:00")}, ""},
		{"elsewhere", local, []trace.Scan{one("500101", "3 10:00"), makeScan(t, "440300", 2, "4 20:00", "4 21:00")}, "wrong_region 2 [440300]"},
		{"a province that has a city of them", local, []trace.Scan{one("510000", "3 10:00")}, ""},
		{"at home", with(func(it *Item) { it.Sales = []string{"11"} }), []trace.Scan{one("500155", "3 10:00")}, ""},
		{"no region", local, []trace.Scan{one("", "3 10:00")}, ""},
		{"on its way, before it is activated", with(func(it *Item) {
			it.Sales, it.Activated, it.Since = []string{"50"}, parseClock(t, "4 00:00"), parseClock(t, "4 00:00")
		}),
			[]trace.Scan{one("440300", "3 10:00")}, "before_activation 1 [440300]"},

		{"before it is activated", printed, []trace.Scan{one("", "3 10:00")}, "before_activation 1 []"},
		{"before it was activated", with(func(it *Item) { it.Activated = parseClock(t, "3 12:00") }), []trace.Scan{makeScan(t, "", 4, "3 10:00", "3 20:00")}, "before_activation 4 []"},
		{"after it was", with(func(it *Item) { it.Activated = parseClock(t, "3 12:00") }), []trace.Scan{one("", "3 12:00")}, ""},
		{"the packer's own check", printed, []trace.Scan{one("500155", "3 10:00")}, ""},
		{"sold: it is no longer known when it was activated", sold, []trace.Scan{one("", "1 10:00")}, ""},

		{"after the recall", recalled, []trace.Scan{one("", "3 10:00"), one("500155", "6 10:00")}, "after_recall 1 [500155]"},
		{"before the recall", recalled, []trace.Scan{one("", "3 10:00")}, ""},
		{"after it was voided", voided, []trace.Scan{one("", "3 10:00"), one("", "6 10:00")}, "after_void 1 []"},
		{"two rules at once", with(func(it *Item) { it.Recalled, it.Sales = parseClock(t, "2 00:00"), []string{"50"} }), []trace.Scan{one("440300", "6 10:00")},
			"wrong_region 1 [440300], after_recall 1 [440300]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			first, got := EvaluateRules(&row.item, row.rows, readTable(t)), ""
			for i, f := range first {
				var regions []string
				for _, e := range f.Evidence {
					regions = append(regions, e.Region)
				}
				if i > 0 {
					got += ", "
				}
				got += fmt.Sprintf("%s %d %v", f.Rule, f.Count, regions)
			}
			if got != row.want {
				t.Errorf("found %s, want %s", got, row.want)
			}
			if again := EvaluateRules(&row.item, row.rows, readTable(t)); !reflect.DeepEqual(first, again) {
				t.Errorf("the second time: %+v", again)
			}
		})
	}
}

func TestEvaluateWithoutTable(t *testing.T) {
	it := Item{Code: code, Lot: lot, State: trace.SerialActivated, Activated: parseClock(t, "1 00:00")}
	rows := []trace.Scan{makeScan(t, "110000", 1, "3 10:00", "3 10:00"), makeScan(t, "440300", 1, "3 10:00", "3 10:00")}
	if got := EvaluateRules(&it, rows, nil); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

func TestVelocityArgs(t *testing.T) {
	it := Item{Code: code, Lot: lot, State: trace.SerialActivated, Activated: parseClock(t, "1 00:00")}
	rows := []trace.Scan{makeScan(t, "110000", 1, "3 10:00", "3 10:00"), makeScan(t, "440300", 1, "3 10:45", "3 10:45")}
	got := EvaluateRules(&it, rows, readTable(t))
	if len(got) != 1 || got[0].Args["km"] != "1940" || got[0].Args["minutes"] != "45" {
		t.Errorf("found %+v, want 1940 km in 45 minutes", got)
	}
}

// A code that half the country looks up does not keep a server busy.
func BenchmarkEvaluate(b *testing.B) {
	r := readTable(b)
	it := Item{Code: code, Lot: lot, State: trace.SerialActivated, Sales: []string{"50"}}
	var rows []trace.Scan
	for day := 1; day <= 28; day++ {
		for _, g := range r.regions {
			rows = append(rows, makeScan(b, g.code, 3, fmt.Sprintf("%d 0%d:00", day, day%9), fmt.Sprintf("%d 1%d:00", day, day%9)))
		}
	}
	for b.Loop() {
		EvaluateRules(&it, rows, r)
	}
}
