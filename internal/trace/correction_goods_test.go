package trace

import "testing"

// TestReceiptIsCorrected withdraws receipts of every sort and wants the shipment to be as it was before.
func TestReceiptIsCorrected(t *testing.T) {
	at := Day(10, 4)
	for _, row := range []struct {
		name    string
		receipt func(id, f, box, pallet string) *Event
	}{
		{"of a part", func(id, f, _, _ string) *Event { return Receive(at, id, some(Kg(f, "4"))) }},
		{"of all", func(id, f, box, pallet string) *Event { return Receive(at, id, some(Kg(f, "10")), box, pallet) }},
		{"of thirty thousand for thirty", func(id, f, box, pallet string) *Event {
			return Receive(at, id, some(Kg(f, "30000")), box, pallet).because(f, "磅差")
		}},
		{"final, of less", func(id, f, box, pallet string) *Event {
			return Receive(at, id, some(Kg(f, "9")), box, pallet).because(f, "途耗").final()
		}},
		{"final, of nothing but a box", func(id, f, box, pallet string) *Event {
			return Receive(at, id, nil, box).because(f, "翻车").because(pallet, "翻车").final()
		}},
		{"final, of nothing at all", func(id, f, box, pallet string) *Event {
			return Receive(at, id, nil).because(f, "翻车").because(box, "翻车").because(pallet, "翻车").final()
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f, id := d.Fruit("100"), d.ShipmentID()
			box := d.Boxed(Coop, some(Kg(f, "5")))
			pallet := d.Boxed(Coop, some(Kg(f, "2")), d.Boxed(Coop, some(Kg(f, "3"))))
			ship := d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10")), box, pallet))
			r := d.Must(Mill, row.receipt(id, f, box, pallet))
			d.refused(Coop, Withdraw(r), CodeNotAllowed, "eventID")
			d.Must(Mill, Withdraw(r))
			s, _ := d.Ledger.Shipment(id)
			if s.Closed || len(s.Lots) != 1 || s.Lots[0].Amount != Whole(10) || len(s.Units) != 2 {
				t.Errorf("shipment = %+v, want it open and whole", s)
			}
			if got := d.Holds(Mill, f); got != "" && got != "0 KGM" {
				t.Errorf("the mill holds %s", got)
			}
			d.Must(Mill, Receive(at, id, some(Kg(f, "10")), pallet, box).withComment("right this time"))
			d.Must(Mill, Unpack(Day(10, 5), pallet))
			d.holds(Mill, f, "12 KGM")
			d.holds(Coop, f, "80 KGM")
			d.refused(Coop, Withdraw(ship), CodeUsedSince, "quantityList[0]")
			d.replayed()
		})
	}
}

func (e *Event) withComment(s string) *Event {
	e.Comment = s
	return e
}

// TestWithdrawnShipmentStaysClosed although a receipt of it is withdrawn after it.
func TestWithdrawnShipmentStaysClosed(t *testing.T) {
	d := desk(t)
	f, g, id := d.Fruit("10"), d.Fruit("10"), d.ShipmentID()
	ship := d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10"), Kg(g, "10"))))
	all := d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "10"))))
	more := d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "1"))).because(f, "磅差"))
	d.Must(Mill, Withdraw(all))
	d.Must(Coop, Withdraw(ship))
	d.Must(Mill, Withdraw(more))
	if s, _ := d.Ledger.Shipment(id); !s.Closed || len(s.Lots) != 0 {
		t.Errorf("shipment = %+v, want it closed and empty", s)
	}
	d.holds(Mill, f, "0 KGM")
	d.holds(Coop, f, "10 KGM")
	d.replayed()
}

// TestPackingIsCorrected: what was packed, boxes too, is with its holder again; an unpacking is undone to the same unit.
func TestPackingIsCorrected(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	box, pallet := d.Boxed(Coop, some(Kg(f, "10"))), d.UnitID()
	r := d.Must(Coop, Pack(Day(10, 3), pallet, some(Kg(f, "5")), box))
	unpacked := d.Must(Coop, Unpack(Day(10, 4), pallet))
	d.holds(Coop, f, "90 KGM")
	d.refused(Coop, Withdraw(r), CodeUsedSince, "parentID")
	d.Must(Coop, Withdraw(unpacked))
	d.holds(Coop, f, "85 KGM")
	if u, _ := d.Ledger.Unit(pallet); u.Holder == nil || len(u.Lots) != 1 || len(u.Units) != 1 || u.Lots[0].Amount != Whole(5) {
		t.Errorf("pallet = %+v, want it packed again", u)
	}
	d.Must(Coop, Withdraw(r))
	d.holds(Coop, f, "90 KGM")
	if u, _ := d.Ledger.Unit(pallet); u.Holder != nil || len(u.Lots)+len(u.Units) != 0 {
		t.Errorf("pallet = %+v, want it gone", u)
	}
	if u, _ := d.Ledger.Unit(box); u.Holder == nil || u.Inside != "" {
		t.Errorf("box = %+v, want it at hand", u)
	}
	d.Must(Coop, Unpack(Day(10, 5), box))
	d.holds(Coop, f, "100 KGM")
	d.replayed()
}

