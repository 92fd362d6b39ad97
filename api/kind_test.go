package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web"
)

// note is the body of a kind of record that only the tests know: a remark about a lot, for everybody or for whoever may see the lot.
type note struct {
	ID     string `json:"id"`
	Lot    string `json:"lot"`
	Text   string `json:"text"`
	Public bool   `json:"public"`
}

var noteKind = trace.KindOf[note]{
	Name: "note", Number: 255,
	Names: func(v *note) (changes, refersTo []string) { return []string{v.ID}, []string{v.Lot} },
	Judge: func(_ *trace.Ledger, v *note, _ trace.Actor) error {
		if v.Text == "" {
			return trace.E(trace.Invalid, trace.CodeRequired, "text")
		}
		return nil
	},
	Lots:       func(_ *trace.Ledger, v *note) []string { return []string{v.Lot} },
	Visibility: trace.VisibleWithLots(func(v *note) []string { return []string{v.Lot} }),
	PageWords: func(_ *trace.Ledger, v *note) (trace.PageLine, bool) {
		return trace.PageLine{Values: []any{"Text", v.Text}}, v.Public
	},
	EPCIS: func(v *note, r *trace.Record) (*trace.Event, bool) {
		return &trace.Event{Type: trace.ObjectEvent, Action: "OBSERVE", BizStep: trace.StepInspecting, Time: trace.NewTime(r.RecordTime),
			Offset: "+08:00", Quantities: []trace.EventQuantity{{Class: v.Lot}},
			Evidence: []trace.Attribute{{Name: "note", Value: v.Text}}}, v.Public
	},
}.Register()

