package register

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

const (
	pomelo = "采收登记表-龙滩村-2026.xlsx"
	cocoon = "鲜茧收购台账-石会镇-2026春.csv"
)

func readSample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testNow() time.Time { return time.Date(2026, 11, 21, 18, 0, 0, 0, trace.ChinaTime) }

// openApp opens the application layer over a new ledger in a file.
func openApp(t testing.TB) *app.App {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	application, err := app.Open(ctx, s, app.Options{Namespace: "https://liangping.example", Now: testNow, NoLineage: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		application.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return application
}

var admin = trace.Actor{Role: trace.Admin, User: "test"}

// mustImport imports and fails the test where the file cannot be taken in.
func mustImport(t testing.TB, application *app.App, o Options, data []byte) *Report {
	t.Helper()
	if o.Actor.Role == "" {
		o.Actor = admin
	}
	o.Now = testNow
	head := application.Ledger.Head()
	report, err := Import(context.Background(), application, o, data)
	if err != nil {
		t.Fatalf("import %s: %v\n%+v", o.Name, err, report)
	}
	if o.DryRun && application.Ledger.Head() != head {
		t.Errorf("import %s: the dry run moved the head from %d to %d", o.Name, head, application.Ledger.Head())
	}
	return report
}

// briefProblems is a report's problems of one severity as "row column code value".
func briefProblems(r *Report, sev Severity) []string {
	out := []string{}
	for _, p := range r.Problems {
		if p.Severity == sev {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", p.Row, p.Column, p.Code, p.Value)))
		}
	}
	return out
}

func formatCounts(r *Report) string {
	return fmt.Sprintf("rows %d added %d already %d bad %d questions %d", r.Rows, r.Added, r.Already, r.Bad, r.Questions)
}

func encodeGBK(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(b)
}

func mustDecode(t testing.TB, b []byte) string {
	t.Helper()
	s, ok := decodeText(b)
	if !ok {
		t.Fatal("not decoded")
	}
	return s
}

// editWorkbook changes cells of a workbook.
func editWorkbook(t testing.TB, data []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func setCell(t testing.TB, f *excelize.File, cell string, v any) {
	t.Helper()
	if err := f.SetCellValue("采收登记", cell, v); err != nil {
		t.Fatal(err)
	}
}

// writeCSV writes the first sheet of a workbook as CSV.
func writeCSV(t testing.TB, data []byte) string {
	t.Helper()
	tables, bad := readTables(data)
	if bad != nil {
		t.Fatal(bad)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, l := range tables[0].lines {
		if err := w.Write(l.cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.String()
}

func withdrawLot(t *testing.T, application *app.App, org, grower, plot string) {
	t.Helper()
	rows, _, err := application.Ledger.Lots(trace.LotQuery{Maker: org, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		v, err := application.Ledger.Lot(r.Lot, 0)
		if err != nil {
			t.Fatal(err)
		}
		if v.Grower == grower && v.Made.Place.Name == plot {
			withdrawEvent(t, application, org, v.Made.Seq)
			return
		}
	}
	t.Fatalf("no lot of %s at %s", grower, plot)
}
