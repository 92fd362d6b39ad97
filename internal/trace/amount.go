package trace

import (
	"math"
	"strconv"
	"strings"
)

// Amount is an exact quantity in millionths of its unit (a kilogram amount counts milligrams). Sums and differences are exact
// integers; nothing is ever rounded. Largest: about 9.2 × 10¹² units. See docs/adr/0003.
type Amount int64

// AmountScale is the number of millionths in one whole unit.
const AmountScale = 1_000_000

// MaxAmount bounds what one record may state, a billion units (a million tonnes in kg), so that sums cannot overflow.
const MaxAmount Amount = 1_000_000_000 * AmountScale

// Whole makes an amount of n whole units.
func Whole(n int64) Amount { return Amount(n * AmountScale) }

// ParseAmount reads a plain decimal ("412.5"), at most six decimals, without sign, exponent or separators. Errors: CodeBadQuantity, for the
// person who typed the number.
func ParseAmount(s string) (Amount, error) {
	bad := func() (Amount, error) { return 0, E(Invalid, CodeBadQuantity, "", "value", Clip(s)) }
	whole, frac, dot := strings.Cut(s, ".")
	if whole == "" || (dot && frac == "") || len(whole) > 13 {
		return bad()
	}
	trimmed := strings.TrimRight(frac, "0")
	if len(trimmed) > 6 {
		return bad()
	}
	var n int64
	for _, part := range []string{whole, trimmed} {
		for i := 0; i < len(part); i++ {
			c := part[i]
			if c < '0' || c > '9' {
				return bad()
			}
			n = n*10 + int64(c-'0')
		}
	}
	if strings.Trim(frac, "0123456789") != "" {
		return bad()
	}
	for i := len(trimmed); i < 6; i++ {
		n *= 10
		if n < 0 {
			return bad()
		}
	}
	if n < 0 || Amount(n) > MaxAmount {
		return bad()
	}
	return Amount(n), nil
}

// String writes the shortest decimal: "412.5".
func (a Amount) String() string { return string(a.appendDecimal(nil)) }

func (a Amount) appendDecimal(b []byte) []byte {
	n := int64(a)
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	b = appendInt(b, n/AmountScale)
	f := n % AmountScale
	if f == 0 {
		return b
	}
	digits := [6]byte{}
	for i := 5; i >= 0; i-- {
		digits[i] = byte('0' + f%10)
		f /= 10
	}
	return append(append(b, '.'), strings.TrimRight(string(digits[:]), "0")...)
}

func appendInt(b []byte, n int64) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// MarshalJSON writes a JSON number, digit for digit.
func (a Amount) MarshalJSON() ([]byte, error) { return a.appendDecimal(nil), nil }

// UnmarshalJSON reads a JSON number or a string holding one; an exponent is accepted where the value is exact ("1e3").
func (a *Amount) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	n, err := ParseAmount(expandExponent(s))
	*a = n
	if err != nil {
		return E(Invalid, CodeBadQuantity, "", "value", Clip(s))
	}
	return nil
}

// expandExponent moves the decimal point of a number with an exponent ("1.5e3" → "1500"); a text that cannot be read is returned unchanged.
// Exponents beyond what an Amount can hold are not read, so that "1e999999" costs nothing.
func expandExponent(s string) string {
	mantissa, exponent, ok := strings.Cut(strings.ReplaceAll(s, "E", "e"), "e")
	if !ok {
		return s
	}
	exp, err := strconv.Atoi(exponent)
	whole, frac, _ := strings.Cut(mantissa, ".")
	if err != nil || exp < -20 || exp > 20 || len(mantissa) > 40 || whole == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return s
	}
	whole, frac = strings.Repeat("0", 20)+whole, frac+strings.Repeat("0", 20)
	digits, point := whole+frac, len(whole)+exp
	whole, frac = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// addSaturating adds without wrapping around: a sum that is too large to count stays the largest amount.
func (a Amount) addSaturating(b Amount) Amount {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Float is for shares and drawing only, never for the ledger.
func (a Amount) Float() float64 { return float64(a) / AmountScale }

// Unit is a unit of the ledger, by its UN/ECE Recommendation 20/21 code; 斤 is read and becomes KGM.
type Unit string

// The units that occur (reference: chains of 柚子 and 蚕桑). 床, 株 and 枚 are pieces with the product's own count word.
const (
	Kilogram Unit = "KGM"
	Gram     Unit = "GRM"
	Tonne    Unit = "TNE"
	Piece    Unit = "H87" // 个
	Litre    Unit = "LTR"
	Sheet    Unit = "ST"  // 张: a sheet of silkworm eggs; halves are sold
	Bag      Unit = "XBG" // 袋
	Box      Unit = "XBX" // 箱
	Pallet   Unit = "XPX" // 托
)

type unitFact struct {
	base  Unit  // the unit the ledger keeps
	num   int64 // one of this is num/den of the base, exactly
	den   int64
	whole bool
}

var units = map[Unit]unitFact{
	Kilogram: {Kilogram, 1, 1, false},
	Gram:     {Kilogram, 1, 1000, false},
	Tonne:    {Kilogram, 1000, 1, false},
	"斤":      {Kilogram, 1, 2, false},
	Litre:    {Litre, 1, 1, false},
	Sheet:    {Sheet, 1, 1, false},
	Piece:    {Piece, 1, 1, true},
	Bag:      {Bag, 1, 1, true},
	Box:      {Box, 1, 1, true},
	Pallet:   {Pallet, 1, 1, true},
}

// unitNames are the spellings people use for the codes above.
var unitNames = map[string]Unit{
	"kg": Kilogram, "KG": Kilogram, "千克": Kilogram, "公斤": Kilogram, "g": Gram, "克": Gram, "t": Tonne, "吨": Tonne,
	"斤": "斤", "市斤": "斤", "jin": "斤", "个": Piece, "枚": Piece, "床": Piece, "株": Piece, "L": Litre, "升": Litre, "张": Sheet,
	"袋": Bag, "箱": Box, "托": Pallet,
}

// ParseUnit reads a code or a usual spelling. Errors: CodeUnknownUnit.
func ParseUnit(s string) (Unit, error) {
	s = strings.TrimSpace(s)
	if u, ok := unitNames[s]; ok {
		return u, nil
	}
	if _, ok := units[Unit(s)]; ok {
		return Unit(s), nil
	}
	return "", E(Invalid, CodeUnknownUnit, "", "value", Clip(s))
}

// ToBaseUnit converts exactly to the unit the ledger keeps (kg for 斤, g and t). Errors: CodeUnknownUnit; CodeBadQuantity where the result
// would need more than six decimals or is out of range; CodeNotWhole for a fraction of a countable thing.
func ToBaseUnit(a Amount, u Unit) (Amount, Unit, error) {
	f, ok := units[u]
	if !ok {
		return 0, "", E(Invalid, CodeUnknownUnit, "", "value", Clip(string(u)))
	}
	if a <= 0 || int64(a) > math.MaxInt64/f.num || int64(a)*f.num%f.den != 0 {
		return 0, "", E(Invalid, CodeBadQuantity, "", "value", a.String())
	}
	b := Amount(int64(a) * f.num / f.den)
	if b > MaxAmount {
		return 0, "", E(Invalid, CodeBadQuantity, "", "value", a.String())
	}
	if f.whole && b%AmountScale != 0 {
		return 0, "", E(Invalid, CodeNotWhole, "", "value", a.String(), "unit", string(u))
	}
	return b, f.base, nil
}

// Quantity is an amount with its unit.
type Quantity struct {
	Amount Amount `json:"amount"`
	Unit   Unit   `json:"unit"`
}
