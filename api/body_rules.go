package api

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// bodyRules are the bounds that a struct's tags set to its values. The OpenAPI document is made of the same tags (minItems, maxLength,
// enum …), so that document and check cannot differ. The rules of a type are read once.
type bodyRules struct {
	fields      []memberRule
	readsItself bool // the type reads its members itself, and may leave some for later
}

type memberRule struct {
	name             string
	index            []int
	required         bool // a text, list or time that must not be empty
	minText, maxText int  // characters; -1 for none
	minRows, maxRows int
	low, high        int64
	ranged           bool
	enum             []string
	inner            *bodyRules // of a struct, or of the elements of a list
}

// readRules reads the tags of a struct.
func readRules(t reflect.Type) *bodyRules {
	r := &bodyRules{}
	for _, f := range reflect.VisibleFields(t) {
		name := jsonName(f)
		if name == "" {
			continue
		}
		one := memberRule{name: name, index: f.Index, minText: tagNumber(f, "minLength"), maxText: tagNumber(f, "maxLength"),
			minRows: tagNumber(f, "minItems"), maxRows: tagNumber(f, "maxItems"), low: int64(tagNumber(f, "minimum")),
			high: int64(tagNumber(f, "maximum"))}
		one.ranged = one.high >= 0
		optional := strings.Contains(f.Tag.Get("json"), ",omit")
		kind := f.Type.Kind()
		one.required = !optional && (kind == reflect.String || kind == reflect.Slice || f.Type == reflect.TypeFor[trace.Time]())
		if f.Tag.Get("later") != "" { // the operation judges the member
			one.required = false
		} else if e := f.Tag.Get("enum"); e != "" {
			one.enum = strings.Split(e, ",")
		}
		inner := f.Type
		if kind == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			one.inner = readRules(inner)
		}
		if one.hasRules() {
			r.fields = append(r.fields, one)
		}
	}
	return r
}

func (o *memberRule) hasRules() bool {
	return o.required || o.minText >= 0 || o.maxText >= 0 || o.minRows >= 0 || o.maxRows >= 0 || o.ranged || o.enum != nil ||
		o.inner != nil && len(o.inner.fields) > 0
}

// jsonName is the name of a field's member; "" for a field that is no member of its own.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if f.Anonymous && name == "" || !f.IsExported() || name == "-" {
		return ""
	}
	if name == "" {
		return f.Name
	}
	return name
}

func tagNumber(f reflect.StructField, tag string) int {
	if n, err := strconv.Atoi(f.Tag.Get(tag)); err == nil {
		return n
	}
	return -1
}

// checkStruct tests a struct. Errors carry the path of the field.
func (r *bodyRules) checkStruct(v reflect.Value) error {
	for i := range r.fields {
		o := &r.fields[i]
		if err := o.checkValue(v.FieldByIndex(o.index)); err != nil {
			return trace.At(o.name, err)
		}
	}
	return nil
}

func (o *memberRule) checkValue(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		return o.checkText(v.String())
	case reflect.Slice:
		return o.checkList(v)
	case reflect.Struct:
		if o.required && v.IsZero() {
			return trace.E(trace.Invalid, trace.CodeRequired, "")
		}
		if o.inner != nil {
			return o.inner.checkStruct(v)
		}
	case reflect.Int, reflect.Int64:
		if n := v.Int(); o.ranged && (n < o.low || n > o.high) {
			return trace.E(trace.Invalid, trace.CodeBadValue, "", "value", strconv.FormatInt(n, 10),
				"allowed", strconv.FormatInt(o.low, 10)+"–"+strconv.FormatInt(o.high, 10))
		}
	}
	return nil
}

func (o *memberRule) checkText(s string) error {
	switch {
	case s == "" && (o.required || o.minText > 0):
		return trace.E(trace.Invalid, trace.CodeRequired, "")
	case s == "":
		return nil
	case o.maxText >= 0 && len(s) > o.maxText && utf8.RuneCountInString(s) > o.maxText:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.Itoa(o.maxText))
	case o.enum != nil && !slices.Contains(o.enum, s):
		return trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(s), "allowed", strings.Join(o.enum, " "))
	}
	return nil
}

func (o *memberRule) checkList(v reflect.Value) error {
	n := v.Len()
	switch {
	case n == 0 && (o.required || o.minRows > 0):
		return trace.E(trace.Invalid, trace.CodeRequired, "")
	case o.maxRows >= 0 && n > o.maxRows:
		return trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.Itoa(o.maxRows))
	}
	if o.inner == nil {
		return nil
	}
	for i := range n {
		if err := o.inner.checkStruct(v.Index(i)); err != nil {
			return trace.At("["+strconv.Itoa(i)+"]", err)
		}
	}
	return nil
}

func sortedNames[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
