package trace

import "testing"

// recordHarvest records a harvest of fruit and returns its record as well.
func (fx *Fixture) recordHarvest() (lot string, harvest Record) {
	lot = fx.NewLotID()
	return lot, fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: lot, Product: "fruit", Amount: "100"}))
}

// correctionRefusals are corrections that the ledger refuses.
var correctionRefusals = []refusal{
	{"of an unknown event", func(fx *Fixture) (Actor, *Event) {
		e := LossEvent(Day(10, 5), "烂", Kg(fx.HarvestFruit("5"), "1"))
		e.Declaration = &Declaration{Time: NewTime(Noon)}
		return Coop, e
	}, CodeUnknownEvent, "eventID"},
	{"twice", func(fx *Fixture) (Actor, *Event) {
		_, r := fx.recordHarvest()
		fx.MustRecord(Coop, CorrectionEvent(r))
		return Coop, CorrectionEvent(r)
	}, CodeAlreadyDeclared, "eventID"},
	{"by another", func(fx *Fixture) (Actor, *Event) {
		_, r := fx.recordHarvest()
		return Mill, CorrectionEvent(r)
	}, CodeNotAllowed, "eventID"},
	{"of a harvest that was sold", func(fx *Fixture) (Actor, *Event) {
		f, r := fx.recordHarvest()
		fx.ShipToMill(Kg(f, "1"))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "quantityList[0]"},
	{"of a process whose result was used", func(fx *Fixture) (Actor, *Event) {
		f, _ := fx.recordHarvest()
		j := fx.NewLotID()
		r := fx.MustRecord(Coop, TransformEvent(Day(10, 5), quantities(Kg(f, "10")), LotSpec{ID: j, Product: "juice", Amount: "5"}))
		fx.TransformInto(Coop, "jar", "2", Piece, Kg(j, "1"))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "outputQuantityList[0]"},
	{"of a shipment that was received in part", func(fx *Fixture) (Actor, *Event) {
		f, _ := fx.recordHarvest()
		id := fx.NewShipmentID()
		r := fx.MustRecord(Coop, ShipEvent(Day(10, 5), id, Mill, quantities(Kg(f, "10"))))
		fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, quantities(Kg(f, "1"))))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "quantityList[0]"},
	{"of a shipment of which a box has arrived", func(fx *Fixture) (Actor, *Event) {
		f, _ := fx.recordHarvest()
		id, box := fx.NewShipmentID(), fx.PackUnit(Coop, quantities(Kg(f, "10")))
		r := fx.MustRecord(Coop, ShipEvent(Day(10, 5), id, Mill, nil, box))
		fx.MustRecord(Mill, ReceiveEvent(Day(10, 5), id, nil, box))
		return Coop, CorrectionEvent(r)
	}, CodeUsedSince, "epcList"},
	{"of a hold", func(fx *Fixture) (Actor, *Event) {
		f, _ := fx.recordHarvest()
		return Coop, CorrectionEvent(fx.MustRecord(Coop, StatusEvent(Day(10, 5), hold, "", "待检", f)))
	}, CodeNotAllowed, "eventID"},
	{"that says something else", func(fx *Fixture) (Actor, *Event) { // would give back what was never lost
		f, _ := fx.recordHarvest()
		e := CorrectionEvent(fx.MustRecord(Coop, LossEvent(Day(10, 5), "烂", Kg(f, "1"))))
		e.Quantities[0].Amount = Whole(50)
		return Coop, e
	}, CodeIDReused, "eventID"},
	{"that names another's shipment", func(fx *Fixture) (Actor, *Event) {
		f, _ := fx.recordHarvest()
		e := CorrectionEvent(fx.MustRecord(Coop, ShipEvent(Day(10, 5), fx.NewShipmentID(), Mill, quantities(Kg(f, "1")))))
		e.BizTransactions[0].ID = fx.ShipToMill(Kg(f, "7"))
		return Coop, e
	}, CodeIDReused, "eventID"},
}

func TestCorrectionRules(t *testing.T) {
	expectRefusals(t, correctionRefusals)
}

func TestCorrectionWithoutTime(t *testing.T) {
	fx := newFixture(t)
	id := fx.NewLotID()
	cmd := EventCommand(Coop, CorrectionEvent(fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "",
		LotSpec{ID: id, Product: "fruit", Amount: "1"}))))
	cmd.Event().Declaration.Time = Time{}
	fx.expectCommandRefused(cmd, CodeRequired, "errorDeclaration.declarationTime")
}

