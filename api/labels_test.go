package api_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// labelScenarios are the rows of TestLabels.
var labelScenarios = []scenario{
	{name: "no layout", who: "zhongyuan", body: `{"lot":"{box}"}`, status: 422, want: []string{`"code":"required"`, `"field":"sheet"`}},
	{name: "unknown layout", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a3-9"}`, status: 422,
		want: []string{`"code":"bad_value"`, `"field":"sheet"`, "a4-24"}},
	{name: "no copy", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","copies":0}`, status: 422,
		want: []string{`"field":"copies"`, "1–1000"}},
	{name: "too many copies", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","copies":1001}`, status: 422,
		want: []string{`"field":"copies"`}},
	{name: "less than nothing skipped", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","skip":-1}`, status: 422,
		want: []string{`"field":"skip"`}},
	{name: "a whole sheet skipped", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","skip":24}`, status: 422,
		want: []string{`"field":"skip"`, "0–23"}},
	{name: "too many in a file", who: "zhongyuan", body: `{"batch":"{second}","sheet":"a4-24","copies":1000}`, status: 413,
		want: []string{`"code":"too_large"`, `"field":"labels"`, `"limit":"20000"`, "份数"}},
	{name: "of nothing", who: "zhongyuan", body: `{"sheet":"a4-24"}`, status: 422, want: []string{`"code":"required"`, `"field":"lot"`}},
	{name: "ordinals of no batch", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","from":1}`, status: 422,
		want: []string{`"code":"required"`, `"field":"batch"`}},
	{name: "from zero", who: "zhongyuan", body: `{"batch":"{batch}","sheet":"a4-24","from":0}`, status: 422,
		want: []string{`"field":"from"`}},
	{name: "beyond the last", who: "zhongyuan", body: `{"batch":"{batch}","sheet":"a4-24","to":13}`, status: 422,
		want: []string{`"field":"to"`, "12"}},
	{name: "backwards", who: "zhongyuan", body: `{"batch":"{batch}","sheet":"a4-24","from":5,"to":4}`, status: 422,
		want: []string{`"field":"to"`}},
	{name: "numbers of another lot", who: "zhongyuan", body: `{"lot":"{other}","batch":"{batch}","sheet":"a4-24"}`, status: 422,
		want: []string{`"field":"lot"`, "{box}"}},
	{name: "an unknown basis", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","basis":["own_test","luck"]}`, status: 422,
		want: []string{`"field":"basis"`, "自行检测"}},
	{name: "an unknown language", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","lang":"fr"}`, status: 422,
		want: []string{`"field":"lang"`}},
	{name: "recalled", who: "zhongyuan", body: `{"lot":"{recalled}","sheet":"a4-24"}`, status: 409,
		want: []string{`"code":"lot_recalled"`, `"field":"lot"`}, never: []string{"%PDF"}},
	{name: "withdrawn", who: "zhongyuan", body: `{"lot":"{void}","sheet":"a4-24"}`, status: 409, want: []string{`"code":"lot_void"`}},
	{name: "a stranger", who: "longtan", body: `{"lot":"{box}","sheet":"a4-24"}`, status: 404, want: []string{`"code":"unknown_lot"`},
		never: []string{"%PDF"}},
	{name: "a stranger's numbers", who: "longtan", body: `{"batch":"{batch}","sheet":"a4-24"}`, status: 404,
		want: []string{`"code":"unknown_thing"`}, never: []string{"%PDF"}},
	{name: "the bureau", who: "bureau", body: `{"lot":"{box}","sheet":"a4-24"}`, status: 403, never: []string{"%PDF"}},
	{name: "numbers for the bureau", who: "bureau", body: `{"batch":"{batch}","sheet":"a4-24"}`, status: 403,
		want: []string{`"code":"not_allowed"`}, never: []string{"%PDF"}},
	{name: "nobody", body: `{"lot":"{box}","sheet":"a4-24"}`, status: 401, never: []string{"%PDF"}},
	{name: "nothing of that was printed", who: "zhongyuan", method: "GET", path: "/lots/{box}/prints", status: 200,
		want: []string{`"items":[]`}},

	{name: "the maker", who: "zhongyuan", body: `{"lot":"{box}","sheet":"a4-24","copies":3,"skip":23}`, status: 201,
		want: []string{"%PDF-1."}},
	{name: "a holder, on a roll", who: "park", body: `{"lot":"{box}","sheet":"roll-40x30","rough":true,"lang":"en"}`, status: 201,
		want: []string{"%PDF-1."}},
	{name: "numbers", who: "zhongyuan", body: `{"batch":"{batch}","sheet":"a4-65","from":1,"to":6}`, status: 201, want: []string{"%PDF-1."}},
	{name: "numbers again", who: "park", body: `{"batch":"{batch}","sheet":"a4-65","from":6,"to":12}`, status: 422,
		want: []string{`"code":"reason_needed"`, `"field":"reason"`}, never: []string{"%PDF"}},
	{name: "numbers again, and why", who: "park", body: `{"batch":"{batch}","sheet":"a4-65","from":6,"to":12,"reason":"卡纸"}`, status: 201,
		want: []string{"%PDF-1."}},
	{name: "the admin in the maker's name", who: "admin", body: `{"lot":"{other}","sheet":"a4-10","org":"zhongyuan"}`, status: 201,
		want: []string{"%PDF-1."}},
	{name: "what was printed", who: "park", method: "GET", path: "/lots/{box}/prints", status: 200,
		want: []string{`"sheet":"a4-24"`, `"copies":3`, `"from":6,`, `"reason":"卡纸"`, `"reprint":true`}},
	{name: "what was printed of the numbers", who: "park", method: "GET", path: "/serials/{batch}", status: 200,
		want: []string{`"printed":[{"from":1,"to":12}]`}},
	{name: "a stranger's prints", who: "longtan", method: "GET", path: "/lots/{box}/prints", status: 404, never: []string{"a4-24"}},
	{name: "a picture", who: "park", method: "GET", path: "/labels/preview?lot={box}&sheet=a4-24", status: 200, want: []string{"<svg"}},
	{name: "a stranger's picture", who: "longtan", method: "GET", path: "/labels/preview?lot={box}&sheet=a4-24", status: 404,
		never: []string{"<svg"}},
	{name: "a picture of no layout", who: "park", method: "GET", path: "/labels/preview?lot={box}&sheet=x", status: 422,
		want: []string{`"field":"sheet"`}},
	{name: "layouts", who: "longtan", method: "GET", path: "/labels/sheets", status: 200,
		want: []string{`"id":"a4-24"`, `"perPage":24`, "70×37", `"roll":true`}},
}

