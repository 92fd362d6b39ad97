package register

import (
	"bytes"
	"fmt"
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
}

// readXLSX reads the visible sheets of a workbook. Formulas give the value the spreadsheet stored with them.
func readXLSX(data []byte) (tables []table, bad *fault) {
	// The library is written for well-formed workbooks; whatever a broken one does to it is the file's fault and must not end a server.
	defer func() {
		if r := recover(); r != nil {
			tables, bad = nil, wrong(CodeFileKind, "value", "?")
		}
	}()
	if !bytes.Contains(data, []byte("xl/")) {
		return nil, wrong(CodeFileKind, "value", "ZIP")
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size") { // the library has no error value for it
			return nil, wrong(CodeFileLarge, "limit", "128 MiB")
		}
		return nil, wrong(CodeFileKind, "value", "?")
	}
	w := workbook{f: f}
	props, err := f.GetWorkbookProps()
	from04 := err == nil && props.Date1904 != nil && *props.Date1904
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		t, bad := w.sheet(name)
		if bad != nil {
			return nil, bad
		}
		t.from04 = from04
		t.textual = func(row, col int) bool { return w.textual(&t, row, col) }
		tables = append(tables, t)
	}
	return tables, nil
}

func (w *workbook) sheet(name string) (table, *fault) {
	t := table{tab: name}
	rows, err := w.f.Rows(name)
	if err != nil {
		return t, nil // a chart sheet has no rows
	}
	no := 0
	for rows.Next() {
		no++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return t, wrong(CodeFileKind, "value", "?")
		}
		if bad := t.add(line{no: no, cells: cells}); bad != nil {
			return t, bad
		}
	}
	if err := rows.Close(); err != nil {
		return t, wrong(CodeFileKind, "value", "?")
	}
	return t, nil
}

// typedWithin is how many lines a sheet may have for its cells to be looked at one by one: the library then holds the whole sheet, at
// some hundred bytes a cell.
const typedWithin = 5_000

// textual reports whether a cell holds text. It is asked only about sums that do not add up; of a larger sheet it says nothing, and the sum
// is reported without its reason.
func (w *workbook) textual(t *table, row, col int) (text bool) {
	if w.broken || len(t.lines) == 0 || t.lines[len(t.lines)-1].no > typedWithin {
		return false
	}
	defer func() {
		if r := recover(); r != nil { // as in readXLSX
			text, w.broken = false, true
		}
	}()
	at, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		return false
	}
	kind, err := w.f.GetCellType(t.tab, at)
	w.broken = err != nil
	return err == nil && (kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString)
}

// letter is the name of a column in a spreadsheet.
func letter(col int) string {
	s, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return fmt.Sprint(col + 1)
	}
	return s
}
