package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// lot answers with a lot's page.
func (s *site) lot(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	ch := languageOf(s.words, &s.heard, c)
	if p := s.kept(c, r, ch); p != nil {
		return s.answer(c, p)
	}
	typed := param(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	id, err := lotOf(r, key)
	if err != nil {
		return s.notFound(c, key, err)
	}
	return s.serve(c, r, id, ch)
}

// kept finds the page of a request by its address as it stands, where nothing that it says has changed: most requests need no more.
func (s *site) kept(c *fiber.Ctx, r *app.App, ch choice) *page {
	if p := s.cache.get(c.Context().URI().PathOriginal(), ch.voice()); p != nil && p.fresh(r.Ledger) {
		return p
	}
	return nil
}

// serve answers with a lot's page, from the cache where the address was written in another way than the page's own.
func (s *site) serve(c *fiber.Ctx, r *app.App, id string, ch choice) error {
	p, err := s.pageOf(c, r, id, ch)
	if err != nil {
		return err
	}
	return s.answer(c, p)
}

// pageOf is a lot's page, kept or made.
func (s *site) pageOf(c *fiber.Ctx, r *app.App, id string, ch choice) (*page, error) {
	k := pageKey{pathOf(id), ch.voice()}
	if p := s.cache.get([]byte(k.path), k.voice); p != nil && p.fresh(r.Ledger) {
		return p, nil
	}
	p, err := s.make(c, r, id, ch)
	if err == nil && !p.gap {
		s.cache.put(k, p)
	}
	return p, err
}

// answer sends a page, or says that the reader has it already.
func (s *site) answer(c *fiber.Ctx, p *page) error {
	s.count(c, p.code)
	setHeaders(c, s.fixed, p.lang)
	ctx := c.Context()
	ctx.Response.Header.SetCanonical(etagName, p.etag)
	if known := ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch); len(known) > 0 && match(known, p.etag) {
		ctx.Response.SetStatusCode(fiber.StatusNotModified)
		return nil
	}
	ctx.Response.AppendBody(p.head)
	ctx.Response.AppendBody(p.rest)
	return nil
}

// tag is the strong validator of a page: the last record that changed it, and its bytes, so that a new program or another public address
// makes a new one too.
func tag(seq int64, body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + strconv.FormatInt(seq, 10) + "-" + hex.EncodeToString(sum[:8]) + `"`
}

// match reports whether an If-None-Match names the tag (RFC 9110 §13.1.2: weak comparison).
func match(header, tag []byte) bool {
	for len(header) > 0 {
		var one []byte
		one, header, _ = bytes.Cut(header, []byte(","))
		one = bytes.TrimPrefix(bytes.TrimSpace(one), []byte("W/"))
		if bytes.Equal(one, tag) || string(one) == "*" {
			return true
		}
	}
	return false
}

// make builds a lot's page. It is built again where a record arrived meanwhile that changed it, so that a page is always of one moment.
func (s *site) make(c *fiber.Ctx, r *app.App, id string, ch choice) (*page, error) {
	for try := 0; ; try++ {
		before := r.Ledger.Head()
		data, lots, err := s.build(c, r, id, ch)
		if err != nil {
			return nil, fmt.Errorf("build page: %w", err)
		}
		seq := pageSeq(r.Ledger, lots)
		if seq > before && try < 3 {
			continue
		}
		data.AsOf = ch.p.T("page.footer.asof", "Seq", seq)
		body, err := render("lot.html", data)
		if err != nil {
			return nil, err
		}
		p := newPage(seq, body, ch)
		p.gap = data.Gap != ""
		p.lots, p.code, p.lot = lots, trace.KeyOf(id), shortOf(data)
		p.checked.Store(before)
		return p, nil
	}
}

// newPage cuts a rendered page in two after the style, which is the same for many.
func newPage(seq int64, body []byte, ch choice) *page {
	p := &page{rest: body, seq: seq, etag: []byte(tag(seq, body)), lang: []byte(ch.p.Lang())}
	if i := bytes.Index(body, []byte("</style>")); i > 0 {
		p.head, p.rest = bytes.Clone(body[:i]), bytes.Clone(body[i:])
	}
	return p
}

// home is the landing page.
func (s *site) home(c *fiber.Ctx) error {
	ch := language(s.words, c)
	p := &findPage{shell: shellFor(c, ch, s.url), Heading: ch.p.T("page.home.heading"), Say: ch.p.T("page.home.text")}
	p.Title, p.Desc, p.Image = p.Heading, p.Say, s.url+s.share
	return send(c, fiber.StatusOK, "find.html", p, ch)
}

// find goes straight to the page of a code that was typed: a key, a serial number, or the whole address of a lot, unit or item.
func (s *site) find(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(strings.Clone(c.Query("code")))
	ch := languageOf(s.words, &s.heard, c)
	if typed == "" {
		return c.Redirect("/"+ch.suffix(), fiber.StatusSeeOther)
	}
	code := addressIn(fold(typed))
	if id, err := r.ResolveLot(code); err == nil {
		return c.Redirect(pathOf(id)+ch.suffix(), fiber.StatusSeeOther)
	}
	last := code[strings.LastIndexByte(code, '/')+1:]
	switch to, err := soughtItem(c.UserContext(), r, code); {
	case err == nil:
		return c.Redirect(to+ch.suffix(), fiber.StatusSeeOther)
	case errors.Is(err, errUnissued):
		return s.unissued(c, last)
	}
	key, err := trace.ParseKey(last)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	if _, ok := r.Ledger.Unit(r.ID("unit", key)); ok {
		return c.Redirect(pages+"/unit/"+key+ch.suffix(), fiber.StatusSeeOther)
	}
	return c.Redirect(pages+"/"+key+ch.suffix(), fiber.StatusSeeOther)
}

// soughtItem is the path of the page of an item, found by its serial number or an address with one. Errors: errUnissued where it was meant to
// be one; any other where it may have been something else, such as a mistyped lot, which has the same length.
func soughtItem(ctx context.Context, r *app.App, code string) (path string, err error) {
	v, err := r.FindItem(ctx, "", code)
	if err == nil {
		code, err = r.Serials.MakeSerial(ctx, v.Batch.Key, v.Index)
		return pathOf(v.Batch.Lot) + "/" + code, err
	}
	const inNoLot = "01BILOS"
	unknown := trace.IsCode(err, trace.CodeNotIssued) || trace.IsCode(err, trace.CodeUnknownLot)
	if unknown && (strings.Contains(code, "/") || strings.ContainsAny(strings.ToUpper(code), inNoLot)) {
		return "", errUnissued
	}
	return "", err
}
