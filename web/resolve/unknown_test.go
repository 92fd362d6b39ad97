package resolve_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// Printers of false labels know genuine GTINs: an unknown lot walks up to its product, but to a page that says first that the lot is
// unknown.
func TestResolverUnknownLotWalksUp(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	for name, lot := range map[string]string{"never made": trace.NewKey(), "not ours": "A1-b%2F%3C7", "mistyped": w.Lots["jars"][:11] + "0",
		"of another product": w.Lots["tea"]} {
		a := w.Get("/01/" + webtest.GTIN + "/10/" + lot + "?foo=bar")
		to := a.Header.Get("Location")
		if a.Status != 307 || !strings.HasPrefix(to, "/trace/product/pomelo-tea.jar?lot=") || !strings.HasSuffix(to, "&foo=bar") {
			t.Errorf("%s: %d to %s", name, a.Status, to)
			continue
		}
		a = w.Get(to)
		d := webtest.ParseDocument(t, a.Body)
		d.CheckText(".band.unknown h1", "没有这个批次")
		d.CheckOrder(".band.unknown", "h2", "form", ".means", ".calls")
		d.CheckAbsent(".band.active")
		if a.Status != 404 || a.Header.Get("X-Robots-Tag") == "" || len(d.Select("link[rel=canonical]")) > 0 {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
	// Sentences about the product itself stay true for an unknown lot.
	if a := w.Get("/01/" + webtest.GTIN + "/10/" + trace.NewKey() +
		"?linkType=gs1:instructions&lang=en"); !strings.HasPrefix(a.Header.Get("Location"), "https://howto.example/en") {
		t.Errorf("%d to %q", a.Status, a.Header.Get("Location"))
	}
	if set := parseLinkset(t, w.Get("/01/"+webtest.GTIN+"/10/"+trace.NewKey()+"?linkType=linkset")); len(set) != 1 ||
		set[0].anchor != webtest.PublicURL+"/01/"+webtest.GTIN {
		t.Errorf("the link set of an unknown lot has %d levels", len(set))
	}
	if a := w.Get("/trace/product/pomelo-tea.jar?lot=" + w.Lots["jars"]); a.Status != http.StatusSeeOther ||
		a.Header.Get("Location") != "/trace/"+w.Lots["jars"] {
		t.Errorf("a lot that there is: %d to %q", a.Status, a.Header.Get("Location"))
	}
}

// An unknown serial number leads to no page of a lot or product, whatever is asked for.
func TestResolverUnknownSerial(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	serial := w.IssueSerial()
	wrong := serial[:11] + string("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", serial[11])+1)%32])
	other := "/lot/" + w.Lots["tea"]
	for name, path := range map[string]string{"wrong check": w.JarsPath() + "/21/" + wrong, "too short": w.JarsPath() + "/21/A1",
		"of another lot":  other + "/21/" + serial,
		"unknown lot":     "/01/" + webtest.GTIN + "/10/" + trace.NewKey() + "/21/" + serial,
		"without a lot":   "/01/" + webtest.GTIN + "/21/" + wrong,
		"of another GTIN": "/01/" + webtest.OtherGTIN + "/21/" + serial, "of a third party": "/01/" + webtest.GTIN + "/235/A1",
		"our own lot": other + "/21/%3Cb%3E", "our own unknown lot": "/lot/" + w.Lots["box"] + "/21/" + serial} {
		for _, query := range []string{"", "?linkType=linkset", "?linkType=gs1:pip"} {
			a := w.Get(path + query)
			d := webtest.ParseDocument(t, a.Body)
			d.CheckText(".band.unknown h1", "没有发行过这个序列号")
			if a.Status != 404 || a.Header.Get("Cache-Control") != "no-store" || strings.Contains(string(a.Body), "蜂蜜柚子茶") ||
				a.Header.Get("Location") != "" {
				t.Errorf("%s%s: status %d, %s", name, query, a.Status, a.Header.Get("Cache-Control"))
			}
		}
	}
}
