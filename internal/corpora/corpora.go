// Package corpora finds the test data that nobody here wrote. Only tests use it.
package corpora

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Path is a file or folder of ../shared/corpora, beside the repository. Where the corpora are not there, the test fails in CI and is skipped
// elsewhere; a file that is missing in them is for the test to find.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	folder := filepath.Join(root, "..", "shared", "corpora")
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		const absent = "../shared/corpora is not here: the cases of others are not run"
		if os.Getenv("CI") != "" {
			t.Fatal(absent)
		}
		t.Skip(absent)
	}
	return filepath.Join(append([]string{folder}, elem...)...)
}
