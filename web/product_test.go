package web

import (
	"net/http"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestProductPage(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	path := "/trace/product/pomelo-tea.jar"
	a := w.get(path)
	d := parse(t, a.body)
	d.is("h1", "蜂蜜柚子茶（罐装）")
	if got, want := d.texts(".what dl div"), []string{"条码编号（GTIN）" + gtin, "产业链柚子", "每件净重0.5 千克"}; a.status != http.StatusOK || !slices.Equal(got, want) {
		t.Errorf("status %d, facts %q, want %q", a.status, got, want)
	}
	if got, want := d.texts(".links li"), []string{"产品认证 cert.example", "冲泡方法 howto.example", "How to make it howto.example", "冲泡方法 howto.example · PDF", "常见问题 faq.example", "问答 faq.example"}; !slices.Equal(got, want) {
		t.Errorf("links %q, want %q", got, want)
	}
	d.none(".band")
	if got := attr(d.all("link[rel=canonical]")[0], "href"); got != publicURL+path {
		t.Errorf("canonical is %q", got)
	}
	if len(d.all("form input[name=code]")) != 1 {
		t.Error("the page does not ask for the lot")
	}
	tag := a.header.Get("ETag")
	if a := w.get(path, "If-None-Match", tag); tag == "" || a.status != http.StatusNotModified {
		t.Errorf("asked again: status %d", a.status)
	}
	w.master(trace.KindLinks, trace.LinkSet{ID: w.r.ID("product", "pomelo-tea.jar"), Links: []trace.WebLink{link("gs1:faqs", "https://faq.example/", "新问答", "text/html")}})
	w.open(path).is(".links li", "新问答 faq.example")
	en := w.open("/trace/product/silk-silk?lang=en")
	en.is("h1", "Raw silk")
	if got := attr(en.all("html")[0], "class"); got != "silk" {
		t.Errorf("theme is %q", got)
	}
	for _, unknown := range []string{"/trace/product/nothing", "/trace/product/%3Cb%3E"} {
		if a := w.get(unknown); a.status != http.StatusNotFound {
			t.Errorf("%s: status %d", unknown, a.status)
		}
	}
}

// What is registered for a lot and its product is on the lot's page, recall notices before what it is.
func TestLinksOnTheLotPage(t *testing.T) {
	w := newWorld(t).pomelo().coded()
	path := w.lotPath("jars")
	d := w.open(path)
	if got := d.texts(".links a"); len(got) != 9 || got[0] != "检测报告" || got[8] != "问答" {
		t.Errorf("links %q", got)
	}
	d.none("#notices")
	w.links("jars", link("gs1:certificationInfo", "https://cert.example/jars.pdf", "检测报告", "application/pdf", "zh"),
		link("gs1:recallStatus", "https://recall.example/7", "第 7 号召回公告", "text/html", "zh-CN"))
	w.status("recall", "残留超标", false, "jars")
	d = w.open(path)
	d.order(".band.recalled", ".urgent .calls", ".urgent #notices", ".urgent .links a", "h1", ".truth")
	d.is(".urgent .links li", "第 7 号召回公告 recall.example")
	notice := d.all(".urgent .links a")[0]
	for name, want := range map[string]string{"href": "https://recall.example/7", "rel": "noopener nofollow", "hreflang": "zh-CN", "lang": "zh-CN"} {
		if got := attr(notice, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	w.links("jars")
	d = w.open(path)
	d.none("#notices")
	if got := len(d.all(".links a")); got != 6 {
		t.Errorf("%d links are left, want the product's 6", got)
	}
}
