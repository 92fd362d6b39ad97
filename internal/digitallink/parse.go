package digitallink

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// maxLength is the longest text that is read, in bytes. A link with every identifier that may stand together is shorter.
const maxLength = 4096

// maxPairs bounds the path from the key on: a key has three qualifiers at most.
const maxPairs = 8

// example is the form that errors name where a text is no Digital Link.
const example = canonicalBase + "/01/06901234567892"

// Rules say what is tolerated besides the syntax of the standard; the zero value tolerates nothing.
type Rules struct {
	TrailingSlash bool // one slash after the last value
	ShortGTIN     bool // GTINs of 8, 12 and 13 digits, filled up to 14 (version 1.0)
	Words         bool // gtin, lot, ser… in the path for 01, 10, 21… (versions 1.0 and 1.1)
	// lengths and characters count, check digits and other content do not (the event hash of events that are written already)
	Unchecked bool
}

// oldWords are the names that versions 1.0 and 1.1 of the syntax had for application identifiers.
var oldWords = map[string]string{
	"gtin": "01", "itip": "8006", "cpid": "8010", "gmn": "8013", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
	"gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
	"cpv": "22", "lot": "10", "ser": "21", "glnx": "254", "cpsn": "8011", "srin": "8019", "refno": "8020",
}

// Parse reads a Digital Link with the tolerance of a resolver: to the letter of the standard, but a slash at the end is
// tolerated. The host may be any host, and the path before the key any path; the key is the last key in the path. Parameters
// that are no identifiers are ignored, and the fragment too. Errors: see the package; TooLarge with CodeTooLarge beyond 4,096
// bytes. The compressed form is recognised and refused, with CodeMalformed: see Uncompress.
func Parse(uri string) (*Link, error) {
	return Rules{TrailingSlash: true}.Parse(uri)
}

// ParsePath is Parse for a server, with the raw path (%2F must still be encoded in it) and the raw query of a request.
func ParsePath(path, query string) (*Link, error) {
	return Rules{TrailingSlash: true}.ParsePath(path, query)
}

// Parse reads a Digital Link by these rules.
func (r Rules) Parse(uri string) (*Link, error) {
	if len(uri) > maxLength {
		return nil, tooLongError()
	}
	rest, found := "", false
	for _, scheme := range [...]string{"https://", "http://", "HTTPS://", "HTTP://"} {
		if rest, found = strings.CutPrefix(uri, scheme); found {
			break
		}
	}
	slash := strings.IndexByte(rest, '/')
	if !found || slash < 1 {
		return nil, notLinkError(uri)
	}
	host, path := rest[:slash], rest[slash:]
	if !inHost.containsAll(host) || host[0] == ':' {
		return nil, notLinkError(uri)
	}
	path, fragment, _ := strings.Cut(path, "#")
	if !inURI.containsAll(fragment) {
		return nil, trace.Malformed("", "a character in the fragment that no URI has")
	}
	path, query, _ := strings.Cut(path, "?")
	l, err := r.ParsePath(path, query)
	if err != nil {
		return nil, err
	}
	l.Host = strings.ToLower(host)
	return l, nil
}

// ParsePath reads a raw path and query by these rules.
func (r Rules) ParsePath(path, query string) (*Link, error) {
	if len(path)+len(query) > maxLength {
		return nil, tooLongError()
	}
	if !inURI.containsAll(path) || !inURI.containsAll(query) {
		return nil, trace.Malformed("", "a character that no URI has; it must be percent-encoded")
	}
	if r.TrailingSlash {
		path = strings.TrimSuffix(path, "/")
	}
	l := &Link{Query: query}
	key, elements, err := r.readPath(l, path)
	if err != nil {
		return nil, err
	}
	in := len(elements)
	if !key.acceptsQualifiers(elements[1:]) {
		return nil, misplacedError(key, elements)
	}
	for rest, more := query, query != ""; more; {
		var pair string
		pair, rest, more = strings.Cut(rest, "&")
		name, value, valued := strings.Cut(pair, "=")
		if !valued || name == "" || !digits.containsAll(name) {
			continue
		}
		e, err := r.readAttribute(key, elements, in, Element{name, value})
		if err != nil {
			return nil, err
		}
		elements = append(elements, e)
	}
	l.Key, l.Qualifiers, l.Attributes = elements[0], elements[1:in:in], elements[in:]
	return l, nil
}

