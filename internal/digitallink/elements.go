package digitallink

import (
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// separators are FNC1 as a scanner gives the separator (ASCII 29) and as people write the separator.
const separators = "\x1d^"

// New makes a link of elements in any order. The first key among the elements is the key; the qualifiers of the key follow in
// their order; the other elements become attributes. An element that comes twice counts once. Errors: see the package; without
// a key, CodeBadValue.
func New(elements ...Element) (*Link, error) {
	var key *entry
	kept := make([]Element, 0, len(elements))
	for _, e := range elements {
		known := findEntry(e.AI)
		if known == nil {
			return nil, badValueError(quoteValue(e.AI), e.AI, "已有的应用标识符 / an application identifier there is")
		}
		if err := known.checkValue(e.AI, e.Value, false); err != nil {
			return nil, err
		}
		repeated := false
		for _, other := range kept {
			if other.AI == e.AI && other.Value != e.Value {
				return nil, badValueError(e.AI, e.Value, other.Value)
			}
			repeated = repeated || other.AI == e.AI
		}
		if repeated {
			continue
		}
		if kept = append(kept, e); key == nil && known.key {
			key = known
			last := len(kept) - 1
			copy(kept[1:], kept[:last])
			kept[0] = e
		}
	}
	if key == nil {
		return nil, badValueError("", quoteElements(elements), "主标识，如 (01) / a key such as (01)")
	}
	return arrangeElements(key, kept)
}

// arrangeElements sorts elements, the key in front, into qualifiers and attributes. Several paths of qualifiers may be
// possible; the result uses the path that takes most elements, among the paths where every other element may be an attribute.
func arrangeElements(key *entry, elements []Element) (*Link, error) {
	best, wrong := splitElements(nil, elements)
	for _, path := range key.paths {
		l, stray := splitElements(path, elements)
		whole, sooner := stray == nil, wrong == nil
		if whole && !sooner || whole == sooner && len(l.Qualifiers) > len(best.Qualifiers) {
			best, wrong = l, stray
		}
	}
	if wrong != nil {
		return nil, badValueError(wrong.AI, wrong.Value, key.describeQualifiers(elements[0].AI))
	}
	return best, nil
}

// splitElements arranges the elements for one path of qualifiers, and returns the first element that fits nowhere.
func splitElements(path []string, elements []Element) (l *Link, stray *Element) {
	l = &Link{Key: elements[0]}
	for _, ai := range path {
		for _, e := range elements[1:] {
			if e.AI == ai {
				l.Qualifiers = append(l.Qualifiers, e)
			}
		}
	}
	for _, e := range elements[1:] {
		if slices.Contains(l.Qualifiers, e) {
			continue
		}
		if !findEntry(e.AI).attribute && stray == nil {
			stray = &e
		}
		l.Attributes = append(l.Attributes, e)
	}
	return l, stray
}

// FromElements reads an element string: with brackets as people write the string, "(01)06901234567892(10)A1", or as a scanner
// gives the string, with or without the symbology identifier (]C1, ]e0, ]d2, ]Q3, ]J1), with ASCII 29 or ^ for FNC1. Errors:
// those of New; CodeMalformed, CodeBadValue for a text that is no element string; TooLarge with CodeTooLarge beyond 4,096
// bytes.
func FromElements(s string) (*Link, error) {
	if len(s) > maxLength {
		return nil, tooLongError()
	}
	var elements []Element
	var err error
	if strings.HasPrefix(s, "(") {
		elements, err = parseBracketed(s)
	} else {
		elements, err = parseScanned(s)
	}
	if err != nil {
		return nil, err
	}
	return New(elements...)
}

func parseBracketed(s string) (elements []Element, err error) {
	for s != "" {
		ai, rest, closed := strings.Cut(s[1:], ")")
		if !closed {
			return nil, trace.Malformed("", "a bracket that is not closed")
		}
		end := 0
		for end < len(rest) && (rest[end] != '(' || end > 0 && rest[end-1] == '\\') {
			end++
		}
		elements = append(elements, Element{ai, strings.ReplaceAll(rest[:end], `\(`, "(")})
		s = rest[end:]
	}
	return elements, nil
}

func parseScanned(s string) (elements []Element, err error) {
	for _, symbology := range [...]string{"]C1", "]e0", "]d2", "]Q3", "]J1"} {
		if rest, found := strings.CutPrefix(s, symbology); found {
			s = rest
			break
		}
	}
	if s != "" && strings.IndexByte(separators, s[0]) >= 0 {
		s = s[1:]
	}
	for s != "" {
		ai := leadingAI(s)
		if ai == "" {
			return nil, badValueError("", s, "以应用标识符开头，如 01 / to begin with an application identifier such as 01")
		}
		known, rest := findEntry(ai), s[len(ai):]
		end := strings.IndexAny(rest, separators)
		if end < 0 {
			end = len(rest)
		}
		if known.fixed {
			end = min(end, known.longestValue())
		}
		elements = append(elements, Element{ai, rest[:end]})
		s = rest[end:]
		if s != "" && strings.IndexByte(separators, s[0]) >= 0 {
			s = s[1:]
		}
	}
	return elements, nil
}

// leadingAI is the application identifier with which s begins: no identifier begins with another identifier.
func leadingAI(s string) string {
	for width := 2; width <= min(4, len(s)); width++ {
		if findEntry(s[:width]) != nil {
			return s[:width]
		}
	}
	return ""
}

// longestValue is the length of the longest value.
func (e *entry) longestValue() (n int) {
	for _, p := range e.parts {
		n += int(p.most)
	}
	return n
}

// quoteElements writes elements for an error to quote.
func quoteElements(elements []Element) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString("(" + e.AI + ")" + e.Value)
	}
	return b.String()
}
