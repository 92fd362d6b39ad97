package resolve_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// The lines of GS1's resolver standard, one test each, over HTTP. linkset_test.go has those about the link set itself.

func TestResolverMethodsAndCORS(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	for _, path := range []string{w.JarsPath(), "/lot/" + w.Lots["tea"], "/unit/" + w.Lots["box"], "/product/pomelo-tea",
		"/01/" + webtest.GTIN} {
		for method, status := range map[string]int{"GET": 307, "HEAD": 307, "OPTIONS": 204} {
			for _, origin := range []string{"https://shop.example", "null", "junk, junk", ""} {
				a := w.Request(method, path, "Origin", origin, "Access-Control-Request-Method", "GET")
				if a.Status != status {
					t.Errorf("%s %s: status %d, want %d", method, path, a.Status, status)
				}
				for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
					"Access-Control-Expose-Headers": "Link, Location", "Vary": "Accept, Accept-Language"} {
					if got := a.Header.Get(name); got != want {
						t.Errorf("%s %s from %q: %s is %q, want %q", method, path, origin, name, got, want)
					}
				}
				if len(a.Body) > 0 {
					t.Errorf("%s %s: a body of %d bytes", method, path, len(a.Body))
				}
			}
		}
	}
}

func TestResolverDefaultLink(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	tea, jars, serial := w.Lots["tea"], w.Lots["jars"], w.IssueSerial()
	rows := []struct{ name, path, to string }{
		{"lot with a GTIN", w.JarsPath(), "/trace/" + jars},
		{"trailing slash", w.JarsPath() + "/", "/trace/" + jars},
		{"as people type it", "/01/" + webtest.GTIN + "/10/" + strings.ToLower(jars), "/trace/" + jars},
		{"encoded", "/01/" + webtest.GTIN + "/10/" + fmt.Sprintf("%%%02x", jars[0]) + jars[1:], "/trace/" + jars},
		{"with a variant", "/01/" + webtest.GTIN + "/22/V2/10/" + jars, "/trace/" + jars},
		{"product", "/01/" + webtest.GTIN, "/trace/product/pomelo-tea.jar"},
		{"our own lot", "/lot/" + tea, "/trace/" + tea},
		{"our own product", "/product/pomelo-tea", "/trace/product/pomelo-tea"},
		{"our own product with a GTIN", "/product/pomelo-tea.jar", "/trace/product/pomelo-tea.jar"},
		{"unit", "/unit/" + w.Lots["box"] + "/", "/trace/unit/" + w.Lots["box"]},
		{"item", w.JarsPath() + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"item as people type it", w.JarsPath() + "/21/" + strings.ToLower(serial), "/trace/" + jars + "/" + serial},
		{"item without its lot", "/01/" + webtest.GTIN + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"item of the lot by its key alone", "/lot/" + jars + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"asked for by its name", w.JarsPath() + "?linkType=gs1:defaultLink", "/trace/" + jars + "?linkType=gs1:defaultLink"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.Get(row.path, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language", "fr")
			if a.Status != 307 || a.Header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 307 to %q", a.Status, a.Header.Get("Location"), row.to)
			}
		})
	}
}

