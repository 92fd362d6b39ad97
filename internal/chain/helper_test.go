package chain

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

const namespace = "https://liangping.example"

func loadTestChains(t testing.TB) *Set {
	t.Helper()
	s, err := Load(os.DirFS("testdata/county"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustAmount(s string) trace.Amount {
	if s == "" {
		return 0
	}
	a, err := trace.ParseAmount(s)
	if err != nil {
		panic(err) // a slip of the test's author
	}
	return a
}

// lot is a lot as a row of a table states the lot.
type lot struct {
	product string // "pomelo-fruit"
	kg      string
	pieces  string
	dry     string
	qty     string // unit of the amount, where the unit is not kg
	unit    trace.Unit
	grade   string
	attr    []string // name, value …
}

func makeAttributes(pairs []string) []trace.Attribute {
	var list []trace.Attribute
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, trace.Attribute{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func (s *Set) makeFlow(l lot) trace.Flow {
	f := trace.Flow{
		Lot: namespace + "/lot/" + l.product, Mass: mustAmount(l.kg), Pieces: mustAmount(l.pieces), DryMass: mustAmount(l.dry),
		Grade:      l.grade,
		Attributes: makeAttributes(l.attr), Quantity: trace.Quantity{Amount: mustAmount(l.kg), Unit: trace.Kilogram},
		Product: trace.Product{ID: namespace + "/product/" + l.product},
	}
	if l.unit != "" {
		f.Quantity = trace.Quantity{Amount: mustAmount(l.qty), Unit: l.unit}
	}
	for _, c := range s.Chains() {
		if len(l.product) > len(c.ID) && l.product[:len(c.ID)+1] == c.ID+"-" {
			f.Product.Chain = c.ID
		}
	}
	return f
}

// row is one event of a table.
type row struct {
	name     string
	step     string
	at       string // event time, 2026-11-03T02:00:00Z where empty
	in, out  []lot
	mu       string // area of the season's place
	yielded  string
	ends     string // the season's last day
	evidence []string
	sensors  string
	want     []string // "code what", in order
	refused  trace.Code
}

func (s *Set) makeAssessment(r row) trace.Assessment {
	if r.at == "" {
		r.at = "2026-11-03T02:00:00Z"
	}
	at, err := time.Parse(time.RFC3339, r.at)
	if err != nil {
		panic(err)
	}
	e := &trace.Event{Step: r.step, Time: trace.NewTime(at), Evidence: makeAttributes(r.evidence), Sensors: json.RawMessage(r.sensors)}
	a := trace.Assessment{Event: e, AreaMu: mustAmount(r.mu), Yielded: mustAmount(r.yielded)}
	if r.ends != "" {
		to, err := time.Parse(time.DateOnly, r.ends)
		if err != nil {
			panic(err)
		}
		a.Season = &trace.Season{To: trace.NewTime(to)}
	}
	for _, l := range r.in {
		a.Inputs = append(a.Inputs, s.makeFlow(l))
	}
	for _, l := range r.out {
		a.Outputs = append(a.Outputs, s.makeFlow(l))
	}
	return a
}

func listQuestions(qs []trace.Question) []string {
	var list []string
	for _, q := range qs {
		list = append(list, q.Code+" "+q.What)
	}
	return list
}

func (s *Set) checkRows(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.step+"/"+r.name, func(t *testing.T) {
			v := s.Assess(s.makeAssessment(r))
			if got := listQuestions(v.Questions); !slices.Equal(got, r.want) {
				t.Errorf("questions: got %q, want %q", got, r.want)
			}
			var code trace.Code
			if e := (*trace.Error)(nil); errors.As(v.Err, &e) {
				code = e.Code
			}
			if code != r.refused {
				t.Errorf("refusal: got %v, want %q", v.Err, r.refused)
			}
		})
	}
}
