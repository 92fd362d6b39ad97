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
	// MaxPending is how many different counters (a code on a day in a region) wait in memory at most, about 150 MB. They are that many
	// only where the store has been away for long while very many different codes were looked up.
	MaxPending     = 1_000_000
	flushEvery     = time.Second
	flushThreshold = 100_000         // counters that wait for no second
	flushBatch     = 500             // counters in one call of the store: its writer is held for some milliseconds at the most
	storeTimeout   = 5 * time.Second // what one call may take
	closeTimeout   = 8 * time.Second // what the last flush may take, all in all
	shardCount     = 64              // tables, so that processors seldom wait for one lock
)

// Store is what counting needs of a store: the counters, and the documents that cases are kept as.
type Store interface {
	trace.ScanStore
	trace.DocumentStore
}

// Options say how scans are counted.
type Options struct {
	Store      Store
	Items      ItemLookup       // what the ledger says of an item; nil finds no cases
	Regions    *Regions         // nil knows none
	Trusted    []netip.Prefix   // reverse proxies whose X-Forwarded-For is believed
	Now        func() time.Time // nil means time.Now
	Log        *slog.Logger     // nil means slog.Default
	Every      time.Duration    // between flushes; 0 means a second
	MaxPending int              // 0 means MaxPending
}

// Counter counts page views in memory and writes them to the store behind the pages. It is safe for use by many goroutines.
type Counter struct {
	options Options
	seed    maphash.Seed
	shards  [shardCount]shard
	agents  agentCache

	pending atomic.Int64 // counters in the tables, those under way included
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
	quietUntil    time.Time // until when no further failure is logged; the flusher's
}

// shard is one table, by code. What is being written to the store stays in flight, so that pages go on showing it.
type shard struct {
	mu       sync.Mutex
	rows     map[string]*entry
	inFlight map[string]*entry
	_        [40]byte // shards on one cache line would slow one another down
}

// entry is a counter in memory: a code on a day in a region. Those of one code are a list.
type entry struct {
	code, region       string
	count, first, last int64 // times in Unix milliseconds
	item               int64 // index of the item + 1; 0 for a lot
	next               *entry
	day                int32 // since 1970, UTC
	written            bool  // to the store; of an entry in flight
}

// New starts a counter. Close it before the store.
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
	c := &Counter{options: o, seed: maphash.MakeSeed(), agents: agentCache{seed: maphash.MakeSeed()}, flushRequests: make(chan struct{}, 1), quit: make(chan struct{}),
		done: make(chan struct{})}
	for i := range c.shards {
		c.shards[i].rows = map[string]*entry{}
	}
	c.suspects.byCode = map[string]suspect{}
	go c.runFlusher()
	return c
}

// Now is the counter's clock.
func (c *Counter) Now() time.Time { return c.options.Now() }

// Regions is the table of regions; nil where there is none.
func (c *Counter) Regions() *Regions {
	if c == nil {
		return nil
	}
	return c.options.Regions
}

// CountLot counts a page view of a lot. code and region are kept: they must not be cut from a buffer that is used again. A counter that would
// be beyond MaxPending is left out, and said in Stats; those that are there go on.
func (c *Counter) CountLot(code, region string, now time.Time) { c.countView(code, 0, region, now) }

// CountItem counts a page view of an item, whose index is the ledger's.
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

// findEntry and add are called with the lock held.
func (s *shard) findEntry(code, region string, day int32) *entry {
	e := s.rows[code]
	for e != nil && (e.day != day || e.region != region) {
		e = e.next
	}
	return e
}

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

// Stats are what a Counter did since it was started.
type Stats struct {
	Counted  int64 // page views
	Pending  int64 // counters that wait to be written
	Dropped  int64 // page views that were not counted, because too many counters waited
	Failures int64 // calls of the store that failed
}

// Stats may be called on a nil Counter.
func (c *Counter) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	return Stats{c.counted.Load(), c.pending.Load(), c.dropped.Load(), c.failed.Load()}
}

// Scans are all counters of a code in order of day and region: what the store has and what this server has yet to write. While the store
// does not answer they are what is in memory, with the store's error. Other servers' last second is missing.
func (c *Counter) Scans(ctx context.Context, code string) ([]trace.Scan, error) {
	const tries, pause = 8, 2 * time.Millisecond
	for try := 1; ; try++ {
		round := c.rounds.Load()
		memory, flying := c.listPending(code)
		rows, err := c.options.Store.Scans(ctx, code)
		if err != nil {
			return memory, err
		}
		// What is being written this moment may be in both; it soon is not.
		if sure := !flying && c.rounds.Load() == round; sure || try == tries {
			return mergeScans(rows, memory), nil
		}
		if flying {
			select {
			case <-ctx.Done():
				return mergeScans(rows, memory), nil
			case <-time.After(pause):
			}
		}
	}
}

// listPending are the counters of a code that the store may not have yet; flying says that some are being written.
func (c *Counter) listPending(code string) (out []trace.Scan, flying bool) {
	s := c.findShard(code)
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.rows[code]; e != nil; e = e.next {
		out = mergeScans(out, []trace.Scan{e.toScan()})
	}
	for e := s.inFlight[code]; e != nil; e = e.next {
		if !e.written {
			out, flying = mergeScans(out, []trace.Scan{e.toScan()}), true
		}
	}
	return out, flying
}

func (e *entry) toScan() trace.Scan {
	return trace.Scan{Code: e.code, Region: e.region, Day: time.UnixMilli(int64(e.day) * dayMillis).UTC().Format(time.DateOnly), Count: e.count,
		First: time.UnixMilli(e.first).UTC(), Last: time.UnixMilli(e.last).UTC()}
}

// mergeScans adds counters of the same day and region up.
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
