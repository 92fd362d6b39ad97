package resolve_test

import (
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// A compressed Digital Link leads where the uncompressed one does, and names it.
func TestResolverUncompresses(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	const page = "/trace/product/pomelo-tea.jar"
	rows := []struct{ name, path, to, same string }{
		{"product", "/ARFRq5vFtg", page, "/01/" + webtest.GTIN},
		{"trailing slash", "/ARFRq5vFtg/", page, "/01/" + webtest.GTIN},
		{"with an attribute", "/ARFRq5vFti6Eb-", page + "?17=271231", "/01/" + webtest.GTIN + "?17=271231"},
		{"with a parameter", "/ARFRq5vFt-BlAFw?foo=bar", page + "?l=7&foo=bar", "/01/" + webtest.GTIN + "?l=7&foo=bar"},
		{"key not compressed", "/01/" + webtest.GTIN + "/EGYs5P7TU", page + "?lot=LOT-01", "/01/" + webtest.GTIN + "/10/LOT-01"},
		{"link type", "/ARFRq5vFtg?linkType=gs1:instructions&lang=en", "https://howto.example/en?linkType=gs1:instructions&lang=en",
			"/01/" + webtest.GTIN + "?linkType=gs1:instructions&lang=en"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				a := w.Request(method, row.path)
				if a.Status != 307 || a.Header.Get("Location") != row.to {
					t.Errorf("%s: %d to %q, want 307 to %q", method, a.Status, a.Header.Get("Location"), row.to)
				}
				if all := strings.Join(a.Header.Values("Link"), ", "); !strings.Contains(all, `<`+webtest.PublicURL+row.same+`>; rel="owl:sameAs"`) ||
					!strings.Contains(all, `rel="linkset"`) {
					t.Errorf("%s: Link is %q", method, all)
				}
			}
		})
	}
	set := parseLinkset(t, w.Get("/ARFRq5vFtg?linkType=linkset"))
	if len(set) != 1 || set[0].anchor != webtest.PublicURL+"/01/"+webtest.GTIN {
		t.Errorf("%d levels, anchor %q: want the uncompressed one", len(set), set[0].anchor)
	}
	a := w.Request("OPTIONS", "/ARFRq5vFtg")
	if a.Status != 204 || a.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("OPTIONS: %d %v", a.Status, a.Header)
	}
	if a := w.Get("/AQyNo0UVqA"); a.Status != 404 || !strings.Contains(a.Header.Get("Link"), webtest.PublicURL+"/01/"+webtest.OtherGTIN) {
		t.Errorf("an unknown product: %d, Link %q", a.Status, a.Header.Get("Link"))
	}
	// Neither a word nor a key of ours is taken for one.
	for _, path := range []string{"/about", "/ARFRq5vFtgAA", "/ARFRq5vFth", "/" + trace.NewKey()} {
		if a := w.Get(path); a.Status != 500 || a.Header.Get("Link") != "" { // the error of the app in this test
			t.Errorf("%s: %d, Link %q", path, a.Status, a.Header.Get("Link"))
		}
	}
}
