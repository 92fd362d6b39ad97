package trace

import "testing"

// TestReceiptIsCorrected withdraws receipts of every sort and checks that each shipment is as before.
func TestReceiptIsCorrected(t *testing.T) {
	at := Day(10, 4)
	for _, row := range []struct {
		name    string
		receipt func(id, f, box, pallet string) *Event
	}{
		{"of a part", func(id, f, _, _ string) *Event { return ReceiveEvent(at, id, quantities(Kg(f, "4"))) }},
		{"of all", func(id, f, box, pallet string) *Event {
			return ReceiveEvent(at, id, quantities(Kg(f, "10")), box, pallet)
		}},
		{"of thirty thousand for thirty", func(id, f, box, pallet string) *Event {
			return ReceiveEvent(at, id, quantities(Kg(f, "30000")), box, pallet).withReason(f, "磅差")
		}},
		{"final, of less", func(id, f, box, pallet string) *Event {
			return ReceiveEvent(at, id, quantities(Kg(f, "9")), box, pallet).withReason(f, "途耗").asFinal()
		}},
		{"final, of nothing but a box", func(id, f, box, pallet string) *Event {
			return ReceiveEvent(at, id, nil, box).withReason(f, "翻车").withReason(pallet, "翻车").asFinal()
		}},
		{"final, of nothing at all", func(id, f, box, pallet string) *Event {
			return ReceiveEvent(at, id, nil).withReason(f, "翻车").withReason(box, "翻车").withReason(pallet, "翻车").asFinal()
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f, id := fx.HarvestFruit("100"), fx.NewShipmentID()
			box := fx.PackUnit(Coop, quantities(Kg(f, "5")))
			pallet := fx.PackUnit(Coop, quantities(Kg(f, "2")), fx.PackUnit(Coop, quantities(Kg(f, "3"))))
			ship := fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "10")), box, pallet))
			r := fx.MustRecord(Mill, row.receipt(id, f, box, pallet))
			fx.expectRefused(Coop, CorrectionEvent(r), CodeNotAllowed, "eventID")
			fx.MustRecord(Mill, CorrectionEvent(r))
			s, _ := fx.Ledger.Shipment(id)
			if s.Closed || len(s.Lots) != 1 || s.Lots[0].Amount != Whole(10) || len(s.Units) != 2 {
				t.Errorf("shipment = %+v, want it open and whole", s)
			}
			if got := fx.HeldAmount(Mill, f); got != "" && got != "0 KGM" {
				t.Errorf("the mill holds %s", got)
			}
			fx.MustRecord(Mill, ReceiveEvent(at, id, quantities(Kg(f, "10")), pallet, box).withComment("right this time"))
			fx.MustRecord(Mill, UnpackEvent(Day(10, 5), pallet))
			fx.expectHeld(Mill, f, "12 KGM")
			fx.expectHeld(Coop, f, "80 KGM")
			fx.expectRefused(Coop, CorrectionEvent(ship), CodeUsedSince, "quantityList[0]")
			fx.expectSameReplay()
		})
	}
}

func (e *Event) withComment(s string) *Event {
	e.Comment = s
	return e
}

// TestWithdrawnShipmentStaysClosed although a receipt of it is withdrawn after it.
func TestWithdrawnShipmentStaysClosed(t *testing.T) {
	fx := newFixture(t)
	f, g, id := fx.HarvestFruit("10"), fx.HarvestFruit("10"), fx.NewShipmentID()
	ship := fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "10"), Kg(g, "10"))))
	all := fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "10"))))
	more := fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "1"))).withReason(f, "磅差"))
	fx.MustRecord(Mill, CorrectionEvent(all))
	fx.MustRecord(Coop, CorrectionEvent(ship))
	fx.MustRecord(Mill, CorrectionEvent(more))
	if s, _ := fx.Ledger.Shipment(id); !s.Closed || len(s.Lots) != 0 {
		t.Errorf("shipment = %+v, want it closed and empty", s)
	}
	fx.expectHeld(Mill, f, "0 KGM")
	fx.expectHeld(Coop, f, "10 KGM")
	fx.expectSameReplay()
}

