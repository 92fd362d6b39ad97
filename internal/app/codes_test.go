package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// shop is a ledger with lots of jars of two co-operatives, and one of boxes that have a GTIN.
type shop struct {
	*app.App
	t                  *testing.T
	jars, other, boxes string
}

const gtin = "06912345678902"

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{App: openLedger(t, filepath.Join(t.TempDir(), "ledger.db")), t: t}
	for _, p := range []trace.Product{{ID: s.CompleteID("product", "jar"), Name: "罐", Unit: trace.Piece},
		{ID: s.CompleteID("product", "gift"), Name: "礼盒", Unit: trace.Box, GTIN: gtin}} {
		if _, err := s.PutMasterData(t.Context(), app.System, p); err != nil {
			t.Fatal(err)
		}
	}
	make := func(org, product string, n int64) string {
		return recordReport(t, s.App, org, &app.Harvest{Lots: []app.NewLot{{Product: product, Quantity: trace.Whole(n)}}}).Lots[0]
	}
	s.jars, s.other, s.boxes = make("coop", "jar", 20), make("works", "jar", 20), make("coop", "gift", 20)
	return s
}

// issueSerials is a batch that was accepted, with its codes.
func (s *shop) issueSerials(org, lot string, count int64) (trace.BatchView, []string) {
	s.t.Helper()
	_, err := s.IssueSerials(s.t.Context(), newOperator(s.App, org), "", app.SerialReport{Lot: lot, Count: count, Regions: []string{"50"}})
	if err != nil {
		s.t.Fatal(err)
	}
	if lot, err = s.ResolveLot(lot); err != nil {
		s.t.Fatal(err)
	}
	list := s.Ledger.SerialBatches(lot)
	b := list[len(list)-1]
	seq, err := s.Serials.MakeSerials(s.t.Context(), b.Key, b.First, b.Count)
	if err != nil {
		s.t.Fatal(err)
	}
	return b, slices.Collect(seq)
}

func (s *shop) checkRefusal(what string, err error, code trace.Code, field string) {
	s.t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Code != code || e.Field != field {
		s.t.Errorf("%s: %v, want %s at %q", what, err, code, field)
	}
}

// TestItem: an item is found by every way to name it.
func TestItem(t *testing.T) {
	s := newShop(t)
	s.issueSerials("coop", s.jars, 5) // so that the batch is not the first
	box, codes := s.issueSerials("coop", s.boxes, 5)
	code, key := codes[2], trace.KeyOf(s.boxes)
	for _, row := range []struct{ name, of, code string }{
		{"alone", "", code},
		{"typed", "", strings.ToLower(code[:4] + " " + code[4:8] + "-" + code[8:])},
		{"of its lot", s.boxes, code},
		{"of its lot's key", key, code},
		{"of its lot's address", "https://shop.example/01/" + gtin + "/10/" + key, code},
		{"of its product", s.CompleteID("product", "gift"), code},
		{"of its product's slug", "gift", code},
		{"of its product's address", "https://shop.example/product/gift", code},
		{"of its GTIN", gtin, code},
		{"of its GTIN's address", "https://shop.example/01/" + gtin, code},
		{"as an address", "", "https://shop.example/01/" + gtin + "/10/" + key + "/21/" + code},
		{"as an address without the lot", "", "https://shop.example/01/" + gtin + "/21/" + code + "/"},
		{"as its identifier", "", trace.ItemURI(s.boxes, code)},
		{"as an address with a query", "", "https://shop.example/01/" + gtin + "/10/" + key + "/21/" + code + "/?lang=zh#lot"},
		{"as the address of its page", "", "https://shop.example/trace/" + key + "/" + code + "?lang=zh"},
	} {
		v, err := s.FindItem(t.Context(), row.of, row.code)
		if err != nil || v.Batch.ID != box.ID || v.Ordinal != 3 || v.State != trace.SerialPrinted {
			t.Errorf("%s: %+v, %v", row.name, v, err)
		}
	}
}

