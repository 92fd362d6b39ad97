package web

import (
	"net/http"
	"slices"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

func TestUnit(t *testing.T) {
	w := newWorld(t).pomelo()
	d := w.open("/trace/unit/" + w.lots["box"])
	d.is(".band.active .word", "正常")
	d.is(".key code", trace.GroupKey(w.lots["box"]))
	d.is(".packed li", "蜂蜜柚子茶（罐装） 24 罐 "+trace.GroupKey(w.lots["jars"]))
	if got, want := attr(d.all(".packed a")[0], "href"), "/trace/"+w.lots["jars"]; got != want {
		t.Errorf("link to %q, want %q", got, want)
	}
	w.status("recall", "残留超标", false, "jars")
	d = w.open("/trace/unit/" + w.lots["box"])
	d.is(".band.recalled .word", "已召回")
	d.is(".packed .tag", "已召回")
	w.status("unrecall", "", false, "jars")
	w.record(w.as("park"), &app.Unpacking{Common: app.Common{Time: at(11, 21)}, Unit: w.lots["box"]})
	w.open("/trace/unit/"+w.lots["box"]).is(".band.void .word", "已拆箱")
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
			w := newWorld(t).pomelo().pallet()
			for _, unit := range []string{"box", "pallet", "load"} { // kept, and stale after what follows
				w.open("/trace/unit/"+w.lots[unit]).is(".band.active .word", "正常")
			}
			if row.action != "" {
				w.status(row.action, "残留超标", false, row.lot)
			}
			d := w.open("/trace/unit/" + w.lots["pallet"])
			d.is(".band."+row.class+" .word", row.word)
			tags := d.texts(".packed .tag")
			slices.Sort(tags)
			want := slices.Sorted(slices.Values(row.tags))
			if !slices.Equal(tags, want) {
				t.Errorf("tags %q, want %q", tags, want)
			}
			if (d.text(".band .do") == "") != (row.action == "") {
				t.Errorf("what to do: %q", d.text(".band .do"))
			}
			w.open("/trace/unit/"+w.lots["load"]).is(".band."+row.class+" .word", row.word)
		})
	}
}

func TestUnitPageIsKeptWhileNothingHappens(t *testing.T) {
	w := newWorld(t).pomelo().pallet()
	path := "/trace/unit/" + w.lots["pallet"]
	tag := w.get(path).header.Get("ETag")
	if a := w.get(path, "If-None-Match", tag); tag == "" || a.status != http.StatusNotModified {
		t.Errorf("ETag %q: status %d", tag, a.status)
	}
	w.status("recall", "残留超标", false, "fruitA")
	if a := w.get(path, "If-None-Match", tag); a.status != http.StatusOK {
		t.Errorf("after a recall: status %d", a.status)
	}
}
