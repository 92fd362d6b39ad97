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

// A message that nothing says is still translated and read over with the rest, and grows stale unseen. The test cannot tell which ids
// are put together after a prefix, so those are taken as used.
func TestEveryMessageIsUsed(t *testing.T) {
	said := readLiterals(t)
	for id := range readMessages(t, Chinese) {
		base, _, _ := strings.Cut(id, "+")
		if !isUsed(said, base) {
			t.Errorf("nothing uses %s: please remove it from both catalogs", id)
		}
	}
}

func TestUses(t *testing.T) {
	said := map[string]bool{"page.home": true, "page.step.": true, "lot": true}
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
			if got := isUsed(said, test.id); got != test.want {
				t.Errorf("uses(%q) is %v, want %v", test.id, got, test.want)
			}
		})
	}
}

// The ids of this file and of other tests must not count, or the test above would find every message used; a bare "page." would as well.
func TestLiterals(t *testing.T) {
	said := readLiterals(t)
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
			if said[test.text] != test.want {
				t.Errorf("%q found: %v, want %v", test.text, said[test.text], test.want)
			}
		})
	}
}

// isUsed reports whether an id is written out, or made from a prefix such as "page.step.".
func isUsed(said map[string]bool, id string) bool {
	for i, c := range id {
		if c == '.' && said[id[:i+1]] {
			return true
		}
	}
	return said[id]
}

// readLiterals are the quoted texts of the project's Go sources, without tests and comments, and of its pages.
func readLiterals(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
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
			return readGoLiterals(path, said)
		case strings.HasSuffix(path, ".html"):
			return readPageLiterals(path, said)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func readGoLiterals(path string, said map[string]bool) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				said[s] = true
			}
		}
		return true
	})
	return nil
}

// action is {{…}} in a page, quoted a text in it; the quotes of attributes stand outside.
var (
	action = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	quoted = regexp.MustCompile("\"([^\"]*)\"|`([^`]*)`")
)

func readPageLiterals(path string, said map[string]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, inside := range action.FindAllString(string(text), -1) {
		for _, m := range quoted.FindAllStringSubmatch(inside, -1) {
			said[m[1]+m[2]] = true
		}
	}
	return nil
}
