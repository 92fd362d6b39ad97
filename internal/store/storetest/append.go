package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

var appendCases = []testCase{
	{"an empty log has head 0", func(t *testing.T, p *testStore) { mustHead(t, p, 0) }},
	{"numbers go on after the head", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1))
		mustHead(t, p, 1)
		mustAppend(t, p, 1, makeRecords(1, 5))
		mustHead(t, p, 6)
		wantRecords(t, readLog(t, p), makeRecords(0, 6))
	}},
	{"a conflict unless after is the head", testConflict},
	{"a batch that does not continue is refused whole", testNotContinuing},
	{"every field comes back", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1))
		wantRecords(t, readLog(t, p), makeRecords(0, 1))
	}},
	{"empty fields come back empty", func(t *testing.T, p *testStore) {
		want := []trace.Record{{Seq: 1, Kind: trace.KindProduct, RecordTime: base, Body: []byte("{}")}}
		mustAppend(t, p, 0, want)
		got := readLog(t, p)
		wantRecords(t, got, want)
		if len(got) == 1 && !got[0].EventTime.IsZero() {
			t.Errorf("EventTime is %v, want the zero time", got[0].EventTime)
		}
	}},
	{"lookalike texts stay different", testLookalikeTexts},
	{"text that is not UTF-8 is kept or refused", testNotUTF8},
	{"a body of the largest size comes back", testLargestBody},
	{"a larger body is refused whole", func(t *testing.T, p *testStore) {
		batch := makeRecords(0, 2)
		batch[1].Body = bytes.Repeat([]byte("x"), trace.MaxBody+1)
		wantKind(t, "Append", p.Append(t.Context(), 0, batch), trace.TooLarge)
		mustHead(t, p, 0)
	}},
	{"a large batch is one write", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1500))
		mustHead(t, p, 1500)
		wantRecords(t, readLog(t, p), makeRecords(0, 1500))
	}},
	{"what the caller does with its slices afterwards changes nothing", func(t *testing.T, p *testStore) {
		batch := makeRecords(0, 1)
		mustAppend(t, p, 0, batch)
		batch[0].Body[0], batch[0].Lots[0] = 'X', "other"
		first := readLog(t, p)
		first[0].Body[0] = 'Y'
		wantRecords(t, readLog(t, p), makeRecords(0, 1))
	}},
	{"an ended context writes nothing", func(t *testing.T, p *testStore) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.Append(ctx, 0, makeRecords(0, 3)); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want context.Canceled", err)
		}
		mustHead(t, p, 0)
		mustAppend(t, p, 0, makeRecords(0, 3))
	}},
}

func testConflict(t *testing.T, p *testStore) {
	mustAppend(t, p, 0, makeRecords(0, 3))
	for _, row := range []struct {
		name  string
		after int64
	}{
		{"the beginning", 0}, {"one too low", 2}, {"one too high", 4}, {"far too high", 1 << 40},
	} {
		if err := p.Append(t.Context(), row.after, makeRecords(row.after, 2)); !errors.Is(err, trace.ErrConflict) {
			t.Errorf("%s: got error %v, want ErrConflict", row.name, err)
		}
		mustHead(t, p, 3)
	}
	wantRecords(t, readLog(t, p), makeRecords(0, 3))
	mustAppend(t, p, 3, makeRecords(3, 1)) // and the store still works
}

func testNotContinuing(t *testing.T, p *testStore) {
	mustAppend(t, p, 0, makeRecords(0, 2))
	for _, row := range []struct {
		name  string
		batch []trace.Record
	}{
		{"nil", nil},
		{"empty", []trace.Record{}},
		{"begins too low", makeRecords(1, 2)},
		{"begins too high", makeRecords(3, 2)},
		{"a gap", []trace.Record{makeRecord(3), makeRecord(5)}},
		{"a number twice", []trace.Record{makeRecord(3), makeRecord(3)}},
		{"backwards", []trace.Record{makeRecord(4), makeRecord(3)}},
		{"no numbers", make([]trace.Record, 2)},
	} {
		if err := p.Append(t.Context(), 2, row.batch); err == nil {
			t.Errorf("%s: no error", row.name)
		}
		mustHead(t, p, 2)
	}
	wantRecords(t, readLog(t, p), makeRecords(0, 2))
	mustAppend(t, p, 2, makeRecords(2, 1))
}

func testLookalikeTexts(t *testing.T, p *testStore) {
	var want []trace.Record
	for i, s := range lookalikes {
		r := makeRecord(int64(i) + 1)
		r.Body, r.Org, r.User, r.ClientID, r.EventID, r.BizStep = []byte(s), s, s, s, s, s
		r.Lots, r.Places = []string{s, "x"}, []string{"x", s}
		r.Questions = []trace.Question{{Code: s, Comment: s}}
		want = append(want, r)
	}
	mustAppend(t, p, 0, want)
	wantRecords(t, readLog(t, p), want)
	for i, s := range lookalikes {
		for name, q := range map[string]trace.Query{
			"Orgs": {Orgs: []string{s}}, "BizSteps": {BizSteps: []string{s}}, "EventIDs": {EventIDs: []string{s}}, "Lots": {Lots: []string{s}},
		} {
			got, err := p.Find(t.Context(), q)
			if err != nil {
				t.Fatalf("Find by %s %q: %v", name, s, err)
			}
			if len(got) != 1 || got[0].Seq != int64(i)+1 {
				t.Errorf("Find by %s %q: got %v, want only record %d", name, s, seqsOf(got), i+1)
			}
		}
	}
}

