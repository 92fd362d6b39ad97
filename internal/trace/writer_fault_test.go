package trace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	. "github.com/yousang/yousang/internal/trace"
)

// makeWholeLife makes the commands of a lot's whole life, with the master data that the life needs before and a harvest repeated twice at
// the end. jars is the lot of which some are left.
func makeWholeLife(fx *Fixture) (cmds []Command, jars string) {
	plot, season := NS+"/place/new-plot", NS+"/season/new"
	fruit, juice := fx.NewLotID(), fx.NewLotID()
	jars = fx.NewLotID()
	box, pallet, ship := fx.NewUnitID(), fx.NewUnitID(), fx.NewShipmentID()
	kg := func(lot, n string) []EventQuantity { return []EventQuantity{Kg(lot, n)} }
	harvest := HarvestEvent(Day(10, 1), "", "new", LotSpec{ID: fruit, Product: "new", Amount: "100"})
	events := []struct {
		who Actor
		ev  *Event
	}{
		{Coop, WorkEvent(Day(5, 1), "new", FieldWork{Kind: "prune"})},
		{Coop, harvest},
		{Coop, TransformEvent(Day(10, 2), kg(fruit, "100"), LotSpec{ID: juice, Product: "juice", Amount: "50"})},
		{Coop, LossEvent(Day(10, 2), "洒", Kg(juice, "1"))},
		{Coop, TransformEvent(Day(10, 3), kg(juice, "49"), LotSpec{ID: jars, Product: "jar", Amount: "98", Unit: Piece})},
		{Coop, PackEvent(Day(10, 3), box, []EventQuantity{QuantityOf(jars, "12", Piece)})},
		{Coop, PackEvent(Day(10, 3), pallet, []EventQuantity{QuantityOf(jars, "6", Piece)}, box)},
		{Office, StatusEvent(Day(10, 3), DispositionHold, "", "抽检", jars)},
		{Office, StatusEvent(Day(10, 3), "", DispositionHold, "", jars)},
		{Coop, ShipEvent(Day(10, 4), ship, Mill, nil, pallet)},
		{Mill, ReceiveEvent(Day(10, 5), ship, nil, pallet)},
		{Mill, UnpackEvent(Day(10, 6), pallet)},
		{Mill, UnpackEvent(Day(10, 7), box)},
		{Mill, LossEvent(Day(10, 8), "碎", QuantityOf(jars, "18", Piece))},
	}
	cmds = []Command{
		MasterCommand(System, KindPlace, Place{ID: plot, Kind: "plot", Name: "新地", Org: Coop.Org, Tier: Village}),
		MasterCommand(System, KindProduct, Product{ID: NS + "/product/new", Name: "新品", Unit: Kilogram}),
		MasterCommand(Coop, KindSeason, Season{ID: season, Name: "新", Org: Coop.Org, Place: plot, From: Time{Time: Day(1, 1)},
			To: Time{Time: Day(12, 1)}}),
	}
	for _, e := range events {
		cmds = append(cmds, EventCommand(e.who, e.ev))
	}
	again := EventCommand(Coop, harvest)
	again.ClientID, again.Digest = "phone-1", "aa"
	return append(cmds, again, again), jars
}

// TestBatchOfWhichEachDependsOnTheOneBefore sends a lot's whole life, and the master data it needs, at once.
func TestBatchOfWhichEachDependsOnTheOneBefore(t *testing.T) {
	var heads []int64
	fx, _ := openFixture(t, WriterOptions{OnChange: func(seq int64) { heads = append(heads, seq) }})
	cmds, jars := makeWholeLife(fx)
	head := fx.Ledger.Head()
	results := fx.SubmitCommands(cmds...)
	for i, r := range results {
		if r.Err != nil {
			t.Fatalf("command %d: %v", i, r.Err)
		}
		if repeat := i >= len(cmds)-2; r.Repeat != repeat || !repeat && r.Record.Seq != head+int64(i)+1 {
			t.Errorf("command %d is record %d, repeat %v", i, r.Record.Seq, r.Repeat)
		}
	}
	expectHeld(t, fx, Mill, jars, "0 H87")
	expectHeld(t, fx, Coop, jars, "80 H87")
	fx.ExpectSameReplay()
	fx.CloseWriter() // so that heads may be read
	if len(heads) == 0 || heads[len(heads)-1] != fx.Ledger.Head() {
		t.Errorf("heads told = %v, want the last to be %d", heads, fx.Ledger.Head())
	}
}

