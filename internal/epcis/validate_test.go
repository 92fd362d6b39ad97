package epcis

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// The smallest event of each type; a test case changes one thing of one of them.
const (
	when       = `"eventTime":"2026-11-02T08:30:00+08:00","eventTimeZoneOffset":"+08:00"`
	object1    = `{"type":"ObjectEvent",` + when + `,"action":"ADD","epcList":["urn:x:1"]}`
	aggregate1 = `{"type":"AggregationEvent",` + when + `,"action":"ADD","parentID":"urn:x:p","childEPCs":["urn:x:1"]}`
	associate1 = `{"type":"AssociationEvent",` + when +
		`,"action":"ADD","parentID":"urn:x:p","childQuantityList":[{"epcClass":"urn:x:1"}]}`
	transact1 = `{"type":"TransactionEvent",` + when +
		`,"action":"ADD","bizTransactionList":[{"bizTransaction":"urn:x:t"}],"epcList":["urn:x:1"]}`
	transform1 = `{"type":"TransformationEvent",` + when +
		`,"inputEPCList":["urn:x:1"],"outputQuantityList":[{"epcClass":"urn:x:2","quantity":1}]}`
	placeholder = `"type"`
)

type change struct {
	name, event, old, new string
	code                  trace.Code // "" for an event that is accepted
	field                 string
}

// insertMember returns the old and the new text of a change that adds a member.
func insertMember(member string) (string, string) { return placeholder, member + `,` + placeholder }

func addMember(name, event, member string, code trace.Code, field string) change {
	before, after := insertMember(member)
	return change{name, event, before, after, code, field}
}

func checkChange(t *testing.T, tt change) {
	t.Helper()
	raw := strings.Replace(tt.event, tt.old, tt.new, 1)
	if raw == tt.event && tt.old != tt.new {
		t.Fatalf("%s: nothing was changed", tt.name)
	}
	err := Validate([]byte(raw), home)
	if tt.code == "" {
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		return
	}
	var e *trace.Error
	if !errors.As(err, &e) || e.Code != tt.code || e.Field != tt.field || e.Kind != trace.Invalid {
		t.Errorf("%s: got %v, want %s at %s", tt.name, err, tt.code, tt.field)
	}
}

// sensor is a member with one sensor report.
const sensor = `"sensorElementList":[{"sensorReport":[{"type":"Temperature","value":4.5}]}]`

