package sqlite

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeListRefuses(t *testing.T) {
	for _, s := range []string{"", "[", "]", "[]]", "a", `["a"`, `["a]`, `["a",]`, `["a""b"]`, `["a"];`, `[a]`, `["a",b]`, `["a\"]`,
		` ["a"]`} {
		if got, err := decodeList(s, strings.Clone); err == nil {
			t.Errorf("%q: got %q, want an error", s, got)
		}
	}
}

func FuzzDecodeList(f *testing.F) {
	for _, s := range []string{"[]", `["a","b"]`, `["\u001f"]`, `["a`, `[1]`, `["柚",""]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decodeList(s, strings.Clone)
		if err != nil || !utf8.ValidString(s) { // Append lets only UTF-8 in
			return
		}
		again, err := encodeList(got)
		if err != nil {
			t.Fatalf("encodeList(%q): %v", got, err)
		}
		back, err := decodeList(again, strings.Clone)
		if err != nil || !slices.Equal(back, got) {
			t.Errorf("%q: %q became %q, %v", s, got, back, err)
		}
	})
}

func FuzzEncodeList(f *testing.F) {
	f.Add("a", "b")
	f.Add(`"`, `\`)
	f.Add("\x1f\x00", "柚子 \u2028")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // Append refuses it before
		}
		list := []string{a, b}
		s, err := encodeList(list)
		if err != nil {
			t.Fatalf("encodeList(%q): %v", list, err)
		}
		got, err := decodeList(s, strings.Clone)
		if err != nil || !slices.Equal(got, list) {
			t.Errorf("%q became %q, %v", list, got, err)
		}
		var asJSON []string
		if err := json.Unmarshal([]byte(s), &asJSON); err != nil || !slices.Equal(asJSON, list) {
			t.Errorf("%q is as JSON %q, %v", list, asJSON, err)
		}
	})
}
