package trace

import (
	"bytes"
	"strings"
	"testing"
)

// seenRecord is a record of the co-operative and who sees the record; a record without a value is an event.
type seenRecord struct {
	name  string
	kind  RecordKind
	v     any
	lots  []string
	seen  bool   // by another organisation that has nothing to do with the lot
	holds bool   // by one that holds the lot
	cut   string // member that others do not see
}

// TestWhoSeesRecords: for each kind, as lists of the API show its records.
func TestWhoSeesRecords(t *testing.T) {
	fx := newFixture(t)
	lot, shipment := fx.jars(), fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 6), shipment, Mill, quantities(EventQuantity{lot, Whole(1), Piece})))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 7), shipment, quantities(EventQuantity{lot, Whole(1), Piece})))
	outline := []byte(`{"coordinates":[107.8,30.6],"type":"Point"}`)
	plot := Place{ID: placeURI("p"), Kind: "plot", Name: "地", Org: Coop.Org, Geometry: outline, Tier: Village}
	works := plot
	works.Kind = "site"
	open := plot
	open.Org = ""
	product, item := NS+"/product/jar", ItemURI(lot, "0123456789AB")
	season := func(a Actor) Season { return Season{ID: "s", Org: a.Org, From: Time{Day(1, 1)}, To: Time{Day(2, 1)}} }
	for _, row := range []seenRecord{
		{"ledger", KindLedger, LedgerInfo{Namespace: NS}, nil, true, true, ""},
		{"organisation", KindOrganisation, Organisation{ID: Mill.Org}, nil, true, true, ""},
		{"product", KindProduct, Product{ID: product}, nil, true, true, ""},
		{"chain", KindChain, Chain{ID: "pomelo", Template: []byte(`{}`)}, nil, true, true, ""},
		{"plot", KindPlace, plot, nil, false, false, ""},
		{"works", KindPlace, works, nil, true, true, "geometry"},
		{"plot of nobody", KindPlace, open, nil, true, true, "geometry"},
		{"season of another", KindSeason, season(Coop), nil, false, false, ""},
		{"its own season", KindSeason, season(Park), nil, true, false, ""},
		{"links of a product", KindLinks, LinkSet{ID: product}, nil, true, true, ""},
		{"links of a lot", KindLinks, LinkSet{ID: lot}, nil, false, true, ""},
		{"links of an item", KindLinks, LinkSet{ID: item}, nil, false, true, ""},
		{"serial batch", KindSerials, SerialBatch{Lot: lot}, nil, false, true, ""},
		{"serial change", KindSerialChange, SerialChange{Lot: lot}, nil, false, true, ""},
		{"print", KindPrint, PrintRun{Lot: lot}, nil, false, true, ""},
		{"event about the lot", KindEvent, nil, []string{lot}, false, true, "yousang:grower"},
		{"event about another", KindEvent, nil, []string{fx.HarvestFruit("5")}, false, false, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx.expectSeen(t, row)
		})
	}
}

// expectSeen fails unless administrators, bureaus and the organisation itself see the whole record, and others what they may see.
func (fx *Fixture) expectSeen(t *testing.T, row seenRecord) {
	t.Helper()
	r := &Record{Kind: row.kind, Org: Coop.Org, Body: []byte(`{"ilmd":{"yousang:lots":[{"yousang:grower":"G-1"}]}}`), Lots: row.lots}
	if row.v != nil {
		r.Body = MasterCommand(Coop, row.kind, row.v).Body
	}
	for _, a := range []Actor{System, Office, Coop} {
		if body, ok := fx.Ledger.See(a, r); !ok || !bytes.Equal(body, r.Body) {
			t.Errorf("%s %s does not see the whole record: %s", a.Role, KeyOf(a.Org), body)
		}
	}
	for a, want := range map[Actor]bool{Park: row.seen, Mill: row.holds} {
		body, ok := fx.Ledger.See(a, r)
		if ok != want || !ok && body != nil {
			t.Errorf("%s sees it: %v, want %v", KeyOf(a.Org), ok, want)
		}
		if ok && row.cut != "" && (strings.Contains(string(body), row.cut) || !strings.Contains(string(r.Body), row.cut)) {
			t.Errorf("%s sees %s in %s", KeyOf(a.Org), row.cut, body)
		}
	}
}
