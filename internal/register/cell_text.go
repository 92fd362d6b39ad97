package register

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/yousang/yousang/internal/trace"
)

// foldWidth makes full-width characters half-width, and makes the several dashes and spaces one, so that １，６８６ reads as 1,686.
func foldWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　' || r == '\u00a0':
			return ' '
		case r == '–' || r == '—' || r == '−' || r == '‐':
			return '-'
		case r == '。':
			return '.'
		case r == '\ufeff' || r == '\u200b' || r == '\u200c' || r == '\u200d':
			return -1
		}
		return r
	}, s)
}

// removeSpace removes all white space: 中 元 村 is 中元村.
func removeSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// tidyName writes a name as names are recorded: without white space, digits and Latin letters half-width, Chinese punctuation
// kept.
func tidyName(s string) string {
	return removeSpace(strings.Map(func(r rune) rune {
		if f := foldWidth(string(r)); f == "" || f == "-" || len(f) == 1 && (f[0] >= '0' && f[0] <= '9' || f[0] >= 'A' && f[0] <= 'Z' ||
			f[0] >= 'a' && f[0] <= 'z') {
			for _, one := range f {
				return one
			}
			return -1
		}
		return r
	}, s))
}

// normalizeName writes a name as names are compared.
func normalizeName(s string) string { return strings.ToLower(removeSpace(foldWidth(s))) }

// isSubsequence reports whether the characters of a stand in b in the same order: 龙滩村合作社 in 合兴街道龙滩村柚子专业合作社. Short names of
// organisations are made in this way.
func isSubsequence(a, b string) bool {
	rest := []rune(normalizeName(b))
	for _, r := range normalizeName(a) {
		at := -1
		for i, x := range rest {
			if x == r {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
		rest = rest[at+1:]
	}
	return true
}

// matchesName reports whether one of two names is the other name, or a short form of the other name.
func matchesName(a, b string) bool {
	if len([]rune(normalizeName(a))) < 3 || len([]rune(normalizeName(b))) < 3 {
		return normalizeName(a) == normalizeName(b)
	}
	return isSubsequence(a, b) || isSubsequence(b, a)
}

var (
	growerCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,19}$`)
	phone      = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	identity   = regexp.MustCompile(`^[0-9]{15}$|^[0-9]{17}[0-9X]$`)
	longNumber = regexp.MustCompile(`[0-9][0-9Xx -]{6,}`)
)

// parseGrower parses a grower's code. Names, telephone numbers and identity card numbers are refused: nothing is ever deleted
// from the log, so personal data must not enter the log (个人信息保护法).
func parseGrower(s string) (string, Code) {
	code := strings.ToUpper(tidyName(foldWidth(s)))
	switch {
	case code == "":
		return "", CodeGrowerMissing
	case !growerCode.MatchString(code) || !strings.ContainsAny(code, "0123456789") || phone.MatchString(code) || identity.MatchString(code):
		return "", CodeGrowerPersonal
	}
	return code, ""
}

// mayBePersonal reports whether a remark holds a number that may be a telephone number or an identity card number.
func mayBePersonal(s string) bool { return longNumber.MatchString(foldWidth(s)) }

// clipCell shortens a cell for a report.
func clipCell(s string) string {
	s = strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ")
	return trace.ClipTo(s, 40)
}
