package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/yousang/yousang/internal/trace"
)

//go:embed messages.*.json
var messageFiles embed.FS

// catalog holds all messages of all languages; the catalog is read once and never changed.
type catalog struct {
	bundle       *i18n.Bundle
	plain        map[string]map[string]string // by language and id: messages without placeholder or plural
	placeholders map[string][]string          // by id
	fuller       map[string][]string          // ids "x+y" and x itself by x, the id with most placeholders first
	printers     map[string]*Printer
}

// New reads the catalogs and returns the Chinese Printer, which leads to every other (For, In). An error is a mistake in the embedded
// files.
func New() (*Printer, error) { return Load(messageFiles) }

// Load is New with the catalogs of a folder: messages.zh-CN.json and messages.en.json. An error is a mistake in them.
func Load(dir fs.FS) (*Printer, error) {
	c := &catalog{
		bundle: i18n.NewBundle(language.MustParse(Chinese)), plain: map[string]map[string]string{},
		placeholders: map[string][]string{}, fuller: map[string][]string{}, printers: map[string]*Printer{},
	}
	for _, lang := range []string{Chinese, English} {
		name := "messages." + lang + ".json"
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
		file, err := c.bundle.ParseMessageFileBytes(text, name)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		if err := c.addMessages(lang, file.Messages); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for base, ids := range c.fuller {
		if _, ok := c.placeholders[base]; !ok {
			return nil, fmt.Errorf("message %s has no plain %s", ids[0], base)
		}
		slices.SortFunc(ids, func(a, b string) int {
			if n := len(c.placeholders[b]) - len(c.placeholders[a]); n != 0 {
				return n
			}
			return strings.Compare(a, b)
		})
	}
	for _, lang := range []string{Chinese, English} {
		c.printers[lang] = c.newPrinter(lang)
	}
	return c.printers[Chinese], nil
}

// addMessages adds the messages of one language. Error: a placeholder of a wrong form.
func (c *catalog) addMessages(lang string, messages []*i18n.Message) error {
	plain := map[string]string{}
	c.plain[lang] = plain
	for _, m := range messages {
		var holes []string
		forms := listForms(m)
		for _, text := range forms {
			parts, err := splitPlaceholders(text)
			if err != nil {
				return fmt.Errorf("message %s: %w", m.ID, err)
			}
			for _, p := range parts {
				if p.placeholder != "" && !slices.Contains(holes, p.placeholder) {
					holes = append(holes, p.placeholder)
				}
			}
		}
		if len(forms) == 1 && len(holes) == 0 {
			plain[m.ID] = m.Other
		}
		if _, known := c.placeholders[m.ID]; !known {
			base, _, _ := strings.Cut(m.ID, "+")
			c.fuller[base] = append(c.fuller[base], m.ID)
		}
		c.placeholders[m.ID] = holes
	}
	return nil
}

// listForms lists the texts of a message, one for each plural form of the message.
func listForms(m *i18n.Message) (out []string) {
	for _, s := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// newPrinter makes the Printer of a language, with the words for units looked up once.
func (c *catalog) newPrinter(lang string) *Printer {
	p := &Printer{
		catalog: c, lang: lang, plain: c.plain[lang], localizer: i18n.NewLocalizer(c.bundle, lang), units: map[trace.Unit]unitWords{},
	}
	for id := range c.placeholders {
		if code, ok := strings.CutPrefix(id, "unit."); ok {
			one, many := values{count: 1, counted: true}, values{count: 2, counted: true}
			p.units[trace.Unit(code)] = unitWords{p.fillMessage(id, one), p.fillMessage(id, many)}
		}
	}
	return p
}
