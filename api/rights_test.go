package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// codeRightScenarios are the rows of TestRightsToCodes.
var codeRightScenarios = []struct {
	name, method, path, body string
	want                     [7]int // in the order of callers
}{
	{"the lot", "GET", "/lots/{box}", "", [7]int{200, 200, 200, 200, 404, 200, 200}},
	{"its batches", "GET", "/lots/{box}/serials", "", [7]int{200, 200, 200, 200, 404, 200, 200}},
	{"the batch", "GET", "/serials/{batch}", "", [7]int{200, 200, 200, 200, 404, 200, 200}},
	{"an item", "GET", "/items/{1}", "", [7]int{200, 200, 200, 200, 404, 200, 200}},
	{"the list of codes", "GET", "/serials/{batch}/codes", "", [7]int{200, 200, 403, 403, 404, 403, 200}},
	{"an item's picture", "GET", "/items/{1}/qr.svg", "", [7]int{200, 200, 403, 403, 404, 403, 200}},
	{"an item's pixels", "GET", "/items/{1}/qr.png", "", [7]int{200, 200, 403, 403, 404, 403, 200}},
	{"labels of items", "POST", "/labels", `{"batch":"{batch}","sheet":"a4-24","reason":"x"ORG}`, [7]int{201, 201, 403, 403, 404, 403, 201}},
	{"activation of a range", "POST", "/serials/changes", `{"state":"activated","batch":"{batch}","from":N,"to":NORG}`,
		[7]int{201, 201, 403, 403, 404, 403, 201}},
	{"activation of a code", "POST", "/serials/changes", `{"state":"activated","codes":["CODE"]ORG}`,
		[7]int{409, 409, 403, 403, 404, 403, 409}},
	{"voiding", "POST", "/serials/changes", `{"state":"voided","reason":"x","first":"CODE","last":"CODE"ORG}`,
		[7]int{201, 201, 403, 403, 404, 201, 201}},
	{"more numbers", "POST", "/serials", `{"lot":"{box}","count":1ORG}`, [7]int{201, 201, 403, 403, 404, 403, 201}},
	{"labels of the lot", "POST", "/labels", `{"lot":"{box}","sheet":"a4-24"ORG}`, [7]int{201, 201, 201, 403, 404, 403, 201}},
	{"links of the lot", "POST", "/links", `{"id":"{box}","links":[]ORG}`, [7]int{201, 201, 403, 403, 404, 201, 201}},
	{"links of an item", "POST", "/links", `{"id":"{1}","links":[]ORG}`, [7]int{201, 201, 403, 403, 404, 201, 201}},
}

// TestRightsToCodes: the right to see a lot does not include the right to its codes. Each row is one way to codes, each column one caller:
// the maker, a holder, an organisation that once held some, one that sees the lot by its lineage alone, a stranger, the bureau, the
// administrator.
func TestRightsToCodes(t *testing.T) {
	c := newBoxes(t)
	c.createKey("viewer", "factory", "operator") // has some of the fruit that the boxes were packed from
	for _, step := range []struct{ to, lot, site string }{{"factory", c.fruit, "factory-site"}, {"longtan", c.box, "plot-2"}} {
		ship := c.recordReport("zhongyuan", "/shipments", `{"to":"`+step.to+`","lots":[{"lot":"`+step.lot+`","quantity":2}]}`)
		c.recordReport(step.to, "/receipts", `{"shipment":"`+ship.Shipment+`","place":"`+step.site+`"}`)
	}
	back := c.recordReport("longtan", "/shipments", `{"place":"plot-2","to":"zhongyuan","lots":[{"lot":"`+c.box+`"}]}`)
	c.recordReport("zhongyuan", "/receipts", `{"place":"plot-1","shipment":"`+back.Shipment+`"}`)
	c.mustSend("admin", "POST /organisations", `{"id":"stranger","name":"外村合作社","kind":"cooperative","tier":"village"}`, 201)
	c.createKey("stranger", "stranger", "operator")
	callers := []string{"zhongyuan", "park", "longtan", "viewer", "stranger", "bureau", "admin"}
	names := c.placeholders()
	for _, row := range codeRightScenarios {
		t.Run(row.name, func(t *testing.T) {
			for i, who := range callers {
				org := ""
				if who == "admin" { // an administrator acts in the name of an organisation
					org = `,"org":"zhongyuan"`
				}
				body := strings.NewReplacer("ORG", org, "CODE", c.codes[i], "N", fmt.Sprint(i+1)).Replace(row.body)
				r := c.sendRequest(who, row.method, names.Replace(row.path), names.Replace(body))
				if r.status != row.want[i] {
					t.Errorf("%s: %d, want %d: %.300s", who, r.status, row.want[i], r.body)
				}
				if row.want[i] >= 400 {
					checkNoCode(t, who, c.codes, row.path+body, string(r.body))
				}
			}
		})
	}
	for _, who := range []string{"longtan", "viewer", "bureau"} { // these callers see the batch without its first and last code
		for _, path := range []string{"/serials/{batch}", "/lots/{box}/serials"} {
			checkNoCode(t, who, c.codes, path, string(c.mustSend(who, "GET "+names.Replace(path), "", 200)))
		}
	}
}

