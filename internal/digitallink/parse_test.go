package digitallink

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// parseCases are links and their content.
var parseCases = []struct {
	name, uri string
	want      Link
}{
	{"product", "https://id.gs1.org/01/06901234567892", Link{Host: "id.gs1.org", Key: Element{"01", "06901234567892"}}},
	{"lot and serial", "https://trace.example.cn/01/06901234567892/10/L1/21/S-9",
		Link{Host: "trace.example.cn", Key: Element{"01", "06901234567892"},
			Qualifiers: []Element{{"10", "L1"}, {"21", "S-9"}}}},
	{"slash at the end", "https://e.cn/01/06901234567892/10/L1/", Link{Host: "e.cn", Key: Element{"01", "06901234567892"},
		Qualifiers: []Element{{"10", "L1"}}}},
	{"stem", "http://e.cn:8080/r/x/01/06901234567892", Link{Host: "e.cn:8080", Stem: "/r/x", Key: Element{"01", "06901234567892"}}},
	{"key inside the stem", "https://e.cn/01/r/01/06901234567892", Link{Host: "e.cn", Stem: "/01/r",
		Key: Element{"01", "06901234567892"}}},
	{"host in capitals", "HTTPS://E.CN/00/061414123456789012", Link{Host: "e.cn", Key: Element{"00", "061414123456789012"}}},
	{"encoded slash", "https://e.cn/01/06901234567892/10/A%2fB%2F%25", Link{Host: "e.cn", Key: Element{"01", "06901234567892"},
		Qualifiers: []Element{{"10", "A/B/%"}}}},
	{"encoded digits", "https://e.cn/01/0690123456789%32", Link{Host: "e.cn", Key: Element{"01", "06901234567892"}}},
	{"plus in the path", "https://e.cn/01/06901234567892/10/A+B", Link{Host: "e.cn", Key: Element{"01", "06901234567892"},
		Qualifiers: []Element{{"10", "A+B"}}}},
	{"attributes and a hint", "https://e.cn/01/06901234567892?17=261231&linkType=gs1:pip&3103=000195",
		Link{Host: "e.cn", Key: Element{"01", "06901234567892"},
			Query: "17=261231&linkType=gs1:pip&3103=000195", Attributes: []Element{{"17", "261231"}, {"3103", "000195"}}}},
	{"third-party serial", "https://e.cn/01/06901234567892/235/TPX9", Link{Host: "e.cn", Key: Element{"01", "06901234567892"},
		Qualifiers: []Element{{"235", "TPX9"}}}},
	{"place with extension", "https://e.cn/414/6901234567892/254/H1", Link{Host: "e.cn", Key: Element{"414", "6901234567892"},
		Qualifiers: []Element{{"254", "H1"}}}},
	{"lot of something that takes none, as an attribute", "https://e.cn/8004/690123A?10=L1",
		Link{Host: "e.cn", Key: Element{"8004", "690123A"}, Query: "10=L1",
			Attributes: []Element{{"10", "L1"}}}},
	{"longest values", "https://e.cn/01/06901234567892/22/" + strings.Repeat("A", 20) + "/10/" + strings.Repeat("B", 20) + "/21/" +
		strings.Repeat("C", 20),
		Link{Host: "e.cn", Key: Element{"01", "06901234567892"}, Qualifiers: []Element{{"22", strings.Repeat("A", 20)},
			{"10", strings.Repeat("B", 20)}, {"21", strings.Repeat("C", 20)}}}},
}

func TestParse(t *testing.T) {
	for _, test := range parseCases {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse(test.uri)
			if err != nil {
				t.Fatal(err)
			}
			if !sameLink(got, &test.want) {
				t.Errorf("got  %+v\nwant %+v", *got, test.want)
			}
			path, query, _ := strings.Cut(test.uri[strings.Index(test.uri, "://")+3:], "?")
			fromPath, err := ParsePath(path[strings.IndexByte(path, '/'):], query)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Host = ""
			if !sameLink(fromPath, &test.want) {
				t.Errorf("from the path: got %+v, want %+v", *fromPath, test.want)
			}
		})
	}
}

// sameLink compares two links; no list is the same as an empty one.
func sameLink(a, b *Link) bool {
	list := func(l *Link) [][]Element {
		return [][]Element{append([]Element{}, l.Qualifiers...), append([]Element{}, l.Attributes...)}
	}
	return a.Host == b.Host && a.Stem == b.Stem && a.Query == b.Query && a.Key == b.Key && reflect.DeepEqual(list(a), list(b))
}

// productLink is the link of a product, to which the refused links add something.
const productLink = "https://e.cn/01/06901234567892"

