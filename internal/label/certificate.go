package label

import "strings"

// certificate sets 承诺达标合格证 in full: the words across the top, the code and the fields below, the promise and what it rests on at the
// foot. False where that has no room.
func (c *composer) certificate() bool {
	s := c.sheet
	inner := area{x: s.Inset, y: s.Inset, w: s.Width - 2*s.Inset, h: s.Height - 2*s.Inset}
	title := min(s.Height*0.088, 4.4)
	w := c.f.width(CertificateWords) * title
	c.text(inner.x+(inner.w-w)/2, inner.y, title, CertificateWords, true)
	top := inner.y + title*(lineHeight+0.08)
	foot := c.promise(inner)
	if foot-top < 10 { // nothing sensible is that low
		return false
	}
	c.d.lines = append(c.d.lines, line{inner.x, top, inner.x + inner.w, top}, line{inner.x, foot, inner.x + inner.w, foot})
	const gap = 0.5
	body := span{top + gap, foot - gap}
	right, ok := c.placeCode(body, body)
	if !ok {
		return false
	}
	product := field{caption: c.print.T("label.certificate.product"), value: c.it.Product}
	return c.column(area{x: right, y: body.from, w: s.Width - s.Inset - right, h: body.to - body.from}, product, c.certificateFields())
}

func (c *composer) certificateFields() []field {
	cert, lot := c.it.Certificate, ""
	if c.it.Serial != "" {
		lot = strings.Join(groups(c.it.Code), " ")
	}
	promisor := cert.Promisor
	if promisor == "" {
		promisor = c.it.Org
	}
	return c.captioned([]field{
		{"label.grade", c.it.Grade, false},
		{"label.certificate.quantity", c.it.Quantity, true},
		{"label.place", c.it.Place, false},
		{"label.date", c.it.Date, true},
		{"label.certificate.issued", cert.Issued, true},
		{"label.certificate.promisor", promisor, false},
		{"label.certificate.contact", c.it.Contact, true},
		{"label.lot", lot, true},
	})
}

// promise sets the foot of a certificate, from the bottom up, and gives where it begins.
func (c *composer) promise(inner area) (top float64) {
	size := c.small()
	if c.sheet.Height > 50 {
		size = 2.5
	}
	promise := c.print.T("label.certificate.promise")
	if one := inner.w / c.f.width(promise); !c.sheet.Roll && one < size && one >= size*0.9 {
		size = one // a little smaller, rather than a second line
	}
	grounds := c.grounds(inner.w, size)
	words := c.clauses(promise, inner.w/size)
	rows := len(words)
	for _, g := range grounds {
		rows = max(rows, len(words)+g.row+1)
	}
	y := inner.y + inner.h - float64(rows)*size*lineHeight
	for _, l := range words {
		c.text(inner.x, y, size, l, false)
		y += size * lineHeight
	}
	for _, g := range grounds {
		g.draw(c, inner.x, y, size)
	}
	return inner.y + inner.h - float64(rows)*size*lineHeight - 0.3
}

// clauses breaks the promise after a comma where that does, else anywhere.
func (c *composer) clauses(text string, width float64) []string {
	if before, after, ok := strings.Cut(text, "，"); ok && c.f.width(text) > width && c.f.width(before+"，") <= width && c.f.width(after) <= width {
		return []string{before + "，", after}
	}
	return c.f.wrap(text, width)
}

// ground is a part of the line that says what the promise rests on: its caption, or a box to tick with its words.
type ground struct {
	row         int
	x, w        float64 // of the words
	text        string
	box, ticked bool
}

// Sizes of a box to tick, in ems.
const (
	tickBox = 0.85
	tickGap = 0.2
	apart   = 0.6
)

// grounds places the parts in rows of a width.
func (c *composer) grounds(width, size float64) []ground {
	list := []ground{{text: c.print.T("label.certificate.basis")}}
	for _, b := range []Basis{BasisControl, BasisOwnTest, BasisLabTest} {
		g := ground{text: c.print.T("label.certificate." + string(b)), box: true}
		for _, has := range c.it.Certificate.Basis {
			g.ticked = g.ticked || has == b
		}
		list = append(list, g)
	}
	x, row := 0.0, 0
	for i := range list {
		g := &list[i]
		g.w = c.f.width(g.text) * size
		lead := 0.0
		if g.box {
			lead = (tickBox + tickGap) * size
		}
		if x > 0 && x+lead+g.w > width {
			x, row = 0, row+1
		}
		g.row, g.x = row, x+lead
		x += lead + g.w + apart*size
	}
	return list
}

func (g ground) draw(c *composer, x, y, size float64) {
	y += float64(g.row) * size * lineHeight
	c.text(x+g.x, y, size, g.text, false)
	if !g.box {
		return
	}
	left, top, side := x+g.x-(tickBox+tickGap)*size, y+(baseline-tickBox+0.05)*size, (tickBox-0.05)*size
	c.d.frame(left, top, side, side)
	if g.ticked {
		const tick, large = "√", 1.25
		size := side * large
		c.d.texts = append(c.d.texts, textBox{x: left + (side-c.f.width(tick)*size)/2, y: top + side/2 - size*lineHeight/2, w: c.f.width(tick) * size,
			size: size, text: tick, bold: true})
	}
}
