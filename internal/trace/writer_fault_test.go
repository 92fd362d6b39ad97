package trace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	. "github.com/yousang/yousang/internal/trace"
)

func pause() { time.Sleep(time.Millisecond) }

// TestBatchOfWhichEachDependsOnTheOneBefore sends a lot's whole life, and the master data it needs, at once.
func TestBatchOfWhichEachDependsOnTheOneBefore(t *testing.T) {
	var heads []int64
	d, _ := open(t, WriterOptions{Changed: func(seq int64) { heads = append(heads, seq) }})
	plot, season := NS+"/place/new-plot", NS+"/season/new"
	fruit, juice, jars := d.LotID(), d.LotID(), d.LotID()
	box, pallet, ship := d.UnitID(), d.UnitID(), d.ShipmentID()
	kg := func(lot, n string) []EventQuantity { return []EventQuantity{Kg(lot, n)} }
	harvest := Harvest(Day(10, 1), "", "new", Out{ID: fruit, Product: "new", Amount: "100"})
	events := []struct {
		who Actor
		ev  *Event
	}{
		{Coop, Work(Day(5, 1), "new", FieldWork{Kind: "prune"})},
		{Coop, harvest},
		{Coop, Transform(Day(10, 2), kg(fruit, "100"), Out{ID: juice, Product: "juice", Amount: "50"})},
		{Coop, Loss(Day(10, 2), "洒", Kg(juice, "1"))},
		{Coop, Transform(Day(10, 3), kg(juice, "49"), Out{ID: jars, Product: "jar", Amount: "98", Unit: Piece})},
		{Coop, Pack(Day(10, 3), box, []EventQuantity{Q(jars, "12", Piece)})},
		{Coop, Pack(Day(10, 3), pallet, []EventQuantity{Q(jars, "6", Piece)}, box)},
		{Office, Mark(Day(10, 3), DispositionHold, "", "抽检", jars)},
		{Office, Mark(Day(10, 3), "", DispositionHold, "", jars)},
		{Coop, Ship(Day(10, 4), ship, Mill, nil, pallet)},
		{Mill, Receive(Day(10, 5), ship, nil, pallet)},
		{Mill, Unpack(Day(10, 6), pallet)},
		{Mill, Unpack(Day(10, 7), box)},
		{Mill, Loss(Day(10, 8), "碎", Q(jars, "18", Piece))},
	}
	cmds := []Command{
		Master(System, KindPlace, Place{ID: plot, Kind: "plot", Name: "新地", Org: Coop.Org, Tier: Village}),
		Master(System, KindProduct, Product{ID: NS + "/product/new", Name: "新品", Unit: Kilogram}),
		Master(Coop, KindSeason, Season{ID: season, Name: "新", Org: Coop.Org, Place: plot, From: Time{Time: Day(1, 1)}, To: Time{Time: Day(12, 1)}}),
	}
	for _, e := range events {
		cmds = append(cmds, Seal(e.who, e.ev))
	}
	again := Seal(Coop, harvest)
	again.ClientID, again.Digest = "phone-1", "aa"
	cmds = append(cmds, again, again)
	head := d.Ledger.Head()
	results := d.Writer.Submit(context.Background(), cmds...)
	for i, r := range results {
		if r.Err != nil {
			t.Fatalf("command %d: %v", i, r.Err)
		}
		if repeat := i >= len(cmds)-2; r.Repeat != repeat || !repeat && r.Record.Seq != head+int64(i)+1 {
			t.Errorf("command %d is record %d, repeat %v", i, r.Record.Seq, r.Repeat)
		}
	}
	wantHeld(t, d, Mill, jars, "0 H87")
	wantHeld(t, d, Coop, jars, "80 H87")
	d.Replayed()
	d.Writer.Close() // so that heads may be read
	if len(heads) == 0 || heads[len(heads)-1] != d.Ledger.Head() {
		t.Errorf("heads told = %v, want the last to be %d", heads, d.Ledger.Head())
	}
}

func TestSameClientIDTwiceInOneBatch(t *testing.T) {
	d, _ := open(t, WriterOptions{})
	lot := d.Fruit("100")
	a, b, c := loss(lot, "烂"), loss(lot, "烂"), loss(lot, "其他")
	a.ClientID, a.Digest, b.ClientID, b.Digest, c.ClientID, c.Digest = "1", "aa", "1", "aa", "1", "bb"
	r := d.Writer.Submit(context.Background(), a, b, c)
	if r[0].Err != nil || r[1].Err != nil || !r[1].Repeat || r[1].Record.Seq != r[0].Record.Seq || code(r[2].Err) != CodeIDReused {
		t.Fatalf("answers = %+v", r)
	}
	wantHeld(t, d, Coop, lot, "99 KGM")
}

