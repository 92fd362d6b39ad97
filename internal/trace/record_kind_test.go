package trace

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestNumbersOfKindsAreForGood: docs/records.md pins the number of every kind there ever was. The page is written by a test of the API,
// which never changes a number; a row that is missing from the page would free a number.
func TestNumbersOfKindsAreForGood(t *testing.T) {
	page, err := os.ReadFile("../../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	pinned, names := map[RecordKind]byte{}, map[byte]RecordKind{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d+) \\| `([^`]+)` \\|").FindAllSubmatch(page, -1) {
		number, err := strconv.ParseUint(string(row[1]), 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		name := RecordKind(row[2])
		if other, taken := names[byte(number)]; taken {
			t.Errorf("%s and %s share the number %d", name, other, number)
		}
		pinned[name], names[byte(number)] = byte(number), name
	}
	if len(pinned) < 11 {
		t.Fatalf("docs/records.md has the numbers of %d kinds", len(pinned))
	}
	for n := range byte(len(pinned)) {
		if names[n+1] == "" {
			t.Errorf("docs/records.md does not say whose number %d is", n+1)
		}
	}
	for _, k := range StandardKinds().List() {
		if want, ok := pinned[k.Name]; !ok || k.Number != want {
			t.Errorf("kind %s has the number %d, want %d", k.Name, k.Number, want)
		}
	}
}

func TestKindTableRefusals(t *testing.T) {
	visible := VisibleToAll[Chain]()
	for name, k := range map[string]KindOf[Chain]{
		"no name":              {Number: 200, Visibility: visible},
		"no number":            {Name: "note", Visibility: visible},
		"the name of another":  {Name: KindEvent, Number: 200, Visibility: visible},
		"the number of others": {Name: "note", Number: 11, Visibility: visible},
		"no visibility":        {Name: "note", Number: 200},
		"words of no lot": {Name: "note", Number: 200, Visibility: visible,
			PageWords: func(*Ledger, *Chain) (PageLine, bool) { return PageLine{}, true }},
		"visibility unsaid": {Name: "note", Number: 200, Visibility: Visibility[Chain]{See: visible.See}},
	} {
		if table, err := StandardKinds().With(k.Register()); err == nil {
			t.Errorf("%s: registered, %d kinds", name, len(table.List()))
		}
	}
	if table, err := StandardKinds().With(KindOf[Chain]{Name: "note", Number: 200, Visibility: visible}.Register()); err != nil ||
		len(table.Names()) != len(StandardKinds().Names())+1 {
		t.Errorf("a kind of its own: %v", err)
	}
}

// TestAKindThatDoesNotSayIsNobodys: even a table that was put together by other means shows nothing.
func TestAKindThatDoesNotSayIsNobodys(t *testing.T) {
	l := NewLedgerOf(&KindTable{byName: map[RecordKind]*RegisteredKind{"note": {Name: "note", Number: 200}}})
	for _, a := range []Actor{System, Office, Coop} {
		if body, ok := l.See(a, &Record{Kind: "note", Org: a.Org, Body: []byte(`{}`)}); ok || body != nil {
			t.Errorf("%s sees it", a.Role)
		}
	}
}

// counter is the body of a kind that keeps state: the count.
type counter struct {
	ID string `json:"id"`
	By int64  `json:"by"`
}

type counterState struct{ sum int64 }

const counterNumber = 201

var counterKind = KindOf[counter]{
	Name: "counter", Number: counterNumber,
	Names: func(v *counter) (changes, refersTo []string) { return []string{v.ID}, nil },
	Judge: func(_ *Ledger, v *counter, a Actor) error {
		if v.By == 0 {
			return E(Invalid, CodeRequired, "by")
		}
		return requireAdmin(a)
	},
	Commit: func(l *Ledger, v *counter, _ *Record) error {
		kindState[counterState](l, counterNumber).sum += v.By
		return nil
	},
	Visibility: VisibleToAll[counter](),
	newState:   func() any { return &counterState{} },
	hash:       func(l *Ledger, h *stateHash) { h.addNumbers(kindState[counterState](l, counterNumber).sum) },
}.Register()

// TestAKindWithState: the state of a kind lives in the kind's own file, belongs to one ledger, and is part of its hash.
func TestAKindWithState(t *testing.T) {
	kinds, err := StandardKinds().With(counterKind)
	if err != nil {
		t.Fatal(err)
	}
	store, l := &Memory{}, NewLedgerOf(kinds)
	w := NewWriter(store, l, WriterOptions{})
	defer w.Close()
	count := func(a Actor, by int64) Result {
		return w.Submit(context.Background(), MasterCommand(a, "counter", counter{ID: NS + "/counter/1", By: by}))[0]
	}
	expectCode(t, count(System, 1).Err, CodeRequired, "namespace")
	if r := w.Submit(context.Background(), MasterCommand(System, KindLedger, LedgerInfo{Namespace: NS}))[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	expectCode(t, count(System, 0).Err, CodeRequired, "by")
	expectCode(t, count(Coop, 1).Err, CodeNotAllowed, "")
	hashes := map[string]bool{l.Hash(): true}
	for range 3 {
		if r := count(System, 5); r.Err != nil {
			t.Fatal(r.Err)
		}
		hashes[l.Hash()] = true
	}
	if sum := kindState[counterState](l, counterNumber).sum; sum != 15 || len(hashes) != 4 || l.Stats().Records["counter"] != 3 {
		t.Errorf("sum %d, %d hashes, %+v", sum, len(hashes), l.Stats())
	}
	again := NewLedgerOf(kinds)
	if err := again.Replay(context.Background(), store); err != nil || again.Hash() != l.Hash() {
		t.Errorf("replayed: %v", err)
	}
	kindState[counterState](again, counterNumber).sum++
	if again.Hash() == l.Hash() {
		t.Error("the hash does not cover the kind's state")
	}
}

// TestACommandBringsItsBodyOrItsValue: the writer decodes what a command does not bring decoded, and refuses the body of another kind.
func TestACommandBringsItsBodyOrItsValue(t *testing.T) {
	fx := newFixture(t)
	cmd := EventCommand(Coop, HarvestEvent(Day(10, 1), "plot-a", "s-a", LotSpec{ID: fx.NewLotID(), Product: "fruit", Amount: "5"}))
	cmd.Value = nil
	fx.mustSubmit(cmd)
	cmd.Body = []byte("{")
	fx.expectCommandRefused(cmd, CodeMalformed, "")
	wrong := MasterCommand(System, KindPlace, Place{ID: placeURI("x")})
	wrong.Value = &Season{}
	fx.expectCommandRefused(wrong, CodeRequired, "place")
}
