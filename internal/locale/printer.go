package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"github.com/yousang/yousang/internal/trace"
)

// The languages, as in the lang attribute of a page.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Printer writes for people in one language. A printer is safe for use by many goroutines.
type Printer struct {
	catalog   *catalog
	lang      string
	plain     map[string]string
	localizer *i18n.Localizer
	units     map[trace.Unit]unitWords
}

type unitWords struct{ one, many string }

// Lang is the language, "zh-CN" or "en".
func (p *Printer) Lang() string { return p.lang }

// Has reports whether there is a message of that id.
func (p *Printer) Has(id string) bool {
	_, ok := p.catalog.placeholders[id]
	return ok
}

// T returns a message with its placeholders filled from pairs of name and value. A value may be a string, a whole number, a time (written
// as a date), a trace.Quantity or a value with a String method. The number named Count chooses between singular and plural. An unknown id
// is returned unchanged, so that the mistake is seen.
func (p *Printer) T(id string, pairs ...any) string {
	if s, ok := p.plain[id]; ok {
		return s
	}
	return p.fillMessage(id, p.makeValues(pairs))
}

// Tell returns the fullest wording that has all its values: "id", or one of its "id+…" whose placeholders are all given and not empty.
func (p *Printer) Tell(id string, pairs ...any) string { return p.fillFullest(id, p.makeValues(pairs)) }

func (p *Printer) fillFullest(id string, v values) string {
	for _, full := range p.catalog.fuller[id] {
		if v.hasAll(p.catalog.placeholders[full]) {
			return p.fillMessage(full, v)
		}
	}
	return p.fillMessage(id, v)
}

func (p *Printer) fillMessage(id string, v values) string {
	if s, ok := p.plain[id]; ok {
		return s
	}
	if !p.Has(id) {
		return id
	}
	if v.text == nil {
		v.text = map[string]string{}
	}
	config := i18n.LocalizeConfig{MessageID: id, TemplateData: v.text, TemplateParser: placeholderParser{}}
	if v.counted {
		config.PluralCount = v.count
	}
	s, err := p.localizer.Localize(&config)
	if err != nil && s == "" {
		return id
	}
	return s
}

// values are the texts for placeholders, and the number that chooses the plural form.
type values struct {
	text    map[string]string
	count   int
	counted bool
}

func (v *values) setText(name, text string) {
	if v.text == nil {
		v.text = map[string]string{}
	}
	v.text[name] = text
}

// setCount sets Count, which also chooses the plural form; a text that is no number is ignored.
func (v *values) setCount(text string) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		v.count, v.counted = n, true
		v.setText("Count", groupThousands(text))
	}
}

func (v *values) hasAll(holes []string) bool {
	for _, h := range holes {
		if v.text[h] == "" {
			return false
		}
	}
	return true
}

func (p *Printer) makeValues(pairs []any) values {
	var v values
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			continue
		}
		text := p.formatValue(pairs[i+1])
		if name == "Count" {
			v.setCount(text)
		}
		switch pairs[i+1].(type) {
		case int, int32, int64, uint32, uint64:
			text = groupThousands(text)
		}
		v.setText(name, text)
	}
	return v
}

func (p *Printer) formatValue(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case trace.Quantity:
		return p.Quantity(v)
	case trace.Amount:
		return groupThousands(v.String())
	case time.Time:
		return p.Date(v)
	case trace.Time:
		return p.Date(v.Time)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// For returns the Printer of the language that a browser prefers: the value of Accept-Language, or the choice of a language switch ("zh",
// "en"). Every Chinese language gets Chinese, and so does a value that is empty, unreadable or names neither language.
func (p *Printer) For(acceptLanguage string) *Printer {
	const longest = 1000 // bytes; no browser sends more
	if len(acceptLanguage) > longest {
		acceptLanguage = acceptLanguage[:longest]
	}
	lang, best := Chinese, 0.0
	for acceptLanguage != "" {
		var entry string
		entry, acceptLanguage, _ = strings.Cut(acceptLanguage, ",")
		tag, params, _ := strings.Cut(entry, ";")
		match := matchLanguage(tag)
		if quality := parseQuality(params); match != "" && quality > best {
			lang, best = match, quality
		}
	}
	return p.catalog.printers[lang]
}

// In returns the Printer of a language that was chosen explicitly ("zh", "zh-CN", "en"), and p itself for any other language.
func (p *Printer) In(lang string) *Printer {
	if l := matchLanguage(lang); l != "" {
		return p.catalog.printers[l]
	}
	return p
}

// matchLanguage maps a language tag to one of the two languages, "" for any other.
func matchLanguage(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	switch tag {
	case "zh", "cmn", "yue", "wuu", "hak", "nan", "gan", "hsn":
		return Chinese
	case "en":
		return English
	}
	return ""
}

// parseQuality reads the q of an entry: 1 without q, 0 for an unreadable q.
func parseQuality(params string) float64 {
	for params != "" {
		var one string
		one, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(one, "=")
		if strings.TrimSpace(name) != "q" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
