package digitallink

import (
	"slices"
	"strings"
)

// canonicalBase begins every canonical Digital Link.
const canonicalBase = "https://id.gs1.org"

// Element is an application identifier with its value; nothing in the value is encoded.
type Element struct {
	AI    string // two to four digits
	Value string
}

// Link is the content of a Digital Link, an element string or a URN. The elements are valid, and each identifier comes once. A
// link does not change after its making, and its texts may be parts of the text that was read.
type Link struct {
	Host       string    // host and port in lower case; "" where the link was not read from a URI
	Stem       string    // the raw path before the key, such as /r; "" where there is none
	Query      string    // the raw query with everything in it, for a resolver to pass on
	Key        Element   // key of the identified thing
	Qualifiers []Element // which of it: variant 22, lot 10, serial 21…, the finest last
	Attributes []Element // other attributes, in the order given
}

// Value is the value of an application identifier anywhere in the link, "" where the link has no such identifier.
func (l *Link) Value(ai string) string {
	if l.Key.AI == ai {
		return l.Key.Value
	}
	for _, list := range [...][]Element{l.Qualifiers, l.Attributes} {
		for _, e := range list {
			if e.AI == ai {
				return e.Value
			}
		}
	}
	return ""
}

// Canonical is the link at id.gs1.org with numeric identifiers, and attributes in the order of their identifiers; parameters
// that are no identifiers are left out. Links with the same content have the same canonical form.
func (l *Link) Canonical() string {
	attributes := l.Attributes
	byName := func(a, b Element) int { return strings.Compare(a.AI, b.AI) }
	if !slices.IsSortedFunc(attributes, byName) {
		attributes = slices.SortedFunc(slices.Values(attributes), byName)
	}
	return string(l.appendPathAndQuery(append(make([]byte, 0, 96), canonicalBase...), attributes))
}

// FormatURI writes a link with an address of the caller's own: host is a host, host and port, or a whole address before the key
// ("https://trace.example.cn/r"); https where host names no scheme. Scheme and host become lower case. The caller makes sure
// that host is a host.
func FormatURI(l *Link, host string) string {
	scheme, rest, found := strings.Cut(host, "://")
	if !found {
		scheme, rest = "https", host
	}
	rest = strings.TrimRight(rest, "/")
	name, stem, staged := strings.Cut(rest, "/")
	b := make([]byte, 0, 96)
	b = append(append(append(b, strings.ToLower(scheme)...), "://"...), strings.ToLower(name)...)
	if staged {
		b = append(append(b, '/'), stem...)
	}
	return string(l.appendPathAndQuery(b, l.Attributes))
}

// appendPathAndQuery appends path and query. Every character is encoded that RFC 3986 does not call unreserved, as the syntax
// standard requires.
func (l *Link) appendPathAndQuery(dst []byte, attributes []Element) []byte {
	dst = appendPair(dst, l.Key)
	for _, e := range l.Qualifiers {
		dst = appendPair(dst, e)
	}
	for i, e := range attributes {
		separator := byte('&')
		if i == 0 {
			separator = '?'
		}
		dst = append(append(append(dst, separator), e.AI...), '=')
		dst = appendEncoded(dst, e.Value)
	}
	return dst
}

func appendPair(dst []byte, e Element) []byte {
	dst = append(append(append(dst, '/'), e.AI...), '/')
	return appendEncoded(dst, e.Value)
}

// Identity is the key with its finest qualifier alone: the item that a serial number names is the same with and without the lot
// in the link.
func (l *Link) Identity() *Link {
	return &Link{Key: l.Key, Qualifiers: l.Qualifiers[max(0, len(l.Qualifiers)-1):]}
}

// SameIdentity reports whether two texts name the same thing: Digital Links on any host, also with the words and short GTINs of
// older versions, EPC URNs, and element strings, in any pairing. Attributes do not count, and of the qualifiers only the finest
// counts. A text of another kind is the same as itself only.
func SameIdentity(a, b string) bool {
	if a == b {
		return true
	}
	first, err := readAny(a)
	if err != nil {
		return false
	}
	second, err := readAny(b)
	if err != nil {
		return false
	}
	first, second = first.Identity(), second.Identity()
	return first.Key == second.Key && slices.Equal(first.Qualifiers, second.Qualifiers)
}

func readAny(s string) (*Link, error) {
	switch {
	case isURN(s):
		return FromURN(s)
	case strings.Contains(s, "://"):
		return Rules{TrailingSlash: true, ShortGTIN: true, Words: true}.Parse(s)
	}
	return FromElements(s)
}
