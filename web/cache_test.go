package web

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

type fakeLedger struct {
	head  int64
	pages map[string]int64
}

func (l *fakeLedger) Head() int64                      { return l.head }
func (l *fakeLedger) PageSeq(lot string) (int64, bool) { n, ok := l.pages[lot]; return n, ok }

func TestCacheIsBounded(t *testing.T) {
	c := newCache(shards * 10_000)
	head := []byte("the same for all")
	count := func() (pages int, used int64) {
		for i := range c.shards {
			pages, used = pages+len(c.shards[i].pages), used+c.shards[i].used
		}
		return pages, used
	}
	for i := range 4000 {
		path := fmt.Sprint("/trace/", 10_000+i)
		c.put(pageKey{path: path}, &page{head: bytes.Clone(head), rest: make([]byte, 700)})
		if _, used := count(); used > shards*10_000 {
			t.Fatalf("after %d pages %d bytes are used", i+1, used)
		}
		if c.get([]byte(path), 0) == nil {
			t.Fatalf("the newest page %s is gone", path)
		}
	}
	if n, _ := count(); n != 10*shards || len(c.heads) != 1 {
		t.Errorf("%d pages and %d heads are kept, want %d and 1", n, len(c.heads), 10*shards)
	}
	newest := pageKey{path: "/trace/13999"}
	if c.get([]byte(newest.path), inEnglish) != nil {
		t.Error("a Chinese page is given for an English one")
	}
	c.put(newest, &page{head: head, rest: make([]byte, 100)})
	if _, used := count(); used != 1000*(10*shards-1)+400 {
		t.Errorf("a page made anew counts twice: %d bytes", used)
	}
	c.put(pageKey{path: "/trace/large"}, &page{rest: make([]byte, 20_000)})
	if c.get([]byte("/trace/large"), 0) != nil {
		t.Error("a page larger than its part of the cache is kept")
	}
}

func TestFresh(t *testing.T) {
	l := &fakeLedger{head: 9, pages: map[string]int64{"a": 4, "b": 7}}
	p := &page{lots: []string{"a", "b"}, seq: 7}
	p.checked.Store(9)
	rows := []struct {
		name string
		act  func()
		want bool
	}{
		{"nothing happened", func() {}, true},
		{"something else happened", func() { l.head = 10 }, true},
		{"an input changed", func() { l.head, l.pages["a"] = 11, 11 }, false},
		{"and it stays stale", func() { l.head = 12 }, false},
	}
	for _, row := range rows {
		row.act()
		if got := p.fresh(l); got != row.want {
			t.Errorf("%s: fresh is %v", row.name, got)
		}
	}
}

// Readers beside a writer: nobody gets an error, and when the writer is done the page says the last thing.
func TestReadersBesideAWriter(t *testing.T) {
	w := newWorld(t).pomelo()
	path := w.lotPath("jars")
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				req := httptest.NewRequest(http.MethodGet, path, nil)
				res, err := w.app.Test(req, -1)
				if err != nil || res.StatusCode != http.StatusOK {
					t.Errorf("read: %v", err)
					return
				}
				if err := res.Body.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 10 {
		w.status("hold", "核查", false, "jars")
		w.status("release", "", false, "jars")
	}
	w.status("recall", "残留超标", false, "jars")
	close(stop)
	readers.Wait()
	w.open(path).is(".band .word", "已召回")
}

// What every request does before it has its page makes nothing for the collector.
func TestLookingUpAllocatesNothing(t *testing.T) {
	words, err := wordsOnce()
	if err != nil {
		t.Fatal(err)
	}
	c := newCache(1 << 20)
	path, accept := []byte("/trace/U9UQ22222222"), []byte("en-GB,en;q=0.9")
	c.put(pageKey{string(path), inEnglish}, &page{rest: []byte("x")})
	heard := &tongues{seed: maphash.MakeSeed()}
	n := testing.AllocsPerRun(100, func() {
		ch := choice{p: heard.printer(words, accept)}
		if c.get(path, ch.voice()) == nil {
			t.Error("the page is not found")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
	if heard.printer(words, []byte("zh")) == heard.printer(words, accept) {
		t.Error("two languages are one")
	}
}
