package trace

// Condition is one fact about a lot that may decide how the lot is shown and which actions are allowed.
type Condition string

// The conditions of a lot, the worst first. No data says yet that a lot is expired.
const (
	ConditionRecalled         Condition = "recalled"          // 召回
	ConditionVoid             Condition = "void"              // its making was withdrawn by a correction 更正
	ConditionHold             Condition = "hold"              // 暂停
	ConditionUpstreamRecalled Condition = "upstream_recalled" // something the lot was made of is recalled
	ConditionUpstreamHold     Condition = "upstream_hold"     // something the lot was made of is on hold
	ConditionExpired          Condition = "expired"           // 过期
	ConditionDestroyed        Condition = "destroyed"         // nothing is left; the last of the lot was lost or destroyed 损耗、销毁
	ConditionUsedUp           Condition = "used_up"           // 用完: nothing is left; the last of the lot was made into something or spread
	ConditionQuestion         Condition = "question"          // 存疑: a record about the lot raised a question
)

// Action is something that is done with a lot, and that a condition of the lot may forbid.
type Action uint8

// The actions.
const (
	actionNone     Action = iota
	ActionReceive         // 签收
	ActionProcess         // 加工
	ActionApply           // spread on a season or fed 施用、投喂
	ActionPack            // 装箱
	ActionShip            // 发货
	ActionReturn          // sent back to where the lot came from 退回
	ActionDestroy         // lost or destroyed 损耗、销毁
	ActionCorrect         // an operator withdraws the event that made the lot 更正
	ActionIssue           // serial numbers are issued 一物一码
	ActionPrint           // labels are printed 打印
	ActionActivate        // serial numbers are activated 激活
	ActionSell            // serial numbers are reported sold 销售
	ActionVoid            // serial numbers are voided 作废
	actionCount
)

// String is the action's name in tests and logs.
func (a Action) String() string {
	return [actionCount]string{"none", "receive", "process", "apply", "pack", "ship", "return", "destroy", "correct", "issue", "print",
		"activate",
		"sell", "void"}[a]
}

// PageWords say what a page calls a lot.
type PageWords struct {
	State    string // "recalled", "void", "hold" or "active": colour and advice
	Upstream string // "recalled" or "hold" where a lot that the lot was made of is so; else ""
}

// standingRow says what follows from a condition. An action that is not in refuses is allowed.
type standingRow struct {
	condition Condition
	state     State // the bit of a lot's own conditions; 0 for conditions that follow from something else
	page      PageWords
	refuses   [actionCount]Code
}

// standingTable is the one place that holds the consequences of a lot's conditions: the name of its state on pages and in the API, and
// which actions are refused with which code. The worst condition comes first: its words are shown, and its code is answered.
var standingTable = [...]standingRow{
	{condition: ConditionRecalled, state: Recalled, page: PageWords{State: "recalled"}, refuses: [actionCount]Code{
		ActionProcess: CodeLotRecalled, ActionApply: CodeLotRecalled, ActionPack: CodeLotRecalled, ActionShip: CodeLotRecalled,
		ActionCorrect: CodeLotRecalled, ActionIssue: CodeLotRecalled, ActionPrint: CodeLotRecalled, ActionActivate: CodeLotRecalled}},
	{condition: ConditionVoid, state: Void, page: PageWords{State: "void"}, refuses: [actionCount]Code{
		ActionIssue: CodeLotVoid, ActionPrint: CodeLotVoid, ActionActivate: CodeLotVoid}},
	{condition: ConditionHold, state: OnHold, page: PageWords{State: "hold"}, refuses: [actionCount]Code{
		ActionProcess: CodeLotOnHold, ActionApply: CodeLotOnHold, ActionPack: CodeLotOnHold, ActionShip: CodeLotOnHold,
		ActionCorrect: CodeLotOnHold, ActionActivate: CodeLotOnHold}},
	{condition: ConditionUpstreamRecalled, page: PageWords{State: "hold", Upstream: "recalled"}},
	{condition: ConditionUpstreamHold, page: PageWords{State: "hold", Upstream: "hold"}},
	{condition: ConditionExpired},
	{condition: ConditionDestroyed},
	{condition: ConditionUsedUp},
	{condition: ConditionQuestion},
}

// String is the gravest of a lot's own conditions: recalled, also where the making was withdrawn since; then void, hold or active. The API
// answers this status.
func (s State) String() string {
	for i := range standingTable {
		if row := &standingTable[i]; row.state != 0 && s.Has(row.state) {
			return string(row.condition)
		}
	}
	return "active"
}

// refusable says of which actions the table refuses any.
var refusable = func() (actions [actionCount]bool) {
	for i := range standingTable {
		for action, code := range standingTable[i].refuses {
			actions[action] = actions[action] || code != ""
		}
	}
	return actions
}()

// planActions are the actions that the events of people are, by what an event means to the ledger. An unpacking is none: a look into a box
// is never refused.
var planActions = [...]Action{planMaster: actionNone, planTransform: ActionProcess, planPack: ActionPack, planShip: ActionShip,
	planReceive: ActionReceive,
	planLoss:    ActionDestroy, planWork: ActionApply}

// checkAction refuses an action that a condition of a lot forbids. A condition that takes a walk to find is looked for only where the table
// refuses the action for it. Errors: Conflict with the code of the table.
func (l *Ledger) checkAction(n int32, action Action, field string) error {
	if !refusable[action] {
		return nil
	}
	for i := range standingTable {
		row := &standingTable[i]
		if code := row.refuses[action]; code != "" && l.hasCondition(n, row) {
			return E(Conflict, code, field, "lot", KeyOf(l.idOf(&l.lots[n])))
		}
	}
	return nil
}

// CheckAction refuses an action that a condition of a lot forbids, for what is not recorded (a file of labels that is made again). Errors:
// NotFound; Conflict with the code of the table.
func (l *Ledger) CheckAction(lot string, action Action) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, err := l.findLotAt("lot", lot)
	if err != nil {
		return err
	}
	return l.checkAction(n, action, "lot")
}

func (l *Ledger) hasCondition(n int32, row *standingRow) bool {
	if row.state != 0 {
		return l.lots[n].state.Has(row.state)
	}
	s := Standing{Lot: l.idOf(&l.lots[n])}
	l.addStanding(&s, n, row.condition)
	return s.Has(row.condition)
}
