package locale

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

func loadPrinters(t testing.TB) (zh, en *Printer) {
	t.Helper()
	zh, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return zh, zh.In("en")
}

func readMessages(t *testing.T, lang string) map[string]*i18n.Message {
	t.Helper()
	name := "messages." + lang + ".json"
	text, err := messageFiles.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := i18n.ParseMessageFileBytes(text, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*i18n.Message{}
	for _, m := range file.Messages {
		all[m.ID] = m
	}
	return all
}

func listPlaceholders(t *testing.T, m *i18n.Message) []string {
	t.Helper()
	var out []string
	for _, text := range listForms(m) {
		parts, err := splitPlaceholders(text)
		if err != nil {
			t.Fatalf("%s: %v", m.ID, err)
		}
		for _, p := range parts {
			if p.placeholder != "" && !slices.Contains(out, p.placeholder) {
				out = append(out, p.placeholder)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestEveryMessageInEveryLanguage(t *testing.T) {
	all := map[string]map[string]*i18n.Message{Chinese: readMessages(t, Chinese), English: readMessages(t, English)}
	for lang, own := range all {
		for id, m := range own {
			if len(listForms(m)) == 0 || slices.ContainsFunc(listForms(m), func(s string) bool { return strings.TrimSpace(s) != s }) {
				t.Errorf("%s %s: empty, or with space around it", lang, id)
			}
			if m.Other == "" {
				t.Errorf("%s %s: the form other is missing", lang, id)
			}
			for other, its := range all {
				if its[id] == nil {
					t.Errorf("%s is in %s but not in %s", id, lang, other)
				} else if got, want := listPlaceholders(t, its[id]), listPlaceholders(t, m); !slices.Equal(got, want) {
					t.Errorf("%s: placeholders %v in %s, %v in %s", id, got, other, want, lang)
				}
			}
		}
	}
}

// TestNoIDTwice: a second line with the same id would replace the first one unnoticed.
func TestNoIDTwice(t *testing.T) {
	for _, lang := range []string{Chinese, English} {
		text, err := messageFiles.ReadFile("messages." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		seen := map[string]bool{}
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			var value any
			if err := d.Decode(&value); err != nil && err != io.EOF {
				t.Fatal(err)
			}
			if id := key.(string); seen[id] {
				t.Errorf("%s: %s stands there twice", lang, id)
			} else {
				seen[id] = true
			}
		}
	}
}

// registerWords are the messages that quote a clerk's paper, a station or a heading of a register: 鲜茧收购台账, 收购站, 斤.
var registerWords = []string{"register.no_register", "register.number_negative", "register.other_station", "register.unit_unknown",
	"register.no_unit", "register.no_org"}

func TestForbiddenWords(t *testing.T) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for id, m := range readMessages(t, Chinese) {
		for _, text := range listForms(m) {
			for _, bad := range []string{"商品", "货物", "修改", "收购"} {
				if strings.Contains(text, bad) && (bad != "收购" || !slices.Contains(registerWords, id)) {
					t.Errorf("%s says %s: %s", id, bad, text)
				}
			}
			for i, r := range text {
				if strings.ContainsRune(",;?!", r) && han(text) {
					t.Errorf("%s has the half-width character %q at %d: %s", id, r, i, text)
				}
			}
		}
	}
	for id, m := range readMessages(t, English) {
		for _, text := range listForms(m) {
			if han(text) && !strings.HasPrefix(id, "page.lang.") && !slices.Contains(registerWords, id) {
				t.Errorf("%s has Chinese in English: %s", id, text)
			}
		}
	}
}

// TestFullerWordings: Tell must never have to choose between two wordings with the same placeholders, and an error or a question always has
// a wording without placeholders, so that there is a sentence for any arguments.
func TestFullerWordings(t *testing.T) {
	p, _ := loadPrinters(t)
	for base, ids := range p.catalog.fuller {
		seen := map[string]string{}
		for _, id := range ids {
			holes := slices.Sorted(slices.Values(p.catalog.placeholders[id]))
			key := strings.Join(holes, " ")
			if other, twice := seen[key]; twice {
				t.Errorf("%s and %s have the same placeholders %v", id, other, holes)
			}
			seen[key] = id
		}
		if strings.HasPrefix(base, "error.") && len(p.catalog.placeholders[base]) > 0 {
			t.Errorf("%s needs %v", base, p.catalog.placeholders[base])
		}
	}
}

func TestCatalogsThatCannotBeRead(t *testing.T) {
	good := `{"a": "x"}`
	for _, test := range []struct{ name, zh, en, want string }{
		{"no English", good, "", "messages.en.json"},
		{"not JSON", good, "{", "parse messages.en.json"},
		{"a function call", `{"a": "{{len .B}}"}`, good, "message a"},
		{"a placeholder left open", `{"a": "{{.B"}`, good, "message a"},
		{"an empty placeholder", `{"a": "{{.}}"}`, good, "message a"},
		{"a fuller wording of nothing", `{"a+b": "x"}`, `{}`, "a+b has no plain a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := fstest.MapFS{"messages.zh-CN.json": {Data: []byte(test.zh)}}
			if test.en != "" {
				dir["messages.en.json"] = &fstest.MapFile{Data: []byte(test.en)}
			}
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
