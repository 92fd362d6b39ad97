package register

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// The dirt of the two files, row by row. 68 is nine days after 啶虫脒; 222 has more premium fruits than fruits; 42 is 1.98 kg a fruit, a
// weight in kg among 斤.
var (
	pomeloBad = []string{
		"68 I interval_named 2026-10-22",
		"96 D place_missing",
		"131 F number_negative -40",
		"155  row_twice",
		"169 G number_unreadable 约800",
		"186 B date_impossible 2026年13月5日",
		"222 H part_above_whole 1177",
	}
	pomeloAsked = []string{"42 F ratio_high 1858"}
	cocoonBad   = []string{
		"91 金额(元) money_differs 4776.40",
		"134 蚕农编号 grower_missing",
		"201 干壳量(克/50克) number_unreadable 9..3",
	}
	cocoonAsked = []string{"46 鲜茧重量(公斤) ratio_high 83.4"}
)

const (
	pomeloFirst = "rows 416 added 409 already 0 bad 7 questions 1"
	cocoonFirst = "rows 330 added 327 already 0 bad 3 questions 1"
)

func checkEqual(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestPomeloRegister(t *testing.T) {
	application := openApp(t)
	data := readSample(t, pomelo)
	var steps [][2]int
	report := mustImport(t, application, Options{Name: pomelo, Progress: func(done,
		total int) {
		steps = append(steps, [2]int{done, total})
	}}, data)
	if got := formatCounts(report); got != pomeloFirst {
		t.Errorf("got %s, want %s\n%s", got, pomeloFirst, strings.Join(briefProblems(report, Bad), "\n"))
	}
	checkEqual(t, "bad", briefProblems(report, Bad), pomeloBad)
	checkEqual(t, "questions", briefProblems(report, Question), pomeloAsked)
	if report.OrgName != "合兴街道龙滩村柚子专业合作社" || report.Kind != "pomelo-harvest" {
		t.Errorf("org %q kind %q", report.OrgName, report.Kind)
	}
	if n := len(steps); n == 0 || steps[n-1] != [2]int{416, 416} {
		t.Errorf("progress ended at %v, want 416 of 416", steps)
	}
	lots := application.Ledger.Stats().Lots
	if lots != 409 {
		t.Errorf("got %d lots, want 409", lots)
	}

	again := mustImport(t, application, Options{Name: "another name.xlsx"}, data)
	if got, want := formatCounts(again), "rows 416 added 0 already 409 bad 7 questions 0"; got != want {
		t.Errorf("second run: got %s, want %s", got, want)
	}
	checkEqual(t, "bad, second run", briefProblems(again, Bad), pomeloBad)
	if again.Masters != 0 || again.Sprays != 0 || application.Ledger.Stats().Lots != lots {
		t.Errorf("second run recorded %d masters, %d sprays, %d lots", again.Masters, again.Sprays, application.Ledger.Stats().Lots-lots)
	}
}

// TestPomeloSums: every 小计 leaves out the figures kept as text; that of row 159 and the 合计 also count the row typed twice once.
func TestPomeloSums(t *testing.T) {
	report := mustImport(t, openApp(t), Options{Name: pomelo, DryRun: true}, readSample(t, pomelo))
	count := map[string]int{}
	for _, p := range report.Problems {
		if p.Severity != Warning {
			continue
		}
		count[p.Code]++
		switch p.Row {
		case 25:
			if p.Code != "sum_skips_text" || p.Value != "43700" || p.Args["counted"] != "47055" || p.Args["difference"] != "3355" ||
				p.Args["rows"] != "11、18" {
				t.Errorf("row 25: %+v", p)
			}
		case 159:
			if p.Code != "sum_skips_both" || p.Args["counted"] != "54313" || p.Args["rows"] != "145、152、155" {
				t.Errorf("row 159: %+v", p)
			}
		case 449:
			if p.Code != "sum_skips_both" || p.Value != "883518" || p.Args["counted"] != "1038596" || p.Args["difference"] != "155078" {
				t.Errorf("row 449: %+v", p)
			}
		}
	}
	want := map[string]int{"sum_skips_text": 23, "sum_skips_both": 2, "spray_differs": 3}
	for code, n := range want {
		if count[code] != n {
			t.Errorf("%s: got %d, want %d", code, count[code], n)
		}
		delete(count, code)
	}
	if len(count) > 0 {
		t.Errorf("warnings nobody expects: %v", count)
	}
}

func TestPomeloFacts(t *testing.T) {
	application := openApp(t)
	report := mustImport(t, application, Options{Name: pomelo}, readSample(t, pomelo))
	byGrower, total := readHarvests(t, application.Ledger, report.Org)
	// 1,038,596 斤 are in the file; the seven bad rows hold 2570+583-40+4077+1740+710+2943 of them.
	if want := trace.Amount((1_038_596 - 12_583) * trace.AmountScale / 2); total != want {
		t.Errorf("recorded %s kg, want %s", total, want)
	}
	for _, c := range []struct{ who, kg, pieces, premium, day string }{
		{"LT-0120 六组34号地", "228.5", "220", "156", "2026-10-28"},  // '457' as text
		{"LT-0061 二组40号地", "1449", "1510", "845", "2026-10-28"},  // ２８９８
		{"LT-0109 一组40号地", "843", "657", "480", "2026-10-29"},    // '1,686'
		{"LT-0128 五组24号地", "1131.5", "990", "571", "2026-10-28"}, // 10月28日
		{"LT-0031 一组13号地", "2117.5", "1792", "1290", "2026-10-31"},
		{"LT-0147 五组14号地", "823.5", "625", "478", "2026-11-01"}, // 2026.11.1
	} {
		v := byGrower[c.who]
		if v == nil {
			t.Errorf("%s is not recorded", c.who)
			continue
		}
		if v.Quantity.Amount.String() != c.kg || v.Quantity.Unit != trace.Kilogram || v.Pieces.String() != c.pieces ||
			formatDay(v.Made.Time.In(trace.ChinaTime)) != c.day {
			t.Errorf("%s: got %s %s, %s pieces on %s", c.who, v.Quantity.Amount, v.Quantity.Unit, v.Pieces,
				formatDay(v.Made.Time.In(trace.ChinaTime)))
		}
		if !slices.Contains(v.Attributes, trace.Attribute{Name: "优级果个数", Value: c.premium}) {
			t.Errorf("%s: attributes %v", c.who, v.Attributes)
		}
		path := strings.Join(v.Made.Path, "/")
		if !strings.HasPrefix(path, "梁平区/合兴街道/龙滩村/") || !strings.HasSuffix(path, "号地") {
			t.Errorf("%s: path %s", c.who, path)
		}
		if v.Season == nil || len(v.Season.Works) == 0 {
			t.Errorf("%s: no last use on record", c.who)
		}
	}
}

// readHarvests reads the lots of a maker, by grower and place, and the amount of all of them.
func readHarvests(t *testing.T, l *trace.Ledger, maker string) (byGrower map[string]*trace.LotView, total trace.Amount) {
	t.Helper()
	rows, _, err := l.Lots(trace.LotQuery{Maker: maker, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	byGrower = map[string]*trace.LotView{}
	for _, r := range rows {
		v, err := l.Lot(r.Lot, 0)
		if err != nil {
			t.Fatal(err)
		}
		total += v.Quantity.Amount
		byGrower[v.Grower+" "+v.Made.Place.Name] = v
	}
	return byGrower, total
}

func TestCocoonLedger(t *testing.T) {
	data := readSample(t, cocoon)
	utf8 := mustDecode(t, data)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"GBK as it is", data},
		{"UTF-8", []byte(utf8)},
		{"UTF-8 with mark", []byte("\ufeff" + utf8)},
		{"semicolons", []byte(strings.ReplaceAll(utf8, ",", ";"))},
		{"tabs in GBK", encodeGBK(t, strings.ReplaceAll(utf8, ",", "\t"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			application := openApp(t)
			report := mustImport(t, application, Options{Name: cocoon}, c.data)
			if got := formatCounts(report); got != cocoonFirst {
				t.Errorf("got %s, want %s", got, cocoonFirst)
			}
			checkEqual(t, "bad", briefProblems(report, Bad), cocoonBad)
			checkEqual(t, "questions", briefProblems(report, Question), cocoonAsked)
			checkEqual(t, "warnings", briefProblems(report, Warning), []string{})
			again := mustImport(t, application, Options{Name: cocoon}, data)
			if got, want := formatCounts(again), "rows 330 added 0 already 327 bad 3 questions 0"; got != want {
				t.Errorf("second run, as GBK: got %s, want %s", got, want)
			}
		})
	}
}

func TestCocoonFacts(t *testing.T) {
	application := openApp(t)
	report := mustImport(t, application, Options{Name: cocoon}, readSample(t, cocoon))
	org, _ := application.Ledger.Organisation(report.Org)
	if org.Name != "石会茧站" || org.Tier != trace.Town {
		t.Errorf("organisation %+v", org)
	}
	villages := 0
	for _, p := range application.Ledger.Places() {
		if p.Kind == "village" {
			villages++
		}
	}
	if villages != 4 {
		t.Errorf("got %d villages, want 4: 中 元 村 is 中元村", villages)
	}
	rows, _, err := application.Ledger.Lots(trace.LotQuery{Maker: report.Org, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	v, err := application.Ledger.Lot(rows[len(rows)-1].Lot, 0) // the first row of the file
	if err != nil {
		t.Fatal(err)
	}
	want := []trace.Attribute{{Name: "蚕种张数", Value: "1.5"}, {Name: "干壳量", Value: "8.6"}, {Name: "上茧率", Value: "95.7"}}
	if v.Quantity.Amount.String() != "52.5" || !slices.Equal(v.Attributes, want) || v.Grower != "ZY052" ||
		strings.Join(v.Made.Path, "/") != "石会镇/邻村一" {
		t.Errorf("first row: %+v", v)
	}
	records, err := application.Store.Records(context.Background(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		// 52 yuan a kg, 2730 in all; quoted, since a hash may hold the figures
		for _, price := range []string{"单价", "金额", `"2730"`, `"2730.00"`, `"52"`} {
			if r.Kind == trace.KindEvent && strings.Contains(string(r.Body), price) {
				t.Fatalf("a price is on record: %s", r.Body)
			}
		}
	}
}

// TestMended: the clerk mends every row the report named; exactly these are added.
func TestMended(t *testing.T) {
	application := openApp(t)
	data := readSample(t, pomelo)
	mustImport(t, application, Options{Name: pomelo}, data)
	mended := editWorkbook(t, data, func(f *excelize.File) {
		setCell(t, f, "I68", "2026-10-02")
		setCell(t, f, "D96", "三组12号地")
		setCell(t, f, "F131", 2440)
		setCell(t, f, "G169", 803)
		setCell(t, f, "B186", "2026年11月5日")
		setCell(t, f, "H222", 717)
		if err := f.RemoveRow("采收登记", 155); err != nil {
			t.Fatal(err)
		}
	})
	report := mustImport(t, application, Options{Name: pomelo}, mended)
	if got, want := formatCounts(report), "rows 415 added 6 already 409 bad 0 questions 0"; got != want {
		t.Errorf("got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
}

func TestMendedCocoon(t *testing.T) {
	application := openApp(t)
	s := mustDecode(t, readSample(t, cocoon))
	mustImport(t, application, Options{Name: cocoon}, []byte(s))
	s = strings.Replace(s, "4776.40", "4676.40", 1)
	s = strings.Replace(s, "中元村,,5,191.0", "中元村,ZY222,5,191.0", 1)
	s = strings.Replace(s, "9..3", "9.3", 1)
	report := mustImport(t, application, Options{Name: cocoon}, encodeGBK(t, s))
	if got, want := formatCounts(report), "rows 330 added 3 already 327 bad 0 questions 0"; got != want {
		t.Errorf("got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
}

// TestDryRun: a dry run predicts the import and changes nothing, on an empty ledger and on a ledger that has the rows.
func TestDryRun(t *testing.T) {
	for _, name := range []string{pomelo, cocoon} {
		t.Run(name, func(t *testing.T) {
			application := openApp(t)
			data := readSample(t, name)
			for _, when := range []string{"first", "second"} {
				head := application.Ledger.Head()
				dry := mustImport(t, application, Options{Name: name, DryRun: true}, data)
				stored, err := application.Store.Head(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if stored != head || application.Ledger.Head() != head {
					t.Errorf("%s: a dry run moved the head from %d to %d", when, head, stored)
				}
				real := mustImport(t, application, Options{Name: name}, data)
				if formatCounts(dry) != formatCounts(real) || dry.Masters != real.Masters || dry.Sprays != real.Sprays ||
					dry.Org != real.Org {
					t.Errorf("%s: dry %s %d %d, real %s %d %d", when, formatCounts(dry), dry.Masters, dry.Sprays, formatCounts(real),
						real.Masters,
						real.Sprays)
				}
				for _, sev := range []Severity{Bad, Question, Warning} {
					checkEqual(t, when+" "+string(sev), briefProblems(dry, sev), briefProblems(real, sev))
				}
			}
		})
	}
}

// TestShuffled: rows in another order, and the same content as CSV, are the same rows.
func TestShuffled(t *testing.T) {
	application := openApp(t)
	data := readSample(t, pomelo)
	mustImport(t, application, Options{Name: pomelo}, data)
	lines := strings.Split(strings.TrimSpace(writeCSV(t, data)), "\n")
	r := rand.New(rand.NewPCG(1, 2))
	body := lines[3:]
	r.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	report := mustImport(t, application, Options{Name: "copy.csv"}, []byte(strings.Join(lines, "\n")))
	if got, want := formatCounts(report), "rows 416 added 0 already 409 bad 7 questions 0"; got != want {
		t.Errorf("got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
}

// TestChanged: a figure edited after the import is not a second harvest; once the lot is withdrawn, the mended row goes in.
func TestChanged(t *testing.T) {
	application := openApp(t)
	data := readSample(t, pomelo)
	first := mustImport(t, application, Options{Name: pomelo}, data)
	edited := editWorkbook(t, data, func(f *excelize.File) {
		setCell(t, f, "F5", 1241)        // quantity
		setCell(t, f, "H6", 301)         // a detail
		setCell(t, f, "J7", "磅单遗失后补")    // a remark changes no fact
		setCell(t, f, "C451", "LT-0087") // the same grower, day and plot a second time
		setCell(t, f, "B451", "2026-10-28")
		setCell(t, f, "D451", "一组1号地")
		setCell(t, f, "F451", 300)
	})
	want := append([]string{"5 F changed 1241", "6  changed_details"}, append(slices.Clone(pomeloBad), "451 F changed 300")...)
	for _, dry := range []bool{true, false} {
		report := mustImport(t, application, Options{Name: pomelo, DryRun: dry}, edited)
		if got, want := formatCounts(report), "rows 417 added 0 already 407 bad 10 questions 0"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		checkEqual(t, "bad", briefProblems(report, Bad), want)
	}
	withdrawLot(t, application, first.Org, "LT-0087", "一组1号地")
	withdrawLot(t, application, first.Org, "LT-0094", "四组23号地")
	report := mustImport(t, application, Options{Name: pomelo}, edited)
	if got, want := formatCounts(report), "rows 417 added 3 already 407 bad 7 questions 0"; got != want {
		t.Errorf("after the correction: got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
	report = mustImport(t, application, Options{Name: pomelo}, edited)
	if got, want := formatCounts(report), "rows 417 added 0 already 410 bad 7 questions 0"; got != want {
		t.Errorf("once more: got %s, want %s: %q", got, want, briefProblems(report, Bad))
	}
	report = mustImport(t, application, Options{Name: pomelo}, data)
	if report.Added != 0 {
		t.Errorf("the old file again adds %d rows", report.Added)
	}
}

func TestText(t *testing.T) {
	report := mustImport(t, openApp(t), Options{Name: pomelo, DryRun: true}, readSample(t, pomelo))
	zh, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		p    *locale.Printer
		want []string
	}{
		{"Chinese", zh, []string{"试运行", "采收登记 第 96 行 D 列（地块）: 没有填地块", "第 155 行: 和第 154 行完全一样", "安全间隔期是 14 天", "单果重"}},
		{"English", zh.In("en"), []string{"dry run", "采收登记 row 96 column D (地块)", "same as row 154", "safety interval is 14 days",
			"Mass per fruit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := report.Text(c.p)
			for _, w := range c.want {
				if !strings.Contains(strings.ToLower(got), strings.ToLower(w)) {
					t.Errorf("%q is missing in\n%s", w, got)
				}
			}
			if strings.ContainsAny(got, "{}") {
				t.Errorf("a placeholder was left:\n%s", got)
			}
		})
	}
}