func TestDryRunAppendsNothing(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	head, hash, appends := d.Ledger.Head(), d.Ledger.Hash(), f.Appends()
	dry := func(c Command) Command { c.DryRun = true; return c }
	twice := loss(lot, "烂")
	twice.ClientID, twice.Digest = "1", "aa"
	results := d.Writer.Submit(context.Background(), dry(twice), dry(twice),
		dry(Seal(Coop, Loss(Day(10, 2), "烂", Kg(lot, "101")))),
		dry(Master(System, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})),
		dry(Master(Coop, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})))
	for i, want := range []Code{"", "", CodeInsufficient, "", CodeNotAllowed} {
		if r := results[i]; code(r.Err) != want || r.Repeat || r.Record.Seq != 0 {
			t.Errorf("%d: answer = %+v, want %q", i, r, want)
		}
	}
	if d.Ledger.Head() != head || d.Ledger.Hash() != hash || f.Appends() != appends {
		t.Error("a dry run changed something")
	}
	if r := d.Writer.Submit(context.Background(), twice)[0]; r.Err != nil || r.Repeat {
		t.Errorf("after the dry run: %+v", r)
	}
}

func TestAppendFails(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	head, hash, next := d.Ledger.Head(), d.Ledger.Hash(), f.Appends()+1
	f.BeforeAppend = func(n int) error {
		if n == next {
			return errors.New("disk full")
		}
		return nil
	}
	var e *Error
	if r := d.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; !errors.As(r.Err, &e) || e.Code != CodeStoreUnavailable || e.Kind != Unavailable {
		t.Fatalf("answer = %v, want an unavailable store", r.Err)
	}
	if d.Ledger.Head() != head || d.Ledger.Hash() != hash {
		t.Fatal("a failed append changed the ledger")
	}
	d.Replayed()
	if r := d.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; r.Err != nil || r.Repeat {
		t.Fatalf("the second time: %+v", r)
	}
	wantHeld(t, d, Coop, lot, "99 KGM")
	d.Replayed()
}

