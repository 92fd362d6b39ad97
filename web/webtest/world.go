package webtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

const (
	Namespace = "https://id.liangping.example"
	PublicURL = "https://trace.liangping.example"
	GTIN      = "09521234567899"
	OtherGTIN = "06901234567892" // of no product
	Grower    = "G-7731-SECRET"
	PlotName  = "张家屋后地块"
)

// World is a ledger with two chains on the real store, and the pages over it.
type World struct {
	T        testing.TB
	App      *app.App
	Server   *fiber.App
	Clock    time.Time
	Lots     map[string]string // keys by the name a test gives them
	statuses int               // statuses so far
}

func DayOf(month time.Month, d int) *trace.Time {
	t := trace.NewTime(time.Date(2026, month, d, 2, 30, 0, 0, time.UTC))
	return &t
}

// registerPages adds pages to an app: web.Register, or the rooms that a test is about.
type registerPages = func(fiber.Router, shell.Deps) error

// NewWorld makes a ledger with master data and serves the pages that register adds; register may be nil where a test asks no page.
func NewWorld(t testing.TB, register registerPages) *World {
	t.Helper()
	ctx := context.Background()
	st, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &World{T: t, Clock: time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC), Lots: map[string]string{}}
	w.App, err = app.Open(ctx, st, app.Options{Namespace: Namespace, Now: func() time.Time { return w.Clock }, NoLineage: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.App.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Server = fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ReadBufferSize: 16 << 10,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			return shell.ErrorPage(c, fiber.StatusInternalServerError, nil)
		}})
	if register != nil {
		if err := register(w.Server, shell.Deps{App: func() *app.App { return w.App }, PublicURL: PublicURL}); err != nil {
			t.Fatal(err)
		}
	}
	w.addMasterData()
	return w
}

func (w *World) RecordMaster(kind trace.RecordKind, v any) {
	w.T.Helper()
	if set, ok := v.(trace.LinkSet); ok {
		if _, err := w.App.KeepLinks(context.Background(), app.System, "", app.LinkReport{ID: set.ID,
			Links: append([]trace.WebLink{}, set.Links...)}); err != nil {
			w.T.Fatalf("%s %+v: %v", kind, v, err)
		}
		return
	}
	if _, err := w.App.PutMasterData(context.Background(), app.System, v); err != nil {
		w.T.Fatalf("%s %+v: %v", kind, v, err)
	}
}

// AddPlace records a place of 20 mu within another one; parent may be "".
func (w *World) AddPlace(slug, parent string, p trace.Place) {
	w.T.Helper()
	p.ID, p.AreaMu = w.App.CompleteID("place", slug), trace.Whole(20)
	if parent != "" {
		p.Parent = w.App.CompleteID("place", parent)
	}
	w.RecordMaster(trace.KindPlace, p)
}

// AddOrganisation records an organisation at a place.
func (w *World) AddOrganisation(slug, place string, o trace.Organisation) {
	w.T.Helper()
	o.ID, o.Place = w.App.CompleteID("org", slug), w.App.CompleteID("place", place)
	w.RecordMaster(trace.KindOrganisation, o)
}

