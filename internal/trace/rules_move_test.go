package trace

import "testing"

func TestShipmentRules(t *testing.T) {
	at := Day(10, 3)
	ship := func(change func(d *Desk, e *Event)) func(d *Desk) (Actor, *Event) {
		return func(d *Desk) (Actor, *Event) {
			e := Ship(at, d.ShipmentID(), Mill, some(Kg(d.Fruit("100"), "10")))
			change(d, e)
			return Coop, e
		}
	}
	run(t, []refusal{
		{"of nothing", ship(func(_ *Desk, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
		{"to nobody", ship(func(_ *Desk, e *Event) { e.Destinations = nil }), CodeRequired, "destinationList[0].destination"},
		{"to a stranger", ship(func(_ *Desk, e *Event) { e.Destinations[0].ID += "x" }), CodeUnknownThing, "destinationList[0].destination"},
		{"to itself", ship(func(_ *Desk, e *Event) { e.Destinations[0].ID = Coop.Org }), CodeBadValue, "destinationList[0].destination"},
		{"without an identifier", ship(func(_ *Desk, e *Event) { e.BizTransactions = nil }), CodeBadValue, "bizTransactionList[0].bizTransaction"},
		{"with a bad key", ship(func(_ *Desk, e *Event) { e.BizTransactions[0].ID = NS + "/shipment/1" }), CodeBadKey, "bizTransactionList[0].bizTransaction"},
		{"with an identifier in use", ship(func(d *Desk, e *Event) { e.BizTransactions[0].ID = d.Sent(Kg(d.Fruit("1"), "1")) }), CodeKeyTaken, "parentID"},
		{"of more than there is", ship(func(_ *Desk, e *Event) { e.Quantities[0].Amount = Whole(101) }), CodeInsufficient, "quantityList[0].quantity"},
		{"of another's lot", ship(func(d *Desk, e *Event) { e.Quantities[0].Class = d.FruitOf(Coop2, "plot-b", "50") }), CodeNotHolder, "quantityList[0].epcClass"},
		{"of an unknown unit", ship(func(d *Desk, e *Event) { e.EPCs = []string{d.UnitID()} }), CodeUnknownThing, "epcList[0]"},
		{"of a lot as if it were a unit", ship(func(d *Desk, e *Event) { e.EPCs = []string{d.Fruit("1")} }), CodeUnknownThing, "epcList[0]"},
		{"of another's unit", ship(func(d *Desk, e *Event) {
			e.EPCs = []string{d.Boxed(Coop2, some(Kg(d.FruitOf(Coop2, "plot-b", "5"), "5")))}
		}), CodeNotHolder, "epcList"},
		{"of a unit twice", ship(func(d *Desk, e *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "5")))
			e.EPCs = []string{box, box}
		}), CodeDuplicateLot, "epcList[1]"},
		{"of a box that is on a pallet", ship(func(d *Desk, e *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "5")))
			d.Boxed(Coop, nil, box)
			e.EPCs = []string{box}
		}), CodeNotHolder, "epcList"},
	})
}

