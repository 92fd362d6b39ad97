package trace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Hash is the lower-case hex SHA-256 of the ledger's state (lots, statuses, holdings, edges, units, seasons, corrections, and the states of
// record kinds: links, serial numbers, prints): equal for two servers that folded the same log, and for a ledger folded again.
func (l *Ledger) Hash() string {
	_, hash := l.HashAt()
	return hash
}

// HashAt is Hash with the record it was taken after.
func (l *Ledger) HashAt() (head int64, hash string) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	h := &stateHash{hash: sha256.New()}
	h.addNumbers(l.head)
	h.addText(l.info.Namespace)
	l.hashLots(h)
	l.hashEdges(h)
	l.hashLocations(h)
	l.hashSeasons(h)
	l.hashEvents(h)
	for _, k := range l.kinds.byNumber() {
		if k.hash != nil {
			k.hash(l, h)
		}
	}
	return l.head, h.sum()
}

// stateHash gathers the state of a ledger into one hash.
type stateHash struct {
	hash hash.Hash
	buf  []byte
}

// addText adds a text and its end.
func (h *stateHash) addText(s string) {
	h.buf = append(append(h.buf, s...), 0)
	h.flushIfLong()
}

// addNumbers adds numbers of eight bytes each.
func (h *stateHash) addNumbers(list ...int64) {
	for _, n := range list {
		h.buf = binary.BigEndian.AppendUint64(h.buf, uint64(n))
	}
	h.flushIfLong()
}

func (h *stateHash) flushIfLong() {
	if len(h.buf) > 4096 {
		h.hash.Write(h.buf)
		h.buf = h.buf[:0]
	}
}

func (h *stateHash) sum() string {
	h.hash.Write(h.buf)
	return hex.EncodeToString(h.hash.Sum(nil))
}

func (l *Ledger) hashLots(h *stateHash) {
	for i := range l.lots {
		lt := &l.lots[i]
		h.addText(l.idOf(lt))
		h.addNumbers(int64(lt.qty), int64(lt.product), int64(lt.maker), int64(lt.season), int64(lt.made), int64(lt.last), int64(lt.state))
		for n := lt.hold; n >= 0; n = l.holdings[n].nextLot {
			h.addNumbers(int64(l.holdings[n].location), int64(l.holdings[n].qty))
		}
	}
}

func (l *Ledger) hashEdges(h *stateHash) {
	for i := range l.edges {
		e := &l.edges[i]
		h.addNumbers(int64(e.from), int64(e.to), int64(e.qty), int64(e.seq))
	}
}

// hashLocations adds where units stand and shipments go, and whether all of a shipment has arrived.
func (l *Ledger) hashLocations(h *stateHash) {
	for i := range l.locations {
		s := &l.locations[i]
		h.addText(s.id)
		h.addNumbers(int64(s.at), int64(s.from), bitOf(s.closed))
	}
}

func (l *Ledger) hashSeasons(h *stateHash) {
	for i := range l.seasons {
		s := &l.seasons[i]
		h.addText(s.ID)
		h.addNumbers(int64(len(s.harvests)))
		for j := range s.works {
			w := &s.works[j]
			h.addNumbers(int64(w.seq), int64(w.lot), int64(w.qty), w.time)
		}
	}
}

func (l *Ledger) hashEvents(h *stateHash) {
	for i := range l.events {
		e := &l.events[i]
		h.addNumbers(e.time, int64(e.org), int64(e.kind), bitOf(e.void))
	}
}

func bitOf(x bool) int64 {
	if x {
		return 1
	}
	return 0
}
