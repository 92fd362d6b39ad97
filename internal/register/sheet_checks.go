package register

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func formatInt(n int) string { return strconv.Itoa(n) }

// sumLine is a 小计 or 合计 line with the rows above that the line adds up.
type sumLine struct {
	*line
	of []*entry
}

// checkSums compares every sum with the written figures of the rows above, of bad rows as well, since the clerk added those up too.
// Spreadsheets leave numbers kept as text out of a SUM, and a row that was typed twice later is often missing in the sum; where one of
// these explains the difference, the problem says so. A sum is no row of data: a wrong sum is reported, and the rows are taken.
func (r *reading) checkSums(twice map[*entry]bool) {
	for _, s := range r.sums {
		for i := range r.fields {
			f := &r.fields[i]
			switch f.role {
			case roleWeight, rolePieces, rolePremium, roleMoney:
				r.checkSum(s, f, twice)
			}
		}
	}
}

func (r *reading) checkSum(s sumLine, f *field, twice map[*entry]bool) {
	cell := s.cellAt(f.col)
	said, code := parseNumber(cell)
	if code == CodeNumberMissing {
		return
	}
	if code != "" {
		r.addProblem(Warning, cellValue{s.number, f, cell}, CodeSumUnreadable)
		return
	}
	var all int64
	for _, e := range s.of {
		all += e.figures[f.col] // cannot overflow, see mostFigure
	}
	if all == said.micro {
		return
	}
	code, rows := r.explainSum(s, f, twice, said.micro)
	diff := all - said.micro
	if diff < 0 {
		diff = -diff
	}
	r.addProblem(Warning, cellValue{s.number, f, cell}, code, "counted", trace.Amount(all).String(), "difference", trace.Amount(diff).String(),
		"rows", formatRows(rows))
}

// explainSum looks for rows whose figures are missing in a sum: text that is no number to a spreadsheet, repeated rows, or both. Where none
// of these gives the written sum, the code says only that the sum is another.
func (r *reading) explainSum(s sumLine, f *field, twice map[*entry]bool, stated int64) (Code, []int) {
	var kept, once, both int64 // kept: without text; once: without repeated rows; both: without either
	var texts, repeated []int
	for _, e := range s.of {
		n, ok := e.figures[f.col]
		text := ok && r.isTextual(e.row, f.col)
		if text {
			texts = append(texts, e.row)
		} else {
			kept += n
		}
		if twice[e] {
			repeated = append(repeated, e.row)
		} else {
			once += n
			if !text {
				both += n
			}
		}
	}
	switch stated {
	case kept:
		return CodeSumSkipsText, texts
	case once:
		return CodeSumSkipsTwice, repeated
	case both:
		return CodeSumSkipsBoth, append(repeated, texts...)
	}
	return CodeSumDiffers, nil
}

// formatRows lists the numbers of rows, the first ten of them.
func formatRows(rows []int) string {
	sort.Ints(rows)
	var parts []string
	for i, n := range rows {
		if i == 10 {
			parts[9] += "…(" + formatInt(len(rows)) + ")"
			break
		}
		parts = append(parts, formatInt(n))
	}
	return strings.Join(parts, "、")
}

// findRepeats finds rows that were typed twice: same day, grower, place, quantity and count as an earlier row, good or bad. The
// second row is refused.
func (r *reading) findRepeats(seen map[string]rowPosition) map[*entry]bool {
	twice := map[*entry]bool{}
	for _, e := range r.entries {
		if !e.keyed {
			continue
		}
		key := r.profile.id + "\x1f" + e.station + "\x1f" + e.identityKey()
		first, ok := seen[key]
		if !ok {
			seen[key] = rowPosition{r.name, e.row}
			continue
		}
		twice[e] = true
		at := formatInt(first.row)
		if first.sheet != r.name {
			at = first.sheet + "!" + at
		}
		r.refuseEntry(e, nil, "", CodeRowTwice, "first", at)
	}
	return twice
}

// rowPosition is the place of a row in the file.
type rowPosition struct {
	sheet string
	row   int
}

// checkLastUses compares the last uses that the rows of one plot state. Where one remark names the agent, the interval of the
// agent holds for every row of the plot, and the uses of the agent are counted over the season. A last use without a name is
// only pointed out: several growers may share a plot's number, each with a strip and a sprayer of his own.
func (r *reading) checkLastUses() {
	f := r.findField(roleLastUse)
	if f == nil {
		return
	}
	plots := map[string][]*entry{}
	var order []string
	for _, e := range r.entries {
		if e.place == "" || e.on.IsZero() || e.lastUse.IsZero() || countDays(e.lastUse, e.on) < 0 {
			continue
		}
		k := normalizeName(e.place) + "\x1f" + formatInt(e.on.Year())
		if plots[k] == nil {
			order = append(order, k)
		}
		plots[k] = append(plots[k], e)
	}
	for _, k := range order {
		list := plots[k]
		r.checkUses(list, f)
		for _, e := range list {
			r.checkNeighbours(e, list, f)
		}
	}
}

func (r *reading) checkNeighbours(e *entry, list []*entry, f *field) {
	for _, o := range list {
		gap := countDays(o.lastUse, e.on)
		if o == e || gap < 0 || o.lastUse.Equal(e.lastUse) || e.bad {
			continue
		}
		switch {
		case o.agent != nil && gap < o.agent.days:
			r.refuseEntry(e, f, formatDay(e.lastUse), CodeIntervalOther, "agent", o.agent.name, "used", formatDay(o.lastUse),
				"gap", formatInt(gap), "days", formatInt(o.agent.days), "other", formatInt(o.row))
		case o.agent == nil && gap < shortestInterval():
			r.addProblem(Warning, cellValue{e.row, f, formatDay(e.lastUse)}, CodeSprayDiffers, "used", formatDay(o.lastUse),
				"gap", formatInt(gap), "other", formatInt(o.row))
			return
		}
	}
}

// checkUses refuses rows that state more uses of an agent than a season may have; the later rows are refused.
func (r *reading) checkUses(list []*entry, f *field) {
	for i := range plantAgents {
		a := &plantAgents[i]
		var on []time.Time
		for _, e := range list {
			if e.agent == a && !e.bad && !containsTime(on, e.lastUse) {
				on = append(on, e.lastUse)
			}
		}
		if a.uses == 0 || len(on) <= a.uses {
			continue
		}
		sort.Slice(on, func(i, j int) bool { return on[i].Before(on[j]) })
		for _, e := range list {
			if e.agent == a && !e.bad && e.lastUse.After(on[a.uses-1]) {
				r.refuseEntry(e, f, formatDay(e.lastUse), CodeUsesExceeded, "agent", a.name, "uses", formatInt(a.uses))
			}
		}
	}
}

func containsTime(list []time.Time, t time.Time) bool {
	for _, x := range list {
		if x.Equal(t) {
			return true
		}
	}
	return false
}
