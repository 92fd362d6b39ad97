package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
)

const (
	namespace = "https://ledger.example"
	publicURL = "https://yousang.example"
)

// now is the moment at which every test takes place.
var now = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

// county is a server on a store of its own, with a cooperative, a processor, a park and a bureau.
type county struct {
	t    testing.TB
	app  *fiber.App
	rec  *app.App
	ring *keys.Ring
	keys map[string]string // token by who
	log  *bytes.Buffer

	document *document // what the API says of itself; read when an error is first answered
}

func newCounty(t testing.TB) *county {
	t.Helper()
	return newCountyWith(t, func(*server.Options) {})
}

func newCountyWith(t testing.TB, change func(*server.Options)) *county {
	t.Helper()
	return newCountyOfKinds(t, nil, change)
}

// newCountyOfKinds is a county whose log may have the kinds of records of a table; nil means the standard ones.
func newCountyOfKinds(t testing.TB, kinds *trace.KindTable, change func(*server.Options)) *county {
	t.Helper()
	ctx := context.Background()
	store := openStore(t)
	var err error
	c := &county{t: t, ring: keys.New(store), keys: map[string]string{}, log: &bytes.Buffer{}}
	log := slog.New(slog.DiscardHandler)
	c.rec, err = app.Open(ctx, store, app.Options{Namespace: namespace, Now: func() time.Time { return now }, Log: log, Kinds: kinds})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.rec.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	say, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	o := server.Options{Deps: api.Deps{App: func() *app.App { return c.rec }, Locale: say, PublicURL: publicURL,
		Log: slog.New(slog.NewTextHandler(c.log, nil))}}
	change(&o)
	c.app = server.New(o).App
	c.registerWorld()
	return c
}

// registerWorld registers who and what there is, through the API where an admin would.
func (c *county) registerWorld() {
	c.t.Helper()
	admin := trace.Actor{Role: trace.Admin, User: "test"}
	for _, o := range []trace.Organisation{
		{ID: namespace + "/org/zhongyuan", Kind: "cooperative", Name: "中元柚子合作社", Tier: trace.Village},
		{ID: namespace + "/org/longtan", Kind: "cooperative", Name: "龙滩合作社", Tier: trace.Village},
		{ID: namespace + "/org/factory", Kind: "processor", Name: "镇柚子加工厂", Tier: trace.Town},
		{ID: namespace + "/org/park", Kind: "park", Name: "县园区", Tier: trace.County},
		{ID: namespace + "/org/bureau", Kind: "bureau", Name: "县农业农村局", Tier: trace.County},
	} {
		c.putMaster(admin, o)
	}
	c.createKey("admin", "bureau", trace.Admin)
	c.createKey("bureau", "bureau", trace.Bureau)
	for _, who := range []string{"zhongyuan", "longtan", "factory", "park"} {
		c.createKey(who, who, trace.Operator)
	}
	for _, p := range []string{
		`{"id":"zhongyuan-village","name":"中元村","kind":"village","tier":"village"}`,
		`{"id":"factory-site","name":"加工厂","kind":"site","tier":"town","org":"factory"}`,
		`{"id":"park-site","name":"园区","kind":"site","tier":"county","org":"park"}`,
	} {
		c.mustSend("admin", "POST /places", p, 201)
	}
	c.mustSend("zhongyuan", "POST /places",
		`{"id":"plot-1","name":"一号地","kind":"plot","tier":"village","parent":"zhongyuan-village","areaMu":"12.5"}`, 201)

	c.mustSend("longtan", "POST /places", `{"id":"plot-2","name":"二号地","kind":"plot","tier":"village","parent":"zhongyuan-village"}`, 201)
	for _, p := range []string{
		`{"id":"fruit","name":"柚子鲜果","nameEn":"Fresh pomelo","unit":"kg","chain":"pomelo"}`,
		`{"id":"cull","name":"等外果","unit":"KGM","chain":"pomelo"}`,
		`{"id":"juice","name":"柚子汁","unit":"KGM","chain":"pomelo","gtin":"09506000134352"}`,
		`{"id":"box","name":"箱装柚子","unit":"箱","chain":"pomelo","netMass":10}`,
	} {
		c.mustSend("admin", "POST /products", p, 201)
	}
	c.mustSend("zhongyuan", "POST /seasons", `{"id":"plot-1-2026","name":"2026 一号地","place":"plot-1","product":"fruit",
		"from":"2026-01-01T00:00:00+08:00","to":"2026-12-31T00:00:00+08:00"}`, 201)

}

