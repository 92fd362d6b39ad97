package ferrettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/trace"
)

func recordsFrom(after int64, n int) []trace.Record {
	out := make([]trace.Record, n)
	for i := range out {
		out[i] = trace.Record{Seq: after + 1 + int64(i), Kind: trace.KindEvent, RecordTime: time.UnixMilli(1).UTC(), Body: []byte("{}")}
	}
	return out
}

func checkKind(t *testing.T, what string, err error, kind trace.Kind) {
	t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: got error %v, want a *trace.Error of kind %d", what, err, kind)
	}
}

// openWithError opens the database and closes the store at once.
func openWithError(t *testing.T, r testDatabase) error {
	s, err := mongo.Open(t.Context(), r.uri)
	if err != nil {
		return err
	}
	return s.Close()
}

func insertDocument(t *testing.T, r testDatabase, collection string, doc bson.D) {
	t.Helper()
	if _, err := r.db.Collection(collection).InsertOne(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
}

func countDocuments(t *testing.T, r testDatabase, collection string) int64 {
	t.Helper()
	n, err := r.db.Collection(collection).CountDocuments(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOpenRefuses: a database of another program, or of a newer version, is not opened and not touched.
func TestOpenRefuses(t *testing.T) {
	mark := func(application string, version int64) bson.D {
		return bson.D{{Key: "_id", Value: "ledger"}, {Key: "application", Value: application}, {Key: "version", Value: version}}
	}
	runOnEach(t, func(t *testing.T, server string) {
		for _, row := range []struct {
			name, collection string
			doc              bson.D
			found            string
		}{
			{"newer data", "meta", mark("yousang", 2), "schema 2"},
			{"another program's mark", "meta", mark("shop", 1), "not a ledger of Yousang"},
			{"another program's data", "orders", bson.D{{Key: "_id", Value: 1}}, "not a ledger of Yousang"},
		} {
			r := newTestDatabase(t, server)
			insertDocument(t, r, row.collection, row.doc)
			err := openWithError(t, r)
			checkKind(t, row.name, err, trace.Conflict)
			var e *trace.Error
			if errors.As(err, &e) && (e.Code != trace.CodeBadCheck || e.Args["found"] != row.found || e.Args["path"] != r.db.Name()) {
				t.Errorf("%s: got %v, want found=%q", row.name, e, row.found)
			}
			if names, err := r.db.ListCollectionNames(t.Context(), bson.D{}); err != nil || !slices.Equal(names, []string{row.collection}) {
				t.Errorf("%s: collections %v, %v, want only %s", row.name, names, err, row.collection)
			}
		}
	})
}

// TestServersThatStartTogether: several servers set up one empty database.
func TestServersThatStartTogether(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		for range 8 {
			r := newTestDatabase(t, server)
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					if err := openWithError(t, r); err != nil {
						t.Errorf("Open: %v", err)
					}
				})
			}
			all.Wait()
			if n := countDocuments(t, r, "meta"); n != 1 {
				t.Errorf("%d documents in meta, want 1", n)
			}
		}
	})
}

func TestDroppedIndexIsReportedAndMade(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		s := r.open(t)
		if missing, err := s.MissingIndexes(t.Context()); err != nil || len(missing) > 0 {
			t.Fatalf("MissingIndexes at first: %v, %v", missing, err)
		}
		if err := r.db.Collection("records").Indexes().DropOne(t.Context(), "lots__id"); err != nil {
			t.Fatal(err)
		}
		if missing, err := s.MissingIndexes(t.Context()); err != nil || !slices.Equal(missing, []string{"records.lots__id"}) {
			t.Errorf("MissingIndexes: %v, %v, want records.lots__id", missing, err)
		}
		if missing, err := r.open(t).MissingIndexes(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("MissingIndexes after another Open: %v, %v", missing, err)
		}
	})
}

