package digitallink

import (
	"strings"
	"testing"
)

// contentCases are values on both sides of the border of each check.
var contentCases = []struct {
	lint, ai  string
	good, bad []string
}{
	{"csum", "01", []string{"06901234567892", "00000000000000"}, []string{"06901234567893", "60901234567892"}},
	{"csumalpha", "8013", []string{"1987654Ad4X4bL5ttr2310c2K"}, []string{"1987654Ad4X4bL5ttr2310cK2", "1987654Ad4X4bL5ttr2310c2k",
		"1987654dA4X4bL5ttr2310c2K", "12345", "1"}},
	{"gcppos1", "8004", []string{"6901", "6901A"}, []string{"690", "690A1", "A6901"}},
	{"gcppos2", "01", []string{"06901234567892"}, []string{"0A901234567892"}},
	{"yymmd0", "17", []string{"261231", "260200", "240229", "000229"}, []string{"261301", "260230", "250229", "260001", "260431"}},
	{"yymmdd", "7006", []string{"261231"}, []string{"261200", "260431"}},
	{"yyyymmdd", "7250", []string{"20240229"}, []string{"20230229", "20261301", "20261200"}},
	{"hhmi", "7003", []string{"2612312359", "2612310000"}, []string{"2612312400", "2612311260"}},
	{"hh", "8008", []string{"26123123"}, []string{"26123124"}},
	{"mi", "8008", []string{"2612312359"}, []string{"2612312360"}},
	{"ss", "8008", []string{"261231235959"}, []string{"261231235960"}},
	{"pcenc", "4300", []string{"A%20B", "AB"}, []string{"A%2", "A%ZZ", "%"}},
	{"latitude", "4309", []string{"18000000003600000000"}, []string{"18000000010000000000"}},
	{"longitude", "4309", []string{"00000000003600000000"}, []string{"00000000003600000001"}},
	{"yesno", "4321", []string{"0", "1"}, []string{"2"}},
	{"hyphen", "4330", []string{"000123", "000123-"}, []string{"000123+", "000123--"}},
	{"importeridx", "7040", []string{"1AB-", "1ABz", "1AB_"}, []string{"1AB=", "1AB+"}},
	{"mediatype", "7241", []string{"01", "10", "80", "99"}, []string{"00", "11", "79"}},
	{"iso5218", "7252", []string{"0", "2", "9"}, []string{"3"}},
	{"posinseqslash", "7258", []string{"1/1", "2/3"}, []string{"3/2", "0/1", "1/0", "1-2", "/12", "12/", "a/b"}},
	{"nonzero", "8001", []string{"00010000100110"}, []string{"00000000100110", "00010000000110"}},
	{"winding", "8001", []string{"00010000100190"}, []string{"00010000100120"}},
	{"zero", "8003", []string{"06901234567892"}, []string{"16901234567892"}},
	{"pieceoftotal", "8006", []string{"069012345678920101", "069012345678920199"},
		[]string{"069012345678920001", "069012345678920201", "069012345678920100"}},
	{"iban", "8007", []string{"GB82WEST12345698765432"}, []string{"GB82WEST12345698765423", "GB82west12345698765432", "GB82",
		"GB82-EST12345698765432"}},
	{"nozeroprefix", "8011", []string{"0", "10"}, []string{"01", "00"}},
	{"hasnondigit", "8014", nil, []string{"12345678901234567890123NT+"}},
	{"iso3166alpha2", "4307", []string{"CN"}, []string{"cn", "C1", "-N"}},
	{"charset 39", "8010", []string{"6901A-/#9"}, []string{"6901a", "6901_"}},
	{"charset 64", "8030", []string{"aB-_9", "aB=", "a=="}, []string{"a+b", "a===", "=", "a=b"}},
	{"charset 82", "10", []string{"!\"%&'()*+,-./:;<=>?_"}, []string{"#", "$", "@", "[", "^", "`", "~", " ", "é"}},
	{"digits", "30", []string{"0", "12345678"}, []string{"1.5", "123456789"}},
}

// TestContent runs every check on the border of what the check lets pass. The GMN is the example of the General Specifications,
// the IBAN that of ISO 13616.
func TestContent(t *testing.T) {
	tested := map[string]bool{}
	for _, test := range contentCases {
		tested[test.lint] = true
		for _, value := range test.good {
			if err := findEntry(test.ai).checkValue(test.ai, value, false); err != nil {
				t.Errorf("%s: %q: %v", test.lint, value, err)
			}
		}
		for _, value := range test.bad {
			if err := findEntry(test.ai).checkValue(test.ai, value, false); err == nil {
				t.Errorf("%s: %q passed as (%s)", test.lint, value, test.ai)
			}
		}
	}
	for _, lint := range lintTable {
		if lint.good != nil && !tested[lint.name] {
			t.Errorf("%s is not tested", lint.name)
		}
		if both := strings.Count(lint.allowed, " / "); lint.good != nil && lint.name != "csum" && (lint.allowed == "" || both > 1) {
			t.Errorf("%s says %q", lint.name, lint.allowed)
		}
	}
}

func TestHasNonDigit(t *testing.T) {
	// (8014) needs both correct check characters and a character that is no digit, so the check is run alone.
	if phrase, good := lintHasnondigit.runChecks("123456"); good || phrase == "" {
		t.Errorf("digits alone passed")
	}
	if _, good := lintHasnondigit.runChecks("12345A"); !good {
		t.Errorf("a letter did not pass")
	}
}

// TestIdentifiersArePrefixFree: no identifier begins with another, so that a scanned string has one reading only.
func TestIdentifiersArePrefixFree(t *testing.T) {
	n := 0
	for number := range 10000 {
		ai := string([]byte{byte('0' + number/1000), byte('0' + number/100%10), byte('0' + number/10%10), byte('0' + number%10)})
		found := 0
		for width := 2; width <= 4; width++ {
			if e := findEntry(ai[:width]); e != nil {
				found++
			}
		}
		if found > 1 {
			t.Errorf("%s begins with %d identifiers", ai, found)
		}
		n += found
	}
	if n == 0 {
		t.Error("no identifiers")
	}
}
