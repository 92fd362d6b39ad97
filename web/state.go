package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// band says whether the lot is all right.
func (b *builder) band() band {
	v := b.standing(b.root.Status, upstream(b.trace, b.back))
	v.Why = b.why()
	if v.State != "active" {
		v.Do = b.p.T("page.state." + v.State + ".do")
	}
	return v
}

// standing is a lot's state in words: its own, or that of what it was made of. A lot is not called all right while something it was made
// of is recalled or on hold, even where nobody has named the lot itself.
func (n *namer) standing(own, up string) band {
	if own == "active" && up != "" {
		return band{State: "hold", Word: n.p.T("page.upstream." + up), Say: n.p.T("page.upstream." + up + ".text")}
	}
	return band{State: own, Word: n.p.T("page.state." + own), Say: n.p.T("page.state." + own + ".text")}
}

// upstream is the worst state of what a lot was made of: "recalled", "hold", or "" where nothing is wrong. back marks what counts.
func upstream(t *trace.Trace, back []bool) string {
	up := ""
	for i, in := range back {
		if n := &t.Nodes[i]; in && n.Lot != t.Root && !n.State.Has(trace.Void) && rank(n.State.String()) > rank(up) {
			up = n.State.String()
		}
	}
	return up
}

// declared is why an event was withdrawn: in words where it is one of the two reasons that EPCIS names (CBV 2.0, 7.6), else as the clerk said it.
func (b *builder) declared(reason string) string {
	switch reason {
	case "did_not_occur", "incorrect_data":
		return b.p.T("page.declared." + reason)
	}
	return maskNumbers(reason)
}

// why is the reason on record for the lot's state, with who said it and when.
func (b *builder) why() string {
	want := map[string]string{"recalled": trace.DispositionRecalled, "hold": trace.DispositionHold}[b.root.Status]
	text := ""
	for i := range b.records {
		rec := &b.records[i]
		ev := b.events[rec.Seq]
		if !slices.Contains(b.root.Events, rec.Seq) {
			continue
		}
		switch {
		case want != "" && ev.Declaration == nil && ev.Persistent != nil && slices.Contains(ev.Persistent.Set, want):
			text = b.p.T("page.why", "Date", b.p.Date(ev.Time.Time), "Who", b.org(rec.Org), "Why", maskNumbers(ev.Reason))
		case b.root.Status == "void" && ev.Declaration != nil:
			text = b.p.T("page.why", "Date", b.p.Date(ev.Declaration.Time.Time), "Who", b.org(rec.Org), "Why", b.declared(ev.Declaration.Reason))
		}
	}
	return text
}

const (
	maxPeople  = 8
	maxHolders = 3
)

// people are the organisations behind the lot, from the village on, and those who hold it now.
func (b *builder) people() ([]party, string) {
	var makers, holders []string
	for i, in := range b.back {
		if id := b.trace.Nodes[i].Org; in && !slices.Contains(makers, id) {
			makers = append(makers, id)
		}
	}
	for _, h := range b.root.Holdings {
		if id := h.Holder.ID; !slices.Contains(makers, id) && !slices.Contains(holders, id) && len(holders) < maxHolders {
			holders = append(holders, id)
		}
	}
	order := map[trace.Tier]int{trace.Outside: 0, trace.Village: 1, trace.Town: 2, trace.County: 3}
	var orgs []trace.Organisation
	for _, id := range makers {
		if o, ok := b.l.Organisation(id); ok {
			orgs = append(orgs, o)
		}
	}
	slices.SortStableFunc(orgs, func(x, y trace.Organisation) int { return order[x.Tier] - order[y.Tier] })
	rest := ""
	if n := len(orgs) - maxPeople; n > 0 { // the first, and who made the lot itself
		orgs = append(orgs[:maxPeople-1:maxPeople-1], orgs[len(orgs)-1])
		rest = b.p.T("page.people.rest", "Count", n)
	}
	var out []party
	for _, o := range orgs {
		out = append(out, b.party(&o, ""))
	}
	for _, id := range holders {
		if o, ok := b.l.Organisation(id); ok {
			out = append(out, b.party(&o, b.p.T("page.people.now")))
		}
	}
	return out, rest
}

func (b *builder) party(o *trace.Organisation, role string) party {
	p := party{Name: b.either(o.Name, o.NameEn), Kind: b.p.T("page.org." + o.Kind), Place: b.near(o.Place)}
	if role != "" {
		p.Kind = role + " · " + p.Kind
	}
	return p
}

// complain lists whom to call: the maker, the holder, the county's bureau, and the two public lines.
func (b *builder) complain(s *site) []contact {
	var out []contact
	add := func(id string) {
		o, ok := b.l.Organisation(id)
		if c := dial(b.either(o.Name, o.NameEn), o.Contact); ok && c.Number != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, h := range b.root.Holdings {
		if len(out) < 2 {
			add(h.Holder.ID)
		}
	}
	add(b.root.Made.Org.ID)
	for _, o := range b.l.Organisations() {
		if o.Kind == "bureau" && len(out) < 4 {
			add(o.ID)
		}
	}
	return append(out, s.hotlines(b.p, b.root.Status != "recalled")...)
}

// hotlines are the public lines for consumers 12315 and for farming 12316.
func (s *site) hotlines(p *locale.Printer, both bool) []contact {
	out := []contact{dial(p.T("page.line.12315"), "12315")}
	if both {
		out = append(out, dial(p.T("page.line.12316"), "12316"))
	}
	return out
}

func dial(name, number string) contact {
	tel := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return contact{Name: name, Number: number, Tel: template.URL("tel:" + tel)}
}
