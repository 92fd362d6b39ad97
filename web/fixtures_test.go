package web

import (
	"fmt"
	"strings"
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

// eventOf is the id of the event that made a lot.
func (w *world) eventOf(name string) string {
	w.t.Helper()
	id, err := w.r.ResolveLot(w.lots[name])
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := w.r.Ledger.Lot(id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	rec, err := w.r.Record(w.t.Context(), v.Made.Seq)
	if err != nil {
		w.t.Fatal(err)
	}
	return rec.EventID
}

// pallet packs the box of jars on a pallet, beside another box, and that into another unit.
func (w *world) pallet() *world {
	w.t.Helper()
	park := w.as("park")
	pack := func(name, kind string, day int, contents []app.Taken, units ...string) {
		w.t.Helper()
		w.lots[name] = trace.NewKey()
		var keys []string
		for _, u := range units {
			keys = append(keys, w.lots[u])
		}
		w.record(park, &app.Packing{Common: app.Common{Time: at(11, day)}, Key: w.lots[name], Kind: kind, Contents: contents, Units: keys})
	}
	pack("teaBox", "box", 17, []app.Taken{w.some("tea", "50")})
	pack("pallet", "pallet", 18, nil, "box", "teaBox")
	pack("load", "pallet", 19, nil, "pallet")
	return w
}

func link(linkType, href, title, media string, lang ...string) trace.WebLink {
	return trace.WebLink{LinkType: linkType, Href: href, Title: title, Type: media, Hreflang: lang}
}

func (w *world) links(lot string, list ...trace.WebLink) {
	w.t.Helper()
	id, err := w.r.ResolveLot(w.lots[lot])
	if err != nil {
		w.t.Fatal(err)
	}
	w.master(trace.KindLinks, trace.LinkSet{ID: id, Links: list})
}

// serial issues serial numbers for the jars and gives the first.
func (w *world) serial() string {
	w.t.Helper()
	if _, err := w.r.IssueSerials(w.t.Context(), w.as("park"), "", app.SerialReport{Lot: w.lots["jars"], Count: 3}); err != nil {
		w.t.Fatal(err)
	}
	id, err := w.r.ResolveLot(w.lots["jars"])
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.r.Ledger.SerialBatches(id)[0]
	code, err := w.r.Serials.MakeSerial(w.t.Context(), b.Key, b.First)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// jarsPath is the identifier of the jars, which have a GTIN.
func (w *world) jarsPath() string { return "/01/" + gtin + "/10/" + w.lots["jars"] }

// every is the pages a visitor can reach in the test's world, by name.
func (w *world) every() map[string][]byte {
	w.t.Helper()
	out := map[string][]byte{}
	for name := range w.lots {
		if name == "box" {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			out[name+" "+lang] = w.get(w.lotPath(name) + "?lang=" + lang).body
		}
	}
	for _, path := range []string{"/", "/trace/unit/" + w.lots["box"], "/trace/" + w.lots["box"], "/lot/ABC", "/?lang=en", "/trace/product/pomelo-tea.jar", "/trace/product/pomelo-tea.jar?lot=X1",
		"/trace/product/silk-silk?lang=en", "/lot/" + w.lots["tea"] + "/21/0123456789AB"} {
		out[path] = w.get(path).body
	}
	return out
}

// wide writes a text as a Chinese keyboard does.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r - '!' + '！'
		}
		return '\u3000'
	}, s)
}

// coded is the season of the fruit with links and serial numbers.
func (w *world) coded() *world {
	w.links("jars", link("gs1:certificationInfo", "https://cert.example/jars.pdf", "检测报告", "application/pdf", "zh"),
		link("gs1:recipeInfo", "https://recipe.example/zh?a=1", "菜谱", "text/html", "zh"),
		link("gs1:recipeInfo", "https://recipe.example/en#tea", "Recipes", "text/html", "en"))
	w.master(trace.KindLinks, trace.LinkSet{ID: w.r.ID("product", "pomelo-tea.jar"), Links: []trace.WebLink{
		link("gs1:certificationInfo", "https://cert.example/product", "产品认证", "text/html", "zh"),
		link("gs1:instructions", "https://howto.example/zh", "冲泡方法", "text/html", "zh"),
		link("gs1:instructions", "https://howto.example/en", "How to make it", "text/html", "en"),
		link("gs1:instructions", "https://howto.example/zh.pdf", "冲泡方法", "application/pdf", "zh"),
		link("gs1:faqs", "https://faq.example/one", "常见问题", "text/html", "zh"),
		link("gs1:faqs", "https://faq.example/two", "问答", "text/html", "zh"),
	}})
	w.links("tea", link("gs1:certificationInfo", "https://cert.example/tea", "检测报告", "text/html", "zh"))
	return w
}
