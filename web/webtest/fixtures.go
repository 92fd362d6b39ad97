package webtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// MakeGroups gives each group of the village a season of its own with the same spraying, and makes one lot of them all.
func (w *World) MakeGroups(numbers ...int) *World {
	w.T.Helper()
	var in []app.Taken
	for i, n := range numbers {
		slug, name := fmt.Sprint("g", n), string([]rune("零一二三四五六七八九")[n])+"组"
		w.AddPlace("hu-"+slug, "huguang", trace.Place{Kind: "group", Name: name, NameEn: fmt.Sprint("Group ", n), Tier: trace.Village})
		for _, side := range []string{"a", "b"} { // two plots: the group is shown once
			plot := "plot-" + slug + side
			w.AddPlace(plot, "hu-"+slug, trace.Place{Kind: "plot", Name: PlotName, Tier: trace.Village})
			w.RecordMaster(trace.KindSeason, trace.Season{ID: w.App.CompleteID("season", plot), Name: PlotName, Org: w.App.CompleteID("org", "coop"),
				Place: w.App.CompleteID("place", plot),
				From:  trace.NewTime(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)), To: trace.NewTime(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))})
			when := trace.NewTime(DayOf(5, 6).Add(time.Duration(i) * time.Minute))
			w.Record(w.ActorOf("coop"), &app.Work{Common: app.Common{Time: &when}, Season: plot, Kind: "spray", Agent: "啶虫脒", IntervalDays: 14})
			lot := w.NewLot(plot, "pomelo-fruit", "100")
			then := trace.NewTime(DayOf(11, 3).Add(time.Duration(i) * time.Minute))
			w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: &then}, Season: plot, Lots: []app.NewLot{lot}})
			in = append(in, w.Take(plot, ""))
		}
	}
	w.Record(w.ActorOf("coop"), &app.Transformation{Common: app.Common{Time: DayOf(11, 5)}, Inputs: in,
		Outputs: []app.NewLot{w.NewLot("merged", "pomelo-fruit", fmt.Sprint(200*len(numbers)))}})
	return w
}

// EventOf is the id of the event that made a lot.
func (w *World) EventOf(name string) string {
	w.T.Helper()
	id, err := w.App.ResolveLot(w.Lots[name])
	if err != nil {
		w.T.Fatal(err)
	}
	v, err := w.App.Ledger.Lot(id, 0)
	if err != nil {
		w.T.Fatal(err)
	}
	rec, err := w.App.FindRecord(w.T.Context(), v.Made.Seq)
	if err != nil {
		w.T.Fatal(err)
	}
	return rec.EventID
}

// PackPallet packs the box of jars on a pallet, beside another box, and the pallet into another unit.
func (w *World) PackPallet() *World {
	w.T.Helper()
	park := w.ActorOf("park")
	pack := func(name, kind string, day int, contents []app.Taken, units ...string) {
		w.T.Helper()
		w.Lots[name] = trace.NewKey()
		var keys []string
		for _, u := range units {
			keys = append(keys, w.Lots[u])
		}
		w.Record(park, &app.Packing{Common: app.Common{Time: DayOf(11, day)}, Key: w.Lots[name], Kind: kind, Contents: contents, Units: keys})
	}
	pack("teaBox", "box", 17, []app.Taken{w.Take("tea", "50")})
	pack("pallet", "pallet", 18, nil, "box", "teaBox")
	pack("load", "pallet", 19, nil, "pallet")
	return w
}

func NewLink(linkType, href, title, media string, lang ...string) trace.WebLink {
	return trace.WebLink{LinkType: linkType, Href: href, Title: title, Type: media, Hreflang: lang}
}

func (w *World) RegisterLinks(lot string, list ...trace.WebLink) {
	w.T.Helper()
	id, err := w.App.ResolveLot(w.Lots[lot])
	if err != nil {
		w.T.Fatal(err)
	}
	w.RecordMaster(trace.KindLinks, trace.LinkSet{ID: id, Links: list})
}

// IssueSerial issues serial numbers for the jars and gives the first.
func (w *World) IssueSerial() string {
	w.T.Helper()
	if _, err := w.App.IssueSerials(w.T.Context(), w.ActorOf("park"), "", app.SerialReport{Lot: w.Lots["jars"], Count: 3}); err != nil {
		w.T.Fatal(err)
	}
	id, err := w.App.ResolveLot(w.Lots["jars"])
	if err != nil {
		w.T.Fatal(err)
	}
	b := w.App.Ledger.SerialBatches(id)[0]
	code, err := w.App.Serials.MakeSerial(w.T.Context(), b.Key, b.First)
	if err != nil {
		w.T.Fatal(err)
	}
	return code
}

// JarsPath is the identifier of the jars, which have a GTIN.
func (w *World) JarsPath() string { return "/01/" + GTIN + "/10/" + w.Lots["jars"] }

// GetEveryPage is the pages a visitor can reach in the test's world, by name.
func (w *World) GetEveryPage() map[string][]byte {
	w.T.Helper()
	out := map[string][]byte{}
	for name := range w.Lots {
		if name == "box" {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			out[name+" "+lang] = w.Get(w.LotPath(name) + "?lang=" + lang).Body
		}
	}
	for _, path := range []string{"/", "/trace/unit/" + w.Lots["box"], "/trace/" + w.Lots["box"], "/lot/ABC", "/?lang=en",
		"/trace/product/pomelo-tea.jar", "/trace/product/pomelo-tea.jar?lot=X1",
		"/trace/product/silk-silk?lang=en", "/lot/" + w.Lots["tea"] + "/21/0123456789AB"} {
		out[path] = w.Get(path).Body
	}
	return out
}

// WidenText writes a text as a Chinese keyboard does.
func WidenText(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r - '!' + '！'
		}
		return '\u3000'
	}, s)
}

// AddLinksAndNotices is the season of the fruit with links and serial numbers.
func (w *World) AddLinksAndNotices() *World {
	w.RegisterLinks("jars", NewLink("gs1:certificationInfo", "https://cert.example/jars.pdf", "检测报告", "application/pdf", "zh"),
		NewLink("gs1:recipeInfo", "https://recipe.example/zh?a=1", "菜谱", "text/html", "zh"),
		NewLink("gs1:recipeInfo", "https://recipe.example/en#tea", "Recipes", "text/html", "en"))
	w.RecordMaster(trace.KindLinks, trace.LinkSet{ID: w.App.CompleteID("product", "pomelo-tea.jar"), Links: []trace.WebLink{
		NewLink("gs1:certificationInfo", "https://cert.example/product", "产品认证", "text/html", "zh"),
		NewLink("gs1:instructions", "https://howto.example/zh", "冲泡方法", "text/html", "zh"),
		NewLink("gs1:instructions", "https://howto.example/en", "How to make it", "text/html", "en"),
		NewLink("gs1:instructions", "https://howto.example/zh.pdf", "冲泡方法", "application/pdf", "zh"),
		NewLink("gs1:faqs", "https://faq.example/one", "常见问题", "text/html", "zh"),
		NewLink("gs1:faqs", "https://faq.example/two", "问答", "text/html", "zh"),
	}})
	w.RegisterLinks("tea", NewLink("gs1:certificationInfo", "https://cert.example/tea", "检测报告", "text/html", "zh"))
	return w
}
