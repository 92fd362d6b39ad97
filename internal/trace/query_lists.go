package trace

import (
	"sort"
	"strconv"
	"time"
)

// LotQuery filters lots; empty fields do not filter. Lots come newest first; Before is the cursor of the page before.
type LotQuery struct {
	Product string
	Holder  string // organisation that has some of it now, packed or under way from it included
	Maker   string
	Tier    Tier // of the place of the making
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
	Left     Amount    `json:"left"` // with the Holder asked for, else with all holders
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
	row := LotRow{Lot: l.idOf(lt), Key: KeyOf(l.idOf(lt)), Product: pr.ID, Name: pr.Name, Status: lt.state.String(),
		Quantity: Quantity{lt.qty, l.unitOf(lt)}, Left: left,
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

// UnitView is a packed unit 箱/托 with what is in it.
type UnitView struct {
	Unit   string          `json:"unit"`
	Holder *NamedOrg       `json:"holder,omitempty"` // none once the unit is unpacked
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
	Records                                                                          map[RecordKind]int64 // of each kind that has any
	Head, Lots, Edges, Holdings, Organisations, Places, Products, Seasons, Questions int64
	LinkSets, SerialBatches, Serials, Prints                                         int64
}

// Stats counts what is in the ledger, for metrics and the verify report.
func (l *Ledger) Stats() Stats {
	l.mu.RLock()
	defer l.mu.RUnlock()
	records := map[RecordKind]int64{}
	for _, k := range l.kinds.list {
		if n := l.recordCounts[k.Number]; n > 0 {
			records[k.Name] = n
		}
	}
	return Stats{Records: records, Head: l.head, Lots: int64(len(l.lots)), Edges: int64(len(l.edges)), Holdings: int64(len(l.holdings)),
		Organisations: int64(len(l.orgs)), Places: int64(len(l.places)), Products: int64(len(l.products)), Seasons: int64(len(l.seasons)),
		Questions: int64(len(l.questioned)), LinkSets: int64(len(l.linkSets())), SerialBatches: int64(len(l.codes.batches)),
		Serials: l.codes.next, Prints: int64(len(l.codes.prints))}
}
