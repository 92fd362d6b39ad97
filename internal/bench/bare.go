package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
)

// ServeBare serves the bytes of a file at every /trace/KEY and a 307 to there at every /lot/KEY, with Fiber and nothing else. Pages and
// redirects are compared with this server. ServeBare ends with ctx, or when parent (the standard input of the child process) ends, so that
// no process is left behind.
func ServeBare(ctx context.Context, listen, file string, parent io.Reader) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusOK) })
	app.Get("/trace/:key", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(page)
	})
	app.Get("/lot/:key", func(c *fiber.Ctx) error {
		return c.Redirect("/trace/"+c.Params("key"), fiber.StatusTemporaryRedirect)
	})
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, parent)
		cancel()
	}()
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		done <- app.Shutdown()
	}()
	served := app.Listener(l)
	cancel()
	if err := errors.Join(served, <-done); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
