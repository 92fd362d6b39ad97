package scan

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// runFlusher flushes until the counter is closed.
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

// quietTime is how long a store that stays away is not mentioned again.
const quietTime = time.Minute

// logFailure logs that counts could not be written; they are kept and tried again.
func (c *Counter) logFailure(err error) {
	now := time.Now()
	if err == nil || now.Before(c.quietUntil) {
		return
	}
	c.quietUntil = now.Add(quietTime)
	c.options.Log.Warn("scans wait to be written", "pending", c.pending.Load(), "dropped", c.dropped.Load(), "err", err)
}

// Close writes what is left and stops. What the store does not take within a few seconds is lost; the error says so.
func (c *Counter) Close() error {
	c.once.Do(func() { close(c.quit) })
	<-c.done
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return c.Flush(ctx)
}

// Flush writes what was counted until now and looks into the codes it concerns. What could not be written is kept and written by a later
// flush; an error of the store does not say whether it was written all the same, so that such counts may be there twice.
func (c *Counter) Flush(ctx context.Context) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	err := c.writeCounters(ctx, c.takeCounters())
	c.returnUnwritten()
	return errors.Join(err, c.inspectSuspects(ctx))
}

// takeCounters puts all counters in flight.
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
	slices.SortFunc(list, func(a, b *entry) int { return strings.Compare(a.code, b.code) }) // neighbours in the store's index as well
	return list
}

// writeCounters adds the counters to the store's, batch by batch, until one fails.
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
			c.suspects.addSuspect(e)
		}
		c.pending.Add(-int64(len(part)))
	}
	return nil
}

// returnUnwritten ends the flight: what was not written goes back to what is counted.
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

// returnEntry puts a counter back, or adds it to the one that began meanwhile, and says how many there are fewer.
func (s *shard) returnEntry(e *entry) int64 {
	now := s.findEntry(e.code, e.region, e.day)
	if now == nil {
		s.addEntry(e)
		return 0
	}
	now.count, now.first, now.last = now.count+e.count, min(now.first, e.first), max(now.last, e.last)
	return 1
}
