package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
)

// boxes is a county in which zhongyuan has packed a lot of 20 boxes, of which the park holds 5, and has a lot of fruit without a count.
type boxes struct {
	*county
	box, fruit, other string // keys of lots
	batch             string // key of zhongyuan's batch, 12 items
	codes             []string
}

func newBoxes(t *testing.T) *boxes {
	t.Helper()
	return newBoxesIn(t, newCounty(t))
}

func newBoxesIn(t *testing.T, county *county) *boxes {
	t.Helper()
	c := &boxes{county: county}
	c.fruit = c.recordHarvest("500")
	packed := `{"place":"plot-1","time":"2026-11-11T08:00:00+08:00","inputs":[{"lot":"%s","quantity":%d}],"outputs":[{"product":"box",
		"quantity":%d,"grade":"一级"}]}`
	c.box = c.recordReport("zhongyuan", "/transformations", fmt.Sprintf(packed, c.fruit, 220, 20)).Lots[0].Key
	c.other = c.recordReport("zhongyuan", "/transformations", fmt.Sprintf(packed, c.fruit, 30, 3)).Lots[0].Key
	ship := c.recordReport("zhongyuan", "/shipments", `{"to":"park","time":"2026-11-12T08:00:00+08:00","lots":[{"lot":"`+c.box+
		`","quantity":5}]}`)
	c.recordReport("park", "/receipts", `{"place":"park-site","time":"2026-11-13T08:00:00+08:00","shipment":"`+ship.Shipment+`"}`)
	c.batch, c.codes = c.issueSerials("zhongyuan", c.box, 12)
	return c
}

// issueSerials issues serial numbers and gives the batch's key and the codes.
func (c *county) issueSerials(who, lot string, count int) (batch string, codes []string) {
	c.t.Helper()
	batch = c.postSerials(who, fmt.Sprintf(`{"lot":"%s","count":%d}`, lot, count), 201).Batch.Key
	for _, row := range c.listCodes(who, batch, "") {
		codes = append(codes, row[1])
	}
	return batch, codes
}

type issuedAnswer struct {
	Seq    int64
	Repeat bool
	Batch  struct {
		ID, Key, Lot, LotKey, First, Last string
		Count                             int64
		States                            trace.SerialCounts
	}
	Warnings []struct{ Code, Sentence string }
}

func (c *county) postSerials(who, body string, status int, headers ...string) issuedAnswer {
	c.t.Helper()
	return decodeAnswer[issuedAnswer](c.t, c.mustSend(who, "POST /serials", body, status, headers...))
}

// listCodes reads a batch's codes.
func (c *county) listCodes(who, batch, query string) [][]string {
	c.t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(c.mustSend(who, "GET /serials/"+batch+"/codes"+query, "", 200))).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.Join(rows[0], " ") != "ordinal code address state" {
		c.t.Fatalf("first row %v", rows[0])
	}
	return rows[1:]
}

func (c *boxes) placeholders() *strings.Replacer {
	return strings.NewReplacer("{box}", c.box, "{fruit}", c.fruit, "{other}", c.other, "{batch}", c.batch, "{none}", trace.NewKey(),
		"{1}", c.codes[0], "{2}", c.codes[1], "{3}", c.codes[2], "{12}", c.codes[11], "{typed}",
		url.PathEscape(strings.ToLower(trace.GroupKey(c.codes[0]))),
		"{address}", url.PathEscape(publicURL+"/lot/"+c.box+"/21/"+c.codes[0]))
}

