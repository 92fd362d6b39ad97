package consumer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/webtest"
)

// addressRow is an address, and the text of its page at a selector.
type addressRow struct {
	name, path string
	status     int
	says       string
	selector   string
}

// checkAddress follows an address to its page, and compares status, sentence, and the instruction for search engines.
func checkAddress(t *testing.T, w *webtest.World, row addressRow) {
	t.Helper()
	a := w.Follow(http.MethodGet, row.path)
	if a.Status != row.status {
		t.Errorf("status %d, want %d", a.Status, row.status)
	}
	d := webtest.ParseDocument(t, a.Body)
	if got := d.Text(row.selector); got != row.says {
		t.Errorf("says %q, want %q", got, row.says)
	}
	robots := len(d.Select("meta[name=robots]")) > 0
	if want := row.status >= 400; robots != want || (a.Header.Get("X-Robots-Tag") != "") != want {
		t.Errorf("noindex is %v and %q, want %v", robots, a.Header.Get("X-Robots-Tag"), want)
	}
	if row.status >= 400 && (len(d.Select("form input[name=code]")) != 1 || len(d.Select(".calls a")) == 0 ||
		len(d.Select(".means li")) < 3) {
		t.Error("an unknown code offers to type it, to report it, and what it can mean")
	}
	if h := w.Follow(http.MethodHead, row.path); h.Status != row.status || len(h.Body) != 0 {
		t.Errorf("HEAD: status %d with %d bytes", h.Status, len(h.Body))
	}
}

func TestAddresses(t *testing.T) {
	w := newWorld(t).MakePomelo()
	tea, jars, box := w.Lots["tea"], w.Lots["jars"], w.Lots["box"]
	wrong := tea[:11] + string("23456789ACDEFGHJKMNPQRTUVWXYZ"[(strings.IndexByte("23456789ACDEFGHJKMNPQRTUVWXYZ", tea[11])+1)%29])
	spaced := url.PathEscape(strings.ToLower(trace.GroupKey(tea)))
	rows := []addressRow{
		{"lot of the namespace", "/lot/" + tea, 200, "蜂蜜柚子茶", "h1"},
		{"trailing slash", "/lot/" + tea + "/", 200, "蜂蜜柚子茶", "h1"},
		{"lower case and spaces", "/lot/" + spaced, 200, "蜂蜜柚子茶", "h1"},
		{"full-width characters", "/lot/" + url.PathEscape(webtest.WidenText(tea)), 200, "蜂蜜柚子茶", "h1"},
		{"lot with a GTIN", "/01/" + webtest.GTIN + "/10/" + jars, 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot with a GTIN, slash, lower case", "/01/" + webtest.GTIN + "/10/" + strings.ToLower(jars) + "/", 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot with a GTIN by its key alone", "/lot/" + jars, 200, "蜂蜜柚子茶（罐装）", "h1"},
		{"lot under a GTIN that is not its own", "/01/" + webtest.GTIN + "/10/" + tea, 404, "没有这个批次", "h1"},
		{"lot under a GTIN that nobody has", "/01/" + webtest.OtherGTIN + "/10/" + tea, 404, "查无此码", "h1"},
		{"GTIN with a wrong check digit", "/01/09521234567898/10/" + jars, 400, "这个码好像输错了", "h1"},
		{"wrong check character", "/lot/" + wrong, 400, "这个码好像输错了", "h1"},
		{"too short", "/lot/ABC", 400, "这个码好像输错了", "h1"},
		{"unknown lot", "/lot/" + box, 404, "查无此码", "h1"},
		{"page of a lot", "/trace/" + tea, 200, "蜂蜜柚子茶", "h1"},
		{"page of a lot, slash, lower case", "/trace/" + strings.ToLower(tea) + "/", 200, "蜂蜜柚子茶", "h1"},
		{"page of a lot, wrong check character", "/trace/" + wrong, 404, "这个码好像输错了", "h1"},
		{"page of a lot that nobody has", "/trace/" + box, 404, "查无此码", "h1"},
		{"unit", "/unit/" + box, 200, "里面有什么", "h1"},
		{"unknown unit", "/unit/" + tea, 404, "查无此码", "h1"},
		{"landing page", "/", 200, "看看它从哪里来", "h1"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			checkAddress(t, w, row)
		})
	}
}

