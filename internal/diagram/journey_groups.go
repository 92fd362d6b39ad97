package diagram

import (
	"cmp"
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

// buildGroupedGraph makes a graph with a box for each product of a tier, in the order of making; the smallest boxes are summed where there
// are too many.
func (b *builder) buildGroupedGraph() *graph {
	level := b.countLevels()
	type kind struct {
		lane, level int
		name        string
		unit        trace.Unit
		root        bool
	}
	g := &graph{}
	at := map[kind]int{}
	of := make([]int, len(b.Behind))
	sums, words := map[int]trace.Amount{}, map[int]string{}
	for i, in := range b.Behind {
		if !in {
			continue
		}
		n := &b.Trace.Nodes[i]
		k := kind{b.laneOf(n), level[i], b.ProductName(n.Product), n.Quantity.Unit, n.Lot == b.Root.Lot}
		j, known := at[k]
		if !known {
			j = len(g.boxes)
			at[k] = j
			x := b.makeLotBox(i)
			x.level, x.lots, x.mass = level[i], 0, 0
			g.boxes = append(g.boxes, x)
		}
		of[i] = j
		o := &g.boxes[j]
		o.lots++
		o.mass += b.massInKilograms(i, n.Quantity.Amount)
		sums[j] += n.Quantity.Amount
		words[j] = b.CountWord(n.Product)
	}
	for k, j := range at {
		if o := &g.boxes[j]; o.lots > 1 {
			o.href, o.grade, o.place = "", "", b.Printer.T("page.journey.lots", "Count", o.lots)
			o.line = b.Printer.Quantity(trace.Quantity{Amount: sums[j], Unit: k.unit}, words[j])
		}
	}
	b.sumFlows(g, of)
	b.laneOutsideGoods(g)
	b.foldSmallest(g)
	return g
}

// sumFlows adds up what flows between the boxes; of is the box of each node.
func (b *builder) sumFlows(g *graph, of []int) {
	flows := map[[2]int]float64{}
	for _, e := range b.Trace.Edges {
		if b.Behind[e.From] && b.Behind[e.To] && of[e.From] != of[e.To] {
			flows[[2]int{of[e.From], of[e.To]}] += b.massInKilograms(e.From, e.Amount)
		}
	}
	for k, m := range flows {
		g.flows = append(g.flows, flow{from: k[0], to: k[1], mass: m})
	}
	g.sortFlows()
}

func (g *graph) sortFlows() {
	slices.SortFunc(g.flows, func(x, y flow) int { return cmp.Or(cmp.Compare(x.to, y.to), cmp.Compare(x.from, y.from)) })
}

// laneOutsideGoods draws outside goods beside the step that uses the goods, without touching the rows.
func (b *builder) laneOutsideGoods(g *graph) {
	for i := range g.boxes {
		if g.boxes[i].lane < 0 {
			g.boxes[i].lane = laneCounty
			for _, f := range g.flows {
				if f.from == i && g.boxes[f.to].lane >= 0 {
					g.boxes[i].lane = g.boxes[f.to].lane
				}
			}
		}
	}
}

// countLevels is how many makings of the same lane lie before each lot.
func (b *builder) countLevels() []int {
	level := make([]int, len(b.Trace.Nodes))
	for _, e := range b.Trace.Edges { // the edges are sorted by To: every edge into From was read before
		if b.Behind[e.From] && b.Behind[e.To] && b.laneOf(&b.Trace.Nodes[e.From]) == b.laneOf(&b.Trace.Nodes[e.To]) {
			level[e.To] = max(level[e.To], level[e.From]+1)
		}
	}
	return level
}

// foldSmallest sums the smallest boxes of each lane until no more than mostBoxes are left.
func (b *builder) foldSmallest(g *graph) {
	if len(g.boxes) <= mostBoxes {
		return
	}
	order := make([]int, len(g.boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { // the lot itself and the largest first
		if g.boxes[x].root != g.boxes[y].root {
			return map[bool]int{true: -1, false: 1}[g.boxes[x].root]
		}
		return cmp.Compare(g.boxes[y].mass, g.boxes[x].mass)
	})
	keep := mostBoxes - lanes
	place := make([]int, len(g.boxes))
	rest := [lanes]int{-1, -1, -1}
	var boxes []box
	for n, i := range order {
		x := g.boxes[i]
		if n < keep {
			place[i] = len(boxes)
			boxes = append(boxes, x)
			continue
		}
		if rest[x.lane] < 0 {
			rest[x.lane] = len(boxes)
			boxes = append(boxes, box{lane: x.lane, level: x.level, quiet: true, node: x.node})
		}
		o := &boxes[rest[x.lane]]
		o.lots += x.lots
		o.mass += x.mass
		o.name = b.Printer.T("page.more.lots", "Count", o.lots)
		place[i] = rest[x.lane]
	}
	g.boxes = boxes
	sums := map[[2]int]float64{}
	for _, f := range g.flows {
		if from, to := place[f.from], place[f.to]; from != to {
			sums[[2]int{from, to}] += f.mass
		}
	}
	g.flows = g.flows[:0]
	for k, m := range sums {
		g.flows = append(g.flows, flow{from: k[0], to: k[1], mass: m})
	}
	g.sortFlows()
}
