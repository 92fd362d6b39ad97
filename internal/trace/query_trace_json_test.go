package trace

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// toJSONForm is the JSON form of a trace, member by member.
func toJSONForm(t *Trace) TraceJSON {
	v := TraceJSON{
		Root: t.Root, Direction: []string{"back", "forward"}[t.Direction], AsOf: t.AsOf, Truncated: t.Truncated,
		Nodes: make([]TraceNodeJSON, len(t.Nodes)), Edges: make([]TraceEdgeJSON, len(t.Edges)), Seasons: make([]TraceSeasonJSON, len(t.Seasons)),
		Origins: make([]Origin, len(t.Origins)), Now: make([]TraceHoldingJSON, len(t.Now)),
	}
	for i, n := range t.Nodes {
		v.Nodes[i] = TraceNodeJSON{
			Lot: n.Lot, Product: n.Product.ID, Name: n.Product.Name, Org: n.Org, Time: Time{time.UnixMilli(n.Time).UTC()},
			Quantity: n.Quantity.Amount, Unit: string(n.Quantity.Unit), Status: n.State.String(),
		}
		if n.Place != nil {
			v.Nodes[i].Place, v.Nodes[i].Tier = n.Place.ID, string(n.Place.Tier)
		}
	}
	for i, e := range t.Edges {
		v.Edges[i] = TraceEdgeJSON{From: e.From, To: e.To, Quantity: e.Amount, Seq: int64(e.Seq)}
	}
	for i, s := range t.Seasons {
		v.Seasons[i] = TraceSeasonJSON{ID: s.ID, Name: s.Name, Place: s.Place, In: append([]int{}, s.In...), Out: append([]int{}, s.Out...)}
	}
	for i, o := range t.Origins { // shares are written with six decimals; a half, as of 0.5078125, goes to the even digit
		o.Share, _ = strconv.ParseFloat(strconv.FormatFloat(o.Share, 'f', 6, 64), 64)
		v.Origins[i] = o
	}
	for i, h := range t.Now {
		v.Now[i] = TraceHoldingJSON{
			Node: h.Node, Quantity: h.Quantity.Amount, Unit: string(h.Quantity.Unit), Holder: h.Holder.ID, HolderName: h.Holder.Name,
			Shipment: h.Shipment,
		}
	}
	return v
}

// drawTrace draws any trace, with text that JSON has to escape.
func drawTrace(t *rapid.T) *Trace {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "柚子", `a"b\c`, "<&>\u2028\u0001\n"}))
	name := func(label string) string { return text.Draw(t, label) }
	amount := func() Amount { return Amount(rapid.Int64Range(0, 1e15).Draw(t, "amount")) }
	units := rapid.SampledFrom([]Unit{Kilogram, Piece, Litre, Box})
	count := func(label string) int { return rapid.IntRange(0, 3).Draw(t, label) }
	numbers := rapid.SliceOfN(rapid.IntRange(0, 1<<30), 0, 3)
	v := &Trace{
		Root: name("root"), Direction: rapid.SampledFrom([]Direction{Back, Forward}).Draw(t, "direction"), AsOf: rapid.Int64().Draw(t, "as of"),
		Truncated: rapid.Bool().Draw(t, "truncated"),
	}
	for range count("nodes") {
		n := TraceNode{
			Lot: name("lot"), Product: &Product{ID: name("product"), Name: name("product's name")}, Org: name("org"),
			Time: rapid.Int64Range(0, 4e12).Draw(t, "time"), Quantity: Quantity{amount(), units.Draw(t, "unit")},
			State: rapid.SampledFrom([]State{0, OnHold, Recalled, Void}).Draw(t, "state"),
		}
		if rapid.Bool().Draw(t, "has a place") {
			n.Place = &Place{ID: "place " + name("place"), Tier: Village}
		}
		v.Nodes = append(v.Nodes, n)
	}
	for range count("edges") {
		v.Edges = append(v.Edges, TraceEdge{rapid.IntRange(0, 1<<20).Draw(t, "from"), rapid.IntRange(0, 1<<20).Draw(t, "to"), amount(),
			rapid.Uint32().Draw(t, "seq")})
	}
	for range count("seasons") {
		v.Seasons = append(v.Seasons, TraceSeason{
			ID: name("season"), Name: name("season's name"), Place: name("season's place"), In: numbers.Draw(t, "in"), Out: numbers.Draw(t, "out"),
		})
	}
	for range count("origins") {
		v.Origins = append(v.Origins, Origin{
			Place: name("origin"), Name: name("origin's name"), Share: rapid.Float64Range(0, 1).Draw(t, "share"),
			Lots: rapid.IntRange(0, 1<<20).Draw(t, "lots"),
		})
	}
	for range count("holdings") {
		v.Now = append(v.Now, TraceHolding{
			Node: rapid.IntRange(0, 1<<20).Draw(t, "node"), Quantity: Quantity{amount(), units.Draw(t, "unit")},
			Holder:   NamedOrg{ID: name("holder"), Name: name("holder's name")},
			Shipment: name("shipment"),
		})
	}
	return v
}

// TestTraceJSONForm: what AppendJSON writes by hand is the JSON form that the API's document describes: nothing more, nothing less.
func TestTraceJSONForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawTrace(t)
		want := toJSONForm(v)
		written := v.AppendJSON([]byte("before"))
		text, ok := bytes.CutPrefix(written, []byte("before"))
		if !ok {
			t.Fatalf("what was there before is gone: %s", written)
		}
		var got TraceJSON
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\nreads as\n%+v\nwant\n%+v", text, got, want)
		}
		byLibrary, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := membersOf(t, text), membersOf(t, byLibrary); !reflect.DeepEqual(a, b) {
			t.Fatalf("by hand\n%s\nby encoding/json\n%s", text, byLibrary)
		}
	})
}

// membersOf decodes JSON without a type: an empty member that one encoder writes and the other leaves out makes a difference.
func membersOf(t *rapid.T, text []byte) (v any) {
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
