package trace

import "testing"

const hold, recalled = DispositionHold, DispositionRecalled

// sellPart makes a lot of the co-operative of which the mill gets a part.
func sellPart(fx *Fixture) string {
	f := fx.HarvestFruit("100")
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "40")), quantities(Kg(f, "40"))))
	return f
}

// markSold has an actor set a condition of a lot that is sold in part.
func markSold(fx *Fixture, a Actor, condition string) string {
	f := sellPart(fx)
	fx.MustRecord(a, StatusEvent(Day(10, 10), condition, "", "农残待检", f))
	return f
}

// stateRefusals are changes of a condition, and uses of goods in a bad condition, that the ledger refuses.
var stateRefusals = []refusal{
	{"hold without a reason", func(fx *Fixture) (Actor, *Event) { return Coop, StatusEvent(Day(10, 10), hold, "", " ", sellPart(fx)) },
		CodeReasonNeeded, "yousang:reason"},
	{"hold by a stranger", func(fx *Fixture) (Actor, *Event) {
		return Park, StatusEvent(Day(10, 10), hold, "", "可疑", sellPart(fx))
	},
		CodeNotHolder, "lots"},
	{"inspection by a stranger", func(fx *Fixture) (Actor, *Event) { return Park, InspectEvent(Day(10, 10), sellPart(fx)) }, CodeNotHolder,
		"lots"},
	{"hold of an unknown lot", func(fx *Fixture) (Actor, *Event) {
		return Coop, StatusEvent(Day(10, 10), hold, "", "可疑", fx.NewLotID())
	}, CodeUnknownLot, "epcList[0]"},
	{"recall of a mistyped lot with a GTIN", func(fx *Fixture) (Actor, *Event) {
		return Office, StatusEvent(Day(10, 10), recalled, "", "不合格", sellPart(fx), "https://id.gs1.org/01/"+GTIN+"/10/"+fx.NextKey())
	}, CodeUnknownLot, "epcList[1]"},
	{"inspection of an unknown lot of ours", func(fx *Fixture) (Actor, *Event) {
		e := InspectEvent(Day(10, 10))
		e.Quantities = quantities(Kg(fx.NewLotID(), "1"))
		return Coop, e
	}, CodeUnknownLot, "quantityList[0].epcClass"},
	{"recall by a holder", func(fx *Fixture) (Actor, *Event) {
		return Mill, StatusEvent(Day(10, 10), recalled, "", "不合格", sellPart(fx))
	}, CodeNotAllowed, "status"},
	{"recall lifted by the maker", func(fx *Fixture) (Actor, *Event) {
		return Coop, StatusEvent(Day(10, 10), "", recalled, "", markSold(fx, Coop, recalled))
	}, CodeNotAllowed, "status"},
	{"hold of the maker released by a holder", func(fx *Fixture) (Actor, *Event) {
		return Mill, StatusEvent(Day(10, 10), "", hold, "", markSold(fx, Coop, hold))
	}, CodeNotAllowed, "status"},
	{"hold of the bureau released by the maker", func(fx *Fixture) (Actor, *Event) {
		return Coop, StatusEvent(Day(10, 10), "", hold, "", markSold(fx, Office, hold))
	}, CodeNotAllowed, "status"},
	{"process while on hold", func(fx *Fixture) (Actor, *Event) {
		return Mill, TransformEvent(Day(10, 10), quantities(Kg(markSold(fx, Coop, hold), "1")),
			LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "1"})
	}, CodeLotOnHold, "inputQuantityList[0].epcClass"},
	{"ship while on hold", func(fx *Fixture) (Actor, *Event) {
		return Coop, ShipEvent(Day(10, 10), fx.NewShipmentID(), Park, quantities(Kg(markSold(fx, Mill, hold), "1")))
	}, CodeLotOnHold, "quantityList[0].epcClass"},
	{"pack while recalled", func(fx *Fixture) (Actor, *Event) {
		return Coop, PackEvent(Day(10, 10), fx.NewUnitID(), quantities(Kg(markSold(fx, Coop, recalled), "1")))
	}, CodeLotRecalled, "childQuantityList[0].epcClass"},
	{"spread while recalled", func(fx *Fixture) (Actor, *Event) {
		return Coop, WorkEvent(Day(10, 10), "s-a", FieldWork{Kind: "fertilise"}, Kg(markSold(fx, Office, recalled), "1"))
	}, CodeLotRecalled, "inputQuantityList[0].epcClass"},
	{"ship a box with a recalled lot", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("10")
		pallet := fx.PackUnit(Coop, nil, fx.PackUnit(Coop, quantities(Kg(f, "1"))))
		fx.MustRecord(Office, StatusEvent(Day(10, 10), recalled, "", "不合格", f))
		return Coop, ShipEvent(Day(10, 10), fx.NewShipmentID(), Mill, nil, pallet)
	}, CodeLotRecalled, "epcList"},
	{"a bureau harvests", func(fx *Fixture) (Actor, *Event) {
		return Office, HarvestEvent(Day(10, 10), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"})
	}, CodeNotAllowed, ""},
}

