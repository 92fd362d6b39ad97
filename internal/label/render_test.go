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
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var printTime = time.Date(2026, 11, 3, 8, 30, 0, 0, time.UTC)

// pomeloItem is the content of a label of a lot, or of one item where there is a serial number.
func pomeloItem(serial string) Item {
	it := Item{URL: "https://yousang.example/lot/2A3C4D5E6F7G", Code: "2A3C4D5E6F7G", Serial: serial, Product: "梁平柚", Grade: "特等",
		Quantity: "5 千克", Date: "2026年11月3日", Place: "重庆市梁平区合兴街道龙滩村", Org: "梁平区龙滩柚子专业合作社", Contact: "023-5322 1234"}
	if serial != "" {
		it.URL += "/21/" + serial
	}
	return it
}

// addCertificate adds a 承诺达标合格证 to a label.
func addCertificate(it Item) Item {
	it.Certificate = &Certificate{Issued: "2026年11月4日", Basis: []Basis{BasisControl, BasisLabTest}}
	return it
}

// lengthenTexts gives a label more text than the label has room for.
func lengthenTexts(it Item) Item {
	it.Product = "重庆市梁平区龙滩古树柚子鲜果精品礼盒装（两只装，配刀）"
	it.Place = "重庆市梁平区合兴街道龙滩村第七村民小组后山老果园"
	it.Org = "重庆市梁平区合兴街道龙滩古树柚子种植专业合作社联合社有限责任公司"
	return it
}

func makeSerials(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("7K2M9P%06d", i*7919)
	}
	return list
}

func iterateItems(items []Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
}

func printLabels(t testing.TB, items []Item, o PDFOptions) []byte {
	t.Helper()
	if o.Printer == nil {
		o.Printer = chinese
	}
	if o.Created.IsZero() {
		o.Created = printTime
	}
	var b bytes.Buffer
	if err := WritePDF(&b, iterateItems(items), o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// runPoppler runs one of the tools that draw and read PDFs on this machine.
func runPoppler(t testing.TB, tool string, file []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command(tool, args...)
	cmd.Stdin = bytes.NewReader(file)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s (package poppler-utils): %v %s", tool, err, complaints.String())
	}
	return string(out)
}

const testDPI = 300

// renderPages draws the pages of a PDF.
func renderPages(t testing.TB, file []byte) []*image.Gray {
	t.Helper()
	dir := t.TempDir()
	runPoppler(t, "pdftoppm", file, "-r", strconv.Itoa(testDPI), "-gray", "-", filepath.Join(dir, "page"))
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

func toPixels(mm float64) int { return int(math.Round(mm * testDPI / 25.4)) }

// cutLabel takes the i-th label out of a page, as scissors would.
func cutLabel(page *image.Gray, s Sheet, i int) *image.Gray {
	x, y := s.Position(i)
	r := image.Rect(toPixels(x), toPixels(y), toPixels(x+s.Width), toPixels(y+s.Height)).Intersect(page.Rect)
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	for j := range r.Dy() {
		copy(out.Pix[j*out.Stride:][:r.Dx()], page.Pix[page.PixOffset(r.Min.X, r.Min.Y+j):])
	}
	return out
}

// scanLabel reads the code in a picture of a whole label with its text, and measures its modules in pixels. The reader sometimes takes a
// group of modules for a corner of the code; a phone then reads the next frame, held a little differently.
func scanLabel(img *image.Gray) (text string, module float64, err error) {
	for _, degrees := range []float64{0, 2, -3} {
		frame := img
		if degrees != 0 {
			frame = tiltPicture(img, degrees)
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
	c, err := encodeText(res.GetText())
	if err != nil {
		return "", 0, err
	}
	p := res.GetResultPoints() // middles of the finder patterns: below left, above left, above right
	distance := func(a, b gozxing.ResultPoint) float64 { return math.Hypot(a.GetX()-b.GetX(), a.GetY()-b.GetY()) }
	between := (distance(p[0], p[1]) + distance(p[2], p[1])) / 2
	return res.GetText(), between / float64(len(c.modules)-2*isoQuietZone-7), nil
}

// tiltPicture turns a picture about its middle, on a larger white ground.
func tiltPicture(g *image.Gray, degrees float64) *image.Gray {
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

// blurPicture makes each pixel the mean of those around it, at most r away along either edge.
func blurPicture(g *image.Gray, r int) *image.Gray {
	return turnQuarter(turnQuarter(turnQuarter(smearRows(turnQuarter(smearRows(g, r)), r))))
}

func smearRows(g *image.Gray, r int) *image.Gray {
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

// reduceContrast maps black and white to two greys.
func reduceContrast(g *image.Gray, black, white int) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = uint8(black + int(v)*(white-black)/255)
	}
	return out
}
