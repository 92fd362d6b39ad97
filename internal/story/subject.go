package story

import (
	"time"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

// Subject is what a question 存疑 is about: a ratio or an evidence of a step.
type Subject struct {
	Names chain.Names
	Unit  string // unit of a ratio as the chain template has it ("%", "kg/亩"); "" for an evidence
}

// SubjectOf finds the ratio or the evidence that a question names, in the chain template. A question about missing evidence is about the
// evidence of that name, every other question about the ratio of that name in force at the time, where the step has one. A zero time takes
// the first ratio of the name, whenever it is in force. The result is false where the template has nothing of the name.
func SubjectOf(chains *chain.Set, q trace.Question, at time.Time) (Subject, bool) {
	st, ok := chains.Step(q.Step)
	if !ok {
		return Subject{}, false
	}
	if q.Code == chain.QuestionEvidence {
		if s, ok := evidenceSubject(st, q.What); ok {
			return s, true
		}
		return ratioSubject(st, q.What, at)
	}
	if s, ok := ratioSubject(st, q.What, at); ok {
		return s, true
	}
	return evidenceSubject(st, q.What)
}

func ratioSubject(st *chain.Step, id string, at time.Time) (Subject, bool) {
	if !at.IsZero() {
		r, ok := st.RatioAt(id, at)
		if !ok {
			return Subject{}, false
		}
		return Subject{Names: r.Name, Unit: r.Unit}, true
	}
	for i := range st.Ratios {
		if r := &st.Ratios[i]; r.ID == id {
			return Subject{Names: r.Name, Unit: r.Unit}, true
		}
	}
	return Subject{}, false
}

func evidenceSubject(st *chain.Step, id string) (Subject, bool) {
	for i := range st.Evidence {
		if e := &st.Evidence[i]; e.ID == id {
			return Subject{Names: e.Name}, true
		}
	}
	return Subject{}, false
}
