package fastpath

import "github.com/yousang/yousang/internal/locale"

const (
	languagePlaces = 64
	// longestHeader is up to how many bytes an Accept-Language header is remembered; browsers send fewer.
	longestHeader = 200
)

// LanguageCache remembers which language an Accept-Language header asks for. Browsers send few different headers, and reading a header
// takes longer than finding the header in a table.
//
// Figure: reading takes 164 ns and remembering 8 ns (`go test ./internal/fastpath -run xxx -bench Language`), and the header is read for
// each page; a kept page takes 1.6 µs in the whole server (docs/performance.md; `go test ./cmd/yousang -run xxx -bench Server`).
//
// Remove when the two figures differ by less than a twentieth of the time of a kept page.
type LanguageCache struct {
	words *locale.Printer
	seen  *Table[*locale.Printer]
}

// NewLanguageCache makes a cache over the catalogs of words.
func NewLanguageCache(words *locale.Printer) *LanguageCache {
	return &LanguageCache{words: words, seen: NewTable[*locale.Printer](languagePlaces)}
}

// PrinterFor is words.For(header).
func (c *LanguageCache) PrinterFor(header []byte) *locale.Printer {
	if len(header) > longestHeader {
		return c.words.For(string(header))
	}
	if known := c.seen.Get(header); known != nil {
		return *known
	}
	text := string(header) // a copy: the server uses the request's buffer again
	p := c.words.For(text)
	c.seen.Put(text, p)
	return p
}
