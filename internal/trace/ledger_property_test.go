package trace_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/store/sqlite"
	. "github.com/yousang/yousang/internal/trace"
)

// tally is what a lot's holdings must add up to, counted from the accepted events alone.
type tally struct{ made, gained, consumed, lost Amount }

// county is the state machine: a writer on a real store, a second ledger that follows the store, and the tallies.
type county struct {
	*Fixture
	follower *Ledger
	lots     []string
	units    []string
	ships    []string
	done     []Record
	sums     map[string]*tally
	under    map[string]map[string]Amount // amounts under way, by shipment and lot
	booked   map[string]booking           // receipts, by event
	clock    time.Time
}

func TestLedgerProperties(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		s, err := sqlite.Open(context.Background(), filepath.Join(dir, fmt.Sprintf("%d.db", runs)))
		if err != nil {
			rt.Fatalf("open: %v", err)
		}
		c := &county{Fixture: NewFixture(rt, s, WriterOptions{}), follower: NewLedger(), sums: map[string]*tally{},
			under: map[string]map[string]Amount{}, booked: map[string]booking{}, clock: Day(10, 1)}
		defer func() {
			c.CloseWriter()
			if err := s.Close(); err != nil {
				rt.Fatalf("close: %v", err)
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"harvest": c.recordHarvest, "transform": c.recordTransform, "ship": c.recordShipment, "receive": c.recordReceipt,
			"pack": c.recordPacking, "unpack": c.recordUnpacking,
			"lose": c.recordLoss, "work": c.recordWork, "mark": c.recordStatus, "withdraw": c.recordCorrection, "again": c.repeatRecord,
			"": c.checkInvariants,
		})
		c.ExpectSameReplay()
	})
}

// checkInvariants is the invariant after each step.
func (c *county) checkInvariants(t *rapid.T) {
	if err := c.Ledger.CheckInvariants(); err != nil {
		t.Fatalf("unsound: %v", err)
	}
	for id, s := range c.sums {
		v, err := c.Ledger.Lot(id, 0)
		if err != nil {
			t.Fatalf("lot: %v", err)
		}
		var held Amount
		for _, h := range v.Holdings {
			held += h.Quantity.Amount
		}
		if want := s.made + s.gained - s.consumed - s.lost; held != want {
			t.Fatalf("%s: %s held, but made %s, gained %s, consumed %s, lost %s", id, held, s.made, s.gained, s.consumed, s.lost)
		}
	}
	c.CatchUpAndCompare(c.follower)
}

// submitEvent submits an event; a refusal must be one a caller can read, and change nothing.
func (c *county) submitEvent(t *rapid.T, a Actor, ev *Event) {
	before, head := c.Ledger.Hash(), c.Ledger.Head()
	missing := c.sumMissing(ev)
	r := c.Submit(a, ev)
	if r.Err == nil && !r.Repeat {
		c.done = append(c.done, r.Record)
		c.countEvent(ev, r.Record.EventID, missing)
		return
	}
	var e *Error
	if r.Err != nil && (!errors.As(r.Err, &e) || e.Kind == Internal || e.Kind == Unavailable) {
		t.Fatalf("refused with %v", r.Err)
	}
	if c.Ledger.Head() != head || c.Ledger.Hash() != before {
		t.Fatalf("refused with %v, and yet something changed", r.Err)
	}
}

// countEvent books an accepted event; missing is what was in the units that a final receipt left out.
func (c *county) countEvent(ev *Event, id string, missing map[string]Amount) {
	sign := Amount(1)
	if ev.Declaration != nil {
		sign = -1
	}
	for _, list := range [][]EventQuantity{ev.Inputs, ev.Outputs, ev.Quantities} {
		for _, q := range list {
			if c.sums[q.Class] == nil {
				c.sums[q.Class] = &tally{}
				c.lots = append(c.lots, q.Class)
			}
		}
	}
	forEachQuantity(ev.Inputs, func(lot string, n Amount) { c.sums[lot].consumed += sign * n })
	forEachQuantity(ev.Outputs, func(lot string, n Amount) { c.sums[lot].made += sign * n })
	switch {
	case ev.Action == "ADD" && ev.Type == ObjectEvent:
		forEachQuantity(ev.Quantities, func(lot string, n Amount) { c.sums[lot].made += sign * n })
	case ev.Action == "DELETE" && ev.Type == ObjectEvent:
		forEachQuantity(ev.Quantities, func(lot string, n Amount) { c.sums[lot].lost += sign * n })
	case ev.BizStep == StepShipping:
		way := map[string]Amount{}
		if sign > 0 {
			forEachQuantity(ev.Quantities, func(lot string, n Amount) { way[lot] = n })
			c.ships = append(c.ships, ev.BizTransactions[0].ID)
		}
		c.under[ev.BizTransactions[0].ID] = way
	case ev.BizStep == StepReceiving:
		if sign < 0 {
			c.unbookReceipt(ev.BizTransactions[0].ID, c.booked[id])
			return
		}
		c.booked[id] = c.bookReceipt(ev, missing)
	case ev.BizStep == StepPacking && sign > 0:
		c.units = append(c.units, ev.ParentID)
	}
}

