package web

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
)

// notFound is a page that is not there.
func (s *site) notFound(c *fiber.Ctx, code string, cause error) error {
	return s.explain(c, fiber.StatusNotFound, code, cause)
}

// explain says that a code is unknown, mistyped or malformed, what that can mean, and what to do: to people as a page, which is none for a
// search engine, to programs as problem details.
func (s *site) explain(c *fiber.Ctx, status int, code string, cause error) error {
	ch := language(s.words, c)
	d := doubt{status: status, word: "page.unknown.title", say: ch.p.T("page.unknown.text"), means: []string{"typed", "early", "elsewhere", "false"}, code: code, cause: cause}
	e := asError(cause)
	switch {
	case keyError(cause):
		d.word, d.say = "page.mistyped.title", ch.p.T("page.unknown.check")
	case status != fiber.StatusNotFound && e != nil:
		d.word, d.say, d.means, d.link = "page.malformed.title", ch.p.Error(e), []string{"sign", "elsewhere", "false"}, true
		if e.Field != "" { // a value in it, such as a GTIN with a wrong check digit
			d.word = "page.mistyped.title"
		}
	}
	return s.sendDoubt(c, ch, d)
}

// unissued says that a serial number was never issued.
func (s *site) unissued(c *fiber.Ctx, number string) error {
	ch := language(s.words, c)
	return s.sendDoubt(c, ch, doubt{status: fiber.StatusNotFound, serial: true, word: "page.unissued.title", say: ch.p.T("page.unissued.text"), means: []string{"sign", "elsewhere", "false"},
		code: number, cause: trace.E(trace.NotFound, trace.CodeNotIssued, "serial", "value", trace.Clip(number))})
}

// doubt is what is said of a code that leads nowhere.
type doubt struct {
	status int
	word   string // message
	say    string
	means  []string // reasons it can have, by their messages
	code   string
	cause  error

	serial bool // code is a serial number: nobody may keep the answer
	link   bool // code is a link as a whole, which nobody can type
}

func (s *site) sendDoubt(c *fiber.Ctx, ch choice, d doubt) error {
	err := s.writeDoubt(c, ch, d)
	c.Set(fiber.HeaderVary, "Accept, Accept-Language")
	if d.serial {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return err
}

func (s *site) writeDoubt(c *fiber.Ctx, ch choice, d doubt) error {
	if !preferences(c).PrefersPageForError() {
		return s.problem(c, ch, d.status, d.say, d.cause)
	}
	p := &findPage{shell: shellFor(c, ch, s.url), Report: s.hotlines(ch.p, true)}
	p.NoIndex, p.Canonical = true, ""
	switch {
	case d.serial:
		p.Label, p.Shown = ch.p.T("page.item.code"), trace.GroupKey(trace.Clip(d.code))
	case !d.link:
		p.Label, p.Code = ch.p.T("page.fact.lot"), trace.Clip(d.code)
		if k, err := trace.ParseKey(d.code); err == nil {
			p.Code = trace.GroupKey(k)
		}
		p.Shown = p.Code
	}
	p.Band = &StateWords{State: "unknown", Word: ch.p.T(d.word), Say: d.say}
	p.Title = p.Band.Word
	for _, id := range d.means {
		p.Means = append(p.Means, ch.p.T("page.unknown.why."+id))
	}
	return send(c, d.status, "find.html", p, ch)
}

// problem is the answer to a program (RFC 9457), in the form of the API.
type problem struct {
	Code   string `json:"code,omitempty"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
	Status int    `json:"status"`
	Title  string `json:"title"`
}

func (s *site) problem(c *fiber.Ctx, ch choice, status int, say string, cause error) error {
	p := problem{Detail: say, Status: status, Title: http.StatusText(status)}
	if e := asError(cause); e != nil {
		p.Code, p.Field = string(e.Code), e.Field
	}
	c.Set(fiber.HeaderContentLanguage, ch.p.Lang())
	c.Set(fiber.HeaderXRobotsTag, "noindex")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(status).JSON(p, resolver.ProblemType)
}

// asError finds the error of our vocabulary in err; nil where there is none.
func asError(err error) *trace.Error {
	var e *trace.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
