package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// scenario is one request, and texts that must, and texts that must not, be in its answer. {fruit} and its like are replaced by the
// identifiers that the test made.
type scenario struct {
	name, who, method, path, body string
	headers                       []string
	status                        int
	want                          []string
	never                         []string
}

func (s scenario) run(t *testing.T, c *county, names *strings.Replacer) {
	t.Helper()
	r := c.sendRequest(s.who, s.method, names.Replace(s.path), names.Replace(s.body), s.headers...)
	if r.status != s.status {
		t.Errorf("status %d, want %d: %.500s", r.status, s.status, r.body)
	}
	for _, w := range s.want {
		if !strings.Contains(string(r.body), names.Replace(w)) {
			t.Errorf("%q is not in %.900s", names.Replace(w), r.body)
		}
	}
	for _, w := range s.never {
		if strings.Contains(string(r.body), names.Replace(w)) {
			t.Errorf("%q is in %.900s", names.Replace(w), r.body)
		}
	}
	if r.status >= 400 {
		checkProblem(t, r)
	}
}

// checkProblem: every error has the same shape.
func checkProblem(t *testing.T, r reply) {
	t.Helper()
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("media type %q", got)
	}
	p := decodeAnswer[problem](t, r.body)
	if p.Status != r.status || p.Code == "" || p.Detail == "" || p.Title != http.StatusText(r.status) ||
		!strings.HasSuffix(p.Type, "#error-"+p.Code) || p.Instance == "" {
		t.Errorf("problem %+v", p)
	}
}

var english = []string{"Accept-Language", "en-GB,en;q=0.8"}

// harvestOf is the body of a harvest of some lots.
func harvestOf(lots string) string { return `{"season":"plot-1-2026","lots":[` + lots + `]}` }

