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

// quietModules is the width of the white margin (quiet zone 静区) around a code, in modules: ISO/IEC 18004 demands four.
const quietModules = 4

// Bounds of a picture: cheap phones do not read a code smaller than minMillimetres, and a code larger than the maxima is a mistake.
const (
	minMillimetres = 8.0
	maxMillimetres = 300.0
	maxPixels      = 4096
)

// maxContent is the number of bytes that fit into the largest code at level M (ISO/IEC 18004, version 40).
const maxContent = 2331

// maxVersion bounds the code of a label: at 57 modules and their quiet zone the code is 26 mm wide at least, and cheap phones have trouble
// with more.
const maxVersion = 10

// qrCode is a QR code as a square of modules, true for dark, with the quiet zone around them.
type qrCode struct {
	modules [][]bool
}

// encodeText makes the code of a text at error correction level M 纠错等级: 15 % of the code may be torn off or dirty, and the address of a
// lot still fits into a small code. Errors: those of encodeAtLevel.
func encodeText(content string) (*qrCode, error) { return encodeAtLevel(content, qrcode.Medium) }

// encodeAddress makes the code of a label, at level Q for rough surfaces. Errors: CodeRequired and CodeTooLarge at "url".
func encodeAddress(address string, rough bool) (*qrCode, error) {
	if address == "" {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "url")
	}
	level := qrcode.Medium
	if rough {
		level = qrcode.High // level Q; the library calls level H highest
	}
	if len(address) > maxContent {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "url")
	}
	c, err := encodeAtLevel(address, level)
	if err != nil {
		return nil, err
	}
	if c.size()-2*quietModules > 17+4*maxVersion {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "url")
	}
	return c, nil
}

// encodeAtLevel makes the code of a text. Errors: CodeRequired for an empty text, CodeTooLarge for a text that fits into no code.
func encodeAtLevel(content string, level qrcode.RecoveryLevel) (*qrCode, error) {
	if content == "" {
		return nil, trace.E(trace.Invalid, trace.CodeRequired, "content")
	}
	if len(content) > maxContent {
		return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "content", "limit", strconv.Itoa(maxContent))
	}
	encoded, err := qrcode.New(content, level)
	if err != nil {
		return nil, fmt.Errorf("encode code: %w", err)
	}
	encoded.DisableBorder = true
	return &qrCode{addQuietZone(encoded.Bitmap())}, nil
}

// addQuietZone puts the quiet zone around a matrix.
func addQuietZone(inner [][]bool) [][]bool {
	n := len(inner) + 2*quietModules
	out := make([][]bool, n)
	for y := range out {
		out[y] = make([]bool, n)
		if y >= quietModules && y < n-quietModules {
			copy(out[y][quietModules:], inner[y-quietModules])
		}
	}
	return out
}

// size is the number of modules on a side, the quiet zone included.
func (c *qrCode) size() int { return len(c.modules) }

// DrawCodeSVG draws the code of a text as one path, mm millimetres wide with its quiet zone. Errors: CodeRequired for an empty text,
// CodeTooLarge for a text that fits into no code, CodeBadValue for a width out of bounds.
func DrawCodeSVG(content string, mm float64) ([]byte, error) {
	if !(mm >= minMillimetres && mm <= maxMillimetres) {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "mm", "value", strconv.FormatFloat(mm, 'g', 6, 64),
			"allowed", fmt.Sprintf("%g–%g", minMillimetres, maxMillimetres))
	}
	c, err := encodeText(content)
	if err != nil {
		return nil, err
	}
	n := strconv.Itoa(c.size())
	size := strconv.FormatFloat(mm, 'f', -1, 64)
	b := make([]byte, 0, 8<<10)
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg" width="`+size+`mm" height="`+size+`mm" viewBox="0 0 `+n+` `+n+
		`" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h`+n+`v`+n+`H0z"/><path d="`...)
	b = c.appendPath(b)
	return append(b, `"/></svg>`...), nil
}

// appendPath appends the dark modules as the data of an SVG path, one unit a module: a rectangle for each run of a row.
func (c *qrCode) appendPath(b []byte) []byte {
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

// findRectangles lists the dark modules as rectangles x, y, width, height: a run of a row together with the same run in the rows below.
func (c *qrCode) findRectangles() [][4]int {
	var list [][4]int
	above := map[[2]int]int{} // places in list of the runs of the row above, by their ends
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
			at, continues := above[[2]int{from, x}]
			if continues {
				list[at][3]++
			} else {
				at = len(list)
				list = append(list, [4]int{from, y, x - from, 1})
			}
			here[[2]int{from, x}] = at
		}
		above = here
	}
	return list
}

// DrawCodePNG draws the code of a text at least minPx pixels wide. A module is always a whole number of pixels, since printers and screens
// blur other sizes, so the picture may be somewhat wider than minPx. Errors: those of DrawCodeSVG.
func DrawCodePNG(content string, minPx int) ([]byte, error) {
	if minPx < 1 || minPx > maxPixels {
		return nil, trace.E(trace.Invalid, trace.CodeBadValue, "px", "value", strconv.Itoa(minPx), "allowed", "1–"+strconv.Itoa(maxPixels))
	}
	c, err := encodeText(content)
	if err != nil {
		return nil, err
	}
	scale := max(1, (minPx+c.size()-1)/c.size())
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, c.drawImage(scale)); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// drawImage draws the code with a module scale pixels wide.
func (c *qrCode) drawImage(scale int) *image.Paletted {
	n := c.size() * scale
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
