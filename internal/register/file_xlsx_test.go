package register

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/yousang/yousang/internal/trace"
)

// makeWorkbook makes a workbook of sheets, each a list of rows, cells parted by commas.
func makeWorkbook(t *testing.T, sheets map[string]string, order ...string) []byte {
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
	application := openApp(t)
	one, two := "2026-11-03,LT-0001,一组1号地,2000,900,600,,\n", "2026-11-03,LT-0001,一组1号地,1000,450,300,,\n"
	first := makeWorkbook(t, map[string]string{"上旬": title + header + one, "下旬": title + header + two + one, "说明": "先填日期\n再填数量"}, "上旬",
		"下旬",
		"说明")
	for _, dry := range []bool{true, false} {
		report := mustImport(t, application, Options{Name: "t.xlsx", DryRun: dry}, first)
		if got, want := formatCounts(report), "rows 3 added 2 already 0 bad 1 questions 0"; got != want {
			t.Errorf("dry %v: got %s, want %s", dry, got, want)
		}
		if p := report.Problems[0]; p.Code != "row_twice" || p.Sheet != "下旬" || p.Args["first"] != "上旬!3" {
			t.Errorf("got %+v", p)
		}
		checkEqual(t, "warnings", briefProblems(report, Warning), []string{"0  sheet_not_a_list"})
	}
	moved := makeWorkbook(t, map[string]string{"上旬": title + header + two + "2026-11-04,LT-0001,一组1号地,500,250,100,,\n",
		"下旬": title + header + one}, "上旬", "下旬")
	report := mustImport(t, application, Options{Name: "t.xlsx"}, moved)
	if got, want := formatCounts(report), "rows 3 added 1 already 2 bad 0 questions 0"; got != want {
		t.Errorf("moved: got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
}

// TestFormulas: a formula counts with the value the spreadsheet stored.
func TestFormulas(t *testing.T) {
	data := editWorkbook(t, readSample(t, pomelo), func(f *excelize.File) {
		if err := f.SetCellFormula("采收登记", "F5", "1100+41"); err != nil {
			t.Fatal(err)
		}
	})
	report := mustImport(t, openApp(t), Options{Name: pomelo, DryRun: true}, data)
	if got := formatCounts(report); got != pomeloFirst {
		t.Errorf("got %s, want %s: %q", got, pomeloFirst, briefProblems(report, Bad))
	}
}

// TestFormulaWithoutValue: a formula without a computed value is distinguished from an empty cell, also where the cell might be empty.
func TestFormulaWithoutValue(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"the weight", "F5", "5 F formula_no_value"},
		{"the date", "B5", "5 B formula_no_value"},
		{"the pieces", "G5", "5 G formula_no_value"},
		{"the last use", "I5", "5 I formula_no_value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := editWorkbook(t, readSample(t, pomelo), func(f *excelize.File) {
				setCell(t, f, c.cell, nil)
				if err := f.SetCellFormula("采收登记", c.cell, "1+1"); err != nil {
					t.Fatal(err)
				}
			})
			report := mustImport(t, openApp(t), Options{Name: pomelo, DryRun: true}, data)
			got := slices.DeleteFunc(briefProblems(report, Bad), func(s string) bool { return !strings.HasPrefix(s, "5 ") })
			checkEqual(t, "row 5", got, []string{c.want})
		})
	}
}

// TestMergedDates: rows of one day share a merged date cell; a date cell that is only left empty is a mistake.
func TestMergedDates(t *testing.T) {
	rows := title + header +
		"2026-11-03,LT-0001,一组1号地,2000,900,600,,\n,LT-0002,一组2号地,1000,450,300,,\n" +
		",LT-0003,一组3号地,500,220,100,,\n,LT-0004,一组4号地,400,180,100,,\n"
	at := strings.Count(title+header, "\n") + 1 // the row of the only date
	plain := makeWorkbook(t, map[string]string{"采收登记": rows}, "采收登记")
	for _, c := range []struct {
		name     string
		from, to int // rows after the row of the date that are merged
		bad      []int
	}{
		{"not merged", 0, 0, []int{1, 2, 3}},
		{"merged over three rows", 0, 2, []int{3}},
		{"merged over all", 0, 3, nil},
		{"empty cells merged with one another", 1, 3, []int{1, 2, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := editWorkbook(t, plain, func(f *excelize.File) {
				if c.to == 0 {
					return
				}
				if err := f.MergeCell("采收登记", "A"+formatInt(at+c.from), "A"+formatInt(at+c.to)); err != nil {
					t.Fatal(err)
				}
			})
			report := mustImport(t, openApp(t), Options{Name: "t.xlsx"}, data)
			want := []string{}
			for _, n := range c.bad {
				want = append(want, formatInt(at+n)+" A date_missing")
			}
			checkEqual(t, "dates", briefProblems(report, Bad), want)
		})
	}
}

// TestManyMerges: the library compares each merged range with each other range, so the ranges of a file with a great many are ignored.
func TestManyMerges(t *testing.T) {
	rows := title + header + "2026-11-03,LT-0001,一组1号地,2000,900,600,,\n,LT-0002,一组2号地,1000,450,300,,\n"
	at := strings.Count(title+header, "\n") + 1
	data := editWorkbook(t, makeWorkbook(t, map[string]string{"采收登记": rows}, "采收登记"), func(f *excelize.File) {
		if err := f.MergeCell("采收登记", "A"+formatInt(at), "A"+formatInt(at+1)); err != nil {
			t.Fatal(err)
		}
		for i := range mergesWithin {
			if err := f.MergeCell("采收登记", "Y"+formatInt(2*i+1), "Z"+formatInt(2*i+2)); err != nil {
				t.Fatal(err)
			}
		}
	})
	report := mustImport(t, openApp(t), Options{Name: "t.xlsx"}, data)
	checkEqual(t, "dates", briefProblems(report, Bad), []string{formatInt(at+1) + " A date_missing"})
}

// TestBomb: a small file that unpacks beyond all measure is refused before the file is unpacked.
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
	report, err := Import(context.Background(), openApp(t), Options{Actor: admin, Name: "b.xlsx", Now: testNow}, b.Bytes())
	if !errors.Is(err, &trace.Error{Code: trace.CodeTooLarge}) || report.Problems[0].Code != string(CodeFileLarge) {
		t.Errorf("got %v, %+v", err, report.Problems)
	}
}