// errorScenarios are the rows of TestErrors.
var errorScenarios = []scenario{
	{name: "not JSON", who: "zhongyuan", method: "POST", path: "/harvests", body: `{"lots":`, status: 400,
		want: []string{`"code":"malformed"`}},
	{name: "two values", who: "zhongyuan", method: "POST", path: "/harvests", body: harvestOf(`{"product":"fruit","quantity":1}`) + `{}`,
		status: 400, want: []string{`"code":"malformed"`}},
	{name: "not UTF-8", who: "zhongyuan", method: "POST", path: "/harvests", body: "{\"season\":\"\xff\"}", status: 400,
		want: []string{`"code":"malformed"`}},
	{name: "empty", who: "zhongyuan", method: "POST", path: "/harvests", status: 422, want: []string{`"code":"required"`, `"field":"body"`}},
	{name: "unknown field", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1,"colour":"green"}`), headers: english, status: 400,
		want: []string{`"code":"unknown_field"`, `"field":"lots[0].colour"`, "colour"}},
	{name: "unknown field in Chinese", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1,"颜色":"绿"}`), status: 400,
		want: []string{`"field":"lots[0].颜色"`, "“颜色”", "颜色"}},
	{name: "wrong kind", who: "zhongyuan", method: "POST", path: "/harvests", body: harvestOf(`{"product":7,"quantity":1}`), status: 422,
		want: []string{`"code":"bad_value"`, `"field":"lots[0].product"`}},
	{name: "nothing harvested", who: "zhongyuan", method: "POST", path: "/harvests", body: `{"lots":[]}`, status: 422,
		want: []string{`"code":"required"`, `"field":"lots"`}},
	{name: "no product", who: "zhongyuan", method: "POST", path: "/harvests", body: harvestOf(`{"quantity":1}`), status: 422,
		want: []string{`"code":"required"`, `"field":"lots[0].product"`}},
	{name: "seven decimals", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":"1.1234567"}`), headers: english, status: 422,
		want: []string{`"code":"bad_quantity"`, `"field":"lots[0].quantity"`, "at most six decimals"}},
	{name: "negative number", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1},{"product":"fruit","quantity":-3}`), status: 422,
		want: []string{`"code":"bad_quantity"`, `"field":"lots[1].quantity"`, "第 2 行"}},
	{name: "nothing weighed", who: "zhongyuan", method: "POST", path: "/harvests", body: harvestOf(`{"product":"fruit","quantity":0}`),
		status: 422, want: []string{`"code":"bad_quantity"`, `"field":"lots[0].quantity"`}},
	{name: "unknown unit", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1,"unit":"担"}`), status: 422,
		want: []string{`"code":"unknown_unit"`, `"field":"lots[0].unit"`, "担"}},
	{name: "half a box", who: "park", method: "POST", path: "/harvests", body: `{"place":"park-site","lots":[{"product":"box",
			"quantity":0.5}]}`, status: 422, want: []string{`"code":"not_whole"`}},
	{name: "tomorrow", who: "zhongyuan", method: "POST", path: "/harvests",
		body: `{"season":"plot-1-2026","time":"2026-11-21T08:00:00Z","lots":[{"product":"fruit","quantity":1}]}`, status: 422,
		want: []string{`"code":"future_time"`, `"field":"time"`}},
	{name: "no time", who: "zhongyuan", method: "POST", path: "/harvests",
		body: `{"season":"plot-1-2026","time":"yesterday","lots":[{"product":"fruit","quantity":1}]}`, status: 422,
		want: []string{`"code":"bad_time"`, `"field":"time"`}},
	{name: "unknown season", who: "zhongyuan", method: "POST", path: "/harvests",
		body: `{"season":"plot-9","lots":[{"product":"fruit","quantity":1}]}`, status: 422,
		want: []string{`"code":"unknown_thing"`, `"field":"season"`}},
	{name: "another's season", who: "longtan", method: "POST", path: "/harvests", body: harvestOf(`{"product":"fruit","quantity":1}`),
		status: 403, want: []string{`"code":"not_allowed"`, `"field":"season"`, "请选本单位的种植季"}},
	{name: "taken key", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1,"key":"{fruit}"}`), status: 409,
		want: []string{`"code":"key_taken"`, `"field":"lots[0].key"`, "{fruit}"}},
	{name: "mistyped key", who: "zhongyuan", method: "POST", path: "/harvests",
		body: harvestOf(`{"product":"fruit","quantity":1,"key":"ABC"}`), status: 422, want: []string{`"code":"bad_key"`,
			`"field":"lots[0].key"`}},
	{name: "more than there is", who: "zhongyuan", method: "POST", path: "/shipments",
		body: `{"to":"factory","lots":[{"lot":"{fruit}","quantity":500}]}`, headers: english, status: 409,
		want: []string{`"code":"insufficient"`, `"field":"lots[0].quantity"`, "412.5", "500"}},
	{name: "more out than in", who: "zhongyuan", method: "POST", path: "/transformations",
		body: `{"place":"plot-1","inputs":[{"lot":"{fruit}","quantity":10}],"outputs":[{"product":"fruit","quantity":11}]}`, status: 422,
		want: []string{`"code":"more_out_than_in"`, `"field":"outputs"`}},
	{name: "to whom", who: "zhongyuan", method: "POST", path: "/shipments", body: `{"lots":[{"lot":"{fruit}"}]}`, status: 422,
		want: []string{`"code":"required"`, `"field":"to"`}},
	{name: "unknown kind of work", who: "zhongyuan", method: "POST", path: "/seasons/plot-1-2026/work", body: `{"kind":"dance"}`,
		status: 422, want: []string{`"code":"bad_value"`, `"field":"kind"`, "spray"}},
	{name: "interval out of range", who: "zhongyuan", method: "POST", path: "/seasons/plot-1-2026/work",
		body: `{"kind":"spray","intervalDays":4000}`, status: 422, want: []string{`"field":"intervalDays"`}},
	{name: "a bureau harvests", who: "bureau", method: "POST", path: "/harvests",
		body: `{"place":"park-site","lots":[{"product":"fruit","quantity":1}]}`, status: 403, want: []string{`"code":"not_allowed"`}},
	{name: "an operator registers an organisation", who: "park", method: "POST", path: "/organisations",
		body: `{"id":"new","name":"新","kind":"park","tier":"county"}`, status: 403, want: []string{`"code":"not_allowed"`}},
	{name: "an operator takes another's place", who: "park", method: "POST", path: "/places",
		body: `{"id":"plot-1","name":"我的","kind":"plot","tier":"village"}`, status: 403},
	{name: "a product changes its unit", who: "admin", method: "POST", path: "/products", body: `{"id":"fruit","name":"柚子","unit":"H87"}`,
		status: 409},
	{name: "text too long", who: "admin", method: "POST", path: "/products",
		body: `{"id":"p","name":"` + strings.Repeat("柚", 101) + `","unit":"kg"}`, status: 413,
		want: []string{`"code":"too_large"`, `"field":"name"`}},
	{name: "body too large", who: "zhongyuan", method: "POST", path: "/harvests", body: `{"comment":"` + strings.Repeat("a", 1<<20) + `"}`,
		headers: english, status: 413, want: []string{`"code":"too_large"`, "1 MB"}},
	{name: "no key", method: "GET", path: "/lots", status: 401, want: []string{`"code":"unauthenticated"`}},
	{name: "wrong key", method: "GET", path: "/lots", headers: []string{"X-API-Key", "ys_" + strings.Repeat("a", 32)}, status: 401},
	{name: "unknown lot", who: "zhongyuan", method: "GET", path: "/lots/2345", status: 404, want: []string{`"code":"bad_key"`}},
	{name: "nothing there", who: "zhongyuan", method: "GET", path: "/nothing", status: 404, want: []string{`"code":"not_found"`}},
	{name: "wrong method", who: "zhongyuan", method: "DELETE", path: "/harvests", status: 405, want: []string{`"code":"method_not_allowed"`}},
	{name: "unknown parameter", who: "zhongyuan", method: "GET", path: "/lots?colour=green", status: 400,
		want: []string{`"code":"unknown_field"`, `"field":"colour"`}},
	{name: "limit out of range", who: "zhongyuan", method: "GET", path: "/lots?limit=5000", status: 422,
		want: []string{`"code":"bad_value"`, `"field":"limit"`}},
	{name: "unknown tier", who: "zhongyuan", method: "GET", path: "/lots?tier=moon", status: 422,
		want: []string{`"field":"tier"`, "village"}},
	{name: "bad cursor", who: "zhongyuan", method: "GET", path: "/lots?cursor=x", status: 422, want: []string{`"field":"cursor"`}},
	{name: "code too wide", method: "GET", path: "/lots/{fruit}/qr.png?px=99999", status: 422, want: []string{`"field":"px"`}},
	{name: "code of nothing", method: "GET", path: "/lots/{nothing}/qr.svg", status: 404},
}

// TestErrors: each mistake has its status, code, field and sentence.
func TestErrors(t *testing.T) {
	c := newCounty(t)
	key := c.recordHarvest("412.5")
	names := strings.NewReplacer("{fruit}", key)
	for _, s := range errorScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, c, names) })
	}
}

// reachScenarios are the rows of TestReach.
var reachScenarios = []scenario{
	{name: "own lot with its grower", who: "zhongyuan", method: "GET", path: "/lots/{mine}", status: 200,
		want: []string{`"grower":"G-017"`, `"yousang:grower":"G-017"`, "{mine}"}, never: []string{"redacted"}},
	{name: "the buyer sees the lot but not the grower", who: "factory", method: "GET", path: "/lots/{mine}", status: 200,
		want: []string{"{mine}", `"redacted":true`}, never: []string{"G-017"}},
	{name: "the bureau sees all", who: "bureau", method: "GET", path: "/lots/{theirs}", status: 200, want: []string{"G-99"}},
	{name: "another's lot", who: "factory", method: "GET", path: "/lots/{theirs}", status: 404, want: []string{`"code":"unknown_lot"`},
		never: []string{"龙滩", "G-99"}},
	{name: "another's trace", who: "zhongyuan", method: "GET", path: "/lots/{theirs}/trace", status: 404},
	{name: "another's record", who: "factory", method: "GET", path: "/events/{seq}", status: 404, never: []string{"G-99"}},
	{name: "another's record by its hash", who: "factory", method: "GET", path: "/events/{event}", status: 404},
	{name: "own record by its hash", who: "longtan", method: "GET", path: "/events/{event}", status: 200, want: []string{`"seq":{seq}`}},
	{name: "no such record", who: "bureau", method: "GET", path: "/events/999999", status: 404, want: []string{`"code":"unknown_event"`}},
	{name: "own list", who: "longtan", method: "GET", path: "/lots", status: 200, want: []string{"{theirs}"}, never: []string{"{mine}"}},
	{name: "the buyer's list", who: "factory", method: "GET", path: "/lots", status: 200, want: []string{"{mine}"},
		never: []string{"{theirs}"}},
	{name: "the bureau's list", who: "bureau", method: "GET", path: "/lots?product=fruit&tier=village", status: 200,
		want: []string{"{mine}", "{theirs}"}},
	{name: "by holder", who: "bureau", method: "GET", path: "/lots?holder=factory", status: 200, want: []string{"{mine}", `"left":60`},
		never: []string{"{theirs}"}},
	{name: "own shipment", who: "factory", method: "GET", path: "/shipments/{shipment}", status: 200, want: []string{`"closed":true`}},
	{name: "another's shipment", who: "park", method: "GET", path: "/shipments/{shipment}", status: 404},
	{name: "another's shipments", who: "longtan", method: "GET", path: "/shipments?org=factory", status: 200, want: []string{`"items":[]`}},
	{name: "another's records", who: "park", method: "GET", path: "/events", status: 200, never: []string{"ObjectEvent"}},
	{name: "another's season", who: "park", method: "GET", path: "/seasons/plot-1-2026", status: 404},
	{name: "own season", who: "zhongyuan", method: "GET", path: "/seasons/plot-1-2026", status: 200, want: []string{"2026 一号地"}},
	{name: "all seasons", who: "bureau", method: "GET", path: "/seasons?place=plot-1", status: 200, want: []string{"2026 一号地"}},
	{name: "keys are the admin's", who: "bureau", method: "GET", path: "/keys", status: 403},
	{name: "keys without secrets", who: "admin", method: "GET", path: "/keys?org=park", status: 200, want: []string{`"role":"operator"`},
		never: []string{"ys_", "hash"}},
	{name: "the public has the code", method: "GET", path: "/lots/{mine}/qr.svg", status: 200, want: []string{"<svg"}},
	{name: "the public has no lot", method: "GET", path: "/lots/{mine}", status: 401, never: []string{"fruit"}},
	{name: "who am I", who: "park", method: "GET", path: "/me", status: 200, want: []string{"县园区", `"role":"operator"`, namespace}},
	{name: "search", who: "park", method: "GET", path: "/organisations?q=%E5%90%88%E4%BD%9C%E7%A4%BE&tier=village", status: 200,
		want: []string{"中元", "龙滩"}, never: []string{"园区"}},
	{name: "places", who: "bureau", method: "GET", path: "/places?kind=plot&org=zhongyuan", status: 200, want: []string{"plot-1", "12.5"},
		never: []string{"plot-2"}},
	{name: "one place by URI", who: "zhongyuan", method: "GET", path: "/places/" + strings.ReplaceAll(namespace, "/", "%2F") +
		"%2Fplace%2Fplot-1", status: 200, want: []string{"一号地"}},
	{name: "products of a chain", who: "park", method: "GET", path: "/products?chain=pomelo&q=fresh", status: 200, want: []string{"柚子鲜果"},
		never: []string{"柚子汁"}},
	{name: "chains", who: "park", method: "GET", path: "/chains", status: 200, want: []string{`"id":"pomelo"`, `"id":"silk"`}},
	{name: "one chain", who: "park", method: "GET", path: "/chains/pomelo", status: 200, want: []string{`"steps"`}},
	{name: "no such chain", who: "park", method: "GET", path: "/chains/tea", status: 404},
}

// TestReach: who sees what. A lot that is not the caller's business does not exist for it.
func TestReach(t *testing.T) {
	c := newCounty(t)
	mine := c.recordHarvest("100")
	theirs := c.recordReport("longtan", "/harvests", `{"place":"plot-2","lots":[{"product":"fruit","quantity":50,"grower":"G-99"}]}`)
	ship := c.recordReport("zhongyuan", "/shipments", `{"to":"factory","lots":[{"lot":"`+mine+`","quantity":60}]}`)
	c.recordReport("factory", "/receipts", `{"place":"factory-site","shipment":"`+ship.Shipment+`"}`)
	names := strings.NewReplacer("{mine}", mine, "{theirs}", theirs.Lots[0].Key, "{seq}", fmt.Sprint(theirs.Seq), "{event}",
		url.PathEscape(theirs.EventID),
		"{shipment}", ship.Shipment[strings.LastIndexByte(ship.Shipment, '/')+1:])
	for _, s := range reachScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, c, names) })
	}
}

func TestHoldAndCorrect(t *testing.T) {
	c := newCounty(t)
	lot := c.recordHarvest("100")
	wrong := c.recordReport("zhongyuan", "/harvests", `{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":9999}]}`)
	c.recordReport("zhongyuan", "/corrections", fmt.Sprintf(`{"event":"%d","reason":"多记一笔"}`, wrong.Seq))
	c.recordReport("bureau", "/statuses", `{"action":"hold","reason":"抽检","lots":["`+lot+`"],"forward":true}`)
	c.recordReport("zhongyuan", "/observations", `{"kind":"inspecting","lots":["`+lot+`"],"evidence":[{"name":"报告号","value":"R-1"}]}`)
	names := strings.NewReplacer("{lot}", lot, "{wrong}", wrong.Lots[0].Key, "{seq}", fmt.Sprint(wrong.Seq))
	for _, s := range []scenario{
		{name: "withdrawn", who: "zhongyuan", method: "GET", path: "/lots/{wrong}", status: 200,
			want: []string{`"status":"void"`, "errorDeclaration"}},
		{name: "withdrawn twice", who: "zhongyuan", method: "POST", path: "/corrections", body: `{"event":"{seq}","reason":"again"}`,
			status: 409, want: []string{`"code":"already_declared"`}},
		{name: "on hold", who: "zhongyuan", method: "POST", path: "/shipments", body: `{"to":"factory","lots":[{"lot":"{lot}"}]}`, status: 409,
			want: []string{`"code":"lot_on_hold"`, `"field":"lots[0].lot"`}},
		{name: "only the bureau releases", who: "zhongyuan", method: "POST", path: "/statuses", body: `{"action":"release","lots":["{lot}"]}`,
			status: 403},
		{name: "released", who: "bureau", method: "POST", path: "/statuses", body: `{"action":"release","lots":["{lot}"]}`, status: 201},
		{name: "ships again", who: "zhongyuan", method: "POST", path: "/shipments", body: `{"to":"factory","lots":[{"lot":"{lot}"}]}`,
			status: 201},
	} {
		t.Run(s.name, func(t *testing.T) { s.run(t, c, names) })
	}
}
