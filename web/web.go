// Package web is what people open in a browser: the provenance page 溯源页 of a lot, the contents of a packed unit, a product, the landing
// page with its form, and the page that says that something went wrong; and before these the resolver, which leads a printed code to its
// page or to another link registered for it. Pages are made on the server, in Chinese and English, without JavaScript,
// cookies or anything from another host. They show organisations and villages, never persons, growers or plots.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

//go:embed static/share.png static/favicon.ico
var static embed.FS

// Deps are what the pages need.
type Deps struct {
	Recorder   func() *app.App // the open ledger; nil while it is still being read
	PublicURL  string          // what codes and links show: "https://trace.example.cn"; only shown, never identity
	Log        *slog.Logger    // nil means slog.Default
	CacheBytes int64           // for rendered pages; 0 means 128 MiB, below 0 none
	Scans      *scan.Counter   // counts page views; nil counts none
}

const defaultCache = 128 << 20

// site serves the pages of one ledger.
type site struct {
	deps  Deps
	url   string
	host  string // of url
	words *locale.Printer
	heard tongues
	lots  knownLots
	cache *cache
	fixed []header
	share string // address of the picture that a shared link shows
}

// wordsOnce reads the catalogs once for all sites and for ErrorPage.
var wordsOnce = sync.OnceValues(locale.New)

// Register adds the pages to an app or group. Errors are mistakes in the embedded templates or catalogs.
func Register(app fiber.Router, d Deps) error {
	words, err := wordsOnce()
	if err != nil {
		return fmt.Errorf("read catalogs: %w", err)
	}
	l, err := looksOnce()
	if err != nil {
		return fmt.Errorf("read templates: %w", err)
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.CacheBytes == 0 {
		d.CacheBytes = defaultCache
	}
	s := &site{deps: d, url: strings.TrimRight(d.PublicURL, "/"), host: hostOf(d.PublicURL), words: words, cache: newCache(d.CacheBytes), fixed: l.fixed, heard: tongues{seed: maphash.MakeSeed()}, lots: newKnownLots()}
	if err := s.files(app); err != nil {
		return err
	}
	app.Get("/", s.home)
	app.Get("/find", s.find)
	app.Get(pages+"/unit/:key", s.unit)
	app.Get(pages+"/product/:slug", s.product)
	app.Get(pages+"/:key", s.lot)
	app.Get(pages+"/:lotkey/:serial", s.item)
	return s.resolves(app)
}

// files serves the two pictures. The shared one carries its hash in its name and may be kept for a year.
func (s *site) files(app fiber.Router) error {
	png, err := static.ReadFile("static/share.png")
	if err != nil {
		return fmt.Errorf("read share picture: %w", err)
	}
	ico, err := static.ReadFile("static/favicon.ico")
	if err != nil {
		return fmt.Errorf("read icon: %w", err)
	}
	sum := sha256.Sum256(png)
	s.share = "/static/share." + hex.EncodeToString(sum[:5]) + ".png"
	serve := func(path, kind, keep string, body []byte) {
		app.Get(path, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, kind)
			c.Set(fiber.HeaderCacheControl, keep)
			c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
			return c.Send(body)
		})
	}
	serve(s.share, "image/png", "public, max-age=31536000, immutable", png)
	serve("/favicon.ico", "image/x-icon", "public, max-age=86400", ico)
	return nil
}

// ledger is the open recorder, or an error that says to come back.
func (s *site) ledger() (*app.App, error) {
	if r := s.deps.Recorder(); r != nil {
		return r, nil
	}
	return nil, trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "")
}

// choice is the language of an answer, and whether the address chose it.
type choice struct {
	p     *locale.Printer
	asked bool
}

// voice is what a kept page is found by.
func (c choice) voice() (v voice) {
	if c.p.Lang() == locale.English {
		v = inEnglish
	}
	if c.asked {
		v |= chosen
	}
	return v
}

// language is what the address says (?lang=zh), else what the browser asks for.
func language(words *locale.Printer, c *fiber.Ctx) choice { return languageOf(words, nil, c) }

// languageOf is language, with what was already read of headers; heard may be nil.
func languageOf(words *locale.Printer, heard *tongues, c *fiber.Ctx) choice {
	if uri := c.Context().URI(); len(uri.QueryString()) > 0 {
		// In keeps the printer it is asked of where it does not know the language.
		q := string(uri.QueryArgs().Peek("lang"))
		if p := words.In(locale.Chinese).In(q); q != "" && p == words.In(locale.English).In(q) {
			return choice{p, true}
		}
	}
	accept := c.Context().Request.Header.Peek(fiber.HeaderAcceptLanguage)
	if heard == nil {
		return choice{words.For(string(accept)), false}
	}
	return choice{heard.printer(words, accept), false}
}

// tongues remembers the languages of the headers last seen: browsers send few different ones, and a header takes longer to read than to
// look up. Every header has one place in the table; another one of that place takes it over, so that nobody can make the table grow.
type tongues struct {
	seed maphash.Seed
	seen [64]atomic.Pointer[tongue]
}

type tongue struct {
	header string
	p      *locale.Printer
}

func (t *tongues) printer(words *locale.Printer, header []byte) *locale.Printer {
	const usual = 200 // bytes; what is longer is not kept
	if len(header) > usual {
		return words.For(string(header))
	}
	place := &t.seen[maphash.Bytes(t.seed, header)%uint64(len(t.seen))]
	if known := place.Load(); known != nil && known.header == string(header) {
		return known.p
	}
	said := string(header) // a copy: the request's buffer is used again
	p := words.For(said)
	place.Store(&tongue{said, p})
	return p
}

// short is the value of ?lang= for a language.
func short(lang string) string {
	if lang == locale.English {
		return "en"
	}
	return "zh"
}

// suffix keeps a language that was chosen while people follow links.
func (c choice) suffix() string {
	if c.asked {
		return "?lang=" + short(c.p.Lang())
	}
	return ""
}

// ErrorPage answers with a page that says in the reader's language what went wrong; err may be nil for a plain 404. The server's one error
// handler calls it for people and answers programs with JSON.
func ErrorPage(c *fiber.Ctx, status int, err *trace.Error) error {
	words, failed := wordsOnce()
	if failed != nil {
		return fmt.Errorf("read catalogs: %w", failed)
	}
	ch := language(words, c)
	sh := shellFor(c, ch, "")
	sh.NoIndex = true
	p := &errorPage{shell: sh, Status: status}
	switch {
	case status == fiber.StatusNotFound:
		p.Heading, p.Say = ch.p.T("page.notfound.title"), ch.p.T("page.notfound.text")
	case status == fiber.StatusServiceUnavailable:
		p.Heading, p.Say = ch.p.T("page.busy.title"), ch.p.T("page.busy.text")
		c.Set(fiber.HeaderRetryAfter, "5")
	case status >= 500:
		p.Heading, p.Say = ch.p.T("page.failed.title"), ch.p.T("page.failed.text")
	default:
		p.Heading, p.Say = ch.p.T("page.refused.title"), ch.p.T("page.notfound.text")
	}
	if err != nil && status < 500 && status != fiber.StatusNotFound {
		p.Say = ch.p.Error(err)
	}
	p.Title = p.Heading
	return send(c, status, "error.html", p, ch)
}

// keyError tells a mistyped code from one that nobody knows.
func keyError(err error) bool {
	var e *trace.Error
	return errors.As(err, &e) && e.Code == trace.CodeBadKey
}
