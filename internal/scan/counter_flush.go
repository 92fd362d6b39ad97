package scan

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// runFlusher flushes once a second, or sooner on request, until the counter is closed.
func (c *Counter) runFlusher() {
	defer close(c.done)
	tick := time.NewTicker(c.options.Every)
	defer tick.Stop()
	for {
		select {
		case <-c.quit:
			return
		case <-tick.C:
		case <-c.flushRequests:
		}
		c.logFailure(c.Flush(context.Background()))
	}
}

// quietTime is the time between two log lines about a store that does not answer.
const quietTime = time.Minute

// logFailure logs that counters could not be written. The counters are kept, and the next flush tries again.
func (c *Counter) logFailure(err error) {
	now := time.Now()
	if err == nil || now.Before(c.quietUntil) {
		return
	}
	c.quietUntil = now.Add(quietTime)
	c.options.Log.Warn("scans wait to be written", "pending", c.pending.Load(), "dropped", c.dropped.Load(), "err", err)
}

// Close writes the waiting counters and stops. Counters that the store does not take within a few seconds are lost, which the error
// reports.
func (c *Counter) Close() error {
	c.once.Do(func() { close(c.quit) })
	<-c.done
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return c.Flush(ctx)
}

// Flush writes the counters of all views until now and examines the codes they belong to. Counters that could not be written are kept for a
// later flush; since an error of the store leaves open whether the store wrote them, such views may be counted twice.
func (c *Counter) Flush(ctx context.Context) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	err := c.writeCounters(ctx, c.takeCounters())
	c.returnUnwritten()
	return errors.Join(err, c.inspectSuspects(ctx))
}

// takeCounters puts all counters in flight and lists them.
func (c *Counter) takeCounters() (list []*entry) {
	c.rounds.Add(1)
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		if len(s.rows) > 0 {
			s.inFlight, s.rows = s.rows, make(map[string]*entry, len(s.rows))
		}
		for _, e := range s.inFlight {
			for ; e != nil; e = e.next {
				list = append(list, e)
			}
		}
		s.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b *entry) int { return strings.Compare(a.code, b.code) }) // codes that are neighbours in the store's index
	return list
}

// writeCounters adds counters to those of the store, batch by batch, until a batch fails.
func (c *Counter) writeCounters(ctx context.Context, list []*entry) error {
	scans := make([]trace.Scan, 0, min(flushBatch, len(list)))
	for part := range slices.Chunk(list, flushBatch) {
		scans = scans[:0]
		for _, e := range part {
			scans = append(scans, e.toScan())
		}
		limited, cancel := context.WithTimeout(ctx, storeTimeout)
		err := c.options.Store.AddScans(limited, scans)
		cancel()
		if err != nil {
			c.failed.Add(1)
			return err
		}
		for _, e := range part {
			s := c.findShard(e.code)
			s.mu.Lock()
			e.written = true
			s.mu.Unlock()
			c.suspects.addCounter(e)
		}
		c.pending.Add(-int64(len(part)))
	}
	return nil
}

// returnUnwritten ends the flight: counters that were not written go back into the tables.
func (c *Counter) returnUnwritten() {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		for _, e := range s.inFlight {
			for e != nil {
				next := e.next
				if !e.written {
					c.pending.Add(-s.returnEntry(e))
				}
				e = next
			}
		}
		s.inFlight = nil
		s.mu.Unlock()
	}
}

// returnEntry puts a counter back, or adds the counter to one that began meanwhile, and returns the number of counters saved (0 or 1).
func (s *shard) returnEntry(e *entry) int64 {
	current := s.findEntry(e.code, e.region, e.day)
	if current == nil {
		s.addEntry(e)
		return 0
	}
	current.count, current.first, current.last = current.count+e.count, min(current.first, e.first), max(current.last, e.last)
	return 1
}
