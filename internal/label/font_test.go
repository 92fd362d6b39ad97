package label

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/yousang/yousang/internal/locale"
)

// zh is the Chinese printer of all tests here.
var zh = func() *locale.Printer {
	p, err := locale.New()
	if err != nil {
		panic(err)
	}
	return p
}()

func theTestFaces(t testing.TB) *faces {
	t.Helper()
	f, err := theFaces()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The fonts are those that fonts/README.md names.
func TestFontFiles(t *testing.T) {
	readme, err := os.ReadFile("fonts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range theTestFaces(t).fonts {
		if sum := fmt.Sprintf("`%x`", sha256.Sum256(f.data)); !strings.Contains(string(readme), sum) {
			t.Errorf("%s: checksum %s is not in fonts/README.md", f.name, sum)
		}
	}
}

// Every Chinese character of GB 2312 and of Unicode's first block, all that names are written with, and what else is on keyboards. Some signs
// are not there (℃, ★): they come out as 〓 and are reported.
func TestCharactersThereAre(t *testing.T) {
	f := theTestFaces(t)
	var missing []rune
	count := 0
	need := func(r rune) {
		if count++; !f.has(r) {
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

// All that labels themselves say can be printed.
func TestMessagesCanBePrinted(t *testing.T) {
	f := theTestFaces(t)
	for _, p := range []*locale.Printer{zh, zh.In("en")} {
		for _, id := range []string{"label.grade", "label.lot", "label.date", "label.quantity", "label.place", "label.org", "label.contact", "label.certificate.product",
			"label.certificate.quantity", "label.certificate.issued", "label.certificate.promisor", "label.certificate.contact", "label.certificate.promise",
			"label.certificate.basis", "label.certificate.control", "label.certificate.own_test", "label.certificate.lab_test"} {
			if text := p.T(id); text == id || strings.ContainsFunc(text, func(r rune) bool { return !f.has(r) }) {
				t.Errorf("%s %s: %q cannot be printed", p.Lang(), id, text)
			}
		}
	}
}

func TestMeasure(t *testing.T) {
	f := theTestFaces(t)
	for _, c := range []struct {
		text string
		want float64
	}{
		{"", 0}, {"柚", 1}, {"柚桑", 2}, {"😀", 1}, {"0000", 4 * 0.572}, {"柚0", 1.572},
	} {
		if got := f.width(c.text); got != c.want {
			t.Errorf("%q is %g ems wide, want %g", c.text, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	f := theTestFaces(t)
	for _, c := range []struct {
		name, text string
		width      float64
		want       []string
	}{
		{"fits", "梁平柚", 3, []string{"梁平柚"}},
		{"breaks anywhere", "梁平柚子", 3, []string{"梁平柚", "子"}},
		{"a mark stays with its word", "梁平柚，子", 3, []string{"梁平", "柚，子"}},
		{"a bracket opens a line", "梁平柚（子）", 4, []string{"梁平柚", "（子）"}},
		{"Latin words stay whole", "Liangping pomelo", 6, []string{"Liangping", "pomelo"}},
		{"a word longer than a line", "AAAAAAAA", 2, []string{"AAA", "AAA", "AA"}},
		{"nothing", "", 3, nil},
		{"narrower than a character", "柚桑", 0.5, []string{"柚", "桑"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := f.wrap(c.text, c.width); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	f := theTestFaces(t)
	for _, c := range []struct {
		text string
		want string
	}{
		{"梁平柚", "梁平柚"}, {"梁平柚子专业", "梁平柚子…"}, {"Liangping pomelo growers", "Liangpin…"},
	} {
		got := f.shorten(c.text, 5)
		if got != c.want || f.width(got) > 5 {
			t.Errorf("%q is shortened to %q of %g ems, want %q", c.text, got, f.width(got), c.want)
		}
	}
}

// The part of a font that goes into a file is a font itself, with the same shapes.
func TestSubset(t *testing.T) {
	for i, text := range []string{"Ång 2A3C é", "梁平柚桑重庆〓"} {
		f := theTestFaces(t).fonts[i]
		s := newSubset(f)
		for _, r := range text {
			s.use(r)
		}
		// The cmap is not in the file, since a PDF names glyphs by their numbers; parsing wants one.
		small := s.file()
		if len(small) > 40_000 {
			t.Errorf("%s: %d bytes for %q", f.name, len(small), text)
		}
		if sum := checksum(small); sum != 0xB1B0AFBA {
			t.Errorf("%s: checksum of the file is %08X", f.name, sum)
		}
		got, err := parseFont("subset", withCmap(t, small, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range text {
			n := s.use(r)
			if got.advance(n) != f.advance(f.glyph(r)) {
				t.Errorf("%s: %q is %d wide, want %d", f.name, r, got.advance(n), f.advance(f.glyph(r)))
			}
			if a, b := got.outline(n), f.outline(f.glyph(r)); len(a) < len(b) || len(a) > len(b)+3 || len(b) > 10 && !slices.Equal(a[2:10], b[2:10]) {
				t.Errorf("%s: the outline of %q is %d bytes, want %d", f.name, r, len(a), len(b))
			}
		}
	}
}

// withCmap puts the tables of a font together anew, with another font's cmap.
func withCmap(t *testing.T, data []byte, from *font) []byte {
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
	return assemble(list)
}

func TestDamagedFonts(t *testing.T) {
	whole := theTestFaces(t).fonts[latin].data
	for _, n := range []int{0, 3, 11, 12, 100, 300, 5000, 100_000} {
		if _, err := parseFont("cut", slices.Clip(whole[:n])); err == nil {
			t.Errorf("a font cut off after %d bytes is read", n)
		}
	}
}
