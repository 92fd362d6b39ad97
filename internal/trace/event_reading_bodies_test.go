package trace

import (
	"strings"
	"testing"
)

// nestLists is an object with a member that is so many lists deep, the object included.
func nestLists(depth int) string {
	return `{"x":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

// oddBodies are bodies at the borders of JSON and of the form of an event.
var oddBodies = []struct {
	name, body string
	accepted   bool
}{
	{"null", "null", true},
	{"an empty object", "{}", true},
	{"white space around", "\r\n\t {\"bizStep\" : \"x\" , \"epcList\" : [ \"a\" , \"b\" ] } \n", true},
	{"other white space", "{\f}", false},
	{"a byte order mark", "\ufeff{}", false},
	{"a byte of nothing", "{}\x00", false},
	{"two values", "{}{}", false},
	{"a comma at the end", `{"type":"x",}`, false},
	{"a comma at the start", `{,"type":"x"}`, false},
	{"a comma at a list's end", `{"epcList":["a",]}`, false},
	{"a comma at a list's start", `{"epcList":[,"a"]}`, false},
	{"no comma", `{"type":"x" "action":"ADD"}`, false},
	{"no colon", `{"type" "x"}`, false},
	{"a name without quotes", `{type:"x"}`, false},
	{"a name as a number", `{1:"x"}`, false},
	{"the wrong bracket", `{"epcList":["a"}}`, false},
	{"nulls everywhere", `{"action":null,"bizLocation":null,"epcList":null,"ilmd":{"yousang:lots":[null],"yousang:season":null},
		"quantityList":[null,{"epcClass":null}],"yousang:final":null,"yousang:work":{"yousang:intervalDays":null}}`, true},
	{"a null time", `{"eventTime":null}`, false},
	{"a null amount", `{"quantityList":[{"quantity":null}]}`, false},
	{"null sensors", `{"sensorElementList":null}`, true},
	{"sensors with white space", `{"sensorElementList": [ {"a" :1.50} ] }`, true},
	{"sensors that are no list", `{"sensorElementList":"x"}`, true},
	{"empty lists", `{"epcList":[],"quantityList":[],"bizTransactionList":[]}`, true},
	{"null after a value", `{"epcList":["a"],"bizStep":"x","readPoint":{"id":"x"},
		"epcList":null,"bizStep":null,"readPoint":null}`, true},
	{"a member twice", `{"bizStep":"x","bizStep":"y","yousang:final":true,"yousang:final":false}`, true},
	{"an object twice", `{"yousang:work":{"yousang:dose":"1","yousang:kind":"spray"},"yousang:work":{"yousang:kind":"feed"}}`, true},
	{"a list twice", `{"quantityList":[{"epcClass":"a","uom":"KGM"},{"epcClass":"b"},{"epcClass":"c","uom":"c"}],
		"quantityList":[{"epcClass":"d"}],
		"quantityList":[{"quantity":1},{"quantity":2},{"quantity":3},{"quantity":4},{"quantity":5}]}`, true},
	{"a list of texts twice", `{"epcList":["a","b"],"epcList":[null],"epcList":[null,null,null]}`, true},
	{"an emptied list", `{"epcList":["a"],"epcList":[],"epcList":[null]}`, true},
	{"escapes", `{"bizStep":"\"\\\/\b\f\n\r\t\u67da\u6851\ud83c\udf4a"}`, true},
	{"an escaped name", `{"biz\u0053tep":"x"}`, true},
	{"half a surrogate pair", `{"bizStep":"\ud83c","action":"\udf4a\ud83c"}`, true},
	{"an escape that is none", `{"bizStep":"\x"}`, false},
	{"an escape cut short", `{"bizStep":"\u67d"}`, false},
	{"an escape at the end", `{"bizStep":"\`, false},
	{"a wrong escape in what is skipped", `{"x":"\u67dz"}`, false},
	{"bytes that are not UTF-8", "{\"bizStep\":\"a\xffb\xe6\x9f\",\"x\":\"\xff\",\"\xff\":1}", true},
	{"a control character", "{\"bizStep\":\"a\nb\"}", false},
	{"a control character after a stroke", "{\"bizStep\":\"a\\\nb\"}", false},
	{"a control character in a name", "{\"bi\nz\":1}", false},
	{"delete is a character", "{\"bizStep\":\"a\x7fb\"}", true},
	{"members nobody knows", `{"a":1,"b":-0.5e+10,"c":[true,false,null,{"d":[[],{}]}],"":"",
		"persistentDisposition":{"x":[1]},"readPoint":{"x":2},
		"ilmd":{"x":"","yousang:lots":[{"x":{}}]},"sourceList":[{"x":[]}],"quantityList":[{"x":1}],
		"yousang:work":{"x":null},"errorDeclaration":{"x":0}}`, true},
	{"a number with a nought before", `{"x":01}`, false},
	{"a number without a fraction", `{"x":1.}`, false},
	{"a number without a whole", `{"x":.5}`, false},
	{"a number without an exponent", `{"x":1e+}`, false},
	{"a number with plus", `{"x":+1}`, false},
	{"a sign without a number", `{"x":-}`, false},
	{"a negative nought", `{"x":-0,"yousang:work":{"yousang:maxUses":-0}}`, true},
	{"a word that is none", `{"x":nul}`, false},
	{"a word too long", `{"x":trues}`, false},
	{"a null too long", `{"bizStep":nullx}`, false},
	{"an amount with a nought before", `{"quantityList":[{"quantity":01}]}`, false},
	{"amounts", `{"quantityList":[{"quantity":412.5},{"quantity":"3"},{"quantity":1.5e3},{"quantity":0.000001},{"quantity":1E-3}]}`, true},
	{"a negative amount", `{"quantityList":[{"quantity":-1}]}`, false},
	{"an amount as a list", `{"quantityList":[{"quantity":[1]}]}`, false},
	{"a time in China", `{"eventTime":"2026-11-20T12:00:00.5+08:00"}`, true},
	{"a time with an escape", `{"eventTime":"2026-11-20T12:00:00\u005a"}`, false},
	{"a whole number with a fraction", `{"yousang:work":{"yousang:intervalDays":1.0}}`, false},
	{"a whole number with an exponent", `{"yousang:work":{"yousang:intervalDays":1e1}}`, false},
	{"a whole number too large", `{"yousang:work":{"yousang:intervalDays":9223372036854775808}}`, false},
	{"a whole number as text", `{"yousang:work":{"yousang:intervalDays":"7"}}`, false},
	{"a truth as text", `{"yousang:final":"true"}`, false},
	{"a text as a number", `{"quantityList":[{"epcClass":1}]}`, false},
	{"a text as an object", `{"bizStep":{}}`, false},
	{"an object as a text", `{"bizLocation":"x"}`, false},
	{"an object as a list", `{"bizLocation":[]}`, false},
	{"a list as an object", `{"epcList":{}}`, false},
	{"a wrong type, then no JSON", `{"bizStep":1,`, false},
	{"a wrong type, then a bad time", `{"bizStep":1,"eventTime":"x"}`, false},
	{"as deep as may be", nestLists(10_000), true},
	{"deeper", nestLists(10_000 + 1), false},
	{"no end of depth", strings.Repeat("[", 1<<20), false},
}

func TestOddBodiesAreReadAsEncodingJSONDoes(t *testing.T) {
	for _, row := range oddBodies {
		t.Run(row.name, func(t *testing.T) {
			if got := expectSameAsJSON(t, []byte(row.body)); got != row.accepted {
				t.Errorf("accepted: %t, want %t", got, row.accepted)
			}
		})
	}
}
