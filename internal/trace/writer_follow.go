package trace

import (
	"context"
	"fmt"
	"time"
)

// Several servers may share a store: each follows the tail of the log, and each appends. The number of a record can be taken once, so
// that a server which judged on an old head finds its number taken, catches up, and judges again.

const (
	maxTries       = 12                   // rounds without any progress; then the callers are asked to come again
	firstPause     = 4 * time.Millisecond // before the second try, drawn at random below it, doubling
	maxPause       = 250 * time.Millisecond
	syncTimeout    = 5 * time.Second // one look at the tail
	followPageSize = 2048
)

// Contact says how current a ledger is.
type Contact struct {
	At   time.Time // when the ledger was last known to be at the store's head
	Away bool      // the store did not answer since; writes are refused until the store answers
	Err  error     // why, where Away
}

// Contact tells when the store was last heard of. A ledger with a store of its own is always current.
func (w *Writer) Contact() Contact {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.contact
	if w.followInterval == 0 {
		c.At = time.Now()
	}
	return c
}

// WaitForSeq waits until the ledger has come to a record whose number a client got from another server. Errors: CodeStoreUnavailable when
// ctx ends first.
func (w *Writer) WaitForSeq(ctx context.Context, seq int64) error {
	for first := true; ; first = false {
		w.mu.Lock()
		moved := w.contactChanged
		w.mu.Unlock()
		if w.ledger.Head() >= seq {
			return nil
		}
		if first { // one look finds an answer of another server; a client cannot make this server look without a pause
			w.requestSync()
		}
		select {
		case <-moved:
		case <-w.stopped:
			return E(Unavailable, CodeClosed, "")
		case <-ctx.Done():
			return E(Unavailable, CodeBehind, "", "wanted", fmt.Sprint(seq), "head", fmt.Sprint(w.ledger.Head()))
		}
	}
}

// WaitCurrent waits until the ledger has everything that was in the store at the call. A write begins with WaitCurrent: a record just made
// on another server must not be unknown on this server. WaitCurrent does nothing where the store is ours alone. Errors:
// CodeStoreUnavailable.
func (w *Writer) WaitCurrent(ctx context.Context) error {
	if w.followInterval == 0 {
		return nil
	}
	for want := w.requestSync(); ; {
		w.mu.Lock()
		moved, ended, c := w.contactChanged, w.syncsEnded, w.contact
		w.mu.Unlock()
		if c.Away {
			return storeUnavailable(c.Err)
		}
		if ended >= want {
			return nil
		}
		select {
		case <-moved:
		case <-w.stopped:
			return E(Unavailable, CodeClosed, "")
		case <-ctx.Done():
			return storeUnavailable(ctx.Err())
		}
	}
}

// requestSync asks for a look that begins from now on, and returns its number. An append that succeeds counts as a look: the append was at
// the head.
func (w *Writer) requestSync() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.syncWanted = w.syncsBegun + 1 // one under way may have passed already
	select {
	case w.syncRequests <- struct{}{}:
	default: // a look is waiting to begin
	}
	return w.syncWanted
}

// beginSync gives a look, or an append, its number.
func (w *Writer) beginSync() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.syncsBegun++
	return w.syncsBegun
}

// syncTailIfRequested looks unless an append has done so meanwhile.
func (w *Writer) syncTailIfRequested() {
	w.mu.Lock()
	wanted := w.syncWanted > w.syncsEnded
	w.mu.Unlock()
	if wanted {
		w.syncTail()
	}
}

// syncTail brings the ledger to the store's head between batches.
func (w *Writer) syncTail() {
	n, head := w.beginSync(), w.ledger.head
	_, err := w.catchUp(nil)
	w.noteContact(n, err)
	if w.ledger.head > head {
		w.onChange(w.ledger.head)
	}
}

// catchUp applies the records of the store beyond the ledger. ours are records that may be among them, from the ledger's head on; the
// result is how many of ours are there, from the first. An error leaves the ledger at a record's end, to go on from.
func (w *Writer) catchUp(ours []Record) (same int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), syncTimeout)
	defer cancel()
	for at := 0; ; {
		recs, err := w.store.Records(ctx, w.ledger.head, followPageSize)
		if err != nil {
			return same, fmt.Errorf("follow the log: %w", err)
		}
		if len(recs) == 0 {
			return same, nil
		}
		page := w.ledger.parsePage(recs)
		if err := w.ledger.applyPage(&page); err != nil {
			return same, fmt.Errorf("follow the log: %w", err)
		}
		for ; len(recs) > 0 && same == at && same < len(ours) && isSameRecord(&recs[0], &ours[same]); recs = recs[1:] {
			same, at = same+1, at+1
		}
		at += len(recs)
	}
}

// noteContact notes whether the store answered a look or append, and wakes those who wait for news.
func (w *Writer) noteContact(n int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.syncsEnded = max(w.syncsEnded, n)
	switch {
	case err == nil:
		w.contact = Contact{At: time.Now()}
	case w.followInterval > 0: // another caller will look again; a store of our own is tried with each command
		w.contact.Away, w.contact.Err = true, err
	}
	close(w.contactChanged)
	w.contactChanged = make(chan struct{})
}

// pauseAtRandom waits a random while, so that servers which hit on one another part.
func (w *Writer) pauseAtRandom(try int) {
	most := min(firstPause<<min(try, 10), maxPause)
	time.Sleep(time.Duration(w.rng.Int64N(int64(most))))
}

// Clock is the time of a new record: this server's, or that of the last record where the clock of the server it came from is a little
// ahead. So goods that were made a moment ago on another server are never used before their making.
func (l *Ledger) Clock(now time.Time) time.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.clockAt(now)
}

func (l *Ledger) clockAt(now time.Time) time.Time {
	if last := time.UnixMilli(l.clock).UTC(); last.After(now) && last.Sub(now) <= ClockSkew {
		return last
	}
	return now
}
