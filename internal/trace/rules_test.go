package trace

import (
	"testing"
	"time"
)

// refusal is a rule: what was done before, who then wants what, and the error it is answered with.
type refusal struct {
	name  string
	want  func(d *Desk) (Actor, *Event)
	code  Code
	field string
}

func run(t *testing.T, rows []refusal) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			d.T = t
			a, ev := row.want(d)
			d.refused(a, ev, row.code, row.field)
			d.replayed()
		})
	}
}

func TestHarvestRules(t *testing.T) {
	harvest := func(change func(d *Desk, e *Event)) func(d *Desk) (Actor, *Event) {
		return func(d *Desk) (Actor, *Event) {
			e := Harvest(Day(10, 1), "plot-a", "", Out{ID: d.LotID(), Product: "fruit", Amount: "100"})
			change(d, e)
			return Coop, e
		}
	}
	run(t, []refusal{
		{"without a lot", harvest(func(_ *Desk, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
		{"without a place", harvest(func(_ *Desk, e *Event) { e.BizLocation = nil }), CodeRequired, "bizLocation"},
		{"at an unknown place", harvest(func(_ *Desk, e *Event) { e.BizLocation.ID += "x" }), CodeUnknownThing, "bizLocation"},
		{"without facts", harvest(func(_ *Desk, e *Event) { e.Ilmd = nil }), CodeRequired, "ilmd.yousang:lots"},
		{"with facts of another lot", harvest(func(d *Desk, e *Event) { e.Ilmd.Lots[0].Lot = d.LotID() }), CodeRequired, "quantityList[0].product"},
		{"of an unknown product", harvest(func(_ *Desk, e *Event) { e.Ilmd.Lots[0].Product += "x" }), CodeUnknownThing, "quantityList[0].product"},
		{"of an unknown season", harvest(func(_ *Desk, e *Event) { e.Ilmd.Season = NS + "/season/x" }), CodeUnknownThing, "ilmd.yousang:season"},
		{"of nothing", harvest(func(_ *Desk, e *Event) { e.Quantities[0].Amount = 0 }), CodeBadQuantity, "quantityList[0].quantity"},
		{"in an unknown unit", harvest(func(_ *Desk, e *Event) { e.Quantities[0].Unit = "LBR" }), CodeUnknownUnit, "quantityList[0].uom"},
		{"of fruit in litres", harvest(func(_ *Desk, e *Event) { e.Quantities[0].Unit = Litre }), CodeUnitMismatch, "quantityList[0].uom"},
		{"of fruit in pieces, the default", harvest(func(_ *Desk, e *Event) { e.Quantities[0].Unit = "" }), CodeUnitMismatch, "quantityList[0].uom"},
		{"of a billion tonnes", harvest(func(_ *Desk, e *Event) { e.Quantities[0] = EventQuantity{e.Quantities[0].Class, MaxAmount, Tonne} }), CodeBadQuantity, "quantityList[0].quantity"},
		{"with half a piece counted", harvest(func(_ *Desk, e *Event) { e.Ilmd.Lots[0].Pieces = AmountScale / 2 }), CodeNotWhole, "quantityList[0].pieces"},
		{"of one lot twice", harvest(func(_ *Desk, e *Event) { e.Quantities = append(e.Quantities, e.Quantities[0]) }), CodeDuplicateLot, "quantityList[1].epcClass"},
		{"with a wrong check sign", func(d *Desk) (Actor, *Event) {
			return Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: NS + "/lot/222222222223", Product: "fruit", Amount: "1"})
		}, CodeBadKey, "quantityList[0].epcClass"},
		{"with a key in small letters", func(d *Desk) (Actor, *Event) {
			return Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: NS + "/lot/" + "acde22222222", Product: "fruit", Amount: "1"})
		}, CodeBadKey, "quantityList[0].epcClass"},
		{"under another namespace", func(d *Desk) (Actor, *Event) {
			return Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: "https://elsewhere.example/lot/" + d.Key(), Product: "fruit", Amount: "1"})
		}, CodeBadValue, "quantityList[0].epcClass"},
		{"of a product with a GTIN under the namespace", func(d *Desk) (Actor, *Event) {
			return Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: d.LotID(), Product: "gift", Amount: "1", Unit: Box})
		}, CodeBadValue, "quantityList[0].epcClass"},
		{"of a lot that exists", func(d *Desk) (Actor, *Event) {
			return Coop2, Harvest(Day(10, 2), "plot-b", "", Out{ID: d.Fruit("5"), Product: "fruit", Amount: "1"})
		}, CodeKeyTaken, "quantityList[0].epcClass"},
	})
}

