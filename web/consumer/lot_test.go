package consumer_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

func TestLotPage(t *testing.T) {
	w := newWorld(t).MakePomelo()
	a := w.Get(w.LotPath("jars"))
	if a.Status != http.StatusOK || a.Header.Get("Content-Language") != "zh-CN" {
		t.Fatalf("status %d, language %q", a.Status, a.Header.Get("Content-Language"))
	}
	d := webtest.ParseDocument(t, a.Body)
	d.CheckOrder(".band.active", ".what h1", ".what .amount", ".what .key", ".from .bar", ".from .legend", ".journey svg", ".steps ol",
		".evidence", ".people", ".truth", ".complain")
	d.CheckText(".band .word", "正常")
	d.CheckText("h1", "蜂蜜柚子茶（罐装）")
	d.CheckText(".amount", "3,600 罐每件净重 0.5 千克")
	d.CheckText(".key code", trace.GroupKey(w.Lots["jars"]))
	if got, want := d.Texts(".legend li"), []string{"四川省苍溪县 47%", "合兴街道龙滩村 32%", "合兴街道护国村 20%"}; !slices.Equal(got, want) {
		t.Errorf("shares %q, want %q", got, want)
	}
	if got, want := d.Texts(".journey svg.tall .lt"), []string{"村", "镇", "县"}; !slices.Equal(got, want) {
		t.Errorf("lanes %q, want %q", got, want)
	}
	for svg, want := range map[string]int{".journey svg.tall": 10, ".journey svg.wide": 10} { // eight lots and two by-products
		if got := len(d.Select(svg + " g.box")); got != want {
			t.Errorf("%s has %d boxes, want %d", svg, got, want)
		}
		if got := len(d.Select(svg + " g.box.q")); got != 2 {
			t.Errorf("%s has %d by-products, want 2", svg, got)
		}
	}
	if got := len(d.Select(".journey dd")); got != 10 {
		t.Errorf("the picture's text has %d entries, want 10", got)
	}
	steps := d.Texts(".steps li")
	for _, want := range []string{
		"2026年5月6日 合兴街道龙滩村三组喷施啶虫脒20%EC，用量 1500 倍液，防治蚜虫，安全间隔期 14 天",
		"2026年11月3日 合兴街道龙滩村三组采收柚子鲜果 4,125.5 千克",
		"2026年11月14日 梁平农产品加工园有限公司制柚子茶：用柚子果肉 500 千克、柚子皮 500 千克、蜂蜜 900 千克，得到蜂蜜柚子茶 1,850 千克",
	} {
		if !slices.Contains(steps, want) {
			t.Errorf("no step %q in\n%s", want, strings.Join(steps, "\n"))
		}
	}
	d.CheckText(".evidence dd", "LP20261115-03")
	d.CheckText(".evidence dt", "承诺达标合格证")
	d.CheckText(".truth dd code", w.EventOf("jars"))
	if got := d.Texts(".calls b"); !slices.Equal(got, []string{"023-5320 3303", "023-5322 2345", "12315", "12316"}) {
		t.Errorf("numbers %q", got)
	}
	if got := webtest.AttributeOf(d.Select(".calls a")[0], "href"); got != "tel:02353203303" {
		t.Errorf("link to call is %q", got)
	}
}

func TestLotPageInEnglish(t *testing.T) {
	w := newWorld(t).MakeSilk()
	d := w.Open(w.LotPath("silk"), "Accept-Language", "en-GB,en;q=0.9,zh;q=0.5")
	if got := webtest.AttributeOf(d.Select("html")[0], "lang"); got != "en" {
		t.Errorf("lang is %q", got)
	}
	d.CheckText("h1", "Raw silk")
	d.CheckText(".amount", "6.5 kg 13 jin")
	d.CheckText(".place", "Zhongyuan Village, Hexing, Liangping, Chongqing")
	d.CheckText("header .other", "中文")
	for _, text := range d.Texts("main") {
		for _, r := range text {
			if r >= 0x4E00 && r <= 0x9FFF {
				t.Fatalf("Chinese in the English page: %s", text)
			}
		}
	}
	if got := webtest.AttributeOf(d.Select("html")[0], "class"); got != "silk" {
		t.Errorf("theme is %q", got)
	}
}

// The loop 渣作肥、肥育桑 is shown as field work with a link to the compost; the compost is no ancestor in the picture.
func TestClosedLoop(t *testing.T) {
	w := newWorld(t).MakeSilk()
	d := w.Open(w.LotPath("silk"))
	links := d.Select(".steps p a")
	if len(links) != 1 || webtest.TextOf(links[0]) != "批次 "+trace.GroupKey(w.Lots["compost"]) ||
		webtest.AttributeOf(links[0], "href") != "/trace/"+w.Lots["compost"] {
		t.Fatalf("links in steps: %d, %q", len(links), d.Texts(".steps p a"))
	}
	if got := webtest.TextOf(links[0].Parent); !strings.HasPrefix(got, "合兴街道中元村施用了有机肥 160 千克") {
		t.Errorf("step says %q", got)
	}
	for _, text := range d.Texts(".journey dd") {
		if strings.Contains(text, "有机肥") {
			t.Errorf("the compost is in the picture: %s", text)
		}
	}
	d = w.Open(w.LotPath("compost"))
	d.CheckText("h1", "有机肥")
	d.CheckText(".place", "重庆市梁平区合兴街道中元村")
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
			w := newWorld(t).MakePomelo()
			w.SetStatus(row.action, "抽检发现残留超标", row.forward, "fruitB")
			d := w.Open(w.LotPath("jars"))
			d.CheckText(".band."+row.class+" .word", row.word)
			if d.Text(".band .do") == "" {
				t.Error("the band does not say what to do")
			}
			if row.forward {
				d.CheckText(".band .why", "2026年11月20日，梁平区农业农村委员会：抽检发现残留超标")
			}
			if row.callBefore {
				d.CheckOrder(".band", ".urgent .calls a", "h1")
				d.CheckAbsent(".complain")
			} else {
				d.CheckOrder(".band", "h1", ".complain .calls a")
			}
		})
	}
}

