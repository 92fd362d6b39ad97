package digitallink

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func mustParse(t testing.TB, uri string) *Link {
	t.Helper()
	l, err := Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestForms(t *testing.T) {
	for _, test := range []struct{ name, uri, canonical, elements, raw string }{
		{"product", "http://e.cn/r/01/06901234567892/", "https://id.gs1.org/01/06901234567892", "(01)06901234567892", "^0106901234567892"},
		{"separator after a lot", "https://e.cn/01/06901234567892/10/L1/21/S1", "https://id.gs1.org/01/06901234567892/10/L1/21/S1",
			"(01)06901234567892(10)L1(21)S1", "^010690123456789210L1^21S1"},
		{"attributes in order, hints left out", "https://e.cn/01/06901234567892/10/L1?3103=000195&linkType=gs1:pip&17=261231",
			"https://id.gs1.org/01/06901234567892/10/L1?17=261231&3103=000195", "(01)06901234567892(10)L1(3103)000195(17)261231",
			"^010690123456789210L1^310300019517261231"},
		{"encoded", "https://e.cn/01/06901234567892/10/a%2fb+c'd(e)?99=x%26y",
			"https://id.gs1.org/01/06901234567892/10/a%2Fb%2Bc%27d%28e%29?99=x%26y",
			`(01)06901234567892(10)a/b+c'd\(e)(99)x&y`, "^010690123456789210a/b+c'd(e)^99x&y"},
		{"never encoded", "https://e.cn/01/06901234567892/10/%41-._", "https://id.gs1.org/01/06901234567892/10/A-._",
			"(01)06901234567892(10)A-._", "^010690123456789210A-._"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := mustParse(t, test.uri)
			for what, pair := range map[string][2]string{"canonical": {l.Canonical(), test.canonical},
				"elements": {l.Elements(), test.elements}, "raw": {l.RawElements(), test.raw}} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %s, want %s", what, pair[0], pair[1])
				}
			}
			for _, text := range []string{l.Elements(), l.RawElements(), strings.ReplaceAll(l.RawElements(), "^", "\x1d"),
				"]d2" + l.RawElements()[1:]} {
				back, err := FromElements(text)
				if err != nil || back.Canonical() != test.canonical {
					t.Errorf("%q: got %+v, %v", text, back, err)
				}
			}
		})
	}
}

func TestFormat(t *testing.T) {
	l := mustParse(t, "https://id.gs1.org/01/06901234567892/10/L%2F1?17=261231&11=261101")
	const path = "/01/06901234567892/10/L%2F1?17=261231&11=261101"
	for host, want := range map[string]string{
		"trace.example.cn":               "https://trace.example.cn" + path,
		"Trace.Example.CN:8443":          "https://trace.example.cn:8443" + path,
		"HTTP://Trace.Example.cn/R/":     "http://trace.example.cn/R" + path,
		"https://trace.example.cn/a/b//": "https://trace.example.cn/a/b" + path,
	} {
		got := FormatURI(l, host)
		if got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
		if back := mustParse(t, got); back.Canonical() != l.Canonical() {
			t.Errorf("%s reads as %s", got, back.Canonical())
		}
	}
}

func TestValue(t *testing.T) {
	l := mustParse(t, "https://e.cn/01/06901234567892/10/L1?17=261231")
	for ai, want := range map[string]string{"01": "06901234567892", "10": "L1", "17": "261231", "21": ""} {
		if got := l.Value(ai); got != want {
			t.Errorf("(%s): got %q, want %q", ai, got, want)
		}
	}
}

