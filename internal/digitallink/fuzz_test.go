package digitallink

import (
	"slices"
	"strings"
	"testing"
)

var seeds = []string{
	"https://id.gs1.org/01/06901234567892", "https://e.cn/r/01/06901234567892/22/V/10/L%2F1/21/S1?17=261231&3103=000195&linkType=gs1:pip#x",
	"HTTP://[::1]:80/414/6901234567892/254/H1/", "https://e.cn/01/12312312312333?&&99=ABC&singleton&98=X+Y", "https://e.cn/01//",
	"https://e.cn/01/%",
	"https://e.cn/8006/069012345678920102/21/9", "https://e.cn/gtin/6901234567892/lot/1", "https://e.cn/8013/1987654Ad4X4bL5ttr2310c2K",
	"https://e.cn/AQnYUc1gmiCNV4JGLo3BuMyvTg",
	"(01)06901234567892(10)a\\(b)", "^010690123456789210L1^21S1", "]C10106901234567892\x1d10L", "(", "()", "(01",
	"urn:epc:id:sgtin:6901234.056789.A%2F1",
	"urn:epc:class:lgtin:6901234.056789.L1", "urn:epc:idpat:itip:6901234.056789.01.02.*", "urn:epc:id:sgln:690123456789..0",
	"urn:epc:id:cpi:6901234.A.1", "https://e.cn/01/06901234567892/235/T?10=L", "urn:epc:", "", "\xff",
}

// FuzzRead: no text makes a reader panic, and a link that one reader reads is the same link in each of its forms.
func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		readers := map[string]func(string) (*Link, error){"link": Parse, "elements": FromElements, "URN": FromURN,
			"tolerant": Rules{TrailingSlash: true, ShortGTIN: true, Words: true}.Parse,
			"path":     func(s string) (*Link, error) { path, query, _ := strings.Cut(s, "?"); return ParsePath(path, query) }}
		for name, read := range readers {
			l, err := read(s)
			if (l == nil) == (err == nil) {
				t.Fatalf("%s: link %v and error %v", name, l, err)
			}
			if err != nil {
				_ = err.Error()
				continue
			}
			checkRoundTrip(t, l)
		}
		if !SameIdentity(s, s) {
			t.Errorf("%q is not the same as itself", s)
		}
		if l, err := (Rules{Unchecked: true, ShortGTIN: true, Words: true}).Parse(s); err == nil {
			if back, err := (Rules{Unchecked: true}).Parse(l.Canonical()); err != nil || back.Canonical() != l.Canonical() {
				t.Errorf("unchecked %s became %v, %v", l.Canonical(), back, err)
			}
		}
	})
}

func checkRoundTrip(t *testing.T, l *Link) {
	t.Helper()
	attributes := func(l *Link) []Element {
		return slices.SortedFunc(slices.Values(l.Attributes), func(a, b Element) int { return strings.Compare(a.AI, b.AI) })
	}
	check := func(form string, back *Link, err error) {
		if err != nil || back.Key != l.Key || !slices.Equal(back.Qualifiers, l.Qualifiers) ||
			!slices.Equal(attributes(back), attributes(l)) {
			t.Errorf("%s: read back as %+v (%v), was %+v", form, back, err, l)
		}
	}
	canonical := l.Canonical()
	back, err := Parse(canonical)
	check(canonical, back, err)
	if err == nil && back.Canonical() != canonical {
		t.Errorf("%s is not canonical", canonical)
	}
	back, err = Rules{}.Parse(FormatURI(l, "https://e.cn/r"))
	check("formatted", back, err)
	if !SameIdentity(canonical, string(l.Identity().AppendHashForm(nil))) && l.Value("22") == "" {
		t.Errorf("%s and its form in the hash differ: %s", canonical, l.AppendHashForm(nil))
	}
	back, err = FromElements(l.Elements())
	check(l.Elements(), back, err)
	back, err = FromElements(l.RawElements())
	check(l.RawElements(), back, err)
}