// TestANewKindOfRecord: a kind that is registered in one place is recorded, replayed, kept by the store, listed, shown to those who may see
// its lots and counted.
func TestANewKindOfRecord(t *testing.T) {
	kinds, err := trace.StandardKinds().With(noteKind)
	if err != nil {
		t.Fatal(err)
	}
	c := newCountyOfKinds(t, kinds, func(*server.Options) {})
	lot := c.recordHarvest("100")
	writer := trace.Actor{Org: namespace + "/org/zhongyuan", Role: trace.Operator, User: "test"}
	ctx := context.Background()
	v := note{ID: namespace + "/note/one", Lot: namespace + "/lot/" + lot, Text: "雨前采收"}
	res, err := c.rec.PutRecord(ctx, writer, "", "note", v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.rec.PutRecord(ctx, writer, "", "note", note{ID: v.ID, Lot: v.Lot}); !trace.IsCode(err, trace.CodeRequired) {
		t.Errorf("a note without a text: %v", err)
	}

	c.checkNoteSeen(v, res.Record.Seq)
	found, err := c.rec.FindRecords(ctx, trace.Query{Kinds: []trace.RecordKind{"note"}, Lots: []string{v.Lot}})
	if err != nil || len(found) != 1 {
		t.Errorf("notes of the lot in the store: %d, %v", len(found), err)
	}
	again := trace.NewLedgerOf(kinds)
	if err := again.Replay(ctx, c.rec.Store); err != nil || again.Hash() != c.rec.Ledger.Hash() || again.Stats().Records["note"] != 1 {
		t.Errorf("replayed: %v, %+v", err, again.Stats())
	}
	if err := trace.NewLedger().Replay(ctx, c.rec.Store); !trace.IsCode(err, trace.CodeBadCheck) {
		t.Errorf("replayed by a program that does not know the kind: %v", err)
	}
}

// checkNoteSeen: the note is listed and shown to the organisation that may see its lot and to the bureau.
func (c *county) checkNoteSeen(v note, seq int64) {
	c.t.Helper()
	var page struct {
		Items []struct {
			Seq  int64
			Kind string
			Body note
		}
	}
	for who, want := range map[string]int{"zhongyuan": 1, "longtan": 0, "bureau": 1} {
		decodeInto(c.t, c.mustSend(who, "GET /events?kind=note", "", 200), &page)
		if len(page.Items) != want || want > 0 && (page.Items[0].Body != v || page.Items[0].Seq != seq) {
			c.t.Errorf("%s lists %+v, want %d notes", who, page.Items, want)
		}
	}
	one := fmt.Sprintf("/events/%d", seq)
	for who, want := range map[string]int{"zhongyuan": 200, "bureau": 200, "longtan": 404} {
		if got := c.sendRequest(who, "GET", one, "").status; got != want {
			c.t.Errorf("%s asks for the note: %d, want %d", who, got, want)
		}
	}
	if got := c.sendRequest("bureau", "GET", "/events?kind=notes", "").status; got != 422 {
		c.t.Errorf("a kind that is not registered: %d, want 422", got)
	}
}

// newCountyWithNotes is a county whose log may have notes, and whose catalogs have the words of a note on a page.
func newCountyWithNotes(t *testing.T) *county {
	t.Helper()
	kinds, err := trace.StandardKinds().With(noteKind)
	if err != nil {
		t.Fatal(err)
	}
	catalogs := fstest.MapFS{}
	for lang, words := range map[string]string{"zh-CN": "{{.Who}}备注：{{.Text}}", "en": "{{.Who}} notes: {{.Text}}"} {
		name := "messages." + lang + ".json"
		text, err := os.ReadFile("../internal/locale/" + name)
		if err != nil {
			t.Fatal(err)
		}
		begin := fmt.Sprintf("{\n  %q: %q,", "page.kind.note", words)
		catalogs[name] = &fstest.MapFile{Data: bytes.Replace(text, []byte("{"), []byte(begin), 1)}
	}
	printer, err := locale.Load(catalogs)
	if err != nil {
		t.Fatal(err)
	}
	return newCountyWithPages(t, kinds, printer)
}

// newCountyWithPages is a county whose server has the pages too, in the words of a catalog; nil means the kinds and the words of the
// program.
func newCountyWithPages(t *testing.T, kinds *trace.KindTable, words *locale.Printer) *county {
	t.Helper()
	var pages error
	c := newCountyOfKinds(t, kinds, func(o *server.Options) {
		o.Web = func(router fiber.Router) {
			pages = web.Register(router, web.Deps{App: o.App, Words: words, PublicURL: publicURL})
		}
	})
	if pages != nil {
		t.Fatal(pages)
	}
	return c
}

// recordNote records a note of the cooperative about a lot.
func (c *county) recordNote(lot, text string, public bool) trace.Record {
	c.t.Helper()
	writer := trace.Actor{Org: namespace + "/org/zhongyuan", Role: trace.Operator, User: "test"}
	v := note{ID: namespace + "/note/" + trace.Clip(text), Lot: lot, Text: text, Public: public}
	res, err := c.rec.PutRecord(context.Background(), writer, "", "note", v)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.Record
}

// readLotPage gives the public page of a lot.
func (c *county) readLotPage(lot, lang string) string {
	c.t.Helper()
	req := httptest.NewRequest("GET", "/trace/"+trace.KeyOf(lot)+"?lang="+lang, nil)
	r := c.sendHTTP(req)
	if r.status != 200 {
		c.t.Fatalf("page of %s: %d", lot, r.status)
	}
	return string(r.body)
}

// TestAKindHasWordsOnThePage: a record that its kind calls public is a line in the history of its lot and of what was made of the lot, also
// on a page that was kept before, and after a replay. Other records are never told.
func TestAKindHasWordsOnThePage(t *testing.T) {
	c := newCountyWithNotes(t)
	lot := namespace + "/lot/" + c.recordHarvest("100")
	other := namespace + "/lot/" + c.recordHarvest("40")
	juice := c.recordReport("zhongyuan", "/transformations", fmt.Sprintf(`{"time":"2026-11-11T08:00:00+08:00","place":"plot-1",
		"inputs":[{"lot":%q,"quantity":50}],"outputs":[{"product":"cull","quantity":50}]}`, trace.KeyOf(lot))).Lots[0].Lot
	pages := []string{lot, other, juice}
	for _, id := range pages {
		if page := c.readLotPage(id, "zh"); strings.Contains(page, "备注") {
			t.Fatalf("a note before there is one: %s", page)
		}
	}
	hidden := c.recordNote(lot, "价格另议", false)
	r := c.recordNote(lot, "雨前采收，电话 13812345678", true)
	line := "中元柚子合作社备注：雨前采收，电话 …"
	for i, id := range pages {
		page := c.readLotPage(id, "zh")
		if got := strings.Count(page, line); got != []int{1, 0, 1}[i] {
			t.Errorf("page %d has the line %d times", i, got)
		}
		if strings.Contains(page, "价格另议") || strings.Contains(page, "13812345678") {
			t.Errorf("page %d tells what is not public", i)
		}
	}
	if page := c.readLotPage(lot, "en"); !strings.Contains(page, "中元柚子合作社 notes: 雨前采收") {
		t.Error("no line on the English page")
	}

	again := trace.NewLedgerOf(c.rec.Ledger.Kinds())
	if err := again.Replay(context.Background(), c.rec.Store); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*trace.Ledger{c.rec.Ledger, again} {
		v, err := l.Lot(lot, 0)
		if err != nil || !slices.Equal(v.PageRecords, []int64{hidden.Seq, r.Seq}) || v.PageSeq != r.Seq || slices.Contains(v.Events, r.Seq) {
			t.Errorf("%v of %d, events %v, %v; want record %d", v.PageRecords, v.PageSeq, v.Events, err, r.Seq)
		}
	}
}

// TestAKindWithoutPublicWords: even a record about a lot is on no page where its kind does not say so.
func TestAKindWithoutPublicWords(t *testing.T) {
	l := trace.NewLedger()
	for _, k := range l.Kinds().List() {
		if k.OnPage && k.Name != trace.KindEvent {
			continue // the kind says so
		}
		if line, public, err := l.PageLine(&trace.Record{Kind: k.Name, Body: []byte("{}")}); public || err != nil {
			t.Errorf("a record of the kind %s has a line: %+v, %v", k.Name, line, err)
		}
	}
	if _, public, err := l.PageLine(&trace.Record{Kind: "note", Body: []byte("{}")}); public || err != nil {
		t.Errorf("a record of an unknown kind has a line: %v", err)
	}
}

// TestAKindHasAnEPCISForm: an export has the record as a valid event with the hash as its id, in the order of the log, beside the events.
func TestAKindHasAnEPCISForm(t *testing.T) {
	c := newCountyWithNotes(t)
	lot := namespace + "/lot/" + c.recordHarvest("100")
	c.recordNote(lot, "价格另议", false)
	c.recordNote(lot, "雨前采收", true)
	c.recordHarvest("40")

	doc := c.exportEvents(c.rec.Ledger.Kinds())
	if err := doc.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(doc.Events) != 3 {
		t.Fatalf("%d events, want 3", len(doc.Events))
	}
	event := doc.Events[1]
	if err := epcis.Validate(event, doc.Context); err != nil {
		t.Error(err)
	}
	ev, err := trace.ParseEvent(event)
	if err != nil {
		t.Fatal(err)
	}
	id, err := epcis.EventID(event, doc.Context)
	if err != nil || ev.EventID != id || ev.Quantities[0].Class != lot || ev.Evidence[0].Value != "雨前采收" || !ev.Time.Equal(now) {
		t.Errorf("%s, want the id %s, %v", event, id, err)
	}

	only := c.exportEvents(trace.StandardKinds())
	if len(only.Events) != 2 || !bytes.Equal(only.Events[0], doc.Events[0]) || !bytes.Equal(only.Events[1], doc.Events[2]) {
		t.Errorf("without the kind: %d events", len(only.Events))
	}
	var rows bytes.Buffer
	if err := epcis.WriteCSV(&rows, app.ReadEvents(t.Context(), c.rec.Store, c.rec.Ledger.Kinds())); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(rows.String(), ",inspecting,object,"+lot+","); got != 1 {
		t.Errorf("the note has %d rows:\n%s", got, rows.String())
	}
}

// exportEvents exports the log and reads the document as a partner does.
func (c *county) exportEvents(kinds *trace.KindTable) *epcis.Document {
	c.t.Helper()
	var text bytes.Buffer
	next := app.ReadEvents(c.t.Context(), c.rec.Store, kinds)
	err := epcis.WriteDocument(&text, epcis.Header{Namespace: namespace, Created: now}, func() ([]byte, error) {
		r, err := next()
		return r.Body, err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	doc, err := epcis.ReadDocument(&text, 1<<20)
	if err != nil {
		c.t.Fatal(err)
	}
	return doc
}

// TestAKindWithoutVisibilityIsRefused: a kind has to say who may see its records, before there can be one.
func TestAKindWithoutVisibilityIsRefused(t *testing.T) {
	silent := trace.KindOf[note]{Name: "note", Number: 255}.Register()
	if _, err := trace.StandardKinds().With(silent); err == nil {
		t.Error("the kind was registered")
	}
	l := trace.NewLedger()
	for _, role := range []trace.Role{trace.Operator, trace.Bureau, trace.Admin} {
		if body, ok := l.See(trace.Actor{Role: role, Org: "x"}, &trace.Record{Kind: "note", Org: "x", Body: []byte("{}")}); ok || body != nil {
			t.Errorf("%s sees a record of a kind that is not registered", role)
		}
	}
}

func decodeInto(t testing.TB, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}
