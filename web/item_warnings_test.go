package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

// Every rule for copies, from the page's view to its warning and its case.
func TestItemWarnings(t *testing.T) {
	s := newShelf(t, "50")
	hour := func(n int) { s.clock = s.clock.Add(time.Duration(n) * time.Hour) }
	look := func(item int64, from ...string) doc {
		t.Helper()
		var d doc
		for _, a := range from {
			d = s.see(item, a)
			hour(5)
		}
		return d
	}
	look(1, liangping, chengdu, wanzhou, beijing)
	look(8, chengdu) // printed, not home
	const unknown = "100.64.0.1"
	look(9, unknown) // printed, and nobody knows where
	s.flush()
	s.change(trace.SerialActivated, 8, 9)
	most := s.see(9, unknown)
	most.is(".band.active .word", "已被查询 2 次")
	if !strings.HasPrefix(most.text(".item .grey"), "本码启用之前就有人查询过") || len(most.all(".warn")) > 0 {
		t.Errorf("what was most likely the packer's own look is told as %q", most.texts(".item p"))
	}
	for _, row := range []struct {
		name     string
		doc      doc
		warnings []string
	}{
		{"places and region", s.see(1, liangping), []string{"24 小时之内，有 4 个地方的人查询过本码：北京市、重庆市万州区、重庆市梁平区、四川省成都市。",
			"本码在北京市、四川省成都市被查询过，那里不是这件产品的销售区域"}},
		{"early", s.see(8, liangping), []string{"本码启用之前就有人查询过"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := row.doc.texts(".warn li")
			for _, want := range row.warnings {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("warnings %q, want %s", got, want)
				}
			}
			row.doc.is(".band.hold .word", "请核对")
		})
	}
	s.see(3, liangping)
	s.clock = s.clock.Add(20 * time.Minute)
	d := s.see(3, shenzhen)
	if got := d.text(".warn li"); !strings.HasPrefix(got, "相隔 20 分钟，广东省深圳市、重庆市梁平区都有人查询过本码，两地相距约 1100 千米") {
		t.Errorf("warning %q", got)
	}
	s.flush()
	got := s.cases()
	for _, want := range []string{scan.CaseID(s.code(1), scan.RulePlaces), scan.CaseID(s.code(1), scan.RuleRegion), scan.CaseID(s.code(3), scan.RuleVelocity),
		scan.CaseID(s.code(8), scan.RuleEarly), scan.CaseID(s.code(9), scan.RuleEarly)} {
		if !slices.Contains(got, want) {
			t.Errorf("cases %q, want %s", got, want)
		}
	}
	id := scan.CaseID(s.code(8), scan.RuleEarly)
	if _, err := scan.CloseCase(t.Context(), s.r.Store, id, "合作社送检时扫过", s.as("bureau"), s.clock); err != nil {
		t.Fatal(err)
	}
	if d = s.see(8, liangping); len(d.all(".warn")) > 0 {
		t.Errorf("the bureau has cleared it up, and the page says %q", d.text(".warn"))
	}
	if v, ok := s.r.Ledger.Serial(s.batch.First); !ok || v.State != trace.SerialActivated {
		t.Errorf("the item is %s: nothing may be frozen", v.State)
	}
}
