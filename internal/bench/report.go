package bench

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Report holds the figures of a run; its JSON is for programs.
type Report struct {
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"` // of the whole run
	System  string    `json:"system"`
	CPUs    int       `json:"cpus"` // shared by the server and the load
	Go      string    `json:"go"`
	// percent of the processors that other programs took meanwhile: with more than a few the figures say little
	Others float64 `json:"others"`
	Sizes  []Size  `json:"sizes"`
	Growth []Row   `json:"growth"` // how figures of the last size compare with those of the first
}

// Size holds the figures for a number of lots.
type Size struct {
	Lots int   `json:"lots"`
	Rows []Row `json:"rows"`
}

// Row is one figure.
type Row struct {
	ID      string  `json:"id"`
	What    string  `json:"what"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	P50     float64 `json:"p50,omitempty"` // ms, where requests were timed
	P99     float64 `json:"p99,omitempty"`
	N       int     `json:"n,omitempty"`       // requests
	Seconds float64 `json:"seconds,omitempty"` // of the measurement
	Effort  float64 `json:"effort,omitempty"`  // µs of the server's processor time for each request, or each event of a batch
	Target  string  `json:"target,omitempty"`
	Met     *bool   `json:"met,omitempty"`
	How     string  `json:"how"`
}

// Missed counts the targets that were not met.
func (r *Report) Missed() (n int) {
	for _, rows := range append([][]Row{r.Growth}, rowLists(r.Sizes)...) {
		for _, row := range rows {
			if row.Met != nil && !*row.Met {
				n++
			}
		}
	}
	return n
}

func rowLists(sizes []Size) [][]Row {
	out := make([][]Row, len(sizes))
	for i := range sizes {
		out[i] = sizes[i].Rows
	}
	return out
}

func toPointer(met bool) *bool { return &met }

func toMillis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func microsPerRequest(cpu time.Duration, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(cpu) / float64(time.Microsecond) / float64(n)
}

// withLatency completes a row with the figures of the samples.
func withLatency(row Row, s samples) Row {
	row.P50, row.P99, row.N, row.Seconds, row.Effort = toMillis(s.quantile(0.5)), toMillis(s.quantile(0.99)), len(s.each), s.took.Seconds(),
		microsPerRequest(s.cpu, len(s.each))
	return row
}

// growthFigures are the figures that must not grow with the number of lots, and whether a larger figure is better.
var growthFigures = []struct {
	id   string
	rate bool
}{
	{"events_1", false}, {"events_64", true}, {"import", true}, {"trace_back_1141", false}, {"trace_forward_1141", false},
	{"trace_back_10261", false},
	{"trace_forward_10261", false}, {"page_cold", true}, {"page", true}, {"redirect", true}, {"recall", false},
}

const growthBound = 1.3

// compareSizes compares the last size with the first.
func compareSizes(sizes []Size) []Row {
	if len(sizes) < 2 {
		return nil
	}
	small, large := sizes[0], sizes[len(sizes)-1]
	var out []Row
	for _, g := range growthFigures {
		a, b := findRow(small.Rows, g.id), findRow(large.Rows, g.id)
		if a == nil || b == nil || a.Value == 0 || b.Value == 0 {
			continue
		}
		ratio := b.Value / a.Value
		if g.rate {
			ratio = 1 / ratio
		}
		out = append(out, Row{ID: "growth_" + g.id, What: a.What, Value: ratio, Unit: "×", Target: "≤ 1.3", Met: toPointer(ratio <= growthBound),
			How: compareFigures(a, b)})
	}
	return out
}

// compareFigures shows both figures, and how the server's processor time for a request grew: the processor time depends less on the other
// programs of the machine.
func compareFigures(a, b *Row) string {
	how := fmt.Sprintf("%s %s / %s %s", formatFigure(b.Value), b.Unit, formatFigure(a.Value), a.Unit)
	if a.Effort > 0 && b.Effort > 0 {
		how += fmt.Sprintf("; its processor time %.2f ×", b.Effort/a.Effort)
	}
	return how
}

func findRow(rows []Row, id string) *Row {
	for i := range rows {
		if rows[i].ID == id {
			return &rows[i]
		}
	}
	return nil
}

// WriteText prints the report as tables for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d CPUs shared by server and load, %s, %s, %.0f s in all; other programs took %.0f %% of the processors\n", r.System,
		r.CPUs, r.Go,
		r.Started.Format(time.DateTime), r.Seconds, r.Others)
	for _, s := range r.Sizes {
		fmt.Fprintf(&b, "\n%s lots\n", formatThousands(s.Lots))
		writeTable(&b, s.Rows)
	}
	if len(r.Growth) > 0 {
		fmt.Fprintf(&b, "\ngrowth from %s to %s lots\n", formatThousands(r.Sizes[0].Lots), formatThousands(r.Sizes[len(r.Sizes)-1].Lots))
		writeTable(&b, r.Growth)
	}
	fmt.Fprintf(&b, "\ntargets missed: %d\n", r.Missed())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// writeTable writes rows in columns.
func writeTable(b *strings.Builder, rows []Row) {
	cells := [][]string{{"what", "figure", "p50 ms", "p99 ms", "server µs", "target", "met", "how"}}
	for _, r := range rows {
		c := []string{r.What, formatFigure(r.Value) + " " + r.Unit, "", "", "", r.Target, "", r.How}
		if r.P50 > 0 {
			c[2], c[3] = formatFigure(r.P50), formatFigure(r.P99)
		}
		if r.Effort > 0 {
			c[4] = formatFigure(r.Effort)
		}
		if r.Met != nil {
			c[6] = map[bool]string{true: "yes", false: "NO"}[*r.Met]
		}
		cells = append(cells, c)
	}
	width := make([]int, len(cells[0]))
	for _, c := range cells {
		for i, s := range c {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, c := range cells {
		var line strings.Builder
		for i, s := range c {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s))
			if i >= 1 && i <= 4 {
				s = pad + s
			} else {
				s += pad
			}
			line.WriteString("  " + s)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// formatThousands writes a whole number with commas.
func formatThousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// formatFigure writes a number with about three significant digits.
func formatFigure(v float64) string {
	switch {
	case v >= 1000:
		return formatThousands(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
