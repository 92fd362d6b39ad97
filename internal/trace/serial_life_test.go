package trace

import (
	"context"
	"strings"
	"testing"
	"time"
)

// serialLife is a ledger with three batches of serial numbers, one and three of one lot and two of another, whose items have been
// activated, sold and voided.
type serialLife struct {
	*Fixture
	lot, other      string
	one, two, three SerialBatch
}

func newSerialLife(t *testing.T) serialLife {
	t.Helper()
	fx := newFixture(t)
	lot, other := fx.jars(), fx.jars()
	one, two, three := fx.issued(lot, 4), fx.issued(other, 3), fx.issued(lot, 5)
	fx.changed(one, 1, 4, SerialActivated)
	fx.changed(one, 2, 3, SerialSold)
	fx.changed(one, 3, 3, SerialVoided)
	fx.changed(three, 5, 5, SerialVoided)
	fx.MustRecord(Office, StatusEvent(Day(10, 9), recalled, "", "农残", lot))
	fx.changed(one, 4, 4, SerialSold) // before the recall was known: the change is a fact, and the answer names the recall all the same
	void := fx.changeOf(two, 1, 1, SerialVoided)
	void.Org, void.Reason = Office.Org, "仿冒"
	fx.mustSubmit(MasterCommand(Office, KindSerialChange, void))
	return serialLife{fx, lot, other, one, two, three}
}

// TestSerialLife: the batches' indexes follow one another, and each item has the state of its latest change.
func TestSerialLife(t *testing.T) {
	life := newSerialLife(t)
	fx, one, two, three := life.Fixture, life.one, life.two, life.three
	for _, row := range []struct {
		index   int64
		batch   string
		ordinal int64
		state   SerialState
	}{
		{0, one.ID, 1, SerialActivated}, {1, one.ID, 2, SerialSold}, {2, one.ID, 3, SerialVoided}, {3, one.ID, 4, SerialSold},
		{4, two.ID, 1, SerialVoided}, {5, two.ID, 2, SerialPrinted}, {7, three.ID, 1, SerialPrinted}, {11, three.ID, 5, SerialVoided},
	} {
		v, ok := fx.Ledger.Serial(row.index)
		if !ok || v.Index != row.index || v.Batch.ID != row.batch || v.Ordinal != row.ordinal || v.State != row.state || v.Since != Noon ||
			v.Seq == 0 {
			t.Errorf("item %d = %+v, %v; want %v", row.index, v, ok, row)
		}
	}
	for _, index := range []int64{-1, 12, 1 << 40} {
		if v, ok := fx.Ledger.Serial(index); ok {
			t.Errorf("item %d = %+v", index, v)
		}
	}
	fx.expectSameReplay()
}

// TestBatchesOfASerialLife: what the ledger tells about batches whose items have changed.
func TestBatchesOfASerialLife(t *testing.T) {
	life := newSerialLife(t)
	fx, lot, other, one, two, three := life.Fixture, life.lot, life.other, life.one, life.two, life.three
	list := fx.Ledger.SerialBatches(lot)
	if len(list) != 2 || list[0].ID != one.ID || list[1].ID != three.ID || list[0].First != 0 || list[1].First != 7 || list[1].Issued != Noon {
		t.Fatalf("batches = %+v", list)
	}
	if got, want := list[0].States, (SerialCounts{Activated: 1, Sold: 2, Voided: 1}); got != want {
		t.Errorf("states = %+v, want %+v", got, want)
	}
	if got := list[0].Runs; len(got) != 4 || got[1].From != 2 || got[1].To != 2 || got[1].State != SerialSold {
		t.Errorf("runs = %+v", got)
	}
	if count, numbered, _, _ := fx.Ledger.CountItems(lot); count != 10 || numbered != 7 { // nine issued, two of them voided
		t.Errorf("%d of %d numbered", numbered, count)
	}
	if s := fx.Ledger.Stats(); s.SerialBatches != 3 || s.Serials != 12 {
		t.Errorf("stats = %+v", s)
	}
	if v, ok := fx.Ledger.SerialBatch(two.ID); !ok || v.Lot != other || v.First != 4 {
		t.Errorf("batch = %+v, %v", v, ok)
	}
	if v, ok := fx.Ledger.SerialBatch(NS + "/serials/x"); ok || fx.Ledger.SerialBatches("x") != nil || fx.Ledger.SerialRuns("x", 1, 5) != nil {
		t.Errorf("batch = %+v", v)
	}
	if got, ok := fx.Ledger.SerialKey(0); !ok || got != sum {
		t.Errorf("key 0 = %q, %v", got, ok)
	}
	fx.expectSameReplay()
}

