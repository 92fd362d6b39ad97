package register

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/yousang/yousang/internal/trace"
)

// workbook2 makes a workbook of sheets, each a list of rows, cells parted by commas.
func workbook2(t *testing.T, sheets map[string]string, order ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, name := range order {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, l := range strings.Split(strings.TrimSpace(sheets[name]), "\n") {
			for j, c := range strings.Split(l, ",") {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellValue(name, at, c); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSheets: each sheet is a register of its own, notes are left alone, and a row may move from one sheet to another.
func TestSheets(t *testing.T) {
	rec := open(t)
	one, two := "2026-11-03,LT-0001,一组1号地,2000,900,600,,\n", "2026-11-03,LT-0001,一组1号地,1000,450,300,,\n"
	first := workbook2(t, map[string]string{"上旬": title + header + one, "下旬": title + header + two + one, "说明": "先填日期\n再填数量"}, "上旬", "下旬", "说明")
	for _, dry := range []bool{true, false} {
		rep := take(t, rec, Options{Name: "t.xlsx", DryRun: dry}, first)
		if got, want := counts(rep), "rows 3 added 2 already 0 bad 1 questions 0"; got != want {
			t.Errorf("dry %v: got %s, want %s", dry, got, want)
		}
		if p := rep.Problems[0]; p.Code != "row_twice" || p.Sheet != "下旬" || p.Args["first"] != "上旬!3" {
			t.Errorf("got %+v", p)
		}
		same(t, "warnings", brief(rep, Warning), []string{"0  sheet_not_a_list"})
	}
	moved := workbook2(t, map[string]string{"上旬": title + header + two + "2026-11-04,LT-0001,一组1号地,500,250,100,,\n", "下旬": title + header + one}, "上旬", "下旬")
	rep := take(t, rec, Options{Name: "t.xlsx"}, moved)
	if got, want := counts(rep), "rows 3 added 1 already 2 bad 0 questions 0"; got != want {
		t.Errorf("moved: got %s, want %s: %q", got, want, brief(rep, Bad))
	}
}

// TestFormulas: a formula counts with the value the spreadsheet stored.
func TestFormulas(t *testing.T) {
	data := mend(t, sample(t, pomelo), func(f *excelize.File) {
		if err := f.SetCellFormula("采收登记", "F5", "1100+41"); err != nil {
			t.Fatal(err)
		}
	})
	rep := take(t, open(t), Options{Name: pomelo, DryRun: true}, data)
	if got := counts(rep); got != pomeloFirst {
		t.Errorf("got %s, want %s: %q", got, pomeloFirst, brief(rep, Bad))
	}
}

// TestBomb: a small file that unpacks beyond all measure is refused before it is unpacked.
func TestBomb(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range maxUnzipped>>20 + 1 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	rep, err := Import(context.Background(), open(t), Options{Actor: admin, Name: "b.xlsx", Now: now}, b.Bytes())
	if !errors.Is(err, &trace.Error{Code: trace.CodeTooLarge}) || rep.Problems[0].Code != string(CodeFileLarge) {
		t.Errorf("got %v, %+v", err, rep.Problems)
	}
}
