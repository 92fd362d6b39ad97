package story

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

func newBuilder(t testing.TB) *Story {
	t.Helper()
	set, err := chain.Load()
	if err != nil {
		t.Fatal(err)
	}
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	return &Story{Namer: Namer{Ledger: trace.NewLedger(), Chains: set, Printer: words}}
}

func TestSensors(t *testing.T) {
	b := newBuilder(t)
	rows := []struct {
		name, raw string
		want      []NamedValue
	}{
		{"none", ``, nil},
		{"not a list", `{"a":1}`, nil},
		{"readings of two kinds", `[{"sensorReport":[{"type":"Temperature","value":6.5,"uom":"CEL"},
				{"type":"gs1:RelativeHumidity","minValue":84,"maxValue":"91","uom":"P1"}]},
			{"sensorReport":[{"type":"https://gs1.org/voc/Temperature","value":7.25,"uom":"CEL"}]}]`,
			[]NamedValue{{"温度", "6.5–7.25 °C（2 次读数）"}, {"相对湿度", "84–91%（1 次读数）"}}},
		{"one value", `[{"sensorReport":[{"type":"Illuminance","value":12,"uom":"LUX"}]}]`, []NamedValue{{"Illuminance", "12 LUX（1 次读数）"}}},
		{"a number beyond measure", `[{"sensorReport":[{"type":"Temperature","value":1e999999999,"uom":"CEL"}]}]`, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := b.summariseSensors(json.RawMessage(row.raw)); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func FuzzSensors(f *testing.F) {
	f.Add([]byte(`[{"sensorReport":[{"type":"Temperature","value":6.5,"uom":"CEL"}]}]`))
	f.Add([]byte(`[{"sensorReport":[{"type":"x","minValue":-0.0,"maxValue":"1"}]},null]`))
	b := newBuilder(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, x := range b.summariseSensors(raw) {
			if x.Value == "" || strings.Contains(x.Value, "{{") {
				t.Errorf("%q gives %+v", raw, x)
			}
		}
	})
}

func FuzzMaskNumbers(f *testing.F) {
	f.Add("电话 138 1234 5678")
	f.Add("20261103-0007")
	f.Fuzz(func(t *testing.T, text string) {
		got := maskNumbers(text)
		if again := maskNumbers(got); again != got {
			t.Errorf("%q is masked to %q and then to %q", text, got, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
