package scan

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

const (
	code = "0A1B2C3D4E5F"
	lot  = "https://id.county.example/lot/2345ACDEFGHJ"
	org  = "https://id.county.example/org/coop"
)

// makeScan is a counter: so many views in a region between two times, written "3 10:30" for 10:30 UTC on 3 November 2026.
func makeScan(t testing.TB, region string, count int64, first, last string) trace.Scan {
	t.Helper()
	start, end := parseClock(t, first), parseClock(t, last)
	return trace.Scan{Code: code, Day: start.Format(time.DateOnly), Region: region, Count: count, First: start, Last: end}
}

func parseClock(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01 2 15:04", "2026-11 "+s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// parseScans reads counters with commas between: "500155 3 10:30" for one view, "500155*4 3 10:30..3 12:00" for four, "-" for no region.
func parseScans(t testing.TB, text string) (rows []trace.Scan) {
	t.Helper()
	for _, one := range strings.Split(text, ", ") {
		if one == "" {
			continue
		}
		region, times, _ := strings.Cut(one, " ")
		region, number, many := strings.Cut(region, "*")
		count := int64(1)
		if many {
			var err error
			if count, err = strconv.ParseInt(number, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		first, last, two := strings.Cut(times, "..")
		if !two {
			last = first
		}
		rows = append(rows, makeScan(t, strings.TrimPrefix(region, "-"), count, first, last))
	}
	return rows
}

// describeFindings writes findings as "rule count [regions]" with commas between.
func describeFindings(findings []Finding) string {
	var list []string
	for _, f := range findings {
		var regions []string
		for _, e := range f.Evidence {
			regions = append(regions, e.Region)
		}
		list = append(list, fmt.Sprintf("%s %d %v", f.Rule, f.Count, regions))
	}
	return strings.Join(list, ", ")
}

// ruleCase is an item, the counters of its code, and the findings in the form of describeFindings.
type ruleCase struct {
	name string
	item Item
	rows string
	want string
}

func checkFindings(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := parseScans(t, c.rows)
			first := EvaluateRules(&c.item, rows, readTable(t))
			if got := describeFindings(first); got != c.want {
				t.Errorf("found %s, want %s", got, c.want)
			}
			if second := EvaluateRules(&c.item, rows, readTable(t)); !reflect.DeepEqual(first, second) {
				t.Errorf("the second time: %+v", second)
			}
		})
	}
}

// changedItem is an item that was activated at the beginning of the month, with changes.
func changedItem(t *testing.T, change func(*Item)) Item {
	start := parseClock(t, "1 00:00")
	it := Item{Code: code, Lot: lot, Org: org, State: trace.SerialActivated, Since: start, Activated: start, Home: []string{"500155"}}
	if change != nil {
		change(&it)
	}
	return it
}

func activatedAt(t *testing.T, clock string) Item {
	return changedItem(t, func(it *Item) { it.Activated, it.Since = parseClock(t, clock), parseClock(t, clock) })
}

func TestManyPlaces(t *testing.T) {
	active := changedItem(t, nil)
	checkFindings(t, []ruleCase{
		{"never seen", active, "", ""},
		{"seen once", active, "500155 3 10:00", ""},
		{"often in one place", active, "440300*50 3 10:00..3 20:00", ""},
		{"two places", active, "500155 3 01:00, 510100 3 10:00", ""},
		{"three places in a day", active, "500155 3 01:00, 510100 3 10:00, 440300 3 20:00", "many_places 3 [440300 500155 510100]"},
		{"over midnight", active, "500155 3 22:00, 510100 3 23:30, 440300 4 06:00", "many_places 3 [440300 500155 510100]"},
		{"in a minute less than a day", active, "500155 3 06:01, 510100 3 23:30, 440300 4 06:00", "many_places 3 [440300 500155 510100]"},
		{"in a day to the minute", active, "500155 3 06:00, 510100 3 23:30, 440300 4 06:00", "many_places 3 [440300 500155 510100]"},
		{"in a minute more than a day", active, "500155 3 05:59, 510100 3 23:30, 440300 4 06:00", ""},
		{"in three days", active, "500155 3 01:00, 510100 4 10:00, 440300 5 20:00", ""},
		{"counties of one municipality are one place", active, "500155 3 01:00, 500101 3 02:00, 500229 3 03:00", ""},
		{"districts of one city are one place", active, "510104 3 01:00, 510105 3 02:00, 500155 3 03:00", ""},
		{"a whole province may be its city", active, "440000 3 01:00, 440300 3 02:00, 500155 3 09:00", ""},
		{"no region is no place", active, "- 3 01:00, 500155 3 02:00, 510100 3 09:00", ""},
		{"the latest day counts", active,
			"500155 3 01:00, 510100 3 10:00, 440300 3 20:00, 320100 9 01:00, 330100 9 02:00, 340100 9 03:00",
			"many_places 3 [320100 330100 340100]"},
		{"first and last view of a counter count", active,
			"320100*9 3 01:00..3 23:00, 330100 4 10:00, 340100 4 20:00", "many_places 11 [320100 330100 340100]"},
	})
}

