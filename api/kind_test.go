package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
)

var updateRecords = flag.Bool("update-records", false, "write docs/records.md anew")

// note is the body of a kind of record that only the tests know: a remark about a lot.
type note struct {
	ID   string `json:"id"`
	Lot  string `json:"lot"`
	Text string `json:"text"`
}

var noteKind = trace.KindOf[note]{
	Name: "note", Number: 255,
	Names: func(v *note) (changes, refersTo []string) { return []string{v.ID}, []string{v.Lot} },
	Judge: func(_ *trace.Ledger, v *note, _ trace.Actor) error {
		if v.Text == "" {
			return trace.E(trace.Invalid, trace.CodeRequired, "text")
		}
		return nil
	},
	Lots:       func(_ *trace.Ledger, v *note) []string { return []string{v.Lot} },
	Visibility: trace.VisibleWithLots(func(v *note) []string { return []string{v.Lot} }),
}.Register()

// TestANewKindOfRecord: a kind that is registered in one place is recorded, replayed, kept by the store, listed, shown to whoever may see
// its lots and counted.
func TestANewKindOfRecord(t *testing.T) {
	kinds, err := trace.StandardKinds().With(noteKind)
	if err != nil {
		t.Fatal(err)
	}
	c := newCountyOfKinds(t, kinds, func(*server.Options) {})
	lot := c.recordHarvest("100")
	writer := trace.Actor{Org: namespace + "/org/zhongyuan", Role: trace.Operator, User: "test"}
	ctx := context.Background()
	v := note{ID: namespace + "/note/one", Lot: namespace + "/lot/" + lot, Text: "雨前采收"}
	res, err := c.rec.PutRecord(ctx, writer, "", "note", v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.rec.PutRecord(ctx, writer, "", "note", note{ID: v.ID, Lot: v.Lot}); !trace.IsCode(err, trace.CodeRequired) {
		t.Errorf("a note without a text: %v", err)
	}

	c.checkNoteSeen(v, res.Record.Seq)
	found, err := c.rec.FindRecords(ctx, trace.Query{Kinds: []trace.RecordKind{"note"}, Lots: []string{v.Lot}})
	if err != nil || len(found) != 1 {
		t.Errorf("notes of the lot in the store: %d, %v", len(found), err)
	}
	again := trace.NewLedgerOf(kinds)
	if err := again.Replay(ctx, c.rec.Store); err != nil || again.Hash() != c.rec.Ledger.Hash() || again.Stats().Records["note"] != 1 {
		t.Errorf("replayed: %v, %+v", err, again.Stats())
	}
	if err := trace.NewLedger().Replay(ctx, c.rec.Store); !trace.IsCode(err, trace.CodeBadCheck) {
		t.Errorf("replayed by a program that does not know the kind: %v", err)
	}
}

// checkNoteSeen: the note is listed and shown to the organisation that may see its lot and to the bureau.
func (c *county) checkNoteSeen(v note, seq int64) {
	c.t.Helper()
	var page struct {
		Items []struct {
			Seq  int64
			Kind string
			Body note
		}
	}
	for who, want := range map[string]int{"zhongyuan": 1, "longtan": 0, "bureau": 1} {
		decodeInto(c.t, c.mustSend(who, "GET /events?kind=note", "", 200), &page)
		if len(page.Items) != want || want > 0 && (page.Items[0].Body != v || page.Items[0].Seq != seq) {
			c.t.Errorf("%s lists %+v, want %d notes", who, page.Items, want)
		}
	}
	one := fmt.Sprintf("/events/%d", seq)
	for who, want := range map[string]int{"zhongyuan": 200, "bureau": 200, "longtan": 404} {
		if got := c.sendRequest(who, "GET", one, "").status; got != want {
			c.t.Errorf("%s asks for the note: %d, want %d", who, got, want)
		}
	}
	if got := c.sendRequest("bureau", "GET", "/events?kind=notes", "").status; got != 422 {
		c.t.Errorf("a kind that is not registered: %d, want 422", got)
	}
}

// TestAKindWithoutVisibilityIsRefused: a kind has to say who may see its records, before there can be one.
func TestAKindWithoutVisibilityIsRefused(t *testing.T) {
	silent := trace.KindOf[note]{Name: "note", Number: 255}.Register()
	if _, err := trace.StandardKinds().With(silent); err == nil {
		t.Error("the kind was registered")
	}
	l := trace.NewLedger()
	for _, role := range []trace.Role{trace.Operator, trace.Bureau, trace.Admin} {
		if body, ok := l.See(trace.Actor{Role: role, Org: "x"}, &trace.Record{Kind: "note", Org: "x", Body: []byte("{}")}); ok || body != nil {
			t.Errorf("%s sees a record of a kind that is not registered", role)
		}
	}
}

// TestRecordsAreDocumented: docs/records.md is made from the table of kinds, and has words for each in both languages.
func TestRecordsAreDocumented(t *testing.T) {
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	got := documentKinds(t, zh, trace.StandardKinds())
	if *updateRecords {
		if err := os.WriteFile("../docs/records.md", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile("../docs/records.md"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/records.md is not what the program has (%v): go test ./api -run TestRecordsAreDocumented -update-records", err)
	}
	kinds, err := trace.StandardKinds().With(noteKind)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(documentKinds(t, nil, kinds)); !strings.Contains(text, "| 255 | `note` |") {
		t.Errorf("a new kind is not documented:\n%s", text)
	}
}

// documentKinds writes the table of docs/records.md. Without a printer the words are left out.
func documentKinds(t *testing.T, zh *locale.Printer, kinds *trace.KindTable) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(recordsIntro)
	for _, k := range kinds.List() {
		words := ""
		if zh != nil {
			for _, p := range []*locale.Printer{zh, zh.In("en")} {
				if !p.Has(k.Message()) {
					t.Errorf("no words for records of the kind %s in %s: message %s", k.Name, p.Lang(), k.Message())
				}
			}
			words = zh.T(k.Message()) + " " + zh.In("en").T(k.Message())
		}
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s |\n", k.Number, k.Name, words, k.VisibleTo)
	}
	return b.Bytes()
}

const recordsIntro = `# Kinds of records

Each record of the log is of one of these kinds. The number is the kind's for good: a kind that is given up takes its number with it.
A kind is one file of internal/trace (` + "`kind_*.go`, `links.go`" + `), which says how the body is read, judged and applied, which
lots it is about, and who may see it. This page is written by ` + "`go test ./api -run TestRecordsAreDocumented -update-records`" + `.

| number | kind | what it is | who may see a record |
|---|---|---|---|
`

func decodeInto(t testing.TB, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}
