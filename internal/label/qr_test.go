package label

import (
	"bytes"
	"errors"
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

// read decodes a picture with a reader nobody here wrote.
func read(t *testing.T, img image.Image) string {
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
				b, err := PNG(c.text, px)
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
					if got := read(t, img); got != c.text {
						t.Errorf("read %q, want %q", got, c.text)
					}
				}
			})
		}
	}
}

var step = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// drawn paints an SVG's path at a scale, independently of the code that wrote it.
func drawn(t *testing.T, svg []byte, scale int) *image.Gray {
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

func turned(img *image.Gray) *image.Gray {
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
			svg, err := SVG(c.text, 22.5)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(svg, []byte(`width="22.5mm" height="22.5mm"`)) {
				t.Errorf("no size in millimetres in %.200s", svg)
			}
			for _, scale := range []int{3, 5, 8} {
				img := drawn(t, svg, scale)
				for quarter := range 4 {
					if got := read(t, img); got != c.text {
						t.Errorf("scale %d, turned %d times: read %q, want %q", scale, quarter, got, c.text)
					}
					img = turned(img)
				}
			}
		})
	}
}

func TestQuietZone(t *testing.T) {
	c, err := Encode("https://yousang.example/lot/2A3C4D5E6F7G")
	if err != nil {
		t.Fatal(err)
	}
	n := c.Size()
	dark := 0
	for y := range n {
		for x := range n {
			inside := x >= Quiet && y >= Quiet && x < n-Quiet && y < n-Quiet
			if c.Dark(x, y) && !inside {
				t.Errorf("module %d,%d of the quiet zone is dark", x, y)
			}
			if c.Dark(x, y) {
				dark++
			}
		}
	}
	for _, corner := range [][2]int{{Quiet, Quiet}, {n - Quiet - 1, Quiet}, {Quiet, n - Quiet - 1}} {
		if !c.Dark(corner[0], corner[1]) {
			t.Errorf("corner %v of a finder pattern is light", corner)
		}
	}
	if dark == 0 || c.Dark(-1, 0) || c.Dark(n, n) {
		t.Errorf("%d dark modules, or dark ones outside the square", dark)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func() error
		want trace.Code
	}{
		{"empty", func() error { _, err := SVG("", 20); return err }, trace.CodeRequired},
		{"too long", func() error { _, err := PNG(strings.Repeat("a", 3000), 100); return err }, trace.CodeTooLarge},
		{"too small", func() error { _, err := SVG("a", 1); return err }, trace.CodeBadValue},
		{"too wide", func() error { _, err := PNG("a", 100_000); return err }, trace.CodeBadValue},
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
		if _, err := SVG("https://yousang.example/lot/2A3C4D5E6F7G", 20); err != nil {
			b.Fatal(err)
		}
	}
}
