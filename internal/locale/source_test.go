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

// raised is an error as the source of the project makes it: its code, the last part of its field where that is written out, and the
// names of its arguments with those values that are written out.
type raised struct {
	at    string
	kind  string
	code  trace.Code
	field string
	args  map[string]string
}

func parse(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
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

// constants are the string constants of a package whose names begin with prefix, value by name.
func constants(t *testing.T, dir, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	_, list := parse(t, dir)
	for _, f := range list {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, prefix) {
				if s, ok := literal(spec.Values[0]); ok {
					found[spec.Names[0].Name] = s
				}
			}
			return true
		})
	}
	return found
}

// literal is a string written out; of a sum, its last part.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		return literal(e.Y)
	}
	return "", false
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// raisedErrors finds every call of trace.E in the packages under internal.
func raisedErrors(t *testing.T) (all []raised) {
	t.Helper()
	codes := constants(t, "../trace", "Code")
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
		set, list := parse(t, dir)
		for _, f := range list {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || name(call.Fun) != "E" || len(call.Args) < 3 {
					return true
				}
				code, known := codes[name(call.Args[1])]
				if !known {
					return true
				}
				r := raised{at: set.Position(call.Pos()).String(), kind: name(call.Args[0]), code: trace.Code(code), args: map[string]string{}}
				r.field, _ = literal(call.Args[2])
				for i := 3; i+1 < len(call.Args); i += 2 {
					arg, _ := literal(call.Args[i])
					value, _ := literal(call.Args[i+1])
					r.args[arg] = value
				}
				all = append(all, r)
				return true
			})
		}
	}
	return all
}

// questionCodes are the codes of all questions that are raised.
func questionCodes(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	for _, code := range constants(t, "../chain", "Question") {
		codes[code] = true
	}
	_, list := parse(t, "../trace")
	for _, f := range list {
		ast.Inspect(f, func(n ast.Node) bool {
			made, ok := n.(*ast.CompositeLit)
			if !ok || name(made.Type) != "Question" {
				return true
			}
			for _, e := range made.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok && name(pair.Key) == "Code" {
					if code, ok := literal(pair.Value); ok {
						codes[code] = true
					}
				}
			}
			return true
		})
	}
	return codes
}
