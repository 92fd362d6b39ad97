package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/corpora"
)

// decodeByJSON reads an event as encoding/json does, which the decoder is held against.
func decodeByJSON(body []byte) (*Event, error) {
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, malformedJSON(err)
	}
	return &e, nil
}

// expectSameAsJSON fails unless decoder and encoding/json agree on a body, and reports whether both accept the body.
func expectSameAsJSON(t *testing.T, body []byte) bool {
	t.Helper()
	want, wantErr := decodeByJSON(body)
	if got := decodeEvent(body); !reflect.DeepEqual(got, want) {
		t.Fatalf("%.2000s\n got %+v\nwant %+v, %v", body, got, want, wantErr)
	}
	if _, err := ParseEvent(body); !reflect.DeepEqual(err, wantErr) {
		t.Fatalf("%.2000s\n got %v\nwant %v", body, err, wantErr)
	}
	return wantErr == nil
}

// bodiesOfEveryKind are events as the ledger writes them, each named.
func bodiesOfEveryKind(t testing.TB) map[string][]byte {
	t.Helper()
	id := func(c string) string { return NS + "/lot/" + keyWith(c) }
	out := map[string][]byte{"typical": typicalEvent()}
	for name, e := range map[string]*Event{
		"harvest": HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: id("A"), Product: "fruit", Amount: "412.5",
			Facts: LotFacts{Grade: "优级", Pieces: Whole(300)}}),
		"ship":     ShipEvent(Day(10, 3), "s", Mill, quantities(Kg(id("A"), "1")), "u"),
		"receive":  ReceiveEvent(Day(10, 3), "s", quantities(Kg(id("A"), "1"))).withReason(id("A"), "磅差").asFinal(),
		"loss":     LossEvent(Day(10, 3), "烂", Kg(id("A"), "0.000001")),
		"pack":     PackEvent(Day(10, 4), "u", quantities(Kg(id("A"), "1"), Kg(id("C"), "2")), "v"),
		"unpack":   UnpackEvent(Day(10, 4), "u"),
		"work":     WorkEvent(Day(5, 1), "s-a", sprayWork("阿维菌素", 14), Kg(id("A"), "1")),
		"mark":     StatusEvent(Day(5, 1), hold, recalled, "待检", id("A")),
		"inspect":  InspectEvent(Day(5, 1), id("A"), id("C")),
		"withdraw": CorrectionEvent(Record{Body: typicalEvent()}),
	} {
		b, err := e.JSON()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	return out
}

func TestEventsOfEveryKindAreReadAsWritten(t *testing.T) {
	for name, body := range bodiesOfEveryKind(t) {
		t.Run(name, func(t *testing.T) {
			if !expectSameAsJSON(t, body) {
				t.Fatalf("refused: %s", body)
			}
			e, err := ParseEvent(body)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := e.JSON(); err != nil || !bytes.Equal(again, body) {
				t.Errorf("%v\n got %s\nwant %s", err, again, body)
			}
			for _, indent := range []string{"", " ", "\r\n\t"} { // white space changes nothing
				var b bytes.Buffer
				if err := json.Indent(&b, body, "", indent); err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(decodeEvent(b.Bytes()), e) {
					t.Errorf("read otherwise with %q between", indent)
				}
			}
		})
	}
}

