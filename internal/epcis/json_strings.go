package epcis

import (
	"unicode/utf16"
	"unicode/utf8"
)

// readString reads the string that begins at pos. The second result says whether the string can be written without escapes.
func (t *jsonTree) readString() ([]byte, bool, error) {
	start := t.pos + 1
	raw := true
	for i := start; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '"':
			t.pos = i + 1
			return t.src[start:i], raw, nil
		case c == '\\':
			return t.readEscaped(start, i)
		case c < 0x20:
			t.pos = i
			return nil, false, t.malformedHere("a control character in a string")
		case c == 0xE2: // U+2028 and U+2029 begin so; encoding/json escapes them
			raw = false
		}
	}
	t.pos = len(t.src)
	return nil, false, t.malformedHere("a string without end")
}

// readEscaped reads the rest of a string from the first backslash, at i, into memory of its own.
func (t *jsonTree) readEscaped(start, i int) ([]byte, bool, error) {
	out := append(make([]byte, 0, i-start+32), t.src[start:i]...)
	for t.pos = i; t.pos < len(t.src); {
		c := t.src[t.pos]
		switch {
		case c == '"':
			t.pos++
			return out, false, nil
		case c < 0x20:
			return nil, false, t.malformedHere("a control character in a string")
		case c != '\\':
			out = append(out, c)
			t.pos++
		default:
			r, err := t.readEscape()
			if err != nil {
				return nil, false, err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return nil, false, t.malformedHere("a string without end")
}

// readEscape reads one escape sequence at pos. Half of a surrogate pair names no character and cannot be written again, so the
// half is refused.
func (t *jsonTree) readEscape() (rune, error) {
	if t.pos+1 >= len(t.src) {
		return 0, t.malformedHere("a string without end")
	}
	c := t.src[t.pos+1]
	if c == 'u' {
		r, ok := t.readHex4()
		if ok && utf16.IsSurrogate(r) {
			var low rune
			if t.nextIs('\\') && t.pos+1 < len(t.src) && t.src[t.pos+1] == 'u' {
				low, ok = t.readHex4()
			}
			r = utf16.DecodeRune(r, low)
			ok = ok && r != utf8.RuneError
		}
		if !ok {
			return 0, t.malformedHere("a bad \\u escape")
		}
		return r, nil
	}
	t.pos += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	}
	return 0, t.malformedHere("an unknown escape")
}

// readHex4 reads the \uXXXX at pos.
func (t *jsonTree) readHex4() (rune, bool) {
	if t.pos+6 > len(t.src) {
		return 0, false
	}
	var r rune
	for _, c := range t.src[t.pos+2 : t.pos+6] {
		v, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	t.pos += 6
	return r, true
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

const lowerHex = "0123456789abcdef"

// appendQuoted appends s as a JSON string, escaped as encoding/json does it without HTML escaping.
func appendQuoted(dst, s []byte, raw bool) []byte {
	dst = append(dst, '"')
	if raw {
		return append(append(dst, s...), '"')
	}
	done := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c != 0xE2 {
			continue
		}
		if c == 0xE2 {
			if i+2 >= len(s) || s[i+1] != 0x80 || s[i+2]&^1 != 0xA8 {
				continue
			}
			dst = append(append(dst, s[done:i]...), `\u202`...)
			dst = append(dst, lowerHex[s[i+2]&0xF])
			i += 2
			done = i + 1
			continue
		}
		dst = append(append(dst, s[done:i]...), '\\')
		done = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\b':
			dst = append(dst, 'b')
		case '\f':
			dst = append(dst, 'f')
		case '\n':
			dst = append(dst, 'n')
		case '\r':
			dst = append(dst, 'r')
		case '\t':
			dst = append(dst, 't')
		default:
			dst = append(dst, 'u', '0', '0', lowerHex[c>>4], lowerHex[c&0xF])
		}
	}
	return append(append(dst, s[done:]...), '"')
}
