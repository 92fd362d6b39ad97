package sqlite

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// endsAfter is a context that ends after a number of questions.
type endsAfter struct {
	context.Context
	left int
}

func (c *endsAfter) Err() error {
	if c.left == 0 {
		return context.Canceled
	}
	c.left--
	return nil
}

// TestContextEndsOnTheWay ends the context at every point where a write looks at it: all or nothing is written, and the store works on.
func TestContextEndsOnTheWay(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	head, ended := int64(0), 0
	for looks := 0; ; looks++ {
		err := s.Append(&endsAfter{t.Context(), looks}, head, batchAfter(head, 200))
		if err == nil {
			head += 200
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks: got error %v, want context.Canceled", looks, err)
		}
		ended++
		if got, err := s.Head(t.Context()); err != nil || got != head {
			t.Fatalf("after %d looks: head is %d, %v, want %d", looks, got, err, head)
		}
	}
	if ended < 4 {
		t.Errorf("the context was looked at %d times in 200 records, want 4 at least", ended)
	}
	checkLog(t, s, head)
	content := make([]byte, 3*contract.PieceBytes)
	for looks := 0; ; looks++ {
		sum, err := s.PutBlob(&endsAfter{t.Context(), looks}, bytes.NewReader(content), 1<<20)
		if err == nil {
			r, err := s.Blob(t.Context(), sum)
			if err != nil {
				t.Fatalf("Blob: %v", err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("blob after %d looks: got error %v, want context.Canceled", looks, err)
		}
	}
}

// TestFullDisk stands for every write that SQLite refuses half-way.
func TestFullDisk(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	mustFill(t, s, 0, 10)
	limit := func(pages string) {
		t.Helper()
		err := s.writer.lend(t.Context(), func(c *conn) error { return c.runScript(t.Context(), "PRAGMA max_page_count="+pages) })
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("40")
	if err := s.Append(t.Context(), 10, batchAfter(10, 1000)); err == nil || errors.Is(err, trace.ErrConflict) {
		t.Fatalf("Append to a full disk: got error %v, want one that is no conflict", err)
	}
	if _, err := s.PutBlob(t.Context(), bytes.NewReader(make([]byte, 1<<20)), 1<<20); err == nil {
		t.Error("PutBlob to a full disk: no error")
	}
	if head := checkLog(t, s, 10); head != 10 {
		t.Errorf("head is %d, want 10", head)
	}
	limit("1000000")
	mustFill(t, s, 10, 1000)
	checkLog(t, s, 1010)
}

// TestManyKindsOfSearch makes more statements than a connection keeps.
func TestManyKindsOfSearch(t *testing.T) {
	s := mustOpen(t, ledgerPath(t))
	mustFill(t, s, 0, 3)
	want := eventRecord(2)
	for orgs := 1; orgs <= inlineValues; orgs++ {
		for lots := 1; lots <= inlineValues; lots++ {
			q := trace.Query{Orgs: make([]string, orgs), Lots: make([]string, lots), After: 1, Limit: 1}
			q.Orgs[orgs-1], q.Lots[lots-1] = want.Org, want.Lots[0]
			got, err := s.Find(t.Context(), q)
			if err != nil || len(got) != 1 || got[0].Seq != 2 {
				t.Fatalf("%d organisations, %d lots: got %v, %v", orgs, lots, got, err)
			}
		}
	}
	for range readerCount {
		c := <-s.readers.free
		if len(c.stmts) > keepStatements {
			t.Errorf("a connection keeps %d statements, want %d at most", len(c.stmts), keepStatements)
		}
		s.readers.free <- c
	}
}
