package label

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the fonts
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
)

// The fonts are part of the program, so that labels come out the same on a machine without any. fonts/README.md says where they are from.
var (
	//go:embed fonts/DroidSansFallbackFull.ttf.gz
	hanFile []byte
	//go:embed fonts/OpenSans-Regular.ttf.gz
	latinFile []byte
)

// geta 〓 is what printers have always set for a character they do not have.
const geta = '〓'

// faces are the fonts of a label: Droid Sans Fallback has no Latin letters and digits, which come from its sister Open Sans.
type faces struct {
	fonts [2]*font               // latin, han
	wide  [basicPlane + 1]uint16 // advance of each character, looked up once since setting a label measures a thousand
}

const basicPlane = 0xFFFF

// Places in faces.fonts.
const (
	latin = iota
	han
)

// theFaces unpacks the fonts when the first label is drawn (some 60 ms), once for all.
var theFaces = sync.OnceValues(func() (*faces, error) {
	var f faces
	for i, file := range []struct {
		name string
		data []byte
	}{{"OpenSans", latinFile}, {"DroidSansFallback", hanFile}} {
		z, err := gzip.NewReader(bytes.NewReader(file.data))
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", file.name, err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", file.name, err)
		}
		if f.fonts[i], err = parseFont(file.name, data); err != nil {
			return nil, err
		}
	}
	for r := range rune(len(f.wide)) {
		i, set := f.face(r)
		f.wide[r] = uint16(f.fonts[i].advance(f.fonts[i].glyph(set)))
	}
	return &f, nil
})

// face is the font for a character, and the character that is set: itself, or 〓 where no font has it.
func (f *faces) face(r rune) (int, rune) {
	const endOfLatin = 0x250 // beyond it, punctuation such as “ ” … — is as wide as a Chinese character
	order := [2]int{han, latin}
	if r < endOfLatin {
		order = [2]int{latin, han}
	}
	for _, i := range order {
		if f.fonts[i].glyph(r) != 0 {
			return i, r
		}
	}
	return han, geta
}

func (f *faces) has(r rune) bool {
	_, set := f.face(r)
	return set == r
}

// width is the length of a text in ems.
func (f *faces) width(s string) float64 {
	sum := 0
	for _, r := range s {
		sum += f.advance(r)
	}
	return float64(sum) / 1000
}

func (f *faces) advance(r rune) int {
	if r >= 0 && r <= basicPlane {
		return int(f.wide[r])
	}
	i, r := f.face(r)
	return f.fonts[i].advance(f.fonts[i].glyph(r))
}

// tidy makes a text one line: runs of space and control characters become one space.
func tidy(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
