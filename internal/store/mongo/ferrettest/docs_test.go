package ferrettest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/trace"
)

// readPage reads docs/mongodb.md.
func readPage(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "mongodb.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// query is an example of the page.
type query struct {
	collection   string
	filter, sort bson.D
}

var (
	exampleForm = regexp.MustCompile("(?s)```js\n(.*?)```")
	queryForm   = regexp.MustCompile(`^db\.(\w+)\.find\((\{.*?\})\)(?:\.sort\((\{.*?\})\))?\n$`)
	dateForm    = regexp.MustCompile(`ISODate\(("[^"]*")\)`)
)

func readExamples(t *testing.T) []query {
	t.Helper()
	var out []query
	for _, block := range exampleForm.FindAllStringSubmatch(readPage(t), -1) {
		m := queryForm.FindStringSubmatch(block[1])
		if m == nil {
			t.Fatalf("the test cannot read the example %q", block[1])
		}
		q := query{collection: m[1]}
		for i, into := range []*bson.D{&q.filter, &q.sort} {
			if m[2+i] == "" {
				continue
			}
			if err := bson.UnmarshalExtJSON([]byte(dateForm.ReplaceAllString(m[2+i], `{"$$date":$1}`)), false, into); err != nil {
				t.Fatalf("example %q: %v", block[1], err)
			}
		}
		out = append(out, q)
	}
	return out
}

const site = "https://trace.example/"

func dayOf(d int) time.Time { return time.Date(2026, 11, d, 8, 30, 0, 0, time.UTC) }

// newLotView is a lot as the follower writes it.
func newLotView(lot, status, holder string, made time.Time) trace.LotView {
	org := trace.NamedOrg{ID: site + "org/" + holder, Name: "中园合作社"}
	return trace.LotView{Lot: site + "lot/" + lot, Key: lot, Status: status, Product: trace.Product{ID: site + "product/pomelo", Name: "沙田柚",
		Unit: "kg"},
		Quantity: trace.Quantity{Amount: 412_500_000, Unit: "kg"}, Made: trace.Made{Seq: 1, Time: made, Org: org, Path: []string{"中园村", "三组"}},
		Holdings: []trace.HoldingView{{Holder: org, Quantity: trace.Quantity{Amount: 100_000_000, Unit: "kg"}}}, From: []trace.Link{},
		Into:    []trace.Link{},
		Origins: []trace.Origin{{Place: site + "place/3", Name: "三组", Share: 0.25, Lots: 2}}, Events: []int64{1, 3}, Seq: 3, PageSeq: 3}
}

func fillStore(t *testing.T, s trace.Store) {
	t.Helper()
	var records []trace.Record
	for i, lots := range [][]string{{"FRUIT-1"}, {"FRUIT-2"}, {"FRUIT-1", "JUICE-1"}, {"JUICE-1"}, {"FRUIT-1"}} {
		r := trace.Record{Seq: int64(i) + 1, Kind: trace.KindEvent, RecordTime: dayOf(i + 1), EventTime: dayOf(i + 1),
			EventType: trace.ObjectEvent, BizStep: trace.StepShipping,
			Org: site + "org/park", User: "key-1", ClientID: fmt.Sprint("phone/", i), Digest: "00", EventID: fmt.Sprint("ni:///", i),
			Places:    []string{site + "place/3"},
			Questions: []trace.Question{{Code: "ratio_low"}}, Body: []byte("{}")}
		for _, l := range lots {
			r.Lots = append(r.Lots, site+"lot/"+l)
		}
		records = append(records, r)
	}
	if err := s.Append(t.Context(), 0, records); err != nil {
		t.Fatal(err)
	}
	var docs []trace.LineageDoc
	for _, v := range []trace.LotView{newLotView("FRUIT-1", "recalled", "park", dayOf(1)),
		newLotView("FRUIT-2", "recalled", "village", dayOf(2)),
		newLotView("JUICE-1", "hold", "park", dayOf(3)), newLotView("JUICE-2", "active", "park", dayOf(4))} {
		body, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, trace.LineageDoc{Lot: v.Lot, AsOf: 5, Body: body})
	}
	if err := s.PutLineage(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
}

// TestExamplesOfThePage runs the queries that docs/mongodb.md shows.
func TestExamplesOfThePage(t *testing.T) {
	want := [][]any{{site + "lot/JUICE-1"}, {site + "lot/JUICE-1", site + "lot/FRUIT-1"}, {int64(3), int64(5)}}
	queries := readExamples(t)
	if len(queries) != len(want) {
		t.Fatalf("the page has %d examples, the test knows %d", len(queries), len(want))
	}
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		fillStore(t, r.open(t))
		for i, q := range queries {
			opts := options.Find()
			if q.sort != nil {
				opts.SetSort(q.sort)
			}
			cursor, err := r.db.Collection(q.collection).Find(t.Context(), q.filter, opts)
			if err != nil {
				t.Fatalf("example %d: %v", i+1, err)
			}
			var found []struct {
				ID any `bson:"_id"`
			}
			if err := cursor.All(t.Context(), &found); err != nil {
				t.Fatalf("example %d: %v", i+1, err)
			}
			var got []any
			for _, d := range found {
				got = append(got, d.ID)
			}
			if !slices.Equal(got, want[i]) {
				t.Errorf("example %d: got %v, want %v", i+1, got, want[i])
			}
		}
	})
}

