package trace

import (
	"math"
	"testing"
	"time"
)

// originShare is a share of a lot's goods and the village that the share comes from.
type originShare struct {
	place string
	share float64
}

// originRows are lots and where their goods come from, the largest share first.
var originRows = []struct {
	name string
	make func(fx *Fixture) string
	want []originShare
}{
	{"a harvest is all its own", func(fx *Fixture) string { return fx.HarvestFruit("10") }, []originShare{{"village-a", 1}}},
	{"by mass: 62 and 38", func(fx *Fixture) string {
		return fx.mixJuice(Kg(fx.HarvestFruit("62"), "62"), Kg(fx.buyFruit("38"), "38"))
	}, []originShare{{"village-a", 0.62}, {"village-b", 0.38}}},
	{"by what was taken, not by what was there", func(fx *Fixture) string {
		return fx.mixJuice(Kg(fx.HarvestFruit("1000"), "1"), Kg(fx.buyFruit("3"), "3"))
	}, []originShare{{"village-b", 0.75}, {"village-a", 0.25}}},
	{"handed down over two steps", func(fx *Fixture) string {
		half := fx.mixJuice(Kg(fx.HarvestFruit("50"), "50"), Kg(fx.buyFruit("50"), "50"))
		return fx.mixJuice(Kg(half, "40"), Kg(fx.buyFruit("60"), "60"))
	}, []originShare{{"village-b", 0.8}, {"village-a", 0.2}}},
	{"a lot that comes in by two ways", func(fx *Fixture) string {
		f := fx.HarvestFruit("100")
		one, two := fx.mixJuice(Kg(f, "50")), fx.mixJuice(Kg(f, "50"), Kg(fx.buyFruit("50"), "50"))
		return fx.mixJuice(Kg(one, "25"), Kg(two, "75"))
	}, []originShare{{"village-a", 0.625}, {"village-b", 0.375}}},
	{"by nominal mass: jars of half a kilogram", func(fx *Fixture) string {
		jars := fx.TransformInto(Coop, "jar", "20", Piece, Kg(fx.HarvestFruit("20"), "10"))
		return fx.TransformInto(Coop, "bag", "3", Bag, QuantityOf(jars, "20", Piece), Kg(fx.buyFruit("30"), "30"))
	}, []originShare{{"village-b", 0.75}, {"village-a", 0.25}}},
	{"by count where no mass is known", func(fx *Fixture) string {
		return fx.TransformInto(Coop, "bag", "4", Bag, QuantityOf(fx.makeBags(fx.HarvestFruit("9"), "1"), "1", Bag),
			QuantityOf(fx.makeBags(fx.buyFruit("9"), "3"), "3", Bag))
	}, []originShare{{"village-b", 0.75}, {"village-a", 0.25}}},
	{"what has no mass carries no share beside what has", func(fx *Fixture) string {
		return fx.TransformInto(Coop, "bag", "4", Bag, QuantityOf(fx.makeBags(fx.HarvestFruit("9"), "1"), "1", Bag), Kg(fx.buyFruit("9"), "3"))
	}, []originShare{{"village-b", 1}}},
	{"by dry mass where all declare it", func(fx *Fixture) string {
		return fx.mixJuice(Kg(fx.harvestDryLeaf("plot-a", "100", "30"), "100"), Kg(fx.harvestDryLeaf("plot-b", "100", "10"), "100"))
	}, []originShare{{"village-a", 0.75}, {"village-b", 0.25}}},
	{"by dry mass in proportion", func(fx *Fixture) string {
		return fx.mixJuice(Kg(fx.harvestDryLeaf("plot-a", "100", "30"), "50"), Kg(fx.harvestDryLeaf("plot-b", "100", "15"), "100"))
	}, []originShare{{"village-a", 0.5}, {"village-b", 0.5}}},
	{"by mass where one declares no dry mass", func(fx *Fixture) string {
		return fx.mixJuice(Kg(fx.harvestDryLeaf("plot-a", "100", "30"), "50"), Kg(fx.buyFruit("50"), "50"))
	}, []originShare{{"village-a", 0.5}, {"village-b", 0.5}}},
}

