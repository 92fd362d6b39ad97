package web

import (
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// A compressed Digital Link leads where the uncompressed one does, and names it.
func TestResolverUncompresses(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	const page = "/trace/product/pomelo-tea.jar"
	rows := []struct{ name, path, to, same string }{
		{"product", "/ARFRq5vFtg", page, "/01/" + gtin},
		{"trailing slash", "/ARFRq5vFtg/", page, "/01/" + gtin},
		{"with an attribute", "/ARFRq5vFti6Eb-", page + "?17=271231", "/01/" + gtin + "?17=271231"},
		{"with a parameter", "/ARFRq5vFt-BlAFw?foo=bar", page + "?l=7&foo=bar", "/01/" + gtin + "?l=7&foo=bar"},
		{"key not compressed", "/01/" + gtin + "/EGYs5P7TU", page + "?lot=LOT-01", "/01/" + gtin + "/10/LOT-01"},
		{"link type", "/ARFRq5vFtg?linkType=gs1:instructions&lang=en", "https://howto.example/en?linkType=gs1:instructions&lang=en", "/01/" + gtin + "?linkType=gs1:instructions&lang=en"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				a := w.ask(method, row.path)
				if a.status != 307 || a.header.Get("Location") != row.to {
					t.Errorf("%s: %d to %q, want 307 to %q", method, a.status, a.header.Get("Location"), row.to)
				}
				if all := strings.Join(a.header.Values("Link"), ", "); !strings.Contains(all, `<`+publicURL+row.same+`>; rel="owl:sameAs"`) || !strings.Contains(all, `rel="linkset"`) {
					t.Errorf("%s: Link is %q", method, all)
				}
			}
		})
	}
	set := linkset(t, w.get("/ARFRq5vFtg?linkType=linkset"))
	if len(set) != 1 || set[0].anchor != publicURL+"/01/"+gtin {
		t.Errorf("%d levels, anchor %q: want the uncompressed one", len(set), set[0].anchor)
	}
	a := w.ask("OPTIONS", "/ARFRq5vFtg")
	if a.status != 204 || a.header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("OPTIONS: %d %v", a.status, a.header)
	}
	if a := w.get("/AQyNo0UVqA"); a.status != 404 || !strings.Contains(a.header.Get("Link"), publicURL+"/01/"+otherGTIN) {
		t.Errorf("an unknown product: %d, Link %q", a.status, a.header.Get("Link"))
	}
	// Neither a word nor a key of ours is taken for one.
	for _, path := range []string{"/about", "/ARFRq5vFtgAA", "/ARFRq5vFth", "/" + trace.NewKey()} {
		if a := w.get(path); a.status != 500 || a.header.Get("Link") != "" { // the error of the app in this test
			t.Errorf("%s: %d, Link %q", path, a.status, a.header.Get("Link"))
		}
	}
}
