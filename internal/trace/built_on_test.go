package trace

import "testing"

// TestTwinKeysInOneEvent: one event cannot make two lots of one key either, under whatever prefixes.
func TestTwinKeysInOneEvent(t *testing.T) {
	d := desk(t)
	id := d.LotID()
	twin := "https://id.gs1.org/01/" + GTIN + "/10/" + KeyOf(id)
	d.refused(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: id, Product: "fruit", Amount: "3"}, Out{ID: twin, Product: "gift", Amount: "7", Unit: Box}),
		CodeDuplicateLot, "quantityList[1].epcClass")
}

// TestHarvestThatOthersBuiltOn: what came back to its maker in full may still be with others, who got it by a difference.
func TestHarvestThatOthersBuiltOn(t *testing.T) {
	d := desk(t)
	f := d.LotID()
	made := d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: f, Product: "fruit", Amount: "100"}))
	d.Must(Mill, Receive(Day(10, 4), d.Sent(Kg(f, "30")), some(Kg(f, "40"))).because(f, "磅差").final())
	back := d.ShipmentID()
	d.Must(Mill, Ship(Day(10, 5), back, Coop, some(Kg(f, "30"))))
	d.Must(Coop, Receive(Day(10, 6), back, some(Kg(f, "30"))).final())
	d.holds(Coop, f, "100 KGM")
	d.refused(Coop, Withdraw(made), CodeUsedSince, "eventID")
	if v, _ := d.Ledger.Lot(f, 0); v.Status != "active" {
		t.Errorf("status = %s", v.Status)
	}
}

// TestHarvestLookedAtMayBeWithdrawn: an inspection builds nothing, and neither does a shipment that was withdrawn itself.
func TestHarvestLookedAtMayBeWithdrawn(t *testing.T) {
	d := desk(t)
	f := d.LotID()
	made := d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: f, Product: "fruit", Amount: "100"}))
	d.Must(Coop, Inspect(Day(10, 2), f))
	sent := d.Must(Coop, Ship(Day(10, 3), d.ShipmentID(), Mill, some(Kg(f, "30"))))
	d.refused(Coop, Withdraw(made), CodeUsedSince, "quantityList[0]")
	d.Must(Coop, Withdraw(sent))
	d.Must(Coop, Withdraw(made))
	if v, _ := d.Ledger.Lot(f, 0); v.Status != "void" {
		t.Errorf("status = %s", v.Status)
	}
	d.replayed()
}

// TestHeldSinceItCameBack: what was all sent away and came back was not there in between.
func TestHeldSinceItCameBack(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	d.Must(Mill, Receive(Day(10, 4), d.Sent(Kg(f, "100")), some(Kg(f, "100"))).final())
	back := d.ShipmentID()
	d.Must(Mill, Ship(Day(10, 5), back, Coop, some(Kg(f, "90"))))
	d.Must(Coop, Receive(Day(10, 20), back, some(Kg(f, "90"))).final())
	d.refused(Coop, Loss(Day(10, 10), "烂", Kg(f, "90")), CodeBeforeLot, "quantityList[0]")
	lost := d.Must(Coop, Loss(Day(10, 21), "烂", Kg(f, "90")))
	d.Must(Coop, Withdraw(lost)) // gives it back as if nothing had been
	d.Must(Coop, Loss(Day(10, 20), "烂", Kg(f, "90")))
	d.replayed()
}

// TestReceiptWithALostUnitIsAskedAboutOnce: loose goods and a lost pallet of one lot are one figure.
func TestReceiptWithALostUnitIsAskedAboutOnce(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	pallet := d.Boxed(Coop, some(Kg(f, "20")))
	id := d.ShipmentID()
	d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10")), pallet))
	r := d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "10"))).because(pallet, "翻车").final())
	if len(r.Questions) != 1 || r.Questions[0].Value != "33" {
		t.Errorf("questions = %+v, want one, 33", r.Questions)
	}
}
