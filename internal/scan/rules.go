package scan

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Rule is a sign that a code may have been copied, or that its item was sold where the item was not to be sold. internal/locale has a
// sentence for each rule: see MessageID.
type Rule string

// The rules for copies.
const (
	RulePlaces   Rule = "many_places"       // seen in many places in a short time
	RuleVelocity Rule = "velocity"          // seen in two places between which no item can have travelled
	RuleRegion   Rule = "wrong_region"      // 窜货: seen in a region outside the sales area
	RuleEarly    Rule = "before_activation" // seen before its activation
	RuleRecalled Rule = "after_recall"      // seen after the recall of its lot: the item is still in circulation
	RuleVoided   Rule = "after_void"        // seen after being voided
)

// The thresholds. All of them rather miss a copy than raise a false alarm: a region comes from a network address, and a phone's address
// often stands for its operator's gateway in the capital of the province, not for the phone.
const (
	// manyPrefectures prefectures within manyPlacesTime are suspect. Two are not: a buyer who receives a box at home and opens the box at
	// work, or whose phone changes from Wi-Fi to its operator's network, is seen in two. An item seldom crosses three in a day.
	manyPrefectures = 3
	manyPlacesTime  = 24 * time.Hour
	// maxKmPerHour is a speed that no parcel exceeds: an airliner's cruising speed, without the way to the airport.
	maxKmPerHour = 900
	// minTooFastKm is the least distance of two places that counts: a gateway stands up to a province's width from the phone.
	minTooFastKm = 500
)

// Item holds the facts about one item that the rules need. An unknown time is zero.
type Item struct {
	Code      string // serial number, 12 characters
	Lot       string // URI
	Org       string // that issued the serial number
	State     trace.SerialState
	Since     time.Time // when the item entered the state
	Activated time.Time // zero where the item never was activated
	Recalled  time.Time // when its lot was recalled; zero where the lot is not recalled
	Sales     []string  // beginnings of the codes of the regions in which the item may be sold; none: everywhere
	Home      []string  // codes of the regions of its maker and issuer, whose own checks are views too
}

// URI is the item's identifier.
func (it *Item) URI() string { return trace.ItemURI(it.Lot, it.Code) }

// Args are the values in a rule's sentence, as plain text.
type Args map[string]string

// Finding is a broken rule with the counters that show the breach.
type Finding struct {
	Rule     Rule
	Evidence []RegionCount // by region, in order of their codes
	Count    int64         // page views in the evidence
	Last     time.Time
	Args     Args // "km", "minutes" for velocity; "sales" (codes, with spaces between) for the region
}

// EvaluateRules checks the counters of an item against the rules. rows are all counters of the item's code. r may be nil: then no distance
// is known, and RuleVelocity finds nothing. The same rows give the same findings on every server.
func EvaluateRules(it *Item, rows []trace.Scan, r *Regions) []Finding {
	var out []Finding
	add := func(rule Rule, args Args, rows []trace.Scan) {
		if len(rows) > 0 {
			out = append(out, makeFinding(rule, args, rows))
		}
	}
	add(RulePlaces, nil, findManyPlaces(rows))
	far, args := findTooFast(rows, r)
	add(RuleVelocity, args, far)
	add(RuleRegion, Args{"sales": strings.Join(it.Sales, " ")}, findOutsideSales(it, rows))
	add(RuleEarly, nil, findEarly(it, rows))
	if !it.Recalled.IsZero() {
		add(RuleRecalled, nil, findSince(rows, it.Recalled))
	}
	if it.State == trace.SerialVoided {
		add(RuleVoided, nil, findSince(rows, it.Since))
	}
	return out
}

// makeFinding adds up counters by region.
func makeFinding(rule Rule, args Args, rows []trace.Scan) Finding {
	f := Finding{Rule: rule, Args: args}
	for i := range rows {
		n := &rows[i]
		f.Count += n.Count
		f.Last = laterTime(f.Last, n.Last)
		at := slices.IndexFunc(f.Evidence, func(t RegionCount) bool { return t.Region == n.Region })
		if at < 0 {
			f.Evidence = append(f.Evidence, RegionCount{Region: n.Region, Count: n.Count, First: n.First, Last: n.Last})
			continue
		}
		t := &f.Evidence[at]
		t.Count, t.First, t.Last = t.Count+n.Count, earlierTime(t.First, n.First), laterTime(t.Last, n.Last)
	}
	slices.SortFunc(f.Evidence, func(a, b RegionCount) int { return cmp.Compare(a.Region, b.Region) })
	return f
}

// knownView is a page view with a known time: the first or the last view of a day and region.
type knownView struct {
	at  time.Time
	row int // index of the counter
}

