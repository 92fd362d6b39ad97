package label

import (
	"strings"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/pdf"
	"github.com/yousang/yousang/internal/trace"
)

// composer lays out one label.
type composer struct {
	item    Item
	sheet   Sheet
	printer *locale.Printer
	fonts   *pdf.Fonts
	drawing *drawing
}

// field is a line of a label. An exact value misleads without its end (a code, a date, a quantity), so it is never shortened.
type field struct {
	caption, value string
	exact          bool
}

type area struct{ x, y, width, height float64 }

// span is a vertical stretch of a label.
type span struct{ from, to float64 }

// composeLabel encodes the address of a label and lays the label out on a sheet. Errors: those of encodeAddress and composeAround.
func composeLabel(item Item, sheet Sheet, o PDFOptions, fonts *pdf.Fonts) (*drawing, error) {
	code, err := encodeAddress(item.URL, o.Rough)
	if err != nil {
		return nil, err
	}
	return composeAround(code, item, sheet, o.Printer, fonts)
}

// composeAround lays out a label around its code. A certificate is composed in full where the label is large enough and all of the
// certificate has room beside the code. Error: CodeBadValue at "sheet" where the code does not fit at the smallest module, with the sheets
// that have room for the code.
func composeAround(code *qrCode, item Item, sheet Sheet, printer *locale.Printer, fonts *pdf.Fonts) (*drawing, error) {
	c := composer{item: item.withoutLineBreaks(), sheet: sheet, printer: printer, fonts: fonts}
	const fullWidth, fullHeight = 60, 40 // least size of a label with a whole certificate
	if item.Certificate != nil && sheet.Width >= fullWidth && sheet.Height >= fullHeight {
		c.startDrawing(code)
		if c.composeCertificate() {
			return c.drawing, nil
		}
	}
	c.startDrawing(code)
	if !c.composePlain() {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "sheet", "value", sheet.ID, "allowed", c.listFittingSheets())
	}
	return c.drawing, nil
}

func (c *composer) startDrawing(code *qrCode) {
	c.drawing = &drawing{width: c.sheet.Width, height: c.sheet.Height, code: code}
}

// listFittingSheets lists the ids of the sheets on which the code fits, with commas between; "" for none.
func (c *composer) listFittingSheets() string {
	var ids []string
	for _, sheet := range sheets {
		other := *c
		other.sheet = sheet
		other.startDrawing(c.drawing.code)
		if other.composePlain() {
			ids = append(ids, sheet.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// leastTextSize is the smallest size of text: 2 mm, and 1.75 mm on the smallest labels. GB 7718-2011 3.8 demands 1.8 mm where a package
// shows more than 35 cm² and names no least size below.
func (c *composer) leastTextSize() float64 {
	if c.sheet.Height < 25 {
		return 1.75
	}
	return 2
}

// composePlain lays out a label without a whole certificate: the code at the left, its characters below, the fields at the right. False
// where the code has no room.
func (c *composer) composePlain() bool {
	s := c.sheet
	right, ok := c.placeCode(span{0, s.Height}, span{s.Inset, s.Height - s.Inset})
	if !ok {
		return false
	}
	box := area{x: right, y: s.Inset, width: s.Width - s.Inset - right, height: s.Height - 2*s.Inset}
	if c.item.Certificate != nil {
		box = c.placeCertificateWords(box)
	}
	c.placeColumn(box, field{value: c.item.Product}, c.listPlainFields())
	return true
}

// listPlainFields lists the lines of a plain label, the least important one last.
func (c *composer) listPlainFields() []field {
	return c.addCaptions([]field{
		{"label.grade", c.item.Grade, false},
		{"label.lot", c.lotBesideSerial(), true},
		{"label.date", c.item.Date, true},
		{"label.quantity", c.item.Quantity, true},
		{"label.place", c.item.Place, false},
		{"label.org", c.item.Org, false},
		{"label.contact", c.item.Contact, true},
	})
}

// lotBesideSerial is the lot's key in groups, "" where the label has no serial number: then the lot's key stands below the code.
func (c *composer) lotBesideSerial() string {
	if c.item.Serial == "" {
		return ""
	}
	return strings.Join(splitKey(c.item.Code), " ")
}

// addCaptions drops fields without a value and replaces the message ids in captions by words.
func (c *composer) addCaptions(fields []field) []field {
	var out []field
	for _, f := range fields {
		if f.value != "" {
			f.caption = c.printer.T(f.caption)
			out = append(out, f)
		}
	}
	return out
}

// addText adds one line of text, its upper left corner at x and y.
func (c *composer) addText(x, y, size float64, text string, bold bool) {
	c.drawing.texts = append(c.drawing.texts, textBox{x: x, y: y, width: c.fonts.Width(text) * size, size: size, text: text, bold: bold})
}
