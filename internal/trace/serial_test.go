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
func (d *Desk) batchOf(lot string, count int64) SerialBatch {
	return SerialBatch{Count: count, ID: NS + "/serials/" + d.Key(), KeySum: sum, Lot: lot, Org: Coop.Org}
}

// issued is a batch that was accepted.
func (d *Desk) issued(lot string, count int64) SerialBatch {
	d.T.Helper()
	b := d.batchOf(lot, count)
	d.command(Master(Coop, KindSerials, b))
	return b
}

// changeOf is a change of items by the co-operative.
func (d *Desk) changeOf(b SerialBatch, from, to int64, state SerialState) SerialChange {
	return SerialChange{Batch: b.ID, From: from, ID: NS + "/serial-change/" + d.Key(), Lot: b.Lot, Org: Coop.Org, State: state, To: to}
}

func (d *Desk) changed(b SerialBatch, from, to int64, state SerialState) {
	d.T.Helper()
	c := d.changeOf(b, from, to, state)
	if state == SerialVoided {
		c.Reason = "污损"
	}
	d.command(Master(Coop, KindSerialChange, c))
}

// jars is a lot of ten jars of the co-operative.
func (d *Desk) jars() string {
	d.T.Helper()
	return d.MadeOf(Coop, "jar", "10", Piece, Kg(d.Fruit("10"), "10"))
}

func TestSerialBatchRules(t *testing.T) {
	batch := func(a Actor, change func(d *Desk, b *SerialBatch)) func(d *Desk) Command {
		return func(d *Desk) Command {
			b := d.batchOf(d.jars(), 10)
			b.Org = a.Org
			change(d, &b)
			return Master(a, KindSerials, b)
		}
	}
	for _, row := range []struct {
		name  string
		cmd   func(d *Desk) Command
		code  Code
		field string
	}{
		{"of no lot", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Lot = "" }), CodeRequired, "lot"},
		{"of an unknown lot", batch(Coop, func(d *Desk, b *SerialBatch) { b.Lot = d.LotID() }), CodeUnknownLot, "lot"},
		{"of nothing", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Count = 0 }), CodeBadValue, "count"},
		{"of less than nothing", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Count = -3 }), CodeBadValue, "count"},
		{"of too many at once", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Count = MaxBatch + 1 }), CodeTooLarge, "count"},
		{"of more than the lot has", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Count = 11 }), CodeTooManySerials, "count"},
		{"without an id", batch(Coop, func(_ *Desk, b *SerialBatch) { b.ID = "" }), CodeRequired, "id"},
		{"with an id of another kind", batch(Coop, func(d *Desk, b *SerialBatch) { b.ID = NS + "/print/" + d.Key() }), CodeBadValue, "id"},
		{"with an id that is no key", batch(Coop, func(_ *Desk, b *SerialBatch) { b.ID = NS + "/serials/one" }), CodeBadValue, "id"},
		{"with the id of another", batch(Coop, func(d *Desk, b *SerialBatch) { b.ID = d.issued(d.jars(), 1).ID }), CodeKeyTaken, "id"},
		{"with a 33rd key", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Key = 32 }), CodeBadValue, "key"},
		{"with a key below nothing", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Key = -1 }), CodeBadValue, "key"},
		{"without the key's fingerprint", batch(Coop, func(_ *Desk, b *SerialBatch) { b.KeySum = "" }), CodeRequired, "keySum"},
		{"with a fingerprint that is none", batch(Coop, func(_ *Desk, b *SerialBatch) { b.KeySum = "secret" }), CodeBadValue, "keySum"},
		{"with another secret under the same number", batch(Coop, func(d *Desk, b *SerialBatch) {
			d.issued(d.jars(), 1)
			b.KeySum = strings.Repeat("f", 16)
		}), CodeSerialKey, "key"},
		{"for half a county", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Regions = []string{"50", "500"} }), CodeBadValue, "regions[1]"},
		{"for a region in letters", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Regions = []string{"渝"} }), CodeBadValue, "regions[0]"},
		{"for a region twice", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Regions = []string{"50", "50"} }), CodeBadValue, "regions[1]"},
		{"for too many regions", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Regions = make([]string, 51) }), CodeTooLarge, "regions"},
		{"in another's name", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Org = Mill.Org }), CodeNotAllowed, "org"},
		{"in nobody's name", batch(Coop, func(_ *Desk, b *SerialBatch) { b.Org = "" }), CodeNotAllowed, "org"},
		{"by an administrator for an unknown one", batch(System, func(_ *Desk, b *SerialBatch) { b.Org = NS + "/org/x" }), CodeUnknownThing, "org"},
		{"by a stranger", batch(Mill, func(*Desk, *SerialBatch) {}), CodeNotHolder, "lot"},
		{"by a bureau", batch(Office, func(*Desk, *SerialBatch) {}), CodeNotHolder, "lot"},
		{"of a recalled lot", batch(Coop, func(d *Desk, b *SerialBatch) { d.Must(Office, Mark(Day(10, 9), recalled, "", "农残", b.Lot)) }), CodeLotRecalled, "lot"},
		{"of a withdrawn lot", batch(Coop, func(d *Desk, b *SerialBatch) {
			b.Lot = d.LotID()
			d.Must(Coop, Withdraw(d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: b.Lot, Product: "fruit", Amount: "1", Facts: LotFacts{Pieces: Whole(9)}}))))
		}), CodeLotVoid, "lot"},
		{"of a heap without a count", batch(Coop, func(d *Desk, b *SerialBatch) { b.Lot = d.Fruit("7") }), CodeNoCount, "lot"},
		{"after the last one", batch(Coop, func(d *Desk, b *SerialBatch) { d.issued(b.Lot, 10); b.Count = 1 }), CodeTooManySerials, "count"},
		{"with more to say", func(d *Desk) Command {
			return Command{Actor: Coop, Kind: KindSerials, Body: []byte(`{"serials":["AAAA"]}`)}
		}, CodeMalformed, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			d.refusedCommand(row.cmd(d), row.code, row.field)
			d.replayed()
		})
	}
}

