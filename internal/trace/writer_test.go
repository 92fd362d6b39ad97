package trace_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/storetest"
	. "github.com/yousang/yousang/internal/trace"
)

// openFixture makes a fixture over a SQLite store with faults to plan.
func openFixture(t *testing.T, o WriterOptions) (*Fixture, *storetest.Faulty) {
	t.Helper()
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	f := &storetest.Faulty{Store: s}
	fx := NewFixture(t, f, o)
	t.Cleanup(func() {
		fx.CloseWriter()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return fx, f
}

// lossCommand is a loss of a kilogram; the reason tells one loss from another.
func lossCommand(lot, reason string) Command {
	return EventCommand(Coop, LossEvent(Day(10, 2), reason, Kg(lot, "1")))
}

func errorCode(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func expectHeld(t *testing.T, fx *Fixture, a Actor, lot, want string) {
	t.Helper()
	if got := fx.HeldAmount(a, lot); got != want {
		t.Fatalf("%s holds %s, want %s", KeyOf(a.Org), got, want)
	}
}

// TestManyFightForOneLot has 64 connections that take a lot to pieces: the amounts given out are never more than the lot had.
func TestManyFightForOneLot(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[Code]int{}
	for i := range 64 {
		wg.Go(func() {
			for j := range 5 {
				r := fx.SubmitCommands(lossCommand(lot, fmt.Sprint(i, "-", j)))[0]
				mu.Lock()
				got[errorCode(r.Err)]++
				mu.Unlock()
			}
		})
	}
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	if got[""] != 100 || got[CodeInsufficient] != 220 || len(got) != 2 {
		t.Fatalf("answers = %v, want 100 accepted and 220 insufficient", got)
	}
	expectHeld(t, fx, Coop, lot, "0 KGM")
	fx.ExpectSameReplay()
	t.Logf("%d appends", f.Appends())
}

// gate holds up one append until the gate is released.
type gate struct {
	entered, released chan struct{}
	releaseOnce       sync.Once
}

// stallAppends makes a store hold up its next append. The end of the test releases the append too, so that the writer can close.
func stallAppends(t *testing.T, f *storetest.Faulty) *gate {
	g := &gate{entered: make(chan struct{}), released: make(chan struct{})}
	t.Cleanup(g.release)
	var once sync.Once
	f.BeforeAppend = func(int) error {
		once.Do(func() {
			close(g.entered)
			<-g.released
		})
		return nil
	}
	return g
}

func (g *gate) waitEntered(t *testing.T) {
	t.Helper()
	Within(t, AnswerLimit, "an append to reach the store", func() { <-g.entered })
}

func (g *gate) release() { g.releaseOnce.Do(func() { close(g.released) }) }

func TestFullQueue(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{QueueSize: 3})
	lot := fx.HarvestFruit("100")
	g := stallAppends(t, f)
	var wg sync.WaitGroup
	send := func(reason string) {
		wg.Go(func() {
			if r := fx.SubmitCommands(lossCommand(lot, reason))[0]; r.Err != nil {
				t.Errorf("%s: %v", reason, r.Err)
			}
		})
	}
	send("in the store")
	g.waitEntered(t)
	for i := range 3 {
		send(fmt.Sprint("waiting ", i))
	}
	fx.WaitForQueue(3)
	var e *Error
	if r := fx.SubmitCommands(lossCommand(lot, "too many"))[0]; !errors.As(r.Err, &e) || e.Code != CodeQueueFull ||
		e.Kind != Unavailable {
		t.Fatalf("answer = %v, want a full queue", r.Err)
	}
	wg.Go(func() { // a batch waits for room
		for _, r := range fx.SubmitCommands(lossCommand(lot, "a"), lossCommand(lot, "b"), lossCommand(lot, "c"),
			lossCommand(lot, "d"), lossCommand(lot, "e")) {
			if r.Err != nil {
				t.Errorf("batch: %v", r.Err)
			}
		}
	})
	g.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	expectHeld(t, fx, Coop, lot, "91 KGM")
	fx.ExpectSameReplay()
}

func TestBatchGivesUpWithItsContext(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{QueueSize: 1})
	lot := fx.HarvestFruit("100")
	g := stallAppends(t, f)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan []Result, 1)
	go func() {
		done <- fx.Writer.Submit(ctx, lossCommand(lot, "a"), lossCommand(lot, "b"), lossCommand(lot, "c"), lossCommand(lot, "d"))
	}()
	g.waitEntered(t)
	cancel()
	var results []Result
	Within(t, AnswerLimit, "a batch whose context has ended", func() { results = <-done })
	g.release()
	for i, r := range results {
		if c := errorCode(r.Err); c != CodeStoreUnavailable && c != CodeQueueFull {
			t.Errorf("%d: %v, want it unanswered", i, r.Err)
		}
	}
	fx.WaitForQueue(0)
	ended, stop := context.WithCancel(context.Background())
	stop()
	if r := fx.Writer.Submit(ended, lossCommand(lot, "x"))[0]; errorCode(r.Err) != CodeStoreUnavailable {
		t.Errorf("answer = %v", r.Err)
	}
	// the queue has room for one command, and that command may still stand in the queue
	fx.WaitForQueue(0)
	fx.MustRecord(Coop, LossEvent(Day(10, 3), "烂", Kg(lot, "1")))
	recs, err := fx.Store.Records(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, r := range recs {
		if r.BizStep == StepDestroying {
			lost++
		}
	}
	expectHeld(t, fx, Coop, lot, fmt.Sprint(100-lost, " KGM")) // commands in the batch already were written, the others were never judged
	if lost < 2 || lost > 5 {
		t.Errorf("%d losses on record", lost)
	}
	fx.ExpectSameReplay()
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	g := stallAppends(t, f)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if r := fx.SubmitCommands(lossCommand(lot, fmt.Sprint(i)))[0]; r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		})
		if i == 0 {
			g.waitEntered(t) // the others stay in the queue
		}
	}
	fx.WaitForQueue(19)
	var closing sync.WaitGroup
	closing.Go(fx.Writer.Close)
	g.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	Within(t, AnswerLimit, "the writer to close", closing.Wait)
	expectHeld(t, fx, Coop, lot, "80 KGM")
	for _, n := range []int{1, 3} {
		cmds := make([]Command, n)
		for i := range cmds {
			cmds[i] = lossCommand(lot, "late")
		}
		for _, r := range fx.SubmitCommands(cmds...) {
			if errorCode(r.Err) != CodeClosed {
				t.Errorf("answer after Close = %v", r.Err)
			}
		}
	}
	fx.CloseWriter() // twice is no harm
	fx.ExpectSameReplay()
}

