package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestBackupUnderLoad(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	mustFill(t, s, 0, 2000)
	document := trace.Document{Collection: "account", ID: "1", Body: []byte("{}")}
	sum, err := s.PutBlob(t.Context(), bytes.NewReader(make([]byte, 600<<10)), 1<<20)
	if err := errors.Join(err, s.PutDocument(t.Context(), document)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	load.Go(func() {
		for head := int64(2000); ctx.Err() == nil; head += 7 {
			if err := s.Append(context.WithoutCancel(ctx), head, batchAfter(head, 7)); err != nil {
				t.Errorf("Append under a backup: %v", err)
				return
			}
		}
	})
	folder := t.TempDir()
	for _, name := range []string{"one.db", "two 柚'桑.db"} {
		before, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), filepath.Join(folder, name)); err != nil {
			t.Fatalf("Backup: %v", err)
		}
		checkCopy(t, filepath.Join(folder, name), before, sum)
	}
	stop()
	load.Wait()
	if left, err := filepath.Glob(filepath.Join(folder, "*.partial")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// checkCopy opens a copy for reading and for writing.
func checkCopy(t *testing.T, path string, least int64, sum string) {
	t.Helper()
	ro, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatalf("OpenReadOnly: %v", err)
	}
	checkLog(t, ro, least)
	mustClose(t, ro)
	s := mustOpen(t, path)
	defer mustClose(t, s)
	head := checkLog(t, s, least)
	if _, err := s.Document(t.Context(), "account", "1"); err != nil {
		t.Errorf("Document: %v", err)
	}
	r, err := s.Blob(t.Context(), sum)
	if err != nil {
		t.Fatalf("Blob: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	mustFill(t, s, head, 1)
}

func TestBackupKeepsWhatExists(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	mustFill(t, s, 0, 1)
	for _, taken := range []string{"copy.db", "copy.db.partial"} {
		t.Run(taken, func(t *testing.T) {
			folder := t.TempDir()
			writeFile(t, filepath.Join(folder, taken), []byte("mine"))
			err := s.Backup(t.Context(), filepath.Join(folder, "copy.db"))
			var e *trace.Error
			if !errors.As(err, &e) || e.Kind != trace.Conflict || e.Args["value"] != filepath.Join(folder, taken) {
				t.Errorf("got error %v, want one of kind Conflict about %s", err, taken)
			}
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) != 1 || string(readFile(t, filepath.Join(folder, taken))) != "mine" {
				t.Errorf("the folder has %v, %v, want only %s as it was", entries, err, taken)
			}
		})
	}
}

func TestBackupThatIsStoppedLeavesNothing(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(folder, "copy.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestErasedDocumentIsNotInTheFiles(t *testing.T) {
	path := ledgerPath(t)
	s := mustOpen(t, path)
	name := []byte("只此一处的名字")
	if err := s.PutDocument(t.Context(), trace.Document{Collection: "profile", ID: "1", Body: name}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	if !bytes.Contains(readFile(t, path), name) {
		t.Fatal("the name is not in the file: this test looks for the wrong bytes")
	}
	s = mustOpen(t, path)
	if err := s.DeleteDocument(t.Context(), "profile", "1"); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if bytes.Contains(readFile(t, filepath.Join(filepath.Dir(path), e.Name())), name) {
			t.Errorf("the name is still in %s", e.Name())
		}
		if strings.Contains(e.Name(), spoolMark) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
