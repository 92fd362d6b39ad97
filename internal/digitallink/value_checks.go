package digitallink

import (
	"math/bits"
	"strings"
	"time"
)

// lints are the checks of content that the dictionary names, a bit each.
type lints uint64

const (
	lintCsum lints = 1 << iota
	lintCsumalpha
	lintGcppos1
	lintGcppos2
	lintYymmd0
	lintYymmdd
	lintYyyymmdd
	lintHhmi
	lintHh
	lintMi
	lintSs
	lintPcenc
	lintLatitude
	lintLongitude
	lintYesno
	lintHyphen
	lintImporteridx
	lintMediatype
	lintIso5218
	lintPosinseqslash
	lintNonzero
	lintWinding
	lintZero
	lintPieceoftotal
	lintIban
	lintNozeroprefix
	lintHasnondigit
	lintIso3166alpha2
	lintIso3166
	lintIso3166999
	lintIso4217
	lintPackagetype
	lintCouponcode
	lintCouponposoffer
)

// lintTable has a line for every bit, in the order of the bits. Lists that other bodies keep and change (countries, currencies,
// kinds of package, North American coupons) are not checked, only their length and characters: good is nil.
var lintTable = [...]struct {
	name    string // as in the dictionary
	good    func(string) bool
	allowed string
}{
	{"csum", func(s string) bool { return s[len(s)-1] == checkDigit(s[:len(s)-1]) }, ""},
	{"csumalpha", checkPair, "正确的末两位校验字符 / correct check characters at the end"},
	{"gcppos1", startsWithPrefix, "以厂商识别代码（数字）开头 / to begin with a company prefix of digits"},
	{"gcppos2", func(s string) bool { return len(s) > 0 && startsWithPrefix(s[1:]) }, "厂商识别代码（数字） / a company prefix of digits"},
	{"yymmd0", func(s string) bool { return isDay(s, true) }, "日期 YYMMDD（日可以是 00） / a date YYMMDD, the day may be 00"},
	{"yymmdd", func(s string) bool { return isDay(s, false) }, "日期 YYMMDD / a date YYMMDD"},
	{"yyyymmdd", func(s string) bool { return isTime("20060102", s) }, "日期 YYYYMMDD / a date YYYYMMDD"},
	{"hhmi", func(s string) bool { return s < "2400" && s[2:] < "60" }, "时间 HHMM / a time HHMM"},
	{"hh", func(s string) bool { return s < "24" }, "00–23"},
	{"mi", func(s string) bool { return s < "60" }, "00–59"},
	{"ss", func(s string) bool { return s < "60" }, "00–59"},
	{"pcenc", func(s string) bool { _, good := decodePercent(s, false); return good }, "% 后面跟两位十六进制数 / % followed by two hex digits"},
	{"latitude", func(s string) bool { return s <= "1800000000" }, "0–1800000000"},
	{"longitude", func(s string) bool { return s <= "3600000000" }, "0–3600000000"},
	{"yesno", isOneOf("01"), "0–1"},
	{"hyphen", func(s string) bool { return strings.Trim(s, "-") == "" }, "-"},
	{"importeridx", func(s string) bool { return len(s) == 1 && set64.containsAll(s) && s != "=" },
		"一位字母、数字、- 或 _ / one letter, digit, - or _"},
	{"mediatype", func(s string) bool { return s >= "01" && s <= "10" || s >= "80" }, "01–10, 80–99"},
	{"iso5218", isOneOf("0129"), "0, 1, 2, 9"},
	{"posinseqslash", isSequence, "如 2/3 / such as 2/3"},
	{"nonzero", func(s string) bool { return strings.Trim(s, "0") != "" }, "大于 0 的数 / a number above 0"},
	{"winding", isOneOf("019"), "0, 1, 9"},
	{"zero", func(s string) bool { return strings.Trim(s, "0") == "" }, "0"},
	{"pieceoftotal", isPieceOfTotal, "件号和总件数，如 0103 / piece and total, such as 0103"},
	{"iban", isIBAN, "IBAN 账号 / an IBAN"},
	{"nozeroprefix", func(s string) bool { return s == "0" || s[0] != '0' }, "不以 0 开头的数 / a number without a zero in front"},
	{"hasnondigit", func(s string) bool { return !digits.containsAll(s) }, "至少有一位不是数字 / at least one character that is no digit"},
	{"iso3166alpha2", func(s string) bool { return set39.containsAll(s) && strings.Trim(s, "0123456789#-/") == s },
		"两位国家代码，如 CN / a country code such as CN"},
	{"iso3166", nil, ""},
	{"iso3166999", nil, ""},
	{"iso4217", nil, ""},
	{"packagetype", nil, ""},
	{"couponcode", nil, ""},
	{"couponposoffer", nil, ""},
}

