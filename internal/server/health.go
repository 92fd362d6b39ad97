package server

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/trace"
)

// answerLive answers as soon as the server listens: a supervisor must not kill the server while a long log is replayed.
func (s *Server) answerLive(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// storeTimeout is the time in which the store has to answer; after that the server counts as not ready.
const storeTimeout = 2 * time.Second

// answerReady answers 200 once the log is replayed and as long as the store answers.
func (s *Server) answerReady(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	r := s.o.App()
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

// answerReadable answers 200 once the log is replayed, also while the store does not answer: pages and reads are answered from the ledger.
// A proxy decides by this path whether a server gets requests. A proxy that decided by /readyz would refuse the readers together with the
// store.
func (s *Server) answerReadable(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.o.App() == nil {
		return trace.E(trace.Unavailable, api.CodeStarting, "")
	}
	return c.SendString("ok\n")
}
