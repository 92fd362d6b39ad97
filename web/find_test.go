package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// TestFindItem: the form takes what stands below the code of an item, and what a browser or chat program makes of its address.
func TestFindItem(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	serial := w.serial()
	page := "/trace/" + w.lots["jars"] + "/" + serial
	for name, code := range map[string]string{
		"as printed": serial, "in groups": trace.GroupKey(serial), "small": strings.ToLower(serial), "O for 0": strings.ReplaceAll(serial, "0", "O"),
		"a Chinese keyboard's": wide(strings.ToLower(serial)), "address": publicURL + w.jarsPath() + "/21/" + serial,
		"address of the page": publicURL + page + "?lang=en#lot", "with words around": "看看 " + publicURL + "/lot/" + w.lots["jars"] + "/21/" + serial + "/ 是真的吗",
	} {
		if a := w.get("/find?code=" + url.QueryEscape(code)); a.status != http.StatusSeeOther || a.header.Get("Location") != page {
			t.Errorf("%s: %d to %q, want 303 to %q", name, a.status, a.header.Get("Location"), page)
		}
	}
	if a := w.get("/find?lang=en&code=" + serial); a.header.Get("Location") != page+"?lang=en" {
		t.Errorf("the language is not kept: %q", a.header.Get("Location"))
	}
	for name, code := range map[string]string{"a guess": "0AAAAAAAAAAA", "a guess at an address": publicURL + w.jarsPath() + "/21/ZZZZZZZZZZZZ", "an item of an unknown lot": publicURL + "/lot/" + trace.NewKey() + "/21/" + serial,
		"an item of another lot": publicURL + "/lot/" + w.lots["tea"] + "/21/" + serial} {
		a := w.get("/find?code=" + url.QueryEscape(code))
		if parse(t, a.body).is("h1", "没有发行过这个序列号"); a.status != http.StatusNotFound || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %s", name, a.status, a.header.Get("Cache-Control"))
		}
	}
	// What may be a lot, mistyped, is not called false.
	lot := []byte(w.lots["tea"])
	lot[11] = map[bool]byte{true: '3', false: '4'}[lot[11] == '4']
	parse(t, w.get("/find?code="+string(lot)).body).is("h1", "这个码好像输错了")
}

// TestNoKey: the first segment of an identifier's path alone names nothing.
func TestNoKey(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	for path, want := range map[string]int{"/lot": 400, "/lot/": 400, "/unit": 400, "/product": 404, "/product/": 404, "/01": 400} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			if a := w.ask(method, path); a.status != want {
				t.Errorf("%s %s: %d, want %d", method, path, a.status, want)
			}
		}
	}
}

// TestLinkThatLooksOwn: an address on the public host with two slashes is not cut to a path, which would lead to another host.
func TestLinkThatLooksOwn(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	const href = publicURL + "//evil.example/x"
	w.links("tea", link("gs1:faqs", href, "溯源页", "text/html", "zh"))
	code := "/lot/" + w.lots["tea"]
	if a := w.get(code + "?linkType=gs1:faqs"); a.header.Get("Location") != href+"?linkType=gs1:faqs" {
		t.Errorf("leads to %q", a.header.Get("Location"))
	}
	a := w.get(code+"?linkType=linkset", "Accept", "text/html")
	for _, n := range parse(t, a.body).all("a") {
		if strings.HasPrefix(attr(n, "href"), "//") {
			t.Errorf("a link to %q", attr(n, "href"))
		}
	}
}
