package label

import "github.com/yousang/yousang/internal/pdf"

// drawing is one label, ready to be written in any format. Lengths are millimetres from the upper left corner of the label.
type drawing struct {
	width, height float64
	code          *qrCode
	codeX, codeY  float64 // upper left corner of the quiet zone
	module        float64 // side of a module of the code
	texts         []textBox
	lines         []pdf.Line // drawn lineWidth thick
}

// textBox is one line of text. The box holds all ink of the line, accents and descenders included.
type textBox struct {
	x, y, width float64 // upper left corner
	size        float64 // of the em
	text        string
	bold        bool
}

// A line of text takes lineHeight ems, and the letters stand baseline ems below its upper edge: enough for É and g in the Latin font and
// for every Chinese character in the other.
const (
	lineHeight = 1.2
	baseline   = 0.92
	boldStroke = 0.035 // outline drawn around the letters of bold text, in ems; neither font is embedded in a bold cut
	lineWidth  = 0.2
)

func (t textBox) height() float64 { return t.size * lineHeight }

// addFrame draws the four sides of a rectangle.
func (d *drawing) addFrame(x, y, width, height float64) {
	right, bottom := x+width, y+height
	d.lines = append(d.lines,
		pdf.Line{X1: x, Y1: y, X2: right, Y2: y}, pdf.Line{X1: x, Y1: bottom, X2: right, Y2: bottom},
		pdf.Line{X1: x, Y1: y, X2: x, Y2: bottom}, pdf.Line{X1: right, Y1: y, X2: right, Y2: bottom})
}

// drawOn writes the label on a page, its upper left corner at x and y.
func (d *drawing) drawOn(page *pdf.Page, x, y float64) {
	page.SetOrigin(x, y)
	page.FillRectangles(d.codeX, d.codeY, d.module, d.code.findRectangles())
	for _, t := range d.texts {
		line := pdf.Text{X: t.x, Baseline: t.y + t.size*baseline, Size: t.size, Text: t.text}
		if t.bold {
			line.Outline = t.size * boldStroke
		}
		page.DrawText(line)
	}
	page.DrawLines(lineWidth, d.lines)
}
