package digitallink

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// aiSequences are the codes for identifiers that often stand together (GS1 Digital Link: Compression, optimisation table). Each
// code has a letter among its two hex digits, so that no code is mistaken for an identifier.
var aiSequences = func() map[string][]string {
	m := map[string][]string{
		"0A": {"01", "22"}, "0B": {"01", "10"}, "0C": {"01", "21"}, "0D": {"01", "17"}, "0E": {"01", "7003"}, "0F": {"01", "30"},
		"1A": {"01", "10", "21", "17"}, "1B": {"01", "15"}, "1C": {"01", "11"}, "1D": {"01", "16"}, "1E": {"01", "91"},
		"1F": {"01", "10", "15"},
		"9A": {"8010", "8011"}, "9B": {"8017", "8019"}, "9C": {"8018", "8019"}, "9D": {"414", "254"},
		"CA": {"255", "3940"}, "CB": {"255", "3941"}, "CC": {"255", "3942"}, "CD": {"255", "3943"},
	}
	for i, letter := range "ABCDEF" {
		m["2"+string(letter)] = []string{"01", "310" + string(rune('0'+i))}
		m["3"+string(letter)] = []string{"01", "320" + string(rune('0'+i))}
	}
	for digit := '0'; digit <= '9'; digit++ {
		m["A"+string(digit)] = []string{"01", "392" + string(digit)}
		m["C"+string(digit)] = []string{"255", "390" + string(digit)}
	}
	return m
}()

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// joinedPart is a component of a value as the compression sees the value: neighbouring components of one kind are one
// component.
type joinedPart struct {
	numeric, fixed bool
	most           int
}

// joinParts joins the components of an identifier.
func (e *entry) joinParts() (out []joinedPart) {
	for _, p := range e.parts {
		next := joinedPart{numeric: p.set == digits, fixed: !p.optional && p.least == p.most, most: int(p.most)}
		if n := len(out) - 1; n >= 0 && out[n].numeric == next.numeric && (out[n].fixed == next.fixed || !next.numeric) {
			out[n].most += next.most
			out[n].fixed = out[n].fixed && next.fixed
			continue
		}
		out = append(out, next)
	}
	return out
}

// lengthBits is the number of bits that hold the length of a value of at most n characters. The standard defines lengthBits and
// digitBits by logarithms, with 0.01 on top.
func lengthBits(n int) int { return int(math.Ceil(math.Log2(float64(n)) + 0.01)) }
func digitBits(n int) int  { return int(math.Ceil(float64(n)*math.Log2(10) + 0.01)) }

// bitReader reads the bits of a base64 text. After a bad read the reader stays bad.
type bitReader struct {
	text string
	at   int // bits
	bad  bool
}

func (r *bitReader) bitsLeft() int { return 6*len(r.text) - r.at }

func (r *bitReader) readBit() uint {
	value := strings.IndexByte(base64Alphabet, r.text[r.at/6])
	bit := uint(value) >> (5 - r.at%6) & 1
	r.at++
	return bit
}

// readBits reads up to 16 bits as a number.
func (r *bitReader) readBits(n int) (v uint) {
	if n > r.bitsLeft() {
		r.bad = true
		return 0
	}
	for range n {
		v = v<<1 | r.readBit()
	}
	return v
}

// readDecimal reads n decimal digits.
func (r *bitReader) readDecimal(n int) string {
	bits := digitBits(n)
	if bits > r.bitsLeft() {
		r.bad = true
		return ""
	}
	v := new(big.Int)
	for range bits {
		v.Lsh(v, 1)
		if r.readBit() == 1 {
			v.SetBit(v, 0, 1)
		}
	}
	text := v.String()
	if n == 0 {
		text = ""
	}
	if len(text) > n {
		r.bad = true
		return ""
	}
	return strings.Repeat("0", n-len(text)) + text
}

// readCharacters reads n characters in one of the five encodings.
func (r *bitReader) readCharacters(encoding uint, n int) string {
	alphabet, bits := "", 0
	switch encoding {
	case 0:
		return r.readDecimal(n)
	case 1:
		alphabet, bits = "0123456789abcdef", 4
	case 2:
		alphabet, bits = "0123456789ABCDEF", 4
	case 3:
		alphabet, bits = base64Alphabet, 6
	case 4:
		bits = 7 // ASCII
	default:
		r.bad = true
	}
	if r.bad || bits*n > r.bitsLeft() {
		r.bad = true
		return ""
	}
	b := make([]byte, n)
	for i := range b {
		v := r.readBits(bits)
		b[i] = byte(v)
		if alphabet != "" {
			b[i] = alphabet[v]
		}
	}
	return string(b)
}

