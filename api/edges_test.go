package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// trade is a county in which fruit has gone to the factory and become juice.
type trade struct {
	*county
	fruit, juice, unit, shipment string // keys
	harvested, packed            int64  // records
}

func newTrade(t *testing.T) *trade {
	t.Helper()
	c := &trade{county: newCounty(t)}
	h := c.recordReport("zhongyuan", "/harvests", `{"season":"plot-1-2026","time":"2026-11-10T08:00:00+08:00","lots":[{"product":"fruit",
		"quantity":500}]}`)
	c.fruit, c.harvested = h.Lots[0].Key, h.Seq
	c.shipment = trace.KeyOf(c.recordReport("zhongyuan", "/shipments", `{"to":"factory","time":"2026-11-11T08:00:00+08:00","lots":[{"lot":"`+
		c.fruit+`","quantity":300}]}`).Shipment)
	c.recordReport("factory", "/receipts", `{"place":"factory-site","time":"2026-11-12T08:00:00+08:00","shipment":"`+c.shipment+`"}`)
	c.juice = c.recordReport("factory", "/transformations", `{"place":"factory-site","time":"2026-11-13T08:00:00+08:00","inputs":[{"lot":"`+
		c.fruit+`","quantity":100}],"outputs":[{"product":"juice","quantity":45}]}`).Lots[0].Key
	p := c.recordReport("factory", "/packings", `{"place":"factory-site","kind":"box","time":"2026-11-14T08:00:00+08:00","contents":[{"lot":"`+
		c.juice+`","quantity":10}]}`)
	c.unit, c.packed = trace.KeyOf(p.Unit), p.Seq
	return c
}

func (c *trade) placeholders() *strings.Replacer {
	return strings.NewReplacer("{fruit}", c.fruit, "{juice}", c.juice, "{unit}", c.unit, "{shipment}", c.shipment, "{harvested}",
		fmt.Sprint(c.harvested), "{packed}", fmt.Sprint(c.packed))
}

// nextSeason begins the body of a season.
const nextSeason = `{"id":"next","name":"2027","place":"plot-1"`

