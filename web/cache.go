package web

import (
	"sync"
	"sync/atomic"
)

// voice is the language of a page, and whether it was chosen in the address: its links then keep it.
type voice uint8

const (
	inEnglish voice = 1 << iota
	chosen
)

// page is a rendered page. The beginning, with the style, is the same for all pages of a language, so that it is kept once: what is
// shared stays in the processor's cache, and ten thousand pages take half the memory.
type page struct {
	head, rest []byte
	etag, lang []byte
	seq        int64        // highest page sequence of the lots it speaks of
	lots       []string     // the lots it speaks of, its own first; none where any new record makes the page stale
	checked    atomic.Int64 // head of the ledger at which seq was last seen to hold
	code       string       // key of the lot it is the page of, for the count of its views; "" for others
	gap        bool         // made while the store did not answer: not kept
	lot        *lotShort    // what the pages of the lot's items say of it
}

// size is what a page takes, roughly: its own bytes, its lots' identifiers (shared with the ledger) and the row of the table.
func (p *page) size() int64 { return int64(len(p.rest) + 16*len(p.lots) + 300) }

// ledgerSeqs is what a cached page is checked against.
type ledgerSeqs interface {
	Head() int64
	PageSeq(lot string) (int64, bool)
}

// fresh reports whether nothing that the page speaks of has changed. Where the whole ledger stands still that is one comparison.
func (p *page) fresh(l ledgerSeqs) bool {
	head := l.Head()
	if p.checked.Load() == head {
		return true
	}
	if len(p.lots) == 0 || pageSeq(l, p.lots) != p.seq {
		return false
	}
	p.checked.Store(head)
	return true
}

// pageSeq is the last record that changed anything these lots' pages say.
func pageSeq(l ledgerSeqs, lots []string) int64 {
	var seq int64
	for _, id := range lots {
		n, _ := l.PageSeq(id)
		seq = max(seq, n)
	}
	return seq
}

// pageKey names a rendered page by the one address that it has.
type pageKey struct {
	path  string
	voice voice
}

// shards is how many tables the cache has, so that two processors seldom wait for one lock.
const shards = 16

// cache keeps rendered pages up to a number of bytes.
type cache struct {
	shards [shards]shard
	mu     sync.Mutex
	heads  map[string][]byte // few: one for each language and theme
}

// shard is a part of the cache with its part of the bytes. What is put out is arbitrary: with a least-recently-used order a round over
// slightly more lots than fit would miss every time.
type shard struct {
	mu    sync.RWMutex
	limit int64
	used  int64
	pages map[pageKey]*page
}

func newCache(limit int64) *cache {
	c := &cache{heads: map[string][]byte{}}
	for i := range c.shards {
		c.shards[i].limit, c.shards[i].pages = limit/shards, map[pageKey]*page{}
	}
	return c
}

// shardOf picks a table by the end of the address, which is the random part of a key.
func shardOf[T string | []byte](path T) int {
	sum := uint32(0)
	for i := max(0, len(path)-4); i < len(path); i++ {
		sum = sum*29 + uint32(path[i])
	}
	return int(sum % shards)
}

// get finds a page by the path of a request; it allocates nothing.
func (c *cache) get(path []byte, v voice) *page {
	s := &c.shards[shardOf(path)]
	s.mu.RLock()
	p := s.pages[pageKey{string(path), v}]
	s.mu.RUnlock()
	return p
}

func (c *cache) put(k pageKey, p *page) {
	s := &c.shards[shardOf(k.path)]
	if p.size() > s.limit {
		return
	}
	p.head = c.shared(p.head)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.pages[k]; old != nil {
		s.used -= old.size()
	}
	s.pages[k] = p
	s.used += p.size()
	for other, q := range s.pages {
		if s.used <= s.limit {
			break
		}
		if other != k {
			s.used -= q.size()
			delete(s.pages, other)
		}
	}
}

// shared is the one copy of a beginning.
func (c *cache) shared(head []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.heads[string(head)]; ok {
		return h
	}
	c.heads[string(head)] = head
	return head
}
