package digitallink

import (
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// scheme says how an EPC URN becomes a key with a qualifier (EPC Tag Data Standard 2.0, section 6).
type scheme struct {
	ai        string // application identifier of the key
	length    int    // digits of company prefix and reference together; 0 where the reference is free text
	first     bool   // the reference's first digit goes in front of the company prefix
	lead      string // put in front of everything
	pieces    bool   // two fields of two digits follow: piece and total
	serial    bool   // a serial follows
	qualifier string // application identifier of the serial; "" joins the serial to the key
	class     bool   // "urn:epc:idpat:…:*" names the class without the serial
}

var schemes = map[string]scheme{
	"sgtin": {ai: "01", length: 13, first: true, serial: true, qualifier: "21", class: true},
	"lgtin": {ai: "01", length: 13, first: true, serial: true, qualifier: "10"},
	"upui":  {ai: "01", length: 13, first: true, serial: true, qualifier: "235", class: true},
	"itip":  {ai: "8006", length: 13, first: true, pieces: true, serial: true, qualifier: "21", class: true},
	"sscc":  {ai: "00", length: 17, first: true},
	"sgln":  {ai: "414", length: 12, serial: true, qualifier: "254"},
	"pgln":  {ai: "417", length: 12},
	"grai":  {ai: "8003", length: 12, lead: "0", serial: true, class: true},
	"gdti":  {ai: "253", length: 12, serial: true, class: true},
	"sgcn":  {ai: "255", length: 12, serial: true, class: true},
	"gsrn":  {ai: "8018", length: 17},
	"gsrnp": {ai: "8017", length: 17},
	"gsin":  {ai: "402", length: 16},
	"giai":  {ai: "8004"},
	"ginc":  {ai: "401"},
	"cpi":   {ai: "8010", serial: true, qualifier: "8011", class: true},
}

func isURN(s string) bool { return len(s) >= 8 && strings.EqualFold(s[:8], "urn:epc:") }

// FromURN reads an EPC URN that has a GS1 key: urn:epc:id:… for one thing, urn:epc:class:lgtin:… for a lot, urn:epc:idpat:…
// with * as the serial for a class. Errors: see the package; CodeBadValue for the schemes without a GS1 key (gid, usdod, adi,
// bic, imovn) and for patterns of other shapes; TooLarge with CodeTooLarge beyond 4,096 bytes.
func FromURN(urn string) (*Link, error) {
	if len(urn) > maxLength {
		return nil, tooLongError()
	}
	if !isURN(urn) {
		return nil, notURNError(urn)
	}
	group, rest, _ := strings.Cut(urn[8:], ":")
	name, body, _ := strings.Cut(rest, ":")
	s, known := schemes[name]
	pattern := group == "idpat"
	if !known || (group == "class") != (name == "lgtin") || pattern && !s.class || !pattern && group != "id" && group != "class" {
		return nil, notURNError(urn)
	}
	company, body, found := strings.Cut(body, ".")
	if !found || len(company) < 6 || len(company) > 12 || !digits.containsAll(company) {
		return nil, badValueError(s.ai, urn, "厂商识别代码 6–12 位数字 / a company prefix of 6–12 digits")
	}
	key, serial, good := "", "", false
	if s.length == 0 {
		key, serial, good = s.splitFreeKey(company, body)
	} else {
		key, serial, good = s.buildFixedKey(company, body)
	}
	if !good || pattern && serial != "*" || !pattern && s.serial && serial == "" {
		return nil, notURNError(urn)
	}
	return s.buildLink(key, serial, pattern)
}

func notURNError(s string) error { return badValueError("", s, "urn:epc:id:sgtin:6901234.056789.A1") }

// splitFreeKey splits a key whose reference is free text, which may hold dots, from its serial.
func (s scheme) splitFreeKey(company, body string) (key, serial string, good bool) {
	if !s.serial {
		return company + body, "", body != ""
	}
	dot := strings.LastIndexByte(body, '.')
	if dot < 1 {
		return "", "", false
	}
	return company + body[:dot], body[dot+1:], true
}

// buildFixedKey builds a key of fixed length with its check digit.
func (s scheme) buildFixedKey(company, body string) (key, serial string, good bool) {
	n := s.length - len(company)
	if n < 0 || len(body) < n || !digits.containsAll(body[:n]) || s.first && n == 0 {
		return "", "", false
	}
	reference, rest := body[:n], body[n:]
	if s.first {
		key, reference = reference[:1], reference[1:]
	}
	key = s.lead + key + company + reference
	key += string(checkDigit(key))
	if s.pieces {
		if len(rest) < 7 || rest[0] != '.' || rest[3] != '.' || rest[6] != '.' {
			return "", "", false
		}
		key, rest = key+rest[1:3]+rest[4:6], rest[6:]
	}
	if !s.serial {
		return key, "", rest == ""
	}
	serial, good = strings.CutPrefix(rest, ".")
	return key, serial, good
}

// buildLink checks key and serial and makes a link of both.
func (s scheme) buildLink(key, serial string, pattern bool) (*Link, error) {
	field := s.qualifier
	if field == "" {
		field = s.ai
	}
	key, good := decodePercent(key, false)
	serial, good2 := decodePercent(serial, false)
	if !good || !good2 {
		return nil, trace.Malformed(field, "a percent sign without two hex digits after it")
	}
	if !s.serial || pattern || s.ai == "414" && serial == "0" { // an SGLN without extension has 0 in its place
		return New(Element{s.ai, key})
	}
	if s.qualifier == "" {
		return New(Element{s.ai, key + serial})
	}
	return New(Element{s.ai, key}, Element{s.qualifier, serial})
}