// TestCorrectionUndoes withdraws each kind of event and checks that the ledger holds the same as before the event.
func TestCorrectionUndoes(t *testing.T) {
	at := Day(10, 5)
	for _, row := range []struct {
		name string
		make func(fx *Fixture, f string) *Event
		by   Actor
	}{
		{"a harvest", func(fx *Fixture, _ string) *Event {
			return HarvestEvent(at, "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "7"})
		}, Coop},
		{"a process", func(fx *Fixture, f string) *Event {
			return TransformEvent(at, quantities(Kg(f, "10")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "5"},
				LotSpec{ID: fx.NewLotID(), Product: "pomace", Amount: "4"})
		}, Coop},
		{"a loss", func(_ *Fixture, f string) *Event { return LossEvent(at, "烂", Kg(f, "10")) }, Coop},
		{"a shipment", func(fx *Fixture, f string) *Event {
			return ShipEvent(at, fx.NewShipmentID(), Mill, quantities(Kg(f, "10")), fx.PackUnit(Coop, quantities(Kg(fx.HarvestFruit("5"), "5"))))
		}, Coop},
		{"field work", func(*Fixture, string) *Event { return WorkEvent(at, "s-a", sprayWork("阿维菌素", 14)) }, Coop},
		{"fertilising with a lot", func(_ *Fixture, f string) *Event {
			return WorkEvent(at, "s-a", FieldWork{Kind: "fertilise"}, Kg(f, "10"))
		}, Coop},
		{"an inspection", func(_ *Fixture, f string) *Event { return InspectEvent(at, f) }, Coop},
		{"a loss, by the bureau", func(_ *Fixture, f string) *Event { return LossEvent(at, "烂", Kg(f, "10")) }, Office},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f := fx.HarvestFruit("100")
			e := row.make(fx, f)
			r := fx.MustRecord(Coop, e)
			fx.MustRecord(row.by, CorrectionEvent(r))
			fx.expectUndone(t, f, e)
		})
	}
}

// expectUndone fails unless the ledger holds what it held before an event that was withdrawn: all of the lot, and nothing the event made.
func (fx *Fixture) expectUndone(t *testing.T, lot string, e *Event) {
	t.Helper()
	fx.expectHeld(Coop, lot, "100 KGM")
	for _, q := range append(append([]EventQuantity{}, e.Outputs...), e.Quantities...) {
		v, err := fx.Ledger.Lot(q.Class, 100)
		if err != nil || q.Class != lot && (v.Status != "void" || len(v.Holdings) != 0) {
			t.Errorf("lot = %+v, %v; want it void and nowhere", v, err)
		}
	}
	for _, s := range fx.Ledger.listShipments(ShipmentQuery{Limit: 9}) {
		if !s.Closed || len(s.Lots)+len(s.Units) != 0 {
			t.Errorf("shipment = %+v, want it closed and empty", s)
		}
	}
	if s, _ := fx.Ledger.Season(NS + "/season/s-a"); len(s.Works) != 0 {
		t.Errorf("works = %+v, want none", s.Works)
	}
	tr, err := fx.Ledger.Trace(lot, Forward, 0, 0)
	if err != nil || len(tr.Nodes) != 1 || len(tr.Edges) != 0 {
		t.Errorf("forward = %+v, %v; want the lot alone", tr, err)
	}
	fx.expectSameReplay()
}

func TestAfterACorrection(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	process := TransformEvent(Day(10, 5), quantities(Kg(f, "100")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "50"})
	r := fx.MustRecord(Coop, process)
	fx.MustRecord(Coop, CorrectionEvent(r))
	fx.expectRefused(Coop, process, CodeSameAsBefore, "eventTime") // "recorded already" would be a lie: the event does not stand
	process.Report = "second"
	e := *process
	e.Inputs = quantities(Kg(f, "10"))
	if again := fx.Submit(Coop, &e); again.Err == nil { // the lot's key is used up
		t.Fatalf("a withdrawn lot was made again: %+v", again)
	}
	right := fx.TransformInto(Coop, "juice", "50", Kilogram, Kg(f, "90"))
	v, err := fx.Ledger.Lot(right, 100)
	if err != nil || len(v.From) != 1 || v.Origins[0].Share != 1 {
		t.Fatalf("view = %+v, %v", v, err)
	}
	if in, _ := fx.Ledger.Lot(f, 0); len(in.Into) != 1 {
		t.Fatalf("%d lots made of the fruit, want the right one only", len(in.Into))
	}
	fx.expectSameReplay()
}

