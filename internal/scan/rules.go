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

// Rule names a sign that a code may have been copied, or its item led astray. A sentence for each is in internal/locale: copy.{rule}.
type Rule string

// The rules for copies.
const (
	RulePlaces   Rule = "many_places"       // seen in many places in a short time
	RuleVelocity Rule = "velocity"          // seen in two places that no one thing can have been in
	RuleRegion   Rule = "wrong_region"      // 窜货: seen where it was not to be sold
	RuleEarly    Rule = "before_activation" // seen before it was put to use
	RuleRecalled Rule = "after_recall"      // seen after its lot was recalled: it is still in somebody's hands
	RuleVoided   Rule = "after_void"        // seen after it was voided
)

// The thresholds. All of them err on the side of silence: a region comes from a network address, and a phone's address often stands
// for its operator's gateway in the capital of the province, not for the phone.
const (
	// manyPrefectures prefectures within placesTime are suspect. Two are not: whoever is given a box at home and opens it at work, or whose
	// phone changes from Wi-Fi to its operator's network, has two. One item seldom crosses three in a day.
	manyPrefectures = 3
	manyPlacesTime  = 24 * time.Hour
	// maxKmPerHour is what no parcel exceeds: an airliner's cruising speed, without the way to the airport.
	maxKmPerHour = 900
	// minTooFastKm is how far apart two places must be at least: a gateway stands up to a province's width from the phone.
	minTooFastKm = 500
)

// Item is what the rules need to know of one item. Times that are not known are zero.
type Item struct {
	Code      string // serial number, 12 signs
	Lot       string // URI
	Org       string // who issued the serial number
	State     trace.SerialState
	Since     time.Time // of the state
	Activated time.Time // zero while it is not, and where the ledger no longer says
	Recalled  time.Time // when its lot was recalled; zero where it is not
	Sales     []string  // beginnings of the codes of the regions it is to be sold in; none for anywhere
	Home      []string  // codes of the regions of those who made and issued it: what is seen there is often their own check
}

// URI is the item's identifier.
func (it *Item) URI() string { return trace.ItemURI(it.Lot, it.Code) }

// Args are the values that a rule's sentence needs, as plain text.
type Args map[string]string

// Finding is a rule that was broken, with the counters that show it.
type Finding struct {
	Rule     Rule
	Evidence []RegionCount // by region, in order of their codes
	Count    int64         // page views in the evidence
	Last     time.Time
	Args     Args // "km", "minutes" for velocity; "sales" (codes, with spaces between) for the region
}

// EvaluateRules holds the counters of an item against the rules. rows are all counters of its code, r may be nil: then nothing is known of
// regions, and only the rules of time are left. It is a pure function: the same rows give the same findings on every server.
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

// knownView is a page view whose time is known: the first or the last of a day and region.
type knownView struct {
	at  time.Time
	row int
}

// listKnownViews are the known page views with a region, in order of time.
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

// maxKnownViews bounds the work for a code that half the country looked up: the latest are looked at.
const maxKnownViews = 200

// findManyPlaces finds the latest stretch of placesTime with views from manyPlaces prefectures, and returns its rows.
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

// mayBeSamePrefecture reports whether two codes may stand for one prefecture (地级市): GB/T 2260 gives it the first four digits, and the four
// municipalities 直辖市 (北京 11, 天津 12, 上海 31, 重庆 50) the first two. A code of a whole province may be any of its prefectures.
func mayBeSamePrefecture(a, b string) bool {
	a, b = cutToPrefecture(a), cutToPrefecture(b)
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

func cutToPrefecture(code string) string {
	code = trimZeros(code)
	switch n := len(code); {
	case n >= 2 && slices.Contains([]string{"11", "12", "31", "50"}, code[:2]):
		return code[:2]
	case n > 4:
		return code[:4]
	}
	return code
}

// trimZeros cuts the zeros off that stand for a whole province or prefecture: 510000 → 51, 510100 → 5101.
func trimZeros(code string) string {
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}

// findTooFast finds the two views that are farthest beyond what can be travelled, and returns their rows. It looks only at views whose time
// is known, so that it never takes a guess for a journey.
func findTooFast(rows []trace.Scan, r *Regions) ([]trace.Scan, Args) {
	list := listKnownViews(rows)
	var worst struct {
		a, b    int
		over    float64 // kilometres beyond what can be travelled in that time
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
				break // no place on earth is too far for that
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

// findOutsideSales are the rows from regions that the item was not to be sold in. Views at home are left out, and so are those before it was
// activated: what is on its way is not on sale.
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

// isInAny reports whether a region is, or may be, in one of those that begin so.
func isInAny(region string, list []string) bool {
	coarse := trimZeros(region)
	return slices.ContainsFunc(list, func(s string) bool {
		s = trimZeros(s)
		return strings.HasPrefix(region, s) || strings.HasPrefix(s, coarse)
	})
}

// findEarly are the rows of views before the item was activated. Those from home are left out where the region is known: packers try their
// codes.
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

// findSince are the rows with views after a moment. The count of the day of that moment may hold earlier ones.
func findSince(rows []trace.Scan, t time.Time) (out []trace.Scan) {
	for i := range rows {
		if rows[i].Last.After(t) {
			out = append(out, rows[i])
		}
	}
	return out
}
