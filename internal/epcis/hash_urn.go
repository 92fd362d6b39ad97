package epcis

import "bytes"

// linkBase begins every canonical GS1 Digital Link.
const linkBase = "https://id.gs1.org/"

// scheme says how an EPC URN becomes a canonical GS1 Digital Link (TDS 2.0, section 6; GS1 Digital Link URI syntax, 4.11).
type scheme struct {
	ai        string // application identifier of the key
	length    int    // digits of company prefix and reference together; 0 where the reference is free text
	first     bool   // the reference's first digit goes in front of the prefix
	lead      string // put in front of everything
	check     bool   // a check digit follows
	pieces    bool   // two fields of two digits follow: piece and total
	qualifier string // application identifier of the serial; "" joins the serial to the key
	serial    int    // longest serial; 0 where there is none
	numeric   bool   // the serial is digits only
	class     bool   // "urn:epc:idpat:…:*" names the class without the serial
}

var schemes = map[string]scheme{
	"sgtin": {ai: "01", length: 13, first: true, check: true, qualifier: "21", serial: 20, class: true},
	"lgtin": {ai: "01", length: 13, first: true, check: true, qualifier: "10", serial: 20},
	"upui":  {ai: "01", length: 13, first: true, check: true, qualifier: "235", serial: 28, class: true},
	"itip":  {ai: "8006", length: 13, first: true, check: true, pieces: true, qualifier: "21", serial: 20, class: true},
	"sscc":  {ai: "00", length: 17, first: true, check: true},
	"sgln":  {ai: "414", length: 12, check: true, qualifier: "254", serial: 20},
	"pgln":  {ai: "417", length: 12, check: true},
	"grai":  {ai: "8003", length: 12, lead: "0", check: true, serial: 16, class: true},
	"gdti":  {ai: "253", length: 12, check: true, serial: 17, class: true},
	"sgcn":  {ai: "255", length: 12, check: true, serial: 12, numeric: true, class: true},
	"gsrn":  {ai: "8018", length: 17, check: true},
	"gsrnp": {ai: "8017", length: 17, check: true},
	"gsin":  {ai: "402", length: 16, check: true},
	"giai":  {ai: "8004", serial: 30},
	"ginc":  {ai: "401", serial: 30},
	"cpi":   {ai: "8010", qualifier: "8011", serial: 12, numeric: true, class: true},
}

// appendEPC appends the Digital Link of a pure identity, class or pattern URN. The result is false for any other text, which is
// then written unchanged.
func appendEPC(dst, s []byte) ([]byte, bool) {
	group, rest, _ := bytes.Cut(bytes.TrimPrefix(s, []byte("urn:epc:")), []byte(":"))
	name, body, ok := bytes.Cut(rest, []byte(":"))
	if !ok || !bytes.HasPrefix(s, []byte("urn:epc:")) {
		return dst, false
	}
	sc, known := schemes[string(name)]
	lot := string(name) == "lgtin"
	pattern := string(group) == "idpat"
	if !known || (string(group) == "class") != lot || (pattern && !sc.class) || (!pattern && !lot && string(group) != "id") {
		return dst, false
	}
	company, body, ok := bytes.Cut(body, []byte("."))
	if !ok || len(company) < 6 || len(company) > 12 || !allDigits(company) {
		return dst, false
	}
	start := len(dst)
	dst = append(append(append(dst, linkBase...), sc.ai...), '/')
	if sc.length == 0 {
		dst, ok = appendFreeKey(dst, sc, company, body, pattern)
	} else {
		dst, ok = appendFixedKey(dst, sc, company, body, pattern)
	}
	if !ok {
		return dst[:start], false
	}
	return dst, true
}

// appendFreeKey appends a key whose reference is free text.
func appendFreeKey(dst []byte, sc scheme, company, body []byte, pattern bool) ([]byte, bool) {
	dst = append(dst, company...)
	if sc.qualifier == "" {
		return appendText(dst, body, sc.serial-len(company))
	}
	dot := bytes.LastIndexByte(body, '.')
	if dot < 0 {
		return dst, false
	}
	dst, ok := appendText(dst, body[:dot], 30-len(company))
	if !ok {
		return dst, false
	}
	return appendSerial(dst, sc, body[dot+1:], pattern)
}

// appendFixedKey appends a key of fixed length with its check digit and serial.
func appendFixedKey(dst []byte, sc scheme, company, body []byte, pattern bool) ([]byte, bool) {
	n := sc.length - len(company)
	if n < 0 || len(body) < n || !allDigits(body[:n]) || (sc.first && n == 0) {
		return dst, false
	}
	reference, rest := body[:n], body[n:]
	start := len(dst)
	dst = append(dst, sc.lead...)
	if sc.first {
		dst, reference = append(dst, reference[0]), reference[1:]
	}
	dst = append(append(dst, company...), reference...)
	dst = append(dst, checkDigit(dst[start:]))
	if sc.serial == 0 {
		return dst, len(rest) == 0
	}
	if sc.pieces {
		if len(rest) < 6 || rest[0] != '.' || rest[3] != '.' || !allDigits(rest[1:3]) || !allDigits(rest[4:6]) {
			return dst, false
		}
		dst, rest = append(append(dst, rest[1:3]...), rest[4:6]...), rest[6:]
	}
	if len(rest) < 2 || rest[0] != '.' {
		return dst, false
	}
	return appendSerial(dst, sc, rest[1:], pattern)
}

func appendSerial(dst []byte, sc scheme, serial []byte, pattern bool) ([]byte, bool) {
	if pattern {
		return dst, string(serial) == "*"
	}
	if sc.ai == "414" && string(serial) == "0" {
		return dst, true // an SGLN without extension
	}
	if sc.numeric && !allDigits(serial) {
		return dst, false
	}
	if sc.qualifier != "" {
		dst = append(append(append(dst, '/'), sc.qualifier...), '/')
	}
	return appendText(dst, serial, sc.serial)
}

// checkDigit is the check digit of the GS1 General Specifications, 7.9.1.
func checkDigit(key []byte) byte {
	sum := 0
	for i, weight := len(key)-1, 3; i >= 0; i, weight = i-1, 4-weight {
		sum += int(key[i]-'0') * weight
	}
	return byte('0' + (10-sum%10)%10)
}

// appendText appends text of GS1's 82 characters in the one percent-encoding of the event hash: the alphanumerics and
// !()*'-._;= stay, every other character is encoded. The result is false for text that is empty, longer than longest, or has
// other characters.
func appendText(dst, s []byte, longest int) ([]byte, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) {
				return dst, false
			}
			high, ok1 := hexDigit(s[i+1])
			low, ok2 := hexDigit(s[i+2])
			if !ok1 || !ok2 {
				return dst, false
			}
			c, i = high<<4|low, i+2
		}
		n++
		switch {
		case isDigit(c) || (c|0x20 >= 'a' && c|0x20 <= 'z') || bytes.IndexByte([]byte("!()*'-._;="), c) >= 0:
			dst = append(dst, c)
		case bytes.IndexByte([]byte("\"#%&+,/:<>?"), c) >= 0:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&0xF])
		default:
			return dst, false
		}
	}
	return dst, n > 0 && n <= longest
}

const upperHex = "0123456789ABCDEF"