func TestReceiptRules(t *testing.T) {
	at := Day(10, 4)
	receive := func(who Actor, change func(d *Desk, e *Event)) func(d *Desk) (Actor, *Event) {
		return func(d *Desk) (Actor, *Event) {
			f := d.Fruit("100")
			e := Receive(at, d.Sent(Kg(f, "10")), some(Kg(f, "10")))
			change(d, e)
			return who, e
		}
	}
	run(t, []refusal{
		{"of no shipment", receive(Mill, func(_ *Desk, e *Event) { e.BizTransactions = nil }), CodeUnknownThing, "bizTransactionList[0].bizTransaction"},
		{"of a lot's identifier", receive(Mill, func(_ *Desk, e *Event) { e.BizTransactions[0].ID = Coop.Org }), CodeUnknownThing, "bizTransactionList[0].bizTransaction"},
		{"of nothing", receive(Mill, func(_ *Desk, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
		{"by another", receive(Park, func(*Desk, *Event) {}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
		{"by the sender", receive(Coop, func(*Desk, *Event) {}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
		{"of a lot that is not in it", receive(Mill, func(d *Desk, e *Event) { e.Quantities[0].Class = d.Fruit("5") }), CodeNotInTransit, "quantityList[0].epcClass"},
		{"of more without a reason", receive(Mill, func(_ *Desk, e *Event) { e.Quantities[0].Amount = Whole(10) + 1 }), CodeReasonNeeded, "quantityList[0].reason"},
		{"of more with an empty reason", receive(Mill, func(_ *Desk, e *Event) {
			e.Quantities[0].Amount = Whole(11)
			e.because(e.Quantities[0].Class, "  ")
		}), CodeReasonNeeded, "quantityList[0].reason"},
		{"of more with a reason for another lot", receive(Mill, func(d *Desk, e *Event) {
			e.Quantities[0].Amount = Whole(11)
			e.because(d.LotID(), "磅差")
		}), CodeReasonNeeded, "quantityList[0].reason"},
		{"of less, final, without a reason", receive(Mill, func(_ *Desk, e *Event) {
			e.Quantities[0].Amount = Whole(9)
			e.final()
		}), CodeReasonNeeded, "yousang:differences"},
		{"of more than anyone can hold", receive(Mill, func(d *Desk, e *Event) {
			lot := e.Quantities[0].Class
			d.Must(Mill, Receive(at, d.Sent(Kg(lot, "1")), some(Kg(lot, "1000000000"))).because(lot, "磅差"))
			e.Quantities[0].Amount = MaxAmount
			e.because(lot, "磅差")
		}), CodeBadQuantity, "quantityList[0].quantity"},
		{"twice", receive(Mill, func(d *Desk, e *Event) {
			d.Must(Mill, e)
			e.Comment = "again"
		}), CodeNotInTransit, "bizTransactionList[0].bizTransaction"},
		{"final, with a box missing", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("10")
			id := d.ShipmentID()
			d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "1")), d.Boxed(Coop, some(Kg(f, "5")))))
			return Mill, Receive(at, id, some(Kg(f, "1"))).final()
		}, CodeReasonNeeded, "epcList"},
		{"of a box that is not in it", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("10")
			return Mill, Receive(at, d.Sent(Kg(f, "1")), nil, d.Boxed(Coop, some(Kg(f, "5"))))
		}, CodeNotHolder, "epcList"},
		{"of a lot that is in a box in it", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("10")
			id := d.ShipmentID()
			d.Must(Coop, Ship(Day(10, 3), id, Mill, nil, d.Boxed(Coop, some(Kg(f, "5")))))
			return Mill, Receive(at, id, some(Kg(f, "5")))
		}, CodeNotInTransit, "quantityList[0].epcClass"},
	})
}

func TestReceiptInParts(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	id := d.Sent(Kg(f, "60"))
	d.holds(Coop, f, "40 KGM")
	d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "25"))))
	d.holds(Mill, f, "25 KGM")
	if s, _ := d.Ledger.Shipment(id); s.Closed || len(s.Lots) != 1 || s.Lots[0].Amount != Whole(35) {
		t.Fatalf("shipment = %+v, want 35 kg under way", s)
	}
	if got := d.Ledger.ListUnderWay(Mill.Org, f); len(got) != 1 || got[0] != id {
		t.Fatalf("under way = %v", got)
	}
	d.Must(Mill, Receive(Day(10, 5), id, some(Kg(f, "35"))))
	d.holds(Mill, f, "60 KGM")
	if s, _ := d.Ledger.Shipment(id); !s.Closed {
		t.Fatal("the shipment stays open")
	}
	d.replayed()
}

func TestReceiptThatDiffers(t *testing.T) {
	for _, row := range []struct {
		name, received, mill string
		closed               bool
		change               func(e *Event, lot string)
	}{
		{"more, with a reason", "12", "12 KGM", true, func(e *Event, lot string) { e.because(lot, "磅差") }},
		{"less, not final", "8", "8 KGM", false, func(*Event, string) {}},
		{"less, final, with a reason", "8", "8 KGM", true, func(e *Event, lot string) { e.because(lot, "途耗").final() }},
		{"nothing at all, final, with a reason", "0", "", true, func(e *Event, lot string) { e.because(lot, "翻车").final() }},
		{"exact, final", "10", "10 KGM", true, func(e *Event, _ string) { e.final() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f := d.Fruit("100")
			id := d.Sent(Kg(f, "10"))
			var list []EventQuantity
			if row.received != "0" {
				list = some(Kg(f, row.received))
			}
			e := Receive(Day(10, 4), id, list)
			row.change(e, f)
			d.Must(Mill, e)
			d.holds(Mill, f, row.mill)
			d.holds(Coop, f, "90 KGM")
			if s, _ := d.Ledger.Shipment(id); s.Closed != row.closed {
				t.Fatalf("closed = %v, want %v", s.Closed, row.closed)
			}
			d.replayed()
		})
	}
}

