package trace

import (
	"reflect"
	"strings"
	"testing"
)

// printOf is a print run of the co-operative.
func (fx *Fixture) printOf(lot string) PrintRun {
	return PrintRun{Copies: 1, ID: NS + "/print/" + fx.NextKey(), Lot: lot, Org: Coop.Org, Sheet: "a4-24"}
}

// editPrint records a print run of ten items, with a change made before the recording.
func editPrint(a Actor, change func(fx *Fixture, b SerialBatch, p *PrintRun)) func(fx *Fixture) Command {
	return func(fx *Fixture) Command {
		b := fx.issued(fx.jars(), 10)
		p := fx.printOf(b.Lot)
		p.Org, p.Batch, p.From, p.To = a.Org, b.ID, 1, 10
		change(fx, b, &p)
		return MasterCommand(a, KindPrint, p)
	}
}

// printRefusals are print runs that the ledger refuses.
var printRefusals = []commandRefusal{
	{"of no lot", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Lot = "" }), CodeRequired, "lot"},
	{"of an unknown lot", editPrint(Coop, func(fx *Fixture, _ SerialBatch, p *PrintRun) { p.Lot = fx.NewLotID() }), CodeUnknownLot, "lot"},
	{"of the batch of another lot", editPrint(Coop, func(fx *Fixture, _ SerialBatch, p *PrintRun) { p.Lot = fx.jars() }), CodeUnknownThing,
		"batch"},
	{"of ordinals without a batch", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Batch = "" }), CodeRequired, "batch"},
	{"of ordinals the batch has not", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.To = 11 }), CodeBadValue, "to"},
	{"without a layout", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Sheet = "" }), CodeRequired, "sheet"},
	{"on an endless layout", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Sheet = strings.Repeat("a", 41) }), CodeBadValue,
		"sheet"},
	{"on no known basis", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Basis = []string{"own_test", "luck"} }),
		CodeBadValue, "basis[1]"},
	{"of a recalled lot", editPrint(Coop, func(fx *Fixture, b SerialBatch, _ *PrintRun) {
		fx.MustRecord(Office, StatusEvent(Day(10, 9), DispositionRecalled, "", "超标", b.Lot))
	}), CodeLotRecalled, "lot"},
	{"no copy", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Copies = 0 }), CodeBadValue, "copies"},
	{"a copy too many", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Copies = 1001 }), CodeBadValue, "copies"},
	{"without an id", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.ID = "" }), CodeRequired, "id"},
	{"with the id of another", editPrint(Coop, func(fx *Fixture, b SerialBatch, p *PrintRun) {
		o := fx.printOf(b.Lot)
		fx.mustSubmit(MasterCommand(Coop, KindPrint, o))
		p.ID = o.ID
	}), CodeKeyTaken, "id"},
	{"in another's name", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Org = Mill.Org }), CodeNotAllowed, "org"},
	{"by a stranger", editPrint(Mill, func(*Fixture, SerialBatch, *PrintRun) {}), CodeNotHolder, "lot"},
	{"by a bureau", editPrint(Office, func(*Fixture, SerialBatch, *PrintRun) {}), CodeNotHolder, "lot"},
	{"of a voided number", editPrint(Coop, func(fx *Fixture, b SerialBatch, p *PrintRun) {
		fx.changed(b, 7, 7, SerialVoided)
		p.From, p.To = 3, 7
	}), CodeSerialState, "from"},
	{"again without a reason", editPrint(Coop, func(fx *Fixture, b SerialBatch, p *PrintRun) {
		o := *p
		o.ID, o.From, o.To = NS+"/print/"+fx.NextKey(), 10, 10
		fx.mustSubmit(MasterCommand(Coop, KindPrint, o))
	}), CodeReasonNeeded, "reason"},
	{"for a reason of two lines", editPrint(Coop, func(_ *Fixture, _ SerialBatch, p *PrintRun) { p.Reason = "a\nb" }), CodeBadValue, "reason"},
}

func TestPrintRules(t *testing.T) {
	expectCommandRefusals(t, printRefusals)
}

func TestPrints(t *testing.T) {
	fx := newFixture(t)
	b := fx.issued(fx.jars(), 10)
	runs := []PrintRun{
		{From: 1, To: 4, Batch: b.ID}, {From: 5, To: 6, Batch: b.ID, Copies: 3}, {From: 6, To: 7, Batch: b.ID, Reason: "卡纸"}, {},
		{Copies: 40, Basis: []string{"control", "lab_test"}}, {From: 8, To: 10, Batch: b.ID},
	}
	for i := range runs {
		p := fx.printOf(b.Lot)
		p.From, p.To, p.Batch, p.Reason, p.Basis, p.Copies = runs[i].From, runs[i].To, runs[i].Batch, runs[i].Reason, runs[i].Basis,
			max(runs[i].Copies, 1)
		fx.mustSubmit(MasterCommand(Coop, KindPrint, p))
		runs[i] = p
	}
	got := fx.Ledger.Prints(b.Lot)
	if len(got) != len(runs) {
		t.Fatalf("%d print runs, want %d", len(got), len(runs))
	}
	for i, reprint := range []bool{false, false, true, false, true, false} {
		if !reflect.DeepEqual(got[i].PrintRun, runs[i]) || got[i].Reprint != reprint || got[i].Seq == 0 || got[i].Time != Noon {
			t.Errorf("print run %d = %+v, want %+v, reprint %v", i, got[i], runs[i], reprint)
		}
	}
	if list := fx.Ledger.Prints(fx.jars()); list != nil || fx.Ledger.Prints("x") != nil {
		t.Errorf("of another lot: %+v", list)
	}
	if n := fx.Ledger.Stats().Prints; n != 6 {
		t.Errorf("%d prints", n)
	}
	fx.expectSameReplay()
}
