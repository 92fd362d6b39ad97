// Package web holds the pages that people open in a browser, in rooms: consumer has the public pages, resolve leads a printed code to its
// page, and shell has the parts that all pages share. The package itself is the one door: the server registers the pages and asks for the
// page of an error here, and knows no room by name.
package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/resolve"
	"github.com/yousang/yousang/web/shell"
)

// Deps are what the pages need.
type Deps = shell.Deps

// Register adds the pages and the resolver to an app or group. Errors are mistakes in the embedded templates or catalogs.
func Register(router fiber.Router, d Deps) error {
	site, err := shell.NewSite(router, d)
	if err != nil {
		return fmt.Errorf("prepare the site: %w", err)
	}
	pages, err := consumer.Register(router, site)
	if err != nil {
		return fmt.Errorf("register the consumer's pages: %w", err)
	}
	if err := resolve.Register(router, site, pages); err != nil {
		return fmt.Errorf("register the resolver: %w", err)
	}
	return nil
}

// ErrorPage answers with a page that says what went wrong; err may be nil for a plain 404. See shell.ErrorPage.
func ErrorPage(c *fiber.Ctx, status int, err *trace.Error) error {
	return shell.ErrorPage(c, status, err)
}
