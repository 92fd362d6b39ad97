package web

import (
	"fmt"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/internal/app"
)

// What counting costs a page: the same page, kept, without a counter and with one; and an item's page, which is made each time.
func BenchmarkCountedPage(b *testing.B) {
	s := newShelf(b)
	plain := fiber.New(fiber.Config{Immutable: true})
	if err := Register(plain, Deps{Recorder: func() *app.App { return s.r }, PublicURL: publicURL}); err != nil {
		b.Fatal(err)
	}
	for _, row := range []struct {
		name, path string
		app        *fiber.App
	}{
		{"lot, not counted", s.lotPath("jars"), plain},
		{"lot, counted", s.lotPath("jars"), s.app},
		{"item, counted", s.path(1), s.app},
	} {
		b.Run(row.name, func(b *testing.B) {
			handle := row.app.Handler()
			ctx := &fasthttp.RequestCtx{}
			ctx.Request.SetRequestURI(row.path)
			ctx.Request.Header.SetUserAgent(phone)
			ctx.Request.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
			ctx.Request.Header.Set("X-Forwarded-For", liangping)
			before := s.scans.Stats().Counted
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				handle(ctx)
			}
			if ctx.Response.StatusCode() != fiber.StatusOK {
				b.Fatal(fmt.Errorf("status %d", ctx.Response.StatusCode()))
			}
			if counted := s.scans.Stats().Counted > before; counted != (row.app == s.app) {
				b.Fatalf("counted: %v", counted)
			}
		})
	}
}
