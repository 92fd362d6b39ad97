package label

import (
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// Sheet is a layout of labels on paper 标签纸. Lengths are millimetres.
type Sheet struct {
	ID         string  `json:"id"` // "a4-24", "roll-60x40"
	PageWidth  float64 `json:"pageWidth"`
	PageHeight float64 `json:"pageHeight"`
	Columns    int     `json:"columns"`
	Rows       int     `json:"rows"`
	Left       float64 `json:"left"` // from the edge of the paper to the first label
	Top        float64 `json:"top"`
	Width      float64 `json:"width"` // of one label
	Height     float64 `json:"height"`
	GapX       float64 `json:"gapX"` // between two labels
	GapY       float64 `json:"gapY"`
	Inset      float64 `json:"inset"`  // no ink nearer to the edge of a label: cutting is never exact, and few printers reach the paper's edge
	Module     float64 `json:"module"` // X, the side of a module of the code, where the code has room for it
	Roll       bool    `json:"roll"`   // one label a page, for a label printer 热敏标签机
}

// Bounds of the module size X in millimetres: GS1 demands these of a QR code with a Digital Link at the point of sale (General
// Specifications, symbol specification table 1: 0.396 to 0.990, target 0.495).
const (
	MinModule    = 0.396
	WantedModule = 0.495
	MaxModule    = 0.990
)

// sheets are sizes sold everywhere in China. Those that fill the paper keep 4.3 mm to every edge of a label, since office printers leave
// about 4.2 mm of the paper white. Label printers have eight dots a millimetre: 0.5 is four dots, so all modules come out equal.
var sheets = []Sheet{
	{ID: "a4-10", PageWidth: 210, PageHeight: 297, Columns: 2, Rows: 5, Top: 6, Width: 105, Height: 57, Inset: 4.5, Module: 0.66},
	{ID: "a4-21", PageWidth: 210, PageHeight: 297, Columns: 3, Rows: 7, Top: 0.45, Width: 70, Height: 42.3, Inset: 4.3, Module: 0.56},
	{ID: "a4-24", PageWidth: 210, PageHeight: 297, Columns: 3, Rows: 8, Top: 0.5, Width: 70, Height: 37, Inset: 4.3, Module: 0.56},
	{ID: "a4-40", PageWidth: 210, PageHeight: 297, Columns: 4, Rows: 10, Width: 52.5, Height: 29.7, Inset: 4.3, Module: WantedModule},
	{ID: "a4-65", PageWidth: 210, PageHeight: 297, Columns: 5, Rows: 13, Left: 4.75, Top: 10.7, Width: 38.1, Height: 21.2, GapX: 2.5,
		Inset: 1.2, Module: WantedModule},
	{ID: "roll-60x40", PageWidth: 60, PageHeight: 40, Columns: 1, Rows: 1, Width: 60, Height: 40, Inset: 1.5, Module: 0.5, Roll: true},
	{ID: "roll-40x30", PageWidth: 40, PageHeight: 30, Columns: 1, Rows: 1, Width: 40, Height: 30, Inset: 1.5, Module: 0.5, Roll: true},
}

// Sheets lists the layouts, sheets of A4 first, large labels first.
func Sheets() []Sheet { return append([]Sheet(nil), sheets...) }

// FindSheet finds a layout by its id. Error: CodeBadValue at "sheet", with all ids.
func FindSheet(id string) (Sheet, error) {
	ids := make([]string, len(sheets))
	for i, s := range sheets {
		if s.ID == id {
			return s, nil
		}
		ids[i] = s.ID
	}
	return Sheet{}, trace.E(trace.Invalid, trace.CodeBadValue, "sheet", "value", id, "allowed", strings.Join(ids, ", "))
}

// PerPage is the number of labels on a full page.
func (s Sheet) PerPage() int { return s.Columns * s.Rows }

// Position is the upper left corner of the i-th label of a page (from 0, row by row), measured from that of the paper.
func (s Sheet) Position(i int) (x, y float64) {
	column, row := i%s.Columns, i/s.Columns
	return s.Left + float64(column)*(s.Width+s.GapX), s.Top + float64(row)*(s.Height+s.GapY)
}

// Name is the layout's name for people: "A4，24 格，70×37 毫米".
func (s Sheet) Name(printer *locale.Printer) string {
	size := formatMillimetres(s.Width) + "×" + formatMillimetres(s.Height)
	if s.Roll {
		return printer.T("label.roll", "Size", size)
	}
	return printer.T("label.sheet", "Labels", s.PerPage(), "Size", size)
}

func formatMillimetres(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
