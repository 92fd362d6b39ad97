package digitallink

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// entry is one line of the dictionary: an application identifier, or a run of identifiers that are alike.
type entry struct {
	first, last uint16     // the identifiers as numbers
	width       uint8      // digits of the identifier, 2 to 4
	parts       []part     // components of the value, in order
	fixed       bool       // of predefined length: no separator after it in an element string
	attribute   bool       // may stand in the query of a Digital Link
	key         bool       // a primary key
	paths       [][]string // the ways its qualifiers may follow, each in order; a link follows one of them and may leave any out
}

// part is a component of a value. Only the last component varies in length, and no mandatory component follows an optional one.
type part struct {
	set         charset
	least, most uint8
	optional    bool
	lints       lints
}

// entryIndex finds the line of an application identifier by its number, filled up to four digits: no identifier begins with
// another identifier.
var entryIndex = func() (index [10000]uint8) {
	for i, e := range table {
		fill := uint16(1)
		for range 4 - e.width {
			fill *= 10
		}
		for n := e.first; n <= e.last; n++ {
			index[n*fill] = uint8(i + 1)
		}
	}
	return index
}()

// findEntry finds the line of an application identifier; the result is nil where no such identifier exists.
func findEntry(ai string) *entry {
	if len(ai) < 2 || len(ai) > 4 {
		return nil
	}
	n := 0
	for i := range 4 {
		digit := byte('0')
		if i < len(ai) {
			digit = ai[i]
		}
		if digit < '0' || digit > '9' {
			return nil
		}
		n = n*10 + int(digit-'0')
	}
	i := entryIndex[n]
	if i == 0 || int(table[i-1].width) != len(ai) {
		return nil
	}
	return &table[i-1]
}

// PrimaryKeys lists the application identifiers that are primary keys of a Digital Link, in order: the supportedPrimaryKeys of
// a resolver.
func PrimaryKeys() []string {
	var keys []string
	for _, e := range table {
		if e.key {
			name := strconv.Itoa(int(e.first))
			keys = append(keys, strings.Repeat("0", int(e.width)-len(name))+name)
		}
	}
	return keys
}

// IsPrimaryKey reports whether an application identifier is a primary key of a Digital Link.
func IsPrimaryKey(ai string) bool {
	e := findEntry(ai)
	return e != nil && e.key
}

// checkValue checks a value against the components of its identifier. With unchecked, only lengths and characters count.
func (e *entry) checkValue(ai, value string, unchecked bool) error {
	rest := value
	for _, p := range e.parts {
		if rest == "" && p.optional {
			break
		}
		n := min(len(rest), int(p.most))
		if n < int(p.least) {
			return e.badLengthError(ai, value)
		}
		piece := rest[:n]
		rest = rest[n:]
		if !p.set.containsAll(piece) {
			return badValueError(ai, value, p.set.describe())
		}
		if unchecked || p.lints == 0 {
			continue
		}
		if phrase, good := p.lints.runChecks(piece); !good {
			return badValueError(ai, value, phrase)
		}
	}
	if rest != "" {
		return e.badLengthError(ai, value)
	}
	return nil
}

func (e *entry) badLengthError(ai, value string) error {
	if value == "" {
		return trace.E(trace.Invalid, trace.CodeRequired, ai)
	}
	least, most := 0, 0
	for _, p := range e.parts {
		most += int(p.most)
		if !p.optional {
			least += int(p.least)
		}
	}
	span := strconv.Itoa(least)
	if most != least {
		span += "–" + strconv.Itoa(most)
	}
	return badValueError(ai, value, span+" 位 / "+span+" characters")
}

// acceptsQualifiers reports whether the qualifiers may follow the key in the order given.
func (e *entry) acceptsQualifiers(qualifiers []Element) bool {
	if len(qualifiers) == 0 {
		return true
	}
	for _, path := range e.paths {
		i := 0
		for _, ai := range path {
			if i < len(qualifiers) && qualifiers[i].AI == ai {
				i++
			}
		}
		if i == len(qualifiers) {
			return true
		}
	}
	return false
}

// acceptsAlso reports whether one more qualifier could stand in the path together with the qualifiers given.
func (e *entry) acceptsAlso(qualifiers []Element, ai string) bool {
	for _, path := range e.paths {
		fits := false
		for _, name := range path {
			fits = fits || name == ai
		}
		for _, q := range qualifiers {
			found := false
			for _, name := range path {
				found = found || name == q.AI
			}
			fits = fits && found
		}
		if fits {
			return true
		}
	}
	return false
}

// describeQualifiers says which qualifiers may follow a key, in Chinese and English.
func (e *entry) describeQualifiers(key string) string {
	ways := make([]string, 0, len(e.paths))
	for _, path := range e.paths {
		ways = append(ways, key+"/…/"+strings.Join(path, "/…/")+"/…")
	}
	if len(ways) == 0 {
		ways = append(ways, key+"/…")
	}
	return strings.Join(ways, " 或 ") + " / " + strings.Join(ways, " or ")
}

// badValueError is the error of a value that does not fit; allowed says which values would fit, in Chinese and English with " /
// " between.
func badValueError(ai, value, allowed string) error {
	return trace.E(trace.Invalid, trace.CodeBadValue, ai, "value", quoteValue(value), "allowed", allowed)
}

// quoteValue makes the text that an error quotes short and printable.
func quoteValue(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == utf8.RuneError {
			return '·'
		}
		return r
	}, s)
}
