package trace

import (
	"context"
	"testing"
)

func TestCorrectionRules(t *testing.T) {
	at := Day(10, 5)
	harvested := func(d *Desk) (string, Record) {
		id := d.LotID()
		return id, d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: id, Product: "fruit", Amount: "100"}))
	}
	run(t, []refusal{
		{"of an unknown event", func(d *Desk) (Actor, *Event) {
			e := Loss(at, "烂", Kg(d.Fruit("5"), "1"))
			e.Declaration = &Declaration{Time: NewTime(Noon)}
			return Coop, e
		}, CodeUnknownEvent, "eventID"},
		{"twice", func(d *Desk) (Actor, *Event) {
			_, r := harvested(d)
			d.Must(Coop, Withdraw(r))
			return Coop, Withdraw(r)
		}, CodeAlreadyDeclared, "eventID"},
		{"by another", func(d *Desk) (Actor, *Event) {
			_, r := harvested(d)
			return Mill, Withdraw(r)
		}, CodeNotAllowed, "eventID"},
		{"of a harvest that was sold", func(d *Desk) (Actor, *Event) {
			f, r := harvested(d)
			d.Sent(Kg(f, "1"))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "quantityList[0]"},
		{"of a process whose result was used", func(d *Desk) (Actor, *Event) {
			f, _ := harvested(d)
			j := d.LotID()
			r := d.Must(Coop, Transform(at, some(Kg(f, "10")), Out{ID: j, Product: "juice", Amount: "5"}))
			d.MadeOf(Coop, "jar", "2", Piece, Kg(j, "1"))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "outputQuantityList[0]"},
		{"of a shipment that was received in part", func(d *Desk) (Actor, *Event) {
			f, _ := harvested(d)
			id := d.ShipmentID()
			r := d.Must(Coop, Ship(at, id, Mill, some(Kg(f, "10"))))
			d.Must(Mill, Receive(at, id, some(Kg(f, "1"))))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "quantityList[0]"},
		{"of a shipment of which a box has arrived", func(d *Desk) (Actor, *Event) {
			f, _ := harvested(d)
			id, box := d.ShipmentID(), d.Boxed(Coop, some(Kg(f, "10")))
			r := d.Must(Coop, Ship(at, id, Mill, nil, box))
			d.Must(Mill, Receive(at, id, nil, box))
			return Coop, Withdraw(r)
		}, CodeUsedSince, "epcList"},
		{"of a hold", func(d *Desk) (Actor, *Event) {
			f, _ := harvested(d)
			return Coop, Withdraw(d.Must(Coop, Mark(at, hold, "", "待检", f)))
		}, CodeNotAllowed, "eventID"},
		{"that says something else", func(d *Desk) (Actor, *Event) { // would give back what was never lost
			f, _ := harvested(d)
			e := Withdraw(d.Must(Coop, Loss(at, "烂", Kg(f, "1"))))
			e.Quantities[0].Amount = Whole(50)
			return Coop, e
		}, CodeIDReused, "eventID"},
		{"that names another's shipment", func(d *Desk) (Actor, *Event) {
			f, _ := harvested(d)
			e := Withdraw(d.Must(Coop, Ship(at, d.ShipmentID(), Mill, some(Kg(f, "1")))))
			e.BizTransactions[0].ID = d.Sent(Kg(f, "7"))
			return Coop, e
		}, CodeIDReused, "eventID"},
	})
}

func TestCorrectionWithoutTime(t *testing.T) {
	d := desk(t)
	id := d.LotID()
	cmd := Seal(Coop, Withdraw(d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: id, Product: "fruit", Amount: "1"}))))
	cmd.Event.Declaration.Time = Time{}
	d.refusedCommand(cmd, CodeRequired, "errorDeclaration.declarationTime")
}

