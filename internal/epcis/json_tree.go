package epcis

import (
	"bytes"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// maxDepth bounds the nesting of objects and arrays, so that recursion over the text of a stranger stays shallow.
const maxDepth = 64

type kind uint8

const (
	kindNull kind = iota
	kindTrue
	kindFalse
	kindNumber
	kindString
	kindArray
	kindObject
)

// jsonNode is one JSON value. The slices point into the source or, where an escape was resolved, into memory of their own.
type jsonNode struct {
	key      []byte // the decoded name, for a member of an object
	text     []byte // a decoded string; the digits of a number as they were written
	from, to int32  // the value's place in the source
	kids     int32  // children are tree.kids[kids : kids+count]; the members of an object are sorted by name
	count    int32
	kind     kind
	keyRaw   bool // the name needs no escape when written
	textRaw  bool // the string needs no escape when written
}

// jsonTree is a parsed JSON text. Trees are pooled, since every event that is recorded passes through a tree.
type jsonTree struct {
	src   []byte
	pos   int
	depth int
	nodes []jsonNode
	kids  []int32
	stack []int32
}

var trees = sync.Pool{New: func() any {
	return &jsonTree{nodes: make([]jsonNode, 0, 128), kids: make([]int32, 0, 128), stack: make([]int32, 0, 32)}
}}

// parseJSON parses one JSON text. The caller gives the tree back with release and uses nothing of the tree after that. Errors:
// CodeMalformed with the path of the place and the reason.
func parseJSON(src []byte) (*jsonTree, error) {
	if len(src) > 1<<30 {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "", "limit", strconv.Itoa(1<<30))
	}
	if !utf8.Valid(src) {
		return nil, trace.Malformed("", "not UTF-8")
	}
	t := trees.Get().(*jsonTree)
	t.src, t.pos, t.depth = src, 0, 0
	_, err := t.readValue()
	if err == nil {
		if t.skipSpace(); t.pos < len(t.src) {
			err = t.malformedHere("something follows the end")
		}
	}
	if err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// release gives the tree back to the pool, without the text. A tree that a large document has grown is left to the garbage
// collector.
func (t *jsonTree) release() {
	if cap(t.nodes) > 1<<14 {
		return
	}
	clear(t.nodes)
	t.src, t.nodes, t.kids, t.stack = nil, t.nodes[:0], t.kids[:0], t.stack[:0]
	trees.Put(t)
}

func (t *jsonTree) root() *jsonNode { return &t.nodes[0] }

func (t *jsonTree) children(n *jsonNode) []int32 { return t.kids[n.kids : n.kids+n.count] }

// findMember finds a member of an object by name; the result is nil where the object has no such member.
func (t *jsonTree) findMember(n *jsonNode, name string) *jsonNode {
	if n.kind != kindObject {
		return nil
	}
	for _, k := range t.children(n) {
		if string(t.nodes[k].key) == name {
			return &t.nodes[k]
		}
	}
	return nil
}

func (t *jsonTree) malformedHere(why string) *trace.Error {
	return trace.Malformed("", why+" (byte "+strconv.Itoa(t.pos)+")")
}

func (t *jsonTree) skipSpace() {
	for t.pos < len(t.src) {
		switch t.src[t.pos] {
		case ' ', '\t', '\n', '\r':
			t.pos++
		default:
			return
		}
	}
}

// readValue reads the value at pos and returns its index.
func (t *jsonTree) readValue() (int32, error) {
	t.skipSpace()
	if t.pos >= len(t.src) {
		return 0, t.malformedHere("the text ends too early")
	}
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, jsonNode{from: int32(t.pos)})
	var err error
	switch c := t.src[t.pos]; {
	case c == '"':
		text, raw, e := t.readString()
		n := &t.nodes[i]
		n.kind, n.text, n.textRaw, err = kindString, text, raw, e
	case c == '{' || c == '[':
		err = t.readContainer(i, c)
	case c == '-' || (c >= '0' && c <= '9'):
		t.nodes[i].kind = kindNumber
		if err = t.readNumber(); err == nil {
			t.nodes[i].text = t.src[t.nodes[i].from:t.pos]
		}
	default:
		err = t.readWord(i)
	}
	t.nodes[i].to = int32(t.pos)
	return i, err
}

func (t *jsonTree) readWord(i int32) error {
	for _, w := range [...]struct {
		text string
		kind kind
	}{{"true", kindTrue}, {"false", kindFalse}, {"null", kindNull}} {
		if bytes.HasPrefix(t.src[t.pos:], []byte(w.text)) {
			t.pos += len(w.text)
			t.nodes[i].kind = w.kind
			return nil
		}
	}
	return t.malformedHere("not JSON")
}

func (t *jsonTree) skipDigits() bool {
	start := t.pos
	for t.pos < len(t.src) && t.src[t.pos] >= '0' && t.src[t.pos] <= '9' {
		t.pos++
	}
	return t.pos > start
}

