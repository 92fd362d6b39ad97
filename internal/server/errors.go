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
	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/trace"
)

// writeError is the one error handler. The handlers of all packages return their errors; writeError writes an error as problem details for
// the API and as a page elsewhere. Only errors that the caller cannot mend are logged.
func (s *Server) writeError(c *fiber.Ctx, err error) error {
	cause := err
	err = translateError(err, c)
	var e *trace.Error
	if !errors.As(err, &e) {
		s.o.Log.LogAttrs(c.Context(), slog.LevelError, "unexpected error", slog.String("request", requestID(c)),
			slog.String("route", routePattern(c)), slog.Any("err", err))
		e = trace.E(trace.Internal, api.CodeInternal, "")
	} else if e.Kind == trace.Unavailable && e.Code != api.CodeStarting {
		s.o.Log.LogAttrs(c.Context(), slog.LevelWarn, "unavailable", slog.String("request", requestID(c)), slog.String("route", routePattern(c)),
			slog.Any("err", e))
	}
	status := api.Status(e)
	if wire := transportStatus(cause); wire != 0 {
		status = wire
	}
	c.Response().ResetBody()
	c.Status(status)
	h := &c.Response().Header
	h.Set(fiber.HeaderCacheControl, "no-store")
	h.Del(fiber.HeaderETag)
	switch status {
	case http.StatusServiceUnavailable:
		h.Set(fiber.HeaderRetryAfter, strconv.Itoa(retrySeconds(e)))
	case http.StatusUnauthorized:
		h.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="yousang"`)
	}
	if s.o.ErrorPage != nil && !isForPrograms(c.Path()) && !isUnread(c) {
		return s.o.ErrorPage(c, status, e)
	}
	p := api.NewProblem(e, s.o.Locale.For(c.Get(fiber.HeaderAcceptLanguage)), requestID(c))
	p.Status, p.Title = status, http.StatusText(status)
	h.Set(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
	return c.JSON(p, problem.MediaType)
}

// isForPrograms reports whether only programs request a path: programs get problem details, and no page.
func isForPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == "/livez" || strings.HasPrefix(path, "/readyz")
}

// isUnread reports whether the header of a request could not be read. Nothing is known of such a request, not even the path, and most
// likely a program sent the request.
func isUnread(c *fiber.Ctx) bool { return requestID(c) == "" && c.Context().Request.Header.Len() == 0 }

// transportStatus is the status of an error of the transport that the vocabulary of errors has no kind for, 0 for other errors.
func transportStatus(err error) int {
	var f *fiber.Error
	if errors.As(err, &f) && (f.Code == http.StatusRequestHeaderFieldsTooLarge || f.Code == http.StatusRequestTimeout) {
		return f.Code
	}
	return 0
}

// retrySeconds is the time after which a client should try again, in seconds: a full queue empties within one second, a replay or a store
// takes longer.
func retrySeconds(e *trace.Error) int {
	if e.Code == trace.CodeQueueFull {
		return 1
	}
	return 5
}

// translateError translates the errors of Fiber into the vocabulary of errors.
func translateError(err error, c *fiber.Ctx) error {
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

// recoverPanic turns a panic into an error with its stack, which the error handler logs; the server goes on.
func (s *Server) recoverPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.Next()
}