// TestAHolderActivates: an organisation that has the goods now activates their codes; an organisation that gave the goods away and did not
// issue the codes no longer may.
func TestAHolderActivates(t *testing.T) {
	fx := newFixture(t)
	lot := fx.jars()
	id := fx.NewShipmentID()
	pieces := EventQuantity{lot, Whole(10), Piece}
	fx.MustRecord(Coop, ShipEvent(Day(10, 6), id, Mill, quantities(pieces)))
	fx.MustRecord(Mill, ReceiveEvent(Day(10, 7), id, quantities(pieces)))
	b := fx.batchOf(lot, 5)
	b.Org = Mill.Org
	fx.mustSubmit(MasterCommand(Mill, KindSerials, b))
	c := fx.changeOf(b, 1, 5, SerialActivated)
	fx.mustSubmit(MasterCommand(Coop, KindSerialChange, c)) // the maker
	c = fx.changeOf(b, 1, 1, SerialSold)
	c.Org = Mill.Org
	fx.mustSubmit(MasterCommand(Mill, KindSerialChange, c))
	c = fx.changeOf(b, 2, 2, SerialSold)
	c.Org = Park.Org
	fx.expectCommandRefused(MasterCommand(Park, KindSerialChange, c), CodeNotHolder, "lot")
	fx.mustSubmit(MasterCommand(System, KindSerialChange, c)) // an administrator writes for any
}

// TestCodesOfOneBatchWait: records about the codes of one lot within one batch of the writer are judged in turn.
func TestCodesOfOneBatchWait(t *testing.T) {
	fx := newFixture(t)
	lot := fx.jars()
	b, c := fx.batchOf(lot, 6), fx.batchOf(lot, 6)
	first, again := fx.changeOf(b, 1, 6, SerialActivated), fx.changeOf(b, 6, 6, SerialActivated)
	print := PrintRun{Batch: b.ID, Copies: 1, From: 1, ID: NS + "/print/" + fx.NextKey(), Lot: lot, Org: Coop.Org, Sheet: "a4-24", To: 6}
	reprint := print
	reprint.ID = NS + "/print/" + fx.NextKey()
	got := fx.Writer.Submit(context.Background(), MasterCommand(Coop, KindSerials, b), MasterCommand(Coop, KindSerials, c),
		MasterCommand(Coop, KindSerialChange, first),
		MasterCommand(Coop, KindSerialChange, again), MasterCommand(Coop, KindPrint, print), MasterCommand(Coop, KindPrint, reprint),
		EventCommand(Office, StatusEvent(Day(10, 9), recalled, "", "农残", lot)), MasterCommand(Coop, KindSerials, fx.batchOf(lot, 1)))
	for i, want := range []Code{"", CodeTooManySerials, "", CodeSerialState, "", CodeReasonNeeded, "", CodeLotRecalled} {
		if err := got[i].Err; want == "" && err != nil || want != "" && !IsCode(err, want) {
			t.Errorf("command %d: %v, want %q", i, err, want)
		}
	}
	fx.expectSameReplay()
}

// TestASingleCodeDoesNotWait: a list of single codes shares one durable write.
func TestASingleCodeDoesNotWait(t *testing.T) {
	fx := newFixture(t)
	b := fx.batchOf("https://x/lot/A", 1000)
	meet := func(x, y SerialChange) bool {
		names, reads := listChangedItems(&x)
		bt := batch{changedIDs: map[string]bool{}, usedIDs: map[string]bool{}, takenLots: map[string]bool{}}
		for _, n := range names {
			bt.changedIDs[n] = true
		}
		for _, n := range reads {
			bt.usedIDs[n] = true
		}
		return bt.mustWait(listChangedItems(&y))
	}
	for _, row := range []struct {
		name     string
		x, y     [2]int64
		together bool
	}{
		{"two single ones", [2]int64{1, 1}, [2]int64{2, 2}, true},
		{"the same one twice", [2]int64{7, 7}, [2]int64{7, 7}, false},
		{"two boxes", [2]int64{1, 20}, [2]int64{21, 40}, true},
		{"two boxes that share one", [2]int64{1, 20}, [2]int64{20, 40}, false},
		{"a pallet after a single one", [2]int64{1, 1}, [2]int64{100, 900}, false},
		{"a single one after a pallet", [2]int64{100, 900}, [2]int64{1, 1}, false},
		{"two pallets", [2]int64{100, 200}, [2]int64{300, 500}, false},
	} {
		x, y := fx.changeOf(b, row.x[0], row.x[1], SerialActivated), fx.changeOf(b, row.y[0], row.y[1], SerialActivated)
		if got := !meet(x, y); got != row.together {
			t.Errorf("%s: together is %v, want %v", row.name, got, row.together)
		}
	}
}

