package register

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
)

// listCodes lists the constants of type Code.
func listCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "problem_codes.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		value, ok := spec.Values[0].(*ast.BasicLit)
		if kind, typed := spec.Type.(*ast.Ident); !ok || !typed || kind.Name != "Code" {
			return true
		}
		code, err := strconv.Unquote(value.Value)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
		return true
	})
	if len(codes) < 50 {
		t.Fatalf("%d codes found, want all of problem_codes.go", len(codes))
	}
	return codes
}

// TestSentences: every code has a sentence in both languages, and a sentence that names the cell in one language names the cell in the
// other.
func TestSentences(t *testing.T) {
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	const cell = "THE-CELL"
	for _, code := range listCodes(t) {
		pr := Problem{Code: code, Value: cell}
		chinese, english := pr.sentenceIn(zh), pr.sentenceIn(zh.In("en"))
		for _, sentence := range []string{chinese, english} {
			if strings.TrimSpace(sentence) == "" || sentence == code {
				t.Errorf("%s lacks a sentence", code)
			}
		}
		if chinese == english {
			t.Errorf("%s has the same sentence in both languages: %s", code, english)
		}
		if strings.Contains(chinese, cell) != strings.Contains(english, cell) {
			t.Errorf("%s names the cell in one language only", code)
		}
	}
}

// TestArguments: each argument of a problem reaches its placeholder, whose name has no underscore.
func TestArguments(t *testing.T) {
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	pr := Problem{Code: string(CodeUnitDiffers), Args: map[string]string{"header_unit": "斤、两", "title_unit": "公斤"}}
	if got, want := pr.sentenceIn(zh), "表头写的单位是“斤、两”，标题写的是“公斤”，按表头算。请核对。"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := pr.sentenceIn(zh.In("en")),
		"The column is headed “斤, 两” but the title says “公斤”; the column was followed. Check it."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
