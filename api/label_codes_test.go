package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/yousang/yousang/internal/label"
)

const testDPI = 300

// drawPages draws the pages of a PDF with a program of others.
func drawPages(t *testing.T, file []byte) (pages []image.Image) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("pdftoppm", "-r", strconv.Itoa(testDPI), "-gray", "-png", "-", filepath.Join(dir, "page"))
	cmd.Stdin = bytes.NewReader(file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (package poppler-utils): %v %s", err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, img)
	}
	return pages
}

// readLabel reads the code of the i-th label of a page; "" where the place of the label is empty.
func readLabel(page image.Image, s label.Sheet, i int) string {
	pixels := func(mm float64) int { return int(math.Round(mm * testDPI / 25.4)) }
	x, y := s.Position(i)
	cut := image.Rect(pixels(x), pixels(y), pixels(x+s.Width), pixels(y+s.Height)).Intersect(page.Bounds())
	if !hasInk(page, cut) {
		return ""
	}
	// the reader sometimes takes a group of modules for a corner of the code: a phone then reads the next frame, held a little differently
	for _, degrees := range []float64{0, 2, -3, 5, -7} {
		bmp, err := gozxing.NewBinaryBitmapFromImage(tiltPart(page, cut, degrees))
		if err != nil {
			return ""
		}
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		if res, err := qrcode.NewQRCodeReader().Decode(bmp, hints); err == nil {
			return res.GetText()
		}
	}
	return ""
}

// hasInk reports whether something is printed in a part of a picture.
func hasInk(page image.Image, part image.Rectangle) bool {
	for y := part.Min.Y; y < part.Max.Y; y += 3 {
		for x := part.Min.X; x < part.Max.X; x += 3 {
			if color.GrayModel.Convert(page.At(x, y)).(color.Gray).Y < 128 {
				return true
			}
		}
	}
	return false
}

// tiltPart turns a part of a picture about its middle, on a white ground.
func tiltPart(page image.Image, part image.Rectangle, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := part.Dx(), part.Dy()
	out := image.NewGray(image.Rect(0, 0, w+w/8, h+h/8))
	middle := image.Pt(out.Rect.Dx()/2, out.Rect.Dy()/2)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			dx, dy := float64(x-middle.X), float64(y-middle.Y)
			from := part.Min.Add(image.Pt(int(math.Round(dx*cos+dy*sin))+w/2, int(math.Round(dy*cos-dx*sin))+h/2))
			if from.In(part) {
				out.Set(x, y, page.At(from.X, from.Y))
			} else {
				out.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return out
}

func findSheet(t *testing.T, id string) label.Sheet {
	t.Helper()
	for _, s := range label.Sheets() {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no layout %s", id)
	return label.Sheet{}
}

// TestCodesOfPrintedLabels reads the codes back from files that the API made: a label of an item carries the item's own code, a label of
// the lot the lot's, in the order of the ordinals, copies beside one another, after the places that were skipped.
func TestCodesOfPrintedLabels(t *testing.T) {
	c := newBoxes(t)
	c.mustSend("admin", "POST /products", `{"id":"gift","name":"礼盒","unit":"箱","chain":"pomelo","gtin":"09521234567899"}`, 201)
	packed := c.recordReport("zhongyuan", "/transformations",
		`{"place":"plot-1","inputs":[{"lot":"`+c.fruit+`","quantity":20}],"outputs":[{"product":"gift","quantity":5}]}`).Lots[0]
	gifts, giftCodes := c.issueSerials("zhongyuan", packed.Key, 5)
	address := publicURL + "/lot/" + c.box
	ofItems := func(lotAddress string, codes []string, copies int) (want []string) {
		for _, code := range codes {
			want = append(want, slices.Repeat([]string{lotAddress + "/21/" + code}, copies)...)
		}
		return want
	}
	for _, row := range []struct {
		name, sheet, body string
		skip              int
		want              []string
	}{
		{"all items on one sheet", "a4-24", `"batch":"` + c.batch + `"`, 0, ofItems(address, c.codes, 1)},
		{"some items, in copies, on a used sheet", "a4-21", `"batch":"` + c.batch + `","from":3,"to":9,"copies":2,"skip":17,"reason":"x"`, 17,
			ofItems(address, c.codes[2:9], 2)},
		{"items on a roll", "roll-60x40", `"batch":"` + c.batch + `","from":11,"to":12,"reason":"x"`, 0, ofItems(address, c.codes[10:], 1)},
		{"small labels, roughly printed", "roll-40x30", `"batch":"` + c.batch + `","from":1,"to":2,"rough":true,"reason":"x"`, 0,
			ofItems(address, c.codes[:2], 1)},
		{"items of a product with a GTIN", "a4-10", `"batch":"` + gifts + `"`, 0, ofItems(packed.URL, giftCodes, 1)},
		{"the lot as such", "a4-24", `"lot":"` + c.box + `","copies":3`, 0, slices.Repeat([]string{address}, 3)},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := c.mustSend("zhongyuan", "POST /labels", `{"sheet":"`+row.sheet+`",`+row.body+`}`, 201)
			sheet := findSheet(t, row.sheet)
			var got []string
			for n, page := range drawPages(t, file) {
				for i := range sheet.PerPage() {
					code := readLabel(page, sheet, i)
					if skipped := n == 0 && i < row.skip; skipped && code != "" {
						t.Errorf("place %d was to be skipped and says %s", i, code)
					}
					if code != "" {
						got = append(got, code)
					}
				}
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("the labels say\n%v\nwant\n%v", got, row.want)
			}
		})
	}
}

// TestCodesOfPictures reads the codes back from the pictures of items.
func TestCodesOfPictures(t *testing.T) {
	c := newBoxes(t)
	for i, code := range c.codes[:4] {
		img, err := png.Decode(bytes.NewReader(c.mustSend("park", "GET /items/"+code+"/qr.png?px=400", "", 200)))
		if err != nil {
			t.Fatal(err)
		}
		bmp, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			t.Fatal(err)
		}
		res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%s/lot/%s/21/%s", publicURL, c.box, code); res.GetText() != want {
			t.Errorf("picture %d says %s, want %s", i, res.GetText(), want)
		}
	}
}
