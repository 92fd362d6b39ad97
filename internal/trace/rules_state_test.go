package trace

import "testing"

const hold, recalled = DispositionHold, DispositionRecalled

// sold is a lot of the co-operative of which the mill has a part.
func sold(d *Desk) string {
	f := d.Fruit("100")
	d.Must(Mill, Receive(Day(10, 4), d.Sent(Kg(f, "40")), some(Kg(f, "40"))))
	return f
}

func TestStateRules(t *testing.T) {
	at := Day(10, 10)
	held := func(a Actor, set string) func(d *Desk) string {
		return func(d *Desk) string {
			f := sold(d)
			d.Must(a, Mark(at, set, "", "农残待检", f))
			return f
		}
	}
	run(t, []refusal{
		{"hold without a reason", func(d *Desk) (Actor, *Event) { return Coop, Mark(at, hold, "", " ", sold(d)) }, CodeReasonNeeded, "yousang:reason"},
		{"hold by a stranger", func(d *Desk) (Actor, *Event) { return Park, Mark(at, hold, "", "可疑", sold(d)) }, CodeNotHolder, "lots"},
		{"inspection by a stranger", func(d *Desk) (Actor, *Event) { return Park, Inspect(at, sold(d)) }, CodeNotHolder, "lots"},
		{"hold of an unknown lot", func(d *Desk) (Actor, *Event) { return Coop, Mark(at, hold, "", "可疑", d.LotID()) }, CodeUnknownLot, "epcList[0]"},
		{"recall of a mistyped lot with a GTIN", func(d *Desk) (Actor, *Event) {
			return Office, Mark(at, recalled, "", "不合格", sold(d), "https://id.gs1.org/01/"+GTIN+"/10/"+d.Key())
		}, CodeUnknownLot, "epcList[1]"},
		{"inspection of an unknown lot of ours", func(d *Desk) (Actor, *Event) {
			e := Inspect(at)
			e.Quantities = some(Kg(d.LotID(), "1"))
			return Coop, e
		}, CodeUnknownLot, "quantityList[0].epcClass"},
		{"recall by a holder", func(d *Desk) (Actor, *Event) { return Mill, Mark(at, recalled, "", "不合格", sold(d)) }, CodeNotAllowed, "status"},
		{"recall lifted by the maker", func(d *Desk) (Actor, *Event) {
			return Coop, Mark(at, "", recalled, "", held(Coop, recalled)(d))
		}, CodeNotAllowed, "status"},
		{"hold of the maker released by a holder", func(d *Desk) (Actor, *Event) { return Mill, Mark(at, "", hold, "", held(Coop, hold)(d)) }, CodeNotAllowed, "status"},
		{"hold of the bureau released by the maker", func(d *Desk) (Actor, *Event) { return Coop, Mark(at, "", hold, "", held(Office, hold)(d)) }, CodeNotAllowed, "status"},
		{"process while on hold", func(d *Desk) (Actor, *Event) {
			return Mill, Transform(at, some(Kg(held(Coop, hold)(d), "1")), Out{ID: d.LotID(), Product: "juice", Amount: "1"})
		}, CodeLotOnHold, "inputQuantityList[0].epcClass"},
		{"ship while on hold", func(d *Desk) (Actor, *Event) {
			return Coop, Ship(at, d.ShipmentID(), Park, some(Kg(held(Mill, hold)(d), "1")))
		}, CodeLotOnHold, "quantityList[0].epcClass"},
		{"pack while recalled", func(d *Desk) (Actor, *Event) {
			return Coop, Pack(at, d.UnitID(), some(Kg(held(Coop, recalled)(d), "1")))
		}, CodeLotRecalled, "childQuantityList[0].epcClass"},
		{"spread while recalled", func(d *Desk) (Actor, *Event) {
			return Coop, Work(at, "s-a", FieldWork{Kind: "fertilise"}, Kg(held(Office, recalled)(d), "1"))
		}, CodeLotRecalled, "inputQuantityList[0].epcClass"},
		{"ship a box with a recalled lot", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("10")
			pallet := d.Boxed(Coop, nil, d.Boxed(Coop, some(Kg(f, "1"))))
			d.Must(Office, Mark(at, recalled, "", "不合格", f))
			return Coop, Ship(at, d.ShipmentID(), Mill, nil, pallet)
		}, CodeLotRecalled, "epcList"},
		{"a bureau harvests", func(d *Desk) (Actor, *Event) {
			return Office, Harvest(at, "plot-a", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"})
		}, CodeNotAllowed, ""},
	})
}

