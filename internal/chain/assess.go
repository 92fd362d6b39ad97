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

// Assess judges an event by the step that the event names. An event without a step is not judged. A value that cannot be
// computed (a mass that is not known, a by-product that was not recorded) is silently left out. Verdict.Err is set only for
// what physics forbids: more mass out than in, or a limit of the template.
func (s *Set) Assess(a trace.Assessment) trace.Verdict {
	if a.Event == nil || a.Event.Step == "" {
		return trace.Verdict{}
	}
	st, ok := s.Step(a.Event.Step)
	if !ok {
		_, what, _ := strings.Cut(a.Event.Step, "/")
		return trace.Verdict{Questions: []trace.Question{{Code: QuestionStep, Step: a.Event.Step, What: what}}}
	}
	v := newEventView(s.byID[st.chain], st, &a)
	var verdict trace.Verdict
	verdict.Gain = st.Gain || st.Balance != Fresh || st.Slack.micro > 0
	if verdict.Err = v.checkConservation(); verdict.Err == nil {
		verdict.Err = v.checkLimits()
	}
	v.checkProducts()
	v.checkEvidence()
	for i := range st.Ratios {
		if r := &st.Ratios[i]; r.isInForce(a.Event.Time.Time) {
			v.judgeRatio(r)
		}
	}
	verdict.Questions = v.questions
	return verdict
}

// eventView is an event as a step sees the event: its lots with their roles.
type eventView struct {
	chain      *Chain
	step       *Step
	assessment *trace.Assessment
	in, out    []flowItem
	questions  []trace.Question
}

type flowItem struct {
	*trace.Flow
	role string // "" where the product is none of the chain's
}

func newEventView(c *Chain, st *Step, a *trace.Assessment) *eventView {
	v := &eventView{chain: c, step: st, assessment: a}
	all := make([]flowItem, 0, len(a.Inputs)+len(a.Outputs))
	for i := range a.Inputs {
		all = append(all, flowItem{&a.Inputs[i], c.Role(a.Inputs[i].Product)})
	}
	for i := range a.Outputs {
		all = append(all, flowItem{&a.Outputs[i], c.Role(a.Outputs[i].Product)})
	}
	n := len(a.Inputs)
	v.in, v.out = all[:n:n], all[n:]
	return v
}

func (v *eventView) addQuestion(code, what, lot string) *trace.Question {
	v.questions = append(v.questions, trace.Question{Code: code, Step: v.step.FullID(), What: what, Lot: lot})
	return &v.questions[len(v.questions)-1]
}

// checkProducts asks about lots that do not belong to the step.
func (v *eventView) checkProducts() {
	for _, side := range []struct {
		items   []flowItem
		allowed [][]string
	}{{v.in, [][]string{v.step.Inputs}}, {v.out, [][]string{v.step.Outputs, v.step.CoProducts}}} {
		for _, it := range side.items {
			if !containsRole(side.allowed, it.role) {
				v.addQuestion(QuestionProduct, it.Product.ID[strings.LastIndexByte(it.Product.ID, '/')+1:], it.Lot)
			}
		}
	}
}

func containsRole(lists [][]string, s string) bool {
	for _, l := range lists {
		for _, e := range l {
			if e == s {
				return true
			}
		}
	}
	return false
}

// checkConservation refuses more mass out than in. Fresh mass is compared unless the step may gain some; dry mass always, since added water
// does not change dry mass. Where an input is not weighed, no comparison is made; an output that is not weighed only makes the sum smaller.
func (v *eventView) checkConservation() error {
	by := ByMass
	switch {
	case v.step.Balance == Dry:
		by = ByDry
	case v.step.Balance == Count || v.step.Gain:
		return nil
	}
	in, ok := sumMeasure(v.in, by)
	if !ok {
		return nil
	}
	out := new(big.Int)
	for _, it := range v.out {
		if m, ok := it.measureBy(by); ok {
			out.Add(out, big.NewInt(int64(m)))
		}
	}
	hundred := big.NewInt(100 * trace.AmountScale)
	most := new(big.Int).Mul(in, new(big.Int).Add(hundred, v.step.Slack.bigInt()))
	if new(big.Int).Mul(out, hundred).Cmp(most) <= 0 {
		return nil
	}
	return trace.E(trace.Invalid, trace.CodeMoreOutThanIn, "outputs",
		"in", formatFraction(in, bigMicro), "out", formatFraction(out, bigMicro), "unit", string(trace.Kilogram), "step", v.step.FullID())
}