func (w *World) addMasterData() {
	w.AddPlace("county", "", trace.Place{Kind: "county", Name: "重庆市梁平区", NameEn: "Liangping, Chongqing", Tier: trace.County})
	w.AddPlace("hexing", "county", trace.Place{Kind: "town", Name: "合兴街道", NameEn: "Hexing", Tier: trace.Town})
	w.AddPlace("longtan", "hexing", trace.Place{Kind: "village", Name: "龙滩村", NameEn: "Longtan Village", Tier: trace.Village})
	w.AddPlace("longtan-3", "longtan", trace.Place{Kind: "group", Name: "三组", NameEn: "Group 3", Tier: trace.Village})
	w.AddPlace("plot-12", "longtan-3", trace.Place{Kind: "plot", Name: PlotName, NameEn: "Plot behind Zhang's house", Tier: trace.Village})
	w.AddPlace("huguang", "hexing", trace.Place{Kind: "village", Name: "护国村", NameEn: "Huguo Village", Tier: trace.Village})
	w.AddPlace("plot-20", "huguang", trace.Place{Kind: "plot", Name: "护国二号地块", NameEn: "Plot Huguo 2", Tier: trace.Village})
	w.AddPlace("works", "hexing", trace.Place{Kind: "site", Name: "合兴柚子初加工厂", NameEn: "Hexing pomelo works", Tier: trace.Town})
	w.AddPlace("park", "county", trace.Place{Kind: "site", Name: "梁平农产品加工园", NameEn: "Liangping food park", Tier: trace.County})
	w.AddPlace("away", "", trace.Place{Kind: "site", Name: "四川省苍溪县", NameEn: "Cangxi, Sichuan", Tier: trace.Outside})
	w.AddPlace("zhongyuan", "hexing", trace.Place{Kind: "village", Name: "中元村", NameEn: "Zhongyuan Village", Tier: trace.Village})
	w.AddPlace("plot-30", "zhongyuan", trace.Place{Kind: "plot", Name: "中元桑园一号", NameEn: "Mulberry plot 1", Tier: trace.Village})
	w.AddOrganisation("coop", "longtan", trace.Organisation{Kind: "cooperative", Name: "合兴龙滩柚子专业合作社", NameEn: "Longtan Pomelo Co-operative",
		Contact: "023-5320 1101", Tier: trace.Village})
	w.AddOrganisation("silkcoop", "zhongyuan", trace.Organisation{Kind: "cooperative", Name: "中元蚕桑专业合作社",
		NameEn: "Zhongyuan Silk Co-operative", Tier: trace.Village})
	w.AddOrganisation("works", "works", trace.Organisation{Kind: "processor", Name: "合兴柚业初加工有限公司", NameEn: "Hexing Pomelo Processing",
		Contact: "023-5320 2202", Tier: trace.Town})
	w.AddOrganisation("park", "park", trace.Organisation{Kind: "park", Name: "梁平农产品加工园有限公司", NameEn: "Liangping Food Park",
		Contact: "023-5320 3303", Tier: trace.County})
	w.AddOrganisation("shop", "away", trace.Organisation{Kind: "supplier", Name: "万州水果批发行", NameEn: "Wanzhou Fruit Wholesale",
		Tier: trace.Outside})
	w.AddOrganisation("bureau", "county", trace.Organisation{Kind: "bureau", Name: "梁平区农业农村委员会", NameEn: "Liangping Agriculture Bureau",
		Contact: "023-5322 2345", Tier: trace.County})
	for _, c := range w.App.Chains.Chains() {
		for _, p := range c.MasterProducts(w.App.Ledger.Namespace()) {
			w.RecordMaster(trace.KindProduct, p)
		}
	}
	w.RecordMaster(trace.KindProduct, trace.Product{Chain: "pomelo", GTIN: GTIN, ID: w.App.CompleteID("product", "pomelo-tea.jar"),
		Name: "蜂蜜柚子茶（罐装）", NameEn: "Honey pomelo tea in jars", NetMass: 500_000, Unit: trace.Piece, CountWord: "罐"})
	for _, s := range []struct{ slug, plot, org, name string }{
		{"s12", "plot-12", "coop", PlotName + " 2026"}, {"s20", "plot-20", "coop", "护国二号 2026"}, {"s30", "plot-30", "silkcoop", "中元桑园 2026"},
	} {
		w.RecordMaster(trace.KindSeason, trace.Season{ID: w.App.CompleteID("season", s.slug), Name: s.name, Org: w.App.CompleteID("org", s.org),
			Place: w.App.CompleteID("place", s.plot),
			From:  trace.NewTime(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)), To: trace.NewTime(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))})
	}
}

func (w *World) ActorOf(org string) trace.Actor {
	role := trace.Operator
	if org == "bureau" {
		role = trace.Bureau
	}
	return trace.Actor{Org: w.App.CompleteID("org", org), Role: role, User: "test"}
}

// Record records a report that must be accepted, ten minutes after the reported event.
func (w *World) Record(actor trace.Actor, report app.Report) {
	w.T.Helper()
	prepared, err := w.App.PrepareReport(context.Background(), actor, report, "", nil)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Clock = prepared.Event().Time.Add(10 * time.Minute)
	if err := w.App.RecordPrepared(context.Background(), []*app.Prepared{prepared})[0].Err; err != nil {
		w.T.Fatal(err)
	}
}

