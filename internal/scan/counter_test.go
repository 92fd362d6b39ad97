package scan

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// openStore opens a new store.
func openStore(t testing.TB) trace.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "scans.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// still is a time between flushes in which no test ends: the counter never flushes by itself.
const still = time.Hour

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// countViews is the number of views of a code that a server would show.
func countViews(t testing.TB, c *Counter, code string) (n int64) {
	t.Helper()
	rows, err := c.Scans(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return sumViews(rows)
}

func sumViews(rows []trace.Scan) (n int64) {
	for _, r := range rows {
		n += r.Count
	}
	return n
}

func readStored(t testing.TB, s trace.Store, code string) []trace.Scan {
	t.Helper()
	rows, err := s.Scans(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCount(t *testing.T) {
	s := openStore(t)
	c := startCounter(t, Options{Store: s, Every: still})
	c.CountLot("A", "500155", noon)
	c.CountLot("A", "500155", noon.Add(-time.Hour))
	c.CountLot("A", "", noon)
	c.CountLot("A", "500155", noon.Add(12*time.Hour)) // the next day, UTC
	c.CountItem("B", 0, "", noon.Add(1500*time.Microsecond))
	if n := len(readStored(t, s, "A")); n != 0 {
		t.Fatalf("%d rows in the store before a flush", n)
	}
	if n := countViews(t, c, "A"); n != 4 {
		t.Errorf("A is seen %d times before the flush, want 4", n)
	}
	if got := c.Stats(); got != (Stats{Counted: 5, Pending: 4}) {
		t.Errorf("stats %+v", got)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []trace.Scan{
		{Code: "A", Day: "2026-11-03", Count: 1, First: noon, Last: noon},
		{Code: "A", Day: "2026-11-03", Region: "500155", Count: 2, First: noon.Add(-time.Hour), Last: noon},
		{Code: "A", Day: "2026-11-04", Region: "500155", Count: 1, First: noon.Add(12 * time.Hour), Last: noon.Add(12 * time.Hour)},
	}
	got := readStored(t, s, "A")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	if got := readStored(t, s, "B"); len(got) != 1 || !got[0].First.Equal(noon.Add(time.Millisecond)) {
		t.Errorf("stored %v", got)
	}
	c.CountLot("A", "", noon.Add(time.Second))
	if n := countViews(t, c, "A"); n != 5 {
		t.Errorf("A is seen %d times, want 5", n)
	}
	if got := c.Stats(); got.Pending != 1 {
		t.Errorf("%d pending, want 1", got.Pending)
	}
}

// TestRestart: counts survive a restart, and the counts of two servers add up.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scans.db")
	for round := range 2 {
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		one, two := New(Options{Store: s, Every: still}), New(Options{Store: s, Every: still})
		for range 3 {
			one.CountLot("A", "500155", noon)
			two.CountLot("A", "500155", noon)
		}
		if err := errors.Join(one.Close(), two.Close()); err != nil {
			t.Fatal(err)
		}
		if n, want := sumViews(readStored(t, s, "A")), int64(6*(round+1)); n != want {
			t.Errorf("round %d: %d views, want %d", round, n, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFlushesByItself: a counter flushes by itself, so that a program that is killed loses about a second.
func TestFlushesByItself(t *testing.T) {
	s := openStore(t)
	c := startCounter(t, Options{Store: s, Every: 10 * time.Millisecond})
	c.CountLot("A", "", noon)
	for deadline := time.Now().Add(20 * time.Second); sumViews(readStored(t, s, "A")) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing was written")
		}
		time.Sleep(time.Millisecond)
	}
}

// failingStore is a store that refuses scans on demand; with late the store writes the scans and answers with an error nevertheless.
type failingStore struct {
	trace.Store
	refuse, late atomic.Bool
	fail         atomic.Int64 // the call that fails, from 1
	calls        atomic.Int64
}

var errAway = errors.New("the store is away")

func (s *failingStore) AddScans(ctx context.Context, scans []trace.Scan) error {
	if n := s.calls.Add(1); s.refuse.Load() || n == s.fail.Load() {
		return errAway
	}
	if err := s.Store.AddScans(ctx, scans); err != nil {
		return err
	}
	if s.late.Load() {
		return errAway
	}
	return nil
}

func TestStoreAway(t *testing.T) {
	s := &failingStore{Store: openStore(t)}
	s.refuse.Store(true)
	c := startCounter(t, Options{Store: s, Every: still, MaxPending: 3})
	for range 5 {
		c.CountLot("A", "", noon)
		c.CountLot("B", "", noon)
		if err := c.Flush(t.Context()); !errors.Is(err, errAway) {
			t.Fatalf("error %v, want that of the store", err)
		}
	}
	c.CountLot("C", "", noon)
	c.CountLot("D", "", noon) // there is no room for a fourth counter
	c.CountLot("A", "", noon) // but for more in one that is there
	if got := c.Stats(); got != (Stats{Counted: 12, Pending: 3, Dropped: 1, Failures: 5}) {
		t.Errorf("stats %+v", got)
	}
	if n := countViews(t, c, "A"); n != 6 {
		t.Errorf("A is seen %d times, want 6", n)
	}
	s.refuse.Store(false)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]int64{"A": 6, "B": 5, "C": 1, "D": 0} {
		if n := sumViews(readStored(t, s, code)); n != want {
			t.Errorf("%s was seen %d times, want %d", code, n, want)
		}
	}
	c.CountLot("D", "", noon)
	if n := countViews(t, c, "D"); n != 1 {
		t.Errorf("D is seen %d times once there is room, want 1", n)
	}
}

// TestHalfWritten: a flush that fails in the middle keeps the counters that were not written, and only those.
func TestHalfWritten(t *testing.T) {
	s := &failingStore{Store: openStore(t)}
	s.fail.Store(2)
	c := startCounter(t, Options{Store: s, Every: still})
	n := 2*flushBatch + 10
	for i := range n {
		c.CountLot(fmt.Sprint("code", i), "", noon)
	}
	if err := c.Flush(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	if got := c.Stats().Pending; got != int64(n-flushBatch) {
		t.Errorf("%d pending, want %d", got, n-flushBatch)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if got := sumViews(readStored(t, s, fmt.Sprint("code", i))); got != 1 {
			t.Fatalf("code%d was seen %d times, want 1", i, got)
		}
	}
	if got := c.Stats().Pending; got != 0 {
		t.Errorf("%d pending, want 0", got)
	}
}

// TestWrittenDespiteError: a store that writes and answers with an error doubles the counts, which is documented and better than losing
// views.
func TestWrittenDespiteError(t *testing.T) {
	s := &failingStore{Store: openStore(t)}
	s.late.Store(true)
	c := startCounter(t, Options{Store: s, Every: still})
	c.CountLot("A", "", noon)
	if err := c.Flush(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	s.late.Store(false)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := sumViews(readStored(t, s, "A")); n != 2 {
		t.Errorf("A was seen %d times, want 2", n)
	}
}

// TestManyAtOnce: under load, with a flush always under way, no view is lost or counted twice, and the number on a page never goes down.
func TestManyAtOnce(t *testing.T) {
	s := openStore(t)
	c := startCounter(t, Options{Store: s, Every: time.Millisecond})
	const each = 2000
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range each {
				c.CountItem("A", 7, "500155", noon)
				c.CountLot(fmt.Sprint("B", w, i%50), "", noon)
			}
		})
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		var seen int64
		for {
			select {
			case <-stop:
				return
			default:
			}
			rows, err := c.Scans(context.Background(), "A")
			if err != nil {
				t.Error(err)
				return
			}
			if n := sumViews(rows); n < seen {
				t.Errorf("shown %d after %d", n, seen)
				return
			} else {
				seen = n
			}
		}
	})
	wg.Wait()
	close(stop)
	reader.Wait()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := sumViews(readStored(t, s, "A")); n != 4*each {
		t.Errorf("A was seen %d times, want %d", n, 4*each)
	}
	if got := c.Stats(); got.Pending != 0 || got.Counted != 8*each {
		t.Errorf("stats %+v", got)
	}
}

// BenchmarkCount: the target is 100 ns a page view; codes are many, as on a busy day.
func BenchmarkCount(b *testing.B) {
	c := startCounter(b, Options{})
	codes := make([]string, 10_000)
	for i := range codes {
		codes[i] = fmt.Sprintf("%012d", i)
	}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			c.CountLot(codes[i%len(codes)], "500155", noon)
		}
	})
}

// BenchmarkView is the whole cost of a page view: the judgement of its sender, the region of its address, the count.
func BenchmarkView(b *testing.B) {
	c := startCounter(b, Options{Regions: readTable(b)})
	agent := []byte("Mozilla/5.0 (Linux; Android 13; V2238A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36 " +
		"MicroMessenger/8.0.47")
	b.ReportAllocs()
	for b.Loop() {
		if c.IsPerson(agent, nil, nil, nil, nil) {
			c.CountLot("0A1B2C3D4E5F", "500155", noon)
		}
	}
}

func BenchmarkFlush(b *testing.B) {
	c := startCounter(b, Options{Every: still})
	codes := make([]string, 10_000)
	for i := range codes {
		codes[i] = fmt.Sprintf("%012d", i)
	}
	for b.Loop() {
		for _, code := range codes {
			c.CountLot(code, "", noon)
		}
		if err := c.Flush(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
