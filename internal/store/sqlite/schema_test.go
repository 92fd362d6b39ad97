package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// ledgerPath is where a case's ledger will be.
func ledgerPath(t testing.TB) string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "ledger.db")
}

// mustOpen opens a ledger and closes it after the case, if the case has not.
func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { mustClose(t, s) })
	return s
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func mustFill(t testing.TB, s *Store, after int64, n int) {
	t.Helper()
	if err := s.Append(t.Context(), after, batchAfter(after, n)); err != nil {
		t.Fatalf("Append after %d: %v", after, err)
	}
}

// runStatements changes a file behind the store's back.
func runStatements(t testing.TB, path string, statements ...string) {
	t.Helper()
	c, err := connect(t.Context(), path, readWrite, nil)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	for _, text := range statements {
		if err := c.runScript(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

func askNumber(t testing.TB, path, query string) int64 {
	t.Helper()
	c, err := connect(t.Context(), path, readOnly, nil)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	n, err := c.readNumber(t.Context(), query)
	if err := errors.Join(err, c.close()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func checkBadCheck(t *testing.T, err error, args map[string]string) {
	t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != trace.Conflict || e.Code != trace.CodeBadCheck {
		t.Fatalf("got error %v, want %s of kind Conflict", err, trace.CodeBadCheck)
	}
	for name, want := range args {
		if e.Args[name] != want {
			t.Errorf("argument %s is %q, want %q", name, e.Args[name], want)
		}
	}
}

func TestNewFileIsMarked(t *testing.T) {
	path := ledgerPath(t)
	mustClose(t, mustOpen(t, path))
	for query, want := range map[string]int64{
		"PRAGMA application_id": logApplication, "PRAGMA user_version": 1, "SELECT length(id) FROM ledger": 32, "SELECT count(*) FROM ledger": 1,
	} {
		if got := askNumber(t, path, query); got != want {
			t.Errorf("%s is %d, want %d", query, got, want)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file has mode %v, %v, want 0600", info.Mode(), err)
	}
	mustClose(t, mustOpen(t, path))
	if got := askNumber(t, path, "SELECT count(*) FROM ledger"); got != 1 {
		t.Errorf("after a second Open: %d ledger ids, want 1", got)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := ledgerPath(t)
	s := mustOpen(t, path)
	mustFill(t, s, 0, 3)
	mustClose(t, s)
	runStatements(t, path, "PRAGMA user_version=7")
	for name, open := range map[string]func(context.Context, string) (*Store, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t.Context(), path)
			checkBadCheck(t, err, map[string]string{"found": "schema 7", "known": "schema 1", "path": path})
		})
	}
	runStatements(t, path, "PRAGMA user_version=1") // the content of the file is unchanged
	if head, err := mustOpen(t, path).Head(t.Context()); err != nil || head != 3 {
		t.Errorf("head is %d, %v, want 3", head, err)
	}
}

func TestForeignFileIsRefusedUnharmed(t *testing.T) {
	for _, row := range []struct {
		name string
		make func(t *testing.T, path string)
	}{
		{"a text", func(t *testing.T, path string) { writeFile(t, path, []byte("柚子登记表\n")) }},
		{"zeroes", func(t *testing.T, path string) { writeFile(t, path, make([]byte, 20000)) }},
		{"another program's database", func(t *testing.T, path string) {
			runStatements(t, path, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
		}},
		{"another program's marked database", func(t *testing.T, path string) {
			runStatements(t, path, "PRAGMA application_id=77", "PRAGMA user_version=1", "CREATE TABLE records (a)")
		}},
		{"a database in WAL mode", func(t *testing.T, path string) {
			runStatements(t, path, "PRAGMA journal_mode=WAL", "CREATE TABLE t (a)")
		}},
		{"a file of views", func(t *testing.T, path string) {
			other := ledgerPath(t)
			mustClose(t, mustOpen(t, other))
			writeFile(t, path, readFile(t, other+"-views"))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := ledgerPath(t)
			row.make(t, path)
			before := readFile(t, path)
			_, err := Open(t.Context(), path)
			checkBadCheck(t, err, map[string]string{"path": path})
			_, err = OpenReadOnly(t.Context(), path)
			checkBadCheck(t, err, map[string]string{"path": path})
			if !bytes.Equal(readFile(t, path), before) {
				t.Error("the file has changed")
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		path := t.TempDir()
		_, err := Open(t.Context(), path)
		checkBadCheck(t, err, map[string]string{"path": path})
	})
}

func TestOpenOfAnEmptyFile(t *testing.T) {
	path := ledgerPath(t)
	writeFile(t, path, nil)
	_, err := OpenReadOnly(t.Context(), path)
	checkBadCheck(t, err, nil)
	mustFill(t, mustOpen(t, path), 0, 1)
}

func TestOpenWithoutFolder(t *testing.T) {
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "ledger.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want one that says that the folder does not exist", err)
	}
}

func TestMigrateTakesOnlyTheStepsThatLack(t *testing.T) {
	path := ledgerPath(t)
	steps := schema{application: 99, steps: []string{"CREATE TABLE a (x); INSERT INTO a VALUES (1);"}}
	migrate := func() error {
		c, err := connect(t.Context(), path, readWrite, nil)
		if err != nil {
			t.Fatalf("connect: %v", err)
		}
		return errors.Join(steps.migrate(t.Context(), c, path), c.close())
	}
	if err := errors.Join(migrate(), migrate()); err != nil {
		t.Fatal(err)
	}
	steps.steps = append(steps.steps, "INSERT INTO a VALUES (2)", "INSERT INTO a VALUES (3); INSERT INTO none VALUES (4);")
	if err := migrate(); err == nil || !strings.Contains(err.Error(), "migration 3") {
		t.Errorf("got error %v, want one of migration 3", err)
	}
	if n, at := askNumber(t, path, "SELECT count(*) FROM a"), askNumber(t, path, "PRAGMA user_version"); n != 1 || at != 1 {
		t.Errorf("after a step that fails: %d rows, version %d, want 1 and 1", n, at)
	}
	steps.steps[2] = "INSERT INTO a VALUES (3)"
	if err := migrate(); err != nil {
		t.Fatal(err)
	}
	if n, at := askNumber(t, path, "SELECT count(*) FROM a"), askNumber(t, path, "PRAGMA user_version"); n != 3 || at != 3 {
		t.Errorf("%d rows, version %d, want 3 and 3", n, at)
	}
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
