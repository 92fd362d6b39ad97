package trace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"
)

// NS is the namespace of every ledger in these tests.
const NS = "https://trace.example"

// Noon is the clock of the fixture: 12:00 in China.
var Noon = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// The actors of the tests.
var (
	Coop   = Actor{Org: NS + "/org/coop", Role: Operator}
	Coop2  = Actor{Org: NS + "/org/coop2", Role: Operator}
	Mill   = Actor{Org: NS + "/org/mill", Role: Operator}
	Park   = Actor{Org: NS + "/org/park", Role: Operator}
	Office = Actor{Org: NS + "/org/bureau", Role: Bureau}
	System = Actor{Role: Admin, User: "system"}
)

// Tester is the part of a test that the fixture needs; *testing.T, *testing.B and *rapid.T have all of the part.
type Tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Fixture is a ledger with a small county in it, its writer, and a hand to write events.
type Fixture struct {
	T      Tester
	Ledger *Ledger
	Writer *Writer
	Store  Store
	keys   int64
}

// NewFixture opens a ledger over a store; an empty store gets the county.
func NewFixture(t Tester, s Store, o WriterOptions) *Fixture {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return Noon }
	}
	fx := &Fixture{T: t, Store: s, Ledger: NewLedger()}
	if err := fx.Ledger.Replay(context.Background(), s); err != nil {
		t.Fatalf("replay: %v", err)
	}
	fx.Writer = NewWriter(s, fx.Ledger, o)
	if fx.Ledger.Head() == 0 {
		for _, r := range fx.SubmitCommands(CountyMasterData()...) {
			if r.Err != nil {
				t.Fatalf("county: %v", r.Err)
			}
		}
	}
	return fx
}

// newFixture is a Fixture over a log in memory, closed with the test.
func newFixture(t testing.TB) *Fixture { return newFixtureWith(t, WriterOptions{}) }

func newFixtureWith(t testing.TB, o WriterOptions) *Fixture {
	t.Helper()
	fx := NewFixture(t, &Memory{}, o)
	t.Cleanup(fx.CloseWriter)
	return fx
}

// MasterCommand is the command that records master data.
func MasterCommand(a Actor, kind RecordKind, v any) Command {
	b, err := CanonicalJSON(v)
	if err != nil {
		panic(err)
	}
	return Command{Actor: a, Kind: kind, Body: b}
}

// Day is a day of 2026 at eight in the morning in China.
func Day(month, day int) time.Time {
	return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// CountyMasterData is the master data of the tests.
func CountyMasterData() []Command {
	out := []Command{MasterCommand(System, KindLedger, LedgerInfo{Namespace: NS, Version: 1})}
	place := func(id, kind, name, parent string, tier Tier) {
		out = append(out, MasterCommand(System, KindPlace, Place{ID: NS + "/place/" + id, Kind: kind, Name: name, Parent: placeURI(parent),
			Tier: tier}))
	}
	place("county", "county", "梁平", "", County)
	place("town", "town", "合兴", "county", Town)
	place("village-a", "village", "中元村", "town", Village)
	place("village-b", "village", "龙滩村", "town", Village)
	place("plot-a", "plot", "一号地", "village-a", Village)
	place("tree-a", "tree", "老树", "plot-a", Village)
	place("plot-b", "plot", "二号地", "village-b", Village)
	place("works", "site", "加工厂", "town", Town)
	orgs := map[string]Organisation{
		"coop": {Kind: "cooperative", Tier: Village}, "coop2": {Kind: "cooperative", Tier: Village}, "mill": {Kind: "processor", Tier: Town},
		"park": {Kind: "park", Tier: County}, "bureau": {Kind: "bureau", Tier: County},
	}
	for _, id := range slices.Sorted(maps.Keys(orgs)) {
		o := orgs[id]
		o.ID, o.Name = NS+"/org/"+id, id
		out = append(out, MasterCommand(System, KindOrganisation, o))
	}
	products := map[string]Product{
		"fruit": {Unit: Kilogram}, "juice": {Unit: Kilogram}, "pomace": {Unit: Kilogram}, "leaf": {Unit: Kilogram}, "cocoon": {Unit: Kilogram},
		"sand": {Unit: Kilogram}, "compost": {Unit: Kilogram}, "eggs": {Unit: Sheet}, "oil": {Unit: Litre},
		"jar": {Unit: Piece, NetMass: AmountScale / 2}, "bag": {Unit: Bag}, "gift": {Unit: Box, GTIN: GTIN},
	}
	for _, id := range slices.Sorted(maps.Keys(products)) {
		p := products[id]
		p.ID, p.Name = NS+"/product/"+id, id
		out = append(out, MasterCommand(System, KindProduct, p))
	}
	season := func(id, org, place string) {
		out = append(out, MasterCommand(System, KindSeason, Season{ID: NS + "/season/" + id, Name: id, Org: org, Place: placeURI(place),
			From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}))
	}
	season("s-a", Coop.Org, "plot-a")
	season("s-b", Coop2.Org, "plot-b")
	return out
}

// GTIN is a GTIN-14 with a right check digit.
const GTIN = "06912345678902"

func placeURI(place string) string {
	if place == "" {
		return ""
	}
	return NS + "/place/" + place
}

// NextKey is the n-th key of a test.
func (fx *Fixture) NextKey() string {
	fx.keys++
	b := make([]byte, KeyLength-1)
	n := fx.keys
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = keyAlphabet[n%29]
		n /= 29
	}
	return string(append(b, checkCharacter(b)))
}

