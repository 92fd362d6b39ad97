package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// decode reads a JSON body strictly into v, a pointer to a struct, and checks what its tags ask for: no unknown member, none that is there
// twice, no amount that is null. It is decoded once; only a body that is refused is read again, to say where it is wrong. Errors: CodeMalformed, CodeUnknownField, CodeRequired, CodeBadValue, CodeTooLarge
// and those of quantities and times, with the path of the field.
func decode(raw []byte, v any, r *rules) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return trace.E(trace.Invalid, trace.CodeRequired, "body")
	}
	if !utf8.Valid(raw) {
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one JSON value")
		}
	}
	if err == nil && bytes.Contains(raw, []byte("null")) { // an amount that is null would pass for one that is left out
		err = explain(reflect.TypeOf(v).Elem(), raw)
	}
	if err == nil {
		err = twice(raw, r.depth)
	}
	if err != nil {
		if where := explain(reflect.TypeOf(v).Elem(), raw); where != nil {
			return where
		}
		return malformedBody(err)
	}
	return r.check(reflect.ValueOf(v).Elem())
}

func malformedBody(err error) error {
	var e *trace.Error
	if errors.As(err, &e) {
		return e
	}
	return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", trace.Clip(strings.TrimPrefix(err.Error(), "json: ")))
}

// explain finds the first value in raw that does not fit a type, with its path; nil where all of them fit, or raw is no JSON.
func explain(t reflect.Type, raw []byte) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	raw = bytes.TrimSpace(raw)
	if bytes.Equal(raw, []byte("null")) {
		if t == reflect.TypeFor[trace.Amount]() {
			return trace.E(trace.Invalid, trace.CodeRequired, "")
		}
		return nil
	}
	if !json.Valid(raw) {
		return nil
	}
	_, custom := reflect.New(t).Interface().(json.Unmarshaler)
	switch {
	case custom:
		return explainValue(t, raw)
	case t.Kind() == reflect.Struct:
		return explainObject(t, raw)
	case t.Kind() == reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return wrongShape(raw)
		}
		for i, item := range list {
			if err := explain(t.Elem(), item); err != nil {
				return trace.At("["+strconv.Itoa(i)+"]", err)
			}
		}
		return nil
	}
	return explainValue(t, raw)
}

func explainObject(t reflect.Type, raw []byte) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return wrongShape(raw)
	}
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" {
			fields[strings.ToLower(name)] = f.Type
		}
	}
	for _, name := range sortedNames(members) {
		ft, ok := fields[strings.ToLower(name)] // as encoding/json does
		if !ok {
			return trace.E(trace.Invalid, CodeUnknownField, trace.Clip(name), "value", trace.Clip(name), "why", "unknown field")
		}
		if err := explain(ft, members[name]); err != nil {
			return below(name, err)
		}
	}
	return nil
}

func explainValue(t reflect.Type, raw []byte) error {
	err := json.Unmarshal(raw, reflect.New(t).Interface())
	if err == nil {
		return nil
	}
	var e *trace.Error
	if errors.As(err, &e) {
		return e
	}
	return wrongShape(raw)
}

// wrongShape names the kind of a value, as encoding/json does: the sentence says that another kind is wanted.
func wrongShape(raw []byte) error {
	kind := "number"
	switch raw[0] {
	case '{':
		kind = "object"
	case '[':
		kind = "array"
	case '"':
		kind = "string"
	case 't', 'f':
		kind = "bool"
	}
	return trace.E(trace.Invalid, trace.CodeBadValue, "", "value", kind)
}

// below puts an error's path under the name of the member it is in.
func below(name string, err error) error { return trace.At(trace.Clip(name), err) }
