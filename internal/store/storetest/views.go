package storetest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

var lineageCases = []testCase{
	{"an unknown lot is not found", func(t *testing.T, p *testStore) {
		_, err := p.Lineage(t.Context(), "none")
		wantKind(t, "Lineage", err, trace.NotFound)
	}},
	{"a document replaces an older or equal one, never a newer", func(t *testing.T, p *testStore) {
		for _, row := range []struct {
			asOf int64
			body string
			want string
		}{
			{5, "five", "five"}, {4, "four", "five"}, {5, "five again", "five again"}, {9, "nine", "nine"}, {0, "zero", "nine"},
		} {
			mustPutLineage(t, p, trace.LineageDoc{Lot: "l", AsOf: row.asOf, Body: []byte(row.body)})
			wantLineage(t, p, "l", row.want)
		}
	}},
	{"the newest of one call wins, in any order", func(t *testing.T, p *testStore) {
		mustPutLineage(t, p, trace.LineageDoc{Lot: "a", AsOf: 2, Body: []byte("a2")}, trace.LineageDoc{Lot: "a", AsOf: 1, Body: []byte("a1")},
			trace.LineageDoc{Lot: "b", AsOf: 1, Body: []byte("b1")}, trace.LineageDoc{Lot: "b", AsOf: 2, Body: []byte("b2")})
		wantLineage(t, p, "a", "a2")
		wantLineage(t, p, "b", "b2")
	}},
	{"no documents are no error", func(t *testing.T, p *testStore) { mustPutLineage(t, p) }},
	{"lots that look alike have their own documents", func(t *testing.T, p *testStore) {
		var docs []trace.LineageDoc
		for _, s := range lookalikes {
			docs = append(docs, trace.LineageDoc{Lot: s, AsOf: 1, Body: []byte("of " + s)})
		}
		mustPutLineage(t, p, docs...)
		for _, s := range lookalikes {
			wantLineage(t, p, s, "of "+s)
		}
	}},
	{"a document of 1 MiB", func(t *testing.T, p *testStore) {
		body := string(bytes.Repeat([]byte("谱系"), 1<<20/6))
		mustPutLineage(t, p, trace.LineageDoc{Lot: "l", AsOf: 1, Body: []byte(body)})
		wantLineage(t, p, "l", body)
	}},
	{"the head is 0 at first and then what was stated", func(t *testing.T, p *testStore) {
		for _, want := range []int64{0, 7, 3, 1 << 40, 0} {
			if want > 0 {
				if err := p.SetLineageHead(t.Context(), want); err != nil {
					t.Fatalf("SetLineageHead %d: %v", want, err)
				}
			} else if err := p.SetLineageHead(t.Context(), 0); err != nil {
				t.Fatalf("SetLineageHead 0: %v", err)
			}
			if got, err := p.LineageHead(t.Context()); err != nil || got != want {
				t.Errorf("got %d, %v, want %d", got, err, want)
			}
		}
	}},
	{"after a restart the head claims no more than is there", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 4))
		mustPutLineage(t, p, trace.LineageDoc{Lot: "l", AsOf: 4, Body: []byte("{}")})
		if err := p.SetLineageHead(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
		p.reopen(t)
		head, err := p.LineageHead(t.Context())
		if err != nil || head != 0 && head != 4 {
			t.Fatalf("LineageHead: got %d, %v, want 4, or 0 where views are not kept", head, err)
		}
		if head == 4 {
			wantLineage(t, p, "l", "{}")
		}
	}},
}

func mustPutLineage(t *testing.T, s trace.Store, docs ...trace.LineageDoc) {
	t.Helper()
	if err := s.PutLineage(t.Context(), docs); err != nil {
		t.Fatalf("PutLineage: %v", err)
	}
}

func wantLineage(t *testing.T, s trace.Store, lot, body string) {
	t.Helper()
	got, err := s.Lineage(t.Context(), lot)
	if err != nil || got.Lot != lot || string(got.Body) != body {
		t.Errorf("Lineage %q: got lot %q, body %.60q, %v, want body %.60q", lot, got.Lot, got.Body, err, body)
	}
}

var documentCases = []testCase{
	{"created, replaced, deleted", testDocumentLife},
	{"an unknown one is not found, and deleting it no error", func(t *testing.T, p *testStore) {
		_, err := p.Document(t.Context(), "account", "none")
		wantKind(t, "Document", err, trace.NotFound)
		if err := p.DeleteDocument(t.Context(), "account", "none"); err != nil {
			t.Errorf("DeleteDocument: %v", err)
		}
	}},
	{"listed by id, ascending, after an id", testDocumentPages},
	{"collections are listed while they hold a document", testCollections},
	{"ids and collections that look alike", testLookalikeDocuments},
	{"a body of 1 MiB, and none larger", func(t *testing.T, p *testStore) {
		d := trace.Document{Collection: "c", ID: "d", Body: bytes.Repeat([]byte("x"), 1<<20)}
		mustPutDocument(t, p, d)
		wantDocument(t, p, d)
		larger := d
		larger.Body = append(slices.Clone(d.Body), 'x')
		wantKind(t, "PutDocument", p.PutDocument(t.Context(), larger), trace.TooLarge)
		wantDocument(t, p, d)
	}},
	{"an empty body", func(t *testing.T, p *testStore) {
		mustPutDocument(t, p, trace.Document{Collection: "c", ID: "d"})
		wantDocument(t, p, trace.Document{Collection: "c", ID: "d"})
	}},
	{"a limit below one is an error", func(t *testing.T, p *testStore) {
		_, err := p.Documents(t.Context(), "c", "", 0)
		wantKind(t, "Documents", err, trace.Invalid)
	}},
}

