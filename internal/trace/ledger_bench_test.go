package trace

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// village is the lineage DAG of docs/performance: a day is 285 lots in five levels, 200 harvest → 50 grade (4 each) → 20 process (5 each) →
// 10 pack (4 each) → 5 consign (4 each); the first three are split over two children. One agri-input lot feeds every harvest of a period,
// one blend merges every consign lot of it.
type village struct {
	fx     *Fixture
	seq    int64
	season bool // the agri-input lot is spread on 200 seasons; else it is an input of each harvest
	agri   string
	blend  string
	log    []Record
}

// applyEvent puts an event into the ledger as a replay does, without a store.
func (v *village) applyEvent(e *Event) {
	v.seq++
	cmd := EventCommand(Coop, e)
	r := Record{Seq: v.seq, Kind: KindEvent, Org: Coop.Org, EventID: cmd.Event().EventID, Body: cmd.Body}
	if err := v.fx.Ledger.applyRecord(&r, cmd.Event()); err != nil {
		v.fx.T.Fatalf("apply: %v", err)
	}
	v.log = append(v.log, r)
}

func (v *village) applyMaster(kind RecordKind, m any) {
	v.seq++
	r := Record{Seq: v.seq, Kind: kind, Body: MasterCommand(System, kind, m).Body}
	if err := v.fx.Ledger.Fold(&r); err != nil {
		v.fx.T.Fatalf("apply: %v", err)
	}
	v.log = append(v.log, r)
}

func (v *village) addLot(at time.Time, in []EventQuantity, kg string) string {
	id := v.fx.NewLotID()
	out := LotSpec{ID: id, Product: "fruit", Amount: kg}
	e := TransformEvent(at, in, out)
	e.BizLocation = &ID{placeURI("works")}
	v.applyEvent(e)
	return id
}

// merging makes a number of lots of some inputs each; every input is shared by some of the lots, which take so much of the input.
type merging struct {
	lots, inputs, shared int
	kg                   string
}

// mergeLots makes lots of the lots of a step before.
func (v *village) mergeLots(at time.Time, from []string, m merging) []string {
	out := make([]string, 0, m.lots)
	for i := range m.lots {
		in := make([]EventQuantity, 0, m.inputs)
		for j := range m.inputs {
			in = append(in, Kg(from[(i*m.inputs+j)%len(from)], m.kg))
		}
		out = append(out, v.addLot(at, in, "1"))
	}
	if m.lots*m.inputs != len(from)*m.shared {
		v.fx.T.Fatalf("%d lots of %d make no %d split by %d", m.lots, m.inputs, len(from), m.shared)
	}
	return out
}

// addPeriod records P days; with P = 36 the blend has 10,261 ancestors.
func (v *village) addPeriod(days int, start time.Time) {
	v.agri = v.fx.NewLotID()
	v.applyEvent(HarvestEvent(start, "plot-a", "", LotSpec{ID: v.agri, Product: "compost", Amount: "1000000"}))
	if v.season {
		for i := range 200 {
			id := fmt.Sprintf("%s/season/p%03d-%d", NS, i, v.seq)
			v.applyMaster(KindSeason, Season{ID: id, Name: "季", Org: Coop.Org, Place: placeURI("plot-a"), From: Time{start},
				To: Time{start.AddDate(1, 0, 0)}})
			e := WorkEvent(start, "", FieldWork{Kind: "fertilise"}, Kg(v.agri, "1"))
			e.OutputEPCs = []string{id}
			v.applyEvent(e)
		}
	}
	seasons := v.fx.Ledger.seasons[max(0, len(v.fx.Ledger.seasons)-200):]
	var consigned []string
	for day := range days {
		at := start.AddDate(0, 0, day+1)
		harvest := make([]string, 200)
		for i := range harvest {
			if !v.season {
				harvest[i] = v.addLot(at, quantities(Kg(v.agri, "1")), "1")
				continue
			}
			harvest[i] = v.fx.NewLotID()
			e := HarvestEvent(at, "", "", LotSpec{ID: harvest[i], Product: "fruit", Amount: "1"})
			e.Ilmd.Season = seasons[i].ID
			v.applyEvent(e)
		}
		graded := v.mergeLots(at, harvest, merging{50, 4, 1, "1"})
		processed := v.mergeLots(at, graded, merging{20, 5, 2, "0.5"})
		packed := v.mergeLots(at, processed, merging{10, 4, 2, "0.5"})
		consigned = append(consigned, v.mergeLots(at, packed, merging{5, 4, 2, "0.5"})...)
	}
	in := make([]EventQuantity, 0, len(consigned))
	for _, id := range consigned {
		in = append(in, Kg(id, "1"))
	}
	v.blend = v.addLot(start.AddDate(0, 0, days+1), in, "1")
}

func newVillage(b testing.TB, season bool, days int) *village {
	b.Helper()
	v := &village{fx: &Fixture{T: b, Ledger: NewLedger()}, season: season}
	for _, c := range CountyMasterData() {
		v.seq++
		r := Record{Seq: v.seq, Kind: c.Kind, Body: c.Body}
		if err := v.fx.Ledger.Fold(&r); err != nil {
			b.Fatal(err)
		}
		v.log = append(v.log, r)
	}
	v.addPeriod(days, Day(1, 1))
	return v
}