// TestMunicipalities: three districts of a municipality are one place, three prefectures of every province are three. The codes are those
// of GB/T 2260.
func TestMunicipalities(t *testing.T) {
	active := changedItem(t, nil)
	for _, area := range []string{
		"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
		"50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
	} {
		rows := fmt.Sprintf("%[1]s0101 3 01:00, %[1]s0201 3 02:00, %[1]s0301 3 03:00", area)
		want := ""
		if area != "11" && area != "12" && area != "31" && area != "50" { // 北京, 天津, 上海, 重庆
			want = fmt.Sprintf("many_places 3 [%[1]s0101 %[1]s0201 %[1]s0301]", area)
		}
		if got := describeFindings(EvaluateRules(&active, parseScans(t, rows), nil)); got != want {
			t.Errorf("area %s: found %q, want %q", area, got, want)
		}
	}
}

func TestSamePrefecture(t *testing.T) {
	for _, c := range []struct {
		one, other string
		want       bool
	}{
		{"500155", "500101", true}, {"500000", "500155", true}, {"110000", "120000", false}, {"310101", "320101", false},
		{"510104", "510105", true}, {"510100", "510105", true}, {"510100", "510700", false}, {"510000", "510700", true},
		{"510000", "520100", false}, {"501000", "500155", true}, {"511000", "511024", true}, {"441900", "441900", true},
	} {
		if got := mayBeSamePrefecture(c.one, c.other); got != c.want {
			t.Errorf("%s and %s may be one prefecture: %v, want %v", c.one, c.other, got, c.want)
		}
		if got := mayBeSamePrefecture(c.other, c.one); got != c.want {
			t.Errorf("%s and %s may be one prefecture: %v, want %v", c.other, c.one, got, c.want)
		}
	}
}

func TestTooFast(t *testing.T) {
	active := changedItem(t, nil)
	checkFindings(t, []ruleCase{
		{"too far in an hour", active, "110000 3 10:00, 440300 3 11:00", "velocity 2 [110000 440300]"},
		{"in no time", active, "110000 3 10:00, 440300 3 10:00", "velocity 2 [110000 440300]"},
		{"by plane", active, "110000 3 10:00, 440300 3 12:30", ""},
		{"within the width of a province", active, "500155 3 10:00, 510100 3 10:01", ""},
		{"back and forth", active, "110000*2 3 08:00..3 20:00, 440300 3 20:30", "velocity 3 [110000 440300]"},
		{"time enough on the same day", active, "110000*2 3 01:00..3 06:00, 440300 3 12:00", ""},
		{"no coordinates", active, "320100 3 10:00, 440300 3 10:01", ""},
	})
}

