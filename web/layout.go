package web

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// slot is a place in a row: of a box, or of a flow that passes on its way to a later row.
type slot struct{ box, flow int } // box is -1 for a passing flow

// layout sorts boxes into rows, one for each step within a lane, and leads long flows past the boxes between.
type layout struct {
	g    *graph
	rows [][]slot
	row  []int            // by box
	via  map[int][][3]int // by flow: where it passes, as position across, begin and end along
}

// layout makes the rows. Within a row what comes from the same side stands on that side, by-products after the lot they fell off.
func (g *graph) layout() *layout {
	l := &layout{g: g, row: make([]int, len(g.boxes)), via: map[int][][3]int{}}
	order := make([]int, len(g.boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := &g.boxes[x], &g.boxes[y]
		return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.level, b.level), cmp.Compare(a.node, b.node))
	})
	for n, i := range order {
		if n == 0 || g.boxes[i].lane != g.boxes[order[n-1]].lane || g.boxes[i].level != g.boxes[order[n-1]].level {
			l.rows = append(l.rows, nil)
		}
		l.row[i] = len(l.rows) - 1
		l.rows[l.row[i]] = append(l.rows[l.row[i]], slot{box: i})
	}
	for k, f := range g.flows {
		for r := l.row[f.from] + 1; r < l.row[f.to]; r++ {
			l.rows[r] = append(l.rows[r], slot{box: -1, flow: k})
		}
	}
	for r := 1; r < len(l.rows); r++ {
		l.arrange(r)
	}
	return l
}

