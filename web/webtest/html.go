package webtest

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/web/shell"
)

// voidElements have no end tag.
var voidElements = []string{"meta", "link", "input", "br", "img", "hr"}

// CheckBalanced reports an element that is not closed, or closed in the wrong order.
func CheckBalanced(body []byte) error {
	z := html.NewTokenizer(bytes.NewReader(body))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) && len(open) == 0 {
				return nil
			}
			return errors.Join(z.Err(), errors.New("left open: "+strings.Join(open, " ")))
		case html.StartTagToken:
			if tag, _ := z.TagName(); !slices.Contains(voidElements, string(tag)) {
				open = append(open, string(tag))
			}
		case html.EndTagToken:
			tag, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(tag) {
				return errors.New("</" + string(tag) + "> closes " + strings.Join(open, " "))
			}
			open = open[:len(open)-1]
		}
	}
}

// FillFields puts something into every field of a page, so that every branch of its template is executed.
func FillFields(v reflect.Value) {
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
			FillFields(v.Index(i))
		}
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*locale.Printer]() {
			v.Set(reflect.New(v.Type().Elem()))
			FillFields(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				FillFields(v.Field(i))
			}
		}
	}
}

// CheckTemplates executes each template of a look with everything and with nothing, in both languages, against the one struct of its page.
// pages gives a page of a template around a frame. Templates named in shared belong to the shell.
func CheckTemplates(t *testing.T, look *shell.Look, pages map[string]func(shell.Frame) any, shared ...string) {
	t.Helper()
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, newPage := range pages {
		for _, lang := range []string{"zh", "en"} {
			frame := look.NewFrame("/path", "https://trace.example", shell.Language{Printer: words.In(lang), Chosen: true})
			full, minimal := newPage(frame), newPage(frame)
			v := reflect.ValueOf(full).Elem()
			FillFields(v)
			v.Field(0).FieldByName("Q").SetString("?lang=zh")
			for kind, page := range map[string]any{"full": full, "minimal": minimal} {
				checkTemplate(t, look, name, name+" "+kind+" "+lang, page)
			}
		}
	}
	for _, name := range look.Templates() {
		if strings.HasSuffix(name, ".html") && pages[name] == nil && !slices.Contains(shared, name) {
			t.Errorf("%s is not tested", name)
		}
	}
}

func checkTemplate(t *testing.T, look *shell.Look, template, what string, page any) {
	t.Helper()
	body, err := look.Render(template, page)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if err := CheckBalanced(body); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if s := string(body); strings.Contains(s, "<no value>") || strings.Contains(s, ">page.") {
		t.Errorf("%s: a value or sentence is missing", what)
	}
}