// checkNoCode fails where an answer holds a code that the request did not name.
func checkNoCode(t *testing.T, who string, codes []string, request, answer string) {
	t.Helper()
	for i, code := range codes {
		if strings.Contains(answer, code) && !strings.Contains(request, code) && !strings.Contains(request, fmt.Sprintf("{%d}", i+1)) {
			t.Errorf("%s got the code of item %d: %.300s", who, i+1, answer)
		}
	}
}

// TestRightsToPlaces: every kind of place that an organisation owns, every caller, every way to the place. The name of a plot and of a tree
// is for the owner, the bureau and the administrator; the outline of any place is for the same three.
func TestRightsToPlaces(t *testing.T) {
	c := newCounty(t)
	const outline = `"geometry":{"type":"Point","coordinates":[107.8125,30.6875]}`
	c.mustSend("admin", "POST /places", `{"id":"open-field","name":"公地","kind":"plot","tier":"village",`+outline+`}`, 201)
	for _, kind := range []string{"plot", "tree", "site", "group"} {
		t.Run(kind, func(t *testing.T) {
			id, name := "own-"+kind, "某家"+kind
			who, org := "zhongyuan", ""
			if kind == "group" { // only an administrator registers a group
				who, org = "admin", `,"org":"zhongyuan"`
			}
			seq := decodeAnswer[made](t, c.mustSend(who, "POST /places",
				`{"id":"`+id+`","name":"`+name+`","kind":"`+kind+`","tier":"village","parent":"zhongyuan-village",`+outline+org+`}`, 201)).Seq
			private := kind == "plot" || kind == "tree"
			lot := ""
			if private {
				season := `{"id":"` + id + `-2026","name":"一季","place":"` + id + `","product":"fruit",` +
					`"from":"2026-01-01T00:00:00+08:00","to":"2026-12-31T00:00:00+08:00"}`
				c.mustSend("zhongyuan", "POST /seasons", season, 201)
				lot = c.recordReport("zhongyuan", "/harvests", `{"season":"`+id+`-2026","lots":[{"product":"fruit","quantity":10}]}`).Lots[0].Key
				ship := c.recordReport("zhongyuan", "/shipments", `{"place":"`+id+`","to":"factory","lots":[{"lot":"`+lot+`","quantity":4}]}`)
				c.recordReport("factory", "/receipts", `{"shipment":"`+ship.Shipment+`","place":"factory-site"}`)
			}
			for who, role := range map[string]string{"zhongyuan": "owner", "longtan": "stranger", "factory": "buyer", "bureau": "bureau",
				"admin": "admin"} {
				whole := role == "owner" || role == "bureau" || role == "admin"
				c.checkPlace(who, "/places/"+id, name, whole || !private, whole)
				c.checkPlace(who, fmt.Sprintf("/events/%d", seq), name, whole || !private, whole)
				c.checkPlace(who, "/places?q="+id, name, whole || !private, whole)
				if lot != "" && role != "stranger" {
					if got := string(c.mustSend(who, "GET /lots/"+lot, "", 200)); strings.Contains(got, "107.8125") != whole {
						t.Errorf("%s and the outline in the view of a lot: %v", who, !whole)
					}
				}
			}
		})
	}
	for _, who := range []string{"zhongyuan", "longtan", "factory"} { // a place without an owner is visible to all, but for its outline
		c.checkPlace(who, "/places/open-field", "公地", true, false)
		c.checkPlace(who, "/places?q=open", "公地", true, false)
	}
}

// checkPlace asks for a place in one way: whether the caller gets the name, and the outline.
func (c *county) checkPlace(who, path, name string, seesName, seesOutline bool) {
	c.t.Helper()
	r := c.sendRequest(who, "GET", path, "")
	one := !strings.Contains(path, "?")
	if want := map[bool]int{true: 200, false: 404}[seesName || !one]; r.status != want {
		c.t.Errorf("%s asks for %s: %d, want %d", who, path, r.status, want)
	}
	if got := strings.Contains(string(r.body), name); got != seesName {
		c.t.Errorf("%s asks for %s: the name is shown: %v, want %v", who, path, got, seesName)
	}
	if got := strings.Contains(string(r.body), "107.8125"); got != seesOutline {
		c.t.Errorf("%s asks for %s: the outline is shown: %v, want %v", who, path, got, seesOutline)
	}
}
