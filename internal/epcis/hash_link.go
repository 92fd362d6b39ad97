package epcis

import "bytes"

// linkKey is what the canonical form of a Digital Link depends on, for one primary key.
type linkKey struct {
	digits     int    // the key begins with this many digits
	more       int    // characters that may follow them
	numeric    bool   // the rest is digits too
	qualifiers string // application identifiers that may follow, the finest first, those that are dropped in brackets
}

var linkKeys = map[string]linkKey{
	"00":   {digits: 18},
	"01":   {digits: 14, qualifiers: "235 21 10 (22)"},
	"253":  {digits: 13, more: 17},
	"255":  {digits: 13, more: 12, numeric: true},
	"401":  {digits: 4, more: 26},
	"402":  {digits: 17},
	"414":  {digits: 13, qualifiers: "254"},
	"417":  {digits: 13},
	"8003": {digits: 14, more: 16},
	"8004": {digits: 4, more: 26},
	"8006": {digits: 18, qualifiers: "21 10 (22)"},
	"8010": {digits: 4, more: 26, qualifiers: "8011"},
	"8017": {digits: 18},
	"8018": {digits: 18},
}

// aliases are the words that older versions of Digital Link use for application identifiers.
var aliases = map[string]string{
	"gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018", "gcn": "255",
	"sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21",
}

func parseIdentifier(segment []byte) string {
	if ai, ok := aliases[string(segment)]; ok {
		return ai
	}
	if len(segment) > 4 || !allDigits(segment) {
		return ""
	}
	return string(segment)
}

// maxSegments bounds the path of a Digital Link; a key that stands deeper in a path is not looked for.
const maxSegments = 16

// appendLink appends the constrained canonical form of a GS1 Digital Link: the domain id.gs1.org, no query, the finest level of
// identification only. The result is false for any other address, which is then written unchanged.
func appendLink(dst, s []byte) ([]byte, bool) {
	if i := bytes.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	s = s[bytes.Index(s, []byte("://"))+3:]
	var room [maxSegments][]byte
	segments := room[:0]
	for i := bytes.IndexByte(s, '/'); i >= 0; {
		s = s[i+1:]
		if i = bytes.IndexByte(s, '/'); i < 0 {
			if len(s) > 0 { // a slash at the end means nothing
				segments = append(segments, s)
			}
			break
		}
		if len(segments) == maxSegments-1 {
			return dst, false
		}
		segments = append(segments, s[:i])
	}
	for i := 0; i+1 < len(segments); i++ {
		if next := segments[i+1]; len(next) < 4 || !allDigits(next[:4]) {
			continue // every primary key begins with four digits or more
		}
		ai := parseIdentifier(segments[i])
		key, ok := linkKeys[ai]
		if !ok {
			continue
		}
		if out, ok := appendKey(dst, ai, key, segments[i+1:]); ok {
			return out, true
		}
	}
	return dst, false
}

// appendKey appends a key, the first of segments, and the finest of its qualifiers, which are the pairs after the key.
func appendKey(dst []byte, ai string, key linkKey, segments [][]byte) ([]byte, bool) {
	start := len(dst)
	value := segments[0]
	dst = append(append(append(dst, linkBase...), ai...), '/')
	if ai == "01" && (len(value) == 8 || len(value) == 12 || len(value) == 13) {
		dst = append(dst, "000000"[:14-len(value)]...)
		key.digits = len(value)
	}
	if len(value) < key.digits || !allDigits(value[:key.digits]) {
		return dst[:start], false
	}
	dst = append(dst, value[:key.digits]...)
	if rest := value[key.digits:]; len(rest) > 0 {
		var ok bool
		if dst, ok = appendText(dst, rest, key.more); !ok || (key.numeric && !allDigits(rest)) {
			return dst[:start], false
		}
	}
	qualifier, ok := pickFinest(key.qualifiers, segments[1:])
	if !ok {
		return dst[:start], false
	}
	if qualifier == nil {
		return dst, true
	}
	name := parseIdentifier(qualifier[0])
	longest := 20
	if name == "235" {
		longest = 28
	}
	dst = append(append(append(dst, '/'), name...), '/')
	if dst, ok = appendText(dst, qualifier[1], longest); !ok {
		return dst[:start], false
	}
	return dst, true
}

// pickFinest picks the finest of the qualifiers in pairs; the result is nil where no qualifier counts, and false for a pair
// that does not belong to the key.
func pickFinest(allowed string, pairs [][]byte) ([][]byte, bool) {
	if len(pairs)%2 != 0 {
		return nil, false
	}
	var best [][]byte
	rank := len(allowed)
	for i := 0; i < len(pairs); i += 2 {
		ai := parseIdentifier(pairs[i])
		if ai == "" || len(pairs[i+1]) == 0 {
			return nil, false
		}
		at := findWord(allowed, ai)
		switch {
		case at < 0:
			return nil, false
		case at < rank && (at == 0 || allowed[at-1] != '('):
			best, rank = pairs[i:i+2], at
		}
	}
	return best, true
}

// findWord finds a whole word, bare or in brackets.
func findWord(list, word string) int {
	for i := 0; i+len(word) <= len(list); i++ {
		if list[i:i+len(word)] == word && (i == 0 || !isDigit(list[i-1])) && (i+len(word) == len(list) || !isDigit(list[i+len(word)])) {
			return i
		}
	}
	return -1
}