// runChecks runs the checks on a component whose length and characters are right; the phrase says which values would pass.
func (l lints) runChecks(s string) (phrase string, good bool) {
	for ; l != 0; l &= l - 1 {
		lint := &lintTable[bits.TrailingZeros64(uint64(l))]
		if lint.good == nil || lint.good(s) {
			continue
		}
		if lint.name == "csum" {
			want := string(checkDigit(s[:len(s)-1]))
			return "校验码 " + want + " / check digit " + want, false
		}
		return lint.allowed, false
	}
	return "", true
}

// checkDigit is the check digit of numeric keys (General Specifications, 7.9.1).
func checkDigit(key string) byte {
	sum := 0
	for i, weight := len(key)-1, 3; i >= 0; i, weight = i-1, 4-weight {
		sum += int(key[i]-'0') * weight
	}
	return byte('0' + (10-sum%10)%10)
}

// checkPair checks the two check characters of a GMN (General Specifications, check characters of alphanumeric keys): the places of the
// characters in set 82, weighted from the right by the primes, modulo 1021, written in two characters of a set of 32.
func checkPair(s string) bool {
	const places = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	const checkCharacters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	primes := [...]int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83}
	n := len(s) - 2
	if n < 0 || n > len(primes) {
		return false
	}
	sum := 0
	for i := range n {
		sum += strings.IndexByte(places, s[i]) * primes[n-1-i]
	}
	sum %= 1021
	return s[n] == checkCharacters[sum>>5] && s[n+1] == checkCharacters[sum&31]
}

// startsWithPrefix reports whether s may begin with a GS1 company prefix 厂商识别代码, of which the shortest has four digits. The
// allocated prefixes are not known here.
func startsWithPrefix(s string) bool { return len(s) >= 4 && digits.containsAll(s[:4]) }

func isTime(layout, s string) bool {
	_, err := time.Parse(layout, s)
	return err == nil
}

// isDay checks YYMMDD. The century does not matter: 1900 is no year of the sliding window, so every fourth year leaps.
func isDay(s string, zero bool) bool {
	if zero && s[4:] == "00" {
		s = s[:4] + "01"
	}
	return isTime("20060102", "20"+s)
}

func isOneOf(list string) func(string) bool {
	return func(s string) bool { return strings.Contains(list, s) }
}

// isSequence checks "2/3": both numbers from 1, no zero in front, the first not above the second.
func isSequence(s string) bool {
	at, end, found := strings.Cut(s, "/")
	if !found || at == "" || end == "" || at[0] == '0' || end[0] == '0' || !digits.containsAll(at) || !digits.containsAll(end) {
		return false
	}
	return len(at) < len(end) || len(at) == len(end) && at <= end
}

func isPieceOfTotal(s string) bool {
	piece, total := s[:len(s)/2], s[len(s)/2:]
	return strings.Trim(piece, "0") != "" && piece <= total
}

// isIBAN checks capitals, digits and the check digits of ISO 13616: the first four moved to the end, letters as 10 to 35, modulo 97 is 1.
func isIBAN(s string) bool {
	if len(s) <= 4 {
		return false
	}
	rest := 0
	for i := range len(s) {
		c := s[(i+4)%len(s)]
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A'+10)) % 97
		default:
			return false
		}
	}
	return rest == 1
}
