package digitallink

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/epcis"
)

// hashForm reads a key with the tolerance of the event hash: keys of recorded events, of any version and with any check digit.
func hashForm(s string) (string, error) {
	l, err := FromURN(s)
	if !strings.HasPrefix(s, "urn:") {
		l, err = Rules{TrailingSlash: true, ShortGTIN: true, Words: true, Unchecked: true}.Parse(s)
	}
	if err != nil {
		return "", err
	}
	return string(l.AppendHashForm(nil)), nil
}

// TestHashFormAgreesWithTheEventHash: internal/epcis reads keys with code of its own, made for speed and checked against the
// hashes of others; both packages must agree.
func TestHashFormAgreesWithTheEventHash(t *testing.T) {
	for _, in := range []string{
		"urn:epc:id:sgtin:6901234.056789.A1", "urn:epc:id:sgtin:6901234.056789.a%2Fb%26c+d,e:f",
		"urn:epc:id:sgtin:6901234.056789.!()*'-._;=",
		"urn:epc:id:sgtin:690123456789.0.1", "urn:epc:class:lgtin:6901234.056789.2026-11-02", "urn:epc:idpat:sgtin:6901234.056789.*",
		"urn:epc:id:sscc:6901234.0000000333", "urn:epc:id:sgln:6901234.00011.H%2F1", "urn:epc:id:sgln:6901234.00011.0",
		"urn:epc:id:sgln:690123400011..9",
		"urn:epc:id:pgln:6901234.00000", "urn:epc:id:grai:6901234.55555.987", "urn:epc:idpat:grai:6901234.55555.*",
		"urn:epc:id:gdti:6901234.12345.40a",
		"urn:epc:id:giai:6901234.a.b", "urn:epc:id:gsrn:6901234.0000010253", "urn:epc:id:gsrnp:6901234.0000010253",
		"urn:epc:id:gsin:6901234.123456789",
		"urn:epc:id:ginc:6901234.xyz", "urn:epc:id:sgcn:6901234.67890.04711", "urn:epc:id:cpi:6901234.123ABC.123",
		"urn:epc:idpat:cpi:6901234.123ABC.*",
		"urn:epc:id:itip:6901234.012345.01.02.987", "urn:epc:id:upui:6901234.089456.51qIgY)",
		"https://shop.example.cn/a/01/06901234567892/21/X-1?17=260101#x", "https://e.cn/01/06901234567892/10/L/21/S",
		"https://e.cn/01/06901234567892/22/V/10/L/",
		"https://e.cn/01/06901234567892/22/V", "https://e.cn/gtin/6901234567892/lot/A1", "https://e.cn/01/02345673",
		"https://e.cn/01/06901234567892/21/a%2Db%2f%22",
		"https://e.cn/01/06901234567891", "https://e.cn/414/6901234567892/254/7", "https://e.cn/253/6901234567892A'1",
		"https://e.cn/8006/069012345678920102/21/9", "https://e.cn/01/06901234567892/235/T",
	} {
		event, err := json.Marshal(map[string]any{"type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-11-02T00:30:00Z",
			"eventTimeZoneOffset": "+08:00", "epcList": []string{in}})
		if err != nil {
			t.Fatal(err)
		}
		pre, err := epcis.PreHash(event, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(pre, "epc=")
		want := strings.TrimSuffix(rest, "action=OBSERVE") // the part behind the key in the string that is hashForm
		if got, err := hashForm(in); got != want {
			t.Errorf("%s: got %s (%v), the event hash has %s", in, got, err, want)
		}
	}
}
