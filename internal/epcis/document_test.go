package epcis

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

const docHead = `"@context":["` + ContextURL + `"],"schemaVersion":"2.0","creationDate":"2026-11-02T00:00:00Z",`

func TestReadDocument(t *testing.T) {
	list := `[` + object1 + `, ` + transform1 + `]`
	bare := strings.Replace(object1, `"type"`, `"@context":"`+ContextURL+`","type"`, 1)
	tests := []struct {
		name, in string
		events   []string
		path     string
	}{
		{"document", `{` + docHead + `"type":"EPCISDocument","sender":"x","epcisBody":{"eventList":` + list + `}}`,
			[]string{object1, transform1}, "epcisBody.eventList[1]"},
		{"query answer",
			`{` + docHead + `"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"queryName":"q","resultsBody":{"eventList":` + list +
				`}}}}`,
			[]string{object1, transform1}, "epcisBody.queryResults.resultsBody.eventList[1]"},
		{"empty", `{` + docHead + `"type":"EPCISDocument","epcisBody":{"eventList":[]}}`, nil, "epcisBody.eventList[1]"},
		{"bare event", bare, []string{bare}, ""},
	}
	for _, tt := range tests {
		d, err := ReadDocument(strings.NewReader(tt.in), int64(len(tt.in)))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(d.Events) != len(tt.events) || d.Path(1) != tt.path {
			t.Errorf("%s: %d events at %q, want %d at %q", tt.name, len(d.Events), d.Path(1), len(tt.events), tt.path)
			continue
		}
		for i := range d.Events {
			if string(d.Events[i]) != tt.events[i] {
				t.Errorf("%s: event %d\n got %s\nwant %s", tt.name, i, d.Events[i], tt.events[i])
			}
		}
		if err := d.Validate(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestReadDocumentRefuses(t *testing.T) {
	good := `{` + docHead + `"type":"EPCISDocument","epcisBody":{"eventList":[` + object1 + `,` + transform1 + `]}}`
	tests := []struct {
		name, old, new string
		code           trace.Code
		field          string
	}{
		{"no context", `"@context":["` + ContextURL + `"],`, ``, trace.CodeRequired, "@context"},
		{"bad context", `["` + ContextURL + `"]`, `[1]`, trace.CodeMalformed, "@context[0]"},
		{"no type", `"type":"EPCISDocument",`, ``, trace.CodeRequired, "type"},
		{"other type", `"EPCISDocument"`, `"EPCISMasterDataDocument"`, trace.CodeBadValue, "type"},
		{"no version", `"schemaVersion":"2.0",`, ``, trace.CodeRequired, "schemaVersion"},
		{"old version", `"2.0"`, `"1.2"`, trace.CodeBadValue, "schemaVersion"},
		{"no date", `"creationDate":"2026-11-02T00:00:00Z",`, ``, trace.CodeRequired, "creationDate"},
		{"bad date", `"2026-11-02T00:00:00Z"`, `"2 November"`, trace.CodeBadTime, "creationDate"},
		{"date is a number", `"2026-11-02T00:00:00Z"`, `7`, trace.CodeMalformed, "creationDate"},
		{"no body", `"epcisBody"`, `"body"`, trace.CodeRequired, "epcisBody"},
		{"body is no object", `{"eventList":[`, `[[`, trace.CodeRequired, "epcisBody.eventList"},
		{"no list", `"eventList"`, `"events"`, trace.CodeRequired, "epcisBody.eventList"},
		{"list is none", `"eventList":[`, `"eventList":1,"x":[`, trace.CodeMalformed, "epcisBody.eventList"},
		{"event is none", `[{"type":"Obj`, `[7,{"type":"Obj`, trace.CodeMalformed, "epcisBody.eventList[0]"},
		{"member twice in an event", `"inputEPCList"`, `"type":1,"inputEPCList"`, trace.CodeMalformed, "epcisBody.eventList[1].type"},
		{"event is not valid", `"urn:x:2"`, `"2"`, trace.CodeBadValue, "epcisBody.eventList[1].outputQuantityList[0].epcClass"},
	}
	for _, tt := range tests {
		in := strings.Replace(good, tt.old, tt.new, 1)
		if tt.name == "body is no object" {
			in = strings.Replace(in, `}]}]}}`, `}]}]]}`, 1)
		}
		d, err := ReadDocument(strings.NewReader(in), 1<<20)
		if err == nil {
			err = d.Validate()
		}
		var e *trace.Error
		if !errors.As(err, &e) || e.Code != tt.code || e.Field != tt.field {
			t.Errorf("%s: got %v, want %s at %s", tt.name, err, tt.code, tt.field)
		}
	}
	_, err := ReadDocument(strings.NewReader(good), int64(len(good))-1)
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != trace.TooLarge || e.Code != trace.CodeTooLarge {
		t.Errorf("one byte too long: got %v", err)
	}
	broken := errors.New("the line broke")
	if _, err := ReadDocument(io.MultiReader(strings.NewReader(good), failingStream{broken}), 1<<20); !errors.Is(err, broken) {
		t.Errorf("reader fails: got %v", err)
	}
}

type failingStream struct{ err error }

func (f failingStream) Read([]byte) (int, error)  { return 0, f.err }
func (f failingStream) Write([]byte) (int, error) { return 0, f.err }

func FuzzReadDocument(f *testing.F) {
	for _, s := range []string{`{` + docHead + `"type":"EPCISDocument","epcisBody":{"eventList":[` + object1 + `]}}`,
		`{` + docHead + `"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"resultsBody":{"eventList":[]}}}}`, object1} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := ReadDocument(bytes.NewReader(raw), 1<<16)
		if err != nil {
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a trace.Error: %v", err)
			}
			return
		}
		for i, event := range d.Events {
			if !json.Valid(event) {
				t.Fatalf("event %d is not JSON: %q", i, event)
			}
			if d.ValidateEvent(i) != nil {
				continue
			}
			ctx := d.Context.Rebase(home)
			body, id, err := Seal(event, ctx)
			if errors.Is(err, &trace.Error{Code: trace.CodeBadCheck}) {
				continue
			}
			if err != nil {
				t.Fatalf("valid, but cannot be sealed: %v", err)
			}
			if again, id2, err := Seal(body, home); err != nil || id2 != id || !bytes.Equal(again, body) {
				t.Fatalf("the sealed event does not stand alone: %v\n%s\n%s", err, body, again)
			}
		}
	})
}