// NewLot prepares a new lot under a name.
func (w *World) NewLot(name, product string, kg string) app.NewLot {
	w.T.Helper()
	n, err := trace.ParseAmount(kg)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Lots[name] = trace.NewKey()
	return app.NewLot{Key: w.Lots[name], Product: product, Quantity: n}
}

func (w *World) Take(name, kg string) app.Taken {
	t := app.Taken{Lot: w.Lots[name]}
	if kg != "" {
		n, err := trace.ParseAmount(kg)
		if err != nil {
			w.T.Fatal(err)
		}
		t.Quantity = &n
	}
	return t
}

func (w *World) ShipAndReceive(from, to, day string, lots ...app.Taken) {
	w.T.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		w.T.Fatal(err)
	}
	out, in := trace.NewTime(d.Add(6*time.Hour)), trace.NewTime(d.Add(9*time.Hour))
	key := trace.NewKey()
	w.Record(w.ActorOf(from), &app.Shipment{Common: app.Common{Time: &out}, Key: key, To: to, Lots: lots})
	w.Record(w.ActorOf(to), &app.Receipt{Common: app.Common{Time: &in}, Shipment: key})
}

// MakePomelo makes the season of the fruit: two villages, graded, washed, peeled, made to tea in the park, packed.
func (w *World) MakePomelo() *World {
	w.T.Helper()
	w.Record(w.ActorOf("coop"), &app.Work{Common: app.Common{Time: DayOf(5, 6)}, Season: "s12", Kind: "spray", Agent: "啶虫脒20%EC",
		Dose: "1500 倍液", Target: "蚜虫", IntervalDays: 14, MaxUses: 1})

	a, b := w.NewLot("fruitA", "pomelo-fruit", "4125.5"), w.NewLot("fruitB", "pomelo-fruit", "2500")
	a.Pieces, a.Grower, b.Pieces = trace.Whole(3600), Grower, trace.Whole(2200)
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: DayOf(11, 3), Step: "pomelo/harvest"}, Season: "s12",
		Lots: []app.NewLot{a}})
	w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: DayOf(11, 4), Step: "pomelo/harvest"}, Season: "s20",
		Lots: []app.NewLot{b}})
	w.ShipAndReceive("coop", "shop", "2026-11-05", w.Take("fruitA", "100"))
	w.ShipAndReceive("coop", "works", "2026-11-05", w.Take("fruitA", ""), w.Take("fruitB", ""))
	best, rest, rot := w.NewLot("best", "pomelo-fruit", "4300"), w.NewLot("rest", "pomelo-cull", "2100"), w.NewLot("rot", "pomelo-rot", "110")
	best.Grade, rest.Grade, rot.Grade = "优级", "等外", "腐烂"
	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: DayOf(11, 7), Step: "pomelo/grade"},
		Inputs: []app.Taken{w.Take("fruitA", ""), w.Take("fruitB", "")}, Outputs: []app.NewLot{best, rest, rot}})

	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: DayOf(11, 9), Step: "pomelo/peel",
		Evidence: []app.Attribute{{Name: "检测报告", Value: "LP-2026-1187 合格"}, {Name: "责任人", Value: "李四"}}},
		Inputs: []app.Taken{w.Take("best", "2000")}, Outputs: []app.NewLot{w.NewLot("flesh", "pomelo-flesh", "1100"),
			w.NewLot("peel", "pomelo-peel", "640")}})

	w.Record(w.ActorOf("works"), &app.Observation{Common: app.Common{Time: DayOf(11, 10),
		Evidence: []app.Attribute{{Name: "农药残留", Value: "未检出"}, {Name: "保鲜剂", Value: "无"}}}, Kind: "inspecting", Lots: []string{w.Lots["flesh"]}})

	w.ShipAndReceive("works", "park", "2026-11-11", w.Take("flesh", "600"), w.Take("peel", ""))
	w.Record(w.ActorOf("park"), &app.Harvest{Common: app.Common{Time: DayOf(11, 10), Place: "away"},
		Lots: []app.NewLot{w.NewLot("honey", "pomelo-honey", "900")}})
	w.Record(w.ActorOf("park"), &app.Transformation{Common: app.Common{Time: DayOf(11, 14), Step: "pomelo/tea", Comment: "今年果肉偏干，按配方加了蜜。"},
		Inputs:  []app.Taken{w.Take("flesh", "500"), w.Take("peel", "500"), w.Take("honey", "")},
		Outputs: []app.NewLot{w.NewLot("tea", "pomelo-tea", "1850")}})

	jars := w.NewLot("jars", "pomelo-tea.jar", "3600")
	jars.Attributes = []app.Attribute{{Name: "承诺达标合格证", Value: "LP20261115-03"}, {Name: "联系电话", Value: "13812345678"}}
	w.Record(w.ActorOf("park"), &app.Transformation{Common: app.Common{Time: DayOf(11, 15)}, Inputs: []app.Taken{w.Take("tea", "1800")},
		Outputs: []app.NewLot{jars}})

	w.Lots["box"] = trace.NewKey()
	w.Record(w.ActorOf("park"), &app.Packing{Common: app.Common{Time: DayOf(11, 16)}, Key: w.Lots["box"], Kind: "box",
		Contents: []app.Taken{w.Take("jars", "24")}})
	return w
}