// fieldCases change one field of the smallest events.
var fieldCases = []change{
	{"object", object1, "", "", "", ""}, {"aggregation", aggregate1, "", "", "", ""}, {"association", associate1, "", "", "", ""},
	{"transaction", transact1, "", "", "", ""}, {"transformation", transform1, "", "", "", ""},
	{"no type", object1, `"type":"ObjectEvent",`, "", trace.CodeRequired, "type"},
	{"other type", object1, "ObjectEvent", "QuantityEvent", trace.CodeBadValue, "type"},
	{"type is no string", object1, `"ObjectEvent"`, "1", trace.CodeBadValue, "type"},
	{"no time", object1, `"eventTime":"2026-11-02T08:30:00+08:00",`, "", trace.CodeRequired, "eventTime"},
	{"null time", object1, `"eventTime":"2026-11-02T08:30:00+08:00"`, `"eventTime":null`, trace.CodeRequired, "eventTime"},
	{"time without zone", object1, `08:30:00+08:00`, `08:30:00`, trace.CodeBadTime, "eventTime"},
	{"time with a space", object1, `"2026-11`, `" 2026-11`, trace.CodeBadTime, "eventTime"},
	{"no offset", object1, `,"eventTimeZoneOffset":"+08:00"`, "", trace.CodeRequired, "eventTimeZoneOffset"},
	{"offset Z", object1, `:"+08:00"`, `:"Z"`, trace.CodeBadValue, "eventTimeZoneOffset"},
	{"offset without sign", object1, `:"+08:00"`, `:"08:00"`, trace.CodeBadValue, "eventTimeZoneOffset"},
	{"offset beyond 14:00", object1, `:"+08:00"`, `:"+14:30"`, trace.CodeBadValue, "eventTimeZoneOffset"},
	{"no action", object1, `"action":"ADD",`, "", trace.CodeRequired, "action"},
	{"small action", object1, `"ADD"`, `"add"`, trace.CodeBadValue, "action"},
	addMember("action of a transformation", transform1, `"action":"ADD"`, trace.CodeMalformed, "action"),
	addMember("field of another type", object1, `"inputEPCList":["urn:x:1"]`, trace.CodeMalformed, "inputEPCList"),
	addMember("unknown field", object1, `"colour":"red"`, trace.CodeMalformed, "colour"),
	addMember("undeclared prefix", object1, `"ex:colour":"red"`, trace.CodeMalformed, "ex:colour"),
	addMember("declared prefix", object1, `"@context":{"ex":"https://ex.org/"},"ex:colour":{"any":["thing"]}`, "", ""),
	addMember("prefix declared as a term", object1,
		`"@context":["https://x.org/c",{"ex":{"@id":"https://ex.org/"},"@version":1.1}],"ex:colour":1`, "", ""),
	addMember("prefix without a local name", object1, `"yousang:":1`, trace.CodeMalformed, "yousang:"),
	addMember("full URI", object1, `"https://ex.org/colour":"red"`, "", ""),
	addMember("keyword", object1, `"@id":"urn:x:1"`, trace.CodeMalformed, "@id"),
	addMember("context is a number", object1, `"@context":7`, trace.CodeMalformed, "@context"),
	addMember("context is no URI", object1, `"@context":["here"]`, trace.CodeBadValue, "@context[0]"),
	addMember("prefix is no URI", object1, `"@context":{"ex":"here"}`, trace.CodeBadValue, "@context.ex"),
	addMember("event id is no URI", object1, `"eventID":"7"`, trace.CodeBadValue, "eventID"),
	addMember("record time", object1, `"recordTime":"today"`, trace.CodeBadTime, "recordTime"),
	addMember("bare word", object1, `"bizStep":"shipping"`, "", ""),
	addMember("null", object1, `"bizStep":null`, "", ""),
	addMember("own vocabulary", object1, `"bizStep":"https://ex.org/step/x"`, "", ""),
	addMember("unknown word", object1, `"bizStep":"transforming"`, trace.CodeBadValue, "bizStep"),
	addMember("CBV IRI", object1, `"bizStep":"https://ref.gs1.org/cbv/BizStep-shipping"`, trace.CodeBadValue, "bizStep"),
	addMember("CBV URN", object1, `"bizStep":"urn:epcglobal:cbv:bizstep:shipping"`, trace.CodeBadValue, "bizStep"),
	addMember("CBV CURIE", object1, `"bizStep":"cbv:BizStep-shipping"`, trace.CodeBadValue, "bizStep"),
	addMember("word is a number", object1, `"bizStep":3`, trace.CodeMalformed, "bizStep"),
	addMember("disposition", object1, `"disposition":"in_transport"`, trace.CodeBadValue, "disposition"),
	addMember("lasting disposition", object1, `"persistentDisposition":{"set":["recalled","gone"]}`, trace.CodeBadValue,
		"persistentDisposition.set[1]"),
	addMember("place", object1, `"readPoint":{"id":"urn:x:1","yousang:x":1}`, "", ""),
	addMember("place without id", object1, `"readPoint":{}`, trace.CodeRequired, "readPoint.id"),
	addMember("place as a string", object1, `"bizLocation":"urn:x:1"`, trace.CodeMalformed, "bizLocation"),
	addMember("place with another member", object1, `"bizLocation":{"id":"urn:x:1","name":"x"}`, trace.CodeMalformed,
		"bizLocation.name"),
	addMember("certification", object1, `"certificationInfo":["urn:x:1","urn:x:2"]`, "", ""),
	addMember("certification no URI", object1, `"certificationInfo":["urn:x:1",{}]`, trace.CodeMalformed, "certificationInfo[1]"),
	addMember("sensors", object1, sensor, "", ""),
	addMember("sensors without reports", object1, `"sensorElementList":[{}]`, trace.CodeRequired, "sensorElementList[0].sensorReport"),
	addMember("unknown measurement", object1, strings.Replace(sensor, "Temp", "temp", 1), trace.CodeBadValue,
		"sensorElementList[0].sensorReport[0].type"),
	addMember("measured text", object1, strings.Replace(sensor, "4.5", `"4.5"`, 1), trace.CodeBadValue,
		"sensorElementList[0].sensorReport[0].value"),
	addMember("report of words", object1, strings.Replace(sensor, `"value":4.5`, `"booleanValue":"true"`, 1), trace.CodeBadValue,
		"sensorElementList[0].sensorReport[0].booleanValue"),
	addMember("report of hex", object1, strings.Replace(sensor, `"value":4.5`, `"hexBinaryValue":"f0g0"`, 1), trace.CodeBadValue,
		"sensorElementList[0].sensorReport[0].hexBinaryValue"),
	addMember("declaration", object1,
		`"errorDeclaration":{"declarationTime":"2026-11-03T00:00:00Z","reason":"did_not_occur",`+
			`"correctiveEventIDs":["urn:x:1"],"yousang:x":1}`, "", ""),
	addMember("declaration without time", object1, `"errorDeclaration":{}`, trace.CodeRequired, "errorDeclaration.declarationTime"),
	addMember("declaration with another reason", object1,
		`"errorDeclaration":{"declarationTime":"2026-11-03T00:00:00Z","reason":"because"}`, trace.CodeBadValue,
		"errorDeclaration.reason"),
	addMember("source without type", object1, `"sourceList":[{"source":"urn:x:1"}]`, trace.CodeRequired, "sourceList[0].type"),
	addMember("destination of another type", object1, `"destinationList":[{"type":"buyer","destination":"urn:x:1"}]`,
		trace.CodeBadValue, "destinationList[0].type"),
	addMember("list is none", object1, `"sourceList":{}`, trace.CodeMalformed, "sourceList"),
}

