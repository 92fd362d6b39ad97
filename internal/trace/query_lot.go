package trace

import (
	"slices"
	"sort"
	"time"
)

// LotView is a lot as the ledger sees it: the JSON of the API, of pages and of lineage documents.
type LotView struct {
	Lot        string         `json:"lot"`
	Key        string         `json:"key"`
	Status     string         `json:"status"` // active | hold | recalled | void
	Product    Product        `json:"product"`
	Grade      string         `json:"grade,omitempty"`
	Quantity   Quantity       `json:"quantity"` // at the making
	Pieces     Amount         `json:"pieces,omitempty"`
	DryMass    Amount         `json:"dryMass,omitempty"`
	Attributes []Attribute    `json:"attributes,omitempty"`
	Grower     string         `json:"grower,omitempty"` // pseudonymous; only for the maker and a bureau
	Made       Made           `json:"made"`
	Season     *SeasonView    `json:"season,omitempty"`
	Holdings   []HoldingView  `json:"holdings"`
	From       []Link         `json:"from"` // lots that the lot was made of
	Into       []Link         `json:"into"` // lots that were made of the lot
	Origins    []Origin       `json:"origins"`
	Questions  []SeqQuestions `json:"questions,omitempty"`
	Events     []int64        `json:"events"` // sequence numbers, oldest first
	Seq        int64          `json:"seq"`    // last record that touched it
	PageSeq    int64          `json:"pageSeq"`

	// PageRecords are the sequence numbers of the records that are no events and may have a line on the lot's public page, oldest first.
	PageRecords []int64 `json:"-"`
}

// Made says when, where and by whom a lot was made.
type Made struct {
	Seq   int64     `json:"seq"`
	Time  time.Time `json:"time"`
	Place *Place    `json:"place,omitempty"`
	Path  []string  `json:"path,omitempty"` // names of the places around it, the largest first
	Org   NamedOrg  `json:"org"`
}

// NamedOrg is an organisation as others see it.
type NamedOrg struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Tier Tier   `json:"tier"`
}

// HoldingView is an amount of a lot somewhere.
type HoldingView struct {
	Holder   NamedOrg  `json:"holder"`       // for goods under way, the sender
	To       *NamedOrg `json:"to,omitempty"` // destination of goods under way
	Shipment string    `json:"shipment,omitempty"`
	Unit     string    `json:"unit,omitempty"` // packed unit 箱/托 it is in
	Quantity Quantity  `json:"quantity"`
}

// Link is an edge as seen from one lot. Quantity is what the event took of the input lot; links of one event share it.
type Link struct {
	Lot      string   `json:"lot"`
	Product  string   `json:"product"`
	Name     string   `json:"name"`
	Quantity Quantity `json:"quantity"`
	Seq      int64    `json:"seq"`
}

// SeasonView is a season with its field work.
type SeasonView struct {
	Season
	Works []WorkView `json:"works,omitempty"`
}

// WorkView is one field work on a season.
type WorkView struct {
	FieldWork
	Time     time.Time `json:"time"`
	Seq      int64     `json:"seq"`
	Lot      string    `json:"lot,omitempty"` // fertiliser or feed lot
	Quantity *Quantity `json:"quantity,omitempty"`
}

// SeqQuestions are the questions raised by one record.
type SeqQuestions struct {
	Seq       int64      `json:"seq"`
	Questions []Question `json:"questions"`
}

// Lot returns a lot's view by its URI, or an Error of kind NotFound. originLimit bounds the walk for the origins' shares; 0 leaves them
// out.
func (l *Ledger) Lot(id string, originLimit int) (*LotView, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", id)
	if err != nil {
		return nil, err
	}
	v := l.view(n)
	if originLimit > 0 {
		r := l.walkFrom(n, Back, originLimit, originLimit)
		v.Origins = l.computeOrigins(r, n)
		l.releaseWalk(r)
	}
	return v, nil
}

// PageSeq is the sequence number a lot's page is keyed by: the last record that changed what it says, master data included.
func (l *Ledger) PageSeq(id string) (int64, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.findLot(id)
	if !ok {
		return 0, false
	}
	return l.pageSeq(n), true
}

func (l *Ledger) view(n int32) *LotView {
	lt := &l.lots[n]
	pr := *l.products[lt.product]
	v := &LotView{Lot: l.idOf(lt), Key: KeyOf(l.idOf(lt)), Status: lt.state.String(), Product: pr, Quantity: Quantity{lt.qty, l.unitOf(lt)},
		Made: l.madeView(lt), Seq: int64(lt.last), PageSeq: l.pageSeq(n), From: []Link{}, Into: []Link{}, Holdings: []HoldingView{},
		Origins: []Origin{}, PageRecords: slices.Clone(l.pageRecords[n])}
	if f := l.facts[n]; f != nil {
		v.Grade, v.Pieces, v.DryMass, v.Attributes, v.Grower = f.Grade, f.Pieces, f.DryMass, f.Attributes, f.Grower
	}
	if lt.season >= 0 {
		v.Season = l.seasonView(lt.season, l.madeAt(n))
	}
	for i := lt.hold; i >= 0; i = l.holdings[i].nextLot {
		if h := &l.holdings[i]; h.qty > 0 {
			v.Holdings = append(v.Holdings, l.holdingView(h))
		}
	}
	for e := lt.in; e >= 0; e = l.edges[e].nextIn {
		if l.isLiveEdge(e) {
			v.From = append(v.From, l.linkView(&l.edges[e], l.edges[e].from))
		}
	}
	for e := lt.out; e >= 0; e = l.edges[e].nextOut {
		if l.isLiveEdge(e) {
			v.Into = append(v.Into, l.linkView(&l.edges[e], l.edges[e].to))
		}
	}
	for t := lt.seen; t >= 0; t = l.lotRecords[t].next {
		seq := l.lotRecords[t].seq
		v.Events = append(v.Events, int64(seq))
		if q := l.questioned[seq]; q != nil {
			v.Questions = append(v.Questions, SeqQuestions{int64(seq), q})
		}
	}
	sort.Slice(v.Events, func(i, j int) bool { return v.Events[i] < v.Events[j] })
	return v
}