func TestStatesThatEnd(t *testing.T) {
	t.Run("released", func(t *testing.T) {
		w := newWorld(t).MakePomelo()
		w.SetStatus("hold", "核查", true, "fruitB")
		w.SetStatus("release", "", true, "fruitB")
		w.Open(w.LotPath("jars")).CheckText(".band.active .word", "正常")
	})
	t.Run("void", func(t *testing.T) {
		w := newWorld(t).MakePomelo()
		w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 17)}, Season: "s12",
			Lots: []app.NewLot{w.NewLot("slip", "pomelo-fruit", "10")}})
		seq, ok := w.App.Ledger.EventSeq(w.EventOf("slip"))
		if !ok {
			t.Fatal("no event")
		}
		w.Record(w.ActorOf("coop"), &app.Correction{Event: fmt.Sprint(seq), Reason: "重复登记"})
		d := w.Open(w.LotPath("slip"))
		d.CheckText(".band.void .word", "已作废")
		if got := d.Text(".band .why"); !strings.HasSuffix(got, "重复登记") {
			t.Errorf("why says %q", got)
		}
	})
}

func TestLateRecordIsSaid(t *testing.T) {
	w := newWorld(t)
	late := &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 3)}, Season: "s12",
		Lots: []app.NewLot{w.NewLot("late", "pomelo-fruit", "400")}}
	if _, err := w.App.RecordReport(t.Context(), w.ActorOf("coop"), late); err != nil { // the clock stands at 21 November
		t.Fatal(err)
	}
	w.Open(w.LotPath("late")).CheckText(".steps h3 span", "（2026年11月21日补登）")
}

func TestQuestionIsToldNeutrally(t *testing.T) {
	w := newWorld(t)
	n := w.NewLot("heavy", "pomelo-fruit", "412.5")
	n.Pieces = trace.Whole(200) // 2.06 kg a fruit
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 3), Step: "pomelo/harvest", Comment: "老树果大，已复称。"},
		Season: "s12", Lots: []app.NewLot{n}})
	asks := w.Open(w.LotPath("heavy")).Texts(".ask")
	if want := "存疑 单果重 2.06 千克/个，通常为 0.8–1.5 千克/个。 登记单位的说明： 老树果大，已复称。"; !slices.Contains(asks, want) {
		t.Errorf("questions %q, want %q among them", asks, want)
	}
}

// A lot with little data has no empty parts.
func TestMinimalLot(t *testing.T) {
	w := newWorld(t)
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 3)}, Season: "s20",
		Lots: []app.NewLot{w.NewLot("bare", "pomelo-fruit", "412.5")}})
	a := w.Get(w.LotPath("bare"))
	d := webtest.ParseDocument(t, a.Body)
	d.CheckText(".amount", "412.5 千克 825 斤")
	d.CheckText(".place", "重庆市梁平区合兴街道护国村")
	d.CheckText(".steps p", "合兴街道护国村采收柚子鲜果 412.5 千克")
	for _, part := range []string{".journey", ".evidence", ".bar", ".ask", ".grade", ".why"} {
		d.CheckAbsent(part)
	}
	for _, n := range d.Select("section") {
		if webtest.TextOf(n) == "" {
			t.Errorf("empty section %q", webtest.AttributeOf(n, "class"))
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
		lots = append(lots, w.NewLot(name, "pomelo-fruit", "20"))
		all = append(all, w.Take(name, ""))
	}
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: webtest.DayOf(11, 3)}, Season: "s12", Lots: lots})
	w.Record(w.ActorOf("coop"), &app.Transformation{Common: app.Common{Time: webtest.DayOf(11, 5)}, Inputs: all,
		Outputs: []app.NewLot{w.NewLot("blend", "pomelo-fruit", "10000")}})
	w.ShipAndReceive("coop", "works", "2026-11-06", w.Take("blend", ""))
	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: webtest.DayOf(11, 8), Step: "pomelo/wash"},
		Inputs:  []app.Taken{w.Take("blend", "")},
		Outputs: []app.NewLot{w.NewLot("washed", "pomelo-treated", "9900")}})

	for _, name := range []string{"blend", "washed"} {
		a := w.Get(w.LotPath(name))
		if len(a.Body) > 40<<10 {
			t.Errorf("%s: %d bytes", name, len(a.Body))
		}
		d := webtest.ParseDocument(t, a.Body)
		boxes := d.Texts(".journey svg.tall g.box")
		if len(boxes) < 2 || len(boxes) > 12 {
			t.Errorf("%s: %d boxes %q", name, len(boxes), boxes)
		}
		if !slices.Contains(boxes, "柚子鲜果10,000 千克500 个批次") {
			t.Errorf("%s: 500 lots are not one box: %q", name, boxes)
		}
		if steps := d.Texts(".steps li"); !slices.Contains(steps, "2026年11月3日 村：柚子鲜果 10,000 千克（500 个批次）") {
			t.Errorf("%s: steps %q", name, steps)
		}
	}
}
