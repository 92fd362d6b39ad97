package scan

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// TestMergeScans: rows stay in order of day, then region; counters of the same day and region are added up.
func TestMergeScans(t *testing.T) {
	row := func(day, region string, count int64, first, last int) trace.Scan {
		return trace.Scan{Code: "A", Day: day, Region: region, Count: count,
			First: noon.Add(time.Duration(first) * time.Hour), Last: noon.Add(time.Duration(last) * time.Hour)}
	}
	rows := []trace.Scan{row("2026-11-03", "110000", 1, 0, 1), row("2026-11-03", "440300", 2, 0, 1), row("2026-11-04", "110000", 3, 0, 1)}
	more := []trace.Scan{
		row("2026-11-04", "", 9, 0, 1), row("2026-11-03", "440300", 4, -1, 3), row("2026-11-02", "990000", 5, 0, 0),
		row("2026-11-04", "110000", 1, 2, 2),
	}
	want := []trace.Scan{
		row("2026-11-02", "990000", 5, 0, 0), row("2026-11-03", "110000", 1, 0, 1), row("2026-11-03", "440300", 6, -1, 3),
		row("2026-11-04", "", 9, 0, 1), row("2026-11-04", "110000", 4, 0, 2),
	}
	if got := mergeScans(rows, more); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestViewsDuringAFailedFlush: views that come while a flush fails are added to the counters of the flush.
func TestViewsDuringAFailedFlush(t *testing.T) {
	s := newMemoryStore()
	c := startCounter(t, Options{Store: s, Every: still})
	c.CountLot("A", "440300", noon.Add(time.Hour))
	c.CountLot("A", "440300", noon.Add(2*time.Hour))
	c.CountLot("B", "440300", noon)
	s.onAdd = func([]trace.Scan) error {
		c.CountLot("A", "440300", noon)
		c.CountLot("A", "440300", noon.Add(3*time.Hour))
		c.CountLot("A", "440300", noon.Add(90*time.Minute))
		if rows, flying := c.listPending("A"); !flying || sumViews(rows) != 5 {
			t.Errorf("during the flush: %+v, in flight %v", rows, flying)
		}
		return errAway
	}
	if err := c.Flush(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	s.onAdd = nil
	want := []trace.Scan{{Code: "A", Day: "2026-11-03", Region: "440300", Count: 5, First: noon, Last: noon.Add(3 * time.Hour)}}
	if rows, flying := c.listPending("A"); flying || !reflect.DeepEqual(rows, want) {
		t.Errorf("after the flush: %+v, in flight %v, want %+v", rows, flying, want)
	}
	if got := c.Stats(); got.Pending != 2 || got.Counted != 6 || got.Failures != 1 {
		t.Errorf("stats %+v", got)
	}
	flushCounter(t, c)
	if s.scans["A"] != 5 || s.scans["B"] != 1 || c.Stats().Pending != 0 {
		t.Errorf("stored %v, stats %+v", s.scans, c.Stats())
	}
}

// TestFlushOfVeryMany: beyond 100,000 waiting counters a flush does not wait for its time, and no call of the store has more than 500.
func TestFlushOfVeryMany(t *testing.T) {
	s := newMemoryStore()
	largest := 0
	s.onAdd = func(scans []trace.Scan) error { largest = max(largest, len(scans)); return nil }
	c := startCounter(t, Options{Store: s, Every: still})
	for i := range 100_000 {
		c.CountLot(fmt.Sprint(i), "", noon)
	}
	if got := c.Stats().Pending; got != 100_000 {
		t.Fatalf("%d counters wait, want 100,000: nothing is flushed yet", got)
	}
	c.CountLot("one more", "", noon)
	for deadline := time.Now().Add(20 * time.Second); c.Stats().Pending > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was flushed")
		}
	}
	if largest != 500 {
		t.Errorf("a call of the store has %d counters, want 500", largest)
	}
}

// TestAgentCache: a long User-Agent is judged and not kept.
func TestAgentCache(t *testing.T) {
	c := startCounter(t, Options{})
	kept := func() (n int) {
		for i := range c.agents.places {
			if c.agents.places[i].Load() != nil {
				n++
			}
		}
		return n
	}
	const browser = "Mozilla/5.0 "
	for length, want := range map[int]int{401: 0, 5000: 0} {
		if !c.IsPerson([]byte(browser+strings.Repeat("x", length-len(browser)))) || kept() != want {
			t.Errorf("after a User-Agent of %d bytes %d are kept, want %d", length, kept(), want)
		}
	}
	if !c.IsPerson([]byte(browser+strings.Repeat("x", 400-len(browser)))) || kept() != 1 {
		t.Errorf("after a User-Agent of 400 bytes %d are kept, want 1", kept())
	}
}

// TestSuspects: an item is examined only where its views can break a rule, and an unknown item never.
func TestSuspects(t *testing.T) {
	recalled := Item{Lot: lot, State: trace.SerialActivated, Activated: noon.Add(-time.Hour), Recalled: noon.Add(-time.Hour)}
	early := Item{Lot: lot, State: trace.SerialPrinted}
	voided := Item{Lot: lot, State: trace.SerialVoided, Since: noon.Add(-time.Hour)}
	sold := Item{Lot: lot, State: trace.SerialSold, Sales: []string{"50"}}
	for _, row := range []struct {
		name, region string
		item         Item
		known        bool
		want         int // cases
	}{
		{"recalled", "", recalled, true, 1}, {"printed", "", early, true, 1}, {"voided", "", voided, true, 1},
		{"sold, without a region", "", sold, true, 0}, {"sold, elsewhere", "440300", sold, true, 1},
		{"unknown", "440300", early, false, 0},
	} {
		s := openStore(t)
		lookUps := 0
		c := startCounter(t, Options{Store: s, Every: still, Items: func(context.Context, string, int64) (Item, bool, error) {
			lookUps++
			it := row.item
			it.Code = code
			return it, row.known, nil
		}})
		c.CountItem(code, 0, row.region, noon)
		flushCounter(t, c)
		if got := listCases(t, s, CaseQuery{}); len(got) != row.want || lookUps != 1 {
			t.Errorf("%s: %d cases after %d look-ups, want %d", row.name, len(got), lookUps, row.want)
		}
		flushCounter(t, c)
		if lookUps != 1 {
			t.Errorf("%s: looked up again without a view", row.name)
		}
	}
}

// TestSuspectQueue: a code waits once, and one view with a region is remembered.
func TestSuspectQueue(t *testing.T) {
	q := suspectQueue{byCode: map[string]suspect{}}
	q.addCounter(&entry{code: "lot"})
	if _, _, ok := q.takeSuspect(); ok {
		t.Error("a lot is a suspect")
	}
	for _, region := range []string{"", "440300", ""} {
		q.addCounter(&entry{code: "A", item: 8, region: region})
	}
	if code, s, ok := q.takeSuspect(); !ok || code != "A" || s != (suspect{index: 7, hasRegion: true}) {
		t.Errorf("%s %+v %v", code, s, ok)
	}
	if _, _, ok := q.takeSuspect(); ok {
		t.Error("a code waits twice")
	}
	for i := range maxSuspects {
		q.addSuspect(fmt.Sprint(i), suspect{})
	}
	q.addSuspect("beyond", suspect{})
	q.addSuspect("0", suspect{hasRegion: true})
	if _, there := q.byCode["beyond"]; there || len(q.byCode) != 100_000 || !q.byCode["0"].hasRegion {
		t.Errorf("%d suspects wait, the last among them: %v", len(q.byCode), there)
	}
}
