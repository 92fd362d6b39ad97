package shell

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/yousang/yousang/internal/fastpath"
)

type fakeLedger struct {
	head  int64
	pages map[string]int64
}

func (l *fakeLedger) Head() int64 { return l.head }

func (l *fakeLedger) PageSeq(lot string) (int64, bool) { n, ok := l.pages[lot]; return n, ok }

func TestCacheIsBounded(t *testing.T) {
	c := newPageCache[string](shardCount * 10_000)
	head := []byte("the same for all")
	count := func() (pages int, used int64) {
		for i := range c.shards {
			pages, used = pages+len(c.shards[i].pages), used+c.shards[i].used
		}
		return pages, used
	}
	for i := range 4000 {
		path := fmt.Sprint("/trace/", 10_000+i)
		c.put(PageKey{path: path}, &PublicPage[string]{head: bytes.Clone(head), rest: make([]byte, 700)})
		if _, used := count(); used > shardCount*10_000 {
			t.Fatalf("after %d pages %d bytes are used", i+1, used)
		}
		if c.find([]byte(path), 0) == nil {
			t.Fatalf("the newest page %s is gone", path)
		}
	}
	if n, _ := count(); n != 10*shardCount || len(c.heads) != 1 {
		t.Errorf("%d pages and %d heads are kept, want %d and 1", n, len(c.heads), 10*shardCount)
	}
	newest := PageKey{path: "/trace/13999"}
	if c.find([]byte(newest.path), inEnglish) != nil {
		t.Error("a Chinese page is given for an English one")
	}
	c.put(newest, &PublicPage[string]{head: head, rest: make([]byte, 100)})
	if _, used := count(); used != 1000*(10*shardCount-1)+400 {
		t.Errorf("a page made anew counts twice: %d bytes", used)
	}
	c.put(PageKey{path: "/trace/large"}, &PublicPage[string]{rest: make([]byte, 20_000)})
	if c.find([]byte("/trace/large"), 0) != nil {
		t.Error("a page larger than its part of the cache is kept")
	}
}

func TestFresh(t *testing.T) {
	l := &fakeLedger{head: 9, pages: map[string]int64{"a": 4, "b": 7}}
	p := &PublicPage[string]{lots: []string{"a", "b"}, seq: 7}
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
		if got := p.isFresh(l); got != row.want {
			t.Errorf("%s: fresh is %v", row.name, got)
		}
	}
}

// TestLookingUpAllocatesNothing: finding a kept page makes nothing for the collector.
func TestLookingUpAllocatesNothing(t *testing.T) {
	words, err := catalogsOnce()
	if err != nil {
		t.Fatal(err)
	}
	c := newPageCache[string](1 << 20)
	path, accept := []byte("/trace/U9UQ22222222"), []byte("en-GB,en;q=0.9")
	c.put(newPageKey(string(path), Language{Printer: words.In("en")}), &PublicPage[string]{rest: []byte("x")})
	languages := fastpath.NewLanguageCache(words)
	n := testing.AllocsPerRun(100, func() {
		lang := Language{Printer: languages.PrinterFor(accept)}
		if c.find(path, lang.forKey()) == nil {
			t.Error("the page is not found")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
	if languages.PrinterFor([]byte("zh")) == languages.PrinterFor(accept) {
		t.Error("two languages are one")
	}
}