// iterate returns a function that yields the items one by one, then err.
func iterate[T any](items []T, err error) func() (T, error) {
	return func() (T, error) {
		var none T
		if len(items) == 0 {
			return none, err
		}
		item := items[0]
		items = items[1:]
		return item, nil
	}
}

func TestWriteDocument(t *testing.T) {
	var bodies [][]byte
	for _, name := range []string{"harvest", "process", "pack", "ship", "spray"} {
		body, _, err := Seal(encodeEvent(t, makeOwnEvents()[name]), home)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	for n := range len(bodies) + 1 {
		var out bytes.Buffer
		h := Header{ID: namespace + "/export/1", Namespace: namespace, Created: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
		if err := WriteDocument(&out, h, iterate(bodies[:n], io.EOF)); err != nil {
			t.Fatal(err)
		}
		d, err := ReadDocument(&out, 1<<20)
		if err != nil {
			t.Fatalf("%d events: %v", n, err)
		}
		if err := d.Validate(); err != nil || len(d.Events) != n {
			t.Fatalf("%d events: read %d, %v", n, len(d.Events), err)
		}
		for i := range d.Events {
			body, _, err := Seal(d.Events[i], d.Context.Rebase(home))
			if err != nil || !bytes.Equal(body, bodies[i]) {
				t.Errorf("event %d came back otherwise: %v\n got %s\nwant %s", i, err, body, bodies[i])
			}
		}
	}
	var out bytes.Buffer
	if err := WriteDocument(&out, Header{Namespace: namespace}, iterate[[]byte](nil, io.EOF)); err != nil ||
		strings.Contains(out.String(), `"id"`) {
		t.Errorf("without an id: %v %s", err, out.String())
	}
	broken := errors.New("broken")
	if err := WriteDocument(&out, Header{}, iterate(bodies, broken)); !errors.Is(err, broken) {
		t.Errorf("source fails: got %v", err)
	}
	if err := WriteDocument(failingStream{broken}, Header{}, iterate(bodies, io.EOF)); !errors.Is(err, broken) {
		t.Errorf("writer fails: got %v", err)
	}
}

// makeCSVRecords makes records of every kind that WriteCSV treats in a way of its own.
func makeCSVRecords(t *testing.T) []trace.Record {
	t.Helper()
	recorded := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	record := func(seq int64, name string, change func(*trace.Event)) trace.Record {
		e := makeOwnEvents()[name]
		if change != nil {
			change(e)
		}
		e.EventID = "urn:x:" + name
		return trace.Record{Seq: seq, Kind: trace.KindEvent, RecordTime: recorded, Org: namespace + "/org/coop", Body: encodeEvent(t, e)}
	}
	return []trace.Record{
		{Seq: 1, Kind: trace.KindPlace, Body: []byte(`{}`)},
		record(2, "process", nil),
		record(3, "pack", nil),
		record(4, "ship", nil),
		record(5, "spray", func(e *trace.Event) { e.EPCs = nil; e.BizStep = "=1+1"; e.BizLocation = &trace.ID{ID: "@place"} }),
		record(6, "process", func(e *trace.Event) {
			e.Inputs, e.Outputs[0].Amount = nil, 0
			e.Declaration = &trace.Declaration{Time: trace.NewTime(recorded)}
		}),
	}
}

// csvRows are the rows that WriteCSV writes of makeCSVRecords.
func csvRows() [][]string {
	const ns, rec = namespace, "2026-11-21T08:00:00.000Z"
	org := ns + "/org/coop"
	plant := func(seq, role, lot, kg, declared string) []string {
		return []string{seq, "2026-11-05T01:00:00.000Z", rec, "TransformationEvent", "creating_class_instance", role, lot, kg, "KGM",
			ns + "/place/plant-2", "", "", org, "urn:x:process", declared}
	}
	pack := func(role, lot, quantity, unit string) []string {
		return []string{"3", "2026-11-06T09:00:00.000Z", rec, "AggregationEvent", "packing", role, lot, quantity, unit, "", "", "", org,
			"urn:x:pack", ""}
	}
	return [][]string{
		csvHeader,
		plant("2", "input", ns+"/lot/9K4XQ7TMDA2R", "400", ""),
		plant("2", "output", ns+"/lot/C7DA3EFG4HJK", "92.25", ""),
		pack("parent", "urn:epc:id:sscc:6912345.0000000111", "", ""),
		pack("child", ns+"/unit/a", "", ""),
		pack("child", ns+"/lot/C7DA3EFG4HJK", "12", "XBG"),
		{"4", "2026-11-07T09:00:00.000Z", rec, "ObjectEvent", "shipping", "object", ns + "/lot/C7DA3EFG4HJK", "12", "XBG", "",
			ns + "/org/coop", ns + "/org/park", org, "urn:x:ship", ""},
		{"5", "2026-06-01T00:00:00.000Z", rec, "ObjectEvent", "'=1+1", "", "", "", "", "'@place", "", "", org, "urn:x:spray", ""},
		plant("6", "output", ns+"/lot/C7DA3EFG4HJK", "", rec),
	}
}

func TestWriteCSV(t *testing.T) {
	records, want := makeCSVRecords(t), csvRows()
	var out bytes.Buffer
	if err := WriteCSV(&out, iterate(records, io.EOF)); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\uFEFF")
	if !ok || !strings.Contains(text, "\r\n") {
		t.Errorf("no byte order mark or CRLF: %q", out.String())
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d\n%s", len(rows), len(want), text)
	}
	for i := range want {
		if got, w := strings.Join(rows[i], "|"), strings.Join(want[i], "|"); got != w {
			t.Errorf("row %d\n got %s\nwant %s", i, got, w)
		}
	}
}

func TestWriteCSVErrors(t *testing.T) {
	records := makeCSVRecords(t)
	var out bytes.Buffer
	broken := errors.New("broken")
	if err := WriteCSV(&out, iterate(records, broken)); !errors.Is(err, broken) {
		t.Errorf("source fails: got %v", err)
	}
	if err := WriteCSV(failingStream{broken}, iterate(records, io.EOF)); !errors.Is(err, broken) {
		t.Errorf("writer fails: got %v", err)
	}
	bad := []trace.Record{{Kind: trace.KindEvent, Body: []byte(`{`)}}
	if err := WriteCSV(&out, iterate(bad, io.EOF)); !errors.Is(err, &trace.Error{Code: trace.CodeMalformed}) {
		t.Errorf("body is no event: got %v", err)
	}
}

func TestEscapeFormula(t *testing.T) {
	for in, want := range map[string]string{"": "", "a=1": "a=1", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx",
		"柚": "柚"} {
		if got := escapeFormula(in); got != want {
			t.Errorf("escapeFormula(%q) = %q, want %q", in, got, want)
		}
	}
}