// MakeOtherFruit makes a lot of graded fruit of three villages that no recall touches.
func (w *World) MakeOtherFruit() {
	w.T.Helper()
	var in []app.Taken
	for i, v := range []struct{ place, kg string }{{"longtan-3", "1860"}, {"huguang", "760"}, {"zhongyuan", "380"}} {
		name := "o" + string(rune('1'+i))
		w.Record(w.ActorOf("coop"), &app.Harvest{Common: app.Common{Time: DayOf(11, 2+i), Place: v.place, Step: "pomelo/harvest"},
			Lots: []app.NewLot{w.NewLot(name, "pomelo-fruit", v.kg)}})
		in = append(in, w.Take(name, ""))
	}
	w.ShipAndReceive("coop", "works", "2026-11-06", in...)
	best, rest := w.NewLot("oBest", "pomelo-fruit", "2010"), w.NewLot("oRest", "pomelo-cull", "970")
	best.Grade, best.Pieces = "优级", trace.Whole(1720)
	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: DayOf(11, 7), Step: "pomelo/grade"}, Inputs: in,
		Outputs: []app.NewLot{best, rest}})
	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: DayOf(11, 8), Step: "pomelo/wash",
		Evidence: []app.Attribute{{Name: "保鲜剂", Value: "抑霉唑"}, {Name: "用量", Value: "500 mg/kg"}}},
		Inputs: []app.Taken{w.Take("oBest", "")}, Outputs: []app.NewLot{w.NewLot("oWash", "pomelo-treated", "1980")}})

	w.ShipAndReceive("works", "park", "2026-11-10", w.Take("oWash", "1600"))
	boxes := w.NewLot("other", "pomelo-box", "160")
	boxes.Grade, boxes.Attributes = "优级", []app.Attribute{{Name: "承诺达标合格证", Value: "LP20261112-07"}}
	w.Record(w.ActorOf("park"), &app.Transformation{Common: app.Common{Time: DayOf(11, 12), Step: "pomelo/pack"},
		Inputs:  []app.Taken{w.Take("oWash", "1600")},
		Outputs: []app.NewLot{boxes}})

}

