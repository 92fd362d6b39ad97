package api

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// warningDoc describes the header Yousang-Warning.
const warningDoc = "Codes of warnings, with commas between: placeholder_address where the public address is not one that strangers can " +
	"open by https, so that codes printed now will open for nobody; on labels also no_contact and missing_characters."

// KeyInput is a write whose body the handler reads itself.
type KeyInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"100"`
	RawBody []byte `contentType:"application/json"`
}

// readBody reads a body of one type strictly.
func readBody[B any](in *KeyInput, r *bodyRules) (*B, error) {
	v := new(B)
	return v, decodeBody(in.RawBody, v, r)
}

// checkPositive refuses numbers below one that a body names. A number that is left out means all there is, and a program that computed zero
// did not mean all. A body that is no object is left to readBody.
func checkPositive(raw []byte, names ...string) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	for _, name := range names {
		if n, err := strconv.ParseInt(string(members[name]), 10, 64); err == nil && n < 1 {
			e := trace.E(trace.Invalid, trace.CodeBadValue, name, "value", strconv.FormatInt(n, 10), "allowed", "1 or more")
			if name != "count" {
				e.Args["thing"] = "ordinal"
			}
			return e
		}
	}
	return nil
}

// statusOfWrite is 201 for a record that was made now, and 200 for a record of an earlier time.
func statusOfWrite(repeat bool) int {
	if repeat {
		return 200
	}
	return 201
}

// describeCodeWrite describes a write about codes whose answer is of another type than Answer.
func (a *API) describeCodeWrite(path, id, summary, description string, answers reflect.Type) *huma.Operation {
	op := a.describeWrite(path, id, tagCodes, summary, description)
	op.Responses["200"].Content["application/json"] = newMediaType(a.reg, answers)
	return op
}
