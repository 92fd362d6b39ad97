package label

import (
	"slices"
	"strings"
)

// setting is a try at a column: what is said at which size, in how many lines.
type setting struct {
	size   float64 // of the text
	ratio  float64 // of the product's name to it
	names  int     // lines that the name may have
	values []int   // the same of each value; 2 where nil

	title  float64 // size of the name
	name   []string
	value  [][]string
	height float64
	whole  bool // nothing was shortened
	broken bool // something exact takes more than a line
}

// Product names are set larger than the rest.
const (
	titleRatio = 1.55
	smallRatio = 1.25
)

func (s *setting) rows() int {
	n := len(s.name)
	for _, v := range s.value {
		n += len(v)
	}
	return n
}

// column sets a product's name and lines below each other. It takes the largest size at which everything has room, breaking long values
// into two lines. Where that does not do, captions are left out in a narrow column, then values are shortened with …, and at last the
// least important lines are left out. It reports whether all lines are there.
func (c *composer) column(box area, product field, list []field) bool {
	tight := box.w < narrow*c.small() && product.caption == ""
	if s, ok := c.largest(box, product, list); ok && (!tight || !s.broken) {
		c.set(box, s, product, list)
		return true
	}
	if tight {
		list = bare(list)
		if s, ok := c.largest(box, product, list); ok {
			c.set(box, s, product, list)
			return true
		}
	}
	for n := len(list); ; n-- {
		if s := c.shortened(box, product, list[:n]); s.height <= box.h || n == 0 {
			c.set(box, s, product, list[:n])
			return n == len(list)
		}
	}
}

// shortened gives every text a line at the least size, and a further one in turn to those that need it while there is room.
func (c *composer) shortened(box area, product field, list []field) setting {
	lines := make([]int, len(list)+1)
	for i := range lines {
		lines[i] = 1
	}
	try := func() setting {
		s := setting{size: c.small(), ratio: smallRatio, names: lines[0], values: lines[1:]}
		c.try(&s, box, product, list)
		return s
	}
	best := try()
	for i := range lines {
		const most = 3
		for !best.whole && lines[i] < most {
			lines[i]++
			s := try()
			if s.height > box.h || s.height == best.height {
				lines[i]--
				break
			}
			best = s
		}
	}
	return best
}

// narrow is a width in ems below which captions take too much of a line; date, quantity and place are known without.
const narrow = 13

func bare(list []field) []field {
	out := slices.Clone(list)
	for i := range out {
		out[i].caption = ""
	}
	return out
}

// largest finds the largest size at which nothing is shortened; false where there is none. A size up to a sixth smaller is better where it
// saves a line, which is mostly one with a single character on it.
func (c *composer) largest(box area, product field, list []field) (best setting, ok bool) {
	const air = 0.12 // ems between lines, where the size is not the least
	least := c.small() - 1e-9
	for size := min(max(c.small(), c.sheet.Height*0.082), 3.6); size >= least; size -= 0.05 {
		s := setting{size: size, names: 2, ratio: titleRatio}
		c.try(&s, box, product, list)
		room := box.h
		if size > c.small() {
			room -= air * size * float64(len(list))
		}
		switch {
		case !s.whole || s.height > room:
		case !ok || s.rows() < best.rows():
			if !ok {
				least = max(least, size*5/6)
			}
			best, ok = s, true
		}
	}
	return best, ok
}

// try breaks the texts of a setting into lines and measures them.
func (c *composer) try(s *setting, box area, product field, list []field) {
	s.title, s.whole = s.size*s.ratio, true
	indent := c.indent(product, list)
	if product.value != "" {
		room := box.w - c.nameAt(product, indent*s.size)
		if one := room / c.f.width(product.value); one < s.title && one >= s.title*0.8 {
			s.title = one // a little smaller, rather than a second line
		}
		s.name = c.lines(s, product.value, room/s.title, s.names)
		s.height = float64(len(s.name)) * s.title * lineHeight
	}
	for i, l := range list {
		most := 2
		switch {
		case l.exact:
			most = len(l.value)
		case s.values != nil:
			most = s.values[i]
		}
		v := c.lines(s, l.value, box.w/s.size-indent, most)
		s.broken = s.broken || l.exact && len(v) > 1
		s.value = append(s.value, v)
		s.height += float64(len(v)) * s.size * lineHeight
	}
}

// lines breaks a text, and shortens its last line where that is not enough.
func (c *composer) lines(s *setting, text string, width float64, most int) []string {
	list := c.f.wrap(text, width)
	if before, after, ok := strings.Cut(text, "（"); ok && len(list) == 2 && before != "" && c.f.width("（"+after) <= width && c.f.width(before) <= width {
		list = []string{before, "（" + after} // what is in brackets stays together
	}
	if len(list) <= most {
		return list
	}
	s.whole = false
	rest := text
	for range most - 1 {
		rest = rest[c.f.lineEnd(rest, width):]
	}
	return append(list[:most-1:most-1], c.f.shorten(tidy(rest), width))
}

// indent is where values begin, in ems.
func (c *composer) indent(product field, list []field) float64 {
	widest := c.f.width(product.caption)
	for _, l := range list {
		widest = max(widest, c.f.width(l.caption))
	}
	if widest == 0 {
		return 0
	}
	return widest + 0.5
}

// nameAt is where the product's name begins: at the edge, or with the other values where it has a caption.
func (c *composer) nameAt(product field, indent float64) float64 {
	if product.caption == "" {
		return 0
	}
	return indent
}

// set draws a column, in the middle of its area, the lines a little apart where there is room.
func (c *composer) set(box area, s setting, product field, list []field) {
	const loosest = 0.3 // ems between two lines
	gap := 0.0
	if n := len(list); n > 0 {
		gap = max(0, min((box.h-s.height)/float64(n+1), loosest*s.size))
	}
	y := box.y + max(0, (box.h-s.height-gap*float64(len(list)))/2)
	indent := c.indent(product, list) * s.size
	if product.caption != "" && len(s.name) > 0 {
		c.text(box.x, y+(s.title-s.size)*baseline, s.size, product.caption, false)
	}
	for _, l := range s.name {
		c.text(box.x+c.nameAt(product, indent), y, s.title, l, true)
		y += s.title * lineHeight
	}
	for i, l := range list {
		y += gap
		c.text(box.x, y, s.size, l.caption, false)
		for _, v := range s.value[i] {
			c.text(box.x+indent, y, s.size, v, false)
			y += s.size * lineHeight
		}
	}
}

func (c *composer) text(x, y, size float64, s string, bold bool) {
	c.d.texts = append(c.d.texts, textBox{x: x, y: y, w: c.f.width(s) * size, size: size, text: s, bold: bold})
}
