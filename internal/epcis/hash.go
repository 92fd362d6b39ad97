package epcis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"sync"

	"github.com/yousang/yousang/internal/trace"
)

// The two ends of a CBV 2.0 event hash (RFC 6920 with the version of the rules).
const (
	idPrefix  = "ni:///sha-256;"
	idVersion = "?ver=CBV2.0"
)

// EventID computes the CBV 2.0 event hash of an event, "ni:///sha-256;…?ver=CBV2.0". The hash is the same for every spelling of
// one event (order of members and lists, form of numbers, times and keys) and differs for another event. recordTime, eventID,
// errorDeclaration, certificationInfo and comments have no part in the hash. Prefixes are looked up in the event's own
// @context, then in ctx, which may be nil.
//
// Errors, for the sender of the event: CodeMalformed, CodeRequired, CodeBadValue, CodeBadTime with the path of the field. An
// event that Validate accepts has a hash.
func EventID(event []byte, ctx *Context) (string, error) {
	t, err := parseJSON(event)
	if err != nil {
		return "", err
	}
	defer t.release()
	return computeEventID(t, ctx)
}

// PreHash returns the string whose SHA-256 is the event hash, to find out why two hashes differ. Errors are those of EventID.
func PreHash(event []byte, ctx *Context) (string, error) {
	t, err := parseJSON(event)
	if err != nil {
		return "", err
	}
	defer t.release()
	var s string
	err = usePreHash(t, ctx, func(pre []byte) { s = string(pre) })
	return s, err
}

func computeEventID(t *jsonTree, ctx *Context) (string, error) {
	var out [len(idPrefix) + 2*sha256.Size + len(idVersion)]byte
	err := usePreHash(t, ctx, func(pre []byte) {
		sum := sha256.Sum256(pre)
		n := copy(out[:], idPrefix)
		n += hex.Encode(out[n:], sum[:])
		copy(out[n:], idVersion)
	})
	if err != nil {
		return "", err
	}
	return string(out[:]), nil
}

// hasher builds a pre-hash string. Lists are sorted in place: their elements are written one after the other into buf, spans
// holds the place of each element, and sortSpans puts the elements in order.
type hasher struct {
	t     *jsonTree
	ctx   *Context
	buf   []byte
	tmp   []byte
	spans []span
	inner bool // an extension was seen inside a standard field
}

type span struct{ from, to int }

var hashers = sync.Pool{New: func() any { return &hasher{buf: make([]byte, 0, 2048), tmp: make([]byte, 0, 512)} }}

func usePreHash(t *jsonTree, ctx *Context, use func([]byte)) error {
	if t.root().kind != kindObject {
		return trace.Malformed("", "not an event")
	}
	ctx, err := findEventContext(t, ctx)
	if err != nil {
		return err
	}
	h := hashers.Get().(*hasher)
	h.t, h.ctx, h.buf, h.spans, h.inner = t, ctx, h.buf[:0], h.spans[:0], false
	if err = h.writeEvent(t.root()); err == nil {
		use(h.buf)
	}
	h.t, h.ctx = nil, nil
	if cap(h.buf) < 1<<18 {
		hashers.Put(h)
	}
	return err
}

func (h *hasher) writeEvent(root *jsonNode) error {
	typ := h.t.findMember(root, "type")
	if typ == nil || typ.kind != kindString {
		return trace.E(trace.Invalid, trace.CodeRequired, "type")
	}
	h.buf = append(append(h.buf, "eventType="...), typ.text...)
	var slots [32]int32
	if err := h.writeStandard(root, eventOrder, &slots, true); err != nil {
		return err
	}
	if ilmd := h.t.findMember(root, "ilmd"); ilmd != nil {
		h.writeExtension(ilmd, []byte("ilmd"))
	}
	if h.inner {
		h.writeTrailing(root, eventOrder, false)
	}
	mark := len(h.spans)
	start := len(h.buf)
	for _, k := range h.t.children(root) {
		n := &h.t.nodes[k]
		if _, ok := eventOrder.index[string(n.key)]; !ok && !outside[string(n.key)] {
			h.writeMember(n)
		}
	}
	h.sortSpans(start, mark)
	return nil
}

