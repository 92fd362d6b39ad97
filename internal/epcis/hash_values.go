package epcis

import (
	"bytes"
	"strings"
	"time"
)

// appendValue appends a string or number in the spelling of the event hash: trimmed, decimals without needless zeros, CBV URNs
// and GS1 keys as IRIs, GS1 CURIEs expanded. CURIEs of other prefixes are written unchanged, as in the reference digests of
// 2026.
func appendValue(dst, s []byte, ctx *Context) []byte {
	s = bytes.TrimSpace(s)
	if len(s) == 0 {
		return dst
	}
	switch c := s[0]; {
	case c == 'u' && bytes.HasPrefix(s, []byte("urn:")):
		for _, v := range byURN {
			if bytes.HasPrefix(s, []byte(v.urn)) {
				return append(append(dst, v.base...), s[len(v.urn):]...)
			}
		}
		if out, ok := appendEPC(dst, s); ok {
			return out
		}
		return append(dst, s...)
	case c == 'h' && (bytes.HasPrefix(s, []byte("https://")) || bytes.HasPrefix(s, []byte("http://"))):
		if out, ok := appendLink(dst, s); ok {
			return out
		}
		return append(dst, s...)
	case c <= '9' && (c >= '0' || c == '-' || c == '+' || c == '.'):
		if out, ok := appendDecimal(dst, s); ok {
			return out
		}
		return append(dst, s...)
	}
	if i := bytes.IndexByte(s, ':'); i > 0 {
		if iri, ok := ctx.findIRI(s[:i]); ok && (strings.HasPrefix(iri, "https://ref.gs1.org/") ||
			strings.HasPrefix(iri, "https://gs1.org/")) {
			return append(append(dst, iri...), s[i+1:]...)
		}
	}
	return append(dst, s...)
}

// maxZeros is the most zeros that pad a decimal; a decimal with more zeros is written with an exponent. The bound limits the
// cost of "1e999999999".
const maxZeros = 400

// appendDecimal appends a decimal number in its one shortest spelling: 1.50 is 1.5, 1e2 is 100, +007 is 7. The result is false
// where s is no number.
func appendDecimal(dst, s []byte) ([]byte, bool) {
	if s[0] >= '1' && s[0] <= '9' && allDigits(s) {
		return append(dst, s...), true
	}
	var room [64]byte
	digits, point, negative, ok := splitDecimal(room[:0], s)
	if !ok {
		return dst, false
	}
	lead := 0
	for lead < len(digits) && digits[lead] == '0' {
		lead++
	}
	digits, point = bytes.TrimRight(digits[lead:], "0"), point-lead
	if len(digits) == 0 {
		return append(dst, '0'), true
	}
	if negative {
		dst = append(dst, '-')
	}
	zeros := func(n int) {
		for ; n > 0; n-- {
			dst = append(dst, '0')
		}
	}
	switch {
	case point > len(digits)+maxZeros || point < -maxZeros:
		dst = append(append(dst, digits...), 'E')
		dst = appendInt(dst, point-len(digits))
	case point <= 0:
		dst = append(dst, '0', '.')
		zeros(-point)
		dst = append(dst, digits...)
	case point >= len(digits):
		dst = append(dst, digits...)
		zeros(point - len(digits))
	default:
		dst = append(append(dst, digits[:point]...), '.')
		dst = append(dst, digits[point:]...)
	}
	return dst, true
}

// splitDecimal splits a number: the value is 0.digits × 10^point.
func splitDecimal(room, s []byte) (digits []byte, point int, negative, ok bool) {
	if s[0] == '-' || s[0] == '+' {
		negative, s = s[0] == '-', s[1:]
	}
	digits = room
	i := 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		digits = append(digits, s[i])
	}
	point = i
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && isDigit(s[i]); i++ {
			digits = append(digits, s[i])
		}
	}
	if len(digits) == 0 {
		return nil, 0, false, false
	}
	if i == len(s) {
		return digits, point, negative, true
	}
	if s[i] != 'e' && s[i] != 'E' {
		return nil, 0, false, false
	}
	exp, ok := parseExponent(s[i+1:])
	return digits, point + exp, negative, ok
}

// parseExponent parses a signed whole number; a number beyond a billion becomes a billion.
func parseExponent(s []byte) (int, bool) {
	sign := 1
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if len(s) == 0 || !allDigits(s) {
		return 0, false
	}
	n := 0
	for _, c := range s {
		if n = n*10 + int(c-'0'); n > 1e9 {
			n = 1e9
		}
	}
	return sign * n, true
}

func appendInt(dst []byte, n int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	if n >= 10 {
		dst = appendInt(dst, n/10)
	}
	return append(dst, byte('0'+n%10))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s []byte) bool {
	for _, c := range s {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

// appendTime appends an xsd:dateTimeStamp in UTC with three decimals, the third rounded up where the fourth is 5 or more. The
// result is false where s is no such time between the years 1 and 9999.
func appendTime(dst, s []byte) ([]byte, bool) {
	s = bytes.TrimSpace(s)
	if len(s) < 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return dst, false
	}
	n := [...]int{parseDigits(s[0:4]), parseDigits(s[5:7]), parseDigits(s[8:10]), parseDigits(s[11:13]), parseDigits(s[14:16]),
		parseDigits(s[17:19])}
	for _, v := range n {
		if v < 0 {
			return dst, false
		}
	}
	if n[0] < 1 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > daysInMonth(n[0], n[1]) || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return dst, false
	}
	millis, rest, ok := parseFraction(s[19:])
	if !ok {
		return dst, false
	}
	if len(rest) == 1 && rest[0] == 'Z' && millis < 1000 {
		dst = append(append(dst, s[:19]...), '.', byte('0'+millis/100), byte('0'+millis/10%10), byte('0'+millis%10))
		return append(dst, 'Z'), true
	}
	offset, ok := parseZone(rest)
	if !ok {
		return dst, false
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4]-offset, n[5], millis*1e6, time.UTC)
	if t.Year() < 1 || t.Year() > 9999 {
		return dst, false
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z"), true
}

// parseFraction parses the decimals of a second, rounded to milliseconds (up to 1000), and returns the rest of the text.
func parseFraction(s []byte) (millis int, rest []byte, ok bool) {
	if s[0] != '.' {
		return 0, s, true
	}
	i := 1
	for ; i < len(s) && isDigit(s[i]); i++ {
		switch {
		case i <= 3:
			millis = millis*10 + int(s[i]-'0')
		case i == 4 && s[i] >= '5':
			millis++
		}
	}
	for d := i; d <= 3; d++ {
		millis *= 10
	}
	return millis, s[i:], i > 1
}

// parseZone parses Z or ±hh:mm as minutes east of UTC.
func parseZone(s []byte) (int, bool) {
	if len(s) == 1 && s[0] == 'Z' {
		return 0, true
	}
	if len(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' {
		return 0, false
	}
	h, m := parseDigits(s[1:3]), parseDigits(s[4:6])
	if h < 0 || m < 0 || m > 59 || h*60+m > 14*60 {
		return 0, false
	}
	if s[0] == '-' {
		return -(h*60 + m), true
	}
	return h*60 + m, true
}

// parseDigits parses digits; the result is -1 where another character stands among the digits.
func parseDigits(s []byte) int {
	n := 0
	for _, c := range s {
		if !isDigit(c) {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func daysInMonth(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
