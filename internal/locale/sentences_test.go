package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// chineseOutside lists the folders and files outside this package that may have Chinese literals, and why: the literals are no sentences
// that the program writes for people, or cannot move.
var chineseOutside = map[string]string{
	"api":                                   "titles and descriptions in the API's document",
	"internal/app/member_texts.go":          "descriptions of members in the API's document",
	"internal/bench":                        "made-up data of the measurements",
	"internal/demo":                         "made-up data of the demo",
	"internal/store/storetest":              "made-up data of the suite",
	"web/webtest":                           "made-up data of the tests of pages",
	"internal/register":                     "words in clerks' registers, which the program reads",
	"internal/trace/amount.go":              "words for units, which the program reads",
	"internal/story":                        "names of attributes and columns, and numerals, which the program reads",
	"internal/label/compose_certificate.go": "words that a regulation demands in Chinese on every label",
	"internal/chain":                        "forms of values in both languages, in the args of errors",
	"internal/digitallink":                  "forms of values in both languages, in the args of errors, which the API's answers carry",
	"internal/trace/serial_rules.go":        "forms of values in both languages, in the args of errors, which the API's answers carry",
	"cmd/yousang/main.go":                   "the program's name in the help text",
}

// TestSentencesAreInTheCatalogs: a sentence for people belongs in the catalogs. Chinese in a literal gives a sentence away; chineseOutside
// has the exceptions, each of which must still be needed.
func TestSentencesAreInTheCatalogs(t *testing.T) {
	needed := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || name == "internal/locale"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		found, err := findChineseLiterals(path)
		if err != nil || len(found) == 0 {
			return err
		}
		allowed := findAllowance(name)
		needed[allowed] = true
		if allowed == "" {
			t.Errorf("%s has a sentence for people: please move it into both catalogs: %s", name, strings.Join(found, "; "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range chineseOutside {
		if !needed[name] {
			t.Errorf("%s has no Chinese literal: please remove it from the list", name)
		}
	}
}

// findAllowance is the entry of chineseOutside for a file, or for one of its folders; "" for none.
func findAllowance(name string) string {
	for ; name != "."; name = filepath.ToSlash(filepath.Dir(name)) {
		if chineseOutside[name] != "" {
			return name
		}
	}
	return ""
}

// findChineseLiterals lists the string literals of a Go file with Chinese characters, but for the tags of structs.
func findChineseLiterals(path string) (found []string, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			return n.Tag == nil
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			isChinese := func(r rune) bool { return unicode.Is(unicode.Han, r) }
			if n.Kind == token.STRING && err == nil && strings.ContainsFunc(text, isChinese) {
				found = append(found, text)
			}
		}
		return true
	})
	return found, nil
}

func TestFindAllowance(t *testing.T) {
	for name, want := range map[string]string{
		"api/lots.go": "api", "internal/story/evidence.go": "internal/story", "web/pages.go": "",
		"internal/trace/amount.go":     "internal/trace/amount.go",
		"internal/chain/check/more.go": "internal/chain", "apis/lots.go": "",
	} {
		if got := findAllowance(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