// TestLostAcknowledgement has appends that are kept although they report a failure: each is answered as a success, and counted once.
func TestLostAcknowledgement(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	f.AfterAppend = func(int) error { return errors.New("connection lost") }
	for i := range 5 {
		cmd := loss(lot, fmt.Sprint(i))
		cmd.ClientID, cmd.Digest = fmt.Sprint(i), "aa"
		first := d.Writer.Submit(context.Background(), cmd)[0]
		second := d.Writer.Submit(context.Background(), cmd)[0]
		if first.Err != nil || first.Repeat || second.Err != nil || !second.Repeat || first.Record.Seq != second.Record.Seq {
			t.Fatalf("answers = %+v, %+v", first, second)
		}
	}
	product := Master(System, KindProduct, Product{ID: NS + "/product/new", Name: "新", Unit: Kilogram})
	if r := d.Writer.Submit(context.Background(), product)[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	wantHeld(t, d, Coop, lot, "95 KGM")
	d.Replayed()
}

// blind is a store that keeps what it is given, says that it failed, and cannot be asked.
type blind struct {
	Store
	left int
}

func (b *blind) Append(ctx context.Context, after int64, recs []Record) error {
	if err := b.Store.Append(ctx, after, recs); err != nil || b.left == 0 {
		return err
	}
	return errors.New("connection lost")
}

func (b *blind) Records(ctx context.Context, after int64, limit int) ([]Record, error) {
	if b.left > 0 {
		b.left--
		return nil, errors.New("connection lost")
	}
	return b.Store.Records(ctx, after, limit)
}

// TestLostAcknowledgementAndNoAnswer sends the same command until it is answered; it is recorded once.
func TestLostAcknowledgementAndNoAnswer(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	b := &blind{Store: f.Store}
	f.Store = b
	b.left = 1
	cmd := loss(lot, "烂")
	cmd.ClientID, cmd.Digest = "1", "aa"
	var answers []Result
	for range 4 {
		answers = append(answers, d.Writer.Submit(context.Background(), cmd)[0])
	}
	if code(answers[0].Err) != CodeStoreUnavailable {
		t.Fatalf("first answer = %+v", answers[0])
	}
	if last := answers[3]; last.Err != nil || !last.Repeat {
		t.Fatalf("last answer = %+v, want the record", last)
	}
	wantHeld(t, d, Coop, lot, "99 KGM")
	d.Replayed()
}

// TestAnotherWriterWasFirst has two ledgers on one store: the one that is behind catches up and judges again.
func TestAnotherWriterWasFirst(t *testing.T) {
	one, f := open(t, WriterOptions{})
	lot := one.Fruit("100")
	two := NewDesk(t, f, WriterOptions{})
	defer two.Writer.Close()
	one.Must(Coop, Loss(Day(10, 2), "烂", Kg(lot, "60")))
	want := Loss(Day(10, 3), "烂", Kg(lot, "50"))
	if r := two.Do(Coop, want); code(r.Err) != CodeInsufficient {
		t.Fatalf("answer = %+v, want what the other left to be too little", r)
	}
	two.Must(Coop, Loss(Day(10, 3), "烂", Kg(lot, "40")))
	two.Replayed()
	if err := one.Ledger.Replay(context.Background(), f); err != nil { // the first catches up as a follower does
		t.Fatal(err)
	}
	wantHeld(t, one, Coop, lot, "0 KGM")
}

// TestRestart opens the store again and goes on.
func TestRestart(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	d.Writer.Close()
	again := NewDesk(t, f, WriterOptions{})
	defer again.Writer.Close()
	if again.Ledger.Hash() != d.Ledger.Hash() || again.Ledger.Namespace() != NS {
		t.Fatal("another ledger after the restart")
	}
	again.Must(Coop, Loss(Day(10, 2), "烂", Kg(lot, "1")))
	wantHeld(t, again, Coop, lot, "99 KGM")
}

// TestAlwaysBehind has others append for ever before this one: it gives up in the end, and says come again.
func TestAlwaysBehind(t *testing.T) {
	d, f := open(t, WriterOptions{Follow: time.Hour})
	lot := d.Fruit("100")
	others := true
	f.BeforeAppend = func(int) error {
		if others {
			return ErrConflict
		}
		return nil
	}
	before := f.Appends()
	r := d.Writer.Submit(context.Background(), loss(lot, "烂"), loss(lot, "坏"))
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
	if r := d.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; r.Err != nil {
		t.Fatalf("after it: %v", r.Err)
	}
	wantHeld(t, d, Coop, lot, "99 KGM")
}

// TestStoreAway: once the store has not answered, nobody waits for it; the next look finds it again.
func TestStoreAway(t *testing.T) {
	d, f := open(t, WriterOptions{})
	lot := d.Fruit("100")
	l := &line{Store: f}
	s := NewDesk(t, l, WriterOptions{Follow: time.Hour})
	defer s.Writer.Close()
	l.set(func() { l.dead = true })
	if r := s.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; code(r.Err) != CodeStoreUnavailable {
		t.Fatalf("answer = %+v", r)
	}
	c := s.Writer.Contact()
	if !c.Away || c.Err == nil || time.Since(c.At) > time.Minute {
		t.Fatalf("contact = %+v", c)
	}
	before := f.Appends()
	if r := s.Writer.Submit(context.Background(), loss(lot, "烂"))[0]; code(r.Err) != CodeStoreUnavailable || f.Appends() != before {
		t.Fatalf("answer = %+v, %d appends", r, f.Appends()-before)
	}
	if err := s.Writer.WaitCurrent(context.Background()); code(err) != CodeStoreUnavailable {
		t.Fatalf("fresh = %v", err)
	}
	if got := s.Holds(Coop, lot); got != "100 KGM" {
		t.Fatalf("a reader sees %s", got)
	}
	l.set(func() { l.dead = false })
	s.Writer.Look()
	if c := s.Writer.Contact(); c.Away {
		t.Fatalf("contact = %+v", c)
	}
	s.Must(Coop, Loss(Day(10, 2), "烂", Kg(lot, "1")))
}

// TestReach waits for a record of another server, and not for ever for one that nobody has written.
func TestReach(t *testing.T) {
	one, f := open(t, WriterOptions{})
	two := NewDesk(t, f, WriterOptions{Follow: time.Hour})
	defer two.Writer.Close()
	one.Fruit("100")
	if err := two.Writer.WaitForSeq(context.Background(), one.Ledger.Head()); err != nil || two.Ledger.Head() != one.Ledger.Head() {
		t.Fatalf("reach = %v, at %d of %d", err, two.Ledger.Head(), one.Ledger.Head())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := two.Writer.WaitForSeq(ctx, one.Ledger.Head()+1); code(err) != CodeBehind {
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
			d, f := open(t, WriterOptions{})
			d.Fruit("100")
			slow := NewDesk(t, f, WriterOptions{Now: func() time.Time { return Noon.Add(-tc.slow) }})
			defer slow.Writer.Close()
			now := slow.Ledger.Clock(Noon.Add(-tc.slow))
			if got := now.Equal(Noon); got != tc.ahead {
				t.Errorf("the ledger's clock shows %v, noon is %v", now, Noon)
			}
			r := slow.Writer.Submit(context.Background(), Master(System, KindPlace, Place{ID: NS + "/place/new", Kind: "site", Name: "新", Tier: Town}))[0]
			if r.Err != nil || r.Record.RecordTime.Equal(Noon) != tc.ahead {
				t.Errorf("recorded at %v, %v", r.Record.RecordTime, r.Err)
			}
		})
	}
}
