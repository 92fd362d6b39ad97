package story

import (
	"regexp"
	"strings"
)

var (
	longNumber  = regexp.MustCompile(`\d[\d \-]{8,}[\dXx]`)
	personWords = []string{"姓名", "电话", "手机", "身份证", "农户", "种植户", "养殖户", "联系人", "户主", "责任人", "操作人", "经办人", "负责人", "签名",
		"grower", "farmer", "phone", "mobile", "person", "contact", "signature"}
)

// looksPersonal reports whether a named value looks like something about a person. Such values have no place in the log; a value of this
// kind that came in through another system is not shown.
func looksPersonal(name, value string) bool {
	lower := strings.ToLower(name)
	for _, w := range personWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return maskNumbers(value) != value
}

// maskNumbers replaces each number that looks like a telephone number (11 digits that begin with 1) or an identity number (15 or 18
// digits) by an ellipsis.
func maskNumbers(text string) string {
	return longNumber.ReplaceAllStringFunc(text, func(s string) string {
		digits := strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' {
				return -1
			}
			return r
		}, s)
		if len(digits) == 11 && digits[0] == '1' || len(digits) == 18 || len(digits) == 15 {
			return "…"
		}
		return s
	})
}
