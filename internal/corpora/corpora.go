// Package corpora finds test cases: the project's own, and those that others wrote, which lie beside the repository in ../shared/corpora.
// Only tests use the package.
package corpora

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// Required is the variable that demands the corpora: with the value "required", a test fails where the corpora are missing. .ci/run sets
	// the variable; a clone, and the CI of a fork, have no corpora and run the project's own cases.
	Required = "YOUSANG_CORPORA"
	// NotRun is the variable that names a file. Each test that runs without its corpus appends a line, which scripts/check shows at the end.
	NotRun = "YOUSANG_NOT_RUN"
)

// FindPaths is where a test finds its cases: the project's own file or folder, then the file or folder of the corpora where the corpora are
// there. An own path that is empty is left out. A file that is missing in the corpora is for the test to find.
func FindPaths(t testing.TB, own string, elem ...string) []string {
	t.Helper()
	var paths []string
	if own != "" {
		if _, err := os.Stat(own); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, own)
	}
	folder := filepath.Join(findRoot(t), "..", "shared", "corpora")
	_, err := os.Stat(folder)
	if errors.Is(err, os.ErrNotExist) {
		noteNotRun(t, strings.Join(elem, "/"))
		return paths
	}
	return append(paths, filepath.Join(append([]string{folder}, elem...)...))
}

// findRoot is the folder of the repository.
func findRoot(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return root
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
}

// noteNotRun names the cases that are not run, or fails where the corpora are required.
func noteNotRun(t testing.TB, cases string) {
	t.Helper()
	line := fmt.Sprintf("%s: not run on ../shared/corpora/%s, which is not here", t.Name(), cases)
	if os.Getenv(Required) == "required" {
		t.Fatal(line)
	}
	t.Log(line)
	name := os.Getenv(NotRun)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintln(file, line)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}