// TestNoItem: a code that is no item's, or an item's of something else, is refused, also after the secret key has changed.
func TestNoItem(t *testing.T) {
	s := newShop(t)
	_, first := s.issueSerials("coop", s.jars, 5)
	_, codes := s.issueSerials("coop", s.boxes, 5)
	code := codes[2]
	unissued, err := s.Serials.MakeSerial(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Serials.RotateKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	otherKey, err := s.Serials.MakeSerial(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, of, code string
		want           trace.Code
		field          string
	}{
		{"too short", "", code[1:], trace.CodeBadKey, "serial"},
		{"made up", "", "0ABCDEFGHJKM", trace.CodeNotIssued, "serial"},
		{"never issued", "", unissued, trace.CodeNotIssued, "serial"},
		{"of a key the batch was not made with", "", otherKey, trace.CodeNotIssued, "serial"},
		{"of another lot", s.jars, code, trace.CodeNotIssued, "serial"},
		{"of another product", "jar", code, trace.CodeNotIssued, "serial"},
		{"of a GTIN that is another's", gtin, first[0], trace.CodeNotIssued, "serial"},
		{"as the address of another lot", "", "https://shop.example/lot/" + trace.KeyOf(s.jars) + "/21/" + code, trace.CodeNotIssued, "serial"},
		{"as the page of another lot", "", "https://shop.example/trace/" + trace.KeyOf(s.jars) + "/" + code, trace.CodeNotIssued, "serial"},
		{"of an unknown lot", "222222222222", code, trace.CodeUnknownLot, "lot"},
		{"of no lot at all", "https://shop.example/01/99999999999999", code, trace.CodeUnknownLot, "lot"},
	} {
		_, err := s.FindItem(t.Context(), row.of, row.code)
		s.checkRefusal(row.name, err, row.want, row.field)
	}
	s2, _ := s.issueSerials("coop", s.jars, 5)
	if s2.Key != 1 {
		t.Errorf("key of a batch after the rotation = %d", s2.Key)
	}
	if v, err := s.FindItem(t.Context(), s.jars, first[4]); err != nil || v.Ordinal != 5 {
		t.Errorf("a code of the first key after the rotation: %+v, %v", v, err)
	}
}

func TestIssueSerials(t *testing.T) {
	s := newShop(t)
	coop := newOperator(s.App, "coop")
	b, codes := s.issueSerials("coop", trace.KeyOf(s.jars), 8)
	if len(codes) != 8 || b.Lot != s.jars || b.Org != coop.Org || b.KeySum == "" || !slices.Equal(b.Regions, []string{"50"}) {
		t.Fatalf("batch = %+v", b)
	}
	rest, _ := s.issueSerials("coop", s.jars, 0) // one for each that has none
	if rest.Count != 12 {
		t.Errorf("the rest = %d, want 12", rest.Count)
	}
	_, err := s.IssueSerials(t.Context(), coop, "", app.SerialReport{Lot: s.jars})
	s.checkRefusal("when all have one", err, trace.CodeTooManySerials, "count")
	_, err = s.IssueSerials(t.Context(), coop, "", app.SerialReport{Lot: s.other, Count: 1})
	s.checkRefusal("of a lot one does not see", err, trace.CodeUnknownLot, "lot")
	_, err = s.IssueSerials(t.Context(), coop, "", app.SerialReport{Lot: recordHarvest(t, s.App, 5)})
	s.checkRefusal("of a heap", err, trace.CodeNoCount, "lot")
	admin := trace.Actor{Role: trace.Admin}
	if _, err = s.IssueSerials(t.Context(), admin, "", app.SerialReport{Lot: s.other, Count: 2, Org: "works"}); err != nil {
		t.Fatal(err)
	}
	if b := s.Ledger.SerialBatches(s.other)[0]; b.Org != s.CompleteID("org", "works") {
		t.Errorf("an administrator's batch = %+v", b)
	}
}

// TestTwoServersIssueAtOnce: both make the first key at the same moment. The second batch is refused, and accepted when sent again.
func TestTwoServersIssueAtOnce(t *testing.T) {
	s := newShop(t)
	coop := newOperator(s.App, "coop")
	issue := func() (trace.Command, error) {
		return s.SerialsCommand(t.Context(), coop, app.SerialReport{Lot: s.jars, Count: 3})
	}
	mine, err := issue()
	if err != nil {
		t.Fatal(err)
	}
	docs, err := s.Store.Documents(t.Context(), "serialKeys", "", 10)
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d keys, %v", len(docs), err)
	}
	if err := s.Store.DeleteDocument(t.Context(), docs[0].Collection, docs[0].ID); err != nil { // what the other server saw
		t.Fatal(err)
	}
	theirs, err := issue()
	mustSubmit(t, s.App, theirs, err)
	if err := s.Store.PutDocument(t.Context(), docs[0]); err != nil {
		t.Fatal(err)
	}
	_, err = s.SubmitOne(t.Context(), mine, nil)
	s.checkRefusal("the second", err, trace.CodeSerialKey, "key")
	again, err := issue()
	mustSubmit(t, s.App, again, err)
	list := s.Ledger.SerialBatches(s.jars)
	if len(list) != 2 || list[0].KeySum != list[1].KeySum {
		t.Fatalf("batches = %+v", list)
	}
	for index := range int64(6) {
		code, err := s.Serials.MakeSerial(t.Context(), 0, index)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := s.FindItem(t.Context(), s.jars, code); err != nil || v.Index != index {
			t.Errorf("%s is %+v, %v", code, v, err)
		}
	}
}

