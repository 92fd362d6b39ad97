package trace

import (
	"cmp"
	"math/bits"
	"slices"
)

// Direction of a walk.
type Direction uint8

// Back is towards the origins 溯源, Forward towards what was made of a lot 追踪.
const (
	Back Direction = iota
	Forward
)

// lotSet is a set of lots, one bit each. Once counted it knows how many of its lots stand before one: the lot's index in a list of all.
// Only the words between the lowest and the highest lot are ever read or cleared, since the lots of one walk were made near one another.
type lotSet struct {
	bits                []uint64
	before              []int32
	firstWord, lastWord int // words in use; hi < lo for none
}

func (s *lotSet) contains(n int32) bool { return s.bits[n/64]&(1<<(n%64)) != 0 }

func (s *lotSet) add(n int32) {
	w := int(n / 64)
	s.bits[w] |= 1 << (n % 64)
	s.firstWord, s.lastWord = min(s.firstWord, w), max(s.lastWord, w)
}

// listLots counts the set and returns its lots in ascending number.
func (s *lotSet) listLots(size int) []int32 {
	out := make([]int32, 0, size)
	for i := s.firstWord; i <= s.lastWord; i++ {
		s.before[i] = int32(len(out))
		for w := s.bits[i]; w != 0; w &= w - 1 {
			out = append(out, int32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return out
}

// newLotSet takes an empty set from the pool, or makes one with room to grow.
func (l *Ledger) newLotSet() *lotSet {
	words := (len(l.lots) + 63) / 64
	if s, ok := l.sets.Get().(*lotSet); ok && len(s.bits) >= words {
		return s
	}
	words += words/4 + 16
	return &lotSet{bits: make([]uint64, words), before: make([]int32, words), firstWord: words, lastWord: -1}
}

// releaseWalk gives a walk's set back; its lists stay good.
func (l *Ledger) releaseWalk(r *walkResult) {
	s := r.set
	r.set = nil
	if s == nil {
		return
	}
	if s.firstWord <= s.lastWord {
		clear(s.bits[s.firstWord : s.lastWord+1])
	}
	s.firstWord, s.lastWord = len(s.bits), -1
	l.sets.Put(s)
}

// indexOf is a lot's place in the list; -1 where the lot is not in the set.
func (s *lotSet) indexOf(n int32) int {
	w := s.bits[n/64]
	bit := uint64(1) << (n % 64)
	if w&bit == 0 {
		return -1
	}
	return int(s.before[n/64]) + bits.OnesCount64(w&(bit-1))
}

// walkResult is what a walk finds: lots in ascending number (a topological order), the live edges among them, and seasons.
type walkResult struct {
	set       *lotSet
	lots      []int32
	edges     []int32
	seasons   map[int32]int64 // with the time bound under which it was entered
	next      []int32         // lots of the coming step
	size      int
	limit     int
	truncated bool
}

func (r *walkResult) visitLot(n int32) {
	if r.set.contains(n) {
		return
	}
	if r.size >= r.limit {
		r.truncated = true
		return
	}
	r.set.add(n)
	r.size++
	r.next = append(r.next, n)
}

// walkFrom visits everything behind or ahead of a lot; see walkFromAll.
func (l *Ledger) walkFrom(start int32, dir Direction, depth, limit int) *walkResult {
	return l.walkFromAll([]int32{start}, dir, depth, limit)
}

// walkFromAll visits everything behind or ahead of some lots, at most limit lots and depth steps. A season is passed in time order: a
// harvest depends on the work done before it, and work reaches only the harvests after it, so the loop 渣作肥、肥育桑 is a spiral and ends.
func (l *Ledger) walkFromAll(starts []int32, dir Direction, depth, limit int) *walkResult {
	r := &walkResult{set: l.newLotSet(), seasons: map[int32]int64{}, limit: limit}
	for _, n := range starts {
		r.visitLot(n)
	}
	var level []int32
	for step := 0; len(r.next) > 0; step++ {
		level, r.next = r.next, level[:0]
		for _, n := range level {
			if step >= depth {
				r.truncated = r.truncated || l.hasUnvisitedNeighbour(n, dir, r)
				continue
			}
			if dir == Back {
				for e := l.lots[n].in; e >= 0; e = l.edges[e].nextIn {
					if l.isLiveEdge(e) {
						r.edges = append(r.edges, e)
						r.visitLot(l.edges[e].from)
					}
				}
			} else {
				for e := l.lots[n].out; e >= 0; e = l.edges[e].nextOut {
					if l.isLiveEdge(e) {
						r.edges = append(r.edges, e)
						r.visitLot(l.edges[e].to)
					}
				}
			}
			l.walkSeasons(n, dir, r.seasons, r.visitLot)
		}
	}
	if r.truncated {
		r.edges = slices.DeleteFunc(r.edges, func(e int32) bool { return !r.set.contains(l.edges[e].from) || !r.set.contains(l.edges[e].to) })
	}
	r.lots = r.set.listLots(r.size)
	return r
}

func (l *Ledger) isLiveEdge(e int32) bool { return !l.events[l.edges[e].seq].void }

// hasUnvisitedNeighbour reports whether a step from a lot would lead to one that is not visited.
func (l *Ledger) hasUnvisitedNeighbour(n int32, dir Direction, r *walkResult) (more bool) {
	if dir == Back {
		for e := l.lots[n].in; e >= 0 && !more; e = l.edges[e].nextIn {
			more = l.isLiveEdge(e) && !r.set.contains(l.edges[e].from)
		}
	} else {
		for e := l.lots[n].out; e >= 0 && !more; e = l.edges[e].nextOut {
			more = l.isLiveEdge(e) && !r.set.contains(l.edges[e].to)
		}
	}
	l.walkSeasons(n, dir, map[int32]int64{}, func(m int32) { more = more || !r.set.contains(m) })
	return more
}

// walkSeasons steps through the seasons next to a lot: back from a harvest to the lots spread before it, forward from a spread lot to the
// harvests after it. A season is entered again only with a wider bound.
func (l *Ledger) walkSeasons(n int32, dir Direction, entered map[int32]int64, visit func(int32)) {
	if dir == Back {
		s := l.lots[n].season
		if s < 0 {
			return
		}
		at := l.madeAt(n)
		if old, ok := entered[s]; ok && old >= at {
			return
		}
		entered[s] = at
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
		if old, ok := entered[s]; from < 0 || ok && old <= from {
			continue
		}
		entered[s] = from
		for _, h := range l.seasons[s].harvests {
			if l.madeAt(h) >= from && !l.lots[h].state.Has(Void) {
				visit(h)
			}
		}
	}
}

// Origin is where a share of a lot comes from: a village, or the place itself where the place lies in no village.
type Origin struct {
	Place string  `json:"place"`
	Name  string  `json:"name"`
	Share float64 `json:"share"` // 0…1; the shares of a complete walk sum to 1
	Lots  int     `json:"lots"`  // origin lots behind it
}

// computeOrigins hands the weight of the start down its inputs, by mass, down to lots that were made of no other lot. Lots are numbered in
// the order of their making, so that one pass from high to low meets every lot after all lots made of that lot.
func (l *Ledger) computeOrigins(r *walkResult, start int32) []Origin {
	weight := make([]float64, len(r.lots))
	weight[r.set.indexOf(start)] = 1
	byPlace := map[string]*Origin{}
	var inputs []*edge
	for i := len(r.lots) - 1; i >= 0; i-- {
		n := r.lots[i]
		if weight[i] == 0 {
			continue
		}
		inputs = inputs[:0]
		for e := l.lots[n].in; e >= 0; e = l.edges[e].nextIn {
			if r.set.contains(l.edges[e].from) && l.isLiveEdge(e) {
				inputs = append(inputs, &l.edges[e])
			}
		}
		if len(inputs) > 0 {
			l.spreadWeight(inputs, weight[i], r.set, weight)
			continue
		}
		id, name := l.originOf(&l.lots[n])
		o := byPlace[id]
		if o == nil {
			o = &Origin{Place: id, Name: name}
			byPlace[id] = o
		}
		o.Share += weight[i]
		o.Lots++
	}
	out := make([]Origin, 0, len(byPlace))
	for _, o := range byPlace {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Place, b.Place))
	})
	return out
}

