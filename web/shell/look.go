package shell

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

	"github.com/yousang/yousang/internal/fastpath"
)

//go:embed templates/*.html templates/style.css
var sources embed.FS

// Look is a set of parsed templates with the style that they share and the headers that their pages are sent with. Rooms of the consumer's
// pages use PublicLook; pages with another policy get a look of their own by NewLook.
type Look struct {
	templates *template.Template
	style     template.CSS
	headers   []fastpath.Header // the same for every page
}

// Policy says which headers the pages of a look are sent with. styleHash is the source expression of the style for a
// Content-Security-Policy.
type Policy func(styleHash string) []fastpath.Header

// PublicPolicy is for public pages: nothing from another host, no script, no cookie; a browser asks each time whether its copy is still
// good, so that a recall shows at once.
func PublicPolicy(styleHash string) []fastpath.Header {
	csp := "default-src 'none'; style-src " + styleHash +
		"; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	return []fastpath.Header{
		{Name: []byte(fiber.HeaderContentSecurityPolicy), Value: []byte(csp)},
		{Name: []byte(fiber.HeaderCacheControl), Value: []byte("no-cache")},
		{Name: []byte(fiber.HeaderReferrerPolicy), Value: []byte("same-origin")},
		{Name: []byte(fiber.HeaderXContentTypeOptions), Value: []byte("nosniff")},
		{Name: []byte(fiber.HeaderVary), Value: []byte(fiber.HeaderAcceptLanguage)},
	}
}

// NewLook parses the templates of one or more folders of files, each named templates/*.html, together with a style sheet. Errors are
// mistakes in the embedded templates.
func NewLook(style string, policy Policy, files ...fs.FS) (*Look, error) {
	css := squeezeStyle(style)
	t := template.New("").Option("missingkey=error")
	for _, f := range files {
		if _, err := t.ParseFS(f, "templates/*.html"); err != nil {
			return nil, fmt.Errorf("parse templates: %w", err)
		}
	}
	sum := sha256.Sum256([]byte(css))
	return &Look{templates: t, style: template.CSS(css),
		headers: policy("'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")}, nil
}

// PublicLook is the look of the consumer's pages with the templates of a room added. Errors are mistakes in the embedded templates.
func PublicLook(files ...fs.FS) (*Look, error) {
	style, err := fs.ReadFile(sources, "templates/style.css")
	if err != nil {
		return nil, fmt.Errorf("read style: %w", err)
	}
	return NewLook(string(style), PublicPolicy, append([]fs.FS{sources}, files...)...)
}

// plainLookOnce parses the templates of the shell alone, for ErrorPage.
var plainLookOnce = sync.OnceValues(func() (*Look, error) { return PublicLook() })

// Templates are the names of the look's templates, for tests.
func (l *Look) Templates() []string {
	var names []string
	for _, t := range l.templates.Templates() {
		names = append(names, t.Name())
	}
	return names
}

// Render executes the template of a page.
func (l *Look) Render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(16 << 10)
	if err := l.templates.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Send renders a page that is not kept, and answers with the page. Pages of errors are no pages for a search engine.
func (l *Look) Send(c *fiber.Ctx, status int, name string, data any, lang Language) error {
	body, err := l.Render(name, data)
	if err != nil {
		return err
	}
	l.setHeaders(c, []byte(lang.Printer.Lang()))
	if status >= 400 {
		c.Set(fiber.HeaderXRobotsTag, "noindex")
	}
	return c.Status(status).Send(body)
}

// setHeaders writes the headers of every page of the look.
func (l *Look) setHeaders(c *fiber.Ctx, lang []byte) {
	h := &c.Context().Response.Header
	h.SetContentTypeBytes(contentType)
	fastpath.SetHeaders(h, l.headers)
	h.SetCanonical(contentLanguage, lang)
}

var (
	contentType     = []byte("text/html; charset=utf-8")
	contentLanguage = []byte(fiber.HeaderContentLanguage)
	etagName        = []byte("Etag") // as fasthttp spells the name
)

var (
	cssComment   = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace     = regexp.MustCompile(`\s+`)
	cssDelimiter = regexp.MustCompile(`\s*([{};,>])\s*`)
	cssName      = regexp.MustCompile(`--[a-z][a-z0-9]*`)
)

// squeezeStyle takes comments and needless white space out of a style sheet and shortens the names of its colours: phones on a hillside pay
// for every byte.
func squeezeStyle(css string) string {
	css = cssComment.ReplaceAllString(css, "")
	css = cssDelimiter.ReplaceAllString(css, "$1")
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
