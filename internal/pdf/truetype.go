package pdf

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// font is a TrueType font 字体, as far as printing needs the font: which glyph a character has, how wide the glyph is, and its outline. The
// font files are part of the program (folder fonts), so a damaged file is a fault of the build; reading it is an error, never a panic.
type font struct {
	name       string
	data       []byte
	tables     map[string][]byte
	unitsPerEm int
	glyphCount int
	offsets    []uint32 // of the outlines in the table glyf (table loca)
	widths     []uint16 // numberOfHMetrics of them; the last one holds for all further glyphs
	ranges     []characterRange
	ascent     int // thousandths of the em
	descent    int
	bounds     [4]int // of all glyphs, in thousandths of the em
}

// characterRange is a run of characters from first to last, and how their glyphs are found.
type characterRange struct {
	first, last rune
	glyph       func(r rune) int
}

var be = binary.BigEndian

// parseFont reads a font. The error says which table is wrong.
func parseFont(name string, data []byte) (f *font, err error) {
	defer func() { // a table that is too short makes the reading panic
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("read font %s: %v", name, r)
		}
	}()
	f = &font{name: name, data: data, tables: map[string][]byte{}}
	for i := range int(be.Uint16(data[4:])) {
		entry := data[12+16*i:]
		at, n := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		f.tables[string(entry[:4])] = data[at : at+n : at+n]
	}
	for _, need := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap"} {
		if f.tables[need] == nil {
			return nil, fmt.Errorf("read font %s: no table %s", name, need)
		}
	}
	f.readMetrics()
	f.readOffsets()
	return f, f.readCmap()
}

func (f *font) readMetrics() {
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.unitsPerEm = int(be.Uint16(head[18:]))
	for i := range f.bounds {
		f.bounds[i] = f.toThousandths(int(int16(be.Uint16(head[36+2*i:]))))
	}
	f.ascent = f.toThousandths(int(int16(be.Uint16(hhea[4:]))))
	f.descent = f.toThousandths(int(int16(be.Uint16(hhea[6:]))))
	f.glyphCount = int(be.Uint16(f.tables["maxp"][4:]))
	f.widths = make([]uint16, be.Uint16(hhea[34:]))
	for i := range f.widths {
		f.widths[i] = be.Uint16(f.tables["hmtx"][4*i:])
	}
}

func (f *font) readOffsets() {
	f.offsets = make([]uint32, f.glyphCount+1)
	long := be.Uint16(f.tables["head"][50:]) == 1
	for i := range f.offsets {
		if long {
			f.offsets[i] = be.Uint32(f.tables["loca"][4*i:])
		} else {
			f.offsets[i] = 2 * uint32(be.Uint16(f.tables["loca"][2*i:]))
		}
	}
}

// toThousandths turns the font's own units into thousandths of the em, rounded, as PDF demands.
func (f *font) toThousandths(v int) int {
	if v < 0 {
		return -f.toThousandths(-v)
	}
	return (v*1000 + f.unitsPerEm/2) / f.unitsPerEm
}

// readCmap takes the Unicode table with the most characters: format 12 reaches beyond 65,535, format 4 does not.
func (f *font) readCmap() error {
	cmap := f.tables["cmap"]
	var four, twelve []byte
	for i := range int(be.Uint16(cmap[2:])) {
		entry := cmap[4+8*i:]
		platform, table := be.Uint16(entry), cmap[be.Uint32(entry[4:]):]
		if platform != 0 && platform != 3 {
			continue
		}
		switch be.Uint16(table) {
		case 4:
			four = table
		case 12:
			twelve = table
		}
	}
	switch {
	case twelve != nil:
		f.readCmap12(twelve)
	case four != nil:
		f.readCmap4(four)
	default:
		return fmt.Errorf("read font %s: no Unicode cmap", f.name)
	}
	return nil
}

func (f *font) readCmap12(table []byte) {
	for i := range int(be.Uint32(table[12:])) {
		group := table[16+12*i:]
		first, glyph := rune(be.Uint32(group)), int(be.Uint32(group[8:]))
		f.ranges = append(f.ranges, characterRange{first, rune(be.Uint32(group[4:])), func(r rune) int { return glyph + int(r-first) }})
	}
}

func (f *font) readCmap4(table []byte) {
	n := int(be.Uint16(table[6:])) // twice the number of segments
	ends, starts, deltas, offsets := table[14:], table[16+n:], table[16+2*n:], table[16+3*n:]
	for i := 0; i < n; i += 2 {
		start, delta, offset := rune(be.Uint16(starts[i:])), int(be.Uint16(deltas[i:])), int(be.Uint16(offsets[i:]))
		at := offsets[i:]
		f.ranges = append(f.ranges, characterRange{start, rune(be.Uint16(ends[i:])), func(r rune) int {
			if offset == 0 {
				return (int(r) + delta) & 0xFFFF
			}
			p := offset + 2*int(r-start)
			if p+2 > len(at) {
				return 0
			}
			if g := int(be.Uint16(at[p:])); g != 0 {
				return (g + delta) & 0xFFFF
			}
			return 0
		}})
	}
}

// glyph is the number of a character's glyph, 0 where the font does not have the character.
func (f *font) glyph(r rune) int {
	i, found := slices.BinarySearchFunc(f.ranges, r, func(c characterRange, r rune) int {
		switch {
		case c.last < r:
			return -1
		case c.first > r:
			return 1
		}
		return 0
	})
	if !found {
		return 0
	}
	if g := f.ranges[i].glyph(r); g < f.glyphCount {
		return g
	}
	return 0
}

// advance is the width of a glyph with the space around it, in thousandths of the em.
func (f *font) advance(glyph int) int {
	return f.toThousandths(int(f.widths[min(glyph, len(f.widths)-1)]))
}

// outline is the glyph's entry in the table glyf, empty for a space.
func (f *font) outline(glyph int) []byte {
	glyf, from, to := f.tables["glyf"], f.offsets[glyph], f.offsets[glyph+1]
	if from >= to || int(to) > len(glyf) {
		return nil
	}
	return glyf[from:to]
}

// Flags of a part of a composite glyph (OpenType specification, table glyf).
const (
	argsAreWords   = 0x0001
	hasScale       = 0x0008
	moreComponents = 0x0020
	hasXYScale     = 0x0040
	hasTwoByTwo    = 0x0080
)

// visitComponents calls visit with the two bytes of the glyph number of each part of a composite glyph.
func visitComponents(outline []byte, visit func(number []byte)) {
	if len(outline) < 10 || int16(be.Uint16(outline)) >= 0 {
		return
	}
	for at := 10; at+4 <= len(outline); {
		flags := be.Uint16(outline[at:])
		visit(outline[at+2 : at+4])
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&hasXYScale != 0:
			at += 4
		case flags&hasTwoByTwo != 0:
			at += 8
		}
		if flags&moreComponents == 0 {
			return
		}
	}
}
