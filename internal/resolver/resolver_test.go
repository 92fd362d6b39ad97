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
		{"gs1:pip", "gs1:pip"}, {"https://gs1.org/voc/pip", "gs1:pip"}, {"https://ref.gs1.org/voc/pip", "gs1:pip"},
		{"http://www.gs1.org/voc/pip", "gs1:pip"}, {"https://gs1.org/voc/", "https://gs1.org/voc/"}, {"pip", "pip"},
		{"schema:review", "schema:review"}, {"", ""}, {"https://gs1.org/vocpip", "https://gs1.org/vocpip"},
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
		{"", 1000, true}, {"q=0.5", 500, true}, {" Q = 0.123", 123, true}, {"q=1.000", 1000, true}, {"q=1", 1000, true}, {"q=0", 0, true},
		{"charset=utf-8; q=0.07", 70, true}, {"level=1", 1000, true}, {"q=0.", 0, true}, {"q=0.001", 1, true}, {"q=0.5;q=0.7", 500, true},
		{"q=2", 0, false}, {"q=.5", 0, false}, {"q=0.1234", 0, false}, {"q=0.5x", 0, false}, {"q=", 0, false}, {"q=-0", 0, false},
	} {
		if q, good := parseQuality(row.params); q != row.q || good != row.good {
			t.Errorf("quality(%q) = %d, %v, want %d, %v", row.params, q, good, row.q, row.good)
		}
	}
}

// joinLastLetters writes links as the last letters of their addresses.
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
		{"no preference", "", "", "", "", []trace.WebLink{zh, en}, "ze"},
		{"exact before primary", "", "zh-CN", "", "", []trace.WebLink{zh, cn, en}, "c"},
		{"primary before another", "", "zh-TW,en;q=0.9", "", "", []trace.WebLink{cn, en}, "c"},
		{"quality before exactness", "", "zh;q=0.5,en-US;q=0.6", "", "", []trace.WebLink{zh, en}, "e"},
		{"a range for all", "", "fr,*;q=0.1", "", "", []trace.WebLink{zh, en}, "ze"},
		{"no language rather than a refused one", "", "en;q=0", "", "", []trace.WebLink{en, plain}, "n"},
		{"a named language before none", "", "en;q=0.1", "", "", []trace.WebLink{plain, en}, "e"},
		{"no language before another", "", "fr", "", "", []trace.WebLink{plain, en}, "n"},
		{"lang wins", "", "zh", "en", "", []trace.WebLink{zh, en}, "e"},
		{"lang that is none", "", "zh", "a,b", "", []trace.WebLink{zh, en}, "z"},
		{"type", "application/pdf", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"type by group", "application/*;q=0.5,text/*;q=0.4", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"closest range counts", "text/html;q=0.1,*/*;q=0.9", "", "", "", []trace.WebLink{zh, pdf}, "p"},
		{"for the context", "", "", "", "SHOP", []trace.WebLink{plain, shop}, "s"},
		{"for every context", "", "", "", "", []trace.WebLink{shop, plain}, "n"},
		{"for another context", "", "", "", "CN", []trace.WebLink{shop, plain}, "n"},
		{"only for a context", "", "", "", "", []trace.WebLink{shop}, "s"},
		{"one address twice", "", "zh", "", "", []trace.WebLink{zh, again}, "z"},
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

