package api

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/yousang/yousang/internal/trace"
)

// bodyOptions read a body strictly: a member that is unknown, a member that is there twice (whatever the case of its letters) and an amount
// that is null are refused. Names match without regard to case, as encoding/json matches names.
var bodyOptions = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.MatchCaseInsensitiveNames(true),
	jsonv1.MatchCaseSensitiveDelimiter(true), // time_zone is not timeZone
	jsontext.AllowInvalidUTF8(true),          // bytes are checked before; an escaped half of a surrogate pair becomes U+FFFD
	json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ *trace.Amount) error { return refuseNull(d) }),
		json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ **trace.Amount) error { return refuseNull(d) }),
	)),
)

// refuseNull refuses an amount that is null: a null would pass for an amount that is left out, which means the whole holding.
func refuseNull(d *jsontext.Decoder) error {
	if d.PeekKind() == 'n' {
		return trace.E(trace.Invalid, trace.CodeRequired, "")
	}
	return json.SkipFunc
}

// decodeBody reads a JSON body strictly into v, a pointer to a struct, and checks the values by the struct's tags. Errors: CodeMalformed,
// CodeUnknownField, CodeRequired, CodeBadValue, CodeTooLarge and those of quantities and times, with the path of the field.
func decodeBody(raw []byte, v any, r *bodyRules) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return trace.E(trace.Invalid, trace.CodeRequired, "body")
	}
	if !utf8.Valid(raw) {
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", "not UTF-8")
	}
	if err := json.Unmarshal(raw, v, bodyOptions, jsontext.AllowDuplicateNames(r.readsItself)); err != nil {
		return explainBodyError(err)
	}
	return r.checkStruct(reflect.ValueOf(v).Elem())
}

// explainBodyError puts an error of reading JSON into the vocabulary, with the path of the field.
func explainBodyError(err error) error {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	var own *trace.Error
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		name := trace.Clip(syntax.JSONPointer.LastToken())
		return trace.E(trace.Invalid, trace.CodeMalformed, fieldPath(syntax.JSONPointer), "why", "the member "+name+" is there twice")
	case errors.As(err, &syntax):
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", trace.Clip(strings.TrimPrefix(err.Error(), "jsontext: ")))
	case errors.As(err, &meaning):
	default:
		return trace.E(trace.Invalid, trace.CodeMalformed, "", "why", trace.Clip(err.Error()))
	}
	field := fieldPath(meaning.JSONPointer)
	switch {
	case errors.As(err, &own):
		if field == "" {
			return own
		}
		return trace.At(field, own)
	case errors.Is(err, json.ErrUnknownName):
		name := trace.Clip(meaning.JSONPointer.LastToken())
		return trace.E(trace.Invalid, CodeUnknownField, field, "value", name, "why", "unknown field")
	}
	return trace.E(trace.Invalid, trace.CodeBadValue, field, "value", kindName(meaning.JSONKind))
}

// kindName names the kind of a value in the sentence which says that another kind has to stand there.
func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	}
	return "number"
}

// fieldPath writes a JSON pointer as the path of a field: /lots/0/quantity is lots[0].quantity.
func fieldPath(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case isIndex(token):
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + trace.Clip(token))
		default:
			b.WriteString(trace.Clip(token))
		}
	}
	return b.String()
}

// isIndex reports whether a part of a JSON pointer is a place in a list.
func isIndex(token string) bool {
	_, err := strconv.ParseUint(token, 10, 32)
	return err == nil
}

// objectMember is a member of an object, and where its value goes.
type objectMember struct {
	name  string
	value any // a pointer
}

// readMembers reads an object whose members' own values may hold a member twice (each value is judged later by itself), so that only the
// object's own names are checked. null is an object without members.
func readMembers(d *jsontext.Decoder, members ...objectMember) error {
	switch kind := d.PeekKind(); kind {
	case '{':
	case 'n':
		return d.SkipValue()
	default:
		if err := d.SkipValue(); err != nil {
			return err
		}
		return &json.SemanticError{JSONKind: kind, JSONPointer: d.StackPointer()}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	seen := make([]bool, len(members))
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		i := slices.IndexFunc(members, func(m objectMember) bool { return strings.EqualFold(m.name, name) })
		if i < 0 {
			return &json.SemanticError{JSONPointer: d.StackPointer(), Err: json.ErrUnknownName}
		}
		if seen[i] {
			return &jsontext.SyntacticError{JSONPointer: d.StackPointer(), Err: jsontext.ErrDuplicateName}
		}
		seen[i] = true
		if err := json.UnmarshalDecode(d, members[i].value); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}
