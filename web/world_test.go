package web

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
	"github.com/yousang/yousang/web/consumer"
	"github.com/yousang/yousang/web/shell"
)

const (
	namespace = "https://id.liangping.example"
	publicURL = "https://trace.liangping.example"
	gtin      = "09521234567899"
	otherGTIN = "06901234567892" // of no product
	grower    = "G-7731-SECRET"
	plotName  = "张家屋后地块"
)

// world is a ledger with two chains on the real store, and the pages over it.
type world struct {
	t     testing.TB
	r     *app.App
	app   *fiber.App
	clock time.Time
	lots  map[string]string // keys by the name a test gives them
	said  int               // statuses so far
}

func at(month time.Month, d int) *trace.Time {
	t := trace.NewTime(time.Date(2026, month, d, 2, 30, 0, 0, time.UTC))
	return &t
}

// registerPages adds pages to an app: web.Register, or the rooms that a test is about.
type registerPages = func(fiber.Router, shell.Deps) error

// NewWorld makes a ledger with master data and serves the pages that register adds; register may be nil where a test asks no page.
func NewWorld(t testing.TB, register registerPages) *world {
	t.Helper()
	ctx := context.Background()
	st, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC), lots: map[string]string{}}
	w.r, err = app.Open(ctx, st, app.Options{Namespace: namespace, Now: func() time.Time { return w.clock }, NoLineage: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.r.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w.app = fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ReadBufferSize: 16 << 10, ErrorHandler: func(c *fiber.Ctx, err error) error {
		return shell.ErrorPage(c, fiber.StatusInternalServerError, nil)
	}})
	if register != nil {
		if err := register(w.app, shell.Deps{Recorder: func() *app.App { return w.r }, PublicURL: publicURL}); err != nil {
			t.Fatal(err)
		}
	}
	w.masters()
	return w
}

func (w *world) master(kind trace.RecordKind, v any) {
	w.t.Helper()
	if set, ok := v.(trace.LinkSet); ok {
		if _, err := w.r.KeepLinks(context.Background(), app.System, "", app.LinkReport{ID: set.ID, Links: append([]trace.WebLink{}, set.Links...)}); err != nil {
			w.t.Fatalf("%s %+v: %v", kind, v, err)
		}
		return
	}
	if _, err := w.r.PutMasterData(context.Background(), app.System, v); err != nil {
		w.t.Fatalf("%s %+v: %v", kind, v, err)
	}
}

func (w *world) place(slug, kind, name, en, parent string, tier trace.Tier) {
	w.t.Helper()
	p := trace.Place{ID: w.r.ID("place", slug), Kind: kind, Name: name, NameEn: en, Tier: tier, AreaMu: trace.Whole(20)}
	if parent != "" {
		p.Parent = w.r.ID("place", parent)
	}
	w.master(trace.KindPlace, p)
}

func (w *world) org(slug, kind, name, en, place, phone string, tier trace.Tier) {
	w.t.Helper()
	w.master(trace.KindOrganisation, trace.Organisation{ID: w.r.ID("org", slug), Kind: kind, Name: name, NameEn: en, Tier: tier, Contact: phone,
		Place: w.r.ID("place", place)})
}

