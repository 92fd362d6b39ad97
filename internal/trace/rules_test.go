package trace

import (
	"testing"
	"time"
)

// refusal is a rule: the events before, the actor and the event of the actor, and the error that answers the event.
type refusal struct {
	name  string
	want  func(fx *Fixture) (Actor, *Event)
	code  Code
	field string
}

func expectRefusals(t *testing.T, rows []refusal) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			fx.T = t
			a, ev := row.want(fx)
			fx.expectRefused(a, ev, row.code, row.field)
			fx.expectSameReplay()
		})
	}
}

// commandRefusal is a rule about master data: a command, made after the things it names, and the error it is answered with.
type commandRefusal struct {
	name  string
	cmd   func(fx *Fixture) Command
	code  Code
	field string
}

func expectCommandRefusals(t *testing.T, rows []commandRefusal) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			fx.expectCommandRefused(row.cmd(fx), row.code, row.field)
			fx.expectSameReplay()
		})
	}
}

func TestHarvestRules(t *testing.T) {
	harvest := func(change func(fx *Fixture, e *Event)) func(fx *Fixture) (Actor, *Event) {
		return func(fx *Fixture) (Actor, *Event) {
			e := HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "100"})
			change(fx, e)
			return Coop, e
		}
	}
	expectRefusals(t, []refusal{
		{"without a lot", harvest(func(_ *Fixture, e *Event) { e.Quantities = nil }), CodeRequired, "quantityList"},
		{"without a place", harvest(func(_ *Fixture, e *Event) { e.BizLocation = nil }), CodeRequired, "bizLocation"},
		{"at an unknown place", harvest(func(_ *Fixture, e *Event) { e.BizLocation.ID += "x" }), CodeUnknownThing, "bizLocation"},
		{"without facts", harvest(func(_ *Fixture, e *Event) { e.Ilmd = nil }), CodeRequired, "ilmd.yousang:lots"},
		{"with facts of another lot", harvest(func(fx *Fixture, e *Event) { e.Ilmd.Lots[0].Lot = fx.NewLotID() }), CodeRequired,
			"quantityList[0].product"},
		{"of an unknown product", harvest(func(_ *Fixture, e *Event) { e.Ilmd.Lots[0].Product += "x" }), CodeUnknownThing,
			"quantityList[0].product"},
		{"of an unknown season", harvest(func(_ *Fixture, e *Event) { e.Ilmd.Season = NS + "/season/x" }), CodeUnknownThing,
			"ilmd.yousang:season"},
		{"of nothing", harvest(func(_ *Fixture, e *Event) { e.Quantities[0].Amount = 0 }), CodeBadQuantity, "quantityList[0].quantity"},
		{"in an unknown unit", harvest(func(_ *Fixture, e *Event) { e.Quantities[0].Unit = "LBR" }), CodeUnknownUnit, "quantityList[0].uom"},
		{"of fruit in litres", harvest(func(_ *Fixture, e *Event) { e.Quantities[0].Unit = Litre }), CodeUnitMismatch, "quantityList[0].uom"},
		{"of fruit in pieces, the default", harvest(func(_ *Fixture, e *Event) { e.Quantities[0].Unit = "" }), CodeUnitMismatch,
			"quantityList[0].uom"},
		{"of a billion tonnes", harvest(func(_ *Fixture, e *Event) { e.Quantities[0] = EventQuantity{e.Quantities[0].Class, MaxAmount, Tonne} }),
			CodeBadQuantity, "quantityList[0].quantity"},
		{"with half a piece counted", harvest(func(_ *Fixture, e *Event) { e.Ilmd.Lots[0].Pieces = AmountScale / 2 }), CodeNotWhole,
			"quantityList[0].pieces"},
		{"of one lot twice", harvest(func(_ *Fixture, e *Event) { e.Quantities = append(e.Quantities, e.Quantities[0]) }), CodeDuplicateLot,
			"quantityList[1].epcClass"},
		{"with a wrong check character", func(fx *Fixture) (Actor, *Event) {
			return Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: NS + "/lot/222222222223", Product: "fruit", Amount: "1"})
		}, CodeBadKey, "quantityList[0].epcClass"},
		{"with a key in small letters", func(fx *Fixture) (Actor, *Event) {
			return Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: NS + "/lot/" + "acde22222222", Product: "fruit", Amount: "1"})
		}, CodeBadKey, "quantityList[0].epcClass"},
		{"under another namespace", func(fx *Fixture) (Actor, *Event) {
			return Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: "https://elsewhere.example/lot/" + fx.NextKey(), Product: "fruit",
				Amount: "1"})
		}, CodeBadValue, "quantityList[0].epcClass"},
		{"of a product with a GTIN under the namespace", func(fx *Fixture) (Actor, *Event) {
			return Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "gift", Amount: "1", Unit: Box})
		}, CodeBadValue, "quantityList[0].epcClass"},
		{"of a lot that exists", func(fx *Fixture) (Actor, *Event) {
			return Coop2, HarvestEvent(Day(10, 2), "plot-b", "", LotSpec{ID: fx.HarvestFruit("5"), Product: "fruit", Amount: "1"})
		}, CodeKeyTaken, "quantityList[0].epcClass"},
	})
}

