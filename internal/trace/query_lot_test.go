package trace

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	fx := newFixture(t)
	f, other := fx.HarvestFruit("100"), fx.HarvestFruitAs(Coop2, "plot-b", "9")
	ship := fx.ShipToMill(Kg(f, "50"))
	wants := func(when, lot string, who Actor, want bool) {
		t.Helper()
		if got := fx.Ledger.Visible(who.Org, lot); got != want {
			t.Errorf("%s: %s sees %s: %v, want %v", when, KeyOf(who.Org), KeyOf(lot), got, want)
		}
	}
	wants("made", f, Coop, true)
	wants("on its way", f, Mill, true)
	wants("on its way", f, Park, false)
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), ship, quantities(Kg(f, "50"))))
	j := fx.TransformInto(Mill, "juice", "20", Kilogram, Kg(f, "50"))
	wants("made of its fruit", j, Coop, true)
	wants("made of its fruit", j, Mill, true)
	wants("made of another's fruit", j, Coop2, false)
	wants("not its own", other, Coop, false)
	box := fx.PackUnit(Coop, quantities(Kg(f, "5")))
	fx.MustRecord(Coop, ShipEvent(Day(10, 6), fx.NewShipmentID(), Park, nil, box))
	wants("a box is on its way", f, Park, true)
	wants("a box is on its way", j, Park, true)
	wants("unknown", f+"x", Coop, false)
	wants("unknown", f, Actor{Org: "x"}, false)
}

func TestLotsByKeysetWhileAdding(t *testing.T) {
	fx := newFixture(t)
	var want []string
	for range 25 {
		want = append([]string{fx.HarvestFruit("1")}, want...)
	}
	var got []string
	for cursor, pages := "", 0; ; pages++ {
		rows, next, err := fx.Ledger.Lots(LotQuery{Before: cursor, Limit: 7})
		if err != nil || pages > 9 {
			t.Fatalf("page %d: %v", pages, err)
		}
		for _, r := range rows {
			got = append(got, r.Lot)
		}
		fx.HarvestFruit("2") // lots that are made between two pages shift nothing
		if cursor = next; next == "" {
			break
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %d lots, want %d in order", len(got), len(want))
	}
	for _, bad := range []string{"x", "-1", "9999", "1.5", strings.Repeat("9", 99)} {
		_, _, err := fx.Ledger.Lots(LotQuery{Before: bad})
		expectCode(t, err, CodeBadValue, "cursor")
	}
}

func TestLotsFilter(t *testing.T) {
	fx := newFixture(t)
	a := fx.HarvestFruit("100")
	b := fx.HarvestFruitAs(Coop2, "plot-b", "50")
	id := fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(a, "60")), fx.PackUnit(Coop, quantities(Kg(a, "10")))))
	j := fx.TransformInto(Coop, "juice", "20", Kilogram, Kg(a, "30"))
	fx.MustRecord(Office, StatusEvent(Day(10, 9), recalled, "", "不合格", b))
	fx.MustRecord(Coop, HarvestEvent(Day(5, 12), "plot-a", "s-a", LotSpec{ID: NS + "/lot/" + keyWith("CC"), Product: "leaf", Amount: "10"}))
	leaf := NS + "/lot/" + keyWith("CC")
	fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	for _, row := range []struct {
		name string
		q    LotQuery
		want []string
	}{
		{"all, newest first", LotQuery{}, []string{leaf, j, b, a}},
		{"by product", LotQuery{Product: NS + "/product/fruit"}, []string{b, a}},
		{"by maker", LotQuery{Maker: Coop2.Org}, []string{b}},
		{"by status", LotQuery{Status: "recalled"}, []string{b}},
		{"by holder, what it sent included", LotQuery{Holder: Coop.Org, Product: NS + "/product/fruit"}, []string{a}},
		{"by holder, not yet received", LotQuery{Holder: Mill.Org}, nil},
		{"by an unknown holder", LotQuery{Holder: "x"}, nil},
		{"seen by whom it is sent to", LotQuery{Seen: Mill.Org}, []string{a}},
		{"by tier", LotQuery{Tier: Village}, []string{leaf, b, a}},
		{"since", LotQuery{Since: Day(10, 2)}, []string{j}},
		{"until", LotQuery{Until: Day(10, 1)}, []string{leaf}},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx.expectLots(t, row.q, row.want, leaf)
		})
	}
	rows, _, _ := fx.Ledger.Lots(LotQuery{Holder: Coop.Org, Product: NS + "/product/fruit"})
	if rows[0].Left != Whole(70) || rows[0].Quantity.Amount != Whole(100) {
		t.Errorf("row = %+v, want 70 of 100 left", rows[0])
	}
	if open := fx.Ledger.listShipments(ShipmentQuery{Org: Mill.Org, Open: true, Limit: 9}); len(open) != 1 || open[0].Shipment != id ||
		len(open[0].Units) != 1 {
		t.Errorf("open shipments = %+v", open)
	}
}