func (t *jsonTree) nextIs(c byte) bool { return t.pos < len(t.src) && t.src[t.pos] == c }

// readNumber checks the grammar of RFC 8259, section 6; the digits are kept unchanged.
func (t *jsonTree) readNumber() error {
	if t.nextIs('-') {
		t.pos++
	}
	zero := t.nextIs('0')
	start := t.pos
	if !t.skipDigits() || (zero && t.pos > start+1) {
		return t.malformedHere("not a JSON number")
	}
	if t.nextIs('.') {
		t.pos++
		if !t.skipDigits() {
			return t.malformedHere("not a JSON number")
		}
	}
	if t.nextIs('e') || t.nextIs('E') {
		t.pos++
		if t.nextIs('+') || t.nextIs('-') {
			t.pos++
		}
		if !t.skipDigits() {
			return t.malformedHere("not a JSON number")
		}
	}
	return nil
}

// readContainer reads an object or an array that begins at pos into node i.
func (t *jsonTree) readContainer(i int32, open byte) error {
	if t.depth++; t.depth > maxDepth {
		return t.malformedHere("nested too deeply")
	}
	end := open + 2 // ']' follows '[' and '}' follows '{' at this distance in ASCII
	t.pos++
	base := len(t.stack)
	for first := true; ; first = false {
		t.skipSpace()
		if t.nextIs(end) && first {
			break
		}
		if err := t.readEntry(open, len(t.stack)-base); err != nil {
			return err
		}
		t.skipSpace()
		if t.nextIs(',') {
			t.pos++
			continue
		}
		if !t.nextIs(end) {
			return t.malformedHere("expected , or " + string(end))
		}
		break
	}
	t.pos++
	t.depth--
	n := &t.nodes[i]
	n.kids, n.count = int32(len(t.kids)), int32(len(t.stack)-base)
	t.kids = append(t.kids, t.stack[base:]...)
	t.stack = t.stack[:base]
	if n.kind = kindArray; open == '{' {
		n.kind = kindObject
		return t.sortMembers(n)
	}
	return nil
}

// readEntry reads one element or member; position is its place, for the path of an error.
func (t *jsonTree) readEntry(open byte, position int) error {
	if open == '[' {
		k, err := t.readValue()
		if err != nil {
			return trace.At("["+strconv.Itoa(position)+"]", err)
		}
		t.stack = append(t.stack, k)
		return nil
	}
	if !t.nextIs('"') {
		return t.malformedHere("expected a member name")
	}
	key, raw, err := t.readString()
	if err != nil {
		return err
	}
	if t.skipSpace(); !t.nextIs(':') {
		return t.malformedHere("expected :")
	}
	t.pos++
	k, err := t.readValue()
	if err != nil {
		return trace.At(clipPath(key), err)
	}
	t.nodes[k].key, t.nodes[k].keyRaw = key, raw
	t.stack = append(t.stack, k)
	return nil
}

// sortMembers sorts the members of an object by the bytes of their names and refuses a name that comes twice.
func (t *jsonTree) sortMembers(n *jsonNode) error {
	kids := t.children(n)
	if len(kids) > 24 {
		slices.SortStableFunc(kids, func(a, b int32) int { return bytes.Compare(t.nodes[a].key, t.nodes[b].key) })
	} else {
		for i := 1; i < len(kids); i++ { // written events are sorted already: one comparison a member
			for j := i; j > 0 && bytes.Compare(t.nodes[kids[j]].key, t.nodes[kids[j-1]].key) < 0; j-- {
				kids[j], kids[j-1] = kids[j-1], kids[j]
			}
		}
	}
	for i := 1; i < len(kids); i++ {
		if bytes.Equal(t.nodes[kids[i]].key, t.nodes[kids[i-1]].key) {
			return trace.At(clipPath(t.nodes[kids[i]].key), trace.Malformed("", "the member comes twice"))
		}
	}
	return nil
}

// setMember adds a member to an object, in place of a member of the same name.
func (t *jsonTree) setMember(n *jsonNode, m jsonNode) {
	at := n.count
	for i, k := range t.children(n) {
		switch c := bytes.Compare(t.nodes[k].key, m.key); {
		case c == 0:
			t.nodes[k] = m
			return
		case c > 0:
			at = int32(i)
		}
		if at < n.count {
			break
		}
	}
	index, kids := n.kids, n.count
	fresh := int32(len(t.kids))
	t.kids = append(t.kids, t.kids[index:index+at]...)
	t.kids = append(t.kids, int32(len(t.nodes)))
	t.kids = append(t.kids, t.kids[index+at:index+kids]...)
	n.kids, n.count = fresh, kids+1 // before the append below, which may move the nodes
	t.nodes = append(t.nodes, m)
}

// clipPath shortens a part of a path: a name may be as long as the sender likes.
func clipPath(b []byte) string {
	if len(b) <= 60 {
		return string(b)
	}
	b = b[:60]
	for len(b) > 0 && !utf8.Valid(b) {
		b = b[:len(b)-1]
	}
	return string(b) + "…"
}
