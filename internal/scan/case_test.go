package scan

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// fixedItems stands for the ledger's facts about the items of these tests; item_ledger_test.go has a real ledger.
func fixedItems(list map[int64]Item) ItemLookup {
	return func(_ context.Context, code string, index int64) (Item, bool, error) {
		it, ok := list[index]
		it.Code = code
		return it, ok, nil
	}
}

var (
	bureau = trace.Actor{Org: "https://id.county.example/org/bureau", Role: trace.Bureau, User: "k7"}
	toSell = Item{Lot: lot, Org: org, State: trace.SerialActivated, Activated: noon.Add(-48 * time.Hour), Sales: []string{"50"}}
)

// makeClosing is a decision of the bureau.
func makeClosing(note string, at time.Time) Closing {
	return Closing{Note: note, Org: bureau.Org, User: bureau.User, Time: at}
}

func flushCounter(t *testing.T, c *Counter) {
	t.Helper()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func listCases(t *testing.T, s trace.Store, q CaseQuery) []Case {
	t.Helper()
	list, _, err := ListCases(t.Context(), s, q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCase(t *testing.T) {
	s := openStore(t)
	items := fixedItems(map[int64]Item{0: toSell, 1: {Lot: lot, Org: org, State: trace.SerialPrinted}})
	open := func() *Counter {
		return startCounter(t, Options{Store: s, Items: items, Regions: readTable(t), Every: still})
	}
	one, two := open(), open()
	one.CountItem("0A1B2C3D4E5F", 0, "500155", noon.Add(-24*time.Hour)) // region where the item is to be sold
	one.CountLot("2345ACDEFGHJ", "440300", noon)                        // a lot
	flushCounter(t, one)
	if got := listCases(t, s, CaseQuery{}); len(got) != 0 {
		t.Fatalf("cases %+v, want none", got)
	}
	one.CountItem("0A1B2C3D4E5F", 0, "440300", noon)
	flushCounter(t, one)
	two.CountItem("0A1B2C3D4E5F", 0, "440300", noon.Add(time.Hour))
	two.CountItem("0A1B2C3D4E5F", 0, "110000", noon.Add(48*time.Hour))
	two.CountItem("9Z1B2C3D4E5F", 1, "", noon)
	flushCounter(t, two)
	got := listCases(t, s, CaseQuery{})
	if len(got) != 2 {
		t.Fatalf("cases %+v, want two", got)
	}
	c := got[0]
	want := Case{ID: "0A1B2C3D4E5F-wrong_region", Item: lot + "/21/0A1B2C3D4E5F", Code: "0A1B2C3D4E5F", Lot: lot, Org: org,
		Rule: RuleRegion, State: CaseOpen, First: noon, Last: noon.Add(48 * time.Hour), Count: 3, Args: Args{"sales": "50"},
		Regions: []RegionCount{
			{"110000", "北京市", 1, noon.Add(48 * time.Hour), noon.Add(48 * time.Hour)}, {"440300", "广东省深圳市", 2, noon, noon.Add(time.Hour)}}}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("case %+v,\nwant %+v", c, want)
	}
	if got[1].ID != CaseID("9Z1B2C3D4E5F", RuleEarly) {
		t.Errorf("the other case is %s", got[1].ID)
	}
	if same, err := GetCase(t.Context(), s, c.ID); err != nil || fmt.Sprint(same) != fmt.Sprint(c) {
		t.Errorf("Get: %+v %v", same, err)
	}
}

func TestClose(t *testing.T) {
	s := openStore(t)
	c := startCounter(t, Options{Store: s, Items: fixedItems(map[int64]Item{0: toSell}), Regions: readTable(t), Every: still})
	seen := func(region string, at time.Time) {
		c.CountItem(code, 0, region, at)
		flushCounter(t, c)
	}
	seen("440300", noon)
	id := CaseID(code, RuleRegion)
	for _, row := range []struct {
		name, id, note string
		want           trace.Code
	}{
		{"no note", id, " \n", trace.CodeRequired},
		{"too long", id, strings.Repeat("长", MaxNote+1), trace.CodeTooLarge},
		{"not text", id, "\xff", trace.CodeTooLarge},
		{"unknown", "nobody", "看过了", trace.CodeNotFound},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := CloseCase(t.Context(), s, row.id, makeClosing(row.note, noon)); !trace.IsCode(err, row.want) {
				t.Errorf("error %v, want %s", err, row.want)
			}
		})
	}
	closed, err := CloseCase(t.Context(), s, id, makeClosing(" 亲友带走，已核实 ", noon.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	if closed.State != CaseClosed || closed.Closed.Note != "亲友带走，已核实" || closed.Closed.User != "k7" {
		t.Errorf("closed as %+v %+v", closed, closed.Closed)
	}
	seen("440300", noon.Add(2*time.Hour)) // the same place is no news
	got := listCases(t, s, CaseQuery{State: CaseClosed})
	if len(got) != 1 || got[0].Count != 2 || got[0].Closed == nil {
		t.Fatalf("closed cases %+v", got)
	}
	seen("110000", noon.Add(72*time.Hour)) // another is
	if got := listCases(t, s, CaseQuery{State: CaseOpen}); len(got) != 1 || got[0].Closed == nil || got[0].Count != 3 {
		t.Errorf("open cases %+v, want it open again with what was said of it", got)
	}
	if got := listCases(t, s, CaseQuery{State: CaseClosed}); len(got) != 0 {
		t.Errorf("closed cases %+v", got)
	}
}

// listAllPages lists cases four at a time and returns their states by ID.
func listAllPages(t *testing.T, s trace.Store, q CaseQuery) map[string]CaseState {
	t.Helper()
	states := map[string]CaseState{}
	q.Limit = 4
	for pages := 0; ; pages++ {
		list, next, err := ListCases(t.Context(), s, q)
		if err != nil || pages > 100 || len(list) > q.Limit {
			t.Fatal(pages, len(list), err)
		}
		for _, c := range list {
			states[c.ID] = c.State
		}
		if next == "" {
			return states
		}
		q.After = next
	}
}

func TestList(t *testing.T) {
	s := openStore(t)
	c := startCounter(t, Options{Store: s, Items: fixedItems(map[int64]Item{0: toSell}), Regions: readTable(t), Every: still})
	const n = 25
	for i := range n {
		c.CountItem(fmt.Sprintf("%012d", i), 0, "440300", noon)
	}
	flushCounter(t, c)
	for i := range n {
		if i%3 == 0 {
			if _, err := CloseCase(t.Context(), s, CaseID(fmt.Sprintf("%012d", i), RuleRegion), makeClosing("好", noon)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range []struct {
		name string
		q    CaseQuery
		want int
	}{
		{"all", CaseQuery{}, n},
		{"open", CaseQuery{State: CaseOpen}, 16},
		{"closed", CaseQuery{State: CaseClosed}, 9},
		{"of the lot", CaseQuery{Lot: lot}, n},
		{"of another", CaseQuery{Lot: lot + "X"}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			states := listAllPages(t, s, row.q)
			if len(states) != row.want {
				t.Errorf("%d cases, want %d", len(states), row.want)
			}
			for id, state := range states {
				if row.q.State != "" && state != row.q.State {
					t.Errorf("%s is %s", id, state)
				}
			}
		})
	}
	if _, _, err := ListCases(t.Context(), s, CaseQuery{State: "shut"}); !trace.IsCode(err, trace.CodeBadValue) {
		t.Errorf("error %v", err)
	}
}

// TestInspectLater: an item whose examination fails is examined later.
func TestInspectLater(t *testing.T) {
	s := openStore(t)
	broken := true
	items := func(ctx context.Context, code string, index int64) (Item, bool, error) {
		if broken {
			return Item{}, false, errAway
		}
		return fixedItems(map[int64]Item{0: toSell})(ctx, code, index)
	}
	c := startCounter(t, Options{Store: s, Items: items, Regions: readTable(t), Every: still})
	c.CountItem(code, 0, "440300", noon)
	if err := c.Flush(t.Context()); err == nil {
		t.Error("no error")
	}
	broken = false
	flushCounter(t, c)
	if got := listCases(t, s, CaseQuery{}); len(got) != 1 || got[0].Count != 1 {
		t.Errorf("cases %+v, want one", got)
	}
}