// TestLineageReads: a document has what a person looks for as fields, and the very text beside them.
func TestLineageReads(t *testing.T) {
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		s := r.open(t)
		fillStore(t, s)
		want, err := json.Marshal(newLotView("JUICE-1", "hold", "park", dayOf(3)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Lineage(t.Context(), site+"lot/JUICE-1")
		if err != nil || got.AsOf != 5 || !bytes.Equal(got.Body, want) {
			t.Errorf("Lineage: got %s, %v, want %s", got.Body, err, want)
		}
		var doc struct {
			AsOf    int64
			Status  string
			Product struct{ Name string }
			Made    struct {
				Time time.Time
				Path []string
			}
			Quantity struct {
				Amount any // Decimal128, or text on FerretDB
			}
			Events []int64
		}
		if err := r.db.Collection("lots").FindOne(t.Context(), bson.D{{Key: "key", Value: "JUICE-1"}}).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		if doc.AsOf != 5 || doc.Status != "hold" || doc.Product.Name != "沙田柚" || !doc.Made.Time.Equal(dayOf(3)) ||
			fmt.Sprint(doc.Quantity.Amount) != "412.5" ||
			len(doc.Made.Path) != 2 || !slices.Equal(doc.Events, []int64{1, 3}) {
			t.Errorf("as fields: %+v", doc)
		}
	})
}

// TestThePageNamesEachField: the tables of the page against what is stored and against the lot of the API.
func TestThePageNamesEachField(t *testing.T) {
	_, text, _ := strings.Cut(readPage(t), "\n## records\n")
	recordsText, rest, _ := strings.Cut(text, "\n## lots\n")
	lotsText, _, _ := strings.Cut(rest, "\n## The small ones\n")
	named := func(text, field string) bool {
		return regexp.MustCompile("(?m)^\\|[^|]*`" + field + "`[^|]*\\|").MatchString(text)
	}
	lot := reflect.TypeFor[trace.LotView]()
	for i := range lot.NumField() {
		name, _, _ := strings.Cut(lot.Field(i).Tag.Get("json"), ",")
		if name != "-" && !named(lotsText, name) { // a field without a name is not stored
			t.Errorf("the page does not name the field %s of a lot", name)
		}
	}
	runOnEach(t, func(t *testing.T, server string) {
		r := newTestDatabase(t, server)
		fillStore(t, r.open(t))
		for collection, text := range map[string]string{"records": recordsText, "lots": lotsText} {
			var doc bson.D
			if err := r.db.Collection(collection).FindOne(t.Context(), bson.D{}).Decode(&doc); err != nil {
				t.Fatal(err)
			}
			if len(doc) < 10 {
				t.Errorf("a document of %s has only %d fields", collection, len(doc))
			}
			for _, e := range doc {
				if !named(text, e.Key) {
					t.Errorf("the page does not name the field %s of %s", e.Key, collection)
				}
			}
		}
	})
}
