package trace

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// sum is a fingerprint of a secret key.
const sum = "0123456789abcdef"

// batchOf is a serial batch of the co-operative for a lot.
func (fx *Fixture) batchOf(lot string, count int64) SerialBatch {
	return SerialBatch{Count: count, ID: NS + "/serials/" + fx.NextKey(), KeySum: sum, Lot: lot, Org: Coop.Org}
}

// issued is a batch that was accepted.
func (fx *Fixture) issued(lot string, count int64) SerialBatch {
	fx.T.Helper()
	b := fx.batchOf(lot, count)
	fx.mustSubmit(MasterCommand(Coop, KindSerials, b))
	return b
}

// changeOf is a change of items by the co-operative.
func (fx *Fixture) changeOf(b SerialBatch, from, to int64, state SerialState) SerialChange {
	return SerialChange{Batch: b.ID, From: from, ID: NS + "/serial-change/" + fx.NextKey(), Lot: b.Lot, Org: Coop.Org, State: state, To: to}
}

func (fx *Fixture) changed(b SerialBatch, from, to int64, state SerialState) {
	fx.T.Helper()
	c := fx.changeOf(b, from, to, state)
	if state == SerialVoided {
		c.Reason = "污损"
	}
	fx.mustSubmit(MasterCommand(Coop, KindSerialChange, c))
}

// jars is a lot of ten jars of the co-operative.
func (fx *Fixture) jars() string {
	fx.T.Helper()
	return fx.TransformInto(Coop, "jar", "10", Piece, Kg(fx.HarvestFruit("10"), "10"))
}

// editBatch issues ten serial numbers, with a change made to the batch before the issue.
func editBatch(a Actor, change func(fx *Fixture, b *SerialBatch)) func(fx *Fixture) Command {
	return func(fx *Fixture) Command {
		b := fx.batchOf(fx.jars(), 10)
		b.Org = a.Org
		change(fx, &b)
		return MasterCommand(a, KindSerials, b)
	}
}

