package web

import (
	"bytes"
	"fmt"
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
	c := newCache(10_000)
	head := []byte("the same for all")
	for i := range 200 {
		c.put(pageKey{lot: fmt.Sprint(i)}, &page{head: bytes.Clone(head), rest: make([]byte, 700)})
		if c.used > c.limit {
			t.Fatalf("after %d pages %d bytes are used of %d", i+1, c.used, c.limit)
		}
	}
	if n := len(c.pages); n != 10 || len(c.heads) != 1 {
		t.Errorf("%d pages and %d heads are kept, want 10 and 1", n, len(c.heads))
	}
	if c.get(pageKey{lot: "199"}) == nil {
		t.Error("the newest page is gone")
	}
	c.put(pageKey{lot: "199"}, &page{head: head, rest: make([]byte, 100)})
	if want := int64(9*1000 + 400); c.used != want {
		t.Errorf("a page made anew counts twice: %d bytes, want %d", c.used, want)
	}
	c.put(pageKey{lot: "large"}, &page{rest: make([]byte, 20_000)})
	if c.get(pageKey{lot: "large"}) != nil {
		t.Error("a page larger than the cache is kept")
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
