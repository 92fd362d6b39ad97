package label

import (
	"fmt"
	"html"
	"math"
	"strconv"

	"github.com/yousang/yousang/internal/pdf"
)

// systemFonts are the Chinese fonts of Windows, macOS, Android and Linux.
const systemFonts = `'Microsoft YaHei','PingFang SC','Noto Sans SC','Noto Sans CJK SC','Droid Sans Fallback',sans-serif`

// DrawLabelSVG draws one label as SVG of its true size in millimetres, for a preview or another program. Text stays text, in a font of the
// viewer's system, fitted to the width the text has on paper. Copies and Skip have no effect. Errors: those of WritePDF.
func DrawLabelSVG(item Item, o PDFOptions) ([]byte, error) {
	sheet, err := FindSheet(o.Sheet)
	if err != nil {
		return nil, err
	}
	fonts, err := pdf.LoadFonts()
	if err != nil {
		return nil, err
	}
	d, err := composeLabel(item, sheet, o, fonts)
	if err != nil {
		return nil, err
	}
	return d.appendSVG(nil, o.Printer.Lang()), nil
}

func (d *drawing) appendSVG(b []byte, language string) []byte {
	width, height := formatMillimetres(d.width), formatMillimetres(d.height)
	b = fmt.Appendf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %s %s" lang="%s">`+
		`<path fill="#fff" d="M0 0h%sv%sH0z"/>`, width, height, width, height, language, width, height)
	b = fmt.Appendf(b, `<path shape-rendering="crispEdges" transform="translate(%s %s) scale(%s)" d="`,
		formatThousandths(d.codeX), formatThousandths(d.codeY), formatThousandths(d.module))
	b = d.code.appendPath(b)
	b = fmt.Appendf(b, `"/><g font-family="%s">`, systemFonts)
	for _, t := range d.texts {
		weight := ""
		if t.bold {
			weight = ` font-weight="700"`
		}
		b = fmt.Appendf(b, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs"%s>%s</text>`,
			formatThousandths(t.x), formatThousandths(t.y+t.size*baseline), formatThousandths(t.size), formatThousandths(t.width),
			weight, html.EscapeString(t.text))
	}
	b = append(b, "</g>"...)
	for _, l := range d.lines {
		b = fmt.Appendf(b, `<path stroke="#000" stroke-width="%s" stroke-linecap="square" d="M%s %sL%s %s"/>`,
			formatThousandths(lineWidth), formatThousandths(l.X1), formatThousandths(l.Y1), formatThousandths(l.X2), formatThousandths(l.Y2))
	}
	return append(b, "</svg>"...)
}

// formatThousandths writes millimetres to a thousandth.
func formatThousandths(mm float64) string {
	return strconv.FormatFloat(math.Round(mm*1000)/1000, 'f', -1, 64)
}
