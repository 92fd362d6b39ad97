package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

func sprayOf(season string, at trace.Time) app.Work {
	return app.Work{Common: app.Common{Time: &at}, Season: season, Kind: "spray", Agent: "啶虫脒", IntervalDays: 14, MaxUses: 1}
}

func putMaster(t *testing.T, application *app.App, kind trace.RecordKind, v any) {
	t.Helper()
	if _, err := application.PutMasterData(context.Background(), admin, v); err != nil {
		t.Fatal(err)
	}
}

func putOrganisation(t *testing.T, application *app.App, slug, name string) string {
	t.Helper()
	id := application.CompleteID("org", slug)
	putMaster(t, application, trace.KindOrganisation, trace.Organisation{ID: id, Kind: "cooperative", Name: name, Tier: trace.Village})
	return id
}

func putProducts(t *testing.T, application *app.App, chain string) {
	t.Helper()
	c, ok := application.Chains.Chain(chain)
	if !ok {
		t.Fatal(chain)
	}
	for _, p := range c.MasterProducts(application.Ledger.Namespace()) {
		putMaster(t, application, trace.KindProduct, p)
	}
}

func importRefused(t *testing.T, application *app.App, a trace.Actor, data []byte) string {
	t.Helper()
	report, err := Import(context.Background(), application, Options{Actor: a, Name: pomelo, Now: testNow}, data)
	var e *trace.Error
	if !errors.As(err, &e) || len(report.Problems) == 0 {
		t.Fatalf("got %v, %+v", err, report)
	}
	for _, p := range report.Problems {
		if p.Row == 0 {
			return p.Code + " " + string(e.Code)
		}
	}
	return ""
}

func TestActors(t *testing.T) {
	data := []byte(title + header + "2026-11-03,LT-0001,一组1号地,2000,900,600,2026-09-01,\n")
	t.Run("an operator without its organisation", func(t *testing.T) {
		got := importRefused(t, openApp(t), trace.Actor{Org: "https://liangping.example/org/none", Role: trace.Operator}, data)
		if want := "org_missing unknown_thing"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("an operator of another", func(t *testing.T) {
		application := openApp(t)
		org := putOrganisation(t, application, "other", "大河村花椒合作社")
		got := importRefused(t, application, trace.Actor{Org: org, Role: trace.Operator}, data)
		if want := "org_differs not_allowed"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("an operator before there are products", func(t *testing.T) {
		application := openApp(t)
		org := putOrganisation(t, application, "longtan", "龙滩村柚子合作社")
		got := importRefused(t, application, trace.Actor{Org: org, Role: trace.Operator}, data)
		if want := "product_absent unknown_thing"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("a bureau", func(t *testing.T) {
		got := importRefused(t, openApp(t), trace.Actor{Org: "x", Role: trace.Bureau}, data)
		if want := "not_allowed not_allowed"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("an administrator, two organisations alike", func(t *testing.T) {
		application := openApp(t)
		putOrganisation(t, application, "first", "龙滩村柚子合作社")
		putOrganisation(t, application, "second", "龙滩村合作社")
		got := importRefused(t, application, admin, data)
		if want := "org_ambiguous required"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// TestOperator: the import of an operator makes plots, seasons and its village, and nothing that belongs to others; the import of an
// administrator finds these.
func TestOperator(t *testing.T) {
	application := openApp(t)
	putProducts(t, application, "pomelo")
	org := putOrganisation(t, application, "longtan", "龙滩村柚子合作社")
	data := readSample(t, pomelo)
	report := mustImport(t, application, Options{Name: pomelo, Actor: trace.Actor{Org: org, Role: trace.Operator}}, data)
	if got := formatCounts(report); got != pomeloFirst || report.Org != org {
		t.Errorf("got %s for %s", got, report.Org)
	}
	for _, p := range application.Ledger.Places() {
		if p.Org != org || p.Kind == "county" || p.Kind == "town" {
			t.Errorf("an operator made %+v", p)
		}
	}
	report = mustImport(t, application, Options{Name: pomelo}, data)
	if report.Added != 0 || report.Already != 409 || report.Org != org {
		t.Errorf("an administrator, afterwards: %s for %s", formatCounts(report), report.Org)
	}
}

// TestStations: a cocoon ledger is the ledger of one station.
func TestStations(t *testing.T) {
	application := openApp(t)
	s := mustDecode(t, readSample(t, cocoon))
	s = strings.Replace(s, "2026/5/18,石会茧站,邻村三,ZY109", "2026/5/18,太极茧站,邻村三,ZY109", 1)
	report := mustImport(t, application, Options{Name: cocoon}, []byte(s))
	if got, want := formatCounts(report), "rows 330 added 326 already 0 bad 4 questions 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := briefProblems(report, Bad)[0]; got != "3 收购站 other_station 太极茧站" {
		t.Errorf("got %s", got)
	}
}

// TestSeasonWidened: a later import with an earlier last use widens the season that the first one made.
func TestSeasonWidened(t *testing.T) {
	application := openApp(t)
	first := title + header + "2026-01-20,LT-0001,一组1号地,2000,900,600,,\n"
	mustImport(t, application, Options{Name: "t.csv"}, []byte(first))
	more := first + "2026-01-25,LT-0001,一组1号地,2000,900,600,2025-11-20,\n"
	dry := mustImport(t, application, Options{Name: "t.csv", DryRun: true}, []byte(more))
	report := mustImport(t, application, Options{Name: "t.csv"}, []byte(more))
	if got, want := formatCounts(report), "rows 2 added 1 already 1 bad 0 questions 0"; got != want || formatCounts(dry) != want {
		t.Errorf("got %s, dry %s, want %s: %q", got, formatCounts(dry), want, briefProblems(report, Bad))
	}
	seasons := application.Ledger.Seasons(report.Org)
	if len(seasons) != 1 || len(seasons[0].Works) != 1 || formatDay(seasons[0].From.In(trace.ChinaTime)) != "2025-11-20" {
		t.Errorf("seasons %+v", seasons)
	}
}

// TestMany: several batches, with progress that ends where it should.
func TestMany(t *testing.T) {
	application := openApp(t)
	var b strings.Builder
	b.WriteString("收购日期,收购站,村,蚕农编号,蚕种张数,鲜茧重量(公斤),干壳量,上茧率\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "2026/5/%d,石会茧站,中元村,ZY%04d,1,%d.5,9.2,92\n", 18+i%10, i, 30+i%20)
	}
	last := 0
	report := mustImport(t, application, Options{Name: "鲜茧台账-石会镇.csv", Progress: func(done, _ int) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last = done
	}}, []byte(b.String()))
	if report.Added != 1200 || last != 1200 {
		t.Errorf("%s, progress ended at %d", formatCounts(report), last)
	}
}

// TestStopped: an import that was cut short goes on from the last recorded row.
func TestStopped(t *testing.T) {
	application := openApp(t)
	data := readSample(t, cocoon)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Import(ctx, application, Options{Actor: admin, Name: cocoon, Now: testNow}, data); err == nil {
		t.Error("a cancelled import reports success")
	}
	if report := mustImport(t, application, Options{Name: cocoon}, data); report.Added+report.Already != 327 {
		t.Errorf("afterwards: %s", formatCounts(report))
	}
}
