package label

import (
	"cmp"
	"crypto/sha256"
	"slices"
)

// subset is the part of a font that a file uses: glyphs are numbered anew in the order of their first use, so that the same labels give
// the same bytes.
type subset struct {
	font   *font
	number map[int]int  // of the font → of the subset
	glyphs []int        // of the font, in the subset's order; 0 first
	text   map[int]rune // what a glyph stands for, by the subset's number
	byRune map[rune]int // number in the subset
}

func newSubset(f *font) *subset {
	return &subset{font: f, number: map[int]int{0: 0}, glyphs: []int{0}, text: map[int]rune{}, byRune: map[rune]int{}}
}

// use takes a character in and gives its number.
func (s *subset) use(r rune) int {
	if n, ok := s.byRune[r]; ok {
		return n
	}
	n := s.add(s.font.glyph(r))
	s.byRune[r] = n
	if _, ok := s.text[n]; !ok {
		s.text[n] = r
	}
	return n
}

func (s *subset) add(glyph int) int {
	n, ok := s.number[glyph]
	if !ok {
		n = len(s.glyphs)
		s.number[glyph] = n
		s.glyphs = append(s.glyphs, glyph)
	}
	return n
}

// tag is the six letters before the name of a font that is embedded in part (ISO 32000-1, 9.6.4): the same for the same glyphs.
func (s *subset) tag() string {
	h := sha256.New()
	for _, g := range s.glyphs {
		h.Write([]byte{byte(g >> 8), byte(g)})
	}
	sum := h.Sum(nil)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// file is the subset as a TrueType font with the tables that a PDF needs.
func (s *subset) file() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.glyphs); i++ { // grows by the parts of composite glyphs
		outline := slices.Clone(s.font.outline(s.glyphs[i]))
		components(outline, func(number []byte) {
			be.PutUint16(number, uint16(s.add(int(be.Uint16(number)))))
		})
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = pad(append(glyf, outline...))
		hmtx = append(hmtx, s.metric(s.glyphs[i])...)
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
	return assemble(tables)
}

// metric is the glyph's width and left side bearing.
func (s *subset) metric(glyph int) []byte {
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

// assemble puts tables together into a font file.
func assemble(tables []table) []byte {
	slices.SortFunc(tables, func(a, b table) int { return cmp.Compare(a.tag, b.tag) })
	power, log := 1, 0
	for power*2 <= len(tables) {
		power, log = power*2, log+1
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tables), power * 16, log, (len(tables) - power) * 16} {
		out = be.AppendUint16(out, uint16(v))
	}
	at, head := len(out)+16*len(tables), 0
	for _, t := range tables {
		if t.tag == "head" {
			head = at
		}
		out = append(out, t.tag...)
		out = be.AppendUint32(out, checksum(t.data))
		out = be.AppendUint32(out, uint32(at))
		out = be.AppendUint32(out, uint32(len(t.data)))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = pad(append(out, t.data...))
	}
	be.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

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
