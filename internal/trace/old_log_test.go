package trace

import (
	"context"
	"testing"
)

// TestRulesOfTodayDoNotRefuseYesterdaysLog appends, past the writer, events that it would refuse, as an earlier version did not.
func TestRulesOfTodayDoNotRefuseYesterdaysLog(t *testing.T) {
	late := spray("阿维菌素", 14)
	late.Stop = NewTime(Noon.AddDate(1, 0, 0))
	for _, row := range []struct {
		name string
		by   Actor
		make func(d *Desk, f, box string) *Event
	}{
		{"used before it came", Mill, func(_ *Desk, f, _ string) *Event { return Loss(Day(10, 3), "烂", Kg(f, "1")) }},
		{"a box opened before it came", Mill, func(_ *Desk, _, box string) *Event { return Unpack(Day(10, 3), box) }},
		{"a held lot shipped on in its box", Mill, func(d *Desk, f, box string) *Event {
			d.Must(Office, Mark(Day(10, 9), hold, "", "待检", f))
			return Ship(Day(10, 10), d.ShipmentID(), Park, nil, box)
		}},
		{"a harvest at another's place", Coop2, func(d *Desk, _, _ string) *Event {
			d.command(Master(System, KindPlace, Place{ID: under("own"), Kind: "plot", Name: "自留地", Parent: under("village-a"), Tier: Village, Org: Coop.Org}))
			return Harvest(Day(10, 5), "own", "", Out{ID: d.LotID(), Product: "fruit", Amount: "1"})
		}},
		{"a harvest inside an interval, without a season", Coop, func(d *Desk, _, _ string) *Event {
			d.Must(Coop, Work(Day(10, 9), "s-a", spray("阿维菌素", 14)))
			return Harvest(Day(10, 10), "plot-a", "", Out{ID: d.LotID(), Product: "leaf", Amount: "1"})
		}},
		{"work that stops next year", Coop, func(*Desk, string, string) *Event { return Work(Day(10, 9), "s-a", late) }},
		{"more dry mass than mass", Coop, func(d *Desk, _, _ string) *Event {
			return Harvest(Day(10, 10), "plot-a", "", Out{ID: d.LotID(), Product: "leaf", Amount: "1", Facts: LotFacts{DryMass: Whole(2)}})
		}},
		{"more out than in", Coop, func(d *Desk, f, _ string) *Event {
			return Transform(Day(10, 10), some(Kg(f, "1")), Out{ID: d.LotID(), Product: "juice", Amount: "2"})
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := desk(t)
			f, id := d.Fruit("100"), d.ShipmentID()
			box := d.Boxed(Coop, some(Kg(f, "5")))
			d.Must(Coop, Ship(Day(10, 3), id, Mill, some(Kg(f, "10")), box))
			d.Must(Mill, Receive(Day(10, 8), id, some(Kg(f, "10")), box))
			cmd := Seal(row.by, row.make(d, f, box))
			if r := d.Do(row.by, cmd.Event); r.Err == nil {
				t.Fatal("accepted today: it says nothing about old logs")
			}
			head := d.Ledger.Head()
			rec := Record{Seq: head + 1, Kind: KindEvent, Org: row.by.Org, Body: cmd.Body, EventID: cmd.Event.EventID}
			if err := d.Store.Append(context.Background(), head, []Record{rec}); err != nil {
				t.Fatal(err)
			}
			l := NewLedger()
			if err := l.Replay(context.Background(), d.Store); err != nil || l.Head() != rec.Seq {
				t.Fatalf("replay to %d: %v", l.Head(), err)
			}
			if err := l.Sound(); err != nil {
				t.Error(err)
			}
		})
	}
}
