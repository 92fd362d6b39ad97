package web

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
)

// The lines of GS1's resolver standard, one test each, over HTTP. linkset_test.go has those about the link set itself.

func TestResolverMethodsAndCORS(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	for _, path := range []string{w.jarsPath(), "/lot/" + w.lots["tea"], "/unit/" + w.lots["box"], "/product/pomelo-tea", "/01/" + gtin} {
		for method, status := range map[string]int{"GET": 307, "HEAD": 307, "OPTIONS": 204} {
			for _, origin := range []string{"https://shop.example", "null", "junk, junk", ""} {
				a := w.ask(method, path, "Origin", origin, "Access-Control-Request-Method", "GET")
				if a.status != status {
					t.Errorf("%s %s: status %d, want %d", method, path, a.status, status)
				}
				for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
					"Access-Control-Expose-Headers": "Link, Location", "Vary": "Accept, Accept-Language"} {
					if got := a.header.Get(name); got != want {
						t.Errorf("%s %s from %q: %s is %q, want %q", method, path, origin, name, got, want)
					}
				}
				if len(a.body) > 0 {
					t.Errorf("%s %s: a body of %d bytes", method, path, len(a.body))
				}
			}
		}
	}
}

func TestResolverDefaultLink(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	tea, jars, serial := w.lots["tea"], w.lots["jars"], w.serial()
	rows := []struct{ name, path, to string }{
		{"lot with a GTIN", w.jarsPath(), "/trace/" + jars},
		{"trailing slash", w.jarsPath() + "/", "/trace/" + jars},
		{"as people type it", "/01/" + gtin + "/10/" + strings.ToLower(jars), "/trace/" + jars},
		{"encoded", "/01/" + gtin + "/10/" + fmt.Sprintf("%%%02x", jars[0]) + jars[1:], "/trace/" + jars},
		{"with a variant", "/01/" + gtin + "/22/V2/10/" + jars, "/trace/" + jars},
		{"product", "/01/" + gtin, "/trace/product/pomelo-tea.jar"},
		{"our own lot", "/lot/" + tea, "/trace/" + tea},
		{"our own product", "/product/pomelo-tea", "/trace/product/pomelo-tea"},
		{"our own product with a GTIN", "/product/pomelo-tea.jar", "/trace/product/pomelo-tea.jar"},
		{"unit", "/unit/" + w.lots["box"] + "/", "/trace/unit/" + w.lots["box"]},
		{"item", w.jarsPath() + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"item as people type it", w.jarsPath() + "/21/" + strings.ToLower(serial), "/trace/" + jars + "/" + serial},
		{"item without its lot", "/01/" + gtin + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"item of the lot by its key alone", "/lot/" + jars + "/21/" + serial, "/trace/" + jars + "/" + serial},
		{"asked for by its name", w.jarsPath() + "?linkType=gs1:defaultLink", "/trace/" + jars + "?linkType=gs1:defaultLink"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.get(row.path, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language", "fr")
			if a.status != 307 || a.header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 307 to %q", a.status, a.header.Get("Location"), row.to)
			}
		})
	}
}

