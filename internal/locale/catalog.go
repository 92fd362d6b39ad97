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
var files embed.FS

// catalog is all messages of all languages, read once and never changed.
type catalog struct {
	bundle   *i18n.Bundle
	plain    map[string]map[string]string // by language and id: messages without placeholder or plural
	holes    map[string][]string          // placeholders by id
	fuller   map[string][]string          // ids "x+y" by x, and x itself, most placeholders first
	printers map[string]*Printer
}

// New reads the catalogs and returns the Chinese Printer, from which For gives every other. Errors are mistakes in the embedded files.
func New() (*Printer, error) { return load(files) }

func load(dir fs.FS) (*Printer, error) {
	c := &catalog{bundle: i18n.NewBundle(language.MustParse(Chinese)), plain: map[string]map[string]string{}, holes: map[string][]string{},
		fuller: map[string][]string{}, printers: map[string]*Printer{}}
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
		if err := c.add(lang, file.Messages); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for base, ids := range c.fuller {
		if _, ok := c.holes[base]; !ok {
			return nil, fmt.Errorf("message %s has no plain %s", ids[0], base)
		}
		slices.SortFunc(ids, func(a, b string) int {
			if n := len(c.holes[b]) - len(c.holes[a]); n != 0 {
				return n
			}
			return strings.Compare(a, b)
		})
	}
	for _, lang := range []string{Chinese, English} {
		c.printers[lang] = c.printer(lang)
	}
	return c.printers[Chinese], nil
}

func (c *catalog) add(lang string, messages []*i18n.Message) error {
	plain := map[string]string{}
	c.plain[lang] = plain
	for _, m := range messages {
		var holes []string
		forms := forms(m)
		for _, text := range forms {
			parts, err := cut(text)
			if err != nil {
				return fmt.Errorf("message %s: %w", m.ID, err)
			}
			for _, p := range parts {
				if p.hole != "" && !slices.Contains(holes, p.hole) {
					holes = append(holes, p.hole)
				}
			}
		}
		if len(forms) == 1 && len(holes) == 0 {
			plain[m.ID] = m.Other
		}
		if _, known := c.holes[m.ID]; !known {
			base, _, _ := strings.Cut(m.ID, "+")
			c.fuller[base] = append(c.fuller[base], m.ID)
		}
		c.holes[m.ID] = holes
	}
	return nil
}

// forms are the texts of a message, one for each plural form it has.
func forms(m *i18n.Message) (out []string) {
	for _, s := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (c *catalog) printer(lang string) *Printer {
	p := &Printer{c: c, lang: lang, plain: c.plain[lang], localizer: i18n.NewLocalizer(c.bundle, lang), units: map[trace.Unit]unitWords{}}
	for id := range c.holes {
		if code, ok := strings.CutPrefix(id, "unit."); ok {
			p.units[trace.Unit(code)] = unitWords{p.fill(id, values{count: 1, counted: true}), p.fill(id, values{count: 2, counted: true})}
		}
	}
	return p
}
