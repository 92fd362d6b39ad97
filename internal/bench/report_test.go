package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestSamples(t *testing.T) {
	s := samples{took: 2 * time.Second}
	for i := range 100 {
		s.each = append(s.each, time.Duration(i+1)*time.Millisecond)
	}
	if got := toMillis(s.quantile(0.5)); got != 51 {
		t.Errorf("p50 = %v, want 51", got)
	}
	if got := toMillis(s.quantile(0.99)); got != 100 {
		t.Errorf("p99 = %v, want 100", got)
	}
	if got := s.perSecond(); got != 50 {
		t.Errorf("rate = %v, want 50", got)
	}
	if none := (&samples{}); none.quantile(0.5) != 0 || none.perSecond() != 0 {
		t.Error("no samples give a figure")
	}
}

func TestFigure(t *testing.T) {
	for _, row := range []struct {
		in   float64
		want string
	}{{0.123, "0.12"}, {9.5, "9.50"}, {10.25, "10.2"}, {123.4, "123"}, {12_345.6, "12,346"}, {1_234_567, "1,234,567"}} {
		if got := formatFigure(row.in); got != row.want {
			t.Errorf("figure(%v) = %s, want %s", row.in, got, row.want)
		}
	}
}

// TestReport reads the text as a person and the JSON as a program.
func TestReport(t *testing.T) {
	rep := Report{System: "linux/amd64", CPUs: 2, Go: "go", Sizes: []Size{
		{Lots: 10, Rows: []Row{{ID: "events_1", What: "one", Value: 2, Unit: "ms p50", P50: 2, P99: 3, Effort: 40, Target: "≤ 1",
			Met: toPointer(false), How: "n"}, {ID: "page", What: "pages", Value: 200, Unit: "req/s"}}},
		{Lots: 100, Rows: []Row{{ID: "events_1", What: "one", Value: 4, Unit: "ms p50", Effort: 60},
			{ID: "page", What: "pages", Value: 190, Unit: "req/s"}}},
	}}
	rep.Growth = compareSizes(rep.Sizes)
	if len(rep.Growth) != 2 || rep.Growth[0].Value != 2 || *rep.Growth[0].Met || !*rep.Growth[1].Met {
		t.Fatalf("growth = %+v, want events_1 twice as slow and page within its bound", rep.Growth)
	}
	if got := rep.Missed(); got != 2 {
		t.Errorf("missed = %d, want 2", got)
	}
	var text bytes.Buffer
	if err := rep.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n10 lots\n", "  one    2.00 ms p50    2.00    3.00       40.0  ≤ 1     NO   n\n",
		"growth from 10 to 100 lots", "targets missed: 2", "its processor time 1.50 ×"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	b, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal(b, &again); err != nil || again.Missed() != 2 {
		t.Errorf("read again: %v, %d missed", err, again.Missed())
	}
}
