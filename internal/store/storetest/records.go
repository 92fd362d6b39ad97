package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

var recordsCases = []testCase{
	{"pages of an empty log are empty", func(t *testing.T, p *testStore) {
		got, err := p.Records(t.Context(), 0, 10)
		if err != nil || len(got) != 0 {
			t.Errorf("got %v, %v, want nothing", seqsOf(got), err)
		}
	}},
	{"records after a number, in order, up to the limit", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 7))
		for _, row := range []struct {
			after int64
			limit int
			want  []int64
		}{
			{0, 3, []int64{1, 2, 3}}, {3, 3, []int64{4, 5, 6}}, {6, 3, []int64{7}}, {7, 3, nil}, {100, 3, nil}, {-5, 1, []int64{1}},
		} {
			got, err := p.Records(t.Context(), row.after, row.limit)
			if err != nil || !slices.Equal(seqsOf(got), row.want) {
				t.Errorf("after %d: got %v, %v, want %v", row.after, seqsOf(got), err, row.want)
			}
		}
	}},
	{"a limit below one is an error, because empty means the head", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 1))
		for _, limit := range []int{0, -1} {
			_, err := p.Records(t.Context(), 0, limit)
			wantKind(t, "Records with limit "+strconv.Itoa(limit), err, trace.Invalid)
		}
	}},
}

var findCases = []testCase{
	{"each filter and some together", testEachFilter},
	{"the limit is 1,000 by default and 10,000 at most", testFindLimits},
	{"pages do not shift while records are appended", testShiftingPages},
	{"many values of one filter", testManyValues},
	{"an ended context", func(t *testing.T, p *testStore) {
		mustAppend(t, p, 0, makeRecords(0, 2))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Find(ctx, trace.Query{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want context.Canceled", err)
		}
	}},
}

// filterTime is an hour of the day of the records.
func filterTime(hour int) time.Time {
	return base.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour)
}

// filterRecords is a small log for the filters: two master data, which have no event time, and four events.
func filterRecords() []trace.Record {
	return []trace.Record{
		{Seq: 1, Kind: trace.KindLedger, RecordTime: base, Body: []byte("{}")},
		{Seq: 2, Kind: trace.KindProduct, RecordTime: base, Org: "o1", Body: []byte("{}")},
		{Seq: 3, Kind: trace.KindEvent, RecordTime: base, Org: "o1", EventID: "e3", EventType: trace.ObjectEvent,
			BizStep: trace.StepCommissioning, EventTime: filterTime(6), Lots: []string{"l1"}, Body: []byte("{}")},
		{Seq: 4, Kind: trace.KindEvent, RecordTime: base, Org: "o2", EventID: "e4", EventType: trace.TransformationEvent,
			BizStep: trace.StepTransforming, EventTime: filterTime(9), Lots: []string{"l1", "l2"}, Places: []string{"l3"}, Body: []byte("{}")},
		{Seq: 5, Kind: trace.KindEvent, RecordTime: base, Org: "o2", EventID: "e5", EventType: trace.ObjectEvent,
			BizStep: trace.StepShipping, EventTime: filterTime(8), Lots: []string{"l2", `l"1`}, Body: []byte("{}")},
		{Seq: 6, Kind: trace.KindEvent, RecordTime: base, Org: "o1", EventID: "e3", EventType: trace.ObjectEvent,
			BizStep: trace.StepReceiving, EventTime: filterTime(8).Add(time.Millisecond), Lots: []string{"l3", "l10"}, Body: []byte("{}")},
	}
}

// filterCase is a query over filterRecords and the numbers of the records that fit.
type filterCase struct {
	name  string
	query trace.Query
	want  []int64
}

var filterCases = []filterCase{
	{"no filter", trace.Query{}, []int64{1, 2, 3, 4, 5, 6}},
	{"empty lists do not filter", trace.Query{Seqs: []int64{}, Kinds: []trace.RecordKind{}, Lots: []string{}}, []int64{1, 2, 3, 4, 5, 6}},
	{"one number", trace.Query{Seqs: []int64{4}}, []int64{4}},
	{"numbers in any order, twice, and unknown", trace.Query{Seqs: []int64{6, 2, 99, 2, -1, 0}}, []int64{2, 6}},
	{"a kind", trace.Query{Kinds: []trace.RecordKind{trace.KindProduct}}, []int64{2}},
	{"kinds", trace.Query{Kinds: []trace.RecordKind{trace.KindProduct, trace.KindLedger, "none"}}, []int64{1, 2}},
	{"a type", trace.Query{Types: []trace.EventType{trace.ObjectEvent}}, []int64{3, 5, 6}},
	{"a step", trace.Query{BizSteps: []string{trace.StepShipping, trace.StepReceiving}}, []int64{5, 6}},
	{"an event id that two records have", trace.Query{EventIDs: []string{"e3"}}, []int64{3, 6}},
	{"event ids", trace.Query{EventIDs: []string{"e5", "e4", "e9"}}, []int64{4, 5}},
	{"an organisation", trace.Query{Orgs: []string{"o2"}}, []int64{4, 5}},
	{"a lot, not the place of that name", trace.Query{Lots: []string{"l3"}}, []int64{6}},
	{"a lot, not longer ones", trace.Query{Lots: []string{"l1"}}, []int64{3, 4}},
	{"a lot with a quote, not what follows it", trace.Query{Lots: []string{"1"}}, nil},
	{"lots: any of them, each record once", trace.Query{Lots: []string{"l1", "l2"}}, []int64{3, 4, 5}},
	{"since, included", trace.Query{Since: filterTime(8)}, []int64{4, 5, 6}},
	{"since between two milliseconds", trace.Query{Since: filterTime(8).Add(time.Microsecond)}, []int64{4, 6}},
	{"before, excluded; master data have no time", trace.Query{Before: filterTime(8)}, []int64{3}},
	{"before between two milliseconds", trace.Query{Before: filterTime(8).Add(time.Microsecond)}, []int64{3, 5}},
	{"a span in another time zone", trace.Query{Since: filterTime(8).In(time.FixedZone("CST", 8*3600)), Before: filterTime(9)}, []int64{5, 6}},
	{"after", trace.Query{After: 4}, []int64{5, 6}},
	{"after the head", trace.Query{After: 6}, nil},
	{"limit", trace.Query{Limit: 2}, []int64{1, 2}},
	{"numbers and after and limit", trace.Query{Seqs: []int64{6, 5, 4, 3}, After: 3, Limit: 2}, []int64{4, 5}},
	{"numbers and a lot", trace.Query{Seqs: []int64{3, 5, 6}, Lots: []string{"l1", "l2"}}, []int64{3, 5}},
	{"type and organisation", trace.Query{Types: []trace.EventType{trace.ObjectEvent}, Orgs: []string{"o1"}}, []int64{3, 6}},
	{"lot, step, time and after", trace.Query{Lots: []string{"l2"}, BizSteps: []string{trace.StepShipping}, Since: filterTime(7),
		Before: filterTime(9),
		After:  1}, []int64{5}},
	{"everything at once", trace.Query{Seqs: []int64{4, 5}, Kinds: []trace.RecordKind{trace.KindEvent},
		Types:    []trace.EventType{trace.TransformationEvent},
		BizSteps: []string{trace.StepTransforming}, EventIDs: []string{"e4"}, Orgs: []string{"o2"}, Lots: []string{"l1"}, Since: filterTime(9),
		Before: filterTime(10), After: 3, Limit: 1}, []int64{4}},
	{"filters that exclude each other", trace.Query{Kinds: []trace.RecordKind{trace.KindProduct}, Orgs: []string{"o2"}}, nil},
}

