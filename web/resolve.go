package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/digitallink"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/internal/trace"
)

// resolves registers the paths of identifiers: every GS1 key that can begin a Digital Link, and our own. They lead to pages and never
// show one, by GS1's resolver standard; see internal/resolver.
func (s *site) resolves(app fiber.Router) error {
	body, err := s.describe()
	if err != nil {
		return err
	}
	app.Get("/.well-known/gs1resolver", func(c *fiber.Ctx) error {
		s.open(c)
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
		return c.Send(body)
	})
	app.Options("/.well-known/gs1resolver", func(c *fiber.Ctx) error {
		s.open(c)
		s.options(c)
		return nil
	})
	add := func(path string, h fiber.Handler) {
		app.Get(path, h)
		app.Options(path, h)
	}
	for _, ai := range digitallink.PrimaryKeys() {
		add("/"+ai+"/*", s.digitalLink)
	}
	for _, kind := range []string{"lot", "unit", "product"} {
		add("/"+kind+"/*", func(c *fiber.Ctx) error { return s.ours(c, kind) })
	}
	add("/:compressed", s.compressed)
	return nil
}

// digitalLink answers for a GS1 key. The raw path is read, since a value may hold an encoded slash.
func (s *site) digitalLink(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	uri := c.Context().URI()
	s.open(c)
	if t := s.lots.get(uri.PathOriginal()); t != nil && len(uri.QueryString()) == 0 { // an attribute may be wrong
		return s.lead(c, *t)
	}
	path, query := string(uri.PathOriginal()), string(uri.QueryString())
	l, err := digitallink.ParsePath(path, query)
	if err != nil && strings.Count(strings.TrimSuffix(path, "/"), "/") == 3 { // it may be compressed but for its key
		if whole, wrong := digitallink.Uncompress(path, query); wrong == nil {
			return s.uncompressed(c, r, whole)
		}
	}
	if err != nil {
		return s.refuse(c, path, err)
	}
	t, err := s.locate(c.UserContext(), r, l)
	if err != nil {
		return s.refuse(c, finest(l), err)
	}
	s.lots.put(t)
	return s.lead(c, t)
}

// compressed answers for a Digital Link that is one segment of base64. Whatever else has one segment is no business of the resolver's.
func (s *site) compressed(c *fiber.Ctx) error {
	uri := c.Context().URI()
	l, err := digitallink.Uncompress(string(uri.PathOriginal()), string(uri.QueryString()))
	if err != nil {
		return c.Next()
	}
	r, err := s.ledger()
	if err != nil {
		return err
	}
	s.open(c)
	return s.uncompressed(c, r, l)
}

// uncompressed answers as for the uncompressed link, which it names in a header.
func (s *site) uncompressed(c *fiber.Ctx, r *app.App, l *digitallink.Link) error {
	plain := *l
	plain.Attributes = nil
	same := digitallink.FormatURI(&plain, s.url)
	if l.Query != "" {
		same += "?" + l.Query
	}
	c.Context().URI().SetQueryString(l.Query)
	t, err := s.locate(c.UserContext(), r, l)
	if err != nil {
		err = s.refuse(c, finest(l), err)
	} else {
		err = s.lead(c, t)
	}
	c.Append(fiber.HeaderLink, `<`+string(appendPlain(nil, []byte(same)))+`>; rel="owl:sameAs"`)
	return err
}

// finest is the value of a link's finest part, for a page that says it is not known.
func finest(l *digitallink.Link) string {
	last := l.Identity()
	if len(last.Qualifiers) > 0 {
		return last.Qualifiers[0].Value
	}
	return last.Key.Value
}

