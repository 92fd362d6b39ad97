package story

import (
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

const (
	mostMakers  = 8 // organisations that made something on the way
	mostHolders = 3 // other organisations that hold the lot now
)

// Party is an organisation behind a lot.
type Party struct{ Name, Kind, Place string }

// Parties lists the organisations behind the lot, from the village on, and those that hold the lot now. The second result says how many
// were left out.
func (s *Story) Parties() ([]Party, string) {
	var makers, holders []string
	for i, in := range s.Behind {
		if id := s.Trace.Nodes[i].Org; in && !slices.Contains(makers, id) {
			makers = append(makers, id)
		}
	}
	for _, h := range s.Root.Holdings {
		if id := h.Holder.ID; !slices.Contains(makers, id) && !slices.Contains(holders, id) && len(holders) < mostHolders {
			holders = append(holders, id)
		}
	}
	order := map[trace.Tier]int{trace.Outside: 0, trace.Village: 1, trace.Town: 2, trace.County: 3}
	var orgs []trace.Organisation
	for _, id := range makers {
		if o, ok := s.Ledger.Organisation(id); ok {
			orgs = append(orgs, o)
		}
	}
	slices.SortStableFunc(orgs, func(x, y trace.Organisation) int { return order[x.Tier] - order[y.Tier] })
	rest := ""
	if n := len(orgs) - mostMakers; n > 0 { // the first, and who made the lot itself
		orgs = append(orgs[:mostMakers-1:mostMakers-1], orgs[len(orgs)-1])
		rest = s.Printer.T("page.people.rest", "Count", n)
	}
	var out []Party
	for _, o := range orgs {
		out = append(out, s.describeOrganisation(&o, ""))
	}
	for _, id := range holders {
		if o, ok := s.Ledger.Organisation(id); ok {
			out = append(out, s.describeOrganisation(&o, s.Printer.T("page.people.now")))
		}
	}
	return out, rest
}

// describeOrganisation gives the kind, the place and the role of an organisation; role may be "".
func (s *Story) describeOrganisation(o *trace.Organisation, role string) Party {
	p := Party{Name: s.PickName(o.Name, o.NameEn), Kind: s.Printer.T("page.org." + o.Kind), Place: s.NearbyAddress(o.Place)}
	if role != "" {
		p.Kind = role + " · " + p.Kind
	}
	return p
}