// senderFieldScenarios are the rows of TestFieldsAreTheSenders.
var senderFieldScenarios = []scenario{
	{name: "key of a unit taken", who: "factory", path: "/packings", body: `{"place":"factory-site","key":"{unit}",
			"contents":[{"lot":"{juice}","quantity":1}]}`, status: 409, want: []string{`"code":"key_taken"`, `"field":"key"`}},
	{name: "key of a shipment taken", who: "factory", path: "/shipments",
		body: `{"place":"factory-site","key":"{shipment}","to":"park","lots":[{"lot":"{juice}","quantity":1}]}`, status: 409,
		want: []string{`"code":"key_taken"`, `"field":"key"`}},
	{name: "key of an output taken", who: "factory", path: "/transformations",
		body: `{"place":"factory-site","inputs":[{"lot":"{juice}","quantity":1}],"outputs":[{"product":"cull","quantity":1,
			"key":"{fruit}"}]}`, status: 409,
		want: []string{`"code":"key_taken"`, `"field":"outputs[0].key"`}},
	{name: "not the holder", who: "zhongyuan", path: "/losses", body: `{"reason":"x","lots":[{"lot":"{juice}","quantity":1}]}`,
		status: 403, want: []string{`"code":"not_holder"`, `"field":"lots[0].lot"`}},
	{name: "withdraws another's", who: "zhongyuan", path: "/corrections", body: `{"event":"{packed}","reason":"x"}`, status: 403,
		want: []string{`"code":"not_allowed"`, `"field":"event"`, "不是本单位登记的"}},
	{name: "withdraws what was used", who: "zhongyuan", path: "/corrections", body: `{"event":"{harvested}","reason":"x"}`, status: 409,
		want: []string{`"code":"used_since"`, `"field":"event"`}},
	{name: "a holder recalls", who: "factory", path: "/statuses", body: `{"action":"recall","reason":"x","lots":["{fruit}"]}`, status: 403,
		want: []string{`"code":"not_allowed"`, `"field":"action"`}},
	{name: "holds what it has not", who: "zhongyuan", path: "/statuses", body: `{"action":"hold","reason":"x","lots":["{fruit}",
			"{juice}"]}`, status: 403, want: []string{`"code":"not_holder"`, `"field":"lots[1]"`}},
	{name: "before the lot", who: "zhongyuan", path: "/losses", body: `{"time":"2026-11-01T08:00:00+08:00","reason":"x",
			"lots":[{"lot":"{fruit}","quantity":1}]}`, status: 422, want: []string{`"code":"before_lot"`, `"field":"time"`, "才有"}},
	{name: "looked at before it was there", who: "factory", path: "/observations",
		body: `{"kind":"inspecting","time":"2026-11-01T08:00:00+08:00","lots":["{juice}"]}`, status: 422,
		want:  []string{`"code":"before_lot"`, `"field":"time"`, "才有"},
		never: []string{"签收"}},
	{name: "sent before it was packed", who: "factory", path: "/shipments",
		body: `{"place":"factory-site","to":"park","time":"2026-11-13T20:00:00+08:00","units":["{unit}"]}`, status: 422,
		want: []string{`"code":"before_lot"`, `"field":"time"`, "才装好"}},
	{name: "tomorrow", who: "factory", path: "/unpackings", body: `{"unit":"{unit}","time":"2026-11-22T08:00:00+08:00"}`, status: 422,
		want: []string{`"code":"future_time"`, `"field":"time"`}},
	{name: "another's place", who: "longtan", path: "/harvests", body: `{"place":"plot-1","lots":[{"product":"fruit","quantity":1}]}`,
		status: 403, want: []string{`"code":"not_allowed"`, `"field":"place"`, "别的单位"}},
	{name: "a season without its first day", who: "zhongyuan", path: "/seasons", body: nextSeason + `,"to":"2027-12-31T00:00:00+08:00"}`,
		status: 422, want: []string{`"code":"required"`, `"field":"from"`}},
	{name: "a season without its last day", who: "zhongyuan", path: "/seasons", body: nextSeason + `,"from":"2027-01-01T00:00:00+08:00"}`,
		status: 422, want: []string{`"code":"required"`, `"field":"to"`}},
	{name: "a quantity that is null", who: "zhongyuan", path: "/losses", body: `{"reason":"x","lots":[{"lot":"{fruit}","quantity":null}]}`,
		status: 422, want: []string{`"code":"required"`, `"field":"lots[0].quantity"`}},
	{name: "a harvest that is null", who: "zhongyuan", path: "/harvests",
		body: `{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":1},{"product":"fruit","quantity":null}]}`, status: 422,
		want: []string{`"code":"required"`, `"field":"lots[1].quantity"`}},
	{name: "a member twice", who: "zhongyuan", path: "/losses", body: `{"reason":"x","lots":[{"lot":"{fruit}","quantity":1,
			"quantity":2}]}`, status: 400, want: []string{`"code":"malformed"`, `"field":"lots[0].quantity"`, "quantity is there twice"}},
	{name: "a member twice in other letters", who: "zhongyuan", path: "/losses",
		body: `{"reason":"x","Reas\u006fn":"y","lots":[{"lot":"{fruit}","quantity":1}]}`, status: 400, want: []string{`"code":"malformed"`}},
	{name: "an offset without minutes", who: "zhongyuan", path: "/losses",
		body: `{"timeZoneOffset":"+8","reason":"x","lots":[{"lot":"{fruit}","quantity":1}]}`, status: 422,
		want: []string{`"code":"bad_value"`, `"field":"timeZoneOffset"`, "+08:00"}},
}

// TestFieldsAreTheSenders: an error names the member of the request that has to change, and says what it clashes with.
func TestFieldsAreTheSenders(t *testing.T) {
	c := newTrade(t)
	for _, s := range senderFieldScenarios {
		s.method = "POST"
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, c.placeholders()) })
	}
	lot := c.recordReport("zhongyuan", "/shipments", `{"to":"park","time":"2026-11-15T08:00:00+08:00","lots":[{"lot":"`+c.fruit+
		`","quantity":1}]}`)
	early := scenario{who: "park", method: "POST", path: "/receipts", body: `{"place":"park-site","shipment":"` + lot.Shipment +
		`","time":"2026-11-14T08:00:00+08:00"}`, status: 422,
		want: []string{`"code":"before_lot"`, `"field":"time"`, "才发出"}}
	early.run(t, c.county, c.placeholders())
}

