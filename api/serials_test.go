package api_test

import (
	"strings"
	"testing"
)

// serialScenarios are the rows of TestSerials.
var serialScenarios = []scenario{
	{name: "more than the lot has", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":9}`, status: 409,
		want: []string{`"code":"too_many_serials"`, `"field":"count"`, `"left":"8"`}},
	{name: "more than the lot has in English", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":9}`,
		headers: english, status: 409, want: []string{"20", "8", "9"}},
	{name: "without a count", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{fruit}","count":9}`, status: 409,
		want: []string{`"code":"no_count"`, `"field":"lot"`}},
	{name: "zero", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":0}`, status: 422,
		want: []string{`"code":"bad_value"`, `"field":"count"`}},
	{name: "less than none", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":-1}`, status: 422,
		want: []string{`"field":"count"`}},
	{name: "beyond all", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":10000001}`, status: 422,
		want: []string{`"field":"count"`}},
	{name: "no lot", who: "zhongyuan", method: "POST", path: "/serials", body: `{"count":1}`, status: 422,
		want: []string{`"code":"required"`, `"field":"lot"`}},
	{name: "no such lot", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{none}","count":1}`, status: 404,
		want: []string{`"code":"unknown_lot"`}},
	{name: "half a region", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":1,"regions":["501"]}`,
		status: 422, want: []string{`"field":"regions[0]"`}},
	{name: "another's lot", who: "longtan", method: "POST", path: "/serials", body: `{"lot":"{box}","count":1}`, status: 404,
		want: []string{`"code":"unknown_lot"`}, never: []string{"left"}},
	{name: "a bureau issues", who: "bureau", method: "POST", path: "/serials", body: `{"lot":"{box}","count":1}`, status: 403},
	{name: "in another's name", who: "park", method: "POST", path: "/serials", body: `{"lot":"{box}","count":1,"org":"zhongyuan"}`,
		status: 403, want: []string{`"field":"org"`}},
	{name: "no key", method: "POST", path: "/serials", body: `{"lot":"{box}","count":1}`, status: 401, never: []string{"{1}"}},
	{name: "unknown member", who: "zhongyuan", method: "POST", path: "/serials", body: `{"lot":"{box}","size":1}`, status: 400,
		want: []string{`"code":"unknown_field"`, `"field":"size"`}},

	{name: "the issuer sees", who: "zhongyuan", method: "GET", path: "/lots/{box}/serials", status: 200,
		want: []string{`"key":"{batch}"`, `"first":"{1}"`, `"last":"{12}"`, `"count":12`, `"printed":12`, "中元柚子合作社"}},
	{name: "a holder sees", who: "park", method: "GET", path: "/serials/{batch}", status: 200, want: []string{`"first":"{1}"`}},
	{name: "the bureau sees no codes", who: "bureau", method: "GET", path: "/serials/{batch}", status: 200, want: []string{`"count":12`},
		never: []string{"{1}", "{12}"}},
	{name: "the admin sees", who: "admin", method: "GET", path: "/serials/{batch}", status: 200, want: []string{`"first":"{1}"`}},
	{name: "a stranger's list", who: "longtan", method: "GET", path: "/lots/{box}/serials", status: 404, never: []string{"{batch}", "{1}"}},
	{name: "a stranger", who: "longtan", method: "GET", path: "/serials/{batch}", status: 404, want: []string{`"code":"unknown_thing"`},
		never: []string{"{1}", "zhongyuan"}},
	{name: "nobody", method: "GET", path: "/serials/{batch}", status: 401, never: []string{"{1}"}},
	{name: "no batch", who: "zhongyuan", method: "GET", path: "/serials/{none}", status: 404, want: []string{`"code":"unknown_thing"`}},
	{name: "none yet", who: "zhongyuan", method: "GET", path: "/lots/{other}/serials", status: 200, want: []string{`"items":[]`, `"left":3`}},
	{name: "a lot without a count", who: "zhongyuan", method: "GET", path: "/lots/{fruit}/serials", status: 200,
		want: []string{`"items":[]`}, never: []string{"left"}},

	{name: "the codes", who: "zhongyuan", method: "GET", path: "/serials/{batch}/codes", status: 200,
		want: []string{"1,{1}," + publicURL + "/lot/{box}/21/{1},printed\r\n", "\r\n12,{12},"}},
	{name: "some codes", who: "zhongyuan", method: "GET", path: "/serials/{batch}/codes?from=2&to=2", status: 200,
		want: []string{"2,{2},"}, never: []string{"{1}", "{3}"}},
	{name: "the codes for a holder", who: "park", method: "GET", path: "/serials/{batch}/codes", status: 200, want: []string{"{12}"}},
	{name: "the codes for the admin", who: "admin", method: "GET", path: "/serials/{batch}/codes", status: 200, want: []string{"{12}"}},
	{name: "no codes for the bureau", who: "bureau", method: "GET", path: "/serials/{batch}/codes", status: 403,
		want: []string{`"code":"not_allowed"`, "发号"}, never: []string{"{1}"}},
	{name: "no codes for a stranger", who: "longtan", method: "GET", path: "/serials/{batch}/codes", status: 404, never: []string{"{1}"}},
	{name: "no codes for nobody", method: "GET", path: "/serials/{batch}/codes", status: 401, never: []string{"{1}"}},
	{name: "codes from zero", who: "zhongyuan", method: "GET", path: "/serials/{batch}/codes?from=0", status: 422,
		want: []string{`"field":"from"`}},
	{name: "codes beyond the last", who: "zhongyuan", method: "GET", path: "/serials/{batch}/codes?to=13", status: 422,
		want: []string{`"code":"bad_value"`, `"field":"to"`, "12"}},
	{name: "codes backwards", who: "zhongyuan", method: "GET", path: "/serials/{batch}/codes?from=5&to=4", status: 422,
		want: []string{`"field":"to"`}},
}

// TestSerials: who may issue, see and take serial numbers, and how many.
func TestSerials(t *testing.T) {
	c := newBoxes(t)
	names := c.placeholders()
	for _, s := range serialScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
	r := c.sendRequest("zhongyuan", "GET", "/serials/"+c.batch+"/codes", "")
	if r.header.Get("Content-Type") != "text/csv; charset=utf-8" || r.header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(r.header.Get("Content-Disposition"), c.batch+".csv") {
		t.Errorf("headers of the list %v", r.header)
	}
	if len(c.codes) != 12 {
		t.Errorf("%d codes", len(c.codes))
	}
	for _, code := range c.codes {
		if strings.Contains(c.log.String(), code) {
			t.Errorf("the log holds the code %s", code)
		}
	}
}