// TestRangesOfEqualCloseness: of two ranges that name a language equally closely, the better quality counts, in either order; a closer
// range counts before a better one.
func TestRangesOfEqualCloseness(t *testing.T) {
	zh := trace.WebLink{Href: "https://x/z", Hreflang: []string{"zh"}}
	cn := trace.WebLink{Href: "https://x/c", Hreflang: []string{"zh-CN"}}
	en := trace.WebLink{Href: "https://x/e", Hreflang: []string{"en"}}
	both := trace.WebLink{Href: "https://x/b", Hreflang: []string{"en", "zh"}}
	none := trace.WebLink{Href: "https://x/n"}
	for _, row := range []struct {
		language string
		list     []trace.WebLink
		want     string
	}{
		{"zh;q=0.2,zh;q=0.9,en;q=0.5", []trace.WebLink{zh, en}, "z"},
		{"zh;q=0.9,zh;q=0.2,en;q=0.5", []trace.WebLink{zh, en}, "z"},
		{"zh-TW;q=0.2,zh-HK;q=0.9,en;q=0.5", []trace.WebLink{zh, en}, "z"},
		{"zh-HK;q=0.9,zh-TW;q=0.2,en;q=0.5", []trace.WebLink{zh, en}, "z"},
		{"*;q=0.2,*;q=0.9", []trace.WebLink{none, en}, "e"},
		{"zh-CN;q=0.2,zh;q=0.9,en;q=0.5", []trace.WebLink{cn, en}, "e"},
		{"zh;q=0.9,zh-CN;q=0.2,en;q=0.5", []trace.WebLink{cn, en}, "e"},
		{"zh;q=0.2,*;q=0.9", []trace.WebLink{zh, en}, "e"},
		{"*;q=0.9,zh;q=0.2", []trace.WebLink{zh, en}, "e"},
		{"zh;q=0,*;q=0.1", []trace.WebLink{zh, en}, "e"},
		{"zh,en", []trace.WebLink{zh, en}, "ze"},
		{"zh;q=0.5,en;q=0.5", []trace.WebLink{en, zh}, "ez"},
		{"zh;q=0.501,en;q=0.5", []trace.WebLink{en, zh}, "z"},
		{"zh-CN;q=0.5,en-US;q=0.5", []trace.WebLink{cn, en}, "c"}, // of equal quality the closer one
		{"zh;q=0.001", []trace.WebLink{none, zh}, "z"},
		{"fr", []trace.WebLink{en, none}, "n"},
		{"fr,zh;q=0", []trace.WebLink{zh, en}, "e"},
		{"zh", []trace.WebLink{en, both}, "b"},
		{"zh;q=0", []trace.WebLink{zh, both}, "b"},
	} {
		if got := joinLastLetters(ParsePreferences("", row.language, "", "").ChooseLinks(row.list)); got != row.want {
			t.Errorf("%s: %q, want %q", row.language, got, row.want)
		}
	}
}

// TestMediaTypes: the closest range counts, of equally close ranges the first, and a link without a type stands before a refused one.
func TestMediaTypes(t *testing.T) {
	page := trace.WebLink{Href: "https://x/h", Type: "text/html; charset=utf-8"}
	pdf := trace.WebLink{Href: "https://x/p", Type: "Application/PDF"}
	none := trace.WebLink{Href: "https://x/n"}
	for _, row := range []struct {
		accept string
		list   []trace.WebLink
		want   string
	}{
		{"application/pdf", []trace.WebLink{page, pdf}, "p"},
		{"text/html", []trace.WebLink{page, pdf}, "h"},
		{"text/*,application/pdf;q=0.9", []trace.WebLink{page, pdf}, "h"},
		{"text/*;q=0.9,application/pdf;q=0.9", []trace.WebLink{page, pdf}, "p"}, // of equal quality the closer one
		{"*/*;q=0.9,text/*;q=0.9", []trace.WebLink{pdf, page}, "h"},
		{"text/html;q=0.9,text/html;q=0.1,application/pdf;q=0.5", []trace.WebLink{page, pdf}, "h"},
		{"text/html;q=0.1,text/html;q=0.9,application/pdf;q=0.5", []trace.WebLink{page, pdf}, "p"},
		{"image/png", []trace.WebLink{page, none}, "n"},
		{"text/html;q=0", []trace.WebLink{page, none}, "n"},
		{"text/html;q=0.1", []trace.WebLink{none, page}, "h"},
		{"", []trace.WebLink{page, none, pdf}, "hnp"},
	} {
		if got := joinLastLetters(ParsePreferences(row.accept, "", "", "").ChooseLinks(row.list)); got != row.want {
			t.Errorf("%s: %q, want %q", row.accept, got, row.want)
		}
	}
}

