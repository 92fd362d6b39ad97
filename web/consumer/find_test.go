package consumer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// TestFindItem: the form takes what stands below the code of an item, and what a browser or chat program makes of its address.
func TestFindItem(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	serial := w.IssueSerial()
	page := "/trace/" + w.Lots["jars"] + "/" + serial
	for name, code := range map[string]string{
		"as printed": serial, "in groups": trace.GroupKey(serial), "small": strings.ToLower(serial),
		"O for 0":              strings.ReplaceAll(serial, "0", "O"),
		"a Chinese keyboard's": webtest.WidenText(strings.ToLower(serial)), "address": webtest.PublicURL + w.JarsPath() + "/21/" + serial,
		"address of the page": webtest.PublicURL + page + "?lang=en#lot", "with words around": "看看 " + webtest.PublicURL + "/lot/" +
			w.Lots["jars"] + "/21/" + serial + "/ 是真的吗",
	} {
		if a := w.Get("/find?code=" + url.QueryEscape(code)); a.Status != http.StatusSeeOther || a.Header.Get("Location") != page {
			t.Errorf("%s: %d to %q, want 303 to %q", name, a.Status, a.Header.Get("Location"), page)
		}
	}
	if a := w.Get("/find?lang=en&code=" + serial); a.Header.Get("Location") != page+"?lang=en" {
		t.Errorf("the language is not kept: %q", a.Header.Get("Location"))
	}
	for name, code := range map[string]string{"a guess": "0AAAAAAAAAAA", "a guess at an address": webtest.PublicURL + w.JarsPath() +
		"/21/ZZZZZZZZZZZZ", "an item of an unknown lot": webtest.PublicURL + "/lot/" + trace.NewKey() + "/21/" + serial,
		"an item of another lot": webtest.PublicURL + "/lot/" + w.Lots["tea"] + "/21/" + serial} {
		a := w.Get("/find?code=" + url.QueryEscape(code))
		if webtest.ParseDocument(t, a.Body).CheckText("h1", "没有发行过这个序列号"); a.Status != http.StatusNotFound ||
			a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, %s", name, a.Status, a.Header.Get("Cache-Control"))
		}
	}
	// A mistyped code that may be a lot's is not called false.
	lot := []byte(w.Lots["tea"])
	lot[11] = map[bool]byte{true: '3', false: '4'}[lot[11] == '4']
	webtest.ParseDocument(t, w.Get("/find?code="+string(lot)).Body).CheckText("h1", "这个码好像输错了")
}

// TestNoKey: the first segment of an identifier's path alone names nothing.
func TestNoKey(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	for path, want := range map[string]int{"/lot": 400, "/lot/": 400, "/unit": 400, "/product": 404, "/product/": 404, "/01": 400} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			if a := w.Request(method, path); a.Status != want {
				t.Errorf("%s %s: %d, want %d", method, path, a.Status, want)
			}
		}
	}
}

// TestLinkThatLooksOwn: an address on the public host with two slashes is not cut to a path, which would lead to another host.
func TestLinkThatLooksOwn(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	const href = webtest.PublicURL + "//evil.example/x"
	w.RegisterLinks("tea", webtest.NewLink("gs1:faqs", href, "溯源页", "text/html", "zh"))
	code := "/lot/" + w.Lots["tea"]
	if a := w.Get(code + "?linkType=gs1:faqs"); a.Header.Get("Location") != href+"?linkType=gs1:faqs" {
		t.Errorf("leads to %q", a.Header.Get("Location"))
	}
	a := w.Get(code+"?linkType=linkset", "Accept", "text/html")
	for _, n := range webtest.ParseDocument(t, a.Body).Select("a") {
		if strings.HasPrefix(webtest.AttributeOf(n, "href"), "//") {
			t.Errorf("a link to %q", webtest.AttributeOf(n, "href"))
		}
	}
}
