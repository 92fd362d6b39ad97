package trace

import (
	"context"
	"testing"
)

// eventsOfYesterday are events that an earlier version accepted and that the rules of today refuse. Each is made after fruit and a box with
// fruit in it have come to the mill.
var eventsOfYesterday = []struct {
	name string
	by   Actor
	make func(fx *Fixture, f, box string) *Event
}{
	{"used before it came", Mill, func(_ *Fixture, f, _ string) *Event { return LossEvent(Day(10, 3), "烂", Kg(f, "1")) }},
	{"a box opened before it came", Mill, func(_ *Fixture, _, box string) *Event { return UnpackEvent(Day(10, 3), box) }},
	{"a held lot shipped on in its box", Mill, func(fx *Fixture, f, box string) *Event {
		fx.MustRecord(Office, StatusEvent(Day(10, 9), hold, "", "待检", f))
		return ShipEvent(Day(10, 10), fx.NewShipmentID(), Park, nil, box)
	}},
	{"a harvest at another's place", Coop2, func(fx *Fixture, _, _ string) *Event {
		fx.mustSubmit(MasterCommand(System, KindPlace, Place{ID: placeURI("own"), Kind: "plot", Name: "自留地", Parent: placeURI("village-a"),
			Tier: Village, Org: Coop.Org}))
		return HarvestEvent(Day(10, 5), "own", "", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "1"})
	}},
	{"a harvest inside an interval, without a season", Coop, func(fx *Fixture, _, _ string) *Event {
		fx.MustRecord(Coop, WorkEvent(Day(10, 9), "s-a", sprayWork("阿维菌素", 14)))
		return HarvestEvent(Day(10, 10), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "1"})
	}},
	{"work that stops next year", Coop, func(*Fixture, string, string) *Event {
		late := sprayWork("阿维菌素", 14)
		late.Stop = NewTime(Noon.AddDate(1, 0, 0))
		return WorkEvent(Day(10, 9), "s-a", late)
	}},
	{"more dry mass than mass", Coop, func(fx *Fixture, _, _ string) *Event {
		return HarvestEvent(Day(10, 10), "plot-a", "", LotSpec{ID: fx.NewLotID(), Product: "leaf", Amount: "1",
			Facts: LotFacts{DryMass: Whole(2)}})
	}},
	{"more out than in", Coop, func(fx *Fixture, f, _ string) *Event {
		return TransformEvent(Day(10, 10), quantities(Kg(f, "1")), LotSpec{ID: fx.NewLotID(), Product: "juice", Amount: "2"})
	}},
}

// TestRulesOfTodayDoNotRefuseYesterdaysLog appends, past the writer, events that the writer would refuse, as an earlier version did not.
func TestRulesOfTodayDoNotRefuseYesterdaysLog(t *testing.T) {
	for _, row := range eventsOfYesterday {
		t.Run(row.name, func(t *testing.T) {
			fx := newFixture(t)
			f, id := fx.HarvestFruit("100"), fx.NewShipmentID()
			box := fx.PackUnit(Coop, quantities(Kg(f, "5")))
			fx.MustRecord(Coop, ShipEvent(Day(10, 3), id, Mill, quantities(Kg(f, "10")), box))
			fx.MustRecord(Mill, ReceiveEvent(Day(10, 8), id, quantities(Kg(f, "10")), box))
			cmd := EventCommand(row.by, row.make(fx, f, box))
			if r := fx.Submit(row.by, cmd.Event()); r.Err == nil {
				t.Fatal("accepted today: it says nothing about old logs")
			}
			head := fx.Ledger.Head()
			rec := Record{Seq: head + 1, Kind: KindEvent, Org: row.by.Org, Body: cmd.Body, EventID: cmd.Event().EventID}
			if err := fx.Store.Append(context.Background(), head, []Record{rec}); err != nil {
				t.Fatal(err)
			}
			l := NewLedger()
			if err := l.Replay(context.Background(), fx.Store); err != nil || l.Head() != rec.Seq {
				t.Fatalf("replay to %d: %v", l.Head(), err)
			}
			if err := l.CheckInvariants(); err != nil {
				t.Error(err)
			}
		})
	}
}
