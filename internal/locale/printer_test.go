package locale

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func TestFor(t *testing.T) {
	p, _ := loadPrinters(t)
	for _, test := range []struct{ name, header, want string }{
		{"empty", "", Chinese},
		{"WeChat in China", "zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7", Chinese},
		{"Chinese", "zh", Chinese},
		{"simplified", "zh-Hans", Chinese},
		{"simplified in China", "zh-Hans-CN", Chinese},
		{"traditional", "zh-TW", Chinese},
		{"traditional before English", "zh-TW,en;q=0.9", Chinese},
		{"underscore", "zh_CN", Chinese},
		{"capitals", "ZH-cn", Chinese},
		{"English", "en", English},
		{"English before Chinese", "en-US,en;q=0.9,zh-CN;q=0.8", English},
		{"order without q", "en, zh", English},
		{"q wins over order", "en;q=0.3, zh;q=0.5", Chinese},
		{"q wins over order, the other way", "zh;q=0.3, en;q=0.5", English},
		{"q with spaces", "zh ; q = 0.1 , en ; q = 0.2", English},
		{"German first, then English", "de-DE,de;q=0.9,en;q=0.5", English},
		{"German alone", "de", Chinese},
		{"anything", "*", Chinese},
		{"English refused", "en;q=0", Chinese},
		{"q is not a number", "en;q=x", Chinese},
		{"q is NaN", "en;q=NaN", Chinese},
		{"q too large", "en;q=9", Chinese},
		{"other parameters", "en;level=1;q=0.4,zh;q=0.3", English},
		{"a name that begins like English", "enx", Chinese},
		{"rubbish", ",;=,,q=;;\x00", Chinese},
		{"beyond what a browser sends", strings.Repeat("de,", 1000) + "en", Chinese},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := p.For(test.header).Lang(); got != test.want {
				t.Errorf("For(%q) is %s, want %s", test.header, got, test.want)
			}
		})
	}
}

func TestIn(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct {
		name, lang, want string
		from             *Printer
	}{
		{"English chosen", "en", English, zh},
		{"Chinese chosen", "zh", Chinese, en},
		{"the attribute's form", "zh-CN", Chinese, en},
		{"nothing chosen", "", English, en},
		{"neither", "fr", English, en},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.from.In(test.lang).Lang(); got != test.want {
				t.Errorf("In(%q) is %s, want %s", test.lang, got, test.want)
			}
		})
	}
}

func FuzzFor(f *testing.F) {
	for _, s := range []string{"", "zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.3, zh;q=0.5", "*", ";;;q=1e999,", "en;q=-0", "zh;q=0x1p-2"} {
		f.Add(s)
	}
	p, _ := loadPrinters(f)
	f.Fuzz(func(t *testing.T, header string) {
		got := p.For(header).Lang()
		if got != Chinese && got != English {
			t.Errorf("For(%q) is %q", header, got)
		}
		if !strings.Contains(strings.ToLower(header), "en") && got != Chinese {
			t.Errorf("For(%q) is %s without being asked", header, got)
		}
	})
}

// late is an evening in UTC that is the next day in China.
var late = time.Date(2026, 11, 2, 23, 0, 0, 0, time.UTC)