// expectLots compares the lots that a query finds. One lot alone has a question.
func (fx *Fixture) expectLots(t *testing.T, q LotQuery, want []string, questioned string) {
	t.Helper()
	rows, _, err := fx.Ledger.Lots(q)
	var got []string
	for _, r := range rows {
		got = append(got, r.Lot)
		if r.Question != (r.Lot == questioned) {
			t.Errorf("%s: question = %v", r.Lot, r.Question)
		}
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, %v, want %v", got, err, want)
	}
}

func TestUnitAndQuantityQueries(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("10")
	if u, ok := fx.Ledger.UnitOf(f); !ok || u != Kilogram {
		t.Errorf("unit = %s, %v", u, ok)
	}
	if _, ok := fx.Ledger.UnitOf("x"); ok {
		t.Error("an unknown lot has a unit")
	}
	if _, ok := fx.Ledger.HeldBy(Mill.Org, f); ok {
		t.Error("the mill holds what it never had")
	}
	if _, ok := fx.Ledger.Unit(f); ok {
		t.Error("a lot is a unit")
	}
	if _, ok := fx.Ledger.Shipment(f); ok {
		t.Error("a lot is a shipment")
	}
	if got := fx.Ledger.ListTouchedSince(fx.Ledger.Head() - 1); len(got) != 1 || got[0] != f {
		t.Errorf("touched = %v", got)
	}
}