// TestOrderOfPreferences: context decides before language, language before media type.
func TestOrderOfPreferences(t *testing.T) {
	context := trace.WebLink{Href: "https://x/c", Context: []string{"CN"}, Hreflang: []string{"en"}, Type: "application/pdf"}
	language := trace.WebLink{Href: "https://x/l", Hreflang: []string{"zh"}, Type: "application/pdf"}
	media := trace.WebLink{Href: "https://x/m", Hreflang: []string{"en"}, Type: "text/html"}
	list := []trace.WebLink{media, language, context}
	for _, row := range []struct{ accept, language, context, want string }{
		{"text/html", "zh", "CN", "c"}, {"text/html", "zh", "", "l"}, {"text/html", "en", "", "m"}, {"text/html", "", "", "m"},
	} {
		if got := joinLastLetters(ParsePreferences(row.accept, row.language, "", row.context).ChooseLinks(list)); got != row.want {
			t.Errorf("%+v: %q", row, got)
		}
	}
}

// TestHeaderBounds: the first 32 readable ranges of a header count.
func TestHeaderBounds(t *testing.T) {
	for n, want := range map[int]string{31: "z", 32: "e"} {
		header := strings.Repeat("fr,", n) + "zh"
		list := []trace.WebLink{{Href: "https://x/z", Hreflang: []string{"zh"}}, {Href: "https://x/e"}}
		if got := joinLastLetters(ParsePreferences("", header, "", "").ChooseLinks(list)); got != want {
			t.Errorf("after %d ranges: %q, want %q", n, got, want)
		}
	}
}

func TestDescribeResolver(t *testing.T) {
	b, err := json.Marshal(DescribeResolver("柚桑", "https://x", []string{"01"}))
	want := `{"name":"柚桑","resolverRoot":"https://x","supportedPrimaryKeys":["01"],"supportedLinkType":[` +
		`{"namespace":"https://ref.gs1.org/voc/","prefix":"gs1:"},{"namespace":"https://gs1.org/voc/","prefix":"gs1:"}],` +
		`"linkTypeDefaultCanBeLinkset":false,"jsonLdContextLocation":"https://ref.gs1.org/standards/resolver/linkset-context"}`
	if err != nil || string(b) != want {
		t.Errorf("%s %v\nwant %s", b, err, want)
	}
}

func TestIsLinkset(t *testing.T) {
	for value, want := range map[string]bool{"linkset": true, "all": true, "": false, "gs1:pip": false} {
		if IsLinkset(value) != want {
			t.Errorf("%q requests the link set: %v, want %v", value, !want, want)
		}
	}
}

func TestForms(t *testing.T) {
	for _, row := range []struct {
		accept                        string
		linkset, linksetPage, errPage bool // the link set is requested; link set and errors as pages
	}{
		{"", false, false, true}, {"*/*", false, false, true}, {"undefined", false, false, true},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false, true, true},
		{"application/linkset+json", true, false, false}, {"application/linkset+json,text/html", true, false, true},
		{"application/linkset+json;q=0.2,text/html", false, true, true}, {"application/linkset+json;q=0.8,text/html;q=0.8", true, false, true},
		{"application/linkset+json;q=0.8,text/html;q=0.799", true, false, false},
		{"application/linkset+json;q=0.8,text/html;q=0.801", false, true, true},
		{"application/linkset+json;q=0.8,text/*;q=0.8", true, false, true}, {"application/linkset+json,*/*;q=0.1", true, false, false},
		{"application/json", false, false, false}, {"application/json;q=0.5,text/html", false, true, true},
		{"application/problem+json", false, false, false}, {"application/xml", false, false, true},
		{"application/ld+json;q=0.9,text/html;q=0.8", false, false, false}, {"application/linkset+json;q=0", false, false, true},
		{"application/linkset+json;q=0.001", true, false, false}, {"text/html;q=0,application/linkset+json;q=0.5", true, false, false},
	} {
		p := ParsePreferences(row.accept, "", "", "")
		linkset, linksetPage, errPage := p.WantsLinkset(), p.PrefersPageToLinkset(), p.PrefersPageForError()
		if linkset != row.linkset || linksetPage != row.linksetPage || errPage != row.errPage {
			t.Errorf("%s: link set %v, as a page %v, errors as pages %v", row.accept, linkset, linksetPage, errPage)
		}
	}
}

