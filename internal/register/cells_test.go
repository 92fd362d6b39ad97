package register

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

func TestDate(t *testing.T) {
	cal := calendar{year: 2026}
	for _, c := range []struct {
		name, in, want string
		code           Code
	}{
		{"serial", "46323", "2026-10-28", ""},
		{"serial with time", "46323.5", "2026-10-28", ""},
		{"points", "2026.10.28", "2026-10-28", ""},
		{"one-figure day", "2026.11.1", "2026-11-01", ""},
		{"Chinese", "2026年10月28日", "2026-10-28", ""},
		{"Chinese without year", "10月28日", "2026-10-28", ""},
		{"号", "10月28号", "2026-10-28", ""},
		{"slashes", "2026/5/18", "2026-05-18", ""},
		{"hyphens", "2026-10-28", "2026-10-28", ""},
		{"month and day", "10/28", "2026-10-28", ""},
		{"full width", "２０２６－１０－２８", "2026-10-28", ""},
		{"full-width point", "2026．10．28", "2026-10-28", ""},
		{"spaces", " 2026 年 10 月 28 日 ", "2026-10-28", ""},
		{"with a time", "2026-10-28 00:00:00", "2026-10-28", ""},
		{"with minutes", "2026/10/28 8:30", "2026-10-28", ""},
		{"ISO of a date cell", "2026-10-28T00:00:00", "2026-10-28", ""},
		{"run together", "20261028", "2026-10-28", ""},
		{"leap day of another year", "2026-02-29", "", CodeDateImpossible},
		{"thirteenth month", "2026年13月5日", "", CodeDateImpossible},
		{"31 November", "2026.11.31", "", CodeDateImpossible},
		{"day nought", "2026-11-00", "", CodeDateImpossible},
		{"wrong century", "2062-10-28", "", CodeDateFar},
		{"serial far away", "20100", "", CodeDateFar},
		{"two-figure year", "26.10.28", "", CodeDateUnreadable},
		{"words", "昨天", "", CodeDateUnreadable},
		{"a small number", "12", "", CodeDateUnreadable},
		{"empty", "  ", "", CodeDateMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, code := cal.parseDate(c.in)
			if code != c.code || code == "" && formatDay(d) != c.want {
				t.Errorf("got %s %q, want %s %q", formatDay(d), code, c.want, c.code)
			}
		})
	}
	if _, code := (calendar{}).parseDate("10月28日"); code != CodeDateYear {
		t.Errorf("no year anywhere: got %q, want %q", code, CodeDateYear)
	}
	if d, _ := (calendar{from04: true}).parseDate("44861"); formatDay(d) != "2026-10-28" {
		t.Errorf("1904 workbook: got %s", formatDay(d))
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		name, in, want, unit string
		code                 Code
	}{
		{"plain", "1141", "1141", "", ""},
		{"decimal", "52.5", "52.5", "", ""},
		{"full width", "２８９８", "2898", "", ""},
		{"full-width point", "５２．５", "52.5", "", ""},
		{"thousands", "1,686", "1686", "", ""},
		{"full-width thousands", "１，６８６", "1686", "", ""},
		{"thousands by space", "1 686.5", "1686.5", "", ""},
		{"as stored by a spreadsheet", "52.299999999999997", "52.3", "", ""},
		{"exponent of a spreadsheet", "1.686E3", "1686", "", ""},
		{"negative", "-40", "-40", "", ""},
		{"nought", "0", "0", "", ""},
		{"unit in the cell", "457斤", "457", "斤", ""},
		{"unit after a space", "58.5 kg", "58.5", "kg", ""},
		{"per cent", "95.7%", "95.7", "%", ""},
		{"two points", "9..3", "", "", CodeNumberUnreadable},
		{"about", "约800", "", "", CodeNumberUnreadable},
		{"comma in a wrong place", "1,68", "", "", CodeNumberUnreadable},
		{"seven decimals", "1.1234567", "", "", CodeNumberUnreadable},
		{"beyond all", "99999999999999", "", "", CodeNumberUnreadable},
		{"a huge exponent", "1e99", "", "", CodeNumberUnreadable},
		{"error value", "#VALUE!", "", "", CodeNumberUnreadable},
		{"empty", "　", "", "", CodeNumberMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, code := parseNumber(c.in)
			if code != c.code || code == "" && (f.String() != c.want || f.unit != c.unit) {
				t.Errorf("got %s %q %q, want %s %q %q", f, f.unit, code, c.want, c.unit, c.code)
			}
		})
	}
}

