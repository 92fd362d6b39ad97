package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The bounds of a file. A village's register of a season has some hundred rows, a county's some ten thousand.
const (
	MaxBytes   = 16 << 20
	MaxRows    = 100_000
	maxColumns = 256
)

// table is a sheet as the file has the sheet, without blank lines.
type table struct {
	name       string // "" for CSV
	lines      []line
	from04     bool
	isTextual  func(row, col int) bool // whether a number in a cell is text to a spreadsheet, which SUM leaves out
	hasFormula func(row, col int) bool // whether an empty cell is a formula without a value; nil where there are no formulas
	merges     []merge                 // by column, then row
}

// merge is the part of a merged range 合并单元格 that lies in the first column of the range: its rows show what the first of the
// rows holds.
type merge struct{ col, from, to int }

// line is a row with its number as the clerk sees the number (from 1).
type line struct {
	number int
	cells  []string
}

// cellAt is the text of a cell, "" beyond the end of the row.
func (l *line) cellAt(col int) string {
	if col < 0 || col >= len(l.cells) {
		return ""
	}
	return l.cells[col]
}

func (l *line) isBlank() bool {
	for _, c := range l.cells {
		if removeSpace(foldWidth(c)) != "" {
			return false
		}
	}
	return true
}

// readTables recognises the kind of a file by its content and reads its tables. Codes: CodeFileEmpty, CodeFileLarge,
// CodeFileKind, CodeFileLocked, CodeFileRows.
func readTables(data []byte) ([]table, *fileFault) {
	if len(data) > MaxBytes {
		return nil, newFault(CodeFileLarge, "limit", "16 MiB")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, newFault(CodeFileEmpty)
	}
	for _, k := range []struct{ magic, kind string }{
		{"%PDF", "PDF"}, {"\x89PNG", "PNG"}, {"\xff\xd8\xff", "JPEG"}, {"GIF8", "GIF"}, {"Rar!", "RAR"}, {"7z\xbc\xaf", "7z"},
		{"\x1f\x8b", "gzip"},
		{"{\\rtf", "RTF"}, {"<", "HTML/XML"},
	} {
		if strings.HasPrefix(string(data[:min(8, len(data))]), k.magic) {
			return nil, newFault(CodeFileKind, "value", k.kind)
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")): // OLE: .xls, or an encrypted XLSX inside
		if bytes.Contains(data, encodeUTF16LE("EncryptedPackage")) {
			return nil, newFault(CodeFileLocked)
		}
		return nil, newFault(CodeFileKind, "value", "XLS")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data)
	}
	return readCSV(data)
}

func encodeUTF16LE(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// decodeText decodes the text of a CSV file: UTF-8 or UTF-16 with a byte order mark, UTF-8 where the bytes are valid UTF-8,
// else GB18030, of which GBK is a part.
func decodeText(data []byte) (string, bool) {
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:]), utf8.Valid(data)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.IndexByte(data, 0) >= 0:
		return "", false
	case utf8.Valid(data):
		return string(data), true
	default:
		enc = simplifiedchinese.GB18030
	}
	out, err := enc.NewDecoder().Bytes(data)
	return string(out), err == nil && bytes.IndexByte(out, 0) < 0
}

func readCSV(data []byte) ([]table, *fileFault) {
	text, ok := decodeText(data)
	if !ok {
		return nil, newFault(CodeFileKind, "value", "?")
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, findSeparator(text)
	t := table{isTextual: func(int, int) bool { return false }}
	inside := 0 // line breaks inside quoted cells so far: such a line break begins no row
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, newFault(CodeFileKind, "value", "?")
		}
		at, _ := r.FieldPos(0)
		l := line{number: at - inside, cells: rec}
		for _, c := range rec {
			inside += strings.Count(c, "\n")
		}
		if f := t.addLine(l); f != nil {
			return nil, f
		}
	}
	t.isTextual = func(row, col int) bool { return !isTypedNumber(t.cellAt(row, col)) }
	return []table{t}, nil
}

// findSeparator finds the character among comma, semicolon and tab that is most frequent in the first lines.
func findSeparator(text string) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', strings.Count(head, ",")
	for _, s := range []rune{'\t', ';'} {
		if n := strings.Count(head, string(s)); n > most {
			best, most = s, n
		}
	}
	return best
}

func (t *table) addLine(l line) *fileFault {
	if len(l.cells) > maxColumns {
		return newFault(CodeFileKind, "value", "?")
	}
	if l.isBlank() {
		return nil
	}
	if len(t.lines) >= MaxRows || l.number > 2*MaxRows {
		return newFault(CodeFileRows, "limit", "100000")
	}
	t.lines = append(t.lines, l)
	return nil
}

// mergedValue is the text that an empty cell shows because the cell is merged with a cell above; "" where the cell is not
// merged. A cell that was only left empty has no such text: what the clerk meant is not guessed.
func (t *table) mergedValue(row, col int) string {
	i := sort.Search(len(t.merges), func(i int) bool {
		m := t.merges[i]
		return m.col > col || m.col == col && m.from > row
	})
	if i == 0 || t.merges[i-1].col != col || t.merges[i-1].to < row {
		return ""
	}
	return t.cellAt(t.merges[i-1].from, col)
}

// cellAt finds the text of a cell by the number of its row; lines are in the order of their numbers.
func (t *table) cellAt(row, col int) string {
	lo, hi := 0, len(t.lines)
	for lo < hi {
		if mid := (lo + hi) / 2; t.lines[mid].number < row {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(t.lines) && t.lines[lo].number == row {
		return t.lines[lo].cellAt(col)
	}
	return ""
}