func TestSameClientIDTwiceInOneBatch(t *testing.T) {
	fx, _ := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	a, b, c := lossCommand(lot, "烂"), lossCommand(lot, "烂"), lossCommand(lot, "其他")
	a.ClientID, a.Digest, b.ClientID, b.Digest, c.ClientID, c.Digest = "1", "aa", "1", "aa", "1", "bb"
	r := fx.SubmitCommands(a, b, c)
	if r[0].Err != nil || r[1].Err != nil || !r[1].Repeat || r[1].Record.Seq != r[0].Record.Seq || errorCode(r[2].Err) != CodeIDReused {
		t.Fatalf("answers = %+v", r)
	}
	expectHeld(t, fx, Coop, lot, "99 KGM")
}

func TestDryRunAppendsNothing(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	head, hash, appends := fx.Ledger.Head(), fx.Ledger.Hash(), f.Appends()
	dry := func(c Command) Command { c.DryRun = true; return c }
	twice := lossCommand(lot, "烂")
	twice.ClientID, twice.Digest = "1", "aa"
	results := fx.SubmitCommands(dry(twice), dry(twice),
		dry(EventCommand(Coop, LossEvent(Day(10, 2), "烂", Kg(lot, "101")))),
		dry(MasterCommand(System, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})),
		dry(MasterCommand(Coop, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})))
	for i, want := range []Code{"", "", CodeInsufficient, "", CodeNotAllowed} {
		if r := results[i]; errorCode(r.Err) != want || r.Repeat || r.Record.Seq != 0 {
			t.Errorf("%d: answer = %+v, want %q", i, r, want)
		}
	}
	if fx.Ledger.Head() != head || fx.Ledger.Hash() != hash || f.Appends() != appends {
		t.Error("a dry run changed something")
	}
	if r := fx.SubmitCommands(twice)[0]; r.Err != nil || r.Repeat {
		t.Errorf("after the dry run: %+v", r)
	}
}

func TestAppendFails(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	head, hash, next := fx.Ledger.Head(), fx.Ledger.Hash(), f.Appends()+1
	f.BeforeAppend = func(n int) error {
		if n == next {
			return errors.New("disk full")
		}
		return nil
	}
	var e *Error
	if r := fx.SubmitCommands(lossCommand(lot, "烂"))[0]; !errors.As(r.Err, &e) || e.Code != CodeStoreUnavailable ||
		e.Kind != Unavailable {
		t.Fatalf("answer = %v, want an unavailable store", r.Err)
	}
	if fx.Ledger.Head() != head || fx.Ledger.Hash() != hash {
		t.Fatal("a failed append changed the ledger")
	}
	fx.ExpectSameReplay()
	if r := fx.SubmitCommands(lossCommand(lot, "烂"))[0]; r.Err != nil || r.Repeat {
		t.Fatalf("the second time: %+v", r)
	}
	expectHeld(t, fx, Coop, lot, "99 KGM")
	fx.ExpectSameReplay()
}

// TestLostAcknowledgement has appends that are kept although they report a failure: each is answered as a success, and counted once.
func TestLostAcknowledgement(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	f.AfterAppend = func(int) error { return errors.New("connection lost") }
	for i := range 5 {
		cmd := lossCommand(lot, fmt.Sprint(i))
		cmd.ClientID, cmd.Digest = fmt.Sprint(i), "aa"
		first := fx.SubmitCommands(cmd)[0]
		second := fx.SubmitCommands(cmd)[0]
		if first.Err != nil || first.Repeat || second.Err != nil || !second.Repeat || first.Record.Seq != second.Record.Seq {
			t.Fatalf("answers = %+v, %+v", first, second)
		}
	}
	product := MasterCommand(System, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})
	if r := fx.SubmitCommands(product)[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	expectHeld(t, fx, Coop, lot, "95 KGM")
	fx.ExpectSameReplay()
}

