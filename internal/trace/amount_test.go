package trace

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

// expectCode fails unless an error is an Error of a code and a field.
func expectCode(t *testing.T, err error, code Code, field string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want %s", err, code)
	}
	if e.Code != code || e.Field != field {
		t.Fatalf("error = %v, want %s at %q", e, code, field)
	}
}

func TestParseAmount(t *testing.T) {
	for _, row := range []struct {
		in, want string // an empty want stands for a refusal
	}{
		{"412.5", "412.5"}, {"412.500", "412.5"}, {"0.000001", "0.000001"}, {"1.0000000000", "1"}, {"0", "0"}, {"007", "7"},
		{"1000000000", "1000000000"}, {"999999999.999999", "999999999.999999"},
		{"1000000000.000001", ""}, {"9999999999999.999999", ""}, {"9999999999999", ""}, {"18446744073709.551617", ""}, {"00000000000001", ""},
		{"0.0000001", ""}, {"1.2345678", ""}, {"", ""}, {".5", ""}, {"5.", ""}, {".", ""}, {"-1", ""}, {"+1", ""}, {"1e3", ""}, {"1,5", ""},
		{"1 000", ""}, {" 1", ""}, {"１", ""}, {"0x10", ""}, {"1.5x", ""}, {"1.0x0", ""}, {"1.x", ""}, {"NaN", ""}, {"1_0", ""}, {"1.2.3", ""},
	} {
		t.Run(row.in, func(t *testing.T) {
			a, err := ParseAmount(row.in)
			if row.want == "" {
				expectCode(t, err, CodeBadQuantity, "")
				return
			}
			if err != nil || a.String() != row.want {
				t.Fatalf("got %v, %v, want %s", a, err, row.want)
			}
		})
	}
}

func TestAmountJSON(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"412.50", "412.5"}, {`"412.5"`, "412.5"}, {"1e3", "1000"}, {"1.5E+2", "150"}, {"25e-1", "2.5"}, {"0.5e-5", "0.000005"},
		{`"1e3"`, "1000"},
		{"100000000000e-9", "100"}, {"1e9", "1000000000"}, {"0e0", "0"},
		{"1e10", ""}, {"1e999999", ""}, {"1e-999999", ""}, {"1.00000001e0", ""}, {"1e-7", ""}, {"-1e3", ""}, {`"0x1e5"`, ""}, {`"1/2e1"`, ""},
		{`"1_0e2"`, ""},
		{`"1e"`, ""}, {`"e1"`, ""}, {`".5e1"`, ""}, {`"1e1e1"`, ""}, {"null", ""}, {"true", ""}, {`""`, ""}, {"[]", ""}, {"-5", ""},
	} {
		t.Run(row.in, func(t *testing.T) {
			var a Amount
			err := json.Unmarshal([]byte(row.in), &a)
			if row.want == "" {
				expectCode(t, err, CodeBadQuantity, "")
				return
			}
			if err != nil || a.String() != row.want {
				t.Fatalf("got %v, %v, want %s", a, err, row.want)
			}
			if b, err := json.Marshal(a); err != nil || string(b) != row.want {
				t.Fatalf("marshal = %s, %v, want %s", b, err, row.want)
			}
		})
	}
}

func TestNegativeAmountIsWritten(t *testing.T) {
	if got := Amount(-1_500_000).String(); got != "-1.5" {
		t.Fatalf("got %s, want -1.5", got)
	}
	if got := Amount(-1).String(); got != "-0.000001" {
		t.Fatalf("got %s, want -0.000001", got)
	}
}

