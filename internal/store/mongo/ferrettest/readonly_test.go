package ferrettest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/trace"
)

// TestReadOnly: who only reads makes nothing, neither a database nor an index, and cannot write.
func TestReadOnly(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		_, err := mongo.OpenReadOnly(t.Context(), r.uri)
		checkKind(t, "a database that is not there", err, trace.NotFound)
		if names, err := r.db.ListCollectionNames(t.Context(), bson.D{}); err != nil || len(names) > 0 {
			t.Errorf("collections %v, %v, want none", names, err)
		}
		w := r.open(t)
		if err := w.Append(t.Context(), 0, recordsFrom(0, 3)); err != nil {
			t.Fatal(err)
		}
		if err := r.db.Collection("records").Indexes().DropOne(t.Context(), "lots__id"); err != nil {
			t.Fatal(err)
		}
		s, err := mongo.OpenReadOnly(t.Context(), r.uri)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		if got, err := s.Records(t.Context(), 0, 10); err != nil || len(got) != 3 {
			t.Errorf("Records: %d, %v, want 3", len(got), err)
		}
		if missing, err := s.MissingIndexes(t.Context()); err != nil || !slices.Equal(missing, []string{"records.lots__id"}) {
			t.Errorf("MissingIndexes: %v, %v, want records.lots__id", missing, err)
		}
		_, blob := s.PutBlob(t.Context(), strings.NewReader("x"), 10)
		for name, err := range map[string]error{
			"Append": s.Append(t.Context(), 3, recordsFrom(3, 1)), "PutDocument": s.PutDocument(t.Context(),
				trace.Document{Collection: "c", ID: "d"}),
			"DeleteDocument": s.DeleteDocument(t.Context(), "c", "d"), "AddScans": s.AddScans(t.Context(), []trace.Scan{{Code: "c", Count: 1}}),
			"PutBlob":    blob,
			"PutLineage": s.PutLineage(t.Context(), []trace.LineageDoc{{Lot: "l", AsOf: 1}}), "SetLineageHead": s.SetLineageHead(t.Context(), 1),
		} {
			if err == nil {
				t.Errorf("%s wrote", name)
			}
		}
	})
}

// TestReadOnlyRefuses: a database of another program is not read either.
func TestReadOnlyRefuses(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		for name, row := range map[string]struct {
			collection string
			doc        bson.D
		}{
			"another program's data": {"orders", bson.D{{Key: "_id", Value: 1}}},
			"newer data": {"meta", bson.D{{Key: "_id", Value: "ledger"}, {Key: "application", Value: "yousang"},
				{Key: "version", Value: int64(99)}}},
		} {
			r := newTestDatabase(t, server)
			insertDocument(t, r, row.collection, row.doc)
			_, err := mongo.OpenReadOnly(t.Context(), r.uri)
			var e *trace.Error
			if !errors.As(err, &e) || e.Kind != trace.Conflict || e.Args["path"] != r.db.Name() {
				t.Errorf("%s: %v, want a conflict that names the database", name, err)
			}
		}
	})
}
