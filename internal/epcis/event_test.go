package epcis

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

const namespace = "https://trace.example.cn"

var home = NewContext(map[string]string{Prefix: Vocabulary(namespace)})

func mustTime(s string) trace.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return trace.NewTime(t)
}

func wholeAmount(n int64) trace.Amount { return trace.Whole(n) }

// makeOwnEvents makes events as the application layer makes events, one of each kind that is in use.
func makeOwnEvents() map[string]*trace.Event {
	lot := func(key string) string { return namespace + "/lot/" + key }
	gtin := "https://id.gs1.org/01/06912345678901/10/9K4XQ7TMDA2R"
	return map[string]*trace.Event{
		"harvest": {
			Type: trace.ObjectEvent, Action: "ADD", BizStep: trace.StepCommissioning, Time: mustTime("2026-11-02T08:30:00+08:00"),
			Offset: "+08:00",
			Quantities: []trace.EventQuantity{
				{Class: lot("9K4XQ7TMDA2R"), Amount: wholeAmount(412) + 500_000, Unit: trace.Kilogram},
				{Class: gtin, Amount: wholeAmount(37), Unit: trace.Piece},
			},
			ReadPoint: &trace.ID{ID: namespace + "/place/zhongyuan-07"},
			Ilmd: &trace.Ilmd{Season: namespace + "/season/2026-a", Lots: []trace.LotFacts{
				{Lot: lot("9K4XQ7TMDA2R"), Product: namespace + "/product/pomelo", Grade: "一级 “特”", Pieces: wholeAmount(280),
					Attributes: []trace.Attribute{{Name: "糖度", Value: "11.5"}}},
			}},
			Evidence: []trace.Attribute{{Name: "证书", Value: "NO:2026-003"}}, Step: "pomelo/harvest",
		},
		"process": {
			Type: trace.TransformationEvent, BizStep: trace.StepTransforming, Time: mustTime("2026-11-05T01:00:00Z"), Offset: "+08:00",
			Inputs:    []trace.EventQuantity{{Class: lot("9K4XQ7TMDA2R"), Amount: wholeAmount(400), Unit: trace.Kilogram}},
			Outputs:   []trace.EventQuantity{{Class: lot("C7DA3EFG4HJK"), Amount: wholeAmount(92) + 250_000, Unit: trace.Kilogram}},
			ReadPoint: &trace.ID{ID: namespace + "/place/plant-2"}, TransformationID: namespace + "/run/77", Step: "pomelo/juice",
		},
		"pack": {
			Type: trace.AggregationEvent, Action: "ADD", BizStep: trace.StepPacking, Time: mustTime("2026-11-06T09:00:00Z"),
			Offset:   "+08:00",
			ParentID: "urn:epc:id:sscc:6912345.0000000111", ChildEPCs: []string{namespace + "/unit/a"},
			Children: []trace.EventQuantity{{Class: lot("C7DA3EFG4HJK"), Amount: wholeAmount(12), Unit: trace.Bag}},
		},
		"ship": {
			Type: trace.ObjectEvent, Action: "OBSERVE", BizStep: trace.StepShipping, Time: mustTime("2026-11-07T09:00:00Z"),
			Offset:          "+08:00",
			Quantities:      []trace.EventQuantity{{Class: lot("C7DA3EFG4HJK"), Amount: wholeAmount(12), Unit: trace.Bag}},
			Sources:         []trace.Source{{ID: namespace + "/org/coop", Type: "possessing_party"}},
			Destinations:    []trace.Destination{{ID: namespace + "/org/park", Type: "possessing_party"}},
			BizTransactions: []trace.BizTransaction{{ID: namespace + "/shipment/1", Type: "desadv"}},
			Persistent:      &trace.Persistent{Set: []string{"completeness_verified"}},
		},
		"spray": {
			Type: trace.ObjectEvent, Action: "OBSERVE", BizStep: "other", Time: mustTime("2026-06-01T00:00:00Z"), Offset: "+08:00",
			EPCs: []string{namespace + "/season/2026-a"},
			Work: &trace.FieldWork{Kind: "spray", Agent: "阿维菌素", Dose: "1500 倍液", IntervalDays: 14, MaxUses: 2},
		},
	}
}

func encodeEvent(t testing.TB, e *trace.Event) []byte {
	t.Helper()
	b, err := e.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOwnEvents(t *testing.T) {
	for name, e := range makeOwnEvents() {
		t.Run(name, func(t *testing.T) {
			raw := encodeEvent(t, e)
			canonical, err := Canonical(raw)
			if err != nil || !bytes.Equal(canonical, raw) {
				t.Fatalf("encoding is not canonical: %v\n got %s\nwant %s", err, canonical, raw)
			}
			if err := Validate(raw, home); err != nil {
				t.Errorf("validate: %v", err)
			}
			body, id, err := Seal(raw, home)
			if err != nil {
				t.Fatalf("seal: %v", err)
			}
			sealed, err := trace.ParseEvent(body)
			if err != nil || sealed.EventID != id || !strings.HasPrefix(id, "ni:///sha-256;") {
				t.Fatalf("body holds id %q, want %q: %v", sealed.EventID, id, err)
			}
			if got := encodeEvent(t, sealed); !bytes.Equal(got, body) {
				t.Errorf("the body read and written again:\n got %s\nwant %s", got, body)
			}
			again, id2, err := Seal(body, home)
			if err != nil || id2 != id || !bytes.Equal(again, body) {
				t.Errorf("sealed twice: %v\n got %s\nwant %s", err, again, body)
			}
			if err := Validate(body, home); err != nil {
				t.Errorf("validate sealed: %v", err)
			}
		})
	}
}

// TestGolden compares the bytes, the pre-hash string and the hash of one of the module's own events with files that a person
// has read and found right.
func TestGolden(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "harvest.json"))
	if err != nil {
		t.Fatal(err)
	}
	body, id, err := Seal(raw, home)
	if err != nil {
		t.Fatal(err)
	}
	pre, err := PreHash(raw, home)
	if err != nil {
		t.Fatal(err)
	}
	for file, got := range map[string]string{"harvest.canonical": string(body), "harvest.prehash": pre, "harvest.hash": id} {
		want, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if got+"\n" != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", file, got, want)
		}
	}
}