func TestHarvestIsKeptInTheLotsUnit(t *testing.T) {
	fx := newFixture(t)
	id := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: id, Product: "fruit", Amount: "825", Unit: "斤"}))
	fx.expectHeld(Coop, id, "412.5 KGM")
	gift := "https://id.gs1.org/01/" + GTIN + "/10/" + fx.NextKey()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: gift, Product: "gift", Amount: "12", Unit: Box}))
	fx.expectHeld(Coop, gift, "12 XBX")
	for _, typed := range []string{KeyOf(gift), GroupKey(KeyOf(id))} {
		if uri, err := fx.Ledger.ResolveKey(typed); err != nil || KeyOf(uri) != KeyOf(gift) && uri != id {
			t.Errorf("ResolveKey(%s) = %q, %v", typed, uri, err)
		}
	}
	_, err := fx.Ledger.ResolveKey(NewKey())
	expectCode(t, err, CodeUnknownLot, "lot")
}

func TestTimeRules(t *testing.T) {
	lot := func(fx *Fixture) string { return fx.HarvestFruit("100") } // made on 1 October
	early := Day(9, 30)
	expectRefusals(t, []refusal{
		{"more than five minutes ahead", func(fx *Fixture) (Actor, *Event) {
			return Coop, LossEvent(Noon.Add(ClockSkew+time.Millisecond), "烂", Kg(lot(fx), "1"))
		}, CodeFutureTime, "eventTime"},
		{"processed before it was made", func(fx *Fixture) (Actor, *Event) {
			return Coop, TransformEvent(early, quantities(Kg(lot(fx), "1")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "0.5"})
		}, CodeBeforeLot, "inputQuantityList[0]"},
		{"shipped before it was made", func(fx *Fixture) (Actor, *Event) {
			return Coop, ShipEvent(early, fx.NewShipmentID(), Mill, quantities(Kg(lot(fx), "1")))
		}, CodeBeforeLot, "quantityList[0]"},
		{"packed before it was made", func(fx *Fixture) (Actor, *Event) {
			return Coop, PackEvent(early, fx.NewUnitID(), quantities(Kg(lot(fx), "1")))
		}, CodeBeforeLot, "childQuantityList[0]"},
		{"lost before it was made", func(fx *Fixture) (Actor, *Event) { return Coop, LossEvent(early, "烂", Kg(lot(fx), "1")) }, CodeBeforeLot,
			"quantityList[0]"},
		{"inspected before it was made", func(fx *Fixture) (Actor, *Event) { return Coop, InspectEvent(early, lot(fx)) }, CodeBeforeLot,
			"eventTime"},
		{"received before it was shipped", func(fx *Fixture) (Actor, *Event) {
			f := lot(fx)
			return Mill, ReceiveEvent(Day(10, 2), fx.ShipToMill(Kg(f, "1")), quantities(Kg(f, "1")))
		}, CodeBeforeLot, "eventTime"},
		{"a box shipped before it was packed", func(fx *Fixture) (Actor, *Event) {
			box := fx.PackUnit(Coop, quantities(Kg(lot(fx), "1")))
			return Coop, ShipEvent(Day(10, 1), fx.NewShipmentID(), Mill, nil, box)
		}, CodeBeforeLot, "epcList"},
		{"a box unpacked before it was packed", func(fx *Fixture) (Actor, *Event) {
			return Coop, UnpackEvent(Day(10, 1), fx.PackUnit(Coop, quantities(Kg(lot(fx), "1"))))
		}, CodeBeforeLot, "epcList"},
	})
}

