package shell

import (
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/locale"
)

// Frame is what every page has around its content; a page's struct embeds a Frame. Its T is the translator of the templates.
type Frame struct {
	Lang      string
	Title     string
	Desc      string
	Theme     string // class of the accent: pomelo, silk
	Canonical string // absolute address; "" for a page that has none
	Image     string // absolute address of the picture of a shared link
	NoIndex   bool   // not for search engines
	Other     string // address of the same page in the other language
	OtherLang string
	Home      string
	Q         string       // "?lang=en" where the language was chosen
	CSS       template.CSS // style of all pages, in the page itself

	words *locale.Printer
}

// T is a sentence of the catalog without values.
func (f *Frame) T(id string) string { return f.words.T(id) }

// OtherAddress is a path, with or without a query, in the other language.
func (f *Frame) OtherAddress(path string) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "lang=" + languageCode(f.OtherLang)
}

// NewFrame prepares a page at a path; base is the public address, which stands before the canonical address.
func (l *Look) NewFrame(path, base string, lang Language) Frame {
	f := Frame{Lang: lang.Printer.Lang(), Theme: "pomelo", Canonical: base + path, OtherLang: locale.English, Home: "/" + lang.QuerySuffix(),
		Q: lang.QuerySuffix(), CSS: l.style, words: lang.Printer}
	if f.Lang == locale.English {
		f.OtherLang = locale.Chinese
	}
	f.Other = f.OtherAddress(path)
	return f
}

// FrameAt prepares a page at the path of a request.
func (l *Look) FrameAt(c *fiber.Ctx, base string, lang Language) Frame {
	return l.NewFrame(strings.Clone(c.Path()), base, lang)
}