// readPath reads the path from its end in pairs of identifier and value until the key, and then the elements from the key on.
func (r Rules) readPath(l *Link, path string) (key *entry, elements []Element, err error) {
	var known [maxPairs]*entry
	var pairs [maxPairs]Element
	n, end := 0, len(path)
	for key == nil {
		second := strings.LastIndexByte(path[:end], '/')
		first := strings.LastIndexByte(path[:max(second, 0)], '/')
		if first < 0 || n == maxPairs {
			return nil, nil, noKeyError(path)
		}
		ai := path[first+1 : second]
		if r.Words {
			if number, found := oldWords[ai]; found {
				ai = number
			}
		}
		e := findEntry(ai)
		if e == nil {
			return nil, nil, noKeyError(path)
		}
		known[n], pairs[n] = e, Element{ai, path[second+1 : end]}
		n, end = n+1, first
		if e.key {
			key = e
		}
	}
	l.Stem = path[:end]
	elements = make([]Element, 0, n+1)
	for i := n - 1; i >= 0; i-- {
		e, err := r.readElement(known[i], pairs[i], false)
		if err != nil {
			return nil, nil, err
		}
		elements = append(elements, e)
	}
	return key, elements, nil
}

// readAttribute reads one identifier of the query. The first in of elements are the path.
func (r Rules) readAttribute(key *entry, elements []Element, in int, e Element) (Element, error) {
	known := findEntry(e.AI)
	switch {
	case known == nil:
		return e,
			badValueError(quoteValue(e.AI), e.AI,
				"已有的应用标识符 / an application identifier there is; other parameters need a letter in their name")
	case !known.attribute, key.acceptsAlso(elements[1:in], e.AI):
		return e, badValueError(e.AI, e.Value, "写在路径里 / a place in the path: "+key.describeQualifiers(elements[0].AI))
	}
	for _, other := range elements {
		if other.AI == e.AI {
			return e, badValueError(e.AI, e.Value, "只出现一次 / only once in a link")
		}
	}
	return r.readElement(known, e, true)
}

// readElement decodes and checks a value.
func (r Rules) readElement(known *entry, e Element, query bool) (Element, error) {
	value, good := decodePercent(e.Value, query)
	if !good {
		return e, trace.Malformed(e.AI, "a percent sign without two hex digits after it")
	}
	if n := len(value); r.ShortGTIN && e.AI == "01" && (n == 8 || n == 12 || n == 13) {
		value = "000000"[:14-n] + value
	}
	e.Value = value
	return e, known.checkValue(e.AI, value, r.Unchecked)
}

// misplacedError names the first element of a path that cannot stand in its place.
func misplacedError(key *entry, elements []Element) error {
	for i := 2; i <= len(elements); i++ {
		last := elements[i-1]
		if key.acceptsQualifiers(elements[1:i]) {
			continue
		}
		if e := findEntry(last.AI); e.attribute && !key.acceptsAlso(nil, last.AI) {
			return badValueError(last.AI, last.Value, "写在问号后面 / after the question mark: ?"+last.AI+"=…")
		}
		return badValueError(last.AI, last.Value, key.describeQualifiers(elements[0].AI))
	}
	return nil
}

func notLinkError(s string) error { return badValueError("", s, example) }

func tooLongError() error { return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", "4096") }

// noKeyError is the error of a path without a key. The path may be the compressed form, which ends in one segment of base64.
func noKeyError(path string) error {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if len(last) >= 10 && set64.containsAll(last) && strings.ContainsAny(last, alphanumerics[10:36]) &&
		strings.ContainsAny(last, alphanumerics[36:]) {
		return trace.Malformed("", "no GS1 key in the path; it looks like a compressed Digital Link, please use the uncompressed form")
	}
	return notLinkError(path)
}