func (w *world) masters() {
	w.place("county", "county", "重庆市梁平区", "Liangping, Chongqing", "", trace.County)
	w.place("hexing", "town", "合兴街道", "Hexing", "county", trace.Town)
	w.place("longtan", "village", "龙滩村", "Longtan Village", "hexing", trace.Village)
	w.place("longtan-3", "group", "三组", "Group 3", "longtan", trace.Village)
	w.place("plot-12", "plot", plotName, "Plot behind Zhang's house", "longtan-3", trace.Village)
	w.place("huguang", "village", "护国村", "Huguo Village", "hexing", trace.Village)
	w.place("plot-20", "plot", "护国二号地块", "Plot Huguo 2", "huguang", trace.Village)
	w.place("works", "site", "合兴柚子初加工厂", "Hexing pomelo works", "hexing", trace.Town)
	w.place("park", "site", "梁平农产品加工园", "Liangping food park", "county", trace.County)
	w.place("away", "site", "四川省苍溪县", "Cangxi, Sichuan", "", trace.Outside)
	w.place("zhongyuan", "village", "中元村", "Zhongyuan Village", "hexing", trace.Village)
	w.place("plot-30", "plot", "中元桑园一号", "Mulberry plot 1", "zhongyuan", trace.Village)
	w.org("coop", "cooperative", "合兴龙滩柚子专业合作社", "Longtan Pomelo Co-operative", "longtan", "023-5320 1101", trace.Village)
	w.org("silkcoop", "cooperative", "中元蚕桑专业合作社", "Zhongyuan Silk Co-operative", "zhongyuan", "", trace.Village)
	w.org("works", "processor", "合兴柚业初加工有限公司", "Hexing Pomelo Processing", "works", "023-5320 2202", trace.Town)
	w.org("park", "park", "梁平农产品加工园有限公司", "Liangping Food Park", "park", "023-5320 3303", trace.County)
	w.org("shop", "supplier", "万州水果批发行", "Wanzhou Fruit Wholesale", "away", "", trace.Outside)
	w.org("bureau", "bureau", "梁平区农业农村委员会", "Liangping Agriculture Bureau", "county", "023-5322 2345", trace.County)
	for _, c := range w.r.Chains.Chains() {
		for _, p := range c.MasterProducts(w.r.Ledger.Namespace()) {
			w.master(trace.KindProduct, p)
		}
	}
	w.master(trace.KindProduct, trace.Product{Chain: "pomelo", GTIN: gtin, ID: w.r.ID("product", "pomelo-tea.jar"), Name: "蜂蜜柚子茶（罐装）",
		NameEn: "Honey pomelo tea in jars", NetMass: 500_000, Unit: trace.Piece, CountWord: "罐"})
	for _, s := range []struct{ slug, plot, org, name string }{
		{"s12", "plot-12", "coop", plotName + " 2026"}, {"s20", "plot-20", "coop", "护国二号 2026"}, {"s30", "plot-30", "silkcoop", "中元桑园 2026"},
	} {
		w.master(trace.KindSeason, trace.Season{ID: w.r.ID("season", s.slug), Name: s.name, Org: w.r.ID("org", s.org), Place: w.r.ID("place", s.plot),
			From: trace.NewTime(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)), To: trace.NewTime(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))})
	}
}

func (w *world) as(org string) trace.Actor {
	role := trace.Operator
	if org == "bureau" {
		role = trace.Bureau
	}
	return trace.Actor{Org: w.r.ID("org", org), Role: role, User: "test"}
}

