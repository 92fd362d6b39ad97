package trace

import "testing"

func TestShipmentRules(t *testing.T) {
	at := Day(10, 3)
	ship := func(change func(fx *Fixture, e *Event)) func(fx *Fixture) (Actor, *Event) {
		return func(fx *Fixture) (Actor, *Event) {
			e := ShipEvent(at, fx.NewShipmentID(), Mill, quantities(Kg(fx.HarvestFruit("100"), "10")))
			change(fx, e)
			return Coop, e
		}
	}
	expectRefusals(t, []refusal{
		{"of nothing", ship(func(_ *Fixture, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
		{"to nobody", ship(func(_ *Fixture, e *Event) { e.Destinations = nil }), CodeRequired, "destinationList[0].destination"},
		{"to a stranger", ship(func(_ *Fixture, e *Event) { e.Destinations[0].ID += "x" }), CodeUnknownThing, "destinationList[0].destination"},
		{"to itself", ship(func(_ *Fixture, e *Event) { e.Destinations[0].ID = Coop.Org }), CodeBadValue, "destinationList[0].destination"},
		{"without an identifier", ship(func(_ *Fixture, e *Event) { e.BizTransactions = nil }), CodeBadValue,
			"bizTransactionList[0].bizTransaction"},
		{"with a bad key", ship(func(_ *Fixture, e *Event) { e.BizTransactions[0].ID = NS + "/shipment/1" }), CodeBadKey,
			"bizTransactionList[0].bizTransaction"},
		{"with an identifier in use", ship(func(fx *Fixture, e *Event) {
			e.BizTransactions[0].ID = fx.ShipToMill(Kg(fx.HarvestFruit("1"),
				"1"))
		}), CodeKeyTaken, "parentID"},
		{"of more than there is", ship(func(_ *Fixture, e *Event) { e.Quantities[0].Amount = Whole(101) }), CodeInsufficient,
			"quantityList[0].quantity"},
		{"of another's lot", ship(func(fx *Fixture, e *Event) { e.Quantities[0].Class = fx.HarvestFruitAs(Coop2, "plot-b", "50") }),
			CodeNotHolder, "quantityList[0].epcClass"},
		{"of an unknown unit", ship(func(fx *Fixture, e *Event) { e.EPCs = []string{fx.NewUnitID()} }), CodeUnknownThing, "epcList[0]"},
		{"of a lot as if it were a unit", ship(func(fx *Fixture, e *Event) { e.EPCs = []string{fx.HarvestFruit("1")} }), CodeUnknownThing,
			"epcList[0]"},
		{"of another's unit", ship(func(fx *Fixture, e *Event) {
			e.EPCs = []string{fx.PackUnit(Coop2, quantities(Kg(fx.HarvestFruitAs(Coop2, "plot-b", "5"), "5")))}
		}), CodeNotHolder, "epcList"},
		{"of a unit twice", ship(func(fx *Fixture, e *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "5")))
			e.EPCs = []string{box, box}
		}), CodeDuplicateLot, "epcList[1]"},
		{"of a box that is on a pallet", ship(func(fx *Fixture, e *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "5")))
			fx.PackUnit(Coop, nil, box)
			e.EPCs = []string{box}
		}), CodeNotHolder, "epcList"},
	})
}

// editReceipt is a receipt of ten of a hundred kilograms, with a change made before the report.
func editReceipt(who Actor, change func(fx *Fixture, e *Event)) func(fx *Fixture) (Actor, *Event) {
	return func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("100")
		e := ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "10")), quantities(Kg(f, "10")))
		change(fx, e)
		return who, e
	}
}