func testDocumentLife(t *testing.T, p *testStore) {
	one := trace.Document{Collection: "account", ID: "1", Body: []byte(`{"a":1}`)}
	other := trace.Document{Collection: "key", ID: "1", Body: []byte(`{"k":1}`)}
	mustPutDocument(t, p, one)
	mustPutDocument(t, p, other)
	one.Body = []byte("\x00\xff not even JSON")
	mustPutDocument(t, p, one)
	wantDocument(t, p, one)
	if err := p.DeleteDocument(t.Context(), "account", "1"); err != nil {
		t.Fatalf("DeleteDocument: %v", err)
	}
	_, err := p.Document(t.Context(), "account", "1")
	wantKind(t, "Document", err, trace.NotFound)
	if list, err := p.Documents(t.Context(), "account", "", 10); err != nil || len(list) != 0 {
		t.Errorf("Documents: got %v, %v, want none", list, err)
	}
	wantDocument(t, p, other)
	mustPutDocument(t, p, one)
	wantDocument(t, p, one)
}

func testDocumentPages(t *testing.T, p *testStore) {
	for _, id := range []string{"b", "a", "柚", "C", "aa", "c"} {
		mustPutDocument(t, p, trace.Document{Collection: "x", ID: id, Body: []byte("of " + id)})
		mustPutDocument(t, p, trace.Document{Collection: "y", ID: id, Body: []byte("y")})
	}
	for _, row := range []struct {
		after string
		limit int
		want  []string
	}{
		{"", 10, []string{"C", "a", "aa", "b", "c", "柚"}},
		{"", 2, []string{"C", "a"}},
		{"a", 3, []string{"aa", "b", "c"}},
		{"bb", 1, []string{"c"}}, // an id that is not there
		{"柚", 5, nil},
	} {
		list, err := p.Documents(t.Context(), "x", row.after, row.limit)
		var got []string
		for _, d := range list {
			got = append(got, d.ID)
			if d.Collection != "x" || string(d.Body) != "of "+d.ID {
				t.Errorf("after %q: got document %+v", row.after, d)
			}
		}
		if err != nil || !slices.Equal(got, row.want) {
			t.Errorf("after %q, limit %d: got %q, %v, want %q", row.after, row.limit, got, err, row.want)
		}
	}
}

func testCollections(t *testing.T, p *testStore) {
	if got, err := p.Collections(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("of an empty store: %q, %v", got, err)
	}
	want := slices.Clone(lookalikes)
	for _, s := range lookalikes {
		mustPutDocument(t, p, trace.Document{Collection: s, ID: "x"})
		mustPutDocument(t, p, trace.Document{Collection: s, ID: "y"})
	}
	slices.Sort(want)
	if got, err := p.Collections(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, id := range []string{"x", "y"} {
		if err := p.DeleteDocument(t.Context(), "a", id); err != nil {
			t.Fatal(err)
		}
	}
	want = slices.DeleteFunc(want, func(s string) bool { return s == "a" })
	if got, err := p.Collections(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("without the documents of one: got %q, %v, want %q", got, err, want)
	}
}

func testLookalikeDocuments(t *testing.T, p *testStore) {
	var want []string
	for _, s := range lookalikes {
		mustPutDocument(t, p, trace.Document{Collection: "c", ID: s, Body: []byte("id " + s)})
		mustPutDocument(t, p, trace.Document{Collection: s + "/", ID: "x", Body: []byte("collection " + s)})
		want = append(want, s)
	}
	for _, s := range lookalikes {
		wantDocument(t, p, trace.Document{Collection: "c", ID: s, Body: []byte("id " + s)})
		wantDocument(t, p, trace.Document{Collection: s + "/", ID: "x", Body: []byte("collection " + s)})
	}
	list, err := p.Documents(t.Context(), "c", "", 1000)
	var got []string
	for _, d := range list {
		got = append(got, d.ID)
	}
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Documents: got %q, %v, want %q", got, err, want)
	}
}

func mustPutDocument(t *testing.T, s trace.Store, d trace.Document) {
	t.Helper()
	if err := s.PutDocument(t.Context(), d); err != nil {
		t.Fatalf("PutDocument %s/%s: %v", d.Collection, d.ID, err)
	}
}

func wantDocument(t *testing.T, s trace.Store, want trace.Document) {
	t.Helper()
	got, err := s.Document(t.Context(), want.Collection, want.ID)
	if err != nil || got.Collection != want.Collection || got.ID != want.ID || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("Document %q/%q: got %q/%q %.60q, %v, want body %.60q", want.Collection, want.ID, got.Collection, got.ID, got.Body, err,
			want.Body)
	}
}
