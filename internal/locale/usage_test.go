package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// root is the folder of the project.
const root = "../.."

// TestEveryMessageIsUsed: an unused message is still translated and reviewed with the rest, and grows stale unseen. The test cannot know
// which ids are composed after a prefix, so all ids with a prefix in use count as used.
func TestEveryMessageIsUsed(t *testing.T) {
	literals := readLiterals(t)
	for id := range readMessages(t, Chinese) {
		base, _, _ := strings.Cut(id, "+")
		if !isUsed(literals, base) {
			t.Errorf("nothing uses %s: please remove it from both catalogs", id)
		}
	}
}

func TestUses(t *testing.T) {
	literals := map[string]bool{"page.home": true, "page.step.": true, "lot": true}
	for _, test := range []struct {
		name, id string
		want     bool
	}{
		{"written out", "page.home", true},
		{"after a prefix", "page.step.ship", true},
		{"two words after a prefix", "page.step.ship.far", true},
		{"the prefix itself", "page.step", false},
		{"a prefix without its dot", "page.home.text", false},
		{"a name that begins like a prefix", "page.steps.ship", false},
		{"no dot", "lots", false},
		{"nowhere", "page.nothing", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := isUsed(literals, test.id); got != test.want {
				t.Errorf("uses(%q) is %v, want %v", test.id, got, test.want)
			}
		})
	}
}

// TestLiterals: the ids in this file and in other tests must not count, or every message would count as used; the same holds for a bare
// "page.".
func TestLiterals(t *testing.T) {
	literals := readLiterals(t)
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"in Go", "page.work_stop", true},
		{"a prefix in Go", "page.step.", true},
		{"in a page", "page.skip", true},
		{"only in tests", "page.step.ship.far", false},
		{"a prefix of all pages", "page.", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if literals[test.text] != test.want {
				t.Errorf("%q found: %v, want %v", test.text, literals[test.text], test.want)
			}
		})
	}
}

// isUsed reports whether an id is written out, or composed from a prefix such as "page.step.".
func isUsed(literals map[string]bool, id string) bool {
	for i, c := range id {
		if c == '.' && literals[id[:i+1]] {
			return true
		}
	}
	return literals[id]
}

// readLiterals collects the quoted texts of the project's Go sources, without tests and comments, and of its pages.
func readLiterals(t *testing.T) map[string]bool {
	t.Helper()
	literals := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		hidden := path != root && strings.HasPrefix(d.Name(), ".")
		switch {
		case err != nil:
			return err
		case d.IsDir() && (hidden || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(path, "_test.go"):
			return nil
		case strings.HasSuffix(path, ".go"):
			return readGoLiterals(path, literals)
		case strings.HasSuffix(path, ".html"):
			return readPageLiterals(path, literals)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return literals
}

func readGoLiterals(path string, literals map[string]bool) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				literals[s] = true
			}
		}
		return true
	})
	return nil
}

// action matches {{…}} in a page, quoted a text in an action; the quotes of attributes stand outside.
var (
	action = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	quoted = regexp.MustCompile("\"([^\"]*)\"|`([^`]*)`")
)

func readPageLiterals(path string, literals map[string]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, inside := range action.FindAllString(string(text), -1) {
		for _, m := range quoted.FindAllStringSubmatch(inside, -1) {
			literals[m[1]+m[2]] = true
		}
	}
	return nil
}