// spelledEvent is the event whose spelling the tests change.
const spelledEvent = `{"type":"ObjectEvent","action":"ADD","eventTime":"2026-11-02T00:30:00Z","eventTimeZoneOffset":"+08:00",` +
	`"epcList":["urn:epc:id:sgtin:4012345.011111.9876","https://t.example.cn/lot/B"],` +
	`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.011111.4444","quantity":1.5,"uom":"KGM"}],` +
	`"bizTransactionList":[{"type":"po","bizTransaction":"urn:x:1"}],"yousang:step":"a","yousang:evidence":["x","y"]}`

// sameSpellings change the spelling of an event, and not its content.
var sameSpellings = []struct{ name, old, new string }{
	{"number with a trailing zero", `1.5,`, `1.50,`},
	{"number with an exponent", `1.5,`, `15e-1,`},
	{"time with an offset", `"2026-11-02T00:30:00Z"`, `"2026-11-02T08:30:00.0004+08:00"`},
	{"a key as a link", `urn:epc:id:sgtin:4012345.011111.9876`, `https://id.example.de/01/4012345111118/10/L7/21/9876?x=1`},
	{"a class as a link", `urn:epc:class:lgtin:4012345.011111.4444`, `https://id.gs1.org/01/04012345111118/10/4444`},
	{"list in another order", `"urn:epc:id:sgtin:4012345.011111.9876","https://t.example.cn/lot/B"`,
		`"https://t.example.cn/lot/B","urn:epc:id:sgtin:4012345.011111.9876"`},
	{"members of an element in another order", `"type":"po","bizTransaction":"urn:x:1"`, `"bizTransaction":"urn:x:1","type":"po"`},
	{"extension values in another order", `["x","y"]`, `["y","x"]`},
	{"white space", `,"`, `, "`},
	{"an escape", `"ADD"`, `"\u0041DD"`},
	{"an empty list", `"action"`, `"childEPCs":[],"action"`},
	{"a null", `"action"`, `"bizStep":null,"action"`},
	{"its record time", `"action"`, `"recordTime":"2026-11-02T00:30:00Z","action"`},
	{"a comment", `"action"`, `"rdfs:comment":"for people","action"`},
	{"an error declaration", `"action"`, `"errorDeclaration":{"declarationTime":"2026-12-01T00:00:00Z"},"action"`},
	{"a full URI for a prefixed name", `"yousang:step"`, `"https://trace.example.cn/voc/step"`},
	{"another prefix for the same IRI", `"yousang:step":`, `"@context":{"ys":"https://trace.example.cn/voc/"},"ys:step":`},
}

func TestSpellingDoesNotChangeTheID(t *testing.T) {
	want, err := EventID([]byte(spelledEvent), home)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range sameSpellings {
		changed := strings.Replace(spelledEvent, tt.old, tt.new, 1)
		if changed == spelledEvent {
			t.Fatalf("%s: nothing was changed", tt.name)
		}
		if got, err := EventID([]byte(changed), home); err != nil || got != want {
			pre, _ := PreHash([]byte(changed), home)
			t.Errorf("%s: id changed: %v %s", tt.name, err, pre)
		}
	}
	other := []struct{ name, old, new string }{
		{"another quantity", `1.5,`, `1.51,`},
		{"another unit", `"KGM"`, `"TNE"`},
		{"another millisecond", `00:30:00Z`, `00:30:00.001Z`},
		{"another offset", `"+08:00"`, `"+07:00"`},
		{"another action", `"ADD"`, `"OBSERVE"`},
		{"an extension more", `"action"`, `"yousang:final":true,"action"`},
		{"another extension value", `"yousang:step":"a"`, `"yousang:step":"b"`},
		{"an extension inside a place", `"action"`, `"readPoint":{"id":"urn:x:1","yousang:x":"1"},"action"`},
	}
	for _, tt := range other {
		changed := strings.Replace(spelledEvent, tt.old, tt.new, 1)
		if got, err := EventID([]byte(changed), home); err != nil || got == want {
			t.Errorf("%s: got the same id or %v", tt.name, err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	raw := encodeEvent(b, makeOwnEvents()["harvest"])
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Canonical(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEventID(b *testing.B) {
	raw := encodeEvent(b, makeOwnEvents()["harvest"])
	for b.Loop() {
		if _, err := EventID(raw, home); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	raw := encodeEvent(b, makeOwnEvents()["harvest"])
	for b.Loop() {
		if _, _, err := Seal(raw, home); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	raw := encodeEvent(b, makeOwnEvents()["harvest"])
	for b.Loop() {
		if err := Validate(raw, home); err != nil {
			b.Fatal(err)
		}
	}
}
