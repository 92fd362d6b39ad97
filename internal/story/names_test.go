package story

import "testing"

func TestGroupNumber(t *testing.T) {
	rows := []struct {
		name string
		want int
	}{{"一组", 1}, {"三组", 3}, {"十组", 10}, {"十二组", 12}, {"二十组", 20}, {"二十三组", 23}, {"第5组", 5}, {"12组", 12}, {"村民小组", 0}, {"", 0},
		{"99999999999999999999组", 0}}
	for _, row := range rows {
		if got := groupNumber(row.name); got != row.want {
			t.Errorf("groupNumber(%q) = %d, want %d", row.name, got, row.want)
		}
	}
}

func TestLooksPersonal(t *testing.T) {
	rows := []struct {
		name, value string
		want        bool
	}{
		{"农药残留", "未检出", false}, {"检测报告", "LP-2026-1187", false}, {"合格证", "500101202611150003", true}, {"批号", "20261103-0007", false},
		{"种植户", "A", true}, {"联系电话", "023-1", true}, {"Grower", "x", true}, {"备注", "打 138 1234 5678", true}, {"干壳量", "9.4", false},
	}
	for _, row := range rows {
		if got := looksPersonal(row.name, row.value); got != row.want {
			t.Errorf("looksPersonal(%q, %q) = %v", row.name, row.value, got)
		}
	}
	if got, want := maskNumbers("问张三 139-1234-5678，批次 20261103"), "问张三 …，批次 20261103"; got != want {
		t.Errorf("masked %q, want %q", got, want)
	}
}