// TestADamagedLogOfCodes: a record that could not have been accepted is found when the log is read.
func TestADamagedLogOfCodes(t *testing.T) {
	for _, row := range []struct {
		name string
		kind RecordKind
		body func(fx *Fixture, b SerialBatch) any
	}{
		{"a batch of an unknown lot", KindSerials, func(fx *Fixture, _ SerialBatch) any { return fx.batchOf(fx.NewLotID(), 1) }},
		{"a batch twice", KindSerials, func(_ *Fixture, b SerialBatch) any { return b }},
		{"an endless batch", KindSerials, func(fx *Fixture, b SerialBatch) any { b.ID, b.Count = NS+"/serials/"+fx.NextKey(), 1<<40; return b }},
		{"a batch below nothing", KindSerials, func(fx *Fixture, b SerialBatch) any {
			b.ID, b.Count = NS+"/serials/"+fx.NextKey(),
				-1
			return b
		}},
		{"another secret", KindSerials, func(fx *Fixture, b SerialBatch) any {
			b.ID, b.KeySum = NS+"/serials/"+fx.NextKey(), "ffffffffffffffff"
			return b
		}},
		{"a change beyond the batch", KindSerialChange, func(fx *Fixture, b SerialBatch) any { return fx.changeOf(b, 1, 99, SerialActivated) }},
		{"a change into nothing", KindSerialChange, func(fx *Fixture, b SerialBatch) any { return fx.changeOf(b, 1, 1, "lost") }},
		{"a life that runs backwards", KindSerialChange, func(fx *Fixture, b SerialBatch) any { return fx.changeOf(b, 1, 1, SerialSold) }},
		{"a print of an unknown batch", KindPrint, func(fx *Fixture, b SerialBatch) any {
			return PrintRun{Batch: NS + "/serials/x", Copies: 1, From: 1, To: 1, ID: NS + "/print/" + fx.NextKey(), Lot: b.Lot, Sheet: "x"}
		}},
		{"a print of an unknown lot", KindPrint, func(fx *Fixture, _ SerialBatch) any {
			return PrintRun{Copies: 1, ID: NS + "/print/" + fx.NextKey(), Lot: fx.NewLotID(), Sheet: "x"}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			b := fx.issued(fx.jars(), 10)
			head := fx.Ledger.Head()
			rec := Record{Seq: head + 1, Kind: row.kind, Body: MasterCommand(Coop, row.kind, row.body(fx, b)).Body, RecordTime: Noon}
			if err := fx.Store.Append(context.Background(), head, []Record{rec}); err != nil {
				t.Fatal(err)
			}
			l := NewLedger()
			if err := l.Replay(context.Background(), fx.Store); !IsCode(err, CodeBadCheck) || l.Head() != head {
				t.Errorf("replay to %d of %d: %v", l.Head(), head, err)
			}
		})
	}
}