// TestConflictInsideABatch: another server's record in the middle of a batch ends the batch there. The records before stay, no record comes
// behind.
func TestConflictInsideABatch(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		for _, row := range []struct {
			name        string
			other, size int
		}{{"in a small batch", 3, 5}, {"beyond the first hundred", 150, 320}, {"at the end", 4, 4}} {
			r := newTestDatabase(t, server)
			s := r.open(t)
			insertDocument(t, r, "records", bson.D{{Key: "_id", Value: int64(row.other)}, {Key: "kind", Value: "event"},
				{Key: "user", Value: "other"}, {Key: "body", Value: "{}"}})
			if err := s.Append(t.Context(), 0, recordsFrom(0, row.size)); !errors.Is(err, trace.ErrConflict) {
				t.Errorf("%s: got error %v, want ErrConflict", row.name, err)
			}
			got, err := s.Records(t.Context(), 0, 1000)
			if err != nil || len(got) != row.other || got[row.other-1].User != "other" {
				t.Errorf("%s: %d records, %v, want %d, the last of them the other's", row.name, len(got), err, row.other)
			}
		}
	})
}

// TestHoleInTheLog: a follower stops before a hole with an error, whichever server made the hole.
func TestHoleInTheLog(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		s := r.open(t)
		if err := s.Append(t.Context(), 0, recordsFrom(0, 5)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.db.Collection("records").DeleteOne(t.Context(), bson.D{{Key: "_id", Value: int64(3)}}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Records(t.Context(), 0, 10); err != nil || len(got) != 2 {
			t.Errorf("Records: %d, %v, want 2", len(got), err)
		}
		if got, err := s.Records(t.Context(), 2, 10); err == nil {
			t.Errorf("Records at the hole: %d records and no error", len(got))
		}
		if err := s.Append(t.Context(), 3, recordsFrom(3, 1)); !errors.Is(err, trace.ErrConflict) {
			t.Errorf("Append behind the hole: got error %v, want ErrConflict", err)
		}
	})
}

// TestTwoServers: what one writes the other reads, and an older document never replaces a newer one.
func TestTwoServers(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		a, b := r.open(t), r.open(t)
		if err := a.Append(t.Context(), 0, recordsFrom(0, 2)); err != nil {
			t.Fatal(err)
		}
		if head, err := b.Head(t.Context()); err != nil || head != 2 {
			t.Errorf("the other's head is %d, %v, want 2", head, err)
		}
		if err := b.Append(t.Context(), 0, recordsFrom(0, 1)); !errors.Is(err, trace.ErrConflict) {
			t.Errorf("Append of a server that lags: got error %v, want ErrConflict", err)
		}
		var docs []trace.LineageDoc
		for i := range 20 {
			docs = append(docs, trace.LineageDoc{Lot: fmt.Sprint("l", i), AsOf: 2, Body: []byte(`{"n":2}`)})
		}
		var both sync.WaitGroup
		for _, s := range []trace.Store{a, b, a, b} { // all find no document and try to be the first
			both.Go(func() {
				if err := s.PutLineage(t.Context(), docs); err != nil {
					t.Errorf("PutLineage: %v", err)
				}
			})
		}
		both.Wait()
		if err := b.PutLineage(t.Context(), []trace.LineageDoc{{Lot: "l7", AsOf: 1, Body: []byte(`{"n":1}`)}}); err != nil {
			t.Errorf("PutLineage of an older one: %v", err)
		}
		for _, d := range docs {
			got, err := a.Lineage(t.Context(), d.Lot)
			if err != nil || got.AsOf != 2 || string(got.Body) != `{"n":2}` {
				t.Errorf("Lineage %s: got %+v, %v", d.Lot, got, err)
			}
		}
	})
}

