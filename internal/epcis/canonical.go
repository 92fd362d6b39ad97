package epcis

// Canonical rewrites a JSON text with the members of every object sorted by the bytes of their names, without white space,
// every number digit for digit as sent, and strings escaped as encoding/json escapes strings without HTML escaping. The log
// keeps this form, and the module's own types encode to this form, so that equal content has equal bytes. The canonical form of
// a canonical text is the same text.
//
// Errors, for the sender of the text: CodeMalformed for anything that is not one JSON value in UTF-8, for a member that comes
// twice, for half a surrogate pair and for nesting deeper than 64.
func Canonical(raw []byte) ([]byte, error) {
	t, err := parseJSON(raw)
	if err != nil {
		return nil, err
	}
	defer t.release()
	return t.appendCanonical(make([]byte, 0, len(raw)), t.root()), nil
}

// appendCanonical appends the canonical form of a value.
func (t *jsonTree) appendCanonical(dst []byte, n *jsonNode) []byte {
	switch n.kind {
	case kindNull:
		return append(dst, "null"...)
	case kindTrue:
		return append(dst, "true"...)
	case kindFalse:
		return append(dst, "false"...)
	case kindNumber:
		return append(dst, n.text...)
	case kindString:
		return appendQuoted(dst, n.text, n.textRaw)
	case kindArray:
		dst = append(dst, '[')
		for i, k := range t.children(n) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = t.appendCanonical(dst, &t.nodes[k])
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, k := range t.children(n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		m := &t.nodes[k]
		dst = append(appendQuoted(dst, m.key, m.keyRaw), ':')
		dst = t.appendCanonical(dst, m)
	}
	return append(dst, '}')
}
