package scan

import (
	"slices"
	"strings"
)

// MessageID is the id of the rule's sentence in internal/locale, for Printer.Tell.
func (r Rule) MessageID() string { return "scan.rule." + string(r) }

// MessageValues are the values of the sentence about a finding: in which regions the code was seen, and what else the rule measured. glue
// stands between the names of regions ("、", ", "). Where the table has no name for one of the regions, no name is given: a sentence with
// some of the regions would be wrong.
func (f *Finding) MessageValues(r *Regions, glue string) []any {
	var names []string
	for _, t := range f.Evidence {
		names = append(names, r.Name(t.Region))
	}
	return []any{
		"Hours", int(manyPlacesTime.Hours()), "Places", len(f.Evidence), "Names", joinNames(names, glue),
		"Sales", JoinRegionNames(r, strings.Fields(f.Args["sales"]), glue), "Minutes", f.Args["minutes"], "Km", f.Args["km"],
	}
}

// IsMild reports whether a finding most likely has a harmless cause: most views before activation without a known region are those of
// packers who try their codes. The bureau gets its case; the buyer's page mentions the finding and raises no alarm.
func (f *Finding) IsMild() bool {
	return f.Rule == RuleEarly && !slices.ContainsFunc(f.Evidence, func(t RegionCount) bool { return t.Region != "" })
}

// ToFinding is the case in the form of a finding, for the finding's sentence.
func (c *Case) ToFinding() Finding {
	return Finding{Rule: c.Rule, Evidence: c.Regions, Count: c.Count, Last: c.Last, Args: c.Args}
}

// JoinRegionNames joins the names of regions, given by the beginnings of their codes, with glue; "" where one region has no name.
func JoinRegionNames(r *Regions, prefixes []string, glue string) string {
	var names []string
	for _, prefix := range prefixes {
		names = append(names, r.Name((prefix + "000000")[:6]))
	}
	return joinNames(names, glue)
}

// maxNames is the largest number of regions that a sentence names.
const maxNames = 6

// joinNames joins names with glue; "" where one is empty or where there are more than maxNames.
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
