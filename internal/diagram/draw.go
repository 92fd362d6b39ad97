package diagram

import (
	"strings"
	"unicode"
)

// Picture is a drawing in whole units of its view box.
type Picture struct {
	W, H  int
	Lanes []DrawnLane
	Flows []DrawnFlow
	Boxes []DrawnBox
}

type DrawnLane struct {
	X, Y, W, H, TX, TY int
	Name               string
	Tone               int
	Turned             bool // a long name in a narrow margin
}

type DrawnFlow struct {
	D     string
	Width string
	Quiet bool
}

type DrawnBox struct {
	X, Y, W, H        int
	CX, Y1, Y2, Y3    int // centre, and base lines of the texts
	Name, Line, Place string
	Title, Href       string
	Quiet, Root       bool
	This              string // "this lot", on the lot itself
}

// measures of the drawings.
const (
	tallWidth    = 336 // a phone of 360 px less its margins
	tallLeft     = 34  // room for the name of the lane
	boxHeight    = 62
	narrowestBox = 90
	boxGap       = 10
	rowGap       = 26
	lanePad      = 12
	laneGap      = 14

	wideWidth  = 1040
	wideHead   = 38
	tallestBox = 112 // height of the largest box of the wide picture
)

// drawTall draws from top to bottom, for a phone: widths by quantity.
func (g *graph) drawTall(names [lanes]string, this string) *Picture {
	p := &Picture{W: tallWidth, Boxes: make([]DrawnBox, len(g.boxes))}
	l := g.arrangeRows()
	room := tallWidth - tallLeft - lanePad
	y, lane := 0, -1
	for r, row := range l.rows {
		if to := l.laneOfRow(r); to != lane {
			if lane >= 0 {
				p.closeLane(y + lanePad)
				y += lanePad + laneGap
			}
			lane = to
			p.Lanes = append(p.Lanes, DrawnLane{X: 0, Y: y, W: tallWidth, TX: tallLeft / 2, Name: names[to], Tone: to})
			y += lanePad
		} else {
			y += rowGap
		}
		top := y
		for n, line := range l.breakRow(row, room) {
			if n > 0 {
				y += boxGap
			}
			w := g.shareWidths(line, room)
			x := tallLeft + (room-sumLengths(w)-(len(line)-1)*boxGap)/2
			for k, s := range line {
				if s.box >= 0 {
					p.Boxes[s.box] = g.drawBox(s.box, area{x, y, w[k], boxHeight}, this)
				} else {
					l.notePassage(s, x+w[k]/2, top)
				}
				x += w[k] + boxGap
			}
			y += boxHeight
		}
		l.closePassages(r, y)
	}
	p.closeLane(y + lanePad)
	p.H = y + lanePad
	g.drawFlows(p, l, false)
	return p
}

func (p *Picture) closeLane(end int) {
	l := &p.Lanes[len(p.Lanes)-1]
	l.H = end - l.Y
	l.TY = l.Y + 24
	if measureText(l.Name, 15) > tallLeft-4 {
		l.Turned, l.TX, l.TY = true, -(l.Y + l.H/2), tallLeft/2+5
	}
}

func sumLengths(list []int) (n int) {
	for _, x := range list {
		n += x
	}
	return n
}

