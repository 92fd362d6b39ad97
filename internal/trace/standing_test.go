package trace

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// standingGrid is every cell of action × condition: r answers CodeLotRecalled, v CodeLotVoid, h CodeLotOnHold, a dot allows.
const standingGrid = `
          recalled void hold upstream_recalled upstream_hold expired destroyed used_up question
receive   .        .    .    .                 .             .       .         .       .
process   r        .    h    .                 .             .       .         .       .
apply     r        .    h    .                 .             .       .         .       .
pack      r        .    h    .                 .             .       .         .       .
ship      r        .    h    .                 .             .       .         .       .
return    .        .    .    .                 .             .       .         .       .
destroy   .        .    .    .                 .             .       .         .       .
correct   r        .    h    .                 .             .       .         .       .
issue     r        v    .    .                 .             .       .         .       .
print     r        v    .    .                 .             .       .         .       .
activate  r        v    h    .                 .             .       .         .       .
sell      .        .    .    .                 .             .       .         .       .
void      .        .    .    .                 .             .       .         .       .`

// gridCodes are the cells of standingGrid by action and condition.
func gridCodes(t *testing.T) map[Action]map[Condition]Code {
	t.Helper()
	codes := map[string]Code{".": "", "r": CodeLotRecalled, "v": CodeLotVoid, "h": CodeLotOnHold}
	lines := strings.Split(strings.TrimSpace(standingGrid), "\n")
	conditions := strings.Fields(lines[0])
	out := map[Action]map[Condition]Code{}
	for i, line := range lines[1:] {
		cells := strings.Fields(line)
		action := Action(i + 1)
		if cells[0] != action.String() || len(cells) != len(conditions)+1 {
			t.Fatalf("row %d of the grid is %q, want %s", i, cells[0], action)
		}
		out[action] = map[Condition]Code{}
		for j, cell := range cells[1:] {
			out[action][Condition(conditions[j])] = codes[cell]
		}
	}
	if len(out) != int(actionCount)-1 || len(conditions) != len(standingTable) {
		t.Fatalf("the grid has %d actions and %d conditions, the table %d and %d", len(out), len(conditions), actionCount-1, len(standingTable))
	}
	return out
}

// conditionPages are the words that a page has for a lot with one condition.
var conditionPages = map[Condition]PageWords{
	ConditionRecalled: {State: "recalled"}, ConditionVoid: {State: "void"}, ConditionHold: {State: "hold"},
	ConditionUpstreamRecalled: {State: "hold", Upstream: "recalled"}, ConditionUpstreamHold: {State: "hold", Upstream: "hold"},
	ConditionExpired: {State: "active"}, ConditionDestroyed: {State: "active"}, ConditionUsedUp: {State: "active"},
	ConditionQuestion: {State: "active"},
}

func TestEveryCellOfTheStandingTable(t *testing.T) {
	for action, row := range gridCodes(t) {
		for condition, want := range row {
			s := Standing{Reasons: []Reason{{Condition: condition}}}
			if got := s.Refusal(action); got != want {
				t.Errorf("%s while %s: %q, want %q", action, condition, got, want)
			}
		}
	}
	for condition, want := range conditionPages {
		s := Standing{Reasons: []Reason{{Condition: ConditionQuestion}, {Condition: condition}}}
		if got := s.Page(); got != want {
			t.Errorf("a page calls a lot with %s %+v, want %+v", condition, got, want)
		}
	}
	if got := (&Standing{}).Page(); got != (PageWords{State: "active"}) {
		t.Errorf("a page calls a good lot %+v", got)
	}
}

// The worst of several conditions is answered.
func TestTheWorstConditionAnswers(t *testing.T) {
	all := []Reason{{Condition: ConditionUpstreamHold}, {Condition: ConditionHold}, {Condition: ConditionVoid}, {Condition: ConditionRecalled}}
	for i, want := range []struct {
		page     PageWords
		activate Code
	}{{PageWords{"hold", "hold"}, ""}, {PageWords{"hold", ""}, CodeLotOnHold}, {PageWords{"void", ""}, CodeLotVoid},
		{PageWords{"recalled", ""}, CodeLotRecalled}} {
		s := Standing{Reasons: all[:i+1]}
		if s.Page() != want.page || s.Refusal(ActionActivate) != want.activate {
			t.Errorf("%d conditions: %+v, %q", i+1, s.Page(), s.Refusal(ActionActivate))
		}
	}
}

// conditioned is a lot of ten jars with one condition, and where its goods are.
type conditioned struct {
	*Fixture
	fruit, jars string
	making      Record
	underWay    string // shipment of jars to the mill
	batch       SerialBatch
}

