package epcis

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

// ContextURL is the JSON-LD context of EPCIS 2.0 as the module's own documents name the context. No context is ever fetched:
// the content of this context is built in.
const ContextURL = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// Prefix is the prefix of the module's own extension members; the IRI of the prefix is Vocabulary of the ledger's namespace.
const Prefix = "yousang"

// Vocabulary is the IRI of the module's own extension members in a ledger of this namespace.
func Vocabulary(namespace string) string { return namespace + "/voc/" }

// The bases of the GS1 vocabularies. In the event hash gs1: always means gs1Voc, whatever a document declares: documents in use still
// declare the older https://gs1.org/voc/ for the same terms, and one event must not have two hashes.
const (
	gs1Voc = "https://ref.gs1.org/voc/"
	cbvVoc = "https://ref.gs1.org/cbv/"
)

// standard holds the prefixes that every EPCIS event may use without declaring the prefix.
var standard = map[string]string{
	"gs1":     gs1Voc,
	"cbv":     cbvVoc,
	"epcis":   "https://ref.gs1.org/epcis/",
	"cbvmda":  "urn:epcglobal:cbv:mda",
	"dcterms": "http://purl.org/dc/terms/",
	"owl":     "http://www.w3.org/2002/07/owl#",
	"rdfs":    "http://www.w3.org/2000/01/rdf-schema#",
	"xsd":     "http://www.w3.org/2001/XMLSchema#",
}

// Context holds the meaning of the prefixes of extension members. The zero value and nil know the standard prefixes of EPCIS
// 2.0 only. A Context does not change after its making and may be shared.
type Context struct {
	home map[string]string // the deployment's own: known wherever its events are read
	doc  map[string]string // what a document or an event declares: lost unless it is written into the event
}

// NewContext makes the context of a deployment from prefixes and their IRIs, usually {Prefix: Vocabulary(namespace)}.
func NewContext(prefixes map[string]string) *Context { return &Context{home: maps.Clone(prefixes)} }

// With returns the context extended by a JSON-LD @context: a string, an object, or an array of these. A string is the address
// of a context; no address is fetched, and the standard context needs no fetching. Errors, for the sender of the @context:
// CodeMalformed, CodeBadValue.
func (c *Context) With(raw json.RawMessage) (*Context, error) {
	t, err := parseJSON(raw)
	if err != nil {
		return nil, err
	}
	defer t.release()
	return c.extendWith(t, t.root())
}

// Rebase returns the context of a document for use in the deployment whose own context is home: a prefix with the same meaning
// at home need not be written into the events that are kept.
func (c *Context) Rebase(home *Context) *Context {
	out := &Context{}
	if home != nil {
		out.home = home.home
	}
	if c == nil {
		return out
	}
	for prefix, iri := range c.doc {
		if out.home[prefix] == iri {
			continue
		}
		if out.doc == nil {
			out.doc = make(map[string]string, len(c.doc))
		}
		out.doc[prefix] = iri
	}
	return out
}

// findIRI finds the IRI of a prefix.
func (c *Context) findIRI(prefix []byte) (string, bool) {
	if string(prefix) == "gs1" {
		return gs1Voc, true
	}
	if c != nil {
		if iri, ok := c.doc[string(prefix)]; ok {
			return iri, true
		}
		if iri, ok := c.home[string(prefix)]; ok {
			return iri, true
		}
	}
	iri, ok := standard[string(prefix)]
	return iri, ok
}

// extendWith returns the context extended by the @context of a parsed document or event.
func (c *Context) extendWith(t *jsonTree, n *jsonNode) (*Context, error) {
	out := &Context{}
	if c != nil {
		out.home, out.doc = c.home, maps.Clone(c.doc)
	}
	if n.kind != kindArray {
		return out, out.declarePrefixes(t, n)
	}
	for i, k := range t.children(n) {
		if err := out.declarePrefixes(t, &t.nodes[k]); err != nil {
			return nil, trace.At(indexPath(i), err)
		}
	}
	return out, nil
}

