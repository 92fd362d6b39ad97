package trace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
	"strconv"
	"time"
)

// LotQuery filters lots; empty fields do not filter. Lots come newest first; Before is the cursor of the page before.
type LotQuery struct {
	Product string
	Holder  string // organisation that has some of it now, packed or under way from it included
	Maker   string
	Tier    Tier // of the place where it was made
	Status  string
	Since   time.Time // made at or after
	Until   time.Time // made before
	Seen    string    // only lots this organisation made or ever held; "" for all
	Before  string    // cursor
	Limit   int       // 0 means 50; at most 500
}

// LotRow is a line of a list of lots.
type LotRow struct {
	Lot      string    `json:"lot"`
	Key      string    `json:"key"`
	Product  string    `json:"product"`
	Name     string    `json:"name"`
	Status   string    `json:"status"`
	Quantity Quantity  `json:"quantity"`
	Left     Amount    `json:"left"` // with the Holder asked for, else with everybody
	Time     time.Time `json:"time"`
	Place    string    `json:"place,omitempty"`
	Tier     Tier      `json:"tier,omitempty"`
	Org      string    `json:"org"`
	Question bool      `json:"question,omitempty"`
}

// Lots lists lots by keyset: the cursor stays good while lots are added. next is "" at the end. Errors: Invalid for a bad cursor.
func (l *Ledger) Lots(q LotQuery) (rows []LotRow, next string, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Limit = min(q.Limit, 500)
	i := len(l.lots) - 1
	if q.Before != "" {
		n, err := strconv.Atoi(q.Before)
		if err != nil || n < 0 || n > len(l.lots) {
			return nil, "", E(Invalid, CodeBadValue, "cursor", "value", Clip(q.Before))
		}
		i = n - 1
	}
	rows = []LotRow{}
	for ; i >= 0; i-- {
		row, ok := l.matchLot(int32(i), &q)
		if !ok {
			continue
		}
		if len(rows) == q.Limit {
			return rows, strconv.Itoa(i + 1), nil
		}
		rows = append(rows, row)
	}
	return rows, "", nil
}

func (l *Ledger) matchLot(n int32, q *LotQuery) (LotRow, bool) {
	lt := &l.lots[n]
	pr := l.products[lt.product]
	at := l.madeAt(n)
	place := l.placeOf(lt)
	if q.Product != "" && pr.ID != q.Product || q.Status != "" && lt.state.String() != q.Status ||
		!q.Since.IsZero() && at < toMillis(q.Since) || !q.Until.IsZero() && at >= toMillis(q.Until) ||
		q.Tier != "" && (place == nil || place.Tier != q.Tier) || q.Maker != "" && l.locations[lt.maker].id != q.Maker {
		return LotRow{}, false
	}
	if q.Seen != "" && !l.everHeld(n, l.findLocation(q.Seen)) {
		return LotRow{}, false
	}
	holder := l.findLocation(q.Holder)
	var left Amount
	for i := lt.hold; i >= 0; i = l.holdings[i].nextLot {
		h := &l.holdings[i]
		if q.Holder == "" || l.ownerOf(h.location) == holder {
			left += h.qty
		}
	}
	if q.Holder != "" && left == 0 {
		return LotRow{}, false
	}
	row := LotRow{Lot: l.idOf(lt), Key: KeyOf(l.idOf(lt)), Product: pr.ID, Name: pr.Name, Status: lt.state.String(), Quantity: Quantity{lt.qty, l.unitOf(lt)}, Left: left,
		Time: time.UnixMilli(at).UTC(), Org: l.locations[lt.maker].id}
	if place != nil {
		row.Place, row.Tier = place.ID, place.Tier
	}
	for t := lt.seen; t >= 0 && !row.Question; t = l.lotRecords[t].next {
		row.Question = len(l.questioned[l.lotRecords[t].seq]) > 0
	}
	return row, true
}

func (l *Ledger) findLocation(id string) int32 {
	if i, ok := l.locationOf[id]; ok {
		return i
	}
	return -9
}

func sortedValues[T any](m map[string]*T) []T {
	ids := make([]string, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	out := make([]T, 0, len(m))
	for _, id := range ids {
		out = append(out, *m[id])
	}
	return out
}

// Organisations lists all, by id.
func (l *Ledger) Organisations() []Organisation {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return sortedValues(l.orgs)
}

// Places lists all, by id.
func (l *Ledger) Places() []Place {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return sortedValues(l.places)
}

// Chains lists the chain templates on record, by id.
func (l *Ledger) Chains() []Chain {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return sortedValues(l.chains)
}

// Products lists all, in the order of their making.
func (l *Ledger) Products() []Product {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]Product, len(l.products))
	for i, p := range l.products {
		out[i] = *p
	}
	return out
}

// Organisation, Place, Product and Season find one by its URI; ok is false where there is none.
func (l *Ledger) Organisation(id string) (v Organisation, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if o := l.orgs[id]; o != nil {
		return *o, true
	}
	return v, false
}

// Place finds a place by its URI.
func (l *Ledger) Place(id string) (v Place, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if p := l.places[id]; p != nil {
		return *p, true
	}
	return v, false
}

// Product finds a product by its URI.
func (l *Ledger) Product(id string) (v Product, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.productOf[id]; ok {
		return *l.products[n], true
	}
	return v, false
}

// ProductByGTIN finds the product that bears a GTIN of 14 digits; ok is false where none does.
func (l *Ledger) ProductByGTIN(gtin string) (v Product, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.gtins[gtin]; ok {
		return *l.products[n], true
	}
	return v, false
}

