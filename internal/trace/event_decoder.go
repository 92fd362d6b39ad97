package trace

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// maxDepth is the nesting that encoding/json reads.
const maxDepth = 10000

// decoder steps through a JSON text. A start reads every event of the log, and encoding/json takes three quarters of that time to find fields by
// reflection and to look at each byte twice. The decoder accepts the texts encoding/json accepts and reads the same from them, with one
// difference: names of members are compared exactly, so that "BizStep" is not the ledger's bizStep, as it is not in the rest of EPCIS.
//
// The first thing that is wrong ends the reading: bad is set, nothing is left to read, and every loop stops by itself.
// Strings are copies of their own: the ledger keeps identifiers for ever, and they must not keep a body of 8 MiB with them.
type decoder struct {
	text  []byte
	at    int
	name  []byte // of the member just reached
	depth int
	first bool // no element of the innermost list or object was read yet
	bad   bool
}

// decodeEvent reads an event; nil where the text is not JSON or a value is not of its field's type. What exactly is wrong it does not say.
func decodeEvent(body []byte) *Event {
	d, e := decoder{text: body}, new(Event)
	readEvent(&d, e)
	d.peek()
	if d.bad || d.at < len(body) {
		return nil
	}
	return e
}

func (d *decoder) fail() { d.bad, d.at = true, len(d.text) }

// peek is the next byte that is not white space; 0 at the end.
func (d *decoder) peek() byte {
	for ; d.at < len(d.text); d.at++ {
		switch c := d.text[d.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// begin steps into a list or an object; false for null, which leaves a field as it is.
func (d *decoder) begin(open byte) bool {
	if d.null() {
		return false
	}
	if d.depth++; d.peek() != open || d.depth > maxDepth {
		d.fail()
		return false
	}
	d.at++
	d.first = true
	return true
}

// more steps to the next element; at the end it leaves the list or object.
func (d *decoder) more(end byte) bool {
	c, first := d.peek(), d.first
	d.first = false
	switch {
	case c == end:
		d.at++
		d.depth--
		return false
	case first && c != 0:
		return true
	case c == ',':
		d.at++
		return true
	}
	d.fail()
	return false
}

// member steps to the value of an object's next member and sets its name.
func (d *decoder) member() bool {
	if !d.more('}') {
		return false
	}
	d.name = d.quoted()
	if d.peek() != ':' {
		d.fail()
		return false
	}
	d.at++
	return true
}

// null steps over a null, if one is next.
func (d *decoder) null() bool {
	return d.peek() == 'n' && string(d.literal()) == "null"
}

// quoted reads a string. Escapes and bytes that are not UTF-8 are rare, and left to encoding/json.
func (d *decoder) quoted() []byte {
	raw, plain := d.scan()
	if plain {
		return raw[1 : len(raw)-1]
	}
	var s string
	if d.bad || json.Unmarshal(raw, &s) != nil {
		d.fail()
	}
	return []byte(s)
}

// scan steps over a string; plain says that it stands for itself.
func (d *decoder) scan() (raw []byte, plain bool) {
	if d.peek() != '"' {
		d.fail()
		return nil, false
	}
	start, escaped, high := d.at, false, byte(0)
	for i := start + 1; i < len(d.text); i++ {
		c := d.text[i]
		high |= c
		switch {
		case c == '"':
			d.at = i + 1
			raw = d.text[start:d.at]
			return raw, !escaped && (high < utf8.RuneSelf || utf8.Valid(raw))
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			d.fail()
			return nil, false
		}
	}
	d.fail()
	return nil, false
}

// value steps over a value of any kind and returns its text.
func (d *decoder) value() []byte {
	c := d.peek()
	start := d.at
	switch c {
	case '{':
		for ok := d.begin('{'); ok && d.member(); {
			d.value()
		}
	case '[':
		for ok := d.begin('['); ok && d.more(']'); {
			d.value()
		}
	case '"':
		if raw, plain := d.scan(); !plain && !json.Valid(raw) {
			d.fail()
		}
	default:
		d.literal()
	}
	return d.text[start:d.at]
}

// literal steps over a number, true, false or null.
func (d *decoder) literal() []byte {
	rest := d.text[d.at:]
	n := number(rest)
	for _, word := range [...]string{"null", "true", "false"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			n = len(word)
		}
	}
	if n == 0 { // what follows a literal directly is seen to be wrong by the next step
		d.fail()
		return nil
	}
	d.at += n
	return rest[:n]
}

// number is the length of the JSON number that b begins with; 0 for none.
func number(b []byte) int {
	n := 0
	if n < len(b) && b[n] == '-' {
		n++
	}
	whole := digits(b[n:])
	if whole == 0 || (whole > 1 && b[n] == '0') {
		return 0
	}
	n += whole
	if n < len(b) && b[n] == '.' {
		frac := digits(b[n+1:])
		if frac == 0 {
			return 0
		}
		n += 1 + frac
	}
	if n == len(b) || b[n]|0x20 != 'e' {
		return n
	}
	if n++; n < len(b) && (b[n] == '+' || b[n] == '-') {
		n++
	}
	exp := digits(b[n:])
	if exp == 0 {
		return 0
	}
	return n + exp
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
