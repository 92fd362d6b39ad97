package trace

import (
	"context"
	"fmt"
	"slices"
)

// CheckInvariants checks what must hold of a ledger whatever was recorded in it.
func (l *Ledger) CheckInvariants() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for i := range l.holdings {
		if h := &l.holdings[i]; h.qty < 0 {
			return fmt.Errorf("%s of %s at %s", h.qty, l.idOf(&l.lots[h.lot]), l.locations[h.location].id)
		}
	}
	for _, e := range l.edges {
		if e.from >= e.to || e.qty <= 0 {
			return fmt.Errorf("edge %d → %d of %s", e.from, e.to, e.qty)
		}
		if l.madeAt(e.from) > l.madeAt(e.to) {
			return fmt.Errorf("%s was made after %s, which was made of it", l.idOf(&l.lots[e.from]), l.idOf(&l.lots[e.to]))
		}
	}
	for i := range l.locations {
		s := &l.locations[i]
		if s.kind == unitLocation && s.at >= 0 && l.locations[s.at].kind != organisationLocation && !slices.Contains(l.within[s.at], int32(i)) {
			return fmt.Errorf("%s is not in the list of what it stands in", s.id)
		}
		if s.kind == shipmentLocation && s.closed && (len(l.within[int32(i)]) > 0 || l.countHoldingsInside(int32(i)) > 0) {
			return fmt.Errorf("%s is closed with goods in it", s.id)
		}
	}
	return nil
}

func (l *Ledger) countHoldingsInside(at int32) (n int) {
	l.forEachInside(at, func(*holding) { n++ })
	return n
}

// ExpectSameReplay compares the ledger with one folded from the store.
func (fx *Fixture) ExpectSameReplay() {
	fx.T.Helper()
	fx.expectSameReplay()
}

// CatchUpAndCompare brings another ledger to the store's head and compares the two.
func (fx *Fixture) CatchUpAndCompare(other *Ledger) {
	fx.T.Helper()
	if err := other.Replay(context.Background(), fx.Store); err != nil {
		fx.T.Fatalf("follow: %v", err)
	}
	if other.Hash() != fx.Ledger.Hash() {
		fx.T.Fatalf("the follower has another state at %d than the writer at %d", other.Head(), fx.Ledger.Head())
	}
}
