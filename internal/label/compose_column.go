package label

import (
	"slices"
	"strings"
)

// setting is one try at a column: at which size the texts are set, and in how many lines.
type setting struct {
	size       float64 // of the values
	nameRatio  float64 // size of the product's name in proportion to the values
	nameLines  int     // lines that the name may have
	valueLines []int   // the same of each value; 2 where nil

	nameSize float64
	name     []string
	values   [][]string
	height   float64
	isWhole  bool // nothing was shortened
	isBroken bool // an exact value takes more than one line
}

// Product names are set larger than the values.
const (
	usualNameRatio = 1.55
	leastNameRatio = 1.25
)

func (s *setting) countRows() int {
	n := len(s.name)
	for _, lines := range s.values {
		n += len(lines)
	}
	return n
}

// placeColumn sets a product's name and fields below each other, at the largest size at which all of them have room, breaking long values
// into two lines. Where no size has room, captions are left out in a narrow column, then values are shortened with …, and at last the least
// important lines are left out. The result is whether all lines are there.
func (c *composer) placeColumn(box area, product field, fields []field) bool {
	narrow := box.width < narrowColumn*c.leastTextSize() && product.caption == ""
	if s, ok := c.findLargestSetting(box, product, fields); ok && (!narrow || !s.isBroken) {
		c.drawColumn(box, s, product, fields)
		return true
	}
	if narrow {
		fields = dropCaptions(fields)
		if s, ok := c.findLargestSetting(box, product, fields); ok {
			c.drawColumn(box, s, product, fields)
			return true
		}
	}
	for n := len(fields); ; n-- {
		if s := c.findShortenedSetting(box, product, fields[:n]); s.height <= box.height || n == 0 {
			c.drawColumn(box, s, product, fields[:n])
			return n == len(fields)
		}
	}
}

// narrowColumn is a width in ems below which captions take too much of a line; date, quantity and place are known without captions.
const narrowColumn = 13

func dropCaptions(fields []field) []field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].caption = ""
	}
	return out
}

// findLargestSetting finds the largest size at which nothing is shortened; ok is false where there is none. A size up to a sixth smaller is
// better where it saves a line, which mostly holds a single character.
func (c *composer) findLargestSetting(box area, product field, fields []field) (best setting, ok bool) {
	const air = 0.12 // ems between lines, where the size is not the least
	smallest := c.leastTextSize() - 1e-9
	for size := min(max(c.leastTextSize(), c.sheet.Height*0.082), 3.6); size >= smallest; size -= 0.05 {
		s := setting{size: size, nameLines: 2, nameRatio: usualNameRatio}
		c.measureSetting(&s, box, product, fields)
		room := box.height
		if size > c.leastTextSize() {
			room -= air * size * float64(len(fields))
		}
		if !s.isWhole || s.height > room {
			continue
		}
		if !ok {
			smallest = max(smallest, size*5/6)
		}
		if !ok || s.countRows() < best.countRows() {
			best, ok = s, true
		}
	}
	return best, ok
}

// findShortenedSetting gives every text one line at the least size, and up to three lines in turn to those that need them while there is
// room.
func (c *composer) findShortenedSetting(box area, product field, fields []field) setting {
	lines := make([]int, len(fields)+1) // of the name, then of each value
	for i := range lines {
		lines[i] = 1
	}
	measure := func() setting {
		s := setting{size: c.leastTextSize(), nameRatio: leastNameRatio, nameLines: lines[0], valueLines: lines[1:]}
		c.measureSetting(&s, box, product, fields)
		return s
	}
	best := measure()
	for i := range lines {
		const most = 3
		for !best.isWhole && lines[i] < most {
			lines[i]++
			s := measure()
			if s.height > box.height || s.height == best.height {
				lines[i]--
				break
			}
			best = s
		}
	}
	return best
}

// measureSetting breaks the texts of a setting into lines and adds up their height.
func (c *composer) measureSetting(s *setting, box area, product field, fields []field) {
	s.nameSize, s.isWhole = s.size*s.nameRatio, true
	indent := c.findIndent(product, fields)
	if product.value != "" {
		room := box.width - nameOffset(product, indent*s.size)
		// A name that nearly fits on one line is set a little smaller, rather than on a second line.
		if oneLine := room / c.fonts.Width(product.value); oneLine < s.nameSize && oneLine >= s.nameSize*0.8 {
			s.nameSize = oneLine
		}
		s.name = c.breakText(s, product.value, room/s.nameSize, s.nameLines)
		s.height = float64(len(s.name)) * s.nameSize * lineHeight
	}
	for i, f := range fields {
		most := 2
		switch {
		case f.exact:
			most = len(f.value)
		case s.valueLines != nil:
			most = s.valueLines[i]
		}
		lines := c.breakText(s, f.value, box.width/s.size-indent, most)
		s.isBroken = s.isBroken || f.exact && len(lines) > 1
		s.values = append(s.values, lines)
		s.height += float64(len(lines)) * s.size * lineHeight
	}
}

// breakText breaks a text into lines of a width in ems, and shortens the last line where there would be more than most.
func (c *composer) breakText(s *setting, text string, width float64, most int) []string {
	lines := wrapText(c.fonts, text, width)
	before, after, found := strings.Cut(text, "（")
	if found && len(lines) == 2 && before != "" && c.fonts.Width("（"+after) <= width && c.fonts.Width(before) <= width {
		lines = []string{before, "（" + after} // words in brackets stay together
	}
	if len(lines) <= most {
		return lines
	}
	s.isWhole = false
	rest := text
	for range most - 1 {
		rest = rest[findLineEnd(c.fonts, rest, width):]
	}
	return append(lines[:most-1:most-1], shortenText(c.fonts, joinLines(rest), width))
}

// findIndent is where values begin, in ems: after the widest caption.
func (c *composer) findIndent(product field, fields []field) float64 {
	widest := c.fonts.Width(product.caption)
	for _, f := range fields {
		widest = max(widest, c.fonts.Width(f.caption))
	}
	if widest == 0 {
		return 0
	}
	return widest + 0.5
}

// nameOffset is where the product's name begins: at the edge, or with the other values where the name has a caption.
func nameOffset(product field, indent float64) float64 {
	if product.caption == "" {
		return 0
	}
	return indent
}

// drawColumn draws a column in the middle of its area, the lines a little apart where there is room.
func (c *composer) drawColumn(box area, s setting, product field, fields []field) {
	const loosest = 0.3 // ems between two lines
	gap := 0.0
	if n := len(fields); n > 0 {
		gap = max(0, min((box.height-s.height)/float64(n+1), loosest*s.size))
	}
	y := box.y + max(0, (box.height-s.height-gap*float64(len(fields)))/2)
	indent := c.findIndent(product, fields) * s.size
	if product.caption != "" && len(s.name) > 0 {
		c.addText(box.x, y+(s.nameSize-s.size)*baseline, s.size, product.caption, false)
	}
	for _, line := range s.name {
		c.addText(box.x+nameOffset(product, indent), y, s.nameSize, line, true)
		y += s.nameSize * lineHeight
	}
	for i, f := range fields {
		y += gap
		c.addText(box.x, y, s.size, f.caption, false)
		for _, line := range s.values[i] {
			c.addText(box.x+indent, y, s.size, line, false)
			y += s.size * lineHeight
		}
	}
}
