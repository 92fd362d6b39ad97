package web

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The way from a printed code to its page, without the network: bare Fiber's 307, and ours for each kind of code.
func BenchmarkRedirect(b *testing.B) {
	w := newWorld(b).pomelo()
	serial := w.serial()
	bare := fiber.New(fiber.Config{Immutable: true})
	bare.Get("/lot/:key", func(c *fiber.Ctx) error {
		return c.Redirect("/trace/"+c.Params("key"), fiber.StatusTemporaryRedirect)
	})
	rows := []struct {
		name, path string
		app        *fiber.App
	}{
		{"bare", "/lot/" + w.lots["tea"], bare},
		{"lot", "/lot/" + w.lots["tea"], w.app},
		{"GTIN lot", w.jarsPath(), w.app},
		{"GTIN lot with a query", w.jarsPath() + "?17=271231&utm=x", w.app},
		{"product", "/01/" + gtin, w.app},
		{"item", w.jarsPath() + "/21/" + serial, w.app},
		{"link type", w.jarsPath() + "?linkType=gs1:pip", w.app},
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
