package corpora

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// failure records that a test would have ended.
type failure struct {
	testing.TB
	fatal bool
}

func (f *failure) Helper()      {}
func (f *failure) Log(...any)   {}
func (f *failure) Name() string { return "TestOfOthers" }
func (f *failure) Fatal(...any) { f.fatal = true; runtime.Goexit() }

// findIn runs FindPaths in a clone that has the corpora, or has not.
func findIn(t *testing.T, withCorpora bool, own string) (paths []string, fatal bool) {
	t.Helper()
	clone := filepath.Join(t.TempDir(), "clone")
	if err := os.MkdirAll(filepath.Join(clone, "testdata"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(clone, "go.mod"), []byte("module clone\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if withCorpora {
		if err := os.MkdirAll(filepath.Join(clone, "..", "shared", "corpora"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(clone)
	recorded := &failure{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		paths = FindPaths(recorded, own, "epcis", "valid")
	}()
	<-done
	return paths, recorded.fatal
}

func TestFindPaths(t *testing.T) {
	for _, row := range []struct {
		name, required string
		withCorpora    bool
		want           []string // ends of paths
		fatal          bool
		note           string
	}{
		{"corpora", "required", true, []string{"testdata", "shared/corpora/epcis/valid"}, false, ""},
		{"no corpora", "", false, []string{"testdata"}, false, "TestOfOthers: not run on ../shared/corpora/epcis/valid, which is not here\n"},
		{"no corpora, required", "required", false, nil, true, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			notRun := filepath.Join(t.TempDir(), "not-run")
			t.Setenv(Required, row.required)
			t.Setenv(NotRun, notRun)
			t.Setenv("CI", "true") // a fork's CI demands nothing
			paths, fatal := findIn(t, row.withCorpora, "testdata")
			if fatal != row.fatal || !slices.EqualFunc(paths, row.want, func(got, want string) bool { return strings.HasSuffix(got, want) }) {
				t.Errorf("got %q, fatal %v; want %q, %v", paths, fatal, row.want, row.fatal)
			}
			note, _ := os.ReadFile(notRun)
			if string(note) != row.note {
				t.Errorf("noted %q, want %q", note, row.note)
			}
		})
	}
}

func TestFindPathsWithoutOwnCases(t *testing.T) {
	if _, fatal := findIn(t, true, "absent"); !fatal {
		t.Error("own cases that are missing are no failure")
	}
}