// TestNoTrialTells: to act on what one may not see is answered, word for word, as to act on what does not exist.
func TestNoTrialTells(t *testing.T) {
	c := newTrade(t)
	c.recordReport("bureau", "/statuses", `{"action":"hold","reason":"抽检","lots":["`+c.juice+`"]}`)
	nothing := trace.NewKey()
	for _, s := range []struct{ name, path, body, there string }{
		{"ship a lot", "/shipments", `{"to":"park","lots":[{"lot":"{it}","quantity":1}]}`, c.fruit},
		{"ship all of a lot", "/shipments", `{"to":"park","lots":[{"lot":"{it}"}]}`, c.fruit},
		{"use a lot", "/transformations", `{"place":"plot-2","inputs":[{"lot":"{it}","quantity":1}],"outputs":[{"product":"juice",
			"quantity":1}]}`, c.fruit},
		{"lose a lot", "/losses", `{"reason":"x","lots":[{"lot":"{it}","quantity":1}]}`, c.fruit},
		{"lose a lot by its URI", "/losses", `{"reason":"x","lots":[{"lot":"` + namespace + `/lot/{it}","quantity":1}]}`, c.fruit},
		{"pack a lot on hold", "/packings", `{"contents":[{"lot":"{it}","quantity":1}]}`, c.juice},
		{"look at a lot", "/observations", `{"kind":"inspecting","lots":["{it}"]}`, c.juice},
		{"release a lot", "/statuses", `{"action":"release","lots":["{it}"]}`, c.juice},
		{"use a lot up in the field", "/seasons/plot-2-2026/work", `{"kind":"feed","lots":[{"lot":"{it}","quantity":1}]}`, c.fruit},
		{"receive a lot", "/receipts", `{"lots":[{"lot":"{it}"}]}`, c.fruit},
		{"receive a shipment", "/receipts", `{"shipment":"{it}"}`, c.shipment},
		{"unpack a unit", "/unpackings", `{"unit":"{it}"}`, c.unit},
		{"pack a unit", "/packings", `{"units":["{it}"]}`, c.unit},
		{"ship a unit", "/shipments", `{"to":"park","units":["{it}"]}`, c.unit},
		{"withdraw a record", "/corrections", `{"event":"{it}","reason":"x"}`, fmt.Sprint(c.packed)},
		{"withdraw a record of master data", "/corrections", `{"event":"{it}","reason":"x"}`, fmt.Sprint(c.seasonRecord())},
	} {
		t.Run(s.name, func(t *testing.T) {
			none := nothing
			if strings.HasPrefix(s.path, "/corrections") {
				none = "999999"
			}
			got, want := c.refuseReport(s.path, s.body, s.there), c.refuseReport(s.path, s.body, none)
			if got != want {
				t.Errorf("of what is there:  %s\nof what is not there: %s", got, want)
			}
			if !strings.Contains(want, `"status":404`) {
				t.Errorf("not a 404: %s", want)
			}
		})
	}
}

// refuseReport is the answer to longtan about a thing, with its name and the request's taken out.
func (c *trade) refuseReport(path, body, it string) string {
	c.t.Helper()
	if path == "/seasons/plot-2-2026/work" {
		c.sendRequest("longtan", "POST", "/seasons", `{"id":"plot-2-2026","name":"二号地","place":"plot-2","from":"2026-01-01T00:00:00+08:00",
			"to":"2026-12-31T00:00:00+08:00"}`)
	}
	r := c.sendRequest("longtan", "POST", path, strings.ReplaceAll(body, "{it}", it))
	p := decodeAnswer[map[string]any](c.t, r.body)
	delete(p, "instance")
	out, err := json.Marshal(p)
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.NewReplacer(it, "{it}", trace.GroupKey(it), "{it}").Replace(string(out))
}

