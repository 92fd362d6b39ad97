package trace

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

var errReset = errors.New("connection reset")

// scriptedStore is a log in memory whose appends a test answers.
type scriptedStore struct {
	*Memory
	appends int // since the script began

	// script answers an append; the first append has number 1.
	script func(ctx context.Context, number int, after int64, recs []Record) error

	// stall, where not nil, makes the next append send its release and wait for the release.
	stall chan chan struct{}
}

// Append implements Store.
func (s *scriptedStore) Append(ctx context.Context, after int64, recs []Record) error {
	if stall := s.stall; stall != nil {
		s.stall = nil
		release := make(chan struct{})
		stall <- release
		<-release
		return s.Memory.Append(ctx, after, recs)
	}
	if s.script == nil {
		return s.Memory.Append(ctx, after, recs)
	}
	s.appends++
	return s.script(ctx, s.appends, after, recs)
}

// newScriptedFixture is a fixture over a scripted store, with a lot of 100 kg. heads collects the numbers that OnChange is called with;
// heads may be read when the writer is closed.
func newScriptedFixture(t *testing.T) (fx *Fixture, s *scriptedStore, lot string, heads *[]int64) {
	t.Helper()
	heads = &[]int64{}
	s = &scriptedStore{Memory: &Memory{}}
	fx = NewFixture(t, s, WriterOptions{OnChange: func(seq int64) { *heads = append(*heads, seq) }})
	t.Cleanup(fx.CloseWriter)
	return fx, s, fx.HarvestFruit("100"), heads
}

// submitInOneBatch submits commands that the writer must take together: the commands stand in the queue before the writer may go on.
func (s *scriptedStore) submitInOneBatch(fx *Fixture, cmds ...Command) (results []Result) {
	fx.T.Helper()
	stall := make(chan chan struct{}, 1)
	s.stall = stall
	first := EventCommand(Coop, HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"}))
	var wg sync.WaitGroup
	wg.Go(func() { fx.mustSubmit(first) })
	release := <-stall
	wg.Go(func() { results = fx.SubmitCommands(cmds...) })
	fx.WaitForQueue(len(cmds))
	close(release)
	Within(fx.T, AnswerLimit, "the commands of one batch to be answered", wg.Wait)
	return results
}

// TestWriterTriesTwelveTimesMore: an append that another server is always ahead of is tried again twelve times. A command that is answered
// on the way starts the count again. The pauses take no real time.
func TestWriterTriesTwelveTimesMore(t *testing.T) {
	for _, row := range []struct {
		name      string
		conflicts []int // numbers of the appends that fail, from and to
		keepFirst int   // number of the failing append that leaves its first record in the log all the same; 0 for none
		appends   int
		want      []Code
	}{
		{"once behind", []int{1, 1}, 0, 2, []Code{"", ""}},
		{"behind twelve times", []int{1, 12}, 0, 13, []Code{"", ""}},
		{"behind thirteen times", []int{1, 13}, 0, 13, []Code{CodeStoreUnavailable, CodeStoreUnavailable}},
		{"progress at the last try, then behind eleven times", []int{1, 24}, 13, 25, []Code{"", ""}},
		{"progress at the last try, then behind twelve times", []int{1, 25}, 13, 25, []Code{"", CodeStoreUnavailable}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fx, s, lot, _ := newScriptedFixture(t)
				s.script = func(ctx context.Context, number int, after int64, recs []Record) error {
					switch {
					case number < row.conflicts[0] || number > row.conflicts[1]:
						return s.Memory.Append(ctx, after, recs)
					case number == row.keepFirst:
						return errors.Join(ErrConflict, s.Memory.Append(ctx, after, recs[:1]))
					}
					return ErrConflict
				}
				for i, r := range s.submitInOneBatch(fx, spoilFruit(lot, "1"), spoilFruit(lot, "2")) {
					if IsCode(r.Err, CodeStoreUnavailable) != (row.want[i] != "") || r.Err != nil && row.want[i] == "" {
						t.Errorf("answer %d = %v, want %q", i, r.Err, row.want[i])
					}
				}
				if s.appends != row.appends {
					t.Errorf("%d appends, want %d", s.appends, row.appends)
				}
				fx.expectSameReplay()
			})
		})
	}
}

func spoilFruit(lot, kg string) Command {
	return EventCommand(Coop, LossEvent(Day(10, 2), "烂", Kg(lot, kg)))
}

