package trace

import (
	"slices"
)

// WebLink is one place on the web that a code may lead to, in the words of the GS1 resolver standard.
type WebLink struct {
	Context  []string `json:"context,omitempty"`  // for whom, where the type and the language do not tell ("CN", "professional")
	Href     string   `json:"href"`               // https address
	Hreflang []string `json:"hreflang,omitempty"` // languages of what is there: zh, zh-CN, en
	LinkType string   `json:"linkType"`           // CURIE of the GS1 vocabulary: "gs1:certificationInfo"
	Title    string   `json:"title"`              // in the language of what is there
	Type     string   `json:"type,omitempty"`     // media type of what is there: "text/html", "application/pdf"
}

// LinkSet 链接 is the body of a record: all links that one organisation keeps for a product, a lot or an item, besides its page. A later set
// of the same organisation for the same ID replaces it; an empty one takes all its links away. Sets of several organisations (the maker, a
// holder, a bureau with a recall notice) stand beside one another, so that nobody takes away what another put there.
type LinkSet struct {
	ID    string    `json:"id"` // URI of a product, a lot, or an item (see ItemURI)
	Links []WebLink `json:"links"`
	Org   string    `json:"org"` // who keeps them; "" for the administrator
}

// Links are the links registered for exactly this identifier, by whoever keeps them, in the order the sets were first made; nil for none.
// Links alike in all are given once.
func (l *Ledger) Links(id string) []WebLink {
	l.mu.RLock()
	defer l.mu.RUnlock()
	sets := l.codes.links[id]
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
	for _, s := range l.codes.links[id] {
		c := *s
		c.Links = slices.Clone(s.Links)
		out = append(out, c)
	}
	return out
}

// same reports whether two links answer the same question and lead to the same place: one of them is too many.
func (w WebLink) same(o WebLink) bool {
	return w.LinkType == o.LinkType && w.Href == o.Href && w.Type == o.Type && slices.Equal(w.Hreflang, o.Hreflang) && slices.Equal(w.Context, o.Context)
}

// commitLinks applies a set of links, and lets the pages that show them know. Sets are replaced, never changed: views hold them.
func (l *Ledger) commitLinks(r *Record) error {
	v, err := decodeMaster[LinkSet](r.Body)
	if err != nil {
		return err
	}
	list := slices.Clone(l.codes.links[v.ID])
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
		delete(l.codes.links, v.ID)
	} else {
		l.codes.links[v.ID] = list
	}
	if _, ok := l.productOf[v.ID]; ok {
		l.masterSeq = r.Seq
	} else if n, ok := l.findLot(lotPart(v.ID)); ok {
		l.lots[n].page = uint32(r.Seq)
	}
	return nil
}
