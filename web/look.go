package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/locale"
)

//go:embed templates/*.html templates/style.css
var sources embed.FS

// looks are the parsed templates with the style they share.
type looks struct {
	t     *template.Template
	css   template.CSS
	csp   string
	fixed []header // the same for every page
}

type header struct{ name, value []byte }

var looksOnce = sync.OnceValues(readLooks)

func readLooks() (*looks, error) {
	raw, err := fs.ReadFile(sources, "templates/style.css")
	if err != nil {
		return nil, fmt.Errorf("read style: %w", err)
	}
	css := squeeze(string(raw))
	t, err := template.New("").Option("missingkey=error").ParseFS(sources, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	sum := sha256.Sum256([]byte(css))
	csp := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	fixed := []header{
		{[]byte(fiber.HeaderContentSecurityPolicy), []byte(csp)},
		{[]byte(fiber.HeaderCacheControl), []byte("no-cache")}, // a recall shows at once
		{[]byte(fiber.HeaderReferrerPolicy), []byte("same-origin")},
		{[]byte(fiber.HeaderXContentTypeOptions), []byte("nosniff")},
		{[]byte(fiber.HeaderVary), []byte(fiber.HeaderAcceptLanguage)},
	}
	return &looks{t: t, css: template.CSS(css), csp: csp, fixed: fixed}, nil
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssSign    = regexp.MustCompile(`\s*([{};,>])\s*`)
	cssName    = regexp.MustCompile(`--[a-z][a-z0-9]*`)
)

// squeeze takes comments and needless white space out of a style sheet and shortens the names of its colours; phones on a hillside pay for
// every byte.
func squeeze(css string) string {
	css = cssComment.ReplaceAllString(css, "")
	css = cssSign.ReplaceAllString(css, "$1")
	css = cssSpace.ReplaceAllString(css, " ")
	css = strings.ReplaceAll(css, ": ", ":")
	short := map[string]string{}
	css = cssName.ReplaceAllStringFunc(css, func(name string) string {
		if short[name] == "" {
			short[name] = "--" + strconv.FormatInt(int64(len(short))+10, 36) // a, b, c …
		}
		return short[name]
	})
	return strings.TrimSpace(strings.ReplaceAll(css, ";}", "}"))
}

// shell is what every page has around its content. Its T is the translator of the templates.
type shell struct {
	Lang      string
	Title     string
	Desc      string
	Theme     string // class of the accent: pomelo, silk
	Canonical string // absolute
	Image     string // absolute; of a shared link
	NoIndex   bool
	Other     string // address of the same page in the other language
	OtherLang string
	Home      string
	Q         string // "?lang=en" where the language was chosen

	p *locale.Printer
}

// T is a sentence of the catalog without values.
func (s *shell) T(id string) string { return s.p.T(id) }

// CSS is the style of all pages, in the page itself.
func (s *shell) CSS() (template.CSS, error) {
	l, err := looksOnce()
	if err != nil {
		return "", err
	}
	return l.css, nil
}

// shellFor prepares a page at the request's path; base is the public URL.
func shellFor(c *fiber.Ctx, ch choice, base string) shell {
	path := strings.Clone(c.Path())
	other := locale.English
	if ch.p.Lang() == locale.English {
		other = locale.Chinese
	}
	return shell{Lang: ch.p.Lang(), Theme: "pomelo", Canonical: base + path, Other: path + "?lang=" + short(other), OtherLang: other,
		Home: "/" + ch.suffix(), Q: ch.suffix(), p: ch.p}
}

// render executes a page's template.
func render(name string, data any) ([]byte, error) {
	l, err := looksOnce()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(16 << 10)
	if err := l.t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// setHeaders writes those of every page, under names that need no further spelling.
func setHeaders(c *fiber.Ctx, fixed []header, lang []byte) {
	h := &c.Context().Response.Header
	h.SetContentTypeBytes(contentType)
	for i := range fixed {
		h.SetCanonical(fixed[i].name, fixed[i].value)
	}
	h.SetCanonical(contentLanguage, lang)
}

var (
	contentType     = []byte("text/html; charset=utf-8")
	contentLanguage = []byte(fiber.HeaderContentLanguage)
	etagName        = []byte("Etag") // as fasthttp spells it
)

// send renders a page that is not kept and answers with it.
func send(c *fiber.Ctx, status int, name string, data any, ch choice) error {
	body, err := render(name, data)
	if err != nil {
		return err
	}
	l, err := looksOnce()
	if err != nil {
		return err
	}
	setHeaders(c, l.fixed, []byte(ch.p.Lang()))
	if status >= 400 {
		c.Set(fiber.HeaderXRobotsTag, "noindex")
	}
	return c.Status(status).Send(body)
}
