package trace

// Held is what an organisation holds of a lot, unpacked and not under way; false where it never held any or the lot is unknown.
func (l *Ledger) Held(orgID, lotID string) (Quantity, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.lookup(lotID)
	if !ok {
		return Quantity{}, false
	}
	h := l.find(n, l.spotIndex(orgID))
	if h == nil {
		return Quantity{Unit: l.unitOf(&l.lots[n])}, false
	}
	return Quantity{h.qty, l.unitOf(&l.lots[n])}, true
}

// UnitOf is the unit a lot is kept in; false where the lot is unknown.
func (l *Ledger) UnitOf(lotID string) (Unit, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.lookup(lotID); ok {
		return l.unitOf(&l.lots[n]), true
	}
	return "", false
}

// Made is the quantity a lot was made with; false where the lot is unknown.
func (l *Ledger) Made(lotID string) (Quantity, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.lookup(lotID); ok {
		return Quantity{l.lots[n].qty, l.unitOf(&l.lots[n])}, true
	}
	return Quantity{}, false
}

// UnderWay lists the open shipments to an organisation that hold some of a lot, oldest first.
func (l *Ledger) UnderWay(orgID, lotID string) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.lookup(lotID)
	if !ok {
		return nil
	}
	var out []string
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		s := &l.spots[l.holdings[i].spot]
		if l.holdings[i].qty > 0 && s.kind == shipmentSpot && !s.closed && l.spots[s.at].id == orgID {
			out = append([]string{s.id}, out...)
		}
	}
	return out
}

// Downstream is a lot and everything made of it, in the order of their making, at most limit; truncated says that there is more.
func (l *Ledger) Downstream(lotID string, limit int) (lots []string, truncated bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.lookup(lotID)
	if !ok {
		return nil, false
	}
	r := l.walk(n, Forward, limit, limit)
	defer l.release(r)
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

// TouchedSince lists the lots of which the view changed after seq, in the order of their making; a change of master data changes all.
func (l *Ledger) TouchedSince(seq int64) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []string
	for i := range l.lots {
		if max(int64(l.lots[i].page), l.masterSeq) > seq {
			out = append(out, l.idOf(&l.lots[i]))
		}
	}
	return out
}
