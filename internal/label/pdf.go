package label

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"
)

// Numbers of the objects that every file has; pages come after them. A font takes five.
const (
	objCatalog = 1 + iota
	objPages
	objInfo
	objFonts
	fontObjects = 5
	objFree     = objFonts + 2*fontObjects
)

// pdf writes a PDF 1.5 file (ISO 32000-1) page by page: what is behind a page is not kept, so that a file of any length needs the memory
// of one page. The fonts come last, when it is known what they must hold. A library would have spared these lines, but the one for Chinese
// text (gopdf) keeps all pages in memory and cannot draw a code as one path.
type pdf struct {
	w       io.Writer
	at      int64
	err     error
	offsets []int64 // of the objects, from 1
	pages   []int
	faces   *faces
	fonts   [2]*subset
	packed  bytes.Buffer
	zip     *zlib.Writer
}

func newPDF(w io.Writer, f *faces) *pdf {
	p := &pdf{w: w, faces: f, offsets: make([]int64, objFree)}
	for i := range p.fonts {
		p.fonts[i] = newSubset(f.fonts[i])
	}
	p.zip = zlib.NewWriter(&p.packed)
	p.printf("%%PDF-1.5\n%%\xe2\xe3\xcf\xd3\n") // the second line says that the file is binary
	return p
}

func (p *pdf) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.at += int64(n)
	if err != nil {
		p.err = fmt.Errorf("write PDF: %w", err)
	}
	return n, p.err
}

// printf keeps the first error in p.err, where close finds it.
func (p *pdf) printf(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

func (p *pdf) object(n int, body string) {
	p.offsets[n] = p.at
	p.printf("%d 0 obj\n%s\nendobj\n", n, body)
}

func (p *pdf) stream(n int, dict string, data []byte) {
	p.packed.Reset()
	p.zip.Reset(&p.packed)
	_, err := p.zip.Write(data)
	if err == nil {
		err = p.zip.Close()
	}
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("compress: %w", err)
	}
	p.offsets[n] = p.at
	p.printf("%d 0 obj\n<</Filter/FlateDecode/Length %d%s>>\nstream\n", n, p.packed.Len(), dict)
	_, _ = p.Write(p.packed.Bytes()) // p.err has it
	p.printf("\nendstream\nendobj\n")
}

func (p *pdf) reserve() int {
	p.offsets = append(p.offsets, 0)
	return len(p.offsets) - 1
}

// page writes a page of that size in millimetres.
func (p *pdf) page(width, height float64, content []byte) {
	n, body := p.reserve(), p.reserve()
	p.pages = append(p.pages, n)
	p.object(n, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<</Font<</F0 %d 0 R/F1 %d 0 R>>>>/Contents %d 0 R>>",
		objPages, points(width), points(height), objFonts, objFonts+fontObjects, body))
	p.stream(body, "", content)
}

// close writes what the pages need and gives the first error there was.
func (p *pdf) close(title, lang string, created time.Time) error {
	kids := make([]byte, 0, 10*len(p.pages))
	for _, n := range p.pages {
		kids = append(strconv.AppendInt(kids, int64(n), 10), " 0 R "...)
	}
	// Scaled to fit, labels would miss their places and codes shrink: the viewer is asked for the true size.
	p.object(objCatalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</PrintScaling/None>>>>", objPages, lang))
	p.object(objPages, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(p.pages), kids))
	info := "<</Producer(yousang)"
	if title != "" {
		info += "/Title<" + hex16("\uFEFF"+title) + ">"
	}
	if !created.IsZero() {
		info += "/CreationDate(" + created.UTC().Format("D:20060102150405Z") + ")"
	}
	p.object(objInfo, info+">>")
	for i, s := range p.fonts {
		p.font(objFonts+i*fontObjects, s)
	}
	start := p.at
	p.printf("xref\n0 %d\n0000000000 65535 f \n", len(p.offsets))
	for _, at := range p.offsets[1:] {
		p.printf("%010d 00000 n \n", at)
	}
	p.printf("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets), objCatalog, objInfo, start)
	return p.err
}

// font writes a font as five objects: composite font, its only part, what it looks like, the file, and which text its glyphs stand for.
func (p *pdf) font(n int, s *subset) {
	file := s.file() // first: it may take parts of glyphs in
	name := s.tag() + "+" + s.font.name
	p.object(n, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, n+1, n+4))
	widths := make([]byte, 0, 8*len(s.glyphs))
	for _, g := range s.glyphs {
		widths = append(strconv.AppendInt(widths, int64(s.font.advance(g)), 10), ' ')
	}
	p.object(n+1, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[0[%s]]>>", name, n+2, widths))
	b := s.font.bbox
	p.object(n+2, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, b[0], b[1], b[2], b[3], s.font.ascent, s.font.descent, 714, n+3))
	p.stream(n+3, fmt.Sprintf("/Length1 %d", len(file)), file)
	p.stream(n+4, "", s.toUnicode())
}

// toUnicode is the CMap by which a reader finds and copies text.
func (s *subset) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n" +
		"1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	var lines []string
	for n := range s.glyphs {
		if r, ok := s.text[n]; ok {
			lines = append(lines, fmt.Sprintf("<%04X><%s>\n", n, hex16(string(r))))
		}
	}
	for len(lines) > 0 {
		part := lines[:min(100, len(lines))] // the most a block may have
		lines = lines[len(part):]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, l := range part {
			b.WriteString(l)
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end\n")
	return b.Bytes()
}

func hex16(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return string(b)
}

// points are millimetres as PDF's 1/72 inch, to a thousandth.
func points(mm float64) string { return string(appendPoints(nil, mm)) }

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
