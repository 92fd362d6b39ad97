package trace_test

import (
	"slices"

	. "github.com/yousang/yousang/internal/trace"
)

// booking is what a receipt did, by lot, so that its withdrawal can be counted.
type booking struct{ arrived, gained, lost, missing map[string]Amount }

// sumMissing is what is in the units of a shipment that a final receipt does not name.
func (c *county) sumMissing(ev *Event) map[string]Amount {
	out := map[string]Amount{}
	if ev.BizStep != StepReceiving || !ev.Final || ev.Declaration != nil {
		return out
	}
	v, _ := c.Ledger.Shipment(ev.BizTransactions[0].ID)
	var inside func(unit string)
	inside = func(unit string) {
		u, _ := c.Ledger.Unit(unit)
		forEachQuantity(u.Lots, func(lot string, n Amount) { out[lot] += n })
		for _, in := range u.Units {
			inside(in)
		}
	}
	for _, u := range v.Units {
		if !slices.Contains(ev.EPCs, u) {
			inside(u)
		}
	}
	return out
}

// bookReceipt counts a receipt: an amount above the amount under way is a gain, and an amount that a final receipt leaves out is a loss.
func (c *county) bookReceipt(ev *Event, missing map[string]Amount) booking {
	b := booking{map[string]Amount{}, map[string]Amount{}, map[string]Amount{}, missing}
	way := c.under[ev.BizTransactions[0].ID]
	forEachQuantity(ev.Quantities, func(lot string, n Amount) {
		b.arrived[lot], b.gained[lot] = min(n, way[lot]), max(0, n-way[lot])
	})
	for lot, n := range b.arrived {
		way[lot] -= n
	}
	for lot, n := range way {
		if ev.Final && n > 0 {
			b.lost[lot], way[lot] = n, 0
		}
	}
	c.settleReceipt(b, 1)
	return b
}

// unbookReceipt counts the withdrawal of a receipt: the goods that arrived and the goods that were lost are under way again.
func (c *county) unbookReceipt(ship string, b booking) {
	for _, list := range []map[string]Amount{b.arrived, b.lost} {
		for lot, n := range list {
			c.under[ship][lot] += n
		}
	}
	c.settleReceipt(b, -1)
}

func (c *county) settleReceipt(b booking, sign Amount) {
	for lot, n := range b.gained {
		c.sums[lot].gained += sign * n
	}
	for _, list := range []map[string]Amount{b.lost, b.missing} {
		for lot, n := range list {
			c.sums[lot].lost += sign * n
		}
	}
}
