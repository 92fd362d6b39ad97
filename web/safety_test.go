package web

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

func both(t *testing.T) *world {
	w := newWorld(t).pomelo().silk()
	w.status("recall", "请联系张三 13912345678", true, "fruitB")
	w.links("jars", link("gs1:recallStatus", "https://recall.example/notice?a=1&b=2", "召回公告 <1>", "text/html", "zh"), link("gs1:recipeInfo", "https://recipe.example/", "菜谱", "", "zh"))
	w.master(trace.KindLinks, trace.LinkSet{ID: w.r.ID("product", "pomelo-tea.jar"), Links: []trace.WebLink{link("gs1:faqs", "https://faq.example/", "问答", "application/pdf")}})
	w.status("hold", "异味", true, "dry")
	return w
}

// Nothing personal, and nothing of a trade that is not behind the lot.
func TestNothingPersonal(t *testing.T) {
	w := both(t)
	for name, body := range w.every() {
		for _, secret := range []string{grower, plotName, "Zhang", "护国二号", "Plot Huguo", "中元桑园", "Mulberry plot", "13812345678", "13912345678", "李四", "<no value>", "ZgotmplZ"} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
	if body := w.get(w.lotPath("jars")).body; bytes.Contains(body, []byte("万州水果批发行")) {
		t.Error("the page of the jars tells who else bought fruit")
	}
}

func TestNothingFromElsewhere(t *testing.T) {
	for name, body := range both(t).every() {
		d := parse(t, body)
		for _, tag := range []string{"script", "iframe", "img", "object", "embed", "form[method=post]"} {
			d.none(tag)
		}
		for n := range d.root.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: attribute %s", name, a.Key)
				}
				if a.Key == "src" || a.Key == "srcset" || n.Data == "link" && a.Key == "href" && attr(n, "rel") != "canonical" && !strings.HasPrefix(a.Val, "data:") {
					t.Errorf("%s loads %s", name, a.Val)
				}
				if a.Key == "href" && n.Data == "a" {
					u, err := url.Parse(a.Val)
					registered := err == nil && u.Scheme == "https" && attr(n, "rel") == "noopener nofollow" && slices.ContainsFunc(d.all(".links a"), func(l *html.Node) bool { return l == n })
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
	w := newWorld(t).pomelo()
	for _, path := range []string{w.lotPath("jars"), "/", "/lot/ABC"} {
		a := w.get(path)
		d := parse(t, a.body)
		style := d.all("style")
		if len(style) != 1 {
			t.Fatalf("%s has %d styles", path, len(style))
		}
		sum := sha256.Sum256([]byte(style[0].FirstChild.Data))
		want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, want) || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q has no %q", path, csp, want)
		}
	}
}

func TestSize(t *testing.T) {
	for name, body := range both(t).every() {
		if len(body) > 40<<10 {
			t.Errorf("%s: %d bytes", name, len(body))
		}
	}
}

// Every page is balanced, names no id twice, and has its headings in order and its landmarks.
func TestWellFormed(t *testing.T) {
	for name, body := range both(t).every() {
		if err := webtest.CheckBalanced(body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		d := parse(t, body)
		ids := map[string]bool{}
		level := 0
		for n := range d.root.Descendants() {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %s twice", name, id)
				}
				ids[id] = true
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				h := int(n.Data[1] - '0')
				calls := level == 0 && h == 2 && len(d.all(".urgent")) > 0 // whom to call comes before the name
				if h > level+1 && !calls {
					t.Errorf("%s: h%d after h%d", name, h, level)
				}
				level = h
			}
		}
		for _, n := range d.all("[aria-labelledby]") {
			if !ids[attr(n, "aria-labelledby")] {
				t.Errorf("%s: label %q is missing", name, attr(n, "aria-labelledby"))
			}
		}
		for _, one := range []string{"h1", "header", "main", "footer", "head title"} {
			if len(d.all(one)) != 1 {
				t.Errorf("%s: %d × %s", name, len(d.all(one)), one)
			}
		}
		if ids := regexp.MustCompile(`page\.[a-z_]+\.?[a-z_]*`).FindString(said(d.all("body")[0])); ids != "" {
			t.Errorf("%s: sentence %s is missing", name, ids)
		}
	}
}
