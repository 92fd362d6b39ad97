package diagram

import "testing"

func TestFitText(t *testing.T) {
	rows := []struct {
		text  string
		width int
		want  string
	}{
		{"柚子鲜果", 56, "柚子鲜果"}, {"柚子鲜果", 55, "柚子…"}, {"柚", 3, "…"}, {"", 10, ""}, {"Fresh pomelo", 100, "Fresh pomelo"},
		{"Fresh pomelo", 52, "Fresh…"},
	}
	for _, row := range rows {
		if got := fitText(row.text, 14, row.width); got != row.want {
			t.Errorf("fit(%q, %d) = %q, want %q", row.text, row.width, got, row.want)
		}
	}
}