func TestResolverLinkType(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	jars := "/trace/" + w.lots["jars"]
	serial := w.serial()
	rows := []struct {
		name, path, linkType string
		status               int
		to                   string // without the query
	}{
		{"CURIE", w.jarsPath(), "gs1:traceability", 307, jars},
		{"namespace of before", w.jarsPath(), "https://gs1.org/voc/traceability", 307, jars},
		{"namespace of today", w.jarsPath(), "https://ref.gs1.org/voc/traceability", 307, jars},
		{"namespace as some write it", w.jarsPath(), "http://www.gs1.org/voc/traceability", 307, jars},
		{"of the lot before the product", w.jarsPath(), "gs1:certificationInfo", 307, "https://cert.example/jars.pdf"},
		{"of the product", "/01/" + gtin, "gs1:certificationInfo", 307, "https://cert.example/product"},
		{"of the product, asked at the lot", w.jarsPath(), "gs1:pip", 307, "/trace/product/pomelo-tea.jar"},
		{"of the lot, asked at the item", w.jarsPath() + "/21/" + serial, "gs1:certificationInfo", 307, "https://cert.example/jars.pdf"},
		{"of the item", w.jarsPath() + "/21/" + serial, "gs1:recallStatus", 307, jars + "/" + serial},
		{"our own lot", "/lot/" + w.lots["tea"], "gs1:certificationInfo", 307, "https://cert.example/tea"},
		{"unit", "/unit/" + w.lots["box"], "gs1:whatsInTheBox", 307, "/trace/unit/" + w.lots["box"]},
		{"none of this type", w.jarsPath(), "gs1:nosuchlt", 404, ""},
		{"none of this type, our own", "/lot/" + w.lots["tea"], "gs1:epil", 404, ""},
		{"another vocabulary", w.jarsPath(), "https://schema.org/review", 404, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			query := "?linkType=" + row.linkType
			a := w.get(row.path + query)
			to := row.to
			if to != "" {
				to += query
			}
			if a.status != row.status || a.header.Get("Location") != to {
				t.Errorf("%d to %q, want %d to %q", a.status, a.header.Get("Location"), row.status, to)
			}
			if escaped := w.get(row.path + "?linkType=" + url.QueryEscape(row.linkType)); escaped.status != row.status {
				t.Errorf("escaped: status %d, want %d", escaped.status, row.status)
			}
		})
	}
	d := parse(t, w.get(w.jarsPath()+"?linkType=gs1:nosuchlt", "Accept", "text/html").body)
	d.is("h1", "没有这一类资料")
	if len(d.all(".links a")) < 5 {
		t.Error("the page does not offer the links there are")
	}
	if a := w.get(w.jarsPath()+"?linkType=gs1:nosuchlt", "Accept", "application/json"); a.header.Get("Content-Type") != resolver.ProblemType || !strings.Contains(string(a.body), `"status":404`) {
		t.Errorf("a program gets %s %s", a.header.Get("Content-Type"), a.body)
	}
}

func TestResolverPassesTheQueryOn(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	rows := []struct{ name, query, to string }{
		{"to our page", "?foo=bar&x=%E6%9F%9A&17=271231", "/trace/" + w.lots["jars"] + "?foo=bar&x=%E6%9F%9A&17=271231"},
		{"to an address with a query of its own", "?linkType=gs1:recipeInfo&lang=zh&foo=bar", "https://recipe.example/zh?a=1&linkType=gs1:recipeInfo&lang=zh&foo=bar"},
		{"before a fragment", "?linkType=gs1:recipeInfo&lang=en", "https://recipe.example/en?linkType=gs1:recipeInfo&lang=en#tea"},
		{"no query", "?", "/trace/" + w.lots["jars"]},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if a := w.get(w.jarsPath() + row.query); a.status != 307 || a.header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 307 to %q", a.status, a.header.Get("Location"), row.to)
			}
		})
	}
	if a := w.get("/lot/" + w.lots["tea"] + "?x=%0d%0aSet-Cookie:a&y=1"); a.header.Get("Location") != "/trace/"+w.lots["tea"]+"?x=%0d%0aSet-Cookie:a&y=1" || a.header.Get("Set-Cookie") != "" {
		t.Errorf("headers %v", a.header)
	}
}

func TestResolverPreferences(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	w.links("tea", trace.WebLink{LinkType: "gs1:support", Href: "https://help.example/all", Title: "客服"},
		trace.WebLink{LinkType: "gs1:support", Href: "https://help.example/shops", Title: "商家客服", Context: []string{"professional"}})
	jars, tea, product := w.jarsPath(), "/lot/"+w.lots["tea"], "/01/"+gtin
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
			a := w.get(row.path+"?linkType="+row.query, "Accept-Language", row.language, "Accept", row.accept)
			to, _, _ := strings.Cut(a.header.Get("Location"), "?")
			if a.status != row.status || to != row.to {
				t.Errorf("%d to %q, want %d to %q", a.status, to, row.status, row.to)
			}
		})
	}
}

