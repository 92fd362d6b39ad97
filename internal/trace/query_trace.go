package trace

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
)

// Bounds of a trace, for the API: a walk that meets one answers with Truncated.
const (
	DefaultTraceLimit = 20_000
	MaxTraceLimit     = 200_000
	DefaultTraceDepth = 1_000
)

// Trace is the answer of a walk: nodes in the order of their making, edges between them by node number, the origins of the goods and their
// present holders.
type Trace struct {
	Root      string
	Direction Direction
	AsOf      int64
	Truncated bool
	Nodes     []TraceNode
	Seasons   []TraceSeason
	Edges     []TraceEdge
	Origins   []Origin
	Now       []TraceHolding
}

// TraceNode is a lot of a trace.
type TraceNode struct {
	Lot      string
	Product  *Product
	Place    *Place
	Org      string
	Time     int64 // Unix milliseconds
	Quantity Quantity
	State    State
}

// TraceEdge says that the event of record Seq took Quantity of node From to make node To; edges of one event share it.
type TraceEdge struct {
	From, To int
	Amount   Amount
	Seq      uint32
}

// TraceSeason is a season met on the way, with the lots spread on it and harvested from it that belong to the trace.
type TraceSeason struct {
	ID, Name string
	Place    string
	In, Out  []int // node numbers
}

// TraceHolding is where some of a traced lot is now.
type TraceHolding struct {
	Node     int
	Quantity Quantity
	Holder   NamedOrg
	Shipment string // under way, when not empty; the holder is then the sender
}

// Trace walks from a lot. depth and limit of 0 mean the defaults. Errors: NotFound, Invalid for bounds out of range.
func (l *Ledger) Trace(id string, dir Direction, depth, limit int) (*Trace, error) {
	if depth == 0 {
		depth = DefaultTraceDepth
	}
	if limit == 0 {
		limit = DefaultTraceLimit
	}
	if depth < 1 || depth > 1_000_000 {
		return nil, E(Invalid, CodeBadValue, "depth", "value", strconv.Itoa(depth), "allowed", "1–1000000")
	}
	if limit < 1 || limit > MaxTraceLimit {
		return nil, E(Invalid, CodeBadValue, "limit", "value", strconv.Itoa(limit), "allowed", "1–"+strconv.Itoa(MaxTraceLimit))
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", id)
	if err != nil {
		return nil, err
	}
	r := l.walkFrom(n, dir, depth, limit)
	defer l.releaseWalk(r)
	t := &Trace{Root: id, Direction: dir, AsOf: l.head, Truncated: r.truncated, Nodes: make([]TraceNode, len(r.lots)),
		Edges: make([]TraceEdge, len(r.edges))}
	for i, m := range r.lots {
		lt := &l.lots[m]
		t.Nodes[i] = TraceNode{Lot: l.idOf(lt), Product: l.products[lt.product], Place: l.placeOf(lt), Org: l.locations[lt.maker].id,
			Time:     l.madeAt(m),
			Quantity: Quantity{lt.qty, l.unitOf(lt)}, State: lt.state}
		l.traceHoldings(t, i, m)
	}
	l.traceEdges(t, r)
	l.traceSeasons(t, r)
	if dir == Back {
		t.Origins = l.computeOrigins(r, n)
	}
	return t, nil
}

func (l *Ledger) traceHoldings(t *Trace, node int, m int32) {
	for i := l.lots[m].hold; i >= 0; i = l.holdings[i].nextLot {
		if h := &l.holdings[i]; h.qty > 0 {
			v := l.holdingView(h)
			t.Now = append(t.Now, TraceHolding{Node: node, Quantity: v.Quantity, Holder: v.Holder, Shipment: v.Shipment})
		}
	}
}

// traceEdges lists the edges by what they made, then by what they took. Sorting by counting: there are tens of thousands.
func (l *Ledger) traceEdges(t *Trace, r *walkResult) {
	ends := make([]int32, len(r.lots)+1)
	for _, e := range r.edges {
		ends[r.set.indexOf(l.edges[e].to)+1]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	for _, e := range r.edges {
		x := &l.edges[e]
		to := r.set.indexOf(x.to)
		t.Edges[ends[to]] = TraceEdge{r.set.indexOf(x.from), to, x.qty, x.seq}
		ends[to]++ // becomes where the edges of the next one begin
	}
	begin := int32(0)
	for _, end := range ends[:len(r.lots)] {
		slices.SortFunc(t.Edges[begin:end], func(a, b TraceEdge) int { return cmp.Or(a.From-b.From, cmp.Compare(a.Seq, b.Seq)) })
		begin = end
	}
}

func (l *Ledger) traceSeasons(t *Trace, r *walkResult) {
	for s, bound := range r.seasons {
		se := &l.seasons[s]
		ts := TraceSeason{ID: se.ID, Name: se.Name, Place: se.Place}
		for i := range se.works {
			w := &se.works[i]
			if w.lot < 0 || t.Direction == Back && w.time > bound {
				continue
			}
			if n := r.set.indexOf(w.lot); n >= 0 {
				ts.In = append(ts.In, n)
			}
		}
		for _, h := range se.harvests {
			if n := r.set.indexOf(h); n >= 0 {
				ts.Out = append(ts.Out, n)
			}
		}
		t.Seasons = append(t.Seasons, ts)
	}
	sort.Slice(t.Seasons, func(i, j int) bool { return t.Seasons[i].ID < t.Seasons[j].ID })
}
