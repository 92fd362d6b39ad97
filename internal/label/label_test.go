package label

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/trace"
)

// composeOnAllSheets composes a label on every sheet, in both languages.
func composeOnAllSheets(t testing.TB, it Item, do func(name string, d *drawing, s Sheet)) {
	t.Helper()
	fonts := loadFonts(t)
	for _, s := range Sheets() {
		for _, lang := range []string{"zh", "en"} {
			d, err := composeLabel(it, s, PDFOptions{Printer: chinese.In(lang)}, fonts)
			if err != nil {
				t.Fatalf("%s %s: %v", s.ID, lang, err)
			}
			do(s.ID+" "+lang, d, s)
		}
	}
}

// layoutRounding is the error of sums of lengths in millimetres.
const layoutRounding = 1e-6

// leavesInset reports whether a rectangle reaches into the margin that a sheet keeps free of ink.
func leavesInset(s Sheet, left, top, right, bottom float64) bool {
	const r = layoutRounding
	return left < s.Inset-r || top < s.Inset-r || right > s.Width-s.Inset+r || bottom > s.Height-s.Inset+r
}

// findMisplaced lists the parts of a label that leave the label, lie in the quiet zone of its code, or lie on other text.
func findMisplaced(d *drawing, s Sheet) (wrong []string) {
	side := float64(d.code.size()) * d.module
	right, bottom := d.codeX+side, d.codeY+side
	if min(d.codeX, d.codeY) < -layoutRounding || right > s.Width+layoutRounding || bottom > s.Height+layoutRounding {
		wrong = append(wrong, "the code leaves the label")
	}
	boxes := []area{{d.codeX, d.codeY, side, side}}
	for _, b := range d.texts {
		a := area{b.x, b.y, b.width, b.height()}
		if leavesInset(s, b.x, b.y, b.x+a.width, b.y+a.height) {
			wrong = append(wrong, fmt.Sprintf("%q leaves the label: %+v", b.text, a))
		}
		for i, other := range boxes {
			commonWidth := min(a.x+a.width, other.x+other.width) - max(a.x, other.x)
			commonHeight := min(a.y+a.height, other.y+other.height) - max(a.y, other.y)
			if commonWidth > layoutRounding && commonHeight > layoutRounding {
				wrong = append(wrong, fmt.Sprintf("%q lies on %d: %+v, %+v", b.text, i, a, other))
			}
		}
		boxes = append(boxes, a)
	}
	for _, l := range d.lines {
		if leavesInset(s, min(l.X1, l.X2), min(l.Y1, l.Y2), max(l.X1, l.X2), max(l.Y1, l.Y2)) {
			wrong = append(wrong, fmt.Sprintf("a line leaves the label: %+v", l))
		}
		if l.X1 < right-layoutRounding && l.X2 > d.codeX+layoutRounding && l.Y1 < bottom-layoutRounding && l.Y2 > d.codeY+layoutRounding {
			wrong = append(wrong, fmt.Sprintf("a line crosses the code: %+v", l))
		}
	}
	return wrong
}

func TestNothingLeavesItsLabel(t *testing.T) {
	const serial = "7K2M9P4QX3TZ"
	only := Item{URL: "https://yousang.example/lot/2A3C4D5E6F7G"}
	code := pomeloItem("")
	code.Code = "ABCDEFGHIJ0123456789" // the longest lot GS1 allows
	for _, c := range []struct {
		name string
		item Item
	}{
		{"lot", pomeloItem("")},
		{"item", pomeloItem(serial)},
		{"lot with certificate", addCertificate(pomeloItem(""))},
		{"item with certificate", addCertificate(pomeloItem(serial))},
		{"long", lengthenTexts(pomeloItem(serial))},
		{"long with certificate", addCertificate(lengthenTexts(pomeloItem(serial)))},
		{"nothing but a code", only},
		{"certificate of nothing", addCertificate(only)},
		{"long lot code", code},
	} {
		t.Run(c.name, func(t *testing.T) {
			composeOnAllSheets(t, c.item, func(name string, d *drawing, s Sheet) {
				for _, w := range findMisplaced(d, s) {
					if !strings.Contains(w, `"√"`) { // stands in its box on purpose
						t.Errorf("%s: %s", name, w)
					}
				}
			})
		})
	}
}

