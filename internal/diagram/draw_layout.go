package diagram

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// slot is a place in a row: of a box, or of a flow that passes on its way to a later row.
type slot struct{ box, flow int } // box is -1 for a passing flow

// rowLayout sorts boxes into rows, one for each step within a lane, and leads long flows past the boxes between.
type rowLayout struct {
	g        *graph
	rows     [][]slot
	rowOf    []int            // by box
	passages map[int][][3]int // by flow: where the flow passes a row, as position across, begin and end along
}

// arrangeRows makes the rows. Within a row a box stands on the side from which its flows come, a by-product after the lot it was made with.
func (g *graph) arrangeRows() *rowLayout {
	l := &rowLayout{g: g, rowOf: make([]int, len(g.boxes)), passages: map[int][][3]int{}}
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
		l.rowOf[i] = len(l.rows) - 1
		l.rows[l.rowOf[i]] = append(l.rows[l.rowOf[i]], slot{box: i})
	}
	for k, f := range g.flows {
		for r := l.rowOf[f.from] + 1; r < l.rowOf[f.to]; r++ {
			l.rows[r] = append(l.rows[r], slot{box: -1, flow: k})
		}
	}
	for r := 1; r < len(l.rows); r++ {
		l.sortRow(r)
	}
	return l
}

// sortRow puts a row's slots below the slots that lead to them; a slot without an incoming flow stands at the end.
func (l *rowLayout) sortRow(r int) {
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
			if l.rowOf[f.from] == r-1 {
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

// laneOfRow is the lane of a row, which has at least one box.
func (l *rowLayout) laneOfRow(r int) int {
	for _, s := range l.rows[r] {
		if s.box >= 0 {
			return l.g.boxes[s.box].lane
		}
	}
	return 0
}

// startsLane reports whether a row begins a lane.
func (l *rowLayout) startsLane(r int) bool { return r == 0 || l.laneOfRow(r) != l.laneOfRow(r-1) }

// notePassage notes where a flow passes a row.
func (l *rowLayout) notePassage(s slot, across, begin int) {
	l.passages[s.flow] = append(l.passages[s.flow], [3]int{across, begin, begin})
}

// closePassages closes the passages of a row.
func (l *rowLayout) closePassages(r, along int) {
	for _, s := range l.rows[r] {
		if s.box < 0 {
			v := l.passages[s.flow]
			v[len(v)-1][2] = along
		}
	}
}

// passing is the room a passing flow needs.
const passing = 16

func (s slot) leastWidth() int {
	if s.box < 0 {
		return passing
	}
	return narrowestBox
}

// breakRow breaks a row that is too long for a phone.
func (l *rowLayout) breakRow(row []slot, room int) [][]slot {
	var out [][]slot
	used := 0
	for _, s := range row {
		if n := len(out); n == 0 || used+boxGap+s.leastWidth() > room {
			out = append(out, nil)
			used = -boxGap
		}
		used += boxGap + s.leastWidth()
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// shareWidths shares a row's room out by quantity; no box is narrower than its text needs.
func (g *graph) shareWidths(row []slot, room int) []int {
	most := g.largestMass()
	room -= (len(row) - 1) * boxGap
	out := make([]int, len(row))
	wish := make([]float64, len(row))
	total, spare := 0.0, float64(room)
	for k, s := range row {
		spare -= float64(s.leastWidth())
		if s.box >= 0 && most > 0 && !g.boxes[s.box].quiet {
			wish[k] = float64(room-narrowestBox) * min(1, g.boxes[s.box].mass/most) // beyond the least
			total += wish[k]
		}
	}
	least := make([]int, len(row))
	for k, s := range row {
		least[k] = s.leastWidth()
		if s.box >= 0 { // room for the whole name, if there is
			if more := float64(min(150, measureText(g.boxes[s.box].name, 14)+14) - narrowestBox); more > 0 && more <= spare {
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

func (g *graph) largestMass() float64 {
	most := 0.0
	for i := range g.boxes {
		if !g.boxes[i].quiet {
			most = max(most, g.boxes[i].mass)
		}
	}
	return most
}

func (g *graph) shareHeights(row []slot) []int {
	most := g.largestMass()
	out := make([]int, len(row))
	for k, s := range row {
		out[k] = passing
		if s.box < 0 {
			continue
		}
		out[k] = boxHeight
		if most > 0 && len(row) <= 4 && !g.boxes[s.box].quiet {
			out[k] += int(float64(tallestBox-boxHeight) * min(1, g.boxes[s.box].mass/most))
		}
	}
	return out
}

// drawFlows draws the flows between boxes, their ends spread along the sides and as wide as the amount that flows.
func (g *graph) drawFlows(p *Picture, l *rowLayout, wide bool) {
	most := 0.0
	for _, f := range g.flows {
		if !f.quiet {
			most = max(most, f.mass)
		}
	}
	out, in := g.sortEnds(p, l, wide, true), g.sortEnds(p, l, wide, false)
	for k, f := range g.flows {
		points := [][2]int{anchorOfFlow(&p.Boxes[f.from], slices.Index(out[f.from], k), len(out[f.from]), wide, true)}
		for _, v := range l.passages[k] {
			if wide {
				points = append(points, [2]int{v[1], v[0]}, [2]int{v[2], v[0]})
			} else {
				points = append(points, [2]int{v[0], v[1]}, [2]int{v[0], v[2]})
			}
		}
		points = append(points, anchorOfFlow(&p.Boxes[f.to], slices.Index(in[f.to], k), len(in[f.to]), wide, false))
		width := 1.5
		if most > 0 && !f.quiet {
			width = 2 + 12*math.Sqrt(f.mass/most)
		}
		p.Flows = append(p.Flows, DrawnFlow{D: curvePath(points, wide), Width: formatWidth(width), Quiet: f.quiet})
	}
}

// sortEnds are the flows that leave or reach each box, in the order in which they stand across.
func (g *graph) sortEnds(p *Picture, l *rowLayout, wide, outgoing bool) map[int][]int {
	by := map[int][]int{}
	for k, f := range g.flows {
		if outgoing {
			by[f.from] = append(by[f.from], k)
		} else {
			by[f.to] = append(by[f.to], k)
		}
	}
	side := func(k int) int {
		if v := l.passages[k]; len(v) > 0 {
			if outgoing {
				return v[0][0]
			}
			return v[len(v)-1][0]
		}
		if outgoing {
			return centreAcross(&p.Boxes[g.flows[k].to], wide)
		}
		return centreAcross(&p.Boxes[g.flows[k].from], wide)
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(side(x), side(y)) })
	}
	return by
}

func centreAcross(b *DrawnBox, wide bool) int {
	if wide {
		return b.Y + b.H/2
	}
	return b.CX
}

// anchorOfFlow is where the n-th of several flows leaves or reaches a box.
func anchorOfFlow(b *DrawnBox, n, of int, wide, outgoing bool) [2]int {
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

// curvePath is a line of curves through points, straight where the line passes a row.
func curvePath(points [][2]int, wide bool) string {
	at := func(p [2]int) string { return strconv.Itoa(p[0]) + " " + strconv.Itoa(p[1]) }
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

func formatWidth(x float64) string {
	s := strconv.Itoa(int(x * 10))
	if len(s) < 2 {
		s = "0" + s
	}
	return s[:len(s)-1] + "." + s[len(s)-1:]
}
