package label

import (
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/pdf"
)

// CertificateWords have to stand on a code that leads to a certificate of commitment, in Chinese whatever the language of the label.
const CertificateWords = "承诺达标合格证"

// placeCertificateWords sets 承诺达标合格证 in a frame at the top of an area and returns the rest of the area.
func (c *composer) placeCertificateWords(box area) area {
	const padding = 0.4
	words := c.fonts.Width(CertificateWords)
	size := min(max(c.leastTextSize(), c.sheet.Height*0.065), (box.width-2*padding)/words)
	width, height := words*size+2*padding, size*lineHeight+padding
	c.addText(box.x+padding, box.y+padding/2, size, CertificateWords, false)
	c.drawing.addFrame(box.x+lineWidth/2, box.y+lineWidth/2, width-lineWidth, height-lineWidth)
	return area{x: box.x, y: box.y + height + padding, width: box.width, height: box.height - height - padding}
}

// composeCertificate sets 承诺达标合格证 in full: the words across the top, the code and the fields below, the promise and its grounds at the
// foot. False where one of them has no room.
func (c *composer) composeCertificate() bool {
	s := c.sheet
	inner := area{x: s.Inset, y: s.Inset, width: s.Width - 2*s.Inset, height: s.Height - 2*s.Inset}
	titleSize := min(s.Height*0.088, 4.4)
	titleWidth := c.fonts.Width(CertificateWords) * titleSize
	c.addText(inner.x+(inner.width-titleWidth)/2, inner.y, titleSize, CertificateWords, true)
	top := inner.y + titleSize*(lineHeight+0.08)
	foot := c.placePromise(inner)
	const leastBody = 10 // mm; no code and no fields are that low
	if foot-top < leastBody {
		return false
	}
	right := inner.x + inner.width
	c.drawing.lines = append(c.drawing.lines,
		pdf.Line{X1: inner.x, Y1: top, X2: right, Y2: top}, pdf.Line{X1: inner.x, Y1: foot, X2: right, Y2: foot})
	const gap = 0.5
	body := span{top + gap, foot - gap}
	left, ok := c.placeCode(body, body)
	if !ok {
		return false
	}
	product := field{caption: c.printer.T("label.certificate.product"), value: c.item.Product}
	column := area{x: left, y: body.from, width: s.Width - s.Inset - left, height: body.to - body.from}
	return c.placeColumn(column, product, c.listCertificateFields())
}

func (c *composer) listCertificateFields() []field {
	certificate := c.item.Certificate
	promisor := certificate.Promisor
	if promisor == "" {
		promisor = c.item.Org
	}
	return c.addCaptions([]field{
		{"label.grade", c.item.Grade, false},
		{"label.certificate.quantity", c.item.Quantity, true},
		{"label.place", c.item.Place, false},
		{"label.date", c.item.Date, true},
		{"label.certificate.issued", certificate.Issued, true},
		{"label.certificate.promisor", promisor, false},
		{"label.certificate.contact", c.item.Contact, true},
		{"label.lot", c.lotBesideSerial(), true},
	})
}

// placePromise sets the foot of a certificate, from the bottom up, and returns where the foot begins.
func (c *composer) placePromise(inner area) (top float64) {
	size := c.leastTextSize()
	if c.sheet.Height > 50 {
		size = 2.5
	}
	promise := c.printer.T("label.certificate.promise")
	// A promise that nearly fits on one line is set a little smaller, rather than on a second line.
	if oneLine := inner.width / c.fonts.Width(promise); !c.sheet.Roll && oneLine < size && oneLine >= size*0.9 {
		size = oneLine
	}
	grounds := c.arrangeGrounds(inner.width, size)
	lines := c.breakPromise(promise, inner.width/size)
	rows := len(lines)
	for _, g := range grounds {
		rows = max(rows, len(lines)+g.row+1)
	}
	y := inner.y + inner.height - float64(rows)*size*lineHeight
	for _, line := range lines {
		c.addText(inner.x, y, size, line, false)
		y += size * lineHeight
	}
	for _, g := range grounds {
		c.drawGround(g, inner.x, y, size)
	}
	return inner.y + inner.height - float64(rows)*size*lineHeight - 0.3
}

// breakPromise breaks the promise after its comma where both parts then fit on a line each, else anywhere.
func (c *composer) breakPromise(text string, width float64) []string {
	before, after, found := strings.Cut(text, "，")
	if found && c.fonts.Width(text) > width && c.fonts.Width(before+"，") <= width && c.fonts.Width(after) <= width {
		return []string{before + "，", after}
	}
	return wrapText(c.fonts, text, width)
}

// ground is a part of the line that says what the promise rests on: the line's caption, or a box to tick with its words.
type ground struct {
	row             int
	x, width        float64 // of the words
	text            string
	isBox, isTicked bool
}

// Sizes of a box to tick, in ems.
const (
	tickBoxSide = 0.85
	tickBoxGap  = 0.2 // between a box and its words
	groundGap   = 0.6 // between two grounds
)

// arrangeGrounds places the grounds in rows of a width.
func (c *composer) arrangeGrounds(width, size float64) []ground {
	grounds := []ground{{text: c.printer.T("label.certificate.basis")}}
	for _, basis := range []Basis{BasisControl, BasisOwnTest, BasisLabTest} {
		grounds = append(grounds, ground{
			text: c.printer.T("label.certificate." + string(basis)), isBox: true, isTicked: slices.Contains(c.item.Certificate.Basis, basis),
		})
	}
	x, row := 0.0, 0
	for i := range grounds {
		g := &grounds[i]
		g.width = c.fonts.Width(g.text) * size
		indent := 0.0
		if g.isBox {
			indent = (tickBoxSide + tickBoxGap) * size
		}
		if x > 0 && x+indent+g.width > width {
			x, row = 0, row+1
		}
		g.row, g.x = row, x+indent
		x += indent + g.width + groundGap*size
	}
	return grounds
}

// drawGround draws a ground; x and y are the upper left corner of the first row of grounds.
func (c *composer) drawGround(g ground, x, y, size float64) {
	y += float64(g.row) * size * lineHeight
	c.addText(x+g.x, y, size, g.text, false)
	if !g.isBox {
		return
	}
	const inkMargin = 0.05
	left, top, side := x+g.x-(tickBoxSide+tickBoxGap)*size, y+(baseline-tickBoxSide+inkMargin)*size, (tickBoxSide-inkMargin)*size
	c.drawing.addFrame(left, top, side, side)
	if g.isTicked {
		const tick, scale = "√", 1.25
		tickSize := side * scale
		c.addText(left+(side-c.fonts.Width(tick)*tickSize)/2, top+side/2-tickSize*lineHeight/2, tickSize, tick, true)
	}
}