func TestNothingLeavesItsLabelWhateverIsWritten(t *testing.T) {
	fonts := loadFonts(t)
	words := rapid.StringOfN(rapid.RuneFrom([]rune("梁平柚子专业合作社，。（）“”W iIm-—…·\t😀123")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		it := Item{
			URL:  "https://yousang.example/lot/" + rapid.StringMatching(`[0-9A-Z]{1,40}`).Draw(t, "url"),
			Code: rapid.StringMatching(`[0-9A-Z]{0,20}`).Draw(t, "code"),
		}
		for _, f := range []*string{&it.Product, &it.Grade, &it.Place, &it.Org} {
			*f = words.Draw(t, "text")
		}
		if rapid.Bool().Draw(t, "certificate") {
			it = addCertificate(it)
		}
		s := rapid.SampledFrom(Sheets()).Draw(t, "sheet")
		d, err := composeLabel(it, s, PDFOptions{Printer: chinese}, fonts)
		if errors.Is(err, &trace.Error{Code: trace.CodeBadValue}) {
			return // the code is too large for the label
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range findMisplaced(d, s) {
			if !strings.Contains(w, `"√"`) {
				t.Errorf("%s: %s", s.ID, w)
			}
		}
	})
}

func joinTexts(d *drawing) (all string) {
	for _, b := range d.texts {
		all += b.text + "\n"
	}
	return all
}

// TestTextsOfALabel: a label of any size carries all required texts; codes, dates and quantities are never shortened.
func TestTextsOfALabel(t *testing.T) {
	item := pomeloItem("7K2M9P4QX3TZ")
	for _, c := range []struct {
		name string
		item Item
		want []string
	}{
		{"lot", pomeloItem(""), []string{"梁平柚", "特等", "2A3C 4D5E 6F7G", "2026年11月3日", "5 千克", "重庆市梁平区", "梁平区龙滩柚子"}},
		{"item", item, []string{"梁平柚", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克", "重庆市梁平区"}},
		{"certificate", addCertificate(item),
			[]string{CertificateWords, "梁平柚", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克", "重庆市梁平区"}},
		{"long", lengthenTexts(item), []string{"重庆市梁平区", "…", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			composeOnAllSheets(t, c.item, func(name string, d *drawing, s Sheet) {
				got := joinTexts(d)
				for _, want := range c.want {
					if want == "…" && s.Width > 50 {
						continue
					}
					if !strings.Contains(got, want) {
						t.Errorf("%s: no %s in\n%s", name, want, got)
					}
				}
				largest := slices.MaxFunc(d.texts, func(a, b textBox) int { return int(math.Round(1e6 * (a.size - b.size))) })
				if !largest.bold {
					t.Errorf("%s: %q is larger than the product's name", name, largest.text)
				}
				for _, b := range d.texts {
					if least := 1.74; b.size < least && b.text != "√" {
						t.Errorf("%s: %q is set at %.2f mm, want %.2f at least", name, b.text, b.size, least)
					}
				}
			})
		})
	}
}

// TestCertificate: on labels of 60 × 40 mm and more the certificate has all its fields (农业农村部令 2025年第4号), on smaller ones its words.
func TestCertificate(t *testing.T) {
	for _, serial := range []string{"", "7K2M9P4QX3TZ"} {
		composeOnAllSheets(t, addCertificate(pomeloItem(serial)), func(name string, d *drawing, s Sheet) {
			if strings.HasSuffix(name, "en") {
				return
			}
			got := joinTexts(d)
			for _, want := range []string{
				"产品名称", "数量(重量)", "产地", "开具时间", "承诺主体", "联系方式", "2026年11月4日", "023-5322 1234", "承诺未使用", "承诺依据", "自行检测",
			} {
				if full := s.Width >= 60 && s.Height >= 40; strings.Contains(got, want) != full && want != "产地" && want != "023-5322 1234" {
					t.Errorf("%s: has %s: %v, want %v", name, want, !full, full)
				}
			}
			if n := strings.Count(got, CertificateWords); n != 1 {
				t.Errorf("%s: the words stand %d times on the label, want once", name, n)
			}
		})
	}
	composeOnAllSheets(t, pomeloItem(""), func(name string, d *drawing, _ Sheet) {
		if strings.Contains(joinTexts(d), "承诺") {
			t.Errorf("%s: promises without a certificate", name)
		}
	})
}
