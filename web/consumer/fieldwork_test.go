package consumer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// A group whose name begins with its village's is not shown as 护国村护国村一组.
func TestNameThatRepeatsTheVillage(t *testing.T) {
	w := newWorld(t)
	w.AddPlace("hu-1", "huguang", trace.Place{Kind: "group", Name: "护国村一组", Tier: trace.Village})
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 3), Place: "hu-1"},
		Lots: []app.NewLot{w.NewLot("h", "pomelo-fruit", "10")}})
	d := w.Open(w.LotPath("h"))
	d.CheckText(".place", "重庆市梁平区合兴街道护国村一组")
	d.CheckText(".steps p", "合兴街道护国村一组采收柚子鲜果 10 千克")
}

// The same work of several groups of a village on a day is shown once.
func TestSameWorkOfSeveralGroups(t *testing.T) {
	rows := []struct {
		name    string
		numbers []int
		zh, en  string
	}{
		{"one, two plots", []int{4}, "合兴街道护国村四组喷施啶虫脒，安全间隔期 14 天", "Group 4, Huguo Village, Hexing: sprayed with 啶虫脒"},
		{"two", []int{2, 1}, "合兴街道护国村一组、二组喷施啶虫脒，安全间隔期 14 天", "Group 1, Group 2, Huguo Village, Hexing: sprayed with 啶虫脒"},
		{"a row", []int{3, 1, 2, 5, 4}, "合兴街道护国村一组至五组喷施啶虫脒，安全间隔期 14 天", "Group 1 to Group 5, Huguo Village, Hexing: sprayed with 啶虫脒"},
		{"gaps", []int{1, 3, 5, 6}, "合兴街道护国村 4 个小组喷施啶虫脒，安全间隔期 14 天", "4 groups, Huguo Village, Hexing: sprayed with 啶虫脒"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t).MakeGroups(row.numbers...)
			for lang, want := range map[string]string{"zh": row.zh, "en": row.en} {
				var found []string
				for _, text := range w.Open(w.LotPath("merged") + "?lang=" + lang).Texts(".steps p") {
					if strings.Contains(text, "啶虫脒") {
						found = append(found, text)
					}
				}
				if len(found) != 1 || !strings.HasPrefix(found[0], want) {
					t.Errorf("%s: %q, want one line %q", lang, found, want)
				}
			}
		})
	}
}

// Dates ascend, also where lots of a lane are summed over several days.
func TestStepsAscend(t *testing.T) {
	w := newWorld(t)
	var in []app.Taken
	for i := range 30 {
		name := fmt.Sprint("h", i)
		when := trace.NewTime(webtest.DayOf(11, 1).AddDate(0, 0, i%5))
		w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: &when}, Season: "s12",
			Lots: []app.NewLot{w.NewLot(name, "pomelo-fruit", "20")}})
		in = append(in, w.Take(name, ""))
	}
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(10, 20)}, Season: "s20",
		Lots: []app.NewLot{w.NewLot("early", "pomelo-fruit", "100")}})
	w.Record(w.ActorOf("coop"), &app.Transformation{Common: app.Common{Time: webtest.DayOf(11, 7)}, Inputs: in,
		Outputs: []app.NewLot{w.NewLot("mix", "pomelo-fruit", "600")}})
	w.Record(w.ActorOf("coop"), &app.Transformation{Common: app.Common{Time: webtest.DayOf(11, 8)},
		Inputs:  []app.Taken{w.Take("mix", ""), w.Take("early", "")},
		Outputs: []app.NewLot{w.NewLot("all", "pomelo-fruit", "700")}})

	days := w.Open(w.LotPath("all")).Texts(".steps h3")
	want := []string{"2026年10月20日", "2026年11月1日至2026年11月5日", "2026年11月7日", "2026年11月8日"}
	if !slices.Equal(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
}