func TestTheBenchmarksGraph(t *testing.T) {
	for _, season := range []bool{true, false} {
		v := newVillage(t, season, 4)
		back, err := v.fx.Ledger.Trace(v.blend, Back, 0, 0)
		if err != nil || len(back.Nodes) != 4*285+2 || len(back.Origins) != 1 || back.Truncated {
			t.Fatalf("back: %d lots, %v; want 1,141 behind the blend", len(back.Nodes), err)
		}
		forward, err := v.fx.Ledger.Trace(v.agri, Forward, 0, 0)
		if err != nil || len(forward.Nodes) != 4*285+2 {
			t.Fatalf("forward: %d lots, %v", len(forward.Nodes), err)
		}
		if err := v.fx.Ledger.CheckInvariants(); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkWalk10261(b *testing.B) {
	for _, season := range []bool{true, false} {
		v := newVillage(b, season, 36)
		l := v.fx.Ledger
		back, _ := l.findLot(v.blend)
		forward, _ := l.findLot(v.agri)
		name := map[bool]string{true: "seasons", false: "edges"}[season]
		b.Run("back/"+name, func(b *testing.B) { benchmarkWalk(b, l, back, Back) })
		b.Run("forward/"+name, func(b *testing.B) { benchmarkWalk(b, l, forward, Forward) })
		r := l.walkFrom(back, Back, 1000, 20000)
		b.Run("origins/"+name, func(b *testing.B) {
			for b.Loop() {
				if len(l.computeOrigins(r, back)) != 1 {
					b.Fatal("origins")
				}
			}
		})
		b.Run("trace/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := l.Trace(v.blend, Back, 0, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
		t, err := l.Trace(v.blend, Back, 0, 0)
		if err != nil {
			b.Fatal(err)
		}
		var buf []byte
		b.Run("json/"+name, func(b *testing.B) {
			for b.Loop() {
				buf = t.AppendJSON(buf[:0])
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

func benchmarkWalk(b *testing.B, l *Ledger, start int32, direction Direction) {
	for b.Loop() {
		r := l.walkFrom(start, direction, 1000, 20000)
		l.releaseWalk(r)
		if len(r.lots) != 36*285+2 {
			b.Fatal(len(r.lots))
		}
	}
}

// BenchmarkRecall10261 marks 10,261 lots in one event, as the ledger applies it.
func BenchmarkRecall10261(b *testing.B) {
	v := newVillage(b, true, 36)
	l := v.fx.Ledger
	agri, _ := l.findLot(v.agri)
	starts := l.walkFrom(agri, Forward, 1000, 20000).lots
	states := make([]stateChange, len(starts))
	for i, n := range starts {
		states[i] = stateChange{lot: n, set: Recalled}
	}
	for b.Loop() {
		l.setStates(states, 0, 1)
	}
}

func BenchmarkJudge(b *testing.B) {
	v := newVillage(b, true, 4)
	l := v.fx.Ledger
	f := v.fx.NewLotID()
	v.applyEvent(HarvestEvent(Day(10, 1), "plot-a", "", LotSpec{ID: f, Product: "fruit", Amount: "100"}))
	for name, e := range map[string]*Event{
		"harvest": EventCommand(Coop, HarvestEvent(Day(10, 2), "plot-a", "s-a", LotSpec{ID: v.fx.NewLotID(), Product: "fruit",
			Amount: "412.5"})).Event(),
		"transform": EventCommand(Coop, TransformEvent(Day(10, 2), quantities(Kg(f, "60")),
			LotSpec{ID: v.fx.NewLotID(), Product: "juice", Amount: "30"}, LotSpec{ID: v.fx.NewLotID(), Product: "pomace", Amount: "25"})).Event(),
	} {
		b.Run(name, func(b *testing.B) {
			org := l.locationOf[Coop.Org]
			b.ReportAllocs()
			for b.Loop() {
				p, err := l.planEvent(e, org)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := l.judgePlan(p, Coop, Noon, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReplay is per record, the parsing of its body included.
func BenchmarkReplay(b *testing.B) {
	v := newVillage(b, true, 36)
	store := &Memory{recs: v.log}
	events, bytes := 0, 0
	for _, r := range v.log {
		if r.Kind == KindEvent {
			events++
			bytes += len(r.Body)
		}
	}
	b.Run("log", func(b *testing.B) {
		for b.Loop() {
			if err := NewLedger().Replay(context.Background(), store); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(v.log)), "ns/record")
		b.ReportMetric(float64(bytes)/float64(events), "bytes/event")
	})
	b.Run("apply", func(b *testing.B) {
		page := NewLedger().parsePage(v.log)
		for b.Loop() {
			if err := NewLedger().applyPage(&page); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(v.log)), "ns/record")
	})
	typical := typicalEvent()
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseEvent(typical); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(len(typical)))
	})
}

// typicalEvent is a process of two lots into two, about 900 bytes.
func typicalEvent() []byte {
	lot := func(c string) string { return NS + "/lot/" + keyWith(c) }
	e := TransformEvent(Day(10, 2), quantities(Kg(lot("A"), "412.5"), Kg(lot("C"), "300")),
		LotSpec{ID: lot("D"), Product: "juice", Amount: "350.25", Facts: LotFacts{Grade: "优级"}},
		LotSpec{ID: lot("E"), Product: "pomace", Amount: "330"})
	e.BizLocation, e.Step = &ID{placeURI("works")}, "pomelo/juice"
	return EventCommand(Coop, e).Body
}

// BenchmarkMemory reports what the ledger keeps for a lot, its edges, holdings and event included.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v := newVillage(b, true, 36)
		v.log = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		lots := len(v.fx.Ledger.lots)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(lots), "bytes/lot")
		runtime.KeepAlive(v)
	}
}
