package fastpath

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
)

func newWords(t testing.TB) *locale.Printer {
	t.Helper()
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// TestTableSharesPlaces: a key that stands where another key would is not taken for the other, and the table never grows.
func TestTableSharesPlaces(t *testing.T) {
	table := NewTable[string](1)
	table.Put("/lot/A", "a")
	if got := table.Get([]byte("/lot/A")); got == nil || *got != "a" {
		t.Errorf("the key itself: %v", got)
	}
	if got := table.Get([]byte("/lot/B")); got != nil {
		t.Errorf("another key of the place: %q", *got)
	}
	table.Put("/lot/B", "b")
	if table.Get([]byte("/lot/A")) != nil || len(table.places) != 1 {
		t.Error("a place that was taken over still has its first key")
	}
}

// TestLanguageCache: the cache gives what reading the header gives, the first time and again, also for headers that are not remembered.
func TestLanguageCache(t *testing.T) {
	words := newWords(t)
	cache := NewLanguageCache(words)
	headers := []string{"", "zh", "en", "en-GB,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "de,en;q=0.3,zh;q=0.2", "en;q=0", "*",
		strings.Repeat("de,", 80) + "en", strings.Repeat("x", longestHeader) + ",en"}
	for i := range 200 { // more headers than places
		headers = append(headers, fmt.Sprintf("en;q=0.%d,zh;q=0.5", i))
	}
	for round := range 2 {
		for _, h := range headers {
			if got, want := cache.PrinterFor([]byte(h)), words.For(h); got != want {
				t.Errorf("round %d, %.40q: got %s, want %s", round, h, got.Lang(), want.Lang())
			}
		}
	}
}

// TestLookingUpAllocatesNothing: the look-ups of every request make nothing for the collector.
func TestLookingUpAllocatesNothing(t *testing.T) {
	cache, table := NewLanguageCache(newWords(t)), NewTable[string](8)
	header, key := []byte("en-GB,en;q=0.9"), []byte("/lot/U9UQ22222222")
	table.Put(string(key), "x")
	n := testing.AllocsPerRun(100, func() {
		if cache.PrinterFor(header).Lang() != locale.English || table.Get(key) == nil {
			t.Error("not found")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkLanguage compares reading an Accept-Language header with remembering the header.
func BenchmarkLanguage(b *testing.B) {
	words := newWords(b)
	cache, header := NewLanguageCache(words), []byte("zh-CN,zh;q=0.9,en;q=0.8")
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			words.For(string(header))
		}
	})
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			cache.PrinterFor(header)
		}
	})
}
