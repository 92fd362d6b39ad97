package register

import (
	"strings"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// entry is a row of data as the row was understood.
type entry struct {
	row     int
	on      time.Time // midnight in China
	grower  string
	place   string // plot or village
	station string
	weight  trace.Amount // as written, in unit
	unit    trace.Unit
	pieces  trace.Amount
	lastUse time.Time   // zero where none is stated
	agent   *plantAgent // named by the remark
	remark  string
	attrs   []app.Attribute
	figures map[int]int64 // numbers as written, by column; a sum line adds up these
	bad     bool
	keyed   bool // every cell of the identity key was read
}

// identityKey tells a row from other rows, see the package comment. The key names neither the row's number nor the file.
func (e *entry) identityKey() string {
	kg, _, err := trace.ToBaseUnit(e.weight, e.unit)
	if err != nil {
		kg = 0
	}
	return strings.Join([]string{formatDay(e.on), e.grower, normalizeName(e.place), kg.String(), e.pieces.String()}, "\x1f")
}

// contentKey is all that is recorded of a row; the key tells a repeat from a changed row. The remark is left out: an
// explanation added later changes no fact.
func (e *entry) contentKey() string {
	parts := []string{e.identityKey()}
	if !e.lastUse.IsZero() {
		parts = append(parts, "lastUse", formatDay(e.lastUse))
		if e.agent != nil {
			parts = append(parts, e.agent.name)
		}
	}
	for _, a := range e.attrs {
		parts = append(parts, a.Name, a.Value)
	}
	return strings.Join(parts, "\x1f")
}

// reading is a sheet on its way to entries.
type reading struct {
	*sheet
	order    int
	calendar calendar
	unit     trace.Unit
	today    time.Time
	entries  []*entry
	sums     []sumLine
	problems []Problem
}

// cellValue is what stands in a cell of a sheet. field is nil where a problem is the whole row's, and value is empty where
// no text may be shown.
type cellValue struct {
	row   int
	field *field
	value string
}

// addProblem adds a problem of a cell; a bad problem does not yet make the row bad, see refuseEntry.
func (r *reading) addProblem(sev Severity, c cellValue, code Code, args ...string) {
	p := Problem{Severity: sev, Sheet: r.name, Row: c.row, Value: clipCell(c.value), Code: string(code), Args: makeArgs(args), order: r.order}
	if f := c.field; f != nil {
		p.Header = clipCell(f.header)
		if p.Column = p.Header; r.name != "" {
			p.Column = columnLetter(f.col)
		}
	}
	r.problems = append(r.problems, p)
}

// refuseEntry makes a row bad and adds the problem.
func (r *reading) refuseEntry(e *entry, f *field, value string, code Code, args ...string) {
	e.bad = true
	r.addProblem(Bad, cellValue{e.row, f, value}, code, args...)
}

// readRows reads every line below the header.
func (r *reading) readRows() {
	var part []*entry // since the last subtotal
	for i := r.head + 1; i < len(r.lines); i++ {
		l := &r.lines[i]
		switch r.classifyLine(l) {
		case dataLine:
			e := r.readEntry(l)
			r.entries = append(r.entries, e)
			part = append(part, e)
		case subtotalLine:
			r.sums = append(r.sums, sumLine{l, part})
			part = nil
		case totalLine:
			r.sums = append(r.sums, sumLine{l, r.entries[:len(r.entries):len(r.entries)]})
		}
	}
}

// readEntry reads a row: each cell alone, then what the cells say together.
func (r *reading) readEntry(l *line) *entry {
	e := &entry{row: l.number, unit: r.unit, figures: map[int]int64{}}
	key := true
	for i := range r.fields {
		f := &r.fields[i]
		cell, open := r.cellText(l, f)
		if open {
			r.refuseEntry(e, f, "", CodeFormulaEmpty)
			key = key && !f.must && f.role != rolePieces
			continue
		}
		if strings.ContainsRune(cell, '\ufffd') {
			r.refuseEntry(e, f, cell, CodeTextBroken)
			continue
		}
		if ok := r.readCell(e, f, cell); !ok && (f.must || f.role == rolePieces) {
			key = false
		}
	}
	e.keyed = key
	if e.agent = findNamedAgent(e.remark); e.agent != nil && !r.profile.seasonal {
		e.agent = nil
	}
	r.checkAcrossCells(e, l)
	return e
}

// cellText is the text of a row in a column: the cell, or for a date the cell above that the cell is merged with, as clerks do
// for the rows of one day. The result is open where the cell is a formula without a calculated value.
func (r *reading) cellText(l *line, f *field) (cell string, open bool) {
	cell = l.cellAt(f.col)
	if removeSpace(foldWidth(cell)) != "" {
		return cell, false
	}
	if f.role == roleDate {
		if above := r.mergedValue(l.number, f.col); above != "" {
			return above, false
		}
	}
	switch f.role {
	case roleDate, roleLastUse, roleWeight, rolePieces, rolePremium, rolePrice, roleMoney, roleNumber, roleShare:
		return cell, r.hasFormula != nil && r.hasFormula(l.number, f.col)
	}
	return cell, false
}

// readCell reads one cell into its entry; the result is false where the cell is bad.
func (r *reading) readCell(e *entry, f *field, cell string) bool {
	var code Code
	switch f.role {
	case roleDate:
		if e.on, code = r.calendar.parseDate(cell); code == "" && e.on.After(r.today) {
			code = CodeDateFuture
		}
	case roleLastUse:
		if removeSpace(foldWidth(cell)) != "" {
			e.lastUse, code = r.calendar.parseDate(cell)
		}
	case roleGrower:
		e.grower, code = parseGrower(cell)
	case rolePlot, roleVillage:
		if e.place = tidyName(cell); e.place == "" {
			code = CodePlaceMissing
		}
	case roleStation:
		e.station = tidyName(cell)
	case roleVariety:
		if v := tidyName(cell); v != "" {
			e.attrs = append(e.attrs, app.Attribute{Name: f.attr, Value: clipCell(v)})
		}
	case roleRemark:
		e.remark = strings.TrimSpace(strings.Join(strings.Fields(cell), " "))
	case roleSerial:
	default:
		return r.readFigure(e, f, cell)
	}
	if code == "" {
		return true
	}
	switch f.role {
	case roleDate:
		cell, e.on = displayDate(cell, e.on), time.Time{}
	case roleLastUse:
		cell, e.lastUse = displayDate(cell, e.lastUse), time.Time{}
	}
	r.refuseEntry(e, f, cell, code)
	return false
}

// mostFigure bounds one figure of a row, in millionths, so that the sum of MaxRows figures cannot overflow.
const mostFigure = 90_000_000 * trace.AmountScale

// readFigure reads a cell that holds a number.
func (r *reading) readFigure(e *entry, f *field, cell string) bool {
	n, code := parseNumber(cell)
	if code == CodeNumberMissing && f.role != roleWeight {
		return true
	}
	if code == "" && (n.micro > mostFigure || n.micro < -mostFigure) {
		code = CodeNumberUnreadable
	}
	if code == "" {
		e.figures[f.col] = n.micro
		code = r.storeFigure(e, f, n)
	}
	if code != "" {
		r.refuseEntry(e, f, cell, code, "unit", n.unit)
	}
	return code == ""
}

// storeFigure stores a number in the field of its column.
func (r *reading) storeFigure(e *entry, f *field, n figure) Code {
	switch {
	case n.micro < 0:
		return CodeNumberNegative
	case f.role == roleShare && n.micro > 100*trace.AmountScale:
		return CodeShareAbove
	case n.micro == 0 && f.role != rolePremium && f.role != roleMoney && f.role != rolePrice:
		return CodeNumberZero
	}
	switch f.role {
	case roleWeight:
		return e.setWeight(n)
	case rolePieces, rolePremium:
		if n.unit != "" && n.unit != "个" && n.unit != "枚" {
			return CodeNumberUnit
		}
		if n.micro%trace.AmountScale != 0 {
			return CodeNumberNotWhole
		}
		if f.role == rolePieces {
			e.pieces = n.absoluteAmount()
		}
	}
	if f.attr != "" {
		e.attrs = append(e.attrs, app.Attribute{Name: f.attr, Value: n.String()})
	}
	return ""
}

// setWeight sets the weight; a unit in the cell goes before the unit of the column.
func (e *entry) setWeight(n figure) Code {
	if n.unit != "" {
		u, err := trace.ParseUnit(n.unit)
		if err != nil {
			return CodeNumberUnit
		}
		e.unit = u
	}
	e.weight = n.absoluteAmount()
	if _, base, err := trace.ToBaseUnit(e.weight, e.unit); err != nil || base != trace.Kilogram {
		return CodeNumberUnit
	}
	return ""
}

// checkAcrossCells checks what the cells of a row say about one another.
func (r *reading) checkAcrossCells(e *entry, l *line) {
	if f := r.findField(rolePremium); f != nil && e.pieces > 0 {
		if n, ok := e.figures[f.col]; ok && n > int64(e.pieces) {
			r.refuseEntry(e, f, l.cellAt(f.col), CodePartAbove, "whole", e.pieces.String())
		}
	}
	r.checkPayment(e, l)
	r.checkInterval(e, l)
	if f := r.findField(roleRemark); f != nil && mayBePersonal(e.remark) {
		r.addProblem(Warning, cellValue{e.row, f, ""}, CodeRemarkPersonal)
		e.remark = ""
	}
}

// checkPayment checks weight × price = amount. Price and amount are a matter between station and grower and stay out of the
// record; a row where the three do not fit is refused, since the weight may be the wrong one.
func (r *reading) checkPayment(e *entry, l *line) {
	price, money := r.findField(rolePrice), r.findField(roleMoney)
	if price == nil || money == nil || e.weight == 0 {
		return
	}
	p, okP := e.figures[price.col]
	m, okM := e.figures[money.col]
	kg, _, err := trace.ToBaseUnit(e.weight, e.unit)
	if !okP || !okM || err != nil || p < 0 || m < 0 {
		return
	}
	per := trace.Unit("")
	if _, unit, ok := strings.Cut(price.bracket, "/"); ok {
		per, _ = trace.ParseUnit(unit) // an unknown one counts as the weight's own
	}
	weight := int64(e.weight)
	switch per {
	case trace.Kilogram:
		weight = int64(kg)
	case "斤":
		weight = 2 * int64(kg)
	}
	if product, ok := matchesPayment(weight, p, m); !ok {
		r.refuseEntry(e, money, l.cellAt(money.col), CodeMoneyDiffers, "product", product)
	}
}

// checkInterval checks the safety interval 安全间隔期 of the last use that the row itself states. The ledger has this rule too, for
// field work that is on record. But the last use of a refused row must not get into the ledger, or a mistyped date would stand
// in the way of the mended row.
func (r *reading) checkInterval(e *entry, l *line) {
	f := r.findField(roleLastUse)
	if f == nil || e.lastUse.IsZero() || e.on.IsZero() {
		return
	}
	gap := countDays(e.lastUse, e.on)
	if gap < 0 {
		r.refuseEntry(e, f, displayDate(l.cellAt(f.col), e.lastUse), CodeUseAfterHarvest, "date", formatDay(e.on))
		return
	}
	code, need, name := CodeIntervalUnnamed, shortestInterval(), ""
	if e.agent != nil {
		code, need, name = CodeIntervalNamed, e.agent.days, e.agent.name
	}
	if gap < need {
		r.refuseEntry(e, f, displayDate(l.cellAt(f.col), e.lastUse), code, "agent", name, "used", formatDay(e.lastUse), "gap",
			formatInt(gap),
			"days", formatInt(need),
			"until", formatDay(e.lastUse.AddDate(0, 0, need)))
	}
}

// displayDate is the cell of a date as the clerk sees the cell: the screen does not show a serial number.
func displayDate(cell string, t time.Time) string {
	if !t.IsZero() && serial.MatchString(strings.TrimSpace(cell)) {
		return formatDay(t)
	}
	return cell
}
