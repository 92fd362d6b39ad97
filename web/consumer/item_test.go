package consumer_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web"
	"github.com/yousang/yousang/web/webtest"
)

// manyViews is from how many views on a page asks its reader to look closer, as docs and sentences say.
const manyViews = 20

const (
	phone = "Mozilla/5.0 (Linux; Android 13; V2238A) AppleWebKit/537.36 (KHTML, like Gecko) " +
		"Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"
	// Addresses of the made-up table: 梁平, 万州, 成都, 北京, 深圳.
	liangping, wanzhou, chengdu, beijing, shenzhen = "192.0.2.7", "192.0.2.200", "198.51.100.7", "198.51.100.130", "203.0.113.7"
)

// shelf is a lot of jars with serial numbers, and pages that count.
type shelf struct {
	*webtest.World
	scans *scan.Counter
	store *silentStore
	batch trace.BatchView
}

// silentStore is a store that does not answer about scans while silent is set.
type silentStore struct {
	trace.Store
	silent atomic.Bool
}

func (m *silentStore) Scans(ctx context.Context, code string) ([]trace.Scan, error) {
	if m.silent.Load() {
		return nil, errors.New("the store is away")
	}
	return m.Store.Scans(ctx, code)
}

// newShelf issues ten serial numbers for the jars, to be sold in the regions, and activates the first six.
func newShelf(t testing.TB, regions ...string) *shelf {
	t.Helper()
	w := newWorld(t).MakePomelo()
	s := &shelf{World: w, store: &silentStore{Store: w.App.Store}}
	w.Clock = webtest.DayOf(11, 17).Time
	issue := app.SerialReport{Lot: w.Lots["jars"], Count: 10, Regions: regions}
	if _, err := w.App.IssueSerials(t.Context(), w.ActorOf("park"), "", issue); err != nil {
		t.Fatal(err)
	}
	id, err := w.App.ResolveLot(w.Lots["jars"])
	if err != nil {
		t.Fatal(err)
	}
	s.batch = w.App.Ledger.SerialBatches(id)[0]
	w.Clock = webtest.DayOf(11, 18).Time
	s.changeState(trace.SerialActivated, 1, 6)
	table, err := scan.ReadRegions("../../internal/scan/testdata/regions.csv")
	if err != nil {
		t.Fatal(err)
	}
	s.scans = scan.New(scan.Options{Store: s.store, Items: scan.NewLedgerLookup(func() *trace.Ledger { return w.App.Ledger }, w.App.Store),
		Regions: table,
		Trusted: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")}, Now: func() time.Time { return w.Clock }, Every: time.Hour})
	t.Cleanup(func() {
		if err := s.scans.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Server = fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	if err := web.Register(w.Server, web.Deps{App: func() *app.App { return w.App }, PublicURL: webtest.PublicURL,
		Scans: s.scans}); err != nil {
		t.Fatal(err)
	}
	w.Clock = webtest.DayOf(11, 21).Time
	return s
}

func (s *shelf) changeState(state trace.SerialState, from, to int64) {
	s.T.Helper()
	reason := ""
	if state == trace.SerialVoided {
		reason = "标签破损"
	}
	change := app.ChangeReport{State: state, Batch: s.batch.ID, From: from, To: to, Reason: reason}
	if _, err := s.App.ChangeSerials(context.Background(), s.ActorOf("park"), "", change); err != nil {
		s.T.Fatal(err)
	}
}

// serialOf is the serial number of an item, by its ordinal.
func (s *shelf) serialOf(ordinal int64) string {
	s.T.Helper()
	code, err := s.App.Serials.MakeSerial(context.Background(), s.batch.Key, s.batch.First+ordinal-1)
	if err != nil {
		s.T.Fatal(err)
	}
	return code
}

func (s *shelf) pathOfItem(ordinal int64) string {
	return s.LotPath("jars") + "/" + s.serialOf(ordinal)
}

// viewItem is a person's look at an item's page, from an address.
func (s *shelf) viewItem(ordinal int64, from string) webtest.Document {
	s.T.Helper()
	a := s.Get(s.pathOfItem(ordinal), "User-Agent", phone, "X-Forwarded-For", from)
	if a.Status != http.StatusOK {
		s.T.Fatalf("status %d", a.Status)
	}
	return webtest.ParseDocument(s.T, a.Body)
}

func (s *shelf) flushScans() {
	s.T.Helper()
	if err := s.scans.Flush(context.Background()); err != nil {
		s.T.Fatal(err)
	}
}

func (s *shelf) listOpenCases() (ids []string) {
	s.T.Helper()
	list, _, err := scan.ListCases(context.Background(), s.App.Store, scan.CaseQuery{State: scan.CaseOpen})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestItemFirstAndAgain(t *testing.T) {
	s := newShelf(t)
	a := s.Get(s.pathOfItem(1), "User-Agent", phone, "X-Forwarded-For", liangping)
	if got := a.Header.Get("Cache-Control"); a.Status != 200 || got != "no-store" || a.Header.Get("X-Robots-Tag") != "noindex" ||
		a.Header.Get("ETag") != "" {
		t.Fatalf("status %d, Cache-Control %q", a.Status, got)
	}
	d := webtest.ParseDocument(t, a.Body)
	d.CheckOrder(".band.active", ".item .key", ".what h1", ".complain")
	d.CheckText(".band .word", "首次查询")
	d.CheckText(".item .key code", trace.GroupKey(s.serialOf(1)))
	d.CheckText(".item .seen", "本码已被查询 1 次，含这一次。")
	d.CheckText(".item dd", "2026年11月18日")
	d.CheckText(".what h1", "蜂蜜柚子茶（罐装）")
	d.CheckText(".what .key code", trace.GroupKey(s.Lots["jars"]))
	d.CheckText(".what a", "看这一批的来历")
	if got := webtest.AttributeOf(d.Select(".what a")[0], "href"); got != s.LotPath("jars") {
		t.Errorf("the lot's page is %q", got)
	}
	if got, want := d.Texts(".legend li"), []string{"四川省苍溪县 47%", "合兴街道龙滩村 32%", "合兴街道护国村 20%"}; !slices.Equal(got, want) {
		t.Errorf("shares %q, want %q", got, want)
	}
	s.flushScans()
	s.Clock = s.Clock.Add(26 * time.Hour)
	d = s.viewItem(1, wanzhou)
	d.CheckText(".band.active .word", "已被查询 2 次")
	if !strings.Contains(d.Text(".item"), "首次查询：2026年11月21日，在重庆市梁平区") {
		t.Errorf("the first is told as %q", d.Text(".item"))
	}
	if strings.Contains(string(a.Body), liangping) || strings.Contains(d.Text("main"), "500155") {
		t.Error("the page tells an address or a code")
	}
	en := s.Open(s.pathOfItem(1)+"?lang=en", "User-Agent", phone, "X-Forwarded-For", liangping)
	en.CheckText(".band .word", "Checked 3 times")
	for range manyViews {
		d = s.viewItem(1, liangping)
	}
	d.CheckText(".band.unknown .word", "已被查询 23 次")
	if s.flushScans(); len(s.listOpenCases()) > 0 {
		t.Errorf("cases %q, want none", s.listOpenCases())
	}
}

func TestItemStates(t *testing.T) {
	s := newShelf(t)
	s.changeState(trace.SerialSold, 5, 5)
	s.changeState(trace.SerialVoided, 6, 6)
	for _, row := range []struct {
		name          string
		item          int64
		band, word    string
		fact, heading string
	}{
		{"activated", 1, "active", "首次查询", "启用", "怎么投诉"},
		{"sold", 5, "active", "首次查询", "售出登记", "怎么投诉"},
		{"not activated", 7, "hold", "未激活", "", "怀疑是假的，请告诉我们"},
		{"voided", 6, "void", "已作废", "作废", "怀疑是假的，请告诉我们"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := s.viewItem(row.item, liangping)
			d.CheckText(".band."+row.band+" .word", row.word)
			d.CheckText(".item dt", row.fact)
			d.CheckText(".complain h2", row.heading)
			d.CheckText(".what h1", "蜂蜜柚子茶（罐装）")
			if len(d.Select(".calls a")) == 0 {
				t.Error("nobody to call")
			}
		})
	}
	s.SetStatus("hold", "核查农残", false, "jars")
	d := s.viewItem(7, liangping)
	d.CheckText(".band.hold .word", "暂停销售")
	d.CheckText(".item b", "这个码已经印好，但还没有启用。正规出售的产品，码都应当启用了。")
	s.SetStatus("recall", "抽检发现啶虫脒残留超过限量", true, "fruitB")
	d = s.viewItem(1, liangping)
	d.CheckText(".band.recalled .word", "已召回")
	d.CheckText(".band .do", "请停止食用或使用，留好包装，到购买的地方退货。")
	d.CheckOrder(".urgent .calls", ".item", ".what")
	if len(d.Select(".complain")) > 0 {
		t.Error("whom to call stands twice")
	}
	if s.flushScans(); !slices.Contains(s.listOpenCases(), scan.CaseID(s.serialOf(1), scan.RuleRecalled)) {
		t.Errorf("cases %q, want one of a recalled item", s.listOpenCases())
	}
}

// A number that was never issued, or is another lot's, is answered with a page that shows nothing of a product.
func TestItemNotIssued(t *testing.T) {
	s := newShelf(t)
	good := s.serialOf(1)
	wrong := good[:11] + string("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", good[11])+1)%32])
	for _, row := range []struct {
		name, path string
		status     int
		word       string
	}{
		{"a guess", s.LotPath("jars") + "/" + wrong, 404, "没有发行过这个序列号"},
		{"of another lot", s.LotPath("tea") + "/" + good, 404, "没有发行过这个序列号"},
		{"too short", s.LotPath("jars") + "/ABC", 404, "没有发行过这个序列号"},
		{"of no lot", "/trace/" + s.Lots["box"] + "/" + good, 404, "没有发行过这个序列号"},
		{"of a mistyped lot", "/trace/AAAA/" + good, 404, "没有发行过这个序列号"},
		{"in lower case", s.LotPath("jars") + "/" + strings.ToLower(good), 200, "首次查询"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := s.Get(row.path, "User-Agent", phone)
			d := webtest.ParseDocument(t, a.Body)
			if a.Status != row.status || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("status %d, Cache-Control %q", a.Status, a.Header.Get("Cache-Control"))
			}
			d.CheckText(".band .word", row.word)
			if row.status == 404 && (strings.Contains(d.Text("body"), "柚子茶") || len(d.Select(".band.active")) > 0) {
				t.Errorf("the page could pass for genuine: %s", d.Text("body"))
			}
		})
	}
	s.flushScans()
	if rows, err := s.App.Store.Scans(t.Context(), wrong); err != nil || len(rows) > 0 {
		t.Errorf("a guess was counted: %v %v", rows, err)
	}
}