// forgetfulStore is a store that keeps the records it gets, reports a failure all the same, and cannot be asked.
type forgetfulStore struct {
	Store
	left int
}

func (b *forgetfulStore) Append(ctx context.Context, after int64, recs []Record) error {
	if err := b.Store.Append(ctx, after, recs); err != nil || b.left == 0 {
		return err
	}
	return errors.New("connection lost")
}

func (b *forgetfulStore) Records(ctx context.Context, after int64, limit int) ([]Record, error) {
	if b.left > 0 {
		b.left--
		return nil, errors.New("connection lost")
	}
	return b.Store.Records(ctx, after, limit)
}

// TestLostAcknowledgementAndNoAnswer sends the same command until the writer answers; the command is recorded once.
func TestLostAcknowledgementAndNoAnswer(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	b := &forgetfulStore{Store: f.Store}
	f.Store = b
	b.left = 1
	cmd := lossCommand(lot, "烂")
	cmd.ClientID, cmd.Digest = "1", "aa"
	var answers []Result
	for range 4 {
		answers = append(answers, fx.SubmitCommands(cmd)[0])
	}
	if errorCode(answers[0].Err) != CodeStoreUnavailable {
		t.Fatalf("first answer = %+v", answers[0])
	}
	if last := answers[3]; last.Err != nil || !last.Repeat {
		t.Fatalf("last answer = %+v, want the record", last)
	}
	expectHeld(t, fx, Coop, lot, "99 KGM")
	fx.ExpectSameReplay()
}

// TestAnotherWriterWasFirst has two ledgers on one store: the one that is behind catches up and judges again.
func TestAnotherWriterWasFirst(t *testing.T) {
	one, f := openFixture(t, WriterOptions{})
	lot := one.HarvestFruit("100")
	two := NewFixture(t, f, WriterOptions{})
	defer two.CloseWriter()
	one.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(lot, "60")))
	want := LossEvent(Day(10, 3), "烂", Kg(lot, "50"))
	if r := two.Submit(Coop, want); errorCode(r.Err) != CodeInsufficient {
		t.Fatalf("answer = %+v, want what the other left to be too little", r)
	}
	two.MustRecord(Coop, LossEvent(Day(10, 3), "烂", Kg(lot, "40")))
	two.ExpectSameReplay()
	if err := one.Ledger.Replay(context.Background(), f); err != nil { // the first catches up as a follower does
		t.Fatal(err)
	}
	expectHeld(t, one, Coop, lot, "0 KGM")
}

// TestRestart opens the store again and goes on.
func TestRestart(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	fx.CloseWriter()
	again := NewFixture(t, f, WriterOptions{})
	defer again.CloseWriter()
	if again.Ledger.Hash() != fx.Ledger.Hash() || again.Ledger.Namespace() != NS {
		t.Fatal("another ledger after the restart")
	}
	again.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(lot, "1")))
	expectHeld(t, again, Coop, lot, "99 KGM")
}

// TestAlwaysBehind has others append for ever before this server: the writer gives up in the end, and asks the client to come again.
func TestAlwaysBehind(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{FollowInterval: time.Hour})
	lot := fx.HarvestFruit("100")
	others := true
	f.BeforeAppend = func(int) error {
		if others {
			return ErrConflict
		}
		return nil
	}
	before := f.Appends()
	r := fx.SubmitCommands(lossCommand(lot, "烂"), lossCommand(lot, "坏"))
	for i := range r {
		var e *Error
		if !errors.As(r[i].Err, &e) || e.Kind != Unavailable || e.Code != CodeStoreUnavailable {
			t.Errorf("answer %d = %+v", i, r[i])
		}
	}
	if n := f.Appends() - before; n < 2 || n > 100 {
		t.Errorf("tried %d times, want some and not for ever", n)
	}
	others = false
	if r := fx.SubmitCommands(lossCommand(lot, "烂"))[0]; r.Err != nil {
		t.Fatalf("after it: %v", r.Err)
	}
	expectHeld(t, fx, Coop, lot, "99 KGM")
}

