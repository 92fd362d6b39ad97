package epcis

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// Document is a document of a trading partner: an EPCISDocument, an EPCISQueryDocument, or one bare event.
type Document struct {
	Context *Context          // what the document's @context declares; Rebase it on the deployment's own before Seal
	Events  []json.RawMessage // in document order, byte for byte
	path    string            // where the events are, for errors: "epcisBody.eventList"
}

// ReadDocument reads a document of at most maxBytes. Only the place of the events is checked; Validate and ValidateEvent check
// the events.
//
// Errors: those of the reader, unchanged. For the sender of the document: TooLarge with CodeTooLarge, CodeMalformed,
// CodeRequired, CodeBadValue and CodeBadTime with the path of the field.
func ReadDocument(r io.Reader, maxBytes int64) (*Document, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > maxBytes {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.FormatInt(maxBytes, 10))
	}
	t, err := parseJSON(raw)
	if err != nil {
		return nil, err
	}
	defer t.release()
	root := t.root()
	if root.kind != kindObject {
		return nil, trace.Malformed("", "not an EPCIS document")
	}
	declared := t.findMember(root, "@context")
	if declared == nil || declared.kind == kindNull {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "@context")
	}
	d := &Document{}
	if d.Context, err = (&Context{}).extendWith(t, declared); err != nil {
		return nil, trace.At("@context", err)
	}
	if err = d.readEvents(t, raw); err != nil {
		return nil, err
	}
	return d, nil
}

// Path names event i of the document in errors: "epcisBody.eventList[3]", "" for a bare event.
func (d *Document) Path(i int) string {
	if d.path == "" {
		return ""
	}
	return d.path + indexPath(i)
}

// ValidateEvent validates event i; the path of an error begins at the root of the document.
func (d *Document) ValidateEvent(i int) error {
	err := Validate(d.Events[i], d.Context)
	if err != nil && d.path != "" {
		return trace.At(d.Path(i), err)
	}
	return err
}

// Validate validates every event and returns the first error.
func (d *Document) Validate() error {
	for i := range d.Events {
		if err := d.ValidateEvent(i); err != nil {
			return err
		}
	}
	return nil
}

// listPaths are the paths to the events, by the type of a document.
var listPaths = map[string][]string{
	"EPCISDocument":      {"epcisBody", "eventList"},
	"EPCISQueryDocument": {"epcisBody", "queryResults", "resultsBody", "eventList"},
}

func (d *Document) readEvents(t *jsonTree, raw []byte) error {
	typ := t.findMember(t.root(), "type")
	if typ == nil {
		return trace.E(trace.Invalid, trace.CodeRequired, "type")
	}
	if eventShapes[string(typ.text)] != nil {
		d.Events = []json.RawMessage{raw}
		return nil
	}
	steps, ok := listPaths[string(typ.text)]
	if !ok {
		return trace.At("type", badValueError(typ, "EPCISDocument EPCISQueryDocument"))
	}
	if err := checkHeader(t); err != nil {
		return err
	}
	n := t.root()
	for _, step := range steps {
		if d.path != "" {
			d.path += "."
		}
		d.path += step
		if n = t.findMember(n, step); n == nil || n.kind == kindNull {
			return trace.E(trace.Invalid, trace.CodeRequired, d.path)
		}
	}
	if n.kind != kindArray {
		return trace.At(d.path, trace.Malformed("", "expected a list"))
	}
	d.Events = make([]json.RawMessage, 0, n.count)
	for i, k := range t.children(n) {
		e := &t.nodes[k]
		if e.kind != kindObject {
			return trace.At(d.Path(i), trace.Malformed("", "expected an event"))
		}
		d.Events = append(d.Events, json.RawMessage(raw[e.from:e.to:e.to]))
	}
	return nil
}

// checkHeader checks the members that every document must have. Members beside the body are not checked.
func checkHeader(t *jsonTree) error {
	for _, name := range [...]string{"schemaVersion", "creationDate"} {
		n := t.findMember(t.root(), name)
		if n == nil || n.kind == kindNull {
			return trace.E(trace.Invalid, trace.CodeRequired, name)
		}
		if name == "schemaVersion" {
			if n.kind != kindString || len(n.text) < 2 || string(n.text[:2]) != "2." {
				return trace.At(name, badValueError(n, "2.0"))
			}
			continue
		}
		if n.kind != kindString {
			return trace.At(name, trace.Malformed("", "expected a string"))
		}
		if err := checkText(n, instant); err != nil {
			return trace.At(name, err)
		}
	}
	return nil
}
