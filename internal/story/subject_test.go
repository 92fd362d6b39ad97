package story

import (
	"testing"
	"time"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

// TestSubjectOf: a step that has a ratio and an evidence of one name tells them apart by the code of the question.
func TestSubjectOf(t *testing.T) {
	chains, err := chain.Load()
	if err != nil {
		t.Fatal(err)
	}
	november := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	rows := []struct {
		name       string
		question   trace.Question
		at         time.Time
		want, unit string
	}{
		{"a ratio", trace.Question{Code: "ratio_high", Step: "pomelo/store", What: "temperature"}, november, "库温", "°C"},
		{"a ratio at no time", trace.Question{Code: "ratio_high", Step: "pomelo/store", What: "temperature"}, time.Time{}, "库温", "°C"},
		{"an evidence", trace.Question{Code: chain.QuestionEvidence, Step: "pomelo/store", What: "temperature"}, november, "库温记录", ""},
		{"of no step", trace.Question{Code: "ratio_high", Step: "pomelo/nosuch", What: "temperature"}, november, "", ""},
		{"of no name", trace.Question{Code: "ratio_high", Step: "pomelo/store", What: "nosuch"}, november, "", ""},
	}
	for _, row := range rows {
		got, ok := SubjectOf(chains, row.question, row.at)
		if got.Names.Zh != row.want || got.Unit != row.unit || ok != (row.want != "") {
			t.Errorf("%s: got %+v %v, want %q in %q", row.name, got, ok, row.want, row.unit)
		}
	}
}