// batchRefusals are serial batches that the ledger refuses.
var batchRefusals = []commandRefusal{
	{"of no lot", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Lot = "" }), CodeRequired, "lot"},
	{"of an unknown lot", editBatch(Coop, func(fx *Fixture, b *SerialBatch) { b.Lot = fx.NewLotID() }), CodeUnknownLot, "lot"},
	{"of nothing", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Count = 0 }), CodeBadValue, "count"},
	{"of less than nothing", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Count = -3 }), CodeBadValue, "count"},
	{"of too many at once", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Count = MaxBatch + 1 }), CodeTooLarge, "count"},
	{"of more than the lot has", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Count = 11 }), CodeTooManySerials, "count"},
	{"without an id", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.ID = "" }), CodeRequired, "id"},
	{"with an id of another kind", editBatch(Coop, func(fx *Fixture, b *SerialBatch) { b.ID = NS + "/print/" + fx.NextKey() }), CodeBadValue,
		"id"},
	{"with an id that is no key", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.ID = NS + "/serials/one" }), CodeBadValue, "id"},
	{"with the id of another", editBatch(Coop, func(fx *Fixture, b *SerialBatch) { b.ID = fx.issued(fx.jars(), 1).ID }), CodeKeyTaken, "id"},
	{"with a 33rd key", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Key = 32 }), CodeBadValue, "key"},
	{"with a key below nothing", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Key = -1 }), CodeBadValue, "key"},
	{"without the key's fingerprint", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.KeySum = "" }), CodeRequired, "keySum"},
	{"with a fingerprint that is none", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.KeySum = "secret" }), CodeBadValue, "keySum"},
	{"with another secret under the same number", editBatch(Coop, func(fx *Fixture, b *SerialBatch) {
		fx.issued(fx.jars(), 1)
		b.KeySum = strings.Repeat("f", 16)
	}), CodeSerialKey, "key"},
	{"for half a county", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Regions = []string{"50", "500"} }), CodeBadValue, "regions[1]"},
	{"for a region in letters", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Regions = []string{"渝"} }), CodeBadValue, "regions[0]"},
	{"for a region twice", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Regions = []string{"50", "50"} }), CodeBadValue, "regions[1]"},
	{"for too many regions", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Regions = make([]string, 51) }), CodeTooLarge, "regions"},
	{"in another's name", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Org = Mill.Org }), CodeNotAllowed, "org"},
	{"in nobody's name", editBatch(Coop, func(_ *Fixture, b *SerialBatch) { b.Org = "" }), CodeNotAllowed, "org"},
	{"by an administrator for an unknown one", editBatch(System, func(_ *Fixture, b *SerialBatch) { b.Org = NS + "/org/x" }), CodeUnknownThing,
		"org"},
	{"by a stranger", editBatch(Mill, func(*Fixture, *SerialBatch) {}), CodeNotHolder, "lot"},
	{"by a bureau", editBatch(Office, func(*Fixture, *SerialBatch) {}), CodeNotHolder, "lot"},
	{"of a recalled lot", editBatch(Coop, func(fx *Fixture, b *SerialBatch) {
		fx.MustRecord(Office, StatusEvent(Day(10, 9), recalled, "", "农残", b.Lot))
	}), CodeLotRecalled, "lot"},
	{"of a withdrawn lot", editBatch(Coop, func(fx *Fixture, b *SerialBatch) {
		b.Lot = fx.NewLotID()
		fx.MustRecord(Coop, CorrectionEvent(fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "",
			LotSpec{ID: b.Lot, Product: "fruit", Amount: "1", Facts: LotFacts{Pieces: Whole(9)}}))))
	}), CodeLotVoid, "lot"},
	{"of a heap without a count", editBatch(Coop, func(fx *Fixture, b *SerialBatch) { b.Lot = fx.HarvestFruit("7") }), CodeNoCount, "lot"},
	{"after the last one", editBatch(Coop, func(fx *Fixture, b *SerialBatch) { fx.issued(b.Lot, 10); b.Count = 1 }), CodeTooManySerials,
		"count"},
	{"with more to say", func(fx *Fixture) Command {
		return Command{Actor: Coop, Kind: KindSerials, Body: []byte(`{"serials":["AAAA"]}`)}
	}, CodeMalformed, ""},
}

func TestSerialBatchRules(t *testing.T) {
	expectCommandRefusals(t, batchRefusals)
}