func TestHowManyItemsALotHas(t *testing.T) {
	for _, row := range []struct {
		name  string
		lot   func(d *Desk) string
		count int64
		ok    bool
	}{
		{"pieces", (*Desk).jars, 10, true},
		{"bags", func(d *Desk) string { return d.bags(d.Fruit("5"), "7") }, 7, true},
		{"boxes with a GTIN", func(d *Desk) string {
			lot := "https://id.gs1.org/01/" + GTIN + "/10/" + d.Key()
			d.Must(Coop, Transform(Day(10, 5), some(Kg(d.Fruit("5"), "5")), Out{ID: lot, Product: "gift", Amount: "3", Unit: Box}))
			return lot
		}, 3, true},
		{"half a sheet of eggs counts not", func(d *Desk) string {
			lot := d.LotID()
			d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: lot, Product: "eggs", Amount: "2.5", Unit: Sheet}))
			return lot
		}, 2, true},
		{"some were lost and some made into something else", func(d *Desk) string {
			lot := d.jars()
			d.Must(Coop, Loss(Day(10, 6), "摔碎", EventQuantity{lot, Whole(3), Piece}))
			d.MadeOf(Coop, "bag", "2", Bag, EventQuantity{lot, Whole(4), Piece})
			return lot
		}, 3, true},
		{"some are on their way", func(d *Desk) string {
			lot, id := d.jars(), d.ShipmentID()
			d.Must(Coop, Ship(Day(10, 6), id, Mill, some(EventQuantity{lot, Whole(4), Piece})))
			return lot
		}, 10, true},
		{"weighed and counted", func(d *Desk) string {
			lot := d.LotID()
			d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: lot, Product: "fruit", Amount: "9", Facts: LotFacts{Pieces: Whole(6)}}))
			return lot
		}, 6, true},
		{"weighed, counted and dried", func(d *Desk) string {
			lot := d.LotID()
			d.Must(Coop, Harvest(Day(10, 1), "plot-a", "", Out{ID: lot, Product: "fruit", Amount: "9", Facts: LotFacts{Pieces: Whole(6)}}))
			d.Must(Coop, Loss(Day(10, 6), "风干", Kg(lot, "1")))
			return lot
		}, 6, true},
		{"weighed, of a known mass", func(d *Desk) string {
			d.command(Master(System, KindProduct, Product{ID: NS + "/product/fruit", Name: "柚", NetMass: 2 * AmountScale, Unit: Kilogram}))
			return d.Fruit("9")
		}, 4, true},
		{"weighed", func(d *Desk) string { return d.Fruit("9") }, 0, false},
		{"measured", func(d *Desk) string {
			return d.MadeOf(Coop, "oil", "5", Litre, Kg(d.Fruit("5"), "5"))
		}, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			lot := row.lot(d)
			count, numbered, ok, err := d.Ledger.CountItems(lot)
			if err != nil || count != row.count || numbered != 0 || ok != row.ok {
				t.Fatalf("%d items, %d numbered, %v, %v; want %d, 0, %v", count, numbered, ok, err, row.count, row.ok)
			}
			if ok {
				d.issued(lot, count)
				d.refusedCommand(Master(Coop, KindSerials, d.batchOf(lot, 1)), CodeTooManySerials, "count")
			}
		})
	}
	if _, _, _, err := desk(t).Ledger.CountItems("x"); !IsCode(err, CodeUnknownLot) {
		t.Errorf("an unknown lot: %v", err)
	}
}