// checkLimits refuses what a limit of the template forbids.
func (v *eventView) checkLimits() error {
	for i := range v.step.Limits {
		l := &v.step.Limits[i]
		q, ok := v.computeQuotient(&l.Of, &l.Per, l.Unit)
		if !ok || !q.exceeds(l.Max.micro) {
			continue
		}
		return trace.E(trace.Invalid, trace.CodeImpossible, "outputs", "what", l.Name.Zh, "whatEn", l.Name.En, "limitID", l.ID,
			"value", q.formatOutside(l.Max.micro, l.Max.micro), "limit", l.Max.String(), "unit", l.Unit, "step", v.step.FullID())
	}
	return nil
}

// judgeRatio adds a question where a ratio is outside its tolerance.
func (v *eventView) judgeRatio(r *Ratio) {
	if r.Per == nil {
		for _, s := range v.listSingles(&r.Of) {
			v.compareRatio(r, s.number, s.lot)
		}
		return
	}
	if !r.Each {
		if q, ok := v.computeQuotient(&r.Of, r.Per, r.Unit); ok {
			v.compareRatio(r, r.applyComplement(q), "")
		}
		return
	}
	for _, one := range v.splitByLot(&r.Of) {
		if q, ok := one.computeQuotient(&r.Of, r.Per, r.Unit); ok {
			lot := one.pickSide(&r.Of)[0].Lot
			v.compareRatio(r, r.applyComplement(q), lot)
		}
	}
}

// applyComplement turns the share that is left into the loss, for a ratio that is a complement.
func (r *Ratio) applyComplement(q fraction) fraction {
	if !r.Complement {
		return q
	}
	whole := new(big.Int).Mul(big.NewInt(100), q.den)
	return fraction{whole.Sub(whole, q.num), q.den}
}

func (v *eventView) compareRatio(r *Ratio, q fraction, lot string) {
	low, high := r.Tolerance[0], r.Tolerance[1]
	code := ""
	switch {
	case q.exceeds(high.micro):
		code = QuestionHigh
	case q.fallsBelow(low.micro) && v.isSettled(r):
		code = QuestionLow
	default:
		return
	}
	ask := v.addQuestion(code, r.ID, lot)
	ask.Value, ask.Low, ask.High = q.formatOutside(low.micro, high.micro), low.String(), high.String()
}

// isSettled reports whether a low value means anything yet: the first picking of a season is always a small part of its yield.
func (v *eventView) isSettled(r *Ratio) bool {
	return r.Settles == 0 || v.assessment.Season == nil || !v.assessment.Event.Time.Before(v.assessment.Season.To.AddDate(0, 0, -r.Settles))
}

// checkEvidence asks for the evidence that the step must record.
func (v *eventView) checkEvidence() {
	for i := range v.step.Evidence {
		if e := &v.step.Evidence[i]; !v.hasEvidence(e) {
			v.addQuestion(QuestionEvidence, e.ID, "")
		}
	}
}

func (v *eventView) hasEvidence(e *Evidence) bool {
	switch {
	case e.Input != "":
		for _, it := range v.in {
			if it.role == e.Input {
				return true
			}
		}
		return false
	case e.Sensor != "":
		return len(parseSensorValues(v.assessment.Event.Sensors, e.Sensor)) > 0
	case e.Mass != "":
		return v.isMeasured(e.Mass, ByMass)
	case e.Dry != "":
		return v.isMeasured(e.Dry, ByDry)
	}
	return v.isStated(e.Attribute)
}

func (v *eventView) isMeasured(side, by string) bool {
	items := v.out
	if side == "in" {
		items = v.in
	}
	_, ok := sumMeasure(items, by)
	return ok || len(items) == 0
}

// isStated reports whether the event, or every lot that the event is about, has one of the attributes.
func (v *eventView) isStated(names []string) bool {
	if _, ok := findAttribute(v.assessment.Event.Evidence, names); ok {
		return true
	}
	lots := v.listSubjects()
	for _, it := range lots {
		if _, ok := findAttribute(it.Attributes, names); !ok {
			return false
		}
	}
	return len(lots) > 0
}

// listSubjects lists the lots that the attributes of an event describe: the lots that the event makes, or the lots taken where
// the event makes none.
func (v *eventView) listSubjects() []flowItem {
	if len(v.out) > 0 {
		return v.out
	}
	return v.in
}