func TestResolverLinkType(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	jars := "/trace/" + w.Lots["jars"]
	serial := w.IssueSerial()
	rows := []struct {
		name, path, linkType string
		status               int
		to                   string // without the query
	}{
		{"CURIE", w.JarsPath(), "gs1:traceability", 307, jars},
		{"namespace of before", w.JarsPath(), "https://gs1.org/voc/traceability", 307, jars},
		{"namespace of today", w.JarsPath(), "https://ref.gs1.org/voc/traceability", 307, jars},
		{"namespace as some write it", w.JarsPath(), "http://www.gs1.org/voc/traceability", 307, jars},
		{"of the lot before the product", w.JarsPath(), "gs1:certificationInfo", 307, "https://cert.example/jars.pdf"},
		{"of the product", "/01/" + webtest.GTIN, "gs1:certificationInfo", 307, "https://cert.example/product"},
		{"of the product, asked at the lot", w.JarsPath(), "gs1:pip", 307, "/trace/product/pomelo-tea.jar"},
		{"of the lot, asked at the item", w.JarsPath() + "/21/" + serial, "gs1:certificationInfo", 307, "https://cert.example/jars.pdf"},
		{"of the item", w.JarsPath() + "/21/" + serial, "gs1:recallStatus", 307, jars + "/" + serial},
		{"our own lot", "/lot/" + w.Lots["tea"], "gs1:certificationInfo", 307, "https://cert.example/tea"},
		{"unit", "/unit/" + w.Lots["box"], "gs1:whatsInTheBox", 307, "/trace/unit/" + w.Lots["box"]},
		{"none of this type", w.JarsPath(), "gs1:nosuchlt", 404, ""},
		{"none of this type, our own", "/lot/" + w.Lots["tea"], "gs1:epil", 404, ""},
		{"another vocabulary", w.JarsPath(), "https://schema.org/review", 404, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			query := "?linkType=" + row.linkType
			a := w.Get(row.path + query)
			to := row.to
			if to != "" {
				to += query
			}
			if a.Status != row.status || a.Header.Get("Location") != to {
				t.Errorf("%d to %q, want %d to %q", a.Status, a.Header.Get("Location"), row.status, to)
			}
			if escaped := w.Get(row.path + "?linkType=" + url.QueryEscape(row.linkType)); escaped.Status != row.status {
				t.Errorf("escaped: status %d, want %d", escaped.Status, row.status)
			}
		})
	}
	d := webtest.ParseDocument(t, w.Get(w.JarsPath()+"?linkType=gs1:nosuchlt", "Accept", "text/html").Body)
	d.CheckText("h1", "没有这一类资料")
	if len(d.Select(".links a")) < 5 {
		t.Error("the page does not offer the links there are")
	}
	if a := w.Get(w.JarsPath()+"?linkType=gs1:nosuchlt", "Accept", "application/json"); a.Header.Get("Content-Type") != resolver.ProblemType ||
		!strings.Contains(string(a.Body), `"status":404`) {
		t.Errorf("a program gets %s %s", a.Header.Get("Content-Type"), a.Body)
	}
}

func TestResolverPassesTheQueryOn(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	rows := []struct{ name, query, to string }{
		{"to our page", "?foo=bar&x=%E6%9F%9A&17=271231", "/trace/" + w.Lots["jars"] + "?foo=bar&x=%E6%9F%9A&17=271231"},
		{"to an address with a query of its own", "?linkType=gs1:recipeInfo&lang=zh&foo=bar",
			"https://recipe.example/zh?a=1&linkType=gs1:recipeInfo&lang=zh&foo=bar"},
		{"before a fragment", "?linkType=gs1:recipeInfo&lang=en", "https://recipe.example/en?linkType=gs1:recipeInfo&lang=en#tea"},
		{"no query", "?", "/trace/" + w.Lots["jars"]},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if a := w.Get(w.JarsPath() + row.query); a.Status != 307 || a.Header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 307 to %q", a.Status, a.Header.Get("Location"), row.to)
			}
		})
	}
	if a := w.Get("/lot/" + w.Lots["tea"] +
		"?x=%0d%0aSet-Cookie:a&y=1"); a.Header.Get("Location") != "/trace/"+w.Lots["tea"]+"?x=%0d%0aSet-Cookie:a&y=1" ||
		a.Header.Get("Set-Cookie") != "" {
		t.Errorf("headers %v", a.Header)
	}
}

func TestResolverPreferences(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	w.RegisterLinks("tea", trace.WebLink{LinkType: "gs1:support", Href: "https://help.example/all", Title: "客服"},
		trace.WebLink{LinkType: "gs1:support", Href: "https://help.example/shops", Title: "商家客服", Context: []string{"professional"}})
	jars, tea, product := w.JarsPath(), "/lot/"+w.Lots["tea"], "/01/"+webtest.GTIN
	rows := []struct {
		name, path, query, language, accept string
		status                              int
		to                                  string
	}{
		{"language", jars, "gs1:recipeInfo", "en", "", 307, "https://recipe.example/en"},
		{"language with qualities", jars, "gs1:recipeInfo", "en;q=0.3,zh;q=0.8,fr", "", 307, "https://recipe.example/zh"},
		{"zh-CN is content with zh", jars, "gs1:recipeInfo", "fr,zh-CN;q=0.8,en;q=0.7", "", 307, "https://recipe.example/zh"},
		{"zh-Hans-CN as well", jars, "gs1:recipeInfo", "zh-Hans-CN", "", 307, "https://recipe.example/zh"},
		{"not this one", jars, "gs1:recipeInfo", "*,en;q=0", "", 307, "https://recipe.example/zh"},
		{"lang in the address", jars, "gs1:recipeInfo&lang=en", "zh", "", 307, "https://recipe.example/en"},
		{"neither language", jars, "gs1:recipeInfo", "fr", "", 300, ""},
		{"no language said", jars, "gs1:recipeInfo", "", "", 300, ""},
		{"media type", product, "gs1:instructions", "zh", "application/pdf", 307, "https://howto.example/zh.pdf"},
		{"a browser rather has a page", product, "gs1:instructions", "zh-CN,zh;q=0.9", "text/html,*/*;q=0.8", 307, "https://howto.example/zh"},
		{"language before media type", product, "gs1:instructions", "en", "application/pdf", 307, "https://howto.example/en"},
		{"no media type said", product, "gs1:instructions", "zh", "", 300, ""},
		{"nothing tells them apart", product, "gs1:faqs", "zh", "text/html", 300, ""},
		{"context", tea, "gs1:support&context=professional", "", "", 307, "https://help.example/shops"},
		{"no context", tea, "gs1:support", "", "", 307, "https://help.example/all"},
		{"another context", tea, "gs1:support&context=CN", "", "", 307, "https://help.example/all"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.Get(row.path+"?linkType="+row.query, "Accept-Language", row.language, "Accept", row.accept)
			to, _, _ := strings.Cut(a.Header.Get("Location"), "?")
			if a.Status != row.status || to != row.to {
				t.Errorf("%d to %q, want %d to %q", a.Status, to, row.status, row.to)
			}
		})
	}
}