func TestOriginShares(t *testing.T) {
	for _, row := range originRows {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			tr, err := fx.Ledger.Trace(row.make(fx), Back, 0, 0)
			if err != nil || tr.Truncated || len(tr.Origins) != len(row.want) {
				t.Fatalf("origins = %+v, %v; want %v", tr.Origins, err, row.want)
			}
			sum := 0.0
			for _, o := range tr.Origins {
				sum += o.Share
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("the shares sum to %v", sum)
			}
			for _, w := range row.want {
				for _, o := range tr.Origins {
					if o.Place == placeURI(w.place) && math.Abs(o.Share-w.share) > 1e-12 {
						t.Errorf("%s: share %v, want %v", w.place, o.Share, w.share)
					}
				}
			}
			if w := row.want[0].place; len(row.want) > 1 && row.want[0].share > row.want[1].share && tr.Origins[0].Place != placeURI(w) {
				t.Errorf("first is %s, want %s", tr.Origins[0].Place, w)
			}
		})
	}
}

// buyFruit is fruit of village b, sent to the co-operative.
func (fx *Fixture) buyFruit(kg string) string {
	f := fx.HarvestFruitAs(Coop2, "plot-b", kg)
	fx.sendToCoop(Kg(f, kg))
	return f
}

func (fx *Fixture) sendToCoop(q EventQuantity) {
	fx.T.Helper()
	id := fx.NewShipmentID()
	fx.MustRecord(Coop2, ShipEvent(Day(10, 2), id, Coop, quantities(q)))
	fx.MustRecord(Coop, ReceiveEvent(Day(10, 3), id, quantities(q)))
}

func (fx *Fixture) mixJuice(in ...EventQuantity) string {
	var sum Amount
	for _, q := range in {
		sum += q.Amount
	}
	return fx.TransformInto(Coop, "juice", sum.String(), Kilogram, in...)
}

func (fx *Fixture) makeBags(lot, n string) string {
	return fx.TransformInto(Coop, "bag", n, Bag, Kg(lot, "1"))
}

func (fx *Fixture) harvestDryLeaf(place, kg, dry string) string {
	fx.T.Helper()
	who := map[string]Actor{"plot-a": Coop, "plot-b": Coop2}[place]
	id := fx.NewLotID()
	fx.MustRecord(who, HarvestEvent(Day(10, 1), place, "", LotSpec{ID: id, Product: "leaf", Amount: kg,
		Facts: LotFacts{DryMass: Kg("", dry).Amount}}))
	if who == Coop2 {
		fx.sendToCoop(Kg(id, kg))
	}
	return id
}

// makeLotChain makes a chain of n lots, each of the one before.
func makeLotChain(fx *Fixture, n int) []string {
	lots := []string{fx.HarvestFruit("1000")}
	for len(lots) < n {
		lots = append(lots, fx.TransformInto(Coop, "juice", "1000", Kilogram, Kg(lots[len(lots)-1], "1000")))
	}
	return lots
}

func TestBoundsOfAWalk(t *testing.T) {
	fx := newFixture(t)
	lots := makeLotChain(fx, 6)
	for _, row := range []struct {
		name         string
		from         int
		dir          Direction
		depth, limit int
		want         []int
		truncated    bool
	}{
		{"all", 5, Back, 0, 0, []int{0, 1, 2, 3, 4, 5}, false},
		{"exactly deep enough", 5, Back, 5, 6, []int{0, 1, 2, 3, 4, 5}, false},
		{"a step short", 5, Back, 4, 0, []int{1, 2, 3, 4, 5}, true},
		{"a lot short", 5, Back, 0, 5, []int{1, 2, 3, 4, 5}, true},
		{"one lot", 2, Back, 0, 1, []int{2}, true},
		{"forward, a step short", 0, Forward, 4, 0, []int{0, 1, 2, 3, 4}, true},
		{"forward, all", 0, Forward, 0, 0, []int{0, 1, 2, 3, 4, 5}, false},
		{"forward from the end", 5, Forward, 1, 1, []int{5}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			tr, err := fx.Ledger.Trace(lots[row.from], row.dir, row.depth, row.limit)
			if err != nil || tr.Truncated != row.truncated || len(tr.Edges) != len(row.want)-1 {
				t.Fatalf("truncated %v, %d edges, %v; want %v, %d", tr.Truncated, len(tr.Edges), err, row.truncated, len(row.want)-1)
			}
			want := make([]string, 0, len(row.want))
			for _, i := range row.want {
				want = append(want, lots[i])
			}
			expectLots(t, tr, want...)
			for _, e := range tr.Edges {
				if e.To != e.From+1 || e.Amount != Whole(1000) {
					t.Errorf("edge = %+v", e)
				}
			}
			if row.dir == Back && (len(tr.Origins) != 1 || math.Abs(tr.Origins[0].Share-1) > 1e-12) {
				t.Errorf("origins = %+v, want one of all", tr.Origins)
			}
		})
	}
}

