package pdf

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the fonts
	"fmt"
	"io"
	"sync"
)

// The fonts are part of the program, so that pages come out the same on a machine without any. fonts/README.md names their sources.
var (
	//go:embed fonts/DroidSansFallbackFull.ttf.gz
	hanFile []byte
	//go:embed fonts/OpenSans-Regular.ttf.gz
	latinFile []byte
)

// Geta 〓 is the character that printers in East Asia set for a missing character.
const Geta = '〓'

// Fonts are the two fonts of a page: Droid Sans Fallback has no Latin letters and digits, which come from Open Sans. Fonts never change and
// are safe for concurrent use.
type Fonts struct {
	fonts    [2]*font               // latin, han
	advances [basicPlane + 1]uint16 // of each character, looked up once: setting a label measures a thousand characters
}

// basicPlane is the last character of Unicode's basic multilingual plane.
const basicPlane = 0xFFFF

// Places in Fonts.fonts.
const (
	latin = iota
	han
)

var loadOnce = sync.OnceValues(unpackFonts)

// LoadFonts unpacks the fonts at the first call (some 60 ms) and gives the same ones at every further call. An error is a fault of the
// build.
func LoadFonts() (*Fonts, error) { return loadOnce() }

func unpackFonts() (*Fonts, error) {
	var f Fonts
	for i, file := range []struct {
		name string
		data []byte
	}{{"OpenSans", latinFile}, {"DroidSansFallback", hanFile}} {
		unpacker, err := gzip.NewReader(bytes.NewReader(file.data))
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", file.name, err)
		}
		data, err := io.ReadAll(unpacker)
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", file.name, err)
		}
		if f.fonts[i], err = parseFont(file.name, data); err != nil {
			return nil, err
		}
	}
	for r := range rune(len(f.advances)) {
		f.advances[r] = uint16(f.findAdvance(r))
	}
	return &f, nil
}

// choose is the font for a character, and the character that is drawn: r itself, or 〓 where no font has r.
func (f *Fonts) choose(r rune) (font int, drawn rune) {
	const endOfLatin = 0x250 // beyond, punctuation such as “ ” … — is as wide as a Chinese character
	order := [2]int{han, latin}
	if r < endOfLatin {
		order = [2]int{latin, han}
	}
	for _, i := range order {
		if f.fonts[i].glyph(r) != 0 {
			return i, r
		}
	}
	return han, Geta
}

// Has reports whether one of the fonts has a character; another character is drawn as 〓.
func (f *Fonts) Has(r rune) bool {
	_, drawn := f.choose(r)
	return drawn == r
}

// Width is the length of a text in ems (widths of the font size).
func (f *Fonts) Width(text string) float64 {
	sum := 0
	for _, r := range text {
		sum += f.advance(r)
	}
	return float64(sum) / 1000
}

// advance is the width of a character in thousandths of the em.
func (f *Fonts) advance(r rune) int {
	if r >= 0 && r <= basicPlane {
		return int(f.advances[r])
	}
	return f.findAdvance(r)
}

func (f *Fonts) findAdvance(r rune) int {
	i, drawn := f.choose(r)
	return f.fonts[i].advance(f.fonts[i].glyph(drawn))
}
