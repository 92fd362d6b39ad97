package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

var lifeCases = []testCase{
	{"what was written is there after a restart", testRestart},
	{"after Close every method answers an error", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1))
		p.close(t)
		for name, call := range callsOfMethods(t.Context(), p, 1) {
			if call() == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if err := p.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
		p.reopen(t)
		mustHead(t, p, 1)
	}},
	{"an ended context ends every method, and the store works on", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for name, call := range callsOfMethods(ctx, p, 1) {
			if err := call(); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got error %v, want context.Canceled", name, err)
			}
		}
		mustHead(t, p, 1)
		for name, call := range callsOfMethods(t.Context(), p, 1) {
			var e *trace.Error
			if err := call(); err != nil && (!errors.As(err, &e) || e.Kind != trace.NotFound) {
				t.Errorf("%s afterwards: %v", name, err)
			}
		}
	}},
}

// callsOfMethods calls each method once; Append goes on after head.
func callsOfMethods(ctx context.Context, s trace.Store, head int64) map[string]func() error {
	return map[string]func() error{
		"Head":           func() error { _, err := s.Head(ctx); return err },
		"Append":         func() error { return s.Append(ctx, head, makeRecords(head, 1)) },
		"Records":        func() error { _, err := s.Records(ctx, 0, 1); return err },
		"Find":           func() error { _, err := s.Find(ctx, trace.Query{}); return err },
		"Find by number": func() error { _, err := s.Find(ctx, trace.Query{Seqs: []int64{1}}); return err },
		"PutLineage":     func() error { return s.PutLineage(ctx, []trace.LineageDoc{{Lot: "l", AsOf: 1}}) },
		"Lineage":        func() error { _, err := s.Lineage(ctx, "l"); return err },
		"LineageHead":    func() error { _, err := s.LineageHead(ctx); return err },
		"SetLineageHead": func() error { return s.SetLineageHead(ctx, 1) },
		"PutDocument":    func() error { return s.PutDocument(ctx, trace.Document{Collection: "c", ID: "d"}) },
		"Document":       func() error { _, err := s.Document(ctx, "c", "d"); return err },
		"Documents":      func() error { _, err := s.Documents(ctx, "c", "", 1); return err },
		"Collections":    func() error { _, err := s.Collections(ctx); return err },
		"DeleteDocument": func() error { return s.DeleteDocument(ctx, "c", "d") },
		"AddScans":       func() error { return s.AddScans(ctx, []trace.Scan{makeScan("c", "2026-11-03", "", 1, 0, 0)}) },
		"Scans":          func() error { _, err := s.Scans(ctx, "c"); return err },
		"AllScans":       func() error { _, err := s.AllScans(ctx, trace.Scan{}, 1); return err },
		"PutBlob":        func() error { _, err := s.PutBlob(ctx, strings.NewReader("x"), 1); return err },
		"Blob":           func() error { _, err := s.Blob(ctx, "none"); return err },
		"Blobs":          func() error { _, err := s.Blobs(ctx, "", 1); return err },
	}
}

func testRestart(t *testing.T, p *testStore) {
	mustAppend(t, p, 0, makeRecords(0, 5))
	kept := trace.Document{Collection: "c", ID: "kept", Body: []byte("{}")}
	mustPutDocument(t, p, kept)
	mustPutDocument(t, p, trace.Document{Collection: "c", ID: "gone", Body: []byte("{}")})
	if err := p.DeleteDocument(t.Context(), "c", "gone"); err != nil {
		t.Fatal(err)
	}
	mustAddScans(t, p, makeScan("c", "2026-11-03", "", 2, 1, 2))
	photo := makePattern(300 << 10)
	sum := mustPutBlob(t, p, photo, 1<<20)

	p.reopen(t)
	mustHead(t, p, 5)
	wantRecords(t, readLog(t, p), makeRecords(0, 5))
	wantDocument(t, p, kept)
	_, err := p.Document(t.Context(), "c", "gone")
	wantKind(t, "a deleted document", err, trace.NotFound)
	wantScans(t, p, "c", makeScan("c", "2026-11-03", "", 2, 1, 2))
	wantBlob(t, p, sum, photo)

	if err := p.Append(t.Context(), 0, makeRecords(0, 1)); !errors.Is(err, trace.ErrConflict) {
		t.Errorf("Append after 0: got error %v, want ErrConflict", err)
	}
	mustAppend(t, p, 5, makeRecords(5, 1))
	p.reopen(t)
	wantRecords(t, readLog(t, p), makeRecords(0, 6))
}
