package web

import (
	"net/url"
	"strings"
	"unicode"
)

// fold makes plain what a Chinese keyboard or a chat program makes of a code: full-width letters, digits and signs (U+FF01 to U+FF5E, as in
// Unicode's NFKC), every kind of space and hyphen, and signs that nobody sees.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < unicode.MaxASCII:
			return r
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Pd, r) || r == '−' || r == 'ー' || r == '·':
			return '-'
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// addressIn takes the address out of what was pasted: without the words around it, its query, fragment and last slash. What is no address
// stays as it is.
func addressIn(code string) string {
	code = strings.TrimSpace(code)
	if i := strings.Index(code, "://"); i >= 0 {
		begin := strings.LastIndexFunc(code[:i], func(r rune) bool { return r < 'a' || r > 'z' }) + 1
		code, _, _ = strings.Cut(code[begin:], " ")
	}
	if strings.Contains(code, "/") {
		if i := strings.IndexAny(code, "?#"); i >= 0 {
			code = code[:i]
		}
		if plain, err := url.PathUnescape(code); err == nil {
			code = plain
		}
	}
	return strings.TrimRight(code, "/ ")
}