// TestPackingIsCorrected: packed goods, boxes too, are with their holder again; an unpacking is undone to the same unit.
func TestPackingIsCorrected(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	box, pallet := fx.PackUnit(Coop, quantities(Kg(f, "10"))), fx.NewUnitID()
	r := fx.MustRecord(Coop, PackEvent(Day(10, 3), pallet, quantities(Kg(f, "5")), box))
	unpacked := fx.MustRecord(Coop, UnpackEvent(Day(10, 4), pallet))
	fx.expectHeld(Coop, f, "90 KGM")
	fx.expectRefused(Coop, CorrectionEvent(r), CodeUsedSince, "parentID")
	fx.MustRecord(Coop, CorrectionEvent(unpacked))
	fx.expectHeld(Coop, f, "85 KGM")
	if u, _ := fx.Ledger.Unit(pallet); u.Holder == nil || len(u.Lots) != 1 || len(u.Units) != 1 || u.Lots[0].Amount != Whole(5) {
		t.Errorf("pallet = %+v, want it packed again", u)
	}
	fx.MustRecord(Coop, CorrectionEvent(r))
	fx.expectHeld(Coop, f, "90 KGM")
	if u, _ := fx.Ledger.Unit(pallet); u.Holder != nil || len(u.Lots)+len(u.Units) != 0 {
		t.Errorf("pallet = %+v, want it gone", u)
	}
	if u, _ := fx.Ledger.Unit(box); u.Holder == nil || u.Inside != "" {
		t.Errorf("box = %+v, want it at hand", u)
	}
	fx.MustRecord(Coop, UnpackEvent(Day(10, 5), box))
	fx.expectHeld(Coop, f, "100 KGM")
	fx.expectSameReplay()
}

// receiveFruitAndBox lets the mill receive fruit of the co-operative, loose and in a box.
func (fx *Fixture) receiveFruitAndBox() (fruit, box string, receipt Record) {
	fruit = fx.HarvestFruit("100")
	id := fx.NewShipmentID()
	box = fx.PackUnit(Coop, quantities(Kg(fruit, "5")))
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(fruit, "10")), box))
	return fruit, box, fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(fruit, "10")), box))
}

// usedGoodsCorrections are corrections of events whose goods were used, moved or opened since.
var usedGoodsCorrections = []refusal{
	{"a receipt of which some was used", func(fx *Fixture) (Actor, *Event) {
		f, _, r := fx.receiveFruitAndBox()
		fx.MustRecord(Mill, LossEvent(Day(10, 5), "烂", Kg(f, "1")))
		return Mill, CorrectionEvent(r)
	}, CodeUsedSince, "quantityList[0]"},
	{"a receipt of which a box was opened", func(fx *Fixture) (Actor, *Event) {
		_, box, r := fx.receiveFruitAndBox()
		fx.MustRecord(Mill, UnpackEvent(Day(10, 5), box))
		return Mill, CorrectionEvent(r)
	}, CodeUsedSince, "epcList[0]"},
	{"a receipt of which a box went on", func(fx *Fixture) (Actor, *Event) {
		_, box, r := fx.receiveFruitAndBox()
		fx.MustRecord(Mill, ShipEvent(Day(10, 5), fx.NewShipmentID(), Park, nil, box))
		return Mill, CorrectionEvent(r)
	}, CodeUsedSince, "epcList[0]"},
	{"a packing of which the box went away", func(fx *Fixture) (Actor, *Event) {
		box := fx.NewUnitID()
		r := fx.MustRecord(Coop, PackEvent(Day(10, 2), box, quantities(Kg(fx.HarvestFruit("5"), "5"))))
		fx.MustRecord(Coop, ShipEvent(Day(10, 3), fx.NewShipmentID(), Mill, nil, box))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "parentID"},
	{"a packing of which the box is on a pallet", func(fx *Fixture) (Actor, *Event) {
		box := fx.NewUnitID()
		r := fx.MustRecord(Coop, PackEvent(Day(10, 2), box, quantities(Kg(fx.HarvestFruit("5"), "5"))))
		fx.PackUnit(Coop, nil, box)
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "parentID"},
	{"an unpacking of which some was used", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("5")
		r := fx.MustRecord(Coop, UnpackEvent(Day(10, 5), fx.PackUnit(Coop, quantities(Kg(f, "5")))))
		fx.MustRecord(Coop, LossEvent(Day(10, 5), "烂", Kg(f, "1")))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "parentID"},
	{"an unpacking of which a box was opened", func(fx *Fixture) (Actor, *Event) {
		box := fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "5")))
		r := fx.MustRecord(Coop, UnpackEvent(Day(10, 5), fx.PackUnit(Coop, nil, box)))
		fx.MustRecord(Coop, UnpackEvent(Day(10, 5), box))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "parentID"},
	{"an unpacking by another", func(fx *Fixture) (Actor, *Event) {
		return Mill, CorrectionEvent(fx.MustRecord(Coop, UnpackEvent(Day(10, 5), fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "5"))))))
	}, CodeNotAllowed, "eventID"},
}

