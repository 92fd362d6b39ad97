package locale

import (
	"strconv"
	"strings"
)

// FieldName is the clerk's word for the path of a field in what was sent: "lots[0].quantity" is 第 1 行的数量. The places a value came in
// ("body.", "query.") are not said, nor is the prefix of our EPCIS extension. A name nobody has a word for is quoted; "" gives "".
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

// singleLists are lists in which EPCIS keeps what is one thing to a clerk.
var singleLists = map[string]bool{"destinationList": true, "sourceList": true, "bizTransactionList": true, "outputEPCList": true}

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

func (p *Printer) quoteName(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	if s == "" {
		return ""
	}
	return p.T("path.quote", "Name", s)
}

// pathStep is one name of a path; row counts from 1, 0 where there is none.
type pathStep struct {
	name string
	row  int
}

// parsePath cuts a path like body.inputs[0].yousang:quantity. False where a list's place is not a number, as in paths of chain files.
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

// lastName is the last name of a path, without the number of its row.
func lastName(path string) string {
	name := strings.TrimPrefix(path[strings.LastIndexByte(path, '.')+1:], "yousang:")
	name, _, _ = strings.Cut(name, "[")
	return name
}
