package trace

import "sort"

// Direction of a walk.
type Direction uint8

// Back is towards the origins 溯源, Forward towards what was made of a lot 追踪.
const (
	Back Direction = iota
	Forward
)

// reached is what a walk finds: lots in ascending number (a topological order), the live edges among them, and seasons.
type reached struct {
	lots      []int32
	edges     []int32
	seasons   map[int32]int64 // with the time bound under which it was entered
	truncated bool
}

// walk visits everything behind or ahead of a lot, at most limit lots and depth steps. A season is passed in time order: a harvest
// depends on the work done before it, and work reaches only the harvests after it, so the loop 渣作肥、肥育桑 is a spiral and ends.
func (l *Ledger) walk(start int32, dir Direction, depth, limit int) *reached {
	r := &reached{seasons: map[int32]int64{}}
	visited := make([]uint64, (len(l.lots)+63)/64)
	next := []int32{start}
	visited[start/64] |= 1 << (start % 64)
	r.lots = append(r.lots, start)
	visit := func(n int32, out *[]int32) {
		if visited[n/64]&(1<<(n%64)) != 0 {
			return
		}
		if len(r.lots) >= limit {
			r.truncated = true
			return
		}
		visited[n/64] |= 1 << (n % 64)
		r.lots = append(r.lots, n)
		*out = append(*out, n)
	}
	var level []int32
	for step := 0; len(next) > 0; step++ {
		level, next = next, level[:0]
		for _, n := range level {
			if step >= depth {
				r.truncated = r.truncated || l.hasMore(n, dir)
				continue
			}
			if dir == Back {
				for e := l.lots[n].in; e >= 0; e = l.edges[e].nextIn {
					if l.live(e) {
						r.edges = append(r.edges, e)
						visit(l.edges[e].from, &next)
					}
				}
			} else {
				for e := l.lots[n].out; e >= 0; e = l.edges[e].nextOut {
					if l.live(e) {
						r.edges = append(r.edges, e)
						visit(l.edges[e].to, &next)
					}
				}
			}
			l.walkSeasons(n, dir, r, func(m int32) { visit(m, &next) })
		}
	}
	if r.truncated {
		r.edges = l.among(r.edges, visited)
	}
	sort.Slice(r.lots, func(i, j int) bool { return r.lots[i] < r.lots[j] })
	return r
}

func (l *Ledger) live(e int32) bool { return !l.events[l.edges[e].seq].void }

func (l *Ledger) hasMore(n int32, dir Direction) bool {
	if dir == Back {
		return l.lots[n].in >= 0
	}
	return l.lots[n].out >= 0
}

