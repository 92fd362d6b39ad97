package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/recorder"
	"github.com/yousang/yousang/internal/trace"
)

// lot answers for a lot of the namespace, or one found by its key alone.
func (s *site) lot(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	typed := param(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	id := r.Ledger.Namespace() + "/lot/" + key
	if _, ok := r.Ledger.PageSeq(id); !ok {
		if id, err = r.Ledger.ResolveKey(key); err != nil {
			return s.notFound(c, key, err)
		}
	}
	return s.serve(c, r, id)
}

// gtinLot answers for a lot of a product with a GTIN.
func (s *site) gtinLot(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	gtin := param(c, "gtin")
	for len(gtin) < 14 && len(gtin) >= 8 {
		gtin = "0" + gtin
	}
	if !trace.ValidGTIN14(gtin) {
		return s.notFound(c, gtin, trace.E(trace.Invalid, trace.CodeBadKey, "", "value", gtin))
	}
	typed := param(c, "key")
	key, err := trace.ParseKey(typed)
	if err != nil {
		return s.notFound(c, typed, err)
	}
	id := "https://id.gs1.org/01/" + gtin + "/10/" + key
	if _, ok := r.Ledger.PageSeq(id); !ok {
		return s.notFound(c, key, trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", key))
	}
	return s.serve(c, r, id)
}

// param is a path segment as the browser meant it.
func param(c *fiber.Ctx, name string) string {
	raw := strings.Clone(c.Params(name))
	if !strings.Contains(raw, "%") {
		return raw
	}
	if v, err := url.PathUnescape(raw); err == nil {
		return v
	}
	return raw
}

// pathOf is where a lot's page is.
func pathOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "https://id.gs1.org"); ok {
		return rest
	}
	return "/lot/" + trace.KeyOf(id)
}

// serve answers with a lot's page, from the cache while nothing that it says has changed.
func (s *site) serve(c *fiber.Ctx, r *recorder.Recorder, id string) error {
	ch := language(s.words, c)
	k := pageKey{lot: id, lang: ch.p.Lang(), asked: ch.asked}
	p := s.cache.get(k)
	if p == nil || !p.fresh(r.Ledger) {
		var err error
		if p, err = s.make(c, r, id, ch); err != nil {
			return err
		}
		s.cache.put(k, p)
	}
	if err := headers(c, k.lang); err != nil {
		return err
	}
	res := &c.Context().Response
	res.Header.Set(fiber.HeaderETag, p.etag)
	if known := c.Context().Request.Header.Peek(fiber.HeaderIfNoneMatch); len(known) > 0 && match(string(known), p.etag) {
		res.SetStatusCode(fiber.StatusNotModified)
		return nil
	}
	res.AppendBody(p.head)
	res.AppendBody(p.rest)
	return nil
}

// tag is the strong validator of a page: the last record that changed it, and its bytes, so that a new program or another public address
// makes a new one too.
func tag(seq int64, body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + strconv.FormatInt(seq, 10) + "-" + hex.EncodeToString(sum[:8]) + `"`
}

// match reports whether an If-None-Match names the tag (RFC 9110 §13.1.2: weak comparison).
func match(header, tag string) bool {
	for header != "" {
		var one string
		one, header, _ = strings.Cut(header, ",")
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

// make builds a lot's page. It is built again where a record arrived meanwhile that changed it, so that a page is always of one moment.
func (s *site) make(c *fiber.Ctx, r *recorder.Recorder, id string, ch choice) (*page, error) {
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
		p := &page{rest: body, lots: lots, seq: seq, etag: tag(seq, body)}
		if i := bytes.Index(body, []byte("</style>")); i > 0 {
			p.head, p.rest = body[:i:i], bytes.Clone(body[i:])
		}
		p.checked.Store(before)
		return p, nil
	}
}

// notFound says that a code is unknown or mistyped, what that can mean, and what to do. It is no page for a search engine.
func (s *site) notFound(c *fiber.Ctx, code string, cause error) error {
	ch := language(s.words, c)
	p := &findPage{shell: shellFor(c, ch, s.url), Code: clip(code), Report: s.hotlines(ch.p, true)}
	p.NoIndex, p.Canonical = true, ""
	status, word, say := fiber.StatusNotFound, "page.unknown.title", "page.unknown.text"
	if keyError(cause) {
		word, say = "page.mistyped.title", "page.unknown.check"
		if strings.HasPrefix(c.Path(), "/01/") {
			status = fiber.StatusBadRequest
		}
	}
	p.Band = &band{State: "unknown", Word: ch.p.T(word), Say: ch.p.T(say)}
	p.Title = p.Band.Word
	for _, id := range []string{"typed", "early", "elsewhere", "false"} {
		p.Means = append(p.Means, ch.p.T("page.unknown.why."+id))
	}
	if k, err := trace.ParseKey(code); err == nil {
		p.Code = trace.GroupKey(k)
	}
	return send(c, status, "find.html", p, ch)
}

// home is the landing page.
func (s *site) home(c *fiber.Ctx) error {
	ch := language(s.words, c)
	p := &findPage{shell: shellFor(c, ch, s.url), Heading: ch.p.T("page.home.heading"), Say: ch.p.T("page.home.text")}
	p.Title, p.Desc, p.Image = p.Heading, p.Say, s.url+s.share
	return send(c, fiber.StatusOK, "find.html", p, ch)
}

// find goes to the page of a code that was typed: a key, or the whole address of a lot.
func (s *site) find(c *fiber.Ctx) error {
	r, err := s.ledger()
	if err != nil {
		return err
	}
	code := strings.TrimSpace(strings.Clone(c.Query("code")))
	ch := language(s.words, c)
	if code == "" {
		return c.Redirect("/"+ch.suffix(), fiber.StatusSeeOther)
	}
	if id, err := r.Lot(code); err == nil {
		return c.Redirect(pathOf(id)+ch.suffix(), fiber.StatusSeeOther)
	}
	last := code[strings.LastIndexByte(strings.TrimRight(code, "/"), '/')+1:]
	key, err := trace.ParseKey(strings.TrimRight(last, "/"))
	if err != nil {
		return s.notFound(c, code, err)
	}
	if _, ok := r.Ledger.Unit(r.ID("unit", key)); ok {
		return c.Redirect("/unit/"+key+ch.suffix(), fiber.StatusSeeOther)
	}
	return c.Redirect("/lot/"+key+ch.suffix(), fiber.StatusSeeOther)
}

// clip keeps what somebody typed short.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
