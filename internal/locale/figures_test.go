package locale

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func TestQuantity(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct {
		name   string
		amount trace.Amount
		unit   trace.Unit
		word   string
		zh, en string
	}{
		{"kilograms", 412_500_000, trace.Kilogram, "", "412.5 千克", "412.5 kg"},
		{"thousands", 12_345_670_000, trace.Kilogram, "", "12,345.67 千克", "12,345.67 kg"},
		{"a million", trace.Whole(1_000_000), trace.Kilogram, "", "1,000,000 千克", "1,000,000 kg"},
		{"a milligram", 1, trace.Kilogram, "", "0.000001 千克", "0.000001 kg"},
		{"nothing", 0, trace.Kilogram, "", "0 千克", "0 kg"},
		{"below nothing", -trace.Whole(1500), trace.Kilogram, "", "-1,500 千克", "-1,500 kg"},
		{"one box", trace.Whole(1), trace.Box, "", "1 箱", "1 box"},
		{"boxes", trace.Whole(12), trace.Box, "", "12 箱", "12 boxes"},
		{"half a sheet", 500_000, trace.Sheet, "", "0.5 张", "0.5 sheets"},
		{"pieces", trace.Whole(3), trace.Piece, "", "3 个", "3 pcs"},
		{"quilts", trace.Whole(3), trace.Piece, "床", "3 床", "3 pcs"},
		{"a count word for what is weighed", trace.Whole(3), trace.Kilogram, "个", "3 千克", "3 kg"},
		{"a unit of tomorrow", trace.Whole(3), "XYZ", "", "3 XYZ", "3 XYZ"},
		{"no unit", trace.Whole(3), "", "", "3", "3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := trace.Quantity{Amount: test.amount, Unit: test.unit}
			if got := zh.Quantity(q, test.word); got != test.zh {
				t.Errorf("got %s, want %s", got, test.zh)
			}
			if got := en.Quantity(q, test.word); got != test.en {
				t.Errorf("got %s, want %s", got, test.en)
			}
		})
	}
}

func TestEveryUnitHasAWord(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, code := range findConstants(t, "../trace", "") {
		u, err := trace.ParseUnit(code)
		if err != nil || string(u) != code {
			continue
		}
		for _, p := range []*Printer{zh, en} {
			if got := p.Quantity(trace.Quantity{Amount: trace.Whole(2), Unit: u}); strings.Contains(got, code) {
				t.Errorf("%s has no word for %s: %s", p.Lang(), code, got)
			}
			if !p.Has("name." + code) {
				t.Errorf("no name.%s", code)
			}
		}
	}
}

func TestJin(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct {
		name   string
		q      trace.Quantity
		zh, en string
	}{
		{"kilograms", trace.Quantity{Amount: 412_500_000, Unit: trace.Kilogram}, "825 斤", "825 jin"},
		{"thousands", trace.Quantity{Amount: 1_000_250_000, Unit: trace.Kilogram}, "2,000.5 斤", "2,000.5 jin"},
		{"boxes", trace.Quantity{Amount: trace.Whole(2), Unit: trace.Box}, "", ""},
		{"more than can be doubled", trace.Quantity{Amount: math.MaxInt64, Unit: trace.Kilogram}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := zh.Jin(test.q); got != test.zh {
				t.Errorf("got %q, want %q", got, test.zh)
			}
			if got := en.Jin(test.q); got != test.en {
				t.Errorf("got %q, want %q", got, test.en)
			}
		})
	}
}

func TestDates(t *testing.T) {
	zh, en := loadPrinters(t)
	late := time.Date(2026, 11, 2, 16, 5, 0, 0, time.UTC) // already the third in China
	for _, test := range []struct{ name, got, want string }{
		{"date", zh.Date(late), "2026年11月3日"},
		{"date in English", en.Date(late), "3 November 2026"},
		{"minute", zh.DateTime(late), "2026年11月3日 00:05"},
		{"minute in English", en.DateTime(late), "3 November 2026, 00:05"},
		{"another zone", zh.Date(late.In(time.FixedZone("", -10*3600))), "2026年11月3日"},
		{"no date", zh.Date(time.Time{}), ""},
		{"no minute", en.DateTime(time.Time{}), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}

func TestPercent(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct {
		name   string
		share  float64
		zh, en string
	}{
		{"a share", 0.62, "62%", "62%"},
		{"rounded up", 0.625, "63%", "63%"},
		{"nothing", 0, "0%", "0%"},
		{"all", 1, "100%", "100%"},
		{"all, summed", 0.1 + 0.2 + 0.7 - 1e-12, "100%", "100%"},
		{"a trace", 0.0001, "不到 1%", "under 1%"},
		{"just below half a per cent", 0.00499, "不到 1%", "under 1%"},
		{"half a per cent", 0.005, "1%", "1%"},
		{"almost all", 0.9999, "超过 99%", "over 99%"},
		{"as good as all", 0.995, "超过 99%", "over 99%"},
		{"most", 0.994, "99%", "99%"},
		{"not a number", math.NaN(), "", ""},
		{"below nothing", -0.5, "", ""},
		{"beyond all", 1.5, "", ""},
		{"infinite", math.Inf(1), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := zh.Percent(test.share); got != test.zh {
				t.Errorf("got %q, want %q", got, test.zh)
			}
			if got := en.Percent(test.share); got != test.en {
				t.Errorf("got %q, want %q", got, test.en)
			}
		})
	}
}

func TestGroup(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"short", "999", "999"},
		{"long", "1000", "1,000"},
		{"negative and short", "-999", "-999"},
		{"decimals stay together", "1234.567890", "1,234.567890"},
		{"a word", "abcd", "abcd"},
		{"an exponent", "1e10", "1e10"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := groupThousands(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	zh, _ := loadPrinters(t)
	if got := zh.Number(10261); got != "10,261" {
		t.Errorf("got %q", got)
	}
}