func (l *Ledger) madeView(lt *lot) Made {
	m := Made{Seq: int64(lt.made), Time: time.UnixMilli(l.events[lt.made].time).UTC(), Place: l.placeOf(lt), Org: l.named(lt.maker)}
	for p := m.Place; p != nil; p = l.places[p.Parent] {
		m.Path = append([]string{p.Name}, m.Path...)
	}
	return m
}

func (l *Ledger) named(at int32) NamedOrg {
	if o := l.orgs[l.locations[at].id]; o != nil {
		return NamedOrg{o.ID, o.Name, o.Tier}
	}
	return NamedOrg{ID: l.locations[at].id}
}

func (l *Ledger) holdingView(h *holding) HoldingView {
	v := HoldingView{Quantity: Quantity{h.qty, l.unitOf(&l.lots[h.lot])}}
	at := h.location
	if l.locations[at].kind == unitLocation {
		v.Unit = l.locations[at].id
		at = l.holderOf(at)
	}
	if at >= 0 && l.locations[at].kind == shipmentLocation {
		v.Shipment = l.locations[at].id
		to := l.named(l.locations[at].at)
		v.To = &to
		at = l.locations[at].from
	}
	if at >= 0 {
		v.Holder = l.named(at)
	}
	return v
}

func (l *Ledger) linkView(e *edge, other int32) Link {
	pr := l.products[l.lots[other].product]
	return Link{Lot: l.idOf(&l.lots[other]), Product: pr.ID, Name: pr.Name, Quantity: Quantity{e.qty, l.unitOf(&l.lots[e.from])},
		Seq: int64(e.seq)}
}

// seasonView shows the work done up to a moment.
func (l *Ledger) seasonView(n int32, until int64) *SeasonView {
	s := &l.seasons[n]
	v := &SeasonView{Season: s.Season}
	for i := range s.works {
		w := &s.works[i]
		if w.time > until {
			continue
		}
		o := WorkView{FieldWork: w.FieldWork, Time: time.UnixMilli(w.time).UTC(), Seq: int64(w.seq)}
		if w.lot >= 0 {
			o.Lot = l.idOf(&l.lots[w.lot])
			o.Quantity = &Quantity{w.qty, l.unitOf(&l.lots[w.lot])}
		}
		v.Works = append(v.Works, o)
	}
	sort.SliceStable(v.Works, func(i, j int) bool { return v.Works[i].Time.Before(v.Works[j].Time) })
	return v
}

// ResolveKey finds a lot by its key alone, as people type it. An Error of kind NotFound where there is none.
func (l *Ledger) ResolveKey(key string) (string, error) {
	k, err := ParseKey(key)
	if err != nil {
		return "", err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n, ok := l.lotOf[[KeyLength]byte([]byte(k))]; ok {
		return l.idOf(&l.lots[n]), nil
	}
	return "", E(NotFound, CodeUnknownLot, "lot", "lot", k)
}

// everHeld reports whether an organisation made or ever held a lot, or is to receive some.
func (l *Ledger) everHeld(n, org int32) bool {
	if l.lots[n].maker == org {
		return true
	}
	for i := l.lots[n].hold; i >= 0; i = l.holdings[i].nextLot {
		at := l.holdings[i].location
		if at = l.holderOf(at); at == org || at >= 0 && l.locations[at].kind == shipmentLocation && l.locations[at].at == org {
			return true
		}
	}
	return false
}

// Visible reports whether an organisation may see a lot: an organisation that made or held the lot, a lot behind it, or a lot made of it.
func (l *Ledger) Visible(orgID, lotID string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	org, ok := l.locationOf[orgID]
	n, known := l.findLot(lotID)
	if !ok || !known {
		return false
	}
	if l.everHeld(n, org) {
		return true
	}
	for _, dir := range []Direction{Back, Forward} {
		r := l.walkFrom(n, dir, 10_000, 20_000)
		l.releaseWalk(r)
		if slices.ContainsFunc(r.lots, func(m int32) bool { return l.everHeld(m, org) }) {
			return true
		}
	}
	return false
}

// PublicPath are the places around a place, itself included, that the public may see, the largest first. Plots, trees and buildings in a
// village belong to persons: such a place is shown as its group or village (PIPL §25). Works and warehouses of organisations are shown.
func (l *Ledger) PublicPath(id string) (path []Place) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for p := l.places[id]; p != nil; p = l.places[p.Parent] {
		if private := p.Kind == "plot" || p.Kind == "tree" || p.Kind == "site" && p.Tier == Village; !private {
			path = append(path, *p)
		}
	}
	slices.Reverse(path)
	return path
}