func TestResolverSeveralFit(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	path := "/01/" + webtest.GTIN + "?linkType=gs1:faqs"
	a := w.Get(path, "Accept", "application/json")
	set := parseLinkset(t, a)
	if len(set) != 1 || set[0].anchor != webtest.PublicURL+"/01/"+webtest.GTIN ||
		!slices.Equal(set[0].listHrefs("faqs"), []string{"https://faq.example/one", "https://faq.example/two"}) || len(set[0].types) != 1 {
		t.Errorf("candidates %s", a.Body)
	}
	a = w.Get(path, "Accept", "text/html")
	d := webtest.ParseDocument(t, a.Body)
	d.CheckText("h1", "符合的不止一个")
	if got := d.Texts(".links a"); a.Status != 300 || !slices.Equal(got, []string{"常见问题", "问答"}) {
		t.Errorf("status %d, candidates %q", a.Status, got)
	}
}

func TestResolverMalformed(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	jars := w.Lots["jars"]
	rows := []struct{ name, path, heading, says string }{
		{"something after it", w.JarsPath() + "/foo", "这个链接写得不对", ""},
		{"check digit", "/01/09521234567898/10/" + jars, "这个码好像输错了", "校验码 9"},
		{"13 digits", "/01/9521234567899/10/" + jars, "这个码好像输错了", "14 位"},
		{"qualifiers in the wrong order", "/01/" + webtest.GTIN + "/21/A1/10/" + jars, "这个码好像输错了", "01/…/22/…/10/…/21/…"},
		{"another key's qualifier", "/00/395212345678900019/10/A1", "这个码好像输错了", ""},
		{"attribute in the path", "/01/" + webtest.GTIN + "/17/271231", "这个码好像输错了", "写在问号后面"},
		{"attribute that is wrong", w.JarsPath() + "?17=991399", "这个码好像输错了", ""},
		{"no value", "/01/", "这个链接写得不对", ""},
		{"unprintable", "/01/" + webtest.GTIN + "/10/%00", "这个码好像输错了", ""},
		{"letter in a GTIN", "/01/0952123456789X", "这个码好像输错了", ""},
		{"our own: a character is wrong", "/lot/" + jars[:11] + "0", "这个码好像输错了", ""},
		{"our own: something after it", "/lot/" + jars + "/foo", "这个链接写得不对", ""},
		{"our own: another qualifier", "/unit/" + w.Lots["box"] + "/21/A1", "这个链接写得不对", ""},
		{"too long", "/01/" + webtest.GTIN + "?x=" + strings.Repeat("a", 4200), "这个链接写得不对", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			status := 400
			if row.name == "too long" {
				status = 414
			}
			a := w.Get(row.path)
			d := webtest.ParseDocument(t, a.Body)
			d.CheckText("h1", row.heading)
			if a.Status != status || !strings.Contains(d.Text(".band"), row.says) || a.Header.Get("X-Robots-Tag") == "" {
				t.Errorf("status %d, %q, want %d and %q", a.Status, d.Text(".band"), status, row.says)
			}
			a = w.Get(row.path, "Accept", "application/json")
			var p problem.Problem
			if err := json.Unmarshal(a.Body, &p); err != nil || a.Status != status || p.Status != status || p.Code == "" || p.Detail == "" ||
				a.Header.Get("Content-Type") != resolver.ProblemType {
				t.Errorf("a program gets %d %s, %v", a.Status, a.Body, err)
			}
			if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Vary") != "Accept, Accept-Language" {
				t.Errorf("headers %v", a.Header)
			}
		})
	}
}

