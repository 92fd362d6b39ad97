package chain

import (
	"math/big"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// The codes of the questions a chain raises.
const (
	QuestionLow      = "ratio_low"          // below the tolerance
	QuestionHigh     = "ratio_high"         // above it
	QuestionEvidence = "evidence_missing"   // what the step has to record is not there
	QuestionStep     = "unknown_step"       // no chain in force has this step
	QuestionProduct  = "unexpected_product" // a lot that is none of the step's inputs or products
)

var _ trace.Assessor = (*Set)(nil)

// Assess judges an event by the step it names. An event without a step is not judged. What cannot be computed (a mass that is not
// known, a by-product nobody recorded) is silently left out. Verdict.Err is set only for what physics forbids: more mass out than in,
// or a limit of the template.
func (s *Set) Assess(a trace.Assessment) trace.Verdict {
	if a.Event == nil || a.Event.Step == "" {
		return trace.Verdict{}
	}
	st, ok := s.Step(a.Event.Step)
	if !ok {
		_, what, _ := strings.Cut(a.Event.Step, "/")
		return trace.Verdict{Questions: []trace.Question{{Code: QuestionStep, Step: a.Event.Step, What: what}}}
	}
	v := newView(s.byID[st.chain], st, &a)
	var verdict trace.Verdict
	verdict.Gain = st.Gain || st.Balance != Fresh || st.Slack.micro > 0
	if verdict.Err = v.conserved(); verdict.Err == nil {
		verdict.Err = v.possible()
	}
	v.products()
	v.evidence()
	for i := range st.Ratios {
		if r := &st.Ratios[i]; r.inForce(a.Event.Time.Time) {
			v.judge(r)
		}
	}
	verdict.Questions = v.questions
	return verdict
}

// view is an event as a step sees it: its flows with their roles.
type view struct {
	chain     *Chain
	step      *Step
	a         *trace.Assessment
	in, out   []item
	questions []trace.Question
}

type item struct {
	*trace.Flow
	role string // "" where the product is none of the chain's
}

func newView(c *Chain, st *Step, a *trace.Assessment) *view {
	v := &view{chain: c, step: st, a: a}
	all := make([]item, 0, len(a.Inputs)+len(a.Outputs))
	for i := range a.Inputs {
		all = append(all, item{&a.Inputs[i], c.Role(a.Inputs[i].Product)})
	}
	for i := range a.Outputs {
		all = append(all, item{&a.Outputs[i], c.Role(a.Outputs[i].Product)})
	}
	n := len(a.Inputs)
	v.in, v.out = all[:n:n], all[n:]
	return v
}

func (v *view) ask(code, what, lot string) *trace.Question {
	v.questions = append(v.questions, trace.Question{Code: code, Step: v.step.FullID(), What: what, Lot: lot})
	return &v.questions[len(v.questions)-1]
}

// products asks about lots that do not belong to the step.
func (v *view) products() {
	for _, side := range []struct {
		items   []item
		allowed [][]string
	}{{v.in, [][]string{v.step.Inputs}}, {v.out, [][]string{v.step.Outputs, v.step.CoProducts}}} {
		for _, it := range side.items {
			if !contains(side.allowed, it.role) {
				v.ask(QuestionProduct, it.Product.ID[strings.LastIndexByte(it.Product.ID, '/')+1:], it.Lot)
			}
		}
	}
}

func contains(lists [][]string, s string) bool {
	for _, l := range lists {
		for _, e := range l {
			if e == s {
				return true
			}
		}
	}
	return false
}

// conserved refuses more mass out than in. Fresh mass is compared unless the step may gain some; dry mass always, since adding water
// does not change it. Where an input is not weighed nothing can be said; an output that is not weighed only makes the sum smaller.
func (v *view) conserved() error {
	by := ByMass
	switch {
	case v.step.Balance == Dry:
		by = ByDry
	case v.step.Balance == Count || v.step.Gain:
		return nil
	}
	in, ok := sum(v.in, by)
	if !ok {
		return nil
	}
	out := new(big.Int)
	for _, it := range v.out {
		if m, ok := it.measure(by); ok {
			out.Add(out, big.NewInt(int64(m)))
		}
	}
	hundred := big.NewInt(100 * trace.AmountScale)
	most := new(big.Int).Mul(in, new(big.Int).Add(hundred, v.step.Slack.int()))
	if new(big.Int).Mul(out, hundred).Cmp(most) <= 0 {
		return nil
	}
	return trace.E(trace.Invalid, trace.CodeMoreOutThanIn, "outputs",
		"in", decimal(in, bigMicro), "out", decimal(out, bigMicro), "unit", string(trace.Kilogram), "step", v.step.FullID())
}

// possible refuses what a limit of the template forbids.
func (v *view) possible() error {
	for i := range v.step.Limits {
		l := &v.step.Limits[i]
		q, ok := v.quotient(&l.Of, &l.Per, l.Unit)
		if !ok || !q.above(l.Max.micro) {
			continue
		}
		return trace.E(trace.Invalid, trace.CodeImpossible, "outputs", "what", l.Name.Zh, "whatEn", l.Name.En, "limitID", l.ID,
			"value", q.outside(l.Max.micro, l.Max.micro), "limit", l.Max.String(), "unit", l.Unit, "step", v.step.FullID())
	}
	return nil
}

// judge asks where a ratio is outside its tolerance.
func (v *view) judge(r *Ratio) {
	if r.Per == nil {
		for _, s := range v.singles(&r.Of) {
			v.compare(r, s.number, s.lot)
		}
		return
	}
	if !r.Each {
		if q, ok := v.quotient(&r.Of, r.Per, r.Unit); ok {
			v.compare(r, r.turned(q), "")
		}
		return
	}
	for _, one := range v.split(&r.Of) {
		if q, ok := one.quotient(&r.Of, r.Per, r.Unit); ok {
			lot := one.side(&r.Of)[0].Lot
			v.compare(r, r.turned(q), lot)
		}
	}
}

// turned makes a loss of what is left.
func (r *Ratio) turned(q number) number {
	if !r.Complement {
		return q
	}
	whole := new(big.Int).Mul(big.NewInt(100), q.den)
	return number{whole.Sub(whole, q.num), q.den}
}

func (v *view) compare(r *Ratio, q number, lot string) {
	low, high := r.Tolerance[0], r.Tolerance[1]
	code := ""
	switch {
	case q.above(high.micro):
		code = QuestionHigh
	case q.below(low.micro) && v.settled(r):
		code = QuestionLow
	default:
		return
	}
	ask := v.ask(code, r.ID, lot)
	ask.Value, ask.Low, ask.High = q.outside(low.micro, high.micro), low.String(), high.String()
}

// settled says whether a low value means anything yet: the first picking of a season is always a small part of its yield.
func (v *view) settled(r *Ratio) bool {
	return r.Settles == 0 || v.a.Season == nil || !v.a.Event.Time.Before(v.a.Season.To.AddDate(0, 0, -r.Settles))
}

// evidence asks for what the step has to record.
func (v *view) evidence() {
	for i := range v.step.Evidence {
		if e := &v.step.Evidence[i]; !v.has(e) {
			v.ask(QuestionEvidence, e.ID, "")
		}
	}
}

func (v *view) has(e *Evidence) bool {
	switch {
	case e.Input != "":
		for _, it := range v.in {
			if it.role == e.Input {
				return true
			}
		}
		return false
	case e.Sensor != "":
		return len(sensorValues(v.a.Event.Sensors, e.Sensor)) > 0
	case e.Mass != "":
		return v.measured(e.Mass, ByMass)
	case e.Dry != "":
		return v.measured(e.Dry, ByDry)
	}
	return v.stated(e.Attribute)
}

func (v *view) measured(side, by string) bool {
	items := v.out
	if side == "in" {
		items = v.in
	}
	_, ok := sum(items, by)
	return ok || len(items) == 0
}

// stated says whether the event, or every lot it is about, has one of the attributes.
func (v *view) stated(names []string) bool {
	if _, ok := attribute(v.a.Event.Evidence, names); ok {
		return true
	}
	lots := v.subjects()
	for _, it := range lots {
		if _, ok := attribute(it.Attributes, names); !ok {
			return false
		}
	}
	return len(lots) > 0
}

// subjects are the lots an event's attributes speak of: what it makes, or what it takes where it makes nothing.
func (v *view) subjects() []item {
	if len(v.out) > 0 {
		return v.out
	}
	return v.in
}
