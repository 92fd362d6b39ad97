package scan

import (
	"fmt"
	"strings"
	"testing"
)

// pairText writes the values of a sentence as "Name=value", in order, empty ones left out.
func pairText(pairs []any) string {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, fmt.Sprintf("%v=%v", pairs[i], pairs[i+1]))
		}
	}
	return strings.Join(list, " ")
}

func TestMessageValues(t *testing.T) {
	evidence := func(regions ...string) (list []RegionCount) {
		for _, r := range regions {
			list = append(list, RegionCount{Region: r})
		}
		return list
	}
	for _, c := range []struct {
		name    string
		finding Finding
		want    string
	}{
		{"places", Finding{Rule: RulePlaces, Evidence: evidence("110000", "440300")}, "Hours=24 Places=2 Names=北京市、广东省深圳市"},
		{"a region without a name", Finding{Rule: RulePlaces, Evidence: evidence("110000", "320100")}, "Hours=24 Places=2"},
		{"sales area", Finding{Rule: RuleRegion, Evidence: evidence("110000"), Args: Args{"sales": "5101 44"}},
			"Hours=24 Places=1 Names=北京市 Sales=四川省成都市、广东省"},
		{"a sales area without a name", Finding{Rule: RuleRegion, Evidence: evidence("110000"), Args: Args{"sales": "5101 12"}},
			"Hours=24 Places=1 Names=北京市"},
		{"speed", Finding{Rule: RuleVelocity, Args: Args{"km": "1940", "minutes": "45"}}, "Hours=24 Places=0 Minutes=45 Km=1940"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pairText(c.finding.MessageValues(readTable(t), "、")); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := RuleVelocity.MessageID(); got != "scan.rule.velocity" {
		t.Errorf("id %s", got)
	}
}

// TestLongListOfRegions: a sentence names six regions at most, or none.
func TestLongListOfRegions(t *testing.T) {
	const six, seven = "110000 110000 110000 110000 110000 110000", "110000 110000 110000 110000 110000 110000 110000"
	if got := JoinRegionNames(readTable(t), strings.Fields(six), ","); strings.Count(got, "北京市") != 6 {
		t.Errorf("six regions give %q", got)
	}
	if got := JoinRegionNames(readTable(t), strings.Fields(seven), ","); got != "" {
		t.Errorf("seven regions give %q", got)
	}
}

func TestMildFindings(t *testing.T) {
	for _, c := range []struct {
		rule   Rule
		region string
		want   bool
	}{
		{RuleEarly, "", true}, {RuleEarly, "440300", false}, {RuleVoided, "", false},
	} {
		asCase := Case{Rule: c.rule, Regions: []RegionCount{{Region: c.region}}}
		f := asCase.ToFinding()
		if got := f.IsMild(); got != c.want {
			t.Errorf("%s in %q is mild: %v, want %v", c.rule, c.region, got, c.want)
		}
	}
}
