package trace

import "testing"

// TestReceiptFarFromShipped: a receipt that is far off what was shipped raises a question although a reason was given; 斤 written for kg
// doubles or halves the amount. The share is counted in whole per cent, rounded down.
func TestReceiptFarFromShipped(t *testing.T) {
	for _, row := range []struct {
		name, received string
		want           string // the question's value, "" for none
	}{
		{"as shipped", "100", ""},
		{"a little less", "95.5", ""},
		{"five per cent less", "95", ""},
		{"a millionth beyond five per cent less", "94.999999", "94"},
		{"six per cent less", "94", "94"},
		{"a little more", "104.999999", ""},
		{"five per cent more", "105", ""},
		{"a part of a per cent beyond five per cent more", "105.999999", ""},
		{"six per cent more", "106", "106"},
		{"kg written as jin", "200", "200"},
		{"jin written as kg", "50", "50"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f := fx.HarvestFruit("100")
			e := ReceiveEvent(Day(10, 4), fx.ShipToMill(Kg(f, "100")), quantities(Kg(f, row.received))).withReason(f, "磅差").asFinal()
			r := fx.MustRecord(Mill, e)
			switch {
			case row.want == "" && len(r.Questions) > 0:
				t.Errorf("asked %+v", r.Questions)
			case row.want != "" && (len(r.Questions) != 1 || r.Questions[0].Code != "receipt_differs" || r.Questions[0].Value != row.want ||
				r.Questions[0].Lot != f):
				t.Errorf("questions = %+v, want receipt_differs %s", r.Questions, row.want)
			}
			fx.expectSameReplay()
		})
	}
}

// TestPartsOfAShipmentFarFromShipped: each receipt of a shipment in parts is held against the amount that was still under way.
func TestPartsOfAShipmentFarFromShipped(t *testing.T) {
	for _, row := range []struct {
		name, first, second string
		want                string // value of the second receipt's question, "" for none
	}{
		{"the rest, as shipped", "50", "50", ""},
		{"the rest, five per cent less", "60", "38", ""},
		{"the rest, more than five per cent less", "60", "37.999999", "94"},
		{"the rest, five per cent more", "60", "42", ""},
		{"the rest, six per cent more", "60", "42.4", "106"},
		{"nothing of the rest", "60", "", "0"},
		{"a crumb of a rest, as shipped", "99.99999", "0.00001", ""}, // a hundredth of it is no whole millionth
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f := fx.HarvestFruit("100")
			id := fx.ShipToMill(Kg(f, "100"))
			if r := fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, quantities(Kg(f, row.first)))); len(r.Questions) > 0 {
				t.Errorf("first receipt raised %+v", r.Questions)
			}
			var rest []EventQuantity
			if row.second != "" {
				rest = quantities(Kg(f, row.second))
			}
			r := fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, rest).withReason(f, "磅差").asFinal())
			if asked := len(r.Questions) > 0; asked != (row.want != "") || asked && r.Questions[0].Value != row.want {
				t.Errorf("questions = %+v, want value %q", r.Questions, row.want)
			}
			fx.expectSameReplay()
		})
	}
}

// TestLostUnit: a pallet that did not arrive is written off with its boxes, for a reason, and the shipment is settled.
func TestLostUnit(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	pallet := fx.PackUnit(Coop, quantities(Kg(f, "5")), fx.PackUnit(Coop, quantities(Kg(f, "10"))))
	kept := fx.PackUnit(Coop, quantities(Kg(f, "20")))
	id := fx.NewShipmentID()
	fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, nil, pallet, kept))
	fx.expectRefused(Mill, ReceiveEvent(Day(10, 4), id, nil, kept).asFinal(), CodeReasonNeeded, "epcList")
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), id, nil, kept).withReason(pallet, "翻车").asFinal())
	if s, _ := fx.Ledger.Shipment(id); !s.Closed || len(s.Units) != 0 {
		t.Errorf("shipment = %+v, want it settled", s)
	}
	if u, _ := fx.Ledger.Unit(pallet); u.Holder != nil || len(u.Lots) != 0 {
		t.Errorf("the lost pallet = %+v, want it empty and nowhere", u)
	}
	fx.expectRefused(Mill, UnpackEvent(Day(10, 5), pallet), CodeNotHolder, "epcList")
	fx.MustRecord(Mill, UnpackEvent(Day(10, 5), kept))
	fx.expectHeld(Mill, f, "20 KGM")
	fx.expectHeld(Coop, f, "65 KGM")
	fx.expectSameReplay()
}

// TestAnotherOrganisationsPlot: only the organisation that a plot belongs to may sow and harvest there.
func TestAnotherOrganisationsPlot(t *testing.T) {
	fx := newFixture(t)
	plot := Place{ID: NS + "/place/own-plot", Kind: "plot", Name: "自留地", Parent: NS + "/place/village-a", Tier: Village, Org: Coop.Org}
	fx.mustSubmit(MasterCommand(Coop, KindPlace, plot))
	season := Season{ID: NS + "/season/s-own", Name: "2026", Org: Coop2.Org, Place: plot.ID, From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}
	fx.expectCommandRefused(MasterCommand(Coop2, KindSeason, season), CodeNotAllowed, "place")
	fx.expectRefused(Coop2, HarvestEvent(Day(10, 1), "own-plot", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"}),
		CodeNotAllowed, "bizLocation")
	season.Org = Coop.Org
	fx.mustSubmit(MasterCommand(Coop, KindSeason, season))
	fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "own-plot", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"}))
}

// mustSubmit submits a command that is to be accepted.
func (fx *Fixture) mustSubmit(cmd Command) {
	fx.T.Helper()
	if r := fx.SubmitCommands(cmd)[0]; r.Err != nil {
		fx.T.Fatalf("refused: %v", r.Err)
	}
}
