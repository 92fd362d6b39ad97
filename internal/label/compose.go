package label

import (
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// CertificateWords have to stand on a code that leads to a certificate of commitment, in Chinese whatever the language of the label.
const CertificateWords = "承诺达标合格证"

// composer sets one label.
type composer struct {
	it    Item
	sheet Sheet
	print *locale.Printer
	f     *faces
	d     *drawing
}

// field is a line of a label. One that is exact is of no use, or misleads, without its end: it is never shortened.
type field struct {
	caption, value string
	exact          bool
}

// compose sets a label on a sheet. A certificate is set in full where the label is large enough and all of it has room beside the code.
// Error: CodeBadValue at "sheet" where the code does not fit at the smallest module, with the sheets where it does.
func compose(it Item, code *Code, s Sheet, p *locale.Printer, f *faces) (*drawing, error) {
	c := composer{it: it.tidied(), sheet: s, print: p, f: f}
	const fullWidth, fullHeight = 60, 40
	if it.Certificate != nil && s.Width >= fullWidth && s.Height >= fullHeight {
		c.d = &drawing{width: s.Width, height: s.Height, code: code}
		if c.certificate() {
			return c.d, nil
		}
	}
	c.d = &drawing{width: s.Width, height: s.Height, code: code}
	if !c.plain() {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "sheet", "value", s.ID, "allowed", c.roomier(code))
	}
	return c.d, nil
}