// TestCorrectionUndoes withdraws each kind of event and wants the ledger to hold what it held before.
func TestCorrectionUndoes(t *testing.T) {
	at := Day(10, 5)
	for _, row := range []struct {
		name string
		make func(d *Desk, f string) *Event
		by   Actor
	}{
		{"a harvest", func(d *Desk, _ string) *Event {
			return Harvest(at, "plot-a", "s-a", Out{ID: d.LotID(), Product: "leaf", Amount: "7"})
		}, Coop},
		{"a process", func(d *Desk, f string) *Event {
			return Transform(at, some(Kg(f, "10")), Out{ID: d.LotID(), Product: "juice", Amount: "5"}, Out{ID: d.LotID(), Product: "pomace", Amount: "4"})
		}, Coop},
		{"a loss", func(_ *Desk, f string) *Event { return Loss(at, "烂", Kg(f, "10")) }, Coop},
		{"a shipment", func(d *Desk, f string) *Event {
			return Ship(at, d.ShipmentID(), Mill, some(Kg(f, "10")), d.Boxed(Coop, some(Kg(d.Fruit("5"), "5"))))
		}, Coop},
		{"field work", func(*Desk, string) *Event { return Work(at, "s-a", spray("阿维菌素", 14)) }, Coop},
		{"fertilising with a lot", func(_ *Desk, f string) *Event {
			return Work(at, "s-a", FieldWork{Kind: "fertilise"}, Kg(f, "10"))
		}, Coop},
		{"an inspection", func(_ *Desk, f string) *Event { return Inspect(at, f) }, Coop},
		{"a loss, by the bureau", func(_ *Desk, f string) *Event { return Loss(at, "烂", Kg(f, "10")) }, Office},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f := d.Fruit("100")
			e := row.make(d, f)
			r := d.Must(Coop, e)
			d.Must(row.by, Withdraw(r))
			d.holds(Coop, f, "100 KGM")
			for _, q := range append(append([]EventQuantity{}, e.Outputs...), e.Quantities...) {
				v, err := d.Ledger.Lot(q.Class, 100)
				if err != nil || q.Class != f && (v.Status != "void" || len(v.Holdings) != 0) {
					t.Errorf("lot = %+v, %v; want it void and nowhere", v, err)
				}
			}
			for _, s := range d.Ledger.Shipments("", false, 9) {
				if !s.Closed || len(s.Lots)+len(s.Units) != 0 {
					t.Errorf("shipment = %+v, want it closed and empty", s)
				}
			}
			if s, _ := d.Ledger.Season(NS + "/season/s-a"); len(s.Works) != 0 {
				t.Errorf("works = %+v, want none", s.Works)
			}
			tr, err := d.Ledger.Trace(f, Forward, 0, 0)
			if err != nil || len(tr.Nodes) != 1 || len(tr.Edges) != 0 {
				t.Errorf("forward = %+v, %v; want the lot alone", tr, err)
			}
			d.replayed()
		})
	}
}

func TestAfterACorrection(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	process := Transform(Day(10, 5), some(Kg(f, "100")), Out{ID: d.LotID(), Product: "juice", Amount: "50"})
	r := d.Must(Coop, process)
	d.Must(Coop, Withdraw(r))
	d.refused(Coop, process, CodeSameAsBefore, "eventTime") // "recorded already" would be a lie: it does not stand
	process.Report = "second"
	e := *process
	e.Inputs = some(Kg(f, "10"))
	if again := d.Do(Coop, &e); again.Err == nil { // the lot's key is used up
		t.Fatalf("a withdrawn lot was made again: %+v", again)
	}
	right := d.MadeOf(Coop, "juice", "50", Kilogram, Kg(f, "90"))
	v, err := d.Ledger.Lot(right, 100)
	if err != nil || len(v.From) != 1 || v.Origins[0].Share != 1 {
		t.Fatalf("view = %+v, %v", v, err)
	}
	if in, _ := d.Ledger.Lot(f, 0); len(in.Into) != 1 {
		t.Fatalf("%d lots made of the fruit, want the right one only", len(in.Into))
	}
	d.replayed()
}

