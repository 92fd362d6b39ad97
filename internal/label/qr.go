package label

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"github.com/skip2/go-qrcode"

	"github.com/yousang/yousang/internal/trace"
)

// Quiet is the white margin around a code, in modules (ISO/IEC 18004 asks for four).
const Quiet = 4

// Bounds of a drawing: a code smaller than MinMillimetres is not read by cheap phones, and one larger than the maxima is a mistake.
const (
	MinMillimetres = 8.0
	MaxMillimetres = 300.0
	MaxPixels      = 4096
)

// maxContent is the most that fits into the largest code at level M (ISO/IEC 18004, version 40, bytes).
const maxContent = 2331

// Code is a QR code as a square of modules, true for dark, its quiet zone included.
type Code struct {
	modules [][]bool
}

// Encode makes the code of a text at error correction level M 纠错等级: 15 % of it may be torn off or dirty, and the address of a lot
// still fits into a small code. Errors: CodeRequired for an empty text, TooLarge for one that fits into no code.
func Encode(content string) (*Code, error) { return encode(content, qrcode.Medium) }

func encode(content string, level qrcode.RecoveryLevel) (*Code, error) {
	if content == "" {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "content")
	}
	if len(content) > maxContent {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "content", "limit", strconv.Itoa(maxContent))
	}
	q, err := qrcode.New(content, level)
	if err != nil {
		return nil, fmt.Errorf("encode code: %w", err)
	}
	q.DisableBorder = true
	return &Code{framed(q.Bitmap())}, nil
}

// framed puts the quiet zone around a matrix.
func framed(inner [][]bool) [][]bool {
	n := len(inner) + 2*Quiet
	out := make([][]bool, n)
	for y := range out {
		out[y] = make([]bool, n)
		if y >= Quiet && y < n-Quiet {
			copy(out[y][Quiet:], inner[y-Quiet])
		}
	}
	return out
}

// Size is the number of modules on a side, the quiet zone included.
func (c *Code) Size() int { return len(c.modules) }

// Dark reports whether the module in column x and row y is dark; outside the square it is not.
func (c *Code) Dark(x, y int) bool {
	return y >= 0 && y < len(c.modules) && x >= 0 && x < len(c.modules) && c.modules[y][x]
}

// SVG draws the code of a text as one path, mm millimetres wide with its quiet zone. Errors: Encode's; CodeBadValue for a width out of
// bounds.
func SVG(content string, mm float64) ([]byte, error) {
	if !(mm >= MinMillimetres && mm <= MaxMillimetres) {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "mm", "value", strconv.FormatFloat(mm, 'g', 6, 64),
			"allowed", fmt.Sprintf("%g–%g", MinMillimetres, MaxMillimetres))
	}
	c, err := Encode(content)
	if err != nil {
		return nil, err
	}
	n := strconv.Itoa(c.Size())
	size := strconv.FormatFloat(mm, 'f', -1, 64)
	b := make([]byte, 0, 8<<10)
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg" width="`+size+`mm" height="`+size+`mm" viewBox="0 0 `+n+` `+n+
		`" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h`+n+`v`+n+`H0z"/><path d="`...)
	b = c.AppendPath(b)
	return append(b, `"/></svg>`...), nil
}

// AppendPath appends the dark modules as the data of an SVG path, one unit a module: a rectangle for each run in a row.
func (c *Code) AppendPath(b []byte) []byte {
	for y, row := range c.modules {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			run := strconv.Itoa(x - from)
			b = append(b, 'M')
			b = strconv.AppendInt(b, int64(from), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(y), 10)
			b = append(append(append(append(b, 'h'), run...), "v1h-"...), run...)
			b = append(b, 'z')
		}
	}
	return b
}

// rects are the dark modules as rectangles x, y, width, height: a run in a row together with the same run in the rows below.
func (c *Code) rects() [][4]int {
	var list [][4]int
	open := map[[2]int]int{} // runs of the row above, by their ends, and where they are in list
	for y, row := range c.modules {
		here := map[[2]int]int{}
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			at, goesOn := open[[2]int{from, x}]
			if goesOn {
				list[at][3]++
			} else {
				at = len(list)
				list = append(list, [4]int{from, y, x - from, 1})
			}
			here[[2]int{from, x}] = at
		}
		open = here
	}
	return list
}

// PNG draws the code of a text at least minPx pixels wide. A module is always a whole number of pixels, so the picture may be somewhat
// wider than asked for; printers and screens blur anything else. Errors: Encode's; CodeBadValue for a width out of bounds.
func PNG(content string, minPx int) ([]byte, error) {
	if minPx < 1 || minPx > MaxPixels {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "px", "value", strconv.Itoa(minPx), "allowed", "1–"+strconv.Itoa(MaxPixels))
	}
	c, err := Encode(content)
	if err != nil {
		return nil, err
	}
	scale := max(1, (minPx+c.Size()-1)/c.Size())
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, c.image(scale)); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

func (c *Code) image(scale int) *image.Paletted {
	n := c.Size() * scale
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	for y := range n {
		line := img.Pix[y*img.Stride:]
		for x := range n {
			if c.modules[y/scale][x/scale] {
				line[x] = 1
			}
		}
	}
	return img
}
