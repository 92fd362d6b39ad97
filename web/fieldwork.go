package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// sameWork is what several groups of one village did alike on one day: it is told once.
type sameWork struct {
	day, village, kind, agent, dose, target, stop, lot string
	days                                               int
}

// worked is such work, with the groups that did it.
type worked struct {
	happening
	sameWork
	season string // one of the places
	groups []trace.Place
	whole  bool // of the village, or of nowhere smaller that may be told
}

// fieldWork is the work on the seasons that the lots were harvested from.
func (b *builder) fieldWork() []happening {
	type once struct {
		seq int64
		lot string
	}
	seen := map[once]bool{}
	var list []worked
	for _, v := range b.told {
		if v.Season == nil {
			continue
		}
		for i := range v.Season.Works {
			w := &v.Season.Works[i]
			if k := (once{w.Seq, w.Lot}); !seen[k] {
				seen[k] = true
				list = append(list, b.workOn(v.Season.Place, w))
			}
		}
	}
	slices.SortFunc(list, func(x, y worked) int { // the lots come in no order
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.seq, y.seq), cmp.Compare(x.lot, y.lot))
	})
	at := map[sameWork]*worked{}
	var order []*worked
	for i := range list {
		x := &list[i]
		if o := at[x.sameWork]; o != nil {
			o.join(x)
			continue
		}
		at[x.sameWork] = x
		order = append(order, x)
	}
	out := make([]happening, len(order))
	for i, x := range order {
		x.who = b.workers(x)
		out[i] = x.happening
	}
	return out
}

func (b *builder) workOn(place string, w *trace.WorkView) worked {
	x := worked{season: place, happening: happening{at: w.Time, seq: w.Seq, kind: "work", tier: trace.Village, work: w, times: 1},
		sameWork: sameWork{day: w.Time.In(trace.ChinaTime).Format(time.DateOnly), village: place, kind: w.Kind, agent: w.Agent, dose: w.Dose, target: w.Target,
			lot: w.Lot, days: w.IntervalDays}}
	if !w.Stop.IsZero() && w.Stop.After(w.Time) {
		x.stop = b.p.T("page.work_stop", "Date", w.Stop)
	}
	if w.Lot != "" {
		x.refs = []ref{{Text: b.p.T("page.lot", "Key", trace.GroupKey(trace.KeyOf(w.Lot))), Href: pathOf(w.Lot) + b.q}}
	}
	if path := b.l.PublicPath(place); len(path) > 0 {
		last := path[len(path)-1]
		x.village, x.whole = last.ID, true
		if last.Kind == "group" && last.Parent != "" {
			x.village, x.whole, x.groups = last.Parent, false, []trace.Place{last}
		}
	}
	return x
}

// join adds the same work of another group; what was spread of a lot is summed.
func (x *worked) join(y *worked) {
	x.whole = x.whole || y.whole
	for _, g := range y.groups {
		if !slices.ContainsFunc(x.groups, func(o trace.Place) bool { return o.ID == g.ID }) {
			x.groups = append(x.groups, g)
		}
	}
	if x.work.Quantity != nil && y.work.Quantity != nil {
		w, q := *x.work, *x.work.Quantity // the ledger's own are not to be changed
		q.Amount += y.work.Quantity.Amount
		w.Quantity = &q
		x.work = &w
	}
}

// workers names who did it: one place, 龙滩村一组至五组, 龙滩村一组、三组, or 龙滩村 6 个小组.
func (b *builder) workers(x *worked) string {
	switch {
	case x.whole:
		return b.near(x.village)
	case len(x.groups) < 2:
		return b.near(x.season)
	}
	names := b.each(x.groups)
	n := len(names)
	slices.SortFunc(names, func(g, h string) int { return cmp.Or(cmp.Compare(ordinal(g), ordinal(h)), cmp.Compare(g, h)) })
	text := strings.Join(names, b.glue("、", ", "))
	switch first, last := ordinal(names[0]), ordinal(names[n-1]); {
	case n > 2 && first > 0 && last-first == n-1:
		text = b.p.T("page.groups.range", "From", names[0], "To", names[n-1])
	case n > 3:
		return b.p.T("page.groups.count", "Place", b.near(x.village), "Count", n)
	}
	return b.p.T("page.groups", "Place", b.near(x.village), "Groups", text)
}

// ordinal is the number in a group's name, 三组 or 3组; 0 where there is none that is understood.
func ordinal(name string) int {
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
