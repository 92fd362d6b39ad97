package trace

import (
	"slices"
)

// KindLinks 链接 are the links of a code besides its page.
const KindLinks RecordKind = "links"

// WebLink is one place on the web that a code may lead to, in the words of the GS1 resolver standard.
type WebLink struct {
	Context  []string `json:"context,omitempty"`  // for whom, where the type and the language do not tell ("CN", "professional")
	Href     string   `json:"href"`               // https address
	Hreflang []string `json:"hreflang,omitempty"` // languages of what is there: zh, zh-CN, en
	LinkType string   `json:"linkType"`           // CURIE of the GS1 vocabulary: "gs1:certificationInfo"
	Title    string   `json:"title"`              // in the language of what is there
	Type     string   `json:"type,omitempty"`     // media type of what is there: "text/html", "application/pdf"
}

// LinkSet 链接 is the body of a record: all links that one organisation keeps for a product, a lot or an item, besides its page. A later
// set of the same organisation for the same ID replaces it; an empty one takes all its links away. Sets of several organisations (the
// maker, a holder, a bureau with a recall notice) stand beside one another, so that no organisation takes away the links of another.
type LinkSet struct {
	ID    string    `json:"id"` // URI of a product, a lot, or an item (see ItemURI)
	Links []WebLink `json:"links"`
	Org   string    `json:"org"` // who keeps them; "" for the administrator
}

// linkState are the sets of links by identifier; the sets are never changed, only replaced.
type linkState map[string][]*LinkSet

const linksNumber = 7

var linksKind = KindOf[LinkSet]{
	Name: KindLinks, Number: linksNumber,
	Names: func(v *LinkSet) (changes, refersTo []string) { return []string{v.ID}, []string{lotPart(v.ID), v.Org} },
	Judge: (*Ledger).judgeLinks, Lots: (*Ledger).listLinkedLots, Commit: (*Ledger).commitLinks,
	Visibility: Visibility[LinkSet]{
		Who: "links of a product: everyone with a key; of a lot or its items: the organisation that recorded them, whoever may see the lot, " +
			"bureaus, administrators",
		See: seeLinks,
	},
	newState: func() any { return &linkState{} },
	hash:     (*Ledger).hashLinks,
}.Register()

func (l *Ledger) linkSets() linkState { return *kindState[linkState](l, linksNumber) }

// listLinkedLots lists what a record of links is about: links of an item are found by its lot as well; those of a product are about no lot.
func (l *Ledger) listLinkedLots(v *LinkSet) []string {
	if _, ok := l.productOf[v.ID]; ok {
		return nil
	}
	if lot, _, item := SplitItem(v.ID); item {
		return []string{lot, v.ID}
	}
	return []string{v.ID}
}

func seeLinks(l *Ledger, a Actor, r *Record, value func() (*LinkSet, error)) ([]byte, bool) {
	if a.seesWhole(r) {
		return r.Body, true
	}
	v, err := value()
	if err != nil {
		return nil, false
	}
	_, ofProduct := l.Product(v.ID)
	return r.Body, ofProduct || l.Visible(a.Org, lotPart(v.ID))
}

func (l *Ledger) hashLinks(h *stateHash) {
	links := l.linkSets()
	for _, id := range sortedKeys(links) {
		h.addText(id)
		for _, s := range links[id] {
			if b, err := encodeJSON(s); err == nil { // the set was decoded from JSON
				h.addText(string(b))
			}
		}
	}
}

// Links are the links registered for exactly this identifier, by any organisation, in the order the sets were first made; nil for none.
// Links alike in all are given once.
func (l *Ledger) Links(id string) []WebLink {
	l.mu.RLock()
	defer l.mu.RUnlock()
	sets := l.linkSets()[id]
	if len(sets) == 1 {
		return slices.Clone(sets[0].Links)
	}
	var out []WebLink
	for _, s := range sets {
		for _, w := range s.Links {
			if !slices.ContainsFunc(out, w.same) {
				out = append(out, w)
			}
		}
	}
	return out
}

// LinkSets are the sets of links of an identifier, each with who keeps it, in the order they were first made. Empty sets are left out.
func (l *Ledger) LinkSets(id string) []LinkSet {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []LinkSet
	for _, s := range l.linkSets()[id] {
		c := *s
		c.Links = slices.Clone(s.Links)
		out = append(out, c)
	}
	return out
}

// same reports whether two links answer the same question and lead to the same place: one of them is too many.
func (w WebLink) same(o WebLink) bool {
	return w.LinkType == o.LinkType && w.Href == o.Href && w.Type == o.Type && slices.Equal(w.Hreflang, o.Hreflang) &&
		slices.Equal(w.Context, o.Context)
}

// commitLinks applies a set of links, and lets the pages that show them know. Sets are replaced, never changed: views hold them.
func (l *Ledger) commitLinks(v *LinkSet, r *Record) error {
	links := l.linkSets()
	list := slices.Clone(links[v.ID])
	i := slices.IndexFunc(list, func(s *LinkSet) bool { return s.Org == v.Org })
	switch {
	case i >= 0 && len(v.Links) == 0:
		list = slices.Delete(list, i, i+1)
	case i >= 0:
		list[i] = v
	case len(v.Links) > 0:
		list = append(list, v)
	}
	if len(list) == 0 {
		delete(links, v.ID)
	} else {
		links[v.ID] = list
	}
	if n, ok := l.productOf[v.ID]; ok {
		l.noteMasterChange(productMark(n), r.Seq)
	} else if n, ok := l.findLot(lotPart(v.ID)); ok {
		l.lots[n].pageSeq = uint32(r.Seq)
	}
	return nil
}