// writeStandard writes the standard fields of an object in their order. slots is room for the places of the fields.
func (h *hasher) writeStandard(n *jsonNode, o *order, slots *[32]int32, top bool) error {
	if n.kind != kindObject {
		return trace.Malformed("", "not an object")
	}
	for i := range o.fields {
		slots[i] = -1
	}
	for _, k := range h.t.children(n) {
		key := h.t.nodes[k].key
		if i, ok := o.index[string(key)]; ok {
			slots[i] = k
		} else if !top && !isComment(key) {
			h.inner = true
		}
	}
	for i := range o.fields {
		if slots[i] < 0 {
			continue
		}
		f, m := &o.fields[i], &h.t.nodes[slots[i]]
		if m.kind == kindNull {
			continue
		}
		if err := h.writeField(f, m); err != nil {
			return trace.At(f.name, err)
		}
	}
	return nil
}

// writeField writes one standard field: its label and its elements, sorted.
func (h *hasher) writeField(f *field, n *jsonNode) error {
	start, mark := len(h.buf), len(h.spans)
	h.buf = append(h.buf, f.label...)
	first := len(h.buf)
	if n.kind != kindArray {
		if err := h.writeElement(f, n); err != nil {
			return err
		}
	} else {
		for i, k := range h.t.children(n) {
			from := len(h.buf)
			if err := h.writeElement(f, &h.t.nodes[k]); err != nil {
				return trace.At(indexPath(i), err)
			}
			if len(h.buf) > from {
				h.spans = append(h.spans, span{from, len(h.buf)})
			}
		}
		h.sortSpans(first, mark)
	}
	if len(h.buf) == first {
		h.buf = h.buf[:start] // an empty list is as good as none
	}
	return nil
}

// writeElement writes one element, or nothing where the element is empty.
func (h *hasher) writeElement(f *field, n *jsonNode) error {
	start := len(h.buf)
	h.buf = append(h.buf, f.elem...)
	first := len(h.buf)
	if f.sub != nil {
		var slots [32]int32
		if err := h.writeStandard(n, f.sub, &slots, false); err != nil {
			return err
		}
	} else if err := h.writeValue(f, n); err != nil {
		return err
	}
	if len(h.buf) == first {
		h.buf = h.buf[:start]
	}
	return nil
}

func (h *hasher) writeValue(f *field, n *jsonNode) error {
	first := len(h.buf)
	h.buf = append(h.buf, '=')
	switch {
	case f.time && n.kind == kindString:
		out, ok := appendTime(h.buf, n.text)
		if !ok {
			return trace.E(trace.Invalid, trace.CodeBadTime, "", "value", clipPath(n.text))
		}
		h.buf = out
	case f.vocab != nil && n.kind == kindString && len(n.text) > 0 && bytes.IndexByte(n.text, ':') < 0:
		h.buf = append(append(h.buf, f.vocab.base...), bytes.TrimSpace(n.text)...)
	default:
		if !h.writeScalar(n) {
			return trace.Malformed("", "not a plain value")
		}
	}
	if len(h.buf) == first+1 {
		h.buf = h.buf[:first]
	}
	return nil
}

// writeScalar writes a plain value; the result is false for an object or array.
func (h *hasher) writeScalar(n *jsonNode) bool {
	switch n.kind {
	case kindString, kindNumber:
		h.buf = appendValue(h.buf, n.text, h.ctx)
	case kindTrue:
		h.buf = append(h.buf, "true"...)
	case kindFalse:
		h.buf = append(h.buf, "false"...)
	case kindNull:
	default:
		return false
	}
	return true
}

// writeMembers writes the members of an extension object, sorted.
func (h *hasher) writeMembers(n *jsonNode) {
	start, mark := len(h.buf), len(h.spans)
	for _, k := range h.t.children(n) {
		h.writeMember(&h.t.nodes[k])
	}
	h.sortSpans(start, mark)
}

// writeMember writes an extension member, and an array as so many members of the same name. Each becomes a span, which the
// caller sorts.
func (h *hasher) writeMember(n *jsonNode) {
	if isComment(n.key) {
		return
	}
	if n.kind != kindArray {
		h.writeEntry(n, n.key)
		return
	}
	for _, k := range h.t.children(n) {
		h.writeEntry(&h.t.nodes[k], n.key)
	}
}

func (h *hasher) writeEntry(n *jsonNode, key []byte) {
	if n.kind == kindNull {
		return
	}
	from := len(h.buf)
	h.writeName(key)
	h.writeContent(n)
	if len(h.buf) > from {
		h.spans = append(h.spans, span{from, len(h.buf)})
	}
}

