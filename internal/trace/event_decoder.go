package trace

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// maxDepth is the nesting that encoding/json reads.
const maxDepth = 10000

// eventDecoder steps through a JSON text. A start reads every event of the log, and encoding/json takes three quarters of that time to find
// fields by reflection and to look at each byte twice. The decoder accepts the texts encoding/json accepts and reads the same from them,
// with one difference: names of members are compared exactly, so that "BizStep" is not the ledger's bizStep, as in the rest of EPCIS.
//
// The first fault ends the reading: bad is set, nothing is left to read, and every loop stops by itself. Strings are copies of their own:
// the ledger keeps identifiers for ever, and an identifier must not keep a body of 8 MiB in memory.
type eventDecoder struct {
	text    []byte
	offset  int
	name    []byte // of the member just reached
	depth   int
	atFirst bool // no element of the innermost list or object was read yet
	failed  bool
}

// decodeEvent reads an event; nil where the text is not JSON or a value is not of its field's type. What exactly is wrong it does not say.
func decodeEvent(body []byte) *Event {
	d, e := eventDecoder{text: body}, new(Event)
	readEvent(&d, e)
	d.peekByte()
	if d.failed || d.offset < len(body) {
		return nil
	}
	return e
}

func (d *eventDecoder) fail() { d.failed, d.offset = true, len(d.text) }

// peekByte is the next byte that is not white space; 0 at the end.
func (d *eventDecoder) peekByte() byte {
	for ; d.offset < len(d.text); d.offset++ {
		switch c := d.text[d.offset]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// enterContainer steps into a list or an object; false for null, which leaves a field unchanged.
func (d *eventDecoder) enterContainer(open byte) bool {
	if d.skipNull() {
		return false
	}
	if d.depth++; d.peekByte() != open || d.depth > maxDepth {
		d.fail()
		return false
	}
	d.offset++
	d.atFirst = true
	return true
}

// nextElement steps to the next element; at the end it leaves the list or object.
func (d *eventDecoder) nextElement(end byte) bool {
	c, first := d.peekByte(), d.atFirst
	d.atFirst = false
	switch {
	case c == end:
		d.offset++
		d.depth--
		return false
	case first && c != 0:
		return true
	case c == ',':
		d.offset++
		return true
	}
	d.fail()
	return false
}

// nextMember steps to the value of an object's next member and sets its name.
func (d *eventDecoder) nextMember() bool {
	if !d.nextElement('}') {
		return false
	}
	d.name = d.readString()
	if d.peekByte() != ':' {
		d.fail()
		return false
	}
	d.offset++
	return true
}

// skipNull steps over a null, where a null is next.
func (d *eventDecoder) skipNull() bool {
	return d.peekByte() == 'n' && string(d.readLiteral()) == "null"
}

// readString reads a string. Escapes and bytes that are not UTF-8 are rare, and left to encoding/json.
func (d *eventDecoder) readString() []byte {
	raw, plain := d.scanString()
	if plain {
		return raw[1 : len(raw)-1]
	}
	var s string
	if d.failed || json.Unmarshal(raw, &s) != nil {
		d.fail()
	}
	return []byte(s)
}

// scanString steps over a string; plain says that the string has no escapes.
func (d *eventDecoder) scanString() (raw []byte, plain bool) {
	if d.peekByte() != '"' {
		d.fail()
		return nil, false
	}
	start, escaped, high := d.offset, false, byte(0)
	for i := start + 1; i < len(d.text); i++ {
		c := d.text[i]
		high |= c
		switch {
		case c == '"':
			d.offset = i + 1
			raw = d.text[start:d.offset]
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

// readValue steps over a value of any kind and returns its text.
func (d *eventDecoder) readValue() []byte {
	c := d.peekByte()
	start := d.offset
	switch c {
	case '{':
		for ok := d.enterContainer('{'); ok && d.nextMember(); {
			d.readValue()
		}
	case '[':
		for ok := d.enterContainer('['); ok && d.nextElement(']'); {
			d.readValue()
		}
	case '"':
		if raw, plain := d.scanString(); !plain && !json.Valid(raw) {
			d.fail()
		}
	default:
		d.readLiteral()
	}
	return d.text[start:d.offset]
}

// readLiteral steps over a number, true, false or null.
func (d *eventDecoder) readLiteral() []byte {
	rest := d.text[d.offset:]
	n := measureNumber(rest)
	for _, word := range [...]string{"null", "true", "false"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			n = len(word)
		}
	}
	if n == 0 { // a wrong character directly behind a literal is found by the next step
		d.fail()
		return nil
	}
	d.offset += n
	return rest[:n]
}

// measureNumber is the length of the JSON number that b begins with; 0 for none.
func measureNumber(b []byte) int {
	n := 0
	if n < len(b) && b[n] == '-' {
		n++
	}
	whole := countDigits(b[n:])
	if whole == 0 || (whole > 1 && b[n] == '0') {
		return 0
	}
	n += whole
	if n < len(b) && b[n] == '.' {
		frac := countDigits(b[n+1:])
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
	exp := countDigits(b[n:])
	if exp == 0 {
		return 0
	}
	return n + exp
}

func countDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