// TestChangeSerials: items are named by ordinals, by the ends of a row, or one by one.
func TestChangeSerials(t *testing.T) {
	s := newShop(t)
	coop := newOperator(s.App, "coop")
	b, codes := s.issueSerials("coop", s.jars, 10)
	_, more := s.issueSerials("coop", s.jars, 4)
	states := func() string {
		var out []string
		for _, v := range s.Ledger.SerialBatches(s.jars) {
			for _, r := range v.Runs {
				out = append(out, string(r.State[0])+strconv.FormatInt(r.To-r.From+1, 10))
			}
		}
		return strings.Join(out, " ")
	}
	change := func(in app.ChangeReport, want string) {
		t.Helper()
		if _, err := s.ChangeSerials(t.Context(), coop, "", in); err != nil {
			t.Fatal(err)
		}
		if got := states(); got != want {
			t.Errorf("states after %+v: %s, want %s", in, got, want)
		}
	}
	change(app.ChangeReport{State: trace.SerialActivated, Batch: trace.KeyOf(b.ID), From: 1, To: 2}, "a2 p8 p4")
	change(app.ChangeReport{State: trace.SerialActivated, First: codes[2], Last: trace.ItemURI(s.jars, codes[8])}, "a9 p1 p4")
	change(app.ChangeReport{State: trace.SerialActivated, Codes: []string{more[1], codes[9], more[0], more[1]}}, "a10 a2 p2")
	change(app.ChangeReport{State: trace.SerialVoided, Batch: b.ID, Reason: " 召回 "}, "v10 a2 p2")
}

// TestChangesRefused: items that are named in a wrong way are refused at the member that is wrong.
func TestChangesRefused(t *testing.T) {
	s := newShop(t)
	coop := newOperator(s.App, "coop")
	b, codes := s.issueSerials("coop", s.jars, 10)
	_, more := s.issueSerials("coop", s.jars, 4)
	_, theirs := s.issueSerials("works", s.other, 4)
	for _, row := range []struct {
		name  string
		in    app.ChangeReport
		code  trace.Code
		field string
	}{
		{"nothing named", app.ChangeReport{}, trace.CodeRequired, "batch"},
		{"a range without an end", app.ChangeReport{Batch: b.ID, From: 3}, trace.CodeRequired, "to"},
		{"a range without a beginning", app.ChangeReport{Batch: b.ID, To: 3}, trace.CodeRequired, "from"},
		{"an unknown batch", app.ChangeReport{Batch: "x"}, trace.CodeUnknownThing, "batch"},
		{"another's batch", app.ChangeReport{Batch: s.Ledger.SerialBatches(s.other)[0].ID}, trace.CodeUnknownThing, "batch"},
		{"another's code", app.ChangeReport{Codes: []string{codes[0], theirs[0]}}, trace.CodeNotIssued, "codes[1]"},
		{"a made-up code", app.ChangeReport{Codes: []string{"0ABCDEFGHJKM"}}, trace.CodeNotIssued, "codes[0]"},
		{"an empty code", app.ChangeReport{Codes: []string{" "}}, trace.CodeRequired, "codes[0]"},
		{"a torn code", app.ChangeReport{First: codes[0][:5], Last: codes[1]}, trace.CodeBadKey, "first"},
		{"only a first", app.ChangeReport{First: codes[0]}, trace.CodeRequired, "last"},
		{"only a last", app.ChangeReport{Last: codes[0]}, trace.CodeRequired, "first"},
		{"a row turned round", app.ChangeReport{First: codes[3], Last: codes[2]}, trace.CodeBadRow, "last"},
		{"a row over two batches", app.ChangeReport{First: codes[3], Last: more[0]}, trace.CodeBadRow, "last"},
		{"too many codes", app.ChangeReport{Codes: make([]string, 10_001)}, trace.CodeTooLarge, "codes"},
	} {
		row.in.State = trace.SerialActivated
		_, err := s.ChangeSerials(t.Context(), coop, "", row.in)
		s.checkRefusal(row.name, err, row.code, row.field)
	}
}

