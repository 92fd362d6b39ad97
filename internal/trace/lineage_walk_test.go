package trace

import (
	"math"
	"testing"
)

func TestOriginShares(t *testing.T) {
	type share struct {
		place string
		share float64
	}
	a, b := "village-a", "village-b"
	for _, row := range []struct {
		name string
		make func(d *Desk) string
		want []share
	}{
		{"a harvest is all its own", func(d *Desk) string { return d.Fruit("10") }, []share{{a, 1}}},
		{"by mass: 62 and 38", func(d *Desk) string {
			return d.mix(Kg(d.Fruit("62"), "62"), Kg(d.theirs("38"), "38"))
		}, []share{{a, 0.62}, {b, 0.38}}},
		{"by what was taken, not by what was there", func(d *Desk) string {
			return d.mix(Kg(d.Fruit("1000"), "1"), Kg(d.theirs("3"), "3"))
		}, []share{{b, 0.75}, {a, 0.25}}},
		{"handed down over two steps", func(d *Desk) string {
			half := d.mix(Kg(d.Fruit("50"), "50"), Kg(d.theirs("50"), "50"))
			return d.mix(Kg(half, "40"), Kg(d.theirs("60"), "60"))
		}, []share{{b, 0.8}, {a, 0.2}}},
		{"a lot that comes in by two ways", func(d *Desk) string {
			f := d.Fruit("100")
			one, two := d.mix(Kg(f, "50")), d.mix(Kg(f, "50"), Kg(d.theirs("50"), "50"))
			return d.mix(Kg(one, "25"), Kg(two, "75"))
		}, []share{{a, 0.625}, {b, 0.375}}},
		{"by nominal mass: jars of half a kilogram", func(d *Desk) string {
			jars := d.MadeOf(Coop, "jar", "20", Piece, Kg(d.Fruit("20"), "10"))
			return d.MadeOf(Coop, "bag", "3", Bag, Q(jars, "20", Piece), Kg(d.theirs("30"), "30"))
		}, []share{{b, 0.75}, {a, 0.25}}},
		{"by count where no mass is known", func(d *Desk) string {
			return d.MadeOf(Coop, "bag", "4", Bag, Q(d.bags(d.Fruit("9"), "1"), "1", Bag), Q(d.bags(d.theirs("9"), "3"), "3", Bag))
		}, []share{{b, 0.75}, {a, 0.25}}},
		{"what has no mass carries no share beside what has", func(d *Desk) string {
			return d.MadeOf(Coop, "bag", "4", Bag, Q(d.bags(d.Fruit("9"), "1"), "1", Bag), Kg(d.theirs("9"), "3"))
		}, []share{{b, 1}}},
		{"by dry mass where all declare it", func(d *Desk) string {
			return d.mix(Kg(d.dry("plot-a", "100", "30"), "100"), Kg(d.dry("plot-b", "100", "10"), "100"))
		}, []share{{a, 0.75}, {b, 0.25}}},
		{"by dry mass in proportion", func(d *Desk) string {
			return d.mix(Kg(d.dry("plot-a", "100", "30"), "50"), Kg(d.dry("plot-b", "100", "15"), "100"))
		}, []share{{a, 0.5}, {b, 0.5}}},
		{"by mass where one declares no dry mass", func(d *Desk) string {
			return d.mix(Kg(d.dry("plot-a", "100", "30"), "50"), Kg(d.theirs("50"), "50"))
		}, []share{{a, 0.5}, {b, 0.5}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			tr, err := d.Ledger.Trace(row.make(d), Back, 0, 0)
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
					if o.Place == under(w.place) && math.Abs(o.Share-w.share) > 1e-12 {
						t.Errorf("%s: share %v, want %v", w.place, o.Share, w.share)
					}
				}
			}
			if w := row.want[0].place; len(row.want) > 1 && row.want[0].share > row.want[1].share && tr.Origins[0].Place != under(w) {
				t.Errorf("first is %s, want %s", tr.Origins[0].Place, w)
			}
		})
	}
}

// theirs is fruit of village b, sent to the co-operative.
func (d *Desk) theirs(kg string) string {
	f := d.FruitOf(Coop2, "plot-b", kg)
	d.give(Kg(f, kg))
	return f
}