func TestStateRules(t *testing.T) {
	expectRefusals(t, stateRefusals)
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
			fx := newFixture(t)
			f := sellPart(fx)
			fx.MustRecord(row.who, StatusEvent(at, row.set, "", "农残待检", f))
			if v, _ := fx.Ledger.Lot(f, 0); v.Status != row.want {
				t.Fatalf("status = %s, want %s", v.Status, row.want)
			}
			fx.MustRecord(Mill, LossEvent(at, "销毁", Kg(f, "5"))) // destroying what is held or recalled is right
			fx.MustRecord(row.lift, StatusEvent(at, "", row.set, "", f))
			if v, _ := fx.Ledger.Lot(f, 0); v.Status != "active" {
				t.Fatalf("status = %s, want active", v.Status)
			}
			fx.MustRecord(Mill, TransformEvent(at, quantities(Kg(f, "5")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "3"}))
			fx.expectSameReplay()
		})
	}
}

func TestRecalledGoodsUnderWayAreReceived(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("10")
	id := fx.ShipToMill(Kg(f, "10"))
	fx.MustRecord(Office, StatusEvent(Day(10, 4), recalled, "", "不合格", f))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, quantities(Kg(f, "10"))))
	fx.expectHeld(Mill, f, "10 KGM")
}

// TestRecallTellsThePagesDownstream marks many lots at once and checks that every page of a lot made of them changes, once each.
func TestRecallTellsThePagesDownstream(t *testing.T) {
	fx := newFixture(t)
	a, other := fx.HarvestFruit("10"), fx.HarvestFruit("10")
	b := fx.TransformInto(Coop, "juice", "5", Kilogram, Kg(a, "10"))
	c := fx.TransformInto(Coop, "pomace", "3", Kilogram, Kg(b, "5"))
	r := fx.MustRecord(Office, StatusEvent(Day(10, 10), recalled, "", "不合格", a, b))
	for lot, want := range map[string]string{a: "recalled", b: "recalled", c: "active", other: "active"} {
		v, err := fx.Ledger.Lot(lot, 0)
		if err != nil || v.Status != want || (v.PageSeq == r.Seq) != (lot != other) {
			t.Errorf("%s: status %s, page of %d, %v; want %s", lot, v.Status, v.PageSeq, err, want)
		}
	}
	if lots, cut := fx.Ledger.ListDownstream(a, 2); len(lots) != 2 || !cut {
		t.Errorf("downstream = %v, %v; want two and more", lots, cut)
	}
}

func TestForeignIdentifiersAreOnlyRecorded(t *testing.T) {
	fx := newFixture(t)
	e := InspectEvent(Day(10, 1), "urn:epc:id:sgtin:0614141.107346.2017")
	e.Type = AssociationEvent
	fx.MustRecord(Coop, e)
	fx.expectSameReplay()
}

// TestRecallAgain: recall, release, and the same recall word for word must not be answered as if it stood.
func TestRecallAgain(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("10")
	recall := StatusEvent(Day(10, 5), DispositionRecalled, "", "农残", f)
	fx.MustRecord(Office, recall)
	if r := fx.Submit(Office, recall); r.Err != nil || !r.Repeat {
		t.Fatalf("the recall sent twice: %+v", r)
	}
	fx.MustRecord(Office, StatusEvent(Day(10, 6), "", DispositionRecalled, "误报", f))
	fx.expectRefused(Office, recall, CodeSameAsBefore, "eventTime")
	again := *recall
	again.Report = "r2"
	fx.MustRecord(Office, &again)
	if v, _ := fx.Ledger.Lot(f, 0); v.Status != "recalled" {
		t.Fatalf("status = %s", v.Status)
	}
}

// TestTwoReportsAlike: two losses alike in all but the client's id of the report are two.
func TestTwoReportsAlike(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("10")
	for _, id := range []string{"a", "b"} {
		e := LossEvent(Day(10, 5), "烂", Kg(f, "2"))
		e.Report = id
		fx.MustRecord(Coop, e)
	}
	fx.expectHeld(Coop, f, "6 KGM")
}

// TestKeysAreTheLedgers: people type and say a key alone, so no two lots bear the same, whatever stands before it.
func TestKeysAreTheLedgers(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("10")
	gift := "https://id.gs1.org/01/" + GTIN + "/10/" + KeyOf(f)
	fx.expectRefused(Coop2, HarvestEvent(Day(10, 5), "plot-b", "", LotSpec{ID: gift, Product: "gift", Amount: "1", Unit: Box}), CodeKeyTaken,
		"quantityList[0].epcClass")
	if id, err := fx.Ledger.ResolveKey(KeyOf(f)); err != nil || id != f {
		t.Fatalf("the key leads to %s, %v", id, err)
	}
}