// fillFields sets every field below v to a value of its own, so that a field the decoder does not know is missed.
func fillFields(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch x := v.Addr().Interface().(type) {
	case *Time:
		*x = NewTime(Day(10, 1).Add(time.Duration(*n) * time.Second))
		return
	case *json.RawMessage:
		*x = json.RawMessage(fmt.Sprintf(`[{"x":%d}]`, *n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("柚", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillFields(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range v.Len() {
			fillFields(t, v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillFields(t, v.Field(i), n)
		}
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

func TestEveryFieldOfAnEventIsDecoded(t *testing.T) {
	var want Event
	n := 0
	fillFields(t, reflect.ValueOf(&want).Elem(), &n)
	body, err := want.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeEvent(body); !reflect.DeepEqual(got, &want) {
		t.Errorf("%d values\n got %+v\nwant %+v", n, got, &want)
	}
}

// TestNamesAreExact is the one difference from encoding/json.
func TestNamesAreExact(t *testing.T) {
	e, err := ParseEvent([]byte(`{"BizStep":"x","eventTime":"2026-11-20T04:00:00Z","EVENTTIME":1,
		"quantityList":[{"EPCCLASS":5}],"yousang:Step":"x"}`))
	want := &Event{Time: NewTime(time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)), Quantities: make([]EventQuantity, 1)}
	if err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("got %+v, %v, want %+v", e, err, want)
	}
}

func TestAnEventKeepsNothingOfItsBody(t *testing.T) {
	for name, body := range bodiesOfEveryKind(t) {
		want, err := decodeByJSON(body)
		if err != nil {
			t.Fatal(err)
		}
		read := bytes.Clone(body)
		got := decodeEvent(read)
		clear(read)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s changed with the bytes it was read from", name)
		}
	}
}

// TestCorporaAreReadAsEncodingJSONDoes reads the project's own documents and those of others, whole and each event.
func TestCorporaAreReadAsEncodingJSONDoes(t *testing.T) {
	least := []int{12, 50}
	for i, path := range corpora.FindPaths(t, "../corpora/testdata") {
		if events := readAllAsEncodingJSONDoes(t, path); events < least[i] {
			t.Errorf("%d events in %s, want at least %d", events, path, least[i])
		}
	}
}

// readAllAsEncodingJSONDoes compares the readings of all JSON files below a folder and counts the events.
func readAllAsEncodingJSONDoes(t *testing.T, folder string) (events int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		expectSameAsJSON(t, raw)
		var doc struct {
			Body struct {
				Events []json.RawMessage `json:"eventList"`
			} `json:"epcisBody"`
		}
		if json.Unmarshal(raw, &doc) != nil {
			return nil // a list, a number: no document
		}
		for _, e := range doc.Body.Events {
			expectSameAsJSON(t, e)
			events++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// fieldNames are the members of an event and its parts, in small letters.
func fieldNames(t reflect.Type, names map[string]string) map[string]string {
	switch {
	case t == reflect.TypeFor[Time]():
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice:
		fieldNames(t.Elem(), names)
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			names[strings.ToLower(name)] = name
			fieldNames(t.Field(i).Type, names)
		}
	}
	return names
}

// misspellName reports whether a text has a string that is a member's name but for its letters' case.
func misspellName(body []byte, names map[string]string) bool {
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := dec.Token()
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		s, ok := token.(string)
		if !ok {
			continue
		}
		for _, name := range names {
			if s != name && strings.EqualFold(s, name) {
				return true
			}
		}
	}
}

// FuzzDecodeEvent checks that the decoder reads any body as encoding/json does, but for the case of names.
func FuzzDecodeEvent(f *testing.F) {
	for _, body := range bodiesOfEveryKind(f) {
		f.Add(body)
	}
	for _, s := range []string{
		`{"eventTime":"2026-11-20T12:00:00+08:00","sensorElementList":[ {"x":1e5}],"quantityList":[{"quantity":1e3},null]}`,
		`{"epcList":["a","b"],"epcList":[null,"\ud83c\udf4a"],"ilmd":{"yousang:lots":[{"yousang:attributes":[{"yousang:name":"干壳量"}]}]}}`,
		`{"errorDeclaration":{"correctiveEventIDs":["x"],"declarationTime":"2026-11-20T12:00:00Z","reason":"r"},
			"persistentDisposition":{"set":["a"],"unset":[]}}`,
		`{"sourceList":[{"source":"a","type":"b"}],"destinationList":[{"destination":"a"}],
			"bizTransactionList":[{"type":"desadv"}],"yousang:final":true}`,
		"{\"a\":[true,false,-0.5E-7,\"\xff\\u67da\"],\"yousang:work\":{\"yousang:maxUses\":3,\"yousang:stop\":\"2026-01-01T00:00:00Z\"}}",
	} {
		f.Add([]byte(s))
	}
	names := fieldNames(reflect.TypeFor[Event](), map[string]string{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if json.Valid(body) && misspellName(body, names) {
			if _, err := ParseEvent(body); err != nil && decodeEvent(body) != nil {
				t.Fatalf("%s is read and refused", body)
			}
			return
		}
		expectSameAsJSON(t, body)
	})
}

func BenchmarkParseEvent(b *testing.B) {
	typical := typicalEvent()
	for _, way := range []struct {
		name  string
		parse func([]byte) (*Event, error)
	}{{"decoder", ParseEvent}, {"encoding/json", decodeByJSON}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(typical)))
			for b.Loop() {
				if _, err := way.parse(typical); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParsedMemory reports what a ledger keeps for a lot when its events were parsed, as after a start, and not made in memory.
func BenchmarkParsedMemory(b *testing.B) {
	log := newVillage(b, true, 36).log
	for _, way := range []struct {
		name  string
		parse func([]byte) (*Event, error)
	}{{"decoder", ParseEvent}, {"encoding/json", decodeByJSON}} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				l := NewLedger()
				for i := range log {
					var e any
					if log[i].Kind == KindEvent {
						e, _ = way.parse(log[i].Body)
					} else {
						e, _ = l.kinds.decode(log[i].Kind, log[i].Body)
					}
					if err := l.applyRecord(&log[i], e); err != nil {
						b.Fatal(err)
					}
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(l.lots)), "bytes/lot")
				runtime.KeepAlive(l)
			}
		})
	}
}