func (d *Desk) give(q EventQuantity) {
	d.T.Helper()
	id := d.ShipmentID()
	d.Must(Coop2, Ship(Day(10, 2), id, Coop, some(q)))
	d.Must(Coop, Receive(Day(10, 3), id, some(q)))
}

func (d *Desk) mix(in ...EventQuantity) string {
	var sum Amount
	for _, q := range in {
		sum += q.Amount
	}
	return d.MadeOf(Coop, "juice", sum.String(), Kilogram, in...)
}

func (d *Desk) bags(lot, n string) string { return d.MadeOf(Coop, "bag", n, Bag, Kg(lot, "1")) }

func (d *Desk) dry(place, kg, dry string) string {
	d.T.Helper()
	who := map[string]Actor{"plot-a": Coop, "plot-b": Coop2}[place]
	id := d.LotID()
	d.Must(who, Harvest(Day(10, 1), place, "", Out{ID: id, Product: "leaf", Amount: kg, Facts: LotFacts{DryMass: Kg("", dry).Amount}}))
	if who == Coop2 {
		d.give(Kg(id, kg))
	}
	return id
}

// line makes a chain of n lots, each of the one before.
func line(d *Desk, n int) []string {
	lots := []string{d.Fruit("1000")}
	for len(lots) < n {
		lots = append(lots, d.MadeOf(Coop, "juice", "1000", Kilogram, Kg(lots[len(lots)-1], "1000")))
	}
	return lots
}

func TestBoundsOfAWalk(t *testing.T) {
	d := desk(t)
	lots := line(d, 6)
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
			tr, err := d.Ledger.Trace(lots[row.from], row.dir, row.depth, row.limit)
			if err != nil || tr.Truncated != row.truncated || len(tr.Edges) != len(row.want)-1 {
				t.Fatalf("truncated %v, %d edges, %v; want %v, %d", tr.Truncated, len(tr.Edges), err, row.truncated, len(row.want)-1)
			}
			want := make([]string, 0, len(row.want))
			for _, i := range row.want {
				want = append(want, lots[i])
			}
			wantLots(t, tr, want...)
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
	d := desk(t)
	lots := line(d, 3)
	v, err := d.Ledger.Lot(lots[2], 1)
	if err != nil || len(v.Origins) != 1 || v.Origins[0].Place != Coop.Org || v.Origins[0].Share != 1 {
		t.Fatalf("origins = %+v, %v; want the co-operative", v.Origins, err)
	}
}

func TestTruncatedAtASeason(t *testing.T) {
	d := desk(t)
	compost := d.Fruit("10")
	d.Must(Coop, Work(Day(10, 2), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "10")))
	leaf := d.LotID()
	d.Must(Coop, Harvest(Day(10, 3), "plot-a", "s-a", Out{ID: leaf, Product: "leaf", Amount: "5"}))
	juice := d.MadeOf(Coop, "juice", "1", Kilogram, Kg(leaf, "2"))
	for lot, dir := range map[string]Direction{juice: Back, compost: Forward} {
		for depth, cut := range map[int]bool{1: true, 2: false} {
			if tr, err := d.Ledger.Trace(lot, dir, depth, 0); err != nil || tr.Truncated != cut || len(tr.Nodes) != depth+1 {
				t.Errorf("direction %d, depth %d: truncated %v, %d lots, %v", dir, depth, tr.Truncated, len(tr.Nodes), err)
			}
		}
	}
}

func TestBadBounds(t *testing.T) {
	d := desk(t)
	f := d.Fruit("1")
	for _, row := range []struct {
		lot          string
		depth, limit int
		code         Code
		field        string
	}{
		{f, -1, 0, CodeBadValue, "depth"}, {f, 1_000_001, 0, CodeBadValue, "depth"}, {f, 0, -1, CodeBadValue, "limit"},
		{f, 0, MaxTraceLimit + 1, CodeBadValue, "limit"}, {f + "x", 0, 0, CodeUnknownLot, "lot"}, {"", 0, 0, CodeRequired, "lot"},
	} {
		_, err := d.Ledger.Trace(row.lot, Back, row.depth, row.limit)
		wantCode(t, err, row.code, row.field)
	}
	_, err := d.Ledger.Lot("x", 0)
	wantCode(t, err, CodeUnknownLot, "lot")
}
