package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

func openStore(t *testing.T) trace.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
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

// appendLots appends records to a ledger of a namespace.
func appendLots(t *testing.T, s trace.Store, namespace string, n int) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list := make([]trace.Record, n)
	for i := range list {
		seq := head + 1 + int64(i)
		list[i] = trace.Record{Seq: seq, Kind: trace.KindEvent, RecordTime: time.UnixMilli(seq).UTC(), Org: namespace,
			Lots:      []string{fmt.Sprint(namespace, seq)},
			Questions: []trace.Question{{Code: "late"}}, Body: fmt.Appendf(nil, `{"in":%q,"n":%d}`, namespace, seq)}
	}
	if err := s.Append(t.Context(), head, list); err != nil {
		t.Fatal(err)
	}
}

func putDocument(t *testing.T, s trace.Store, collection, id, body string) {
	t.Helper()
	if err := s.PutDocument(t.Context(), trace.Document{Collection: collection, ID: id, Body: []byte(body)}); err != nil {
		t.Fatal(err)
	}
}

func addScan(t *testing.T, s trace.Store, code, day string, n int64) {
	t.Helper()
	at := time.UnixMilli(n).UTC()
	if err := s.AddScans(t.Context(), []trace.Scan{{Code: code, Day: day, Count: n, First: at, Last: at}}); err != nil {
		t.Fatal(err)
	}
}

