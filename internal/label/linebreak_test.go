package label

import (
	"slices"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/pdf"
)

// chinese is the printer of all tests here.
var chinese = func() *locale.Printer {
	p, err := locale.New()
	if err != nil {
		panic(err)
	}
	return p
}()

func loadFonts(t testing.TB) *pdf.Fonts {
	t.Helper()
	fonts, err := pdf.LoadFonts()
	if err != nil {
		t.Fatal(err)
	}
	return fonts
}

// TestMessagesCanBePrinted: the fonts have all characters of the captions in both languages.
func TestMessagesCanBePrinted(t *testing.T) {
	fonts := loadFonts(t)
	for _, p := range []*locale.Printer{chinese, chinese.In("en")} {
		for _, id := range []string{
			"label.grade", "label.lot", "label.date", "label.quantity", "label.place", "label.org", "label.contact",
			"label.certificate.product", "label.certificate.quantity", "label.certificate.issued", "label.certificate.promisor",
			"label.certificate.contact", "label.certificate.promise", "label.certificate.basis",
			"label.certificate.control", "label.certificate.own_test", "label.certificate.lab_test",
		} {
			if text := p.T(id); text == id || strings.ContainsFunc(text, func(r rune) bool { return !fonts.Has(r) }) {
				t.Errorf("%s %s: %q cannot be printed", p.Lang(), id, text)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	fonts := loadFonts(t)
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
			if got := wrapText(fonts, c.text, c.width); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	fonts := loadFonts(t)
	for _, c := range []struct {
		text string
		want string
	}{
		{"梁平柚", "梁平柚"}, {"梁平柚子专业", "梁平柚子…"}, {"Liangping pomelo growers", "Liangpin…"},
	} {
		got := shortenText(fonts, c.text, 5)
		if got != c.want || fonts.Width(got) > 5 {
			t.Errorf("%q is shortened to %q of %g ems, want %q", c.text, got, fonts.Width(got), c.want)
		}
	}
}