// receiptRefusals are receipts that the ledger refuses.
var receiptRefusals = []refusal{
	{"of no shipment", editReceipt(Mill, func(_ *Fixture, e *Event) { e.BizTransactions = nil }), CodeUnknownThing,
		"bizTransactionList[0].bizTransaction"},
	{"of a lot's identifier", editReceipt(Mill, func(_ *Fixture, e *Event) { e.BizTransactions[0].ID = Coop.Org }), CodeUnknownThing,
		"bizTransactionList[0].bizTransaction"},
	{"of nothing", editReceipt(Mill, func(_ *Fixture, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
	{"by another", editReceipt(Park, func(*Fixture, *Event) {}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
	{"by the sender", editReceipt(Coop, func(*Fixture, *Event) {}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
	{"of a lot that is not in it", editReceipt(Mill, func(fx *Fixture, e *Event) { e.Quantities[0].Class = fx.HarvestFruit("5") }),
		CodeNotInTransit, "quantityList[0].epcClass"},
	{"of more without a reason", editReceipt(Mill, func(_ *Fixture, e *Event) { e.Quantities[0].Amount = Whole(10) + 1 }), CodeReasonNeeded,
		"quantityList[0].reason"},
	{"of more with an empty reason", editReceipt(Mill, func(_ *Fixture, e *Event) {
		e.Quantities[0].Amount = Whole(11)
		e.withReason(e.Quantities[0].Class, "  ")
	}), CodeReasonNeeded, "quantityList[0].reason"},
	{"of more with a reason for another lot", editReceipt(Mill, func(fx *Fixture, e *Event) {
		e.Quantities[0].Amount = Whole(11)
		e.withReason(fx.NewLotID(), "磅差")
	}), CodeReasonNeeded, "quantityList[0].reason"},
	{"of less, final, without a reason", editReceipt(Mill, func(_ *Fixture, e *Event) {
		e.Quantities[0].Amount = Whole(9)
		e.asFinal()
	}), CodeReasonNeeded, "yousang:differences"},
	{"of more than anyone can hold", editReceipt(Mill, func(fx *Fixture, e *Event) {
		lot := e.Quantities[0].Class
		fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(lot, "1")), quantities(Kg(lot, "1000000000"))).withReason(lot, "磅差"))
		e.Quantities[0].Amount = MaxAmount
		e.withReason(lot, "磅差")
	}), CodeBadQuantity, "quantityList[0].quantity"},
	{"twice", editReceipt(Mill, func(fx *Fixture, e *Event) {
		fx.MustRecord(Mill, e)
		e.Comment = "again"
	}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
	{"final, with a box missing", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("10")
		id := fx.NewShipmentID()
		fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "1")), fx.PackUnit(Coop, quantities(Kg(f, "5")))))
		return Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "1"))).asFinal()
	}, CodeReasonNeeded, "epcList"},
	{"of a box that is not in it", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("10")
		return Mill, ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "1")), nil, fx.PackUnit(Coop, quantities(Kg(f, "5"))))
	}, CodeNotHolder, "epcList"},
	{"of a lot that is in a box in it", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("10")
		id := fx.NewShipmentID()
		fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, nil, fx.PackUnit(Coop, quantities(Kg(f, "5")))))
		return Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "5")))
	}, CodeNotInTransit, "quantityList[0].epcClass"},
}

func TestReceiptRules(t *testing.T) {
	expectRefusals(t, receiptRefusals)
}

func TestReceiptInParts(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	id := fx.ShipToMill(Kg(f, "60"))
	fx.expectHeld(Coop, f, "40 KGM")
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "25"))))
	fx.expectHeld(Mill, f, "25 KGM")
	if s, _ := fx.Ledger.Shipment(id); s.Closed || len(s.Lots) != 1 || s.Lots[0].Amount != Whole(35) {
		t.Fatalf("shipment = %+v, want 35 kg under way", s)
	}
	if got := fx.Ledger.ListUnderWay(Mill.Org, f); len(got) != 1 || got[0] != id {
		t.Fatalf("under way = %v", got)
	}
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, quantities(Kg(f, "35"))))
	fx.expectHeld(Mill, f, "60 KGM")
	if s, _ := fx.Ledger.Shipment(id); !s.Closed {
		t.Fatal("the shipment stays open")
	}
	fx.expectSameReplay()
}

func TestReceiptThatDiffers(t *testing.T) {
	for _, row := range []struct {
		name, received, mill string
		closed               bool
		change               func(e *Event, lot string)
	}{
		{"more, with a reason", "12", "12 KGM", true, func(e *Event, lot string) { e.withReason(lot, "磅差") }},
		{"less, not final", "8", "8 KGM", false, func(*Event, string) {}},
		{"less, final, with a reason", "8", "8 KGM", true, func(e *Event, lot string) { e.withReason(lot, "途耗").asFinal() }},
		{"nothing at all, final, with a reason", "0", "", true, func(e *Event, lot string) { e.withReason(lot, "翻车").asFinal() }},
		{"exact, final", "10", "10 KGM", true, func(e *Event, _ string) { e.asFinal() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f := fx.HarvestFruit("100")
			id := fx.ShipToMill(Kg(f, "10"))
			var list []EventQuantity
			if row.received != "0" {
				list = quantities(Kg(f, row.received))
			}
			e := ReceiveEvent(Day(10, 4), id, list)
			row.change(e, f)
			fx.MustRecord(Mill, e)
			fx.expectHeld(Mill, f, row.mill)
			fx.expectHeld(Coop, f, "90 KGM")
			if s, _ := fx.Ledger.Shipment(id); s.Closed != row.closed {
				t.Fatalf("closed = %v, want %v", s.Closed, row.closed)
			}
			fx.expectSameReplay()
		})
	}
}

