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

// drawings sets a label on every sheet, in both languages.
func drawings(t testing.TB, it Item, do func(name string, d *drawing, s Sheet)) {
	t.Helper()
	f, err := theFaces()
	if err != nil {
		t.Fatal(err)
	}
	zh := printer(t)
	for _, s := range Sheets() {
		for _, lang := range []string{"zh", "en"} {
			d, err := setLabel(it, s, PDFOptions{Printer: zh.In(lang)}, f)
			if err != nil {
				t.Fatalf("%s %s: %v", s.ID, lang, err)
			}
			do(s.ID+" "+lang, d, s)
		}
	}
}

// misplaced tells what of a label leaves it, lies in the quiet zone of its code, or lies on other text.
func misplaced(d *drawing, s Sheet) (wrong []string) {
	const rounding = 1e-6
	side := float64(d.code.Size()) * d.module
	if d.codeX < -rounding || d.codeY < -rounding || d.codeX+side > s.Width+rounding || d.codeY+side > s.Height+rounding {
		wrong = append(wrong, "the code leaves the label")
	}
	boxes := []area{{d.codeX, d.codeY, side, side}}
	for _, b := range d.texts {
		a := area{b.x, b.y, b.w, b.height()}
		if b.x < s.Inset-rounding || b.y < s.Inset-rounding || b.x+a.w > s.Width-s.Inset+rounding || b.y+a.h > s.Height-s.Inset+rounding {
			wrong = append(wrong, fmt.Sprintf("%q leaves the label: %+v", b.text, a))
		}
		for i, other := range boxes {
			if min(a.x+a.w, other.x+other.w)-max(a.x, other.x) > rounding && min(a.y+a.h, other.y+other.h)-max(a.y, other.y) > rounding {
				wrong = append(wrong, fmt.Sprintf("%q lies on %d: %+v, %+v", b.text, i, a, other))
			}
		}
		boxes = append(boxes, a)
	}
	for _, l := range d.lines {
		if min(l.x1, l.x2) < s.Inset-rounding || min(l.y1, l.y2) < s.Inset-rounding || max(l.x1, l.x2) > s.Width-s.Inset+rounding || max(l.y1, l.y2) > s.Height-s.Inset+rounding {
			wrong = append(wrong, fmt.Sprintf("a line leaves the label: %+v", l))
		}
		if l.x1 < d.codeX+side-rounding && l.x2 > d.codeX+rounding && l.y1 < d.codeY+side-rounding && l.y2 > d.codeY+rounding {
			wrong = append(wrong, fmt.Sprintf("a line crosses the code: %+v", l))
		}
	}
	return wrong
}

func TestNothingLeavesItsLabel(t *testing.T) {
	const serial = "7K2M9P4QX3TZ"
	only := Item{URL: "https://yousang.example/lot/2A3C4D5E6F7G"}
	code := pomelo("")
	code.Code = "ABCDEFGHIJ0123456789" // the longest lot GS1 allows
	for _, c := range []struct {
		name string
		item Item
	}{
		{"lot", pomelo("")},
		{"item", pomelo(serial)},
		{"lot with certificate", certified(pomelo(""))},
		{"item with certificate", certified(pomelo(serial))},
		{"long", long(pomelo(serial))},
		{"long with certificate", certified(long(pomelo(serial)))},
		{"nothing but a code", only},
		{"certificate of nothing", certified(only)},
		{"long lot code", code},
	} {
		t.Run(c.name, func(t *testing.T) {
			drawings(t, c.item, func(name string, d *drawing, s Sheet) {
				for _, w := range misplaced(d, s) {
					if !strings.Contains(w, `"√"`) { // stands in its box on purpose
						t.Errorf("%s: %s", name, w)
					}
				}
			})
		})
	}
}

func TestNothingLeavesItsLabelWhateverIsWritten(t *testing.T) {
	words := rapid.StringOfN(rapid.RuneFrom([]rune("梁平柚子专业合作社，。（）“”W iIm-—…·\t😀123")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		it := Item{URL: "https://yousang.example/lot/" + rapid.StringMatching(`[0-9A-Z]{1,40}`).Draw(t, "url"), Code: rapid.StringMatching(`[0-9A-Z]{0,20}`).Draw(t, "code")}
		for _, f := range []*string{&it.Product, &it.Grade, &it.Place, &it.Org} {
			*f = words.Draw(t, "text")
		}
		if rapid.Bool().Draw(t, "certificate") {
			it = certified(it)
		}
		s := rapid.SampledFrom(Sheets()).Draw(t, "sheet")
		f, err := theFaces()
		if err != nil {
			t.Fatal(err)
		}
		d, err := setLabel(it, s, PDFOptions{Printer: zh}, f)
		if errors.Is(err, &trace.Error{Code: trace.CodeBadValue}) {
			return // the code is too large for the label
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range misplaced(d, s) {
			if !strings.Contains(w, `"√"`) {
				t.Errorf("%s: %s", s.ID, w)
			}
		}
	})
}

func texts(d *drawing) (all string) {
	for _, b := range d.texts {
		all += b.text + "\n"
	}
	return all
}

// Whatever the size of a label, what it must say is on it; codes, dates and quantities are never cut short.
func TestWhatALabelSays(t *testing.T) {
	for _, c := range []struct {
		name string
		item Item
		want []string
	}{
		{"lot", pomelo(""), []string{"梁平柚", "特等", "2A3C 4D5E 6F7G", "2026年11月3日", "5 千克", "重庆市梁平区", "梁平区龙滩柚子"}},
		{"item", pomelo("7K2M9P4QX3TZ"), []string{"梁平柚", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克", "重庆市梁平区"}},
		{"certificate", certified(pomelo("7K2M9P4QX3TZ")), []string{CertificateWords, "梁平柚", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克", "重庆市梁平区"}},
		{"long", long(pomelo("7K2M9P4QX3TZ")), []string{"重庆市梁平区", "…", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ", "2026年11月3日", "5 千克"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			drawings(t, c.item, func(name string, d *drawing, s Sheet) {
				got := texts(d)
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

// On labels of 60 × 40 mm and more the certificate has all its fields (农业农村部令 2025年第4号), on smaller ones its words.
func TestCertificate(t *testing.T) {
	for _, serial := range []string{"", "7K2M9P4QX3TZ"} {
		drawings(t, certified(pomelo(serial)), func(name string, d *drawing, s Sheet) {
			if strings.HasSuffix(name, "en") {
				return
			}
			got := texts(d)
			for _, want := range []string{"产品名称", "数量(重量)", "产地", "开具时间", "承诺主体", "联系方式", "2026年11月4日", "023-5322 1234", "承诺未使用", "承诺依据", "自行检测"} {
				if full := s.Width >= 60 && s.Height >= 40; strings.Contains(got, want) != full && want != "产地" && want != "023-5322 1234" {
					t.Errorf("%s: has %s: %v, want %v", name, want, !full, full)
				}
			}
			if n := strings.Count(got, CertificateWords); n != 1 {
				t.Errorf("%s: the words stand %d times on the label, want once", name, n)
			}
		})
	}
	drawings(t, pomelo(""), func(name string, d *drawing, _ Sheet) {
		if strings.Contains(texts(d), "承诺") {
			t.Errorf("%s: promises without a certificate", name)
		}
	})
}
