package register

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func itoa(n int) string { return strconv.Itoa(n) }

// sumLine is a 小计 or 合计 with the rows it is the sum of.
type sumLine struct {
	*line
	of []*entry
}

// check compares every sum with the rows above it, as they are written: bad rows too, for the clerk added them up. Spreadsheets leave
// numbers kept as text out of a SUM, and a row typed twice later is often not in it; where one of these explains the difference, it is
// said. A sum is no row of data: it is reported, and the rows are taken.
func (r *reading) check(twice map[*entry]bool) {
	for _, s := range r.sums {
		for i := range r.fields {
			f := &r.fields[i]
			switch f.role {
			case roleWeight, rolePieces, rolePremium, roleMoney:
				r.sum(s, f, twice)
			}
		}
	}
}

func (r *reading) sum(s sumLine, f *field, twice map[*entry]bool) {
	cell := s.at(f.col)
	said, code := number(cell)
	if code == CodeNumberMissing {
		return
	}
	if code != "" {
		r.problem(Warning, s.no, f, cell, CodeSumUnreadable)
		return
	}
	var all, kept, once, both int64 // kept: without text; once: without what is there twice
	for _, e := range s.of {
		all += e.figures[f.col] // cannot overflow, see mostFigure
	}
	if all == said.micro {
		return
	}
	var texts, again []int
	for _, e := range s.of {
		n, ok := e.figures[f.col]
		text := ok && r.textual(e.row, f.col)
		if text {
			texts = append(texts, e.row)
		} else {
			kept += n
		}
		if twice[e] {
			again = append(again, e.row)
		} else {
			once += n
			if !text {
				both += n
			}
		}
	}
	code, rows := CodeSumDiffers, []int(nil)
	switch said.micro {
	case kept:
		code, rows = CodeSumSkipsText, texts
	case once:
		code, rows = CodeSumSkipsTwice, again
	case both:
		code, rows = CodeSumSkipsBoth, append(again, texts...)
	}
	diff := all - said.micro
	if diff < 0 {
		diff = -diff
	}
	r.problem(Warning, s.no, f, cell, code, "counted", trace.Amount(all).String(), "difference", trace.Amount(diff).String(), "rows", listed(rows))
}

// listed names rows, the first ten of them.
func listed(rows []int) string {
	sort.Ints(rows)
	var parts []string
	for i, n := range rows {
		if i == 10 {
			parts[9] += "…(" + itoa(len(rows)) + ")"
			break
		}
		parts = append(parts, itoa(n))
	}
	return strings.Join(parts, "、")
}

// repeats finds rows typed twice: same day, grower, place, quantity and count as an earlier row, good or bad. The second is refused.
func (r *reading) repeats(seen map[string]spot) map[*entry]bool {
	twice := map[*entry]bool{}
	for _, e := range r.entries {
		if !e.keyed {
			continue
		}
		key := r.profile.id + "\x1f" + e.station + "\x1f" + e.key()
		first, ok := seen[key]
		if !ok {
			seen[key] = spot{r.tab, e.row}
			continue
		}
		twice[e] = true
		at := itoa(first.row)
		if first.sheet != r.tab {
			at = first.sheet + "!" + at
		}
		r.spoil(e, nil, "", CodeRowTwice, "first", at)
	}
	return twice
}

// spot is where a row stands.
type spot struct {
	sheet string
	row   int
}

// sprayed compares the last uses that the rows of one plot state. Where one remark names the agent, its interval holds for every row of
// the plot, and its uses are counted over the season. A last use without a name is only pointed out: several growers may share a plot's
// number, each with a strip and a sprayer of his own.
func (r *reading) sprayed() {
	f := r.field(roleLastUse)
	if f == nil {
		return
	}
	plots := map[string][]*entry{}
	var order []string
	for _, e := range r.entries {
		if e.place == "" || e.on.IsZero() || e.lastUse.IsZero() || days(e.lastUse, e.on) < 0 {
			continue
		}
		k := norm(e.place) + "\x1f" + itoa(e.on.Year())
		if plots[k] == nil {
			order = append(order, k)
		}
		plots[k] = append(plots[k], e)
	}
	for _, k := range order {
		list := plots[k]
		r.uses(list, f)
		for _, e := range list {
			r.neighbours(e, list, f)
		}
	}
}

func (r *reading) neighbours(e *entry, list []*entry, f *field) {
	for _, o := range list {
		gap := days(o.lastUse, e.on)
		if o == e || gap < 0 || o.lastUse.Equal(e.lastUse) || e.bad {
			continue
		}
		switch {
		case o.agent != nil && gap < o.agent.days:
			r.spoil(e, f, iso(e.lastUse), CodeIntervalOther, "agent", o.agent.name, "used", iso(o.lastUse), "gap", itoa(gap), "days", itoa(o.agent.days),
				"other", itoa(o.row))
		case o.agent == nil && gap < shortestInterval():
			r.problem(Warning, e.row, f, iso(e.lastUse), CodeSprayDiffers, "used", iso(o.lastUse), "gap", itoa(gap), "other", itoa(o.row))
			return
		}
	}
}

// uses refuses rows that state more uses of an agent than a season may have, the later ones.
func (r *reading) uses(list []*entry, f *field) {
	for i := range agents {
		a := &agents[i]
		var on []time.Time
		for _, e := range list {
			if e.agent == a && !e.bad && !contains(on, e.lastUse) {
				on = append(on, e.lastUse)
			}
		}
		if a.uses == 0 || len(on) <= a.uses {
			continue
		}
		sort.Slice(on, func(i, j int) bool { return on[i].Before(on[j]) })
		for _, e := range list {
			if e.agent == a && !e.bad && e.lastUse.After(on[a.uses-1]) {
				r.spoil(e, f, iso(e.lastUse), CodeUsesExceeded, "agent", a.name, "uses", itoa(a.uses))
			}
		}
	}
}

func contains(list []time.Time, t time.Time) bool {
	for _, x := range list {
		if x.Equal(t) {
			return true
		}
	}
	return false
}
