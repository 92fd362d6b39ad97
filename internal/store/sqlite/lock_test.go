package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// helperPath tells a copy of this test program to be the other process.
const helperPath = "YOUSANG_SQLITE_TEST_HELPER"

func TestMain(m *testing.M) {
	if path := os.Getenv(helperPath); path != "" {
		fmt.Println("ended:", appendForever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForever prints the head after each append that was answered, until the process is killed.
func appendForever(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	for {
		size := int(head%3) + 1
		if err := s.Append(ctx, head, batchAfter(head, size)); err != nil {
			return err
		}
		head += int64(size)
		fmt.Println(head)
	}
}

func TestOneProcessWrites(t *testing.T) {
	path := ledgerPath(t)
	s := mustOpen(t, path)
	mustFill(t, s, 0, 1)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		_, err := Open(t.Context(), name)
		checkLocked(t, err, path)
	}
	mustFill(t, s, 1, 1) // the refused one has broken nothing
	mustClose(t, s)
	if head, err := mustOpen(t, link).Head(t.Context()); err != nil || head != 2 {
		t.Errorf("head is %d, %v, want 2", head, err)
	}
}

func checkLocked(t *testing.T, err error, path string) {
	t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != trace.Unavailable || e.Code != trace.CodeStoreUnavailable || e.Args["path"] != path {
		t.Errorf("got error %v, want %s with path %s", err, trace.CodeStoreUnavailable, path)
	}
}

// TestKilledProcess kills a process while the process appends: answered records are there, the lock is free, and a record on its way is
// gone.
func TestKilledProcess(t *testing.T) {
	path := ledgerPath(t)
	spool := path + spoolMark + "123"
	var answered int64
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), helperPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 20 + round {
			if !lines.Scan() {
				t.Fatalf("the helper ended after %d", answered)
			}
			if answered, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
				t.Fatalf("the helper says: %s", lines.Text())
			}
		}
		_, err = Open(t.Context(), path)
		checkLocked(t, err, path)
		writeFile(t, spool, []byte("half a photo"))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // answered before the signal came
			if answered, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
				t.Fatalf("the helper says: %s", lines.Text())
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the helper ended with %v", err)
		}
		checkWhole(t, path, answered)
		if _, err := os.Stat(spool); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the half-received file is still there: %v", err)
		}
	}
}

// checkWhole opens a ledger and checks that at least the answered records are in it, each once and whole.
func checkWhole(t *testing.T, path string, answered int64) {
	t.Helper()
	s := mustOpen(t, path)
	defer mustClose(t, s)
	checkLog(t, s, answered)
}

// checkLog checks that a log has at least the records up to head, each once and whole, and returns its head.
func checkLog(t *testing.T, s *Store, least int64) int64 {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil || head < least {
		t.Fatalf("head is %d, %v, want at least %d", head, err, least)
	}
	got, err := s.Records(t.Context(), 0, int(head)+1)
	if err != nil || int64(len(got)) != head {
		t.Fatalf("%d records, %v, want %d", len(got), err, head)
	}
	for i, r := range got {
		want := eventRecord(int64(i) + 1)
		if r.Seq != want.Seq || r.EventID != want.EventID || string(r.Body) != string(want.Body) {
			t.Fatalf("record %d is %d, %s", want.Seq, r.Seq, r.EventID)
		}
	}
	return head
}
