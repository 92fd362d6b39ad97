package consumer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// Every rule for copies, from the page's view to its warning and its case.
func TestItemWarnings(t *testing.T) {
	s := newShelf(t, "50")
	hour := func(n int) { s.Clock = s.Clock.Add(time.Duration(n) * time.Hour) }
	look := func(item int64, from ...string) webtest.Document {
		t.Helper()
		var d webtest.Document
		for _, a := range from {
			d = s.viewItem(item, a)
			hour(5)
		}
		return d
	}
	look(1, liangping, chengdu, wanzhou, beijing)
	look(8, chengdu) // printed, not home
	const unknown = "100.64.0.1"
	look(9, unknown) // printed, and looked up from an unknown region
	s.flushScans()
	s.changeState(trace.SerialActivated, 8, 9)
	most := s.viewItem(9, unknown)
	most.CheckText(".band.active .word", "已被查询 2 次")
	if !strings.HasPrefix(most.Text(".item .grey"), "本码启用之前就有人查询过") || len(most.Select(".warn")) > 0 {
		t.Errorf("what was most likely the packer's own look is told as %q", most.Texts(".item p"))
	}
	for _, row := range []struct {
		name     string
		doc      webtest.Document
		warnings []string
	}{
		{"places and region", s.viewItem(1, liangping), []string{"24 小时之内，有 4 个地方的人查询过本码：北京市、重庆市万州区、重庆市梁平区、四川省成都市。",
			"本码在北京市、四川省成都市被查询过，那里不是这件产品的销售区域"}},
		{"early", s.viewItem(8, liangping), []string{"本码启用之前就有人查询过"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := row.doc.Texts(".warn li")
			for _, want := range row.warnings {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("warnings %q, want %s", got, want)
				}
			}
			row.doc.CheckText(".band.hold .word", "请核对")
		})
	}
	checkFastTravel(t, s)
	checkOpenCases(t, s)
	checkClosedCase(t, s)
	if v, ok := s.App.Ledger.Serial(s.batch.First); !ok || v.State != trace.SerialActivated {
		t.Errorf("the item is %s: nothing may be frozen", v.State)
	}
}

// checkFastTravel: the page warns of a code that is looked up in two far places within minutes.
func checkFastTravel(t *testing.T, s *shelf) {
	t.Helper()
	s.viewItem(3, liangping)
	s.Clock = s.Clock.Add(20 * time.Minute)
	d := s.viewItem(3, shenzhen)
	if got := d.Text(".warn li"); !strings.HasPrefix(got, "相隔 20 分钟，广东省深圳市、重庆市梁平区都有人查询过本码，两地相距约 1100 千米") {
		t.Errorf("warning %q", got)
	}
}

// checkOpenCases: each warning has its case for the bureau.
func checkOpenCases(t *testing.T, s *shelf) {
	t.Helper()
	s.flushScans()
	got := s.listOpenCases()
	for _, want := range []string{scan.CaseID(s.serialOf(1), scan.RulePlaces), scan.CaseID(s.serialOf(1), scan.RuleRegion),
		scan.CaseID(s.serialOf(3), scan.RuleVelocity),
		scan.CaseID(s.serialOf(8), scan.RuleEarly), scan.CaseID(s.serialOf(9), scan.RuleEarly)} {
		if !slices.Contains(got, want) {
			t.Errorf("cases %q, want %s", got, want)
		}
	}
}

// checkClosedCase: once the bureau has closed a case, the page warns no more.
func checkClosedCase(t *testing.T, s *shelf) {
	t.Helper()
	id := scan.CaseID(s.serialOf(8), scan.RuleEarly)
	bureau := s.ActorOf("bureau")
	closing := scan.Closing{Note: "合作社送检时扫过", Org: bureau.Org, User: bureau.User, Time: s.Clock}
	if _, err := scan.CloseCase(t.Context(), s.App.Store, id, closing); err != nil {
		t.Fatal(err)
	}
	if d := s.viewItem(8, liangping); len(d.Select(".warn")) > 0 {
		t.Errorf("the bureau has cleared it up, and the page says %q", d.Text(".warn"))
	}
}
