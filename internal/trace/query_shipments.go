package trace

import (
	"sort"
	"time"
)

// ShipmentView is a shipment with what is still under way.
type ShipmentView struct {
	Shipment string          `json:"shipment"`
	From     NamedOrg        `json:"from"`
	To       NamedOrg        `json:"to"`
	Time     time.Time       `json:"time"`
	Seq      int64           `json:"seq"`
	Closed   bool            `json:"closed"`
	Lots     []EventQuantity `json:"lots"`
	Units    []string        `json:"units,omitempty"`
}

// ShipmentQuery filters shipments; empty members do not filter.
type ShipmentQuery struct {
	Org       string // organisation that sent or is to receive
	Direction string // "incoming" or "outgoing", as seen from Org; "" for both
	Open      bool   // only shipments that have not arrived entirely
	Before    int64  // only shipments of records before this one: the next of the page before
	Limit     int    // rows of a page
}

// Shipments lists a page of shipments, newest first. next is to be passed as Before for the page after, 0 at the end.
func (l *Ledger) Shipments(q ShipmentQuery) (page []ShipmentView, next int64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list, org := l.shipments, nowhere
	if q.Org != "" {
		org = l.findLocation(q.Org)
		list = l.shipmentsOf[org]
	}
	end := len(list)
	if q.Before > 0 { // in the order of their records
		end = sort.Search(len(list), func(i int) bool { return int64(l.locations[list[i]].seq) >= q.Before })
	}
	page = []ShipmentView{}
	for i := end - 1; i >= 0; i-- {
		s := &l.locations[list[i]]
		if q.Open && s.closed || q.Direction == "incoming" && s.at != org || q.Direction == "outgoing" && s.from != org {
			continue
		}
		if len(page) == q.Limit {
			return page, page[q.Limit-1].Seq
		}
		page = append(page, l.shipmentView(list[i]))
	}
	return page, 0
}

// indexShipment enters a new shipment in the lists of all shipments and of its two ends.
func (l *Ledger) indexShipment(n int32) {
	s := &l.locations[n]
	l.shipments = append(l.shipments, n)
	l.shipmentsOf[s.from] = append(l.shipmentsOf[s.from], n)
	if s.at != s.from {
		l.shipmentsOf[s.at] = append(l.shipmentsOf[s.at], n)
	}
}

// Shipment finds one by its URI.
func (l *Ledger) Shipment(id string) (ShipmentView, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if i, ok := l.locationOf[id]; ok && l.locations[i].kind == shipmentLocation {
		return l.shipmentView(i), true
	}
	return ShipmentView{}, false
}

func (l *Ledger) shipmentView(i int32) ShipmentView {
	s := &l.locations[i]
	v := ShipmentView{Shipment: s.id, From: l.named(s.from), To: l.named(s.at), Seq: int64(s.seq), Closed: s.closed, Lots: []EventQuantity{},
		Time: time.UnixMilli(l.events[s.seq].time).UTC()}
	for h := s.hold; h >= 0; h = l.holdings[h].nextAt {
		if x := &l.holdings[h]; x.qty > 0 {
			v.Lots = append(v.Lots, EventQuantity{l.idOf(&l.lots[x.lot]), x.qty, l.unitOf(&l.lots[x.lot])})
		}
	}
	for _, u := range l.within[i] {
		v.Units = append(v.Units, l.locations[u].id)
	}
	return v
}