// drawWide draws from left to right, for a desk: heights by quantity.
func (g *graph) drawWide(names [lanes]string, this string) *Picture {
	p := &Picture{W: wideWidth, Boxes: make([]DrawnBox, len(g.boxes))}
	l := g.arrangeRows()
	used, tallest := 0, 0
	heights := make([][]int, len(l.rows))
	for r, row := range l.rows {
		if l.startsLane(r) {
			used++
		}
		heights[r] = g.shareHeights(row)
		tallest = max(tallest, sumLengths(heights[r])+(len(row)-1)*boxGap)
	}
	col := min(240, (wideWidth-(used-1)*laneGap-2*lanePad*used)/len(l.rows))
	gap := min(56, col/4)
	p.H = wideHead + tallest + 2*lanePad
	x := (wideWidth - (len(l.rows)*col + used*2*lanePad + (used-1)*laneGap)) / 2
	for r, row := range l.rows {
		if l.startsLane(r) {
			if r > 0 {
				x += laneGap
			}
			p.Lanes = append(p.Lanes, DrawnLane{X: x, H: p.H, TY: 26, Name: names[l.laneOfRow(r)], Tone: l.laneOfRow(r)})
			x += lanePad
		}
		y := wideHead + lanePad/2 + (tallest-sumLengths(heights[r])-(len(row)-1)*boxGap)/2
		for k, s := range row {
			if s.box >= 0 {
				p.Boxes[s.box] = g.drawBox(s.box, area{x + gap/2, y, col - gap, heights[r][k]}, this)
			} else {
				l.notePassage(s, y+heights[r][k]/2, x+gap/2)
			}
			y += heights[r][k] + boxGap
		}
		l.closePassages(r, x+col-gap/2)
		x += col
		if r == len(l.rows)-1 || l.startsLane(r+1) {
			x += lanePad
			lane := &p.Lanes[len(p.Lanes)-1]
			lane.W = x - lane.X
			lane.TX = lane.X + lane.W/2
		}
	}
	g.drawFlows(p, l, true)
	return p
}

// area is a rectangle of a drawing.
type area struct{ x, y, width, height int }

// drawBox places a box and its texts; this is the text of the lot itself.
func (g *graph) drawBox(i int, at area, this string) DrawnBox {
	x, y, w, h := at.x, at.y, at.width, at.height
	b := &g.boxes[i]
	d := DrawnBox{X: x, Y: y, W: w, H: h, CX: x + w/2, Quiet: b.quiet, Root: b.root, Href: b.href,
		Name: fitText(b.name, 14, w-12), Line: b.fitLine(w - 6), Place: fitText(b.place, 11.5, w-8)}
	if b.root {
		d.Place = fitText(this, 11.5, w-8)
	}
	// a text was cut: the whole text is shown on pointing
	if d.Name != b.name || !strings.HasSuffix(d.Line, b.line) || d.Place != b.place && !b.root {
		d.Title = strings.TrimSuffix(strings.TrimSpace(b.name+" "+b.line)+" · "+b.place, " · ")
	}
	n := 0
	for _, text := range []string{d.Name, d.Line, d.Place} {
		if text != "" {
			n++
		}
	}
	base := y + h/2 - (n-1)*9 + 5
	for _, l := range []struct {
		text string
		at   *int
	}{{d.Name, &d.Y1}, {d.Line, &d.Y2}, {d.Place, &d.Y3}} {
		if l.text != "" {
			*l.at = base
			base += 18
		}
	}
	return d
}

// fitLine is the grade and the amount, or the amount alone where there is no room for both.
func (b *box) fitLine(width int) string {
	if b.grade != "" {
		if both := b.grade + " · " + b.line; fitText(both, 12.5, width) == both {
			return both
		}
	}
	return fitText(b.line, 12.5, width)
}

// fitText cuts a text to a width, in pixels at a font size; Chinese characters are square, others about half as wide.
func fitText(s string, size float64, width int) string {
	used := 0.0
	for i, r := range s {
		if used += characterWidth(r) * size; used > float64(width) {
			cut := []rune(s[:i])
			return strings.TrimRight(string(cut[:max(0, len(cut)-1)]), " ") + "…"
		}
	}
	return s
}

func measureText(s string, size float64) int {
	used := 0.0
	for _, r := range s {
		used += characterWidth(r) * size
	}
	return int(used + .5)
}

// characterWidth is the part of the font's size that a character takes, on the safe side.
func characterWidth(r rune) float64 {
	if unicode.Is(unicode.Han, r) || r > 0x2E7F {
		return 1
	}
	return 0.58
}