// TestLabels: the labels that each caller may print, and the answers.
func TestLabels(t *testing.T) {
	c := newBoxes(t)
	void := c.recordReport("zhongyuan", "/harvests", `{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":3}]}`)
	c.recordReport("zhongyuan", "/corrections", fmt.Sprintf(`{"event":"%d","reason":"多记一笔"}`, void.Seq))
	recalled := c.recordHarvest("7")
	c.recordReport("bureau", "/statuses", `{"action":"recall","reason":"抽检不合格","lots":["`+recalled+`"]}`)
	c.mustSend("admin", "POST /products", `{"id":"piece","name":"单个柚子","unit":"个","chain":"pomelo","netMass":1.2}`, 201)
	many := c.recordReport("zhongyuan", "/transformations", `{"place":"plot-1","inputs":[{"lot":"`+c.fruit+
		`","quantity":200}],"outputs":[{"product":"piece","quantity":150}]}`).Lots[0].Key
	second, _ := c.issueSerials("zhongyuan", many, 150)
	names := strings.NewReplacer("{box}", c.box, "{fruit}", c.fruit, "{other}", c.other, "{batch}", c.batch, "{none}", trace.NewKey(),
		"{1}", c.codes[0],
		"{void}", void.Lots[0].Key, "{recalled}", recalled, "{second}", second)
	for _, s := range labelScenarios {
		if s.method == "" {
			s.method, s.path = "POST", "/labels"
		}
		t.Run(s.name, func(t *testing.T) { s.run(t, c.county, names) })
	}
	for _, code := range c.codes {
		if strings.Contains(c.log.String(), code) {
			t.Errorf("the log holds the code %s", code)
		}
	}
}

// TestLabelsAgain: the same request under the same id is the same file, and no other record.
func TestLabelsAgain(t *testing.T) {
	c := newBoxes(t)
	body := `{"batch":"` + c.batch + `","sheet":"a4-40","from":1,"to":3}`
	first := c.sendRequest("zhongyuan", "POST", "/labels", body, "Idempotency-Key", "print-1")
	again := c.sendRequest("zhongyuan", "POST", "/labels", body, "Idempotency-Key", "print-1", "Accept-Language", "en")
	if first.status != 201 || again.status != 200 || !bytes.Equal(first.body, again.body) {
		t.Errorf("first %d with %d bytes, again %d with %d", first.status, len(first.body), again.status, len(again.body))
	}
	if a, b := first.header.Get("Yousang-Seq"), again.header.Get("Yousang-Seq"); a == "" || a != b {
		t.Errorf("records %q and %q", a, b)
	}
	if got := first.header.Get("Yousang-Reprint") + again.header.Get("Yousang-Reprint"); got != "falsefalse" {
		t.Errorf("reprint: %s", got)
	}
	r := c.sendRequest("zhongyuan", "POST", "/labels", strings.Replace(body, "}", `,"reason":"换标签纸"}`, 1))
	if r.status != 201 || r.header.Get("Yousang-Reprint") != "true" {
		t.Errorf("printed again: %d %v", r.status, r.header)
	}
	if other := c.sendRequest("zhongyuan", "POST", "/labels", strings.Replace(body, "a4-40", "a4-24", 1), "Idempotency-Key",
		"print-1"); other.status != 409 {
		t.Errorf("another layout under the same id: %d %.300s", other.status, other.body)
	}
	if n := len(decodeAnswer[struct{ Items []any }](t, c.mustSend("zhongyuan", "GET /lots/"+c.box+"/prints", "", 200)).Items); n != 2 {
		t.Errorf("%d print runs on record, want 2", n)
	}
	c.recordReport("bureau", "/statuses", `{"action":"recall","reason":"抽检","lots":["`+c.box+`"]}`)
	if late := c.sendRequest("zhongyuan", "POST", "/labels", body, "Idempotency-Key", "print-1"); late.status != 409 {
		t.Errorf("labels of a lot recalled since: %d", late.status)
	}
}