// writeExtension writes a member whose name is written without a namespace.
func (h *hasher) writeExtension(n *jsonNode, name []byte) {
	if n.kind == kindNull {
		return
	}
	h.buf = append(h.buf, name...)
	h.writeContent(n)
}

// writeContent writes the content of an extension member.
func (h *hasher) writeContent(n *jsonNode) {
	switch n.kind {
	case kindObject:
		h.writeMembers(n)
	case kindArray: // an array inside an array has no name for its elements
		start, mark := len(h.buf), len(h.spans)
		for _, k := range h.t.children(n) {
			h.writeEntry(&h.t.nodes[k], nil)
		}
		h.sortSpans(start, mark)
	default:
		h.buf = append(h.buf, '=')
		first := len(h.buf)
		if h.writeScalar(n); len(h.buf) == first {
			h.buf = h.buf[:first-1]
		}
	}
}

// writeName writes the name of an extension member: its namespace in curly brackets, then the local name.
func (h *hasher) writeName(key []byte) {
	i := bytes.IndexByte(key, ':')
	if i <= 0 {
		h.buf = append(h.buf, key...)
		return
	}
	if iri, ok := h.ctx.findIRI(key[:i]); ok {
		h.buf = append(append(append(h.buf, '{'), iri...), '}')
		h.buf = append(h.buf, key[i+1:]...)
		return
	}
	if !isFullURI(key) {
		h.buf = append(h.buf, key...)
		return
	}
	cut := bytes.LastIndexAny(key, "/#:") + 1
	h.buf = append(append(append(h.buf, '{'), key[:cut]...), '}')
	h.buf = append(h.buf, key[cut:]...)
}

// writeTrailing writes the extensions that stand inside standard fields, below the path of the fields: in CBV 2.0 these
// extensions follow all standard fields. direct says whether the object's own extensions are written too (the event's own
// extensions come last and are sorted by themselves).
func (h *hasher) writeTrailing(n *jsonNode, o *order, direct bool) {
	for i := range o.fields {
		f := &o.fields[i]
		m := h.t.findMember(n, f.name)
		if f.sub == nil || m == nil || m.kind == kindNull {
			continue
		}
		start, mark := len(h.buf), len(h.spans)
		h.buf = append(h.buf, f.label...)
		first := len(h.buf)
		if m.kind != kindArray {
			h.writeTrailingElement(m, f)
		} else {
			for _, k := range h.t.children(m) {
				h.writeTrailingElement(&h.t.nodes[k], f)
			}
		}
		h.sortSpans(first, mark)
		if len(h.buf) == first {
			h.buf = h.buf[:start]
		}
	}
	if !direct {
		return
	}
	start, mark := len(h.buf), len(h.spans)
	for _, k := range h.t.children(n) {
		if m := &h.t.nodes[k]; !o.hasField(m.key) {
			h.writeMember(m)
		}
	}
	h.sortSpans(start, mark)
}

func (h *hasher) writeTrailingElement(n *jsonNode, f *field) {
	from := len(h.buf)
	h.buf = append(h.buf, f.elem...)
	first := len(h.buf)
	h.writeTrailing(n, f.sub, true)
	if len(h.buf) == first {
		h.buf = h.buf[:from]
		return
	}
	h.spans = append(h.spans, span{from, len(h.buf)})
}

func (o *order) hasField(key []byte) bool {
	_, ok := o.index[string(key)]
	return ok
}

// sortSpans sorts the spans from mark on, which fill buf from start, by their bytes, and removes the spans from the list.
func (h *hasher) sortSpans(start, mark int) {
	spans := h.spans[mark:]
	h.spans = h.spans[:mark]
	compare := func(a, b span) int { return bytes.Compare(h.buf[a.from:a.to], h.buf[b.from:b.to]) }
	if slices.IsSortedFunc(spans, compare) {
		return
	}
	slices.SortStableFunc(spans, compare)
	h.tmp = h.tmp[:0]
	for _, s := range spans {
		h.tmp = append(h.tmp, h.buf[s.from:s.to]...)
	}
	copy(h.buf[start:], h.tmp)
}

func indexPath(i int) string { return "[" + strconv.Itoa(i) + "]" }
