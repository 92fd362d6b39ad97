package digitallink

import "strings"

// charset is one of the "GS1 AI encodable character sets" of the General Specifications.
type charset uint8

const (
	digits charset = 1 << iota
	set82          // the invariant characters of ISO/IEC 646, without the space
	set39          // digits, capitals, # - /
	set64          // base64 as it may stand in files and URIs, with its padding
)

// What a character may be, besides being in a charset.
const (
	inURI      charset = 1 << (iota + 4) // RFC 3986: reserved, unreserved, percent
	inHost                               // of those, what a host with a port may have
	unreserved                           // never percent-encoded
)

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// classes holds the charsets of every byte.
var classes = func() (classes [256]charset) {
	for class, members := range map[charset]string{
		digits:     "0123456789",
		set82:      alphanumerics + "!\"%&'()*+,-./:;<=>?_",
		set39:      alphanumerics[:36] + "#-/",
		set64:      alphanumerics + "-_",
		inURI:      alphanumerics + "-._~:/?#[]@!$&'()*+,;=%",
		inHost:     alphanumerics + "-.:[]",
		unreserved: alphanumerics + "-._~",
	} {
		for i := range len(members) {
			classes[members[i]] |= class
		}
	}
	return classes
}()

// containsAll reports whether every character of s is in the set; base64 may end in one or two characters of padding.
func (c charset) containsAll(s string) bool {
	if c == set64 {
		if s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "="); s == "" {
			return false
		}
	}
	for i := range len(s) {
		if classes[s[i]]&c == 0 {
			return false
		}
	}
	return true
}

func (c charset) describe() string {
	switch c {
	case digits:
		return "数字 / digits only"
	case set39:
		return "数字、大写字母、#、- 和斜线 / digits, capitals, #, - and the slash"
	case set64:
		return "数字、字母和 - _ / digits, letters, - and _"
	}
	return "数字、字母和常用符号，不能有空格和汉字 / digits, letters and common symbols, no spaces"
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// decodePercent decodes percent-encoding; in a query + is a space. The result is false for a percent sign without two hex
// digits.
func decodePercent(s string, query bool) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && (!query || strings.IndexByte(s, '+') < 0) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) {
				return s, false
			}
			high, good := hexDigit(s[i+1])
			low, good2 := hexDigit(s[i+2])
			if !good || !good2 {
				return s, false
			}
			c, i = high<<4|low, i+2
		case c == '+' && query:
			c = ' '
		}
		b = append(b, c)
	}
	return string(b), true
}

// appendEncoded appends s and percent-encodes every character that RFC 3986 does not call unreserved.
func appendEncoded(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; classes[c]&unreserved != 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hex[c>>4], hex[c&0xF])
		}
	}
	return dst
}