func TestValidateFields(t *testing.T) {
	for _, tt := range fieldCases {
		checkChange(t, tt)
	}
}

// typeCases change what an event type requires.
var typeCases = []change{
	{"EPC is no URI", object1, "urn:x:1", "12345", trace.CodeBadValue, "epcList[0]"},
	{"EPC is a number", object1, `"urn:x:1"`, "12345", trace.CodeMalformed, "epcList[0]"},
	{"no EPC", object1, `["urn:x:1"]`, "[]", trace.CodeRequired, "epcList"},
	{"quantities for EPCs", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"epcClass":"urn:x:1","quantity":0.5,"uom":"KGM"}]`, "",
		""},
	{"quantity as text", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"epcClass":"urn:x:1","quantity":"1"}]`,
		trace.CodeBadQuantity, "quantityList[0].quantity"},
	{"negative quantity", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"epcClass":"urn:x:1","quantity":-1}]`,
		trace.CodeBadQuantity, "quantityList[0].quantity"},
	{"unit is no code", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"epcClass":"urn:x:1","quantity":1,"uom":"kg"}]`,
		trace.CodeUnknownUnit, "quantityList[0].uom"},
	{"quantity of nothing", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"quantity":1}]`, trace.CodeRequired,
		"quantityList[0].epcClass"},
	{"quantity with another member", object1, `"epcList":["urn:x:1"]`, `"quantityList":[{"epcClass":"urn:x:1","yousang:x":1}]`,
		trace.CodeMalformed, "quantityList[0].yousang:x"},
	{"sensors at a place", object1, `"epcList":["urn:x:1"]`,
		`"readPoint":{"id":"urn:x:1"},"sensorElementList":[{"sensorReport":[{"type":"Time"}]}]`, "", ""},
	{"sensors nowhere", object1, `"epcList":["urn:x:1"]`, `"sensorElementList":[{"sensorReport":[{"type":"Time"}]}]`,
		trace.CodeRequired, "epcList"},
	addMember("ilmd", object1, `"ilmd":{"cbvmda:lotNumber":"1"}`, "", ""),
	addMember("ilmd without namespace", object1, `"ilmd":{"lotNumber":"1"}`, trace.CodeMalformed, "ilmd.lotNumber"),
	addMember("ilmd is a string", object1, `"ilmd":"x"`, trace.CodeMalformed, "ilmd"),
	{"ilmd of an observation", object1, `"ADD"`, `"OBSERVE","ilmd":{}`, trace.CodeMalformed, "ilmd"},
	addMember("ilmd of an aggregation", aggregate1, `"ilmd":{}`, trace.CodeMalformed, "ilmd"),
	addMember("ilmd of a transformation", transform1, `"ilmd":{"yousang:x":1}`, "", ""),
	{"aggregation without parent", aggregate1, `"parentID":"urn:x:p",`, "", trace.CodeRequired, "parentID"},
	{"observed without parent", aggregate1, `"ADD","parentID":"urn:x:p"`, `"OBSERVE"`, "", ""},
	{"aggregation without children", aggregate1, `,"childEPCs":["urn:x:1"]`, "", trace.CodeRequired, "childEPCs"},
	{"all children taken out", aggregate1, `"ADD","parentID":"urn:x:p","childEPCs":["urn:x:1"]`, `"DELETE","parentID":"urn:x:p"`, "",
		""},
	{"association without parent", associate1, `"ADD","parentID":"urn:x:p"`, `"OBSERVE"`, trace.CodeRequired, "parentID"},
	{"transaction without transaction", transact1, `"bizTransactionList":[{"bizTransaction":"urn:x:t"}],`, "", trace.CodeRequired,
		"bizTransactionList"},
	{"transaction with none", transact1, `[{"bizTransaction":"urn:x:t"}]`, "[]", trace.CodeRequired, "bizTransactionList"},
	{"transaction of nothing", transact1, `,"epcList":["urn:x:1"]`, "", trace.CodeRequired, "epcList"},
	{"transaction of an unknown type", transact1, `{"bizTransaction"`, `{"type":"bill","bizTransaction"`, trace.CodeBadValue,
		"bizTransactionList[0].type"},
	{"no input", transform1, `"inputEPCList":["urn:x:1"],`, "", trace.CodeRequired, "inputEPCList"},
	{"no output", transform1, `,"outputQuantityList":[{"epcClass":"urn:x:2","quantity":1}]`, "", trace.CodeRequired, "outputEPCList"},
	{"half of a transformation", transform1, `"inputEPCList":["urn:x:1"],`, `"transformationID":"urn:x:r",`, "", ""},
	{"nothing of a transformation", transform1, `"inputEPCList":["urn:x:1"],"outputQuantityList":[{"epcClass":"urn:x:2","quantity":1}]`,
		`"transformationID":"urn:x:r"`, trace.CodeRequired, "inputEPCList"},
}

func TestValidateTypes(t *testing.T) {
	for _, tt := range typeCases {
		checkChange(t, tt)
	}
	for _, raw := range []string{`[]`, `"x"`, `{`, ``} {
		if err := Validate([]byte(raw), nil); !errors.Is(err, &trace.Error{Code: trace.CodeMalformed}) {
			t.Errorf("%s: got %v, want malformed", raw, err)
		}
	}
}

func TestSeal(t *testing.T) {
	id, err := EventID([]byte(object1), nil)
	if err != nil {
		t.Fatal(err)
	}
	with := func(member string) []byte {
		a, b := insertMember(member)
		return []byte(strings.Replace(object1, a, b, 1))
	}
	const foreign = "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"
	declared := `"errorDeclaration":{"declarationTime":"2026-11-03T00:00:00Z"}`
	tests := []struct {
		name  string
		event []byte
		want  string
	}{
		{"without id", []byte(object1), id},
		{"null id", with(`"eventID":null`), id},
		{"right hash", with(`"eventID":"` + id + `"`), id},
		{"another's id", with(`"eventID":"` + foreign + `"`), foreign},
		{"hash of other rules", with(`"eventID":"ni:///sha-256;00?ver=CBV2.1"`), "ni:///sha-256;00?ver=CBV2.1"},
		{"withdrawn, without id", with(declared), id},
		{"withdrawn, with its id", with(declared + `,"eventID":"` + id + `"`), id},
	}
	for _, tt := range tests {
		body, got, err := Seal(tt.event, nil)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
			continue
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(body, &m); err != nil || string(m["eventID"]) != `"`+tt.want+`"` {
			t.Errorf("%s: body %s, %v", tt.name, body, err)
		}
		if c, err := Canonical(body); err != nil || !bytes.Equal(c, body) {
			t.Errorf("%s: body is not canonical: %s", tt.name, body)
		}
	}
	wrong := strings.Replace(id, "sha-256;", "sha-256;0", 1)
	_, _, err = Seal(with(`"eventID":"`+wrong+`"`), nil)
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != trace.Conflict || e.Code != trace.CodeBadCheck || e.Field != "eventID" || e.Args["want"] != id {
		t.Errorf("wrong hash: got %v, want bad_check with the right one", err)
	}
	if _, _, err = Seal(with(`"eventID":7`), nil); !errors.Is(err, &trace.Error{Code: trace.CodeBadValue}) {
		t.Errorf("id is a number: got %v", err)
	}
}

// TestSealEmbedsPrefixes: an event that is cut out of its document keeps its meaning, and so its hash.
func TestSealEmbedsPrefixes(t *testing.T) {
	document := `{"@context":["` + ContextURL + `",
		{"ex":"https://ex.org/","unused":"https://u.org/","yousang":"https://trace.example.cn/voc/"}],
		"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-02T00:00:00Z","epcisBody":{"eventList":[` +
		strings.Replace(object1, placeholder, `"ex:a":{"ex:b":1},"yousang:step":"s","disposition":"ex:lost",`+placeholder, 1) + `]}}`
	d, err := ReadDocument(strings.NewReader(document), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	ctx := d.Context.Rebase(home)
	body, id, err := Seal(d.Events[0], ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"@context":{"ex":"https://ex.org/"},"action"`; !strings.HasPrefix(string(body), want) {
		t.Errorf("body\n got %s\nwant %s…", body, want)
	}
	if got, err := EventID(body, home); err != nil || got != id {
		t.Errorf("alone: %s, %v, want %s", got, err, id)
	}
	if again, id2, err := Seal(body, ctx); err != nil || id2 != id || !bytes.Equal(again, body) {
		t.Errorf("sealed again: %v %s", err, again)
	}
	own := strings.Replace(string(d.Events[0]), `{`, `{"@context":["https://c.org/"],`, 1)
	body, _, err = Seal([]byte(own), ctx)
	if want := `{"@context":[{"ex":"https://ex.org/"},"https://c.org/"],"action"`; err != nil || !strings.HasPrefix(string(body), want) {
		t.Errorf("with a context of its own: %v\n got %s\nwant %s…", err, body, want)
	}
	foreign := d.Context.Rebase(NewContext(map[string]string{Prefix: "https://other.cn/voc/"}))
	body, id3, err := Seal(d.Events[0], foreign)
	if err != nil || id3 != id || !strings.Contains(string(body), `"yousang":"https://trace.example.cn/voc/"`) {
		t.Errorf("in another deployment: %v %s %s", err, id3, body)
	}
}

func TestEventIDRefuses(t *testing.T) {
	tests := []struct {
		name, event string
		code        trace.Code
		field       string
	}{
		{"no event", `[]`, trace.CodeMalformed, ""},
		{"no type", `{}`, trace.CodeRequired, "type"},
		{"bad time", strings.Replace(object1, "2026-11-02T", "2026-13-02T", 1), trace.CodeBadTime, "eventTime"},
		{"object for a value", strings.Replace(object1, `"ADD"`, `{}`, 1), trace.CodeMalformed, "action"},
		{"value for an object", strings.Replace(object1, `"action"`, `"quantityList":["x"],"action"`, 1), trace.CodeMalformed,
			"quantityList[0]"},
		{"bad context", strings.Replace(object1, `"action"`, `"@context":1,"action"`, 1), trace.CodeMalformed, "@context"},
	}
	for _, tt := range tests {
		_, err := EventID([]byte(tt.event), nil)
		var e *trace.Error
		if !errors.As(err, &e) || e.Code != tt.code || e.Field != tt.field {
			t.Errorf("%s: got %v, want %s at %s", tt.name, err, tt.code, tt.field)
		}
	}
}

func FuzzEventID(f *testing.F) {
	for _, s := range []string{object1, aggregate1, associate1, transact1, transform1,
		`{"type":"ObjectEvent","readPoint":{"id":"urn:epc:id:sgln:4012345.00011.987","a:b":[[1],[],{"c":null}]},"x":"1e99"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		valid := Validate(raw, home) == nil
		id, err := EventID(raw, home)
		if err != nil {
			var e *trace.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a trace.Error: %v", err)
			}
			if valid {
				t.Fatalf("valid, but without a hash: %v", err)
			}
			return
		}
		canonical, err := Canonical(raw)
		if err != nil {
			t.Fatalf("hashed, but not canonical: %v", err)
		}
		if got, err := EventID(canonical, home); err != nil || got != id {
			t.Fatalf("canonical form has id %s, %v, want %s", got, err, id)
		}
		body, sealed, err := Seal(raw, home)
		if err != nil {
			return
		}
		again, twice, err := Seal(body, home)
		if err != nil || twice != sealed || !bytes.Equal(again, body) {
			t.Fatalf("sealed twice: %v\n%s\n%s", err, body, again)
		}
	})
}