// record records a report that must be accepted, ten minutes after what happened.
func (w *world) record(actor trace.Actor, report app.Report) {
	w.t.Helper()
	prepared, err := w.r.PrepareReport(context.Background(), actor, report, "", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock = prepared.Event().Time.Add(10 * time.Minute)
	if err := w.r.RecordPrepared(context.Background(), []*app.Prepared{prepared})[0].Err; err != nil {
		w.t.Fatal(err)
	}
}

// do records a command that must be accepted, ten minutes after it happened.
func (w *world) do(cmd trace.Command, err error) {
	w.t.Helper()
	if cmd.Event() != nil {
		w.clock = cmd.Event().Time.Add(10 * time.Minute)
	}
	if _, err := w.r.SubmitOne(context.Background(), cmd, err); err != nil {
		w.t.Fatal(err)
	}
}

// made prepares a new lot under a name.
func (w *world) made(name, product string, kg string) app.NewLot {
	w.t.Helper()
	n, err := trace.ParseAmount(kg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lots[name] = trace.NewKey()
	return app.NewLot{Key: w.lots[name], Product: product, Quantity: n}
}

func (w *world) some(name, kg string) app.Taken {
	t := app.Taken{Lot: w.lots[name]}
	if kg != "" {
		n, err := trace.ParseAmount(kg)
		if err != nil {
			w.t.Fatal(err)
		}
		t.Quantity = &n
	}
	return t
}

func (w *world) move(from, to, day string, lots ...app.Taken) {
	w.t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		w.t.Fatal(err)
	}
	out, in := trace.NewTime(d.Add(6*time.Hour)), trace.NewTime(d.Add(9*time.Hour))
	key := trace.NewKey()
	w.record(w.as(from), &app.Shipment{Common: app.Common{Time: &out}, Key: key, To: to, Lots: lots})
	w.record(w.as(to), &app.Receipt{Common: app.Common{Time: &in}, Shipment: key})
}

// pomelo makes the season of the fruit: two villages, graded, washed, peeled, made to tea in the park, packed.
func (w *world) pomelo() *world {
	w.t.Helper()
	w.record(w.as("coop"), &app.Work{Common: app.Common{Time: at(5, 6)}, Season: "s12", Kind: "spray", Agent: "啶虫脒20%EC",
		Dose: "1500 倍液", Target: "蚜虫", IntervalDays: 14, MaxUses: 1})

	a, b := w.made("fruitA", "pomelo-fruit", "4125.5"), w.made("fruitB", "pomelo-fruit", "2500")
	a.Pieces, a.Grower, b.Pieces = trace.Whole(3600), grower, trace.Whole(2200)
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 3), Step: "pomelo/harvest"}, Season: "s12", Lots: []app.NewLot{a}})
	w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 4), Step: "pomelo/harvest"}, Season: "s20", Lots: []app.NewLot{b}})
	w.move("coop", "shop", "2026-11-05", w.some("fruitA", "100"))
	w.move("coop", "works", "2026-11-05", w.some("fruitA", ""), w.some("fruitB", ""))
	best, rest, rot := w.made("best", "pomelo-fruit", "4300"), w.made("rest", "pomelo-cull", "2100"), w.made("rot", "pomelo-rot", "110")
	best.Grade, rest.Grade, rot.Grade = "优级", "等外", "腐烂"
	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(11, 7), Step: "pomelo/grade"},
		Inputs: []app.Taken{w.some("fruitA", ""), w.some("fruitB", "")}, Outputs: []app.NewLot{best, rest, rot}})

	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(11, 9), Step: "pomelo/peel",
		Evidence: []app.Attribute{{Name: "检测报告", Value: "LP-2026-1187 合格"}, {Name: "责任人", Value: "李四"}}},
		Inputs: []app.Taken{w.some("best", "2000")}, Outputs: []app.NewLot{w.made("flesh", "pomelo-flesh", "1100"), w.made("peel", "pomelo-peel", "640")}})

	w.record(w.as("works"), &app.Observation{Common: app.Common{Time: at(11, 10),
		Evidence: []app.Attribute{{Name: "农药残留", Value: "未检出"}, {Name: "保鲜剂", Value: "无"}}}, Kind: "inspecting", Lots: []string{w.lots["flesh"]}})

	w.move("works", "park", "2026-11-11", w.some("flesh", "600"), w.some("peel", ""))
	w.record(w.as("park"), &app.Harvest{Common: app.Common{Time: at(11, 10), Place: "away"}, Lots: []app.NewLot{w.made("honey", "pomelo-honey", "900")}})
	w.record(w.as("park"), &app.Transformation{Common: app.Common{Time: at(11, 14), Step: "pomelo/tea", Comment: "今年果肉偏干，按配方加了蜜。"},
		Inputs:  []app.Taken{w.some("flesh", "500"), w.some("peel", "500"), w.some("honey", "")},
		Outputs: []app.NewLot{w.made("tea", "pomelo-tea", "1850")}})

	jars := w.made("jars", "pomelo-tea.jar", "3600")
	jars.Attributes = []app.Attribute{{Name: "承诺达标合格证", Value: "LP20261115-03"}, {Name: "联系电话", Value: "13812345678"}}
	w.record(w.as("park"), &app.Transformation{Common: app.Common{Time: at(11, 15)}, Inputs: []app.Taken{w.some("tea", "1800")},
		Outputs: []app.NewLot{jars}})

	w.lots["box"] = trace.NewKey()
	w.record(w.as("park"), &app.Packing{Common: app.Common{Time: at(11, 16)}, Key: w.lots["box"], Kind: "box", Contents: []app.Taken{w.some("jars", "24")}})
	return w
}

// other makes a lot of graded fruit of three villages that no recall touches.
func (w *world) other() {
	w.t.Helper()
	var in []app.Taken
	for i, v := range []struct{ place, kg string }{{"longtan-3", "1860"}, {"huguang", "760"}, {"zhongyuan", "380"}} {
		name := "o" + string(rune('1'+i))
		w.record(w.as("coop"), &app.Harvest{Common: app.Common{Time: at(11, 2+i), Place: v.place, Step: "pomelo/harvest"}, Lots: []app.NewLot{w.made(name, "pomelo-fruit", v.kg)}})
		in = append(in, w.some(name, ""))
	}
	w.move("coop", "works", "2026-11-06", in...)
	best, rest := w.made("oBest", "pomelo-fruit", "2010"), w.made("oRest", "pomelo-cull", "970")
	best.Grade, best.Pieces = "优级", trace.Whole(1720)
	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(11, 7), Step: "pomelo/grade"}, Inputs: in, Outputs: []app.NewLot{best, rest}})
	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(11, 8), Step: "pomelo/wash",
		Evidence: []app.Attribute{{Name: "保鲜剂", Value: "抑霉唑"}, {Name: "用量", Value: "500 mg/kg"}}},
		Inputs: []app.Taken{w.some("oBest", "")}, Outputs: []app.NewLot{w.made("oWash", "pomelo-treated", "1980")}})

	w.move("works", "park", "2026-11-10", w.some("oWash", "1600"))
	boxes := w.made("other", "pomelo-box", "160")
	boxes.Grade, boxes.Attributes = "优级", []app.Attribute{{Name: "承诺达标合格证", Value: "LP20261112-07"}}
	w.record(w.as("park"), &app.Transformation{Common: app.Common{Time: at(11, 12), Step: "pomelo/pack"}, Inputs: []app.Taken{w.some("oWash", "1600")},
		Outputs: []app.NewLot{boxes}})

}

