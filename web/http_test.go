package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

func TestAddresses(t *testing.T) {
	w := newWorld(t).pomelo()
	tea, jars, box := w.lots["tea"], w.lots["jars"], w.lots["box"]
	wrong := tea[:11] + string("23456789ACDEFGHJKMNPQRTUVWXYZ"[(strings.IndexByte("23456789ACDEFGHJKMNPQRTUVWXYZ", tea[11])+1)%29])
	spaced := url.PathEscape(strings.ToLower(trace.GroupKey(tea)))
	rows := []struct {
		name, path string
		status     int
		says       string // at selector
		selector   string
	}{
		{"lot of the namespace", "/lot/" + tea, 200, "蜂蜜柚子茶", "h1"},
		{"trailing slash", "/lot/" + tea + "/", 200, "蜂蜜柚子茶", "h1"},
		{"lower case and spaces", "/lot/" + spaced, 200, "蜂蜜柚子茶", "h1"},
		{"full-width signs", "/lot/" + url.PathEscape(wide(tea)), 200, "蜂蜜柚子茶", "h1"},
		{"lot with a GTIN", "/01/" + gtin + "/10/" + jars, 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot with a GTIN, slash, lower case", "/01/" + gtin + "/10/" + strings.ToLower(jars) + "/", 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot with a GTIN by its key alone", "/lot/" + jars, 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot under a GTIN that is not its own", "/01/" + gtin + "/10/" + tea, 404, "没有这个批次", "h1"},
		{"lot under a GTIN that nobody has", "/01/" + otherGTIN + "/10/" + tea, 404, "查无此码", "h1"},
		{"GTIN with a wrong check digit", "/01/09521234567898/10/" + jars, 400, "这个码好像输错了", "h1"},
		{"wrong check sign", "/lot/" + wrong, 400, "这个码好像输错了", "h1"},
		{"too short", "/lot/ABC", 400, "这个码好像输错了", "h1"},
		{"unknown lot", "/lot/" + box, 404, "查无此码", "h1"},
		{"page of a lot", "/trace/" + tea, 200, "蜂蜜柚子茶", "h1"},
		{"page of a lot, slash, lower case", "/trace/" + strings.ToLower(tea) + "/", 200, "蜂蜜柚子茶", "h1"},
		{"page of a lot, wrong check sign", "/trace/" + wrong, 404, "这个码好像输错了", "h1"},
		{"page of a lot that nobody has", "/trace/" + box, 404, "查无此码", "h1"},
		{"unit", "/unit/" + box, 200, "里面有什么", "h1"},
		{"unknown unit", "/unit/" + tea, 404, "查无此码", "h1"},
		{"landing page", "/", 200, "看看它从哪里来", "h1"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.follow(http.MethodGet, row.path)
			if a.status != row.status {
				t.Errorf("status %d, want %d", a.status, row.status)
			}
			d := parse(t, a.body)
			if got := d.text(row.selector); got != row.says {
				t.Errorf("says %q, want %q", got, row.says)
			}
			robots := len(d.all("meta[name=robots]")) > 0
			if want := row.status >= 400; robots != want || (a.header.Get("X-Robots-Tag") != "") != want {
				t.Errorf("noindex is %v and %q, want %v", robots, a.header.Get("X-Robots-Tag"), want)
			}
			if row.status >= 400 && (len(d.all("form input[name=code]")) != 1 || len(d.all(".calls a")) == 0 || len(d.all(".means li")) < 3) {
				t.Error("an unknown code offers to type it, to report it, and what it can mean")
			}
			if h := w.follow(http.MethodHead, row.path); h.status != row.status || len(h.body) != 0 {
				t.Errorf("HEAD: status %d with %d bytes", h.status, len(h.body))
			}
		})
	}
}

