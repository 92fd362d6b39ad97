package scan_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// testLedger is a ledger with one lot of items with serial numbers. The co-operative is in 500155, its village below; the lot was made on a
// plot in 510104.
type testLedger struct {
	*app.App
	t     *testing.T
	store trace.Store
	coop  trace.Actor
	lot   string
}

func openLedger(t *testing.T) *testLedger {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
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
	l := &testLedger{App: a, t: t, store: s, coop: trace.Actor{Org: a.CompleteID("org", "coop"), Role: trace.Operator, User: "test"}}
	if _, err := a.PutMasterData(t.Context(), app.System,
		trace.Place{ID: a.CompleteID("place", "county"), Kind: "county", Name: "梁平区", Tier: trace.County, AdminCode: "500155"},
		trace.Place{ID: a.CompleteID("place", "village"), Kind: "village", Name: "龙滩村", Tier: trace.Village,
			Parent: a.CompleteID("place", "county")},
		trace.Organisation{ID: l.coop.Org, Kind: "cooperative", Name: "合作社", Tier: trace.Village, AdminCode: "500101007",
			Place: a.CompleteID("place", "village")},
		trace.Place{ID: a.CompleteID("place", "plot"), Kind: "plot", Name: "地块", Tier: trace.Village, AdminCode: "510104001", Org: l.coop.Org},
		trace.Product{ID: a.CompleteID("product", "box"), Name: "礼盒", Unit: trace.Box},
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