// ours answers for an identifier of our own.
func (s *site) ours(c *fiber.Ctx, kind string) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	s.open(c)
	if t := s.lots.get(c.Context().URI().PathOriginal()); t != nil {
		return s.lead(c, *t)
	}
	rest := strings.TrimPrefix(string(c.Context().URI().PathOriginal()[1+len(kind):]), "/") // "/lot" alone comes here too
	t, err := s.locatePrivate(c.UserContext(), r, kind, rest)
	if err != nil {
		return s.refuse(c, typedSegment(rest[strings.LastIndexByte(strings.TrimSuffix(rest, "/"), '/')+1:]), err)
	}
	s.lots.put(t)
	return s.lead(c, t)
}

// openHeaders let pages of other hosts read the answers; junk in Origin does not matter.
var openHeaders = []header{
	{[]byte(fiber.HeaderAccessControlAllowOrigin), []byte("*")},
	{[]byte(fiber.HeaderAccessControlAllowMethods), []byte("GET, HEAD, OPTIONS")},
	{[]byte(fiber.HeaderAccessControlExposeHeaders), []byte("Link, Location")},
	{[]byte(fiber.HeaderVary), []byte("Accept, Accept-Language")},
}

func (s *site) open(c *fiber.Ctx) {
	h := &c.Context().Response.Header
	for i := range openHeaders {
		h.SetCanonical(openHeaders[i].name, openHeaders[i].value)
	}
}

var (
	locationName = []byte(fiber.HeaderLocation)
	linkName     = []byte(fiber.HeaderLink)
	cacheName    = []byte(fiber.HeaderCacheControl)
	noStore      = []byte("no-store")
	linksetWord  = []byte("linkset")
)

// lead answers a good request. Nearly all are scans, which say nothing of links: they go to the page at once.
func (s *site) lead(c *fiber.Ctx, t target) error {
	ctx := c.Context()
	h := &ctx.Response.Header
	h.SetCanonical(linkName, s.linksetHeader(t.ident))
	if t.serial != "" {
		h.SetCanonical(cacheName, noStore) // who scans which item, and when, is in nobody's cache; no other 307 is kept either (RFC 9110 §15.1)
	}
	if ctx.IsOptions() {
		s.options(c)
		return nil
	}
	if len(ctx.URI().QueryString()) == 0 && !bytes.Contains(ctx.Request.Header.Peek(fiber.HeaderAccept), linksetWord) {
		s.redirect(c, t.page)
		return nil
	}
	return s.negotiate(c, t)
}

// options says what may be asked, to pages of other hosts too.
func (s *site) options(c *fiber.Ctx) {
	h := &c.Context().Response.Header
	h.SetCanonical([]byte(fiber.HeaderAllow), openHeaders[1].value)
	h.SetCanonical([]byte(fiber.HeaderAccessControlAllowHeaders), []byte("*"))
	h.SetCanonical([]byte(fiber.HeaderAccessControlMaxAge), []byte("86400"))
	c.Context().Response.SetStatusCode(fiber.StatusNoContent)
}

// linksetHeader is the Link header that every answer has.
func (s *site) linksetHeader(ident string) []byte {
	const rest = `?linkType=linkset>; rel="linkset"; type="application/linkset+json"`
	b := make([]byte, 0, 1+len(s.url)+len(ident)+len(rest))
	return append(append(append(append(b, '<'), s.url...), ident...), rest...)
}

// negotiate looks at what the request says of the link it would like.
func (s *site) negotiate(c *fiber.Ctx, t target) error {
	args := c.Context().URI().QueryArgs()
	asked := string(args.Peek("linkType"))
	if asked == "" {
		asked = string(args.Peek("linktype")) // as some write it
	}
	p := preferences(c)
	if asked == "" && !p.WantsLinkset() {
		s.redirect(c, t.page)
		return nil
	}
	r, err := s.ledger()
	if err != nil {
		return err
	}
	ch := language(s.words, c)
	set := s.levels(r, t, ch)
	out := linksAnswer{status: fiber.StatusOK, title: "page.links.title", set: set, item: t.serial != ""}
	if resolver.IsLinkset(asked) || p.WantsLinkset() {
		return s.sendLinks(c, ch, p, out)
	}
	found := p.ChooseLinks(set.FindLinks(resolver.NormalizeLinkType(asked)))
	switch len(found) {
	case 0:
		out.status, out.title, out.say = fiber.StatusNotFound, "page.links.none", "page.links.none.text"
	case 1:
		s.redirect(c, found[0].Href)
		return nil
	default:
		out.status, out.title, out.say, out.set = fiber.StatusMultipleChoices, "page.links.many", "page.links.many.text", set.KeepOnly(found)
	}
	return s.sendLinks(c, ch, p, out)
}

