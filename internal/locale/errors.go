package locale

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/trace"
)

// Error writes one or two sentences that name the mistake and its remedy. Causes inside the program are not shown; causes are for the log.
func (p *Printer) Error(err *trace.Error) string {
	if err == nil {
		return ""
	}
	id := "error." + string(err.Code)
	if !p.Has(id) {
		id = "error.other"
	} else if branch := findVariant(err); branch != "" && p.Has(id+"."+branch) {
		id += "." + branch
	}
	return p.capitalizeSentence(p.fillFullest(id, p.makeErrorValues(err)))
}

// findVariant names the special case of a code that has a sentence of its own; "" for none. The last name of the field's path distinguishes
// the cases, since that name is the same in events and in the API.
func findVariant(e *trace.Error) string {
	leaf := lastName(e.Field)
	switch e.Code {
	case trace.CodeUnknownThing:
		return strings.ReplaceAll(e.Args["thing"], " ", "_")
	case trace.CodeBadValue:
		return findBadValueVariant(e, leaf)
	case trace.CodeNotAllowed:
		return findNotAllowedVariant(e, leaf)
	case trace.CodeTooLarge:
		return findTooLargeVariant(e, leaf)
	case trace.CodeBeforeLot, trace.CodeBadKey:
		return e.Args["thing"] // "" for a lot
	case trace.CodeSerialState:
		return e.Args["thing"] // "print" where labels are to be printed
	case trace.CodeReasonNeeded:
		if thing := e.Args["thing"]; thing != "" {
			return thing
		}
	case trace.CodeStoreUnavailable:
		if thing := e.Args["thing"]; thing != "" { // the failure at the opening of a database
			return thing
		}
		if e.Args["path"] != "" && e.Args["why"] == "" { // a file that another program has open
			return "locked"
		}
		return ""
	}
	switch string(e.Code) + " " + leaf {
	case "required unit", "required header", "not_found store":
		return leaf
	case "required from", "required to":
		return e.Args["thing"] // "ordinal" for half a range of items
	case "required org":
		return e.Args["in"] // "register" where a file does not name the organisation
	case "bad_time to":
		return "range"
	case "not_holder epcList", "not_holder units", "reason_needed epcList", "reason_needed units":
		return "unit"
	case "impossible maxUses":
		return "uses"
	case "bad_check eventID":
		return "event"
	}
	return ""
}

func findBadValueVariant(e *trace.Error, leaf string) string {
	allowed := e.Args["allowed"]
	kind, _, _ := strings.Cut(e.Args["value"], " ")
	switch {
	case leaf == "cursor":
		return "cursor"
	case leaf == "namespace" && e.Kind == trace.Conflict: // well-formed, but of another ledger
		return "namespace"
	case e.Args["thing"] == "ordinal": // of an item in its serial batch
		return "ordinal"
	case leaf == "parent" && allowed == "":
		return "parent"
	case allowed == "" && (leaf == "destination" || leaf == "to"):
		return "self"
	case allowed == "" && strings.Contains(" string number object array bool ", " "+kind+" "):
		return "shape" // encoding/json names the kind of the value
	case strings.Contains(allowed, "://"):
		return "form"
	}
	return ""
}

func findNotAllowedVariant(e *trace.Error, leaf string) string {
	switch leaf {
	case "eventID", "event":
		if e.Kind == trace.Conflict {
			return "never"
		}
		return "others"
	case "status", "action":
		return "status"
	case "season", "org", "place", "linkType", "state", "codes":
		return leaf
	case "id":
		return "links"
	case "bizLocation":
		return "place"
	}
	return ""
}

func findTooLargeVariant(e *trace.Error, leaf string) string {
	if _, bytes := formatByteLimit(e); bytes || e.Field == "" {
		return ""
	}
	switch leaf {
	case "items", "events", "rows", "lots", "units", "inputs", "outputs", "contents", "inputQuantityList", "quantityList", "attributes",
		"evidence", "codes", "regions", "links":
		return "rows"
	case "labels", "serialKey":
		return leaf
	}
	return "text"
}

// formatByteLimit writes a limit in bytes as kilobytes or megabytes; false where the limit counts something else.
func formatByteLimit(e *trace.Error) (string, bool) {
	limit := e.Args["limit"]
	if n, ok := strings.CutSuffix(limit, " MiB"); ok {
		return n + " MB", true
	}
	n, err := strconv.ParseInt(limit, 10, 64)
	switch {
	case err != nil || n < 64<<10:
		return groupThousands(limit), false
	case n < 1<<20:
		return strconv.FormatInt(n>>10, 10) + " KB", true
	}
	return groupThousands(strconv.FormatInt(n>>20, 10)) + " MB", true
}

