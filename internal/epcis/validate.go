package epcis

import (
	"bytes"

	"github.com/yousang/yousang/internal/trace"
)

// Validate checks an event against EPCIS 2.0 (ISO/IEC 19987, JSON binding): the fields that the event type requires and allows,
// the action, times with an offset, identifiers that are URIs, quantities that are numbers, and bare words of CBV 2.0
// ("shipping"). A term of another vocabulary is a URI. A member outside the standard must have a prefix that the event's
// @context or ctx declares, or a full URI as its name; the content of such a member is not checked.
//
// Errors, for the sender of the event, with the path of the field ("quantityList[0].quantity"): CodeMalformed, CodeRequired,
// CodeBadValue, CodeBadTime, CodeBadQuantity. The error is the first in the order of member names.
func Validate(event []byte, ctx *Context) error {
	t, err := parseJSON(event)
	if err != nil {
		return err
	}
	defer t.release()
	return validateTree(t, ctx)
}

func validateTree(t *jsonTree, ctx *Context) error {
	root := t.root()
	if root.kind != kindObject {
		return trace.Malformed("", "not an event")
	}
	ctx, err := findEventContext(t, ctx)
	if err != nil {
		return err
	}
	typ := t.findMember(root, "type")
	if typ == nil {
		return trace.E(trace.Invalid, trace.CodeRequired, "type")
	}
	s, ok := eventShapes[string(typ.text)]
	if typ.kind != kindString || !ok {
		return trace.At("type", badValueError(typ, "ObjectEvent AggregationEvent TransactionEvent TransformationEvent AssociationEvent"))
	}
	v := validator{t: t, ctx: ctx}
	if err := v.checkObject(root, s); err != nil {
		return err
	}
	return v.checkEvent(root, string(typ.text))
}

// validator checks one parsed event.
type validator struct {
	t   *jsonTree
	ctx *Context
}

// checkObject checks the members of an object. A null member counts as absent.
func (v validator) checkObject(n *jsonNode, s *shape) error {
	if n.kind != kindObject {
		return trace.Malformed("", "expected an object")
	}
	for _, k := range v.t.children(n) {
		m := &v.t.nodes[k]
		r, ok := s.members[string(m.key)]
		var err error
		switch {
		case ok && m.kind == kindNull:
		case ok:
			err = v.checkMember(m, r)
		case s.open:
			err = v.checkExtension(m.key)
		default:
			err = trace.Malformed("", "unknown member")
		}
		if err != nil {
			return trace.At(clipPath(m.key), err)
		}
	}
	for _, name := range s.required {
		if !v.hasMember(n, name) {
			return trace.E(trace.Invalid, trace.CodeRequired, name)
		}
	}
	return nil
}

func (v validator) hasMember(n *jsonNode, name string) bool {
	m := v.t.findMember(n, name)
	return m != nil && m.kind != kindNull
}

func (v validator) checkMember(n *jsonNode, r rule) error {
	if !r.list {
		return v.checkValue(n, r)
	}
	if n.kind != kindArray {
		return trace.Malformed("", "expected a list")
	}
	for i, k := range v.t.children(n) {
		if err := v.checkValue(&v.t.nodes[k], r); err != nil {
			return trace.At(indexPath(i), err)
		}
	}
	return nil
}

// checkExtension checks the name of a member outside the standard.
func (v validator) checkExtension(key []byte) error {
	i := bytes.IndexByte(key, ':')
	if i <= 0 || i == len(key)-1 {
		return trace.Malformed("", "unknown member without a prefix")
	}
	if _, ok := v.ctx.findIRI(key[:i]); !ok && !isFullURI(key) {
		return trace.Malformed("", "undeclared prefix")
	}
	return nil
}

func (v validator) checkValue(n *jsonNode, r rule) error {
	switch r.check {
	case isObject:
		return v.checkObject(n, r.shape)
	case isIlmd:
		return v.checkObject(n, &shape{open: true})
	case isJSONLD, isTypeName:
		return nil
	case isIDs:
		r = rule{check: isURIValue, list: n.kind == kindArray}
		return v.checkMember(n, r)
	case isNumber:
		if n.kind != kindNumber {
			return badValueError(n, "number")
		}
		return nil
	case isQuantity:
		if n.kind != kindNumber || n.text[0] == '-' {
			return trace.E(trace.Invalid, trace.CodeBadQuantity, "", "value", clipPath(n.text))
		}
		return nil
	case isBool:
		if n.kind != kindTrue && n.kind != kindFalse {
			return badValueError(n, "true false")
		}
		return nil
	}
	if n.kind != kindString {
		return trace.Malformed("", "expected a string")
	}
	return checkText(n, r)
}

