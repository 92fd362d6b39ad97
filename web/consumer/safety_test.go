package consumer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

func newFullWorld(t *testing.T) *webtest.World {
	w := newWorld(t).MakePomelo().MakeSilk()
	w.SetStatus("recall", "请联系张三 13912345678", true, "fruitB")
	w.RegisterLinks("jars", webtest.NewLink("gs1:recallStatus", "https://recall.example/notice?a=1&b=2", "召回公告 <1>", "text/html", "zh"),
		webtest.NewLink("gs1:recipeInfo", "https://recipe.example/", "菜谱", "", "zh"))
	w.RecordMaster(trace.KindLinks, trace.LinkSet{ID: w.App.CompleteID("product", "pomelo-tea.jar"),
		Links: []trace.WebLink{webtest.NewLink("gs1:faqs", "https://faq.example/", "问答", "application/pdf")}})
	w.SetStatus("hold", "异味", true, "dry")
	return w
}

// Nothing personal, and nothing of a trade that is not behind the lot.
func TestNothingPersonal(t *testing.T) {
	w := newFullWorld(t)
	for name, body := range w.GetEveryPage() {
		for _, secret := range []string{webtest.Grower, webtest.PlotName, "Zhang", "护国二号", "Plot Huguo", "中元桑园", "Mulberry plot", "13812345678",
			"13912345678", "李四", "<no value>", "ZgotmplZ"} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
	if body := w.Get(w.LotPath("jars")).Body; bytes.Contains(body, []byte("万州水果批发行")) {
		t.Error("the page of the jars tells who else bought fruit")
	}
}

func TestNothingFromElsewhere(t *testing.T) {
	for name, body := range newFullWorld(t).GetEveryPage() {
		d := webtest.ParseDocument(t, body)
		for _, tag := range []string{"script", "iframe", "img", "object", "embed", "form[method=post]"} {
			d.CheckAbsent(tag)
		}
		for n := range d.Root.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: attribute %s", name, a.Key)
				}
				if a.Key == "src" || a.Key == "srcset" || n.Data == "link" && a.Key == "href" && webtest.AttributeOf(n, "rel") != "canonical" &&
					!strings.HasPrefix(a.Val, "data:") {
					t.Errorf("%s loads %s", name, a.Val)
				}
				if a.Key == "href" && n.Data == "a" {
					u, err := url.Parse(a.Val)
					registered := err == nil && u.Scheme == "https" && webtest.AttributeOf(n, "rel") == "noopener nofollow" &&
						slices.ContainsFunc(d.Select(".links a"), func(l *html.Node) bool { return l == n })
					if err != nil || !registered && (u.Host != "" || u.Scheme != "" && u.Scheme != "tel") {
						t.Errorf("%s links to %s", name, a.Val)
					}
				}
			}
		}
		if css := string(body); strings.Contains(css, "url(") || strings.Contains(css, "@import") {
			t.Errorf("%s: the style loads something", name)
		}
	}
}

func TestPolicyFitsTheStyle(t *testing.T) {
	w := newWorld(t).MakePomelo()
	for _, path := range []string{w.LotPath("jars"), "/", "/lot/ABC"} {
		a := w.Get(path)
		d := webtest.ParseDocument(t, a.Body)
		style := d.Select("style")
		if len(style) != 1 {
			t.Fatalf("%s has %d styles", path, len(style))
		}
		sum := sha256.Sum256([]byte(style[0].FirstChild.Data))
		want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, want) || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q has no %q", path, csp, want)
		}
	}
}

func TestSize(t *testing.T) {
	for name, body := range newFullWorld(t).GetEveryPage() {
		if len(body) > 40<<10 {
			t.Errorf("%s: %d bytes", name, len(body))
		}
	}
}

// Every page is balanced, names no id twice, and has its headings in order and its landmarks.
func TestWellFormed(t *testing.T) {
	for name, body := range newFullWorld(t).GetEveryPage() {
		if err := webtest.CheckBalanced(body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d := webtest.ParseDocument(t, body)
		ids := map[string]bool{}
		level := 0
		for n := range d.Root.Descendants() {
			if id := webtest.AttributeOf(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %s twice", name, id)
				}
				ids[id] = true
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				h := int(n.Data[1] - '0')
				calls := level == 0 && h == 2 && len(d.Select(".urgent")) > 0 // whom to call comes before the name
				if h > level+1 && !calls {
					t.Errorf("%s: h%d after h%d", name, h, level)
				}
				level = h
			}
		}
		for _, n := range d.Select("[aria-labelledby]") {
			if !ids[webtest.AttributeOf(n, "aria-labelledby")] {
				t.Errorf("%s: label %q is missing", name, webtest.AttributeOf(n, "aria-labelledby"))
			}
		}
		for _, one := range []string{"h1", "header", "main", "footer", "head title"} {
			if len(d.Select(one)) != 1 {
				t.Errorf("%s: %d × %s", name, len(d.Select(one)), one)
			}
		}
		if ids := regexp.MustCompile(`page\.[a-z_]+\.?[a-z_]*`).FindString(webtest.TextOf(d.Select("body")[0])); ids != "" {
			t.Errorf("%s: sentence %s is missing", name, ids)
		}
	}
}
