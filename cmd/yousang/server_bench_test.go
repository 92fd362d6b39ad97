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

// openDemoLedger opens a ledger with the demo's season.
func openDemoLedger(b *testing.B) *app.App {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	clock := demo.NewClock()
	a, err := app.Open(context.Background(), s, app.Options{Namespace: demoNamespace, Now: clock.Now, NoLineage: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(a.Close)
	if err := demo.FillLedger(b.Context(), a, clock, nil); err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkServer is what one request costs in the whole server, without the wire.
func BenchmarkServer(b *testing.B) {
	a := openDemoLedger(b)
	rows, _, err := a.Ledger.Lots(trace.LotQuery{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	locales, err := locale.New()
	if err != nil {
		b.Fatal(err)
	}
	running := newService(&process{log: slog.New(slog.DiscardHandler), locales: locales}, a.Store, "http://127.0.0.1:8080", scan.Options{})
	running.app.Store(a)
	bare := fiber.New(fiber.Config{Immutable: true})
	bare.Get("/lot/:key", func(c *fiber.Ctx) error { return c.Redirect("/trace/"+c.Params("key"), fiber.StatusTemporaryRedirect) })
	for _, row := range []struct {
		name, path string
		app        *fiber.App
	}{
		{"bare redirect", "/lot/" + rows[0].Key, bare},
		{"redirect", "/lot/" + rows[0].Key, running.server.App},
		{"page", "/trace/" + rows[0].Key, running.server.App},
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
