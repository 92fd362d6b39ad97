package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/demo"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// BenchmarkServer is what one request costs in the whole server, without the wire.
func BenchmarkServer(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	clock := demo.NewClock()
	r, err := app.Open(context.Background(), s, app.Options{Namespace: demoNamespace, Now: clock.Now, NoLineage: true})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := demo.FillLedger(b.Context(), r, clock, nil); err != nil {
		b.Fatal(err)
	}
	rows, _, err := r.Ledger.Lots(trace.LotQuery{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	words, err := locale.New()
	if err != nil {
		b.Fatal(err)
	}
	h := newService(&process{log: slog.New(slog.DiscardHandler), words: words}, s, "http://127.0.0.1:8080", scan.Options{})
	h.app.Store(r)
	bare := fiber.New(fiber.Config{Immutable: true})
	bare.Get("/lot/:key", func(c *fiber.Ctx) error { return c.Redirect("/trace/"+c.Params("key"), fiber.StatusTemporaryRedirect) })
	for _, row := range []struct {
		name, path string
		app        *fiber.App
	}{
		{"bare redirect", "/lot/" + rows[0].Key, bare},
		{"redirect", "/lot/" + rows[0].Key, h.server.App},
		{"page", "/trace/" + rows[0].Key, h.server.App},
	} {
		b.Run(row.name, func(b *testing.B) {
			handle := row.app.Handler()
			ctx := &fasthttp.RequestCtx{}
			ctx.Request.SetRequestURI(row.path)
			ctx.Request.Header.SetHost("127.0.0.1:8080")
			ctx.Request.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile")
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				handle(ctx)
			}
			if status := ctx.Response.StatusCode(); status >= 400 {
				b.Fatalf("status %d", status)
			}
		})
	}
}