func TestT(t *testing.T) {
	zh, en := loadPrinters(t)
	for _, test := range []struct {
		name string
		p    *Printer
		id   string
		args []any
		want string
	}{
		{"plain", zh, "page.state.hold", nil, "暂停销售"},
		{"counted", zh, "page.more.lots", []any{"Count", 38}, "另有 38 个批次"},
		{"counted in thousands", zh, "page.more.lots", []any{"Count", 10261}, "另有 10,261 个批次"},
		{"one", en, "page.more.lots", []any{"Count", 1}, "1 more lot"},
		{"many", en, "page.more.lots", []any{"Count", 2}, "2 more lots"},
		{"none", en, "page.more.lots", []any{"Count", 0}, "0 more lots"},
		{"a text", zh, "page.ask.missing", []any{"What", "检测报告"}, "没有附上检测报告。"},
		{"a text that looks like a placeholder", zh, "page.ask.missing", []any{"What", "{{.Org}}"}, "没有附上{{.Org}}。"},
		{"a value is missing", zh, "page.ask.missing", nil, "没有附上。"},
		{"a name is not a text", zh, "page.ask.missing", []any{1, "x"}, "没有附上。"},
		{"the last value is missing", zh, "page.ask.missing", []any{"What"}, "没有附上。"},
		{"a time, late in UTC", zh, "page.work_stop", []any{"Date", late}, "2026年11月3日停用"},
		{"a time of the ledger", en, "page.work_stop", []any{"Date", trace.NewTime(late)}, "last used on 3 November 2026"},
		{"a plural without its count", en, "page.more.lots", nil, " more lots"},
		{"unknown id", en, "page.nothing", nil, "page.nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.T(test.id, test.args...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTell(t *testing.T) {
	zh, en := loadPrinters(t)
	kg := trace.Quantity{Amount: 412_500_000, Unit: trace.Kilogram}
	for _, test := range []struct {
		name string
		p    *Printer
		id   string
		args []any
		want string
	}{
		{"all there", zh, "page.step.ship", []any{"Who", "龙滩村合作社", "To", "县园区", "In", kg}, "龙滩村合作社发货给县园区：412.5 千克"},
		{"no receiver", zh, "page.step.ship", []any{"Who", "龙滩村合作社", "In", kg}, "龙滩村合作社发货：412.5 千克"},
		{"an empty receiver", zh, "page.step.ship", []any{"Who", "龙滩村合作社", "To", "", "In", kg}, "龙滩村合作社发货：412.5 千克"},
		{"the fuller wording lacks another value", zh, "page.step.ship", []any{"To", "县园区", "In", kg}, "发货：412.5 千克"},
		{"English", en, "page.step.ship", []any{"Who", "Hexing Cooperative", "To", "County Park", "In", kg},
			"Hexing Cooperative shipped 412.5 kg to County Park"},
		{"a receiver that looks like a placeholder", en, "page.step.ship", []any{"Who", "A", "To", "{{.In}}", "In", kg},
			"A shipped 412.5 kg to {{.In}}"},
		{"no fuller wording", en, "page.work_stop", []any{"Date", late}, "last used on 3 November 2026"},
		{"one", en, "page.step.pack", []any{"Who", "A", "In", kg, "Count", 1}, "A packed 412.5 kg into 1 unit"},
		{"many", en, "page.step.pack", []any{"Who", "A", "In", kg, "Count", 1200}, "A packed 412.5 kg into 1,200 units"},
		{"a fuller wording in the singular", en, "error.inside_interval", []any{"Count", 1, "Until", late},
			"The safety interval is 1 day, so harvesting may start on 3 November 2026. Please wait until then; if the spraying record is " +
				"wrong, correct it first."},
		{"the fullest of several, with a date", zh, "error.inside_interval", []any{"Agent", "啶虫脒", "Count", 14, "Until", trace.NewTime(late)},
			"用了啶虫脒，安全间隔期 14 天，2026年11月3日起才能采收。请到那天再采；用药记录有误的，请先更正。"},
		{"nothing given", zh, "page.step.ship", nil, "发货："},
		{"unknown id", zh, "page.step.none", nil, "page.step.none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.Tell(test.id, test.args...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestPrintersAreShared: pages of both languages are written at the same time; the race detector watches.
func TestPrintersAreShared(t *testing.T) {
	zh, _ := loadPrinters(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			p := zh.For([]string{"zh", "en"}[i%2])
			for range 50 {
				if got := p.T("page.more.lots", "Count", 3); !strings.Contains(got, "3") {
					t.Errorf("got %q", got)
				}
				p.Error(trace.E(trace.Conflict, trace.CodeLotOnHold, "", "lot", "x"))
			}
		})
	}
	wg.Wait()
}

func BenchmarkPlain(b *testing.B) {
	p, _ := loadPrinters(b)
	for b.Loop() {
		p.T("page.state.hold")
	}
}

func BenchmarkFilled(b *testing.B) {
	p, _ := loadPrinters(b)
	for b.Loop() {
		p.Tell("page.step.ship", "Who", "龙滩村合作社", "To", "县园区", "In", "3 千克")
	}
}
