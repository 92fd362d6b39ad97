package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"
)

// Numbers of the objects that every file has; the pages' objects come after them. A font takes five objects.
const (
	objectCatalog = 1 + iota
	objectPages
	objectInfo
	objectFonts
	objectsOfFont   = 5
	firstFreeObject = objectFonts + 2*objectsOfFont
)

// Document writes a PDF 1.5 file (ISO 32000-1) page by page. A page that has been written is not kept, so that a file of any length needs
// the memory of one page. The fonts come last, when the characters they must hold are known. The library for Chinese text (gopdf) keeps all
// pages in memory and cannot draw a code as one path; docs/adr/0011 has the reasons.
type Document struct {
	out        io.Writer
	written    int64 // bytes
	err        error // the first error; nothing is written after an error
	offsets    []int64
	pages      []int // object numbers
	fonts      *Fonts
	subsets    [2]*subset // as in Fonts.fonts
	compressed bytes.Buffer
	compressor *zlib.Writer
}

// NewDocument begins a file. Errors of out are kept for Err and Close.
func NewDocument(out io.Writer, fonts *Fonts) *Document {
	d := &Document{out: out, fonts: fonts, offsets: make([]int64, firstFreeObject)}
	for i := range d.subsets {
		d.subsets[i] = newSubset(fonts.fonts[i])
	}
	d.compressor = zlib.NewWriter(&d.compressed)
	d.printf("%%PDF-1.5\n%%\xe2\xe3\xcf\xd3\n") // the second line tells readers that the file is binary
	return d
}

// Err is the first error of writing the file, nil while there is none.
func (d *Document) Err() error { return d.err }

// Write makes the document the writer of its own printf.
func (d *Document) Write(b []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.out.Write(b)
	d.written += int64(n)
	if err != nil {
		d.err = fmt.Errorf("write PDF: %w", err)
	}
	return n, d.err
}

// printf keeps the first error in d.err.
func (d *Document) printf(format string, args ...any) { _, _ = fmt.Fprintf(d, format, args...) }

func (d *Document) writeObject(number int, body string) {
	d.offsets[number] = d.written
	d.printf("%d 0 obj\n%s\nendobj\n", number, body)
}

// writeStream writes data in compressed form; dictionary holds further entries of the stream's dictionary.
func (d *Document) writeStream(number int, dictionary string, data []byte) {
	d.compressed.Reset()
	d.compressor.Reset(&d.compressed)
	_, err := d.compressor.Write(data)
	if err == nil {
		err = d.compressor.Close()
	}
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("compress: %w", err)
	}
	d.offsets[number] = d.written
	d.printf("%d 0 obj\n<</Filter/FlateDecode/Length %d%s>>\nstream\n", number, d.compressed.Len(), dictionary)
	_, _ = d.Write(d.compressed.Bytes()) // the error is in d.err
	d.printf("\nendstream\nendobj\n")
}

func (d *Document) reserveObject() (number int) {
	d.offsets = append(d.offsets, 0)
	return len(d.offsets) - 1
}

// WritePage writes a finished page and empties the page for the next one.
func (d *Document) WritePage(p *Page) {
	number, content := d.reserveObject(), d.reserveObject()
	d.pages = append(d.pages, number)
	d.writeObject(number, fmt.Sprintf(
		"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<</Font<</F0 %d 0 R/F1 %d 0 R>>>>/Contents %d 0 R>>",
		objectPages, formatPoints(p.width), formatPoints(p.height), objectFonts, objectFonts+objectsOfFont, content))
	d.writeStream(content, "", p.content)
	p.content = p.content[:0]
}

// Close writes the parts that all pages share and returns the first error of the file. title may be empty and created zero; with the same
// pages, title, language and time, two files have the same bytes.
func (d *Document) Close(title, language string, created time.Time) error {
	pages := make([]byte, 0, 10*len(d.pages))
	for _, number := range d.pages {
		pages = append(strconv.AppendInt(pages, int64(number), 10), " 0 R "...)
	}
	// A viewer that scales pages to fit would move labels from their places and shrink codes, hence PrintScaling.
	d.writeObject(objectCatalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</PrintScaling/None>>>>",
		objectPages, language))
	d.writeObject(objectPages, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(d.pages), pages))
	info := "<</Producer(yousang)"
	if title != "" {
		info += "/Title<" + hexUTF16("\uFEFF"+title) + ">"
	}
	if !created.IsZero() {
		info += "/CreationDate(" + created.UTC().Format("D:20060102150405Z") + ")"
	}
	d.writeObject(objectInfo, info+">>")
	for i, s := range d.subsets {
		d.writeFont(objectFonts+i*objectsOfFont, s)
	}
	start := d.written
	d.printf("xref\n0 %d\n0000000000 65535 f \n", len(d.offsets))
	for _, offset := range d.offsets[1:] {
		d.printf("%010d 00000 n \n", offset)
	}
	d.printf("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(d.offsets), objectCatalog, objectInfo, start)
	return d.err
}

// writeFont writes a font as five objects: the composite font, its only descendant, the descriptor, the font file, and the map from glyphs
// back to text.
func (d *Document) writeFont(first int, s *subset) {
	file := s.buildFile() // before the widths: building may add the parts of composite glyphs to the subset
	name := s.nameTag() + "+" + s.font.name
	d.writeObject(first, fmt.Sprintf(
		"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, first+1, first+4))
	widths := make([]byte, 0, 8*len(s.glyphs))
	for _, glyph := range s.glyphs {
		widths = append(strconv.AppendInt(widths, int64(s.font.advance(glyph)), 10), ' ')
	}
	d.writeObject(first+1, fmt.Sprintf(
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
			"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[0[%s]]>>", name, first+2, widths))
	box := s.font.bounds
	const capHeight = 714 // of Open Sans, in thousandths of the em
	d.writeObject(first+2, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]"+
		"/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, box[0], box[1], box[2], box[3], s.font.ascent, s.font.descent, capHeight, first+3))
	d.writeStream(first+3, fmt.Sprintf("/Length1 %d", len(file)), file)
	d.writeStream(first+4, "", s.buildToUnicode())
}

// hexUTF16 writes a text as the hexadecimal digits of its UTF-16 code units.
func hexUTF16(s string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", unit)
	}
	return string(b)
}

// formatPoints writes millimetres in PDF's unit of 1/72 inch, to a thousandth.
func formatPoints(mm float64) string { return string(appendPoints(nil, mm)) }

func appendPoints(b []byte, mm float64) []byte {
	b = strconv.AppendFloat(b, mm*72/25.4, 'f', 3, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}