// TestStoreAway: once the store has not answered, no caller waits for the store; the next look finds the store again.
func TestStoreAway(t *testing.T) {
	fx, f := openFixture(t, WriterOptions{})
	lot := fx.HarvestFruit("100")
	l := &flakyStore{Store: f}
	s := NewFixture(t, l, WriterOptions{FollowInterval: time.Hour})
	defer s.CloseWriter()
	l.update(func() { l.unreachable = true })
	if r := s.SubmitCommands(lossCommand(lot, "烂"))[0]; errorCode(r.Err) != CodeStoreUnavailable {
		t.Fatalf("answer = %+v", r)
	}
	c := s.Writer.Contact()
	if !c.Away || c.Err == nil || time.Since(c.At) > time.Minute {
		t.Fatalf("contact = %+v", c)
	}
	before := f.Appends()
	if r := s.SubmitCommands(lossCommand(lot, "烂"))[0]; errorCode(r.Err) != CodeStoreUnavailable ||
		f.Appends() != before {
		t.Fatalf("answer = %+v, %d appends", r, f.Appends()-before)
	}
	if err := s.WaitCurrent(); errorCode(err) != CodeStoreUnavailable {
		t.Fatalf("fresh = %v", err)
	}
	if got := s.HeldAmount(Coop, lot); got != "100 KGM" {
		t.Fatalf("a reader sees %s", got)
	}
	l.update(func() { l.unreachable = false })
	s.SyncNow()
	if c := s.Writer.Contact(); c.Away {
		t.Fatalf("contact = %+v", c)
	}
	s.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(lot, "1")))
}

// TestReach waits for a record of another server, and not for ever for a record that no server has written.
func TestReach(t *testing.T) {
	one, f := openFixture(t, WriterOptions{})
	two := NewFixture(t, f, WriterOptions{FollowInterval: time.Hour})
	defer two.CloseWriter()
	one.HarvestFruit("100")
	if err := two.WaitForSeq(one.Ledger.Head()); err != nil || two.Ledger.Head() != one.Ledger.Head() {
		t.Fatalf("reach = %v, at %d of %d", err, two.Ledger.Head(), one.Ledger.Head())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := two.Writer.WaitForSeq(ctx, one.Ledger.Head()+1); errorCode(err) != CodeBehind {
		t.Fatalf("reach of the future = %v", err)
	}
}

// TestClocksApart: a server whose clock is slow uses what was made on another, and a clock that is plainly wrong is not followed.
func TestClocksApart(t *testing.T) {
	for _, tc := range []struct {
		name  string
		slow  time.Duration
		ahead bool // the last record's time counts
	}{
		{"in step", 0, true},
		{"a little slow", 2 * time.Second, true},
		{"plainly wrong", time.Hour, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fx, f := openFixture(t, WriterOptions{})
			fx.HarvestFruit("100")
			slow := NewFixture(t, f, WriterOptions{Now: func() time.Time { return Noon.Add(-tc.slow) }})
			defer slow.CloseWriter()
			now := slow.Ledger.Clock(Noon.Add(-tc.slow))
			if got := now.Equal(Noon); got != tc.ahead {
				t.Errorf("the ledger's clock shows %v, noon is %v", now, Noon)
			}
			r := slow.SubmitCommands(MasterCommand(System, KindPlace,
				Place{ID: NS + "/place/new", Kind: "site", Name: "新", Tier: Town}))[0]
			if r.Err != nil || r.Record.RecordTime.Equal(Noon) != tc.ahead {
				t.Errorf("recorded at %v, %v", r.Record.RecordTime, r.Err)
			}
		})
	}
}
