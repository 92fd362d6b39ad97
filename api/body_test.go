package api

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// FuzzDecode: no body makes the reader panic, every refusal is an error that the caller can read, and every accepted body obeys the tags.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"lots":[{"product":"fruit","quantity":"1.5"}]}`, `{"lots":[{"product":"fruit","quantity":1e3,"x":[]}]}`,
		`{"lots":null}`, `[]`, `{"time":5}`,
		`{"lots":[{"attributes":[{"name":"","value":"v"}]}]}`, `{"LOTS":[{"Product":"p","quantity":1}]}`, "\xff", `{"lots":[[]]}`, `{"":1}`,
		`{"lots":[{"product":"p","quantity":null}]}`, `{"lots":[{"product":"p","quantity":1,"QUANTITY":2}]}`, `{"season":"a\\","season":"b"}`} {
		f.Add([]byte(s))
	}
	r := readRules(reflect.TypeFor[app.Harvest]())
	f.Fuzz(func(t *testing.T, raw []byte) {
		var h app.Harvest
		err := decodeBody(raw, &h, r)
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
		if !bytes.Contains(raw, []byte(`\`)) && bytes.Count(bytes.ToLower(raw), []byte(`"lots":`)) > 1 {
			t.Fatalf("accepted a member twice: %s", raw)
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
	r := readRules(reflect.TypeFor[outer]())
	for _, c := range []struct {
		name   string
		change func(*outer)
		field  string
		code   trace.Code
	}{
		{"good", func(*outer) {}, "", ""},
		{"embedded member missing", func(o *outer) { o.Name = "" }, "name", trace.CodeRequired},
		{"three characters of three bytes", func(o *outer) { o.Name = "柚子园" }, "", ""},
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
			err := r.checkStruct(reflect.ValueOf(v))
			var e *trace.Error
			if errors.As(err, &e); c.code == "" && err != nil || c.code != "" && (e == nil || e.Code != c.code || e.Field != c.field) {
				t.Errorf("got %v, want %s at %s", err, c.code, c.field)
			}
		})
	}
}

// openStruct is a struct with members of some names, which takes any other member as well.
func openStruct(names []string) reflect.Type {
	fields := []reflect.StructField{{Name: "Rest", Type: reflect.TypeFor[map[string]any](), Tag: `json:",inline"`}}
	for _, name := range names {
		tag := reflect.StructTag(`json:"` + name + `"`)
		fields = append(fields, reflect.StructField{Name: "X" + name, Type: reflect.TypeFor[any](), Tag: tag})
	}
	return reflect.StructOf(fields)
}

// TestMemberTwice: a member that is there twice is found wherever it is, and named; the same name in different objects is no harm.
func TestMemberTwice(t *testing.T) {
	many := strings.Builder{}
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprint("m", i))
		fmt.Fprintf(&many, `"m%d":{"x":[%d]},`, i, i)
	}
	object := openStruct(append(names, "a", "b", "c", "ab", "key", "quantity", "lots", "n"))
	for _, c := range []struct {
		name, raw string
		depth     int
		field     string
	}{
		{"none", `{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}`, 0, ""},
		{"texts that look like names", `{"a":"a","b":["a","a","b:"],"c":"{\"a\":1"}`, 0, ""},
		{"at the top", `{"a":1,"b":2,"a":3}`, 0, "a"},
		{"in other letters", `{"quantity":1,"Quantity":2}`, 0, "Quantity"},
		{"a letter that folds to k", "{\"key\":1,\"\u212aey\":2}", 0, "\u212aey"},
		{"escaped", `{"ab":1,"a\u0062":2}`, 0, "ab"},
		{"after an inner object", `{"a":{"b":[{"a":1}]},"a":2}`, 0, "a"},
		{"in a list", `{"lots":[{"q":1},{"q":1,"u":"","q":2}]}`, 0, "lots[1].q"},
		{"deeper than asked", `{"items":[{"body":{"a":1,"a":2}}]}`, 3, ""},
		{"as deep as asked", `{"items":[{"type":"a","body":{"a":1,"a":2},"type":"b"}]}`, 3, "items[0].type"},
		{"among many", `{` + many.String() + `"M7":1}`, 0, "M7"},
		{"among many, none", `{` + many.String() + `"n":1}`, 0, ""},
		{"an empty name", `{"":1,"":2}`, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, r := reflect.New(object).Interface(), &bodyRules{}
			if c.depth > 0 { // the batch, its items and an item
				v, r = new(Batch), &bodyRules{readsItself: true}
			}
			err := decodeBody([]byte(c.raw), v, r)
			var e *trace.Error
			if errors.As(err, &e) && (e.Code != trace.CodeMalformed || e.Field != c.field) || e == nil && (err != nil || c.field != "") {
				t.Errorf("got %v, want %q", err, c.field)
			}
			if c.name == "an empty name" && err == nil {
				t.Error("accepted")
			}
		})
	}
}

// TestNulls: an amount that is null is no amount, also where the amount may be left out; other members may be null.
func TestNulls(t *testing.T) {
	type body struct {
		Lots  []app.Taken  `json:"lots,omitempty"`
		Made  []app.NewLot `json:"made,omitempty"`
		Title string       `json:"title,omitempty"`
	}
	for _, c := range []struct{ name, raw, field string }{
		{"left out", `{"lots":[{"lot":"a"}],"made":[]}`, ""},
		{"all of it", `{"lots":[{"lot":"a","quantity":null}]}`, "lots[0].quantity"},
		{"in other letters", `{"Lots":[{"lot":"a"},{"lot":"b","QUANTITY": null }]}`, "Lots[1].QUANTITY"},
		{"of what is made", `{"made":[{"product":"a","quantity":null}]}`, "made[0].quantity"},
		{"pieces", `{"made":[{"product":"a","quantity":1,"pieces":null}]}`, "made[0].pieces"},
		{"a text that says null", `{"title":"null","lots":[{"lot":"null","quantity":1}]}`, ""},
		{"a text that is null", `{"title":null,"lots":null}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b body
			err := decodeBody([]byte(c.raw), &b, readRules(reflect.TypeFor[body]()))
			var e *trace.Error
			if errors.As(err, &e); c.field == "" && err != nil || c.field != "" && (e == nil || e.Code != trace.CodeRequired || e.Field != c.field) {
				t.Errorf("got %v, want required at %q", err, c.field)
			}
		})
	}
}