func TestFromElements(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"qualifiers in any order", "(21)S1(17)261231(01)06901234567892(10)L1",
			"https://id.gs1.org/01/06901234567892/10/L1/21/S1?17=261231"},
		{"the first key counts", "(8004)690123A(01)06901234567892", "https://id.gs1.org/8004/690123A?01=06901234567892"},
		{"the same twice", "(01)06901234567892(10)L1(10)L1", "https://id.gs1.org/01/06901234567892/10/L1"},
		{"scanned", "]C10106901234567892" + "17261231" + "10L1\x1d21S1", "https://id.gs1.org/01/06901234567892/10/L1/21/S1?17=261231"},
		{"separator where none is needed", "^0106901234567892^10L1^", "https://id.gs1.org/01/06901234567892/10/L1"},
		{"piece of a total", "8006069012345678920102^21S", "https://id.gs1.org/8006/069012345678920102/21/S"},
		{"lot beside a third-party serial", "(01)06901234567892(10)L1(235)T1", "https://id.gs1.org/01/06901234567892/235/T1?10=L1"},
		{"the other way", "(01)06901234567892(235)T1", "https://id.gs1.org/01/06901234567892/235/T1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := FromElements(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Canonical(); got != test.want || l.Host != "" {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestFromElementsRefuses(t *testing.T) {
	for _, test := range []struct {
		name, in string
		code     trace.Code
		field    string
	}{
		{"nothing", "", trace.CodeBadValue, ""},
		{"no key", "(10)L1", trace.CodeBadValue, ""},
		{"open bracket", "(01", trace.CodeMalformed, ""},
		{"no identifier", "()06901234567892", trace.CodeBadValue, ""},
		{"unknown identifier", "(05)1", trace.CodeBadValue, "05"},
		{"no value", "(01)(10)L1", trace.CodeRequired, "01"},
		{"check digit", "(01)06901234567891", trace.CodeBadValue, "01"},
		{"two lots", "(01)06901234567892(10)L1(10)L2", trace.CodeBadValue, "10"},
		{"both ways at once", "(01)06901234567892(21)S1(235)T1", trace.CodeBadValue, "235"},
		{"serial of something that has none", "(00)061414123456789012(21)S1", trace.CodeBadValue, "21"},
		{"not scanned", "hello", trace.CodeBadValue, ""},
		{"cut off", "^01069012345", trace.CodeBadValue, "01"},
		{"too long before the separator", "^0106901234567892^10" + strings.Repeat("L", 21), trace.CodeBadValue, "10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := FromElements(test.in)
			var e *trace.Error
			if !errors.As(err, &e) || e.Kind != trace.Invalid || e.Code != test.code || e.Field != test.field {
				t.Errorf("got %+v, %v, want %s at %q", l, err, test.code, test.field)
			}
		})
	}
}

func TestNewForALabel(t *testing.T) {
	l, err := New(Element{"01", "06901234567892"}, Element{"21", "7K2M9QXR4TDA"}, Element{"10", "LOT-1"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := FormatURI(l, "trace.example.cn"), "https://trace.example.cn/01/06901234567892/10/LOT-1/21/7K2M9QXR4TDA"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if id := l.Identity(); id.Key != l.Key || !slices.Equal(id.Qualifiers, []Element{{"21", "7K2M9QXR4TDA"}}) {
		t.Errorf("identity is %+v", id)
	}
}

func TestSame(t *testing.T) {
	for _, test := range []struct {
		name, a, b string
		want       bool
	}{
		{"two hosts", "https://a.cn/01/06901234567892/10/L1", "http://b.cn/r/01/06901234567892/10/L1/?17=261231", true},
		{"lot as a URN", "urn:epc:class:lgtin:6901234.056789.L1", "https://a.cn/01/06901234567892/10/L1", true},
		{"serial as a URN, the lot in the link", "urn:epc:id:sgtin:6901234.056789.S1", "https://a.cn/01/06901234567892/10/L1/21/S1", true},
		{"class as a pattern", "urn:epc:idpat:sgtin:6901234.056789.*", "https://a.cn/01/06901234567892", true},
		{"elements", "(01)06901234567892(10)L1", "https://a.cn/01/06901234567892/10/L1", true},
		{"words of older versions", "https://a.cn/gtin/6901234567892/lot/L1", "https://a.cn/01/06901234567892/10/L1", true},
		{"escapes", "https://a.cn/01/06901234567892/10/%4C%31", "https://a.cn/01/06901234567892/10/L1", true},
		{"another lot", "urn:epc:class:lgtin:6901234.056789.L2", "https://a.cn/01/06901234567892/10/L1", false},
		{"lots differ in case", "https://a.cn/01/06901234567892/10/l1", "https://a.cn/01/06901234567892/10/L1", false},
		{"lot and serial of the same text", "https://a.cn/01/06901234567892/10/X", "https://a.cn/01/06901234567892/21/X", false},
		{"lot and its product", "https://a.cn/01/06901234567892/10/X", "https://a.cn/01/06901234567892", false},
		{"variant and its product", "https://a.cn/01/06901234567892/22/X", "https://a.cn/01/06901234567892", false},
		{"neither is one, the same text", "https://a.cn/lot/7K2M", "https://a.cn/lot/7K2M", true},
		{"neither is one", "https://a.cn/lot/7K2M", "https://b.cn/lot/7K2M", false},
		{"one is none", "https://a.cn/01/06901234567892", "urn:epc:id:gid:1.2.3", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := SameIdentity(test.a, test.b); got != test.want {
				t.Errorf("got %v", got)
			}
			if got := SameIdentity(test.b, test.a); got != test.want {
				t.Errorf("the other way round: got %v", got)
			}
		})
	}
}

func TestFromURN(t *testing.T) {
	for _, test := range []struct{ name, urn, want string }{
		{"sgtin", "urn:epc:id:sgtin:6901234.056789.A%2F1", "/01/06901234567892/21/A%2F1"},
		{"scheme in capitals", "URN:EPC:id:sgtin:6901234.056789.A1", "/01/06901234567892/21/A1"},
		{"indicator", "urn:epc:id:sgtin:6901234.156789.A1", "/01/16901234567899/21/A1"},
		{"lot", "urn:epc:class:lgtin:6901234.056789.L-1", "/01/06901234567892/10/L-1"},
		{"class", "urn:epc:idpat:sgtin:6901234.056789.*", "/01/06901234567892"},
		{"pallet", "urn:epc:id:sscc:6901234.0000000001", "/00/069012340000000016"},
		{"place", "urn:epc:id:sgln:6901234.56789.H1", "/414/6901234567892/254/H1"},
		{"place without extension", "urn:epc:id:sgln:6901234.56789.0", "/414/6901234567892"},
		{"party", "urn:epc:id:pgln:6901234.56789", "/417/6901234567892"},
		{"crate", "urn:epc:id:grai:6901234.56789.C1", "/8003/06901234567892C1"},
		{"crates of a kind", "urn:epc:idpat:grai:6901234.56789.*", "/8003/06901234567892"},
		{"asset with dots", "urn:epc:id:giai:6901234.a.b", "/8004/6901234a.b"},
		{"component", "urn:epc:id:cpi:6901234.5PQ7%2FZ43.12", "/8010/69012345PQ7%2FZ43/8011/12"},
		{"piece", "urn:epc:id:itip:6901234.056789.01.02.S", "/8006/069012345678920102/21/S"},
		{"document", "urn:epc:id:gdti:6901234.56789.D1", "/253/6901234567892D1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := FromURN(test.urn)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Canonical(); got != canonicalBase+test.want {
				t.Errorf("got %s, want %s", got, canonicalBase+test.want)
			}
		})
	}
}

