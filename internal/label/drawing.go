package label

import (
	"strings"
)

// drawing is one label, ready to be written in any format. Lengths are millimetres from its upper left corner.
type drawing struct {
	width, height float64
	code          *Code
	codeX, codeY  float64 // of the quiet zone
	module        float64
	texts         []textBox
	lines         []line
}

// textBox is one line of text. The box holds all its ink, accents and tails included.
type textBox struct {
	x, y, w float64
	size    float64 // of the em
	text    string
	bold    bool
}

// A line of text takes lineHeight ems, of which those above baseline lie over it: enough for É and g in the Latin font and for every Chinese
// character in the other.
const (
	lineHeight = 1.2
	baseline   = 0.92
	boldStroke = 0.035 // outline drawn around the letters of bold text, in ems; neither font is embedded in a bold cut
	lineWidth  = 0.2
)

func (t textBox) height() float64 { return t.size * lineHeight }

// line is drawn lineWidth thick.
type line struct{ x1, y1, x2, y2 float64 }

// frame draws a rectangle.
func (d *drawing) frame(x, y, w, h float64) {
	d.lines = append(d.lines, line{x, y, x + w, y}, line{x, y + h, x + w, y + h}, line{x, y, x, y + h}, line{x + w, y, x + w, y + h})
}

// shorten cuts a text to a width in ems, with … at its end where something is missing.
func (f *faces) shorten(s string, width float64) string {
	if f.width(s) <= width {
		return s
	}
	left := width - f.width("…")
	for i, r := range s {
		if left -= f.width(string(r)); left < 0 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// wrap breaks a text into lines of a width in ems: Chinese anywhere but before a mark that closes, Latin words as a whole where they fit.
func (f *faces) wrap(s string, width float64) []string {
	var lines []string
	for s != "" {
		end := f.lineEnd(s, width)
		lines = append(lines, strings.TrimRight(s[:end], " "))
		s = strings.TrimLeft(s[end:], " ")
	}
	return lines
}

// lineEnd is how many bytes of a text go on its first line, one character at least.
func (f *faces) lineEnd(s string, width float64) int {
	good, sum := 0, 0.0
	var last rune
	for i, r := range s {
		if i > 0 && mayBreak(last, r) {
			good = i
		}
		if r != ' ' {
			if sum+f.width(string(r)) > width+1e-9 && i > 0 {
				if good == 0 {
					good = i // a word longer than the line
				}
				return good
			}
		}
		sum += f.width(string(r))
		last = r
	}
	return len(s)
}

func mayBreak(before, after rune) bool {
	const closing, opening = "，。、；：？！）》”’%…·,.;:?!)]", "（《“‘([·"
	switch {
	case strings.ContainsRune(closing, after), strings.ContainsRune(opening, before):
		return false
	case before == ' ':
		return true
	}
	return wide(before) || wide(after)
}

// wide tells Chinese characters and their punctuation from letters.
func wide(r rune) bool { return r >= 0x2E80 }

// groups writes a key in groups of four, "2A3C 4D5E 6F7G", as it is read out and typed in.
func groups(key string) []string {
	const four = 4
	var list []string
	rs := []rune(key)
	for len(rs) > 0 {
		n := min(four, len(rs))
		list = append(list, string(rs[:n]))
		rs = rs[n:]
	}
	return list
}