func forEachQuantity(list []EventQuantity, f func(lot string, n Amount)) {
	for _, q := range list {
		n, _, err := ToBaseUnit(q.Amount, q.Unit)
		if err != nil {
			panic("accepted " + err.Error())
		}
		f(q.Class, n)
	}
}

func drawFrom[T any](t *rapid.T, label string, list ...T) T {
	return rapid.SampledFrom(list).Draw(t, label)
}

func (c *county) drawActor(t *rapid.T) Actor {
	return drawFrom(t, "actor", Coop, Coop, Mill, Mill, Park, Coop2, Office)
}

// drawTime moves the clock on; now and then something is reported late, or from the future.
func (c *county) drawTime(t *rapid.T) time.Time {
	switch rapid.IntRange(0, 19).Draw(t, "clock") {
	case 0:
		return Noon.Add(time.Hour)
	case 1, 2:
		return Day(10, 1).Add(time.Duration(rapid.IntRange(-30, 300).Draw(t, "hours")) * time.Hour)
	}
	c.clock = c.clock.Add(time.Hour)
	return c.clock
}

// drawStock draws an amount that an organisation has, or, now and then, any amount at all.
func (c *county) drawStock(t *rapid.T, most int) (Actor, []EventQuantity) {
	type has struct {
		who Actor
		q   EventQuantity
	}
	var all []has
	for _, a := range []Actor{Coop, Coop2, Mill, Park} {
		for _, lot := range c.lots {
			if q, _ := c.Ledger.HeldBy(a.Org, lot); q.Amount > 0 {
				all = append(all, has{a, EventQuantity{Class: lot, Amount: min(q.Amount, MaxAmount), Unit: q.Unit}})
			}
		}
	}
	if len(all) == 0 || rapid.IntRange(0, 4).Draw(t, "anything") == 0 {
		return c.drawActor(t), c.drawQuantities(t, most)
	}
	first := drawFrom(t, "stock", all...)
	list := []EventQuantity{first.q}
	for _, h := range all {
		if len(list) < most && h.who == first.who && h.q.Class != first.q.Class && rapid.Bool().Draw(t, "and") {
			list = append(list, h.q)
		}
	}
	for i := range list {
		if rapid.Bool().Draw(t, "a part") && list[i].Amount > Whole(1) {
			list[i].Amount = Whole(1)
		}
	}
	return first.who, list
}

func (c *county) drawQuantities(t *rapid.T, most int) (list []EventQuantity) {
	for range rapid.IntRange(0, most).Draw(t, "lots") {
		lot := c.NewLotID() // unknown
		if len(c.lots) > 0 && rapid.IntRange(0, 19).Draw(t, "known") > 0 {
			lot = drawFrom(t, "lot", c.lots...)
		}
		list = append(list, EventQuantity{Class: lot, Amount: c.drawAmount(t), Unit: drawFrom(t, "unit", Kilogram, Kilogram, Kilogram, "斤", Gram,
			Tonne, Piece)})
	}
	return list
}

func (c *county) drawAmount(t *rapid.T) Amount {
	return drawFrom(t, "amount", 0, 1, 7, 500_000, Whole(1), Whole(3), Whole(10), Whole(40), Whole(100), Whole(1000), MaxAmount)
}

func (c *county) drawUnits(t *rapid.T) []string {
	if len(c.units) == 0 || rapid.IntRange(0, 2).Draw(t, "boxes") > 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.SampledFrom(c.units), 0, 2).Draw(t, "which boxes")
}

func (c *county) drawNewLot(t *rapid.T) LotSpec {
	id := c.NewLotID()
	if len(c.lots) > 0 && rapid.IntRange(0, 9).Draw(t, "taken") == 0 {
		id = drawFrom(t, "lot", c.lots...)
	}
	return LotSpec{ID: id, Product: drawFrom(t, "product", "fruit", "juice", "jar"), Amount: c.drawAmount(t).String(),
		Unit: drawFrom(t, "unit", Kilogram, Kilogram, "斤", Piece)}
}

func (c *county) drawSeason(t *rapid.T) string { return drawFrom(t, "season", "s-a", "s-b") }

func (c *county) recordHarvest(t *rapid.T) {
	a, season, place, out := Coop, "", "plot-a", c.drawNewLot(t)
	if rapid.IntRange(0, 2).Draw(t, "anything") > 0 {
		out.Product, out.Unit, out.Amount = "fruit", Kilogram, "100"
	} else {
		a, place = c.drawActor(t), drawFrom(t, "place", "plot-a", "plot-b", "tree-a")
	}
	if rapid.Bool().Draw(t, "of a season") {
		season = c.drawSeason(t)
	}
	c.submitEvent(t, a, HarvestEvent(c.drawTime(t), place, season, out))
}

