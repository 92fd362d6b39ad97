package mongo

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// extendedJSON writes a document the way people and tests can compare.
func extendedJSON(t *testing.T, d bson.D) string {
	t.Helper()
	b, err := bson.MarshalExtJSON(d, true, false)
	if err != nil {
		t.Fatalf("encode %v: %v", d, err)
	}
	return string(b)
}

func TestStory(t *testing.T) {
	for _, row := range []struct {
		name, body, want string
		plain            bool
	}{
		{name: "members in their order", body: ` {"b":"柚","a":true,"n":null} `, want: `{"b":"柚","a":true,"n":null}`},
		{name: "whole numbers", body: `{"n":[0,-7,9223372036854775807]}`,
			want: `{"n":[{"$numberLong":"0"},{"$numberLong":"-7"},{"$numberLong":"9223372036854775807"}]}`},
		{name: "other numbers stay exact", body: `{"q":0.1,"e":1e3,"m":412.500001}`,
			want: `{"q":{"$numberDecimal":"0.1"},"e":{"$numberDecimal":"1E+3"},"m":{"$numberDecimal":"412.500001"}}`},
		{name: "more digits than a decimal holds", body: `{"q":0.1234567890123456789012345678901234567}`,
			want: `{"q":"0.1234567890123456789012345678901234567"}`},
		{name: "a larger exponent than a decimal holds", body: `{"q":1e99999}`, want: `{"q":"1e99999"}`},
		{name: "times are dates", body: `{"made":{"time":"2026-11-03T09:02:03.456+08:00"}}`,
			want: `{"made":{"time":{"$date":{"$numberLong":"1793667723456"}}}}`},
		{name: "what is called time and is none", body: `{"time":"noon","a":{"time":7}}`,
			want: `{"time":"noon","a":{"time":{"$numberLong":"7"}}}`},
		{name: "names that queries take for something else", body: `{"a.b":1,"$set":2,"x\u0000y":3,"":4}`,
			want: `{"a．b":{"$numberLong":"1"},"＄set":{"$numberLong":"2"},"x␀y":{"$numberLong":"3"},"_":{"$numberLong":"4"}}`},
		{name: "our own names, and names twice", body: `{"_id":"x","asOf":"y","body":"z","a":"1","a":"2","c":{"body":"free"}}`,
			want: `{"_id_":"x","asOf_":"y","body_":"z","a":"1","a_":"2","c":{"body":"free"}}`},
		{name: "lists in lists", body: `{"c":[[1,2.5],[]]}`, want: `{"c":[[{"$numberLong":"1"},{"$numberDecimal":"2.5"}],[]]}`},
		{name: "for FerretDB", plain: true, body: `{"c":[[1,2.5],[]],"q":0.5,"n":2}`,
			want: `{"c":["[1,2.5]","[]"],"q":"0.5","n":{"$numberLong":"2"}}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := converter{plain: row.plain}.convertBody([]byte(row.body))
			if err != nil {
				t.Fatalf("story: %v", err)
			}
			if s := extendedJSON(t, got); s != row.want {
				t.Errorf("got  %s\nwant %s", s, row.want)
			}
		})
	}
}

func TestNoStory(t *testing.T) {
	for _, body := range []string{"", "five", "[]", `"text"`, "7", "{", `{"a":1} x`, "{\"a\":\"\xff\"}"} {
		if got, err := (converter{}).convertBody([]byte(body)); err == nil {
			t.Errorf("%q: got %v, want an error", body, got)
		}
	}
}

func TestStoryOfGreatDepth(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 150) + "1" + strings.Repeat("}", 150)
	got, err := (converter{}).convertBody([]byte(deep))
	if err != nil {
		t.Fatalf("story: %v", err)
	}
	if n := strings.Count(extendedJSON(t, got), `{"a":`); n != maxDepth {
		t.Errorf("%d levels of documents, want %d", n, maxDepth)
	}
}

// FuzzStory: whatever a body holds, the document made of the body can be stored anywhere, and is the same each time.
func FuzzStory(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b.c":"$"}],"time":"2026-11-03T00:00:00Z"}`, `{"a":1,"a":2,"a_":3}`, `{"":{"":""}}`, `{"n":-0.0e-7}`,
		`[]`, "{"} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, plain bool) {
		d, err := converter{plain: plain}.convertBody(body)
		if err != nil {
			return
		}
		checkFields(t, d)
		b, err := bson.Marshal(append(bson.D{{Key: "_id", Value: "l"}}, d...))
		if err != nil {
			t.Fatalf("%q cannot be stored: %v", body, err)
		}
		if err := bson.Raw(b).Validate(); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

func checkFields(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case bson.D:
		seen := map[string]bool{}
		for _, e := range v {
			if e.Key == "" || seen[e.Key] || strings.ContainsAny(e.Key, ".$\x00") || !utf8.ValidString(e.Key) {
				t.Errorf("field %q", e.Key)
			}
			seen[e.Key] = true
			checkFields(t, e.Value)
		}
	case bson.A:
		for _, m := range v {
			checkFields(t, m)
		}
	case string:
		if !utf8.ValidString(v) {
			t.Errorf("text %q", v)
		}
	}
}