func TestFind(t *testing.T) {
	w := newWorld(t).pomelo()
	unknown := trace.NewKey()
	rows := []struct {
		name, code, query, to string
	}{
		{"key", w.lots["tea"], "", "/trace/" + w.lots["tea"]},
		{"key as read aloud", strings.ToLower(trace.GroupKey(w.lots["tea"])), "", "/trace/" + w.lots["tea"]},
		{"key of a GTIN lot", w.lots["jars"], "", "/trace/" + w.lots["jars"]},
		{"whole address", publicURL + "/lot/" + w.lots["tea"], "", "/trace/" + w.lots["tea"]},
		{"unit", w.lots["box"], "", "/trace/unit/" + w.lots["box"]},
		{"good but unknown", unknown, "", "/trace/" + unknown},
		{"full-width signs of a Chinese keyboard", wide(w.lots["tea"][:4] + " " + w.lots["tea"][4:8] + "-" + w.lots["tea"][8:]), "", "/trace/" + w.lots["tea"]},
		{"full-width and small", wide(strings.ToLower(w.lots["tea"])), "", "/trace/" + w.lots["tea"]},
		{"other hyphens and spaces", w.lots["tea"][:4] + "—" + w.lots["tea"][4:8] + "\u00a0" + w.lots["tea"][8:] + "\u200b", "", "/trace/" + w.lots["tea"]},
		{"address in full-width signs", wide(publicURL + "/lot/" + w.lots["tea"]), "", "/trace/" + w.lots["tea"]},
		{"address with a language", publicURL + "/lot/" + w.lots["tea"] + "?lang=en#checks", "", "/trace/" + w.lots["tea"]},
		{"address with words around it", "柚桑：" + publicURL + "/01/" + gtin + "/10/" + w.lots["jars"] + "/ 看看", "", "/trace/" + w.lots["jars"]},
		{"address of a unit", publicURL + "/unit/" + w.lots["box"] + "?lang=zh", "", "/trace/unit/" + w.lots["box"]},
		{"keeps the language", w.lots["tea"], "&lang=en", "/trace/" + w.lots["tea"] + "?lang=en"},
		{"nothing", "", "", "/"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.get("/find?code=" + url.QueryEscape(row.code) + row.query)
			if a.status != http.StatusSeeOther || a.header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 303 to %q", a.status, a.header.Get("Location"), row.to)
			}
		})
	}
	for _, code := range []string{"ABCD EFGH", `"><script>alert(1)</script>`, "https://evil.example/x"} {
		a := w.get("/find?code=" + url.QueryEscape(code))
		d := parse(t, a.body)
		d.is("h1", "这个码好像输错了")
		d.none("script")
		if got := attr(d.all("input[name=code]")[0], "value"); a.status != http.StatusNotFound || got != code {
			t.Errorf("%q: status %d, the form keeps %q", code, a.status, got)
		}
	}
}

// Whoever is the first to open a page may write its address in any way: what is kept for the others names only its own.
func TestKeptPageHasItsOwnAddress(t *testing.T) {
	w := newWorld(t).pomelo()
	tea := w.lots["tea"]
	first := w.open("/trace/" + strings.ToLower(tea) + "/")
	second := w.open("/trace/" + tea)
	for _, d := range []doc{first, second} {
		if got, want := attr(d.all("header .other")[0], "href"), "/trace/"+tea+"?lang=en"; got != want {
			t.Errorf("the other language is at %q, want %q", got, want)
		}
	}
}

func TestETagChangesWithWhatThePageSays(t *testing.T) {
	w := newWorld(t).pomelo()
	path := w.lotPath("jars")
	first := w.get(path)
	tag := first.header.Get("ETag")
	if len(tag) < 4 || tag[0] != '"' {
		t.Fatalf("ETag %q is not strong", tag)
	}
	if first.header.Get("Cache-Control") != "no-cache" || !strings.Contains(first.header.Get("Vary"), "Accept-Language") {
		t.Errorf("headers %v", first.header)
	}
	unchanged := func(name string) {
		t.Helper()
		if a := w.get(path, "If-None-Match", `"old", W/`+tag); a.status != http.StatusNotModified || len(a.body) != 0 || a.header.Get("ETag") != tag {
			t.Errorf("%s: status %d, %d bytes, ETag %q; want 304 with %q", name, a.status, len(a.body), a.header.Get("ETag"), tag)
		}
	}
	changed := func(name string) {
		t.Helper()
		a := w.get(path, "If-None-Match", tag)
		if a.status != http.StatusOK || a.header.Get("ETag") == tag {
			t.Errorf("%s: status %d, ETag %q; want a new page", name, a.status, a.header.Get("ETag"))
		}
		tag = a.header.Get("ETag")
	}
	unchanged("asked again")
	w.record(w.as("works"), &app.Loss{Common: app.Common{Time: at(11, 17)}, Lots: []app.Taken{w.some("rot", "")}, Reason: "腐烂"})
	unchanged("a record of a lot that is not behind it")
	if en := w.get(path + "?lang=en"); en.header.Get("ETag") == tag {
		t.Error("the English page has the same ETag")
	}
	w.record(w.as("works"), &app.Observation{Common: app.Common{Time: at(11, 18), Evidence: []app.Attribute{{Name: "复检", Value: "合格"}}},
		Kind: "inspecting", Lots: []string{w.lots["best"]}})

	changed("an inspection of an ancestor")
	w.status("recall", "残留超标", true, "fruitB")
	changed("a recall of an ancestor, with what was made of it")
	w.open(path).is(".band .word", "已召回")
	w.status("unrecall", "", true, "fruitB")
	changed("the recall is lifted")
	w.master(trace.KindOrganisation, trace.Organisation{ID: w.r.ID("org", "park"), Kind: "park", Name: "梁平柚园", Place: w.r.ID("place", "park"), Tier: trace.County})
	changed("an organisation has a new name")
}