func TestEventWithoutTime(t *testing.T) {
	fx := newFixture(t)
	cmd := EventCommand(Coop, LossEvent(Noon, "烂", Kg(fx.HarvestFruit("5"), "1")))
	cmd.Event().Time = Time{}
	fx.expectCommandRefused(cmd, CodeRequired, "eventTime")
}

func TestLateArrivalIsNormal(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	fx.MustRecord(Coop, LossEvent(Noon, "烂", Kg(f, "1")))
	fx.MustRecord(Coop, LossEvent(Day(10, 1), "烂", Kg(f, "2"))) // earlier than the loss before it, and than now by weeks
	fx.MustRecord(Coop, LossEvent(Noon.Add(ClockSkew), "烂", Kg(f, "3")))
	fx.expectHeld(Coop, f, "94 KGM")
	fx.expectSameReplay()
}

// newJuice is an output of juice.
func newJuice(fx *Fixture, amount string) LotSpec {
	return LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: amount}
}

// transformRefusals are transformations that the ledger refuses.
var transformRefusals = []refusal{
	{"of nothing", func(fx *Fixture) (Actor, *Event) { return Coop, TransformEvent(Day(10, 5), nil, newJuice(fx, "1")) }, CodeRequired,
		"inputQuantityList"},
	{"into nothing", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "1")))
	}, CodeRequired, "outputQuantityList"},
	{"of an unknown lot", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.NewLotID(), "1")), newJuice(fx, "1"))
	}, CodeUnknownLot, "inputQuantityList[0].epcClass"},
	{"of a lot without a name", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg("", "1")), newJuice(fx, "1"))
	}, CodeRequired, "inputQuantityList[0].epcClass"},
	{"of one lot twice", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("5")
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(f, "1"), Kg(f, "1")), newJuice(fx, "1"))
	}, CodeDuplicateLot, "inputQuantityList[1].epcClass"},
	{"of a lot into itself", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("5")
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "1"), Kg(f, "1")),
			LotSpec{ID: f, Product: "fruit", Amount: "1"})
	}, CodeInputIsOutput, "inputQuantityList[1].epcClass"},
	{"of more than there is", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "5.000001")), newJuice(fx, "1"))
	}, CodeInsufficient, "inputQuantityList[0].quantity"},
	{"of more 斤 than there are", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(QuantityOf(fx.HarvestFruit("5"), "10.1", "斤")), newJuice(fx, "1"))
	}, CodeInsufficient, "inputQuantityList[0].quantity"},
	{"of another's lot", func(fx *Fixture) (Actor, *Event) {
		return Mill, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "1")), newJuice(fx, "1"))
	}, CodeNotHolder, "inputQuantityList[0].epcClass"},
	{"of a lot given away", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("5")
		fx.ShipToMill(Kg(f, "5"))
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(f, "1")), newJuice(fx, "1"))
	}, CodeInsufficient, "inputQuantityList[0].quantity"},
	{"of a lot in a box", func(fx *Fixture) (Actor, *Event) {
		f := fx.HarvestFruit("5")
		fx.PackUnit(Coop, quantities(Kg(f, "5")))
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(f, "1")), newJuice(fx, "1"))
	}, CodeInsufficient, "inputQuantityList[0].quantity"},
	{"in the wrong unit", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(QuantityOf(fx.HarvestFruit("5"), "1", Piece)), newJuice(fx, "1"))
	}, CodeUnitMismatch, "inputQuantityList[0].uom"},
	{"to more than went in", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "5")), newJuice(fx, "3"),
			LotSpec{ID: fx.NewLotID(), Product: "pomace", Amount: "2.000001"})
	}, CodeMoreOutThanIn, "outputQuantityList"},
	{"to more in nominal mass, beyond 2 %", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "5")),
			LotSpec{ID: fx.NewLotID(), Product: "jar", Amount: "11",
				Unit: Piece})
	}, CodeMoreOutThanIn, "outputQuantityList"},
	{"to more than went in, besides what has no mass", func(fx *Fixture) (Actor, *Event) {
		return Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "5")), newJuice(fx, "6"),
			LotSpec{ID: fx.NewLotID(), Product: "oil", Amount: "1", Unit: Litre})
	}, CodeMoreOutThanIn, "outputQuantityList"},
	{"to more bags than went in", func(fx *Fixture) (Actor, *Event) {
		bags := fx.TransformInto(Coop, "bag", "10", Bag, Kg(fx.HarvestFruit("5"), "5"))
		return Coop, TransformEvent(Day(10, 5), quantities(QuantityOf(bags, "5", Bag)), LotSpec{ID: fx.NewLotID(), Product: "bag", Amount: "6",
			Unit: Bag})
	}, CodeMoreOutThanIn, "outputQuantityList"},
	{"at an unknown place", func(fx *Fixture) (Actor, *Event) {
		e := TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "1")), newJuice(fx, "1"))
		e.BizLocation = &ID{placeURI("nowhere")}
		return Coop, e
	}, CodeUnknownThing, "bizLocation"},
}

