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

// workbook is an open XLSX file. The whole file is held in memory (no part is larger than maxUnzipped, above which the library
// would write temporary files), so a workbook needs no closing.
type workbook struct {
	f      *excelize.File
	broken bool // the library cannot hold a sheet of the file, and would try again for every cell
	plain  bool // no sheet has merged ranges, or the sheets have too many for a register
	asked  int  // number of cells that were looked at one by one for formulas
}

// readXLSX reads the visible sheets of a workbook. Formulas give the value the spreadsheet stored with them.
func readXLSX(data []byte) (tables []table, bad *fileFault) {
	// The library is written for well-formed workbooks: a panic over a broken workbook is a fault of the file and must not end a server.
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
		if strings.Contains(err.Error(), "unzip size") { // the library has no error value for this case
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

// typedWithin is how many lines a sheet may have for its cells to be looked at one by one: for this the library holds the whole
// sheet in memory, at some hundred bytes a cell.
const typedWithin = 5_000

// isTextual reports whether a cell holds text. The question is asked only about sums that do not add up. The answer is false
// for every cell of a sheet with more lines than typedWithin; the sum is then reported without its reason.
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

// formulasWithin is how many empty cells of a workbook are looked at for formulas: a program that saves a file without the
// values of formulas leaves out all values.
const formulasWithin = 2_000

// hasFormula reports whether a cell without a value is a formula: another program wrote the file and left the calculation to a
// spreadsheet program.
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

// mergesWithin is how many merged ranges of a workbook are looked at: the library compares each range with each other range.
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

// withSmallSheet asks the library about a sheet that is small enough to be held in memory. A panic of the library over a broken
// sheet counts as no answer, as in readXLSX.
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

// columnLetter is the letter of a column in a spreadsheet.
func columnLetter(col int) string {
	s, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return fmt.Sprint(col + 1)
	}
	return s
}
