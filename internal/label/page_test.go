package label

import (
	"image"
	"math"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestEveryCodeIsReadFromThePage: a reader reads every code of a full sheet from the drawn page, at the size that GS1 demands.
func TestEveryCodeIsReadFromThePage(t *testing.T) {
	for _, s := range Sheets() {
		for _, kind := range []struct {
			name string
			item func(serial string) Item
		}{
			{"lots", func(serial string) Item {
				it := pomeloItem("")
				it.Code = serial
				it.URL = "https://yousang.example/lot/" + serial
				return it
			}},
			{"items", pomeloItem},
			{"long certified digital links", func(serial string) Item {
				it := addCertificate(lengthenTexts(pomeloItem(serial)))
				it.URL = "https://trace.liangping.example/01/06901234567892/10/2A3C4D5E6F7G/21/" + serial
				return it
			}},
		} {
			t.Run(s.ID+" "+kind.name, func(t *testing.T) {
				var items []Item
				for _, serial := range makeSerials(s.PerPage() + 1) {
					items = append(items, kind.item(serial))
				}
				pages := renderPages(t, printLabels(t, items, PDFOptions{Sheet: s.ID}))
				if len(pages) != 2 {
					t.Fatalf("%d pages, want 2", len(pages))
				}
				for i, it := range items {
					got, module, err := scanLabel(cutLabel(pages[i/s.PerPage()], s, i%s.PerPage()))
					if err != nil || got != it.URL {
						t.Errorf("label %d: read %q, want %q (%v)", i, got, it.URL, err)
					}
					if mm := module * 25.4 / testDPI; err == nil && (mm < MinModule-0.01 || mm > s.Module+0.01) {
						t.Errorf("label %d: modules of %.3f mm, want %.3f to %.3f", i, mm, MinModule, s.Module)
					}
				}
				checkMargins(t, pages[0], s)
			})
		}
	}
}

// checkMargins checks that there is no ink where labels are cut apart and at the edge of the paper.
func checkMargins(t *testing.T, page *image.Gray, s Sheet) {
	t.Helper()
	columns := findInkAllowed(page.Rect.Dx(), s.Left, s.Width, s.GapX, s.Inset)
	rows := findInkAllowed(page.Rect.Dy(), s.Top, s.Height, s.GapY, s.Inset)
	ink := 0
	for y, mayRow := range rows {
		for x, v := range page.Pix[y*page.Stride:][:len(columns)] {
			if v < 128 && (!mayRow || !columns[x]) {
				ink++
			}
		}
	}
	if ink > 0 {
		t.Errorf("%d pixels of ink outside the part of labels that may have some", ink)
	}
}

// findInkAllowed reports for each pixel along an edge of the page whether its row or column may have ink.
func findInkAllowed(pixels int, first, label, gap, inset float64) []bool {
	const rounding = 0.15
	may := make([]bool, pixels)
	for i := range may {
		at := float64(i)*25.4/testDPI - first
		at -= math.Floor(at/(label+gap)) * (label + gap)
		may[i] = at >= inset-rounding && at <= label-inset+rounding
	}
	return may
}

// TestReadInBadConditions: labels are held askew, out of focus, on grey card under a dim lamp, printed with too little toner.
func TestReadInBadConditions(t *testing.T) {
	s, err := FindSheet("a4-24")
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for i, serial := range makeSerials(s.PerPage()) {
		it := pomeloItem(serial)
		if i%2 == 0 {
			it = addCertificate(it)
		}
		items = append(items, it)
	}
	page := renderPages(t, printLabels(t, items, PDFOptions{Sheet: s.ID}))[0]
	for _, c := range []struct {
		name string
		harm func(*image.Gray) *image.Gray
	}{
		{"a quarter turn", turnQuarter},
		{"upside down", func(g *image.Gray) *image.Gray { return turnQuarter(turnQuarter(g)) }},
		{"four degrees", func(g *image.Gray) *image.Gray { return tiltPicture(g, 4) }},
		{"minus eleven degrees", func(g *image.Gray) *image.Gray { return tiltPicture(g, -11) }},
		{"blurred", func(g *image.Gray) *image.Gray { return blurPicture(g, 2) }},
		{"low contrast", func(g *image.Gray) *image.Gray { return reduceContrast(g, 75, 160) }},
		{"all together", func(g *image.Gray) *image.Gray { return reduceContrast(blurPicture(tiltPicture(g, 6), 1), 100, 170) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, it := range items {
				if got, _, err := scanLabel(c.harm(cutLabel(page, s, i))); err != nil || got != it.URL {
					t.Errorf("label %d: read %q, want %q (%v)", i, got, it.URL, err)
				}
			}
		})
	}
}

// TestTextOfThePage: readers find and copy the text, in fonts that are in the file and only in part.
func TestTextOfThePage(t *testing.T) {
	file := printLabels(t, []Item{addCertificate(pomeloItem("7K2M9P4QX3TZ"))}, PDFOptions{Sheet: "roll-60x40", Title: "梁平柚 2A3C 4D5E 6F7G"})
	got := runPoppler(t, "pdftotext", file, "-layout", "-", "-")
	for _, want := range []string{"承诺达标合格证", "产品名称", "梁平柚", "特等", "数量(重量)", "5 千克", "产地", "重庆市梁平区合兴街道龙滩村", "2026年11月3日",
		"开具时间", "2026年11月4日", "承诺主体", "梁平区龙滩柚子专业合作社", "联系方式", "023-5322 1234", "2A3C 4D5E 6F7G", "7K2M 9P4Q X3TZ",
		"承诺未使用禁用农药", "承诺依据", "质量安全控制", "自行检测", "委托检测", "√"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "√"); n != 2 {
		t.Errorf("%d grounds are ticked, want 2", n)
	}
	info := runPoppler(t, "pdfinfo", file, "-")
	for _, want := range []string{"梁平柚 2A3C 4D5E 6F7G", "170.079 x 113.386 pts"} {
		if !strings.Contains(info, want) {
			t.Errorf("no %s in\n%s", want, info)
		}
	}
	for _, l := range strings.Split(strings.TrimSpace(runPoppler(t, "pdffonts", file, "-")), "\n")[2:] {
		if !strings.Contains(l, "CID TrueType") || !strings.Contains(l, "yes yes yes") || l[6] != '+' {
			t.Errorf("not TrueType, embedded, a subset and with its text: %s", l)
		}
	}
}

// TestQuietZoneOfThePage: around every code of a page there are four modules of white that belong to the label.
func TestQuietZoneOfThePage(t *testing.T) {
	for _, s := range Sheets() {
		for _, item := range []Item{pomeloItem(""), pomeloItem("WWWWWWWWWWWW"), addCertificate(pomeloItem("7K2M9P4QX3TZ"))} {
			page := renderPages(t, printLabels(t, []Item{item}, PDFOptions{Sheet: s.ID}))[0]
			label := cutLabel(page, s, 0)
			code, module := findCode(t, label)
			const rounding = 1 // pixel
			ring := code.Inset(-(int(isoQuietZone*module) - rounding))
			if !ring.In(label.Rect) {
				t.Errorf("%s: the quiet zone %v leaves the label %v", s.ID, ring, label.Rect)
			}
			ring, code = ring.Intersect(label.Rect), code.Inset(-rounding)
			for y := ring.Min.Y; y < ring.Max.Y; y++ {
				for x := ring.Min.X; x < ring.Max.X; x++ {
					if !image.Pt(x, y).In(code) && label.GrayAt(x, y).Y < 128 {
						t.Fatalf("%s: ink at %d,%d in the quiet zone %v of the code %v", s.ID, x, y, ring, code)
					}
				}
			}
		}
	}
}

// findCode is the square of the dark modules in a picture of a label, and the size of a module in pixels.
func findCode(t *testing.T, label *image.Gray) (code image.Rectangle, module float64) {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(label)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatal(err)
	}
	_, module, err = scanOnce(label)
	if err != nil {
		t.Fatal(err)
	}
	corners := res.GetResultPoints() // middles of the finder patterns: below left, above left, above right
	half := 3.5 * module
	return image.Rect(int(math.Round(corners[1].GetX()-half)), int(math.Round(corners[1].GetY()-half)),
		int(math.Round(corners[2].GetX()+half)), int(math.Round(corners[0].GetY()+half))), module
}