func TestLanguages(t *testing.T) {
	w := newWorld(t).pomelo()
	path := w.lotPath("tea")
	rows := []struct{ name, query, accept, lang, link string }{
		{"nothing said", "", "", "zh-CN", "/"},
		{"English browser", "", "en-US,en;q=0.9", "en", "/"},
		{"Chinese with English", "", "zh-TW,en;q=0.5", "zh-CN", "/"},
		{"neither", "", "fr", "zh-CN", "/"},
		{"address wins", "?lang=en", "zh-CN", "en", "/?lang=en"},
		{"address wins, Chinese", "?lang=zh", "en", "zh-CN", "/?lang=zh"},
		{"address says neither", "?lang=xx", "en", "en", "/"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.get(path+row.query, "Accept-Language", row.accept)
			d := parse(t, a.body)
			if got := attr(d.all("html")[0], "lang"); got != row.lang || a.header.Get("Content-Language") != row.lang {
				t.Errorf("lang %q, Content-Language %q, want %q", got, a.header.Get("Content-Language"), row.lang)
			}
			if got := attr(d.all("header .brand")[0], "href"); got != row.link {
				t.Errorf("links go to %q, want %q", got, row.link)
			}
		})
	}
}

func TestSharedLink(t *testing.T) {
	w := newWorld(t).pomelo()
	d := w.open(w.lotPath("jars"))
	want := map[string]string{
		"og:title": "蜂蜜柚子茶（罐装）：正常", "og:url": publicURL + "/trace/" + w.lots["jars"], "og:type": "website", "og:site_name": "柚桑",
		"og:description": "来自四川省苍溪县 47%、合兴街道龙滩村 32%、合兴街道护国村 20%。这一批状态正常，没有暂停，也没有召回。",
	}
	for name, value := range want {
		if got := attr(d.all("meta[property=" + name + "]")[0], "content"); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if got := attr(d.all("link[rel=canonical]")[0], "href"); got != want["og:url"] {
		t.Errorf("canonical is %q", got)
	}
	image := attr(d.all("meta[property=og:image]")[0], "content")
	a := w.get(strings.TrimPrefix(image, publicURL))
	if a.status != 200 || a.header.Get("Content-Type") != "image/png" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || len(a.body) < 500 || len(a.body) > 20<<10 {
		t.Errorf("%s: status %d, %s, %s, %d bytes", image, a.status, a.header.Get("Content-Type"), a.header.Get("Cache-Control"), len(a.body))
	}
	if a := w.get("/favicon.ico"); a.status != 200 || len(a.body) == 0 || len(a.body) > 4<<10 {
		t.Errorf("favicon: status %d, %d bytes", a.status, len(a.body))
	}
}

func TestErrorPage(t *testing.T) {
	rows := []struct {
		name   string
		status int
		err    *trace.Error
		lang   string
		h1     string
	}{
		{"no such page", 404, nil, "zh", "没有这一页"},
		{"busy", 503, trace.E(trace.Unavailable, trace.CodeQueueFull, ""), "en", "Many people are looking just now"},
		{"ours", 500, nil, "en", "Something went wrong"},
		{"refused", 400, trace.E(trace.Invalid, trace.CodeRequired, "code"), "en", "That does not work"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			app := fiber.New()
			app.Get("/x", func(c *fiber.Ctx) error { return ErrorPage(c, row.status, row.err) })
			w := &world{t: t, app: app}
			a := w.get("/x", "Accept-Language", row.lang)
			if a.status != row.status || (row.status == 503) != (a.header.Get("Retry-After") != "") {
				t.Errorf("status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
			d := parse(t, a.body)
			d.is("h1", row.h1)
			if d.text(".hero p") == "" || len(d.all("meta[name=robots]")) == 0 {
				t.Error("no sentence, or may be indexed")
			}
		})
	}
}

func TestStillReadingTheLog(t *testing.T) {
	var seen error
	pages := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error { seen = err; return c.SendStatus(503) }})
	if err := Register(pages, Deps{Recorder: func() *app.App { return nil }}); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, app: pages}
	for _, path := range []string{"/lot/" + trace.NewKey(), "/unit/" + trace.NewKey(), "/find?code=x", "/trace/" + trace.NewKey(), "/trace/unit/" + trace.NewKey(), "/trace/product/x", "/product/x", "/01/" + gtin + "/10/" + trace.NewKey()} {
		seen = nil
		if a := w.get(path); a.status != 503 || seen == nil || !strings.Contains(seen.Error(), string(trace.CodeStoreUnavailable)) {
			t.Errorf("%s: status %d, error %v", path, a.status, seen)
		}
	}
}