func TestSerialChangeRules(t *testing.T) {
	change := func(a Actor, to func(d *Desk, b SerialBatch, c *SerialChange)) func(d *Desk) Command {
		return func(d *Desk) Command {
			b := d.issued(d.jars(), 10)
			c := d.changeOf(b, 1, 10, SerialActivated)
			c.Org = a.Org
			to(d, b, &c)
			return Master(a, KindSerialChange, c)
		}
	}
	void := func(*Desk, SerialBatch, *SerialChange) {}
	for _, row := range []struct {
		name  string
		cmd   func(d *Desk) Command
		code  Code
		field string
	}{
		{"of no batch", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.Batch = "" }), CodeRequired, "batch"},
		{"of an unknown batch", change(Coop, func(d *Desk, _ SerialBatch, c *SerialChange) { c.Batch = NS + "/serials/" + d.Key() }), CodeUnknownThing, "batch"},
		{"of another lot", change(Coop, func(d *Desk, _ SerialBatch, c *SerialChange) { c.Lot = d.jars() }), CodeUnknownThing, "batch"},
		{"from before the first", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.From = 0 }), CodeBadValue, "from"},
		{"from after the last", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.From, c.To = 11, 11 }), CodeBadValue, "from"},
		{"to after the last", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.To = 11 }), CodeBadValue, "to"},
		{"to before the first of it", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.From, c.To = 5, 4 }), CodeBadValue, "to"},
		{"into no state", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.State = "" }), CodeBadValue, "state"},
		{"back to printed", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.State = SerialPrinted }), CodeBadValue, "state"},
		{"without an id", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.ID = "" }), CodeRequired, "id"},
		{"with the id of a print", change(Coop, func(d *Desk, _ SerialBatch, c *SerialChange) { c.ID = NS + "/print/" + d.Key() }), CodeBadValue, "id"},
		{"with the id of another", change(Coop, func(d *Desk, b SerialBatch, c *SerialChange) {
			c.From = 2
			first := *c
			first.From, first.To = 1, 1
			d.command(Master(Coop, KindSerialChange, first))
		}), CodeKeyTaken, "id"},
		{"sold before it was activated", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.State = SerialSold }), CodeSerialState, "from"},
		{"activated twice", change(Coop, func(d *Desk, b SerialBatch, _ *SerialChange) { d.changed(b, 4, 5, SerialActivated) }), CodeSerialState, "from"},
		{"voided twice", change(Coop, func(d *Desk, b SerialBatch, c *SerialChange) {
			d.changed(b, 4, 5, SerialVoided)
			c.State, c.Reason = SerialVoided, "再来"
		}), CodeSerialState, "from"},
		{"activated after it was voided", change(Coop, func(d *Desk, b SerialBatch, _ *SerialChange) { d.changed(b, 10, 10, SerialVoided) }), CodeSerialState, "from"},
		{"voided for nothing", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.State, c.Reason = SerialVoided, "  " }), CodeReasonNeeded, "reason"},
		{"for a reason that turns the line", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.Reason = "a\u202eb" }), CodeBadValue, "reason"},
		{"in another's name", change(Coop, func(_ *Desk, _ SerialBatch, c *SerialChange) { c.Org = Mill.Org }), CodeNotAllowed, "org"},
		{"by a stranger", change(Mill, void), CodeNotHolder, "lot"},
		{"activated by a bureau", change(Office, void), CodeNotAllowed, "state"},
		{"of a recalled lot", change(Coop, func(d *Desk, b SerialBatch, _ *SerialChange) {
			d.Must(Office, Mark(Day(10, 9), recalled, "", "农残", b.Lot))
		}), CodeLotRecalled, "lot"},
		{"of a lot on hold", change(Coop, func(d *Desk, b SerialBatch, _ *SerialChange) {
			d.Must(Office, Mark(Day(10, 9), hold, "", "待检", b.Lot))
		}), CodeLotOnHold, "lot"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			d.refusedCommand(row.cmd(d), row.code, row.field)
			d.replayed()
		})
	}
}

// TestTheFirstItemInTheWay: the error names which item is in the way, and its state.
func TestTheFirstItemInTheWay(t *testing.T) {
	d := desk(t)
	b := d.issued(d.jars(), 10)
	d.changed(b, 4, 6, SerialActivated)
	d.changed(b, 5, 5, SerialSold)
	r := d.Writer.Submit(context.Background(), Master(Coop, KindSerialChange, d.changeOf(b, 3, 9, SerialActivated)))[0]
	wantCode(t, r.Err, CodeSerialState, "from")
	var e *Error
	if !errors.As(r.Err, &e) || e.Args["ordinal"] != "4" || e.Args["state"] != "activated" || e.Args["target"] != "activated" {
		t.Errorf("args = %v", e.Args)
	}
	r = d.Writer.Submit(context.Background(), Master(Coop, KindSerialChange, d.changeOf(b, 5, 9, SerialActivated)))[0]
	if !errors.As(r.Err, &e) || e.Args["ordinal"] != "5" || e.Args["state"] != "sold" {
		t.Errorf("args = %v", e.Args)
	}
}
