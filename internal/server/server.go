package server

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Options configure a server.
type Options struct {
	// Deps are what the API needs too. While App gives nil (the log is being replayed) all but the health pages answer 503 with Retry-After.
	api.Deps
	Version string // of the program, for the metrics
	// Web registers the pages; nil serves the API alone.
	Web func(fiber.Router)
	// ErrorPage writes an error outside the API as a page, with the status given; nil writes problem details there too.
	ErrorPage func(c *fiber.Ctx, status int, err *trace.Error) error
}

// Limits of the server. Each operation has a limit of its own for a body; MaxBody is the largest of these limits.
const (
	MaxBody      = 16<<20 + 64<<10 // a register file with its form around it
	readTimeout  = 60 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = readTimeout // the same, so that fastpath.CoarseDeadlines need not move the deadline to and fro
	maxHeader    = 16 << 10    // bytes of request line and headers
)

// Server is the Fiber app with its metrics and request ids.
type Server struct {
	App *fiber.App
	o   Options
	m   *metrics
	ids *requestIDs
}

// New makes a server; nothing listens yet. The server can be started before the ledger is open: the server then answers /livez, and 503
// elsewhere.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{o: o, ids: newRequestIDs()}
	s.m = newMetrics(o.App, o.Version)
	if o.Scans != nil {
		s.m.watchScans(o.Scans)
	}
	s.App = fiber.New(fiber.Config{
		AppName:               "Yousang",
		DisableStartupMessage: true,
		Immutable:             true, // parts of a request that are kept must not be cut from a reused buffer
		CaseSensitive:         true,
		BodyLimit:             MaxBody,
		// a torn form is the handler's to refuse, with a sentence
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               maxHeader,
		WriteBufferSize:              24 << 10, // a page leaves in one write
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		ErrorHandler:                 s.writeError,
		EnablePrintRoutes:            false,
		RequestMethods: []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost, fiber.MethodPut, fiber.MethodDelete,
			fiber.MethodOptions, fiber.MethodPatch},
	})
	s.App.Use(s.observeRequest, addHeaders(strings.HasPrefix(o.PublicURL, "https://")), s.recoverPanic)
	s.App.Get("/livez", s.answerLive)
	s.App.Get("/readyz", s.answerReady)
	s.App.Get("/readyz/read", s.answerReadable)
	s.App.Use(s.gateRequest)
	api.Register(s.App, o.Deps)
	if o.Web != nil {
		o.Web(s.App)
	}
	return s
}

// fixedHeaders are the headers of every answer with a document. The policy lets a page load from this server alone; the package web may
// loosen the policy for a page of its own.
var fixedHeaders = [][2][]byte{
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("X-Frame-Options"), []byte("DENY")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Content-Security-Policy"),
		[]byte("default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")},
}

var (
	referrerName = []byte("Referrer-Policy")
	referrer     = []byte("strict-origin-when-cross-origin")
	strictName   = []byte("Strict-Transport-Security")
	strict       = []byte("max-age=31536000")
)

// addHeaders adds the headers that a handler has not set, after the handler. A redirect has no document: a phone with a weak signal need
// not receive headers that protect a document.
func addHeaders(https bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := c.Next()
		r := &c.Context().Response
		r.Header.SetCanonical(referrerName, referrer)
		if https {
			r.Header.SetCanonical(strictName, strict)
		}
		if err == nil && r.StatusCode() == fiber.StatusTemporaryRedirect {
			return nil
		}
		for i := range fixedHeaders {
			if len(r.Header.PeekBytes(fixedHeaders[i][0])) == 0 {
				r.Header.SetCanonical(fixedHeaders[i][0], fixedHeaders[i][1])
			}
		}
		return err
	}
}

// gateRequest refuses requests until the log is replayed, and requests that name a record which this server has not read yet.
func (s *Server) gateRequest(c *fiber.Ctx) error {
	r := s.o.App()
	if r == nil {
		return trace.E(trace.Unavailable, api.CodeStarting, "")
	}
	if err := waitForRecord(c, r); err != nil {
		return err
	}
	if r.Store.Shared() {
		setAge(c, r)
	}
	if strings.HasPrefix(c.Path(), api.Prefix) {
		c.Set(HeaderSeq, strconv.FormatInt(r.Ledger.Head(), 10))
	}
	return c.Next()
}

// setAge sets the age of the ledger, where the store has not answered for a while.
func setAge(c *fiber.Ctx, r *app.App) {
	if at := r.Contact(); at.Away || time.Since(at.At) > ageFrom {
		c.Set(HeaderAge, strconv.FormatInt(int64(time.Since(at.At)/time.Second), 10))
	}
}

// The headers by which a client keeps its place in the log among several servers.
const (
	HeaderSeq = "Yousang-Seq"     // answer: a write's record; for a read, the record that the server had read up to
	HeaderMin = "Yousang-Min-Seq" // request: answer only from a ledger that has read this record
	HeaderAge = "Yousang-Age"     // answer, where the store does not answer: seconds since the ledger was last known to be current
)

var minName = []byte(HeaderMin) // canonical already

// ageFrom is the age from which an answer carries its age, also where the store does not count as unavailable yet: as long as the store
// answers, a ledger is at most a fraction of a second old.
const ageFrom = 2 * time.Second

// reachTime is how long a request waits for a record; a record of another server arrives within a fraction of this time.
const reachTime = 3 * time.Second

// waitForRecord waits for the record that a client has seen on another server and, before a write, for all records in the store: a client
// must find its own writes.
func waitForRecord(c *fiber.Ctx, r *app.App) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
	default:
		if err := r.WaitCurrent(c.UserContext()); err != nil { // bounded by the writer's own look
			return err
		}
	}
	min := string(c.Context().Request.Header.PeekBytes(minName))
	if min == "" {
		return nil
	}
	seq, err := strconv.ParseInt(min, 10, 64)
	if err != nil || seq < 0 {
		return trace.E(trace.Invalid, trace.CodeBadValue, HeaderMin, "value", min, "allowed", "0, 1, 2 …")
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), reachTime)
	defer cancel()
	return r.WaitForSeq(ctx, seq)
}