func TestCorrectionsOfUsedGoods(t *testing.T) {
	expectRefusals(t, usedGoodsCorrections)
}

// TestNothingBeforeItCame: goods that were made elsewhere are not used before their receipt, nor taken out of a box before the unpacking.
func TestNothingBeforeItCame(t *testing.T) {
	early := Day(10, 3)
	got := func(fx *Fixture) (f, box string) {
		f = fx.HarvestFruit("100")
		id := fx.NewShipmentID()
		box = fx.PackUnit(Coop, quantities(Kg(f, "5")))
		fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "10")), box))
		fx.MustRecord(Mill, ReceiveEvent(Day(10, 8), id, quantities(Kg(f, "10")), box))
		return f, box
	}
	expectRefusals(t, []refusal{
		{"processed before it was received", func(fx *Fixture) (Actor, *Event) {
			f, _ := got(fx)
			return Mill, TransformEvent(early, quantities(Kg(f, "1")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "0.5"})
		}, CodeBeforeLot, "inputQuantityList[0]"},
		{"shipped on before it was received", func(fx *Fixture) (Actor, *Event) {
			f, _ := got(fx)
			return Mill, ShipEvent(early, fx.NewShipmentID(), Park, quantities(Kg(f, "1")))
		}, CodeBeforeLot, "quantityList[0]"},
		{"a box shipped on before it was received", func(fx *Fixture) (Actor, *Event) {
			_, box := got(fx)
			return Mill, ShipEvent(early, fx.NewShipmentID(), Park, nil, box)
		}, CodeBeforeLot, "epcList"},
		{"a box opened before it was received", func(fx *Fixture) (Actor, *Event) {
			_, box := got(fx)
			return Mill, UnpackEvent(early, box)
		}, CodeBeforeLot, "epcList"},
		{"lost before its box was opened", func(fx *Fixture) (Actor, *Event) {
			f := fx.HarvestFruit("100")
			id, box := fx.NewShipmentID(), fx.PackUnit(Coop, quantities(Kg(f, "5")))
			fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, nil, box))
			fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, nil, box))
			fx.MustRecord(Mill, UnpackEvent(Day(10, 8), box))
			return Mill, LossEvent(Day(10, 7), "烂", Kg(f, "1"))
		}, CodeBeforeLot, "quantityList[0]"},
	})
	fx := newFixture(t)
	f, box := got(fx)
	id := fx.ShipToMill(Kg(f, "1"))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, quantities(Kg(f, "1")))) // an earlier receipt, recorded later
	fx.MustRecord(Mill, LossEvent(Day(10, 6), "烂", Kg(f, "1")))
	fx.MustRecord(Mill, UnpackEvent(Day(10, 8), box))
	sent := fx.MustRecord(Mill, ShipEvent(Day(10, 9), fx.NewShipmentID(), Park, quantities(Kg(f, "5"))))
	fx.MustRecord(Mill, CorrectionEvent(sent))
	fx.MustRecord(Mill, LossEvent(Day(10, 6), "烂", Kg(f, "2"))) // goods that come back by a correction are as old as before
	fx.expectSameReplay()
}