func TestResolverSeveralFit(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	path := "/01/" + gtin + "?linkType=gs1:faqs"
	a := w.get(path, "Accept", "application/json")
	set := linkset(t, a)
	if len(set) != 1 || set[0].anchor != publicURL+"/01/"+gtin || !slices.Equal(set[0].hrefs("faqs"), []string{"https://faq.example/one", "https://faq.example/two"}) || len(set[0].types) != 1 {
		t.Errorf("candidates %s", a.body)
	}
	a = w.get(path, "Accept", "text/html")
	d := parse(t, a.body)
	d.is("h1", "符合的不止一个")
	if got := d.texts(".links a"); a.status != 300 || !slices.Equal(got, []string{"常见问题", "问答"}) {
		t.Errorf("status %d, candidates %q", a.status, got)
	}
}

func TestResolverMalformed(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	jars := w.lots["jars"]
	rows := []struct{ name, path, heading, says string }{
		{"something after it", w.jarsPath() + "/foo", "这个链接写得不对", ""},
		{"check digit", "/01/09521234567898/10/" + jars, "这个码好像输错了", "校验码 9"},
		{"13 digits", "/01/9521234567899/10/" + jars, "这个码好像输错了", "14 位"},
		{"qualifiers in the wrong order", "/01/" + gtin + "/21/A1/10/" + jars, "这个码好像输错了", "01/…/22/…/10/…/21/…"},
		{"another key's qualifier", "/00/395212345678900019/10/A1", "这个码好像输错了", ""},
		{"attribute in the path", "/01/" + gtin + "/17/271231", "这个码好像输错了", "写在问号后面"},
		{"attribute that is wrong", w.jarsPath() + "?17=991399", "这个码好像输错了", ""},
		{"no value", "/01/", "这个链接写得不对", ""},
		{"unprintable", "/01/" + gtin + "/10/%00", "这个码好像输错了", ""},
		{"letter in a GTIN", "/01/0952123456789X", "这个码好像输错了", ""},
		{"our own: a sign is wrong", "/lot/" + jars[:11] + "0", "这个码好像输错了", ""},
		{"our own: something after it", "/lot/" + jars + "/foo", "这个链接写得不对", ""},
		{"our own: another qualifier", "/unit/" + w.lots["box"] + "/21/A1", "这个链接写得不对", ""},
		{"too long", "/01/" + gtin + "?x=" + strings.Repeat("a", 4200), "这个链接写得不对", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			status := 400
			if row.name == "too long" {
				status = 414
			}
			a := w.get(row.path)
			d := parse(t, a.body)
			d.is("h1", row.heading)
			if a.status != status || !strings.Contains(d.text(".band"), row.says) || a.header.Get("X-Robots-Tag") == "" {
				t.Errorf("status %d, %q, want %d and %q", a.status, d.text(".band"), status, row.says)
			}
			a = w.get(row.path, "Accept", "application/json")
			var p problem.Problem
			if err := json.Unmarshal(a.body, &p); err != nil || a.status != status || p.Status != status || p.Code == "" || p.Detail == "" || a.header.Get("Content-Type") != resolver.ProblemType {
				t.Errorf("a program gets %d %s, %v", a.status, a.body, err)
			}
			if a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Vary") != "Accept, Accept-Language" {
				t.Errorf("headers %v", a.header)
			}
		})
	}
}