func TestPrintLabels(t *testing.T) {
	s := newShop(t)
	coop := newOperator(s.App, "coop")
	b, _ := s.issueSerials("coop", s.jars, 10)
	sentences, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	print := func(in app.LabelReport) error {
		_, err := s.PrintLabels(t.Context(), coop, "", app.LabelOrder{LabelReport: in, PublicURL: "https://shop.example", Locale: sentences})
		return err
	}
	one, two, three := int64(1), int64(2), int64(3)
	for _, in := range []app.LabelReport{
		{Lot: trace.KeyOf(s.jars), Sheet: "a4-24"}, {Batch: trace.KeyOf(b.ID), Sheet: "roll-40x30", From: &two, To: &three, Copies: &two},
		{Batch: b.ID, Sheet: "roll-40x30", Reason: " 卡纸 "},
	} {
		if err := print(in); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Ledger.Prints(s.jars)
	if len(got) != 3 || got[0].Copies != 1 || got[0].Batch != "" || got[1].Copies != 2 || got[1].From != 2 || got[2].From != 1 ||
		got[2].To != 10 ||
		got[2].Reason != "卡纸" || !got[2].Reprint || got[1].Reprint {
		t.Errorf("prints = %+v", got)
	}
	sheet := "a4-24"
	again := app.LabelReport{Batch: b.ID, Sheet: sheet, From: &one, To: &one}
	s.checkRefusal("again", print(again), trace.CodeReasonNeeded, "reason")
	again.Lot = s.boxes
	s.checkRefusal("the batch of another lot", print(again), trace.CodeBadValue, "lot")
	s.checkRefusal("an unknown batch", print(app.LabelReport{Batch: "x", Sheet: sheet}), trace.CodeUnknownThing, "batch")
	s.checkRefusal("another's lot", print(app.LabelReport{Lot: s.other, Sheet: sheet}), trace.CodeUnknownLot, "lot")
	s.checkRefusal("nothing", print(app.LabelReport{Sheet: sheet}), trace.CodeRequired, "lot")
}

// TestCodesSurviveARestart: batches and links are folded again, codes are the same, and a verification finds nothing wrong.
func TestCodesSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var code, lot string
	t.Run("first run", func(t *testing.T) {
		s := &shop{App: openSharedLedger(t, path), t: t}
		if _, err := s.PutMasterData(t.Context(), app.System, trace.Product{ID: s.CompleteID("product", "jar"), Name: "罐",
			Unit: trace.Piece}); err != nil {
			t.Fatal(err)
		}
		lot = recordReport(t, s.App, "coop", &app.Harvest{Lots: []app.NewLot{{Product: "jar", Quantity: trace.Whole(9)}}}).Lots[0]
		_, codes := s.issueSerials("coop", lot, 9)
		code = codes[8]
		links := app.LinkReport{ID: lot, Links: []trace.WebLink{{Href: "https://a.example", LinkType: "gs1:pip", Title: "a"}}}
		if _, err := s.KeepLinks(t.Context(), newOperator(s.App, "coop"), "", links); err != nil {
			t.Fatal(err)
		}
	})
	r := openSharedLedger(t, path)
	if v, err := r.FindItem(context.Background(), lot, code); err != nil || v.Ordinal != 9 {
		t.Errorf("item = %+v, %v", v, err)
	}
	recs, err := r.Store.Find(t.Context(), trace.Query{Kinds: []trace.RecordKind{trace.KindSerials, trace.KindLinks}, Lots: []string{lot}})
	if err != nil || len(recs) != 2 {
		t.Errorf("%d records about the lot's codes, %v", len(recs), err)
	}
	waitForFollower(t, r)
	rep, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(rep.Problems) > 0 || rep.Hash != r.Ledger.Hash() || rep.Stats.Serials != 9 {
		t.Errorf("verified: %+v, %v", rep, err)
	}
	keys, err := r.Store.Documents(t.Context(), "serialKeys", "", 10)
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d serial keys, %v", len(keys), err)
	}
	if err := r.Store.DeleteDocument(t.Context(), keys[0].Collection, keys[0].ID); err != nil {
		t.Fatal(err)
	}
	rep, err = app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0], "serial key 0") {
		t.Errorf("verified without the key: %+v, %v", rep, err)
	}
}