// Only a person's look at a page counts.
func TestViewsThatCount(t *testing.T) {
	s := newShelf(t)
	item, lot := s.pathOfItem(1), s.LotPath("jars")
	tag := s.Get(lot, "User-Agent", "curl/8.5.0").Header.Get("ETag")
	for _, row := range []struct {
		name, method, path string
		headers            []string
		want               int64
	}{
		{"item", "GET", item, []string{"User-Agent", phone}, 1},
		{"lot", "GET", lot, []string{"User-Agent", phone}, 1},
		{"lot, kept by the browser", "GET", lot, []string{"User-Agent", phone, "If-None-Match", tag}, 1},
		{"lot in English", "GET", lot + "?lang=en", []string{"User-Agent", phone}, 1},
		{"lot, lower case", "GET", strings.ToLower(lot), []string{"User-Agent", phone}, 1},
		{"HEAD", "HEAD", item, []string{"User-Agent", phone}, 0},
		{"HEAD of the lot", "HEAD", lot, []string{"User-Agent", phone}, 0},
		{"a spider", "GET", item, []string{"User-Agent", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"},
			0},
		{"a spider at the lot", "GET", lot,
			[]string{"User-Agent", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"}, 0},
		{"nobody says who", "GET", item, nil, 0},
		{"prefetch", "GET", item, []string{"User-Agent", phone, "Sec-Purpose", "prefetch;prerender"}, 0},
		{"prefetch by an older browser", "GET", lot, []string{"User-Agent", phone, "X-Moz", "prefetch"}, 0},
		{"the code itself, which redirects", "GET", "/lot/" + s.Lots["jars"], []string{"User-Agent", phone}, 0},
		{"the links of the code", "GET", "/lot/" + s.Lots["jars"] + "?linkType=linkset", []string{"User-Agent", phone}, 0},
		{"a unit", "GET", "/trace/unit/" + s.Lots["box"], []string{"User-Agent", phone}, 0},
		{"the landing page", "GET", "/", []string{"User-Agent", phone}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := s.scans.Stats().Counted
			s.Request(row.method, row.path, row.headers...)
			if got := s.scans.Stats().Counted - before; got != row.want {
				t.Errorf("counted %d, want %d", got, row.want)
			}
		})
	}
	s.flushScans()
	rows, err := s.App.Store.Scans(t.Context(), s.Lots["jars"])
	if err != nil || len(rows) != 1 || rows[0].Count != 4 {
		t.Errorf("the lot's counters are %v %v", rows, err)
	}
	d := s.Open(item, "User-Agent", "curl/8.5.0") // sees what was counted, and is not
	d.CheckText(".item .seen", "本码已被查询 1 次。")
}

// While the store does not answer, the page is shown without a count.
func TestItemWithoutCount(t *testing.T) {
	s := newShelf(t)
	s.Get(s.pathOfItem(1), "User-Agent", phone)
	s.store.silent.Store(true)
	d := s.viewItem(1, liangping)
	d.CheckText(".band.active .word", "已启用")
	d.CheckText(".item .seen", "查询次数暂时查不到，请过一会儿再看。")
	s.store.silent.Store(false)
	s.viewItem(1, liangping).CheckText(".item .seen", "本码已被查询 3 次，含这一次。")
}

// A recall that was lifted says nothing of views before the one that stands.
func TestItemRecalledAgain(t *testing.T) {
	s := newShelf(t)
	item := func() scan.Item {
		t.Helper()
		it, ok, err := s.scans.FindItem(t.Context(), s.serialOf(1), s.batch.First)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return it
	}
	if it := item(); !it.Recalled.IsZero() || it.Activated.IsZero() || it.Lot != s.batch.Lot {
		t.Errorf("item %+v", it)
	}
	s.SetStatus("recall", "抽检不合格", false, "jars")
	first := item().Recalled
	s.SetStatus("unrecall", "复检合格", false, "jars")
	if it := item(); !it.Recalled.IsZero() {
		t.Errorf("recalled at %s after the recall was lifted", it.Recalled)
	}
	s.SetStatus("recall", "再次抽检不合格", false, "jars")
	if again := item().Recalled; first.IsZero() || !again.After(first) {
		t.Errorf("recalled at %s, want after %s", again, first)
	}
}
