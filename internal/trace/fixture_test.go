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

// Noon is the clock of the desk: 12:00 in China.
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

// Tester is what the desk needs of a test; *testing.T, *testing.B and *rapid.T have it.
type Tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Desk is a ledger with a small county in it, its writer, and a hand to write events.
type Desk struct {
	T      Tester
	Ledger *Ledger
	Writer *Writer
	Store  Store
	keys   int64
}

// NewDesk opens a ledger over a store; an empty store gets the county.
func NewDesk(t Tester, s Store, o WriterOptions) *Desk {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return Noon }
	}
	d := &Desk{T: t, Store: s, Ledger: NewLedger()}
	if err := d.Ledger.Replay(context.Background(), s); err != nil {
		t.Fatalf("replay: %v", err)
	}
	d.Writer = NewWriter(s, d.Ledger, o)
	if d.Ledger.Head() == 0 {
		for _, r := range d.Writer.Submit(context.Background(), MasterData()...) {
			if r.Err != nil {
				t.Fatalf("county: %v", r.Err)
			}
		}
	}
	return d
}

// desk is a Desk over a log in memory, closed with the test.
func desk(t testing.TB) *Desk { return deskWith(t, WriterOptions{}) }

func deskWith(t testing.TB, o WriterOptions) *Desk {
	t.Helper()
	d := NewDesk(t, &Memory{}, o)
	t.Cleanup(d.Writer.Close)
	return d
}

// Master is the command that records master data.
func Master(a Actor, kind RecordKind, v any) Command {
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

// MasterData is the master data of the tests.
func MasterData() []Command {
	out := []Command{Master(System, KindLedger, LedgerInfo{Namespace: NS, Version: 1})}
	place := func(id, kind, name, parent string, tier Tier) {
		out = append(out, Master(System, KindPlace, Place{ID: NS + "/place/" + id, Kind: kind, Name: name, Parent: under(parent), Tier: tier}))
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
		out = append(out, Master(System, KindOrganisation, o))
	}
	products := map[string]Product{
		"fruit": {Unit: Kilogram}, "juice": {Unit: Kilogram}, "pomace": {Unit: Kilogram}, "leaf": {Unit: Kilogram}, "cocoon": {Unit: Kilogram},
		"sand": {Unit: Kilogram}, "compost": {Unit: Kilogram}, "eggs": {Unit: Sheet}, "oil": {Unit: Litre},
		"jar": {Unit: Piece, NetMass: AmountScale / 2}, "bag": {Unit: Bag}, "gift": {Unit: Box, GTIN: GTIN},
	}
	for _, id := range slices.Sorted(maps.Keys(products)) {
		p := products[id]
		p.ID, p.Name = NS+"/product/"+id, id
		out = append(out, Master(System, KindProduct, p))
	}
	season := func(id, org, place string) {
		out = append(out, Master(System, KindSeason, Season{ID: NS + "/season/" + id, Name: id, Org: org, Place: under(place),
			From: Time{Day(1, 1)}, To: Time{Day(11, 30)}}))
	}
	season("s-a", Coop.Org, "plot-a")
	season("s-b", Coop2.Org, "plot-b")
	return out
}

// GTIN is a GTIN-14 with a right check digit.
const GTIN = "06912345678902"

func under(place string) string {
	if place == "" {
		return ""
	}
	return NS + "/place/" + place
}

// Key is the n-th key of a test.
func (d *Desk) Key() string {
	d.keys++
	b := make([]byte, KeyLength-1)
	n := d.keys
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = keyAlphabet[n%29]
		n /= 29
	}
	return string(append(b, checkCharacter(b)))
}

// LotID, UnitID and ShipmentID are identifiers nobody has used yet.
func (d *Desk) LotID() string { return NS + "/lot/" + d.Key() }

// UnitID is a new identifier of a packed unit.
func (d *Desk) UnitID() string { return NS + "/unit/" + d.Key() }

// ShipmentID is a new identifier of a shipment.
func (d *Desk) ShipmentID() string { return NS + "/shipment/" + d.Key() }

// Seal makes an event's command; its id is a hash of what it says, as the CBV hash is.
func Seal(a Actor, ev *Event) Command {
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
	return Command{Actor: a, Kind: KindEvent, Body: b, Event: parsed}
}

// Do submits an event.
func (d *Desk) Do(a Actor, ev *Event) Result {
	return d.Writer.Submit(context.Background(), Seal(a, ev))[0]
}

// Must submits an event that is to be accepted.
func (d *Desk) Must(a Actor, ev *Event) Record {
	d.T.Helper()
	r := d.Do(a, ev)
	if r.Err != nil {
		d.T.Fatalf("%s %s refused: %v", ev.Type, ev.BizStep, r.Err)
	}
	return r.Record
}

// refused wants an event to be refused with a code at a field, and nothing to be changed by it.
func (d *Desk) refused(a Actor, ev *Event, code Code, field string) {
	d.T.Helper()
	d.refusedCommand(Seal(a, ev), code, field)
}

func (d *Desk) refusedCommand(cmd Command, code Code, field string) {
	d.T.Helper()
	before, head := d.Ledger.Hash(), d.Ledger.Head()
	r := d.Writer.Submit(context.Background(), cmd)[0]
	var e *Error
	if !errors.As(r.Err, &e) {
		d.T.Fatalf("error = %v, want %s at %q", r.Err, code, field)
	}
	if e.Code != code || e.Field != field {
		d.T.Fatalf("error = %v, want %s at %q", e, code, field)
	}
	if d.Ledger.Head() != head || d.Ledger.Hash() != before {
		d.T.Fatalf("a refused command changed the ledger")
	}
}

// replayed wants a ledger folded again from the store to be the same.
func (d *Desk) replayed() {
	d.T.Helper()
	again := NewLedger()
	if err := again.Replay(context.Background(), d.Store); err != nil {
		d.T.Fatalf("replay: %v", err)
	}
	if got, want := again.Hash(), d.Ledger.Hash(); got != want {
		d.T.Fatalf("hash after replay = %s, want %s", got, want)
	}
}

// Holds is what an organisation has of a lot, "" for never any.
func (d *Desk) Holds(a Actor, lot string) string {
	q, ok := d.Ledger.HeldBy(a.Org, lot)
	if !ok {
		return ""
	}
	return q.Amount.String() + " " + string(q.Unit)
}

func (d *Desk) holds(a Actor, lot, want string) {
	d.T.Helper()
	if got := d.Holds(a, lot); got != want {
		d.T.Fatalf("%s holds %q of %s, want %q", KeyOf(a.Org), got, KeyOf(lot), want)
	}
}

// Look has the writer look for records of other servers, and waits until it has.
func (w *Writer) Look() {
	for want := w.requestSync(); ; {
		w.mu.Lock()
		moved, ended := w.contactChanged, w.syncsEnded
		w.mu.Unlock()
		if ended >= want {
			return
		}
		<-moved
	}
}

// OwnKeys has a desk of several on one store make keys of its own.
func (d *Desk) OwnKeys(n int) { d.keys = int64(n) << 32 }