// TestIssueAgain: the same request is one batch; other numbers never come twice.
func TestIssueAgain(t *testing.T) {
	c := newBoxes(t)
	body := `{"lot":"` + c.box + `","count":3,"regions":["50"]}`
	first := c.postSerials("zhongyuan", body, 201, "Idempotency-Key", "issue-1")
	again := c.postSerials("zhongyuan", `{"count":3, "lot":"`+c.box+`","regions":["50"]}`, 200, "Idempotency-Key", "issue-1")
	if !again.Repeat || again.Seq != first.Seq || again.Batch.ID != first.Batch.ID || again.Batch.First != first.Batch.First {
		t.Errorf("again %+v, first %+v", again, first)
	}
	c.mustSend("zhongyuan", "POST /serials", `{"lot":"`+c.box+`","count":4}`, 409, "Idempotency-Key", "issue-1")
	rest := c.postSerials("park", `{"lot":"`+c.box+`"}`, 201)
	if rest.Batch.Count != 5 {
		t.Errorf("without a count %d items, want the 5 that had none", rest.Batch.Count)
	}
	seen := map[string]bool{}
	for _, batch := range []string{c.batch, first.Batch.Key, rest.Batch.Key} {
		for _, row := range c.listCodes("zhongyuan", batch, "") {
			if seen[row[1]] {
				t.Errorf("%s was issued twice", row[1])
			}
			seen[row[1]] = true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d codes for 20 boxes", len(seen))
	}
	c.mustSend("park", "POST /serials", `{"lot":"`+c.box+`"}`, 409)
}

// TestItems: an item is known to those who may see its lot.
func TestItems(t *testing.T) {
	c := newBoxes(t)
	names := c.placeholders()
	for _, s := range []scenario{
		{name: "as printed", who: "zhongyuan", path: "/items/{1}", status: 200,
			want: []string{`"code":"{1}"`, `"state":"printed"`, `"ordinal":1`, `"lotKey":"{box}"`, `"batch":"{batch}"`,
				publicURL + `/lot/{box}/21/{1}`, `"count":0`}},
		{name: "as typed", who: "park", path: "/items/{typed}", status: 200, want: []string{`"code":"{1}"`}},
		{name: "as scanned", who: "park", path: "/items/{address}", status: 200, want: []string{`"code":"{1}"`}},
		{name: "the bureau", who: "bureau", path: "/items/{2}", status: 200, want: []string{`"ordinal":2`}},
		{name: "a stranger", who: "longtan", path: "/items/{1}", status: 404, want: []string{`"code":"not_issued"`},
			never: []string{"{box}", "{batch}", "箱装柚子"}},
		{name: "nobody", path: "/items/{1}", status: 401, never: []string{"{box}"}},
		{name: "a guess", who: "zhongyuan", path: "/items/0123456789AB", status: 404, want: []string{`"code":"not_issued"`}},
		{name: "too short", who: "zhongyuan", path: "/items/0123", status: 404, want: []string{`"code":"bad_key"`}},
		{name: "its code", who: "zhongyuan", path: "/items/{1}/qr.svg", status: 200, want: []string{"<svg"}},
		{name: "its code as PNG", who: "park", path: "/items/{1}/qr.png", status: 200, want: []string{"PNG"}},
		{name: "its code without a key", path: "/items/{1}/qr.svg", status: 401},
		{name: "its code for the bureau", who: "bureau", path: "/items/{1}/qr.svg", status: 403},
		{name: "its code for a stranger", who: "longtan", path: "/items/{1}/qr.svg", status: 404},
		{name: "its links", who: "park", path: "/items/{1}/links", status: 200, want: []string{`"sets":[]`}},
		{name: "its scans", who: "park", path: "/items/{1}/scans", status: 200, want: []string{`"items":[]`, `"count":0`}},
		{name: "a stranger's scans", who: "longtan", path: "/items/{1}/scans", status: 404, never: []string{"count"}},
	} {
		s.method = "GET"
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
}

// TestNotSeenIsNotIssued: to a stranger, a code of another's lot is, word for word, one that was never issued, however it is typed.
func TestNotSeenIsNotIssued(t *testing.T) {
	c := newBoxes(t)
	never := "0" + c.codes[0][1:11] + "0"
	if never == c.codes[0] {
		never = never[:11] + "1"
	}
	told := func(method, path, body, code string) string {
		r := c.sendRequest("longtan", method, strings.ReplaceAll(path, "{it}", url.PathEscape(code)), strings.ReplaceAll(body, "{it}", code))
		p := decodeAnswer[problem](t, r.body)
		return strings.NewReplacer(code, "{it}", strings.ToUpper(code), "{it}",
			trace.GroupKey(strings.ToUpper(strings.ReplaceAll(code, " ", ""))), "{it}").
			Replace(fmt.Sprint(r.status, p.Code, p.Field, p.Detail, p.Args))
	}
	for _, way := range []struct{ name, method, path, body string }{
		{"read", "GET", "/items/{it}", ""},
		{"scans", "GET", "/items/{it}/scans", ""},
		{"activate", "POST", "/serials/changes", `{"state":"activated","codes":["{it}"]}`},
		{"activate a row", "POST", "/serials/changes", `{"state":"activated","first":"{it}","last":"{it}"}`},
		{"link", "POST", "/links", `{"id":"` + publicURL + `/lot/` + c.box + `/21/{it}","links":[]}`},
	} {
		for _, typed := range []func(string) string{strings.ToUpper, strings.ToLower, trace.GroupKey} {
			t.Run(way.name, func(t *testing.T) {
				if got, want := told(way.method, way.path, way.body, typed(c.codes[0])),
					told(way.method, way.path, way.body, typed(never)); got != want {
					t.Errorf("of what is there:     %s\nof what is not there: %s", got, want)
				}
			})
		}
	}
}

// changeScenarios are the rows of TestChanges.
var changeScenarios = []scenario{
	{name: "activated by ordinals", who: "zhongyuan", body: `{"state":"activated","batch":"{batch}","from":1,"to":4}`, status: 201,
		want: []string{`"items":4`, `"batch":"{batch}"`}},
	{name: "activated again", who: "zhongyuan", body: `{"state":"activated","batch":"{batch}","from":4,"to":5}`, status: 409,
		want: []string{`"code":"serial_state"`, `"field":"from"`, `"ordinal":"4"`}},
	{name: "sold before it is activated", who: "park", body: `{"state":"sold","codes":["{1}","{12}"]}`, status: 409,
		want: []string{`"code":"serial_state"`, `"field":"codes[1]"`}},
	{name: "sold, two of them", who: "park", body: `{"state":"sold","codes":["{3}","{1}","{1}"]}`, status: 201,
		want: []string{`"items":2`, `"from":1,"to":1`, `"from":3,"to":3`}},
	{name: "voided without a reason", who: "zhongyuan", body: `{"state":"voided","first":"{2}","last":"{2}"}`, status: 422,
		want: []string{`"code":"reason_needed"`, `"field":"reason"`}},
	{name: "the bureau voids", who: "bureau", body: `{"state":"voided","first":"{2}","last":"{2}","reason":"印坏了"}`, status: 201},
	{name: "the bureau activates", who: "bureau", body: `{"state":"activated","batch":"{batch}","from":5,"to":6}`, status: 403},
	{name: "back to life", who: "zhongyuan", body: `{"state":"activated","codes":["{2}"]}`, status: 409,
		want: []string{`"field":"codes[0]"`}},
	{name: "as printed again", who: "zhongyuan", body: `{"state":"printed","codes":["{2}"]}`, status: 422, want: []string{`"field":"state"`}},
	{name: "a row backwards", who: "zhongyuan", body: `{"state":"activated","first":"{12}","last":"{3}"}`, status: 422,
		want: []string{`"code":"bad_row"`, `"field":"last"`}},
	{name: "a row without its end", who: "zhongyuan", body: `{"state":"activated","first":"{12}"}`, status: 422,
		want: []string{`"field":"last"`}},
	{name: "beyond the batch", who: "zhongyuan", body: `{"state":"activated","batch":"{batch}","from":12,"to":13}`, status: 422,
		want: []string{`"field":"to"`}},
	{name: "from zero", who: "zhongyuan", body: `{"state":"voided","reason":"x","batch":"{batch}","from":0,"to":0}`, status: 422,
		want: []string{`"field":"from"`}},
	{name: "named twice over", who: "zhongyuan", body: `{"state":"activated","batch":"{batch}","codes":["{12}"]}`, status: 422,
		want: []string{`"field":"codes"`}},
	{name: "nothing named", who: "zhongyuan", body: `{"state":"activated"}`, status: 422,
		want: []string{`"code":"required"`, `"field":"batch"`}},
	{name: "a stranger", who: "longtan", body: `{"state":"activated","batch":"{batch}"}`, status: 404,
		want: []string{`"code":"unknown_thing"`}},
	{name: "nobody", body: `{"state":"activated","batch":"{batch}"}`, status: 401},
	{name: "one wrong code stops all", who: "zhongyuan", body: `{"state":"activated","codes":["{12}","0123456789AB"]}`, status: 404,
		want: []string{`"code":"not_issued"`, `"field":"codes[1]"`}},
}

// TestChanges: items come to life, are sold and voided, named in each of three ways; all or none.
func TestChanges(t *testing.T) {
	c := newBoxes(t)
	names := c.placeholders()
	for _, s := range changeScenarios {
		s.method, s.path = "POST", "/serials/changes"
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
	got := decodeAnswer[struct{ States trace.SerialCounts }](t, c.mustSend("zhongyuan", "GET /serials/"+c.batch, "", 200)).States
	told := map[string]int{}
	for _, row := range c.listCodes("zhongyuan", c.batch, "") {
		told[row[3]]++
	}
	if told["printed"] != 8 || told["activated"] != 1 || told["sold"] != 2 || told["voided"] != 1 {
		t.Errorf("the list says %v", told)
	}
	if want := (trace.SerialCounts{Printed: 8, Activated: 1, Sold: 2, Voided: 1}); got != want {
		t.Errorf("states %+v, want %+v", got, want)
	}
	// sold, voided, activated, printed
	for code, want := range map[string]time.Time{c.codes[0]: now, c.codes[1]: now, c.codes[3]: now, c.codes[11]: {}} {
		b := c.mustSend("zhongyuan", "GET /items/"+code, "", 200)
		if got := decodeAnswer[struct{ Activated time.Time }](t, b).Activated; !got.Equal(want) ||
			want.IsZero() == strings.Contains(string(b), "activated\":") {
			t.Errorf("the item was activated at %v, want %v: %s", got, want, b)
		}
	}
	later := decodeAnswer[struct{ Runs []trace.SerialRun }](t, c.mustSend("zhongyuan", "GET /serials/"+c.batch+"?from=4", "", 200)).Runs
	if len(later) != 2 || later[0].From != 4 || later[0].State != "activated" || later[1].To != 12 {
		t.Errorf("runs from the fourth item on: %+v", later)
	}
}

// TestChangesAgain: a phone without signal sends a list of several rows twice; the list is recorded once.
func TestChangesAgain(t *testing.T) {
	c := newBoxes(t)
	body := func(codes ...string) string {
		return `{"state":"activated","codes":["` + strings.Join(codes, `","`) + `"]}`
	}
	type answer struct {
		Seq, Items int64
		Repeat     bool
		Changes    []struct{ Seq, From, To int64 }
	}
	first := decodeAnswer[answer](t, c.mustSend("zhongyuan", "POST /serials/changes", body(c.codes[0], c.codes[2], c.codes[3], c.codes[8]),
		201,
		"Idempotency-Key", "roll"))
	again := decodeAnswer[answer](t, c.mustSend("zhongyuan", "POST /serials/changes", body(c.codes[0], c.codes[2], c.codes[3], c.codes[8]),
		200,
		"Idempotency-Key", "roll"))
	if first.Items != 4 || len(first.Changes) != 3 || !again.Repeat || again.Seq != first.Seq || len(again.Changes) != 3 ||
		again.Changes[2] != first.Changes[2] {
		t.Errorf("first %+v, again %+v", first, again)
	}
	c.mustSend("zhongyuan", "POST /serials/changes", body(c.codes[10]), 409, "Idempotency-Key", "roll")
	c.mustSend("zhongyuan", "POST /serials/changes", body(c.codes[4], c.codes[6], c.codes[8]), 409)
	if got := string(c.mustSend("zhongyuan", "GET /items/"+c.codes[4], "", 200)); !strings.Contains(got, `"state":"printed"`) {
		t.Errorf("one of a list could not change, but another did: %s", got)
	}
}

// TestCodesInTheLog: records about the codes of a lot are for those who may see the lot.
func TestCodesInTheLog(t *testing.T) {
	c := newBoxes(t)
	c.mustSend("zhongyuan", "POST /labels", `{"lot":"`+c.box+`","sheet":"a4-24"}`, 201)
	c.mustSend("zhongyuan", "POST /serials/changes", `{"state":"activated","batch":"`+c.batch+`"}`, 201)
	c.mustSend("zhongyuan", "POST /links", `{"id":"`+c.box+`","links":[]}`, 201)
	for _, kind := range []string{"serials", "serialChange", "print", "links"} {
		t.Run(kind, func(t *testing.T) {
			p := decodeAnswer[page](t, c.mustSend("zhongyuan", "GET /events?kind="+kind, "", 200))
			if len(p.Items) != 1 {
				t.Fatalf("%d records", len(p.Items))
			}
			seq := fmt.Sprint(p.Items[0].Seq)
			for who, status := range map[string]int{"zhongyuan": 200, "park": 200, "bureau": 200, "longtan": 404} {
				c.mustSend(who, "GET /events/"+seq, "", status)
			}
		})
	}
}

// TestAddressWarning: an answer that hands out codes warns that the codes would open for no phone.
func TestAddressWarning(t *testing.T) {
	for _, test := range []struct {
		name, url string
		warned    bool
	}{
		{"a real one", "https://zs.liangping-county.cn", false},
		{"reserved", publicURL, true},
		{"plain http", "http://zs.liangping-county.cn", true},
		{"this machine", "https://127.0.0.1:8080", true},
		{"this machine by name", "https://localhost", true},
		{"a private network", "https://192.168.1.20", true},
		{"a placeholder", "https://county.invalid", true},
		{"a name of the house", "https://server", true},
		{"nothing", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newBoxesIn(t, newCountyWith(t, func(o *server.Options) { o.PublicURL = test.url }))
			got := c.postSerials("zhongyuan", `{"lot":"`+c.other+`"}`, 201)
			if (len(got.Warnings) > 0) != test.warned {
				t.Errorf("warnings %+v", got.Warnings)
			}
			for path, body := range map[string]string{"/labels": `{"lot":"` + c.box + `","sheet":"a4-24"}`, "/serials/" + c.batch + "/codes": ""} {
				method := "POST"
				if body == "" {
					method = "GET"
				}
				header := c.sendRequest("zhongyuan", method, path, body).header.Get("Yousang-Warning")
				if strings.Contains(header, "placeholder_address") != test.warned {
					t.Errorf("%s: header %q", path, header)
				}
			}
			sheets := string(c.mustSend("zhongyuan", "GET /labels/sheets", "", 200, english...))
			if strings.Contains(sheets, "--public-url") != test.warned {
				t.Errorf("sheets: %s", sheets)
			}
		})
	}
}

// readText is the text of a PDF, read by a program of others; "" where the machine has no such program.
func readText(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("no pdftotext here")
		return ""
	}
	path := filepath.Join(t.TempDir(), "labels.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-raw", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