// TestPlaces: an operator sees its own plots and the public places; outlines are for the owner, the bureau and the admin.
func TestPlaces(t *testing.T) {
	c := newCounty(t)
	outline := `"geometry":{"type":"Point","coordinates":[107.8,30.6]}`
	plot := decodeAnswer[made](t, c.mustSend("zhongyuan", "POST /places", `{"id":"plot-1","name":"一号地","kind":"plot","tier":"village",
		"parent":"zhongyuan-village",`+outline+`}`, 201))
	site := decodeAnswer[made](t, c.mustSend("admin", "POST /places", `{"id":"park-site","name":"园区","kind":"site","tier":"county",
		"org":"park",`+
		outline+`}`, 201))
	c.mustSend("admin", "POST /places", `{"id":"county","name":"县界","kind":"county","tier":"county",`+outline+`}`, 201)
	lot := c.recordHarvest("100")
	c.recordReport("zhongyuan", "/shipments", `{"to":"factory","lots":[{"lot":"`+lot+`"}]}`)
	names := strings.NewReplacer("{lot}", lot, "{plot}", fmt.Sprint(plot.Seq), "{site}", fmt.Sprint(site.Seq), "{season}",
		fmt.Sprint(c.seasonRecord()))
	for _, s := range []scenario{
		{name: "own plot", who: "zhongyuan", path: "/places/plot-1", status: 200, want: []string{"107.8"}},
		{name: "another's plot", who: "factory", path: "/places/plot-1", status: 404, want: []string{`"code":"unknown_thing"`},
			never: []string{"一号地"}},
		{name: "the bureau", who: "bureau", path: "/places/plot-1", status: 200, want: []string{"107.8"}},
		{name: "another's site", who: "factory", path: "/places/park-site", status: 200, want: []string{"园区"}, never: []string{"107.8"}},
		{name: "nobody's place", who: "factory", path: "/places/county", status: 200, want: []string{"县界"}, never: []string{"107.8"}},
		{name: "the owner's site", who: "park", path: "/places/park-site", status: 200, want: []string{"107.8"}},
		{name: "a list", who: "longtan", path: "/places", status: 200, want: []string{"中元村", "二号地", "园区", "加工厂", "县界"},
			never: []string{"一号地", "107.8"}},
		{name: "the bureau's list", who: "bureau", path: "/places", status: 200, want: []string{"一号地", "二号地", "107.8"}},
		{name: "the buyer's lot", who: "factory", path: "/lots/{lot}", status: 200, want: []string{"{lot}"}, never: []string{"107.8"}},
		{name: "the maker's lot", who: "zhongyuan", path: "/lots/{lot}", status: 200, want: []string{"107.8"}},
		{name: "another's plot in the log", who: "factory", path: "/events/{plot}", status: 404, never: []string{"107.8"}},
		{name: "own plot in the log", who: "zhongyuan", path: "/events/{plot}", status: 200, want: []string{"107.8"}},
		{name: "another's site in the log", who: "factory", path: "/events/{site}", status: 200, want: []string{`"redacted":true`, "园区"},
			never: []string{"107.8"}},
		{name: "the owner's site in the log", who: "park", path: "/events/{site}", status: 200, want: []string{"107.8"},
			never: []string{"redacted"}},
		{name: "another's season in the log", who: "factory", path: "/events/{season}", status: 404, never: []string{"一号地"}},
		{name: "a product in the log", who: "factory", path: "/events/1", status: 200},
	} {
		s.method = "GET"
		t.Run(s.name, func(t *testing.T) { s.run(t, c, names) })
	}
}

// seasonRecord is the record of the season that every county has.
func (c *county) seasonRecord() int64 {
	c.t.Helper()
	p := decodeAnswer[page](c.t, c.mustSend("bureau", "GET /events?kind=season", "", 200))
	if len(p.Items) == 0 {
		c.t.Fatal("no season in the log")
	}
	return p.Items[0].Seq
}

// TestInferredStep: a slip of units is asked about, though the report names no step.
func TestInferredStep(t *testing.T) {
	c := newCounty(t)
	h := c.recordReport("zhongyuan", "/harvests", `{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":100000}]}`)
	if len(h.Questions) == 0 || h.Questions[0].Code != "ratio_high" {
		t.Errorf("100,000 kg from 12.5 亩: %+v", h.Questions)
	}
	j := c.recordReport("zhongyuan", "/transformations", `{"place":"plot-1","inputs":[{"lot":"`+h.Lots[0].Key+
		`","quantity":100}],"outputs":[{"product":"juice","quantity":2}]}`)
	if len(j.Questions) == 0 || j.Questions[0].Code != "ratio_low" {
		t.Errorf("2 kg of juice out of 100 kg: %+v", j.Questions)
	}
	if got := string(c.mustSend("zhongyuan", "GET /lots/"+j.Lots[0].Key, "", 200)); !strings.Contains(got, `"yousang:step":"pomelo/juice"`) {
		t.Errorf("the step is not in the event: %s", got)
	}
}
