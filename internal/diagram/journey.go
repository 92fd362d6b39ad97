package diagram

import (
	"cmp"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

const (
	mostBoxes     = 12 // of a journey; further lots are summed
	mostSideBoxes = 3  // by-products and later lots in a picture
)

// Journey is the picture of the way from village to county, drawn twice (phone and desk), and its text.
type Journey struct {
	Alt   string
	Part  string // says that the picture leaves lots out; "" where it shows all of them
	Phone *Picture
	Desk  *Picture
	Lanes []LaneText
}

// LaneText is a lane of the picture in words.
type LaneText struct {
	Name  string
	Boxes []story.Reference
}

// box is a lot of the picture, or several of a kind.
type box struct {
	lane, level       int
	name, line, place string
	grade             string
	href              string
	mass              float64
	quiet             bool // a by-product, or a lot that was made later
	root              bool
	node              int // order of making
	lots              int
}

// flow is the amount of one box that went into another box.
type flow struct {
	from, to int
	mass     float64
	quiet    bool
}

type graph struct {
	boxes []box
	flows []flow
}

const (
	laneVillage = iota
	laneTown
	laneCounty
	lanes
)

// builder turns the lots behind a lot into boxes and flows.
type builder struct{ *story.Story }

// DrawJourney draws the lots behind a lot; nil where there is nothing to draw.
func DrawJourney(s *story.Story) *Journey {
	b := &builder{s}
	g := b.buildExactGraph()
	if g == nil {
		g = b.buildGroupedGraph()
	}
	b.addSideBoxes(g)
	if len(g.boxes) < 2 {
		return nil
	}
	count := 0
	for i := range g.boxes {
		if !g.boxes[i].quiet {
			count += g.boxes[i].lots
		}
	}
	j := &Journey{Alt: b.Printer.T("page.journey.alt", "Count", count-1)}
	if b.Trace.Truncated {
		j.Part = b.Printer.T("page.journey.part")
	}
	names := [lanes]string{b.TierName(trace.Village), b.TierName(trace.Town), b.TierName(trace.County)}
	this := b.Printer.T("page.journey.this")
	j.Phone, j.Desk = g.drawTall(names, this), g.drawWide(names, this)
	j.Lanes = g.describeLanes(names)
	return j
}

// describeLanes is the picture as text.
func (g *graph) describeLanes(names [lanes]string) []LaneText {
	var out []LaneText
	for lane, name := range names {
		t := LaneText{Name: name}
		for i := range g.boxes {
			if x := &g.boxes[i]; x.lane == lane {
				text := x.name + " " + strings.TrimPrefix(x.grade+" · "+x.line, " · ")
				if x.place != "" {
					text += " · " + x.place
				}
				t.Boxes = append(t.Boxes, story.Reference{Text: text, Href: x.href})
			}
		}
		if len(t.Boxes) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// buildExactGraph makes a graph with a box for every lot; nil where there are too many lots.
func (b *builder) buildExactGraph() *graph {
	n := 0
	for _, in := range b.Behind {
		if in {
			n++
		}
	}
	if n > mostBoxes-1 {
		return nil
	}
	g := &graph{}
	at := map[int]int{}
	for i, in := range b.Behind {
		if in {
			at[i] = len(g.boxes)
			g.boxes = append(g.boxes, b.makeLotBox(i))
		}
	}
	for _, e := range b.Trace.Edges {
		if b.Behind[e.From] && b.Behind[e.To] {
			g.flows = append(g.flows, flow{from: at[e.From], to: at[e.To], mass: b.massInKilograms(e.From, e.Amount)})
		}
	}
	b.assignLevels(g)
	return g
}

func (b *builder) makeLotBox(i int) box {
	n := &b.Trace.Nodes[i]
	x := box{lane: b.laneOf(n), node: i, lots: 1, mass: b.massInKilograms(i, n.Quantity.Amount), root: n.Lot == b.Root.Lot,
		name: b.ProductName(n.Product), line: b.Printer.Quantity(n.Quantity, b.CountWord(n.Product))}
	if !x.root {
		x.href = b.LinkTo(n.Lot)
	}
	if v := b.Told[n.Lot]; v != nil && v.Grade != "" {
		if grade := b.GradeName(v.Product.Chain, v.Grade); b.WithGrade(x.name, grade) != x.name {
			x.grade = grade
		}
	}
	x.place = b.nameBoxPlace(n)
	return x
}

// nameBoxPlace is the village of a village's lot, the organisation of any other.
func (b *builder) nameBoxPlace(n *trace.TraceNode) string {
	if n.Place != nil && n.Place.Tier == trace.Village {
		if path := b.Ledger.PublicPath(n.Place.ID); len(path) > 0 {
			for i := len(path) - 1; i >= 0; i-- {
				if path[i].Kind == "village" {
					return b.PickName(path[i].Name, path[i].NameEn)
				}
			}
			last := path[len(path)-1]
			return b.PickName(last.Name, last.NameEn)
		}
	}
	if n.Place != nil && n.Place.Tier == trace.Outside {
		return b.TierName(trace.Outside)
	}
	return b.OrganisationName(n.Org)
}

// laneOf is the lane in which a lot is drawn; -1 for a lot from outside the county, which is drawn where the lot is used.
func (b *builder) laneOf(n *trace.TraceNode) int {
	switch b.TierOf(n) {
	case trace.Village:
		return laneVillage
	case trace.Town:
		return laneTown
	case trace.County:
		return laneCounty
	}
	return -1
}

// massInKilograms is an amount of a node's lot in kg, for drawing only.
func (b *builder) massInKilograms(node int, amount trace.Amount) float64 {
	n := &b.Trace.Nodes[node]
	if n.Quantity.Unit != trace.Kilogram && n.Product.NetMass > 0 {
		return amount.Float() * n.Product.NetMass.Float()
	}
	return amount.Float()
}

// assignLevels sets the lane of outside goods and the row of every box: one more than the boxes of the same lane that the box was made of.
func (b *builder) assignLevels(g *graph) {
	for i := len(g.boxes) - 1; i >= 0; i-- {
		if g.boxes[i].lane >= 0 {
			continue
		}
		g.boxes[i].lane = laneCounty
		for _, f := range g.flows {
			if f.from == i && g.boxes[f.to].lane >= 0 {
				g.boxes[i].lane = g.boxes[f.to].lane
			}
		}
	}
	order := make([]int, len(g.boxes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(g.boxes[x].node, g.boxes[y].node) })
	for _, i := range order {
		for _, f := range g.flows {
			if f.to == i && f.from != i && g.boxes[f.from].lane == g.boxes[i].lane {
				g.boxes[i].level = max(g.boxes[i].level, g.boxes[f.from].level+1)
			}
		}
	}
}

// addSideBoxes adds the lots that branch off, as far as there is room: by-products made together with the lot or with the lots behind it,
// and lots that were made of the lot later.
func (b *builder) addSideBoxes(g *graph) {
	root := slices.IndexFunc(g.boxes, func(x box) bool { return x.root })
	if room := mostBoxes - len(g.boxes); root >= 0 && room > 0 {
		b.addByProducts(g, min(mostSideBoxes, room))
		b.addLaterLots(g, root)
	}
}

func (b *builder) addByProducts(g *graph, room int) {
	seen := map[string]bool{}
	for to := len(g.boxes) - 1; to >= 0; to-- { // the latest first
		v := b.lotOfBox(g, to)
		if v == nil {
			continue
		}
		for _, f := range v.From {
			i, known := b.NodeOf[f.Lot]
			from := slices.IndexFunc(g.boxes, func(x box) bool { return known && x.node == i && x.lots == 1 })
			if from < 0 || b.Told[f.Lot] == nil {
				continue
			}
			for _, side := range b.Told[f.Lot].Into {
				n, behind := b.NodeOf[side.Lot]
				behind = behind && b.Behind[n]
				if side.Seq == v.Made.Seq && !behind && !seen[side.Lot] && room > 0 {
					seen[side.Lot] = true
					room -= b.addSideBox(g, side.Lot, from, g.boxes[to].lane, g.boxes[to].level)
				}
			}
		}
	}
}

// lotOfBox is the lot of a box that stands for a single lot whose history is shown.
func (b *builder) lotOfBox(g *graph, i int) *trace.LotView {
	if x := &g.boxes[i]; x.lots == 1 && x.node < len(b.Trace.Nodes) {
		return b.Told[b.Trace.Nodes[x.node].Lot]
	}
	return nil
}

func (b *builder) addLaterLots(g *graph, root int) {
	room := min(mostSideBoxes, mostBoxes-len(g.boxes))
	for n, into := range b.Root.Into {
		if left := len(b.Root.Into) - n; room <= 1 && left > 1 {
			if room == 1 {
				g.boxes = append(g.boxes, box{lane: g.boxes[root].lane, level: g.boxes[root].level + 1, quiet: true, node: 1 << 30,
					name: b.Printer.T("page.more.lots", "Count", left), lots: left})
				g.flows = append(g.flows, flow{from: root, to: len(g.boxes) - 1, quiet: true})
			}
			return
		}
		room -= b.addSideBox(g, into.Lot, root, -1, g.boxes[root].level+1)
	}
}

// addSideBox adds one quiet box and its flow; 0 where the lot cannot be shown.
func (b *builder) addSideBox(g *graph, lot string, from, lane, level int) int {
	v, err := b.Ledger.Lot(lot, 0)
	if err != nil || v.Status == "void" {
		return 0
	}
	x := box{lane: lane, level: level, quiet: true, node: 1<<29 + len(g.boxes), lots: 1, name: b.ProductName(&v.Product),
		line: b.Printer.Quantity(v.Quantity, b.CountWord(&v.Product)), href: b.LinkTo(lot)}
	if lane < 0 {
		n := trace.TraceNode{Place: v.Made.Place, Org: v.Made.Org.ID}
		if x.lane = b.laneOf(&n); x.lane < 0 {
			x.lane = g.boxes[from].lane
		}
		if x.lane != g.boxes[from].lane {
			x.level = 0
		}
		x.place = b.nameBoxPlace(&n)
	} else {
		x.place = b.Printer.T("page.journey.byproduct")
	}
	x.mass = v.Quantity.Amount.Float()
	g.boxes = append(g.boxes, x)
	g.flows = append(g.flows, flow{from: from, to: len(g.boxes) - 1, mass: x.mass, quiet: true})
	return 1
}
