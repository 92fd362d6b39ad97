package scan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// TestListOfManyCases: cases and closings go beyond one reading of the store, and a full reading may be the last.
func TestListOfManyCases(t *testing.T) {
	for _, n := range []int{499, 500, 501, 1000, 1502} {
		s := newMemoryStore()
		s.putCases(n)
		closed, total, after := 0, 0, ""
		for {
			list, next, err := ListCases(t.Context(), s, CaseQuery{After: after, Limit: 700})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range list {
				if i > 0 && c.ID <= list[i-1].ID {
					t.Errorf("%s after %s", c.ID, list[i-1].ID)
				}
				if c.State == CaseClosed {
					closed++
					if fmt.Sprintf("%06s", c.Closed.Note) != c.ID {
						t.Errorf("%s has the closing of case %s", c.ID, c.Closed.Note)
					}
				}
			}
			total += len(list)
			if after = next; next == "" {
				break
			}
		}
		if total != n || closed != (n+2)/3 {
			t.Errorf("%d cases of %d, %d closed, want %d", total, n, closed, (n+2)/3)
		}
	}
}

// TestLimitOfAList: 100 cases without a limit, 1,000 at most.
func TestLimitOfAList(t *testing.T) {
	s := newMemoryStore()
	s.putCases(1002)
	for limit, want := range map[int]int{0: 100, -1: 100, 1: 1, 999: 999, 1000: 1000, 1001: 1000} {
		list, next, err := ListCases(t.Context(), s, CaseQuery{Limit: limit})
		if err != nil || len(list) != want || next != list[len(list)-1].ID {
			t.Errorf("limit %d: %d cases, next %s, %v, want %d", limit, len(list), next, err, want)
		}
	}
}

func TestLengthOfANote(t *testing.T) {
	s := newMemoryStore()
	s.putCases(1)
	for n, ok := range map[int]bool{1: true, 2000: true, 2001: false} {
		_, err := CloseCase(t.Context(), s, "000000", makeClosing(strings.Repeat("长", n), noon))
		if (err == nil) != ok || !ok && !trace.IsCode(err, trace.CodeTooLarge) {
			t.Errorf("a note of %d characters: %v", n, err)
		}
	}
}

// TestBoundOfACase: a case has 100 regions; further regions are left out, known ones still counted.
func TestBoundOfACase(t *testing.T) {
	evidence := func(from, to int, count int64) (f Finding) {
		for i := from; i < to; i++ {
			f.Evidence = append(f.Evidence, RegionCount{Region: fmt.Sprintf("%06d", 100000+i), Count: count})
		}
		return f
	}
	var c Case
	c.addFinding(evidence(0, 101, 1), nil)
	if len(c.Regions) != 100 || c.Count != 100 {
		t.Fatalf("%d regions, %d views, want 100", len(c.Regions), c.Count)
	}
	more := evidence(200, 201, 7)
	more.Evidence = append(more.Evidence, evidence(3, 4, 5).Evidence...)
	c.addFinding(more, nil)
	if len(c.Regions) != 100 || c.Count != 104 || c.Regions[3].Count != 5 {
		t.Errorf("%d regions, %d views, %+v", len(c.Regions), c.Count, c.Regions[3])
	}
}

// TestAddFinding: the larger count, the earlier first and the later last view of each region count; an unknown time changes nothing.
func TestAddFinding(t *testing.T) {
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	one := func(region string, count int64, first, last time.Time) Finding {
		return Finding{Evidence: []RegionCount{{Region: region, Count: count, First: first, Last: last}}, Args: Args{"km": fmt.Sprint(count)}}
	}
	var c Case
	c.addFinding(one("440300", 3, hour(2), hour(4)), readTable(t))
	c.addFinding(one("440300", 2, hour(1), hour(3)), readTable(t))
	c.addFinding(one("110000", 1, hour(5), hour(6)), readTable(t))
	c.addFinding(one("440300", 1, time.Time{}, time.Time{}), readTable(t))
	want := Case{First: hour(1), Last: hour(6), Count: 4, Args: Args{"km": "1"}, Regions: []RegionCount{
		{"110000", "北京市", 1, hour(5), hour(6)}, {"440300", "广东省深圳市", 3, hour(1), hour(4)}}}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("%+v\nwant %+v", c, want)
	}
}

// TestStateOfACase: a closed case is open again where a region is new, and covers findings with the regions of the closing alone.
func TestStateOfACase(t *testing.T) {
	for _, row := range []struct {
		closed, seen string // regions; "-" for no closing
		want         CaseState
	}{
		{"-", "440300", CaseOpen}, {"440300", "440300", CaseClosed}, {"440300 110000", "440300", CaseClosed},
		{"440300", "440300 110000", CaseOpen}, {"440300", "110000", CaseOpen}, {"", "", CaseClosed},
	} {
		var c Case
		var f Finding
		if row.closed != "-" {
			c.Closed = &Closing{Regions: strings.Fields(row.closed)}
		}
		for _, region := range strings.Fields(row.seen) {
			c.Regions = append(c.Regions, RegionCount{Region: region})
			f.Evidence = append(f.Evidence, RegionCount{Region: region})
		}
		if c.deriveState(); c.State != row.want || c.CoversFinding(&f) != (row.want == CaseClosed) {
			t.Errorf("closed with %q, seen in %q: %s, covers the finding: %v", row.closed, row.seen, c.State, c.CoversFinding(&f))
		}
	}
}

// TestKeepFindingOnce: a finding that adds nothing to its case writes nothing.
func TestKeepFindingOnce(t *testing.T) {
	s := newMemoryStore()
	f := Finding{Rule: RuleVoided, Evidence: []RegionCount{{Region: "440300", Count: 2, First: noon, Last: noon}}}
	for i, want := range []bool{true, false} {
		wrote, err := keepFinding(t.Context(), s, Item{Code: code, Lot: lot, Org: org}, f, nil)
		if err != nil || wrote != want {
			t.Errorf("time %d: written %v, want %v (%v)", i, wrote, want, err)
		}
	}
	s.docs[casesCollection+"/"+CaseID(code, RuleVoided)] = trace.Document{Body: []byte("{")}
	if _, err := keepFinding(t.Context(), s, Item{Code: code}, f, nil); err == nil {
		t.Error("a damaged case is overwritten")
	}
	if _, err := GetCase(t.Context(), s, CaseID(code, RuleVoided)); err == nil {
		t.Error("a damaged case is read")
	}
}
