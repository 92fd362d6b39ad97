package digitallink

import (
	"fmt"
	"strings"
)

// The forms of a link that only tests write: element strings, and the form of the event hash. Tests compare them with what others wrote.

// AppendHashForm appends the form in which a link enters the event hash (CBV 2.0, 8.9.1): canonical, no attributes, the finest
// qualifier alone and not a variant (22), and the characters !()*'-._;= left as they are.
func (l *Link) AppendHashForm(dst []byte) []byte {
	dst = appendHashPair(append(dst, canonicalBase...), l.Key)
	for i := len(l.Qualifiers) - 1; i >= 0; i-- {
		if l.Qualifiers[i].AI != "22" {
			return appendHashPair(dst, l.Qualifiers[i])
		}
	}
	return dst
}

// appendHashPair appends an identifier and its value in the percent-encoding of the event hash.
func appendHashPair(dst []byte, e Element) []byte {
	dst = append(append(append(dst, '/'), e.AI...), '/')
	for i := range len(e.Value) {
		c := e.Value[i]
		if strings.IndexByte(alphanumerics+"!()*'-._;=", c) >= 0 {
			dst = append(dst, c)
		} else {
			dst = fmt.Appendf(dst, "%%%02X", c)
		}
	}
	return dst
}

// Elements is the element string as people read the string, "(01)06901234567892(10)A1": key, qualifiers, attributes. An opening bracket
// inside a value is written \(, as the GS1 Barcode Syntax Engine does.
func (l *Link) Elements() string {
	var b strings.Builder
	l.forEachElement(func(e Element) {
		b.WriteString("(" + e.AI + ")")
		b.WriteString(strings.ReplaceAll(e.Value, "(", `\(`))
	})
	return b.String()
}

// RawElements is the element string as a barcode carries the string, with ^ for FNC1: in front, and after values that have no
// predefined length. A scanner gives ASCII 29 in the place of the later separators.
func (l *Link) RawElements() string {
	var b strings.Builder
	separate := true
	l.forEachElement(func(e Element) {
		if separate {
			b.WriteByte('^')
		}
		b.WriteString(e.AI)
		b.WriteString(e.Value)
		known := findEntry(e.AI)
		separate = known == nil || !known.fixed
	})
	return b.String()
}

func (l *Link) forEachElement(do func(Element)) {
	do(l.Key)
	for _, e := range l.Qualifiers {
		do(e)
	}
	for _, e := range l.Attributes {
		do(e)
	}
}
