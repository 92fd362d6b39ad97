package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// level is an object or a list that twice is in.
type level struct {
	list   bool
	row    int      // of a list
	naming bool     // the next text is a member's name
	name   []byte   // the member it is at
	names  [][]byte // members met
	many   map[string]bool
}

// manyNames is how many members are compared one by one; an object with more of them keeps a set.
const manyNames = 32

// twice finds a member that an object has twice: encoding/json takes the last one, and the sender may have meant the first. Names are
// compared as encoding/json matches them, without regard to case. raw is valid JSON; objects deeper than depth are left to whoever
// reads them, 0 for none. Errors: CodeMalformed with the member's path.
func twice(raw []byte, depth int) error {
	var stack []level
	for i := 0; i < len(raw); i++ {
		var top *level
		if n := len(stack); n > 0 {
			top = &stack[n-1]
		}
		switch raw[i] {
		case '{', '[':
			if n := len(stack); n < cap(stack) { // with the room its names had
				stack = stack[:n+1]
				stack[n] = level{names: stack[n].names[:0]}
			} else {
				stack = append(stack, level{})
			}
			top = &stack[len(stack)-1]
			top.list, top.naming = raw[i] == '[', raw[i] == '{'
		case '}', ']':
			stack = stack[:len(stack)-1]
		case ',':
			top.naming = !top.list
			top.row++
		case ':':
			top.naming = false
		case '"':
			end := textEnd(raw, i)
			if top != nil && top.naming && (depth == 0 || len(stack) <= depth) && !top.add(plainName(raw[i:end])) {
				return trace.E(trace.Invalid, trace.CodeMalformed, pathOf(stack), "why", "the member "+trace.Clip(string(top.name))+" is there twice")
			}
			i = end - 1
		}
	}
	return nil
}

// textEnd is the place after the closing quote of the text that begins at i.
func textEnd(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(raw))
}

// plainName is a quoted name without its quotes and escapes.
func plainName(quoted []byte) []byte {
	var s string
	if bytes.IndexByte(quoted, '\\') >= 0 && json.Unmarshal(quoted, &s) == nil {
		return []byte(s)
	}
	return bytes.Trim(quoted, `"`)
}

// add notes a member's name; false where the object has it already.
func (l *level) add(name []byte) bool {
	l.name = name
	if l.many != nil {
		key := folded(name)
		if l.many[key] {
			return false
		}
		l.many[key] = true
		return true
	}
	for _, n := range l.names {
		if bytes.EqualFold(n, name) {
			return false
		}
	}
	l.names = append(l.names, name)
	if len(l.names) > manyNames {
		l.many = make(map[string]bool, 4*manyNames)
		for _, n := range l.names {
			l.many[folded(n)] = true
		}
	}
	return true
}

func folded(name []byte) string { return strings.ToLower(strings.ToUpper(string(name))) }

// pathOf is where a walk stands: lots[0].quantity.
func pathOf(stack []level) string {
	var b strings.Builder
	for i := range stack {
		l := &stack[i]
		switch {
		case l.list:
			b.WriteString("[" + strconv.Itoa(l.row) + "]")
		case b.Len() > 0:
			b.WriteString("." + trace.Clip(string(l.name)))
		default:
			b.WriteString(trace.Clip(string(l.name)))
		}
	}
	return b.String()
}
