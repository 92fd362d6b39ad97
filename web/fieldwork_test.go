package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// groups gives each group of the village a season of its own with the same spraying, and makes one lot of them all.
func (w *world) groups(numbers ...int) *world {
	w.t.Helper()
	var in []app.Taken
	for i, n := range numbers {
		slug, name := fmt.Sprint("g", n), string([]rune("零一二三四五六七八九")[n])+"组"
		w.place("hu-"+slug, "group", name, fmt.Sprint("Group ", n), "huguang", trace.Village)
		for _, side := range []string{"a", "b"} { // two plots: the group is told once
			plot := "plot-" + slug + side
			w.place(plot, "plot", plotName, "", "hu-"+slug, trace.Village)
			w.master(trace.KindSeason, trace.Season{ID: w.r.ID("season", plot), Name: plotName, Org: w.r.ID("org", "coop"), Place: w.r.ID("place", plot),
				From: trace.NewTime(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)), To: trace.NewTime(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))})
			when := trace.NewTime(at(5, 6).Add(time.Duration(i) * time.Minute))
			w.record(w.as("coop"), &app.Work{Common: app.Common{Time: &when}, Season: plot, Kind: "spray", Agent: "啶虫脒", IntervalDays: 14})
			lot := w.made(plot, "pomelo-fruit", "100")
			then := trace.NewTime(at(11, 3).Add(time.Duration(i) * time.Minute))
			w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: &then}, Season: plot, Lots: []app.NewLot{lot}})
			in = append(in, w.some(plot, ""))
		}
	}
	w.record(w.as("coop"), &app.Transformation{Common: app.Common{Time: at(11, 5)}, Inputs: in, Outputs: []app.NewLot{w.made("merged", "pomelo-fruit", fmt.Sprint(200*len(numbers)))}})
	return w
}

// A group whose name begins with its village's is not told as 护国村护国村一组.
func TestNameThatRepeatsTheVillage(t *testing.T) {
	w := newWorld(t)
	w.place("hu-1", "group", "护国村一组", "", "huguang", trace.Village)
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 3), Place: "hu-1"}, Lots: []app.NewLot{w.made("h", "pomelo-fruit", "10")}})
	d := w.open(w.lotPath("h"))
	d.is(".place", "重庆市梁平区合兴街道护国村一组")
	d.is(".steps p", "合兴街道护国村一组采收柚子鲜果 10 千克")
}

// The same work of several groups of a village on a day is told once.
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
			w := newWorld(t).groups(row.numbers...)
			for lang, want := range map[string]string{"zh": row.zh, "en": row.en} {
				var found []string
				for _, text := range w.open(w.lotPath("merged") + "?lang=" + lang).texts(".steps p") {
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
		when := trace.NewTime(at(11, 1).AddDate(0, 0, i%5))
		w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: &when}, Season: "s12", Lots: []app.NewLot{w.made(name, "pomelo-fruit", "20")}})
		in = append(in, w.some(name, ""))
	}
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(10, 20)}, Season: "s20", Lots: []app.NewLot{w.made("early", "pomelo-fruit", "100")}})
	w.record(w.as("coop"), &app.Transformation{Common: app.Common{Time: at(11, 7)}, Inputs: in, Outputs: []app.NewLot{w.made("mix", "pomelo-fruit", "600")}})
	w.record(w.as("coop"), &app.Transformation{Common: app.Common{Time: at(11, 8)}, Inputs: []app.Taken{w.some("mix", ""), w.some("early", "")},
		Outputs: []app.NewLot{w.made("all", "pomelo-fruit", "700")}})

	days := w.open(w.lotPath("all")).texts(".steps h3")
	want := []string{"2026年10月20日", "2026年11月1日至2026年11月5日", "2026年11月7日", "2026年11月8日"}
	if !slices.Equal(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
}