func TestFindAndOnly(t *testing.T) {
	item := Entity{Anchor: "i", Description: "item", Default: trace.WebLink{Href: "https://x/i"},
		Links: []trace.WebLink{{Href: "https://x/1", LinkType: "gs1:pip"}}}
	lot := Entity{Anchor: "l", Description: "lot", Default: trace.WebLink{Href: "https://x/l"}, Links: []trace.WebLink{
		{Href: "https://x/2", LinkType: "gs1:pip"}, {Href: "https://x/3", LinkType: "gs1:faqs"}, {Href: "https://x/4", LinkType: "gs1:faqs"},
		{Href: "https://x/1", LinkType: "gs1:certificationInfo"},
	}}
	s := Linkset{item, lot}
	for linkType, want := range map[string]string{"gs1:pip": "1", "gs1:faqs": "34", DefaultLink: "i", "gs1:epil": ""} {
		if got := joinLastLetters(s.FindLinks(linkType)); got != want {
			t.Errorf("%s: %q, want %q", linkType, got, want)
		}
	}
	only := s.KeepOnly(s.FindLinks("gs1:faqs"))
	if len(only) != 1 || joinLastLetters(only[0].Links) != "34" ||
		only[0].Anchor != "l" || only[0].Description != "lot" || only[0].Default.Href != "" {
		t.Errorf("only %+v", only)
	}
	for _, row := range []struct {
		name  string
		links []trace.WebLink
		want  string
	}{
		{"no link is the finest level's", nil, "i"},
		{"the same address under another type is another level's",
			[]trace.WebLink{{Href: "https://x/1", LinkType: "gs1:certificationInfo"}}, "l"},
		{"the same type at another address is another level's", []trace.WebLink{{Href: "https://x/2", LinkType: "gs1:pip"}}, "l"},
		{"an unknown link is the finest level's", []trace.WebLink{{Href: "https://x/9", LinkType: "gs1:pip"}}, "i"},
	} {
		if only := s.KeepOnly(row.links); len(only) != 1 || only[0].Anchor != row.want || len(only[0].Links) != len(row.links) {
			t.Errorf("%s: %+v, want level %s", row.name, only, row.want)
		}
	}
	if Linkset(nil).KeepOnly(nil) != nil || Linkset(nil).FindLinks(DefaultLink) != nil {
		t.Error("an empty set has links")
	}
}

func TestJSON(t *testing.T) {
	s := Linkset{{Anchor: "https://x/01/1", Description: "</script>",
		Default: trace.WebLink{Href: "https://x/p", Title: "P", Type: "text/html", Hreflang: []string{"zh"}},
		Links: []trace.WebLink{{Href: "https://x/p", Title: "P", LinkType: ProductPage, Type: "text/html",
			Hreflang: []string{"zh", "yue", "zh-CN", "es-419", "zh_CN"}, Context: []string{"CN"}}}}}
	want := `{"linkset":[{"anchor":"https://x/01/1","https://ref.gs1.org/voc/defaultLink":[{"href":"https://x/p","title":"P"}],` +
		`"https://ref.gs1.org/voc/pip":[{"href":"https://x/p","title":"P","type":"text/html","hreflang":["zh","zh-CN"],"context":["CN"]}],` +
		`"itemDescription":"\u003c/script\u003e"}]}`
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
	list := []trace.WebLink{
		{Href: "https://x/1", Hreflang: []string{"zh"}, Type: "text/html"}, {Href: "https://x/2", Hreflang: []string{"en", ""}, Type: "x"},
		{Href: "https://x/3", Context: []string{"CN"}},
	}
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
