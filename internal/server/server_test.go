package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// startedServer is a server over a store of its own whose log is not read yet.
type startedServer struct {
	*server.Server
	t     *testing.T
	store *sqlite.Store
	rec   atomic.Pointer[app.App]
	token string
	log   bytes.Buffer
}

func startServer(t *testing.T, change func(*server.Options)) *startedServer {
	t.Helper()
	s := &startedServer{t: t}
	var err error
	if s.store, err = sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	say, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	ring := keys.New(s.store)
	if s.token, _, err = ring.CreateKey(context.Background(), "https://ledger.example/org/park", trace.Admin, "test"); err != nil {
		t.Fatal(err)
	}
	o := server.Options{Deps: api.Deps{App: s.rec.Load, Locale: say, PublicURL: "https://yousang.example",
		Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}}
	if change != nil {
		change(&o)
	}
	s.Server = server.New(o)
	return s
}

// openLedger reads the log.
func (s *startedServer) openLedger() {
	s.t.Helper()
	r, err := app.Open(context.Background(), s.store, app.Options{Namespace: "https://ledger.example", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	s.rec.Store(r)
}

type httpAnswer struct {
	status int
	header http.Header
	body   string
}

func sendRequest(t *testing.T, app *fiber.App, method, path string, headers ...string) httpAnswer {
	t.Helper()
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return httpAnswer{res.StatusCode, res.Header, string(b)}
}

// TestStart: alive at once, ready when the log is read, and no longer when the store fails.
func TestStart(t *testing.T) {
	s := startServer(t, nil)
	if r := sendRequest(t, s.App, "GET", "/livez"); r.status != 200 || r.body != "ok\n" {
		t.Errorf("alive: %+v", r)
	}
	if r := sendRequest(t, s.App, "HEAD", "/livez"); r.status != 200 || r.body != "" {
		t.Errorf("alive by HEAD: %+v", r)
	}
	for _, path := range []string{"/readyz", "/api/v1/lots", "/api/v1/docs", "/lot/x"} {
		if r := sendRequest(t, s.App, "GET", path); r.status != 503 || r.header.Get("Retry-After") == "" ||
			!strings.Contains(r.body, `"code":"starting"`) {
			t.Errorf("%s while the log is read: %+v", path, r)
		}
	}
	s.openLedger()
	if r := sendRequest(t, s.App, "GET", "/readyz"); r.status != 200 {
		t.Errorf("ready: %+v", r)
	}
	if r := sendRequest(t, s.App, "GET", "/api/v1/me", "X-API-Key", s.token); r.status != 200 {
		t.Errorf("me: %+v", r)
	}
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	r := sendRequest(t, s.App, "GET", "/readyz")
	if r.status != 503 || !strings.Contains(r.body, `"code":"store_unavailable"`) || strings.Contains(r.body, "sql") {
		t.Errorf("ready without a store: %+v", r)
	}
	if r := sendRequest(t, s.App, "GET", "/livez"); r.status != 200 {
		t.Errorf("alive without a store: %+v", r)
	}
}

// listRoutes are pages that fail in every way.
func listRoutes(app fiber.Router) {
	app.Get("/panic", func(*fiber.Ctx) error { panic("the inside") })
	app.Get("/broken", func(*fiber.Ctx) error { return errors.New("the inside: password=123") })
	app.Get("/wrapped", func(*fiber.Ctx) error {
		return fmt.Errorf("look: %w", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", "X"))
	})
	app.Get("/busy", func(*fiber.Ctx) error { return trace.E(trace.Unavailable, trace.CodeQueueFull, "") })
	app.Get("/half", func(c *fiber.Ctx) error {
		if _, err := c.WriteString("half a page"); err != nil {
			return err
		}
		return trace.E(trace.Internal, trace.CodeBadCheck, "")
	})
	app.Get("/lot/:key", func(c *fiber.Ctx) error { return c.SendString(c.Params("key")) })
}

func TestErrors(t *testing.T) {
	s := startServer(t, func(o *server.Options) { o.Web = listRoutes })
	s.openLedger()
	for _, c := range []struct {
		name, method, path string
		status             int
		want, never        string
	}{
		{"panic", "GET", "/panic", 500, `"code":"internal"`, "inside"},
		{"unknown error", "GET", "/broken", 500, `"code":"internal"`, "password"},
		{"known error, wrapped", "GET", "/wrapped", 404, `"code":"unknown_lot"`, "look"},
		{"busy", "GET", "/busy", 503, `"code":"queue_full"`, ""},
		{"half written", "GET", "/half", 500, `"code":"bad_check"`, "half a page"},
		{"nothing there", "GET", "/nothing", 404, `"code":"not_found"`, ""},
		{"wrong method", "POST", "/lot/x", 405, `"code":"method_not_allowed"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sendRequest(t, s.App, c.method, c.path)
			if r.status != c.status || !strings.Contains(r.body, c.want) || c.never != "" && strings.Contains(r.body, c.never) {
				t.Errorf("%+v", r)
			}
			var p struct{ Instance string }
			if err := json.Unmarshal([]byte(r.body), &p); err != nil {
				t.Fatal(err)
			}
			if id := r.header.Get("X-Request-ID"); id == "" || p.Instance != "urn:yousang:request:"+id {
				t.Errorf("the answer names request %q, its header %q", p.Instance, id)
			}
			if r.header.Get("Cache-Control") != "no-store" {
				t.Error("an error may be kept by a cache")
			}
		})
	}
	if r := sendRequest(t, s.App, "GET", "/busy"); r.header.Get("Retry-After") != "1" {
		t.Errorf("busy: Retry-After %q", r.header.Get("Retry-After"))
	}
	log := s.log.String()
	for _, want := range []string{"password=123", "panic: the inside", "server_test.go"} {
		if strings.Count(log, want) == 0 {
			t.Errorf("%q is not in the log", want)
		}
	}
	if n := strings.Count(log, "password=123"); n != 1 {
		t.Errorf("one error is in the log %d times", n)
	}
}

// TestErrorPage: outside the API, errors are pages; in the API they never are.
func TestErrorPage(t *testing.T) {
	s := startServer(t, func(o *server.Options) {
		o.Web = listRoutes
		o.ErrorPage = func(c *fiber.Ctx, status int, err *trace.Error) error {
			c.Type("html", "utf-8")
			return c.SendString(fmt.Sprintf("<p>%d %s</p>", status, err.Code))
		}
	})
	s.openLedger()
	if r := sendRequest(t, s.App, "GET", "/nothing"); r.status != 404 || r.body != "<p>404 not_found</p>" {
		t.Errorf("page: %+v", r)
	}
	if r := sendRequest(t, s.App, "GET", "/broken"); r.status != 500 || r.body != "<p>500 internal</p>" {
		t.Errorf("page: %+v", r)
	}
	if r := sendRequest(t, s.App, "GET", "/api/v1/nothing"); r.status != 404 || r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("API: %+v", r)
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		name, url string
		hsts      bool
	}{{"https", "https://yousang.example", true}, {"http", "http://127.0.0.1:8080", false}} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, func(o *server.Options) { o.PublicURL = c.url })
			h := sendRequest(t, s.App, "GET", "/livez").header
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" ||
				!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") {
				t.Errorf("headers %v", h)
			}
			if (h.Get("Strict-Transport-Security") != "") != c.hsts || h.Get("Server") != "" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

// TestLogTellsNothing: neither the key nor the query nor the address of a visitor is in the log.
func TestLogTellsNothing(t *testing.T) {
	s := startServer(t, func(o *server.Options) { o.Web = listRoutes })
	s.openLedger()
	sendRequest(t, s.App, "GET", "/lot/SECRETKEY123?phone=13800000000", "Authorization", "Bearer "+s.token)
	sendRequest(t, s.App, "GET", "/api/v1/lots/SECRETKEY123?limit=x", "Authorization", "Bearer "+s.token)
	log := s.log.String()
	for _, never := range []string{"SECRETKEY123", "13800000000", s.token, "0.0.0.0"} {
		if strings.Contains(log, never) {
			t.Errorf("%q is in the log: %s", never, log)
		}
	}
	for _, want := range []string{"route=/lot/:key", "status=200", "route=/api/v1/lots/:key"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log: %s", want, log)
		}
	}
}

func TestMetrics(t *testing.T) {
	s := startServer(t, func(o *server.Options) { o.Web = listRoutes })
	before := sendRequest(t, s.MetricsApp(), "GET", "/metrics")
	if before.status != 200 || !strings.Contains(before.body, "yousang_ready 0") {
		t.Errorf("before the log is read: %d %.300s", before.status, before.body)
	}
	s.openLedger()
	sendRequest(t, s.App, "GET", "/lot/a")
	sendRequest(t, s.App, "GET", "/lot/b")
	sendRequest(t, s.App, "GET", "/nothing/at/all")
	got := sendRequest(t, s.MetricsApp(), "GET", "/metrics").body
	for _, want := range []string{`yousang_http_requests_total{method="GET",route="/lot/:key",status="200"} 2`, `route="none",status="404"} 1`,
		"yousang_ready 1", "yousang_queue_length 0",
		"yousang_head_sequence 3", "yousang_lots 0", "yousang_lineage_lag", "yousang_http_request_seconds_bucket", "go_goroutines"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the metrics", want)
		}
	}
	if r := sendRequest(t, s.App, "GET", "/metrics"); r.status != 404 {
		t.Errorf("metrics on the public listener: %d", r.status)
	}
}

// TestWire: what only a real connection shows. There are pages, and yet the API's errors are problem details.
func TestWire(t *testing.T) {
	s := startServer(t, func(o *server.Options) {
		o.ErrorPage = func(c *fiber.Ctx, status int, _ *trace.Error) error { return c.Status(status).SendString("a page") }
	})
	s.openLedger()
	s.App.Server().ReadTimeout = 300 * time.Millisecond
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.App.Listener(l) }()
	head := "POST /api/v1/harvests HTTP/1.1\r\nHost: x\r\n"
	full := func(begin string) string { return begin + strings.Repeat("a", 16<<10-len(begin)) } // as much as the server reads of a header
	for _, c := range []struct {
		name, request string
		status        int
	}{
		{"ordinary", head + "Content-Length: 2\r\n\r\n{}", 401},
		{"beyond every limit", head + fmt.Sprintf("Content-Length: %d\r\n\r\n{", server.MaxBody+1), 413},
		{"enormous header", full(head + "X-Padding: "), 431},
		{"enormous request line", full("GET /api/v1/lots?q="), 431},
		{"a header that never ends", head + "X-Slow: ", 408},
		{"a body that never ends", head + "Content-Length: 20\r\n\r\n{", 408},
		{"no HTTP", "hello\r\n\r\n", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := logLine(t, l.Addr().String(), c.request)
			if r.status != c.status || !strings.Contains(r.body, fmt.Sprintf(`"status":%d`, c.status)) {
				t.Errorf("status %d, want %d: %s", r.status, c.status, r.body)
			}
			if got := r.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("media type %q: %s", got, r.body)
			}
			if c.status == 401 && r.header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 without WWW-Authenticate")
			}
		})
	}
	if err := s.App.Shutdown(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// logLine sends bytes unchanged and reads the answer.
func logLine(t *testing.T, addr, request string) httpAnswer {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return httpAnswer{res.StatusCode, res.Header, string(b)}
}