// listKnownViews lists the page views with a region and a known time, in order of time.
func listKnownViews(rows []trace.Scan) []knownView {
	var out []knownView
	for i := range rows {
		if rows[i].Region == "" {
			continue
		}
		for _, t := range []time.Time{rows[i].First, rows[i].Last} {
			if !t.IsZero() {
				out = append(out, knownView{t, i})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b knownView) int { return a.at.Compare(b.at) })
	return out[max(0, len(out)-maxKnownViews):]
}

// maxKnownViews bounds the work for a code that half the country looked up: the rules examine the latest views.
const maxKnownViews = 200

// findManyPlaces finds the latest stretch of manyPlacesTime with views from manyPrefectures prefectures, and returns its counters.
func findManyPlaces(rows []trace.Scan) (out []trace.Scan) {
	list := listKnownViews(rows)
	for end := len(list) - 1; end >= 0; end-- {
		var seen []string // one code for each prefecture
		var in []int
		for i := end; i >= 0 && list[end].at.Sub(list[i].at) <= manyPlacesTime; i-- {
			code := rows[list[i].row].Region
			if !slices.ContainsFunc(seen, func(s string) bool { return mayBeSamePrefecture(s, code) }) {
				seen = append(seen, code)
			}
			if !slices.Contains(in, list[i].row) {
				in = append(in, list[i].row)
			}
		}
		if len(seen) >= manyPrefectures {
			for _, i := range in {
				out = append(out, rows[i])
			}
			return out
		}
	}
	return nil
}

// mayBeSamePrefecture reports whether two codes may stand for one prefecture (地级市). A prefecture is the first four digits of GB/T 2260, a
// municipality 直辖市 (北京 11, 天津 12, 上海 31, 重庆 50) the first two. A code of a whole province may stand for any of its prefectures.
func mayBeSamePrefecture(a, b string) bool {
	a, b = cutToPrefecture(a), cutToPrefecture(b)
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// municipalities 直辖市 count as one prefecture each, by the first two digits of their codes (GB/T 2260).
var municipalities = []string{"11", "12", "31", "50"}

// cutToPrefecture cuts a code to the digits of its prefecture, or of its province where the code names no prefecture.
func cutToPrefecture(code string) string {
	code = trimZeros(code)
	switch n := len(code); {
	case n >= 2 && slices.Contains(municipalities, code[:2]):
		return code[:2]
	case n > 4:
		return code[:4]
	}
	return code
}

// trimZeros cuts off the zeros of a whole province or prefecture: 510000 → 51, 510100 → 5101.
func trimZeros(code string) string {
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}

// findTooFast finds the two views whose distance exceeds most what can be travelled between them, and returns their counters. Only views
// with a known time count, so that no assumption becomes a journey.
func findTooFast(rows []trace.Scan, r *Regions) ([]trace.Scan, Args) {
	list := listKnownViews(rows)
	var worst struct {
		a, b    int     // indexes of the counters
		over    float64 // kilometres beyond what can be travelled in the time between
		km      float64
		minutes float64
	}
	for i := range list {
		from, ok := r.Point(rows[list[i].row].Region)
		if !ok {
			continue
		}
		for _, m := range list[i+1:] {
			apart := m.at.Sub(list[i].at).Hours()
			if apart*maxKmPerHour > halfCircumference {
				break // every place on earth can be reached in that time
			}
			to, ok := r.Point(rows[m.row].Region)
			if !ok {
				continue
			}
			km := from.distanceTo(to)
			if over := km - apart*maxKmPerHour; km >= minTooFastKm && over > worst.over {
				worst.a, worst.b, worst.over, worst.km, worst.minutes = list[i].row, m.row, over, km, apart*60
			}
		}
	}
	if worst.over == 0 {
		return nil, nil
	}
	args := Args{"km": strconv.Itoa(int(math.Round(worst.km/10) * 10)), "minutes": strconv.Itoa(int(worst.minutes))}
	return []trace.Scan{rows[worst.a], rows[worst.b]}, args
}

// findOutsideSales lists the counters of regions in which the item may not be sold. Views at home are left out, and so are views before the
// activation: an item on its way is not on sale.
func findOutsideSales(it *Item, rows []trace.Scan) (out []trace.Scan) {
	if len(it.Sales) == 0 || it.State == trace.SerialPrinted {
		return nil
	}
	for i := range rows {
		n := &rows[i]
		if n.Region != "" && !isInAny(n.Region, it.Sales) && !isInAny(n.Region, it.Home) && !n.Last.Before(it.Activated) {
			out = append(out, *n)
		}
	}
	return out
}

// isInAny reports whether a region lies, or may lie, in one of the areas whose codes begin so.
func isInAny(region string, areas []string) bool {
	coarse := trimZeros(region)
	return slices.ContainsFunc(areas, func(area string) bool {
		area = trimZeros(area)
		return strings.HasPrefix(region, area) || strings.HasPrefix(area, coarse)
	})
}

// findEarly lists the counters with views before the item's activation. Views at home are left out where the region is known: packers try
// their codes.
func findEarly(it *Item, rows []trace.Scan) (out []trace.Scan) {
	for i := range rows {
		n := &rows[i]
		before := it.State == trace.SerialPrinted || !it.Activated.IsZero() && n.First.Before(it.Activated)
		if before && (n.Region == "" || !isInAny(n.Region, it.Home)) {
			out = append(out, *n)
		}
	}
	return out
}

// findSince lists the counters with views after a time. The count of that day may include earlier views.
func findSince(rows []trace.Scan, t time.Time) (out []trace.Scan) {
	for i := range rows {
		if rows[i].Last.After(t) {
			out = append(out, rows[i])
		}
	}
	return out
}