// silk makes the closed loop: leaf, cocoon and frass, compost, back on the plot, leaf of autumn, cocoon, dried, reeled.
func (w *world) silk() *world {
	w.t.Helper()
	coop := w.as("silkcoop")
	harvest := func(name, kg string, when *trace.Time) {
		w.t.Helper()
		w.record(coop, &app.Harvest{Common: app.Common{Time: when, Step: "silk/leaf"}, Season: "s30", Lots: []app.NewLot{w.made(name, "silk-leaf", kg)}})
	}
	rear := func(leaf, kg, cocoon, c, frass, f string, when *trace.Time) {
		w.t.Helper()
		eggs := w.made(cocoon+"Eggs", "silk-eggs", "1")
		w.record(coop, &app.Harvest{Common: app.Common{Time: at(3, 1), Place: "away"}, Lots: []app.NewLot{eggs}})
		w.record(coop, &app.Transformation{Common: app.Common{Time: when, Step: "silk/rear"},
			Inputs:  []app.Taken{w.some(leaf, kg), {Lot: w.lots[cocoon+"Eggs"]}},
			Outputs: []app.NewLot{w.made(cocoon, "silk-cocoon", c), w.made(frass, "silk-frass", f)}})

	}
	harvest("leaf1", "600", at(4, 20))
	rear("leaf1", "560", "cocoon1", "40", "frass1", "200", at(5, 20))
	w.record(coop, &app.Transformation{Common: app.Common{Time: at(6, 20), Step: "silk/compost"}, Inputs: []app.Taken{w.some("frass1", "")},
		Outputs: []app.NewLot{w.made("compost", "silk-fertiliser", "160")}})

	w.record(coop, &app.Work{Common: app.Common{Time: at(6, 28)}, Season: "s30", Kind: "fertilise", Lots: []app.Taken{w.some("compost", "")}})
	harvest("leaf2", "620", at(9, 1))
	rear("leaf2", "600", "cocoon2", "42", "frass2", "210", at(10, 2))
	w.move("silkcoop", "works", "2026-10-05", w.some("cocoon2", ""))
	w.record(w.as("works"), &app.Transformation{Common: app.Common{Time: at(10, 6), Step: "silk/dry"},
		Inputs: []app.Taken{w.some("cocoon2", "")}, Outputs: []app.NewLot{w.made("dry", "silk-drycocoon", "17")}})

	w.move("works", "park", "2026-10-09", w.some("dry", ""))
	w.record(w.as("park"), &app.Transformation{Common: app.Common{Time: at(10, 20), Step: "silk/reel"},
		Inputs: []app.Taken{w.some("dry", "")}, Outputs: []app.NewLot{w.made("silk", "silk-silk", "6.5"), w.made("pupae", "silk-pupae", "8")}})

	return w
}

func (w *world) status(action, reason string, forward bool, names ...string) {
	w.t.Helper()
	var keys []string
	for _, n := range names {
		keys = append(keys, w.lots[n])
	}
	w.said++ // each has its own time, or it would be taken for a repeat
	when := trace.NewTime(at(11, 20).Add(time.Duration(w.said) * time.Second))
	w.record(w.as("bureau"), &app.Status{Common: app.Common{Time: &when}, Lots: keys, Action: action, Reason: reason, Forward: forward})
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// get asks for a page; headers are pairs of name and value.
func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.ask(http.MethodGet, path, headers...)
}

func (w *world) ask(method, path string, headers ...string) answer {
	w.t.Helper()
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.app.Test(req, -1)
	if err != nil {
		w.t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, res.Body); err != nil {
		w.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b.Bytes()}
}

// follow asks for the path of an identifier and goes on to its page, which is one step away.
func (w *world) follow(method, path string) answer {
	w.t.Helper()
	a := w.ask(method, path)
	if a.status != http.StatusTemporaryRedirect {
		return a
	}
	if a = w.ask(method, a.header.Get("Location")); a.status >= 300 && a.status < 400 {
		w.t.Errorf("%s leads from page to page: %d to %s", path, a.status, a.header.Get("Location"))
	}
	return a
}

// lotPath is the address of a lot's page under the name a test gave it.
func (w *world) lotPath(name string) string {
	id, err := w.r.ResolveLot(w.lots[name])
	if err != nil {
		w.t.Fatal(err)
	}
	return consumer.LotPath(id)
}