func newConditioned(t *testing.T, condition Condition, used bool) *conditioned {
	t.Helper()
	j := &fixedAssessor{}
	c := &conditioned{Fixture: newFixtureWith(t, WriterOptions{Assessor: j})}
	c.fruit = c.HarvestFruit("10")
	if condition == ConditionQuestion {
		j.verdict.Questions = []Question{{Code: "ratio_low"}}
	}
	c.jars = c.NewLotID()
	c.making = c.MustRecord(Coop, TransformEvent(Day(10, 5), quantities(Kg(c.fruit, "10")),
		LotSpec{ID: c.jars, Product: "jar", Amount: "10", Unit: Piece}))
	j.verdict.Questions = nil
	switch condition {
	case ConditionVoid:
		c.MustRecord(Coop, CorrectionEvent(c.making))
		return c
	case ConditionUsedUp:
		c.MustRecord(Coop, TransformEvent(Day(10, 6), quantities(c.some(10)), LotSpec{ID: c.NewLotID(), Product: "bag", Amount: "1", Unit: Bag}))
		return c
	case ConditionDestroyed:
		c.MustRecord(Coop, LossEvent(Day(10, 6), "烂", c.some(10)))
		return c
	}
	if used {
		c.use()
	}
	switch condition {
	case ConditionRecalled:
		c.MustRecord(Office, StatusEvent(Day(10, 8), recalled, "", "农残", c.jars))
	case ConditionHold:
		c.MustRecord(Office, StatusEvent(Day(10, 8), hold, "", "抽检", c.jars))
	case ConditionUpstreamRecalled:
		c.MustRecord(Office, StatusEvent(Day(10, 8), recalled, "", "农残", c.fruit))
	case ConditionUpstreamHold:
		c.MustRecord(Office, StatusEvent(Day(10, 8), hold, "", "抽检", c.fruit))
	}
	return c
}

// use issues numbers for the jars and sends two of them to the mill, of which one arrives.
func (c *conditioned) use() {
	c.T.Helper()
	c.batch = c.issued(c.jars, 5)
	c.changed(c.batch, 1, 1, SerialActivated)
	first := c.NewShipmentID()
	c.underWay = c.NewShipmentID()
	c.MustRecord(Coop, ShipEvent(Day(10, 6), first, Mill, quantities(c.some(1))))
	c.MustRecord(Mill, ReceiveEvent(Day(10, 7), first, quantities(c.some(1))))
	c.MustRecord(Coop, ShipEvent(Day(10, 7), c.underWay, Mill, quantities(c.some(1))))
}

func (c *conditioned) some(n int64) EventQuantity { return EventQuantity{c.jars, Whole(n), Piece} }

// act does one action for real.
func (c *conditioned) act(action Action) error {
	at, one := Day(10, 9), quantities(c.some(1))
	command := func(kind RecordKind, v any) error {
		return c.Writer.Submit(context.Background(), MasterCommand(Coop, kind, v))[0].Err
	}
	switch action {
	case ActionReceive:
		return c.Submit(Mill, ReceiveEvent(at, c.underWay, one)).Err
	case ActionProcess:
		return c.Submit(Coop, TransformEvent(at, one, LotSpec{ID: c.NewLotID(), Product: "bag", Amount: "1", Unit: Bag})).Err
	case ActionApply:
		return c.Submit(Coop, WorkEvent(at, "s-a", FieldWork{Kind: "fertilise"}, one...)).Err
	case ActionPack:
		return c.Submit(Coop, PackEvent(at, c.NewUnitID(), one)).Err
	case ActionShip:
		return c.Submit(Coop, ShipEvent(at, c.NewShipmentID(), Park, one)).Err
	case ActionReturn:
		return c.Submit(Mill, ShipEvent(at, c.NewShipmentID(), Coop, one)).Err
	case ActionDestroy:
		return c.Submit(Coop, LossEvent(at, "烂", one...)).Err
	case ActionCorrect:
		return c.Submit(Coop, CorrectionEvent(c.making)).Err
	case ActionIssue:
		return command(KindSerials, c.batchOf(c.jars, 1))
	case ActionPrint:
		return command(KindPrint, PrintRun{Copies: 1, ID: NS + "/print/" + c.NextKey(), Lot: c.jars, Org: Coop.Org, Sheet: "a4-24"})
	case ActionActivate:
		return command(KindSerialChange, c.changeOf(c.batch, 2, 2, SerialActivated))
	case ActionSell:
		return command(KindSerialChange, c.changeOf(c.batch, 1, 1, SerialSold))
	}
	v := c.changeOf(c.batch, 3, 3, SerialVoided)
	v.Reason = "印坏"
	return command(KindSerialChange, v)
}

// TestActionsAreJudgedByTheStandingTable does every action with a lot in every condition that lets the action be tried.
func TestActionsAreJudgedByTheStandingTable(t *testing.T) {
	for action, row := range gridCodes(t) {
		for condition, want := range row {
			if condition == ConditionExpired {
				continue // no data says so yet
			}
			t.Run(action.String()+" "+string(condition), func(t *testing.T) {
				c := newConditioned(t, condition, action != ActionCorrect)
				var got Code
				if err := c.Ledger.CheckAction(c.jars, action); err != nil {
					got = codeOf(err)
				}
				if s, err := c.Ledger.Standing(c.jars); err != nil || s.Refusal(action) != want || got != want {
					t.Errorf("asked: %q and %q, want %q (%v)", got, s.Refusal(action), want, err)
				}
				if slices.Contains([]Condition{ConditionVoid, ConditionDestroyed, ConditionUsedUp}, condition) {
					return // nothing is there to act on
				}
				got = codeOf(c.act(action))
				if refused := got == CodeLotRecalled || got == CodeLotOnHold || got == CodeLotVoid; refused != (want != "") || refused && got != want {
					t.Errorf("done: %q, want %q", got, want)
				}
				if want == "" && got != "" {
					t.Errorf("done: %q, want it recorded", got)
				}
			})
		}
	}
}

func codeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestStandingSaysWhy(t *testing.T) {
	for condition, page := range conditionPages {
		if condition == ConditionExpired {
			continue
		}
		t.Run(string(condition), func(t *testing.T) {
			c := newConditioned(t, condition, true)
			s, err := c.Ledger.Standing(c.jars)
			if err != nil {
				t.Fatal(err)
			}
			want := Reason{Condition: condition, Lot: c.jars, Seq: c.Ledger.Head()}
			switch condition {
			case ConditionUpstreamRecalled, ConditionUpstreamHold:
				want.Lot = c.fruit
			case ConditionQuestion:
				want.Seq, want.Question = c.making.Seq, "ratio_low"
			}
			if len(s.Reasons) != 1 || s.Reasons[0] != want || s.Truncated || s.Page() != page || s.Lot != c.jars {
				t.Errorf("standing = %+v, page %+v; want %+v", s, s.Page(), want)
			}
			trace, err := c.Ledger.Trace(c.jars, Back, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			if in, err := c.Ledger.StandingIn(trace); err != nil || !slices.Equal(in.Reasons, s.Reasons) {
				t.Errorf("by the trace %+v, %v; want %+v", in, err, s)
			}
			own, err := c.Ledger.OwnStanding(c.jars)
			if upstream := strings.HasPrefix(string(condition), "upstream"); err != nil || (len(own.Reasons) == 0) != upstream {
				t.Errorf("by itself %+v, %v", own, err)
			}
			again := NewLedger()
			if err := again.Replay(context.Background(), c.Store); err != nil {
				t.Fatal(err)
			}
			if after, err := again.Standing(c.jars); err != nil || !slices.Equal(after.Reasons, s.Reasons) {
				t.Errorf("replayed %+v, %v; want %+v", after, err, s)
			}
		})
	}
	fx := newFixture(t)
	for _, f := range []func(string) (*Standing, error){fx.Ledger.Standing, fx.Ledger.OwnStanding} {
		if _, err := f("x"); !IsCode(err, CodeUnknownLot) && codeOf(err) == "" {
			t.Errorf("standing of an unknown lot: %v", err)
		}
	}
}

// TestAConditionThatEndsLeavesNoReason: a release ends the hold, and the record of a recall that stays is kept.
func TestAConditionThatEndsLeavesNoReason(t *testing.T) {
	fx := newFixture(t)
	lot := fx.HarvestFruit("5")
	fx.MustRecord(Office, StatusEvent(Day(10, 2), hold, "", "抽检", lot))
	told := fx.MustRecord(Office, StatusEvent(Day(10, 3), recalled, "", "农残", lot))
	fx.MustRecord(Office, StatusEvent(Day(10, 4), "", hold, "合格", lot))
	s, err := fx.Ledger.Standing(lot)
	if err != nil || !slices.Equal(s.Reasons, []Reason{{Condition: ConditionRecalled, Lot: lot, Seq: told.Seq}}) {
		t.Errorf("standing = %+v, %v", s, err)
	}
	fx.MustRecord(Office, StatusEvent(Day(10, 5), "", recalled, "误报", lot))
	if s, err = fx.Ledger.Standing(lot); err != nil || len(s.Reasons) != 0 || len(fx.Ledger.stateSeqs) != 0 {
		t.Errorf("standing = %+v, %v; %d lots kept", s, err, len(fx.Ledger.stateSeqs))
	}
}

// TestFieldWorkIsNotMatter: a lot that was spread on a season is recalled, and the harvest stands well; a lot whose making was withdrawn
// says nothing of the lots made of it.
func TestFieldWorkIsNotMatter(t *testing.T) {
	fx := newFixture(t)
	compost := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(2, 1), "plot-a", "", LotSpec{ID: compost, Product: "compost", Amount: "50"}))
	fx.MustRecord(Coop, WorkEvent(Day(3, 1), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "5")))
	fruit := fx.NewLotID()
	fx.MustRecord(Coop, HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: fruit, Product: "fruit", Amount: "5"}))
	fx.MustRecord(Office, StatusEvent(Day(10, 8), recalled, "", "重金属", compost))
	s, err := fx.Ledger.Standing(fruit)
	if err != nil || len(s.Reasons) != 0 {
		t.Errorf("standing = %+v, %v", s, err)
	}
	trace, err := fx.Ledger.Trace(fruit, Back, 0, 0)
	if err != nil || len(trace.Nodes) != 2 {
		t.Fatalf("%d lots behind, %v", len(trace.Nodes), err)
	}
	if s, err := fx.Ledger.StandingIn(trace); err != nil || len(s.Reasons) != 0 {
		t.Errorf("standing by the trace = %+v, %v", s, err)
	}
}