// arrange puts a row's slots below what leads to them; what comes from nowhere stands at the end.
func (l *layout) arrange(r int) {
	at := map[slot]float64{}
	for k, s := range l.rows[r-1] {
		at[s] = (float64(k) + .5) / float64(len(l.rows[r-1]))
	}
	centre := func(s slot) float64 {
		total, n := 0.0, 0
		for k, f := range l.g.flows {
			if s.box < 0 && k != s.flow || s.box >= 0 && f.to != s.box {
				continue
			}
			before := slot{box: -1, flow: k}
			if l.row[f.from] == r-1 {
				before = slot{box: f.from}
			}
			if x, ok := at[before]; ok {
				total += x
				n++
			}
		}
		if n == 0 {
			return 2
		}
		return total / float64(n)
	}
	quiet := func(s slot) int {
		if s.box >= 0 && l.g.boxes[s.box].quiet {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(l.rows[r], func(x, y slot) int {
		return cmp.Or(cmp.Compare(centre(x), centre(y)), cmp.Compare(quiet(x), quiet(y)))
	})
}

// lane is the lane of a row, which has at least one box.
func (l *layout) lane(r int) int {
	for _, s := range l.rows[r] {
		if s.box >= 0 {
			return l.g.boxes[s.box].lane
		}
	}
	return 0
}

// first reports whether a row begins a lane.
func (l *layout) first(r int) bool { return r == 0 || l.lane(r) != l.lane(r-1) }

// pass notes where a flow passes a row.
func (l *layout) pass(s slot, across, begin int) {
	l.via[s.flow] = append(l.via[s.flow], [3]int{across, begin, begin})
}

// end closes the passages of a row.
func (l *layout) end(r, along int) {
	for _, s := range l.rows[r] {
		if s.box < 0 {
			v := l.via[s.flow]
			v[len(v)-1][2] = along
		}
	}
}

// passing is the room a passing flow needs.
const passing = 16

func (s slot) least() int {
	if s.box < 0 {
		return passing
	}
	return minBox
}

// lines breaks a row that is too long for a phone.
func (l *layout) lines(row []slot, room int) [][]slot {
	var out [][]slot
	used := 0
	for _, s := range row {
		if n := len(out); n == 0 || used+boxGap+s.least() > room {
			out = append(out, nil)
			used = -boxGap
		}
		used += boxGap + s.least()
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// widths shares a row's room out by quantity; no box is narrower than its text needs.
func (g *graph) widths(row []slot, room int) []int {
	most := g.most()
	room -= (len(row) - 1) * boxGap
	out := make([]int, len(row))
	wish := make([]float64, len(row))
	total, spare := 0.0, float64(room)
	for k, s := range row {
		spare -= float64(s.least())
		if s.box >= 0 && most > 0 && !g.boxes[s.box].quiet {
			wish[k] = float64(room-minBox) * min(1, g.boxes[s.box].mass/most) // beyond the least
			total += wish[k]
		}
	}
	least := make([]int, len(row))
	for k, s := range row {
		least[k] = s.least()
		if s.box >= 0 { // room for the whole name, if there is
			if more := float64(min(150, textWidth(g.boxes[s.box].name, 14)+14) - minBox); more > 0 && more <= spare {
				least[k] += int(more)
				spare -= more
			}
		}
	}
	scale := 1.0
	if total > spare {
		scale = max(0, spare) / total
	}
	for k := range row {
		out[k] = least[k] + int(wish[k]*scale)
	}
	return out
}

func (g *graph) most() float64 {
	most := 0.0
	for i := range g.boxes {
		if !g.boxes[i].quiet {
			most = max(most, g.boxes[i].mass)
		}
	}
	return most
}

func (g *graph) heights(row []slot) []int {
	most := g.most()
	out := make([]int, len(row))
	for k, s := range row {
		out[k] = passing
		if s.box < 0 {
			continue
		}
		out[k] = boxHeight
		if most > 0 && len(row) <= 4 && !g.boxes[s.box].quiet {
			out[k] += int(float64(maxTall-boxHeight) * min(1, g.boxes[s.box].mass/most))
		}
	}
	return out
}

// flowLines draws the flows between boxes, their ends spread along the sides and as wide as what flows.
func (g *graph) flowLines(p *picture, l *layout, wide bool) {
	most := 0.0
	for _, f := range g.flows {
		if !f.quiet {
			most = max(most, f.mass)
		}
	}
	out, in := g.ends(p, l, wide, true), g.ends(p, l, wide, false)
	for k, f := range g.flows {
		points := [][2]int{anchor(&p.Boxes[f.from], slices.Index(out[f.from], k), len(out[f.from]), wide, true)}
		for _, v := range l.via[k] {
			if wide {
				points = append(points, [2]int{v[1], v[0]}, [2]int{v[2], v[0]})
			} else {
				points = append(points, [2]int{v[0], v[1]}, [2]int{v[0], v[2]})
			}
		}
		points = append(points, anchor(&p.Boxes[f.to], slices.Index(in[f.to], k), len(in[f.to]), wide, false))
		width := 1.5
		if most > 0 && !f.quiet {
			width = 2 + 12*math.Sqrt(f.mass/most)
		}
		p.Flows = append(p.Flows, drawnFlow{D: path(points, wide), Width: trimFloat(width), Quiet: f.quiet})
	}
}

// ends are the flows that leave or reach each box, in the order in which they stand across.
func (g *graph) ends(p *picture, l *layout, wide, outgoing bool) map[int][]int {
	by := map[int][]int{}
	for k, f := range g.flows {
		if outgoing {
			by[f.from] = append(by[f.from], k)
		} else {
			by[f.to] = append(by[f.to], k)
		}
	}
	side := func(k int) int {
		if v := l.via[k]; len(v) > 0 {
			if outgoing {
				return v[0][0]
			}
			return v[len(v)-1][0]
		}
		if outgoing {
			return across(&p.Boxes[g.flows[k].to], wide)
		}
		return across(&p.Boxes[g.flows[k].from], wide)
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(side(x), side(y)) })
	}
	return by
}

func across(b *drawnBox, wide bool) int {
	if wide {
		return b.Y + b.H/2
	}
	return b.CX
}

// anchor is where the n-th of several flows leaves or reaches a box.
func anchor(b *drawnBox, n, of int, wide, outgoing bool) [2]int {
	if wide {
		y := b.Y + b.H*(n+1)/(of+1)
		if outgoing {
			return [2]int{b.X + b.W, y}
		}
		return [2]int{b.X, y}
	}
	x := b.X + b.W*(n+1)/(of+1)
	if outgoing {
		return [2]int{x, b.Y + b.H}
	}
	return [2]int{x, b.Y}
}

// path is a line of curves through points, straight where it passes a row.
func path(points [][2]int, wide bool) string {
	at := func(p [2]int) string { return itoa(p[0]) + " " + itoa(p[1]) }
	var b strings.Builder
	b.WriteString("M" + at(points[0]))
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		if i%2 == 0 {
			b.WriteString("L" + at(to))
			continue
		}
		c, d := from, to
		if wide {
			c[0] = (from[0] + to[0]) / 2
			d[0] = c[0]
		} else {
			c[1] = (from[1] + to[1]) / 2
			d[1] = c[1]
		}
		b.WriteString("C" + at(c) + " " + at(d) + " " + at(to))
	}
	return b.String()
}

func trimFloat(x float64) string {
	s := itoa(int(x * 10))
	if len(s) < 2 {
		s = "0" + s
	}
	return s[:len(s)-1] + "." + s[len(s)-1:]
}