// MakeSilk makes the closed loop: leaf, cocoon and frass, compost, back on the plot, leaf of autumn, cocoon, dried, reeled.
func (w *World) MakeSilk() *World {
	w.T.Helper()
	coop := w.ActorOf("silkcoop")
	harvest := func(name, kg string, when *trace.Time) {
		w.T.Helper()
		w.Record(coop, &app.Harvest{Common: app.Common{Time: when, Step: "silk/leaf"}, Season: "s30",
			Lots: []app.NewLot{w.NewLot(name, "silk-leaf", kg)}})
	}
	harvest("leaf1", "600", DayOf(4, 20))
	w.rearWorms(rearing{leaf: "leaf1", leafKg: "560", cocoon: "cocoon1", cocoonKg: "40", frass: "frass1", frassKg: "200"}, DayOf(5, 20))
	w.Record(coop, &app.Transformation{Common: app.Common{Time: DayOf(6, 20), Step: "silk/compost"}, Inputs: []app.Taken{w.Take("frass1", "")},
		Outputs: []app.NewLot{w.NewLot("compost", "silk-fertiliser", "160")}})

	w.Record(coop, &app.Work{Common: app.Common{Time: DayOf(6, 28)}, Season: "s30", Kind: "fertilise",
		Lots: []app.Taken{w.Take("compost", "")}})
	harvest("leaf2", "620", DayOf(9, 1))
	w.rearWorms(rearing{leaf: "leaf2", leafKg: "600", cocoon: "cocoon2", cocoonKg: "42", frass: "frass2", frassKg: "210"}, DayOf(10, 2))
	w.ShipAndReceive("silkcoop", "works", "2026-10-05", w.Take("cocoon2", ""))
	w.Record(w.ActorOf("works"), &app.Transformation{Common: app.Common{Time: DayOf(10, 6), Step: "silk/dry"},
		Inputs: []app.Taken{w.Take("cocoon2", "")}, Outputs: []app.NewLot{w.NewLot("dry", "silk-drycocoon", "17")}})

	w.ShipAndReceive("works", "park", "2026-10-09", w.Take("dry", ""))
	w.Record(w.ActorOf("park"), &app.Transformation{Common: app.Common{Time: DayOf(10, 20), Step: "silk/reel"},
		Inputs: []app.Taken{w.Take("dry", "")}, Outputs: []app.NewLot{w.NewLot("silk", "silk-silk", "6.5"),
			w.NewLot("pupae", "silk-pupae", "8")}})

	return w
}

// rearing is what silkworms 蚕 eat and give: names of lots, and kilograms.
type rearing struct {
	leaf, leafKg, cocoon, cocoonKg, frass, frassKg string
}

// rearWorms records the eggs and the rearing.
func (w *World) rearWorms(r rearing, when *trace.Time) {
	w.T.Helper()
	coop := w.ActorOf("silkcoop")
	eggs := w.NewLot(r.cocoon+"Eggs", "silk-eggs", "1")
	w.Record(coop, &app.Harvest{Common: app.Common{Time: DayOf(3, 1), Place: "away"}, Lots: []app.NewLot{eggs}})
	w.Record(coop, &app.Transformation{Common: app.Common{Time: when, Step: "silk/rear"},
		Inputs:  []app.Taken{w.Take(r.leaf, r.leafKg), {Lot: w.Lots[r.cocoon+"Eggs"]}},
		Outputs: []app.NewLot{w.NewLot(r.cocoon, "silk-cocoon", r.cocoonKg), w.NewLot(r.frass, "silk-frass", r.frassKg)}})
}

func (w *World) SetStatus(action, reason string, forward bool, names ...string) {
	w.T.Helper()
	var keys []string
	for _, n := range names {
		keys = append(keys, w.Lots[n])
	}
	w.statuses++ // each has its own time, or it would be taken for a repeat
	when := trace.NewTime(DayOf(11, 20).Add(time.Duration(w.statuses) * time.Second))
	w.Record(w.ActorOf("bureau"), &app.Status{Common: app.Common{Time: &when}, Lots: keys, Action: action, Reason: reason, Forward: forward})
}

// Answer is an answer of the server.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Get asks for a page; headers are pairs of name and value.
func (w *World) Get(path string, headers ...string) Answer {
	w.T.Helper()
	return w.Request(http.MethodGet, path, headers...)
}

func (w *World) Request(method, path string, headers ...string) Answer {
	w.T.Helper()
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.Server.Test(req, -1)
	if err != nil {
		w.T.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, res.Body); err != nil {
		w.T.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		w.T.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, b.Bytes()}
}

// Follow asks for the path of an identifier and goes on to its page, which is one step away.
func (w *World) Follow(method, path string) Answer {
	w.T.Helper()
	a := w.Request(method, path)
	if a.Status != http.StatusTemporaryRedirect {
		return a
	}
	if a = w.Request(method, a.Header.Get("Location")); a.Status >= 300 && a.Status < 400 {
		w.T.Errorf("%s leads from page to page: %d to %s", path, a.Status, a.Header.Get("Location"))
	}
	return a
}

// LotPath is the address of a lot's page under the name a test gave it.
func (w *World) LotPath(name string) string {
	id, err := w.App.ResolveLot(w.Lots[name])
	if err != nil {
		w.T.Fatal(err)
	}
	return "/trace/" + trace.KeyOf(id)
}
