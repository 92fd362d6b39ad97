package chain

import (
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/yousang/yousang/internal/trace"
)

var plainDecimal = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,6})?$`)

// Decimal is an exact decimal number of a chain file, in millionths, with up to nine digits before the point. The zero value is
// "unset".
type Decimal struct {
	text  string // as written, until checked; then the shortest form
	micro int64
}

// NewDecimal reads a plain decimal such as "0.97" or "-2". Errors: CodeBadValue.
func NewDecimal(s string) (Decimal, error) {
	if !plainDecimal.MatchString(s) {
		return Decimal{}, trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(s), "allowed", "0.97")
	}
	a, err := trace.ParseAmount(strings.TrimPrefix(s, "-"))
	if err != nil {
		return Decimal{}, err
	}
	if s[0] == '-' {
		a = -a
	}
	return Decimal{text: a.String(), micro: int64(a)}, nil
}

// UnmarshalYAML keeps the number digit for digit as the file has the number. The check of the file reads the number, so that a
// mistake is reported with its path.
func (d *Decimal) UnmarshalYAML(node ast.Node) error {
	d.text = scalarText(node)
	return nil
}

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// String is the shortest decimal: "0.97".
func (d Decimal) String() string { return trace.Amount(d.micro).String() }

// IsZero reports whether the file leaves the number out; a written 0 is stated.
func (d Decimal) IsZero() bool { return d.text == "" }

func (d Decimal) bigInt() *big.Int { return big.NewInt(d.micro) }

// Date is a day in China (UTC+8), the time zone of every county.
type Date struct {
	text  string
	start time.Time // its first instant
}

// UnmarshalYAML keeps the date as the file has the date, for the check of the file.
func (d *Date) UnmarshalYAML(node ast.Node) error {
	d.text = scalarText(node)
	return nil
}

// MarshalJSON writes "2026-01-31".
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// String is the date as 2026-01-31, "" where unset.
func (d Date) String() string {
	if d.start.IsZero() {
		return ""
	}
	return d.start.Format(time.DateOnly)
}

// IsZero reports whether the file leaves the date out.
func (d Date) IsZero() bool { return d.text == "" }

func (d *Date) parseText() error {
	t, err := time.ParseInLocation(time.DateOnly, d.text, trace.ChinaTime)
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return trace.E(trace.Invalid, trace.CodeBadValue, "", "value", trace.Clip(d.text), "allowed", "2026-01-31")
	}
	d.start = t
	return nil
}

// scalarText is the text of a plain value; for any other value a text that is no number and no date.
func scalarText(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode, *ast.FloatNode:
		return node.GetToken().Value
	}
	return "?" + trace.Clip(node.String())
}
