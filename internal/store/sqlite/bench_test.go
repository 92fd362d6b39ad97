package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// eventRecord is a record as the writer makes them, with a body of 900 bytes.
func eventRecord(seq int64) trace.Record {
	at := time.UnixMilli(1_793_667_600_000 + seq*1000).UTC()
	return trace.Record{
		Seq: seq, Kind: trace.KindEvent, RecordTime: at, Org: "https://trace.example/org/zhongyuan", User: "key-17",
		ClientID: fmt.Sprintf("phone-3/%d", seq),
		Digest:   fmt.Sprintf("%064x", seq*7919),
		EventID:  fmt.Sprintf("ni:///sha-256;%064x?ver=CBV2.0", seq*104729), EventType: trace.TransformationEvent,
		BizStep:   trace.StepTransforming,
		EventTime: at,
		Lots:      []string{fmt.Sprintf("https://trace.example/lot/P%09d", seq), fmt.Sprintf("https://trace.example/lot/P%09d", seq/2)},
		Places:    []string{"https://trace.example/place/zhongyuan-03"},
		Body:      bytes.Repeat([]byte(`{"a":"柚子"},`), 900/15),
	}
}

func openBench(b *testing.B) *Store {
	b.Helper()
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func batchAfter(head int64, n int) []trace.Record {
	batch := make([]trace.Record, n)
	for i := range batch {
		batch[i] = eventRecord(head + 1 + int64(i))
	}
	return batch
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 64, 500} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s := openBench(b)
			head := int64(0)
			var busy time.Duration
			for b.Loop() {
				batch := batchAfter(head, size)
				start := time.Now()
				if err := s.Append(b.Context(), head, batch); err != nil {
					b.Fatal(err)
				}
				busy += time.Since(start)
				head += int64(size)
			}
			b.ReportMetric(float64(busy.Microseconds())/float64(head), "µs/record")
		})
	}
}

func fillLog(b *testing.B, s *Store, n int64) {
	b.Helper()
	for head := int64(0); head < n; head += 1000 {
		if err := s.Append(b.Context(), head, batchAfter(head, 1000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecords100k(b *testing.B) {
	s := openBench(b)
	fillLog(b, s, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		after := int64(0)
		for {
			page, err := s.Records(b.Context(), after, 5000)
			if err != nil {
				b.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			after = page[len(page)-1].Seq
		}
		if after != 100_000 {
			b.Fatalf("ended at %d", after)
		}
	}
}

func BenchmarkFind100k(b *testing.B) {
	s := openBench(b)
	fillLog(b, s, 100_000)
	var thousand []int64
	for i := range int64(1000) {
		thousand = append(thousand, i*97+1)
	}
	for _, row := range []struct {
		name  string
		query trace.Query
		want  int
	}{
		{"one number", trace.Query{Seqs: []int64{77_777}}, 1},
		{"1000 numbers", trace.Query{Seqs: thousand}, 1000},
		{"an event id", trace.Query{EventIDs: []string{eventRecord(99_999).EventID}}, 1},
		{"a lot", trace.Query{Lots: []string{eventRecord(99_999).Lots[0]}}, 1},
		{"a day", trace.Query{Since: eventRecord(90_001).EventTime, Before: eventRecord(90_101).EventTime}, 100},
	} {
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				got, err := s.Find(b.Context(), row.query)
				if err != nil || len(got) != row.want {
					b.Fatalf("got %d records, %v, want %d", len(got), err, row.want)
				}
			}
		})
	}
}

// BenchmarkFsync is the floor of a durable append: 4 KiB and a sync.
func BenchmarkFsync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "floor"))
	if err != nil {
		b.Fatal(err)
	}
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
