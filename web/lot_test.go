package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

func TestLotPage(t *testing.T) {
	w := newWorld(t).pomelo()
	a := w.get(w.lotPath("jars"))
	if a.status != http.StatusOK || a.header.Get("Content-Language") != "zh-CN" {
		t.Fatalf("status %d, language %q", a.status, a.header.Get("Content-Language"))
	}
	d := parse(t, a.body)
	d.order(".band.active", ".what h1", ".what .amount", ".what .key", ".from .bar", ".from .legend", ".journey svg", ".steps ol", ".evidence", ".people", ".truth", ".complain")
	d.is(".band .word", "正常")
	d.is("h1", "蜂蜜柚子茶（罐装）")
	d.is(".amount", "3,600 罐每件净重 0.5 千克")
	d.is(".key code", trace.GroupKey(w.lots["jars"]))
	if got, want := d.texts(".legend li"), []string{"四川省苍溪县 47%", "合兴街道龙滩村 32%", "合兴街道护国村 20%"}; !slices.Equal(got, want) {
		t.Errorf("shares %q, want %q", got, want)
	}
	if got, want := d.texts(".journey svg.tall .lt"), []string{"村", "镇", "县"}; !slices.Equal(got, want) {
		t.Errorf("lanes %q, want %q", got, want)
	}
	for svg, want := range map[string]int{".journey svg.tall": 10, ".journey svg.wide": 10} { // eight lots and two by-products
		if got := len(d.all(svg + " g.box")); got != want {
			t.Errorf("%s has %d boxes, want %d", svg, got, want)
		}
		if got := len(d.all(svg + " g.box.q")); got != 2 {
			t.Errorf("%s has %d by-products, want 2", svg, got)
		}
	}
	if got := len(d.all(".journey dd")); got != 10 {
		t.Errorf("the picture's text has %d entries, want 10", got)
	}
	steps := d.texts(".steps li")
	for _, want := range []string{
		"2026年5月6日 合兴街道龙滩村三组喷施啶虫脒20%EC，用量 1500 倍液，防治蚜虫，安全间隔期 14 天",
		"2026年11月3日 合兴街道龙滩村三组采收柚子鲜果 4,125.5 千克",
		"2026年11月14日 梁平农产品加工园有限公司制柚子茶：用柚子果肉 500 千克、柚子皮 500 千克、蜂蜜 900 千克，得到蜂蜜柚子茶 1,850 千克",
	} {
		if !slices.Contains(steps, want) {
			t.Errorf("no step %q in\n%s", want, strings.Join(steps, "\n"))
		}
	}
	d.is(".evidence dd", "LP20261115-03")
	d.is(".evidence dt", "承诺达标合格证")
	d.is(".truth dd code", w.eventOf("jars"))
	if got := d.texts(".calls b"); !slices.Equal(got, []string{"023-5320 3303", "023-5322 2345", "12315", "12316"}) {
		t.Errorf("numbers %q", got)
	}
	if got := attr(d.all(".calls a")[0], "href"); got != "tel:02353203303" {
		t.Errorf("link to call is %q", got)
	}
}

func TestLotPageInEnglish(t *testing.T) {
	w := newWorld(t).silk()
	d := w.open(w.lotPath("silk"), "Accept-Language", "en-GB,en;q=0.9,zh;q=0.5")
	if got := attr(d.all("html")[0], "lang"); got != "en" {
		t.Errorf("lang is %q", got)
	}
	d.is("h1", "Raw silk")
	d.is(".amount", "6.5 kg 13 jin")
	d.is(".place", "Zhongyuan Village, Hexing, Liangping, Chongqing")
	d.is("header .other", "中文")
	for _, text := range d.texts("main") {
		for _, r := range text {
			if r >= 0x4E00 && r <= 0x9FFF {
				t.Fatalf("Chinese in the English page: %s", text)
			}
		}
	}
	if got := attr(d.all("html")[0], "class"); got != "silk" {
		t.Errorf("theme is %q", got)
	}
}

// The loop 渣作肥、肥育桑 is told as field work with a link to the compost; the compost is no ancestor in the picture.
func TestClosedLoop(t *testing.T) {
	w := newWorld(t).silk()
	d := w.open(w.lotPath("silk"))
	links := d.all(".steps p a")
	if len(links) != 1 || said(links[0]) != "批次 "+trace.GroupKey(w.lots["compost"]) || attr(links[0], "href") != "/trace/"+w.lots["compost"] {
		t.Fatalf("links in steps: %d, %q", len(links), d.texts(".steps p a"))
	}
	if got := said(links[0].Parent); !strings.HasPrefix(got, "合兴街道中元村施用了有机肥 160 千克") {
		t.Errorf("step says %q", got)
	}
	for _, text := range d.texts(".journey dd") {
		if strings.Contains(text, "有机肥") {
			t.Errorf("the compost is in the picture: %s", text)
		}
	}
	d = w.open(w.lotPath("compost"))
	d.is("h1", "有机肥")
	d.is(".place", "重庆市梁平区合兴街道中元村")
}

