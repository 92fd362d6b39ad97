package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An edit replaces a stretch of a file.
type edit struct {
	kind       string
	start, end int
	text       string
}

// A mutant is one edit of one file.
type mutant struct {
	edit
	source *source
	file   *sourceFile
}

// apply is the text of the file with the edit.
func (m mutant) apply() []byte {
	return slices.Concat(m.file.text[:m.start], []byte(m.text), m.file.text[m.end:])
}

func (m mutant) line() int { return 1 + strings.Count(string(m.file.text[:m.start]), "\n") }

// before and after are the changed lines, without the space around them; several lines are joined by a blank, and long ones are cut.
func (m mutant) before() string {
	start, end := m.wholeLines()
	return joinLines(string(m.file.text[start:end]))
}

func (m mutant) after() string {
	start, end := m.wholeLines()
	return joinLines(string(m.file.text[start:m.start]) + m.text + string(m.file.text[m.end:end]))
}

func joinLines(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 240 {
		return strings.ToValidUTF8(s[:240], "") + " …"
	}
	return s
}

// wholeLines widens the edit to whole lines.
func (m mutant) wholeLines() (start, end int) {
	text := string(m.file.text)
	start = strings.LastIndex(text[:m.start], "\n") + 1
	end = len(text)
	if i := strings.Index(text[m.end:], "\n"); i >= 0 {
		end = m.end + i
	}
	return start, end
}

// identity names the mutant in the list of equivalents: no line number, which other changes would move.
func (m mutant) identity() string { return identity(m.file.name, m.kind, m.before(), m.after()) }

func identity(file, kind, before, after string) string {
	return fmt.Sprintf("%s %s\n- %s\n+ %s", file, kind, before, after)
}

// describe is the mutant for people: the place, then a block that may be copied into the list of equivalents.
func (m mutant) describe() string {
	return fmt.Sprintf("%s:%d\n%s\n", m.file.name, m.line(), m.identity())
}

// equivalentsFile lists mutants that no test can notice, each with the reason.
const equivalentsFile = "scripts/mutation/equivalent.txt"

// readEquivalents reads the identities of the listed mutants. A block has a line with # and the reason, the file and kind, the line before
// and after.
func readEquivalents(root string) (map[string]bool, error) {
	content, err := os.ReadFile(filepath.Join(root, equivalentsFile))
	if err != nil {
		return nil, err
	}
	return parseEquivalents(string(content))
}

func parseEquivalents(content string) (map[string]bool, error) {
	known := map[string]bool{}
	for block := range strings.SplitSeq(content, "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		reasons := 0
		for reasons < len(lines) && strings.HasPrefix(lines[reasons], "#") {
			reasons++
		}
		if reasons == len(lines) { // a comment alone, or nothing
			continue
		}
		if reasons == 0 || len(lines) != reasons+3 {
			return nil, fmt.Errorf("%s: a block is a reason (# …), the file and kind, the line before (- …) and after (+ …): %q", equivalentsFile,
				block)
		}
		known[strings.Join(lines[reasons:], "\n")] = true
	}
	return known, nil
}
