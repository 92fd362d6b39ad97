package trace

import "testing"

// TestEveryHolderLiftsItsOwnHold: a hold remembers every organisation that put the lot on hold, and a bureau's hold is lifted by a bureau
// only.
func TestEveryHolderLiftsItsOwnHold(t *testing.T) {
	at := Day(10, 10)
	admin := Actor{Org: Park.Org, Role: Admin}
	type step struct {
		who  Actor
		set  bool
		code Code // "" where the event is accepted
		want string
	}
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"the maker cannot lift the bureau's by holding and releasing", []step{
			{Office, true, "", "hold"}, {Coop, false, CodeNotAllowed, "hold"}, {Coop, true, "", "hold"}, {Coop, false, "", "hold"},
			{Coop, false, CodeNotAllowed, "hold"}, {Office, false, "", "active"}}},
		{"one holder does not lift another's", []step{
			{Coop, true, "", "hold"}, {Mill, true, "", "hold"}, {Coop, false, "", "hold"}, {Mill, false, "", "active"}}},
		{"held twice by one, lifted once", []step{{Coop, true, "", "hold"}, {Coop, true, "", "hold"}, {Coop, false, "", "active"}}},
		{"a bureau lifts all at once", []step{{Coop, true, "", "hold"}, {Office, true, "", "hold"}, {Mill, true, "", "hold"},
			{Office, false, "", "active"}}},
		{"an admin without a hold lifts all", []step{{Coop, true, "", "hold"}, {Office, true, "", "hold"}, {admin, false, "", "active"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f := sellPart(fx)
			for i, s := range row.steps {
				e := StatusEvent(at, "", hold, "", f)
				if s.set {
					e = StatusEvent(at, hold, "", "待检", f)
				}
				e.Comment = Whole(int64(i)).String() // each its own event
				if s.code == "" {
					fx.MustRecord(s.who, e)
				} else {
					fx.expectRefused(s.who, e, s.code, "status")
				}
				if v, _ := fx.Ledger.Lot(f, 0); v.Status != s.want {
					t.Fatalf("status after step %d = %s, want %s", i, v.Status, s.want)
				}
			}
			fx.expectSameReplay()
		})
	}
}

// TestMakingOfAWarnedLotIsNotWithdrawn: the maker may not withdraw the making of a warned lot; a bureau may, and the lot stays recalled for
// all.
func TestMakingOfAWarnedLotIsNotWithdrawn(t *testing.T) {
	at := Day(10, 10)
	for _, row := range []struct {
		name, set string
		by        Actor
		code      Code
		after     string
	}{
		{"recalled", recalled, Office, CodeLotRecalled, "recalled"},
		{"recalled by the maker itself", recalled, Coop, CodeLotRecalled, "recalled"},
		{"on hold", hold, Office, CodeLotOnHold, "void"},
		{"on hold by the maker itself", hold, Coop, CodeLotOnHold, "void"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f, j := fx.HarvestFruit("100"), fx.NewLotID()
			r := fx.MustRecord(Coop, TransformEvent(Day(10, 5), quantities(Kg(f, "10")), LotSpec{ID: j, Product: "juice", Amount: "5"}))
			fx.MustRecord(row.by, StatusEvent(at, row.set, "", "不合格", j))
			fx.expectRefused(Coop, CorrectionEvent(r), row.code, "outputQuantityList[0]")
			fx.MustRecord(Office, CorrectionEvent(r))
			if v, _ := fx.Ledger.Lot(j, 0); v.Status != row.after {
				t.Errorf("status = %s, want %s", v.Status, row.after)
			}
			fx.expectHeld(Coop, f, "100 KGM")
			fx.expectSameReplay()
		})
	}
}

// TestRecalledGoodsGoBack: recalled goods go back to their sender, and nowhere else.
func TestRecalledGoodsGoBack(t *testing.T) {
	at := Day(10, 12)
	ship := func(fx *Fixture, to Actor, lot string) *Event {
		return ShipEvent(at, fx.NewShipmentID(), to, quantities(Kg(lot, "1")))
	}
	sentOn := func(fx *Fixture) string { // from the maker over the mill to the park
		f, id := sellPart(fx), fx.NewShipmentID()
		fx.MustRecord(Mill, ShipEvent(Day(10, 5), id, Park, quantities(Kg(f, "20"))))
		fx.MustRecord(Park, ReceiveEvent(Day(10, 6), id, quantities(Kg(f, "20"))))
		return f
	}
	expectRefusals(t, []refusal{
		{"from a holder to a stranger", func(fx *Fixture) (Actor, *Event) {
			f := sentOn(fx)
			fx.MustRecord(Office, StatusEvent(at, recalled, "", "不合格", f))
			return Park, ship(fx, Coop2, f)
		}, CodeLotRecalled, "quantityList[0].epcClass"},
		{"from the first receiver onward", func(fx *Fixture) (Actor, *Event) {
			f := sentOn(fx)
			fx.MustRecord(Office, StatusEvent(at, hold, "", "待检", f))
			return Mill, ship(fx, Park, f)
		}, CodeLotOnHold, "quantityList[0].epcClass"},
		{"from the maker, to which it came back", func(fx *Fixture) (Actor, *Event) {
			f, id := sellPart(fx), fx.NewShipmentID()
			fx.MustRecord(Office, StatusEvent(at, recalled, "", "不合格", f))
			fx.MustRecord(Mill, ShipEvent(at, id, Coop, quantities(Kg(f, "40"))))
			fx.MustRecord(Coop, ReceiveEvent(at, id, quantities(Kg(f, "40"))))
			return Coop, ship(fx, Mill, f)
		}, CodeLotRecalled, "quantityList[0].epcClass"},
		{"in a box, to a stranger", func(fx *Fixture) (Actor, *Event) {
			f := sellPart(fx)
			box := fx.NewUnitID()
			fx.MustRecord(Mill, PackEvent(Day(10, 5), box, quantities(Kg(f, "1"))))
			fx.MustRecord(Office, StatusEvent(at, recalled, "", "不合格", f))
			return Mill, ShipEvent(at, fx.NewShipmentID(), Park, nil, box)
		}, CodeLotRecalled, "epcList"},
	})
	fx := newFixture(t)
	f, box := sentOn(fx), fx.NewUnitID()
	fx.MustRecord(Mill, PackEvent(Day(10, 5), box, quantities(Kg(f, "1"))))
	fx.MustRecord(Office, StatusEvent(at, recalled, "", "不合格", f))
	fx.MustRecord(Park, ship(fx, Mill, f)) // whence it came
	fx.MustRecord(Park, ship(fx, Coop, f)) // its maker
	fx.MustRecord(Mill, ShipEvent(at, fx.NewShipmentID(), Coop, nil, box))
	if v, _ := fx.Ledger.Lot(f, 0); v.Status != "recalled" {
		t.Errorf("status = %s, want recalled", v.Status)
	}
	fx.expectSameReplay()
}