func TestCorrectedSprayingNoLongerForbids(t *testing.T) {
	d := desk(t)
	r := d.Must(Coop, Work(Day(5, 10), "s-a", spray("阿维菌素", 14)))
	leaf := Harvest(Day(5, 12), "plot-a", "s-a", Out{ID: d.LotID(), Product: "leaf", Amount: "10"})
	d.refused(Coop, leaf, CodeInsideInterval, "eventTime")
	d.Must(Coop, Withdraw(r))
	d.Must(Coop, leaf)
	d.replayed()
}

func TestRepeats(t *testing.T) {
	d := desk(t)
	harvest := func(kg string) *Event {
		return Harvest(Day(10, 1), "plot-a", "", Out{ID: NS + "/lot/" + keyWith("ACDE"), Product: "fruit", Amount: kg})
	}
	send := func(a Actor, clientID, digest string, e *Event) Result {
		c := Seal(a, e)
		c.ClientID, c.Digest = clientID, digest
		return d.Writer.Submit(context.Background(), c)[0]
	}
	first := send(Coop, "phone-1", "aa", harvest("100"))
	if first.Err != nil || first.Repeat {
		t.Fatalf("first answer = %+v", first)
	}
	head, hash := d.Ledger.Head(), d.Ledger.Hash()
	for _, row := range []struct {
		name   string
		result Result
		code   Code // "" wants the first answer
		field  string
	}{
		{"same id, same content", send(Coop, "phone-1", "aa", harvest("100")), "", ""},
		{"same id, same content, even when it would be refused now", send(Coop, "phone-1", "aa", Loss(Noon, "", Kg("x", "1"))), "", ""},
		{"same id, other content", send(Coop, "phone-1", "bb", harvest("101")), CodeIDReused, ""},
		{"same event, no client id", send(Coop, "", "", harvest("100")), "", ""},
		{"same event, other client id", send(Coop, "phone-2", "aa", harvest("100")), "", ""},
		{"same event from another organisation", send(Coop2, "", "", harvest("100")), CodeIDReused, "eventID"},
		{"the id of another organisation is another id", send(Coop2, "phone-1", "aa", harvest("7")), CodeKeyTaken, "quantityList[0].epcClass"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.code != "" {
				wantCode(t, row.result.Err, row.code, row.field)
				return
			}
			if row.result.Err != nil || !row.result.Repeat || row.result.Record.Seq != first.Record.Seq {
				t.Fatalf("answer = %+v, want the first one again", row.result)
			}
		})
	}
	if d.Ledger.Head() != head || d.Ledger.Hash() != hash {
		t.Fatal("a repeat changed the ledger")
	}
}

func TestEventIDMadeByAClient(t *testing.T) {
	d := desk(t)
	f := d.Fruit("100")
	lose := func(kg string) *Event {
		e := Loss(Day(10, 3), "烂", Kg(f, kg))
		e.EventID = "urn:uuid:0193f0c4-2c2e-7a31-8a3e-1f6a5a1f0001"
		return e
	}
	d.Must(Coop, lose("1"))
	if r := d.Do(Coop, lose("1.0")); r.Err != nil || !r.Repeat {
		t.Fatalf("answer = %+v, want the first one again", r)
	}
	d.refused(Coop, lose("2"), CodeIDReused, "eventID")
}

func TestCommandsThatAreNoEvents(t *testing.T) {
	d := desk(t)
	f := d.Fruit("5")
	bare := Seal(Coop, Loss(Noon, "烂", Kg(f, "1")))
	bare.Event = nil
	d.refusedCommand(bare, CodeRequired, "event")
	noID := Seal(Coop, Loss(Noon, "烂", Kg(f, "1")))
	noID.Event.EventID = ""
	d.refusedCommand(noID, CodeRequired, "eventID")
	huge := Seal(Coop, Loss(Noon, "烂", Kg(f, "1")))
	huge.Body = make([]byte, MaxBody+1)
	d.refusedCommand(huge, CodeTooLarge, "")
	d.refused(Actor{Org: NS + "/org/x", Role: Operator}, Loss(Noon, "烂", Kg(f, "1")), CodeUnknownThing, "org")
	d.refused(Actor{Org: f, Role: Operator}, Loss(Noon, "烂", Kg(f, "1")), CodeUnknownThing, "org")
}