func (c *county) recordTransform(t *rapid.T) {
	a, in := c.drawStock(t, 3)
	outs := []LotSpec{c.drawNewLot(t)}
	if rapid.Bool().Draw(t, "two") {
		outs = append(outs, c.drawNewLot(t))
	}
	if rapid.IntRange(0, 3).Draw(t, "modest") > 0 {
		for i := range outs {
			outs[i].Product, outs[i].Unit, outs[i].Amount = "juice", Gram, "300"
		}
	}
	c.submitEvent(t, a, TransformEvent(c.drawTime(t), in, outs...))
}

func (c *county) recordShipment(t *rapid.T) {
	a, list := c.drawStock(t, 2)
	c.submitEvent(t, a, ShipEvent(c.drawTime(t), c.NewShipmentID(), c.drawActor(t), list, c.drawUnits(t)...))
}

func (c *county) recordReceipt(t *rapid.T) {
	if len(c.ships) == 0 {
		return // nothing under way
	}
	id := drawFrom(t, "shipment", c.ships...)
	v, _ := c.Ledger.Shipment(id)
	list, boxes := v.Lots, v.Units
	if rapid.IntRange(0, 3).Draw(t, "other than sent") == 0 {
		list, boxes = c.drawQuantities(t, 2), c.drawUnits(t)
	}
	for i := range list {
		if rapid.IntRange(0, 2).Draw(t, "other amount") == 0 {
			list[i].Amount = c.drawAmount(t)
		}
	}
	ev := ReceiveEvent(c.drawTime(t), id, list, boxes...)
	ev.Final = rapid.Bool().Draw(t, "final")
	if rapid.Bool().Draw(t, "reason") {
		for _, lot := range c.lots {
			ev.Differences = append(ev.Differences, Difference{Lot: lot, Reason: "磅差"})
		}
		if rapid.Bool().Draw(t, "of units too") {
			for _, unit := range c.units {
				ev.Differences = append(ev.Differences, Difference{Lot: unit, Reason: "翻车"})
			}
			ev.EPCs = ev.EPCs[:len(ev.EPCs)/2]
		}
	}
	a := Actor{Org: v.To.ID, Role: Operator}
	if rapid.IntRange(0, 5).Draw(t, "stranger") == 0 {
		a = c.drawActor(t)
	}
	c.submitEvent(t, a, ev)
}

func (c *county) recordPacking(t *rapid.T) {
	a, list := c.drawStock(t, 2)
	c.submitEvent(t, a, PackEvent(c.drawTime(t), c.NewUnitID(), list, c.drawUnits(t)...))
}

func (c *county) recordUnpacking(t *rapid.T) {
	if len(c.units) == 0 {
		return // nothing packed
	}
	unit := drawFrom(t, "unit", c.units...)
	a := c.drawActor(t)
	if v, _ := c.Ledger.Unit(unit); v.Holder != nil && rapid.IntRange(0, 4).Draw(t, "holder") > 0 {
		a = Actor{Org: v.Holder.ID, Role: Operator}
	}
	c.submitEvent(t, a, UnpackEvent(c.drawTime(t), unit))
}

func (c *county) recordLoss(t *rapid.T) {
	a, list := c.drawStock(t, 2)
	c.submitEvent(t, a, LossEvent(c.drawTime(t), drawFrom(t, "reason", "烂", "烂", "烂", ""), list...))
}

func (c *county) recordWork(t *rapid.T) {
	w := FieldWork{Kind: drawFrom(t, "kind", "spray", "fertilise"), Agent: drawFrom(t, "agent", "甲", "乙"),
		IntervalDays: drawFrom(t, "days", 0, 3), MaxUses: drawFrom(t, "uses", 0, 2)}
	a, list := c.drawStock(t, 2)
	c.submitEvent(t, a, WorkEvent(c.drawTime(t), c.drawSeason(t), w, list...))
}

func (c *county) recordStatus(t *rapid.T) {
	var lots []string
	a, list := c.drawStock(t, 2)
	for _, q := range list {
		lots = append(lots, q.Class)
	}
	states := []string{"", "", "", DispositionHold, DispositionRecalled}
	c.submitEvent(t, a, StatusEvent(c.drawTime(t), drawFrom(t, "set", states...), drawFrom(t, "unset", states...), "查", lots...))
}

func (c *county) recordCorrection(t *rapid.T) {
	if len(c.done) == 0 {
		return // nothing recorded
	}
	list := c.done
	if rapid.IntRange(0, 3).Draw(t, "lately") > 0 { // an older one has mostly been built on
		list = list[max(0, len(list)-3):]
	}
	r := drawFrom(t, "record", list...)
	a := Actor{Org: r.Org, Role: Operator}
	if rapid.IntRange(0, 5).Draw(t, "stranger") == 0 {
		a = c.drawActor(t)
	}
	c.submitEvent(t, a, CorrectionEvent(r))
}

func (c *county) repeatRecord(t *rapid.T) {
	if len(c.done) == 0 {
		return // nothing recorded
	}
	r := drawFrom(t, "record", c.done...)
	ev, err := ParseEvent(r.Body)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if ev.Declaration == nil {
		c.submitEvent(t, Actor{Org: r.Org, Role: Operator}, ev)
	}
}