func TestPackRules(t *testing.T) {
	at := Day(10, 3)
	run(t, []refusal{
		{"nothing", func(d *Desk) (Actor, *Event) { return Coop, Pack(at, d.UnitID(), nil) }, CodeRequired, "childQuantityList"},
		{"into a unit of another namespace", func(d *Desk) (Actor, *Event) {
			return Coop, Pack(at, "https://x.example/unit/"+d.Key(), some(Kg(d.Fruit("5"), "1")))
		}, CodeBadValue, "parentID"},
		{"into a unit with a bad key", func(d *Desk) (Actor, *Event) {
			return Coop, Pack(at, NS+"/unit/222222222223", some(Kg(d.Fruit("5"), "1")))
		}, CodeBadKey, "parentID"},
		{"into a unit in use", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			return Coop, Pack(at, d.Boxed(Coop, some(Kg(f, "1"))), some(Kg(f, "1")))
		}, CodeKeyTaken, "parentID"},
		{"more than there is", func(d *Desk) (Actor, *Event) { return Coop, Pack(at, d.UnitID(), some(Kg(d.Fruit("5"), "6"))) }, CodeInsufficient, "childQuantityList[0].quantity"},
		{"another's lot", func(d *Desk) (Actor, *Event) { return Mill, Pack(at, d.UnitID(), some(Kg(d.Fruit("5"), "1"))) }, CodeNotHolder, "childQuantityList[0].epcClass"},
		{"an unknown box", func(d *Desk) (Actor, *Event) { return Coop, Pack(at, d.UnitID(), nil, d.UnitID()) }, CodeUnknownThing, "childEPCs[0]"},
		{"a box twice", func(d *Desk) (Actor, *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "1")))
			return Coop, Pack(at, d.UnitID(), nil, box, box)
		}, CodeDuplicateLot, "childEPCs[1]"},
		{"a box that is on another pallet", func(d *Desk) (Actor, *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "1")))
			d.Boxed(Coop, nil, box)
			return Coop, Pack(at, d.UnitID(), nil, box)
		}, CodeNotHolder, "epcList"},
		{"unpack an unknown unit", func(d *Desk) (Actor, *Event) { return Coop, Unpack(at, d.UnitID()) }, CodeUnknownThing, "parentID"},
		{"unpack another's unit", func(d *Desk) (Actor, *Event) { return Mill, Unpack(at, d.Boxed(Coop, some(Kg(d.Fruit("5"), "1")))) }, CodeNotHolder, "epcList"},
		{"unpack twice", func(d *Desk) (Actor, *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "1")))
			d.Must(Coop, Unpack(at, box))
			return Coop, Unpack(Day(10, 4), box)
		}, CodeNotHolder, "epcList"},
	})
}

func TestPalletTravelsAndIsUnpacked(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	box := d.Boxed(Coop, some(Kg(f, "10")))
	pallet := d.Boxed(Coop, some(Kg(f, "5")), box)
	id := d.ShipmentID()
	d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "1")), pallet))
	if u, _ := d.Ledger.Unit(box); u.Inside != pallet || u.Holder == nil || u.Holder.ID != Coop.Org {
		t.Fatalf("box under way = %+v", u)
	}
	d.Must(Mill, Receive(Day(10, 4), id, nil, pallet))
	if s, _ := d.Ledger.Shipment(id); s.Closed {
		t.Fatal("closed with a kilogram under way")
	}
	d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "1"))))
	if s, _ := d.Ledger.Shipment(id); !s.Closed {
		t.Fatal("still open with everything received")
	}
	d.holds(Mill, f, "1 KGM")
	d.Must(Mill, Unpack(Day(10, 5), pallet))
	d.holds(Mill, f, "6 KGM")
	if u, _ := d.Ledger.Unit(box); u.Inside != "" || u.Holder.ID != Mill.Org {
		t.Fatalf("box after unpacking = %+v", u)
	}
	d.Must(Mill, Unpack(Day(10, 6), box))
	d.holds(Mill, f, "16 KGM")
	d.holds(Coop, f, "84 KGM")
	d.replayed()
}

func TestLossRules(t *testing.T) {
	at := Day(10, 3)
	run(t, []refusal{
		{"of nothing", func(*Desk) (Actor, *Event) { return Coop, Loss(at, "烂") }, CodeRequired, "quantityList"},
		{"without a reason", func(d *Desk) (Actor, *Event) { return Coop, Loss(at, " ", Kg(d.Fruit("5"), "1")) }, CodeReasonNeeded, "yousang:reason"},
		{"of more than there is", func(d *Desk) (Actor, *Event) { return Coop, Loss(at, "烂", Kg(d.Fruit("5"), "6")) }, CodeInsufficient, "quantityList[0].quantity"},
		{"of another's lot", func(d *Desk) (Actor, *Event) { return Park, Loss(at, "烂", Kg(d.Fruit("5"), "1")) }, CodeNotHolder, "quantityList[0].epcClass"},
	})
}
