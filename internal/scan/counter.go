package scan

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Limits and times of a Counter.
const (
	// MaxPending is the largest number of counters (a code on a day in a region) that wait in memory, about 150 MB. So many wait only
	// where the store has not answered for long while very many different codes were looked up.
	MaxPending     = 1_000_000
	flushEvery     = time.Second
	flushThreshold = 100_000         // waiting counters that are flushed at once
	flushBatch     = 500             // counters in one call of the store, which holds the store's writer for a few milliseconds
	storeTimeout   = 5 * time.Second // of one call of the store
	closeTimeout   = 8 * time.Second // of the last flush in all
	shardCount     = 64              // so that processors seldom wait for one lock
)

// Store is what counting needs of a store: the counters, and the documents that cases are kept as.
type Store interface {
	trace.ScanStore
	trace.DocumentStore
}

// Options say how scans are counted.
type Options struct {
	Store      Store
	Items      ItemLookup       // the ledger's facts about an item; without it no cases are found
	Regions    *Regions         // nil: no region is known
	Trusted    []netip.Prefix   // reverse proxies whose X-Forwarded-For is believed
	Now        func() time.Time // nil means time.Now
	Log        *slog.Logger     // nil means slog.Default
	Every      time.Duration    // between flushes; 0 means a second
	MaxPending int              // 0 means MaxPending
}

// Counter counts page views in memory and writes them to the store behind the pages. A counter is safe for use by many goroutines.
type Counter struct {
	options Options
	seed    maphash.Seed
	shards  [shardCount]shard
	agents  agentCache

	pending atomic.Int64 // counters in the tables, those in flight included
	rounds  atomic.Int64 // flushes begun
	counted atomic.Int64
	dropped atomic.Int64
	failed  atomic.Int64

	flushing      sync.Mutex // one flush at a time
	suspects      suspectQueue
	flushRequests chan struct{}
	quit          chan struct{}
	done          chan struct{}
	once          sync.Once
	quietUntil    time.Time // no failure is logged before; used by the flusher alone
}

// shard is one table of counters by code. Counters that are being written to the store stay in inFlight, so that pages still show them.
type shard struct {
	mu       sync.Mutex
	rows     map[string]*entry
	inFlight map[string]*entry
	_        [40]byte // keeps two shards off one cache line, where each would slow the other
}

// entry is a counter in memory: a code on a day in a region. The entries of one code are a linked list.
type entry struct {
	code, region       string
	count, first, last int64 // times in Unix milliseconds
	item               int64 // index of the item + 1; 0 for a lot
	next               *entry
	day                int32 // since 1970, UTC
	written            bool  // to the store; of an entry in flight
}

