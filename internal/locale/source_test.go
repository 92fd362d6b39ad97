package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// raisedError is an error in the project's source: its code, the last part of its field where the source writes the field out, and the
// names of its arguments with the values that the source writes out.
type raisedError struct {
	at    string
	kind  string
	code  trace.Code
	field string
	args  map[string]string
}

func parsePackage(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	set := token.NewFileSet()
	var list []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	return set, list
}

// findConstants lists the string constants of a package whose names begin with prefix, value by name.
func findConstants(t *testing.T, dir, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	_, list := parsePackage(t, dir)
	for _, f := range list {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, prefix) {
				if s, ok := unquoteLast(spec.Values[0]); ok {
					found[spec.Names[0].Name] = s
				}
			}
			return true
		})
	}
	return found
}

// unquoteLast returns the value of a string literal; of a sum, that of its last part.
func unquoteLast(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		return unquoteLast(e.Y)
	}
	return "", false
}

func lastIdentifier(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// findRaisedErrors finds every call of trace.E in the packages under internal.
func findRaisedErrors(t *testing.T) (all []raisedError) {
	t.Helper()
	codes := findConstants(t, "../trace", "Code")
	dirs := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			dirs[filepath.Dir(path)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range dirs {
		set, list := parsePackage(t, dir)
		for _, f := range list {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || lastIdentifier(call.Fun) != "E" || len(call.Args) < 3 {
					return true
				}
				code, known := codes[lastIdentifier(call.Args[1])]
				if !known {
					return true
				}
				at := set.Position(call.Pos()).String()
				r := raisedError{at: at, kind: lastIdentifier(call.Args[0]), code: trace.Code(code), args: map[string]string{}}
				r.field, _ = unquoteLast(call.Args[2])
				for i := 3; i+1 < len(call.Args); i += 2 {
					arg, _ := unquoteLast(call.Args[i])
					value, _ := unquoteLast(call.Args[i+1])
					r.args[arg] = value
				}
				all = append(all, r)
				return true
			})
		}
	}
	return all
}

// findQuestionCodes lists the codes of all questions in the source.
func findQuestionCodes(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	for _, code := range findConstants(t, "../chain", "Question") {
		codes[code] = true
	}
	_, list := parsePackage(t, "../trace")
	for _, f := range list {
		ast.Inspect(f, func(n ast.Node) bool {
			made, ok := n.(*ast.CompositeLit)
			if !ok || lastIdentifier(made.Type) != "Question" {
				return true
			}
			for _, e := range made.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok && lastIdentifier(pair.Key) == "Code" {
					if code, ok := unquoteLast(pair.Value); ok {
						codes[code] = true
					}
				}
			}
			return true
		})
	}
	return codes
}
