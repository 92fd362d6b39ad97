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

// open makes a desk over a SQLite store with faults to plan.
func open(t *testing.T, o WriterOptions) (*Desk, *storetest.Faulty) {
	t.Helper()
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	f := &storetest.Faulty{Store: s}
	d := NewDesk(t, f, o)
	t.Cleanup(func() {
		d.Writer.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, f
}

// loss is a loss of a kilogram, told from others by its reason.
func loss(lot, reason string) Command { return Seal(Coop, Loss(Day(10, 2), reason, Kg(lot, "1"))) }

func code(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func wantHeld(t *testing.T, d *Desk, a Actor, lot, want string) {
	t.Helper()
	if got := d.Holds(a, lot); got != want {
		t.Fatalf("%s holds %s, want %s", KeyOf(a.Org), got, want)
	}
}

// TestManyFightForOneLot has 64 connections that take a lot to pieces: what is given out is never more than there was.
func TestManyFightForOneLot(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[Code]int{}
	for i := range 64 {
		wg.Go(func() {
			for j := range 5 {
				r := d.Writer.Submit(context.Background(), loss(lot, fmt.Sprint(i, "-", j)))[0]
				mu.Lock()
				got[code(r.Err)]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got[""] != 100 || got[CodeInsufficient] != 220 || len(got) != 2 {
		t.Fatalf("answers = %v, want 100 accepted and 220 insufficient", got)
	}
	wantHeld(t, d, Coop, lot, "0 KGM")
	d.Replayed()
	t.Logf("%d appends", f.Appends())
}

// gate holds up one append until it is told to go on.
type gate struct{ in, out chan struct{} }

func stall(f *storetest.Faulty) *gate {
	g := &gate{in: make(chan struct{}), out: make(chan struct{})}
	var once sync.Once
	f.BeforeAppend = func(int) error {
		once.Do(func() {
			close(g.in)
			<-g.out
		})
		return nil
	}
	return g
}

func (g *gate) entered() { <-g.in }
func (g *gate) open()    { close(g.out) }

func TestFullQueue(t *testing.T) {
	d, f := open(t, WriterOptions{Queue: 3})
	lot := d.Fruit("100")
	g := stall(f)
	var wg sync.WaitGroup
	send := func(reason string) {
		wg.Go(func() {
			if r := d.Writer.Submit(context.Background(), loss(lot, reason))[0]; r.Err != nil {
				t.Errorf("%s: %v", reason, r.Err)
			}
		})
	}
	send("in the store")
	g.entered()
	for i := range 3 {
		send(fmt.Sprint("waiting ", i))
	}
	waitFor(func() bool { return d.Writer.Waiting() == 3 })
	var e *Error
	if r := d.Writer.Submit(context.Background(), loss(lot, "too many"))[0]; !errors.As(r.Err, &e) || e.Code != CodeQueueFull || e.Kind != Unavailable {
		t.Fatalf("answer = %v, want a full queue", r.Err)
	}
	wg.Go(func() { // a batch waits for room
		for _, r := range d.Writer.Submit(context.Background(), loss(lot, "a"), loss(lot, "b"), loss(lot, "c"), loss(lot, "d"), loss(lot, "e")) {
			if r.Err != nil {
				t.Errorf("batch: %v", r.Err)
			}
		}
	})
	g.open()
	wg.Wait()
	wantHeld(t, d, Coop, lot, "91 KGM")
	d.Replayed()
}

func TestBatchGivesUpWithItsContext(t *testing.T) {
	d, f := open(t, WriterOptions{Queue: 1})
	lot := d.Fruit("100")
	g := stall(f)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan []Result)
	go func() { done <- d.Writer.Submit(ctx, loss(lot, "a"), loss(lot, "b"), loss(lot, "c"), loss(lot, "d")) }()
	g.entered()
	cancel()
	results := <-done
	g.open()
	for i, r := range results {
		if c := code(r.Err); c != CodeStoreUnavailable && c != CodeQueueFull {
			t.Errorf("%d: %v, want it unanswered", i, r.Err)
		}
	}
	waitFor(func() bool { return d.Writer.Waiting() == 0 })
	ended, stop := context.WithCancel(context.Background())
	stop()
	if r := d.Writer.Submit(ended, loss(lot, "x"))[0]; code(r.Err) != CodeStoreUnavailable {
		t.Errorf("answer = %v", r.Err)
	}
	waitFor(func() bool { return d.Writer.Waiting() == 0 }) // the queue has room for one, and that one may still stand in it
	d.Must(Coop, Loss(Day(10, 3), "烂", Kg(lot, "1")))
	recs, err := d.Store.Records(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, r := range recs {
		if r.BizStep == StepDestroying {
			lost++
		}
	}
	wantHeld(t, d, Coop, lot, fmt.Sprint(100-lost, " KGM")) // what was in the batch already was written, the others were never judged
	if lost < 2 || lost > 5 {
		t.Errorf("%d losses on record", lost)
	}
	d.Replayed()
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	g := stall(f)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if r := d.Writer.Submit(context.Background(), loss(lot, fmt.Sprint(i)))[0]; r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		})
		if i == 0 {
			g.entered() // the others stay in the queue
		}
	}
	waitFor(func() bool { return d.Writer.Waiting() == 19 })
	closed := make(chan struct{})
	go func() {
		d.Writer.Close()
		close(closed)
	}()
	g.open()
	wg.Wait()
	<-closed
	wantHeld(t, d, Coop, lot, "80 KGM")
	for _, n := range []int{1, 3} {
		cmds := make([]Command, n)
		for i := range cmds {
			cmds[i] = loss(lot, "late")
		}
		for _, r := range d.Writer.Submit(context.Background(), cmds...) {
			if code(r.Err) != CodeClosed {
				t.Errorf("answer after Close = %v", r.Err)
			}
		}
	}
	d.Writer.Close() // twice is no harm
	d.Replayed()
}

// TestCloseAnswersEveryone closes in the middle of a crowd: everyone is answered, and what was accepted is in the store.
func TestCloseAnswersEveryone(t *testing.T) {
	for range 20 {
		d, _ := open(t, WriterOptions{Queue: 4})
		lot := d.Fruit("1000")
		head := d.Ledger.Head()
		var wg sync.WaitGroup
		var mu sync.Mutex
		accepted := int64(0)
		for i := range 16 {
			wg.Go(func() {
				r := d.Writer.Submit(context.Background(), loss(lot, fmt.Sprint(i)))[0]
				switch code(r.Err) {
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
		d.Writer.Close()
		wg.Wait()
		if got := d.Ledger.Head() - head; got != accepted {
			t.Fatalf("%d recorded, %d answered", got, accepted)
		}
		d.Replayed()
	}
}

// TestReadersBesideTheWriter reads views while the writer changes what they show; the race detector watches.
func TestReadersBesideTheWriter(t *testing.T) {
	d, _ := open(t, WriterOptions{})
	lot := d.Fruit("100")
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
				v, err := d.Ledger.Lot(lot, 100)
				tr, errTrace := d.Ledger.Trace(lot, Forward, 0, 0)
				rows, _, errLots := d.Ledger.Lots(LotQuery{Holder: Coop.Org})
				if err := errors.Join(err, errTrace, errLots); err != nil || v.Made.Place.Name == "" || len(tr.AppendJSON(nil)) == 0 || len(rows) == 0 {
					t.Errorf("reading: %v", err)
					return
				}
			}
		})
	}
	for i := range 40 {
		d.Must(Coop, Loss(Day(10, 2), fmt.Sprint(i), Kg(lot, "1")))
		for _, r := range d.Writer.Submit(context.Background(),
			Master(System, KindPlace, Place{ID: NS + "/place/plot-a", Kind: "plot", Name: fmt.Sprint("地", i), Tier: Village}),
			Master(System, KindProduct, Product{ID: NS + "/product/fruit", Name: fmt.Sprint("柚", i), Unit: Kilogram})) {
			if r.Err != nil {
				t.Error(r.Err)
			}
		}
	}
	close(done)
	wg.Wait()
	d.Replayed()
}

// waitFor waits for another goroutine to get somewhere.
func waitFor(ready func() bool) {
	for !ready() {
		pause()
	}
}
