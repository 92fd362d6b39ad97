package consumer

import (
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// unpacker looks into units, down to the last box, within its bounds.
type unpacker struct {
	story.Namer
	querySuffix string
	standings   map[string]story.StandingWords // of the lots read so far
	packedLeft  int                            // lots and units that may still be read
	behindLeft  int                            // lots behind them that may still be read
}

// openUnit lists what is in a unit, with the worst standing among the contents.
func (x *unpacker) openUnit(v *trace.UnitView, depth int) ([]packedRow, story.StandingWords) {
	worst := x.allRight()
	var rows []packedRow
	add := func(row packedRow, standing story.StandingWords) {
		row.State, row.Word = standing.State, standing.Word
		rows = append(rows, row)
		if story.RankState(standing.State) > story.RankState(worst.State) {
			worst = standing
		}
	}
	for _, q := range v.Lots {
		if x.packedLeft--; x.packedLeft < 0 {
			return rows, x.partlyKnown(worst)
		}
		add(x.readLotRow(q))
	}
	for _, id := range v.Units {
		if x.packedLeft--; x.packedLeft < 0 {
			return rows, x.partlyKnown(worst)
		}
		row := packedRow{Reference: story.Reference{Text: x.Printer.T("page.unit.inner"), Href: UnitPath(id) + x.querySuffix},
			Key: trace.GroupKey(trace.KeyOf(id))}
		add(row, x.readInnerUnit(id, depth+1))
	}
	return rows, worst
}

// readInnerUnit is the worst standing of what is in a unit within the unit.
func (x *unpacker) readInnerUnit(id string, depth int) story.StandingWords {
	v, ok := x.Ledger.Unit(id)
	if !ok || depth > mostNesting {
		return x.partlyKnown(x.allRight())
	}
	_, worst := x.openUnit(&v, depth)
	return worst
}

// partlyKnown is the standing where not everything was read: bad stays bad, and good becomes unknown.
func (x *unpacker) partlyKnown(worst story.StandingWords) story.StandingWords {
	if story.RankState(worst.State) > story.RankState("unknown") {
		return worst
	}
	return story.StandingWords{State: "unknown", Word: x.Printer.T("page.unit.part"), Say: x.Printer.T("page.unit.part.text")}
}

// readLotRow is the row of a packed lot, with the lot's standing.
func (x *unpacker) readLotRow(q trace.EventQuantity) (packedRow, story.StandingWords) {
	amount := trace.Quantity{Amount: q.Amount, Unit: q.Unit}
	row := packedRow{Reference: story.Reference{Href: LotPath(q.Class) + x.querySuffix}, Key: trace.GroupKey(trace.KeyOf(q.Class))}
	v, err := x.Ledger.Lot(q.Class, 0)
	if err != nil {
		return row, x.partlyKnown(x.allRight())
	}
	row.Text = x.LotName(v)
	row.Amount, row.AmountJin = x.Printer.Quantity(amount, x.CountWord(&v.Product)), x.Printer.Jin(amount)
	standing, known := x.standings[q.Class]
	if !known {
		standing = x.readStanding(v)
		x.standings[q.Class] = standing
	}
	return row, standing
}

// readStanding is the standing that the lot's own page shows: the lots behind the lot count.
func (x *unpacker) readStanding(v *trace.LotView) story.StandingWords {
	own, err := x.Ledger.OwnStanding(v.Lot)
	if err != nil {
		return x.partlyKnown(x.allRight())
	}
	if v.Status != "active" || len(v.From) == 0 {
		return x.DescribeStanding(own)
	}
	if x.behindLeft <= 0 {
		return x.partlyKnown(x.DescribeStanding(own))
	}
	t, err := x.Ledger.Trace(v.Lot, trace.Back, 0, min(x.behindLeft, trace.DefaultTraceLimit))
	if err != nil {
		return x.partlyKnown(x.DescribeStanding(own))
	}
	whole := !t.Truncated || len(t.Nodes) >= trace.DefaultTraceLimit // the lot's own page looks no farther
	x.behindLeft -= len(t.Nodes)
	standing, err := x.Ledger.StandingIn(t)
	if err != nil {
		return x.partlyKnown(x.DescribeStanding(own))
	}
	if !whole {
		return x.partlyKnown(x.DescribeStanding(standing))
	}
	return x.DescribeStanding(standing)
}

// allRight is the standing of which nothing bad is known.
func (x *unpacker) allRight() story.StandingWords { return x.DescribeStanding(&trace.Standing{}) }