// New starts a counter. The caller must close the counter before the store.
func New(o Options) *Counter {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Every == 0 {
		o.Every = flushEvery
	}
	if o.MaxPending == 0 {
		o.MaxPending = MaxPending
	}
	c := &Counter{
		options: o, seed: maphash.MakeSeed(), agents: agentCache{seed: maphash.MakeSeed()},
		flushRequests: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	for i := range c.shards {
		c.shards[i].rows = map[string]*entry{}
	}
	c.suspects.byCode = map[string]suspect{}
	go c.runFlusher()
	return c
}

// Now is the counter's clock.
func (c *Counter) Now() time.Time { return c.options.Now() }

// Regions is the table of regions; nil without one.
func (c *Counter) Regions() *Regions {
	if c == nil {
		return nil
	}
	return c.options.Regions
}

// CountLot counts a page view of a lot. code and region are kept, so they must not share memory with a buffer that is used again. A view
// that would need a counter beyond MaxPending is dropped and shows in Stats; existing counters go on.
func (c *Counter) CountLot(code, region string, now time.Time) { c.countView(code, 0, region, now) }

// CountItem counts a page view of an item; index is the item's index in the ledger. The rest is as in CountLot.
func (c *Counter) CountItem(code string, index int64, region string, now time.Time) {
	c.countView(code, index+1, region, now)
}

const dayMillis = 24 * 60 * 60 * 1000

func (c *Counter) countView(code string, item int64, region string, now time.Time) {
	ms := now.UnixMilli()
	s := c.findShard(code)
	s.mu.Lock()
	if e := s.findEntry(code, region, int32(ms/dayMillis)); e != nil {
		e.count++
		e.first, e.last = min(e.first, ms), max(e.last, ms)
		s.mu.Unlock()
		c.counted.Add(1)
		return
	}
	n := c.pending.Load()
	if n >= int64(c.options.MaxPending) {
		s.mu.Unlock()
		c.dropped.Add(1)
		return
	}
	s.addEntry(&entry{code: code, region: region, day: int32(ms / dayMillis), count: 1, first: ms, last: ms, item: item})
	c.pending.Add(1)
	s.mu.Unlock()
	c.counted.Add(1)
	if n == flushThreshold {
		c.requestFlush()
	}
}

// findEntry finds the counter of a code on a day in a region, nil for none. The caller holds the lock.
func (s *shard) findEntry(code, region string, day int32) *entry {
	e := s.rows[code]
	for e != nil && (e.day != day || e.region != region) {
		e = e.next
	}
	return e
}

// addEntry adds a counter. The caller holds the lock.
func (s *shard) addEntry(e *entry) {
	e.next = s.rows[e.code]
	s.rows[e.code] = e
}

func (c *Counter) findShard(code string) *shard {
	return &c.shards[maphash.String(c.seed, code)%shardCount]
}

func (c *Counter) requestFlush() {
	select {
	case c.flushRequests <- struct{}{}:
	default:
	}
}

// Stats are a Counter's figures since its start.
type Stats struct {
	Counted  int64 // page views
	Pending  int64 // counters waiting to be written
	Dropped  int64 // page views not counted because too many counters waited
	Failures int64 // failed calls of the store
}

// Stats returns the figures; a nil Counter has none.
func (c *Counter) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	return Stats{c.counted.Load(), c.pending.Load(), c.dropped.Load(), c.failed.Load()}
}

// Scans are all counters of a code in order of day and region: those in the store and those that this server has yet to write. Where the
// store does not answer, Scans returns the counters in memory with the store's error. Other servers' last second is missing.
func (c *Counter) Scans(ctx context.Context, code string) ([]trace.Scan, error) {
	const tries, pause = 8, 2 * time.Millisecond
	for try := 1; ; try++ {
		round := c.rounds.Load()
		pending, inFlight := c.listPending(code)
		rows, err := c.options.Store.Scans(ctx, code)
		if err != nil {
			return pending, err
		}
		// Counters that are being written at this moment may be in both; a few milliseconds later they are not.
		if sure := !inFlight && c.rounds.Load() == round; sure || try == tries {
			return mergeScans(rows, pending), nil
		}
		if inFlight {
			select {
			case <-ctx.Done():
				return mergeScans(rows, pending), nil
			case <-time.After(pause):
			}
		}
	}
}

// listPending lists the counters of a code that the store may not have yet; inFlight reports whether some are being written.
func (c *Counter) listPending(code string) (out []trace.Scan, inFlight bool) {
	s := c.findShard(code)
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.rows[code]; e != nil; e = e.next {
		out = mergeScans(out, []trace.Scan{e.toScan()})
	}
	for e := s.inFlight[code]; e != nil; e = e.next {
		if !e.written {
			out, inFlight = mergeScans(out, []trace.Scan{e.toScan()}), true
		}
	}
	return out, inFlight
}

func (e *entry) toScan() trace.Scan {
	day := time.UnixMilli(int64(e.day) * dayMillis).UTC().Format(time.DateOnly)
	return trace.Scan{Code: e.code, Region: e.region, Day: day, Count: e.count,
		First: time.UnixMilli(e.first).UTC(), Last: time.UnixMilli(e.last).UTC()}
}

// mergeScans merges more into rows, which are in order of day and region, and adds up counters of the same day and region.
func mergeScans(rows, more []trace.Scan) []trace.Scan {
	for _, n := range more {
		i, ok := slices.BinarySearchFunc(rows, n, func(a, b trace.Scan) int {
			if x := strings.Compare(a.Day, b.Day); x != 0 {
				return x
			}
			return strings.Compare(a.Region, b.Region)
		})
		if !ok {
			rows = slices.Insert(rows, i, n)
			continue
		}
		r := &rows[i]
		r.Count, r.First, r.Last = r.Count+n.Count, earlierTime(r.First, n.First), laterTime(r.Last, n.Last)
	}
	return rows
}