func TestHarvestIsKeptInTheLotsUnit(t *testing.T) {
	d := desk(t)
	id := d.LotID()
	d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: id, Product: "fruit", Amount: "825", Unit: "斤"}))
	d.holds(Coop, id, "412.5 KGM")
	gift := "https://id.gs1.org/01/" + GTIN + "/10/" + d.Key()
	d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: gift, Product: "gift", Amount: "12", Unit: Box}))
	d.holds(Coop, gift, "12 XBX")
	for _, typed := range []string{KeyOf(gift), GroupKey(KeyOf(id))} {
		if uri, err := d.Ledger.ResolveKey(typed); err != nil || KeyOf(uri) != KeyOf(gift) && uri != id {
			t.Errorf("ResolveKey(%s) = %q, %v", typed, uri, err)
		}
	}
	_, err := d.Ledger.ResolveKey(NewKey())
	wantCode(t, err, CodeUnknownLot, "lot")
}

func TestTimeRules(t *testing.T) {
	lot := func(d *Desk) string { return d.Fruit("100") } // made on 1 October
	early := Day(9, 30)
	run(t, []refusal{
		{"more than five minutes ahead", func(d *Desk) (Actor, *Event) {
			return Coop, Loss(Noon.Add(ClockSkew+time.Millisecond), "烂", Kg(lot(d), "1"))
		}, CodeFutureTime, "eventTime"},
		{"processed before it was made", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(early, some(Kg(lot(d), "1")), Out{ID: d.LotID(), Product: "juice", Amount: "0.5"})
		}, CodeBeforeLot, "inputQuantityList[0]"},
		{"shipped before it was made", func(d *Desk) (Actor, *Event) {
			return Coop, Ship(early, d.ShipmentID(), Mill, some(Kg(lot(d), "1")))
		}, CodeBeforeLot, "quantityList[0]"},
		{"packed before it was made", func(d *Desk) (Actor, *Event) { return Coop, Pack(early, d.UnitID(), some(Kg(lot(d), "1"))) }, CodeBeforeLot, "childQuantityList[0]"},
		{"lost before it was made", func(d *Desk) (Actor, *Event) { return Coop, Loss(early, "烂", Kg(lot(d), "1")) }, CodeBeforeLot, "quantityList[0]"},
		{"inspected before it was made", func(d *Desk) (Actor, *Event) { return Coop, Inspect(early, lot(d)) }, CodeBeforeLot, "eventTime"},
		{"received before it was shipped", func(d *Desk) (Actor, *Event) {
			f := lot(d)
			return Mill, Receive(Day(10, 2), d.Sent(Kg(f, "1")), some(Kg(f, "1")))
		}, CodeBeforeLot, "eventTime"},
		{"a box shipped before it was packed", func(d *Desk) (Actor, *Event) {
			box := d.Boxed(Coop, some(Kg(lot(d), "1")))
			return Coop, Ship(Day(10, 1), d.ShipmentID(), Mill, nil, box)
		}, CodeBeforeLot, "epcList"},
		{"a box unpacked before it was packed", func(d *Desk) (Actor, *Event) {
			return Coop, Unpack(Day(10, 1), d.Boxed(Coop, some(Kg(lot(d), "1"))))
		}, CodeBeforeLot, "epcList"},
	})
}

func TestEventWithoutTime(t *testing.T) {
	d := desk(t)
	cmd := Seal(Coop, Loss(Noon, "烂", Kg(d.Fruit("5"), "1")))
	cmd.Event.Time = Time{}
	d.refusedCommand(cmd, CodeRequired, "eventTime")
}

func TestLateArrivalIsNormal(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	d.Must(Coop, Loss(Noon, "烂", Kg(f, "1")))
	d.Must(Coop, Loss(Day(10, 1), "烂", Kg(f, "2"))) // earlier than the loss before it, and than now by weeks
	d.Must(Coop, Loss(Noon.Add(ClockSkew), "烂", Kg(f, "3")))
	d.holds(Coop, f, "94 KGM")
	d.replayed()
}

