package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A copiedTree is a copy of the repository in a temporary folder. The corpora beside the repository are linked, so that tests find them.
type copiedTree struct {
	temp string // holds the copy and the link
	root string // the copy
}

// copyTree copies the files that git knows or would add, in their present state in the work tree.
func copyTree(ctx context.Context) (copiedTree, error) {
	list, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return copiedTree{}, err
	}
	temp, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return copiedTree{}, err
	}
	tree := copiedTree{temp, filepath.Join(temp, "tree")}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if err := copyFile(name, filepath.Join(tree.root, name)); err != nil {
			return tree, err
		}
	}
	if shared, err := filepath.Abs(filepath.Join("..", "shared")); err == nil {
		if _, err := os.Stat(shared); err == nil {
			return tree, os.Symlink(shared, filepath.Join(temp, "shared"))
		}
	}
	return tree, nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if os.IsNotExist(err) { // deleted in the work tree, but not yet in the index
		return nil
	}
	if err != nil {
		return err
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode().Perm())
}

// A source is one package of a target: its parsed files and what a type check needs.
type source struct {
	target   target
	path     string // import path
	folder   string // below the root
	files    []*sourceFile
	fileSet  *token.FileSet
	importer types.Importer
}

type sourceFile struct {
	name   string // below the root
	text   []byte
	syntax *ast.File
}

// listedPackage is what `go list` says of a package.
type listedPackage struct {
	ImportPath string
	Dir        string
	Export     string
	GoFiles    []string
	DepOnly    bool
}

// loadSources reads all packages of the targets.
func loadSources(ctx context.Context, tree copiedTree, targets []target) ([]*source, error) {
	exports := map[string]string{}
	fileSet := token.NewFileSet()
	lookUp := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	}
	imports := importer.ForCompiler(fileSet, "gc", lookUp)
	var sources []*source
	for _, t := range targets {
		packages, err := listPackages(ctx, tree, t.folder)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			exports[p.ImportPath] = p.Export
			if p.DepOnly {
				continue
			}
			folder, err := filepath.Rel(tree.root, p.Dir)
			if err != nil {
				return nil, err
			}
			s := &source{target: t, path: p.ImportPath, folder: filepath.ToSlash(folder), fileSet: fileSet, importer: imports}
			if err := s.readFiles(p); err != nil {
				return nil, err
			}
			sources = append(sources, s)
		}
	}
	return sources, nil
}

func listPackages(ctx context.Context, tree copiedTree, folder string) ([]listedPackage, error) {
	command := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly", "./"+folder+"/...")
	command.Dir = tree.root
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", folder, err)
	}
	var packages []listedPackage
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listedPackage
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, nil
}

func (s *source) readFiles(p listedPackage) error {
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(s.fileSet, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		s.files = append(s.files, &sourceFile{s.folder + "/" + name, text, syntax})
	}
	return nil
}

// compiles says whether the package compiles with the changed text of one file.
func (s *source) compiles(changed *sourceFile, text []byte) bool {
	syntax, err := parser.ParseFile(s.fileSet, changed.name, text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	files := []*ast.File{syntax}
	for _, f := range s.files {
		if f != changed {
			files = append(files, f.syntax)
		}
	}
	config := types.Config{Importer: s.importer}
	_, err = config.Check(s.path, s.fileSet, files, nil)
	return err == nil
}
