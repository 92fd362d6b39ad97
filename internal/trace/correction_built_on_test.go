package trace

import "testing"

// TestTwinKeysInOneEvent: one event cannot make two lots of one key either, under whatever prefixes.
func TestTwinKeysInOneEvent(t *testing.T) {
	fx := newFixture(t)
	id := fx.NewLotID()
	twin := "https://id.gs1.org/01/" + GTIN + "/10/" + KeyOf(id)
	fx.expectRefused(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: id, Product: "fruit", Amount: "3"},
		LotSpec{ID: twin, Product: "gift", Amount: "7", Unit: Box}),
		CodeDuplicateLot, "quantityList[1].epcClass")
}

// TestHarvestThatOthersBuiltOn: a lot that came back to its maker in full may still be with others, who got some of the lot by a
// difference.
func TestHarvestThatOthersBuiltOn(t *testing.T) {
	fx := newFixture(t)
	f := fx.NewLotID()
	made := fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: f, Product: "fruit", Amount: "100"}))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "30")), quantities(Kg(f, "40"))).withReason(f, "磅差").asFinal())
	back := fx.NewShipmentID()
	fx.MustRecord(Mill, ShipEvent(Day(10, 5), back, Coop, quantities(Kg(f, "30"))))
	fx.MustRecord(Coop, ReceiveEvent(Day(10, 6), back, quantities(Kg(f, "30"))).asFinal())
	fx.expectHeld(Coop, f, "100 KGM")
	fx.expectRefused(Coop, CorrectionEvent(made), CodeUsedSince, "eventID")
	if v, _ := fx.Ledger.Lot(f, 0); v.Status != "active" {
		t.Errorf("status = %s", v.Status)
	}
}

// TestHarvestLookedAtMayBeWithdrawn: an inspection builds nothing, and neither does a shipment that was withdrawn itself.
func TestHarvestLookedAtMayBeWithdrawn(t *testing.T) {
	fx := newFixture(t)
	f := fx.NewLotID()
	made := fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: f, Product: "fruit", Amount: "100"}))
	fx.MustRecord(Coop, InspectEvent(Day(10, 2), f))
	sent := fx.MustRecord(Coop, ShipEvent(Day(10, 3), fx.NewShipmentID(), Mill, quantities(Kg(f, "30"))))
	fx.expectRefused(Coop, CorrectionEvent(made), CodeUsedSince, "quantityList[0]")
	fx.MustRecord(Coop, CorrectionEvent(sent))
	fx.MustRecord(Coop, CorrectionEvent(made))
	if v, _ := fx.Ledger.Lot(f, 0); v.Status != "void" {
		t.Errorf("status = %s", v.Status)
	}
	fx.expectSameReplay()
}

// TestHeldSinceItCameBack: goods that were all sent away and came back were not with the organisation in between.
func TestHeldSinceItCameBack(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "100")), quantities(Kg(f, "100"))).asFinal())
	back := fx.NewShipmentID()
	fx.MustRecord(Mill, ShipEvent(Day(10, 5), back, Coop, quantities(Kg(f, "90"))))
	fx.MustRecord(Coop, ReceiveEvent(Day(10, 20), back, quantities(Kg(f, "90"))).asFinal())
	fx.expectRefused(Coop, LossEvent(Day(10, 10), "烂", Kg(f, "90")), CodeBeforeLot, "quantityList[0]")
	lost := fx.MustRecord(Coop, LossEvent(Day(10, 21), "烂", Kg(f, "90")))
	fx.MustRecord(Coop, CorrectionEvent(lost)) // gives it back as if nothing had been
	fx.MustRecord(Coop, LossEvent(Day(10, 20), "烂", Kg(f, "90")))
	fx.expectSameReplay()
}

// TestReceiptWithALostUnitIsAskedAboutOnce: loose goods and a lost pallet of one lot are one figure.
func TestReceiptWithALostUnitIsAskedAboutOnce(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	pallet := fx.PackUnit(Coop, quantities(Kg(f, "20")))
	id := fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "10")), pallet))
	r := fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, "10"))).withReason(pallet, "翻车").asFinal())
	if len(r.Questions) != 1 || r.Questions[0].Value != "33" {
		t.Errorf("questions = %+v, want one, 33", r.Questions)
	}
}

// TestHarvestThatLateWorkAskedAbout may be withdrawn, in any order with the work: a question about a harvest is no use of the harvest.
func TestHarvestThatLateWorkAskedAbout(t *testing.T) {
	for _, order := range []string{"harvest alone", "harvest, then work", "work, then harvest"} {
		t.Run(order, func(t *testing.T) {
			fx := newFixture(t)
			leaf := fx.NewLotID()
			harvest := fx.MustRecord(Coop, HarvestEvent(Day(5, 12), "plot-a", "s-a", LotSpec{ID: leaf, Product: "leaf", Amount: "10"}))
			work := fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
			if len(work.Questions) != 1 || work.Questions[0].Lot != leaf {
				t.Fatalf("questions = %+v, want one about the harvest", work.Questions)
			}
			if order == "work, then harvest" {
				fx.MustRecord(Coop, CorrectionEvent(work))
			}
			r := fx.MustRecord(Coop, CorrectionEvent(harvest))
			if order == "harvest, then work" {
				r = fx.MustRecord(Coop, CorrectionEvent(work))
			}
			if v, err := fx.Ledger.Lot(leaf, 0); err != nil || v.Status != Void.String() {
				t.Errorf("lot = %+v, %v, want it void", v.Status, err)
			}
			fx.expectHeld(Coop, leaf, "0 KGM")
			if fx.Ledger.Head() != r.Seq {
				t.Errorf("head = %d, want %d", fx.Ledger.Head(), r.Seq)
			}
			fx.expectSameReplay()
			again := fx.MustRecord(Coop, WorkEvent(Day(5, 11), "s-a", sprayWork("吡虫啉", 14)))
			if len(again.Questions) != 0 {
				t.Errorf("work after the correction raised %+v", again.Questions)
			}
		})
	}
}

// TestHarvestWithWithdrawnUse may be withdrawn: a use of the lot that was itself withdrawn is no use of the lot.
func TestHarvestWithWithdrawnUse(t *testing.T) {
	fx := newFixture(t)
	leaf := fx.NewLotID()
	harvest := fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: leaf, Product: "leaf", Amount: "10"}))
	loss := fx.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(leaf, "1")))
	fx.expectRefused(Coop, CorrectionEvent(harvest), CodeUsedSince, "quantityList[0]")
	fx.MustRecord(Coop, CorrectionEvent(loss))
	fx.MustRecord(Coop, CorrectionEvent(harvest))
	fx.expectSameReplay()
}
