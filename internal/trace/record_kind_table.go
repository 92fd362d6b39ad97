package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// KindTable are the kinds of records that a ledger knows.
type KindTable struct {
	list   []*RegisteredKind // in the order in which people are shown them
	byName map[RecordKind]*RegisteredKind
}

// standardKinds are all kinds of records, in the order in which people are shown them.
var standardKinds = func() *KindTable {
	t, err := NewKindTable(eventKind, organisationKind, placeKind, productKind, chainKind, seasonKind, linksKind, serialsKind,
		serialChangeKind, printKind, ledgerKind)
	if err != nil {
		panic(err)
	}
	return t
}()

// StandardKinds are the kinds of records of Yousang.
func StandardKinds() *KindTable { return standardKinds }

// NewKindTable makes a table of kinds. An error where two kinds share a name or a number, where a kind has neither, and where a kind does
// not say who may see its records.
func NewKindTable(kinds ...*RegisteredKind) (*KindTable, error) {
	t := &KindTable{list: kinds, byName: make(map[RecordKind]*RegisteredKind, len(kinds))}
	numbers := map[byte]RecordKind{}
	for _, k := range kinds {
		other, taken := numbers[k.Number]
		switch {
		case k.Name == "" || k.Number == 0:
			return nil, fmt.Errorf("kind of record %q, number %d: a name and a number above 0 are needed", k.Name, k.Number)
		case t.byName[k.Name] != nil:
			return nil, fmt.Errorf("kind of record %q is registered twice", k.Name)
		case taken:
			return nil, fmt.Errorf("kinds of record %q and %q share the number %d", other, k.Name, k.Number)
		case k.see == nil || k.VisibleTo == "":
			return nil, fmt.Errorf("kind of record %q does not say who may see its records", k.Name)
		case k.pageLine != nil && !k.hasLots:
			return nil, fmt.Errorf("kind of record %q has words for the pages of lots, and does not say which lots", k.Name)
		}
		t.byName[k.Name], numbers[k.Number] = k, k.Name
	}
	return t, nil
}

// With is the table with more kinds after its own. Errors: those of NewKindTable.
func (t *KindTable) With(kinds ...*RegisteredKind) (*KindTable, error) {
	return NewKindTable(slices.Concat(t.list, kinds)...)
}

// List lists the kinds in the order in which people are shown them.
func (t *KindTable) List() []*RegisteredKind { return slices.Clone(t.list) }

// Names lists the names of the kinds, in the order of List.
func (t *KindTable) Names() []RecordKind {
	names := make([]RecordKind, len(t.list))
	for i, k := range t.list {
		names[i] = k.Name
	}
	return names
}

// CheckName checks that there is a kind of a name. Error: Invalid with CodeBadValue, which names the kinds there are.
func (t *KindTable) CheckName(kind RecordKind) error {
	if t.byName[kind] != nil {
		return nil
	}
	allowed := ""
	for _, name := range t.Names() {
		allowed += " " + string(name)
	}
	return E(Invalid, CodeBadValue, "kind", "value", Clip(string(kind)), "allowed", strings.TrimPrefix(allowed, " "))
}

// byNumber lists the kinds in the order of their numbers, which no change of the table changes.
func (t *KindTable) byNumber() []*RegisteredKind {
	list := t.List()
	slices.SortFunc(list, func(a, b *RegisteredKind) int { return cmp.Compare(a.Number, b.Number) })
	return list
}

// decode reads the body of a record. Errors: Invalid for a kind that is not in the table, and what the kind says of the body.
func (t *KindTable) decode(kind RecordKind, body []byte) (any, error) {
	k := t.byName[kind]
	if k == nil {
		return nil, unknownKind(kind)
	}
	return k.decode(body)
}

func unknownKind(kind RecordKind) error {
	return E(Invalid, CodeBadValue, "kind", "value", Clip(string(kind)))
}