// makeErrorValues makes the values of a sentence from an error's arguments.
func (p *Printer) makeErrorValues(e *trace.Error) values {
	var v values
	unit := e.Args["unit"]
	for name, arg := range e.Args {
		switch name {
		case "lot":
			v.setText("Lot", formatLotName(arg))
		case "available", "wanted", "in", "out", "shipped", "received":
			v.setText(capitalize(name), p.formatAmount(arg, trace.Unit(unit)))
		case "items", "left", "asked", "ordinal":
			v.setText(capitalize(name), groupThousands(arg))
		case "state", "target":
			v.setText(capitalize(name), p.translateAllowed(arg))
		case "since":
			v.setText("Since", p.formatInstant(arg))
		case "from", "to", "until":
			v.setText(capitalize(name), p.formatDay(arg))
		case "days":
			v.setCount(arg)
		case "allowed":
			v.setText("Allowed", p.translateAllowed(arg))
		case "unit":
			if name := "name." + unit; p.Has(name) {
				v.setText("Unit", p.T(name))
			}
		case "agent", "path", "id", "why", "seq", "head":
			v.setText(capitalize(name), arg)
		}
	}
	v.setText("Field", p.FieldName(e.Field))
	p.setSpecialValues(e, &v)
	return v
}

// setSpecialValues sets the values of arguments whose meaning depends on the code.
func (p *Printer) setSpecialValues(e *trace.Error, v *values) {
	value, unit := e.Args["value"], e.Args["unit"]
	switch e.Code {
	case trace.CodeFutureTime, trace.CodeBadTime:
		value = p.formatInstant(value)
	case trace.CodeUnknownThing, trace.CodeKeyTaken, trace.CodeBadKey, trace.CodeNotFound:
		value = formatLotName(value)
	case trace.CodeUnitMismatch:
		if name := "name." + value; p.Has(name) {
			value = p.T(name)
		}
	case trace.CodeImpossible:
		what := e.Args["what"]
		if en := e.Args["whatEn"]; en != "" && p.lang == English {
			what = en
		}
		v.setText("What", what)
		v.setText("Limit", p.formatRatio(e.Args["limit"], unit))
		v.setCount(e.Args["limit"])
		value = p.formatRatio(value, unit)
	case trace.CodeTooLarge:
		limit, _ := formatByteLimit(e)
		v.setText("Limit", limit)
	case trace.CodeBadCheck:
		v.setText("Found", strings.TrimPrefix(e.Args["found"], "schema "))
		v.setText("Known", strings.TrimPrefix(e.Args["known"], "schema "))
	}
	v.setText("Value", value)
}

// formatAmount writes a decimal in a unit; any other text passes unchanged.
func (p *Printer) formatAmount(text string, unit trace.Unit) string {
	a, err := trace.ParseAmount(text)
	if err != nil {
		return text
	}
	return p.Quantity(trace.Quantity{Amount: a, Unit: unit})
}

// formatInstant writes an instant in an error's arguments. A text that is no instant passes unchanged; the zero time gives "".
func (p *Printer) formatInstant(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return p.DateTime(t)
}

// formatDay writes a calendar day in an error's arguments, which is a day in China already.
func (p *Printer) formatDay(text string) string {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return p.formatDate(t)
}

// translateAllowed translates the list of a field's allowed words, and the few phrases; ranges and forms need no translation.
func (p *Printer) translateAllowed(text string) string {
	if id := "allowed." + strings.ReplaceAll(text, " ", "_"); p.Has(id) {
		return p.T(id)
	}
	if zh, en, two := strings.Cut(text, " / "); two {
		if p.lang == Chinese {
			return zh
		}
		return en
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	for i, w := range words {
		switch {
		case p.Has("word." + w):
			words[i] = p.T("word." + w)
		case p.Has("name." + w):
			words[i] = p.T("name." + w)
		default:
			return text
		}
	}
	if p.lang == Chinese {
		return strings.Join(words, "、")
	}
	return strings.Join(words, ", ")
}

// formatLotName writes an identifier for people: a key in groups of four, a URI as its last part.
func formatLotName(s string) string {
	if strings.Contains(s, "://") {
		if last := trace.KeyOf(s); last != "" {
			s = last
		}
	}
	if key, err := trace.ParseKey(s); err == nil && key == s {
		return trace.GroupKey(key)
	}
	return s
}

// capitalizeSentence makes the first letter of an English sentence a capital: the sentence may begin with a value.
func (p *Printer) capitalizeSentence(s string) string {
	if p.lang == English {
		return capitalize(s)
	}
	return s
}

// capitalize makes the first letter a capital.
func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
