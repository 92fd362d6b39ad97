package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"
)

// Sizes that code must keep, so that a stranger can read a file at a sitting and a function at a glance (CONTRIBUTING.md).
const (
	maxFileLines     = 400
	maxColumns       = 140
	maxFunctionLines = 50
	maxParameters    = 5
)

// TestSizes: no file, line, function or list of parameters of the module is longer than allowed. All offenders are listed.
func TestSizes(t *testing.T) {
	root := filepath.Join("..", "..")
	var offenders []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		found, err := findOversized(path)
		offenders = append(offenders, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(offenders)
	for _, offender := range offenders {
		t.Error(strings.TrimPrefix(offender, root+string(filepath.Separator)))
	}
}

// findOversized lists what is too long in a file. Generated files are left out.
func findOversized(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(syntax) {
		return nil, nil
	}
	var found []string
	add := func(line int, format string, args ...any) {
		found = append(found, fmt.Sprintf("%s:%d: ", path, line)+fmt.Sprintf(format, args...))
	}
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	if len(lines) > maxFileLines {
		add(1, "the file has %d lines", len(lines))
	}
	for i, line := range lines {
		if n := utf8.RuneCount(line); n > maxColumns {
			add(i+1, "the line has %d columns", n)
		}
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			line := files.Position(n.Pos()).Line
			if length := files.Position(n.End()).Line - line + 1; length > maxFunctionLines {
				add(line, "function %s has %d lines", n.Name.Name, length)
			}
		case *ast.FuncType:
			if n.Params.NumFields() > maxParameters {
				add(files.Position(n.Pos()).Line, "a function has %d parameters", n.Params.NumFields())
			}
		}
		return true
	})
	return found, nil
}

// TestSizesNoticed: each kind of offence is found, and what is just allowed is not.
func TestSizesNoticed(t *testing.T) {
	write := func(text string) []string {
		path := filepath.Join(t.TempDir(), "x.go")
		if err := os.WriteFile(path, []byte("package x\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := findOversized(path)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for name, texts := range map[string][2]string{
		"file": {strings.Repeat("\n", maxFileLines-1), strings.Repeat("\n", maxFileLines)},
		"line": {"//" + strings.Repeat("柚", maxColumns-2), "//" + strings.Repeat("柚", maxColumns-1)},
		"function": {"func f() {" + strings.Repeat("\n", maxFunctionLines-1) + "}",
			"func f() {" + strings.Repeat("\n", maxFunctionLines) + "}"},
		"parameters": {"func f(a, b, c, d int, e string) {}", "func f(a, b, c, d int, e, g string) {}"},
	} {
		if found := write(texts[0]); len(found) != 0 {
			t.Errorf("%s of the allowed size: %v", name, found)
		}
		if found := write(texts[1]); len(found) != 1 {
			t.Errorf("%s of more than the allowed size: %v", name, found)
		}
	}
}