func TestFind(t *testing.T) {
	w := newWorld(t).MakePomelo()
	unknown := trace.NewKey()
	rows := []struct {
		name, code, query, to string
	}{
		{"key", w.Lots["tea"], "", "/trace/" + w.Lots["tea"]},
		{"key as read aloud", strings.ToLower(trace.GroupKey(w.Lots["tea"])), "", "/trace/" + w.Lots["tea"]},
		{"key of a GTIN lot", w.Lots["jars"], "", "/trace/" + w.Lots["jars"]},
		{"whole address", webtest.PublicURL + "/lot/" + w.Lots["tea"], "", "/trace/" + w.Lots["tea"]},
		{"unit", w.Lots["box"], "", "/trace/unit/" + w.Lots["box"]},
		{"good but unknown", unknown, "", "/trace/" + unknown},
		{"full-width characters of a Chinese keyboard",
			webtest.WidenText(w.Lots["tea"][:4] + " " + w.Lots["tea"][4:8] + "-" + w.Lots["tea"][8:]), "", "/trace/" + w.Lots["tea"]},
		{"full-width and small", webtest.WidenText(strings.ToLower(w.Lots["tea"])), "", "/trace/" + w.Lots["tea"]},
		{"other hyphens and spaces", w.Lots["tea"][:4] + "—" + w.Lots["tea"][4:8] + "\u00a0" + w.Lots["tea"][8:] + "\u200b", "",
			"/trace/" + w.Lots["tea"]},
		{"address in full-width characters", webtest.WidenText(webtest.PublicURL + "/lot/" + w.Lots["tea"]), "", "/trace/" + w.Lots["tea"]},
		{"address with a language", webtest.PublicURL + "/lot/" + w.Lots["tea"] + "?lang=en#checks", "", "/trace/" + w.Lots["tea"]},
		{"address with words around it", "柚桑：" + webtest.PublicURL + "/01/" + webtest.GTIN + "/10/" + w.Lots["jars"] + "/ 看看", "",
			"/trace/" + w.Lots["jars"]},
		{"address of a unit", webtest.PublicURL + "/unit/" + w.Lots["box"] + "?lang=zh", "", "/trace/unit/" + w.Lots["box"]},
		{"keeps the language", w.Lots["tea"], "&lang=en", "/trace/" + w.Lots["tea"] + "?lang=en"},
		{"nothing", "", "", "/"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := w.Get("/find?code=" + url.QueryEscape(row.code) + row.query)
			if a.Status != http.StatusSeeOther || a.Header.Get("Location") != row.to {
				t.Errorf("%d to %q, want 303 to %q", a.Status, a.Header.Get("Location"), row.to)
			}
		})
	}
	for _, code := range []string{"ABCD EFGH", `"><script>alert(1)</script>`, "https://evil.example/x"} {
		a := w.Get("/find?code=" + url.QueryEscape(code))
		d := webtest.ParseDocument(t, a.Body)
		d.CheckText("h1", "这个码好像输错了")
		d.CheckAbsent("script")
		if got := webtest.AttributeOf(d.Select("input[name=code]")[0], "value"); a.Status != http.StatusNotFound || got != code {
			t.Errorf("%q: status %d, the form keeps %q", code, a.Status, got)
		}
	}
}

// The first reader of a page may write its address in any way: the page that is kept for the others names only its own address.
func TestKeptPageHasItsOwnAddress(t *testing.T) {
	w := newWorld(t).MakePomelo()
	tea := w.Lots["tea"]
	first := w.Open("/trace/" + strings.ToLower(tea) + "/")
	second := w.Open("/trace/" + tea)
	for _, d := range []webtest.Document{first, second} {
		if got, want := webtest.AttributeOf(d.Select("header .other")[0], "href"), "/trace/"+tea+"?lang=en"; got != want {
			t.Errorf("the other language is at %q, want %q", got, want)
		}
	}
}

func TestETagChangesWithWhatThePageSays(t *testing.T) {
	w := newWorld(t).MakePomelo()
	path := w.LotPath("jars")
	first := w.Get(path)
	tag := first.Header.Get("ETag")
	if len(tag) < 4 || tag[0] != '"' {
		t.Fatalf("ETag %q is not strong", tag)
	}
	if first.Header.Get("Cache-Control") != "no-cache" || !strings.Contains(first.Header.Get("Vary"), "Accept-Language") {
		t.Errorf("headers %v", first.Header)
	}
	unchanged := func(name string) {
		t.Helper()
		if a := w.Get(path, "If-None-Match", `"old", W/`+tag); a.Status != http.StatusNotModified || len(a.Body) != 0 ||
			a.Header.Get("ETag") != tag {
			t.Errorf("%s: status %d, %d bytes, ETag %q; want 304 with %q", name, a.Status, len(a.Body), a.Header.Get("ETag"), tag)
		}
	}
	changed := func(name string) {
		t.Helper()
		a := w.Get(path, "If-None-Match", tag)
		if a.Status != http.StatusOK || a.Header.Get("ETag") == tag {
			t.Errorf("%s: status %d, ETag %q; want a new page", name, a.Status, a.Header.Get("ETag"))
		}
		tag = a.Header.Get("ETag")
	}
	unchanged("asked again")
	w.Record(w.ActorOf("works"), &app.Loss{Common: app.Common{Time: webtest.DayOf(11, 17)}, Lots: []app.Taken{w.Take("rot", "")},
		Reason: "腐烂"})
	unchanged("a record of a lot that is not behind it")
	if en := w.Get(path + "?lang=en"); en.Header.Get("ETag") == tag {
		t.Error("the English page has the same ETag")
	}
	w.Record(w.ActorOf("works"), &app.Observation{Common: app.Common{Time: webtest.DayOf(11, 18),
		Evidence: []app.Attribute{{Name: "复检", Value: "合格"}}},
		Kind: "inspecting", Lots: []string{w.Lots["best"]}})

	changed("an inspection of an ancestor")
	w.SetStatus("recall", "残留超标", true, "fruitB")
	changed("a recall of an ancestor, with what was made of it")
	w.Open(path).CheckText(".band .word", "已召回")
	w.SetStatus("unrecall", "", true, "fruitB")
	changed("the recall is lifted")
	w.RecordMaster(trace.KindOrganisation, trace.Organisation{ID: w.App.CompleteID("org", "park"), Kind: "park", Name: "梁平柚园",
		Place: w.App.CompleteID("place", "park"), Tier: trace.County})
	changed("an organisation has a new name")
}

