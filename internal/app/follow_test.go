package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

// sharedStore is an embedded store that claims to be a database of several servers, so that the application keeps lineage documents in it.
type sharedStore struct{ trace.Store }

func (sharedStore) Shared() bool { return true }

// openSharedLedger opens the same ledger as openLedger, as one server of several would.
func openSharedLedger(t *testing.T, path string) *app.App {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return openLedgerOn(t, sharedStore{s})
}

// waitForFollower waits until the lineage documents have caught up with the log.
func waitForFollower(t *testing.T, r *app.App) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for r.LineageHead() < r.Ledger.Head() {
		select {
		case <-ctx.Done():
			t.Fatalf("documents stand at %d of %d", r.LineageHead(), r.Ledger.Head())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// findDocument reads a lot's lineage document as another program would.
func findDocument(t *testing.T, r *app.App, lot string) trace.LotView {
	t.Helper()
	d, err := r.Store.Lineage(t.Context(), lot)
	if err != nil {
		t.Fatal(err)
	}
	var v trace.LotView
	if err := json.Unmarshal(d.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// markedStore checks the mark of the lineage documents whenever the mark moves.
type markedStore struct {
	sharedStore
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
	return s.sharedStore.PutLineage(ctx, docs)
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
	return s.sharedStore.SetLineageHead(ctx, seq)
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
			s := &markedStore{sharedStore: sharedStore{inner}, t: t}
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
			report, err := app.Verify(t.Context(), s, nil)
			if err != nil || len(report.Problems) != 0 || report.Documents != 2 || report.Behind != 0 {
				t.Errorf("verify: %+v, %v", report, err)
			}
			if len(s.marks) == 0 {
				t.Error("the mark never moved")
			}
		})
	}
}

// TestLineageDocumentsFollow: documents follow the log, tell of what came later, go on after a restart, and agree with a verification.
func TestLineageDocumentsFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var fruit string
	t.Run("first run", func(t *testing.T) {
		r := openSharedLedger(t, path)
		fruit = recordHarvest(t, r, 100)
		waitForFollower(t, r)
		if v := findDocument(t, r, fruit); v.Quantity.Amount != trace.Whole(100) || len(v.Into) != 0 || len(v.Origins) != 1 {
			t.Errorf("document = %+v", v)
		}
	})
	r := openSharedLedger(t, path)
	recordReport(t, r, "coop", &app.Transformation{Inputs: []app.Taken{{Lot: fruit, Quantity: new(trace.Whole(40))}},
		Outputs: []app.NewLot{{Product: "fruit", Quantity: trace.Whole(40), Grade: "优级"}}})
	if _, err := r.PutMasterData(t.Context(), app.System, trace.Product{ID: r.CompleteID("product", "fruit"), Name: "梁平柚",
		Unit: trace.Kilogram}); err != nil {
		t.Fatal(err)
	}
	waitForFollower(t, r)
	before := findDocument(t, r, fruit)
	if _, err := r.PutMasterData(t.Context(), app.System, trace.Organisation{ID: r.CompleteID("org", "works"), Kind: "processor", Name: "新厂名",
		Tier: trace.Town}); err != nil {
		t.Fatal(err)
	}
	waitForFollower(t, r)
	if after := findDocument(t, r, fruit); after.PageSeq != before.PageSeq {
		t.Errorf("document %d was written again at %d after the change of a name that it does not show", before.PageSeq, after.PageSeq)
	}
	v := findDocument(t, r, fruit)
	if len(v.Into) != 1 || v.Holdings[0].Quantity.Amount != trace.Whole(60) || v.Product.Name != "梁平柚" {
		t.Errorf("document after a grading and a new name = %+v", v)
	}
	report, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) != 0 || report.Documents != 2 {
		t.Errorf("verify: %v, %+v", err, report)
	}
}

// TestAnEmbeddedStoreGetsNoDocuments: nobody reads lineage documents in an embedded store, so that none is written, nothing is said to be
// behind, and a document of an earlier version of the program is not compared.
func TestAnEmbeddedStoreGetsNoDocuments(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	fruit := recordHarvest(t, r, 100)
	if got, want := r.LineageHead(), r.Ledger.Head(); got != want {
		t.Errorf("the documents' head is %d, want %d: none waits", got, want)
	}
	waitForFollower(t, r)
	if doc, err := r.Store.Lineage(t.Context(), fruit); !app.IsNotFound(err) {
		t.Errorf("a document was written: %s, %v", doc.Body, err)
	}
	if head, err := r.Store.LineageHead(t.Context()); err != nil || head != 0 {
		t.Errorf("the store's documents stand at %d, %v, want 0", head, err)
	}
	left := trace.LineageDoc{Lot: fruit, AsOf: r.Ledger.Head(), Body: []byte(`{"lot":"as an earlier version wrote"}`)}
	if err := errors.Join(r.Store.PutLineage(t.Context(), []trace.LineageDoc{left}),
		r.Store.SetLineageHead(t.Context(), r.Ledger.Head())); err != nil {
		t.Fatal(err)
	}
	report, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) != 0 || report.Documents != 0 || report.Behind != 0 {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

// TestVerifyComparesDocuments: in a shared store a document that is not what the log says is found, unless the documents are still being
// written.
func TestVerifyComparesDocuments(t *testing.T) {
	r := openSharedLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	fruit := recordHarvest(t, r, 100)
	waitForFollower(t, r)
	changed, _ := r.Ledger.PageSeq(fruit)
	if err := r.Store.PutLineage(t.Context(), []trace.LineageDoc{{Lot: fruit, AsOf: changed, Body: []byte(`{}`)}}); err != nil {
		t.Fatal(err)
	}
	report, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0], trace.KeyOf(fruit)) || report.Documents != 1 {
		t.Errorf("verify with a wrong document: %+v, %v", report, err)
	}
	if err := r.Store.SetLineageHead(t.Context(), r.Ledger.Head()-1); err != nil {
		t.Fatal(err)
	}
	report, err = app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) != 0 || report.Documents != 0 || report.Behind != 1 {
		t.Errorf("verify with documents one record behind: %+v, %v", report, err)
	}
}

// TestACopiedLedgerGetsItsDocuments: an embedded store has no documents to copy; the first server on the shared store writes all.
func TestACopiedLedgerGetsItsDocuments(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (trace.Store, error){
		"a shared file": func(t *testing.T) (trace.Store, error) {
			s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "copy.db"))
			return sharedStore{s}, err
		},
		"MongoDB": func(t *testing.T) (trace.Store, error) { return mongo.Open(t.Context(), storetest.MongoURI(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			target, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			source := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
			lots := []string{recordHarvest(t, source, 100), recordHarvest(t, source, 7)}
			if _, err := transfer.Copy(t.Context(), source.Store, target, transfer.Options{}); err != nil {
				t.Fatal(err)
			}
			r := openLedgerOn(t, target)
			waitForFollower(t, r)
			for i, want := range []int64{100, 7} {
				if v := findDocument(t, r, lots[i]); v.Quantity.Amount != trace.Whole(want) {
					t.Errorf("document %d = %+v", i, v)
				}
			}
			report, err := app.Verify(t.Context(), target, nil)
			if err != nil || len(report.Problems) != 0 || report.Documents != int64(len(lots)) || report.Behind != 0 {
				t.Errorf("verify: %+v, %v", report, err)
			}
		})
	}
}