func TestTransformRules(t *testing.T) {
	expectRefusals(t, transformRefusals)
}

// TestMassDoesNotWrap has outputs whose sum is beyond an int64.
func TestMassDoesNotWrap(t *testing.T) {
	fx := newFixture(t)
	outs := make([]LotSpec, 9300)
	for i := range outs {
		outs[i] = LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "1000000000"}
	}
	fx.expectRefused(Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "1")), outs...), CodeMoreOutThanIn,
		"outputQuantityList")
}

func TestTransformBounds(t *testing.T) {
	fx := newFixture(t)
	e := TransformEvent(Day(10, 5), make([]EventQuantity, 201))
	e.Outputs = make([]EventQuantity, 100)
	fx.expectRefused(Coop, e, CodeTooLarge, "inputQuantityList")
}

func TestTransform(t *testing.T) {
	fx := newFixture(t)
	a, b := fx.HarvestFruit("60"), fx.HarvestFruit("40")
	juice, pomace := fx.NewLotID(), fx.NewLotID()
	fx.MustRecord(Coop, TransformEvent(Day(10, 5), quantities(Kg(a, "60"), QuantityOf(b, "40", "斤")),
		LotSpec{ID: juice, Product: "juice", Amount: "42"}, LotSpec{ID: pomace, Product: "pomace", Amount: "38"}))
	fx.expectHeld(Coop, a, "0 KGM")
	fx.expectHeld(Coop, b, "20 KGM")
	fx.expectHeld(Coop, juice, "42 KGM")
	fx.expectHeld(Coop, pomace, "38 KGM")
	v, err := fx.Ledger.Lot(juice, 100)
	if err != nil || len(v.From) != 2 || v.Status != "active" || v.Made.Org.ID != Coop.Org {
		t.Fatalf("view = %+v, %v", v, err)
	}
	if in, _ := fx.Ledger.Lot(a, 0); len(in.Into) != 2 {
		t.Fatalf("%d lots were made of the first, want 2", len(in.Into))
	}
	fx.TransformInto(Coop, "jar", "85", Piece, Kg(juice, "42")) // 42.5 kg nominal, within 2 %
	fx.expectSameReplay()
}