// TestLabelText: a label says what the ledger knows, and nothing of a family's plot.
func TestLabelText(t *testing.T) {
	c := newBoxes(t)
	c.mustSend("admin", "POST /organisations", `{"id":"zhongyuan","kind":"cooperative","name":"中元柚子合作社","nameEn":"Zhongyuan Pomelo Co-op",
		"tier":"village","contact":"023-12345678"}`, 201)

	c.mustSend("admin", "POST /products", `{"id":"fruit","name":"柚子鲜果","nameEn":"Fresh pomelo","unit":"kg","chain":"pomelo",
		"certificate":true}`, 201)

	for _, test := range []struct {
		name, body  string
		want, never []string
	}{
		{"a lot", `{"lot":"` + c.box + `","sheet":"a4-10"}`, []string{trace.GroupKey(c.box), "箱装柚子", "一级", "20 箱", "中元村", "2026年11月11日",
			"中元柚子合作社"}, []string{"一号地", "承诺达标合格证", "G-017"}},
		{"an item", `{"batch":"` + c.batch + `","from":2,"to":2,"sheet":"a4-10"}`,
			[]string{trace.GroupKey(c.codes[1]), trace.GroupKey(c.box), "10 千克"},
			[]string{"20 箱", trace.GroupKey(c.codes[0]), trace.GroupKey(c.codes[2])}},
		{"a certificate", `{"lot":"` + c.fruit + `","sheet":"a4-10","basis":["own_test"]}`,
			[]string{"承诺达标合格证", "500 千克", "023-12345678", "2026年11月20日", "中元村"}, []string{"一号地"}},
		{"in English", `{"lot":"` + c.fruit + `","sheet":"a4-10","lang":"en"}`, []string{"Fresh pomelo", "500 kg"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.sendRequest("zhongyuan", "POST", "/labels", test.body)
			if r.status != 201 || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
				t.Fatalf("%d %.300s", r.status, r.body)
			}
			text := readText(t, r.body)
			if text == "" {
				return
			}
			for _, w := range test.want {
				if !strings.Contains(joinWords(text), joinWords(w)) {
					t.Errorf("%q is not in %q", w, text)
				}
			}
			for _, w := range test.never {
				if strings.Contains(joinWords(text), joinWords(w)) {
					t.Errorf("%q is in %q", w, text)
				}
			}
		})
	}
}

// TestBasisIsRecorded: what a promise rests on is kept with it; a label that promises nothing has none.
func TestBasisIsRecorded(t *testing.T) {
	c := newBoxes(t)
	c.mustSend("admin", "POST /products", `{"id":"fruit","name":"柚子鲜果","unit":"kg","chain":"pomelo","certificate":true}`, 201)
	for lot, want := range map[string]bool{c.fruit: true, c.box: false} {
		c.mustSend("zhongyuan", "POST /labels", `{"lot":"`+lot+`","sheet":"a4-10","basis":["own_test"]}`, 201)
		if got := string(c.mustSend("zhongyuan", "GET /lots/"+lot+"/prints", "", 200)); strings.Contains(got, `"basis":["own_test"]`) != want {
			t.Errorf("prints of %s: %s", lot, got)
		}
	}
}

// joinWords is a text without white space: a label breaks lines at any place.
func joinWords(s string) string { return strings.Join(strings.Fields(s), "") }

// TestLabelWarnings: a certificate without a way to reach the organisation that promises is warned about.
func TestLabelWarnings(t *testing.T) {
	c := newBoxes(t)
	c.mustSend("admin", "POST /products", `{"id":"fruit","name":"柚子鲜果","unit":"kg","chain":"pomelo","certificate":true}`, 201)
	if got := c.sendRequest("zhongyuan", "POST", "/labels",
		`{"lot":"`+c.fruit+`","sheet":"a4-10"}`).header.Get("Yousang-Warning"); !strings.Contains(got, "no_contact") {
		t.Errorf("warnings %q", got)
	}
	if got := c.sendRequest("zhongyuan", "POST", "/labels",
		`{"lot":"`+c.box+`","sheet":"a4-10"}`).header.Get("Yousang-Warning"); got != "placeholder_address" {
		t.Errorf("warnings %q", got)
	}
}

// TestManyLabels: more labels than a roll has come in one file.
func TestManyLabels(t *testing.T) {
	c := newBoxes(t)
	r := c.sendRequest("zhongyuan", "POST", "/labels", `{"batch":"`+c.batch+`","sheet":"roll-60x40","copies":500}`)
	if r.status != 201 || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
		t.Fatalf("%d %.300s", r.status, r.body)
	}
	if n := bytes.Count(r.body, []byte("/Type/Page/")); n != 6000 {
		t.Errorf("%d pages of 12 labels 500 times, want 6000", n)
	}
}
