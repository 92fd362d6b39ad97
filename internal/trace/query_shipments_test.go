package trace

import (
	"fmt"
	"slices"
	"testing"
)

// listShipments is the first page of shipments.
func (l *Ledger) listShipments(q ShipmentQuery) []ShipmentView {
	page, _ := l.Shipments(q)
	return page
}

// TestShipmentPages: every filter pages through the same shipments as one page with all of them, newest first.
func TestShipmentPages(t *testing.T) {
	fx := newFixture(t)
	lot := fx.HarvestFruit("100")
	other := fx.HarvestFruitAs(Coop2, "plot-b", "100")
	send := func(day int, a, to Actor, lot string) string {
		id := fx.NewShipmentID()
		fx.MustRecord(a, ShipEvent(Day(10, day), id, to, quantities(Kg(lot, "1"))))
		return id
	}
	var sent []string
	for range 3 {
		sent = append(sent, send(3, Coop, Mill, lot), send(3, Coop2, Mill, other), send(3, Coop2, Coop, other), send(3, Coop, Park, lot))
	}
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 4), sent[0], quantities(Kg(lot, "1"))))
	back := send(5, Mill, Coop, lot)
	for name, row := range map[string]struct {
		q    ShipmentQuery
		want []string // oldest first
	}{
		"all":               {ShipmentQuery{}, append(slices.Clone(sent), back)},
		"all, open":         {ShipmentQuery{Open: true}, append(slices.Clone(sent[1:]), back)},
		"of the mill":       {ShipmentQuery{Org: Mill.Org}, []string{sent[0], sent[1], sent[4], sent[5], sent[8], sent[9], back}},
		"of the mill, open": {ShipmentQuery{Org: Mill.Org, Open: true}, []string{sent[1], sent[4], sent[5], sent[8], sent[9], back}},
		"to the mill": {ShipmentQuery{Org: Mill.Org, Direction: "incoming"},
			[]string{sent[0], sent[1], sent[4], sent[5], sent[8], sent[9]}},
		"from the mill":           {ShipmentQuery{Org: Mill.Org, Direction: "outgoing"}, []string{back}},
		"to the first":            {ShipmentQuery{Org: Coop.Org, Direction: "incoming"}, []string{sent[2], sent[6], sent[10], back}},
		"of nobody":               {ShipmentQuery{Org: NS + "/org/none"}, nil},
		"of one without any":      {ShipmentQuery{Org: Office.Org}, nil},
		"a direction of nobody's": {ShipmentQuery{Direction: "incoming"}, nil},
	} {
		for limit := 1; limit <= len(sent)+2; limit++ {
			q := row.q
			q.Limit = limit
			got, err := readShipmentPages(fx.Ledger, q)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%s by %d: %d shipments, want %d", name, limit, len(got), len(row.want))
			}
		}
	}
	fx.expectSameReplay()
}

// readShipmentPages reads all pages of a query, and returns the shipments with the oldest first. Every page but the last is full.
func readShipmentPages(l *Ledger, q ShipmentQuery) (shipments []string, err error) {
	for {
		page, next := l.Shipments(q)
		for i := range page {
			shipments = append([]string{page[i].Shipment}, shipments...)
		}
		if q.Before = next; next == 0 {
			return shipments, nil
		}
		if len(page) != q.Limit {
			return nil, fmt.Errorf("a page of %d, want %d", len(page), q.Limit)
		}
	}
}
