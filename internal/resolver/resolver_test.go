package resolver

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestLinkType(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"gs1:pip", "gs1:pip"}, {"https://gs1.org/voc/pip", "gs1:pip"}, {"https://ref.gs1.org/voc/pip", "gs1:pip"}, {"http://www.gs1.org/voc/pip", "gs1:pip"},
		{"https://gs1.org/voc/", "https://gs1.org/voc/"}, {"pip", "pip"}, {"schema:review", "schema:review"}, {"", ""}, {"https://gs1.org/vocpip", "https://gs1.org/vocpip"},
	} {
		if got := NormalizeLinkType(row.in); got != row.want {
			t.Errorf("LinkType(%q) = %q, want %q", row.in, got, row.want)
		}
	}
}

func TestQuality(t *testing.T) {
	for _, row := range []struct {
		params string
		q      int
		good   bool
	}{
		{"", 1000, true}, {"q=0.5", 500, true}, {" Q = 0.123", 123, true}, {"q=1.000", 1000, true}, {"q=0", 0, true}, {"charset=utf-8; q=0.07", 70, true},
		{"q=2", 0, false}, {"q=.5", 0, false}, {"q=0.1234", 0, false}, {"q=0.5x", 0, false}, {"q=", 0, false}, {"level=1", 1000, true}, {"q=0.", 0, true},
	} {
		if q, good := parseQuality(row.params); q != row.q || good != row.good {
			t.Errorf("quality(%q) = %d, %v, want %d, %v", row.params, q, good, row.q, row.good)
		}
	}
}

// joinLastLetters are the links that are left, by the last letter of their address.
func joinLastLetters(list []trace.WebLink) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString(l.Href[len(l.Href)-1:])
	}
	return b.String()
}

func TestChoose(t *testing.T) {
	zh := trace.WebLink{Href: "https://x/z", Hreflang: []string{"zh"}, Type: "text/html"}
	cn := trace.WebLink{Href: "https://x/c", Hreflang: []string{"zh-CN"}, Type: "text/html"}
	en := trace.WebLink{Href: "https://x/e", Hreflang: []string{"en"}, Type: "text/html"}
	pdf := trace.WebLink{Href: "https://x/p", Hreflang: []string{"en", "zh"}, Type: "application/pdf"}
	plain := trace.WebLink{Href: "https://x/n"}
	shop := trace.WebLink{Href: "https://x/s", Context: []string{"shop"}}
	again := trace.WebLink{Href: "https://x/z", Hreflang: []string{"zh"}, Type: "text/html", Title: "again"}
	rows := []struct {
		name, accept, language, lang, context string
		list                                  []trace.WebLink
		want                                  string
	}{
		{"one", "", "", "", "", []trace.WebLink{zh}, "z"},
		{"none", "", "en", "", "", nil, ""},
		{"nothing said", "", "", "", "", []trace.WebLink{zh, en}, "ze"},
		{"exact before primary", "", "zh-CN", "", "", []trace.WebLink{zh, cn, en}, "c"},
		{"primary before another", "", "zh-TW,en;q=0.9", "", "", []trace.WebLink{cn, en}, "c"},
		{"quality before exactness", "", "zh;q=0.5,en-US;q=0.6", "", "", []trace.WebLink{zh, en}, "e"},
		{"a range for all", "", "fr,*;q=0.1", "", "", []trace.WebLink{zh, en}, "ze"},
		{"none rather than a refused one", "", "en;q=0", "", "", []trace.WebLink{en, plain}, "n"},
		{"named before unsaid", "", "en;q=0.1", "", "", []trace.WebLink{plain, en}, "e"},
		{"unsaid before another", "", "fr", "", "", []trace.WebLink{plain, en}, "n"},
		{"lang wins", "", "zh", "en", "", []trace.WebLink{zh, en}, "e"},
		{"lang that is none", "", "zh", "a,b", "", []trace.WebLink{zh, en}, "z"},
		{"type", "application/pdf", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"type by group", "application/*;q=0.5,text/*;q=0.4", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"closest range counts", "text/html;q=0.1,*/*;q=0.9", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"for somebody", "", "", "", "SHOP", []trace.WebLink{plain, shop}, "s"},
		{"for everybody", "", "", "", "", []trace.WebLink{shop, plain}, "n"},
		{"for another", "", "", "", "CN", []trace.WebLink{shop, plain}, "n"},
		{"only for somebody", "", "", "", "", []trace.WebLink{shop}, "s"},
		{"one place twice", "", "zh", "", "", []trace.WebLink{zh, again}, "z"},
		{"undefined", "undefined", "undefined", "", "", []trace.WebLink{zh, en}, "ze"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			before := slices.Clone(row.list)
			if got := joinLastLetters(ParsePreferences(row.accept, row.language, row.lang, row.context).ChooseLinks(row.list)); got != row.want {
				t.Errorf("left %q, want %q", got, row.want)
			}
			if joinLastLetters(before) != joinLastLetters(row.list) {
				t.Error("the list was changed")
			}
		})
	}
}

