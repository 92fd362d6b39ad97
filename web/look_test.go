package web

import (
	"reflect"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
)

// fill puts something into every field of a page, so that every branch of its template is executed.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("7")
	case reflect.Int:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*locale.Printer]() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	}
}

// Every template is executed with everything and with nothing, against the one struct of its page.
func TestTemplatesAgainstTheirTypes(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		template string
		empty    func(*shell) any
	}{
		{"lot.html", func(s *shell) any { return &lotPage{shell: *s} }},
		{"find.html", func(s *shell) any { return &findPage{shell: *s} }},
		{"item.html", func(s *shell) any { return &itemPage{shell: *s} }},
		{"unit.html", func(s *shell) any { return &unitPage{shell: *s} }},
		{"product.html", func(s *shell) any { return &productPage{shell: *s} }},
		{"links.html", func(s *shell) any { return &linksPage{shell: *s} }},
		{"error.html", func(s *shell) any { return &errorPage{shell: *s} }},
	}
	done := map[string]bool{}
	for _, row := range rows {
		done[row.template] = true
		for _, lang := range []string{"zh", "en"} {
			fillTemplate(t, words.In(lang), row.template, row.empty)
		}
	}
	l, err := looksOnce()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range l.t.Templates() {
		if n := tt.Name(); strings.HasSuffix(n, ".html") && n != "base.html" && !done[n] {
			t.Errorf("%s is not tested", n)
		}
	}
}

func fillTemplate(t *testing.T, p *locale.Printer, template string, empty func(*shell) any) {
	t.Helper()
	full := &shell{}
	fill(reflect.ValueOf(full).Elem())
	full.Q = "?lang=zh"
	for name, s := range map[string]*shell{"full": full, "minimal": {}} {
		s.p = p
		page := empty(s)
		if name == "full" {
			v := reflect.ValueOf(page).Elem()
			for i := 1; i < v.NumField(); i++ {
				fill(v.Field(i))
			}
		}
		body, err := render(template, page)
		if err != nil {
			t.Errorf("%s %s %s: %v", template, name, p.Lang(), err)
			continue
		}
		if err := balanced(body); err != nil {
			t.Errorf("%s %s %s: %v", template, name, p.Lang(), err)
		}
		if s := string(body); strings.Contains(s, "<no value>") || strings.Contains(s, ">page.") {
			t.Errorf("%s %s %s: a value or sentence is missing", template, name, p.Lang())
		}
	}
}

func TestSqueeze(t *testing.T) {
	got := squeeze("/* a */\n.a > b , .c {\n  margin: 0 auto;\n  width: calc(1px + 2px);\n}\n@media (min-width: 5px) { .d { top: 0 } }\n:root { --paper: #fff; --ink: #000 } p { color: var(--ink) }")
	if want := ".a>b,.c{margin:0 auto;width:calc(1px + 2px)}@media (min-width:5px){.d{top:0}}:root{--a:#fff;--b:#000}p{color:var(--b)}"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestFit(t *testing.T) {
	rows := []struct {
		text  string
		width int
		want  string
	}{
		{"柚子鲜果", 56, "柚子鲜果"}, {"柚子鲜果", 55, "柚子…"}, {"柚", 3, "…"}, {"", 10, ""}, {"Fresh pomelo", 100, "Fresh pomelo"}, {"Fresh pomelo", 52, "Fresh…"},
	}
	for _, row := range rows {
		if got := fit(row.text, 14, row.width); got != row.want {
			t.Errorf("fit(%q, %d) = %q, want %q", row.text, row.width, got, row.want)
		}
	}
}