// countedLots are lots, how many items each has, and whether the number can be known.
var countedLots = []struct {
	name  string
	lot   func(fx *Fixture) string
	count int64
	ok    bool
}{
	{"pieces", (*Fixture).jars, 10, true},
	{"bags", func(fx *Fixture) string { return fx.makeBags(fx.HarvestFruit("5"), "7") }, 7, true},
	{"boxes with a GTIN", func(fx *Fixture) string {
		lot := "https://id.gs1.org/01/" + GTIN + "/10/" + fx.NextKey()
		fx.MustRecord(Coop, TransformEvent(Day(10, 5), quantities(Kg(fx.HarvestFruit("5"), "5")),
			LotSpec{ID: lot, Product: "gift", Amount: "3", Unit: Box}))
		return lot
	}, 3, true},
	{"half a sheet of eggs counts not", func(fx *Fixture) string {
		lot := fx.NewLotID()
		fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: lot, Product: "eggs", Amount: "2.5", Unit: Sheet}))
		return lot
	}, 2, true},
	{"some were lost and some made into something else", func(fx *Fixture) string {
		lot := fx.jars()
		fx.MustRecord(Coop, LossEvent(Day(10, 6), "摔碎", EventQuantity{lot, Whole(3), Piece}))
		fx.TransformInto(Coop, "bag", "2", Bag, EventQuantity{lot, Whole(4), Piece})
		return lot
	}, 3, true},
	{"some are on their way", func(fx *Fixture) string {
		lot, id := fx.jars(), fx.NewShipmentID()
		fx.MustRecord(Coop, ShipEvent(Day(10, 6), id, Mill, quantities(EventQuantity{lot, Whole(4), Piece})))
		return lot
	}, 10, true},
	{"weighed and counted", func(fx *Fixture) string {
		lot := fx.NewLotID()
		fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: lot, Product: "fruit", Amount: "9",
			Facts: LotFacts{Pieces: Whole(6)}}))
		return lot
	}, 6, true},
	{"weighed, counted and dried", func(fx *Fixture) string {
		lot := fx.NewLotID()
		fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: lot, Product: "fruit", Amount: "9",
			Facts: LotFacts{Pieces: Whole(6)}}))
		fx.MustRecord(Coop, LossEvent(Day(10, 6), "风干", Kg(lot, "1")))
		return lot
	}, 6, true},
	{"weighed, of a known mass", func(fx *Fixture) string {
		fx.mustSubmit(MasterCommand(System, KindProduct, Product{ID: NS + "/product/fruit", Name: "柚", NetMass: 2 * AmountScale,
			Unit: Kilogram}))
		return fx.HarvestFruit("9")
	}, 4, true},
	{"weighed", func(fx *Fixture) string { return fx.HarvestFruit("9") }, 0, false},
	{"measured", func(fx *Fixture) string {
		return fx.TransformInto(Coop, "oil", "5", Litre, Kg(fx.HarvestFruit("5"), "5"))
	}, 0, false},
}

func TestHowManyItemsALotHas(t *testing.T) {
	for _, row := range countedLots {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			lot := row.lot(fx)
			count, numbered, ok, err := fx.Ledger.CountItems(lot)
			if err != nil || count != row.count || numbered != 0 || ok != row.ok {
				t.Fatalf("%d items, %d numbered, %v, %v; want %d, 0, %v", count, numbered, ok, err, row.count, row.ok)
			}
			if ok {
				fx.issued(lot, count)
				fx.expectCommandRefused(MasterCommand(Coop, KindSerials, fx.batchOf(lot, 1)), CodeTooManySerials, "count")
			}
		})
	}
	if _, _, _, err := newFixture(t).Ledger.CountItems("x"); !IsCode(err, CodeUnknownLot) {
		t.Errorf("an unknown lot: %v", err)
	}
}

// editChange activates ten items, with a change made to the record before the recording.
func editChange(a Actor, change func(fx *Fixture, b SerialBatch, c *SerialChange)) func(fx *Fixture) Command {
	return func(fx *Fixture) Command {
		b := fx.issued(fx.jars(), 10)
		c := fx.changeOf(b, 1, 10, SerialActivated)
		c.Org = a.Org
		change(fx, b, &c)
		return MasterCommand(a, KindSerialChange, c)
	}
}

func keepChange(*Fixture, SerialBatch, *SerialChange) {}