func TestCorrectedSprayingNoLongerForbids(t *testing.T) {
	fx := newFixture(t)
	r := fx.MustRecord(Coop, WorkEvent(Day(5, 10), "s-a", sprayWork("阿维菌素", 14)))
	leaf := HarvestEvent(Day(5, 12), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "10"})
	fx.expectRefused(Coop, leaf, CodeInsideInterval, "eventTime")
	fx.MustRecord(Coop, CorrectionEvent(r))
	fx.MustRecord(Coop, leaf)
	fx.expectSameReplay()
}

func TestRepeats(t *testing.T) {
	fx := newFixture(t)
	harvest := func(kg string) *Event {
		return HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: NS + "/lot/" + keyWith("ACDE"), Product: "fruit", Amount: kg})
	}
	send := func(a Actor, clientID, digest string, e *Event) Result {
		c := EventCommand(a, e)
		c.ClientID, c.Digest = clientID, digest
		return fx.SubmitCommands(c)[0]
	}
	first := send(Coop, "phone-1", "aa", harvest("100"))
	if first.Err != nil || first.Repeat {
		t.Fatalf("first answer = %+v", first)
	}
	head, hash := fx.Ledger.Head(), fx.Ledger.Hash()
	for _, row := range []struct {
		name   string
		result Result
		code   Code // "" stands for the first answer
		field  string
	}{
		{"same id, same content", send(Coop, "phone-1", "aa", harvest("100")), "", ""},
		{"same id, same content, even when it would be refused now", send(Coop, "phone-1", "aa", LossEvent(Noon, "", Kg("x", "1"))), "", ""},
		{"same id, other content", send(Coop, "phone-1", "bb", harvest("101")), CodeIDReused, ""},
		{"same event, no client id", send(Coop, "", "", harvest("100")), "", ""},
		{"same event, other client id", send(Coop, "phone-2", "aa", harvest("100")), "", ""},
		{"same event from another organisation", send(Coop2, "", "", harvest("100")), CodeIDReused, "eventID"},
		{"the id of another organisation is another id", send(Coop2, "phone-1", "aa", harvest("7")), CodeKeyTaken, "quantityList[0].epcClass"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.code != "" {
				expectCode(t, row.result.Err, row.code, row.field)
				return
			}
			if row.result.Err != nil || !row.result.Repeat || row.result.Record.Seq != first.Record.Seq {
				t.Fatalf("answer = %+v, want the first one again", row.result)
			}
		})
	}
	if fx.Ledger.Head() != head || fx.Ledger.Hash() != hash {
		t.Fatal("a repeat changed the ledger")
	}
}

func TestEventIDMadeByAClient(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	lose := func(kg string) *Event {
		e := LossEvent(Day(10, 3), "烂", Kg(f, kg))
		e.EventID = "urn:uuid:0193f0c4-2c2e-7a31-8a3e-1f6a5a1f0001"
		return e
	}
	fx.MustRecord(Coop, lose("1"))
	if r := fx.Submit(Coop, lose("1.0")); r.Err != nil || !r.Repeat {
		t.Fatalf("answer = %+v, want the first one again", r)
	}
	fx.expectRefused(Coop, lose("2"), CodeIDReused, "eventID")
}

func TestCommandsThatAreNoEvents(t *testing.T) {
	fx := newFixture(t)
	f := fx.HarvestFruit("5")
	bare := EventCommand(Coop, LossEvent(Noon, "烂", Kg(f, "1")))
	bare.Value = &Organisation{} // the body of another kind
	fx.expectCommandRefused(bare, CodeRequired, "event")
	noID := EventCommand(Coop, LossEvent(Noon, "烂", Kg(f, "1")))
	noID.Event().EventID = ""
	fx.expectCommandRefused(noID, CodeRequired, "eventID")
	huge := EventCommand(Coop, LossEvent(Noon, "烂", Kg(f, "1")))
	huge.Body = make([]byte, MaxBody+1)
	fx.expectCommandRefused(huge, CodeTooLarge, "")
	fx.expectRefused(Actor{Org: NS + "/org/x", Role: Operator}, LossEvent(Noon, "烂", Kg(f, "1")), CodeUnknownThing, "org")
	fx.expectRefused(Actor{Org: f, Role: Operator}, LossEvent(Noon, "烂", Kg(f, "1")), CodeUnknownThing, "org")
}
