package register

import (
	"testing"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

func FuzzDate(f *testing.F) {
	for _, s := range []string{"46323", "2026.10.28", "2026年13月5日", "10月28日", "2026/5/18", "２０２６－１－１", "99999", "2026-10-28T00:00:00Z"} {
		f.Add(s, 2026)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		if year < 0 || year > 9999 {
			return
		}
		d, code := calendar{year: year}.parseDate(s)
		if code != "" {
			return
		}
		if d.Location() != trace.ChinaTime || d.Hour() != 0 || d.Year() < 1990 || d.Year() > 9999 {
			t.Fatalf("%q is %v", s, d)
		}
		if again, code := (calendar{year: year}).parseDate(formatDay(d)); code != "" || !again.Equal(d) {
			t.Fatalf("%q is %v, but that is %v %s", s, d, again, code)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1141", "1,686", "２８９８", "9..3", "-40", "52.299999999999997", "1e5", "457斤", "约800", "1 000 000.5kg"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, code := parseNumber(s)
		if code != "" {
			return
		}
		if again, code := parseNumber(n.String()); code != "" || again.micro != n.micro {
			t.Fatalf("%q is %s, but that is %s %s", s, n, again, code)
		}
	})
}

// FuzzFile reads any bytes as far as the rows: every file gives a report and no crash.
func FuzzFile(f *testing.F) {
	f.Add([]byte(title + header + "2026-11-03,LT-0001,一组1号地,\"2,000\",900,600,2026-09-01,补打啶虫脒\n小计,,,2000\n合计,,,2000\n制表人签字："))
	f.Add([]byte("收购日期;收购站;村;蚕农编号;鲜茧重量(公斤);单价(元/斤);金额\n2026/5/18;石会茧站;中 元 村;ZY052;52.5;26;2730\n\n5月18日;;\"中\n元\";;9..3;;\n"))
	f.Add([]byte("\xff\xfe\x00a\x00b"))
	f.Add([]byte("PK\x03\x04xl/workbook.xml"))
	f.Add(readSample(f, pomelo))
	printer, err := locale.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		o := &Options{Now: testNow}
		tables, bad := readTables(data)
		if bad != nil {
			if !printer.Has(messagePrefix + string(bad.Code)) {
				t.Fatalf("no sentence for %s", bad.Code)
			}
			return
		}
		for i := range tables {
			s := recogniseSheet(&tables[i], o)
			if s == nil {
				continue
			}
			r, bad := newReading(s, i, o)
			if bad != nil {
				continue
			}
			r.readRows()
			r.checkSums(r.findRepeats(map[string]rowPosition{}))
			r.checkLastUses()
			for _, p := range r.problems {
				if !printer.Has(messagePrefix+p.Code) || p.Row < 1 {
					t.Fatalf("row %d: %s", p.Row, p.Code)
				}
			}
			for _, e := range r.entries {
				if !e.bad && (e.on.IsZero() || e.grower == "" || e.place == "" || e.weight <= 0) {
					t.Fatalf("a good row lacks something: %+v", e)
				}
			}
		}
	})
}
