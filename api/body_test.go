package api

import (
	"errors"
	"reflect"
	"testing"

	"github.com/yousang/yousang/internal/recorder"
	"github.com/yousang/yousang/internal/trace"
)

// FuzzDecode: no body makes the reader panic, and every refusal is one the caller can read; what is accepted obeys the tags.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"lots":[{"product":"fruit","quantity":"1.5"}]}`, `{"lots":[{"product":"fruit","quantity":1e3,"x":[]}]}`, `{"lots":null}`, `[]`, `{"time":5}`,
		`{"lots":[{"attributes":[{"name":"","value":"v"}]}]}`, `{"LOTS":[{"Product":"p","quantity":1}]}`, "\xff", `{"lots":[[]]}`, `{"":1}`} {
		f.Add([]byte(s))
	}
	r := rulesOf(reflect.TypeFor[recorder.Harvest]())
	f.Fuzz(func(t *testing.T, raw []byte) {
		var h recorder.Harvest
		err := decode(raw, &h, r)
		var e *trace.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v is not of the vocabulary", err)
		}
		if err != nil {
			return
		}
		if len(h.Lots) < 1 || len(h.Lots) > 1000 || len([]rune(h.Comment)) > 500 {
			t.Fatalf("accepted %d lots and a comment of %d", len(h.Lots), len(h.Comment))
		}
		for _, l := range h.Lots {
			if l.Product == "" {
				t.Fatal("accepted a lot without a product")
			}
		}
	})
}

// TestRules: the tags are read as huma reads them for the document.
func TestRules(t *testing.T) {
	type inner struct {
		Name string `json:"name" minLength:"1" maxLength:"3"`
	}
	type outer struct {
		inner
		Kind  string  `json:"kind,omitempty" enum:"a,b"`
		Days  int     `json:"days,omitempty" minimum:"0" maximum:"9"`
		Rows  []inner `json:"rows,omitempty" maxItems:"2"`
		One   inner   `json:"one"`
		Title string  `json:"title"`
	}
	good := outer{inner: inner{"x"}, One: inner{"y"}, Title: "t"}
	r := rulesOf(reflect.TypeFor[outer]())
	for _, c := range []struct {
		name   string
		change func(*outer)
		field  string
		code   trace.Code
	}{
		{"good", func(*outer) {}, "", ""},
		{"embedded member missing", func(o *outer) { o.Name = "" }, "name", trace.CodeRequired},
		{"three signs of three bytes", func(o *outer) { o.Name = "柚子园" }, "", ""},
		{"too long", func(o *outer) { o.Name = "abcd" }, "name", trace.CodeTooLarge},
		{"not of the list", func(o *outer) { o.Kind = "c" }, "kind", trace.CodeBadValue},
		{"of the list", func(o *outer) { o.Kind = "b" }, "", ""},
		{"beyond the range", func(o *outer) { o.Days = 10 }, "days", trace.CodeBadValue},
		{"below the range", func(o *outer) { o.Days = -1 }, "days", trace.CodeBadValue},
		{"too many rows", func(o *outer) { o.Rows = make([]inner, 3) }, "rows", trace.CodeTooLarge},
		{"a bad row", func(o *outer) { o.Rows = []inner{{"x"}, {""}} }, "rows[1].name", trace.CodeRequired},
		{"within a member", func(o *outer) { o.One.Name = "" }, "one.name", trace.CodeRequired},
		{"required", func(o *outer) { o.Title = "" }, "title", trace.CodeRequired},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := good
			c.change(&v)
			err := r.check(reflect.ValueOf(v))
			var e *trace.Error
			if errors.As(err, &e); c.code == "" && err != nil || c.code != "" && (e == nil || e.Code != c.code || e.Field != c.field) {
				t.Errorf("got %v, want %s at %s", err, c.code, c.field)
			}
		})
	}
}
