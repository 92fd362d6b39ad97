package pdf

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func loadFonts(t testing.TB) *Fonts {
	t.Helper()
	f, err := LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFontFiles: the fonts are the files that fonts/README.md names.
func TestFontFiles(t *testing.T) {
	readme, err := os.ReadFile("fonts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range loadFonts(t).fonts {
		if sum := fmt.Sprintf("`%x`", sha256.Sum256(f.data)); !strings.Contains(string(readme), sum) {
			t.Errorf("%s: checksum %s is not in fonts/README.md", f.name, sum)
		}
	}
}

// TestFontsHaveCharacters: the fonts have every Chinese character of GB 2312 and of Unicode's first block, with which all names are
// written, and the other characters of keyboards. Some symbols are missing (℃, ★): such symbols are drawn as 〓 and reported.
func TestFontsHaveCharacters(t *testing.T) {
	f := loadFonts(t)
	var missing []rune
	count := 0
	need := func(r rune) {
		if count++; !f.Has(r) {
			missing = append(missing, r)
		}
	}
	for hi := byte(0xA3); hi <= 0xF7; hi++ { // row 3 has wide letters and digits, 16 to 87 the characters
		for lo := byte(0xA1); lo <= 0xFE; lo++ {
			if hi > 0xA3 && hi < 0xB0 {
				continue
			}
			if b, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{hi, lo}); err == nil && len(b) <= 3 && string(b) != "\uFFFD" {
				need([]rune(string(b))[0])
			}
		}
	}
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		need(r)
	}
	for r := rune(' '); r < 0x7F; r++ {
		need(r)
	}
	for _, r := range "，。、；：？！“”‘’（）《》【】「」·…—×°±√〇〓" {
		need(r)
	}
	if count < 27_000 || len(missing) > 0 {
		t.Errorf("%d of %d characters are missing: %q", len(missing), count, missing)
	}
}

func TestWidth(t *testing.T) {
	f := loadFonts(t)
	for _, c := range []struct {
		text string
		want float64
	}{
		{"", 0}, {"柚", 1}, {"柚桑", 2}, {"😀", 1}, {"0000", 4 * 0.572}, {"柚0", 1.572},
	} {
		if got := f.Width(c.text); got != c.want {
			t.Errorf("%q is %g ems wide, want %g", c.text, got, c.want)
		}
	}
}

// TestSubset: the part of a font that goes into a file is a font itself, with the same shapes.
func TestSubset(t *testing.T) {
	for i, text := range []string{"Ång 2A3C é", "梁平柚桑重庆〓"} {
		f := loadFonts(t).fonts[i]
		s := newSubset(f)
		for _, r := range text {
			s.useCharacter(r)
		}
		// The cmap is not in the file, since a PDF names glyphs by their numbers; parseFont needs a cmap.
		small := s.buildFile()
		if len(small) > 40_000 {
			t.Errorf("%s: %d bytes for %q", f.name, len(small), text)
		}
		if sum := checksum(small); sum != 0xB1B0AFBA {
			t.Errorf("%s: checksum of the file is %08X", f.name, sum)
		}
		got, err := parseFont("subset", addCmap(t, small, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range text {
			n := s.useCharacter(r)
			if got.advance(n) != f.advance(f.glyph(r)) {
				t.Errorf("%s: %q is %d wide, want %d", f.name, r, got.advance(n), f.advance(f.glyph(r)))
			}
			a, b := got.outline(n), f.outline(f.glyph(r))
			if len(a) < len(b) || len(a) > len(b)+3 || len(b) > 10 && !slices.Equal(a[2:10], b[2:10]) {
				t.Errorf("%s: the outline of %q is %d bytes, want %d", f.name, r, len(a), len(b))
			}
		}
	}
}

// addCmap puts the tables of a font together again, with the cmap of another font.
func addCmap(t *testing.T, data []byte, from *font) []byte {
	t.Helper()
	list := []table{{"cmap", from.tables["cmap"]}}
	for i := range int(be.Uint16(data[4:])) {
		entry := data[12+16*i:]
		at, n := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		if sum := checksum(data[at : at+n]); string(entry[:4]) != "head" && sum != be.Uint32(entry[4:]) {
			t.Errorf("table %s: checksum %08X, want %08X", entry[:4], be.Uint32(entry[4:]), sum)
		}
		list = append(list, table{string(entry[:4]), data[at : at+n]})
	}
	return assembleTables(list)
}

func TestDamagedFonts(t *testing.T) {
	whole := loadFonts(t).fonts[latin].data
	for _, n := range []int{0, 3, 11, 12, 100, 300, 5000, 100_000} {
		if _, err := parseFont("cut", slices.Clip(whole[:n])); err == nil {
			t.Errorf("a font cut off after %d bytes is read", n)
		}
	}
}
