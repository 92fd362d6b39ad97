package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// RecordKind is the name of a kind of record: what the record's body is.
type RecordKind string

// KindOf is the registration of one kind of record whose body is a T: all that the ledger, the writer, the edges and the documentation know
// of the kind. A new kind is one file with its KindOf, and one name in the list of standardKinds.
type KindOf[T any] struct {
	// Name stands in the log, in the API and in the message "kind.NAME" of internal/locale, which says what the records are.
	Name RecordKind

	// Number is the kind's number for good: no other kind ever bears the number, not even after the kind is gone.
	Number byte

	// Decode reads a body strictly. Nil means JSON without unknown members.
	Decode func(body []byte) (*T, error)

	// Names lists the identifiers that a record makes or changes, and those that the record refers to. A command waits for the next batch of
	// the writer where an earlier command of the batch changes what the command refers to. Nil means neither.
	Names func(v *T) (changes, refersTo []string)

	// Judge checks a record against the ledger: its form, its identifiers, and whether the actor may write the record. Judge only reads, and
	// runs in the writer's goroutine, which needs no lock for reading.
	Judge func(l *Ledger, v *T, a Actor) error

	// Lots lists the identifiers of lots and items that a judged record is about; a store indexes the record by them. Nil means none.
	Lots func(l *Ledger, v *T) []string

	// Commit applies a record that was judged, or that was once appended. The caller holds the ledger's lock. Nil means that the ledger keeps
	// nothing of the record.
	Commit func(l *Ledger, v *T, r *Record) error

	// Visibility says who may see the records. A kind without one is no kind: NewKindTable refuses it.
	Visibility Visibility[T]

	// PageWords gives the line that a record has in the history of its lots (Lots) on their public pages, and whether the record has one.
	// The line is public, so that the line names no person, no grower and no plot. PageWords is called without the ledger's lock. Nil means
	// that no page tells anything of the records.
	PageWords func(l *Ledger, v *T) (line PageLine, public bool)

	// EPCIS gives the form in which trading partners read a record: an EPCIS 2.0 event, and whether the record has one. The form depends on
	// the record alone, so that each export says the same. An event without an EventID gets its hash as its id. Nil means that the records
	// are no events to partners.
	EPCIS func(v *T, r *Record) (event *Event, shared bool)

	newState func() any                    // the state that the ledger keeps of the kind, see kindState
	hash     func(l *Ledger, h *stateHash) // adds that state to the ledger's hash
}

// RegisteredKind is a kind of record as the ledger uses it, whatever its body is.
type RegisteredKind struct {
	Name      RecordKind
	Number    byte
	VisibleTo string // who may see the records, in words for the documentation
	OnPage    bool   // a record may have a line in the history on a lot's public page
	HasEPCIS  bool   // a record may have a form as an EPCIS 2.0 event

	hasLots  bool // the kind says which lots a record is about
	decode   func(body []byte) (any, error)
	judge    func(b *batch, a *judgedCommand) (names, reads []string, fits bool, err error)
	replay   func(l *Ledger, r *Record, value any) error
	commit   func(l *Ledger, r *Record, value any) error
	see      func(l *Ledger, a Actor, r *Record) (body []byte, visible bool)
	pageLine func(l *Ledger, r *Record) (line PageLine, public bool, err error)
	epcis    func(r *Record) (event *Event, shared bool, err error)
	newState func() any
	hash     func(l *Ledger, h *stateHash)
}

// Message is the id of the message of internal/locale that says what the records are.
func (k *RegisteredKind) Message() string { return "kind." + string(k.Name) }

// Register makes a kind ready for a table.
func (k KindOf[T]) Register() *RegisteredKind {
	if k.Decode == nil {
		k.Decode = decodeStrictly[T]
	}
	out := &RegisteredKind{Name: k.Name, Number: k.Number, VisibleTo: k.Visibility.Who, newState: k.newState, hash: k.hash}
	k.registerWords(out)
	out.decode = func(body []byte) (any, error) {
		v, err := k.Decode(body)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	out.judge = k.judgeCommand
	out.commit = func(l *Ledger, r *Record, value any) error {
		v, err := bodyOf[T](k.Name, value)
		if err != nil {
			return err
		}
		if k.Commit != nil {
			err = k.Commit(l, v, r)
		}
		if err == nil && k.PageWords != nil {
			l.notePageRecord(r)
		}
		return err
	}
	out.replay = func(l *Ledger, r *Record, value any) error {
		if err := out.commit(l, r, value); err != nil {
			return err
		}
		l.indexRecord(r, nil)
		return nil
	}
	if k.Visibility.See != nil {
		out.see = func(l *Ledger, a Actor, r *Record) ([]byte, bool) {
			return k.Visibility.See(l, a, r, func() (*T, error) { return k.Decode(r.Body) })
		}
	}
	return out
}

// judgeCommand judges the command of a record that is no event. changes and refersTo are those of Names. fits is false where the command
// has to wait for the next batch, since an earlier command of the batch changes what the command refers to.
func (k *KindOf[T]) judgeCommand(b *batch, a *judgedCommand) (changes, refersTo []string, fits bool, err error) {
	l := b.writer.ledger
	if l.info.Namespace == "" && k.Name != KindLedger {
		return nil, nil, true, E(Invalid, CodeRequired, "namespace")
	}
	if a.pending.bodyErr != nil {
		return nil, nil, true, a.pending.bodyErr
	}
	v, err := bodyOf[T](k.Name, a.pending.cmd.Value)
	if err != nil {
		return nil, nil, true, err
	}
	if k.Names != nil {
		changes, refersTo = k.Names(v)
		changes, refersTo = dropEmpty(changes), dropEmpty(refersTo)
	}
	if b.mustWait(changes, refersTo) {
		return nil, nil, false, nil
	}
	if k.Judge != nil {
		err = k.Judge(l, v, a.pending.cmd.Actor)
	}
	if err == nil && k.Lots != nil {
		a.record.Lots = k.Lots(l, v)
	}
	return changes, refersTo, true, err
}

// dropEmpty takes the members that a body does not have out of a list of identifiers.
func dropEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// bodyOf is the decoded body of a record. Errors: Invalid where a command carries the body of another kind.
func bodyOf[T any](kind RecordKind, value any) (*T, error) {
	v, ok := value.(*T)
	if !ok || v == nil {
		return nil, E(Invalid, CodeRequired, string(kind))
	}
	return v, nil
}

// decodeStrictly reads a body strictly: a misspelt member is an error, not a loss.
func decodeStrictly[T any](body []byte) (*T, error) {
	v := new(T)
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return nil, malformedJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, E(Invalid, CodeMalformed, "", "why", "text after the value")
	}
	return v, nil
}

// kindState is the state that a ledger keeps of a kind: what the kind's newState made.
func kindState[S any](l *Ledger, number byte) *S {
	s, _ := l.kindStates[number].(*S)
	return s
}