func TestFromURNRefuses(t *testing.T) {
	for _, test := range []struct {
		name, urn string
		code      trace.Code
		field     string
	}{
		{"nothing", "", trace.CodeBadValue, ""},
		{"other URN", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", trace.CodeBadValue, ""},
		{"no GS1 key", "urn:epc:id:gid:952056.2718.1414", trace.CodeBadValue, ""},
		{"tag", "urn:epc:tag:sgtin-96:3.0614141.812345.6789", trace.CodeBadValue, ""},
		{"lot as one thing", "urn:epc:id:lgtin:6901234.056789.L1", trace.CodeBadValue, ""},
		{"serial as a class", "urn:epc:class:sgtin:6901234.056789.A1", trace.CodeBadValue, ""},
		{"no serial", "urn:epc:id:sgtin:6901234.056789", trace.CodeBadValue, ""},
		{"empty serial", "urn:epc:id:sgtin:6901234.056789.", trace.CodeBadValue, ""},
		{"star that is no pattern", "urn:epc:idpat:sgtin:6901234.056789.A1", trace.CodeBadValue, ""},
		{"all of a company", "urn:epc:idpat:sgtin:6901234.*.*", trace.CodeBadValue, ""},
		{"reference of a wrong length", "urn:epc:id:sgtin:6901234.0567891.A1", trace.CodeBadValue, ""},
		{"short prefix", "urn:epc:id:sgtin:69012.05678934.A1", trace.CodeBadValue, "01"},
		{"letter in the prefix", "urn:epc:id:sgtin:69O1234.056789.A1", trace.CodeBadValue, "01"},
		{"serial too long", "urn:epc:id:sgtin:6901234.056789.123456789012345678901", trace.CodeBadValue, "21"},
		{"half an escape", "urn:epc:id:sgtin:6901234.056789.A%2", trace.CodeMalformed, "21"},
		{"small letters in a component", "urn:epc:id:cpi:6901234.abc.12", trace.CodeBadValue, "8010"},
		{"piece above the total", "urn:epc:id:itip:6901234.056789.03.02.S", trace.CodeBadValue, "8006"},
		{"pieces of one digit", "urn:epc:id:itip:6901234.056789.1.2.S", trace.CodeBadValue, ""},
		{"component without serial", "urn:epc:id:cpi:6901234.5PQ7", trace.CodeBadValue, ""},
		{"letters as a number", "urn:epc:id:sgcn:6901234.56789.x", trace.CodeBadValue, "255"},
		{"more behind a key without serial", "urn:epc:id:sscc:6901234.0000000001.1", trace.CodeBadValue, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := FromURN(test.urn)
			var e *trace.Error
			if !errors.As(err, &e) || e.Kind != trace.Invalid || e.Code != test.code || e.Field != test.field {
				t.Errorf("got %+v, %v, want %s at %q", l, err, test.code, test.field)
			}
		})
	}
}
