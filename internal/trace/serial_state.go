package trace

import (
	"slices"
	"sort"
	"strconv"
	"time"
)

// codeState is what the ledger knows of printed codes: the serial numbers issued, and the labels printed.
type codeState struct {
	batches  []*issuedBatch // in the order of their issue, which is that of their indexes
	batchOf  map[string]int32
	ofLot    map[int32][]int32 // batches of a lot, oldest first
	next     int64             // index of the next item to be issued
	secrets  map[int]string    // fingerprints of the secret keys that batches were issued with, by number
	prints   []recordedPrint
	printsOf map[int32][]int32          // print runs of a lot, oldest first
	words    map[string]string          // names of layouts, each kept once
	used     map[[KeyLength]byte]uint32 // keys of print runs and serial changes: their records
}

// issuedBatch is a serial batch with the state of its items: some hundred bytes, and 24 more for each run beyond the first.
type issuedBatch struct {
	SerialBatch
	first     int64
	issued    int64 // Unix milliseconds
	seq       uint32
	lot       int32
	states    runs
	activated runs // times of activation, kept when items are sold or voided; without chunks before the first activation
	counts    [len(serialStates)]int64
	printed   spans
}

func newCodes() codeState {
	return codeState{batchOf: map[string]int32{}, ofLot: map[int32][]int32{}, secrets: map[int]string{},
		printsOf: map[int32][]int32{}, words: map[string]string{}, used: map[[KeyLength]byte]uint32{}}
}

// SerialKey is the fingerprint of the secret key that bears a number in this ledger; ok is false where no batch was issued with it yet.
func (l *Ledger) SerialKey(number int) (sum string, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	sum, ok = l.codes.secrets[number]
	return sum, ok
}

// Serial is the item with an index; ok is false where none was issued with it.
func (l *Ledger) Serial(index int64) (v SerialView, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if index < 0 || index >= l.codes.next {
		return v, false
	}
	list := l.codes.batches
	b := list[sort.Search(len(list), func(i int) bool { return list[i].first > index })-1]
	ordinal := index - b.first + 1
	c, at := b.states.findRun(int32(ordinal))
	x := b.states.chunks[c][at]
	return SerialView{Activated: b.activatedAt(int32(ordinal)), Index: index, Batch: b.SerialBatch, Ordinal: ordinal,
		State: serialStates[x.state],
		Since: time.UnixMilli(x.since).UTC(), Seq: int64(x.seq)}, true
}

// activatedAt is when an item was activated, the zero time for an item that never was.
func (b *issuedBatch) activatedAt(ordinal int32) time.Time {
	if len(b.activated.chunks) == 0 {
		return time.Time{}
	}
	c, at := b.activated.findRun(ordinal)
	x := b.activated.chunks[c][at]
	if x.state != codeActivated {
		return time.Time{}
	}
	return time.UnixMilli(x.since).UTC()
}

// SerialBatches are all batches of a lot, oldest first; nil for none.
func (l *Ledger) SerialBatches(lot string) []BatchView {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(lot)
	if !ok {
		return nil
	}
	var out []BatchView
	for _, i := range l.codes.ofLot[n] {
		out = append(out, l.codes.batches[i].view())
	}
	return out
}

// SerialBatch is one batch by its identifier; ok is false where there is none.
func (l *Ledger) SerialBatch(id string) (v BatchView, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	i, ok := l.codes.batchOf[id]
	if !ok {
		return v, false
	}
	return l.codes.batches[i].view(), true
}

// SerialRuns are the states of a batch's items from an ordinal on, at most limit runs; neighbours in the same state are one run. Nil for an
// unknown batch and beyond its last item.
func (l *Ledger) SerialRuns(batch string, from int64, limit int) []SerialRun {
	l.mu.RLock()
	defer l.mu.RUnlock()
	i, ok := l.codes.batchOf[batch]
	if !ok || from < 1 || from > l.codes.batches[i].Count {
		return nil
	}
	list, _ := l.codes.batches[i].runs(int32(from), limit)
	return list
}

func (b *issuedBatch) view() BatchView {
	v := BatchView{SerialBatch: b.SerialBatch, First: b.first, Seq: int64(b.seq), Issued: time.UnixMilli(b.issued).UTC(),
		States: SerialCounts{b.counts[codePrinted], b.counts[codeActivated], b.counts[codeSold], b.counts[codeVoided]}}
	v.Runs, v.More = b.runs(1, ViewRuns)
	return v
}

// runs joins neighbours in the same state; more says that the limit cut some off.
func (b *issuedBatch) runs(from int32, limit int) (out []SerialRun, more bool) {
	b.states.forEachRun(from, func(x serialRun, to int32) bool {
		if n := len(out) - 1; n >= 0 && out[n].State == serialStates[x.state] {
			out[n].To = int64(to)
			if since := time.UnixMilli(x.since).UTC(); int64(x.seq) > out[n].Seq {
				out[n].Since, out[n].Seq = since, int64(x.seq)
			}
			return true
		}
		if more = len(out) == limit; more {
			return false
		}
		out = append(out, SerialRun{From: int64(x.from), To: int64(to), State: serialStates[x.state], Since: time.UnixMilli(x.since).UTC(),
			Seq: int64(x.seq)})
		return true
	})
	return out, more
}

