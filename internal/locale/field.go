package locale

import (
	"strconv"
	"strings"
)

// FieldName is the clerk's word for the path of a field in a request: "lots[0].quantity" is 第 1 行的数量. The part of the request ("body.",
// "query.") and the prefix of the EPCIS extension are left out. A name without a word is quoted; "" gives "".
func (p *Printer) FieldName(path string) string {
	steps, ok := parsePath(path)
	if !ok {
		return p.quoteName(path)
	}
	var rows, leaf string
	for i, s := range steps {
		last := i == len(steps)-1
		if s.row > 0 && !singleLists[s.name] {
			rows = p.joinRow(rows, s)
			continue
		}
		if last || singleLists[s.name] {
			leaf = s.name
		}
	}
	switch {
	case leaf == "" && rows == "":
		return ""
	case leaf == "":
		return rows
	}
	word := ""
	switch id := "field." + leaf; {
	case p.Has(id):
		word = p.T(id)
	case rows == "":
		return p.quoteName(path)
	default:
		word = p.quoteName(leaf)
	}
	if rows == "" {
		return word
	}
	return p.T("path.field", "Field", word, "Row", rows)
}

// singleLists are the EPCIS lists that hold one thing in a clerk's eyes, so that a row number would confuse.
var singleLists = map[string]bool{"destinationList": true, "sourceList": true, "bizTransactionList": true, "outputEPCList": true}

// joinRow adds a row to the words for outer rows.
func (p *Printer) joinRow(outer string, s pathStep) string {
	id := "row." + s.name
	if !p.Has(id) {
		id = "row.other"
	}
	row := p.T(id, "Row", strconv.Itoa(s.row))
	if outer == "" {
		return row
	}
	return p.T("path.row", "Outer", outer, "Row", row)
}

// quoteName puts a name in quotation marks, at most 60 characters of the name.
func (p *Printer) quoteName(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	if s == "" {
		return ""
	}
	return p.T("path.quote", "Name", s)
}

// pathStep is one name of a path; row counts from 1 and is 0 without a row.
type pathStep struct {
	name string
	row  int
}

// parsePath splits a path such as body.inputs[0].yousang:quantity. False where the index of a list is no number, as in paths of chain
// files.
func parsePath(path string) ([]pathStep, bool) {
	for _, where := range []string{"body.", "query.", "path.", "header."} {
		if rest, ok := strings.CutPrefix(path, where); ok {
			path = rest
			break
		}
	}
	if path == "" {
		return nil, true
	}
	var steps []pathStep
	for name := range strings.SplitSeq(path, ".") {
		name = strings.TrimPrefix(name, "yousang:")
		s := pathStep{name: name}
		if at := strings.IndexByte(name, '['); at >= 0 {
			n, err := strconv.ParseUint(strings.TrimSuffix(name[at+1:], "]"), 10, 24)
			if err != nil || !strings.HasSuffix(name, "]") {
				return nil, false
			}
			s = pathStep{name[:at], int(n) + 1}
		}
		steps = append(steps, s)
	}
	return steps, true
}

// lastName is the last name of a path, without its row.
func lastName(path string) string {
	name := strings.TrimPrefix(path[strings.LastIndexByte(path, '.')+1:], "yousang:")
	name, _, _ = strings.Cut(name, "[")
	return name
}
