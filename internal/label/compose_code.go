package label

import "strings"

// placeCode puts the code at the left, as large as the label allows: the quiet zone within free, the dark modules and the characters below
// the code within ink. right is the right end of the quiet zone; ok is false where the code does not fit at MinModule.
func (c *composer) placeCode(free, ink span) (right float64, ok bool) {
	const steps = 100
	wanted := c.sheet.Module
	for i := range steps + 1 {
		module := wanted - (wanted-MinModule)*float64(i)/steps
		if right, ok = c.tryModule(module, free, ink); ok {
			return right, true
		}
	}
	return 0, false
}

// tryModule places the code with modules of one size; the result is false where the code has no room.
func (c *composer) tryModule(module float64, free, ink span) (right float64, ok bool) {
	quiet, side := quietModules*module, float64(c.drawing.code.size())*module
	left := max(c.sheet.Inset-quiet, 0)
	const leastColumn, gap = 14, 1.2 // width of the text at the right; between that text and the characters below the code
	lines, size := c.breakCodeText(side-max(c.sheet.Inset-left, 0), c.sheet.Width-2*c.sheet.Inset-leastColumn-gap)
	dark := side - 2*quiet
	top := max(free.from+quiet, ink.from)
	height := dark
	if len(lines) > 0 {
		height += quiet + float64(len(lines))*size*lineHeight
	}
	room := min(ink.to, free.to) - top - height
	if len(lines) == 0 {
		room = min(ink.to, free.to-quiet) - top - height
	}
	if room < 0 || c.sheet.Width-c.sheet.Inset-left-side < leastColumn {
		return 0, false
	}
	// The code stands in the middle of its span, on a whole dot of a label printer: beside a dot, modules would come out uneven.
	const dotsPerMillimetre = 8
	y := top - quiet + float64(int(room/2*dotsPerMillimetre))/dotsPerMillimetre
	if c.sheet.Roll {
		left, y = float64(int(left*dotsPerMillimetre+0.999))/dotsPerMillimetre, float64(int(y*dotsPerMillimetre))/dotsPerMillimetre
	}
	c.drawing.codeX, c.drawing.codeY, c.drawing.module = left, y, module
	right = left + side
	for i, line := range lines {
		width := c.fonts.Width(line) * size
		x := max(left+(side-width)/2, c.sheet.Inset)
		c.addText(x, y+side+float64(i)*size*lineHeight, size, line, false)
		right = max(right, x+width+gap)
	}
	return right, true
}

// breakCodeText gives the lines below the code, for people who have to type them: the serial number where there is one, else the lot's key.
// The text is never shortened: where it is wider than the code (width), as with many W and M, the text takes of the room beside the code
// (room), and only then a further line. Two numbers of a batch differ in width, and all of them must fit where the first one fits.
func (c *composer) breakCodeText(width, room float64) (lines []string, size float64) {
	key := c.item.Serial
	if key == "" {
		key = c.item.Code
	}
	groups := splitKey(key)
	if len(groups) == 0 {
		return nil, 0
	}
	largest := min(max(c.leastTextSize(), c.sheet.Height*0.08), 2.4)
	for count := 1; ; count++ {
		perLine := (len(groups) + count - 1) / count
		lines, size = nil, largest
		for i := 0; i < len(groups); i += perLine {
			line := strings.Join(groups[i:min(i+perLine, len(groups))], " ")
			lines = append(lines, line)
			size = min(size, width/c.fonts.Width(line))
		}
		if size >= c.leastTextSize() || perLine == 1 {
			return lines, size
		}
		if count == 1 && c.fonts.Width(lines[0])*c.leastTextSize() <= room {
			return lines, c.leastTextSize()
		}
	}
}
