package consumer_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

func TestProductPage(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	path := "/trace/product/pomelo-tea.jar"
	a := w.Get(path)
	d := webtest.ParseDocument(t, a.Body)
	d.CheckText("h1", "蜂蜜柚子茶（罐装）")
	if got, want := d.Texts(".what dl div"), []string{"条码编号（GTIN）" + webtest.GTIN, "产业链柚子", "每件净重0.5 千克"}; a.Status != http.StatusOK ||
		!slices.Equal(got, want) {
		t.Errorf("status %d, facts %q, want %q", a.Status, got, want)
	}
	if got, want := d.Texts(".links li"), []string{"产品认证 cert.example", "冲泡方法 howto.example", "How to make it howto.example",
		"冲泡方法 howto.example · PDF", "常见问题 faq.example", "问答 faq.example"}; !slices.Equal(got, want) {
		t.Errorf("links %q, want %q", got, want)
	}
	d.CheckAbsent(".band")
	if got := webtest.AttributeOf(d.Select("link[rel=canonical]")[0], "href"); got != webtest.PublicURL+path {
		t.Errorf("canonical is %q", got)
	}
	if len(d.Select("form input[name=code]")) != 1 {
		t.Error("the page does not ask for the lot")
	}
	tag := a.Header.Get("ETag")
	if a := w.Get(path, "If-None-Match", tag); tag == "" || a.Status != http.StatusNotModified {
		t.Errorf("asked again: status %d", a.Status)
	}
	w.RecordMaster(trace.KindLinks, trace.LinkSet{ID: w.App.CompleteID("product", "pomelo-tea.jar"),
		Links: []trace.WebLink{webtest.NewLink("gs1:faqs", "https://faq.example/", "新问答", "text/html")}})
	w.Open(path).CheckText(".links li", "新问答 faq.example")
	en := w.Open("/trace/product/silk-silk?lang=en")
	en.CheckText("h1", "Raw silk")
	if got := webtest.AttributeOf(en.Select("html")[0], "class"); got != "silk" {
		t.Errorf("theme is %q", got)
	}
	for _, unknown := range []string{"/trace/product/nothing", "/trace/product/%3Cb%3E"} {
		if a := w.Get(unknown); a.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", unknown, a.Status)
		}
	}
}

// Links that are registered for a lot and its product are on the lot's page, recall notices before descriptions.
func TestLinksOnTheLotPage(t *testing.T) {
	w := newWorld(t).MakePomelo().AddLinksAndNotices()
	path := w.LotPath("jars")
	d := w.Open(path)
	if got := d.Texts(".links a"); len(got) != 9 || got[0] != "检测报告" || got[8] != "问答" {
		t.Errorf("links %q", got)
	}
	d.CheckAbsent("#notices")
	w.RegisterLinks("jars", webtest.NewLink("gs1:certificationInfo", "https://cert.example/jars.pdf", "检测报告", "application/pdf", "zh"),
		webtest.NewLink("gs1:recallStatus", "https://recall.example/7", "第 7 号召回公告", "text/html", "zh-CN"))
	w.SetStatus("recall", "残留超标", false, "jars")
	d = w.Open(path)
	d.CheckOrder(".band.recalled", ".urgent .calls", ".urgent #notices", ".urgent .links a", "h1", ".truth")
	d.CheckText(".urgent .links li", "第 7 号召回公告 recall.example")
	notice := d.Select(".urgent .links a")[0]
	for name, want := range map[string]string{"href": "https://recall.example/7", "rel": "noopener nofollow", "hreflang": "zh-CN",
		"lang": "zh-CN"} {
		if got := webtest.AttributeOf(notice, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	w.RegisterLinks("jars")
	d = w.Open(path)
	d.CheckAbsent("#notices")
	if got := len(d.Select(".links a")); got != 6 {
		t.Errorf("%d links are left, want the product's 6", got)
	}
}
