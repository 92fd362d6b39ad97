package trace

import (
	"slices"
)

// Standing is what is to be known of a lot before something is done with it: all its conditions, the worst first, with their reasons.
type Standing struct {
	Lot       string
	Reasons   []Reason
	Truncated bool // the lot was made of more than was looked at
}

// Reason is one reason for a condition of a lot.
type Reason struct {
	Condition Condition
	Lot       string // the lot that the reason is about: the lot itself, or one it was made of
	Seq       int64  // record that brought the condition about; 0 where the record is not known
	Question  string // code of the question, for ConditionQuestion
}

// Bounds of a standing: lots that are looked at, and reasons of one condition that are listed.
const (
	standingLots    = DefaultTraceLimit
	standingReasons = 20
)

// Has reports whether the lot has a condition.
func (s *Standing) Has(c Condition) bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Condition == c })
}

// Refusal is the code with which an action is refused, "" where the action is allowed.
func (s *Standing) Refusal(action Action) Code {
	for i := range standingTable {
		if row := &standingTable[i]; row.refuses[action] != "" && s.Has(row.condition) {
			return row.refuses[action]
		}
	}
	return ""
}

// Page says what a page calls the lot.
func (s *Standing) Page() PageWords {
	for i := range standingTable {
		if row := &standingTable[i]; row.page.State != "" && s.Has(row.condition) {
			return row.page
		}
	}
	return PageWords{State: "active"}
}

// Standing looks at a lot and at what it was made of. Errors: NotFound.
func (l *Ledger) Standing(lot string) (*Standing, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", lot)
	if err != nil {
		return nil, err
	}
	s := l.ownStanding(n)
	l.addUpstream(s, n)
	s.sort()
	return s, nil
}

// OwnStanding is Standing without what the lot was made of, for lists that have no time for walks. Errors: NotFound.
func (l *Ledger) OwnStanding(lot string) (*Standing, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", lot)
	if err != nil {
		return nil, err
	}
	s := l.ownStanding(n)
	s.sort()
	return s, nil
}

// StandingIn is Standing for the root of a trace back that the caller has already: nothing is walked again, and the bounds are those of the
// trace. Errors: NotFound.
func (l *Ledger) StandingIn(t *Trace) (*Standing, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", t.Root)
	if err != nil {
		return nil, err
	}
	s := l.ownStanding(n)
	s.Truncated = t.Truncated
	for i, behind := range t.MaterialAncestors() {
		node := &t.Nodes[i]
		if m, ok := l.findLot(node.Lot); ok && behind && m != n {
			l.addUpstreamLot(s, m, node.State)
		}
	}
	s.sort()
	return s, nil
}

// MaterialAncestors marks the nodes of a trace back that are behind the root by way of matter, and the root. A lot that was spread on a
// season is not among them: field work does not go into the goods.
func (t *Trace) MaterialAncestors() []bool {
	behind := make([]bool, len(t.Nodes))
	for i := range t.Nodes {
		behind[i] = t.Nodes[i].Lot == t.Root
	}
	for i := len(t.Edges) - 1; i >= 0; i-- { // sorted by To, and From is always below To
		if e := t.Edges[i]; behind[e.To] {
			behind[e.From] = true
		}
	}
	return behind
}

func (l *Ledger) ownStanding(n int32) *Standing {
	s := &Standing{Lot: l.idOf(&l.lots[n])}
	for i := range standingTable {
		if row := &standingTable[i]; row.state != 0 && l.lots[n].state.Has(row.state) {
			s.add(Reason{Condition: row.condition, Lot: s.Lot, Seq: int64(l.stateSeqs[n].of(row.state))})
		}
	}
	l.addWhatIsLeft(s, n)
	l.addQuestions(s, n)
	return s
}

// addStanding looks for one condition that is not a bit of the lot's state.
func (l *Ledger) addStanding(s *Standing, n int32, c Condition) {
	switch c {
	case ConditionUpstreamRecalled, ConditionUpstreamHold:
		l.addUpstream(s, n)
	case ConditionDestroyed, ConditionUsedUp:
		l.addWhatIsLeft(s, n)
	case ConditionQuestion:
		l.addQuestions(s, n)
	}
}