// roomier lists the sheets on which a code fits; "" for none.
func (c *composer) roomier(code *Code) string {
	var ids []string
	for _, s := range sheets {
		other := *c
		other.sheet, other.d = s, &drawing{width: s.Width, height: s.Height, code: code}
		if other.plain() {
			ids = append(ids, s.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// tidied makes each text of a label one line.
func (it Item) tidied() Item {
	for _, s := range []*string{&it.Code, &it.Serial, &it.Product, &it.Grade, &it.Quantity, &it.Date, &it.Place, &it.Org, &it.Contact} {
		*s = tidy(*s)
	}
	if it.Certificate != nil {
		c := *it.Certificate
		c.Issued, c.Promisor = tidy(c.Issued), tidy(c.Promisor)
		it.Certificate = &c
	}
	return it
}

// small is the least size of text: 2 mm, and 1.75 mm on the smallest labels. GB 7718-2011 3.8 asks 1.8 mm where a package shows more than
// 35 cm² and names no least size below.
func (c *composer) small() float64 {
	if c.sheet.Height < 25 {
		return 1.75
	}
	return 2
}

// plain sets a label without a whole certificate: the code at the left, its characters below, the rest at the right.
func (c *composer) plain() bool {
	s := c.sheet
	right, ok := c.placeCode(span{0, s.Height}, span{s.Inset, s.Height - s.Inset})
	if !ok {
		return false
	}
	box := area{x: right, y: s.Inset, w: s.Width - s.Inset - right, h: s.Height - 2*s.Inset}
	if c.it.Certificate != nil {
		box = c.words(box)
	}
	c.column(box, field{value: c.it.Product}, c.fields())
	return true
}

// fields are the lines of a plain label, the least important last.
func (c *composer) fields() []field {
	lot := ""
	if c.it.Serial != "" {
		lot = strings.Join(groups(c.it.Code), " ")
	}
	return c.captioned([]field{
		{"label.grade", c.it.Grade, false},
		{"label.lot", lot, true},
		{"label.date", c.it.Date, true},
		{"label.quantity", c.it.Quantity, true},
		{"label.place", c.it.Place, false},
		{"label.org", c.it.Org, false},
		{"label.contact", c.it.Contact, true},
	})
}

// captioned drops what is empty and puts words for message ids.
func (c *composer) captioned(list []field) []field {
	var out []field
	for _, l := range list {
		if l.value != "" {
			l.caption = c.print.T(l.caption)
			out = append(out, l)
		}
	}
	return out
}

// words sets 承诺达标合格证 in a frame at the top and gives what is left of the area.
func (c *composer) words(box area) area {
	const padding = 0.4
	size := min(max(c.small(), c.sheet.Height*0.065), (box.w-2*padding)/c.f.width(CertificateWords))
	w, h := c.f.width(CertificateWords)*size+2*padding, size*lineHeight+padding
	c.d.texts = append(c.d.texts, textBox{x: box.x + padding, y: box.y + padding/2, w: w - 2*padding, size: size, text: CertificateWords})
	c.d.frame(box.x+lineWidth/2, box.y+lineWidth/2, w-lineWidth, h-lineWidth)
	return area{x: box.x, y: box.y + h + padding, w: box.w, h: box.h - h - padding}
}

type area struct{ x, y, w, h float64 }

type span struct{ from, to float64 }

// placeCode puts the code at the left, as large as it may be: its quiet zone within free, its dark modules and the characters below it
// within ink. It gives the right end of the quiet zone, false where the code does not fit at MinModule.
func (c *composer) placeCode(free, ink span) (right float64, ok bool) {
	const steps = 100
	wanted := c.sheet.Module
	for i := range steps + 1 {
		x := wanted - (wanted-MinModule)*float64(i)/steps
		if right, ok = c.placeAt(x, free, ink); ok {
			return right, true
		}
	}
	return 0, false
}

// placeAt tries one module size.
func (c *composer) placeAt(x float64, free, ink span) (right float64, ok bool) {
	quiet, all := Quiet*x, float64(c.d.code.Size())*x
	left := max(c.sheet.Inset-quiet, 0)
	const leastColumn, apart = 14, 1.2 // of text at the right; between it and the characters below the code
	lines, size := c.below(all-max(c.sheet.Inset-left, 0), c.sheet.Width-2*c.sheet.Inset-leastColumn-apart)
	dark := all - 2*quiet
	top := max(free.from+quiet, ink.from)
	height := dark
	if len(lines) > 0 {
		height += quiet + float64(len(lines))*size*lineHeight
	}
	room := min(ink.to, free.to) - top - height
	if len(lines) == 0 {
		room = min(ink.to, free.to-quiet) - top - height
	}
	if room < 0 || c.sheet.Width-c.sheet.Inset-left-all < leastColumn {
		return 0, false
	}
	// In the middle of its span, on a whole dot of a label printer: beside it, modules would come out uneven.
	const dots = 8
	y := top - quiet + float64(int(room/2*dots))/dots
	if c.sheet.Roll {
		left, y = float64(int(left*dots+0.999))/dots, float64(int(y*dots))/dots
	}
	c.d.codeX, c.d.codeY, c.d.module = left, y, x
	right = left + all
	for i, l := range lines {
		w := c.f.width(l) * size
		from := max(left+(all-w)/2, c.sheet.Inset)
		c.d.texts = append(c.d.texts, textBox{x: from, y: y + all + float64(i)*size*lineHeight, w: w, size: size, text: l})
		right = max(right, from+w+apart)
	}
	return right, true
}

// below is what stands under the code, for those who have to type it: the serial number where there is one, else the lot. It is never
// shortened: one that is wider than the code, as with many W and M in it, takes of the room beside it, and only then a further line. Two
// numbers of a batch differ in width, and all must fit where the first does.
func (c *composer) below(width, room float64) (lines []string, size float64) {
	key := c.it.Serial
	if key == "" {
		key = c.it.Code
	}
	parts := groups(key)
	if len(parts) == 0 {
		return nil, 0
	}
	most := min(max(c.small(), c.sheet.Height*0.08), 2.4)
	for n := 1; ; n++ {
		per := (len(parts) + n - 1) / n
		lines, size = nil, most
		for i := 0; i < len(parts); i += per {
			l := strings.Join(parts[i:min(i+per, len(parts))], " ")
			lines = append(lines, l)
			size = min(size, width/c.f.width(l))
		}
		if size >= c.small() || per == 1 {
			return lines, size
		}
		if n == 1 && c.f.width(lines[0])*c.small() <= room {
			return lines, c.small()
		}
	}
}