func TestGrower(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		code           Code
	}{
		{"code", "LT-0087", "LT-0087", ""},
		{"lower case, full-width hyphen", " lt－0087", "LT-0087", ""},
		{"number", "0087", "0087", ""},
		{"name", "张三", "", CodeGrowerPersonal},
		{"code and name", "LT-0087张三", "", CodeGrowerPersonal},
		{"telephone", "13812345678", "", CodeGrowerPersonal},
		{"identity card", "50022819700101123X", "", CodeGrowerPersonal},
		{"letters only", "ABC", "", CodeGrowerPersonal},
		{"empty", " ", "", CodeGrowerMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, code := parseGrower(c.in); got != c.want || code != c.code {
				t.Errorf("got %q %q, want %q %q", got, code, c.want, c.code)
			}
		})
	}
}

func TestPays(t *testing.T) {
	for _, c := range []struct {
		name                 string
		weight, price, money string
		ok                   bool
		product              string
	}{
		{"exact", "52.5", "52", "2730.00", true, ""},
		{"a hundred off", "86.6", "54", "4776.40", false, "4676.40"},
		{"rounded to the cent", "33.33", "1.111", "37.03", true, ""},
		{"a cent off", "52.5", "52", "2730.01", false, "2730.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n [3]int64
			for i, s := range []string{c.weight, c.price, c.money} {
				f, code := parseNumber(s)
				if code != "" {
					t.Fatal(code)
				}
				n[i] = f.micro
			}
			if product, ok := matchesPayment(n[0], n[1], n[2]); ok != c.ok || product != c.product {
				t.Errorf("got %v %q, want %v %q", ok, product, c.ok, c.product)
			}
		})
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"龙滩村合作社", "合兴街道龙滩村柚子专业合作社", true},
		{"石会茧站", "石会镇茧站", true},
		{"石会茧站", "石会茧站", true},
		{"龙滩村合作社", "龙胜村合作社", false},
		{"茧站", "石会茧站", false},
	} {
		if got := matchesName(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

const header = "采收日期,农户编号,地块,采收数量（斤）,个数,优级果个数,末次用药日期,备注\n"

const title = "合兴街道龙滩村柚子专业合作社 2026年采收登记表\n"

// TestRows imports registers of one row, each with one mistake that clerks make.
func TestRows(t *testing.T) {
	for _, c := range []struct {
		name, row string
		want      string // problems, "" for a good row
		sev       Severity
	}{
		{"good", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-09-01,", "", Bad},
		{"no count", "2026-11-03,LT-0001,一组1号地,2000,,,,", "", Bad},
		{"kilograms in the cell", "2026-11-03,LT-0001,一组1号地,1000公斤,900,600,2026-09-01,", "", Bad},
		{"half a 斤", "2026-11-03,LT-0001,一组1号地,2000.5,900,,,", "", Bad},
		{"tomorrow", "2026-11-22,LT-0001,一组1号地,2000,900,,,", "3 采收日期 date_future 2026-11-22", Bad},
		{"today", "2026-11-21,LT-0001,一组1号地,2000,900,,,", "", Bad},
		{"nought", "2026-11-03,LT-0001,一组1号地,0,900,,,", "3 采收数量（斤） number_zero 0", Bad},
		{"boxes", "2026-11-03,LT-0001,一组1号地,20箱,900,,,", "3 采收数量（斤） number_unit 20箱", Bad},
		{"no weight", "2026-11-03,LT-0001,一组1号地,,900,,,", "3 采收数量（斤） number_missing", Bad},
		{"half a fruit", "2026-11-03,LT-0001,一组1号地,2000,900.5,,,", "3 个数 number_not_whole 900.5", Bad},
		{"a name", "2026-11-03,李四,一组1号地,2000,900,,,", "3 农户编号 grower_personal 李四", Bad},
		{"used after harvest", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-11-05,", "3 末次用药日期 use_after_harvest 2026-11-05", Bad},
		{"13 days, no agent", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-10-21,", "3 末次用药日期 interval_unnamed 2026-10-21", Bad},
		{"14 days, no agent", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-10-20,", "", Bad},
		{"14 days after 噻嗪酮", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-10-20,打噻嗪酮", "3 末次用药日期 interval_named 2026-10-20", Bad},
		{"35 days after 噻嗪酮", "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-09-29,打噻嗪酮", "", Bad},
		{"a telephone in the remark", "2026-11-03,LT-0001,一组1号地,2000,900,600,,电话13812345678", "3 备注 remark_left_out", Warning},
		{"two things at once", "2026-11-31,,一组1号地,2000,900,,,", "3 采收日期 date_impossible 2026-11-31|3 农户编号 grower_missing", Bad},
		{"a slip of 斤", "2026-11-03,LT-0001,一组1号地,4000,900,,,", "3 采收数量（斤） ratio_high 4000", Question},
	} {
		t.Run(c.name, func(t *testing.T) {
			application := openApp(t)
			report := mustImport(t, application, Options{Name: "t.csv"}, []byte(title+header+c.row+"\n"))
			if got := strings.Join(briefProblems(report, c.sev), "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			good := c.want == "" || c.sev != Bad
			if want := map[bool]int{true: 1, false: 0}[good]; report.Added != want || report.Added+report.Bad != 1 {
				t.Errorf("added %d, bad %d", report.Added, report.Bad)
			}
		})
	}
}

// TestPlots imports rows of one plot that say something about one another.
func TestPlots(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []string
		want []string
		sev  Severity
	}{
		{"two growers, two strips", []string{"2026-11-03,LT-0001,一组1号地,2000,900,600,2026-10-01,",
			"2026-11-03,LT-0002,一组1号地,2000,900,600,2026-09-01,"}, []string{}, Bad},
		{"another row's agent holds for the plot",
			[]string{"2026-11-20,LT-0001,一组1号地,2000,900,600,2026-10-28,啶虫脒", "2026-11-03,LT-0002,一组1号地,2000,900,600,2026-09-01,"},
			[]string{"4 末次用药日期 interval_other_row 2026-09-01"}, Bad},
		{"another row without an agent is pointed out",
			[]string{"2026-11-20,LT-0001,一组1号地,2000,900,600,2026-10-28,", "2026-11-03,LT-0002,一组1号地,2000,900,600,2026-09-01,"},
			[]string{"4 末次用药日期 spray_differs 2026-09-01"}, Warning},
		{"啶虫脒 twice in a season",
			[]string{"2026-11-03,LT-0001,一组1号地,2000,900,600,2026-10-01,啶虫脒", "2026-11-05,LT-0001,一组1号地,2000,900,600,2026-10-10,啶虫脒"},
			[]string{"4 末次用药日期 uses_exceeded 2026-10-10"}, Bad},
		{"two pickings of a day", []string{"2026-11-03,LT-0001,一组1号地,2000,900,600,,", "2026-11-03,LT-0001,一组1号地,1000,450,300,,"},
			[]string{}, Bad},
		{"typed twice, in another spelling", []string{"2026-11-03,LT-0001,一组1号地,2000,900,600,,",
			"11月3日,lt-0001,一组 1号地,\"２,000\",900,600,,"},
			[]string{"4  row_twice"}, Bad},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(title + header + strings.Join(c.rows, "\n"))
			for _, dry := range []bool{true, false} {
				report := mustImport(t, openApp(t), Options{Name: "t.csv", DryRun: dry}, data)
				checkEqual(t, "problems", briefProblems(report, c.sev), c.want)
				if report.Added+report.Bad != len(c.rows) {
					t.Errorf("dry %v: %s", dry, formatCounts(report))
				}
			}
		})
	}
}

// TestRecordedSpray: field work that came by another way stands against a row; the ledger says so, on the column of the last use.
func TestRecordedSpray(t *testing.T) {
	application := openApp(t)
	first := title + header + "2026-10-20,LT-0001,一组1号地,2000,900,600,2026-09-01,\n"
	report := mustImport(t, application, Options{Name: "t.csv"}, []byte(first))
	season := application.Ledger.Seasons(report.Org)[0]
	at := trace.NewTime(time.Date(2026, 10, 30, 0, 0, 0, 0, trace.ChinaTime))
	spray := trace.Actor{Org: report.Org, Role: trace.Operator, User: "test"}
	work := sprayOf(season.ID, at)
	if _, err := application.RecordReport(context.Background(), spray, &work); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		report = mustImport(t, application, Options{Name: "t.csv", DryRun: dry},
			[]byte(first+"2026-11-03,LT-0001,一组1号地,2000,900,600,2026-09-01,\n"))
		if got, want := formatCounts(report), "rows 2 added 0 already 1 bad 1 questions 0"; got != want {
			t.Errorf("dry %v: got %s, want %s", dry, got, want)
		}
		checkEqual(t, "bad", briefProblems(report, Bad), []string{"4 末次用药日期 inside_interval 2026-09-01"})
		if s := report.Problems[0].Sentence; !strings.Contains(s, "啶虫脒") || !strings.Contains(s, "14") {
			t.Errorf("sentence %q", s)
		}
	}
}

// TestFileKinds: a file that is no register is recognised by its content.
func TestFileKinds(t *testing.T) {
	application := openApp(t)
	for _, c := range []struct {
		name string
		data []byte
		code Code
		err  trace.Code
	}{
		{"empty", nil, CodeFileEmpty, trace.CodeRequired},
		{"blank", []byte(" \r\n\t"), CodeFileEmpty, trace.CodeRequired},
		{"PDF", []byte("%PDF-1.7 ..."), CodeFileKind, trace.CodeBadValue},
		{"PNG", []byte("\x89PNG\r\n\x1a\n...."), CodeFileKind, trace.CodeBadValue},
		{"JPEG", []byte("\xff\xd8\xff\xe0...."), CodeFileKind, trace.CodeBadValue},
		{"old Excel", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook"), CodeFileKind, trace.CodeBadValue},
		{"locked", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), encodeUTF16LE("EncryptedPackage")...), CodeFileLocked,
			trace.CodeBadValue},
		{"another ZIP", []byte("PK\x03\x04word/document.xml"), CodeFileKind, trace.CodeBadValue},
		{"a broken workbook", readSample(t, pomelo)[:9000], CodeFileKind, trace.CodeBadValue},
		{"binary", []byte("a,b\x00c\nd"), CodeFileKind, trace.CodeBadValue},
		{"a letter", []byte("你好，\n附件是登记表。"), CodeNoRegister, trace.CodeRequired},
		{"no unit", []byte(title + strings.ReplaceAll(header, "（斤）", "") + "2026-11-03,LT-0001,一组1号地,2000,,,,\n"), CodeNoUnit,
			trace.CodeUnknownUnit},
		{"a unit that is no weight", []byte(title + strings.ReplaceAll(header, "（斤）", "（箱）") + "2026-11-03,LT-0001,一组1号地,2000,,,,\n"),
			CodeUnitUnknown, trace.CodeUnknownUnit},
		{"nobody's", []byte(header + "2026-11-03,LT-0001,一组1号地,2000,,,,\n"), CodeNoOrg, trace.CodeRequired},
		{"too large", bytes.Repeat([]byte("a,b\n"), MaxBytes/4+1), CodeFileLarge, trace.CodeTooLarge},
		{"too many rows", []byte(title + header + strings.Repeat("x,\n", MaxRows)), CodeFileRows, trace.CodeTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := application.Ledger.Head()
			report, err := Import(context.Background(), application, Options{Actor: admin, Name: "x", Now: testNow}, c.data)
			if !errors.Is(err, &trace.Error{Code: c.err}) {
				t.Errorf("got error %v, want %s", err, c.err)
			}
			if len(report.Problems) != 1 || report.Problems[0].Code != string(c.code) || report.Problems[0].Sentence == "" {
				t.Errorf("got %+v, want %s", report.Problems, c.code)
			}
			if application.Ledger.Head() != head {
				t.Error("something was recorded")
			}
		})
	}
}
