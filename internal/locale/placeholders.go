package locale

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// placeholderParser parses messages with placeholders of the form {{.Name}} alone. There are no functions and no conditions, so that
// authors of sentences need no programming and a value is never read as a template. The parser is several times faster than text/template.
type placeholderParser struct{}

// textPart is a piece of a text: literal words, or the name of a placeholder.
type textPart struct{ text, placeholder string }

type parsedText []textPart

// Cacheable reports to go-i18n that parsed messages may be kept.
func (placeholderParser) Cacheable() bool { return true }

// Parse splits a text at its placeholders. An error is a mistake in a catalog, which New finds.
func (placeholderParser) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	parts, err := splitPlaceholders(src)
	return parsedText(parts), err
}

// Execute fills the placeholders with values; a placeholder without a value is left out.
func (f parsedText) Execute(data any) (string, error) {
	v, ok := data.(map[string]string)
	if !ok {
		return "", fmt.Errorf("fill message: values are %T", data)
	}
	var b strings.Builder
	for _, p := range f {
		if p.placeholder != "" {
			b.WriteString(v[p.placeholder])
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String(), nil
}

// splitPlaceholders splits a text into literal words and placeholders. Error: a placeholder of another form than {{.Name}}.
func splitPlaceholders(src string) (parts []textPart, err error) {
	for src != "" {
		text, rest, found := strings.Cut(src, "{{")
		if text != "" {
			parts = append(parts, textPart{text: text})
		}
		if !found {
			return parts, nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		name, dot := strings.CutPrefix(inside, ".")
		if !closed || !dot || name == "" || strings.Trim(name, placeholderLetters) != "" {
			return nil, fmt.Errorf("placeholder {{%s is not of the form {{.Name}}", inside)
		}
		parts = append(parts, textPart{placeholder: name})
		src = after
	}
	return parts, nil
}

const placeholderLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
