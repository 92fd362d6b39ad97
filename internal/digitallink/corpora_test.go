package digitallink

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/corpora"
)

// uriCase is a case of parse-uri.json: a text, whether the text is a Digital Link under the tolerances named, and its element string.
type uriCase struct {
	URI, Elements                                                  string
	Valid, ZeroSuppressedGTIN, ConvenienceAlphas, PermitUnknownAIs bool
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readURICases reads the project's own cases, then those of others where the corpus is there.
func readURICases(t *testing.T) [][]uriCase {
	t.Helper()
	var lists [][]uriCase
	for _, path := range corpora.FindPaths(t, filepath.Join("testdata", "parse-uri.json"), "digital-link", "parse-uri.json") {
		var cases []uriCase
		if err := json.Unmarshal(readFile(t, path), &cases); err != nil {
			t.Fatal(err)
		}
		lists = append(lists, cases)
	}
	return lists
}

// TestCorpusParseURI runs the project's own cases and those of the GS1 Barcode Syntax Engine, each with the tolerance it is run with there.
func TestCorpusParseURI(t *testing.T) {
	least := []int{24, 58}
	for i, cases := range readURICases(t) {
		agreed := 0
		for _, c := range cases {
			if checkURICase(t, &c) {
				agreed++
			}
		}
		t.Logf("list %d: %d of %d cases of parse-uri.json agree", i+1, agreed, len(cases))
		if agreed < least[i] {
			t.Errorf("list %d: only %d agree", i+1, agreed)
		}
	}
}

// checkURICase reports whether a case is read as expected.
func checkURICase(t *testing.T, c *uriCase) bool {
	t.Helper()
	if c.PermitUnknownAIs {
		t.Errorf("%s: unknown identifiers are not tolerated by any rule here", c.URI)
		return false
	}
	l, err := Rules{ShortGTIN: c.ZeroSuppressedGTIN, Words: c.ConvenienceAlphas}.Parse(c.URI)
	if (err == nil) != c.Valid {
		t.Errorf("%s: valid is %v, want %v (%v)", c.URI, err == nil, c.Valid, err)
		return false
	}
	if err == nil && l.RawElements() != c.Elements {
		t.Errorf("%s: got %s, want %s", c.URI, l.RawElements(), c.Elements)
		return false
	}
	return true
}

// TestCorpusTolerance: beyond the letter of the standard a resolver tolerates the slash at the end and nothing else.
func TestCorpusTolerance(t *testing.T) {
	want := [][]string{
		{"https://trace.example/01/06901234567892/"},
		{"https://a/stem/00/006141411234567890/"},
	}
	for i, cases := range readURICases(t) {
		var got []string
		for _, c := range cases {
			_, strict := Rules{}.Parse(c.URI)
			if _, err := Parse(c.URI); (err == nil) != (strict == nil) {
				got = append(got, c.URI)
			}
		}
		if !slices.Equal(got, want[i]) {
			t.Errorf("list %d tolerates %q, want %q", i+1, got, want[i])
		}
	}
}

// dictionaryWords splits a line of the dictionary into the words that the table keeps; none for a comment.
func dictionaryWords(line string) []string {
	line, _, _ = strings.Cut(line, "#")
	return slices.DeleteFunc(strings.Fields(line), func(w string) bool {
		return strings.HasPrefix(w, "req=") ||
			strings.HasPrefix(w, "ex=")
	})
}

// TestTableHasTheDictionarySample: the lines of the project's own sample are lines of the table, word by word.
func TestTableHasTheDictionarySample(t *testing.T) {
	lines := map[string]bool{}
	for _, e := range table {
		lines[formatDictionaryLine(e)] = true
	}
	found := 0
	for _, line := range strings.Split(string(readFile(t, filepath.Join("testdata", "dictionary-sample.txt"))), "\n") {
		words := dictionaryWords(line)
		if len(words) == 0 {
			continue
		}
		if !lines[strings.Join(words, " ")] {
			t.Errorf("the table lacks %s", strings.Join(words, " "))
		}
		found++
	}
	if found < 12 {
		t.Errorf("%d lines in the sample, want at least 12", found)
	}
}

// TestTableIsTheDictionary: every line of the whole dictionary is a line of the table, word by word, and the table has no others.
func TestTableIsTheDictionary(t *testing.T) {
	for _, path := range corpora.FindPaths(t, "", "digital-link", "gs1-syntax-dictionary.txt") {
		compareTable(t, string(readFile(t, path)))
	}
}

func compareTable(t *testing.T, dictionary string) {
	t.Helper()
	i := 0
	for _, line := range strings.Split(dictionary, "\n") {
		words := dictionaryWords(line)
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

// formatDictionaryLine writes an entry as the dictionary writes the line.
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

// listLintNames lists the checks of a component. The order of the bits is the order of the dictionary wherever one component
// has several checks.
func listLintNames(l lints) (s string) {
	for bit, lint := range lintTable {
		if l&(1<<bit) != 0 {
			s += "," + lint.name
		}
	}
	return s
}
