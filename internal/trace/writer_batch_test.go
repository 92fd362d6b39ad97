package trace_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	. "github.com/yousang/yousang/internal/trace"
)

// TestTakesShareABatch: what is taken from one lot shares a durable write as long as there is enough; what is too much is refused.
func TestTakesShareABatch(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot, other := d.Fruit("10"), d.Fruit("10")
	release, before := stall(f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := d.Writer.Submit(context.Background(), loss(other, "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	release.entered()
	cmds := make([]Command, 12)
	for i := range cmds {
		cmds[i] = loss(lot, fmt.Sprint(i))
	}
	var results []Result
	wg.Go(func() { results = d.Writer.Submit(context.Background(), cmds...) })
	waitFor(func() bool { return d.Writer.Waiting() == len(cmds) })
	release.open()
	wg.Wait()
	for i, r := range results {
		if i < 10 && r.Err != nil || i >= 10 && code(r.Err) != CodeInsufficient {
			t.Errorf("%d: %v", i, r.Err)
		}
	}
	if n := f.Appends() - before; n != 2 {
		t.Errorf("%d appends, want the stalled one and one for ten takes", n)
	}
	wantHeld(t, d, Coop, lot, "0 KGM")
	d.Replayed()
}

// TestIndependentCommandsShareABatch shows the group commit: what waits while a batch is written goes out together.
func TestIndependentCommandsShareABatch(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lots := make([]string, 40)
	for i := range lots {
		lots[i] = d.Fruit("10")
	}
	release, before := stall(f), f.Appends()
	var wg sync.WaitGroup
	for i, lot := range lots {
		wg.Go(func() {
			if r := d.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		})
		if i == 0 {
			release.entered()
		}
	}
	waitFor(func() bool { return d.Writer.Waiting() == len(lots)-1 })
	release.open()
	wg.Wait()
	if n := f.Appends() - before; n != 2 {
		t.Fatalf("%d appends for 40 commands, want the first and all the others", n)
	}
	d.Replayed()
}

// TestMasterDataShareABatch: a register brings thousands of plots; those that do not lean on one another share a durable write, a season
// waits for its plot, and a harvest for its season.
func TestMasterDataShareABatch(t *testing.T) {
	d, f := open(t, WriterOptions{})
	release, before := stall(f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := d.Writer.Submit(context.Background(), loss(d.Fruit("10"), "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	release.entered()
	var cmds []Command
	for i := range 30 {
		cmds = append(cmds, Master(Coop, KindPlace, Place{ID: fmt.Sprintf("%s/place/new-%02d", NS, i), Kind: "plot", Name: "地",
			Parent: NS + "/place/village-a", Tier: Village, Org: Coop.Org}))
	}
	cmds = append(cmds, Master(Coop, KindSeason, Season{ID: NS + "/season/new", Name: "2026", Org: Coop.Org,
		Place: NS + "/place/new-00", From: Time{Time: Day(1, 1)}, To: Time{Time: Day(11, 30)}}))
	cmds = append(cmds, Seal(Coop, Harvest(Day(10, 1), "new-00", "new", Out{ID: d.LotID(), Product: "fruit", Amount: "1"})))
	wg.Go(func() {
		for i, r := range d.Writer.Submit(context.Background(), cmds...) {
			if r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		}
	})
	waitFor(func() bool { return d.Writer.Waiting() == len(cmds) })
	release.open()
	wg.Wait()
	if n := f.Appends() - before; n > 5 {
		t.Errorf("%d appends, want the fruit, its loss, the plots, the season and the harvest", n)
	}
	d.Replayed()
}

// faulty is an assessor with a fault.
type faulty struct{}

func (faulty) Assess(a Assessment) Verdict {
	if a.Event.Step == "bad" {
		panic("a fault of ours")
	}
	return Verdict{}
}

// TestAFaultAnswersAndStopsNobody: an event we did not think of gets an error, and the next one is recorded.
func TestAFaultAnswersAndStopsNobody(t *testing.T) {
	d, _ := open(t, WriterOptions{Ask: faulty{}})
	bad := Harvest(Day(10, 1), "plot-a", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"})
	bad.Step = "bad"
	head := d.Ledger.Head()
	if r := d.Do(Coop, bad); r.Err == nil || code(r.Err) != "" || d.Ledger.Head() != head {
		t.Fatalf("answer = %+v", r)
	}
	wantHeld(t, d, Coop, d.Fruit("10"), "10 KGM")
	d.Replayed()
}

// TestAChangeWaitsForTakes: what changes a lot itself is judged only when all that was taken from it is applied, in a batch after theirs.
func TestAChangeWaitsForTakes(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot, other := d.Fruit("10"), d.Fruit("10")
	release, before := stall(f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := d.Writer.Submit(context.Background(), loss(other, "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	release.entered()
	cmds := []Command{loss(lot, "a"), loss(lot, "b"), Seal(Office, Mark(Day(10, 5), DispositionHold, "", "抽检", lot))}
	wg.Go(func() {
		for i, r := range d.Writer.Submit(context.Background(), cmds...) {
			if r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		}
	})
	waitFor(func() bool { return d.Writer.Waiting() == len(cmds) })
	release.open()
	wg.Wait()
	if n := f.Appends() - before; n != 3 {
		t.Errorf("%d appends, want the stalled one, one for both losses, one for the hold", n)
	}
	d.Replayed()
}
