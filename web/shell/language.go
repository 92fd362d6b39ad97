package shell

import (
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/locale"
)

// catalogsOnce reads the catalogs once for all sites and for ErrorPage.
var catalogsOnce = sync.OnceValues(locale.New)

// Language is the language of an answer.
type Language struct {
	Printer *locale.Printer
	Chosen  bool // by the address (?lang=), not by the browser: links on the page keep the language then
}

// QuerySuffix keeps a language that was chosen while people follow links: "?lang=en", or "".
func (l Language) QuerySuffix() string {
	if l.Chosen {
		return "?lang=" + languageCode(l.Printer.Lang())
	}
	return ""
}

// languageCode is the value of ?lang= for a language.
func languageCode(lang string) string {
	if lang == locale.English {
		return "en"
	}
	return "zh"
}

// LanguageOf is the language that the address of a request names (?lang=zh), else the language that the browser asks for.
func (s *Site) LanguageOf(c *fiber.Ctx) Language {
	if l, ok := chosenLanguage(s.Words, c); ok {
		return l
	}
	return Language{Printer: s.languages.PrinterFor(c.Context().Request.Header.Peek(fiber.HeaderAcceptLanguage))}
}

// chosenLanguage is the language that the address of a request names; false where the address names none of ours.
func chosenLanguage(words *locale.Printer, c *fiber.Ctx) (Language, bool) {
	uri := c.Context().URI()
	if len(uri.QueryString()) == 0 {
		return Language{}, false
	}
	// Printer.In returns its receiver for a language that has no catalog: two receivers agree on the languages we have.
	name := string(uri.QueryArgs().Peek("lang"))
	p := words.In(locale.Chinese).In(name)
	if name == "" || p != words.In(locale.English).In(name) {
		return Language{}, false
	}
	return Language{Printer: p, Chosen: true}, true
}
