package shell

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
)

// RenderFunc makes the page of a key in a language. A RenderFunc is given nothing of a request: its context has the request's deadline and
// none of the request's values, so that a page cannot depend on who asks. Errors are not kept.
type RenderFunc[S any] func(ctx context.Context, r *app.App, key PageKey, lang Language) (Rendered[S], error)

// Rendered is what a RenderFunc makes.
type Rendered[S any] struct {
	Body       []byte
	ChangedAt  int64    // sequence number of the last record that changed what the page says
	ReadAt     int64    // head of the ledger before the page was made
	Lots       []string // lots that the page speaks of; none where every new record makes the page stale
	Incomplete bool     // made while the store did not answer: not kept
	Summary    S        // what the room keeps beside the page
}

// Pages keeps the public pages of a room. Only Pages puts a page into its cache, and only the one RenderFunc given at the beginning makes
// pages: no handler can keep a page of its own.
type Pages[S any] struct {
	site   *Site
	look   *Look
	render RenderFunc[S]
	cache  *pageCache[S]
}

// NewPages makes the kept pages of a room.
func NewPages[S any](site *Site, look *Look, render RenderFunc[S]) *Pages[S] {
	return &Pages[S]{site: site, look: look, render: render, cache: newPageCache[S](site.cacheBytes)}
}

// Kept finds the page of a request by the address as the request has it, where nothing that the page says has changed; nil where there is
// none. Most requests need no more.
func (p *Pages[S]) Kept(c *fiber.Ctx, r *app.App, lang Language) *PublicPage[S] {
	if page := p.cache.find(c.Context().URI().PathOriginal(), lang.forKey()); page != nil && page.isFresh(r.Ledger) {
		return page
	}
	return nil
}

// Page is the public page of a path, kept or made. The path must be the one form of the page's address. Errors: those of the room's
// RenderFunc.
func (p *Pages[S]) Page(ctx context.Context, r *app.App, path string, lang Language) (*PublicPage[S], error) {
	key := newPageKey(path, lang)
	if page := p.cache.find([]byte(key.path), key.language); page != nil && page.isFresh(r.Ledger) {
		return page, nil
	}
	rendered, err := p.render(withoutValues{ctx}, r, key, p.site.languageOf(key))
	if err != nil {
		return nil, err
	}
	page := newPublicPage(rendered, lang)
	if !rendered.Incomplete {
		p.cache.put(key, page)
	}
	return page, nil
}

// withoutValues has the deadline of a context and none of its values.
type withoutValues struct{ context.Context }

// Value implements context.Context.
func (withoutValues) Value(any) any { return nil }

// Send answers with a page, or says that the reader has the page already.
func (p *Pages[S]) Send(c *fiber.Ctx, page *PublicPage[S]) error {
	p.look.setHeaders(c, page.lang)
	ctx := c.Context()
	ctx.Response.Header.SetCanonical(etagName, page.etag)
	if known := ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch); len(known) > 0 && matchesETag(known, page.etag) {
		ctx.Response.SetStatusCode(fiber.StatusNotModified)
		return nil
	}
	ctx.Response.AppendBody(page.head)
	ctx.Response.AppendBody(page.rest)
	return nil
}

// newETag is the strong validator of a page: the last record that changed the page, and the page's bytes, so that a new program or another
// public address makes a new validator too.
func newETag(seq int64, body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + strconv.FormatInt(seq, 10) + "-" + hex.EncodeToString(sum[:8]) + `"`
}

// matchesETag reports whether an If-None-Match names the validator (RFC 9110 §13.1.2: weak comparison).
func matchesETag(header, etag []byte) bool {
	for len(header) > 0 {
		var one []byte
		one, header, _ = bytes.Cut(header, []byte(","))
		one = bytes.TrimPrefix(bytes.TrimSpace(one), []byte("W/"))
		if bytes.Equal(one, etag) || string(one) == "*" {
			return true
		}
	}
	return false
}
