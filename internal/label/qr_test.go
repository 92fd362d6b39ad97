package label

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/yousang/yousang/internal/trace"
)

// readCode decodes a picture with a reader that others wrote.
func readCode(t *testing.T, img image.Image) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return res.GetText()
}

var contents = []struct{ name, text string }{
	{"lot of the namespace", "https://yousang.example/lot/2A3C4D5E6F7G"},
	{"digital link", "https://yousang.example/01/09506000134352/10/2A3C4D5E6F7G"},
	{"Chinese", "https://柚桑.example/lot/2A3C4D5E6F7G?来源=中元村"},
	{"long", "https://yousang.example/lot/" + strings.Repeat("K", 400)},
}

func TestPNG(t *testing.T) {
	for _, c := range contents {
		for _, px := range []int{1, 200, 411, 1000} {
			t.Run(c.name+" "+strconv.Itoa(px), func(t *testing.T) {
				b, err := DrawCodePNG(c.text, px)
				if err != nil {
					t.Fatal(err)
				}
				img, err := png.Decode(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				if w := img.Bounds().Dx(); w < px || w != img.Bounds().Dy() {
					t.Errorf("picture is %v, want a square of at least %d", img.Bounds(), px)
				}
				if px >= 200 {
					if got := readCode(t, img); got != c.text {
						t.Errorf("read %q, want %q", got, c.text)
					}
				}
			})
		}
	}
}

var step = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// paintSVG paints an SVG's path at a scale, independently of the code that wrote it.
func paintSVG(t *testing.T, svg []byte, scale int) *image.Gray {
	t.Helper()
	m := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindSubmatch(svg)
	if m == nil {
		t.Fatalf("no viewBox in %.200s", svg)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, n*scale, n*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, s := range step.FindAllSubmatch(svg, -1) {
		var v [4]int
		for i := range v {
			if v[i], err = strconv.Atoi(string(s[i+1])); err != nil {
				t.Fatal(err)
			}
		}
		for y := v[1] * scale; y < (v[1]+1)*scale; y++ {
			for x := v[0] * scale; x < (v[0]+v[2])*scale; x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img
}

func turnQuarter(img *image.Gray) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.SetGray(b.Dy()-1-y, x, img.GrayAt(x, y))
		}
	}
	return out
}

func TestSVG(t *testing.T) {
	for _, c := range contents {
		t.Run(c.name, func(t *testing.T) {
			svg, err := DrawCodeSVG(c.text, 22.5)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(svg, []byte(`width="22.5mm" height="22.5mm"`)) {
				t.Errorf("no size in millimetres in %.200s", svg)
			}
			for _, scale := range []int{3, 5, 8} {
				img := paintSVG(t, svg, scale)
				for quarter := range 4 {
					if got := readCode(t, img); got != c.text {
						t.Errorf("scale %d, turned %d times: read %q, want %q", scale, quarter, got, c.text)
					}
					img = turnQuarter(img)
				}
			}
		})
	}
}

// isoQuietZone is the white margin around a code that ISO/IEC 18004 demands, in modules. The figure is a number of its own here, so that a
// wrong number in the program is noticed.
const isoQuietZone = 4

func TestQuietZoneOfTheMatrix(t *testing.T) {
	c, err := encodeText("https://yousang.example/lot/2A3C4D5E6F7G")
	if err != nil {
		t.Fatal(err)
	}
	n := c.size()
	dark := 0
	for y, row := range c.modules {
		for x, isDark := range row {
			inside := x >= isoQuietZone && y >= isoQuietZone && x < n-isoQuietZone && y < n-isoQuietZone
			if isDark && !inside {
				t.Errorf("module %d,%d of the quiet zone is dark", x, y)
			}
			if isDark {
				dark++
			}
		}
	}
	const first = isoQuietZone
	for _, corner := range [][2]int{{first, first}, {n - first - 1, first}, {first, n - first - 1}} {
		if !c.modules[corner[1]][corner[0]] {
			t.Errorf("corner %v of a finder pattern is light", corner)
		}
	}
	if dark == 0 {
		t.Error("no module is dark")
	}
}

// TestQuietZoneOfThePicture measures the white around a code in what people get, SVG and PNG.
func TestQuietZoneOfThePicture(t *testing.T) {
	for _, c := range contents {
		svg, err := DrawCodeSVG(c.text, 20)
		if err != nil {
			t.Fatal(err)
		}
		checkQuietZone(t, c.name+" as SVG", paintSVG(t, svg, 3))
		for _, px := range []int{1, 200, 1000} {
			b, err := DrawCodePNG(c.text, px)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			checkQuietZone(t, fmt.Sprintf("%s as PNG of %d", c.name, px), img)
		}
	}
}

// checkQuietZone compares the white on each side of a picture with the size of a module, a seventh of the finder pattern's upper edge.
func checkQuietZone(t *testing.T, name string, img image.Image) {
	t.Helper()
	ink := image.Rectangle{Min: img.Bounds().Max}
	isDark := func(x, y int) bool { return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 }
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if isDark(x, y) {
				ink.Min.X, ink.Min.Y = min(ink.Min.X, x), min(ink.Min.Y, y)
				ink.Max.X, ink.Max.Y = max(ink.Max.X, x+1), max(ink.Max.Y, y+1)
			}
		}
	}
	edge := 0
	for x := ink.Min.X; x < ink.Max.X && isDark(x, ink.Min.Y); x++ {
		edge++
	}
	if edge%7 != 0 || edge == 0 {
		t.Fatalf("%s: the finder pattern is %d pixels wide, want seven modules", name, edge)
	}
	want := isoQuietZone * edge / 7
	whole := img.Bounds()
	for side, got := range map[string]int{
		"left": ink.Min.X - whole.Min.X, "top": ink.Min.Y - whole.Min.Y, "right": whole.Max.X - ink.Max.X, "bottom": whole.Max.Y - ink.Max.Y,
	} {
		if got != want {
			t.Errorf("%s: %d pixels of white at the %s, want %d (%d modules)", name, got, side, want, isoQuietZone)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func() error
		want trace.Code
	}{
		{"empty", func() error { _, err := DrawCodeSVG("", 20); return err }, trace.CodeRequired},
		{"too long", func() error { _, err := DrawCodePNG(strings.Repeat("a", 3000), 100); return err }, trace.CodeTooLarge},
		{"too small", func() error { _, err := DrawCodeSVG("a", 1); return err }, trace.CodeBadValue},
		{"too wide", func() error { _, err := DrawCodePNG("a", 100_000); return err }, trace.CodeBadValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.do(); !errors.Is(err, &trace.Error{Code: c.want}) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	for b.Loop() {
		if _, err := DrawCodeSVG("https://yousang.example/lot/2A3C4D5E6F7G", 20); err != nil {
			b.Fatal(err)
		}
	}
}
