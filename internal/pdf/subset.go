package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
)

// subset is the part of a font that a file uses. Glyphs are numbered anew in the order of their first use, so that the same pages give the
// same bytes.
type subset struct {
	font   *font
	number map[int]int  // the font's glyph number → the subset's
	glyphs []int        // the font's numbers in the subset's order; 0 first
	text   map[int]rune // the character that a glyph stands for, by the subset's number
	byRune map[rune]int // the subset's number of a character
}

func newSubset(f *font) *subset {
	return &subset{font: f, number: map[int]int{0: 0}, glyphs: []int{0}, text: map[int]rune{}, byRune: map[rune]int{}}
}

// useCharacter adds a character and returns its number in the subset.
func (s *subset) useCharacter(r rune) int {
	if n, ok := s.byRune[r]; ok {
		return n
	}
	n := s.addGlyph(s.font.glyph(r))
	s.byRune[r] = n
	if _, ok := s.text[n]; !ok {
		s.text[n] = r
	}
	return n
}

// addGlyph adds a glyph by its number in the font and returns its number in the subset.
func (s *subset) addGlyph(glyph int) int {
	n, ok := s.number[glyph]
	if !ok {
		n = len(s.glyphs)
		s.number[glyph] = n
		s.glyphs = append(s.glyphs, glyph)
	}
	return n
}

// nameTag is the six letters before the name of a font that is embedded in part (ISO 32000-1, 9.6.4). The same glyphs give the same tag.
func (s *subset) nameTag() string {
	hash := sha256.New()
	for _, g := range s.glyphs {
		hash.Write([]byte{byte(g >> 8), byte(g)})
	}
	sum := hash.Sum(nil)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// buildFile makes a TrueType font of the subset, with the tables that a PDF needs.
func (s *subset) buildFile() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.glyphs); i++ { // s.glyphs grows by the parts of composite glyphs
		outline := slices.Clone(s.font.outline(s.glyphs[i]))
		visitComponents(outline, func(number []byte) {
			be.PutUint16(number, uint16(s.addGlyph(int(be.Uint16(number)))))
		})
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = padToWord(append(glyf, outline...))
		hmtx = append(hmtx, s.horizontalMetric(s.glyphs[i])...)
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(s.font.tables["head"]), slices.Clone(s.font.tables["hhea"]), slices.Clone(s.font.tables["maxp"])
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1) // long offsets
	be.PutUint16(hhea[34:], uint16(len(s.glyphs)))
	be.PutUint16(maxp[4:], uint16(len(s.glyphs)))
	tables := []table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}}
	for _, hints := range []string{"cvt ", "fpgm", "prep"} {
		if t := s.font.tables[hints]; t != nil {
			tables = append(tables, table{hints, t})
		}
	}
	return assembleTables(tables)
}

// horizontalMetric is a glyph's width and left side bearing, as the table hmtx holds them.
func (s *subset) horizontalMetric(glyph int) []byte {
	n, hmtx := len(s.font.widths), s.font.tables["hmtx"]
	if glyph < n {
		return hmtx[4*glyph : 4*glyph+4]
	}
	bearing := 4*n + 2*(glyph-n)
	return append(be.AppendUint16(nil, s.font.widths[n-1]), hmtx[bearing:bearing+2]...)
}

type table struct {
	tag  string
	data []byte
}

// assembleTables puts tables together into a font file.
func assembleTables(tables []table) []byte {
	slices.SortFunc(tables, func(a, b table) int { return cmp.Compare(a.tag, b.tag) })
	power, log := 1, 0
	for power*2 <= len(tables) {
		power, log = power*2, log+1
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tables), power * 16, log, (len(tables) - power) * 16} {
		out = be.AppendUint16(out, uint16(v))
	}
	offset, head := len(out)+16*len(tables), 0
	for _, t := range tables {
		if t.tag == "head" {
			head = offset
		}
		out = append(out, t.tag...)
		out = be.AppendUint32(out, checksum(t.data))
		out = be.AppendUint32(out, uint32(offset))
		out = be.AppendUint32(out, uint32(len(t.data)))
		offset += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = padToWord(append(out, t.data...))
	}
	be.PutUint32(out[head+8:], fileChecksum-checksum(out))
	return out
}

// fileChecksum is what the checksum of a whole font file must be (OpenType specification, table head).
const fileChecksum = 0xB1B0AFBA

// padToWord fills a table up to a multiple of four bytes.
func padToWord(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// checksum adds up a table as big-endian words of four bytes, the last one filled with zeros.
func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += be.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += be.Uint32(last[:])
	}
	return sum
}

// buildToUnicode makes the CMap by which a reader finds and copies text.
func (s *subset) buildToUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n" +
		"1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	var lines []string
	for number := range s.glyphs {
		if r, ok := s.text[number]; ok {
			lines = append(lines, fmt.Sprintf("<%04X><%s>\n", number, hexUTF16(string(r))))
		}
	}
	const blockLines = 100 // the most a block may have
	for block := range slices.Chunk(lines, blockLines) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, line := range block {
			b.WriteString(line)
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end\n")
	return b.Bytes()
}
