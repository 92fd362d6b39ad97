package epcis

import (
	"bytes"

	"github.com/yousang/yousang/internal/trace"
)

// Seal makes the body that the log keeps of an event: the canonical bytes with eventID set; the second result is that id. An
// event without an eventID gets its CBV 2.0 event hash. An event that has such a hash as its eventID must have the right one.
// Any other id (urn:uuid:…) is the sender's own and is kept. An event with an errorDeclaration repeats the id of the event that
// the declaration withdraws, and has the same hash.
//
// Nothing else of the event changes, not a digit; times are converted to UTC and milliseconds for the hash only. Prefixes that
// only the event's document declares (see Context.Rebase) are written into the event's own @context, so that the body alone has
// the same meaning. Seal does not validate. Sealing a sealed body changes nothing.
//
// Errors, for the sender of the event: those of EventID, and Conflict with CodeBadCheck where the eventID is the hash of
// another event. Args hold both hashes (value, want): hashes made before the rules were settled in 2026 differ too, and a
// caller that captures a partner's old events may drop those ids.
func Seal(event []byte, ctx *Context) (body []byte, id string, err error) {
	t, err := parseJSON(event)
	if err != nil {
		return nil, "", err
	}
	defer t.release()
	id, err = computeEventID(t, ctx)
	if err != nil {
		return nil, "", err
	}
	given := t.findMember(t.root(), "eventID")
	switch {
	case given == nil || given.kind == kindNull:
	case given.kind != kindString || len(given.text) == 0:
		return nil, "", trace.At("eventID", badValueError(given, "URI"))
	case !isHash(given.text):
		id = string(given.text)
	case string(given.text) != id:
		return nil, "", trace.E(trace.Conflict, trace.CodeBadCheck, "eventID", "value", clipPath(given.text), "want", id)
	}
	t.setMember(t.root(), jsonNode{kind: kindString, key: []byte("eventID"), keyRaw: true, text: []byte(id)})
	ctx.embedPrefixes(t)
	return t.appendCanonical(make([]byte, 0, len(event)+2*len(id)), t.root()), id, nil
}

// isHash reports whether an event id claims to be a CBV 2.0 event hash.
func isHash(id []byte) bool {
	return bytes.HasPrefix(id, []byte(idPrefix)) && bytes.HasSuffix(id, []byte(idVersion))
}