func TestStatesComeAndGo(t *testing.T) {
	at := Day(10, 10)
	for _, row := range []struct {
		name string
		who  Actor
		set  string
		lift Actor
		want string
	}{
		{"the maker holds and releases", Coop, hold, Coop, "hold"},
		{"a holder holds and releases", Mill, hold, Mill, "hold"},
		{"a bureau holds and releases", Office, hold, Office, "hold"},
		{"a bureau releases what a holder held", Mill, hold, Office, "hold"},
		{"the maker recalls, a bureau lifts", Coop, recalled, Office, "recalled"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f := sold(d)
			d.Must(row.who, Mark(at, row.set, "", "农残待检", f))
			if v, _ := d.Ledger.Lot(f, 0); v.Status != row.want {
				t.Fatalf("status = %s, want %s", v.Status, row.want)
			}
			d.Must(Mill, Loss(at, "销毁", Kg(f, "5"))) // destroying what is held or recalled is right
			d.Must(row.lift, Mark(at, "", row.set, "", f))
			if v, _ := d.Ledger.Lot(f, 0); v.Status != "active" {
				t.Fatalf("status = %s, want active", v.Status)
			}
			d.Must(Mill, Transform(at, some(Kg(f, "5")), Out{ID: d.LotID(), Product: "juice", Amount: "3"}))
			d.replayed()
		})
	}
}

func TestRecalledGoodsUnderWayAreReceived(t *testing.T) {
	d := desk(t)
	f := d.Fruit("10")
	id := d.Sent(Kg(f, "10"))
	d.Must(Office, Mark(Day(10, 4), recalled, "", "不合格", f))
	d.Must(Mill, Receive(Day(10, 5), id, some(Kg(f, "10"))))
	d.holds(Mill, f, "10 KGM")
}

// TestRecallTellsThePagesDownstream marks many lots at once and wants every page made of them to change, once each.
func TestRecallTellsThePagesDownstream(t *testing.T) {
	d := desk(t)
	a, other := d.Fruit("10"), d.Fruit("10")
	b := d.MadeOf(Coop, "juice", "5", Kilogram, Kg(a, "10"))
	c := d.MadeOf(Coop, "pomace", "3", Kilogram, Kg(b, "5"))
	r := d.Must(Office, Mark(Day(10, 10), recalled, "", "不合格", a, b))
	for lot, want := range map[string]string{a: "recalled", b: "recalled", c: "active", other: "active"} {
		v, err := d.Ledger.Lot(lot, 0)
		if err != nil || v.Status != want || (v.PageSeq == r.Seq) != (lot != other) {
			t.Errorf("%s: status %s, page of %d, %v; want %s", lot, v.Status, v.PageSeq, err, want)
		}
	}
	if lots, cut := d.Ledger.ListDownstream(a, 2); len(lots) != 2 || !cut {
		t.Errorf("downstream = %v, %v; want two and more", lots, cut)
	}
}

func TestForeignIdentifiersAreOnlyRecorded(t *testing.T) {
	d := desk(t)
	e := Inspect(Day(10, 1), "urn:epc:id:sgtin:0614141.107346.2017")
	e.Type = AssociationEvent
	d.Must(Coop, e)
	d.replayed()
}

// TestRecallAgain: recall, release, and the same recall word for word must not be answered as if it stood.
func TestRecallAgain(t *testing.T) {
	d := desk(t)
	f := d.Fruit("10")
	recall := Mark(Day(10, 5), DispositionRecalled, "", "农残", f)
	d.Must(Office, recall)
	if r := d.Do(Office, recall); r.Err != nil || !r.Repeat {
		t.Fatalf("the recall sent twice: %+v", r)
	}
	d.Must(Office, Mark(Day(10, 6), "", DispositionRecalled, "误报", f))
	d.refused(Office, recall, CodeSameAsBefore, "eventTime")
	again := *recall
	again.Report = "r2"
	d.Must(Office, &again)
	if v, _ := d.Ledger.Lot(f, 0); v.Status != "recalled" {
		t.Fatalf("status = %s", v.Status)
	}
}

// TestTwoReportsAlike: two losses alike in all but the client's id of the report are two.
func TestTwoReportsAlike(t *testing.T) {
	d := desk(t)
	f := d.Fruit("10")
	for _, id := range []string{"a", "b"} {
		e := Loss(Day(10, 5), "烂", Kg(f, "2"))
		e.Report = id
		d.Must(Coop, e)
	}
	d.holds(Coop, f, "6 KGM")
}

// TestKeysAreTheLedgers: people type and say a key alone, so no two lots bear the same, whatever stands before it.
func TestKeysAreTheLedgers(t *testing.T) {
	d := desk(t)
	f := d.Fruit("10")
	gift := "https://id.gs1.org/01/" + GTIN + "/10/" + KeyOf(f)
	d.refused(Coop2, Harvest(Day(10, 5), "plot-b", "", Out{ID: gift, Product: "gift", Amount: "1", Unit: Box}), CodeKeyTaken, "quantityList[0].epcClass")
	if id, err := d.Ledger.ResolveKey(KeyOf(f)); err != nil || id != f {
		t.Fatalf("the key leads to %s, %v", id, err)
	}
}
