package trace_test

import (
	"fmt"
	"sync"
	"testing"

	. "github.com/yousang/yousang/internal/trace"
)

// TestTakesShareABatch: amounts taken from one lot share a durable write as long as the lot has enough; an amount above the rest is
// refused.
func TestTakesShareABatch(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot, other := fx.HarvestFruit("10"), fx.HarvestFruit("10")
	gate, before := stallAppends(t, f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := fx.SubmitCommands(lossCommand(other, "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	gate.waitEntered(t)
	cmds := make([]Command, 12)
	for i := range cmds {
		cmds[i] = lossCommand(lot, fmt.Sprint(i))
	}
	var results []Result
	wg.Go(func() { results = fx.SubmitCommands(cmds...) })
	fx.WaitForQueue(len(cmds))
	gate.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	for i, r := range results {
		if i < 10 && r.Err != nil || i >= 10 && errorCode(r.Err) != CodeInsufficient {
			t.Errorf("%d: %v", i, r.Err)
		}
	}
	if n := f.Appends() - before; n != 2 {
		t.Errorf("%d appends, want the stalled one and one for ten takes", n)
	}
	expectHeld(t, fx, Coop, lot, "0 KGM")
	fx.ExpectSameReplay()
}

// TestIndependentCommandsShareABatch shows the group commit: commands that wait while a batch is written go out together.
func TestIndependentCommandsShareABatch(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lots := make([]string, 40)
	for i := range lots {
		lots[i] = fx.HarvestFruit("10")
	}
	gate, before := stallAppends(t, f), f.Appends()
	var wg sync.WaitGroup
	for i, lot := range lots {
		wg.Go(func() {
			if r := fx.SubmitCommands(lossCommand(lot, "烂"))[0]; r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		})
		if i == 0 {
			gate.waitEntered(t)
		}
	}
	fx.WaitForQueue(len(lots) - 1)
	gate.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	if n := f.Appends() - before; n != 2 {
		t.Fatalf("%d appends for 40 commands, want the first and all the others", n)
	}
	fx.ExpectSameReplay()
}

// TestMasterDataShareABatch: a register brings thousands of plots; records that do not depend on one another share a durable write, a
// season waits for its plot, and a harvest for its season.
func TestMasterDataShareABatch(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	gate, before := stallAppends(t, f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := fx.SubmitCommands(lossCommand(fx.HarvestFruit("10"), "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	gate.waitEntered(t)
	var cmds []Command
	for i := range 30 {
		cmds = append(cmds, MasterCommand(Coop, KindPlace, Place{ID: fmt.Sprintf("%s/place/new-%02d", NS, i), Kind: "plot", Name: "地",
			Parent: NS + "/place/village-a", Tier: Village, Org: Coop.Org}))
	}
	cmds = append(cmds, MasterCommand(Coop, KindSeason, Season{ID: NS + "/season/new", Name: "2026", Org: Coop.Org,
		Place: NS + "/place/new-00", From: Time{Time: Day(1, 1)}, To: Time{Time: Day(11, 30)}}))
	cmds = append(cmds, EventCommand(Coop, HarvestEvent(Day(10, 1), "new-00", "new",
		LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"})))
	wg.Go(func() {
		for i, r := range fx.SubmitCommands(cmds...) {
			if r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		}
	})
	fx.WaitForQueue(len(cmds))
	gate.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	if n := f.Appends() - before; n > 5 {
		t.Errorf("%d appends, want the fruit, its loss, the plots, the season and the harvest", n)
	}
	fx.ExpectSameReplay()
}

// panickingAssessor is an assessor with a fault.
type panickingAssessor struct{}

func (panickingAssessor) Assess(a Assessment) Verdict {
	if a.Event.Step == "bad" {
		panic("a fault of ours")
	}
	return Verdict{}
}

// TestAFaultAnswersAndStopsNobody: an event we did not think of gets an error, and the next one is recorded.
func TestAFaultAnswersAndStopsNobody(t *testing.T) {
	fx, _ := openFixture(t, WriterOptions{Assessor: panickingAssessor{}})
	bad := HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"})
	bad.Step = "bad"
	head := fx.Ledger.Head()
	if r := fx.Submit(Coop, bad); r.Err == nil || errorCode(r.Err) != "" || fx.Ledger.Head() != head {
		t.Fatalf("answer = %+v", r)
	}
	expectHeld(t, fx, Coop, fx.HarvestFruit("10"), "10 KGM")
	fx.ExpectSameReplay()
}

// TestAChangeWaitsForTakes: an event that changes a lot itself is judged only when all amounts taken from the lot are applied, in a batch
// after theirs.
func TestAChangeWaitsForTakes(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot, other := fx.HarvestFruit("10"), fx.HarvestFruit("10")
	gate, before := stallAppends(t, f), f.Appends()
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := fx.SubmitCommands(lossCommand(other, "烂"))[0]; r.Err != nil {
			t.Error(r.Err)
		}
	})
	gate.waitEntered(t)
	cmds := []Command{lossCommand(lot, "a"), lossCommand(lot, "b"), EventCommand(Office,
		StatusEvent(Day(10, 5), DispositionHold, "", "抽检", lot))}
	wg.Go(func() {
		for i, r := range fx.SubmitCommands(cmds...) {
			if r.Err != nil {
				t.Errorf("%d: %v", i, r.Err)
			}
		}
	})
	fx.WaitForQueue(len(cmds))
	gate.release()
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	if n := f.Appends() - before; n != 3 {
		t.Errorf("%d appends, want the stalled one, one for both losses, one for the hold", n)
	}
	fx.ExpectSameReplay()
}
