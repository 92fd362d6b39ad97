package epcis

import (
	"bytes"

	"github.com/yousang/yousang/internal/trace"
)

// Seal makes of an event what the log keeps: its canonical bytes with eventID set, and that id. An event without an eventID gets its CBV 2.0 event
// hash; one that brings such a hash must bring the right one; any other id (urn:uuid:…) is its sender's and is kept. An event with an
// errorDeclaration repeats the id of the event it withdraws, and has the same hash.
//
// Nothing else of the event is changed, not a digit; times are brought to UTC and milliseconds for the hash only. Prefixes that only the event's
// document declares (see Context.Rebase) are written into its own @context, so that the body means the same when it stands alone.
// Seal does not validate. Sealing a sealed body changes nothing.
//
// Errors, for whoever sent the event: those of EventID, and Conflict with CodeBadCheck where the hash it brings is not its own. Args hold both
// (value, want): hashes made before the rules were settled in 2026 differ too, and whoever captures a partner's old events may drop them.
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
