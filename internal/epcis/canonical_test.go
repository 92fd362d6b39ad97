package epcis

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"members sorted by bytes", `{"b":1,"a":2,"B":3,"é":4,"z":5}`, `{"B":3,"a":2,"b":1,"z":5,"é":4}`},
		{"sorted by the decoded name", `{"b":1,"\u0061":2}`, `{"a":2,"b":1}`},
		{"white space", " {\n\t\"a\" : [ 1 , 2 ] }\r\n", `{"a":[1,2]}`},
		{"lists keep their order", `[3,1,2]`, `[3,1,2]`},
		{"numbers digit for digit", `[1.50,-0,1e5,1E+05,0.1000000000000000000000000001,12345678901234567890123]`,
			`[1.50,-0,1e5,1E+05,0.1000000000000000000000000001,12345678901234567890123]`},
		{"words", `[true,false,null]`, `[true,false,null]`},
		{"no HTML escaping", `"\u003ca&b\u003e"`, `"<a&b>"`},
		{"slash", `"a\/b"`, `"a/b"`},
		{"control characters", `"\b\f\n\r\t\u0001\u001f\u007f"`, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\""},
		{"line separators", "\"\u2028\u2029“\"", `"\u2028\u2029“"`},
		{"surrogate pair", `"\ud83c\udf4a"`, `"🍊"`},
		{"replacement character", "\"\ufffd\"", "\"\ufffd\""},
		{"empty", `{"a":{},"b":[],"":""}`, `{"":"","a":{},"b":[]}`},
		{"many members", makeMembers(40, -1), makeMembers(40, 1)},
	}
	for _, tt := range tests {
		got, err := Canonical([]byte(tt.in))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\n got %s\nwant %s", tt.name, err, got, tt.want)
		}
	}
}

// makeMembers makes an object with n members, forwards or backwards.
func makeMembers(n, step int) string {
	var parts []string
	for i := range n {
		c := i
		if step < 0 {
			c = n - 1 - i
		}
		parts = append(parts, `"`+string(rune('A'+c))+`":`+`1`)
	}
	return "{" + strings.ReplaceAll(strings.Join(parts, ","), `"\"`, `"\\"`) + "}"
}

func TestCanonicalRefuses(t *testing.T) {
	tests := []struct{ name, in, field string }{
		{"nothing", ``, ""},
		{"white space only", "  ", ""},
		{"something after the end", `{} {}`, ""},
		{"a member twice", `{"a":1,"a":2}`, "a"},
		{"a member twice, spelled otherwise", `{"x":[{"a":1,"\u0061":2}]}`, "x[0].a"},
		{"not UTF-8", "\"\xff\"", ""},
		{"half a surrogate pair", `"\ud83c"`, ""},
		{"half a surrogate pair and text", `"\ud83cx"`, ""},
		{"two high surrogates", `"\ud83c\ud83c"`, ""},
		{"bad escape", `"\x"`, ""},
		{"bad hex", `"\u00g0"`, ""},
		{"raw control character", "\"\x01\"", ""},
		{"raw control character after an escape", "\"\\n\x01\"", ""},
		{"open string", `"abc`, ""},
		{"open string after an escape", `"\n`, ""},
		{"backslash at the end", `"\`, ""},
		{"leading zero", `01`, ""},
		{"no digits", `-`, ""},
		{"no fraction", `1.`, ""},
		{"no exponent", `1e`, ""},
		{"plus", `+1`, ""},
		{"not a number", `NaN`, ""},
		{"open list", `[1,`, "[1]"},
		{"comma at the end", `[1,]`, "[1]"},
		{"comma at the end of an object", `{"a":1,}`, ""},
		{"no comma", `[1 2]`, ""},
		{"no colon", `{"a" 1}`, ""},
		{"name is no string", `{1:2}`, ""},
		{"byte order mark", "\ufeff{}", ""},
		{"65 deep", strings.Repeat("[", 65) + strings.Repeat("]", 65), strings.Repeat("[0]", 64)},
	}
	for _, tt := range tests {
		got, err := Canonical([]byte(tt.in))
		var e *trace.Error
		if !errors.As(err, &e) || e.Code != trace.CodeMalformed || e.Kind != trace.Invalid || e.Field != tt.field {
			t.Errorf("%s: got %s, %v, want malformed at %q", tt.name, got, err, tt.field)
		}
	}
	deep := strings.Repeat("[", 64) + strings.Repeat("]", 64)
	if got, err := Canonical([]byte(deep)); err != nil || string(got) != deep {
		t.Errorf("64 deep: %v", err)
	}
}

// FuzzCanonical compares Canonical with encoding/json: both accept the same texts, except for those that Canonical refuses on
// purpose, and both write strings alike.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":1,"a":"x\u2028\n<"}`, `[1.50,-0,1e5,"\ud83c\udf4a",true,null]`, `{"a":{"a":[{}]}}`, `"“”\\/\""`,
		`{"a":1,"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Canonical(raw)
		if err != nil {
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a trace.Error: %v", err)
			}
			return
		}
		if !json.Valid(raw) || !json.Valid(got) {
			t.Fatalf("accepted what is not JSON: %q → %q", raw, got)
		}
		again, err := Canonical(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not idempotent: %v\n%q\n%q", err, got, again)
		}
		// encoding/json with Number, which sorts the members of a map by name too.
		var v any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", raw, err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if string(got)+"\n" != want.String() {
			t.Fatalf("\n got %q\nwant %q", got, want.String())
		}
	})
}
