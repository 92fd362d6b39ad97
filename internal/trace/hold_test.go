package trace

import "testing"

// TestEveryHolderLiftsItsOwnHold: a hold remembers everybody who put it on, and a bureau's is lifted by a bureau only.
func TestEveryHolderLiftsItsOwnHold(t *testing.T) {
	at := Day(10, 10)
	admin := Actor{Org: Park.Org, Role: Admin}
	type step struct {
		who  Actor
		set  bool
		code Code // "" where it is accepted
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
		{"a bureau lifts all at once", []step{{Coop, true, "", "hold"}, {Office, true, "", "hold"}, {Mill, true, "", "hold"}, {Office, false, "", "active"}}},
		{"an admin without a hold lifts all", []step{{Coop, true, "", "hold"}, {Office, true, "", "hold"}, {admin, false, "", "active"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f := sold(d)
			for i, s := range row.steps {
				e := Mark(at, "", hold, "", f)
				if s.set {
					e = Mark(at, hold, "", "待检", f)
				}
				e.Comment = Whole(int64(i)).String() // each its own event
				if s.code == "" {
					d.Must(s.who, e)
				} else {
					d.refused(s.who, e, s.code, "status")
				}
				if v, _ := d.Ledger.Lot(f, 0); v.Status != s.want {
					t.Fatalf("status after step %d = %s, want %s", i, v.Status, s.want)
				}
			}
			d.replayed()
		})
	}
}

// TestMakingOfAWarnedLotIsNotWithdrawn by its maker, but by a bureau, and it stays recalled for all who look.
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
			d := desk(t)
			f, j := d.Fruit("100"), d.LotID()
			r := d.Must(Coop, Transform(Day(10, 5), some(Kg(f, "10")), Out{ID: j, Product: "juice", Amount: "5"}))
			d.Must(row.by, Mark(at, row.set, "", "不合格", j))
			d.refused(Coop, Withdraw(r), row.code, "outputQuantityList[0]")
			d.Must(Office, Withdraw(r))
			if v, _ := d.Ledger.Lot(j, 0); v.Status != row.after {
				t.Errorf("status = %s, want %s", v.Status, row.after)
			}
			d.holds(Coop, f, "100 KGM")
			d.replayed()
		})
	}
}

// TestRecalledGoodsGoBack to where they came from, and nowhere else.
func TestRecalledGoodsGoBack(t *testing.T) {
	at := Day(10, 12)
	ship := func(d *Desk, to Actor, lot string) *Event { return Ship(at, d.ShipmentID(), to, some(Kg(lot, "1"))) }
	sentOn := func(d *Desk) string { // from the maker over the mill to the park
		f, id := sold(d), d.ShipmentID()
		d.Must(Mill, Ship(Day(10, 5), id, Park, some(Kg(f, "20"))))
		d.Must(Park, Receive(Day(10, 6), id, some(Kg(f, "20"))))
		return f
	}
	run(t, []refusal{
		{"from a holder to a stranger", func(d *Desk) (Actor, *Event) {
			f := sentOn(d)
			d.Must(Office, Mark(at, recalled, "", "不合格", f))
			return Park, ship(d, Coop2, f)
		}, CodeLotRecalled, "quantityList[0].epcClass"},
		{"from the first receiver onward", func(d *Desk) (Actor, *Event) {
			f := sentOn(d)
			d.Must(Office, Mark(at, hold, "", "待检", f))
			return Mill, ship(d, Park, f)
		}, CodeLotOnHold, "quantityList[0].epcClass"},
		{"from the maker, to which it came back", func(d *Desk) (Actor, *Event) {
			f, id := sold(d), d.ShipmentID()
			d.Must(Office, Mark(at, recalled, "", "不合格", f))
			d.Must(Mill, Ship(at, id, Coop, some(Kg(f, "40"))))
			d.Must(Coop, Receive(at, id, some(Kg(f, "40"))))
			return Coop, ship(d, Mill, f)
		}, CodeLotRecalled, "quantityList[0].epcClass"},
		{"in a box, to a stranger", func(d *Desk) (Actor, *Event) {
			f := sold(d)
			box := d.UnitID()
			d.Must(Mill, Pack(Day(10, 5), box, some(Kg(f, "1"))))
			d.Must(Office, Mark(at, recalled, "", "不合格", f))
			return Mill, Ship(at, d.ShipmentID(), Park, nil, box)
		}, CodeLotRecalled, "epcList"},
	})
	d := desk(t)
	f, box := sentOn(d), d.UnitID()
	d.Must(Mill, Pack(Day(10, 5), box, some(Kg(f, "1"))))
	d.Must(Office, Mark(at, recalled, "", "不合格", f))
	d.Must(Park, ship(d, Mill, f)) // whence it came
	d.Must(Park, ship(d, Coop, f)) // its maker
	d.Must(Mill, Ship(at, d.ShipmentID(), Coop, nil, box))
	if v, _ := d.Ledger.Lot(f, 0); v.Status != "recalled" {
		t.Errorf("status = %s, want recalled", v.Status)
	}
	d.replayed()
}
