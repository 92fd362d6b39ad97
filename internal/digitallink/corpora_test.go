package digitallink

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/corpora"
)

func readCorpus(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(corpora.Path(t, "digital-link", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The GS1 Barcode Syntax Engine's own cases, each with the tolerance it is run with there.
func TestCorpusParseURI(t *testing.T) {
	var cases []struct {
		URI, Elements                                                  string
		Valid, ZeroSuppressedGTIN, ConvenienceAlphas, PermitUnknownAIs bool
	}
	if err := json.Unmarshal(readCorpus(t, "parse-uri.json"), &cases); err != nil {
		t.Fatal(err)
	}
	agreed := 0
	for _, c := range cases {
		if c.PermitUnknownAIs {
			t.Errorf("%s: unknown identifiers are not tolerated by any rule here", c.URI)
			continue
		}
		l, err := Rules{ShortGTIN: c.ZeroSuppressedGTIN, Words: c.ConvenienceAlphas}.Parse(c.URI)
		if (err == nil) != c.Valid {
			t.Errorf("%s: valid is %v, want %v (%v)", c.URI, err == nil, c.Valid, err)
			continue
		}
		if err == nil && l.RawElements() != c.Elements {
			t.Errorf("%s: got %s, want %s", c.URI, l.RawElements(), c.Elements)
			continue
		}
		agreed++
	}
	t.Logf("%d of %d cases of parse-uri.json agree", agreed, len(cases))
	if agreed < 58 {
		t.Errorf("only %d agree", agreed)
	}
}

// What a resolver tolerates beyond the letter is the slash at the end and nothing else.
func TestCorpusTolerance(t *testing.T) {
	var cases []struct{ URI string }
	if err := json.Unmarshal(readCorpus(t, "parse-uri.json"), &cases); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cases {
		_, strict := Rules{}.Parse(c.URI)
		if _, err := Parse(c.URI); (err == nil) != (strict == nil) {
			got = append(got, c.URI)
		}
	}
	if want := []string{"https://a/stem/00/006141411234567890/"}; !slices.Equal(got, want) {
		t.Errorf("tolerated: %q, want %q", got, want)
	}
}

// Every line of the dictionary is a line of the table, word by word, and the table has no others.
func TestTableIsTheDictionary(t *testing.T) {
	i := 0
	for _, line := range strings.Split(string(readCorpus(t, "gs1-syntax-dictionary.txt")), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := slices.DeleteFunc(strings.Fields(line), func(w string) bool { return strings.HasPrefix(w, "req=") || strings.HasPrefix(w, "ex=") })
		if len(words) == 0 {
			continue
		}
		if i == len(table) {
			t.Fatalf("the table ends before %s: go generate ./internal/digitallink", words[0])
		}
		if got, want := formatDictionaryLine(table[i]), strings.Join(words, " "); got != want {
			t.Errorf("table has  %s\ndictionary %s: go generate ./internal/digitallink", got, want)
		}
		i++
	}
	if i != len(table) || i < 200 {
		t.Errorf("the dictionary has %d lines, the table %d", i, len(table))
	}
}

// formatDictionaryLine writes an entry as the dictionary does.
func formatDictionaryLine(e entry) string {
	number := func(n uint16) string {
		s := strconv.Itoa(int(n))
		return strings.Repeat("0", int(e.width)-len(s)) + s
	}
	words := []string{number(e.first)}
	if e.last != e.first {
		words[0] += "-" + number(e.last)
	}
	flags := ""
	if e.fixed {
		flags += "*"
	}
	if e.attribute {
		flags += "?"
	}
	if flags != "" {
		words = append(words, flags)
	}
	for _, p := range e.parts {
		word := map[charset]string{digits: "N", set82: "X", set39: "Y", set64: "Z"}[p.set]
		if p.least != p.most {
			word += ".."
		}
		word += strconv.Itoa(int(p.most))
		if p.optional {
			word = "[" + word + "]"
		}
		words = append(words, word+listLintNames(p.lints))
	}
	var ways []string
	for _, path := range e.paths {
		ways = append(ways, strings.Join(path, ","))
	}
	switch {
	case ways != nil:
		words = append(words, "dlpkey="+strings.Join(ways, "|"))
	case e.key:
		words = append(words, "dlpkey")
	}
	return strings.Join(words, " ")
}

// listLintNames lists the checks of a component; the order of the bits is the dictionary's order wherever one component has several.
func listLintNames(l lints) (s string) {
	for bit, lint := range lintTable {
		if l&(1<<bit) != 0 {
			s += "," + lint.name
		}
	}
	return s
}