// NewLotID is a new identifier of a lot.
func (fx *Fixture) NewLotID() string { return NS + "/lot/" + fx.NextKey() }

// NewUnitID is a new identifier of a packed unit.
func (fx *Fixture) NewUnitID() string { return NS + "/unit/" + fx.NextKey() }

// NewShipmentID is a new identifier of a shipment.
func (fx *Fixture) NewShipmentID() string { return NS + "/shipment/" + fx.NextKey() }

// EventCommand makes an event's command; its id is a hash of what it says, as the CBV hash is.
func EventCommand(a Actor, ev *Event) Command {
	e := *ev
	if e.EventID == "" {
		e.Declaration = nil
		b, err := e.JSON()
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		e.EventID, e.Declaration = "ni:///sha-256;"+hex.EncodeToString(sum[:])+"?ver=CBV2.0", ev.Declaration
	}
	b, err := e.JSON()
	if err != nil {
		panic(err)
	}
	parsed, err := ParseEvent(b)
	if err != nil {
		panic(err)
	}
	return Command{Actor: a, Kind: KindEvent, Body: b, Value: parsed}
}

// Submit submits an event.
func (fx *Fixture) Submit(a Actor, ev *Event) Result {
	return fx.SubmitCommands(EventCommand(a, ev))[0]
}

// MustRecord submits an event that is to be accepted.
func (fx *Fixture) MustRecord(a Actor, ev *Event) Record {
	fx.T.Helper()
	r := fx.Submit(a, ev)
	if r.Err != nil {
		fx.T.Fatalf("%s %s refused: %v", ev.Type, ev.BizStep, r.Err)
	}
	return r.Record
}

// expectRefused checks that an event is refused with a code at a field, and that the refusal changes nothing.
func (fx *Fixture) expectRefused(a Actor, ev *Event, code Code, field string) {
	fx.T.Helper()
	fx.expectCommandRefused(EventCommand(a, ev), code, field)
}

func (fx *Fixture) expectCommandRefused(cmd Command, code Code, field string) {
	fx.T.Helper()
	before, head := fx.Ledger.Hash(), fx.Ledger.Head()
	r := fx.SubmitCommands(cmd)[0]
	var e *Error
	if !errors.As(r.Err, &e) {
		fx.T.Fatalf("error = %v, want %s at %q", r.Err, code, field)
	}
	if e.Code != code || e.Field != field {
		fx.T.Fatalf("error = %v, want %s at %q", e, code, field)
	}
	if fx.Ledger.Head() != head || fx.Ledger.Hash() != before {
		fx.T.Fatalf("a refused command changed the ledger")
	}
}

// expectSameReplay checks that a ledger folded again from the store is the same.
func (fx *Fixture) expectSameReplay() {
	fx.T.Helper()
	again := NewLedger()
	if err := again.Replay(context.Background(), fx.Store); err != nil {
		fx.T.Fatalf("replay: %v", err)
	}
	if got, want := again.Hash(), fx.Ledger.Hash(); got != want {
		fx.T.Fatalf("hash after replay = %s, want %s", got, want)
	}
}

// HeldAmount is what an organisation has of a lot, "" for never any.
func (fx *Fixture) HeldAmount(a Actor, lot string) string {
	q, ok := fx.Ledger.HeldBy(a.Org, lot)
	if !ok {
		return ""
	}
	return q.Amount.String() + " " + string(q.Unit)
}

func (fx *Fixture) expectHeld(a Actor, lot, want string) {
	fx.T.Helper()
	if got := fx.HeldAmount(a, lot); got != want {
		fx.T.Fatalf("%s holds %q of %s, want %q", KeyOf(a.Org), got, KeyOf(lot), want)
	}
}

// UseKeyRange has one of several fixtures on one store make keys of its own.
func (fx *Fixture) UseKeyRange(n int) { fx.keys = int64(n) << 32 }