// readValue reads the value of an identifier.
func (r *bitReader) readValue(e *entry) string {
	var b strings.Builder
	for _, p := range e.joinParts() {
		encoding, n := uint(0), p.most
		if !p.numeric {
			encoding = r.readBits(3)
		}
		if !p.fixed {
			n = int(r.readBits(lengthBits(p.most)))
		}
		b.WriteString(r.readCharacters(encoding, n))
	}
	return b.String()
}

// readAI reads the rest of an identifier that begins with two digits.
func (r *bitReader) readAI(begin string) string {
	for findEntry(begin) == nil {
		digit := r.readBits(4)
		if len(begin) == 4 || digit > 9 || r.bad {
			r.bad = true
			return ""
		}
		begin += string(rune('0' + digit))
	}
	return begin
}

// uncompressSegment reads one compressed segment: its elements, and the parameters that are no identifiers, in the form of a
// query.
func uncompressSegment(segment string) (elements []Element, query string, good bool) {
	r := &bitReader{text: segment}
	for r.bitsLeft() > 8 && !r.bad {
		const hex = "0123456789ABCDEF"
		code := string([]byte{hex[r.readBits(4)], hex[r.readBits(4)]})
		ais, known := aiSequences[code]
		switch {
		case code[0] == 'F':
			r.at -= 4
			query += r.readParameter()
			continue
		case !known && digits.containsAll(code):
			ais = []string{r.readAI(code)}
		case !known:
			return nil, "", false
		}
		for _, ai := range ais {
			if r.bad {
				return nil, "", false
			}
			elements = append(elements, Element{ai, r.readValue(findEntry(ai))})
		}
	}
	rest := r.bitsLeft()
	return elements, strings.TrimPrefix(query, "&"), !r.bad && rest < 6 && r.readBits(rest) == 0
}

// readParameter reads a parameter that is no identifier, as "&name=value" in the form of a query.
func (r *bitReader) readParameter() string {
	name := r.readCharacters(3, int(r.readBits(7)))
	encoding := r.readBits(3)
	value := r.readCharacters(encoding, int(r.readBits(7)))
	if name == "" || digits.containsAll(name) {
		r.bad = true
	}
	return "&" + string(appendEncoded([]byte(name+"="), value))
}

// Uncompress reads a compressed Digital Link (GS1 Digital Link: Compression) from the raw path and query of a request: a path
// that ends in one segment of base64, alone or after a key that is not compressed ("/01/06901234567892/…"). Query is the query
// that the uncompressed link has: attributes and parameters that were compressed stand first. Errors: those of New;
// CodeMalformed for a text that is no compressed link; TooLarge beyond 4,096 bytes.
func Uncompress(path, query string) (*Link, error) {
	if len(path)+len(query) > maxLength {
		return nil, tooLongError()
	}
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	segment := parts[len(parts)-1]
	if len(segment) < 2 || strings.Contains(segment, "=") || !set64.containsAll(segment) || !inURI.containsAll(query) {
		return nil, notCompressedError()
	}
	elements, extra, good := uncompressSegment(segment)
	if !good || len(elements) == 0 {
		return nil, notCompressedError()
	}
	stem := parts[:len(parts)-1]
	if n := len(stem); n >= 2 && IsPrimaryKey(stem[n-2]) {
		value, decoded := decodePercent(stem[n-1], false)
		if !decoded {
			return nil, trace.Malformed(stem[n-2], "a percent sign without two hex digits after it")
		}
		elements = append([]Element{{stem[n-2], value}}, elements...)
		stem = stem[:n-2]
	}
	more, err := readAttributes(query)
	if err != nil {
		return nil, err
	}
	l, err := New(append(elements, more...)...)
	if err != nil {
		return nil, err
	}
	l.Stem = strings.Join(stem, "/")
	l.Query = joinQuery(l, more, extra, query)
	return l, nil
}

// joinQuery is the query of the uncompressed link: attributes, parameters, and the query that the compressed link had.
func joinQuery(l *Link, asked []Element, parts ...string) string {
	var all []string
	for _, e := range l.Attributes {
		if !slices.Contains(asked, e) {
			all = append(all, string(appendEncoded([]byte(e.AI+"="), e.Value)))
		}
	}
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "&")
}

// readAttributes reads the identifiers of a query.
func readAttributes(query string) (out []Element, err error) {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, valued := strings.Cut(pair, "=")
		if !valued || name == "" || !digits.containsAll(name) {
			continue
		}
		text, good := decodePercent(value, true)
		if !good {
			return nil, trace.Malformed(name, "a percent sign without two hex digits after it")
		}
		out = append(out, Element{name, text})
	}
	return out, nil
}

func notCompressedError() error {
	return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "no GS1 Digital Link, and no compressed one either")
}