// Seasons lists seasons with their work, of one organisation or, with "", of all, in the order of their making.
func (l *Ledger) Seasons(org string) []SeasonView {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := []SeasonView{}
	for i := range l.seasons {
		if org == "" || l.seasons[i].Org == org {
			out = append(out, *l.seasonView(int32(i), 1<<62))
		}
	}
	return out
}

// Season finds a season with its work by its URI.
func (l *Ledger) Season(id string) (SeasonView, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.seasonOf[id]; ok {
		return *l.seasonView(n, 1<<62), true
	}
	return SeasonView{}, false
}

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

// Shipments lists shipments from or to an organisation ("" for all), newest first; open ones only where asked. At most limit.
func (l *Ledger) Shipments(org string, open bool, limit int) []ShipmentView {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := []ShipmentView{}
	at := l.findLocation(org)
	for i := len(l.locations) - 1; i >= 0 && len(out) < limit; i-- {
		s := &l.locations[i]
		if s.kind == shipmentLocation && (!open || !s.closed) && (org == "" || s.at == at || s.from == at) {
			out = append(out, l.shipmentView(int32(i)))
		}
	}
	return out
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

// UnitView is a packed unit 箱/托 with what is in it.
type UnitView struct {
	Unit   string          `json:"unit"`
	Holder *NamedOrg       `json:"holder,omitempty"` // none once it is unpacked
	Inside string          `json:"inside,omitempty"` // unit or shipment it stands in
	Lots   []EventQuantity `json:"lots"`
	Units  []string        `json:"units,omitempty"`
	Seq    int64           `json:"seq"`
}

// Unit finds a packed unit by its URI.
func (l *Ledger) Unit(id string) (UnitView, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	i, ok := l.locationOf[id]
	if !ok || l.locations[i].kind != unitLocation {
		return UnitView{}, false
	}
	s := &l.locations[i]
	v := UnitView{Unit: s.id, Seq: int64(s.seq), Lots: []EventQuantity{}}
	if s.at >= 0 {
		if l.locations[s.at].kind != organisationLocation {
			v.Inside = l.locations[s.at].id
		}
		at := l.holderOf(i)
		if at >= 0 && l.locations[at].kind == shipmentLocation {
			at = l.locations[at].from
		}
		if at >= 0 {
			o := l.named(at)
			v.Holder = &o
		}
	}
	for h := s.hold; h >= 0; h = l.holdings[h].nextAt {
		if x := &l.holdings[h]; x.qty > 0 {
			v.Lots = append(v.Lots, EventQuantity{l.idOf(&l.lots[x.lot]), x.qty, l.unitOf(&l.lots[x.lot])})
		}
	}
	for _, u := range l.within[i] {
		v.Units = append(v.Units, l.locations[u].id)
	}
	return v, true
}

// Stats counts what is in the ledger.
type Stats struct {
	Head, Lots, Edges, Holdings, Organisations, Places, Products, Seasons, Questions int64
	LinkSets, SerialBatches, Serials, Prints                                         int64
}

// Stats counts what is in the ledger, for metrics and the verify report.
func (l *Ledger) Stats() Stats {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return Stats{l.head, int64(len(l.lots)), int64(len(l.edges)), int64(len(l.holdings)), int64(len(l.orgs)), int64(len(l.places)),
		int64(len(l.products)), int64(len(l.seasons)), int64(len(l.questioned)),
		int64(len(l.codes.links)), int64(len(l.codes.batches)), l.codes.next, int64(len(l.codes.prints))}
}

// Hash is the lower-case hex SHA-256 of the ledger's state (lots, statuses, holdings, edges, units, seasons, corrections, links, serial numbers, prints): equal for two servers that folded
// the same log, and for a ledger folded again.
func (l *Ledger) Hash() string {
	_, hash := l.HashAt()
	return hash
}

// HashAt is Hash with the record it was taken after.
func (l *Ledger) HashAt() (head int64, hash string) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	h := sha256.New()
	var b []byte
	num := func(list ...int64) {
		for _, n := range list {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
	}
	num(l.head)
	b = append(append(b, l.info.Namespace...), 0)
	h.Write(b)
	for i := range l.lots {
		lt := &l.lots[i]
		b = append(append(b[:0], l.idOf(lt)...), 0)
		num(int64(lt.qty), int64(lt.product), int64(lt.maker), int64(lt.season), int64(lt.made), int64(lt.last), int64(lt.state))
		for n := lt.hold; n >= 0; n = l.holdings[n].nextLot {
			num(int64(l.holdings[n].location), int64(l.holdings[n].qty))
		}
		h.Write(b)
	}
	bit := func(x bool) int64 {
		if x {
			return 1
		}
		return 0
	}
	for i := range l.edges {
		b = b[:0]
		num(int64(l.edges[i].from), int64(l.edges[i].to), int64(l.edges[i].qty), int64(l.edges[i].seq))
		h.Write(b)
	}
	for i := range l.locations {
		b = append(append(b[:0], l.locations[i].id...), 0)
		num(int64(l.locations[i].at), int64(l.locations[i].from), bit(l.locations[i].closed))
		h.Write(b)
	}
	for i := range l.seasons {
		b = append(append(b[:0], l.seasons[i].ID...), 0)
		num(int64(len(l.seasons[i].harvests)))
		for j := range l.seasons[i].works {
			w := &l.seasons[i].works[j]
			num(int64(w.seq), int64(w.lot), int64(w.qty), w.time)
		}
		h.Write(b)
	}
	for i := range l.events {
		b = b[:0]
		num(l.events[i].time, int64(l.events[i].org), int64(l.events[i].kind), bit(l.events[i].void))
		h.Write(b)
	}
	b = b[:0]
	l.codes.hashInto(func(s string) { b = append(append(b, s...), 0) }, num)
	h.Write(b)
	return l.head, hex.EncodeToString(h.Sum(nil))
}
