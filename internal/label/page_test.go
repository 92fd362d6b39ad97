package label

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"iter"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/yousang/yousang/internal/locale"
)

var printed = time.Date(2026, 11, 3, 8, 30, 0, 0, time.UTC)

func printer(t testing.TB) *locale.Printer {
	t.Helper()
	p, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pomelo is a label of a lot, of one item where there is a serial number.
func pomelo(serial string) Item {
	it := Item{URL: "https://yousang.example/lot/2A3C4D5E6F7G", Code: "2A3C4D5E6F7G", Serial: serial, Product: "梁平柚", Grade: "特等", Quantity: "5 千克",
		Date: "2026年11月3日", Place: "重庆市梁平区合兴街道龙滩村", Org: "梁平区龙滩柚子专业合作社", Contact: "023-5322 1234"}
	if serial != "" {
		it.URL += "/21/" + serial
	}
	return it
}

// certified is the same with 承诺达标合格证.
func certified(it Item) Item {
	it.Certificate = &Certificate{Issued: "2026年11月4日", Basis: []Basis{BasisControl, BasisLabTest}}
	return it
}

// long is a label with more to say than there is room for.
func long(it Item) Item {
	it.Product = "重庆市梁平区龙滩古树柚子鲜果精品礼盒装（两只装，配刀）"
	it.Place = "重庆市梁平区合兴街道龙滩村第七村民小组后山老果园"
	it.Org = "重庆市梁平区合兴街道龙滩古树柚子种植专业合作社联合社有限责任公司"
	return it
}

func serials(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("7K2M9P%06d", i*7919)
	}
	return list
}