// TestRecordsOfCodesNameTheirLots: lists by lot find them.
func TestRecordsOfCodesNameTheirLots(t *testing.T) {
	fx := newFixture(t)
	lot := fx.jars()
	b := fx.issued(lot, 10)
	fx.changed(b, 1, 1, SerialActivated)
	fx.mustSubmit(MasterCommand(Coop, KindPrint, PrintRun{Copies: 1, ID: NS + "/print/" + fx.NextKey(), Lot: lot, Org: Coop.Org,
		Sheet: "a4-24"}))
	item := ItemURI(lot, "0123456789AB")
	fx.mustSubmit(MasterCommand(Coop, KindLinks, LinkSet{ID: item, Links: []WebLink{}, Org: Coop.Org}))
	fx.mustSubmit(MasterCommand(System, KindLinks, LinkSet{ID: NS + "/product/jar", Links: []WebLink{}}))
	recs, err := fx.Store.Records(context.Background(), fx.Ledger.Head()-5, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{lot, lot, lot, lot + " " + item, ""} {
		if got := strings.Join(recs[i].Lots, " "); got != want {
			t.Errorf("%s names %q, want %q", recs[i].Kind, got, want)
		}
	}
}

func TestSplitItem(t *testing.T) {
	for _, row := range []struct {
		in, lot, serial string
		ok              bool
	}{
		{"https://x/lot/A/21/B", "https://x/lot/A", "B", true},
		{"https://x/lot/A", "https://x/lot/A", "", false},
		{"https://x/21/lot/A", "https://x/21/lot/A", "", false},
		{"", "", "", false},
	} {
		if lot, serial, ok := SplitItem(row.in); lot != row.lot || serial != row.serial || ok != row.ok {
			t.Errorf("SplitItem(%q) = %q, %q, %v", row.in, lot, serial, ok)
		}
	}
}

// TestAnItemKeepsItsOwnDay: two neighbours activated by different records differ in their day, though a list joins them.
func TestAnItemKeepsItsOwnDay(t *testing.T) {
	now := Noon
	fx := newFixtureWith(t, WriterOptions{Now: func() time.Time { return now }})
	b := fx.issued(fx.jars(), 10)
	now = Noon.Add(time.Hour)
	fx.changed(b, 1, 1, SerialActivated)
	now = Noon.Add(2 * time.Hour)
	fx.changed(b, 2, 2, SerialActivated)
	v, _ := fx.Ledger.Serial(0)
	w, _ := fx.Ledger.Serial(1)
	if v.Since != Noon.Add(time.Hour) || w.Since != Noon.Add(2*time.Hour) || v.Seq == w.Seq {
		t.Errorf("since %v and %v", v.Since, w.Since)
	}
	got, _ := fx.Ledger.SerialBatch(b.ID)
	if len(got.Runs) != 2 || got.Runs[0].To != 2 || got.Runs[0].Since != w.Since || got.Runs[0].Seq != w.Seq || got.More {
		t.Errorf("runs = %+v", got.Runs)
	}
	if part := fx.Ledger.SerialRuns(b.ID, 2, 1); len(part) != 1 || part[0].From != 2 || part[0].To != 2 {
		t.Errorf("from the second on: %+v", part)
	}
}

// TestTheTimeOfActivationIsKept: whatever becomes of an item, the ledger goes on to say when the item was activated; and items that are
// sold one by one share what is kept.
func TestTheTimeOfActivationIsKept(t *testing.T) {
	clock := Noon
	fx := newFixtureWith(t, WriterOptions{Now: func() time.Time { return clock }})
	b := fx.issued(fx.jars(), 10)
	at := func(hours int) time.Time { return Noon.Add(time.Duration(hours) * time.Hour) }
	change := func(hours int, from, to int64, state SerialState) {
		t.Helper()
		clock = at(hours)
		fx.changed(b, from, to, state)
	}
	change(1, 1, 6, SerialActivated)
	change(2, 7, 8, SerialActivated)
	for n := int64(1); n <= 5; n++ {
		change(3, n, n, SerialSold)
	}
	change(4, 5, 7, SerialVoided)
	change(4, 10, 10, SerialVoided)
	again := NewLedger()
	if err := again.Replay(context.Background(), fx.Store); err != nil {
		t.Fatal(err)
	}
	for ordinal, hours := range map[int64]int{1: 1, 4: 1, 5: 1, 6: 1, 7: 2, 8: 2, 9: 0, 10: 0} {
		for _, l := range []*Ledger{fx.Ledger, again} {
			v, ok := l.Serial(ordinal - 1)
			if want := at(hours); !ok || hours == 0 && !v.Activated.IsZero() || hours != 0 && v.Activated != want {
				t.Errorf("item %d was activated at %v, want %d hours after noon", ordinal, v.Activated, hours)
			}
		}
	}
	kept := fx.Ledger.codes.batches[0].activated.chunks
	if len(kept) != 1 || len(kept[0]) != 3 {
		t.Errorf("activations = %+v, want one run each for the two records and one for the rest", kept)
	}
}
