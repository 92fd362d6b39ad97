package shell

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
)

// PlainInput makes plain what a Chinese keyboard or a chat program makes of a code: full-width letters, digits and punctuation (U+FF01 to
// U+FF5E, as in Unicode's NFKC), every kind of space and hyphen, and characters that have no shape.
func PlainInput(s string) string {
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

// AddressIn takes the address out of a pasted text: without the words around the address, its query, its fragment and its last slash. A
// text with no address in it is returned unchanged.
func AddressIn(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.Index(text, "://"); i >= 0 {
		begin := strings.LastIndexFunc(text[:i], func(r rune) bool { return r < 'a' || r > 'z' }) + 1
		text, _, _ = strings.Cut(text[begin:], " ")
	}
	if strings.Contains(text, "/") {
		if i := strings.IndexAny(text, "?#"); i >= 0 {
			text = text[:i]
		}
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	return strings.TrimRight(text, "/ ")
}

// PathParam is a parameter of a request's path as the reader meant it, by PlainSegment.
func PathParam(c *fiber.Ctx, name string) string { return PlainSegment(strings.Clone(c.Params(name))) }

// PlainSegment is a segment of a path without percent-encoding, by PlainInput.
func PlainSegment(raw string) string {
	if v, err := url.PathUnescape(raw); err == nil {
		raw = v
	}
	return PlainInput(raw)
}
