package trace

// HeldBy is what an organisation holds of a lot, unpacked and not under way; false where it never held any or the lot is unknown.
func (l *Ledger) HeldBy(orgID, lotID string) (Quantity, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(lotID)
	if !ok {
		return Quantity{}, false
	}
	h := l.findHolding(n, l.findLocation(orgID))
	if h == nil {
		return Quantity{Unit: l.unitOf(&l.lots[n])}, false
	}
	return Quantity{h.qty, l.unitOf(&l.lots[n])}, true
}

// UnitOf is the unit a lot is kept in; false where the lot is unknown.
func (l *Ledger) UnitOf(lotID string) (Unit, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.findLot(lotID); ok {
		return l.unitOf(&l.lots[n]), true
	}
	return "", false
}

// QuantityMade is the quantity a lot was made with; false where the lot is unknown.
func (l *Ledger) QuantityMade(lotID string) (Quantity, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.findLot(lotID); ok {
		return Quantity{l.lots[n].qty, l.unitOf(&l.lots[n])}, true
	}
	return Quantity{}, false
}

// ListUnderWay lists the open shipments to an organisation that hold some of a lot, oldest first.
func (l *Ledger) ListUnderWay(orgID, lotID string) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(lotID)
	if !ok {
		return nil
	}
	var out []string
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		s := &l.locations[l.holdings[i].location]
		if l.holdings[i].qty > 0 && s.kind == shipmentLocation && !s.closed && l.locations[s.at].id == orgID {
			out = append([]string{s.id}, out...)
		}
	}
	return out
}

// ListDownstream is a lot and everything made of it, in the order of their making, at most limit; truncated says that there is more.
func (l *Ledger) ListDownstream(lotID string, limit int) (lots []string, truncated bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(lotID)
	if !ok {
		return nil, false
	}
	r := l.walkFrom(n, Forward, limit, limit)
	defer l.releaseWalk(r)
	for _, m := range r.lots {
		lots = append(lots, l.idOf(&l.lots[m]))
	}
	return lots, r.truncated
}

// EventSeq finds the record of an event by its id; false where there is none.
func (l *Ledger) EventSeq(eventID string) (int64, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	seq, ok := l.eventOf[digest16(eventID)]
	return int64(seq), ok
}

// ListTouchedSince lists the lots of which the view changed after seq, in the order of their making.
func (l *Ledger) ListTouchedSince(seq int64) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []string
	for i := range l.lots {
		if l.pageSeq(int32(i)) > seq {
			out = append(out, l.idOf(&l.lots[i]))
		}
	}
	return out
}
