package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// withViews makes a ledger of four records with a document as of the third, and closes it.
func withViews(t *testing.T) (path string) {
	t.Helper()
	path = ledgerPath(t)
	s := mustOpen(t, path)
	mustFill(t, s, 0, 4)
	putViews(t, s, 3)
	mustClose(t, s)
	return path
}

func putViews(t *testing.T, s *Store, asOf int64) {
	t.Helper()
	err := errors.Join(s.PutLineage(t.Context(), []trace.LineageDoc{{Lot: "l", AsOf: asOf, Body: []byte("{}")}}),
		s.SetLineageHead(t.Context(), asOf))
	if err != nil {
		t.Fatalf("put lineage: %v", err)
	}
}

func checkViews(t *testing.T, s *Store, want int64) {
	t.Helper()
	head, err := s.LineageHead(t.Context())
	if err != nil || head != want {
		t.Errorf("lineage head is %d, %v, want %d", head, err, want)
	}
	_, err = s.Lineage(t.Context(), "l")
	if found := err == nil; found != (want > 0) {
		t.Errorf("Lineage: %v, with head %d", err, want)
	}
}

func TestViewsAreKept(t *testing.T) {
	checkViews(t, mustOpen(t, withViews(t)), 3)
}

func TestViewsThatDoNotFitAreMadeAnew(t *testing.T) {
	for _, row := range []struct {
		name  string
		spoil func(t *testing.T, path string)
	}{
		{"missing", func(t *testing.T, path string) {
			if err := os.Remove(path + "-views"); err != nil {
				t.Fatal(err)
			}
		}},
		{"empty", func(t *testing.T, path string) { writeFile(t, path+"-views", nil) }},
		{"not a database", func(t *testing.T, path string) { writeFile(t, path+"-views", []byte("谱系")) }},
		{"cut short", func(t *testing.T, path string) { writeFile(t, path+"-views", readFile(t, path+"-views")[:5000]) }},
		{"a damaged first page", func(t *testing.T, path string) {
			b := readFile(t, path+"-views")
			clear(b[100:4096])
			writeFile(t, path+"-views", b)
		}},
		{"of another ledger", func(t *testing.T, path string) { writeFile(t, path+"-views", readFile(t, withViews(t)+"-views")) }},
		{"of a newer program", func(t *testing.T, path string) { runStatements(t, path+"-views", "PRAGMA user_version=9") }},
		{"without a state", func(t *testing.T, path string) { runStatements(t, path+"-views", "DELETE FROM state") }},
		{"ahead of a log from a backup", func(t *testing.T, path string) { runStatements(t, path, "DELETE FROM records WHERE seq > 2") }},
		{"with a document ahead of it", func(t *testing.T, path string) {
			runStatements(t, path, "DELETE FROM records WHERE seq > 2")
			runStatements(t, path+"-views", "UPDATE state SET head = 1")
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := withViews(t)
			row.spoil(t, path)
			ro, err := OpenReadOnly(t.Context(), path)
			if err != nil {
				t.Fatalf("OpenReadOnly: %v", err)
			}
			checkViews(t, ro, 0)
			mustClose(t, ro)
			s := mustOpen(t, path)
			checkViews(t, s, 0)
			putViews(t, s, 2)
			checkViews(t, s, 2)
			mustClose(t, s)
			checkViews(t, mustOpen(t, path), 2)
		})
	}
}

// TestViewsDamagedInUse: damage deep in the file shows only when the page is read; then reading is an error until the store is opened
// again.
func TestViewsDamagedInUse(t *testing.T) {
	path := withViews(t)
	root := askNumber(t, path+"-views", "SELECT rootpage FROM sqlite_schema WHERE name = 'lineage'")
	size := askNumber(t, path+"-views", "PRAGMA page_size")
	b := readFile(t, path+"-views")
	page := b[(root-1)*size : root*size]
	copy(page, slices.Repeat([]byte{0xee}, len(page)))
	writeFile(t, path+"-views", b)

	s := mustOpen(t, path)
	if _, err := s.Lineage(t.Context(), "l"); !isCorrupt(err) {
		t.Fatalf("Lineage: got error %v, want one of a damaged file", err)
	}
	if head, err := s.Head(t.Context()); err != nil || head != 4 {
		t.Errorf("the log: head %d, %v, want 4", head, err)
	}
	mustClose(t, s)
	checkViews(t, mustOpen(t, path), 0)
}

func TestReadOnly(t *testing.T) {
	path := withViews(t)
	for _, none := range []string{filepath.Join(t.TempDir(), "none.db"), filepath.Join(t.TempDir(), "no", "folder", "none.db")} {
		_, err := OpenReadOnly(t.Context(), none)
		var e *trace.Error
		if !errors.As(err, &e) || e.Kind != trace.NotFound {
			t.Errorf("%s, which does not exist: got error %v, want kind NotFound", none, err)
		}
	}
	s := mustOpen(t, path)
	ro, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatalf("OpenReadOnly beside a writer: %v", err)
	}
	t.Cleanup(func() { mustClose(t, ro) })
	checkLog(t, ro, 4)
	checkViews(t, ro, 3)
	mustFill(t, s, 4, 2)
	putViews(t, s, 6)
	if head := checkLog(t, ro, 6); head != 6 {
		t.Errorf("the reader sees head %d, want 6", head)
	}
	checkViews(t, ro, 6)
	if err := ro.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db")); err != nil {
		t.Errorf("Backup: %v", err)
	}
	_, blobErr := ro.PutBlob(t.Context(), nil, 1)
	for name, err := range map[string]error{
		"Append": ro.Append(t.Context(), 6, batchAfter(6, 1)), "PutLineage": ro.PutLineage(t.Context(), nil),
		"SetLineageHead": ro.SetLineageHead(t.Context(), 1),
		"PutDocument":    ro.PutDocument(t.Context(), trace.Document{}), "DeleteDocument": ro.DeleteDocument(t.Context(), "c", "d"),
		"AddScans": ro.AddScans(t.Context(), nil), "PutBlob": blobErr,
	} {
		if !errors.Is(err, contract.ErrReadOnly) {
			t.Errorf("%s: got error %v, want %v", name, err, contract.ErrReadOnly)
		}
	}
	mustFill(t, s, 6, 1) // the reader has locked nothing
}
