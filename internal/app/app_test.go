package app_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

// openLedger opens a ledger in a folder with a co-operative, a works and one product.
func openLedger(t *testing.T, path string) *app.App {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return openLedgerOn(t, s)
}

// openLedgerOn opens the ledger of a store, and adds the master data where the ledger is new.
func openLedgerOn(t *testing.T, s trace.Store) *app.App {
	t.Helper()
	r, err := app.Open(t.Context(), s, app.Options{Namespace: "https://trace.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if len(r.Ledger.Organisations()) > 0 {
		return r
	}
	if _, err := r.PutMasterData(t.Context(), app.System,
		trace.Place{ID: r.CompleteID("place", "village"), Kind: "village", Name: "龙滩村", Tier: trace.Village},
		trace.Organisation{ID: r.CompleteID("org", "coop"), Kind: "cooperative", Name: "合作社", Tier: trace.Village,
			Place: r.CompleteID("place", "village")},
		trace.Organisation{ID: r.CompleteID("org", "works"), Kind: "processor", Name: "加工厂", Tier: trace.Town,
			Place: r.CompleteID("place", "village")},
		trace.Product{ID: r.CompleteID("product", "fruit"), Name: "柚子", Unit: trace.Kilogram},
	); err != nil {
		t.Fatal(err)
	}
	return r
}

func newOperator(r *app.App, org string) trace.Actor {
	return trace.Actor{Org: r.CompleteID("org", org), Role: trace.Operator, User: "test"}
}

// mustSubmit records a command that is to be accepted.
func mustSubmit(t *testing.T, r *app.App, cmd trace.Command, err error) trace.Record {
	t.Helper()
	res, err := r.SubmitOne(t.Context(), cmd, err)
	if err != nil {
		t.Fatal(err)
	}
	return res.Record
}

// recordReport records a report of an organisation that is to be accepted.
func recordReport(t *testing.T, r *app.App, org string, report app.Report) app.Recorded {
	t.Helper()
	res, err := r.RecordReport(t.Context(), newOperator(r, org), report)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func recordHarvest(t *testing.T, r *app.App, kg int64) string {
	t.Helper()
	return recordReport(t, r, "coop", &app.Harvest{Lots: []app.NewLot{{Product: "fruit", Quantity: trace.Whole(kg)}}}).Lots[0]
}

// TestReceiveByLot: a receipt that names only a lot finds its shipment; one that names nothing takes all.
func TestReceiveByLot(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	works := newOperator(r, "works")
	lots := []string{recordHarvest(t, r, 10), recordHarvest(t, r, 20)}
	ship := recordReport(t, r, "coop", &app.Shipment{To: "works", Lots: []app.Taken{{Lot: lots[0]}, {Lot: lots[1]}}})
	recordReport(t, r, "works", &app.Receipt{Lots: []app.Received{{Lot: trace.GroupKey(trace.KeyOf(lots[0]))}}, Partial: true})
	recordReport(t, r, "works", &app.Receipt{Shipment: trace.KeyOf(ship.Shipment)})
	for i, want := range []int64{10, 20} {
		if h, _ := r.Ledger.HeldBy(works.Org, lots[i]); h.Amount != trace.Whole(want) {
			t.Errorf("the works hold %s of lot %d, want %d", h.Amount, i, want)
		}
	}
	if open, _ := r.Ledger.Shipments(trace.ShipmentQuery{Open: true, Limit: 10}); len(open) != 0 {
		t.Errorf("shipments of record %d still open: %+v", ship.Record.Seq, open)
	}
}

// TestAbsentIsNotNothing: an amount that is left out means all; an amount of 0 is refused.
func TestAbsentIsNotNothing(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	fruit := recordHarvest(t, r, 10)
	_, err := r.RecordReport(t.Context(), newOperator(r, "coop"), &app.Loss{Lots: []app.Taken{{Lot: fruit, Quantity: new(trace.Amount(0))}},
		Reason: "烂"})
	if !errors.Is(err, &trace.Error{Code: trace.CodeBadQuantity}) {
		t.Errorf("a loss of 0: %v, want bad_quantity", err)
	}
	recordReport(t, r, "coop", &app.Loss{Lots: []app.Taken{{Lot: fruit}}, Reason: "烂"})
	if h, _ := r.Ledger.HeldBy(newOperator(r, "coop").Org, fruit); h.Amount != 0 {
		t.Errorf("%s kg left, want none", h.Amount)
	}
}

// TestSaidField: errors about events name the field that the caller wrote.
func TestSaidField(t *testing.T) {
	for event, said := range map[string]string{
		"inputQuantityList[2].epcClass":        "inputs[2].lot",
		"outputQuantityList[0].quantity":       "outputs[0].quantity",
		"quantityList[1].uom":                  "lots[1].unit",
		"childQuantityList[0].epcClass":        "contents[0].lot",
		"bizLocation":                          "place",
		"destinationList[0].destination":       "to",
		"bizTransactionList[0].bizTransaction": "shipment",
		"eventTime":                            "time",
		"eventTimeZoneOffset":                  "timeZoneOffset",
		"ilmd.yousang:season":                  "season",
		"yousang:work.yousang:intervalDays":    "intervalDays",
		"work.maxUses":                         "maxUses",
		"somethingElse":                        "somethingElse",
	} {
		if got := app.ReportField(event); got != said {
			t.Errorf("ReportField(%q) = %q, want %q", event, got, said)
		}
	}
}

// TestBirth: a new ledger needs a namespace, and keeps the namespace of its birth.
func TestBirth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, bad := range []string{"", "trace.example", "ftp://trace.example", "https://trace.example/?a=b", "https://trace.example/#x"} {
		if _, err := app.Open(t.Context(), s, app.Options{Namespace: bad}); err == nil {
			t.Errorf("a ledger was born as %q", bad)
		}
	}
	born, err := app.Open(t.Context(), s, app.Options{Fallback: "https://trace.example"})
	if err != nil {
		t.Fatal(err)
	}
	born.Close()
	if _, err := app.Open(t.Context(), s, app.Options{Namespace: "https://other.example"}); !errors.Is(err,
		&trace.Error{Code: trace.CodeBadValue}) {
		t.Errorf("another namespace than the ledger's: %v", err)
	}
	for _, o := range []app.Options{{Namespace: "https://trace.example/"}, {Fallback: "https://other.example"}, {}} {
		r, err := app.Open(t.Context(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Ledger.Namespace(); got != "https://trace.example" {
			t.Errorf("namespace = %q", got)
		}
		r.Close()
	}
}

// TestLotByAddress: the address a code opens names exactly the lot of its GTIN.
func TestLotByAddress(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	const gtin = "09520123456788"
	if _, err := r.PutMasterData(t.Context(), app.System, trace.Product{ID: r.CompleteID("product", "gift"), Name: "礼盒", Unit: trace.Box,
		GTIN: gtin}); err != nil {
		t.Fatal(err)
	}
	gift := recordReport(t, r, "coop", &app.Harvest{Lots: []app.NewLot{{Product: "gift", Quantity: trace.Whole(3)}}}).Lots[0]
	plain := recordHarvest(t, r, 10)
	for address, want := range map[string]string{
		gift: gift,
		"http://192.0.2.7/01/" + gtin + "/10/" + trace.KeyOf(gift):  gift,
		"http://192.0.2.7/01/" + gtin + "/10/" + trace.KeyOf(plain): "",
		"http://192.0.2.7/lot/" + trace.KeyOf(plain) + "/":          plain,
		trace.GroupKey(trace.KeyOf(gift)):                           gift,
		"http://192.0.2.7/lot/nothing":                              "",
		"":                                                          "",
	} {
		if got, err := r.ResolveLot(address); got != want || (err == nil) != (want != "") {
			t.Errorf("Lot(%q) = %q, %v, want %q", address, got, err, want)
		}
	}
}

// TestGeometryIsCanonical: a place's geometry is recorded in canonical form, whatever order it came in.
func TestGeometryIsCanonical(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	plot := trace.Place{ID: r.CompleteID("place", "plot"), Kind: "plot", Name: "一号地", Parent: r.CompleteID("place", "village"),
		Tier: trace.Village, Geometry: json.RawMessage(`{"type": "Point", "coordinates": [107.80, 30.670000]}`)}
	if _, err := r.PutMasterData(t.Context(), app.System, plot); err != nil {
		t.Fatal(err)
	}
	report, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("verify: %v, %v", err, report.Problems)
	}
}

// TestLogHash: the same log has the same hash wherever it is kept, and one record more gives another.
func TestLogHash(t *testing.T) {
	dir := t.TempDir()
	r := openLedger(t, filepath.Join(dir, "ledger.db"))
	hash := func(s app.Reader) string {
		v, err := app.Verify(t.Context(), s, nil)
		if err != nil || len(v.Log) != 64 {
			t.Fatalf("log hash %q, %v", v.Log, err)
		}
		return v.Log
	}
	before := hash(r.Store)
	if err := r.Store.(*sqlite.Store).Backup(t.Context(), filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	backup, err := sqlite.OpenReadOnly(t.Context(), filepath.Join(dir, "backup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := backup.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := hash(backup); got != before {
		t.Errorf("the backup's hash is %s, want %s", got, before)
	}
	if _, err := r.PutMasterData(t.Context(), app.System, trace.Place{ID: r.CompleteID("place", "longtan"), Kind: "village", Name: "龙滩村",
		Tier: trace.Village}); err != nil {
		t.Fatal(err)
	}
	if got := hash(r.Store); got == before {
		t.Errorf("the hash is still %s", got)
	}
}
