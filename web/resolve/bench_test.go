package resolve_test

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/web/webtest"
)

// The way from a printed code to its page, without the network: bare Fiber's 307, and ours for each kind of code.
func BenchmarkRedirect(b *testing.B) {
	w := newWorld(b).MakePomelo()
	serial := w.IssueSerial()
	bare := fiber.New(fiber.Config{Immutable: true})
	bare.Get("/lot/:key", func(c *fiber.Ctx) error {
		return c.Redirect("/trace/"+c.Params("key"), fiber.StatusTemporaryRedirect)
	})
	rows := []struct {
		name, path string
		app        *fiber.App
	}{
		{"bare", "/lot/" + w.Lots["tea"], bare},
		{"lot", "/lot/" + w.Lots["tea"], w.Server},
		{"GTIN lot", w.JarsPath(), w.Server},
		{"GTIN lot with a query", w.JarsPath() + "?17=271231&utm=x", w.Server},
		{"product", "/01/" + webtest.GTIN, w.Server},
		{"item", w.JarsPath() + "/21/" + serial, w.Server},
		{"link type", w.JarsPath() + "?linkType=gs1:pip", w.Server},
	}
	for _, row := range rows {
		b.Run(row.name, func(b *testing.B) {
			handle := row.app.Handler()
			ctx := &fasthttp.RequestCtx{}
			ctx.Request.SetRequestURI(row.path)
			ctx.Request.Header.SetHost("trace.liangping.example")
			ctx.Request.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
			ctx.Request.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				handle(ctx)
			}
			if ctx.Response.StatusCode() != fiber.StatusTemporaryRedirect {
				b.Fatalf("status %d", ctx.Response.StatusCode())
			}
		})
	}
}