func TestTransformRules(t *testing.T) {
	juice := func(d *Desk, amount string) Out { return Out{ID: d.LotID(), Product: "juice", Amount: amount} }
	at := Day(10, 5)
	run(t, []refusal{
		{"of nothing", func(d *Desk) (Actor, *Event) { return Coop, Transform(at, nil, juice(d, "1")) }, CodeRequired, "inputQuantityList"},
		{"into nothing", func(d *Desk) (Actor, *Event) { return Coop, Transform(at, some(Kg(d.Fruit("5"), "1"))) }, CodeRequired, "outputQuantityList"},
		{"of an unknown lot", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Kg(d.LotID(), "1")), juice(d, "1"))
		}, CodeUnknownLot, "inputQuantityList[0].epcClass"},
		{"of a lot without a name", func(d *Desk) (Actor, *Event) { return Coop, Transform(at, some(Kg("", "1")), juice(d, "1")) }, CodeRequired, "inputQuantityList[0].epcClass"},
		{"of one lot twice", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			return Coop, Transform(at, some(Kg(f, "1"), Kg(f, "1")), juice(d, "1"))
		}, CodeDuplicateLot, "inputQuantityList[1].epcClass"},
		{"of a lot into itself", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			return Coop, Transform(at, some(Kg(d.Fruit("5"), "1"), Kg(f, "1")), Out{ID: f, Product: "fruit", Amount: "1"})
		}, CodeInputIsOutput, "inputQuantityList[1].epcClass"},
		{"of more than there is", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Kg(d.Fruit("5"), "5.000001")), juice(d, "1"))
		}, CodeInsufficient, "inputQuantityList[0].quantity"},
		{"of more 斤 than there are", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Q(d.Fruit("5"), "10.1", "斤")), juice(d, "1"))
		}, CodeInsufficient, "inputQuantityList[0].quantity"},
		{"of another's lot", func(d *Desk) (Actor, *Event) { return Mill, Transform(at, some(Kg(d.Fruit("5"), "1")), juice(d, "1")) }, CodeNotHolder, "inputQuantityList[0].epcClass"},
		{"of a lot given away", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			d.Sent(Kg(f, "5"))
			return Coop, Transform(at, some(Kg(f, "1")), juice(d, "1"))
		}, CodeInsufficient, "inputQuantityList[0].quantity"},
		{"of a lot in a box", func(d *Desk) (Actor, *Event) {
			f := d.Fruit("5")
			d.Boxed(Coop, some(Kg(f, "5")))
			return Coop, Transform(at, some(Kg(f, "1")), juice(d, "1"))
		}, CodeInsufficient, "inputQuantityList[0].quantity"},
		{"in the wrong unit", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Q(d.Fruit("5"), "1", Piece)), juice(d, "1"))
		}, CodeUnitMismatch, "inputQuantityList[0].uom"},
		{"to more than went in", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Kg(d.Fruit("5"), "5")), juice(d, "3"), Out{ID: d.LotID(), Product: "pomace", Amount: "2.000001"})
		}, CodeMoreOutThanIn, "outputQuantityList"},
		{"to more in nominal mass, beyond 2 %", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Kg(d.Fruit("5"), "5")), Out{ID: d.LotID(), Product: "jar", Amount: "11", Unit: Piece})
		}, CodeMoreOutThanIn, "outputQuantityList"},
		{"to more than went in, besides what has no mass", func(d *Desk) (Actor, *Event) {
			return Coop, Transform(at, some(Kg(d.Fruit("5"), "5")), juice(d, "6"), Out{ID: d.LotID(), Product: "oil", Amount: "1", Unit: Litre})
		}, CodeMoreOutThanIn, "outputQuantityList"},
		{"to more bags than went in", func(d *Desk) (Actor, *Event) {
			bags := d.MadeOf(Coop, "bag", "10", Bag, Kg(d.Fruit("5"), "5"))
			return Coop, Transform(at, some(Q(bags, "5", Bag)), Out{ID: d.LotID(), Product: "bag", Amount: "6", Unit: Bag})
		}, CodeMoreOutThanIn, "outputQuantityList"},
		{"at an unknown place", func(d *Desk) (Actor, *Event) {
			e := Transform(at, some(Kg(d.Fruit("5"), "1")), juice(d, "1"))
			e.BizLocation = &ID{under("nowhere")}
			return Coop, e
		}, CodeUnknownThing, "bizLocation"},
	})
}

// TestMassDoesNotWrap has outputs whose sum is beyond an int64.
func TestMassDoesNotWrap(t *testing.T) {
	d := desk(t)
	outs := make([]Out, 9300)
	for i := range outs {
		outs[i] = Out{ID: d.LotID(), Product: "juice", Amount: "1000000000"}
	}
	d.refused(Coop, Transform(Day(10, 5), some(Kg(d.Fruit("5"), "1")), outs...), CodeMoreOutThanIn, "outputQuantityList")
}

func TestTransformBounds(t *testing.T) {
	d := desk(t)
	e := Transform(Day(10, 5), make([]EventQuantity, 201))
	e.Outputs = make([]EventQuantity, 100)
	d.refused(Coop, e, CodeTooLarge, "inputQuantityList")
}

func TestTransform(t *testing.T) {
	d := desk(t)
	a, b := d.Fruit("60"), d.Fruit("40")
	juice, pomace := d.LotID(), d.LotID()
	d.Must(Coop, Transform(Day(10, 5), some(Kg(a, "60"), Q(b, "40", "斤")), Out{ID: juice, Product: "juice", Amount: "42"}, Out{ID: pomace, Product: "pomace", Amount: "38"}))
	d.holds(Coop, a, "0 KGM")
	d.holds(Coop, b, "20 KGM")
	d.holds(Coop, juice, "42 KGM")
	d.holds(Coop, pomace, "38 KGM")
	v, err := d.Ledger.Lot(juice, 100)
	if err != nil || len(v.From) != 2 || v.Status != "active" || v.Made.Org.ID != Coop.Org {
		t.Fatalf("view = %+v, %v", v, err)
	}
	if in, _ := d.Ledger.Lot(a, 0); len(in.Into) != 2 {
		t.Fatalf("%d lots were made of the first, want 2", len(in.Into))
	}
	d.MadeOf(Coop, "jar", "85", Piece, Kg(juice, "42")) // 42.5 kg nominal, within 2 %
	d.replayed()
}
