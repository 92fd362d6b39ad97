package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

func TestRepeat(t *testing.T) {
	c := newCounty(t)
	lot := c.recordHarvest("100")
	send := `{"to":"factory","lots":[{"lot":"` + lot + `"}]}`
	first := c.recordReport("zhongyuan", "/shipments", send, "Idempotency-Key", "phone-1")
	for _, again := range []struct {
		name, body string
		headers    []string
	}{
		{"in the header", send, []string{"Idempotency-Key", "phone-1"}},
		{"in the body", `{"id":"phone-1","lots":[{"lot":"` + lot + `"}],"to":"factory"}`, nil},
		{"in both", `{"id":"phone-1", "to":"factory", "lots":[{"lot":"` + lot + `"}]}`, []string{"Idempotency-Key", "phone-1"}},
	} {
		t.Run(again.name, func(t *testing.T) {
			r := c.sendRequest("zhongyuan", "POST", "/shipments", again.body, again.headers...)
			got := decodeAnswer[made](t, r.body)
			if r.status != 200 || !got.Repeat || got.Seq != first.Seq || got.Shipment != first.Shipment ||
				r.header.Get("Yousang-Seq") != fmt.Sprint(first.Seq) {
				t.Errorf("status %d, %+v; the first was %+v", r.status, got, first)
			}
		})
	}
	for _, s := range []scenario{
		{name: "other content", body: `{"to":"park","lots":[{"lot":"` + lot + `"}]}`, headers: []string{"Idempotency-Key", "phone-1"},
			status: 409, want: []string{`"code":"id_reused"`}},
		{name: "two ids", body: `{"id":"phone-2","to":"factory","lots":[{"lot":"` + lot + `"}]}`,
			headers: []string{"Idempotency-Key", "phone-1"}, status: 422, want: []string{`"field":"id"`}},
		{name: "another id", body: send, headers: []string{"Idempotency-Key", "phone-3"}, status: 403, want: []string{`"code":"not_holder"`}},
	} {
		s.who, s.method, s.path = "zhongyuan", "POST", "/shipments"
		t.Run(s.name, func(t *testing.T) { s.run(t, c, strings.NewReplacer()) })
	}
	if got := decodeAnswer[made](t, c.mustSend("longtan", "POST /harvests", `{"id":"phone-1","place":"plot-2","lots":[{"product":"fruit",
		"quantity":1}]}`, 201)); got.Repeat {
		t.Error("an id of one organisation was taken for another's")
	}
}

// TestRepeatTogether: a phone that sends twice at the same moment records once.
func TestRepeatTogether(t *testing.T) {
	c := newCounty(t)
	answers := make([]reply, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = c.sendRequest("zhongyuan", "POST", "/harvests", `{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":7}]}`,
				"Idempotency-Key", "same")
		})
	}
	wg.Wait()
	created := 0
	for _, a := range answers {
		got, first := decodeAnswer[made](t, a.body), decodeAnswer[made](t, answers[0].body)
		if a.status == 201 {
			created++
		}
		if got.Seq != first.Seq || len(got.Lots) != 1 || got.Lots[0] != first.Lots[0] {
			t.Errorf("answer %d %s, the first was %s", a.status, a.body, answers[0].body)
		}
	}
	if created != 1 {
		t.Errorf("created %d times, want once", created)
	}
}

type batchAnswer struct {
	Results []struct {
		Status int
		Answer *made
		Error  *problem
	}
}

func (c *county) sendBatch(who string, items ...string) batchAnswer {
	c.t.Helper()
	return decodeAnswer[batchAnswer](c.t, c.mustSend(who, "POST /batch", `{"items":[`+strings.Join(items, ",")+`]}`, 200))
}

func TestBatch(t *testing.T) {
	c := newCounty(t)
	k1, k2, sh := trace.NewKey(), trace.NewKey(), trace.NewKey()
	items := []string{
		`{"type":"work","id":"w","body":{"season":"plot-1-2026","kind":"fertilise","agent":"有机肥","time":"2026-03-01T08:00:00+08:00"}}`,
		`{"type":"harvest","id":"a","body":{"season":"plot-1-2026","time":"2026-11-10T08:00:00+08:00","lots":[{"product":"fruit",
			"quantity":100,"key":"` + k1 + `"}]}}`,
		`{"type":"harvest","id":"b","body":{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":-1}]}}`,
		`{"type":"transformation","body":{"place":"plot-1","time":"2026-11-11T08:00:00+08:00","inputs":[{"lot":"` + k1 +
			`","quantity":60}],"outputs":[{"product":"fruit","quantity":55,"key":"` + k2 + `"}]}}`,
		`{"type":"loss","body":{"time":"2026-11-12T08:00:00+08:00","reason":"腐烂","lots":[{"lot":"` + k1 + `"}]}}`,
		`{"type":"shipment","body":{"key":"` + sh + `","to":"factory","time":"2026-11-13T08:00:00+08:00","lots":[{"lot":"` + k2 + `"}]}}`,
		`{"type":"shipment","body":{"to":"factory","lots":[{"lot":"` + k1 + `","quantity":1}]}}`,
	}
	got := c.sendBatch("zhongyuan", items...)
	want := []int{201, 201, 422, 201, 201, 201, 409}
	for i, r := range got.Results {
		if r.Status != want[i] || (r.Answer == nil) != (want[i] >= 400) || (r.Error == nil) != (want[i] < 400) {
			t.Errorf("item %d: %+v %+v %+v, want %d", i, r.Status, r.Answer, r.Error, want[i])
		}
	}
	if e := got.Results[2].Error; e == nil || e.Code != "bad_quantity" || e.Field != "lots[0].quantity" || e.Detail == "" {
		t.Errorf("the bad row: %+v", e)
	}
	if e := got.Results[6].Error; e == nil || e.Code != "insufficient" {
		t.Errorf("nothing is left of the lot, but %+v", e)
	}
	again := c.sendBatch("zhongyuan", items[:2]...)
	for i, r := range again.Results {
		if r.Status != 200 || !r.Answer.Repeat || r.Answer.Seq != got.Results[i].Answer.Seq {
			t.Errorf("sent again, item %d: %+v %+v", i, r.Status, r.Answer)
		}
	}
	received := c.sendBatch("factory", `{"type":"receipt","body":{"place":"factory-site","shipment":"`+sh+`"}}`,
		`{"type":"transformation","body":{"place":"factory-site","inputs":[{"lot":"`+k2+`"}],"outputs":[{"product":"juice","quantity":20}]}}`)
	for i, r := range received.Results {
		if r.Status != 201 {
			t.Errorf("received, item %d: %+v", i, r.Error)
		}
	}
}