// tableOnEquator has two regions on the equator, so many kilometres apart.
func tableOnEquator(t *testing.T, km float64) *Regions {
	t.Helper()
	const kmPerDegree = 2 * 3.14159265358979 * 6371 / 360
	r, err := ParseRegions(strings.NewReader(fmt.Sprintf(
		"192.0.2.1,,110000,,0,0\n192.0.2.2,,220000,,0,%.9f\n", km/kmPerDegree)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTooFastBounds: at least 500 km, faster than 900 km/h.
func TestTooFastBounds(t *testing.T) {
	active := changedItem(t, nil)
	for _, c := range []struct {
		km   float64
		last string
		want bool
	}{
		{499.9, "3 10:01", false}, {500.1, "3 10:01", true}, {1799, "3 12:00", false}, {1801, "3 12:00", true},
		{1800, "3 12:01", false}, {1800, "3 11:59", true}, {13500, "4 01:00", false}, {13501, "4 01:00", true},
		{19999, "4 08:13", true}, {20000, "4 08:14", false},
	} {
		rows := parseScans(t, "110000 3 10:00, 220000 "+c.last)
		got := EvaluateRules(&active, rows, tableOnEquator(t, c.km))
		if (len(got) == 1) != c.want {
			t.Errorf("%g km from 3 10:00 to %s: %s, want a finding: %v", c.km, c.last, describeFindings(got), c.want)
		}
	}
}

// TestTooFastChoosesTheWorst: the pair of views that is farthest beyond what can be travelled, in whatever order the counters are.
func TestTooFastChoosesTheWorst(t *testing.T) {
	active := changedItem(t, nil)
	for _, rows := range []string{
		"510100 3 10:00, 110000 3 10:30, 440300 3 11:00", "440300 3 11:00, 510100 3 10:00, 110000 3 10:30",
	} {
		findings := EvaluateRules(&active, parseScans(t, rows), readTable(t))
		want := "many_places 3 [110000 440300 510100], velocity 2 [110000 440300]"
		if got := describeFindings(findings); got != want {
			t.Errorf("found %s, want %s", got, want)
		}
	}
}

func TestTooFastArgs(t *testing.T) {
	it := changedItem(t, nil)
	got := EvaluateRules(&it, parseScans(t, "110000 3 10:00, 440300 3 10:45"), readTable(t))
	if len(got) != 1 || got[0].Args["km"] != "1940" || got[0].Args["minutes"] != "45" {
		t.Errorf("found %+v, want 1940 km in 45 minutes", got)
	}
}

func TestOutsideSales(t *testing.T) {
	local := changedItem(t, func(it *Item) { it.Sales = []string{"50", "5101"} })
	from := func(clock string) Item {
		it := activatedAt(t, clock)
		it.Sales = []string{"50"}
		return it
	}
	printed := local
	printed.State, printed.Activated = trace.SerialPrinted, time.Time{}
	checkFindings(t, []ruleCase{
		{"in the sales area", local, "500101 3 10:00, 510104 4 20:00", ""},
		{"elsewhere", local, "500101 3 10:00, 440300*2 4 20:00..4 21:00", "wrong_region 2 [440300]"},
		{"in another city of the province", local, "510700 3 10:00", "wrong_region 1 [510700]"},
		{"a province that has a city of the area", local, "510000 3 10:00", ""},
		{"at home", changedItem(t, func(it *Item) { it.Sales = []string{"11"} }), "500155 3 10:00", ""},
		{"no sales area", changedItem(t, nil), "440300 3 10:00", ""},
		{"no region", local, "- 3 10:00", ""},
		{"on its way, before it is activated", from("4 00:00"), "440300 3 10:00", "before_activation 1 [440300]"},
		{"a minute before the activation", from("3 10:01"), "440300 3 10:00", "before_activation 1 [440300]"},
		{"at the time of the activation", from("3 10:00"), "440300 3 10:00", "wrong_region 1 [440300]"},
		{"before and after the activation", from("3 10:00"), "440300*2 3 09:00..3 11:00",
			"wrong_region 2 [440300], before_activation 2 [440300]"},
		{"never activated", printed, "440300 3 10:00", "before_activation 1 [440300]"},
	})
}

func TestBeforeActivation(t *testing.T) {
	printed := changedItem(t, func(it *Item) { it.State, it.Activated = trace.SerialPrinted, time.Time{} })
	sold := changedItem(t, func(it *Item) {
		it.State, it.Activated, it.Since = trace.SerialSold, time.Time{}, parseClock(t, "2 00:00")
	})
	noon := activatedAt(t, "3 12:00")
	checkFindings(t, []ruleCase{
		{"before it is activated", printed, "- 3 10:00", "before_activation 1 []"},
		{"before it was activated", noon, "-*4 3 10:00..3 20:00", "before_activation 4 []"},
		{"a minute before", noon, "- 3 11:59", "before_activation 1 []"},
		{"at the time of the activation", noon, "- 3 12:00", ""},
		{"a minute after", noon, "- 3 12:01", ""},
		{"the packer's own check", printed, "500155 3 10:00", ""},
		{"the packer's own check before the activation", noon, "500155 3 10:00", ""},
		{"elsewhere before the activation", noon, "510100 3 10:00", "before_activation 1 [510100]"},
		{"sold: the time of the activation is unknown", sold, "- 1 10:00", ""},
	})
}

func TestAfterRecallOrVoid(t *testing.T) {
	voided := changedItem(t, func(it *Item) {
		it.State, it.Activated, it.Since = trace.SerialVoided, time.Time{}, parseClock(t, "5 00:00")
	})
	recalled := changedItem(t, func(it *Item) { it.Recalled = parseClock(t, "5 00:00") })
	both := changedItem(t, func(it *Item) { it.Recalled, it.Sales = parseClock(t, "2 00:00"), []string{"50"} })
	checkFindings(t, []ruleCase{
		{"after the recall", recalled, "- 3 10:00, 500155 6 10:00", "after_recall 1 [500155]"},
		{"before the recall", recalled, "- 3 10:00", ""},
		{"a minute before the recall", recalled, "- 4 23:59", ""},
		{"at the time of the recall", recalled, "- 5 00:00", ""},
		{"a minute after the recall", recalled, "- 5 00:01", "after_recall 1 []"},
		{"before and after the recall", recalled, "-*3 4 12:00..5 06:00", "after_recall 3 []"},
		{"after it was voided", voided, "- 3 10:00, - 6 10:00", "after_void 1 []"},
		{"at the time of the voiding", voided, "- 5 00:00", ""},
		{"a minute after the voiding", voided, "- 5 00:01", "after_void 1 []"},
		{"two rules at once", both, "440300 6 10:00", "wrong_region 1 [440300], after_recall 1 [440300]"},
	})
}

func TestEvaluateWithoutTable(t *testing.T) {
	it := changedItem(t, nil)
	if got := EvaluateRules(&it, parseScans(t, "110000 3 10:00, 440300 3 10:00"), nil); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// TestLatestViewsCount: of a code with very many counters the latest 200 known views are examined.
func TestLatestViewsCount(t *testing.T) {
	active := changedItem(t, nil)
	for later, want := range map[int]bool{197: true, 198: false} { // views after the three in three places
		rows := parseScans(t, "320100 3 00:00, 330100 3 00:01, 340100 3 00:02")
		for i := range rows {
			rows[i].Last = time.Time{} // one known view each
		}
		for i := range later {
			row := makeScan(t, "340100", 1, "3 00:03", "3 00:03")
			row.First, row.Last = row.First.Add(time.Duration(i)*time.Second), time.Time{}
			rows = append(rows, row)
		}
		if got := len(EvaluateRules(&active, rows, nil)) == 1; got != want {
			t.Errorf("with %d later views: a finding %v, want %v", later, got, want)
		}
	}
}

// TestEvidence: counters of one region are added up, the first and the last view kept.
func TestEvidence(t *testing.T) {
	recalled := changedItem(t, func(it *Item) { it.Recalled = parseClock(t, "2 00:00") })
	got := EvaluateRules(&recalled, parseScans(t, "440300*2 4 10:00..4 11:00, -*5 5 10:00, 440300*3 3 08:00..3 09:00"), nil)
	want := []Finding{{Rule: RuleRecalled, Count: 10, Last: parseClock(t, "5 10:00"), Evidence: []RegionCount{
		{Region: "", Count: 5, First: parseClock(t, "5 10:00"), Last: parseClock(t, "5 10:00")},
		{Region: "440300", Count: 5, First: parseClock(t, "3 08:00"), Last: parseClock(t, "4 11:00")},
	}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("found %+v, want %+v", got, want)
	}
}

// BenchmarkEvaluate: a code that half the country looks up does not keep a server busy.
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