// TestFailedAppendIsLookedInto: after an append that failed, the end of the log tells what became of its records. Records that are there
// are answered as recorded; records that are not there are judged again where another server wrote something, and refused where no server
// did.
func TestFailedAppendIsLookedInto(t *testing.T) {
	for _, row := range []struct {
		name    string
		cause   error
		meet    happening
		appends int
		want    [2]Code
		held    string
	}{
		{"nothing is there", errReset, keepFirst(0), 1, [2]Code{CodeStoreUnavailable, CodeStoreUnavailable}, "100 KGM"},
		{"nothing is there, a conflict all the same", ErrConflict, keepFirst(0), 2, [2]Code{}, "60 KGM"},
		{"all is there", errReset, keepFirst(2), 1, [2]Code{}, "60 KGM"},
		{"all is there, a conflict all the same", ErrConflict, keepFirst(2), 1, [2]Code{}, "60 KGM"},
		{"the first is there", errReset, keepFirst(1), 2, [2]Code{}, "60 KGM"},
		{"another server's record is there", errReset, recordElsewhere("10"), 2, [2]Code{}, "50 KGM"},
		{"another server's record leaves too little", errReset, recordElsewhere("75"), 2, [2]Code{"", CodeInsufficient}, "15 KGM"},
		{"another server's record leaves nothing", errReset, recordElsewhere("95"), 1, [2]Code{CodeInsufficient, CodeInsufficient}, "5 KGM"},
		{"another server's record is the conflict", ErrConflict, recordElsewhere("10"), 2, [2]Code{}, "50 KGM"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx, s, lot, heads := newScriptedFixture(t)
			s.script = func(ctx context.Context, number int, after int64, recs []Record) error {
				if number > 1 {
					return s.Memory.Append(ctx, after, recs)
				}
				row.meet(s, ctx, after, recs)
				return row.cause
			}
			cmds := []Command{spoilFruit(lot, "10"), spoilFruit(lot, "30")}
			if row.want[1] == CodeInsufficient {
				cmds = []Command{spoilFruit(lot, "10"), spoilFruit(lot, "30.5")}
			}
			results := s.submitInOneBatch(fx, cmds...)
			s.expectAnswers(t, results, row.want)
			if s.appends != row.appends {
				t.Errorf("%d appends, want %d", s.appends, row.appends)
			}
			fx.expectHeld(Coop, lot, row.held)
			fx.expectSameReplay()
			fx.CloseWriter()
			if len(*heads) == 0 || !slices.IsSorted(*heads) || (*heads)[len(*heads)-1] != fx.Ledger.Head() {
				t.Errorf("heads announced = %v, want the last to be %d", *heads, fx.Ledger.Head())
			}
		})
	}
}

// happening is what befalls the records of an append that fails.
type happening func(s *scriptedStore, ctx context.Context, after int64, recs []Record)

// keepFirst has the log keep the first records.
func keepFirst(n int) happening {
	return func(s *scriptedStore, ctx context.Context, after int64, recs []Record) {
		if err := s.Memory.Append(ctx, after, recs[:n]); err != nil {
			panic(err)
		}
	}
}

// recordElsewhere has another server record a loss of the same lot first.
func recordElsewhere(kg string) happening {
	return func(s *scriptedStore, _ context.Context, _ int64, recs []Record) {
		other := NewFixture(noTester{}, s.Memory, WriterOptions{})
		defer other.CloseWriter()
		other.MustRecord(Coop, LossEvent(Day(10, 3), "别的服务器", Kg(recs[0].Lots[0], kg)))
	}
}

// expectAnswers compares the errors of answers; an answer without an error names the record that the log has.
func (s *scriptedStore) expectAnswers(t *testing.T, results []Result, want [2]Code) {
	t.Helper()
	for i, r := range results {
		if want[i] == "" && r.Err != nil || want[i] != "" && !IsCode(r.Err, want[i]) {
			t.Errorf("answer %d = %v, want %q", i, r.Err, want[i])
		}
		if r.Err == nil && (r.Repeat || string(s.recs[r.Record.Seq-1].Body) != string(r.Record.Body)) {
			t.Errorf("answer %d is record %d, repeat %t; the log has another record there", i, r.Record.Seq, r.Repeat)
		}
	}
}

// noTester is the Tester of a fixture inside a writer's goroutine, where a test must not be ended.
type noTester struct{}

func (noTester) Helper() {}

func (noTester) Fatalf(format string, args ...any) { panic("another server: " + format) }

// TestProductsWithoutGTINShareABatch: two products without a GTIN have nothing in common, and share one append.
func TestProductsWithoutGTINShareABatch(t *testing.T) {
	fx, s, _, _ := newScriptedFixture(t)
	s.script = func(ctx context.Context, _ int, after int64, recs []Record) error {
		return s.Memory.Append(ctx, after, recs)
	}
	product := func(slug string) Command {
		return MasterCommand(System, KindProduct, Product{ID: NS + "/product/" + slug, Name: slug, Unit: Kilogram})
	}
	for i, r := range s.submitInOneBatch(fx, product("tea-one"), product("tea-two")) {
		if r.Err != nil {
			t.Errorf("product %d: %v", i, r.Err)
		}
	}
	if s.appends != 1 {
		t.Errorf("%d appends, want 1", s.appends)
	}
}