// among keeps the edges of which both ends were visited.
func (l *Ledger) among(list []int32, visited []uint64) []int32 {
	kept := list[:0]
	for _, e := range list {
		a, b := l.edges[e].from, l.edges[e].to
		if visited[a/64]&(1<<(a%64)) != 0 && visited[b/64]&(1<<(b%64)) != 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

// walkSeasons steps through the seasons next to a lot: back from a harvest to the lots spread before it, forward from a spread lot to the
// harvests after it. A season is entered again only with a wider bound.
func (l *Ledger) walkSeasons(n int32, dir Direction, r *reached, visit func(int32)) {
	if dir == Back {
		s := l.lots[n].season
		if s < 0 {
			return
		}
		at := l.madeAt(n)
		if old, ok := r.seasons[s]; ok && old >= at {
			return
		}
		r.seasons[s] = at
		for i := range l.seasons[s].works {
			if w := &l.seasons[s].works[i]; w.lot >= 0 && w.time <= at {
				visit(w.lot)
			}
		}
		return
	}
	for _, s := range l.seasonsFed[n] {
		from := int64(-1)
		for i := range l.seasons[s].works {
			if w := &l.seasons[s].works[i]; w.lot == n && (from < 0 || w.time < from) {
				from = w.time
			}
		}
		if old, ok := r.seasons[s]; from < 0 || ok && old <= from {
			continue
		}
		r.seasons[s] = from
		for _, h := range l.seasons[s].harvests {
			if l.madeAt(h) >= from && !l.lots[h].state.Has(Void) {
				visit(h)
			}
		}
	}
}

// reach is every lot a walk finds, the start included, without bounds.
func (l *Ledger) reach(start int32, dir Direction) []int32 {
	return l.walk(start, dir, len(l.lots)+1, len(l.lots)+1).lots
}

// Origin is where a share of a lot comes from: a village, or the place itself where it lies in none.
type Origin struct {
	Place string  `json:"place"`
	Name  string  `json:"name"`
	Share float64 `json:"share"` // 0…1; the shares of a complete walk sum to 1
	Lots  int     `json:"lots"`  // origin lots behind it
}

// origins hands the weight of the start down its inputs, by mass, until it arrives at lots that were made of none. Lots are numbered
// in the order of their making, so one pass from high to low meets every lot after all that was made of it.
func (l *Ledger) origins(r *reached, start int32) []Origin {
	at := make(map[int32]int, len(r.lots))
	for i, n := range r.lots {
		at[n] = i
	}
	weight := make([]float64, len(r.lots))
	weight[at[start]] = 1
	byPlace := map[string]*Origin{}
	for i := len(r.lots) - 1; i >= 0; i-- {
		w := weight[i]
		if w == 0 {
			continue
		}
		n := r.lots[i]
		if l.spread(n, w, at, weight) {
			continue
		}
		pl := l.village(l.lots[n].place)
		o := byPlace[pl.ID]
		if o == nil {
			o = &Origin{Place: pl.ID, Name: pl.Name}
			byPlace[pl.ID] = o
		}
		o.Share += w
		o.Lots++
	}
	out := make([]Origin, 0, len(byPlace))
	for _, o := range byPlace {
		out = append(out, *o)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Share != out[j].Share {
			return out[i].Share > out[j].Share
		}
		return out[i].Place < out[j].Place
	})
	return out
}

// spread divides a lot's weight over its inputs; false where it has none within the walk. The balance unit is dry mass where every input
// declares it, else mass; inputs whose mass is not known carry no share unless none is known, when pieces are compared with pieces.
func (l *Ledger) spread(n int32, w float64, at map[int32]int, weight []float64) bool {
	inputs := make([]*edge, 0, 8)
	for i := l.lots[n].in; i >= 0; i = l.edges[i].nextIn {
		if _, ok := at[l.edges[i].from]; ok && l.live(i) {
			inputs = append(inputs, &l.edges[i])
		}
	}
	for i, measure := range []func(*edge) float64{l.edgeDry, l.edgeMass, l.edgeCount} {
		dry := i == 0
		var total float64
		complete := true
		for _, e := range inputs {
			m := measure(e)
			complete = complete && m > 0
			total += m
		}
		if total == 0 || dry && !complete {
			continue
		}
		for _, e := range inputs {
			weight[at[e.from]] += w * measure(e) / total
		}
		return true
	}
	return false
}

// village is the village a place lies in, or the place itself.
func (l *Ledger) village(p *Place) *Place {
	for up := p; up != nil; up = l.places[up.Parent] {
		if up.Kind == "village" {
			return up
		}
	}
	return p
}

func (l *Ledger) edgeDry(e *edge) float64 {
	f := l.facts[e.from]
	if f == nil {
		return 0
	}
	return part(f.DryMass, e.qty, l.lots[e.from].qty).Float()
}

func (l *Ledger) edgeMass(e *edge) float64 {
	from := &l.lots[e.from]
	kg, _, _ := l.mass(e.qty, from.unit, &l.products[from.product])
	return kg.Float()
}

func (l *Ledger) edgeCount(e *edge) float64 { return e.qty.Float() }
