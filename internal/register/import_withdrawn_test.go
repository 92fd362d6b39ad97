package register

import (
	"context"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Rows of one grower on one plot: two deliveries of one day and one of the day after.
const (
	morningRow   = "2026-11-03,LT-0001,一组1号地,2000,900,600,,\n"
	afternoonRow = "2026-11-03,LT-0001,一组1号地,1000,450,300,,\n"
	nextDayRow   = "2026-11-04,LT-0001,一组1号地,500,220,100,,\n"
)

// withdrawQuantity withdraws the harvest of the lot of kg kilograms that stands.
func withdrawQuantity(t *testing.T, application *app.App, org, kg string) {
	t.Helper()
	lots, _, err := application.Ledger.Lots(trace.LotQuery{Maker: org, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for i := range lots {
		v, err := application.Ledger.Lot(lots[i].Lot, 0)
		if err != nil {
			t.Fatal(err)
		}
		if v.Status == trace.Void.String() || v.Quantity.Amount.String() != kg {
			continue
		}
		withdrawEvent(t, application, org, v.Made.Seq)
		return
	}
	t.Fatalf("no lot of %s kg stands", kg)
}

// standingQuantities counts the lots that stand, by their kilograms.
func standingQuantities(t *testing.T, application *app.App, org string) map[string]int {
	t.Helper()
	lots, _, err := application.Ledger.Lots(trace.LotQuery{Maker: org, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i := range lots {
		if lots[i].Status != trace.Void.String() {
			count[lots[i].Quantity.Amount.String()]++
		}
	}
	return count
}

// importStep is one import of a test: the rows of the file, and what the dry run and the import must both report.
type importStep struct {
	name     string
	withdraw []string // kilograms of the lots that are withdrawn before the import
	rows     string
	counts   string
	bad      []string
	standing map[string]int // lots after the import, by kilograms
}

// threeRows is a file of three rows; allThree are their lots, by kilograms.
const threeRows = morningRow + afternoonRow + nextDayRow

var allThree = map[string]int{"1000": 1, "500": 1, "250": 1}

// withdrawnCases are the imports of TestWithdrawnRows.
var withdrawnCases = []struct {
	name  string
	steps []importStep
}{
	{"one row, twice", []importStep{
		{"first", nil, threeRows, "rows 3 added 3 already 0 bad 0 questions 0", nil, allThree},
		{"withdrawn", []string{"1000"}, threeRows, "rows 3 added 1 already 2 bad 0 questions 0", nil, allThree},
		{"once more", nil, threeRows, "rows 3 added 0 already 3 bad 0 questions 0", nil, allThree},
		{"withdrawn again", []string{"1000"}, threeRows, "rows 3 added 1 already 2 bad 0 questions 0", nil, allThree},
		{"and once more", nil, threeRows, "rows 3 added 0 already 3 bad 0 questions 0", nil, allThree},
	}},
	{"all rows", []importStep{
		{"first", nil, threeRows, "rows 3 added 3 already 0 bad 0 questions 0", nil, allThree},
		{"withdrawn", []string{"1000", "500", "250"}, threeRows, "rows 3 added 3 already 0 bad 0 questions 0", nil, allThree},
		{"once more", nil, threeRows, "rows 3 added 0 already 3 bad 0 questions 0", nil, allThree},
	}},
	{"with another quantity", []importStep{
		{"first", nil, morningRow, "rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"changed", nil, "2026-11-03,LT-0001,一组1号地,2200,990,600,,\n", "rows 1 added 0 already 0 bad 1 questions 0",
			[]string{"3 采收数量（斤） changed 2200"}, map[string]int{"1000": 1}},
		{"changed, the first withdrawn", []string{"1000"}, "2026-11-03,LT-0001,一组1号地,2200,990,600,,\n",
			"rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1100": 1}},
		{"the old file again", nil, morningRow, "rows 1 added 0 already 0 bad 1 questions 0",
			[]string{"3 采收数量（斤） changed 2000"}, map[string]int{"1100": 1}},
	}},
	{"with another quantity, after it was recorded anew", []importStep{
		{"first", nil, morningRow, "rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"withdrawn", []string{"1000"}, morningRow, "rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"changed", nil, "2026-11-03,LT-0001,一组1号地,2200,990,600,,\n", "rows 1 added 0 already 0 bad 1 questions 0",
			[]string{"3 采收数量（斤） changed 2200"}, map[string]int{"1000": 1}},
	}},
	{"with other details", []importStep{
		{"first", nil, morningRow, "rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"changed", nil, "2026-11-03,LT-0001,一组1号地,2000,900,601,,\n", "rows 1 added 0 already 0 bad 1 questions 0",
			[]string{"3  changed_details"}, map[string]int{"1000": 1}},
		{"changed, the first withdrawn", []string{"1000"}, "2026-11-03,LT-0001,一组1号地,2000,900,601,,\n",
			"rows 1 added 1 already 0 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"changed, once more", nil, "2026-11-03,LT-0001,一组1号地,2000,900,601,,\n",
			"rows 1 added 0 already 1 bad 0 questions 0", nil, map[string]int{"1000": 1}},
		{"the old details again", nil, morningRow, "rows 1 added 0 already 0 bad 1 questions 0",
			[]string{"3  changed_details"}, map[string]int{"1000": 1}},
	}},
}

// TestWithdrawnRows imports rows again whose record was withdrawn in between: such a row is recorded once more, and only once. An
// operator's import answers as an administrator's does.
func TestWithdrawnRows(t *testing.T) {
	for _, c := range withdrawnCases {
		t.Run(c.name, func(t *testing.T) {
			checkImportSteps(t, openApp(t), admin, c.steps)
		})
		t.Run(c.name+", by an operator", func(t *testing.T) {
			application := openApp(t)
			putProducts(t, application, "pomelo")
			org := putOrganisation(t, application, "longtan", "龙滩村柚子合作社")
			checkImportSteps(t, application, trace.Actor{Org: org, Role: trace.Operator}, c.steps)
		})
	}
}

func checkImportSteps(t *testing.T, application *app.App, actor trace.Actor, steps []importStep) {
	t.Helper()
	org := ""
	for _, step := range steps {
		for _, kg := range step.withdraw {
			withdrawQuantity(t, application, org, kg)
		}
		org = checkImportStep(t, application, actor, &step)
	}
}

// checkImportStep imports the rows, dry first, and returns the organisation of the register.
func checkImportStep(t *testing.T, application *app.App, actor trace.Actor, step *importStep) string {
	t.Helper()
	org := ""
	for _, dry := range []bool{true, false} {
		report := mustImport(t, application, Options{Name: "t.csv", DryRun: dry, Actor: actor}, []byte(title+header+step.rows))
		if got := formatCounts(report); got != step.counts {
			t.Errorf("%s, dry %v: got %s, want %s: %q", step.name, dry, got, step.counts, briefProblems(report, Bad))
		}
		want := step.bad
		if want == nil {
			want = []string{}
		}
		checkEqual(t, step.name+": bad", briefProblems(report, Bad), want)
		org = report.Org
	}
	got := standingQuantities(t, application, org)
	for kg, n := range step.standing {
		if got[kg] != n {
			t.Errorf("%s: %d lots of %s kg stand, want %d", step.name, got[kg], kg, n)
		}
	}
	if len(got) != len(step.standing) {
		t.Errorf("%s: lots that stand: %v, want %v", step.name, got, step.standing)
	}
	return org
}

// withdrawEvent withdraws one event of the log in the name of its organisation.
func withdrawEvent(t *testing.T, application *app.App, org string, seq int64) {
	t.Helper()
	a := trace.Actor{Org: org, Role: trace.Operator, User: "test"}
	report := &app.Correction{Event: formatInt(int(seq)), Reason: "记错"}
	if _, err := application.RecordReport(context.Background(), a, report); err != nil {
		t.Fatal(err)
	}
}

// TestChangedRowNamesTheLot: of several lots that no row of the file accounts for, the report names the lot of the row's own quantity.
func TestChangedRowNamesTheLot(t *testing.T) {
	const lessPieces = "2026-11-03,LT-0001,一组1号地,2000,880,600,,\n"
	for _, c := range []struct {
		name, recorded, changed string
		kg, pieces              string // of the lot that the report must name
	}{
		{"the first of two quantities", morningRow + afternoonRow, "2026-11-03,LT-0001,一组1号地,2000,900,601,,\n", "1000", "900"},
		{"the second of two quantities", morningRow + afternoonRow, "2026-11-03,LT-0001,一组1号地,1000,450,301,,\n", "500", "450"},
		{"the first of two counts", morningRow + lessPieces, "2026-11-03,LT-0001,一组1号地,2000,900,601,,\n", "1000", "900"},
		{"the second of two counts", morningRow + lessPieces, "2026-11-03,LT-0001,一组1号地,2000,880,601,,\n", "1000", "880"},
		{"on a later day than the first row", "2026-11-01,LT-0002,一组2号地,500,220,100,,\n" + nextDayRow,
			"2026-11-01,LT-0002,一组2号地,500,220,100,,\n2026-11-04,LT-0001,一组1号地,600,270,100,,\n", "250", "220"},
	} {
		t.Run(c.name, func(t *testing.T) {
			application := openApp(t)
			mustImport(t, application, Options{Name: "t.csv"}, []byte(title+header+c.recorded))
			report := mustImport(t, application, Options{Name: "t.csv"}, []byte(title+header+c.changed))
			if report.Added != 0 || report.Bad != 1 || len(report.Problems) != 1 {
				t.Fatalf("got %s: %+v", formatCounts(report), report.Problems)
			}
			lot, err := application.Ledger.ResolveKey(report.Problems[0].Args["lot"])
			if err != nil {
				t.Fatal(err)
			}
			v, err := application.Ledger.Lot(lot, 0)
			if err != nil || v.Quantity.Amount.String() != c.kg || v.Pieces.String() != c.pieces {
				t.Errorf("the report names a lot of %s kg, %s pieces (%v), want %s kg, %s pieces", v.Quantity.Amount, v.Pieces, err, c.kg,
					c.pieces)
			}
		})
	}
}

// TestDryRunOfALastUse: the dry run of a new row on a plot that is on record counts the last use the row states, and records none.
func TestDryRunOfALastUse(t *testing.T) {
	application := openApp(t)
	mustImport(t, application, Options{Name: "t.csv"}, []byte(title+header+morningRow))
	more := morningRow + "2026-11-04,LT-0001,一组1号地,500,220,100,2026-09-01,\n"
	for _, dry := range []bool{true, false} {
		report := mustImport(t, application, Options{Name: "t.csv", DryRun: dry}, []byte(title+header+more))
		if got, want := formatCounts(report), "rows 2 added 1 already 1 bad 0 questions 0"; got != want || report.Sprays != 1 {
			t.Errorf("dry %v: got %s and %d last uses, want %s and 1", dry, got, report.Sprays, want)
		}
	}
}
