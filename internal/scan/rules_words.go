package scan

import (
	"slices"
	"strings"
)

// MessageID is the id of a rule's sentence in internal/locale, for Printer.Tell.
func (r Rule) MessageID() string { return "scan.rule." + string(r) }

// MessageValues are the values of the sentence about a finding: where the code was seen, and what else the rule measured. glue stands between the
// names of regions ("、", ", "). Regions that the table has no name for are left out; where one is missing all are, or the sentence would
// be wrong.
func (f *Finding) MessageValues(r *Regions, glue string) []any {
	var names []string
	for _, t := range f.Evidence {
		names = append(names, r.Name(t.Region))
	}
	return []any{"Hours", int(manyPlacesTime.Hours()), "Places", len(f.Evidence), "Names", joinNames(names, glue), "Sales", JoinRegionNames(r, strings.Fields(f.Args["sales"]), glue),
		"Minutes", f.Args["minutes"], "Km", f.Args["km"]}
}

// IsMild reports whether a finding has most likely a harmless cause: a code seen before its activation, nobody knows where, was most often seen
// by the packer who tried it. The bureau gets its case; the buyer's page says it, and raises no alarm.
func (f *Finding) IsMild() bool {
	return f.Rule == RuleEarly && !slices.ContainsFunc(f.Evidence, func(t RegionCount) bool { return t.Region != "" })
}

// ToFinding is what a case says in the form of a finding, for its sentence.
func (c *Case) ToFinding() Finding {
	return Finding{Rule: c.Rule, Evidence: c.Regions, Count: c.Count, Last: c.Last, Args: c.Args}
}

// JoinRegionNames are the names of regions given by the beginnings of their codes, with glue between them; "" where one of them has none.
func JoinRegionNames(r *Regions, begin []string, glue string) string {
	var names []string
	for _, s := range begin {
		names = append(names, r.Name((s + "000000")[:6]))
	}
	return joinNames(names, glue)
}

// maxNames is how many regions a sentence names at most.
const maxNames = 6

func joinNames(names []string, glue string) string {
	for _, n := range names {
		if n == "" {
			return ""
		}
	}
	if len(names) > maxNames {
		return ""
	}
	return strings.Join(names, glue)
}
