package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// markedStore checks the mark of the lineage documents whenever the mark moves.
type markedStore struct {
	trace.Store
	app   *app.App
	t     *testing.T
	mu    sync.Mutex
	onPut func() error // called before documents are kept, once
	marks []int64
}

func (s *markedStore) PutLineage(ctx context.Context, docs []trace.LineageDoc) error {
	s.mu.Lock()
	onPut := s.onPut
	s.onPut = nil
	s.mu.Unlock()
	if onPut != nil {
		if err := onPut(); err != nil {
			return err
		}
	}
	return s.Store.PutLineage(ctx, docs)
}

// SetLineageHead expects that every lot that changed up to the mark has a document of its last change.
func (s *markedStore) SetLineageHead(ctx context.Context, seq int64) error {
	if head := s.app.Ledger.Head(); seq > head {
		s.t.Errorf("the mark is %d, the ledger ends at %d", seq, head)
	}
	for _, lot := range s.app.Ledger.ListTouchedSince(0) {
		changed, _ := s.app.Ledger.PageSeq(lot)
		if changed > seq {
			continue
		}
		if doc, err := s.Lineage(ctx, lot); err != nil || doc.AsOf != changed {
			s.t.Errorf("the mark is %d; the document of a lot that changed at %d is as of %d (%v)", seq, changed, doc.AsOf, err)
		}
	}
	s.mu.Lock()
	s.marks = append(s.marks, seq)
	s.mu.Unlock()
	return s.Store.SetLineageHead(ctx, seq)
}

// TestTheMarkOfDocumentsIsNeverTooHigh: the mark does not cover a lot that is recorded while documents are written and has no document
// yet, and a document that could not be kept is written again before the mark moves.
func TestTheMarkOfDocumentsIsNeverTooHigh(t *testing.T) {
	for name, refused := range map[string]error{"a harvest in between": nil, "a store that refuses": errors.New("disk full")} {
		t.Run(name, func(t *testing.T) {
			inner, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
			if err != nil {
				t.Fatal(err)
			}
			s := &markedStore{Store: inner, t: t}
			r := openLedgerOn(t, s)
			s.app = r
			waitForFollower(t, r)
			s.mu.Lock()
			s.onPut = func() error {
				recordHarvest(t, r, 7)
				return refused
			}
			s.mu.Unlock()
			recordHarvest(t, r, 100)
			waitForFollower(t, r)
			report, err := app.Verify(t.Context(), inner, nil)
			if err != nil || len(report.Problems) != 0 || report.Documents != 2 || report.Behind != 0 {
				t.Errorf("verify: %+v, %v", report, err)
			}
			if len(s.marks) == 0 {
				t.Error("the mark never moved")
			}
		})
	}
}
