package consumer_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

func TestUnit(t *testing.T) {
	w := newWorld(t).MakePomelo()
	d := w.Open("/trace/unit/" + w.Lots["box"])
	d.CheckText(".band.active .word", "正常")
	d.CheckText(".key code", trace.GroupKey(w.Lots["box"]))
	d.CheckText(".packed li", "蜂蜜柚子茶（罐装） 24 罐 "+trace.GroupKey(w.Lots["jars"]))
	if got, want := webtest.AttributeOf(d.Select(".packed a")[0], "href"), "/trace/"+w.Lots["jars"]; got != want {
		t.Errorf("link to %q, want %q", got, want)
	}
	w.SetStatus("recall", "残留超标", false, "jars")
	d = w.Open("/trace/unit/" + w.Lots["box"])
	d.CheckText(".band.recalled .word", "已召回")
	d.CheckText(".packed .tag", "已召回")
	w.SetStatus("unrecall", "", false, "jars")
	w.Record(w.ActorOf("park"), &app.Unpacking{Common: app.Common{Time: webtest.DayOf(11, 21)}, Unit: w.Lots["box"]})
	w.Open("/trace/unit/"+w.Lots["box"]).CheckText(".band.void .word", "已拆箱")
}

// A pallet is never called all right while anything in it, or what that was made of, is not.
func TestUnitTellsTheWorst(t *testing.T) {
	rows := []struct {
		name, action, lot string
		class, word       string
		tags              []string // of the pallet's two boxes
	}{
		{"nothing wrong", "", "", "active", "正常", nil},
		{"a lot in a box", "recall", "jars", "recalled", "已召回", []string{"已召回"}},
		{"both", "recall", "tea", "recalled", "已召回", []string{"原料已召回", "已召回"}},
		{"an ancestor recalled", "recall", "fruitB", "hold", "原料已召回", []string{"原料已召回", "原料已召回"}},
		{"an ancestor on hold", "hold", "honey", "hold", "原料暂停销售", []string{"原料暂停销售", "原料暂停销售"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t).MakePomelo().PackPallet()
			for _, unit := range []string{"box", "pallet", "load"} { // kept, and stale after the next event
				w.Open("/trace/unit/"+w.Lots[unit]).CheckText(".band.active .word", "正常")
			}
			if row.action != "" {
				w.SetStatus(row.action, "残留超标", false, row.lot)
			}
			d := w.Open("/trace/unit/" + w.Lots["pallet"])
			d.CheckText(".band."+row.class+" .word", row.word)
			tags := d.Texts(".packed .tag")
			slices.Sort(tags)
			want := slices.Sorted(slices.Values(row.tags))
			if !slices.Equal(tags, want) {
				t.Errorf("tags %q, want %q", tags, want)
			}
			if (d.Text(".band .do") == "") != (row.action == "") {
				t.Errorf("what to do: %q", d.Text(".band .do"))
			}
			w.Open("/trace/unit/"+w.Lots["load"]).CheckText(".band."+row.class+" .word", row.word)
		})
	}
}

func TestUnitPageIsKeptWhileNothingHappens(t *testing.T) {
	w := newWorld(t).MakePomelo().PackPallet()
	path := "/trace/unit/" + w.Lots["pallet"]
	tag := w.Get(path).Header.Get("ETag")
	if a := w.Get(path, "If-None-Match", tag); tag == "" || a.Status != http.StatusNotModified {
		t.Errorf("ETag %q: status %d", tag, a.Status)
	}
	w.SetStatus("recall", "残留超标", false, "fruitA")
	if a := w.Get(path, "If-None-Match", tag); a.Status != http.StatusOK {
		t.Errorf("after a recall: status %d", a.Status)
	}
}
