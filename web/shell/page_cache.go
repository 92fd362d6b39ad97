package shell

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// PublicPage is a rendered page that may be given to any reader. The beginning, with the style, is the same for all pages of a language and
// is kept once: the shared part stays in the processor's cache, and ten thousand pages take half the memory.
type PublicPage[S any] struct {
	Summary S // what the room keeps beside the page

	head, rest []byte
	etag, lang []byte
	seq        int64        // last record that changed what the page says
	lots       []string     // lots that the page speaks of; none where every new record makes the page stale
	checked    atomic.Int64 // head of the ledger at which seq was last seen to hold
}

// newPublicPage cuts a rendered page in two after the style, which is the same for many pages.
func newPublicPage[S any](r Rendered[S], lang Language) *PublicPage[S] {
	p := &PublicPage[S]{Summary: r.Summary, rest: r.Body, seq: r.ChangedAt, etag: []byte(newETag(r.ChangedAt, r.Body)),
		lang: []byte(lang.Printer.Lang()), lots: r.Lots}
	if i := bytes.Index(r.Body, []byte("</style>")); i > 0 {
		p.head, p.rest = bytes.Clone(r.Body[:i]), bytes.Clone(r.Body[i:])
	}
	p.checked.Store(r.ReadAt)
	return p
}

// size is the memory that a page takes, roughly: its own bytes, its lots' identifiers (shared with the ledger) and the row of the table.
func (p *PublicPage[S]) size() int64 { return int64(len(p.rest) + 16*len(p.lots) + 300) }

// Ledger is the part of the ledger that a kept page is checked against.
type Ledger interface {
	Head() int64
	PageSeq(lot string) (int64, bool)
}

// isFresh reports whether nothing that the page speaks of has changed. Where the whole ledger stands still that is one comparison.
func (p *PublicPage[S]) isFresh(l Ledger) bool {
	head := l.Head()
	if p.checked.Load() == head {
		return true
	}
	if len(p.lots) == 0 || LastChange(l, p.lots) != p.seq {
		return false
	}
	p.checked.Store(head)
	return true
}

// LastChange is the last record that changed anything that the pages of these lots say.
func LastChange(l Ledger, lots []string) int64 {
	var seq int64
	for _, id := range lots {
		n, _ := l.PageSeq(id)
		seq = max(seq, n)
	}
	return seq
}

// shardCount is how many tables the cache has, so that two processors seldom wait for one lock.
const shardCount = 16

// pageCache keeps rendered pages up to a number of bytes.
type pageCache[S any] struct {
	shards [shardCount]pageShard[S]
	mu     sync.Mutex
	heads  map[string][]byte // few: one for each language and theme
}

// pageShard is a part of the cache with its part of the bytes. Which page is put out is arbitrary: with a least-recently-used order a round
// over slightly more lots than fit would miss every time.
type pageShard[S any] struct {
	mu    sync.RWMutex
	limit int64
	used  int64
	pages map[PageKey]*PublicPage[S]
}

func newPageCache[S any](limit int64) *pageCache[S] {
	c := &pageCache[S]{heads: map[string][]byte{}}
	for i := range c.shards {
		c.shards[i].limit, c.shards[i].pages = limit/shardCount, map[PageKey]*PublicPage[S]{}
	}
	return c
}

// shardOf picks a shard by the end of the path, which is the random part of a lot's key.
func shardOf[T string | []byte](path T) int {
	sum := uint32(0)
	for i := max(0, len(path)-4); i < len(path); i++ {
		sum = sum*29 + uint32(path[i])
	}
	return int(sum % shardCount)
}

// find finds a page by the path of a request; find allocates nothing.
func (c *pageCache[S]) find(path []byte, lang pageLanguage) *PublicPage[S] {
	s := &c.shards[shardOf(path)]
	s.mu.RLock()
	p := s.pages[PageKey{string(path), lang}]
	s.mu.RUnlock()
	return p
}

func (c *pageCache[S]) put(key PageKey, p *PublicPage[S]) {
	s := &c.shards[shardOf(key.path)]
	if p.size() > s.limit {
		return
	}
	p.head = c.shareHead(p.head)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.pages[key]; old != nil {
		s.used -= old.size()
	}
	s.pages[key] = p
	s.used += p.size()
	for other, q := range s.pages {
		if s.used <= s.limit {
			break
		}
		if other != key {
			s.used -= q.size()
			delete(s.pages, other)
		}
	}
}

// shareHead is the one copy of a beginning.
func (c *pageCache[S]) shareHead(head []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.heads[string(head)]; ok {
		return h
	}
	c.heads[string(head)] = head
	return head
}
