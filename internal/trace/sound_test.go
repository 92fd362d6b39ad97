package trace

import (
	"context"
	"fmt"
	"slices"
)

// Sound checks what must hold of a ledger whatever was recorded in it.
func (l *Ledger) Sound() error {
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
		if s.kind == shipmentLocation && s.closed && (len(l.within[int32(i)]) > 0 || l.weight(int32(i)) > 0) {
			return fmt.Errorf("%s is closed with goods in it", s.id)
		}
	}
	return nil
}

func (l *Ledger) weight(at int32) (n int) {
	l.forEachInside(at, func(*holding) { n++ })
	return n
}

// Replayed compares the ledger with one folded from the store.
func (d *Desk) Replayed() {
	d.T.Helper()
	d.replayed()
}

// Follow brings another ledger to the store's head and compares the two.
func (d *Desk) Follow(other *Ledger) {
	d.T.Helper()
	if err := other.Replay(context.Background(), d.Store); err != nil {
		d.T.Fatalf("follow: %v", err)
	}
	if other.Hash() != d.Ledger.Hash() {
		d.T.Fatalf("the follower has another state at %d than the writer at %d", other.Head(), d.Ledger.Head())
	}
}