// Every key that can begin a Digital Link is read; what is well formed and unknown is 404.
func TestResolverKnowsAllKeys(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	values := map[string]string{"00": "395212345678900019", "01": otherGTIN, "253": "9521234567899", "255": "9521234567899", "401": "9521234A1", "402": "95212345678900015",
		"8003": "09521234567899", "8004": "9521234A1", "8006": otherGTIN + "0102", "8010": "9521234A1", "8013": "", "8017": "952123456789000010", "8018": "952123456789000010"}
	for _, ai := range digitallink.PrimaryKeys() {
		value, special := values[ai]
		if !special {
			value = "9521234567899"
		}
		a := w.get("/" + ai + "/" + value)
		want := 404
		if _, err := digitallink.ParsePath("/"+ai+"/"+value, ""); err != nil {
			want = 400
		}
		if a.status != want {
			t.Errorf("/%s/%s: status %d, want %d", ai, value, a.status, want)
		}
	}
}

func TestResolverKeepsSerialsOutOfCaches(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	item := w.jarsPath() + "/21/" + w.serial()
	rows := []struct{ query, lot, item string }{ // a 307 that says nothing is kept by nobody
		{"", "", "no-store"}, {"?linkType=gs1:traceability", "", "no-store"}, {"?linkType=linkset", "no-cache", "no-store"},
		{"?linkType=gs1:faqs&lang=zh", "no-cache", "no-store"}, {"?linkType=gs1:nosuch", "no-cache", "no-store"},
	}
	for _, row := range rows {
		for path, want := range map[string]string{w.jarsPath(): row.lot, item: row.item} {
			for _, accept := range []string{"text/html", "application/json"} {
				if a := w.get(path+row.query, "Accept", accept); a.header.Get("Cache-Control") != want {
					t.Errorf("%s%s as %s: %d with Cache-Control %q, want %q", path, row.query, accept, a.status, a.header.Get("Cache-Control"), want)
				}
			}
		}
	}
}

func TestResolverToleratesJunk(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	for _, accept := range []string{"undefined", "*", "", ";;,q=", "text/html;q=2", strings.Repeat("a/b,", 500), "null"} {
		for _, language := range []string{"undefined", "*;q=x", "-"} {
			if a := w.get(w.jarsPath(), "Accept", accept, "Accept-Language", language, "Origin", "://"); a.status != 307 {
				t.Errorf("Accept %.20q, Accept-Language %q: status %d", accept, language, a.status)
			}
			if a := w.get(w.jarsPath()+"?linkType=linkset", "Accept", accept, "Accept-Language", language); a.status != 200 || a.header.Get("Content-Type") != resolver.LinksetType {
				t.Errorf("link set with Accept %.20q: %d %s", accept, a.status, a.header.Get("Content-Type"))
			}
		}
	}
}

// One hop, on the host people came to: WeChat stops chains of redirects, and those across domains.
func TestResolverOneHopOnOneHost(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	serial := w.serial()
	for _, path := range []string{w.jarsPath(), "/lot/" + w.lots["tea"], "/unit/" + w.lots["box"], "/01/" + gtin, "/product/pomelo-tea", w.jarsPath() + "/21/" + serial} {
		a := w.get(publicURL + path)
		to, ours := strings.CutPrefix(a.header.Get("Location"), publicURL)
		if !ours {
			t.Errorf("%s on the public host leads to %q", path, a.header.Get("Location"))
			continue
		}
		if page := w.get(to); page.status >= 300 && page.status < 400 {
			t.Errorf("%s: a second hop to %q", path, page.header.Get("Location"))
		}
		if a := w.get("https://127.0.0.1:8080" + path); a.header.Get("Location") != to {
			t.Errorf("%s on another host leads to %q, want %q", path, a.header.Get("Location"), to)
		}
		if d := parse(t, w.get(to).body); a.status == 307 {
			for _, n := range d.all("a[href]") {
				if h := attr(n, "href"); strings.HasPrefix(h, "/lot/") || strings.HasPrefix(h, "/01/") || strings.HasPrefix(h, "/unit/") {
					t.Errorf("%s links to %s by a detour", to, h)
				}
			}
		}
	}
}