// TestCloseAnswersEveryone closes in the middle of a crowd: every caller is answered, and every accepted record is in the store.
func TestCloseAnswersEveryone(t *testing.T) {
	for range 20 {
		fx, _ := openFixture(t, WriterOptions{QueueSize: 4})
		lot := fx.HarvestFruit("1000")
		head := fx.Ledger.Head()
		var wg sync.WaitGroup
		var mu sync.Mutex
		accepted := int64(0)
		for i := range 16 {
			wg.Go(func() {
				r := fx.SubmitCommands(lossCommand(lot, fmt.Sprint(i)))[0]
				switch errorCode(r.Err) {
				case "":
					mu.Lock()
					accepted++
					mu.Unlock()
				case CodeClosed, CodeQueueFull:
				default:
					t.Errorf("answer = %v", r.Err)
				}
			})
		}
		fx.CloseWriter()
		Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
		if got := fx.Ledger.Head() - head; got != accepted {
			t.Fatalf("%d recorded, %d answered", got, accepted)
		}
		fx.ExpectSameReplay()
	}
}

// TestReadersBesideTheWriter reads views while the writer changes what they show; the race detector watches.
func TestReadersBesideTheWriter(t *testing.T) {
	fx, _ := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				v, err := fx.Ledger.Lot(lot, 100)
				tr, errTrace := fx.Ledger.Trace(lot, Forward, 0, 0)
				rows, _, errLots := fx.Ledger.Lots(LotQuery{Holder: Coop.Org})
				if err := errors.Join(err, errTrace, errLots); err != nil || v.Made.Place.Name == "" || len(tr.AppendJSON(nil)) == 0 || len(rows) == 0 {
					t.Errorf("reading: %v", err)
					return
				}
			}
		})
	}
	for i := range 40 {
		fx.MustRecord(Coop, LossEvent(Day(10, 2), fmt.Sprint(i), Kg(lot, "1")))
		for _, r := range fx.SubmitCommands(MasterCommand(System, KindPlace, Place{ID: NS + "/place/plot-a", Kind: "plot",
			Name: fmt.Sprint("地", i), Tier: Village}),
			MasterCommand(System, KindProduct, Product{ID: NS + "/product/fruit", Name: fmt.Sprint("柚", i), Unit: Kilogram})) {
			if r.Err != nil {
				t.Error(r.Err)
			}
		}
	}
	close(done)
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	fx.ExpectSameReplay()
}
