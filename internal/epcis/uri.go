package epcis

import "bytes"

// isURI reports whether s is an absolute URI of RFC 3986: a scheme, a colon, and only characters that may stand in a URI.
func isURI(s []byte) bool {
	i := bytes.IndexByte(s, ':')
	if i < 1 || i == len(s)-1 || !isScheme(s[:i]) {
		return false
	}
	for j := i + 1; j < len(s); j++ {
		c := s[j]
		switch {
		case c == '%':
			if j+2 >= len(s) {
				return false
			}
			_, ok1 := hexDigit(s[j+1])
			_, ok2 := hexDigit(s[j+2])
			if !ok1 || !ok2 {
				return false
			}
		case c <= ' ' || c >= 0x7F || bytes.IndexByte([]byte("\"<>\\^`{|}"), c) >= 0:
			return false
		}
	}
	return true
}

func isScheme(s []byte) bool {
	for i, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		later := i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.')
		if !letter && !later {
			return false
		}
	}
	return true
}

// isFullURI reports whether a member name is a whole URI, and no prefix with a local name.
func isFullURI(s []byte) bool {
	i := bytes.IndexByte(s, ':')
	return isURI(s) && (bytes.HasPrefix(s[i:], []byte("://")) || string(s[:i]) == "urn")
}