// checkText checks a string.
func checkText(n *jsonNode, r rule) error {
	switch r.check {
	case isURIValue:
		if !isURI(n.text) {
			return badValueError(n, "URI")
		}
	case isTimeValue:
		var room [32]byte
		if _, ok := appendTime(room[:0], n.text); !ok || n.text[0] <= ' ' || n.text[len(n.text)-1] <= ' ' {
			return trace.E(trace.Invalid, trace.CodeBadTime, "", "value", clipPath(n.text))
		}
	case isZone:
		if _, ok := parseZone(n.text); !ok || n.text[0] == 'Z' {
			return badValueError(n, "+08:00")
		}
	case isAction:
		if a := string(n.text); a != "ADD" && a != "OBSERVE" && a != "DELETE" {
			return badValueError(n, "ADD OBSERVE DELETE")
		}
	case isUnit:
		if len(n.text) < 2 || len(n.text) > 3 || !isUpperOrDigit(n.text) {
			return trace.E(trace.Invalid, trace.CodeUnknownUnit, "", "value", clipPath(n.text))
		}
	case isHex:
		for _, c := range n.text {
			if _, ok := hexDigit(c); !ok {
				return badValueError(n, "hexadecimal")
			}
		}
	case isWord:
		return checkTerm(n, r.vocab)
	}
	return nil
}

// checkTerm checks a word of a CBV list. Where JSON has a bare word, the word's IRI or URN is refused: a reader that looks for
// "shipping" would not find the event.
func checkTerm(n *jsonNode, v *vocabulary) error {
	if v.words[string(n.text)] {
		return nil
	}
	cbv := v.base != gs1Voc && (bytes.HasPrefix(n.text, []byte(v.base)) || bytes.HasPrefix(n.text, []byte(v.urn)) ||
		bytes.HasPrefix(n.text, []byte("cbv:"+v.base[len(cbvVoc):])))
	if cbv || !isURI(n.text) {
		return badValueError(n, "CBV 2.0 word or URI")
	}
	return nil
}

func isUpperOrDigit(s []byte) bool {
	for _, c := range s {
		if !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// checkEvent checks the rules about several members (EPCIS 2.0, 7.4.2 to 7.4.7).
func (v validator) checkEvent(n *jsonNode, typ string) error {
	action := ""
	if m := v.t.findMember(n, "action"); m != nil {
		action = string(m.text)
	}
	if typ == "ObjectEvent" && v.hasMember(n, "ilmd") && action != "ADD" {
		return trace.At("ilmd", trace.Malformed("", "ilmd belongs to events that make something (ADD)"))
	}
	switch typ {
	case "ObjectEvent":
		sensed := v.hasElements(n, "sensorElementList") && (v.hasMember(n, "readPoint") || v.hasMember(n, "bizLocation"))
		return v.requireEither(n, sensed, "epcList", "quantityList")
	case "AggregationEvent", "AssociationEvent":
		if action != "OBSERVE" && !v.hasMember(n, "parentID") {
			return trace.E(trace.Invalid, trace.CodeRequired, "parentID")
		}
		return v.requireEither(n, action == "DELETE", "childEPCs", "childQuantityList")
	case "TransactionEvent":
		if !v.hasElements(n, "bizTransactionList") {
			return trace.E(trace.Invalid, trace.CodeRequired, "bizTransactionList")
		}
		return v.requireEither(n, action == "DELETE", "epcList", "quantityList")
	}
	in := v.requireEither(n, false, "inputEPCList", "inputQuantityList")
	out := v.requireEither(n, false, "outputEPCList", "outputQuantityList")
	if v.hasMember(n, "transformationID") && (in == nil || out == nil) {
		return nil // the other half is in another event of the same transformation
	}
	if in != nil {
		return in
	}
	return out
}

// requireEither requires at least one of two lists, unless the event is excused.
func (v validator) requireEither(n *jsonNode, excused bool, first, second string) error {
	if excused || v.hasElements(n, first) || v.hasElements(n, second) {
		return nil
	}
	return trace.E(trace.Invalid, trace.CodeRequired, first, "allowed", first+" "+second)
}

func (v validator) hasElements(n *jsonNode, name string) bool {
	m := v.t.findMember(n, name)
	return m != nil && m.kind == kindArray && m.count > 0
}

func badValueError(n *jsonNode, allowed string) *trace.Error {
	return trace.E(trace.Invalid, trace.CodeBadValue, "", "value", clipPath(n.text), "allowed", allowed)
}