func TestPackRules(t *testing.T) {
	at := Day(10, 3)
	expectRefusals(t, []refusal{
		{"nothing", func(fx *Fixture) (Actor, *Event) { return Coop, PackEvent(at, fx.NewUnitID(), nil) }, CodeRequired, "childQuantityList"},
		{"into a unit of another namespace", func(fx *Fixture) (Actor, *Event) {
			return Coop, PackEvent(at, "https://x.example/unit/"+fx.NextKey(), quantities(Kg(fx.HarvestFruit("5"), "1")))
		}, CodeBadValue, "parentID"},
		{"into a unit with a bad key", func(fx *Fixture) (Actor, *Event) {
			return Coop, PackEvent(at, NS+"/unit/222222222223", quantities(Kg(fx.HarvestFruit("5"), "1")))
		}, CodeBadKey, "parentID"},
		{"into a unit in use", func(fx *Fixture) (Actor, *Event) {
			f := fx.HarvestFruit("5")
			return Coop, PackEvent(at, fx.PackUnit(Coop, quantities(Kg(f, "1"))), quantities(Kg(f, "1")))
		}, CodeKeyTaken, "parentID"},
		{"more than there is", func(fx *Fixture) (Actor, *Event) {
			return Coop, PackEvent(at, fx.NewUnitID(), quantities(Kg(fx.HarvestFruit("5"), "6")))
		}, CodeInsufficient, "childQuantityList[0].quantity"},
		{"another's lot", func(fx *Fixture) (Actor, *Event) {
			return Mill, PackEvent(at, fx.NewUnitID(), quantities(Kg(fx.HarvestFruit("5"), "1")))
		}, CodeNotHolder, "childQuantityList[0].epcClass"},
		{"an unknown box", func(fx *Fixture) (Actor, *Event) { return Coop, PackEvent(at, fx.NewUnitID(), nil, fx.NewUnitID()) },
			CodeUnknownThing, "childEPCs[0]"},
		{"a box twice", func(fx *Fixture) (Actor, *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "1")))
			return Coop, PackEvent(at, fx.NewUnitID(), nil, box, box)
		}, CodeDuplicateLot, "childEPCs[1]"},
		{"a box that is on another pallet", func(fx *Fixture) (Actor, *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "1")))
			fx.PackUnit(Coop, nil, box)
			return Coop, PackEvent(at, fx.NewUnitID(), nil, box)
		}, CodeNotHolder, "epcList"},
		{"unpack an unknown unit", func(fx *Fixture) (Actor, *Event) { return Coop, UnpackEvent(at, fx.NewUnitID()) }, CodeUnknownThing,
			"parentID"},
		{"unpack another's unit", func(fx *Fixture) (Actor, *Event) {
			return Mill, UnpackEvent(at, fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "1"))))
		}, CodeNotHolder, "epcList"},
		{"unpack twice", func(fx *Fixture) (Actor, *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "1")))
			fx.MustRecord(Coop, UnpackEvent(at, box))
			return Coop, UnpackEvent(Day(10, 4), box)
		}, CodeNotHolder, "epcList"},
	})
}

func TestPalletTravelsAndIsUnpacked(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	box := fx.PackUnit(Coop, quantities(Kg(f, "10")))
	pallet := fx.PackUnit(Coop, quantities(Kg(f, "5")), box)
	id := fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "1")), pallet))
	if u, _ := fx.Ledger.Unit(box); u.Inside != pallet || u.Holder == nil || u.Holder.ID != Coop.Org {
		t.Fatalf("box under way = %+v", u)
	}
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, nil, pallet))
	if s, _ := fx.Ledger.Shipment(id); s.Closed {
		t.Fatal("closed with a kilogram under way")
	}
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "1"))))
	if s, _ := fx.Ledger.Shipment(id); !s.Closed {
		t.Fatal("still open with everything received")
	}
	fx.expectHeld(Mill, f, "1 KGM")
	fx.MustRecord(Mill, UnpackEvent(Day(10, 5), pallet))
	fx.expectHeld(Mill, f, "6 KGM")
	if u, _ := fx.Ledger.Unit(box); u.Inside != "" || u.Holder.ID != Mill.Org {
		t.Fatalf("box after unpacking = %+v", u)
	}
	fx.MustRecord(Mill, UnpackEvent(Day(10, 6), box))
	fx.expectHeld(Mill, f, "16 KGM")
	fx.expectHeld(Coop, f, "84 KGM")
	fx.expectSameReplay()
}

func TestLossRules(t *testing.T) {
	at := Day(10, 3)
	expectRefusals(t, []refusal{
		{"of nothing", func(*Fixture) (Actor, *Event) { return Coop, LossEvent(at, "烂") }, CodeRequired, "quantityList"},
		{"without a reason", func(fx *Fixture) (Actor, *Event) { return Coop, LossEvent(at, " ", Kg(fx.HarvestFruit("5"), "1")) },
			CodeReasonNeeded, "yousang:reason"},
		{"of more than there is", func(fx *Fixture) (Actor, *Event) { return Coop, LossEvent(at, "烂", Kg(fx.HarvestFruit("5"), "6")) },
			CodeInsufficient, "quantityList[0].quantity"},
		{"of another's lot", func(fx *Fixture) (Actor, *Event) { return Park, LossEvent(at, "烂", Kg(fx.HarvestFruit("5"), "1")) }, CodeNotHolder,
			"quantityList[0].epcClass"},
	})
}