// TestViewsAheadAreDropped: a log from an older backup than its lineage documents.
func TestViewsAheadAreDropped(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		s := r.open(t)
		err := errors.Join(s.Append(t.Context(), 0, recordsFrom(0, 4)),
			s.PutLineage(t.Context(), []trace.LineageDoc{{Lot: "old", AsOf: 2, Body: []byte("{}")}, {Lot: "new", AsOf: 4, Body: []byte("{}")}}),
			s.SetLineageHead(t.Context(), 4))
		if err != nil {
			t.Fatal(err)
		}
		if head, err := r.open(t).LineageHead(t.Context()); err != nil || head != 4 {
			t.Errorf("LineageHead: %d, %v, want 4", head, err)
		}
		for _, seq := range []int64{3, 4} {
			if _, err := r.db.Collection("records").DeleteOne(t.Context(), bson.D{{Key: "_id", Value: seq}}); err != nil {
				t.Fatal(err)
			}
		}
		s = r.open(t)
		if head, err := s.LineageHead(t.Context()); err != nil || head != 0 {
			t.Errorf("LineageHead of a log that is shorter: %d, %v, want 0", head, err)
		}
		_, err = s.Lineage(t.Context(), "new")
		checkKind(t, "the document ahead of the log", err, trace.NotFound)
		if _, err := s.Lineage(t.Context(), "old"); err != nil {
			t.Errorf("the document that fits: %v", err)
		}
	})
}

// TestUploads: nothing is left of what failed or was there already, and what a killed server left goes a day later.
func TestUploads(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		s := r.open(t)
		photo := bytes.Repeat([]byte("photo"), 100<<10) // two pieces
		for range 2 {
			if _, err := s.PutBlob(t.Context(), bytes.NewReader(photo), 1<<20); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.PutBlob(t.Context(), bytes.NewReader(photo), 300<<10)
		checkKind(t, "a large one", err, trace.TooLarge)
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := s.PutBlob(ctx, &hangUp{data: photo, at: 300 << 10, cancel: cancel}, 1<<20); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that goes away: got error %v, want context.Canceled", err)
		}
		blobs, pieces, uploads := countDocuments(t, r, "blobs"), countDocuments(t, r, "blobPieces"), countDocuments(t, r, "uploads")
		if blobs != 1 || pieces != 2 || uploads != 0 {
			t.Errorf("%d blobs, %d pieces, %d uploads, want 1, 2, 0", blobs, pieces, uploads)
		}
		for _, age := range []time.Duration{23 * time.Hour, 25 * time.Hour} {
			id := bson.NewObjectIDFromTimestamp(time.Now().Add(-age))
			insertDocument(t, r, "uploads", bson.D{{Key: "_id", Value: id}})
			insertDocument(t, r, "blobPieces", bson.D{{Key: "_id", Value: id.Hex() + "/00000000"}, {Key: "body", Value: []byte("x")}})
		}
		whole := bson.NewObjectIDFromTimestamp(time.Now().Add(-26 * time.Hour)) // killed when the blob was kept and the note not yet removed
		insertDocument(t, r, "uploads", bson.D{{Key: "_id", Value: whole}})
		insertDocument(t, r, "blobPieces", bson.D{{Key: "_id", Value: whole.Hex() + "/00000000"}, {Key: "body", Value: []byte("x")}})
		insertDocument(t, r, "blobs", bson.D{{Key: "_id", Value: "sum"}, {Key: "size", Value: int64(1)}, {Key: "upload", Value: whole}})
		r.open(t)
		if pieces, uploads := countDocuments(t, r, "blobPieces"), countDocuments(t, r, "uploads"); pieces != 4 || uploads != 1 {
			t.Errorf("after a start: %d pieces, %d uploads, want 4, 1", pieces, uploads)
		}
		if got, err := s.Blob(t.Context(), "sum"); err != nil {
			t.Errorf("the whole blob: %v", err)
		} else if b, err := io.ReadAll(got); err != nil || string(b) != "x" {
			t.Errorf("the whole blob: %q, %v", b, err)
		}
	})
}

// hangUp is a client that goes away in the middle.
type hangUp struct {
	data   []byte
	at     int
	cancel func()
}

func (h *hangUp) Read(p []byte) (int, error) {
	if h.at <= 0 {
		h.cancel()
	}
	n := copy(p, h.data)
	h.data = h.data[n:]
	h.at -= n
	return n, nil
}
