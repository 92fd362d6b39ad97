package register

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped bounds what a workbook may unpack to: 100,000 rows of a dozen columns are about half of it.
const maxUnzipped = 128 << 20

// workbook is an open XLSX file. It is held in memory as a whole (no part is larger than maxUnzipped, above which the library would write
// temporary files), so there is nothing to close.
type workbook struct {
	f      *excelize.File
	broken bool // the library cannot hold a sheet of it, and would try again for every cell
	plain  bool // its sheets have no merged ranges, or too many to be a register's
	asked  int  // cells looked at one by one for formulas
}

// readXLSX reads the visible sheets of a workbook. Formulas give the value the spreadsheet stored with them.
func readXLSX(data []byte) (tables []table, bad *fileFault) {
	// The library is written for well-formed workbooks; whatever a broken one does to it is the file's fault and must not end a server.
	defer func() {
		if r := recover(); r != nil {
			tables, bad = nil, newFault(CodeFileKind, "value", "?")
		}
	}()
	if !bytes.Contains(data, []byte("xl/")) {
		return nil, newFault(CodeFileKind, "value", "ZIP")
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size") { // the library has no error value for it
			return nil, newFault(CodeFileLarge, "limit", "128 MiB")
		}
		return nil, newFault(CodeFileKind, "value", "?")
	}
	w := workbook{f: f}
	n := w.countMerges()
	w.plain = n == 0 || n > mergesWithin
	props, err := f.GetWorkbookProps()
	from04 := err == nil && props.Date1904 != nil && *props.Date1904
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		t, bad := w.readSheet(name)
		if bad != nil {
			return nil, bad
		}
		t.from04 = from04
		t.isTextual = func(row, col int) bool { return w.isTextual(&t, row, col) }
		t.hasFormula = func(row, col int) bool { return w.hasFormula(&t, row, col) }
		t.merges = w.listMerges(&t)
		tables = append(tables, t)
	}
	return tables, nil
}

func (w *workbook) readSheet(name string) (table, *fileFault) {
	t := table{name: name}
	rows, err := w.f.Rows(name)
	if err != nil {
		return t, nil // a chart sheet has no rows
	}
	no := 0
	for rows.Next() {
		no++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return t, newFault(CodeFileKind, "value", "?")
		}
		if bad := t.addLine(line{number: no, cells: cells}); bad != nil {
			return t, bad
		}
	}
	if err := rows.Close(); err != nil {
		return t, newFault(CodeFileKind, "value", "?")
	}
	return t, nil
}

// typedWithin is how many lines a sheet may have for its cells to be looked at one by one: the library then holds the whole sheet, at
// some hundred bytes a cell.
const typedWithin = 5_000

// isTextual reports whether a cell holds text. It is asked only about sums that do not add up; of a larger sheet it says nothing, and the sum
// is reported without its reason.
func (w *workbook) isTextual(t *table, row, col int) (text bool) {
	w.withSmallSheet(t, func() error {
		at, err := excelize.CoordinatesToCellName(col+1, row)
		if err != nil {
			return err
		}
		kind, err := w.f.GetCellType(t.name, at)
		text = kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString
		return err
	})
	return text
}

// formulasWithin is how many empty cells of a workbook are looked at for formulas: whoever saved a file without its values saved all of
// them so.
const formulasWithin = 2_000

// hasFormula reports whether a cell that has no value is a formula: another program wrote the file and left the reckoning to a spreadsheet.
func (w *workbook) hasFormula(t *table, row, col int) (is bool) {
	if w.asked++; w.asked > formulasWithin {
		return false
	}
	w.withSmallSheet(t, func() error {
		at, err := excelize.CoordinatesToCellName(col+1, row)
		if err != nil {
			return err
		}
		f, err := w.f.GetCellFormula(t.name, at)
		is = f != ""
		return err
	})
	return is
}

// mergesWithin is how many merged ranges a workbook may have for them to be looked at: the library compares each with each.
const mergesWithin = 4_000

// countMerges counts what may be merged ranges, over all sheets.
func (w *workbook) countMerges() (n int) {
	w.f.Pkg.Range(func(name, part any) bool {
		path, _ := name.(string)
		if text, ok := part.([]byte); ok && strings.HasPrefix(path, "xl/worksheets/") {
			n += bytes.Count(text, []byte("mergeCell "))
		}
		return true
	})
	return n
}

// listMerges lists the merged ranges of a sheet that reach over several rows.
func (w *workbook) listMerges(t *table) (list []merge) {
	if w.plain {
		return nil
	}
	w.withSmallSheet(t, func() error {
		cells, err := w.f.GetMergeCells(t.name, true)
		if err != nil {
			return err
		}
		for _, c := range cells {
			col, from, err := excelize.CellNameToCoordinates(c.GetStartAxis())
			if err != nil {
				continue
			}
			if _, to, err := excelize.CellNameToCoordinates(c.GetEndAxis()); err == nil && to > from {
				list = append(list, merge{col - 1, from, to})
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b merge) int { return cmp.Or(a.col-b.col, a.from-b.from) })
	return list
}

// withSmallSheet asks the library about a sheet that is small enough for it to hold. What a broken sheet does to it counts as no answer, as in
// readXLSX.
func (w *workbook) withSmallSheet(t *table, ask func() error) {
	if w.broken || len(t.lines) == 0 || t.lines[len(t.lines)-1].number > typedWithin {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			w.broken = true
		}
	}()
	w.broken = ask() != nil
}

// columnLetter is the name of a column in a spreadsheet.
func columnLetter(col int) string {
	s, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return fmt.Sprint(col + 1)
	}
	return s
}
