package locale

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// filler fills placeholders of the one form {{.Name}}. It knows no functions and no conditions: whoever writes a sentence needs no
// programming, and a value can never be read as a template. It is several times faster than text/template.
type filler struct{}

// part is a piece of a text: literal words, or the name of a placeholder.
type part struct{ text, hole string }

type filled []part

// Cacheable says that go-i18n may keep what was parsed.
func (filler) Cacheable() bool { return true }

// Parse cuts a text at its placeholders. Errors are mistakes in a catalog and are found when it is loaded.
func (filler) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	parts, err := cut(src)
	return filled(parts), err
}

// Execute puts the values in; a placeholder without a value is left out.
func (f filled) Execute(data any) (string, error) {
	v, ok := data.(map[string]string)
	if !ok {
		return "", fmt.Errorf("fill message: values are %T", data)
	}
	var b strings.Builder
	for _, p := range f {
		if p.hole != "" {
			b.WriteString(v[p.hole])
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String(), nil
}

func cut(src string) (parts []part, err error) {
	for src != "" {
		text, rest, found := strings.Cut(src, "{{")
		if text != "" {
			parts = append(parts, part{text: text})
		}
		if !found {
			return parts, nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		name, dot := strings.CutPrefix(inside, ".")
		if !closed || !dot || name == "" || strings.Trim(name, letters) != "" {
			return nil, fmt.Errorf("placeholder {{%s is not of the form {{.Name}}", inside)
		}
		parts = append(parts, part{hole: name})
		src = after
	}
	return parts, nil
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
