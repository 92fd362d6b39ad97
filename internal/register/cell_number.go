package register

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// figure is a number as a clerk wrote the number, in millionths, with its plus or minus and the unit behind the number.
type figure struct {
	micro int64
	unit  string // "" where the cell has none
}

var (
	plainNumber   = regexp.MustCompile(`^([+-]?)([0-9]{1,15}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?)$`)
	groupedNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?$`)
	withUnit      = regexp.MustCompile(`^(.*[0-9])\s*([\p{Han}a-zA-Z]{1,3}|%)$`)
	separators    = strings.NewReplacer(",", "", " ", "")
)

// parseNumber parses a number in the spellings that clerks use: ２８９８, 1,686, 457斤, and the long decimals that spreadsheets
// store. Separators are accepted only between thousands: 1,68 is more likely a slip than 168. Codes: CodeNumberMissing,
// CodeNumberUnreadable.
func parseNumber(s string) (figure, Code) {
	s = strings.TrimSpace(foldWidth(s))
	if s == "" {
		return figure{}, CodeNumberMissing
	}
	var f figure
	if m := withUnit.FindStringSubmatch(s); m != nil && !plainNumber.MatchString(s) {
		s, f.unit = strings.TrimSpace(m[1]), m[2]
	}
	if groupedNumber.MatchString(s) {
		s = separators.Replace(s)
	}
	m := plainNumber.FindStringSubmatch(s)
	if m == nil {
		return figure{}, CodeNumberUnreadable
	}
	r, ok := new(big.Rat).SetString(m[2])
	if !ok {
		return figure{}, CodeNumberUnreadable
	}
	n, ok := toMillionths(r)
	if !ok || n > int64(trace.MaxAmount) {
		return figure{}, CodeNumberUnreadable
	}
	if m[1] == "-" {
		n = -n
	}
	f.micro = n
	return f, ""
}

// toMillionths converts r exactly, and rounds r where r is within 10⁻⁹ of a whole millionth: a spreadsheet stores 52.3 as
// 52.299999999999997. The result is false for any other number.
func toMillionths(r *big.Rat) (int64, bool) {
	scaled := new(big.Rat).Mul(r, big.NewRat(trace.AmountScale, 1))
	n := new(big.Int).Add(new(big.Int).Mul(scaled.Num(), big.NewInt(2)), scaled.Denom())
	n.Div(n, new(big.Int).Mul(scaled.Denom(), big.NewInt(2)))
	off := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(n))
	if off.Abs(off).Cmp(big.NewRat(1, 1000)) > 0 || !n.IsInt64() {
		return 0, false
	}
	return n.Int64(), true
}

// absoluteAmount is the figure without its plus or minus.
func (f figure) absoluteAmount() trace.Amount {
	if f.micro < 0 {
		return trace.Amount(-f.micro)
	}
	return trace.Amount(f.micro)
}

func (f figure) String() string { return trace.Amount(f.micro).String() }

// isTypedNumber reports whether a spreadsheet reads a cell of a CSV file as a number. Any other cell is text to the
// spreadsheet, and SUM leaves the cell out.
func isTypedNumber(s string) bool { return plainNumber.MatchString(strings.TrimSpace(s)) }

// matchesPayment reports whether weight × price is the amount of money, to the cent. Weight and price are per the same unit.
func matchesPayment(weight, price, money int64) (product string, ok bool) {
	p := new(big.Int).Mul(big.NewInt(weight), big.NewInt(price)) // 10⁻¹²
	diff := new(big.Int).Sub(p, new(big.Int).Mul(big.NewInt(money), big.NewInt(trace.AmountScale)))
	if diff.Abs(diff).Cmp(big.NewInt(5_000_000_000)) <= 0 { // half a cent: 0.005 × 10¹²
		return "", true
	}
	return new(big.Rat).SetFrac(p, big.NewInt(trace.AmountScale*trace.AmountScale)).FloatString(2), false
}
