// Package storetest is the one suite that every trace.Store passes: each sentence of the interface's contract is a named case.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Opener opens one store. Called again after Close, Opener opens the same store with the data that was written.
type Opener func(ctx context.Context) (trace.Store, error)

// Run runs the suite. newStore prepares a new, empty store and is called once per case; newStore registers its own cleanup with t, and the
// suite closes the stores that the suite opens.
func Run(t *testing.T, newStore func(t *testing.T) Opener) {
	groups := []struct {
		name  string
		cases []testCase
	}{
		{"Append", appendCases}, {"Race", raceCases}, {"Records", recordsCases}, {"Find", findCases}, {"Lineage", lineageCases},
		{"Documents", documentCases}, {"Scans", scanCases}, {"Blobs", blobCases}, {"Life", lifeCases},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.cases {
				t.Run(c.name, func(t *testing.T) {
					c.run(t, openTestStore(t, newStore(t)))
				})
			}
		})
	}
}

type testCase struct {
	name string
	run  func(t *testing.T, p *testStore)
}

// testStore is a case's own store.
type testStore struct {
	trace.Store
	open   Opener
	closed bool
}

func openTestStore(t *testing.T, open Opener) *testStore {
	t.Helper()
	p := &testStore{open: open}
	p.reopen(t)
	t.Cleanup(func() {
		if !p.closed {
			p.close(t)
		}
	})
	return p
}

// reopen closes the store, where the store is open, and opens the store again.
func (p *testStore) reopen(t *testing.T) {
	t.Helper()
	if p.Store != nil && !p.closed {
		p.close(t)
	}
	s, err := p.open(t.Context())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	p.Store, p.closed = s, false
}

func (p *testStore) close(t *testing.T) {
	t.Helper()
	p.closed = true
	if err := p.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// base is the event time of the first made record.
var base = time.Date(2026, 11, 3, 1, 2, 3, 456e6, time.UTC)

// makeRecord returns a record with every field set, and different in each by its number.
func makeRecord(seq int64) trace.Record {
	body := fmt.Appendf(nil, `{"eventID":"%d","text":"沙田柚 <&> \" \\ %d"}`, seq, seq)
	sum := sha256.Sum256(body)
	return trace.Record{
		Seq: seq, Kind: trace.KindEvent, RecordTime: base.Add(time.Duration(seq)*time.Minute + 7*time.Millisecond),
		Org: fmt.Sprintf("https://t.example/org/%d", seq%3), User: fmt.Sprintf("key-%d", seq), ClientID: fmt.Sprintf("phone/%d", seq),
		Digest: hex.EncodeToString(sum[:]),
		Questions: []trace.Question{
			{Code: "ratio_low", Step: "pomelo/juice", What: "juice", Value: "0.31", Low: "0.35", High: "0.5", Lot: lotID(seq),
				Comment: "果子偏干 \"dry\""},
			{Code: "evidence_missing"},
		},
		Body: body, EventID: fmt.Sprintf("ni:///sha-256;%d?ver=CBV2.0", seq), EventType: trace.TransformationEvent,
		BizStep:   trace.StepTransforming,
		EventTime: base.Add(time.Duration(seq) * time.Second), Lots: []string{lotID(seq), lotID(seq + 1)},
		Places: []string{"https://t.example/place/a", "地点"},
	}
}

func lotID(n int64) string { return fmt.Sprintf("https://t.example/lot/%d", n) }

// makeRecords returns records numbered after+1 to after+n.
func makeRecords(after int64, n int) []trace.Record {
	out := make([]trace.Record, n)
	for i := range out {
		out[i] = makeRecord(after + 1 + int64(i))
	}
	return out
}

func mustAppend(t *testing.T, s trace.Store, after int64, records []trace.Record) {
	t.Helper()
	if err := s.Append(t.Context(), after, records); err != nil {
		t.Fatalf("Append after %d: %v", after, err)
	}
}

func mustHead(t *testing.T, s trace.Store, want int64) {
	t.Helper()
	got, err := s.Head(t.Context())
	if err != nil {
		t.Fatalf("Head: %v", err)
	}
	if got != want {
		t.Errorf("Head is %d, want %d", got, want)
	}
}

// readLog reads the log as a follower does, in pages.
func readLog(t *testing.T, s trace.Store) []trace.Record {
	t.Helper()
	var out []trace.Record
	for {
		var after int64
		if len(out) > 0 {
			after = out[len(out)-1].Seq
		}
		page, err := s.Records(t.Context(), after, 100)
		if err != nil {
			t.Fatalf("Records after %d: %v", after, err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
	}
}

// wantRecords compares field by field; an empty list and none are the same.
func wantRecords(t *testing.T, got, want []trace.Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d records, want %d", len(got), len(want))
		return
	}
	for i := range want {
		wantRecord(t, got[i], want[i])
	}
}

func wantRecord(t *testing.T, got, want trace.Record) {
	t.Helper()
	for _, times := range [][2]time.Time{{got.RecordTime, want.RecordTime}, {got.EventTime, want.EventTime}} {
		if !times[0].Equal(times[1]) || times[0].Location() != time.UTC {
			t.Errorf("record %d: time %v, want %v", want.Seq, times[0], times[1])
		}
	}
	if !bytes.Equal(got.Body, want.Body) {
		t.Errorf("record %d: body of %d bytes %.60q, want %d bytes %.60q", want.Seq, len(got.Body), got.Body, len(want.Body), want.Body)
	}
	normal := func(r trace.Record) trace.Record {
		r.RecordTime, r.EventTime, r.Body = time.Time{}, time.Time{}, nil
		r.Lots, r.Places = append([]string{}, r.Lots...), append([]string{}, r.Places...)
		r.Questions = append([]trace.Question{}, r.Questions...)
		return r
	}
	if g, w := normal(got), normal(want); !reflect.DeepEqual(g, w) {
		t.Errorf("record %d:\n got %+v\nwant %+v", want.Seq, g, w)
	}
}

// wantKind checks for an Error of a kind.
func wantKind(t *testing.T, what string, err error, kind trace.Kind) {
	t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: got error %v, want a *trace.Error of kind %d", what, err, kind)
	}
}

// lookalikes are different texts that a careless store takes for one: by case, by trailing space, by Unicode form (the second é and the
// third Å are composed of two characters), by width, by sort key, by the end of a C string.
var lookalikes = []string{
	"a", "A", "a ", "a  ", " a", "é", "e\u0301", "É", "Å", "A\u030a", "\u212b", "ａ", "ß", "ss", "ı", "i", "柚", "柚 ", "a\u200d", "a\u0000",
	"a\u0000b", "a\u001fb", "1", "01", "1.0",
	"\"a\"", `\a`, "%", "_", "a,b", `a","b`, "<&>", "\u2028",
}
