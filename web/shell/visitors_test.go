package shell_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"

	"github.com/gofiber/fiber/v2"
	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/shell"
	"github.com/yousang/yousang/web/webtest"
)

// visitor is everything that may tell two requests for one page apart.
type visitor struct{ language, query, accept, cookie, host, forwarded, agent string }

func drawVisitor(t *rapid.T) visitor {
	draw := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	return visitor{
		language:  draw("Accept-Language", "", "zh-CN,zh;q=0.9", "en", "en-GB,en;q=0.8", "de,en;q=0.1", "*"),
		query:     draw("query", "", "?lang=zh", "?lang=en", "?lang=de", "?session=1", "?lang=en&lang=zh"),
		accept:    draw("Accept", "", "text/html", "application/json", "application/linkset+json"),
		cookie:    draw("Cookie", "", "session=alice", "session=bob; lang=en"),
		host:      draw("Host", "", "trace.liangping.example", "other.example"),
		forwarded: draw("forwarded", "", "192.0.2.7", "evil.example"),
		agent:     draw("User-Agent", "", "curl/8", "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36"),
	}
}

// ask sends a visitor's request. The visitor names the host by every header that a proxy may set.
func (v visitor) ask(t testing.TB, server *fiber.App, path string) webtest.Answer {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path+v.query, nil)
	if v.host != "" {
		req.Host = v.host
	}
	for name, value := range map[string]string{"Accept-Language": v.language, "Accept": v.accept, "Cookie": v.cookie, "User-Agent": v.agent,
		"X-Forwarded-For": v.forwarded, "X-Forwarded-Host": v.forwarded, "Forwarded": v.forwarded, "Authorization": v.cookie} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := server.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return webtest.Answer{Status: res.StatusCode, Header: res.Header, Body: body.Bytes()}
}

// TestVisitorsNeverMix: whatever visitors came before, a visitor gets from the site that keeps pages the very answer of a site that keeps
// none.
func TestVisitorsNeverMix(t *testing.T) {
	w := webtest.NewWorld(t, web.Register).MakePomelo().PackPallet()
	keepsNone := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	deps := shell.Deps{App: func() *app.App { return w.App }, PublicURL: webtest.PublicURL, CacheBytes: -1}
	if err := web.Register(keepsNone, deps); err != nil {
		t.Fatal(err)
	}
	paths := []string{w.LotPath("jars"), w.LotPath("tea"), "/trace/unit/" + w.Lots["pallet"], "/trace/product/pomelo-tea.jar",
		"/trace/" + w.Lots["jars"] + "/", "/"}
	rapid.Check(t, func(rt *rapid.T) {
		for range 4 {
			path, v := rapid.SampledFrom(paths).Draw(rt, "path"), drawVisitor(rt)
			got, want := v.ask(t, w.Server, path), v.ask(t, keepsNone, path)
			if got.Status != want.Status || !bytes.Equal(got.Body, want.Body) {
				rt.Fatalf("%s for %+v: the kept page is another visitor's: %d %.80q, want %d %.80q", path, v, got.Status, got.Body, want.Status,
					want.Body)
			}
			for _, name := range []string{"Etag", "Content-Language", "Vary", "Set-Cookie", "Cache-Control", "Content-Security-Policy"} {
				if !slices.Equal(got.Header.Values(name), want.Header.Values(name)) {
					rt.Fatalf("%s for %+v: %s is %q, want %q", path, v, name, got.Header.Values(name), want.Header.Values(name))
				}
			}
		}
	})
}

// TestPageDependsOnItsKeyOnly: the function that makes kept pages is given nothing of a request, a key has a path and a language and
// nothing else, and only Pages can keep a page.
func TestPageDependsOnItsKeyOnly(t *testing.T) {
	render := reflect.TypeFor[shell.RenderFunc[int]]()
	var arguments []string
	for i := range render.NumIn() {
		arguments = append(arguments, render.In(i).String())
	}
	if want := []string{"context.Context", "*app.App", "shell.PageKey", "shell.Language"}; !slices.Equal(arguments, want) {
		t.Errorf("a page is made from %v, want %v", arguments, want)
	}
	var parts []string
	key := reflect.TypeFor[shell.PageKey]()
	for i := range key.NumField() {
		parts = append(parts, fmt.Sprint(key.Field(i).Name, " exported ", key.Field(i).IsExported()))
	}
	if want := []string{"path exported false", "language exported false"}; !slices.Equal(parts, want) {
		t.Errorf("a key has %v, want %v", parts, want)
	}
	pages := reflect.TypeFor[*shell.Pages[int]]()
	var methods []string
	for i := range pages.NumMethod() {
		methods = append(methods, pages.Method(i).Name)
	}
	if want := []string{"Kept", "Page", "Send"}; !slices.Equal(methods, want) {
		t.Errorf("kept pages have the methods %v, want %v: none that takes a page to be kept", methods, want)
	}
}

// TestContextHasNoValues: a value that a handler puts into the context of a request does not reach the page.
func TestContextHasNoValues(t *testing.T) {
	type sessionKey struct{}
	var seen any = "not asked"
	server := fiber.New(fiber.Config{DisableStartupMessage: true})
	site, err := shell.NewSite(server, shell.Deps{App: func() *app.App { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	look, err := shell.PublicLook()
	if err != nil {
		t.Fatal(err)
	}
	w := webtest.NewWorld(t, nil)
	pages := shell.NewPages(site, look, func(ctx context.Context, _ *app.App, _ shell.PageKey, _ shell.Language) (shell.Rendered[int], error) {
		seen = ctx.Value(sessionKey{})
		return shell.Rendered[int]{Body: []byte("x")}, nil
	})
	ctx := context.WithValue(t.Context(), sessionKey{}, "alice")
	if _, err := pages.Page(ctx, w.App, "/trace/x", shell.Language{Printer: site.Words}); err != nil {
		t.Fatal(err)
	}
	if seen != nil {
		t.Errorf("the page sees %v", seen)
	}
}