// TestTruncatedBeforeAPlaceIsKnown cuts a walk at a lot made without a place: its share is the maker's.
func TestTruncatedBeforeAPlaceIsKnown(t *testing.T) {
	fx := newFixture(t)
	lots := makeLotChain(fx, 3)
	v, err := fx.Ledger.Lot(lots[2], 1)
	if err != nil || len(v.Origins) != 1 || v.Origins[0].Place != Coop.Org || v.Origins[0].Share != 1 {
		t.Fatalf("origins = %+v, %v; want the co-operative", v.Origins, err)
	}
}

func TestTruncatedAtASeason(t *testing.T) {
	fx := newFixture(t)
	compost := fx.HarvestFruit("10")
	fx.MustRecord(Coop, WorkEvent(Day(10, 2), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "10")))
	leaf := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 3), "plot-a", "s-a", LotSpec{ID: leaf, Product: "leaf", Amount: "5"}))
	juice := fx.TransformInto(Coop, "juice", "1", Kilogram, Kg(leaf, "2"))
	for lot, dir := range map[string]Direction{juice: Back, compost: Forward} {
		for depth, cut := range map[int]bool{1: true, 2: false} {
			if tr, err := fx.Ledger.Trace(lot, dir, depth, 0); err != nil || tr.Truncated != cut || len(tr.Nodes) != depth+1 {
				t.Errorf("direction %d, depth %d: truncated %v, %d lots, %v", dir, depth, tr.Truncated, len(tr.Nodes), err)
			}
		}
	}
}

func TestBadBounds(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("1")
	for _, row := range []struct {
		lot          string
		depth, limit int
		code         Code
		field        string
	}{
		{f, -1, 0, CodeBadValue, "depth"}, {f, 1_000_001, 0, CodeBadValue, "depth"}, {f, 0, -1, CodeBadValue, "limit"},
		{f, 0, MaxTraceLimit + 1, CodeBadValue, "limit"}, {f + "x", 0, 0, CodeUnknownLot, "lot"}, {"", 0, 0, CodeRequired, "lot"},
	} {
		_, err := fx.Ledger.Trace(row.lot, Back, row.depth, row.limit)
		expectCode(t, err, row.code, row.field)
	}
	_, err := fx.Ledger.Lot("x", 0)
	expectCode(t, err, CodeUnknownLot, "lot")
}

// TestWorkAtTheVeryTimeOfTheHarvest: a harvest comes of the lots that were spread on its season up to the moment of the harvest, and a
// spread lot leads to the harvests from that moment on. The first of several uses of a lot counts.
func TestWorkAtTheVeryTimeOfTheHarvest(t *testing.T) {
	picked := Day(5, 12)
	for _, row := range []struct {
		name   string
		spread []time.Duration // uses of the compost, counted from the harvest
		fed    bool
	}{
		{"a millisecond before", []time.Duration{-time.Millisecond}, true},
		{"at the very time", []time.Duration{0}, true},
		{"a millisecond after", []time.Duration{time.Millisecond}, false},
		{"after it and at the very time", []time.Duration{time.Hour, 0}, true},
		{"at the very time and after it", []time.Duration{0, time.Hour}, true},
		{"twice after it", []time.Duration{time.Hour, time.Millisecond}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			compost, leaf := fx.NewLotID(), fx.NewLotID()
			fx.MustRecord(Coop, HarvestEvent(Day(4, 1), "plot-a", "", LotSpec{ID: compost, Product: "compost", Amount: "10"}))
			fx.MustRecord(Coop, HarvestEvent(picked, "plot-a", "s-a", LotSpec{ID: leaf, Product: "leaf", Amount: "10"}))
			for _, after := range row.spread {
				fx.MustRecord(Coop, WorkEvent(picked.Add(after), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "1")))
			}
			back, forward := []string{leaf}, []string{compost}
			if row.fed {
				back, forward = append(back, compost), append(forward, leaf)
			}
			tr, err := fx.Ledger.Trace(leaf, Back, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			expectLots(t, tr, back...)
			if tr, err = fx.Ledger.Trace(compost, Forward, 0, 0); err != nil {
				t.Fatal(err)
			}
			expectLots(t, tr, forward...)
		})
	}
}
