package consumer_test

import (
	"fmt"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/webtest"
)

// What counting costs a page: the same page, kept, without a counter and with one; and an item's page, which is made each time.
func BenchmarkCountedPage(b *testing.B) {
	s := newShelf(b)
	plain := fiber.New(fiber.Config{Immutable: true})
	if err := web.Register(plain, web.Deps{App: func() *app.App { return s.App }, PublicURL: webtest.PublicURL}); err != nil {
		b.Fatal(err)
	}
	for _, row := range []struct {
		name, path string
		app        *fiber.App
	}{
		{"lot, not counted", s.LotPath("jars"), plain},
		{"lot, counted", s.LotPath("jars"), s.Server},
		{"item, counted", s.pathOfItem(1), s.Server},
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
			if counted := s.scans.Stats().Counted > before; counted != (row.app == s.Server) {
				b.Fatalf("counted: %v", counted)
			}
		})
	}
}
