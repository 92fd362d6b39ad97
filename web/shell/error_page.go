package shell

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/trace"
)

// errorPage says that something went wrong.
type errorPage struct {
	Frame
	Status  int
	Heading string
	Say     string
}

// ErrorPage answers with a page that says in the reader's language what went wrong; err may be nil for a plain 404. The server's one error
// handler calls ErrorPage for people and answers programs with JSON.
func ErrorPage(c *fiber.Ctx, status int, err *trace.Error) error {
	words, failed := catalogsOnce()
	if failed != nil {
		return fmt.Errorf("read catalogs: %w", failed)
	}
	look, failed := plainLookOnce()
	if failed != nil {
		return failed
	}
	lang, ok := chosenLanguage(words, c)
	if !ok {
		lang = Language{Printer: words.For(string(c.Context().Request.Header.Peek(fiber.HeaderAcceptLanguage)))}
	}
	p := &errorPage{Frame: look.FrameAt(c, "", lang), Status: status}
	p.NoIndex = true
	heading, text := errorWords(status)
	p.Heading, p.Say = lang.Printer.T(heading), lang.Printer.T(text)
	if status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if err != nil && status < 500 && status != fiber.StatusNotFound {
		p.Say = lang.Printer.Error(err)
	}
	p.Title = p.Heading
	return look.Send(c, status, "error.html", p, lang)
}

// errorWords are the sentences of the catalog for a status.
func errorWords(status int) (heading, text string) {
	switch {
	case status == fiber.StatusNotFound:
		return "page.notfound.title", "page.notfound.text"
	case status == fiber.StatusServiceUnavailable:
		return "page.busy.title", "page.busy.text"
	case status >= 500:
		return "page.failed.title", "page.failed.text"
	}
	return "page.refused.title", "page.notfound.text"
}
