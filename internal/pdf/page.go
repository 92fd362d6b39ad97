package pdf

import (
	"fmt"
	"strconv"
)

// Page is one page that is being drawn. All lengths are millimetres, and places are measured to the right and downwards from the origin,
// which is the upper left corner of the paper until SetOrigin moves it.
type Page struct {
	document         *Document
	width, height    float64
	originX, originY float64
	content          []byte
}

// NewPage makes an empty page of a size in millimetres; WritePage puts it into the file.
func (d *Document) NewPage(width, height float64) *Page {
	return &Page{document: d, width: width, height: height}
}

// SetOrigin moves the point from which places are measured; x and y are measured from the upper left corner of the paper.
func (p *Page) SetOrigin(x, y float64) { p.originX, p.originY = x, y }

// top is the distance of the origin from the lower edge of the paper, where PDF measures from.
func (p *Page) top() float64 { return p.height - p.originY }

// FillRectangles fills rectangles x, y, width, height, given in squares of side unit whose first lies at x and y. All of them are one path:
// printers would leave hairlines between shapes that are filled one after the other.
func (p *Page) FillRectangles(x, y, unit float64, rectangles [][4]int) {
	b := append(p.content, "q "...)
	b = appendPoints(b, unit)
	b = append(b, " 0 0 -"...)
	b = appendPoints(b, unit)
	b = append(b, ' ')
	b = appendPoints(b, p.originX+x)
	b = append(b, ' ')
	b = appendPoints(b, p.top()-y)
	b = append(b, " cm\n"...)
	for _, rectangle := range rectangles {
		for _, v := range rectangle {
			b = append(strconv.AppendInt(b, int64(v), 10), ' ')
		}
		b = append(b, "re\n"...)
	}
	p.content = append(b, "f Q\n"...)
}

// Text is one line of text.
type Text struct {
	X, Baseline float64 // left end of the line on which the letters stand
	Size        float64 // of the em
	Outline     float64 // width of a line drawn around the letters, to make them bold; 0 for none
	Text        string
}

// DrawText writes a line of text. A character that no font has is drawn as 〓 (see Fonts.Has).
func (p *Page) DrawText(t Text) {
	b := append(p.content, "BT "...)
	if t.Outline > 0 {
		b = append(appendPoints(b, t.Outline), " w 2 Tr "...)
	}
	b = append(append(b, "1 0 0 1 "...), formatPoints(p.originX+t.X)...)
	b = append(append(append(b, ' '), formatPoints(p.top()-t.Baseline)...), " Tm"...)
	current := -1
	for _, r := range t.Text {
		font, drawn := p.document.fonts.choose(r)
		if font != current {
			if current >= 0 {
				b = append(b, "> Tj"...)
			}
			b = append(append(append(b, " /F"...), byte('0'+font), ' '), formatPoints(t.Size)...)
			b = append(b, " Tf <"...)
			current = font
		}
		b = fmt.Appendf(b, "%04X", p.document.subsets[font].useCharacter(drawn))
	}
	if current >= 0 {
		b = append(b, "> Tj"...)
	}
	if t.Outline > 0 {
		b = append(b, " 0 Tr"...)
	}
	p.content = append(b, " ET\n"...)
}

// Line is a straight line between two points.
type Line struct{ X1, Y1, X2, Y2 float64 }

// DrawLines draws lines of a width with square ends.
func (p *Page) DrawLines(width float64, lines []Line) {
	if len(lines) == 0 {
		return
	}
	b := append(appendPoints(p.content, width), " w 2 J\n"...)
	for _, l := range lines {
		b = append(appendPoints(b, p.originX+l.X1), ' ')
		b = append(appendPoints(b, p.top()-l.Y1), " m "...)
		b = append(appendPoints(b, p.originX+l.X2), ' ')
		b = append(appendPoints(b, p.top()-l.Y2), " l S\n"...)
	}
	p.content = b
}