func (s *Standing) add(r Reason) {
	count := 0
	for i := range s.Reasons {
		if s.Reasons[i].Condition == r.Condition {
			count++
		}
	}
	if count < standingReasons {
		s.Reasons = append(s.Reasons, r)
	}
}

// sort puts the worst condition first.
func (s *Standing) sort() {
	rank := map[Condition]int{}
	for i := range standingTable {
		rank[standingTable[i].condition] = i
	}
	slices.SortStableFunc(s.Reasons, func(a, b Reason) int { return rank[a.Condition] - rank[b.Condition] })
}

// addUpstream looks at all lots that a lot was made of, by way of matter.
func (l *Ledger) addUpstream(s *Standing, n int32) {
	set := l.newLotSet()
	r := &walkResult{set: set, limit: standingLots}
	defer l.releaseWalk(r)
	for r.visitLot(n); len(r.next) > 0; {
		m := r.next[len(r.next)-1]
		r.next = r.next[:len(r.next)-1]
		for e := l.lots[m].in; e >= 0; e = l.edges[e].nextIn {
			if l.isLiveEdge(e) {
				r.visitLot(l.edges[e].from)
			}
		}
	}
	s.Truncated = r.truncated
	for _, m := range set.listLots(r.size) {
		if m != n {
			l.addUpstreamLot(s, m, l.lots[m].state)
		}
	}
}

// addUpstreamLot adds what a lot that another was made of says of that other. A lot whose making was withdrawn says nothing.
func (l *Ledger) addUpstreamLot(s *Standing, m int32, state State) {
	if state == 0 || state.Has(Void) {
		return
	}
	r := Reason{Condition: ConditionUpstreamHold, Lot: l.idOf(&l.lots[m]), Seq: int64(l.stateSeqs[m].of(OnHold))}
	if state.Has(Recalled) {
		r.Condition, r.Seq = ConditionUpstreamRecalled, int64(l.stateSeqs[m].of(Recalled))
	}
	s.add(r)
}

// addWhatIsLeft adds that nothing of a lot is left, and how the last of it went. A lot whose making was withdrawn never was.
func (l *Ledger) addWhatIsLeft(s *Standing, n int32) {
	lt := &l.lots[n]
	if lt.state.Has(Void) || l.remainingAmount(n) > 0 {
		return
	}
	r := Reason{Condition: ConditionUsedUp, Lot: s.Lot, Seq: int64(lt.last)}
	for t := lt.seen; t >= 0; t = l.lotRecords[t].next {
		seq := l.lotRecords[t].seq
		if l.events[seq].void || seq == lt.made {
			continue
		}
		switch l.events[seq].kind {
		case planLoss:
			r.Condition, r.Seq = ConditionDestroyed, int64(seq)
		case planTransform, planWork, planReceive:
			r.Seq = int64(seq)
		default:
			continue
		}
		break
	}
	s.add(r)
}

func (l *Ledger) addQuestions(s *Standing, n int32) {
	for t := l.lots[n].seen; t >= 0; t = l.lotRecords[t].next {
		seq := l.lotRecords[t].seq
		for _, q := range l.questioned[seq] {
			if q.Lot == "" || q.Lot == s.Lot {
				s.add(Reason{Condition: ConditionQuestion, Lot: s.Lot, Seq: int64(seq), Question: q.Code})
			}
		}
	}
}

// stateSeqs are the records that brought the own conditions of a lot about. Few lots have any.
type stateSeqs struct{ recalled, void, hold uint32 }

func (q stateSeqs) of(state State) uint32 {
	switch state {
	case Recalled:
		return q.recalled
	case Void:
		return q.void
	}
	return q.hold
}

// keepStateSeqs notes the record that gave a lot its conditions; of a condition that the lot lost, nothing is kept.
func (l *Ledger) keepStateSeqs(n int32, set State, seq uint32) {
	state, q := l.lots[n].state, l.stateSeqs[n]
	if state == 0 {
		delete(l.stateSeqs, n)
		return
	}
	for _, c := range []struct {
		bit State
		seq *uint32
	}{{Recalled, &q.recalled}, {Void, &q.void}, {OnHold, &q.hold}} {
		switch {
		case !state.Has(c.bit):
			*c.seq = 0
		case set.Has(c.bit):
			*c.seq = seq
		}
	}
	l.stateSeqs[n] = q
}
