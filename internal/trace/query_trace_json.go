package trace

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// TraceJSON is the JSON form of a Trace.
type TraceJSON struct {
	Root      string             `json:"root" doc:"The lot asked for."`
	Direction string             `json:"direction" enum:"back,forward"`
	AsOf      int64              `json:"asOf" doc:"Last record taken into account."`
	Truncated bool               `json:"truncated" doc:"A bound was met: there is more than this."`
	Nodes     []TraceNodeJSON    `json:"nodes" doc:"Lots, in the order of their making."`
	Edges     []TraceEdgeJSON    `json:"edges" doc:"What was made of what."`
	Seasons   []TraceSeasonJSON  `json:"seasons" doc:"Growing seasons met on the way."`
	Origins   []Origin           `json:"origins" doc:"Where the goods come from, with their shares; going back only."`
	Now       []TraceHoldingJSON `json:"now" doc:"Where the lots are and who holds them."`
}

// TraceNodeJSON is the JSON form of a TraceNode.
type TraceNodeJSON struct {
	Lot      string `json:"lot"`
	Product  string `json:"product"`
	Name     string `json:"name" doc:"Of the product."`
	Place    string `json:"place,omitempty"`
	Tier     string `json:"tier,omitempty"`
	Org      string `json:"org" doc:"Who made it."`
	Time     Time   `json:"time"`
	Quantity Amount `json:"quantity" doc:"When it was made."`
	Unit     string `json:"unit"`
	Status   string `json:"status" enum:"active,hold,recalled,void"`
}

// TraceEdgeJSON is the JSON form of a TraceEdge.
type TraceEdgeJSON struct {
	From     int    `json:"from" doc:"Number of a node, from 0."`
	To       int    `json:"to" doc:"Number of a node, from 0."`
	Quantity Amount `json:"quantity" doc:"What the event took of the first, in its unit. Edges of one event share it."`
	Seq      int64  `json:"seq" doc:"The event's record."`
}

// TraceSeasonJSON is the JSON form of a TraceSeason.
type TraceSeasonJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Place string `json:"place"`
	In    []int  `json:"in" doc:"Lots used up by its field work, by node number."`
	Out   []int  `json:"out" doc:"Lots harvested from it, by node number."`
}

// TraceHoldingJSON is the JSON form of a TraceHolding.
type TraceHoldingJSON struct {
	Node       int    `json:"node"`
	Quantity   Amount `json:"quantity"`
	Unit       string `json:"unit"`
	Holder     string `json:"holder"`
	HolderName string `json:"holderName"`
	Shipment   string `json:"shipment,omitempty" doc:"Under way with this shipment; the holder is then the sender."`
}

// AppendJSON writes the JSON form of the trace, TraceJSON, after b. The code is written by hand, because an answer has tens of thousands of
// rows; a test compares it with encoding/json.
func (t *Trace) AppendJSON(b []byte) []byte {
	b = append(b, `{"root":`...)
	b = appendQuoted(b, t.Root)
	b = append(b, `,"direction":"`...)
	b = append(b, [...]string{"back", "forward"}[t.Direction]...)
	b = append(b, `","asOf":`...)
	b = strconv.AppendInt(b, t.AsOf, 10)
	b = append(b, `,"truncated":`...)
	b = strconv.AppendBool(b, t.Truncated)
	b = append(b, `,"nodes":[`...)
	for i := range t.Nodes {
		b = t.Nodes[i].appendJSON(appendComma(b, i))
	}
	b = append(b, `],"edges":[`...)
	for i, e := range t.Edges {
		b = append(appendComma(b, i), `{"from":`...)
		b = strconv.AppendInt(b, int64(e.From), 10)
		b = append(b, `,"to":`...)
		b = strconv.AppendInt(b, int64(e.To), 10)
		b = append(b, `,"quantity":`...)
		b = e.Amount.appendDecimal(b)
		b = append(b, `,"seq":`...)
		b = append(strconv.AppendUint(b, uint64(e.Seq), 10), '}')
	}
	b = append(b, `],"seasons":[`...)
	for i := range t.Seasons {
		b = t.Seasons[i].appendJSON(appendComma(b, i))
	}
	b = append(b, `],"origins":[`...)
	for i, o := range t.Origins {
		b = append(appendComma(b, i), `{"place":`...)
		b = appendQuoted(b, o.Place)
		b = appendQuoted(append(b, `,"name":`...), o.Name)
		b = strconv.AppendFloat(append(b, `,"share":`...), o.Share, 'f', 6, 64)
		b = append(strconv.AppendInt(append(b, `,"lots":`...), int64(o.Lots), 10), '}')
	}
	b = append(b, `],"now":[`...)
	for i := range t.Now {
		b = t.Now[i].appendJSON(appendComma(b, i))
	}
	return append(b, ']', '}')
}

func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// appendQuoted writes a JSON string; plain text goes straight through, the rest by the library.
func appendQuoted(b []byte, s string) []byte {
	plain, ascii := true, true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= 0x20 && c != '"' && c != '\\'
		ascii = ascii && c < utf8.RuneSelf
	}
	if plain && (ascii || utf8.ValidString(s)) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	j, err := encodeJSON(s)
	if err != nil { // never: every string can be encoded
		return append(b, `""`...)
	}
	return append(b, j...)
}

func (n *TraceNode) appendJSON(b []byte) []byte {
	b = appendQuoted(append(b, `{"lot":`...), n.Lot)
	b = appendQuoted(append(b, `,"product":`...), n.Product.ID)
	b = appendQuoted(append(b, `,"name":`...), n.Product.Name)
	if n.Place != nil {
		b = appendQuoted(append(b, `,"place":`...), n.Place.ID)
		b = appendQuoted(append(b, `,"tier":`...), string(n.Place.Tier))
	}
	b = appendQuoted(append(b, `,"org":`...), n.Org)
	b = append(b, `,"time":"`...)
	b = time.UnixMilli(n.Time).UTC().AppendFormat(b, timeLayout)
	b = n.Quantity.Amount.appendDecimal(append(b, `","quantity":`...))
	b = appendQuoted(append(b, `,"unit":`...), string(n.Quantity.Unit))
	b = appendQuoted(append(b, `,"status":`...), n.State.String())
	return append(b, '}')
}

func (s *TraceSeason) appendJSON(b []byte) []byte {
	b = appendQuoted(append(b, `{"id":`...), s.ID)
	b = appendQuoted(append(b, `,"name":`...), s.Name)
	b = appendQuoted(append(b, `,"place":`...), s.Place)
	for i, list := range [][]int{s.In, s.Out} {
		b = append(b, [...]string{`,"in":[`, `,"out":[`}[i]...)
		for j, n := range list {
			b = strconv.AppendInt(appendComma(b, j), int64(n), 10)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func (h *TraceHolding) appendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"node":`...), int64(h.Node), 10)
	b = h.Quantity.Amount.appendDecimal(append(b, `,"quantity":`...))
	b = appendQuoted(append(b, `,"unit":`...), string(h.Quantity.Unit))
	b = appendQuoted(append(b, `,"holder":`...), h.Holder.ID)
	b = appendQuoted(append(b, `,"holderName":`...), h.Holder.Name)
	if h.Shipment != "" {
		b = appendQuoted(append(b, `,"shipment":`...), h.Shipment)
	}
	return append(b, '}')
}
