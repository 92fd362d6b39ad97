package resolve

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/fastpath"
	"github.com/yousang/yousang/internal/resolver"
	"github.com/yousang/yousang/web/shell"
)

const allowedMethods = "GET, HEAD, OPTIONS"

// openHeaders let pages of other hosts read the answers, whatever is in a request's Origin.
var openHeaders = []fastpath.Header{
	{Name: []byte(fiber.HeaderAccessControlAllowOrigin), Value: []byte("*")},
	{Name: []byte(fiber.HeaderAccessControlAllowMethods), Value: []byte(allowedMethods)},
	{Name: []byte(fiber.HeaderAccessControlExposeHeaders), Value: []byte("Link, Location")},
	{Name: []byte(fiber.HeaderVary), Value: []byte("Accept, Accept-Language")},
}

func allowOtherHosts(c *fiber.Ctx) { fastpath.SetHeaders(&c.Context().Response.Header, openHeaders) }

var (
	locationName = []byte(fiber.HeaderLocation)
	linkName     = []byte(fiber.HeaderLink)
	cacheName    = []byte(fiber.HeaderCacheControl)
	noStore      = []byte("no-store")
	linksetWord  = []byte("linkset")
)

// lead answers a good request. Nearly all requests are scans, which say nothing of links: they go to the page at once.
func (room *Room) lead(c *fiber.Ctx, t target) error {
	ctx := c.Context()
	h := &ctx.Response.Header
	h.SetCanonical(linkName, room.linksetHeader(t.ident))
	if t.serial != "" {
		// no cache may know who scans which item, and when; no other 307 is kept by a cache either (RFC 9110 §15.1)
		h.SetCanonical(cacheName, noStore)
	}
	if ctx.IsOptions() {
		answerOptions(c)
		return nil
	}
	if len(ctx.URI().QueryString()) == 0 && !bytes.Contains(ctx.Request.Header.Peek(fiber.HeaderAccept), linksetWord) {
		room.redirect(c, t.page)
		return nil
	}
	return room.chooseLink(c, t)
}

// answerOptions says which methods are allowed, to pages of other hosts too.
func answerOptions(c *fiber.Ctx) {
	c.Set(fiber.HeaderAllow, allowedMethods)
	c.Set(fiber.HeaderAccessControlAllowHeaders, "*")
	c.Set(fiber.HeaderAccessControlMaxAge, "86400")
	c.Status(fiber.StatusNoContent)
}

// linksetHeader is the Link header of every answer.
func (room *Room) linksetHeader(ident string) []byte {
	const rest = `?linkType=linkset>; rel="linkset"; type="application/linkset+json"`
	base := room.site.PublicURL
	b := make([]byte, 0, 1+len(base)+len(ident)+len(rest))
	return append(append(append(append(b, '<'), base...), ident...), rest...)
}

// chooseLink finds the link that a request would like, and leads there; where the request does not decide, the answer lists links.
func (room *Room) chooseLink(c *fiber.Ctx, t target) error {
	args := c.Context().URI().QueryArgs()
	linkType := string(args.Peek("linkType"))
	if linkType == "" {
		linkType = string(args.Peek("linktype")) // as some write the name
	}
	preferences := shell.PreferencesOf(c)
	if linkType == "" && !preferences.WantsLinkset() {
		room.redirect(c, t.page)
		return nil
	}
	r, err := room.site.App()
	if err != nil {
		return err
	}
	lang := room.site.LanguageOf(c)
	set := room.listEntities(r, t, lang)
	answer := linksAnswer{status: fiber.StatusOK, title: "page.links.title", set: set, item: t.serial != ""}
	if resolver.IsLinkset(linkType) || preferences.WantsLinkset() {
		return room.sendLinks(c, lang, preferences, answer)
	}
	found := preferences.ChooseLinks(set.FindLinks(resolver.NormalizeLinkType(linkType)))
	switch len(found) {
	case 0:
		answer.status, answer.title, answer.say = fiber.StatusNotFound, "page.links.none", "page.links.none.text"
	case 1:
		room.redirect(c, found[0].Href)
		return nil
	default:
		answer.status, answer.title, answer.say = fiber.StatusMultipleChoices, "page.links.many", "page.links.many.text"
		answer.set = set.KeepOnly(found)
	}
	return room.sendLinks(c, lang, preferences, answer)
}

// redirect sends the reader on, with the whole query of the request. A page of ours is named by its whole address to readers who came by
// the public address; other readers (a county that tries things out, a proxy that hides the host) stay on their own host.
func (room *Room) redirect(c *fiber.Ctx, to string) {
	ctx := c.Context()
	if path, ours := room.pathOfOwn(to); ours {
		to = path
	}
	query := ctx.URI().QueryString()
	base := room.site.PublicURL
	b := make([]byte, 0, len(base)+len(to)+len(query)+1)
	if strings.HasPrefix(to, "/") && room.site.Host != "" && string(ctx.URI().Host()) == room.site.Host {
		b = append(b, base...)
	}
	to, fragment, _ := strings.Cut(to, "#")
	b = append(b, to...)
	if len(query) > 0 {
		separator := byte('?')
		if strings.IndexByte(to, '?') >= 0 {
			separator = '&'
		}
		b = appendEscaped(append(b, separator), query)
	}
	if fragment != "" {
		b = append(append(b, '#'), fragment...)
	}
	ctx.Response.Header.SetCanonical(locationName, b)
	ctx.Response.SetStatusCode(fiber.StatusTemporaryRedirect)
}

// pathOfOwn is the path of an address of ours. A path that begins with two slashes is not ours: without a host before it, such a path names
// another host.
func (room *Room) pathOfOwn(href string) (path string, ours bool) {
	path, ours = strings.CutPrefix(href, room.site.PublicURL)
	return path, ours && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//")
}

// appendEscaped appends a raw query. A character that no URI has is escaped: a header must not have the character either.
func appendEscaped(b, query []byte) []byte {
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