// Every key that can begin a Digital Link is read; a well-formed unknown key is 404.
func TestResolverKnowsAllKeys(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	values := map[string]string{"00": "395212345678900019", "01": webtest.OtherGTIN, "253": "9521234567899", "255": "9521234567899",
		"401": "9521234A1", "402": "95212345678900015",
		"8003": "09521234567899", "8004": "9521234A1", "8006": webtest.OtherGTIN + "0102", "8010": "9521234A1", "8013": "",
		"8017": "952123456789000010", "8018": "952123456789000010"}
	for _, ai := range digitallink.PrimaryKeys() {
		value, special := values[ai]
		if !special {
			value = "9521234567899"
		}
		a := w.Get("/" + ai + "/" + value)
		want := 404
		if _, err := digitallink.ParsePath("/"+ai+"/"+value, ""); err != nil {
			want = 400
		}
		if a.Status != want {
			t.Errorf("/%s/%s: status %d, want %d", ai, value, a.Status, want)
		}
	}
}

func TestResolverKeepsSerialsOutOfCaches(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	item := w.JarsPath() + "/21/" + w.IssueSerial()
	rows := []struct{ query, lot, item string }{ // a 307 that says nothing about caching is kept by no cache
		{"", "", "no-store"}, {"?linkType=gs1:traceability", "", "no-store"}, {"?linkType=linkset", "no-cache", "no-store"},
		{"?linkType=gs1:faqs&lang=zh", "no-cache", "no-store"}, {"?linkType=gs1:nosuch", "no-cache", "no-store"},
	}
	for _, row := range rows {
		for path, want := range map[string]string{w.JarsPath(): row.lot, item: row.item} {
			for _, accept := range []string{"text/html", "application/json"} {
				if a := w.Get(path+row.query, "Accept", accept); a.Header.Get("Cache-Control") != want {
					t.Errorf("%s%s as %s: %d with Cache-Control %q, want %q", path, row.query, accept, a.Status, a.Header.Get("Cache-Control"), want)
				}
			}
		}
	}
}

func TestResolverToleratesJunk(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	for _, accept := range []string{"undefined", "*", "", ";;,q=", "text/html;q=2", strings.Repeat("a/b,", 500), "null"} {
		for _, language := range []string{"undefined", "*;q=x", "-"} {
			if a := w.Get(w.JarsPath(), "Accept", accept, "Accept-Language", language, "Origin", "://"); a.Status != 307 {
				t.Errorf("Accept %.20q, Accept-Language %q: status %d", accept, language, a.Status)
			}
			if a := w.Get(w.JarsPath()+"?linkType=linkset", "Accept", accept, "Accept-Language", language); a.Status != 200 ||
				a.Header.Get("Content-Type") != resolver.LinksetType {
				t.Errorf("link set with Accept %.20q: %d %s", accept, a.Status, a.Header.Get("Content-Type"))
			}
		}
	}
}

// One hop, on the host people came to: WeChat stops chains of redirects, and those across domains.
func TestResolverOneHopOnOneHost(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	serial := w.IssueSerial()
	for _, path := range []string{w.JarsPath(), "/lot/" + w.Lots["tea"], "/unit/" + w.Lots["box"], "/01/" + webtest.GTIN,
		"/product/pomelo-tea", w.JarsPath() + "/21/" + serial} {
		a := w.Get(webtest.PublicURL + path)
		to, ours := strings.CutPrefix(a.Header.Get("Location"), webtest.PublicURL)
		if !ours {
			t.Errorf("%s on the public host leads to %q", path, a.Header.Get("Location"))
			continue
		}
		if page := w.Get(to); page.Status >= 300 && page.Status < 400 {
			t.Errorf("%s: a second hop to %q", path, page.Header.Get("Location"))
		}
		if a := w.Get("https://127.0.0.1:8080" + path); a.Header.Get("Location") != to {
			t.Errorf("%s on another host leads to %q, want %q", path, a.Header.Get("Location"), to)
		}
		if d := webtest.ParseDocument(t, w.Get(to).Body); a.Status == 307 {
			for _, n := range d.Select("a[href]") {
				if h := webtest.AttributeOf(n, "href"); strings.HasPrefix(h, "/lot/") || strings.HasPrefix(h, "/01/") ||
					strings.HasPrefix(h, "/unit/") {
					t.Errorf("%s links to %s by a detour", to, h)
				}
			}
		}
	}
}