// refusedLinks are texts that are no Digital Link, with the error of each.
var refusedLinks = []struct {
	name, uri string
	code      trace.Code
	field     string
}{
	{"nothing", "", trace.CodeBadValue, ""},
	{"other scheme", "ftp://e.cn/01/06901234567892", trace.CodeBadValue, ""},
	{"scheme in mixed case", "Https://e.cn/01/06901234567892", trace.CodeBadValue, ""},
	{"no host", "https:///01/06901234567892", trace.CodeBadValue, ""},
	{"only a port", "https://:80/01/06901234567892", trace.CodeBadValue, ""},
	{"user before the host", "https://gs1.org@e.cn/01/06901234567892", trace.CodeBadValue, ""},
	{"query before the path", "https://e.cn?/01/06901234567892", trace.CodeBadValue, ""},
	{"no path", "https://e.cn", trace.CodeBadValue, ""},
	{"no key", "https://e.cn/lot/7K2M", trace.CodeBadValue, ""},
	{"a qualifier alone", "https://e.cn/10/L1", trace.CodeBadValue, ""},
	{"identifier there is none of", "https://e.cn/0100/06901234567892", trace.CodeBadValue, ""},
	{"identifier of one digit", "https://e.cn/1/06901234567892", trace.CodeBadValue, ""},
	{"something after the key", productLink + "/photo/1", trace.CodeBadValue, ""},
	{"a segment left over", productLink + "/10", trace.CodeBadValue, ""},
	{"two slashes at the end", productLink + "//", trace.CodeBadValue, ""},
	{"key without value", "https://e.cn/01//", trace.CodeRequired, "01"},
	{"lot without value", productLink + "/10//", trace.CodeRequired, "10"},
	{"space", productLink + "/10/A B", trace.CodeMalformed, ""},
	{"Chinese not encoded", productLink + "/10/批", trace.CodeMalformed, ""},
	{"Chinese encoded", productLink + "/10/%E6%89%B9", trace.CodeBadValue, "10"},
	{"backslash in the fragment", productLink + `#\`, trace.CodeMalformed, ""},
	{"half a percent sign", productLink + "/10/A%2", trace.CodeMalformed, "10"},
	{"percent without hex", productLink + "/10/A%ZZ", trace.CodeMalformed, "10"},
	{"NUL", productLink + "/10/A%00", trace.CodeBadValue, "10"},
	{"space encoded", productLink + "/10/A%20B", trace.CodeBadValue, "10"},
	{"lot too long", productLink + "/10/" + strings.Repeat("L", 21), trace.CodeBadValue, "10"},
	{"13 digits", "https://e.cn/01/6901234567892", trace.CodeBadValue, "01"},
	{"letter in a GTIN", "https://e.cn/01/0690123456789A", trace.CodeBadValue, "01"},
	{"check digit", "https://e.cn/01/06901234567891", trace.CodeBadValue, "01"},
	{"serial before lot", productLink + "/21/S1/10/L1", trace.CodeBadValue, "10"},
	{"lot before variant", productLink + "/10/L1/22/V1", trace.CodeBadValue, "22"},
	{"lot twice", productLink + "/10/L1/10/L1", trace.CodeBadValue, "10"},
	{"two ways mixed", productLink + "/10/L1/235/T1", trace.CodeBadValue, "235"},
	{"qualifier of another key", productLink + "/254/X", trace.CodeBadValue, "254"},
	{"qualifier of a key without", "https://e.cn/00/061414123456789012/21/S1", trace.CodeBadValue, "21"},
	{"date in the path", productLink + "/17/261231", trace.CodeBadValue, "17"},
	{"date between", productLink + "/10/L1/17/261231/21/S1", trace.CodeBadValue, "17"},
	{"more pairs than any key takes", productLink + strings.Repeat("/10/L1", 9), trace.CodeBadValue, ""},
	{"serial in the query", productLink + "?21=S1", trace.CodeBadValue, "21"},
	{"lot in the query", productLink + "?10=L1", trace.CodeBadValue, "10"},
	{"attribute twice", productLink + "?17=261231&17=261231", trace.CodeBadValue, "17"},
	{"key again", productLink + "?01=06901234567892", trace.CodeBadValue, "01"},
	{"number that is no identifier", productLink + "?05=1", trace.CodeBadValue, "05"},
	{"attribute without value", productLink + "?17=", trace.CodeRequired, "17"},
	{"no such day", productLink + "?17=260231", trace.CodeBadValue, "17"},
	{"compressed", "https://e.cn/AQnYUc1gmiCNV4JGLo3BuMyvTg", trace.CodeMalformed, ""},
	{"compressed behind the key", productLink + "/BfMhAAnYUc1gmiCNV4JG", trace.CodeMalformed, ""},
}

func TestParseRefuses(t *testing.T) {
	for _, test := range refusedLinks {
		t.Run(test.name, func(t *testing.T) {
			l, err := Parse(test.uri)
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %+v, %v", l, err)
			}
			if e.Kind != trace.Invalid || e.Code != test.code || e.Field != test.field {
				t.Errorf("got kind %d %v, want code %s at %q", e.Kind, e, test.code, test.field)
			}
		})
	}
}

func TestTooLong(t *testing.T) {
	long := strings.Repeat("a", maxLength)
	_, fromPath := ParsePath("/01/06901234567892", long)
	_, fromURI := Parse("https://e.cn/01/06901234567892?" + long)
	_, fromElements := FromElements("(01)" + long)
	_, fromURN := FromURN("urn:epc:id:" + long)
	for name, err := range map[string]error{"path": fromPath, "URI": fromURI, "elements": fromElements, "URN": fromURN} {
		var e *trace.Error
		if !errors.As(err, &e) || e.Kind != trace.TooLarge || e.Code != trace.CodeTooLarge {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestErrorsSayWhatWouldDo: an error holds enough for a sentence: the identifier, the value that was sent, and the values that
// would fit.
func TestErrorsSayWhatWouldDo(t *testing.T) {
	for _, test := range []struct{ name, uri, value, allowed string }{
		{"check digit", "https://e.cn/01/06901234567891", "06901234567891", "校验码 2 / check digit 2"},
		{"length", "https://e.cn/01/6901234567892", "6901234567892", "14 位 / 14 characters"},
		{"span", "https://e.cn/253/690123456789", "690123456789", "13–30 位 / 13–30 characters"},
		{"order", "https://e.cn/01/06901234567892/21/S1/10/L1", "L1",
			"01/…/22/…/10/…/21/… 或 01/…/235/… / 01/…/22/…/10/…/21/… or 01/…/235/…"},
		{"key that takes none", "https://e.cn/00/061414123456789012/21/S1", "S1", "00/… / 00/…"},
		{"attribute in the path", "https://e.cn/01/06901234567892/17/261231", "261231", "写在问号后面 / after the question mark: ?17=…"},
		{"no link", "https://e.cn/about", "/about", "https://id.gs1.org/01/06901234567892"},
		{"unprintable", "https://e.cn/01/06901234567892/10/%07%FF", "··",
			"数字、字母和常用符号，不能有空格和汉字 / digits, letters and common symbols, no spaces"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.uri)
			var e *trace.Error
			if !errors.As(err, &e) || e.Args["value"] != test.value || e.Args["allowed"] != test.allowed {
				t.Errorf("got %v, want value %q allowed %q", err, test.value, test.allowed)
			}
		})
	}
}

func TestRules(t *testing.T) {
	for _, test := range []struct {
		name  string
		rules Rules
		uri   string
		want  string // the canonical form; "" where the text is refused
	}{
		{"letter of the standard", Rules{}, "https://e.cn/01/06901234567892/", ""},
		{"GTIN-13", Rules{ShortGTIN: true}, "https://e.cn/01/6901234567892", "https://id.gs1.org/01/06901234567892"},
		{"GTIN-8 in the query", Rules{ShortGTIN: true}, "https://e.cn/8004/690123A?01=02345673",
			"https://id.gs1.org/8004/690123A?01=00000002345673"},
		{"11 digits are no GTIN", Rules{ShortGTIN: true}, "https://e.cn/01/01234567895", ""},
		{"words", Rules{Words: true}, "https://e.cn/gtin/06901234567892/lot/L1/ser/S1", "https://id.gs1.org/01/06901234567892/10/L1/21/S1"},
		{"words are not tolerated", Rules{ShortGTIN: true}, "https://e.cn/gtin/06901234567892", ""},
		{"wrong check digit", Rules{Unchecked: true}, "https://e.cn/01/06901234567891", "https://id.gs1.org/01/06901234567891"},
		{"letters still count", Rules{Unchecked: true}, "https://e.cn/01/0690123456789A", ""},
		{"so does the order", Rules{Unchecked: true}, "https://e.cn/01/06901234567891/21/S1/10/L1", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if l, err := test.rules.Parse(test.uri); err == nil {
				got = l.Canonical()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	want := "00 01 253 255 401 402 414 415 417 8003 8004 8006 8010 8013 8017 8018"
	if got := strings.Join(PrimaryKeys(), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for ai, want := range map[string]bool{"01": true, "8018": true, "10": false, "1": false, "0100": false, "01000": false, "x1": false,
		"": false} {
		if got := IsPrimaryKey(ai); got != want {
			t.Errorf("IsKey(%q) is %v", ai, got)
		}
	}
}
