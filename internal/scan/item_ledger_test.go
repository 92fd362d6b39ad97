package scan_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// countingStore counts the searches for records.
type countingStore struct {
	trace.Store
	searches int
}

func (s *countingStore) Find(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	s.searches++
	return s.Store.Find(ctx, q)
}

// testLedger is a ledger with one lot of items with serial numbers. The co-operative is in 500155, its village below; the lot was made on a
// plot in 510104.
type testLedger struct {
	*app.App
	t     *testing.T
	store *countingStore
	coop  trace.Actor
	lot   string
}

func openLedger(t *testing.T) *testLedger {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	counting := &countingStore{Store: s}
	a, err := app.Open(t.Context(), s, app.Options{Namespace: "https://trace.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	l := &testLedger{App: a, t: t, store: counting, coop: trace.Actor{Org: a.ID("org", "coop"), Role: trace.Operator, User: "test"}}
	if _, err := a.PutMasterData(t.Context(), app.System,
		trace.Place{ID: a.ID("place", "county"), Kind: "county", Name: "梁平区", Tier: trace.County, AdminCode: "500155"},
		trace.Place{ID: a.ID("place", "village"), Kind: "village", Name: "龙滩村", Tier: trace.Village, Parent: a.ID("place", "county")},
		trace.Organisation{ID: l.coop.Org, Kind: "cooperative", Name: "合作社", Tier: trace.Village, AdminCode: "500101007",
			Place: a.ID("place", "village")},
		trace.Place{ID: a.ID("place", "plot"), Kind: "plot", Name: "地块", Tier: trace.Village, AdminCode: "510104001", Org: l.coop.Org},
		trace.Product{ID: a.ID("product", "box"), Name: "礼盒", Unit: trace.Box},
	); err != nil {
		t.Fatal(err)
	}
	l.lot = l.record(&app.Harvest{Common: app.Common{Place: "plot"},
		Lots: []app.NewLot{{Product: "box", Quantity: trace.Whole(9)}}}).Lots[0]
	_, err = a.IssueSerials(t.Context(), l.coop, "", app.SerialReport{Lot: l.lot, Count: 3, Regions: []string{"50", "5101"}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *testLedger) record(report app.Report) app.Recorded {
	l.t.Helper()
	res, err := l.RecordReport(l.t.Context(), l.coop, report)
	if err != nil {
		l.t.Fatal(err)
	}
	return res
}

func (l *testLedger) setStatus(action string) {
	l.t.Helper()
	bureau := trace.Actor{Org: l.coop.Org, Role: trace.Bureau, User: "test"} // only a bureau ends a recall
	if _, err := l.RecordReport(l.t.Context(), bureau, &app.Status{Lots: []string{l.lot}, Action: action, Reason: "test"}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *testLedger) changeState(state trace.SerialState) {
	l.t.Helper()
	batches := l.Ledger.SerialBatches(l.lot)
	in := app.ChangeReport{State: state, Batch: trace.KeyOf(batches[0].ID), Reason: "test"}
	if _, err := l.ChangeSerials(l.t.Context(), l.coop, "", in); err != nil {
		l.t.Fatal(err)
	}
}

func (l *testLedger) lookup() scan.ItemLookup {
	return scan.NewLedgerLookup(func() *trace.Ledger { return l.Ledger }, l.store)
}

func (l *testLedger) find(lookup scan.ItemLookup) scan.Item {
	l.t.Helper()
	it, ok, err := lookup(l.t.Context(), "0A1B2C3D4E5F", 0)
	if err != nil || !ok {
		l.t.Fatal(ok, err)
	}
	return it
}

// TestLookupOfAnItem: the item's lot, issuer, sales area and home come from the ledger, its times from its state.
func TestLookupOfAnItem(t *testing.T) {
	l := openLedger(t)
	lookup := l.lookup()
	it := l.find(lookup)
	if it.Code != "0A1B2C3D4E5F" || it.Lot != l.lot || it.Org != l.coop.Org || !slices.Equal(it.Sales, []string{"50", "5101"}) {
		t.Errorf("item %+v", it)
	}
	for _, home := range []string{"500101", "500155", "510104"} { // of the organisation, of the county around its village, of the plot
		if !slices.Contains(it.Home, home) {
			t.Errorf("home %v lacks %s", it.Home, home)
		}
	}
	if it.State != trace.SerialPrinted || !it.Activated.IsZero() || !it.Recalled.IsZero() {
		t.Errorf("before its activation: %+v", it)
	}
	before := time.Now().Add(-time.Second)
	l.changeState(trace.SerialActivated)
	if it = l.find(lookup); it.State != trace.SerialActivated || it.Activated.Before(before) || it.Activated != it.Since {
		t.Errorf("after its activation: %+v", it)
	}
	l.changeState(trace.SerialVoided)
	if it = l.find(lookup); it.State != trace.SerialVoided || it.Activated.Before(before) || it.Since.Before(before) {
		t.Errorf("voided: %+v", it)
	}
	if _, ok, err := lookup(t.Context(), "0A1B2C3D4E5F", 3); ok || err != nil {
		t.Errorf("an item that was never issued: %v %v", ok, err)
	}
	closed := scan.NewLedgerLookup(func() *trace.Ledger { return nil }, l.store)
	if _, ok, err := closed(t.Context(), "0A1B2C3D4E5F", 0); ok || err == nil {
		t.Errorf("before the ledger is read: %v %v", ok, err)
	}
}

// TestLookupOfARecall: the time of the recall in force, also where the lot was recalled before and released, or a recall was withdrawn. The
// store is searched once for each state of the lot.
func TestLookupOfARecall(t *testing.T) {
	l := openLedger(t)
	lookup := l.lookup()
	recallTime := func() time.Time {
		t.Helper()
		recs, err := l.Store.Records(t.Context(), l.Ledger.Head()-1, 1)
		if err != nil {
			t.Fatal(err)
		}
		return recs[0].RecordTime
	}
	l.setStatus("recall")
	first := recallTime()
	for range 3 {
		if it := l.find(lookup); !it.Recalled.Equal(first) {
			t.Errorf("recalled at %s, want %s", it.Recalled, first)
		}
	}
	if l.store.searches != 1 {
		t.Errorf("%d searches for one state of the lot, want 1", l.store.searches)
	}
	l.setStatus("unrecall")
	if it := l.find(lookup); !it.Recalled.IsZero() || l.store.searches != 1 {
		t.Errorf("after the release: %s, %d searches", it.Recalled, l.store.searches)
	}
	l.setStatus("recall")
	second := recallTime()
	l.setStatus("hold")
	if it := l.find(lookup); !it.Recalled.Equal(second) {
		t.Errorf("recalled again at %s, want %s", it.Recalled, second)
	}
	third := l.record(&app.Status{Lots: []string{l.lot}, Action: "recall", Reason: "again"})
	if it := l.find(lookup); !it.Recalled.Equal(second) {
		t.Errorf("recalled twice: %s, want the first recall in force, %s", it.Recalled, second)
	}
	l.record(&app.Correction{Event: fmt.Sprint(third.Record.Seq), Reason: "mistake"})
	if it := l.find(lookup); !it.Recalled.Equal(second) {
		t.Errorf("after a withdrawn recall: %s, want %s", it.Recalled, second)
	}
}