func testEachFilter(t *testing.T, p *testStore) {
	log := filterRecords()
	mustAppend(t, p, 0, log)
	for _, row := range filterCases {
		got, err := p.Find(t.Context(), row.query)
		if err != nil || !slices.Equal(seqsOf(got), row.want) {
			t.Errorf("%s: got %v, %v, want %v", row.name, seqsOf(got), err, row.want)
			continue
		}
		for _, r := range got {
			wantRecord(t, r, log[r.Seq-1])
		}
	}
}

func testFindLimits(t *testing.T, p *testStore) {
	const n = 10_100
	small := make([]trace.Record, n)
	for i := range small {
		small[i] = trace.Record{Seq: int64(i) + 1, Kind: trace.KindEvent, RecordTime: base, Body: []byte("{}")}
	}
	for i := 0; i < n; i += 1010 {
		mustAppend(t, p, int64(i), small[i:i+1010])
	}
	for _, row := range []struct{ limit, want int }{{0, 1000}, {1001, 1001}, {10_000, 10_000}, {10_001, 10_000}, {1 << 30, 10_000}} {
		got, err := p.Find(t.Context(), trace.Query{Limit: row.limit})
		if err != nil || len(got) != row.want {
			t.Errorf("limit %d: got %d records, %v, want %d", row.limit, len(got), err, row.want)
		}
	}
	_, err := p.Find(t.Context(), trace.Query{Limit: -1})
	wantKind(t, "limit -1", err, trace.Invalid)
	got, err := p.Find(t.Context(), trace.Query{After: 10_000, Limit: 10_000})
	if err != nil || len(got) != 100 || got[0].Seq != 10_001 {
		t.Errorf("after 10,000: got %d records, %v, want 100 from 10,001 on", len(got), err)
	}
}

func testShiftingPages(t *testing.T, p *testStore) {
	mustAppend(t, p, 0, makeRecords(0, 9))
	head := int64(9)
	q := trace.Query{Orgs: []string{makeRecord(1).Org}, Limit: 2} // every third
	var got []int64
	for {
		page, err := p.Find(t.Context(), q)
		if err != nil {
			t.Fatalf("Find after %d: %v", q.After, err)
		}
		if len(page) == 0 {
			break
		}
		got = append(got, seqsOf(page)...)
		q.After = got[len(got)-1]
		if head < 18 {
			mustAppend(t, p, head, makeRecords(head, 3))
			head += 3
		}
	}
	if want := []int64{1, 4, 7, 10, 13, 16}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func testManyValues(t *testing.T, p *testStore) {
	mustAppend(t, p, 0, makeRecords(0, 9))
	var numbers []int64
	var many []string
	for i := range int64(4998) {
		numbers = append(numbers, 8+i*3)
		many = append(many, "none "+strconv.FormatInt(i, 10))
	}
	for _, row := range []struct {
		name  string
		query trace.Query
		want  []int64
	}{
		{"numbers", trace.Query{Seqs: append(numbers, 3)}, []int64{3, 8}},
		{"event ids", trace.Query{EventIDs: slices.Concat(many, []string{makeRecord(4).EventID})}, []int64{4}},
		{"organisations", trace.Query{Orgs: slices.Concat(many, []string{makeRecord(3).Org})}, []int64{3, 6, 9}},
		{"lots", trace.Query{Lots: slices.Concat(many, []string{lotID(5)}), Limit: 1}, []int64{4}},
	} {
		got, err := p.Find(t.Context(), row.query)
		if err != nil || !slices.Equal(seqsOf(got), row.want) {
			t.Errorf("%s: got %v, %v, want %v", row.name, seqsOf(got), err, row.want)
		}
	}
}

func seqsOf(records []trace.Record) []int64 {
	var out []int64
	for _, r := range records {
		out = append(out, r.Seq)
	}
	return out
}