func each(items []Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, items []Item, o PDFOptions) []byte {
	t.Helper()
	if o.Printer == nil {
		o.Printer = printer(t)
	}
	if o.Created.IsZero() {
		o.Created = printed
	}
	var b bytes.Buffer
	if err := WritePDF(&b, each(items), o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// poppler runs one of the tools that draw and read PDFs on this machine.
func poppler(t testing.TB, tool string, pdf []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command(tool, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s (package poppler-utils): %v %s", tool, err, complaints.String())
	}
	return string(out)
}

const testDPI = 300

// rendered draws the pages of a PDF.
func rendered(t testing.TB, pdf []byte) []*image.Gray {
	t.Helper()
	dir := t.TempDir()
	poppler(t, "pdftoppm", pdf, "-r", strconv.Itoa(testDPI), "-gray", "-", filepath.Join(dir, "page"))
	names, err := filepath.Glob(filepath.Join(dir, "page*.pgm"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var pages []*image.Gray
	for _, name := range names {
		pages = append(pages, readPGM(t, name))
	}
	return pages
}

func readPGM(t testing.TB, name string) *image.Gray {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var w, h, most int
	head := bytes.SplitN(b, []byte("\n"), 4)
	if len(head) < 4 {
		t.Fatalf("%s is no picture", name)
	}
	if _, err := fmt.Sscanf(string(bytes.Join(head[:3], []byte(" "))), "P5 %d %d %d", &w, &h, &most); err != nil || len(head[3]) != w*h {
		t.Fatalf("%s: %d × %d, %d bytes: %v", name, w, h, len(head[3]), err)
	}
	return &image.Gray{Pix: head[3], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

func pixels(mm float64) int { return int(math.Round(mm * testDPI / 25.4)) }

// cut takes the i-th label out of a page, as scissors would.
func cut(page *image.Gray, s Sheet, i int) *image.Gray {
	x, y := s.Place(i)
	r := image.Rect(pixels(x), pixels(y), pixels(x+s.Width), pixels(y+s.Height)).Intersect(page.Rect)
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	for j := range r.Dy() {
		copy(out.Pix[j*out.Stride:][:r.Dx()], page.Pix[page.PixOffset(r.Min.X, r.Min.Y+j):])
	}
	return out
}

// scan reads the code in a picture of a whole label, text and all, and measures its modules in pixels. The reader now and then takes a
// group of modules for a corner of the code; a phone then has the next frame, held a little differently.
func scan(img *image.Gray) (text string, module float64, err error) {
	for _, degrees := range []float64{0, 2, -3} {
		frame := img
		if degrees != 0 {
			frame = askew(img, degrees)
		}
		if text, module, err = scanOnce(frame); err == nil {
			break
		}
	}
	return text, module, err
}

func scanOnce(img image.Image) (text string, module float64, err error) {
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", 0, err
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", 0, err
	}
	c, err := Encode(res.GetText())
	if err != nil {
		return "", 0, err
	}
	p := res.GetResultPoints() // middles of the finder patterns: below left, above left, above right
	between := (math.Hypot(p[0].GetX()-p[1].GetX(), p[0].GetY()-p[1].GetY()) + math.Hypot(p[2].GetX()-p[1].GetX(), p[2].GetY()-p[1].GetY())) / 2
	return res.GetText(), between / float64(c.Size()-2*Quiet-7), nil
}

// Every code of a full sheet is read from the drawn page, at the size GS1 asks for.
func TestEveryCodeIsReadFromThePage(t *testing.T) {
	for _, s := range Sheets() {
		for _, kind := range []struct {
			name string
			item func(serial string) Item
		}{
			{"lots", func(serial string) Item {
				it := pomelo("")
				it.Code = serial
				it.URL = "https://yousang.example/lot/" + serial
				return it
			}},
			{"items", pomelo},
			{"long certified digital links", func(serial string) Item {
				it := certified(long(pomelo(serial)))
				it.URL = "https://trace.liangping.example/01/06901234567892/10/2A3C4D5E6F7G/21/" + serial
				return it
			}},
		} {
			t.Run(s.ID+" "+kind.name, func(t *testing.T) {
				var items []Item
				for _, serial := range serials(s.PerPage() + 1) {
					items = append(items, kind.item(serial))
				}
				pages := rendered(t, write(t, items, PDFOptions{Sheet: s.ID}))
				if len(pages) != 2 {
					t.Fatalf("%d pages, want 2", len(pages))
				}
				for i, it := range items {
					got, module, err := scan(cut(pages[i/s.PerPage()], s, i%s.PerPage()))
					if err != nil || got != it.URL {
						t.Errorf("label %d: read %q, want %q (%v)", i, got, it.URL, err)
					}
					if mm := module * 25.4 / testDPI; err == nil && (mm < MinModule-0.01 || mm > s.Module+0.01) {
						t.Errorf("label %d: modules of %.3f mm, want %.3f to %.3f", i, mm, MinModule, s.Module)
					}
				}
				margins(t, pages[0], s)
			})
		}
	}
}

// margins: where labels are cut apart, and at the edge of the paper, there is no ink.
func margins(t *testing.T, page *image.Gray, s Sheet) {
	t.Helper()
	columns := inked(page.Rect.Dx(), s.Left, s.Width, s.GapX, s.Inset)
	rows := inked(page.Rect.Dy(), s.Top, s.Height, s.GapY, s.Inset)
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

// inked tells of each pixel along an edge of the page whether there may be ink in its row or column.
func inked(pixels int, first, label, gap, inset float64) []bool {
	const rounding = 0.15
	may := make([]bool, pixels)
	for i := range may {
		at := float64(i)*25.4/testDPI - first
		at -= math.Floor(at/(label+gap)) * (label + gap)
		may[i] = at >= inset-rounding && at <= label-inset+rounding
	}
	return may
}

// What happens to labels: held askew, out of focus, on grey card under a dim lamp, printed with too little toner.
func TestReadInBadConditions(t *testing.T) {
	s, err := SheetByID("a4-24")
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for i, serial := range serials(s.PerPage()) {
		it := pomelo(serial)
		if i%2 == 0 {
			it = certified(it)
		}
		items = append(items, it)
	}
	page := rendered(t, write(t, items, PDFOptions{Sheet: s.ID}))[0]
	for _, c := range []struct {
		name string
		harm func(*image.Gray) *image.Gray
	}{
		{"a quarter turn", turned},
		{"upside down", func(g *image.Gray) *image.Gray { return turned(turned(g)) }},
		{"four degrees", func(g *image.Gray) *image.Gray { return askew(g, 4) }},
		{"minus eleven degrees", func(g *image.Gray) *image.Gray { return askew(g, -11) }},
		{"blurred", func(g *image.Gray) *image.Gray { return blurred(g, 2) }},
		{"low contrast", func(g *image.Gray) *image.Gray { return faded(g, 75, 160) }},
		{"all together", func(g *image.Gray) *image.Gray { return faded(blurred(askew(g, 6), 1), 100, 170) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, it := range items {
				if got, _, err := scan(c.harm(cut(page, s, i))); err != nil || got != it.URL {
					t.Errorf("label %d: read %q, want %q (%v)", i, got, it.URL, err)
				}
			}
		})
	}
}

// askew turns a picture about its middle, on a larger white ground.
func askew(g *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	n := int(math.Hypot(float64(g.Rect.Dx()), float64(g.Rect.Dy()))) + 1
	out := image.NewGray(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			dx, dy := float64(x-n/2), float64(y-n/2)
			from := image.Pt(int(math.Round(dx*cos+dy*sin))+g.Rect.Dx()/2, int(math.Round(dy*cos-dx*sin))+g.Rect.Dy()/2)
			c := color.Gray{Y: 255}
			if from.In(g.Rect) {
				c = g.GrayAt(from.X, from.Y)
			}
			out.SetGray(x, y, c)
		}
	}
	return out
}

// blurred makes each pixel the mean of those around it, at most r away along either edge.
func blurred(g *image.Gray, r int) *image.Gray {
	return turned(turned(turned(smeared(turned(smeared(g, r)), r))))
}

func smeared(g *image.Gray, r int) *image.Gray {
	out := image.NewGray(g.Rect)
	n := g.Rect.Dx()
	for y := range g.Rect.Dy() {
		row, to := g.Pix[y*g.Stride:][:n], out.Pix[y*out.Stride:][:n]
		for x := range row {
			sum, from, end := 0, max(0, x-r), min(n, x+r+1)
			for _, v := range row[from:end] {
				sum += int(v)
			}
			to[x] = uint8(sum / (end - from))
		}
	}
	return out
}

// faded maps black and white to two greys.
func faded(g *image.Gray, black, white int) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = uint8(black + int(v)*(white-black)/255)
	}
	return out
}

// Text is text: found and copied by readers, in fonts that are in the file and only in part.
func TestTextOfThePage(t *testing.T) {
	pdf := write(t, []Item{certified(pomelo("7K2M9P4QX3TZ"))}, PDFOptions{Sheet: "roll-60x40", Title: "梁平柚 2A3C 4D5E 6F7G"})
	got := poppler(t, "pdftotext", pdf, "-layout", "-", "-")
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
	info := poppler(t, "pdfinfo", pdf, "-")
	for _, want := range []string{"梁平柚 2A3C 4D5E 6F7G", "170.079 x 113.386 pts"} {
		if !strings.Contains(info, want) {
			t.Errorf("no %s in\n%s", want, info)
		}
	}
	for _, l := range strings.Split(strings.TrimSpace(poppler(t, "pdffonts", pdf, "-")), "\n")[2:] {
		if !strings.Contains(l, "CID TrueType") || !strings.Contains(l, "yes yes yes") || l[6] != '+' {
			t.Errorf("not TrueType, embedded, a subset and with its text: %s", l)
		}
	}
}
