package web

import (
	"sync"
	"sync/atomic"
)

// pageKey names a rendered page.
type pageKey struct {
	lot   string
	lang  string
	asked bool // the language was chosen in the address, and links keep it
}

// page is a rendered page. The beginning, with the style, is the same for all pages of a language, so that it is kept once.
type page struct {
	head, rest []byte
	etag       string
	seq        int64        // highest page sequence of the lots it speaks of
	lots       []string     // the lots it speaks of, its own first
	checked    atomic.Int64 // head of the ledger at which seq was last seen to hold
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
	if pageSeq(l, p.lots) != p.seq {
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

// cache keeps rendered pages up to a number of bytes. What is put out is arbitrary: with a least-recently-used order a round over slightly
// more lots than fit would miss every time.
type cache struct {
	mu    sync.RWMutex
	limit int64
	used  int64
	pages map[pageKey]*page
	heads map[string][]byte
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, pages: map[pageKey]*page{}, heads: map[string][]byte{}}
}

func (c *cache) get(k pageKey) *page {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.pages[k]
}

func (c *cache) put(k pageKey, p *page) {
	if p.size() > c.limit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.heads[string(p.head)]; ok {
		p.head = h
	} else {
		c.heads[string(p.head)] = p.head // few: one for each language and theme
	}
	if old := c.pages[k]; old != nil {
		c.used -= old.size()
	}
	c.pages[k] = p
	c.used += p.size()
	for other, q := range c.pages {
		if c.used <= c.limit {
			break
		}
		if other != k {
			c.used -= q.size()
			delete(c.pages, other)
		}
	}
}