// serialChangeRefusals are changes of items that the ledger refuses.
var serialChangeRefusals = []commandRefusal{
	{"of no batch", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.Batch = "" }), CodeRequired, "batch"},
	{"of an unknown batch", editChange(Coop, func(fx *Fixture, _ SerialBatch, c *SerialChange) { c.Batch = NS + "/serials/" + fx.NextKey() }),
		CodeUnknownThing, "batch"},
	{"of another lot", editChange(Coop, func(fx *Fixture, _ SerialBatch, c *SerialChange) { c.Lot = fx.jars() }), CodeUnknownThing, "batch"},
	{"from before the first", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.From = 0 }), CodeBadValue, "from"},
	{"from after the last", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.From, c.To = 11, 11 }), CodeBadValue,
		"from"},
	{"to after the last", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.To = 11 }), CodeBadValue, "to"},
	{"to before the first of it", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.From, c.To = 5, 4 }), CodeBadValue,
		"to"},
	{"into no state", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.State = "" }), CodeBadValue, "state"},
	{"back to printed", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.State = SerialPrinted }), CodeBadValue, "state"},
	{"without an id", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.ID = "" }), CodeRequired, "id"},
	{"with the id of a print", editChange(Coop, func(fx *Fixture, _ SerialBatch, c *SerialChange) { c.ID = NS + "/print/" + fx.NextKey() }),
		CodeBadValue, "id"},
	{"with the id of another", editChange(Coop, func(fx *Fixture, b SerialBatch, c *SerialChange) {
		c.From = 2
		first := *c
		first.From, first.To = 1, 1
		fx.mustSubmit(MasterCommand(Coop, KindSerialChange, first))
	}), CodeKeyTaken, "id"},
	{"sold before it was activated", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.State = SerialSold }),
		CodeSerialState, "from"},
	{"activated twice", editChange(Coop, func(fx *Fixture, b SerialBatch, _ *SerialChange) { fx.changed(b, 4, 5, SerialActivated) }),
		CodeSerialState, "from"},
	{"voided twice", editChange(Coop, func(fx *Fixture, b SerialBatch, c *SerialChange) {
		fx.changed(b, 4, 5, SerialVoided)
		c.State, c.Reason = SerialVoided, "再来"
	}), CodeSerialState, "from"},
	{"activated after it was voided", editChange(Coop, func(fx *Fixture, b SerialBatch,
		_ *SerialChange) {
		fx.changed(b, 10, 10, SerialVoided)
	}), CodeSerialState, "from"},
	{"voided for nothing", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.State, c.Reason = SerialVoided, "  " }),
		CodeReasonNeeded, "reason"},
	{"for a reason that turns the line", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.Reason = "a\u202eb" }),
		CodeBadValue, "reason"},
	{"in another's name", editChange(Coop, func(_ *Fixture, _ SerialBatch, c *SerialChange) { c.Org = Mill.Org }), CodeNotAllowed, "org"},
	{"by a stranger", editChange(Mill, keepChange), CodeNotHolder, "lot"},
	{"activated by a bureau", editChange(Office, keepChange), CodeNotAllowed, "state"},
	{"of a recalled lot", editChange(Coop, func(fx *Fixture, b SerialBatch, _ *SerialChange) {
		fx.MustRecord(Office, StatusEvent(Day(10, 9), recalled, "", "农残", b.Lot))
	}), CodeLotRecalled, "lot"},
	{"of a lot on hold", editChange(Coop, func(fx *Fixture, b SerialBatch, _ *SerialChange) {
		fx.MustRecord(Office, StatusEvent(Day(10, 9), hold, "", "待检", b.Lot))
	}), CodeLotOnHold, "lot"},
}

func TestSerialChangeRules(t *testing.T) {
	expectCommandRefusals(t, serialChangeRefusals)
}

// TestTheFirstItemInTheWay: the error names which item is in the way, and its state.
func TestTheFirstItemInTheWay(t *testing.T) {
	fx := newFixture(t)
	b := fx.issued(fx.jars(), 10)
	fx.changed(b, 4, 6, SerialActivated)
	fx.changed(b, 5, 5, SerialSold)
	r := fx.Writer.Submit(context.Background(), MasterCommand(Coop, KindSerialChange, fx.changeOf(b, 3, 9, SerialActivated)))[0]
	expectCode(t, r.Err, CodeSerialState, "from")
	var e *Error
	if !errors.As(r.Err, &e) || e.Args["ordinal"] != "4" || e.Args["state"] != "activated" || e.Args["target"] != "activated" {
		t.Errorf("args = %v", e.Args)
	}
	r = fx.Writer.Submit(context.Background(), MasterCommand(Coop, KindSerialChange, fx.changeOf(b, 5, 9, SerialActivated)))[0]
	if !errors.As(r.Err, &e) || e.Args["ordinal"] != "5" || e.Args["state"] != "sold" {
		t.Errorf("args = %v", e.Args)
	}
}
