package resolve

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/fastpath"
	"github.com/yousang/yousang/internal/problem"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/shell"
)

// Room serves the resolver of one ledger.
type Room struct {
	site      *shell.Site
	pages     *consumer.Room // answers for codes that lead nowhere
	look      *shell.Look
	redirects *fastpath.Table[target]
}

// Register adds the paths of identifiers to an app or group: every GS1 key that can begin a Digital Link, and the ledger's own identifiers.
// Errors are mistakes in the embedded templates.
func Register(router fiber.Router, site *shell.Site, pages *consumer.Room) error {
	look, err := shell.PublicLook(templates)
	if err != nil {
		return err
	}
	room := &Room{site: site, pages: pages, look: look, redirects: fastpath.NewRedirectCache[target]()}
	if err := room.registerDescription(router); err != nil {
		return err
	}
	add := func(path string, h fiber.Handler) {
		router.Get(path, h)
		router.Options(path, h)
	}
	for _, ai := range digitallink.PrimaryKeys() {
		add("/"+ai+"/*", room.resolveDigitalLink)
	}
	for _, kind := range []string{"lot", "unit", "product"} {
		add("/"+kind+"/*", func(c *fiber.Ctx) error { return room.resolveOwn(c, kind) })
	}
	add("/:compressed", room.resolveCompressed)
	return nil
}

// registerDescription serves the resolver description file. The resolver knows one GS1 key, the GTIN: products, lots and items have one.
func (room *Room) registerDescription(router fiber.Router) error {
	name := room.site.Words.In("zh").T("page.brand")
	body, err := trace.CanonicalJSON(resolver.DescribeResolver(name, room.site.PublicURL, []string{"01"}))
	if err != nil {
		return fmt.Errorf("describe resolver: %w", err)
	}
	router.Get("/.well-known/gs1resolver", func(c *fiber.Ctx) error {
		allowOtherHosts(c)
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
		return c.Send(body)
	})
	router.Options("/.well-known/gs1resolver", func(c *fiber.Ctx) error {
		allowOtherHosts(c)
		answerOptions(c)
		return nil
	})
	return nil
}

// resolveDigitalLink answers for a GS1 key. The raw path is read, since a value may hold an encoded slash.
func (room *Room) resolveDigitalLink(c *fiber.Ctx) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	uri := c.Context().URI()
	allowOtherHosts(c)
	if t := room.redirects.Get(uri.PathOriginal()); t != nil && len(uri.QueryString()) == 0 { // an attribute in the query may be wrong
		return room.lead(c, *t)
	}
	path, query := string(uri.PathOriginal()), string(uri.QueryString())
	l, err := digitallink.ParsePath(path, query)
	if err != nil && strings.Count(strings.TrimSuffix(path, "/"), "/") == 3 { // all but the key may be compressed
		if whole, wrong := digitallink.Uncompress(path, query); wrong == nil {
			return room.resolveUncompressed(c, r, whole)
		}
	}
	if err != nil {
		return room.refuse(c, path, err)
	}
	t, err := findLinkTarget(c.UserContext(), r, l)
	if err != nil {
		return room.refuse(c, finestValue(l), err)
	}
	room.rememberLot(t)
	return room.lead(c, t)
}

// rememberLot remembers where the code of a lot leads. No other target is remembered: a code that names no lot may come to name another
// thing.
func (room *Room) rememberLot(t target) {
	if t.lot != "" && t.serial == "" {
		room.redirects.Put(t.ident, t)
	}
}

// resolveCompressed answers for a Digital Link that is one segment of base64. Any other path of one segment is left to other handlers.
func (room *Room) resolveCompressed(c *fiber.Ctx) error {
	uri := c.Context().URI()
	l, err := digitallink.Uncompress(string(uri.PathOriginal()), string(uri.QueryString()))
	if err != nil {
		return c.Next()
	}
	r, err := room.site.App()
	if err != nil {
		return err
	}
	allowOtherHosts(c)
	return room.resolveUncompressed(c, r, l)
}

// resolveUncompressed answers as for the uncompressed link, and names that link in a header.
func (room *Room) resolveUncompressed(c *fiber.Ctx, r *app.App, l *digitallink.Link) error {
	plain := *l
	plain.Attributes = nil
	same := digitallink.FormatURI(&plain, room.site.PublicURL)
	if l.Query != "" {
		same += "?" + l.Query
	}
	c.Context().URI().SetQueryString(l.Query)
	t, err := findLinkTarget(c.UserContext(), r, l)
	if err != nil {
		err = room.refuse(c, finestValue(l), err)
	} else {
		err = room.lead(c, t)
	}
	c.Append(fiber.HeaderLink, `<`+string(appendEscaped(nil, []byte(same)))+`>; rel="owl:sameAs"`)
	return err
}

// finestValue is the value of a link's finest part, for a page that says that the value is not known.
func finestValue(l *digitallink.Link) string {
	identity := l.Identity()
	if len(identity.Qualifiers) > 0 {
		return identity.Qualifiers[0].Value
	}
	return identity.Key.Value
}

// resolveOwn answers for one of the ledger's own identifiers.
func (room *Room) resolveOwn(c *fiber.Ctx, kind string) error {
	r, err := room.site.App()
	if err != nil {
		return err
	}
	allowOtherHosts(c)
	path := c.Context().URI().PathOriginal()
	if t := room.redirects.Get(path); t != nil {
		return room.lead(c, *t)
	}
	rest := strings.TrimPrefix(string(path[1+len(kind):]), "/") // "/lot" alone comes here too
	t, err := findOwnTarget(c.UserContext(), r, kind, rest)
	if err != nil {
		return room.refuse(c, shell.PlainSegment(rest[strings.LastIndexByte(strings.TrimSuffix(rest, "/"), '/')+1:]), err)
	}
	room.rememberLot(t)
	return room.lead(c, t)
}

// refuse says why an identifier leads nowhere: 400 for a malformed identifier, 404 for an unknown one. typed is the unknown part.
func (room *Room) refuse(c *fiber.Ctx, typed string, cause error) error {
	if errors.Is(cause, errNotIssued) {
		return room.pages.AnswerNotIssued(c, typed)
	}
	e := problem.ErrorIn(cause)
	if e == nil {
		return cause
	}
	switch e.Kind {
	case trace.NotFound:
		return room.pages.AnswerUnknown(c, fiber.StatusNotFound, typed, e)
	case trace.Invalid:
		return room.pages.AnswerUnknown(c, fiber.StatusBadRequest, typed, e)
	case trace.TooLarge:
		return room.pages.AnswerUnknown(c, fiber.StatusRequestURITooLong, typed, e)
	}
	return cause
}