func putBlob(t *testing.T, s trace.Store, text string) (sum string) {
	t.Helper()
	sum, err := s.PutBlob(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// fillStore is a store with something of everything.
func fillStore(t *testing.T, namespace string) trace.Store {
	t.Helper()
	s := openStore(t)
	appendLots(t, s, namespace, 5000)
	for i := range 70 {
		putDocument(t, s, "keys", fmt.Sprintf("%03d", i), fmt.Sprint(i))
	}
	putDocument(t, s, "profiles", "grower", "name")
	var scans []trace.Scan
	for i := range 600 {
		at := time.UnixMilli(int64(i)).UTC()
		scans = append(scans, trace.Scan{Code: fmt.Sprint("code", i%7), Day: fmt.Sprint("day", i/7), Count: int64(i) + 1, First: at, Last: at})
	}
	if err := s.AddScans(t.Context(), scans); err != nil {
		t.Fatal(err)
	}
	putBlob(t, s, "photo")
	putBlob(t, s, strings.Repeat("report", 100_000))
	return s
}

func copyAll(t *testing.T, from, to trace.Store) *transfer.Report {
	t.Helper()
	rep, err := transfer.Copy(t.Context(), from, to, transfer.Options{Verify: func(ctx context.Context) error {
		return compareAll(ctx, from,
			to)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// compareAll reads the target beside the source.
func compareAll(ctx context.Context, from, to trace.Store) error {
	c := transfer.ComparedStore{Store: to, From: from}
	for after := int64(0); ; {
		page, err := c.Records(ctx, after, 300)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Seq
	}
}

func formatReport(r *transfer.Report) string {
	return fmt.Sprint(r.Records, r.Documents, r.Scans, r.Blobs, r.Grew)
}

func TestCopy(t *testing.T) {
	from, to := fillStore(t, "a"), openStore(t)
	if got, want := formatReport(copyAll(t, from, to)), "{5000 5000} {71 71} {600 600} {2 2} 0"; got != want {
		t.Errorf("first: %s, want %s", got, want)
	}
	if got, want := formatReport(copyAll(t, from, to)), "{5000 0} {71 0} {600 0} {2 0} 0"; got != want {
		t.Errorf("again: %s, want %s", got, want)
	}
	if err := transfer.CheckWhole(t.Context(), to); err != nil {
		t.Errorf("Whole: %v", err)
	}
	appendLots(t, from, "a", 3)
	putDocument(t, from, "keys", "000", "revoked")
	if err := from.DeleteDocument(t.Context(), "profiles", "grower"); err != nil {
		t.Fatal(err)
	}
	addScan(t, from, "code3", "day2", 5)
	sum := putBlob(t, from, "another")
	if got, want := formatReport(copyAll(t, from, to)), "{5003 3} {70 2} {600 1} {3 1} 0"; got != want {
		t.Errorf("what is new: %s, want %s", got, want)
	}
	if _, err := to.Document(t.Context(), "profiles", "grower"); !trace.IsCode(err, trace.CodeNotFound) {
		t.Errorf("the erased profile: %v, want that it is gone", err)
	}
	if d, err := to.Document(t.Context(), "keys", "000"); err != nil || string(d.Body) != "revoked" {
		t.Errorf("the changed key: %s, %v", d.Body, err)
	}
	if _, err := to.Blob(t.Context(), sum); err != nil {
		t.Error(err)
	}
	for i := range 7 {
		code := fmt.Sprint("code", i)
		want, err := from.Scans(t.Context(), code)
		got, gerr := to.Scans(t.Context(), code)
		if errors.Join(err, gerr) != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, %v, want %v, %v", code, got, gerr, want, err)
		}
	}
	third := openStore(t)
	if got, want := formatReport(copyAll(t, to, third)), "{5003 5003} {70 70} {600 600} {3 3} 0"; got != want {
		t.Errorf("a copy of the copy: %s, want %s", got, want)
	}
}

// refusedCase is a target that Copy refuses.
type refusedCase struct {
	name string
	want error
	to   func(t *testing.T, from trace.Store) trace.Store
}

var refusedCases = []refusedCase{
	{"another ledger", transfer.ErrOther, func(t *testing.T, _ trace.Store) trace.Store { return fillStore(t, "b") }},
	{"a ledger that went another way", transfer.ErrOther, func(t *testing.T, _ trace.Store) trace.Store {
		to := openStore(t)
		appendLots(t, to, "a", 5)
		appendLots(t, to, "b", 5)
		return to
	}},
	{"more records", transfer.ErrAhead, func(t *testing.T, from trace.Store) trace.Store {
		to := openStore(t)
		copyAll(t, from, to)
		appendLots(t, to, "a", 1)
		return to
	}},
	{"a key made since", transfer.ErrUsed, func(t *testing.T, from trace.Store) trace.Store {
		to := openStore(t)
		copyAll(t, from, to)
		putDocument(t, to, "keys", "new", "x")
		return to
	}},
	{"codes looked at since", transfer.ErrUsed, func(t *testing.T, from trace.Store) trace.Store {
		to := openStore(t)
		copyAll(t, from, to)
		addScan(t, to, "code1", "day1", 1)
		return to
	}},
	{"a photo since", transfer.ErrUsed, func(t *testing.T, from trace.Store) trace.Store {
		to := openStore(t)
		copyAll(t, from, to)
		putBlob(t, to, "new")
		return to
	}},
	{"keys and no record", transfer.ErrUsed, func(t *testing.T, _ trace.Store) trace.Store {
		to := openStore(t)
		putDocument(t, to, "keys", "000", "another")
		return to
	}},
	{"counts and no record", transfer.ErrUsed, func(t *testing.T, _ trace.Store) trace.Store {
		to := openStore(t)
		addScan(t, to, "code1", "day1", 100_000)
		return to
	}},
	{"a photo and no record", transfer.ErrUsed, func(t *testing.T, _ trace.Store) trace.Store {
		to := openStore(t)
		putBlob(t, to, "new")
		return to
	}},
	{"the source itself", transfer.ErrSame, func(_ *testing.T, from trace.Store) trace.Store { return from }},
}

// TestRefused: a target with content of another source is not touched.
func TestRefused(t *testing.T) {
	for _, row := range refusedCases {
		t.Run(row.name, func(t *testing.T) {
			from := fillStore(t, "a")
			to := row.to(t, from)
			before := listContents(t, to)
			if _, err := transfer.Copy(t.Context(), from, to, transfer.Options{}); !errors.Is(err, row.want) {
				t.Errorf("Copy: %v, want %v", err, row.want)
			}
			if now := listContents(t, to); now != before {
				t.Errorf("the target was changed from %s to %s", before, now)
			}
			if err := transfer.CheckWhole(t.Context(), to); err != nil {
				t.Errorf("Whole: %v", err)
			}
		})
	}
}

// listContents is a little of everything that is in a store.
func listContents(t *testing.T, s trace.Store) string {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	collections, err := s.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(head)
	for _, c := range collections {
		list, err := s.Documents(t.Context(), c, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			out += fmt.Sprintf(" %s/%s=%s", c, d.ID, d.Body)
		}
	}
	scans, err := s.AllScans(t.Context(), trace.Scan{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := s.Blobs(t.Context(), "", 1000)
	return out + fmt.Sprint(scans, blobs, err)
}

// TestAgreesWithoutCopy: a target that no copy made, and whose records are all in the source, is taken for the beginning of a copy.
func TestAgreesWithoutCopy(t *testing.T) {
	from, to := fillStore(t, "a"), openStore(t)
	appendLots(t, to, "a", 100)
	putDocument(t, to, "keys", "001", "1")
	addScan(t, to, "code0", "day0", 1)
	putBlob(t, to, "photo")
	if got, want := formatReport(copyAll(t, from, to)), "{5000 4900} {71 70} {600 599} {2 1} 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestCutShort: a copy that ends in the middle, at any append and with its answer lost, goes on; until then the store is not whole.
func TestCutShort(t *testing.T) {
	from, target := fillStore(t, "a"), openStore(t)
	broken := errors.New("the line is cut")
	for n, f := range []*storetest.Faulty{
		{BeforeAppend: func(n int) error { return failWhen(n == 1, broken) }},
		{AfterAppend: func(n int) error { return failWhen(n == 1, broken) }},
		{BeforeAppend: func(n int) error { return failWhen(n == 1, broken) }},
	} {
		f.Store = target
		if _, err := transfer.Copy(t.Context(), from, f, transfer.Options{}); !errors.Is(err, broken) {
			t.Fatalf("copy %d: %v, want the fault", n, err)
		}
		if err := transfer.CheckWhole(t.Context(), target); !errors.Is(err, transfer.ErrUnfinished) {
			t.Errorf("Whole after copy %d: %v, want ErrUnfinished", n, err)
		}
		if _, err := transfer.Copy(t.Context(), target, openStore(t), transfer.Options{}); !errors.Is(err, transfer.ErrUnfinished) {
			t.Errorf("a copy of copy %d: %v, want ErrUnfinished", n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := func(what string, done, _ int64) {
		if what == "scans" && done > 300 {
			cancel()
		}
	}
	if _, err := transfer.Copy(ctx, from, target, transfer.Options{Progress: stop}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a copy that is stopped: %v, want context.Canceled", err)
	}
	if got, want := formatReport(copyAll(t, from, target)), "{5000 0} {71 0} {600 100} {2 2} 0"; got != want {
		t.Errorf("the rest: %s, want %s", got, want)
	}
}

func failWhen(now bool, err error) error {
	if now {
		return err
	}
	return nil
}