func TestBatchRefused(t *testing.T) {
	c := newCounty(t)
	many := make([]string, 1001)
	for i := range many {
		many[i] = `{"type":"harvest","body":{}}`
	}
	for _, s := range []scenario{
		{name: "empty", body: `{"items":[]}`, status: 422, want: []string{`"field":"items"`}},
		{name: "an item's member twice", body: `{"items":[{"type":"harvest","body":{},"type":"loss"}]}`, status: 400,
			want: []string{`"code":"malformed"`, `"field":"items[0].type"`}},
		{name: "no body", body: `{"items":[{"type":"harvest"}]}`, status: 422, want: []string{`"field":"items[0].body"`}},
		{name: "unknown field", body: `{"items":[{"type":"harvest","body":{},"x":1}]}`, status: 400, want: []string{`"field":"items[0].x"`}},
		{name: "too many", body: `{"items":[` + strings.Join(many, ",") + `]}`, status: 413,
			want: []string{`"code":"too_large"`, `"limit":"1000"`}},
		{name: "too large", body: `{"items":[{"type":"harvest","body":"` + strings.Repeat("a", 8<<20) + `"}]}`, status: 413},
	} {
		s.who, s.method, s.path = "zhongyuan", "POST", "/batch"
		t.Run(s.name, func(t *testing.T) { s.run(t, c, strings.NewReplacer()) })
	}
	good := `{"type":"harvest","body":{"season":"plot-1-2026","lots":[{"product":"fruit","quantity":1}]}}`
	got := c.sendBatch("zhongyuan", `{"type":"harvest","body":null}`, `{"type":"harvest","body":[]}`, `{"type":"harvest","body":{"x":1}}`,
		`{"type":"party","body":{}}`,
		`{"type":"","body":{}}`, `{"body":{}}`, `{"type":"loss","body":{"reason":"a","reason":"b","lots":[]}}`, good)
	for i, want := range []string{"required lots", "bad_value ", "unknown_field x", "bad_value type", "required type", "required type",
		"malformed reason"} {
		if e := got.Results[i].Error; e == nil || e.Code+" "+e.Field != want {
			t.Errorf("item %d: %+v, want %s", i, e, want)
		}
	}
	if r := got.Results[7]; r.Status != 201 {
		t.Errorf("the good item: %d %+v", r.Status, r.Error)
	}
}

func TestKeys(t *testing.T) {
	c := newCounty(t)
	made := decodeAnswer[struct{ ID, Token, Org, Role string }](t, c.mustSend("admin", "POST /keys",
		`{"org":"park","role":"operator","label":"磅房手机"}`, 201))
	c.keys["phone"] = made.Token
	if got := string(c.mustSend("phone", "GET /me", "", 200)); !strings.Contains(got, made.ID) {
		t.Errorf("me: %s", got)
	}
	c.mustSend("park", "DELETE /keys/"+made.ID, "", 403)
	c.mustSend("admin", "DELETE /keys/"+made.ID, "", 204)
	c.mustSend("phone", "GET /me", "", 401)
	c.mustSend("admin", "DELETE /keys/nobody", "", 404)
	c.mustSend("admin", "POST /keys", `{"org":"nobody","role":"operator"}`, 422)
	c.mustSend("admin", "POST /keys", `{"org":"park","role":"king"}`, 422)
	c.mustSend("park", "POST /keys", `{"org":"park","role":"admin"}`, 403)
	if strings.Contains(c.log.String(), made.Token) {
		t.Error("the log holds a key")
	}
}

// TestQuestion: an unusual report is recorded with a question in the caller's language.
func TestQuestion(t *testing.T) {
	c := newCounty(t)
	lot := c.recordHarvest("1000")
	body := `{"place":"plot-1","step":"pomelo/juice","inputs":[{"lot":"` + lot +
		`","quantity":100}],"outputs":[{"product":"juice","quantity":2}]}`
	zh := c.recordReport("zhongyuan", "/transformations", body)
	if len(zh.Questions) == 0 {
		t.Fatal("no question about 2 kg of juice out of 100 kg of fruit")
	}
	got := string(c.mustSend("zhongyuan", "GET /lots/"+zh.Lots[0].Key, "", 200, english...))
	for _, q := range zh.Questions {
		if q.Sentence == "" || q.Code == "" {
			t.Errorf("question %+v", q)
		}
		quoted, err := json.Marshal(q.Sentence)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got, string(quoted)) {
			t.Errorf("the English answer speaks Chinese: %s", q.Sentence)
		}
	}
	if !strings.Contains(got, `"sentence":"`) {
		t.Errorf("no sentence in %s", got)
	}
	listed := string(c.mustSend("zhongyuan", "GET /lots?question=true", "", 200))
	if !strings.Contains(listed, zh.Lots[0].Key) {
		t.Errorf("lots with questions: %s", listed)
	}
}
