package register

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

var (
	fullDate = regexp.MustCompile(`^([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})[日号]?` +
		`(?:[ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?$`)
	shortDate = regexp.MustCompile(`^([0-9]{1,2})(?:月([0-9]{1,2})[日号]?|[-/]([0-9]{1,2}))$`)
	runDate   = regexp.MustCompile(`^(20[0-9]{2})([0-9]{2})([0-9]{2})$`)
	serial    = regexp.MustCompile(`^([0-9]{5})(?:\.[0-9]+)?$`)
	titleYear = regexp.MustCompile(`(20[0-9]{2})\s*年?`)
)

// calendar says how the dates of one table are read.
type calendar struct {
	year   int  // year of dates that state none; 0 where the table states no year
	from04 bool // serial numbers count from 1904 (old Macintosh workbooks)
}

// parseDate parses a day as clerks write days: 2026-10-28, 2026.10.28, 2026/5/18, 2026年10月28日, 10月28日, 20261028, or the serial
// number of a spreadsheet. A year of two digits is not guessed. Codes: CodeDateMissing, CodeDateImpossible (13 月),
// CodeDateUnreadable, CodeDateYear, CodeDateFar (with the day that was read).
func (c calendar) parseDate(s string) (time.Time, Code) {
	s = strings.TrimSpace(foldWidth(s))
	if s == "" {
		return time.Time{}, CodeDateMissing
	}
	if m := serial.FindStringSubmatch(s); m != nil {
		return c.parseSerial(m[1])
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, " 00:00:00", ""), " ", "")
	if m := runDate.FindStringSubmatch(s); m != nil {
		return c.buildDay(m[1], m[2], m[3])
	}
	if m := fullDate.FindStringSubmatch(s); m != nil {
		return c.buildDay(m[1], m[2], m[3])
	}
	if m := shortDate.FindStringSubmatch(s); m != nil {
		if c.year == 0 {
			return time.Time{}, CodeDateYear
		}
		return c.buildDay(strconv.Itoa(c.year), m[1], m[2]+m[3])
	}
	return time.Time{}, CodeDateUnreadable
}

func (c calendar) parseSerial(s string) (time.Time, Code) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 20_000 || n > 80_000 { // 1954–2119
		return time.Time{}, CodeDateUnreadable
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, trace.ChinaTime)
	if c.from04 {
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, trace.ChinaTime)
	}
	return c.checkYear(start.AddDate(0, 0, n))
}

func (c calendar) buildDay(y, m, d string) (time.Time, Code) {
	year, _ := strconv.Atoi(y) // digits only, by the patterns
	month, _ := strconv.Atoi(m)
	day, _ := strconv.Atoi(d)
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, trace.ChinaTime)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return time.Time{}, CodeDateImpossible
	}
	return c.checkYear(t)
}

// checkYear refuses a year far from the year of the register: 2062 for 2026.
func (c calendar) checkYear(t time.Time) (time.Time, Code) {
	if c.year != 0 && (t.Year() < c.year-1 || t.Year() > c.year+1) || t.Year() < 1990 {
		return t, CodeDateFar
	}
	return t, ""
}

// countDays counts the calendar days from a to b.
func countDays(a, b time.Time) int {
	return int(b.Sub(a).Hours() / 24) // both are midnights of one fixed zone
}

func formatDay(t time.Time) string { return t.Format(time.DateOnly) }