func TestLanguages(t *testing.T) {
	w := newWorld(t).MakePomelo()
	path := w.LotPath("tea")
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
			a := w.Get(path+row.query, "Accept-Language", row.accept)
			d := webtest.ParseDocument(t, a.Body)
			if got := webtest.AttributeOf(d.Select("html")[0], "lang"); got != row.lang || a.Header.Get("Content-Language") != row.lang {
				t.Errorf("lang %q, Content-Language %q, want %q", got, a.Header.Get("Content-Language"), row.lang)
			}
			if got := webtest.AttributeOf(d.Select("header .brand")[0], "href"); got != row.link {
				t.Errorf("links go to %q, want %q", got, row.link)
			}
		})
	}
}

func TestSharedLink(t *testing.T) {
	w := newWorld(t).MakePomelo()
	d := w.Open(w.LotPath("jars"))
	want := map[string]string{
		"og:title": "蜂蜜柚子茶（罐装）：正常", "og:url": webtest.PublicURL + "/trace/" + w.Lots["jars"], "og:type": "website", "og:site_name": "柚桑",
		"og:description": "来自四川省苍溪县 47%、合兴街道龙滩村 32%、合兴街道护国村 20%。这一批状态正常，没有暂停，也没有召回。",
	}
	for name, value := range want {
		if got := webtest.AttributeOf(d.Select("meta[property=" + name + "]")[0], "content"); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if got := webtest.AttributeOf(d.Select("link[rel=canonical]")[0], "href"); got != want["og:url"] {
		t.Errorf("canonical is %q", got)
	}
	image := webtest.AttributeOf(d.Select("meta[property=og:image]")[0], "content")
	a := w.Get(strings.TrimPrefix(image, webtest.PublicURL))
	if a.Status != 200 || a.Header.Get("Content-Type") != "image/png" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") ||
		len(a.Body) < 500 || len(a.Body) > 20<<10 {
		t.Errorf("%s: status %d, %s, %s, %d bytes", image, a.Status, a.Header.Get("Content-Type"), a.Header.Get("Cache-Control"), len(a.Body))
	}
	if a := w.Get("/favicon.ico"); a.Status != 200 || len(a.Body) == 0 || len(a.Body) > 4<<10 {
		t.Errorf("favicon: status %d, %d bytes", a.Status, len(a.Body))
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
			app.Get("/x", func(c *fiber.Ctx) error { return web.ErrorPage(c, row.status, row.err) })
			w := &webtest.World{T: t, Server: app}
			a := w.Get("/x", "Accept-Language", row.lang)
			if a.Status != row.status || (row.status == 503) != (a.Header.Get("Retry-After") != "") {
				t.Errorf("status %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
			}
			d := webtest.ParseDocument(t, a.Body)
			d.CheckText("h1", row.h1)
			if d.Text(".hero p") == "" || len(d.Select("meta[name=robots]")) == 0 {
				t.Error("no sentence, or may be indexed")
			}
		})
	}
}

func TestStillReadingTheLog(t *testing.T) {
	var seen error
	pages := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error { seen = err; return c.SendStatus(503) }})
	if err := web.Register(pages, web.Deps{App: func() *app.App { return nil }}); err != nil {
		t.Fatal(err)
	}
	w := &webtest.World{T: t, Server: pages}
	for _, path := range []string{"/lot/" + trace.NewKey(), "/unit/" + trace.NewKey(), "/find?code=x", "/trace/" + trace.NewKey(),
		"/trace/unit/" + trace.NewKey(), "/trace/product/x", "/product/x", "/01/" + webtest.GTIN + "/10/" + trace.NewKey()} {
		seen = nil
		if a := w.Get(path); a.Status != 503 || seen == nil || !strings.Contains(seen.Error(), string(trace.CodeStoreUnavailable)) {
			t.Errorf("%s: status %d, error %v", path, a.Status, seen)
		}
	}
}
