package locale

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Quantity writes 412.5 千克, 12 箱; in English 412.5 kg, 12 boxes. A product's own count word 床, 株 replaces 个 in Chinese.
func (p *Printer) Quantity(q trace.Quantity, countWord ...string) string {
	n := groupThousands(q.Amount.String())
	word := p.unitWord(q.Unit, q.Amount == trace.Whole(1))
	if q.Unit == trace.Piece && p.lang == Chinese && len(countWord) > 0 && countWord[0] != "" {
		word = countWord[0]
	}
	if word == "" {
		return n
	}
	return n + " " + word
}

// unitWord is the word for a unit; a unit unknown to the ledger is written unchanged.
func (p *Printer) unitWord(u trace.Unit, one bool) string {
	w, ok := p.units[u]
	switch {
	case !ok:
		return string(u)
	case one:
		return w.one
	}
	return w.many
}

// Jin writes a mass in 斤 (half a kilogram), "825 斤", and "" for a quantity in another unit than kilograms.
func (p *Printer) Jin(q trace.Quantity) string {
	if q.Unit != trace.Kilogram || q.Amount > math.MaxInt64/2 || q.Amount < math.MinInt64/2 {
		return ""
	}
	return groupThousands((q.Amount * 2).String()) + " " + p.unitWord("斤", false)
}

// Number writes a whole number with its thousands grouped.
func (p *Printer) Number(n int) string { return groupThousands(strconv.Itoa(n)) }

// Date writes the day in China, 2026年11月3日 or 3 November 2026; "" for no time.
func (p *Printer) Date(t time.Time) string { return p.formatDate(t.In(trace.ChinaTime)) }

// DateTime writes the day and the minute in China.
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t = t.In(trace.ChinaTime); p.lang == Chinese {
		return t.Format("2006年1月2日 15:04")
	}
	return t.Format("2 January 2006, 15:04")
}

// formatDate writes the day of a time in its own zone.
func (p *Printer) formatDate(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case p.lang == Chinese:
		return t.Format("2006年1月2日")
	}
	return t.Format("2 January 2006")
}

// Percent writes a share (0…1) in whole per cent. A share above 0 is never written as 0 %, a share below 1 never as 100 %. A number outside
// 0…1 gives "".
func (p *Printer) Percent(share float64) string {
	const dust = 1e-9 // rounding error of sums of shares
	if math.IsNaN(share) || share < -dust || share > 1+dust {
		return ""
	}
	switch n := math.Round(share * 100); {
	case n < 1 && share > dust:
		return p.T("figure.under", "Percent", "1%")
	case n > 99 && share < 1-dust:
		return p.T("figure.over", "Percent", "99%")
	default:
		return strconv.Itoa(int(n)) + "%"
	}
}

// groupThousands puts commas between the thousands of a plain decimal; any other text passes unchanged.
func groupThousands(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, dot := strings.Cut(s, ".")
	if len(whole) < 4 || strings.Trim(whole+frac, "0123456789") != "" {
		return sign + s
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	if dot {
		b.WriteString("." + frac)
	}
	return b.String()
}

// formatRatio writes a value in a chain template's unit: 23%, 42 千克/亩, 6 °C.
func (p *Printer) formatRatio(value, unit string) string {
	if value == "" {
		return ""
	}
	value, unit = groupThousands(value), p.translateRatioUnit(unit)
	switch {
	case unit == "":
		return value
	case strings.HasPrefix(unit, "%"):
		return value + unit
	}
	return value + " " + unit
}

// translateRatioUnit translates the words of a chain template's unit, "kg/亩" or "g/50 g"; other words stay unchanged.
func (p *Printer) translateRatioUnit(unit string) string {
	sides := strings.Split(unit, "/")
	for i, side := range sides {
		words := strings.Fields(side)
		for j, w := range words {
			if id := "measure." + w; p.Has(id) {
				words[j] = p.T(id)
			}
		}
		sides[i] = strings.Join(words, " ")
	}
	return strings.Join(sides, "/")
}