func testNotUTF8(t *testing.T, p *testStore) {
	r := makeRecord(1)
	r.Org, r.ClientID, r.Lots = "org\xff", "\xc3\x28", []string{"lot\xff"}
	if err := p.Append(t.Context(), 0, []trace.Record{r}); err != nil {
		mustHead(t, p, 0)
		return
	}
	wantRecords(t, readLog(t, p), []trace.Record{r})
}

func testLargestBody(t *testing.T, p *testStore) {
	batch := makeRecords(0, 2)
	for i := range batch {
		batch[i].Body = bytes.Repeat([]byte("柚子 "), trace.MaxBody/7)
		batch[i].Body = append(batch[i].Body, make([]byte, trace.MaxBody-len(batch[i].Body)-i)...)
	}
	mustAppend(t, p, 0, batch[:1])
	mustAppend(t, p, 1, batch[1:])
	wantRecords(t, readLog(t, p), batch)
}

var raceCases = []testCase{
	{"two writers: one wins each position", testRace},
	{"all methods at once", testAllAtOnce},
}

// testRace lets writers append batches of their own as fast as possible. Every acknowledged batch must be in the log once, whole and at the
// acknowledged number; no other record may be in the log.
func testRace(t *testing.T, p *testStore) {
	const writers, batches = 4, 8
	var wg sync.WaitGroup
	var mu sync.Mutex
	owner := make(map[int64]string)
	for w := range writers {
		wg.Go(func() {
			for n := range batches {
				name := string(rune('a'+w)) + "-" + string(rune('0'+n))
				first, size, err := appendUntilFirst(t.Context(), p, name, n%3+1)
				if err != nil {
					t.Errorf("batch %s: %v", name, err)
					return
				}
				mu.Lock()
				for i := range size {
					owner[first+int64(i)] = name
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	got := readLog(t, p)
	if len(got) != len(owner) {
		t.Errorf("log has %d records, %d were acknowledged", len(got), len(owner))
	}
	for i, r := range got {
		if r.Seq != int64(i)+1 {
			t.Fatalf("record %d has number %d", i+1, r.Seq)
		}
		if r.User != owner[r.Seq] {
			t.Errorf("record %d is of batch %q, acknowledged to %q", r.Seq, r.User, owner[r.Seq])
		}
	}
}

// appendUntilFirst appends a batch, again and again until no other writer was first.
func appendUntilFirst(ctx context.Context, s trace.Store, name string, size int) (first int64, n int, err error) {
	for {
		head, err := s.Head(ctx)
		if err != nil {
			return 0, 0, err
		}
		batch := makeRecords(head, size)
		for i := range batch {
			batch[i].User = name
		}
		err = s.Append(ctx, head, batch)
		if err == nil {
			return head + 1, size, nil
		}
		if !errors.Is(err, trace.ErrConflict) {
			return 0, 0, err
		}
	}
}

// testAllAtOnce calls all methods at the same time, for the race detector and for stores that lock one table against another.
func testAllAtOnce(t *testing.T, p *testStore) {
	const rounds = 10
	ctx := t.Context()
	var appended atomic.Int64
	jobs := map[string]func(i int) error{
		"Append": func(i int) error {
			_, n, err := appendUntilFirst(ctx, p, "w", 3)
			appended.Add(int64(n))
			return err
		},
		"Records": func(i int) error { _, err := p.Records(ctx, 0, 10); return err },
		"Find":    func(i int) error { _, err := p.Find(ctx, trace.Query{Lots: []string{lotID(2)}}); return err },
		"Lineage": func(i int) error {
			if err := p.PutLineage(ctx, []trace.LineageDoc{{Lot: "l", AsOf: int64(i), Body: []byte("{}")}}); err != nil {
				return err
			}
			_, err := p.Lineage(ctx, "l")
			return err
		},
		"Documents": func(i int) error {
			if err := p.PutDocument(ctx, trace.Document{Collection: "c", ID: "d", Body: []byte("{}")}); err != nil {
				return err
			}
			_, err := p.Document(ctx, "c", "d")
			return err
		},
		"Scans": func(i int) error { return p.AddScans(ctx, []trace.Scan{makeScan("c", "2026-11-03", "", 1, 0, 0)}) },
		"Blobs": func(i int) error { _, err := p.PutBlob(ctx, bytes.NewReader([]byte{byte(i)}), 10); return err },
	}
	var wg sync.WaitGroup
	for name, job := range jobs {
		wg.Go(func() {
			for i := range rounds {
				if err := job(i); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	wg.Wait()
	mustHead(t, p, appended.Load())
	counted, err := p.Scans(ctx, "c")
	if err != nil || len(counted) != 1 || counted[0].Count != rounds {
		t.Errorf("Scans: got %+v, %v, want one counter of %d", counted, err, rounds)
	}
}