// preferences reads what a request prefers. Its lang and context parameters count as well.
func preferences(c *fiber.Ctx) *resolver.Preferences {
	args, h := c.Context().URI().QueryArgs(), &c.Context().Request.Header
	return resolver.ParsePreferences(string(h.Peek(fiber.HeaderAccept)), string(h.Peek(fiber.HeaderAcceptLanguage)), string(args.Peek("lang")), string(args.Peek("context")))
}

// redirect sends people on, with the whole query of the request. A page of ours is named by its whole address to those who came by the
// public one; others (a county that tries things out, a proxy that hides the host) stay on the host they know.
func (s *site) redirect(c *fiber.Ctx, to string) {
	ctx := c.Context()
	if path, ours := s.ownPath(to); ours {
		to = path
	}
	q := ctx.URI().QueryString()
	b := make([]byte, 0, len(s.url)+len(to)+len(q)+1)
	if strings.HasPrefix(to, "/") && s.host != "" && string(ctx.URI().Host()) == s.host {
		b = append(b, s.url...)
	}
	to, fragment, _ := strings.Cut(to, "#")
	b = append(b, to...)
	if len(q) > 0 {
		sign := byte('?')
		if strings.IndexByte(to, '?') >= 0 {
			sign = '&'
		}
		b = appendPlain(append(b, sign), q)
	}
	if fragment != "" {
		b = append(append(b, '#'), fragment...)
	}
	ctx.Response.Header.SetCanonical(locationName, b)
	ctx.Response.SetStatusCode(fiber.StatusTemporaryRedirect)
}

// ownPath is the path of an address of ours. One that begins with two slashes is not ours: without a host before it, it names another.
func (s *site) ownPath(href string) (path string, ours bool) {
	path, ours = strings.CutPrefix(href, s.url)
	return path, ours && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//")
}

// appendPlain appends a raw query; what no URI has, a header must not have either.
func appendPlain(b, query []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, x := range query {
		if x <= ' ' || x >= 0x7F || x == '"' || x == '<' || x == '>' || x == '#' {
			b = append(b, '%', hex[x>>4], hex[x&15])
		} else {
			b = append(b, x)
		}
	}
	return b
}

// describe is the resolver description file. What is resolved by a GS1 key are products, lots and items, all by their GTIN.
func (s *site) describe() ([]byte, error) {
	b, err := trace.CanonicalJSON(resolver.DescribeResolver(s.words.In("zh").T("page.brand"), s.url, []string{"01"}))
	if err != nil {
		return nil, fmt.Errorf("describe resolver: %w", err)
	}
	return b, nil
}

// hostOf is the host of the public address; "" where there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// refuse says why an identifier leads nowhere: 400 for what is none, 404 for what nobody knows. typed is what was not known.
func (s *site) refuse(c *fiber.Ctx, typed string, cause error) error {
	e := asError(cause)
	switch {
	case errors.Is(cause, errUnissued):
		return s.unissued(c, typed)
	case e == nil:
		return cause
	case e.Kind == trace.NotFound:
		return s.explain(c, fiber.StatusNotFound, typed, e)
	case e.Kind == trace.Invalid:
		return s.explain(c, fiber.StatusBadRequest, typed, e)
	case e.Kind == trace.TooLarge:
		return s.explain(c, fiber.StatusRequestURITooLong, typed, e)
	}
	return cause
}
