package trace

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
)

// changingWorld is a small county: fruit of two co-operatives, juice of the mill made of the first one's fruit that came in a box, and a
// lot on its way to the park.
type changingWorld struct {
	*Fixture
	t    *testing.T
	lots map[string]string
}

func newChangingWorld(t *testing.T) *changingWorld {
	t.Helper()
	fx := newFixture(t)
	w := &changingWorld{fx, t, map[string]string{}}
	w.lots["a"] = fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: w.lots["a"], Product: "fruit", Amount: "10"}))
	w.lots["b"] = fx.HarvestFruitAs(Coop2, "plot-b", "10")
	box, shipment := fx.PackUnit(Coop, quantities(Kg(w.lots["a"], "6"))), fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), shipment, Mill, nil, box))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), shipment, nil, box))
	fx.MustRecord(Mill, UnpackEvent(Day(10, 4), box))
	w.lots["juice"] = fx.TransformInto(Mill, "juice", "3", Kilogram, Kg(w.lots["a"], "6"))
	w.lots["jar"] = fx.TransformInto(Mill, "jar", "2", Piece, Kg(w.lots["juice"], "2"))
	fx.MustRecord(Actor{Org: Park.Org, Role: Bureau}, InspectEvent(Day(10, 6), w.lots["b"])) // its page says who inspected
	w.lots["leaf"] = fx.NewLotID()
	fx.MustRecord(Coop2, HarvestEvent(Day(10, 1), "plot-b", "", LotSpec{ID: w.lots["leaf"], Product: "leaf", Amount: "4"}))
	fx.MustRecord(Coop2, ShipEvent(Day(10, 5), fx.NewShipmentID(), Park, nil, fx.PackUnit(Coop2, quantities(Kg(w.lots["leaf"], "1")))))
	return w
}

