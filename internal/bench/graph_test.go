package bench

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// TestGraph counts the graph as docs/performance.md gives it.
func TestGraph(t *testing.T) {
	g := makePeriods(2)
	lots, edges := 0, 0
	for _, p := range g {
		lots, edges = lots+p.lotCount(), edges+p.edgeCount()
	}
	if lots != 11_404 || edges != 22_600 {
		t.Errorf("40 days have %d lots and %d edges, want 11404 and 22600", lots, edges)
	}
	for _, row := range []struct{ size, lots int }{{1, 11_404}, {10_000, 11_404}, {100_000, 103_762}, {1_000_000, 996_556}} {
		g := makePeriods(periodsFor(row.size))
		last := g[len(g)-1]
		if got := last.firstLot + last.lotCount(); got != row.lots {
			t.Errorf("for a size of %d there are %d lots, want %d", row.size, got, row.lots)
		}
	}
}

// findAncestors walks back from the blend of a period; the agri-input is behind every harvest.
func findAncestors(p period) (lots map[int]int, edges int) {
	lots = map[int]int{}
	var back func(lv, i int)
	back = func(lv, i int) {
		edges++
		if lots[p.lotNumber(lv, i)]++; lots[p.lotNumber(lv, i)] > 1 {
			return
		}
		if lv == 0 {
			lots[p.inputLot()]++
			edges++
			return
		}
		for _, parent := range p.parents(lv, i) {
			back(lv-1, parent)
		}
	}
	for i := range levels[4].a * p.days {
		back(4, i)
	}
	return lots, edges
}

func TestAncestors(t *testing.T) {
	for _, row := range []struct{ period, want int }{{0, 1_141}, {1, 10_261}} {
		p := makePeriods(2)[row.period]
		lots, edges := findAncestors(p)
		if len(lots) != row.want || edges != p.edgeCount() {
			t.Errorf("period %d: %d ancestors over %d edges, want %d over %d", row.period, len(lots), edges, row.want, p.edgeCount())
		}
		for lv, l := range levels[:4] {
			want := 1
			if lv > 0 {
				want = 2 // children of a split lot
			}
			for i := range l.a * p.days {
				if got := lots[p.lotNumber(lv, i)]; got != want {
					t.Fatalf("lot %d of level %d went into %d lots, want %d", i, lv, got, want)
				}
			}
		}
	}
}

// TestBodies decodes every event of the first period as the API does, and keeps the balance of every lot.
func TestBodies(t *testing.T) {
	p := makePeriods(1)[0]
	held := map[string]trace.Amount{}
	take := func(list []app.Taken) (sum trace.Amount) {
		for _, in := range list {
			if in.Quantity == nil || held[in.Lot] < *in.Quantity {
				t.Fatalf("lot %s has %v left, %v wanted", in.Lot, held[in.Lot], in.Quantity)
			}
			held[in.Lot] -= *in.Quantity
			sum += *in.Quantity
		}
		return sum
	}
	put := func(list []app.NewLot) (sum trace.Amount) {
		for _, l := range list {
			if _, err := trace.ParseKey(l.Key); err != nil {
				t.Fatal(err)
			}
			if _, ok := held[l.Key]; ok {
				t.Fatalf("lot %s is made twice", l.Key)
			}
			held[l.Key] = l.Quantity
			sum += l.Quantity
		}
		return sum
	}
	events := 0
	for _, st := range p.eventStages() {
		for i := range st.n {
			events++
			body := st.body(nil, i)
			switch st.kind {
			case "harvest":
				put(decodeEvent[app.Harvest](t, body).Lots)
			case "work":
				take(decodeEvent[app.Work](t, body).Lots)
			case "transformation":
				v := decodeEvent[app.Transformation](t, body)
				if in, out := take(v.Inputs), put(v.Outputs); out > in {
					t.Fatalf("%v out of %v: %s", out, in, body)
				}
			}
		}
	}
	if len(held) != p.lotCount() || events != p.eventCount() {
		t.Errorf("%d lots by %d events, want %d by %d", len(held), events, p.lotCount(), p.eventCount())
	}
}

func decodeEvent[T any](t *testing.T, body []byte) (v T) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

func TestKeysAreDeterministicAndDistinct(t *testing.T) {
	seen := map[string]int{}
	for i := range 50_000 {
		k := lotKey(i)
		if other, ok := seen[k]; ok {
			t.Fatalf("lots %d and %d have the key %s", other, i, k)
		}
		seen[k] = i
	}
	if got, want := lotKey(7), "TUXFF45Q9N3U"; got != want {
		t.Errorf("lot 7 has the key %s, want %s as in every run", got, want)
	}
}

func BenchmarkBody(b *testing.B) {
	p := makePeriods(2)[1]
	st := p.eventStages()[3]
	var buf []byte
	for i := 0; b.Loop(); i++ {
		buf = st.body(buf[:0], i%st.n)
	}
}