func TestForms(t *testing.T) {
	for _, row := range []struct {
		accept                 string
		linkset, set, mistakes bool // wants the link set; set and errors as pages
	}{
		{"", false, false, true}, {"*/*", false, false, true}, {"undefined", false, false, true},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false, true, true},
		{"application/linkset+json", true, false, false}, {"application/linkset+json,text/html", true, false, true}, {"application/linkset+json;q=0.2,text/html", false, true, true},
		{"application/json", false, false, false}, {"application/ld+json;q=0.9,text/html;q=0.8", false, false, false}, {"application/linkset+json;q=0", false, false, true},
	} {
		p := ParsePreferences(row.accept, "", "", "")
		if p.WantsLinkset() != row.linkset || p.PrefersPageToLinkset() != row.set || p.PrefersPageForError() != row.mistakes {
			t.Errorf("%s: link set %v, as a page %v, errors as pages %v", row.accept, p.WantsLinkset(), p.PrefersPageToLinkset(), p.PrefersPageForError())
		}
	}
}

func TestFindAndOnly(t *testing.T) {
	item := Entity{Anchor: "i", Default: trace.WebLink{Href: "https://x/i"}, Links: []trace.WebLink{{Href: "https://x/1", LinkType: "gs1:pip"}}}
	lot := Entity{Anchor: "l", Links: []trace.WebLink{{Href: "https://x/2", LinkType: "gs1:pip"}, {Href: "https://x/3", LinkType: "gs1:faqs"}, {Href: "https://x/4", LinkType: "gs1:faqs"}}}
	s := Linkset{item, lot}
	for linkType, want := range map[string]string{"gs1:pip": "1", "gs1:faqs": "34", DefaultLink: "i", "gs1:epil": ""} {
		if got := joinLastLetters(s.FindLinks(linkType)); got != want {
			t.Errorf("%s: %q, want %q", linkType, got, want)
		}
	}
	if only := s.KeepOnly(s.FindLinks("gs1:faqs")); len(only) != 1 || only[0].Anchor != "l" || joinLastLetters(only[0].Links) != "34" {
		t.Errorf("only %+v", only)
	}
	if Linkset(nil).KeepOnly(nil) != nil || Linkset(nil).FindLinks(DefaultLink) != nil {
		t.Error("an empty set has links")
	}
}

func TestJSON(t *testing.T) {
	s := Linkset{{Anchor: "https://x/01/1", Description: "</script>", Default: trace.WebLink{Href: "https://x/p", Title: "P", Type: "text/html", Hreflang: []string{"zh"}},
		Links: []trace.WebLink{{Href: "https://x/p", Title: "P", LinkType: ProductPage, Type: "text/html", Hreflang: []string{"zh", "yue", "zh-CN", "es-419"}, Context: []string{"CN"}}}}}
	want := `{"linkset":[{"anchor":"https://x/01/1","https://ref.gs1.org/voc/defaultLink":[{"href":"https://x/p","title":"P"}],` +
		`"https://ref.gs1.org/voc/pip":[{"href":"https://x/p","title":"P","type":"text/html","hreflang":["zh","zh-CN"],"context":["CN"]}],"itemDescription":"\u003c/script\u003e"}]}`
	got, err := s.EncodeJSON()
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if got, err := Linkset(nil).EncodeJSON(); err != nil || string(got) != `{"linkset":[]}` {
		t.Errorf("%v %s", err, got)
	}
	if got, err := s.EncodeEmbedded(); err != nil || !strings.HasPrefix(string(got), `{"@context":"`+Context+`","linkset":[{`) {
		t.Errorf("%v %s", err, got)
	}
}

func FuzzPrefer(f *testing.F) {
	f.Add("text/html;q=0.8,*/*", "zh-CN,en;q=0.5", "en", "CN")
	f.Add("undefined", "*;q=0", "", "")
	f.Add(";;,/,a/b;q=1.0000", "-,zh-;q=,é", "\xff", "a,b")
	list := []trace.WebLink{{Href: "https://x/1", Hreflang: []string{"zh"}, Type: "text/html"}, {Href: "https://x/2", Hreflang: []string{"en", ""}, Type: "x"}, {Href: "https://x/3", Context: []string{"CN"}}}
	f.Fuzz(func(t *testing.T, accept, language, lang, context string) {
		p := ParsePreferences(accept, language, lang, context)
		got := p.ChooseLinks(list)
		if len(got) == 0 || len(got) > len(list) {
			t.Errorf("%d of %d links are left", len(got), len(list))
		}
		if again := p.ChooseLinks(got); joinLastLetters(again) != joinLastLetters(got) {
			t.Errorf("chosen again: %q of %q", joinLastLetters(again), joinLastLetters(got))
		}
		if len(p.types) > maxRanges || len(p.languages) > maxRanges {
			t.Error("too much is kept")
		}
		if b, err := (Linkset{{Anchor: language, Description: accept, Links: got}}).EncodeJSON(); err != nil || !json.Valid(b) {
			t.Errorf("%v %s", err, b)
		}
	})
}
