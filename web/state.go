package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// describeStanding says whether the lot is all right.
func (b *lotStory) describeStanding() StateWords {
	v := describeState(&b.Namer, b.Root.Status, WorstUpstream(b.Trace, b.Behind))
	v.Why = b.standingReason()
	if v.State != "active" {
		v.Do = b.Printer.T("page.state." + v.State + ".do")
	}
	return v
}

// DescribeState is a lot's state in words: its own, or that of what it was made of. A lot is not called all right while something it was made
// of is recalled or on hold, even where nobody has named the lot itself.
func describeState(n *story.Namer, own, up string) StateWords {
	if own == "active" && up != "" {
		return StateWords{State: "hold", Word: n.Printer.T("page.upstream." + up), Say: n.Printer.T("page.upstream." + up + ".text")}
	}
	return StateWords{State: own, Word: n.Printer.T("page.state." + own), Say: n.Printer.T("page.state." + own + ".text")}
}

// WorstUpstream is the worst state of what a lot was made of: "recalled", "hold", or "" where nothing is wrong. back marks what counts.
func WorstUpstream(t *trace.Trace, back []bool) string {
	up := ""
	for i, in := range back {
		if n := &t.Nodes[i]; in && n.Lot != t.Root && !n.State.Has(trace.Void) && RankState(n.State.String()) > RankState(up) {
			up = n.State.String()
		}
	}
	return up
}

// withdrawalReason is why an event was withdrawn: in words where it is one of the two reasons that EPCIS names (CBV 2.0, 7.6), else as the clerk said it.
func (b *lotStory) withdrawalReason(reason string) string {
	switch reason {
	case "did_not_occur", "incorrect_data":
		return b.Printer.T("page.declared." + reason)
	}
	return story.MaskNumbers(reason)
}

// standingReason is the reason on record for the lot's state, with who said it and when.
func (b *lotStory) standingReason() string {
	want := map[string]string{"recalled": trace.DispositionRecalled, "hold": trace.DispositionHold}[b.Root.Status]
	text := ""
	for i := range b.records {
		rec := &b.records[i]
		ev := b.events[rec.Seq]
		if !slices.Contains(b.Root.Events, rec.Seq) {
			continue
		}
		switch {
		case want != "" && ev.Declaration == nil && ev.Persistent != nil && slices.Contains(ev.Persistent.Set, want):
			text = b.Printer.T("page.why", "Date", b.Printer.Date(ev.Time.Time), "Who", b.OrganisationName(rec.Org), "Why", story.MaskNumbers(ev.Reason))
		case b.Root.Status == "void" && ev.Declaration != nil:
			text = b.Printer.T("page.why", "Date", b.Printer.Date(ev.Declaration.Time.Time), "Who", b.OrganisationName(rec.Org), "Why", b.withdrawalReason(ev.Declaration.Reason))
		}
	}
	return text
}

const (
	maxPeople  = 8
	maxHolders = 3
)

// listPeople are the organisations behind the lot, from the village on, and those who hold it now.
func (b *lotStory) listPeople() ([]Party, string) {
	var makers, holders []string
	for i, in := range b.Behind {
		if id := b.Trace.Nodes[i].Org; in && !slices.Contains(makers, id) {
			makers = append(makers, id)
		}
	}
	for _, h := range b.Root.Holdings {
		if id := h.Holder.ID; !slices.Contains(makers, id) && !slices.Contains(holders, id) && len(holders) < maxHolders {
			holders = append(holders, id)
		}
	}
	order := map[trace.Tier]int{trace.Outside: 0, trace.Village: 1, trace.Town: 2, trace.County: 3}
	var orgs []trace.Organisation
	for _, id := range makers {
		if o, ok := b.Ledger.Organisation(id); ok {
			orgs = append(orgs, o)
		}
	}
	slices.SortStableFunc(orgs, func(x, y trace.Organisation) int { return order[x.Tier] - order[y.Tier] })
	rest := ""
	if n := len(orgs) - maxPeople; n > 0 { // the first, and who made the lot itself
		orgs = append(orgs[:maxPeople-1:maxPeople-1], orgs[len(orgs)-1])
		rest = b.Printer.T("page.people.rest", "Count", n)
	}
	var out []Party
	for _, o := range orgs {
		out = append(out, b.describeOrganisation(&o, ""))
	}
	for _, id := range holders {
		if o, ok := b.Ledger.Organisation(id); ok {
			out = append(out, b.describeOrganisation(&o, b.Printer.T("page.people.now")))
		}
	}
	return out, rest
}

func (b *lotStory) describeOrganisation(o *trace.Organisation, role string) Party {
	p := Party{Name: b.PickName(o.Name, o.NameEn), Kind: b.Printer.T("page.org." + o.Kind), Place: b.NearbyAddress(o.Place)}
	if role != "" {
		p.Kind = role + " · " + p.Kind
	}
	return p
}

// listContacts lists whom to call: the maker, the holder, the county's bureau, and the two public lines.
func (b *lotStory) listContacts(s *site) []contact {
	var out []contact
	add := func(id string) {
		o, ok := b.Ledger.Organisation(id)
		if c := newContact(b.PickName(o.Name, o.NameEn), o.Contact); ok && c.Number != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, h := range b.Root.Holdings {
		if len(out) < 2 {
			add(h.Holder.ID)
		}
	}
	add(b.Root.Made.Org.ID)
	for _, o := range b.Ledger.Organisations() {
		if o.Kind == "bureau" && len(out) < 4 {
			add(o.ID)
		}
	}
	return append(out, s.hotlines(b.Printer, b.Root.Status != "recalled")...)
}

// hotlines are the public lines for consumers 12315 and for farming 12316.
func (s *site) hotlines(p *locale.Printer, both bool) []contact {
	out := []contact{newContact(p.T("page.line.12315"), "12315")}
	if both {
		out = append(out, newContact(p.T("page.line.12316"), "12316"))
	}
	return out
}

func newContact(name, number string) contact {
	tel := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return contact{Name: name, Number: number, Tel: template.URL("tel:" + tel)}
}