// commitSerials applies a serial batch: its items get the next free indexes.
func (l *Ledger) commitSerials(v *SerialBatch, r *Record) error {
	n, err := l.checkSerialBatch(v)
	if err != nil {
		return err
	}
	c := &l.codes
	at := toMillis(r.RecordTime)
	b := &issuedBatch{SerialBatch: *v, first: c.next, issued: at, seq: uint32(r.Seq), lot: n, states: newRuns(v.Count, at, uint32(r.Seq))}
	b.counts[codePrinted] = v.Count
	c.batchOf[v.ID] = int32(len(c.batches))
	c.ofLot[n] = append(c.ofLot[n], int32(len(c.batches)))
	c.batches = append(c.batches, b)
	c.next += v.Count
	c.secrets[v.Key] = v.KeySum
	l.lots[n].pageSeq = uint32(r.Seq)
	return nil
}

// checkSerialBatch checks the conditions without which a batch has no indexes and no key. Also checked during replay.
func (l *Ledger) checkSerialBatch(v *SerialBatch) (int32, error) {
	n, err := l.findLotAt("lot", v.Lot)
	if err != nil {
		return 0, err
	}
	if v.Count < 1 {
		return 0, E(Invalid, CodeBadValue, "count", "value", strconv.FormatInt(v.Count, 10), "allowed", "1–10,000,000")
	}
	if v.Count > MaxBatch || l.codes.next+v.Count > MaxSerials {
		return 0, E(TooLarge, CodeTooLarge, "count", "limit", strconv.FormatInt(min(MaxBatch, MaxSerials-l.codes.next), 10))
	}
	if _, ok := l.codes.batchOf[v.ID]; ok {
		return 0, E(Conflict, CodeKeyTaken, "id", "value", KeyOf(v.ID))
	}
	if v.Key < 0 || v.Key > 31 {
		return 0, E(Invalid, CodeBadValue, "key", "value", strconv.Itoa(v.Key), "allowed", "0–31")
	}
	if sum, ok := l.codes.secrets[v.Key]; ok && sum != v.KeySum { // two servers made a key at the same moment: the first batch decides
		return 0, E(Conflict, CodeSerialKey, "key", "value", strconv.Itoa(v.Key))
	}
	return n, nil
}

// commitChange applies a change of state.
func (l *Ledger) commitChange(v *SerialChange, r *Record) error {
	b, state, err := l.findChangedBatch(v)
	if err != nil {
		return err
	}
	x := serialRun{since: toMillis(r.RecordTime), from: int32(v.From), seq: uint32(r.Seq), state: state}
	b.states.forEachRun(x.from, func(old serialRun, to int32) bool {
		b.counts[old.state] -= int64(min(to, int32(v.To)) - old.from + 1)
		return to < int32(v.To)
	})
	b.counts[state] += v.To - v.From + 1
	b.states.setRun(x, int32(v.To))
	if state == codeActivated {
		if len(b.activated.chunks) == 0 {
			b.activated = newRuns(b.Count, b.issued, b.seq)
		}
		b.activated.setRun(x, int32(v.To))
	}
	l.codes.use(v.ID, uint32(r.Seq))
	return nil
}

// findChangedBatch checks the batch and the items that a change refers to, and that no item's life runs backwards. Also checked during
// replay.
func (l *Ledger) findChangedBatch(v *SerialChange) (*issuedBatch, stateCode, error) {
	state, ok := stateCodeOf(v.State)
	if !ok || state == codePrinted {
		return nil, 0, E(Invalid, CodeBadValue, "state", "value", Clip(string(v.State)), "allowed", "activated sold voided")
	}
	b, err := l.batchRange(v.Batch, v.Lot, v.From, v.To)
	if err != nil {
		return nil, 0, err
	}
	b.states.forEachRun(int32(v.From), func(x serialRun, to int32) bool {
		fits := state == codeVoided && x.state != codeVoided || x.state+1 == state
		if !fits {
			err = E(Conflict, CodeSerialState, "from", "ordinal", strconv.FormatInt(int64(x.from), 10), "state", string(serialStates[x.state]),
				"target", string(v.State))
		}
		return fits && to < int32(v.To)
	})
	return b, state, err
}

// batchRange finds the batch of a lot that has all ordinals of a range.
func (l *Ledger) batchRange(batch, lot string, from, to int64) (*issuedBatch, error) {
	i, ok := l.codes.batchOf[batch]
	if !ok || l.codes.batches[i].Lot != lot {
		if batch == "" {
			return nil, E(Invalid, CodeRequired, "batch")
		}
		return nil, E(NotFound, CodeUnknownThing, "batch", "thing", "serials", "value", Clip(batch))
	}
	b := l.codes.batches[i]
	if err := b.CheckOrdinals(from, to); err != nil {
		return nil, err
	}
	return b, nil
}

// hashSerials adds the batches, the states of their items and the printed ordinals to the ledger's hash.
func (l *Ledger) hashSerials(h *stateHash) {
	for _, b := range l.codes.batches {
		h.addText(b.ID)
		h.addText(b.KeySum)
		h.addNumbers(b.first, b.Count, int64(b.Key), int64(b.lot), int64(b.seq), b.issued)
		for _, chunk := range b.states.chunks {
			for _, x := range chunk {
				h.addNumbers(int64(x.from), int64(x.state), int64(x.seq), x.since)
			}
		}
		for _, s := range b.printed {
			h.addNumbers(int64(s[0]), int64(s[1]))
		}
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// use remembers the key of a print run or a serial change, so that no other takes it.
func (c *codeState) use(id string, seq uint32) {
	if key := KeyOf(id); len(key) == KeyLength {
		c.used[[KeyLength]byte([]byte(key))] = seq
	}
}
