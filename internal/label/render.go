package label

import (
	"fmt"
	"html"
	"math"
	"strconv"
)

// label appends a label to the content of a page, its upper left corner at x and y millimetres from that of the page.
func (p *pdf) label(b []byte, d *drawing, x, y, pageHeight float64) []byte {
	b = append(b, "q "...)
	b = appendPoints(b, d.module)
	b = append(b, " 0 0 -"...)
	b = appendPoints(b, d.module)
	b = append(b, ' ')
	b = appendPoints(b, x+d.codeX)
	b = append(b, ' ')
	b = appendPoints(b, pageHeight-y-d.codeY)
	b = append(b, " cm\n"...)
	for _, r := range d.code.rects() {
		for _, v := range r {
			b = append(strconv.AppendInt(b, int64(v), 10), ' ')
		}
		b = append(b, "re\n"...)
	}
	b = append(b, "f Q\n"...)
	for _, t := range d.texts {
		b = p.text(b, t, x, pageHeight-y)
	}
	if len(d.lines) == 0 {
		return b
	}
	b = append(appendPoints(b, lineWidth), " w 2 J\n"...)
	for _, l := range d.lines {
		b = append(appendPoints(b, x+l.x1), ' ')
		b = append(appendPoints(b, pageHeight-y-l.y1), " m "...)
		b = append(appendPoints(b, x+l.x2), ' ')
		b = append(appendPoints(b, pageHeight-y-l.y2), " l S\n"...)
	}
	return b
}

// text appends a line of text; y is the height of the label's upper edge.
func (p *pdf) text(b []byte, t textBox, x, y float64) []byte {
	b = append(b, "BT "...)
	if t.bold {
		b = append(appendPoints(b, t.size*boldStroke), " w 2 Tr "...)
	}
	b = append(append(b, "1 0 0 1 "...), points(x+t.x)...)
	b = append(append(append(b, ' '), points(y-t.y-t.size*baseline)...), " Tm"...)
	open := -1
	for _, r := range t.text {
		i, r := p.faces.face(r)
		if i != open {
			if open >= 0 {
				b = append(b, "> Tj"...)
			}
			b = append(append(append(b, " /F"...), byte('0'+i), ' '), points(t.size)...)
			b = append(b, " Tf <"...)
			open = i
		}
		b = fmt.Appendf(b, "%04X", p.fonts[i].use(r))
	}
	if open >= 0 {
		b = append(b, "> Tj"...)
	}
	if t.bold {
		b = append(b, " 0 Tr"...)
	}
	return append(b, " ET\n"...)
}

// systemFonts are the Chinese fonts of Windows, macOS, Android and Linux.
const systemFonts = `'Microsoft YaHei','PingFang SC','Noto Sans SC','Noto Sans CJK SC','Droid Sans Fallback',sans-serif`

// LabelSVG draws one label as SVG of its true size in millimetres, for a preview or another program. Text is text, in a font of the system,
// fitted to the width it has on paper. Copies and Skip do not matter. Errors: WritePDF's.
func LabelSVG(it Item, o PDFOptions) ([]byte, error) {
	s, err := SheetByID(o.Sheet)
	if err != nil {
		return nil, err
	}
	f, err := theFaces()
	if err != nil {
		return nil, err
	}
	d, err := setLabel(it, s, o, f)
	if err != nil {
		return nil, err
	}
	w, h := millimetres(d.width), millimetres(d.height)
	b := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" lang="%s"><path fill="#fff" d="M0 0h%sv%sH0z"/>`,
		w, h, w, h, o.Printer.Lang(), w, h)
	b = fmt.Appendf(b, `<path shape-rendering="crispEdges" transform="translate(%s %s) scale(%s)" d="`, short(d.codeX), short(d.codeY), short(d.module))
	b = d.code.AppendPath(b)
	b = fmt.Appendf(b, `"/><g font-family="%s">`, systemFonts)
	for _, t := range d.texts {
		weight := ""
		if t.bold {
			weight = ` font-weight="700"`
		}
		b = fmt.Appendf(b, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s>%s</text>`,
			short(t.x), short(t.y+t.size*baseline), short(t.size), short(t.w), weight, html.EscapeString(t.text))
	}
	b = append(b, "</g>"...)
	for _, l := range d.lines {
		b = fmt.Appendf(b, `<path stroke="#000" stroke-width="%s" stroke-linecap="square" d="M%s %sL%s %s"/>`,
			short(lineWidth), short(l.x1), short(l.y1), short(l.x2), short(l.y2))
	}
	return append(b, "</svg>"...), nil
}

// short writes millimetres to a thousandth.
func short(mm float64) string { return strconv.FormatFloat(math.Round(mm*1000)/1000, 'f', -1, 64) }
