package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
)

// regions is a table of three places of the documentation's networks.
const regions = `192.0.2.0/24,,500155,梁平区,30.67,107.80
198.51.100.0/24,,510100,成都市,30.57,104.07
203.0.113.0/24,,440100,广州市,23.13,113.26
`

// caseScenarios are the rows of TestScansAndCases.
var caseScenarios = []scenario{
	{name: "an item's views", who: "park", method: "GET", path: "/items/{1}/scans", status: 200,
		want: []string{`"count":3`, `"region":"510100"`, "成都市", `"day":"2026-11-20"`}},
	{name: "a lot's views", who: "zhongyuan", method: "GET", path: "/lots/{box}/scans", status: 200, want: []string{`"count":1`, "梁平区"},
		never: []string{"成都市"}},
	{name: "none yet", who: "zhongyuan", method: "GET", path: "/lots/{other}/scans", status: 200, want: []string{`"count":0`, `"items":[]`}},
	{name: "a stranger", who: "longtan", method: "GET", path: "/lots/{box}/scans", status: 404, never: []string{"梁平区"}},
	{name: "nobody", method: "GET", path: "/lots/{box}/scans", status: 401, never: []string{"梁平区"}},

	{name: "the bureau's cases", who: "bureau", method: "GET", path: "/cases?state=open", status: 200,
		want: []string{`"id":"{case}"`, `"rule":"many_places"`, "广州市"}, never: []string{"{2}"}},
	{name: "of a lot", who: "admin", method: "GET", path: "/cases?lot={box}&limit=1", status: 200, want: []string{"{1}", `"next":"{1}-`}},
	{name: "of another lot", who: "bureau", method: "GET", path: "/cases?lot={other}", status: 200, want: []string{`"items":[]`}},
	{name: "of no lot", who: "bureau", method: "GET", path: "/cases?lot=xyz", status: 404},
	{name: "an unknown state", who: "bureau", method: "GET", path: "/cases?state=lost", status: 422, want: []string{`"field":"state"`}},
	{name: "the issuer's", who: "zhongyuan", method: "GET", path: "/cases", status: 403, want: []string{`"code":"not_allowed"`},
		never: []string{"{1}"}},
	{name: "one case", who: "bureau", method: "GET", path: "/cases/{case}", status: 200,
		want: []string{`"state":"open"`, `"count":3`, `"sentence":"`, "广州市、梁平区、成都市"}},
	{name: "one case for the issuer", who: "zhongyuan", method: "GET", path: "/cases/{case}", status: 403, never: []string{"成都市"}},
	{name: "no case", who: "bureau", method: "GET", path: "/cases/{2}-many_places", status: 404, want: []string{`"code":"unknown_thing"`}},
	{name: "closed without a word", who: "bureau", method: "POST", path: "/cases/{case}/close", body: `{"note":"  "}`, status: 422,
		want: []string{`"field":"note"`}},
	{name: "closed by the issuer", who: "zhongyuan", method: "POST", path: "/cases/{case}/close", body: `{"note":"没事"}`, status: 403},
	{name: "closed", who: "bureau", method: "POST", path: "/cases/{case}/close", body: `{"note":"核对过，是展销会上的样品。"}`, status: 200,
		want: []string{`"state":"closed"`, "样品"}},
	{name: "no longer open", who: "bureau", method: "GET", path: "/cases?state=open", status: 200, never: []string{`"id":"{case}"`}},
	{name: "closed without a case", who: "bureau", method: "POST", path: "/cases/{2}-many_places/close", body: `{"note":"x"}`, status: 404},
}

// TestScansAndCases: page views are shown to those who may see the lot; views that look like those of a copy are a case for the bureau
// alone.
func TestScansAndCases(t *testing.T) {
	table, err := scan.ParseRegions(strings.NewReader(regions))
	if err != nil {
		t.Fatal(err)
	}
	var counter *scan.Counter
	c := newBoxesIn(t, newCountyWith(t, func(o *server.Options) {
		r := o.App()
		counter = scan.New(scan.Options{Store: r.Store, Regions: table, Now: func() time.Time { return now },
			Items: scan.NewLedgerLookup(func() *trace.Ledger { return r.Ledger }, r.Store)})
		o.Scans = counter
	}))
	t.Cleanup(func() {
		if err := counter.Close(); err != nil {
			t.Error(err)
		}
	})
	c.mustSend("zhongyuan", "POST /serials/changes", `{"state":"activated","batch":"`+c.batch+`"}`, 201)
	counter.CountLot(c.box, "500155", now)
	for i, region := range []string{"500155", "510100", "440100"} {
		counter.CountItem(c.codes[0], 0, region, now.Add(time.Duration(i)*time.Hour))
	}
	counter.CountItem(c.codes[1], 1, "500155", now)
	seen := `"count":3,"first":"2026-11-20T02:00:00Z","last":"2026-11-20T04:00:00Z"`
	if got := string(c.mustSend("park", "GET /items/"+c.codes[0], "", 200)); !strings.Contains(got, seen) {
		t.Errorf("before the counts are written: %s", got)
	}
	if err := counter.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	id := scan.CaseID(c.codes[0], scan.RulePlaces)
	names := strings.NewReplacer("{box}", c.box, "{other}", c.other, "{1}", c.codes[0], "{2}", c.codes[1], "{case}", id)
	for _, s := range caseScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
}