func TestCorrectionsOfUsedGoods(t *testing.T) {
	at := Day(10, 5)
	received := func(d *Desk) (f, box string, r Record) {
		f = d.Fruit("100")
		id := d.ShipmentID()
		box = d.Boxed(Coop, some(Kg(f, "5")))
		d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10")), box))
		return f, box, d.Must(Mill, Receive(Day(10, 4), id, some(Kg(f, "10")), box))
	}
	run(t, []refusal{
		{"a receipt of which some was used", func(d *Desk) (Actor, *Event) {
			f, _, r := received(d)
			d.Must(Mill, Loss(at, "烂", Kg(f, "1")))
			return Mill, Withdraw(r)
		}, CodeUsedSince, "quantityList[0]"},
		{"a receipt of which a box was opened", func(d *Desk) (Actor, *Event) {
			_, box, r := received(d)
			d.Must(Mill, Unpack(at, box))
			return Mill, Withdraw(r)
		}, CodeUsedSince, "epcList[0]"},
		{"a receipt of which a box went on", func(d *Desk) (Actor, *Event) {
			_, box, r := received(d)
			d.Must(Mill, Ship(at, d.ShipmentID(), Park, nil, box))
			return Mill, Withdraw(r)
		}, CodeUsedSince, "epcList[0]"},
		{"a packing of which the box went away", func(d *Desk) (Actor, *Event) {
			box := d.UnitID()
			r := d.Must(Coop, Pack(Day(10, 2), box, some(Kg(d.Fruit("5"), "5"))))
			d.Must(Coop, Ship(Day(10, 3), d.ShipmentID(), Mill, nil, box))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "parentID"},
		{"a packing of which the box is on a pallet", func(d *Desk) (Actor, *Event) {
			box := d.UnitID()
			r := d.Must(Coop, Pack(Day(10, 2), box, some(Kg(d.Fruit("5"), "5"))))
			d.Boxed(Coop, nil, box)
			return Coop, Withdraw(r)
		}, CodeUsedSince, "parentID"},
		{"an unpacking of which some was used", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			r := d.Must(Coop, Unpack(at, d.Boxed(Coop, some(Kg(f, "5")))))
			d.Must(Coop, Loss(at, "烂", Kg(f, "1")))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "parentID"},
		{"an unpacking of which a box was opened", func(d *Desk) (Actor, *Event) {
			box := d.Boxed(Coop, some(Kg(d.Fruit("5"), "5")))
			r := d.Must(Coop, Unpack(at, d.Boxed(Coop, nil, box)))
			d.Must(Coop, Unpack(at, box))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "parentID"},
		{"an unpacking by another", func(d *Desk) (Actor, *Event) {
			return Mill, Withdraw(d.Must(Coop, Unpack(at, d.Boxed(Coop, some(Kg(d.Fruit("5"), "5"))))))
		}, CodeNotAllowed, "eventID"},
	})
}

// TestNothingBeforeItCame: what was made elsewhere is not used before it was received, nor taken out of a box before that was opened.
func TestNothingBeforeItCame(t *testing.T) {
	early := Day(10, 3)
	got := func(d *Desk) (f, box string) {
		f = d.Fruit("100")
		id := d.ShipmentID()
		box = d.Boxed(Coop, some(Kg(f, "5")))
		d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10")), box))
		d.Must(Mill, Receive(Day(10, 8), id, some(Kg(f, "10")), box))
		return f, box
	}
	run(t, []refusal{
		{"processed before it was received", func(d *Desk) (Actor, *Event) {
			f, _ := got(d)
			return Mill, Transform(early, some(Kg(f, "1")), Out{ID: d.LotID(), Product: "juice", Amount: "0.5"})
		}, CodeBeforeLot, "inputQuantityList[0]"},
		{"shipped on before it was received", func(d *Desk) (Actor, *Event) {
			f, _ := got(d)
			return Mill, Ship(early, d.ShipmentID(), Park, some(Kg(f, "1")))
		}, CodeBeforeLot, "quantityList[0]"},
		{"a box shipped on before it was received", func(d *Desk) (Actor, *Event) {
			_, box := got(d)
			return Mill, Ship(early, d.ShipmentID(), Park, nil, box)
		}, CodeBeforeLot, "epcList"},
		{"a box opened before it was received", func(d *Desk) (Actor, *Event) {
			_, box := got(d)
			return Mill, Unpack(early, box)
		}, CodeBeforeLot, "epcList"},
		{"lost before its box was opened", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("100")
			id, box := d.ShipmentID(), d.Boxed(Coop, some(Kg(f, "5")))
			d.Must(Coop, Ship(Day(10, 3), id, Mill, nil, box))
			d.Must(Mill, Receive(Day(10, 4), id, nil, box))
			d.Must(Mill, Unpack(Day(10, 8), box))
			return Mill, Loss(Day(10, 7), "烂", Kg(f, "1"))
		}, CodeBeforeLot, "quantityList[0]"},
	})
	d := desk(t)
	f, box := got(d)
	id := d.Sent(Kg(f, "1"))
	d.Must(Mill, Receive(Day(10, 5), id, some(Kg(f, "1")))) // an earlier receipt, recorded later
	d.Must(Mill, Loss(Day(10, 6), "烂", Kg(f, "1")))
	d.Must(Mill, Unpack(Day(10, 8), box))
	sent := d.Must(Mill, Ship(Day(10, 9), d.ShipmentID(), Park, some(Kg(f, "5"))))
	d.Must(Mill, Withdraw(sent))
	d.Must(Mill, Loss(Day(10, 6), "烂", Kg(f, "2"))) // what comes back by a correction is as old as it was
	d.replayed()
}
