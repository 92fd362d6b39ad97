package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// TestOpenDocuments: keys can be made beside a server that has the file open, and the log stays the server's.
func TestOpenDocuments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	fresh, err := OpenDocuments(t.Context(), path) // before there is any file
	if err != nil {
		t.Fatal(err)
	}
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	server, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	beside, err := OpenDocuments(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = beside.Close() }()
	want := trace.Document{Collection: "keys", ID: "a", Body: []byte(`{}`)}
	if err := beside.PutDocument(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := server.Document(t.Context(), "keys", "a")
	if err != nil || string(got.Body) != string(want.Body) {
		t.Errorf("server reads %q, %v; want %q", got.Body, err, want.Body)
	}
	rec := trace.Record{Seq: 1, Kind: trace.KindLedger, RecordTime: time.Unix(0, 0).UTC(), Body: []byte(`{}`)}
	if err := beside.Append(t.Context(), 0, []trace.Record{rec}); !errors.Is(err, contract.ErrReadOnly) {
		t.Errorf("append beside a server: got %v, want %v", err, contract.ErrReadOnly)
	}
	if err := server.Append(t.Context(), 0, []trace.Record{rec}); err != nil {
		t.Errorf("server append: %v", err)
	}
}
