package consumer

import (
	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// notFoundPage is the page of a code that leads nowhere.
type notFoundPage struct {
	status  int
	title   string   // message of the catalog
	say     string   // sentence
	reasons []string // what the code can mean, by the ends of their messages
	code    string
	cause   error

	serial bool // code is a serial number: no cache may keep the answer
	link   bool // code is a whole link, too long to type
}

// reasonsOfUnknown are the possible reasons of an unknown code, reasonsOfMalformed those of a malformed code.
var (
	reasonsOfUnknown   = []string{"typed", "early", "elsewhere", "false"}
	reasonsOfMalformed = []string{"sign", "elsewhere", "false"}
)

// AnswerUnknown says that a code is unknown, mistyped or malformed, for which reasons, and what to do: to people as a page, which is none
// for a search engine, to programs as problem details. status is 404 for an unknown code.
func (room *Room) AnswerUnknown(c *fiber.Ctx, status int, code string, cause error) error {
	lang := room.site.LanguageOf(c)
	p := notFoundPage{status: status, title: "page.unknown.title", say: lang.Printer.T("page.unknown.text"), reasons: reasonsOfUnknown,
		code: code, cause: cause}
	e := problem.ErrorIn(cause)
	switch {
	case trace.IsCode(cause, trace.CodeBadKey):
		p.title, p.say = "page.mistyped.title", lang.Printer.T("page.unknown.check")
	case status != fiber.StatusNotFound && e != nil:
		p.title, p.say, p.reasons, p.link = "page.malformed.title", lang.Printer.Error(e), reasonsOfMalformed, true
		if e.Field != "" { // a value in the link, such as a GTIN with a wrong check digit
			p.title = "page.mistyped.title"
		}
	}
	return room.sendNotFound(c, lang, p)
}

// AnswerNotIssued says that a serial number was never issued.
func (room *Room) AnswerNotIssued(c *fiber.Ctx, number string) error {
	lang := room.site.LanguageOf(c)
	return room.sendNotFound(c, lang, notFoundPage{status: fiber.StatusNotFound, serial: true, title: "page.unissued.title",
		say: lang.Printer.T("page.unissued.text"), reasons: reasonsOfMalformed, code: number,
		cause: trace.E(trace.NotFound, trace.CodeNotIssued, "serial", "value", trace.Clip(number))})
}

func (room *Room) sendNotFound(c *fiber.Ctx, lang shell.Language, p notFoundPage) error {
	err := room.writeNotFound(c, lang, p)
	c.Set(fiber.HeaderVary, "Accept, Accept-Language")
	if p.serial {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return err
}

func (room *Room) writeNotFound(c *fiber.Ctx, lang shell.Language, p notFoundPage) error {
	if !shell.PreferencesOf(c).PrefersPageForError() {
		return shell.SendProblem(c, lang, p.status, p.say, p.cause)
	}
	page := &findPage{Frame: room.look.FrameAt(c, room.site.PublicURL, lang), Report: listHotlines(lang.Printer, true)}
	page.NoIndex, page.Canonical = true, ""
	switch {
	case p.serial:
		page.Label, page.Shown = lang.Printer.T("page.item.code"), trace.GroupKey(trace.Clip(p.code))
	case !p.link:
		page.Label, page.Code = lang.Printer.T("page.fact.lot"), trace.Clip(p.code)
		if k, err := trace.ParseKey(p.code); err == nil {
			page.Code = trace.GroupKey(k)
		}
		page.Shown = page.Code
	}
	page.Band = &story.StandingWords{State: "unknown", Word: lang.Printer.T(p.title), Say: p.say}
	page.Title = page.Band.Word
	page.Reasons = listReasons(lang, p.reasons)
	return room.look.Send(c, p.status, "find.html", page, lang)
}

// listReasons are the sentences of reasons.
func listReasons(lang shell.Language, reasons []string) (out []string) {
	for _, id := range reasons {
		out = append(out, lang.Printer.T("page.unknown.why."+id))
	}
	return out
}