// declarePrefixes adds the prefixes that one part of an @context declares.
func (c *Context) declarePrefixes(t *jsonTree, n *jsonNode) error {
	switch n.kind {
	case kindString:
		if !isURI(n.text) {
			return badValueError(n, "URI")
		}
		return nil
	case kindObject:
	default:
		return trace.Malformed("", "not a JSON-LD context")
	}
	for _, k := range t.children(n) {
		m := &t.nodes[k]
		if len(m.key) == 0 || m.key[0] == '@' {
			continue // keywords such as @version say nothing about prefixes
		}
		iri := m
		if m.kind == kindObject {
			iri = t.findMember(m, "@id") // a term with more than a name
		}
		if iri == nil || iri.kind == kindNull {
			continue
		}
		if iri.kind != kindString || !isURI(iri.text) {
			return trace.At(clipPath(m.key), badValueError(iri, "URI"))
		}
		if c.doc == nil {
			c.doc = map[string]string{}
		}
		c.doc[string(m.key)] = string(iri.text)
	}
	return nil
}

// findEventContext finds the context in which an event is read: the @context of the event, before the context given.
func findEventContext(t *jsonTree, ctx *Context) (*Context, error) {
	own := t.findMember(t.root(), "@context")
	if own == nil || own.kind == kindNull {
		return ctx, nil
	}
	out, err := ctx.extendWith(t, own)
	return out, trace.At("@context", err)
}

// embedPrefixes writes those prefixes of the document that the event uses into the event's own @context, so that the event
// alone has the same meaning.
func (c *Context) embedPrefixes(t *jsonTree) {
	if c == nil || len(c.doc) == 0 {
		return
	}
	used := map[string]bool{}
	own := t.findMember(t.root(), "@context")
	for _, k := range t.children(t.root()) {
		if n := &t.nodes[k]; n != own {
			c.collectPrefixes(t, n, used)
		}
	}
	if own != nil {
		if inner, err := (&Context{}).extendWith(t, own); err == nil {
			maps.DeleteFunc(used, func(prefix string, _ bool) bool { _, ok := inner.doc[prefix]; return ok })
		}
	}
	if len(used) == 0 {
		return
	}
	object := t.addPrefixes(c.doc, slices.Sorted(maps.Keys(used)))
	if own = t.findMember(t.root(), "@context"); own != nil && own.kind != kindNull {
		object = t.joinContexts(object, *own)
	}
	object.key, object.keyRaw = []byte("@context"), true
	t.setMember(t.root(), object)
}

// collectPrefixes collects those prefixes of the document that occur in the names and strings of a value.
func (c *Context) collectPrefixes(t *jsonTree, n *jsonNode, used map[string]bool) {
	for _, s := range [...][]byte{n.key, n.text} {
		if i := bytes.IndexByte(s, ':'); i > 0 {
			if _, ok := c.doc[string(s[:i])]; ok && string(s[:i]) != "gs1" {
				used[string(s[:i])] = true
			}
		}
	}
	for _, k := range t.children(n) {
		c.collectPrefixes(t, &t.nodes[k], used)
	}
}

// addPrefixes makes an object of prefixes and IRIs, names sorted.
func (t *jsonTree) addPrefixes(iris map[string]string, names []string) jsonNode {
	object := jsonNode{kind: kindObject, kids: int32(len(t.kids)), count: int32(len(names))}
	for _, name := range names {
		t.kids = append(t.kids, int32(len(t.nodes)))
		t.nodes = append(t.nodes, jsonNode{kind: kindString, key: []byte(name), text: []byte(iris[name])})
	}
	return object
}

// joinContexts makes the array of a new context object and the event's own context.
func (t *jsonTree) joinContexts(object, own jsonNode) jsonNode {
	parts := []jsonNode{object}
	if own.kind == kindArray {
		for _, k := range t.children(&own) {
			parts = append(parts, t.nodes[k])
		}
	} else {
		own.key = nil
		parts = append(parts, own)
	}
	array := jsonNode{kind: kindArray, kids: int32(len(t.kids)), count: int32(len(parts))}
	for _, p := range parts {
		t.kids = append(t.kids, int32(len(t.nodes)))
		t.nodes = append(t.nodes, p)
	}
	return array
}