// spreadWeight divides a lot's weight over its inputs. The balance unit is dry mass where every input declares it, else mass; inputs whose
// mass is not known carry no share unless none is known, when pieces are compared with pieces.
func (l *Ledger) spreadWeight(inputs []*edge, w float64, set *lotSet, weight []float64) {
	for i, measure := range []func(*edge) float64{l.edgeDryMass, l.edgeMass, l.edgeCount} {
		dry := i == 0
		var total float64
		complete := true
		for _, e := range inputs {
			m := measure(e)
			complete = complete && m > 0
			total += m
			if dry && !complete {
				break
			}
		}
		if total == 0 || dry && !complete {
			continue
		}
		for _, e := range inputs {
			weight[set.indexOf(e.from)] += w * measure(e) / total
		}
		return
	}
}

// originOf names where a lot comes from: its village, its place, or, where none was stated, the organisation that made it.
func (l *Ledger) originOf(lt *lot) (id, name string) {
	if p := l.villageOf(l.placeOf(lt)); p != nil {
		return p.ID, p.Name
	}
	o := l.named(lt.maker)
	return o.ID, o.Name
}

// villageOf is the village a place lies in, or the place itself.
func (l *Ledger) villageOf(p *Place) *Place {
	for up := p; up != nil; up = l.places[up.Parent] {
		if up.Kind == "village" {
			return up
		}
	}
	return p
}

func (l *Ledger) edgeDryMass(e *edge) float64 {
	f := l.facts[e.from]
	if f == nil {
		return 0
	}
	return shareOf(f.DryMass, e.qty, l.lots[e.from].qty).Float()
}

func (l *Ledger) edgeMass(e *edge) float64 {
	from := &l.lots[e.from]
	kg, _, _ := l.massOf(e.qty, l.unitOf(from), l.products[from.product])
	return kg.Float()
}

func (l *Ledger) edgeCount(e *edge) float64 { return e.qty.Float() }