func TestStates(t *testing.T) {
	rows := []struct {
		name       string
		action     string
		forward    bool
		class      string
		word       string
		callBefore bool
	}{
		{"recall named", "recall", true, "recalled", "已召回", true},
		{"recall of an ancestor alone", "recall", false, "hold", "原料已召回", false},
		{"hold of all", "hold", true, "hold", "暂停销售", false},
		{"hold of an ancestor alone", "hold", false, "hold", "原料暂停销售", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t).pomelo()
			w.status(row.action, "抽检发现残留超标", row.forward, "fruitB")
			d := w.open(w.lotPath("jars"))
			d.is(".band."+row.class+" .word", row.word)
			if d.text(".band .do") == "" {
				t.Error("the band does not say what to do")
			}
			if row.forward {
				d.is(".band .why", "2026年11月20日，梁平区农业农村委员会：抽检发现残留超标")
			}
			if row.callBefore {
				d.order(".band", ".urgent .calls a", "h1")
				d.none(".complain")
			} else {
				d.order(".band", "h1", ".complain .calls a")
			}
		})
	}
}

func TestStatesThatEnd(t *testing.T) {
	t.Run("released", func(t *testing.T) {
		w := newWorld(t).pomelo()
		w.status("hold", "核查", true, "fruitB")
		w.status("release", "", true, "fruitB")
		w.open(w.lotPath("jars")).is(".band.active .word", "正常")
	})
	t.Run("void", func(t *testing.T) {
		w := newWorld(t).pomelo()
		w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 17)}, Season: "s12", Lots: []app.NewLot{w.made("slip", "pomelo-fruit", "10")}})
		seq, ok := w.r.Ledger.EventSeq(w.eventOf("slip"))
		if !ok {
			t.Fatal("no event")
		}
		w.record(w.as("coop"), &app.Correction{Event: fmt.Sprint(seq), Reason: "重复登记"})
		d := w.open(w.lotPath("slip"))
		d.is(".band.void .word", "已作废")
		if got := d.text(".band .why"); !strings.HasSuffix(got, "重复登记") {
			t.Errorf("why says %q", got)
		}
	})
}

func TestLateRecordIsSaid(t *testing.T) {
	w := newWorld(t)
	late := &app.Harvest{Common: app.Common{Time: at(11, 3)}, Season: "s12", Lots: []app.NewLot{w.made("late", "pomelo-fruit", "400")}}
	if _, err := w.r.RecordReport(t.Context(), w.as("coop"), late); err != nil { // the clock stands at 21 November
		t.Fatal(err)
	}
	w.open(w.lotPath("late")).is(".steps h3 span", "（2026年11月21日补登）")
}

func TestQuestionIsToldNeutrally(t *testing.T) {
	w := newWorld(t)
	n := w.made("heavy", "pomelo-fruit", "412.5")
	n.Pieces = trace.Whole(200) // 2.06 kg a fruit
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 3), Step: "pomelo/harvest", Comment: "老树果大，已复称。"}, Season: "s12", Lots: []app.NewLot{n}})
	asks := w.open(w.lotPath("heavy")).texts(".ask")
	if want := "存疑 单果重 2.06 千克/个，通常为 0.8–1.5 千克/个。 登记单位的说明： 老树果大，已复称。"; !slices.Contains(asks, want) {
		t.Errorf("questions %q, want %q among them", asks, want)
	}
}

// A lot with little data has no empty parts.
func TestMinimalLot(t *testing.T) {
	w := newWorld(t)
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 3)}, Season: "s20", Lots: []app.NewLot{w.made("bare", "pomelo-fruit", "412.5")}})
	a := w.get(w.lotPath("bare"))
	d := parse(t, a.body)
	d.is(".amount", "412.5 千克 825 斤")
	d.is(".place", "重庆市梁平区合兴街道护国村")
	d.is(".steps p", "合兴街道护国村采收柚子鲜果 412.5 千克")
	for _, part := range []string{".journey", ".evidence", ".bar", ".ask", ".grade", ".why"} {
		d.none(part)
	}
	for _, n := range d.all("section") {
		if said(n) == "" {
			t.Errorf("empty section %q", attr(n, "class"))
		}
	}
}

func TestManyInputsAreSummed(t *testing.T) {
	w := newWorld(t)
	const n = 500
	var lots []app.NewLot
	var all []app.Taken
	for i := range n {
		name := fmt.Sprint("in", i)
		lots = append(lots, w.made(name, "pomelo-fruit", "20"))
		all = append(all, w.some(name, ""))
	}
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 3)}, Season: "s12", Lots: lots})
	w.record(w.as("coop"), &app.Transformation{Common: app.Common{Time: at(11, 5)}, Inputs: all, Outputs: []app.NewLot{w.made("blend", "pomelo-fruit", "10000")}})
	w.move("coop", "works", "2026-11-06", w.some("blend", ""))
	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(11, 8), Step: "pomelo/wash"}, Inputs: []app.Taken{w.some("blend", "")},
		Outputs: []app.NewLot{w.made("washed", "pomelo-treated", "9900")}})

	for _, name := range []string{"blend", "washed"} {
		a := w.get(w.lotPath(name))
		if len(a.body) > 40<<10 {
			t.Errorf("%s: %d bytes", name, len(a.body))
		}
		d := parse(t, a.body)
		boxes := d.texts(".journey svg.tall g.box")
		if len(boxes) < 2 || len(boxes) > 12 {
			t.Errorf("%s: %d boxes %q", name, len(boxes), boxes)
		}
		if !slices.Contains(boxes, "柚子鲜果10,000 千克500 个批次") {
			t.Errorf("%s: 500 lots are not one box: %q", name, boxes)
		}
		if steps := d.texts(".steps li"); !slices.Contains(steps, "2026年11月3日 村：柚子鲜果 10,000 千克（500 个批次）") {
			t.Errorf("%s: steps %q", name, steps)
		}
	}
}