func TestBaseConvertsExactly(t *testing.T) {
	for _, row := range []struct {
		name   string
		amount string
		unit   Unit
		want   string
		base   Unit
	}{
		{"斤 is half a kilogram", "1", "斤", "0.5", Kilogram},
		{"odd 斤", "825.00001", "斤", "412.500005", Kilogram},
		{"smallest 斤", "0.000002", "斤", "0.000001", Kilogram},
		{"gram", "50", Gram, "0.05", Kilogram},
		{"milligram", "0.001", Gram, "0.000001", Kilogram},
		{"tonne", "1.234567891", Tonne, "", ""},
		{"tonne of six decimals", "1.234567", Tonne, "1234.567", Kilogram},
		{"the largest in tonnes", "1000000", Tonne, "1000000000", Kilogram},
		{"litre stays", "2.5", Litre, "2.5", Litre},
		{"half a sheet of eggs", "0.5", Sheet, "0.5", Sheet},
		{"boxes", "12", Box, "12", Box},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, err := ParseAmount(row.amount)
			if row.want == "" {
				expectCode(t, err, CodeBadQuantity, "")
				return
			}
			got, u, errBase := ToBaseUnit(a, row.unit)
			if err != nil || errBase != nil || got.String() != row.want || u != row.base {
				t.Fatalf("got %s %s, %v, %v, want %s %s", got, u, err, errBase, row.want, row.base)
			}
		})
	}
}

func TestBaseRefuses(t *testing.T) {
	for _, row := range []struct {
		name   string
		amount Amount
		unit   Unit
		code   Code
	}{
		{"nothing", 0, Kilogram, CodeBadQuantity},
		{"less than nothing", -AmountScale, Kilogram, CodeBadQuantity},
		{"half a millionth of a kilogram in 斤", 1, "斤", CodeBadQuantity},
		{"less than a milligram", 999, Gram, CodeBadQuantity},
		{"too many tonnes", Whole(1_000_001), Tonne, CodeBadQuantity},
		{"tonnes that would overflow", math.MaxInt64, Tonne, CodeBadQuantity},
		{"kilograms beyond the bound", MaxAmount + 1, Kilogram, CodeBadQuantity},
		{"half a box", AmountScale / 2, Box, CodeNotWhole},
		{"half a fruit", AmountScale / 2, Piece, CodeNotWhole},
		{"half a bag", AmountScale / 2, Bag, CodeNotWhole},
		{"a pallet and a bit", AmountScale + 1, Pallet, CodeNotWhole},
		{"no unit", AmountScale, "", CodeUnknownUnit},
		{"pounds", AmountScale, "LBR", CodeUnknownUnit},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := ToBaseUnit(row.amount, row.unit)
			expectCode(t, err, row.code, "")
		})
	}
}

func TestParseUnit(t *testing.T) {
	for in, want := range map[string]Unit{
		"kg": Kilogram, "公斤": Kilogram, " 千克 ": Kilogram, "KGM": Kilogram, "斤": "斤", "市斤": "斤", "g": Gram, "t": Tonne, "吨": Tonne, "个": Piece,
		"床": Piece, "株": Piece, "张": Sheet, "袋": Bag, "箱": Box, "托": Pallet, "L": Litre, "XBX": Box,
	} {
		if got, err := ParseUnit(in); err != nil || got != want {
			t.Errorf("ParseUnit(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "两", "lb", "kgm", "亩", strings.Repeat("斤", 1000)} {
		_, err := ParseUnit(in)
		expectCode(t, err, CodeUnknownUnit, "")
	}
}

func TestSumsDoNotWrap(t *testing.T) {
	if got := Amount(math.MaxInt64 - 1).addSaturating(5); got != math.MaxInt64 {
		t.Fatalf("got %d, want the largest amount", got)
	}
	if got := Whole(2).addSaturating(3); got != Whole(2)+3 {
		t.Fatalf("got %d", got)
	}
	if got := shareOf(math.MaxInt64, 3, 2); got != math.MaxInt64 {
		t.Fatalf("part = %d, want the largest amount", got)
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"412.5", "0.000001", "1e3", "9223372036854.775807", "-1", "1.50", "0x1", "1.5e-3", "00.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAmount(s)
		if err != nil {
			if a != 0 {
				t.Fatalf("%q refused but gave %d", s, a)
			}
			return
		}
		if a < 0 || a > MaxAmount {
			t.Fatalf("%q = %d, out of range", s, a)
		}
		again, err := ParseAmount(a.String())
		if err != nil || again != a {
			t.Fatalf("%q = %d, written %q, read again %d, %v", s, a, a.String(), again, err)
		}
		var viaJSON Amount
		if err := json.Unmarshal([]byte(`"`+s+`"`), &viaJSON); err != nil || viaJSON != a {
			t.Fatalf("%q = %d, from JSON %d, %v", s, a, viaJSON, err)
		}
	})
}
