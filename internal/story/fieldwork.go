package story

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// sameWork is work that several groups 村民小组 of one village did alike on one day: such work is described once.
type sameWork struct {
	day, village, kind, agent, dose, target, stop, lot string
	days                                               int
}

// fieldWork is such work, with the groups that did the work.
type fieldWork struct {
	happening
	sameWork
	season string // one of the places
	groups []trace.Place
	whole  bool // of the whole village, or of a place whose smaller part may not be shown
}

// listFieldWork lists the work on the seasons that the lots were harvested from.
func (s *Story) listFieldWork() []happening {
	type workOfLot struct {
		seq int64
		lot string
	}
	seen := map[workOfLot]bool{}
	var list []fieldWork
	for _, v := range s.Told {
		if v.Season == nil {
			continue
		}
		for i := range v.Season.Works {
			w := &v.Season.Works[i]
			if k := (workOfLot{w.Seq, w.Lot}); !seen[k] {
				seen[k] = true
				list = append(list, s.readWork(v.Season.Place, w))
			}
		}
	}
	slices.SortFunc(list, func(x, y fieldWork) int { // the lots of a map come in no order
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.seq, y.seq), cmp.Compare(x.lot, y.lot))
	})
	at := map[sameWork]*fieldWork{}
	var order []*fieldWork
	for i := range list {
		x := &list[i]
		if o := at[x.sameWork]; o != nil {
			o.joinGroup(x)
			continue
		}
		at[x.sameWork] = x
		order = append(order, x)
	}
	out := make([]happening, len(order))
	for i, x := range order {
		x.who = s.nameWorkers(x)
		out[i] = x.happening
	}
	return out
}

// readWork reads the work on the season of a place.
func (s *Story) readWork(place string, w *trace.WorkView) fieldWork {
	x := fieldWork{season: place, happening: happening{at: w.Time, seq: w.Seq, kind: "work", tier: trace.Village, work: w, times: 1},
		sameWork: sameWork{day: w.Time.In(trace.ChinaTime).Format(time.DateOnly), village: place, kind: w.Kind, agent: w.Agent, dose: w.Dose,
			target: w.Target, lot: w.Lot, days: w.IntervalDays}}
	if !w.Stop.IsZero() && w.Stop.After(w.Time) {
		x.stop = s.Printer.T("page.work_stop", "Date", w.Stop)
	}
	if w.Lot != "" {
		x.links = []Reference{{Text: s.Printer.T("page.lot", "Key", trace.GroupKey(trace.KeyOf(w.Lot))), Href: s.link(w.Lot)}}
	}
	if path := s.Ledger.PublicPath(place); len(path) > 0 {
		last := path[len(path)-1]
		x.village, x.whole = last.ID, true
		if last.Kind == "group" && last.Parent != "" {
			x.village, x.whole, x.groups = last.Parent, false, []trace.Place{last}
		}
	}
	return x
}

// joinGroup adds the same work of another group; the amounts spread of a lot are summed.
func (x *fieldWork) joinGroup(y *fieldWork) {
	x.whole = x.whole || y.whole
	for _, g := range y.groups {
		if !slices.ContainsFunc(x.groups, func(o trace.Place) bool { return o.ID == g.ID }) {
			x.groups = append(x.groups, g)
		}
	}
	if x.work.Quantity != nil && y.work.Quantity != nil {
		w, q := *x.work, *x.work.Quantity // the values of the ledger itself must not be changed
		q.Amount += y.work.Quantity.Amount
		w.Quantity = &q
		x.work = &w
	}
}

// nameWorkers names who did the work: one place, 龙滩村一组至五组, 龙滩村一组、三组, or 龙滩村 6 个小组.
func (s *Story) nameWorkers(x *fieldWork) string {
	switch {
	case x.whole:
		return s.NearbyAddress(x.village)
	case len(x.groups) < 2:
		return s.NearbyAddress(x.season)
	}
	names := s.PlaceNames(x.groups)
	n := len(names)
	slices.SortFunc(names, func(g, h string) int { return cmp.Or(cmp.Compare(groupNumber(g), groupNumber(h)), cmp.Compare(g, h)) })
	text := strings.Join(names, s.PickSeparator("、", ", "))
	switch first, last := groupNumber(names[0]), groupNumber(names[n-1]); {
	case n > 2 && first > 0 && last-first == n-1:
		text = s.Printer.T("page.groups.range", "From", names[0], "To", names[n-1])
	case n > 3:
		return s.Printer.T("page.groups.count", "Place", s.NearbyAddress(x.village), "Count", n)
	}
	return s.Printer.T("page.groups", "Place", s.NearbyAddress(x.village), "Groups", text)
}

// groupNumber is the number in a group's name, 三组 or 3组; 0 where the name has no number that can be read.
func groupNumber(name string) int {
	const digits = "零一二三四五六七八九"
	begin := strings.IndexFunc(name, func(r rune) bool { return strings.ContainsRune(digits+"十0123456789", r) })
	if begin < 0 {
		return 0
	}
	tens, ones := 0, 0
	for _, r := range name[begin:] {
		i := strings.IndexRune(digits, r)
		switch {
		case r == '十':
			tens, ones = max(ones, 1), 0
		case i >= 0:
			ones = i / len("一")
		case r >= '0' && r <= '9':
			end := begin + strings.IndexFunc(name[begin:]+"x", func(r rune) bool { return r < '0' || r > '9' })
			n, err := strconv.Atoi(name[begin:end])
			if err != nil {
				return 0
			}
			return n
		default:
			return 10*tens + ones
		}
	}
	return 10*tens + ones
}
