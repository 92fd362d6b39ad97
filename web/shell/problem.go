package shell

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/resolver"
)

// PreferencesOf reads what a request prefers. The lang and context parameters of the address count as well.
func PreferencesOf(c *fiber.Ctx) *resolver.Preferences {
	args, h := c.Context().URI().QueryArgs(), &c.Context().Request.Header
	return resolver.ParsePreferences(string(h.Peek(fiber.HeaderAccept)), string(h.Peek(fiber.HeaderAcceptLanguage)),
		string(args.Peek("lang")), string(args.Peek("context")))
}

// SendProblem answers a program with problem details in place of a page.
func SendProblem(c *fiber.Ctx, lang Language, status int, sentence string, cause error) error {
	c.Set(fiber.HeaderContentLanguage, lang.Printer.Lang())
	c.Set(fiber.HeaderXRobotsTag, "noindex")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(status).JSON(problem.New(status, sentence, cause), problem.MediaType)
}