// document is what a lineage document says of a lot, but for the number of its last change.
func (w *changingWorld) document(lot string) (body []byte, seq int64) {
	w.t.Helper()
	v, err := w.Ledger.Lot(lot, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	seq, v.PageSeq = v.PageSeq, 0
	body, err = json.Marshal(v)
	if err != nil {
		w.t.Fatal(err)
	}
	if got, ok := w.Ledger.PageSeq(lot); !ok || got != seq {
		w.t.Fatalf("PageSeq is %d, the view says %d", got, seq)
	}
	return body, seq
}

func renameOrganisation(id, kind, name string) Command {
	return MasterCommand(System, KindOrganisation, Organisation{ID: NS + "/org/" + id, Kind: kind, Name: name, Tier: Village})
}

func renameProduct(id, name string, unit Unit) Command {
	return MasterCommand(System, KindProduct, Product{ID: NS + "/product/" + id, Name: name, Unit: unit})
}

func renamePlace(id, kind, parent string) Command {
	return MasterCommand(System, KindPlace, Place{ID: placeURI(id), Kind: kind, Name: "新名", Parent: placeURI(parent), Tier: Village})
}

// allChangingLots are the lots of a changing world.
var allChangingLots = []string{"a", "b", "juice", "jar", "leaf"}

// touchingChanges are changes of master data, each with the lots of a changing world whose documents say something else then.
var touchingChanges = []struct {
	name    string
	change  Command
	touched []string
}{
	{"an organisation that made one and is behind two", renameOrganisation("coop", "cooperative", "新社"), []string{"a", "juice", "jar"}},
	{"an organisation of others", renameOrganisation("coop2", "cooperative", "新社"), []string{"b", "leaf"}},
	{"an organisation that received", renameOrganisation("mill", "processor", "新厂"), []string{"a", "juice", "jar"}},
	{"an organisation to which something is on its way", renameOrganisation("park", "park", "新园"), []string{"b", "leaf"}},
	{"a bureau stands on every page", renameOrganisation("bureau", "bureau", "新局"), allChangingLots},
	{"an organisation that becomes a bureau", renameOrganisation("park", "bureau", "新局"), allChangingLots},
	{"a product", renameProduct("fruit", "鲜果", Kilogram), []string{"a", "b", "juice", "jar"}},
	{"a product that something was made into", renameProduct("jar", "罐", Piece), []string{"juice", "jar"}},
	{"a product of another", renameProduct("leaf", "叶", Kilogram), []string{"leaf"}},
	{"a product that nothing was made of", renameProduct("oil", "油", Litre), nil},
	{"a plot that keeps its village", renamePlace("plot-b", "plot", "village-b"), []string{"b", "leaf"}},
	{"a plot with a tree in it", renamePlace("plot-a", "plot", "village-a"), allChangingLots},
	{"a village stands in addresses", renamePlace("village-b", "village", "town"), allChangingLots},
	{"a tree of nothing", renamePlace("tree-a", "tree", "plot-a"), nil},
	{"a season", MasterCommand(Coop, KindSeason, Season{ID: NS + "/season/s-a", Name: "春季", Org: Coop.Org, Place: placeURI("plot-a"),
		From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}), []string{"a"}},
	{"a season without a harvest", MasterCommand(Coop2, KindSeason, Season{ID: NS + "/season/s-b", Name: "春季", Org: Coop2.Org,
		Place: placeURI("plot-b"), From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}), nil},
	{"links of a product", MasterCommand(System, KindLinks, LinkSet{ID: NS + "/product/leaf", Links: []WebLink{{LinkType: "gs1:faqs",
		Href: "https://faq.example/", Title: "问答"}}}), []string{"leaf"}},
}

// TestAChangeOfMasterDataTouchesWhatShowsIt: whatever a document says anew has a new number, and lots that do not show the changed thing
// keep theirs.
func TestAChangeOfMasterDataTouchesWhatShowsIt(t *testing.T) {
	for _, row := range touchingChanges {
		t.Run(row.name, func(t *testing.T) {
			w := newChangingWorld(t)
			w.expectTouched(row.change, row.touched)
			again := NewLedger()
			if err := again.Replay(context.Background(), w.Store); err != nil {
				t.Fatal(err)
			}
			for name, lot := range w.lots {
				if got, _ := again.PageSeq(lot); got != mustPageSeq(w.Ledger, lot) {
					t.Errorf("%s: %d after a replay, want %d", name, got, mustPageSeq(w.Ledger, lot))
				}
			}
		})
	}
}

func mustPageSeq(l *Ledger, lot string) int64 {
	seq, _ := l.PageSeq(lot)
	return seq
}

// expectTouched submits a change of master data and checks which lots have a new number.
func (w *changingWorld) expectTouched(change Command, touched []string) {
	w.t.Helper()
	bodies, seqs := map[string][]byte{}, map[string]int64{}
	for name, lot := range w.lots {
		bodies[name], seqs[name] = w.document(lot)
	}
	before := w.Ledger.Head()
	w.mustSubmit(change)
	want := map[string]bool{}
	for _, name := range touched {
		want[name] = true
	}
	listed := map[string]bool{}
	for _, lot := range w.Ledger.ListTouchedSince(before) {
		listed[lot] = true
	}
	for name, lot := range w.lots {
		body, seq := w.document(lot)
		if got := seq > seqs[name]; got != want[name] || listed[lot] != got || got && seq != w.Ledger.Head() {
			w.t.Errorf("%s: touched is %v, want %v (%d → %d, listed %v)", name, got, want[name], seqs[name], seq, listed[lot])
		}
		if !bytes.Equal(body, bodies[name]) && seq == seqs[name] {
			w.t.Errorf("%s says something else, and its number is the same:\n%s\n%s", name, bodies[name], body)
		}
	}
}

// TestAPlotThatMovesTouchesWhatWasMadeOfItsHarvest: the origins of everything made of its lots are others now.
func TestAPlotThatMovesTouchesWhatWasMadeOfItsHarvest(t *testing.T) {
	w := newChangingWorld(t)
	w.lots["oil"] = w.TransformInto(Coop2, "oil", "1", Litre, Kg(w.lots["leaf"], "1"))
	w.expectTouched(MasterCommand(System, KindPlace, Place{ID: placeURI("plot-b"), Kind: "plot", Name: "二号地", Parent: placeURI("village-a"),
		Tier: Village}),
		[]string{"b", "leaf", "oil"})
}
