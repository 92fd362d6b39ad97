package consumer_test

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/webtest"
)

// The handler without the network: bare Fiber sending the same bytes, a kept page, an unchanged one, and one that is made each time.
func BenchmarkLotPage(b *testing.B) {
	w := newWorld(b).MakePomelo()
	path := w.LotPath("jars")
	first := w.Get(path)
	bare := fiber.New(fiber.Config{Immutable: true})
	bare.Get("/trace/:key", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return c.Send(first.Body)
	})
	uncached := fiber.New(fiber.Config{Immutable: true})
	if err := web.Register(uncached, web.Deps{App: func() *app.App { return w.App }, PublicURL: webtest.PublicURL,
		CacheBytes: -1}); err != nil {
		b.Fatal(err)
	}
	rows := []struct {
		name, path, tag string
		app             *fiber.App
		status          int
	}{
		{"bare", "/trace/x", "", bare, 200},
		{"kept", path, "", w.Server, 200},
		{"unchanged", path, first.Header.Get("ETag"), w.Server, 304},
		{"made", path, "", uncached, 200},
	}
	for _, row := range rows {
		b.Run(row.name, func(b *testing.B) {
			handle := row.app.Handler()
			ctx := &fasthttp.RequestCtx{}
			ctx.Request.SetRequestURI(row.path)
			ctx.Request.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
			ctx.Request.Header.Set("If-None-Match", row.tag)
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				handle(ctx)
			}
			if ctx.Response.StatusCode() != row.status {
				b.Fatalf("status %d", ctx.Response.StatusCode())
			}
		})
	}
}
