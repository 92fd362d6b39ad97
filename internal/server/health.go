package server

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/trace"
)

// answerLive answers as soon as the server listens: a supervisor must not kill it while it replays a long log.
func (s *Server) answerLive(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// storeTimeout is how long the store may take to answer before the server counts as not ready.
const storeTimeout = 2 * time.Second

// answerReady answers 200 once the log is replayed and as long as the store answers.
func (s *Server) answerReady(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	r := s.o.Recorder()
	if r == nil {
		return trace.E(trace.Unavailable, api.CodeStarting, "")
	}
	if at := r.Contact(); at.Away {
		return trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "why", at.Err.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if _, err := r.Store.Head(ctx); err != nil {
		return trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "why", err.Error())
	}
	return c.SendString("ok\n")
}

// answerReadable answers 200 once the log is replayed, also while the store is away: pages and reads are answered from the ledger. A proxy
// sends requests to a server by this one, or it would turn the readers away together with the store.
func (s *Server) answerReadable(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.o.Recorder() == nil {
		return trace.E(trace.Unavailable, api.CodeStarting, "")
	}
	return c.SendString("ok\n")
}