func (c *county) putMaster(actor trace.Actor, v ...any) {
	c.t.Helper()
	if _, err := c.rec.PutMasterData(context.Background(), actor, v...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *county) createKey(who, org string, role trace.Role) {
	c.t.Helper()
	token, _, err := c.ring.CreateKey(context.Background(), namespace+"/org/"+org, role, "test")
	if err != nil {
		c.t.Fatal(err)
	}
	c.keys[who] = token
}

// reply is what a request was answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// sendRequest sends a request under /api/v1 with the key of who ("" for no key). headers are pairs.
func (c *county) sendRequest(who, method, path, body string, headers ...string) reply {
	c.t.Helper()
	req := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if body == "" {
		req = httptest.NewRequest(method, "/api/v1"+path, nil)
	}
	if k := c.keys[who]; k != "" {
		req.Header.Set("Authorization", "Bearer "+k)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	r := c.sendHTTP(req)
	c.checkDocumented(method, path, r.status)
	return r
}

// checkDocumented fails where an operation answered an error whose status its description does not name.
func (c *county) checkDocumented(method, path string, status int) {
	c.t.Helper()
	if status < 400 || status == http.StatusInternalServerError {
		return
	}
	path, _, _ = strings.Cut(path, "?")
	op, ok := c.findOperation(method, path)
	if !ok {
		return // no operation has this address
	}
	if _, named := op.Responses[strconv.Itoa(status)]; !named {
		c.t.Errorf("%s answered %d, which the API's document does not name", op.OperationID, status)
	}
}

// findOperation finds the described operation of an address. A path without parameters is preferred.
func (c *county) findOperation(method, path string) (found operation, ok bool) {
	if c.document == nil {
		c.document = c.readDocument()
	}
	for template, methods := range c.document.Paths {
		op, has := methods[strings.ToLower(method)]
		if has && matchesTemplate(template, path) && (!ok || !strings.Contains(template, "{")) {
			found, ok = op, true
		}
	}
	return found, ok
}

func matchesTemplate(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

func (c *county) readDocument() *document {
	c.t.Helper()
	r := c.sendHTTP(httptest.NewRequest("GET", "/api/v1/openapi.json", nil))
	if r.status != 200 {
		return &document{} // the server is still starting
	}
	d := decodeAnswer[document](c.t, r.body)
	return &d
}

func (c *county) sendHTTP(req *http.Request) reply {
	c.t.Helper()
	res, err := c.app.Test(req, -1)
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		c.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, b}
}

// mustSend sends a request ("GET /lots"), demands a status and gives the answer's body.
func (c *county) mustSend(who, request, body string, status int, headers ...string) []byte {
	c.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r := c.sendRequest(who, method, path, body, headers...)
	if r.status != status {
		c.t.Fatalf("%s %s as %s: status %d, want %d: %.600s", request, body, who, r.status, status, r.body)
	}
	return r.body
}

// decodeAnswer decodes an answer.
func decodeAnswer[T any](t testing.TB, b []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("decode %.300s: %v", b, err)
	}
	return v
}

// made is a write's answer as a client sees it.
type made struct {
	Seq       int64
	EventID   string
	ID        string
	Repeat    bool
	Lots      []struct{ Lot, Key, URL string }
	Unit      string
	Shipment  string
	Questions []struct{ Code, Sentence string }
}

// recordReport posts a report that must be recorded.
func (c *county) recordReport(who, path, body string, headers ...string) made {
	c.t.Helper()
	return decodeAnswer[made](c.t, c.mustSend(who, "POST "+path, body, 201, headers...))
}

// recordHarvest records a harvest of so many kg and gives the lot's key.
func (c *county) recordHarvest(kg string) string {
	c.t.Helper()
	body := fmt.Sprintf(`{"season":"plot-1-2026","time":"2026-11-10T08:00:00+08:00",
		"lots":[{"product":"fruit","quantity":%s,"grower":"G-017"}]}`, kg)
	return c.recordReport("zhongyuan", "/harvests", body).Lots[0].Key
}

// problem is an error as a client sees it.
type problem struct {
	Type, Title, Detail, Instance, Code, Field string
	Status                                     int
	Args                                       map[string]string
}
