package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/trace"
)

// fail is the one error handler: every handler of every package returns its error, and it is written here, as problem details for the
// API and as a page elsewhere. Only what the caller cannot mend is logged.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	cause := err
	err = known(err, c)
	var e *trace.Error
	if !errors.As(err, &e) {
		s.o.Log.LogAttrs(c.Context(), slog.LevelError, "unexpected error", slog.String("request", requestID(c)), slog.String("route", route(c)), slog.Any("err", err))
		e = trace.E(trace.Internal, api.CodeInternal, "")
	} else if e.Kind == trace.Unavailable && e.Code != api.CodeStarting {
		s.o.Log.LogAttrs(c.Context(), slog.LevelWarn, "unavailable", slog.String("request", requestID(c)), slog.String("route", route(c)), slog.Any("err", e))
	}
	status := api.Status(e)
	if wire := wireStatus(cause); wire != 0 {
		status = wire
	}
	c.Response().ResetBody()
	c.Status(status)
	h := &c.Response().Header
	h.Set(fiber.HeaderCacheControl, "no-store")
	h.Del(fiber.HeaderETag)
	switch status {
	case http.StatusServiceUnavailable:
		h.Set(fiber.HeaderRetryAfter, strconv.Itoa(retryAfter(e)))
	case http.StatusUnauthorized:
		h.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="yousang"`)
	}
	if s.o.ErrorPage != nil && !forPrograms(c.Path()) && !unread(c) {
		return s.o.ErrorPage(c, status, e)
	}
	p := api.NewProblem(e, s.o.Locale.For(c.Get(fiber.HeaderAcceptLanguage)), requestID(c))
	p.Status, p.Title = status, http.StatusText(status)
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
	return c.JSON(p, api.ProblemType)
}

// forPrograms reports whether only programs ask for a path: they get problem details, and no page.
func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == "/livez" || strings.HasPrefix(path, "/readyz")
}

// unread reports whether a request's header could not be read: nothing is known of it then, not even its path, and most likely it is a
// program's.
func unread(c *fiber.Ctx) bool { return requestID(c) == "" && c.Context().Request.Header.Len() == 0 }

// wireStatus is the status of an error on the wire that the vocabulary has no kind for, 0 for others.
func wireStatus(err error) int {
	var f *fiber.Error
	if errors.As(err, &f) && (f.Code == http.StatusRequestHeaderFieldsTooLarge || f.Code == http.StatusRequestTimeout) {
		return f.Code
	}
	return 0
}

// retryAfter is when it makes sense to ask again, in seconds: a full queue empties within one, a replay or a store takes longer.
func retryAfter(e *trace.Error) int {
	if e.Code == trace.CodeQueueFull {
		return 1
	}
	return 5
}

// known translates the errors of Fiber itself into the vocabulary.
func known(err error, c *fiber.Ctx) error {
	var f *fiber.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Code {
	case http.StatusNotFound:
		return trace.E(trace.NotFound, trace.CodeNotFound, "", "value", c.Path())
	case http.StatusMethodNotAllowed:
		return trace.E(trace.Invalid, api.CodeMethod, "", "value", c.Method())
	case http.StatusRequestEntityTooLarge:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.Itoa(MaxBody))
	case http.StatusRequestHeaderFieldsTooLarge:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", "16 KB") // maxHeader
	case http.StatusRequestTimeout:
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "the request came too slowly")
	case http.StatusServiceUnavailable:
		return trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "")
	}
	if f.Code < http.StatusInternalServerError {
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", f.Message)
	}
	return err
}

// rescue turns a panic into an error with its stack, for the error handler to log; the server goes on.
func (s *Server) rescue(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.Next()
}
