package demo

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

func openFilledDemo(t *testing.T) *app.App {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	clock := NewClock()
	r, err := app.Open(context.Background(), s, app.Options{Namespace: "https://demo.example", Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := FillLedger(context.Background(), r, clock, nil); err != nil {
		t.Fatal(err)
	}
	return r
}

// seasonHash is the hash of the demo's ledger. The hash changes only where the season, a chain template, the form of a record or the
// ledger's state changes; a change that is meant to leave these alone must leave the hash alone.
const seasonHash = "91b8822bf8d78d724e054e7f942274da5d775b6702ede4df79eb461430ecee36"

// TestFill checks the size and variety of the demo.
func TestFill(t *testing.T) {
	r := openFilledDemo(t)
	st := r.Ledger.Stats()
	t.Logf("%+v", st)
	if st.Lots < 3000 {
		t.Errorf("lots = %d, want at least 3000", st.Lots)
	}
	if st.Questions == 0 || st.Questions > st.Lots/20 {
		t.Errorf("questions = %d, want a few", st.Questions)
	}
	groups := 0
	for _, p := range r.Ledger.Places() {
		if p.Kind == "group" {
			groups++
		}
	}
	if groups < 40 {
		t.Errorf("village groups = %d, want about 40", groups)
	}
	for _, p := range r.Ledger.Products() {
		rows, _, err := r.Ledger.Lots(trace.LotQuery{Product: p.ID, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			t.Errorf("no lot of %s", p.ID)
		}
	}
	v, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Problems {
		t.Error(p)
	}
	if v.Hash != r.Ledger.Hash() {
		t.Error("the ledger folded again differs")
	}
	if got := r.Ledger.Hash(); got != seasonHash {
		t.Errorf("the ledger's hash is %s, want %s", got, seasonHash)
	}
}

// TestFillIsDeterministic: two demos have the same log, byte for byte.
func TestFillIsDeterministic(t *testing.T) {
	a, b := openFilledDemo(t), openFilledDemo(t)
	if a.Ledger.Hash() != b.Ledger.Hash() {
		t.Error("two demos fold to different ledgers")
	}
	for after := int64(0); ; {
		x, err := a.Store.Records(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Store.Records(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(x, y) {
			t.Fatalf("records after %d differ", after)
		}
		if len(x) == 0 {
			return
		}
		after = x[len(x)-1].Seq
	}
}

// TestCodes: some items of products that are sold by the piece have serial numbers, and half of these are activated.
func TestCodes(t *testing.T) {
	r := openFilledDemo(t)
	if err := IssueCodes(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	st := r.Ledger.Stats()
	if st.Serials < 2*mostNumbered {
		t.Fatalf("%d serial numbers, want those of two products at least", st.Serials)
	}
	for index := range st.Serials {
		v, ok := r.Ledger.Serial(index)
		want := trace.SerialPrinted
		if v.Ordinal <= v.Batch.Count/2 {
			want = trace.SerialActivated
		}
		if !ok || v.State != want {
			t.Errorf("item %d of %s is %s, want %s", v.Ordinal, v.Batch.Lot, v.State, want)
		}
	}
}
