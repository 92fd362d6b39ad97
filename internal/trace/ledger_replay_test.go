package trace

import (
	"context"
	"errors"
	"testing"
)

// damageLog makes a short log and changes its records.
func damageLog(t *testing.T, change func(recs []Record)) *Memory {
	t.Helper()
	fx := newFixture(t)
	f := fx.HarvestFruit("100")
	fx.PackUnit(Coop, quantities(Kg(f, "10")))
	fx.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(f, "5")))
	m, ok := fx.Store.(*Memory)
	if !ok {
		t.Fatal("not a log in memory")
	}
	recs, err := m.Records(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	change(recs)
	return &Memory{recs: recs}
}

func TestReplayFindsADamagedLog(t *testing.T) {
	last := func(recs []Record) *Record { return &recs[len(recs)-1] }
	rewrite := func(r *Record, change func(e *Event)) {
		e, err := ParseEvent(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		change(e)
		if r.Body, err = e.JSON(); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		name   string
		change func(recs []Record)
		code   Code
	}{
		{"a record is missing", func(recs []Record) { copy(recs[3:], recs[4:]) }, CodeBadCheck},
		{"a number is wrong", func(recs []Record) { last(recs).Seq++ }, CodeBadCheck},
		{"an unknown organisation", func(recs []Record) { last(recs).Org += "x" }, CodeUnknownThing},
		{"an unknown kind", func(recs []Record) { recs[5].Kind = "person" }, CodeBadValue},
		{"master data cut short", func(recs []Record) { recs[5].Body = recs[5].Body[:9] }, CodeMalformed},
		{"an event cut short", func(recs []Record) { last(recs).Body = last(recs).Body[:50] }, CodeMalformed},
		{"more is lost than there is", func(recs []Record) {
			rewrite(last(recs), func(e *Event) { e.Quantities[0].Amount = Whole(91) })
		}, CodeInsufficient},
		{"a lot is made twice", func(recs []Record) {
			*last(recs) = recs[len(recs)-3]
			last(recs).Seq = int64(len(recs))
		}, CodeKeyTaken},
		{"an unknown lot", func(recs []Record) { rewrite(last(recs), func(e *Event) { e.Quantities[0].Class += "x" }) }, CodeUnknownLot},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := damageLog(t, row.change)
			err := NewLedger().Replay(context.Background(), m)
			if !errors.Is(err, &Error{Code: row.code}) {
				t.Fatalf("replay: %v, want %s", err, row.code)
			}
			if row.code != CodeMalformed && !errors.Is(err, &Error{Code: CodeBadCheck}) {
				t.Fatalf("replay: %v, want it to be a bad check too", err)
			}
		})
	}
}

func TestReplayReportsAndFolds(t *testing.T) {
	m := damageLog(t, func([]Record) {})
	var told []int64
	whole, folded := NewLedger(), NewLedger()
	if err := whole.ReplayProgress(context.Background(), m, func(seq int64) { told = append(told, seq) }); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || told[len(told)-1] != whole.Head() {
		t.Fatalf("told %v, want the head %d at last", told, whole.Head())
	}
	for i := range m.recs {
		if err := folded.Fold(&m.recs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if whole.Hash() != folded.Hash() {
		t.Fatal("folding record by record gives another ledger")
	}
	if err := folded.Fold(&m.recs[3]); !errors.Is(err, &Error{Code: CodeBadCheck}) {
		t.Fatalf("the same record twice: %v", err)
	}
	if err := folded.Fold(&Record{Kind: KindEvent, Body: []byte("{")}); !errors.Is(err, &Error{Code: CodeMalformed}) {
		t.Fatalf("a broken record: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := NewLedger().Replay(ended, m); err == nil {
		t.Fatal("a replay that was called off succeeded")
	}
}

// shut is a store that does not answer.
type shut struct{ *Memory }

func (shut) Records(context.Context, int64, int) ([]Record, error) { return nil, errors.New("shut") }

func TestReplayOfAStoreThatDoesNotAnswer(t *testing.T) {
	if err := NewLedger().Replay(context.Background(), shut{&Memory{}}); err == nil || err.Error() != "replay: shut" {
		t.Fatalf("error = %v", err)
	}
}

// TestHashTellsLedgersApart changes one thing at a time.
func TestHashTellsLedgersApart(t *testing.T) {
	seen := map[string]string{}
	for name, more := range map[string]func(fx *Fixture, f string){
		"nothing":      func(*Fixture, string) {},
		"a loss":       func(fx *Fixture, f string) { fx.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(f, "5"))) },
		"another loss": func(fx *Fixture, f string) { fx.MustRecord(Coop, LossEvent(Day(10, 2), "烂", Kg(f, "6"))) },
		"a hold":       func(fx *Fixture, f string) { fx.MustRecord(Coop, StatusEvent(Day(10, 2), hold, "", "待检", f)) },
		"a box":        func(fx *Fixture, f string) { fx.PackUnit(Coop, quantities(Kg(f, "5"))) },
		"a shipment":   func(fx *Fixture, f string) { fx.ShipToMill(Kg(f, "5")) },
		"field work": func(fx *Fixture, _ string) {
			fx.MustRecord(Coop, WorkEvent(Day(10, 2), "s-a", FieldWork{Kind: "prune"}))
		},
		"other work": func(fx *Fixture, _ string) {
			fx.MustRecord(Coop, WorkEvent(Day(10, 3), "s-a", FieldWork{Kind: "prune"}))
		},
		"a place": func(fx *Fixture, _ string) {
			fx.mustSubmit(MasterCommand(System, KindPlace, Place{ID: NS + "/place/new", Kind: "site", Name: "场", Parent: placeURI("town"),
				Tier: Town}))
		},
		"a use": func(fx *Fixture, f string) { fx.TransformInto(Coop, "juice", "1", Kilogram, Kg(f, "5")) },
	} {
		fx := newFixture(t)
		more(fx, fx.HarvestFruit("100"))
		h := fx.Ledger.Hash()
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[h] = name
	}
}
