package server

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// requestIDs makes the ids of requests, unique between restarts: a random beginning and a count.
type requestIDs struct {
	start string
	n     atomic.Uint64
}

func newRequestIDs() *requestIDs {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return &requestIDs{start: hex.EncodeToString(b[:]) + "-"}
}

func (r *requestIDs) nextID() string { return r.start + strconv.FormatUint(r.n.Add(1), 36) }

// requestIDName is in canonical form already.
var requestIDName = []byte(fiber.HeaderXRequestID)

type idKey struct{}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(idKey{}).(string)
	return id
}

// routePattern is the pattern that a request matched. The pattern is safe to log and to count by, since the pattern contains nothing that a
// visitor typed.
func routePattern(c *fiber.Ctx) string {
	if r := c.Route(); r != nil && r.Path != "/" || c.Path() == "/" {
		return r.Path
	}
	return "none"
}

// bodySize is the number of bytes of an answer, -1 for a body that is produced while the body is sent: counting would read the whole body
// into memory.
func bodySize(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return -1
	}
	return len(c.Response().Body())
}

// observeRequest gives a request its id, times, counts and logs the request. The log contains no address, no query and no key, so that no
// reader of the log learns who scans which code. Successes are logged at debug level, refusals at info.
func (s *Server) observeRequest(c *fiber.Ctx) error {
	begin := time.Now()
	id := s.ids.nextID()
	c.Locals(idKey{}, id)
	c.Response().Header.SetCanonical(requestIDName, []byte(id))
	err := c.Next()
	path := routePattern(c)
	var e *fiber.Error
	if errors.As(err, &e) && e.Code == fiber.StatusNotFound {
		path = "none"
	}
	if err != nil {
		if err = c.App().ErrorHandler(c, err); err != nil { // the status is known only once the error is written
			_ = c.SendStatus(fiber.StatusInternalServerError)
			s.o.Log.LogAttrs(c.Context(), slog.LevelError, "write error page", slog.String("request", id), slog.Any("err", err))
		}
	}
	status := c.Response().StatusCode()
	took := time.Since(begin)
	s.m.countRequest(c.Method(), path, status, took)
	level := slog.LevelDebug
	if status >= fiber.StatusBadRequest {
		level = slog.LevelInfo
	}
	if s.o.Log.Enabled(c.Context(), level) {
		s.o.Log.LogAttrs(c.Context(), level, "request", slog.String("id", id), slog.String("method", c.Method()), slog.String("route", path),
			slog.Int("status", status), slog.Duration("took", took), slog.Int("bytes", bodySize(c)))
	}
	return nil
}
