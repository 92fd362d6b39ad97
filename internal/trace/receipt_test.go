package trace

import "testing"

// TestReceiptFarFromShipped: a reason was given, and still a receipt that is far off is asked about; 斤 for kg doubles or halves it.
func TestReceiptFarFromShipped(t *testing.T) {
	for _, row := range []struct {
		name, received string
		want           string // the question's value, "" for none
	}{
		{"as shipped", "100", ""},
		{"five per cent less", "95", ""},
		{"five per cent more", "105", ""},
		{"six per cent less", "94", "94"},
		{"kg written as jin", "200", "200"},
		{"jin written as kg", "50", "50"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f := d.Fruit("100")
			e := Receive(Day(10, 4), d.Sent(Kg(f, "100")), some(Kg(f, row.received))).because(f, "磅差").final()
			r := d.Must(Mill, e)
			switch {
			case row.want == "" && len(r.Questions) > 0:
				t.Errorf("asked %+v", r.Questions)
			case row.want != "" && (len(r.Questions) != 1 || r.Questions[0].Code != "receipt_differs" || r.Questions[0].Value != row.want || r.Questions[0].Lot != f):
				t.Errorf("questions = %+v, want receipt_differs %s", r.Questions, row.want)
			}
			d.replayed()
		})
	}
}

// TestLostUnit: a pallet that did not arrive is written off with its boxes, for a reason, and the shipment is settled.
func TestLostUnit(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	pallet := d.Boxed(Coop, some(Kg(f, "5")), d.Boxed(Coop, some(Kg(f, "10"))))
	kept := d.Boxed(Coop, some(Kg(f, "20")))
	id := d.ShipmentID()
	d.Must(Coop, Ship(Day(10, 3), id, Mill, nil, pallet, kept))
	d.refused(Mill, Receive(Day(10, 4), id, nil, kept).final(), CodeReasonNeeded, "epcList")
	d.Must(Mill, Receive(Day(10, 4), id, nil, kept).because(pallet, "翻车").final())
	if s, _ := d.Ledger.Shipment(id); !s.Closed || len(s.Units) != 0 {
		t.Errorf("shipment = %+v, want it settled", s)
	}
	if u, _ := d.Ledger.Unit(pallet); u.Holder != nil || len(u.Lots) != 0 {
		t.Errorf("the lost pallet = %+v, want it empty and nowhere", u)
	}
	d.refused(Mill, Unpack(Day(10, 5), pallet), CodeNotHolder, "epcList")
	d.Must(Mill, Unpack(Day(10, 5), kept))
	d.holds(Mill, f, "20 KGM")
	d.holds(Coop, f, "65 KGM")
	d.replayed()
}

// TestAnotherOrganisationsPlot: a plot that belongs to somebody is his to sow and to harvest.
func TestAnotherOrganisationsPlot(t *testing.T) {
	d := desk(t)
	plot := Place{ID: NS + "/place/own-plot", Kind: "plot", Name: "自留地", Parent: NS + "/place/village-a", Tier: Village, Org: Coop.Org}
	d.command(Master(Coop, KindPlace, plot))
	season := Season{ID: NS + "/season/s-own", Name: "2026", Org: Coop2.Org, Place: plot.ID, From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}
	d.refusedCommand(Master(Coop2, KindSeason, season), CodeNotAllowed, "place")
	d.refused(Coop2, Harvest(Day(10, 1), "own-plot", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"}), CodeNotAllowed, "bizLocation")
	season.Org = Coop.Org
	d.command(Master(Coop, KindSeason, season))
	d.Must(Coop, Harvest(Day(10, 1), "own-plot", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"}))
}

// command submits a command that is to be accepted.
func (d *Desk) command(cmd Command) {
	d.T.Helper()
	if r := d.Writer.Submit(d.T.(*testing.T).Context(), cmd)[0]; r.Err != nil {
		d.T.Fatalf("refused: %v", r.Err)
	}
}
