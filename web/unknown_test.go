package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// Whoever prints false labels knows genuine GTINs: an unknown lot walks up to its product, but to a page that says what it is first.
func TestResolverUnknownLotWalksUp(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	for name, lot := range map[string]string{"never made": trace.NewKey(), "not ours": "A1-b%2F%3C7", "mistyped": w.lots["jars"][:11] + "0", "of another product": w.lots["tea"]} {
		a := w.get("/01/" + gtin + "/10/" + lot + "?foo=bar")
		to := a.header.Get("Location")
		if a.status != 307 || !strings.HasPrefix(to, "/trace/product/pomelo-tea.jar?lot=") || !strings.HasSuffix(to, "&foo=bar") {
			t.Errorf("%s: %d to %s", name, a.status, to)
			continue
		}
		a = w.get(to)
		d := parse(t, a.body)
		d.is(".band.unknown h1", "没有这个批次")
		d.order(".band.unknown", "h2", "form", ".means", ".calls")
		d.none(".band.active")
		if a.status != 404 || a.header.Get("X-Robots-Tag") == "" || len(d.all("link[rel=canonical]")) > 0 {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
	// What is said of the product itself stays true for it.
	if a := w.get("/01/" + gtin + "/10/" + trace.NewKey() + "?linkType=gs1:instructions&lang=en"); !strings.HasPrefix(a.header.Get("Location"), "https://howto.example/en") {
		t.Errorf("%d to %q", a.status, a.header.Get("Location"))
	}
	if set := linkset(t, w.get("/01/"+gtin+"/10/"+trace.NewKey()+"?linkType=linkset")); len(set) != 1 || set[0].anchor != publicURL+"/01/"+gtin {
		t.Errorf("the link set of an unknown lot has %d levels", len(set))
	}
	if a := w.get("/trace/product/pomelo-tea.jar?lot=" + w.lots["jars"]); a.status != http.StatusSeeOther || a.header.Get("Location") != "/trace/"+w.lots["jars"] {
		t.Errorf("a lot that there is: %d to %q", a.status, a.header.Get("Location"))
	}
}

// An unknown serial number leads to no page of a lot or product, whatever is asked for.
func TestResolverUnknownSerial(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	serial := w.serial()
	wrong := serial[:11] + string("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", serial[11])+1)%32])
	other := "/lot/" + w.lots["tea"]
	for name, path := range map[string]string{"wrong check": w.jarsPath() + "/21/" + wrong, "too short": w.jarsPath() + "/21/A1", "of another lot": other + "/21/" + serial,
		"unknown lot": "/01/" + gtin + "/10/" + trace.NewKey() + "/21/" + serial, "without a lot": "/01/" + gtin + "/21/" + wrong,
		"of another GTIN": "/01/" + otherGTIN + "/21/" + serial, "of a third party": "/01/" + gtin + "/235/A1", "our own lot": other + "/21/%3Cb%3E", "our own unknown lot": "/lot/" + w.lots["box"] + "/21/" + serial} {
		for _, query := range []string{"", "?linkType=linkset", "?linkType=gs1:pip"} {
			a := w.get(path + query)
			d := parse(t, a.body)
			d.is(".band.unknown h1", "没有发行过这个序列号")
			if a.status != 404 || a.header.Get("Cache-Control") != "no-store" || strings.Contains(string(a.body), "蜂蜜柚子茶") || a.header.Get("Location") != "" {
				t.Errorf("%s%s: status %d, %s", name, query, a.status, a.header.Get("Cache-Control"))
			}
		}
	}
}