// renameMasterData gives a name to a product, an organisation, a place and a season that a trace shows.
func (fx *Fixture) renameMasterData(t *testing.T, name string) {
	t.Helper()
	for _, cmd := range []Command{
		MasterCommand(System, KindProduct, Product{ID: NS + "/product/fruit", Name: name, Unit: Kilogram}),
		MasterCommand(System, KindOrganisation, Organisation{ID: Mill.Org, Kind: "processor", Name: name, Tier: Town}),
		MasterCommand(System, KindPlace, Place{ID: placeURI("village-a"), Kind: "village", Name: name, Parent: placeURI("town"), Tier: Village}),
		MasterCommand(Coop, KindSeason, Season{ID: NS + "/season/s-a", Name: name, Org: Coop.Org, Place: placeURI("plot-a"),
			From: Time{Day(1, 1)}, To: Time{Day(12, 31)}}),
	} {
		if r := fx.Writer.Submit(context.Background(), cmd)[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// traceAsRead is a trace as a client reads the JSON.
type traceAsRead struct {
	Root, Direction string
	AsOf            int64
	Truncated       bool
	Nodes           []struct{ Lot, Product, Name, Place, Tier, Org, Time, Unit, Status string }
	Edges           []struct {
		From, To, Seq int
		Quantity      Amount
	}
	Seasons []struct {
		ID, Name, Place string
		In, Out         []int
	}
	Origins []Origin
	Now     []struct {
		Node                               int
		Quantity                           Amount
		Unit, Holder, HolderName, Shipment string
	}
}

// TestTraceJSON checks that the hand-written encoder writes JSON, whatever characters the names hold.
func TestTraceJSON(t *testing.T) {
	fx := newFixture(t)
	odd := "quote \" back\\slash </script> \u2028 柚子 🍊 \u200d"
	fx.renameMasterData(t, odd)
	compost := fx.HarvestFruit("10")
	fx.MustRecord(Coop, WorkEvent(Day(10, 2), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "1.000001")))
	leaf := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 3), "plot-a", "s-a", LotSpec{ID: leaf, Product: "fruit", Amount: "5"}))
	ship := fx.ShipToMill(Kg(leaf, "1"))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), ship, quantities(Kg(leaf, "0.5"))))
	juice := fx.TransformInto(Coop, "juice", "1", Kilogram, Kg(leaf, "2"))
	tr, err := fx.Ledger.Trace(juice, Back, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got traceAsRead
	text := tr.AppendJSON(nil)
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if got.Root != juice || got.Direction != "back" || got.AsOf != fx.Ledger.Head() || len(got.Nodes) != 3 || len(got.Edges) != 1 ||
		got.Edges[0].Quantity != Whole(2) {
		t.Fatalf("trace = %s", text)
	}
	if got.Nodes[0].Lot != compost || got.Nodes[0].Name != odd || got.Nodes[1].Place != placeURI("plot-a") || got.Nodes[2].Place != "" {
		t.Fatalf("nodes = %+v", got.Nodes)
	}
	if len(got.Seasons) != 1 || got.Seasons[0].Name != odd || !reflect.DeepEqual(got.Seasons[0].In, []int{0}) ||
		!reflect.DeepEqual(got.Seasons[0].Out, []int{1}) {
		t.Fatalf("seasons = %+v", got.Seasons)
	}
	if len(got.Origins) != 1 || got.Origins[0].Name != odd || got.Origins[0].Share != 1 {
		t.Fatalf("origins = %+v", got.Origins)
	}
	at := map[string]Amount{}
	for _, n := range got.Now {
		at[n.HolderName+"|"+KeyOf(n.Shipment)+"|"+KeyOf(got.Nodes[n.Node].Lot)] = n.Quantity
	}
	want := map[string]Amount{"coop||" + KeyOf(compost): Whole(9) - 1, "coop||" + KeyOf(leaf): Whole(2),
		odd + "||" + KeyOf(leaf):                  AmountScale / 2,
		"coop|" + KeyOf(ship) + "|" + KeyOf(leaf): AmountScale / 2, "coop||" + KeyOf(juice): Whole(1)}
	if !reflect.DeepEqual(at, want) {
		t.Fatalf("now = %v, want %v", at, want)
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "plain", "柚子", "\"", "\\", "\x00\x1f\x7f", "\xff", "\u2028", "a\xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendQuoted(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("quote(%q) = %s: %v", s, b, err)
		}
		if utf8.ValidString(s) && got != s {
			t.Fatalf("quote(%q) = %s, read again %q", s, b, got)
		}
	})
}

func TestStateNames(t *testing.T) {
	for s, want := range map[State]string{0: "active", OnHold: "hold", Recalled: "recalled", Recalled | OnHold: "recalled",
		Void | Recalled: "recalled", Void | OnHold: "void"} {
		if s.String() != want {
			t.Errorf("State(%d) = %s, want %s", s, s, want)
		}
	}
}

// TestPublicPath: the public path leaves out private places and names the works of an organisation.
func TestPublicPath(t *testing.T) {
	fx := newFixture(t)
	for _, tc := range []struct {
		place string
		want  []string
	}{
		{"tree-a", []string{"county", "town", "village-a"}},
		{"plot-b", []string{"county", "town", "village-b"}},
		{"works", []string{"county", "town", "works"}},
		{"nowhere", nil},
	} {
		var got []string
		for _, p := range fx.Ledger.PublicPath(NS + "/place/" + tc.place) {
			got = append(got, KeyOf(p.ID))
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.place, got, tc.want)
		}
	}
}
