package trace

import "encoding/json"

// KindChain 产业链 are chain templates.
const KindChain RecordKind = "chain"

// Chain 产业链 is a chain template in the version that took effect; internal/chain knows the content.
type Chain struct {
	Digest   string          `json:"digest"` // hex SHA-256 of Template
	ID       string          `json:"id"`     // "pomelo"
	Name     string          `json:"name"`
	Template json.RawMessage `json:"template"`
}

var chainKind = KindOf[Chain]{
	Name: KindChain, Number: 5,
	Names:      func(v *Chain) (changes, refersTo []string) { return []string{v.ID}, nil },
	Judge:      (*Ledger).judgeChain,
	Commit:     (*Ledger).commitChain,
	Visibility: VisibleToAll[Chain](),
}.Register()

// judgeChain also refuses a template that is in force already: servers that start at the same moment would each record the template.
func (l *Ledger) judgeChain(v *Chain, a Actor) error {
	if err := requireText("id", v.ID, "name", v.Name, "digest", v.Digest); err != nil {
		return err
	}
	if err := requireAdmin(a); err != nil {
		return err
	}
	if old := l.chains[v.ID]; old != nil && old.Digest == v.Digest {
		return E(Conflict, CodeSameAsBefore, "digest")
	}
	return nil
}

func (l *Ledger) commitChain(v *Chain, r *Record) error {
	if l.chains[v.ID] != nil {
		l.masterSeq = r.Seq
	}
	l.chains[v.ID] = v
	return nil
}
