package label

import (
	"strings"
	"unicode"

	"github.com/yousang/yousang/internal/pdf"
)

// shortenText cuts a text to a width in ems, with … at its end where something is missing.
func shortenText(fonts *pdf.Fonts, text string, width float64) string {
	if fonts.Width(text) <= width {
		return text
	}
	room := width - fonts.Width("…")
	for i, r := range text {
		if room -= fonts.Width(string(r)); room < 0 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

// wrapText breaks a text into lines of a width in ems: Chinese after any character but before a closing mark, Latin words as a whole where
// they fit.
func wrapText(fonts *pdf.Fonts, text string, width float64) []string {
	var lines []string
	for text != "" {
		end := findLineEnd(fonts, text, width)
		lines = append(lines, strings.TrimRight(text[:end], " "))
		text = strings.TrimLeft(text[end:], " ")
	}
	return lines
}

// findLineEnd is the number of bytes of a text that go on its first line, one character at least.
func findLineEnd(fonts *pdf.Fonts, text string, width float64) int {
	breakAt, sum := 0, 0.0
	var last rune
	for i, r := range text {
		if i > 0 && mayBreak(last, r) {
			breakAt = i
		}
		if r != ' ' && sum+fonts.Width(string(r)) > width+1e-9 && i > 0 {
			if breakAt == 0 {
				breakAt = i // a word longer than the line
			}
			return breakAt
		}
		sum += fonts.Width(string(r))
		last = r
	}
	return len(text)
}

// mayBreak reports whether a line may end between two characters.
func mayBreak(before, after rune) bool {
	const closing, opening = "，。、；：？！）》”’%…·,.;:?!)]", "（《“‘([·"
	switch {
	case strings.ContainsRune(closing, after), strings.ContainsRune(opening, before):
		return false
	case before == ' ':
		return true
	}
	return isWide(before) || isWide(after)
}

// isWide tells Chinese characters and their punctuation from letters.
func isWide(r rune) bool { return r >= 0x2E80 }

// splitKey cuts a key into groups of four characters, "2A3C 4D5E 6F7G", as people read and type it.
func splitKey(key string) []string {
	const groupLength = 4
	var groups []string
	characters := []rune(key)
	for len(characters) > 0 {
		n := min(groupLength, len(characters))
		groups = append(groups, string(characters[:n]))
		characters = characters[n:]
	}
	return groups
}

// joinLines makes a text one line: each run of space and control characters becomes one space.
func joinLines(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
