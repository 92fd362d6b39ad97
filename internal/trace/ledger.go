package trace

import (
	"encoding/hex"
	"math"
	"strings"
	"sync"
	"time"

	"crypto/sha256"
)

// Ledger is the state folded from the log: who holds how much of which lot, statuses, master data and the lineage graph. Nodes are small
// integers, so that a walk touches little memory. Lots are numbered in the order of their making, and an input is always made before an
// output: the numbers are a topological order, and no lot can become its own ancestor. Reads may run beside one another and beside the
// writer; only the Writer (or a replay) calls apply.
type Ledger struct {
	mu   sync.RWMutex
	info LedgerInfo
	head int64

	clock int64 // latest record time, Unix milliseconds

	lots        []lot
	lotOf       map[[KeyLength]byte]int32 // by key: no two lots share one, whatever their prefix
	prefixes    []string                  // of lots' identifiers: the namespace's, and one for each GTIN
	prefixOf    map[string]uint16
	facts       map[int32]*LotFacts // only what is beyond a lot's row
	holdings    []holding
	locations   []location
	locationOf  map[string]int32
	shipments   []int32           // locations of all shipments, in the order of their making
	shipmentsOf map[int32][]int32 // the same, by sender and by destination
	producers   map[producer]bool // organisations that have made a lot of a product
	within      map[int32][]int32 // units standing in a unit or shipment
	edges       []edge
	lotRecords  []lotRecord
	seasons     []season
	seasonOf    map[string]int32

	orgs                   map[string]*Organisation
	places                 map[string]*Place // a value here is never changed, only replaced: views hold it without the lock
	sites                  []*Place          // the same values, by number
	siteOf                 map[string]int32
	products               []*Product // never changed, only replaced
	productOf              map[string]int32
	chains                 map[string]*Chain
	masterSeq              int64                     // last change of master data that every page may show
	markSeq                int64                     // last change of an organisation or product
	markSeqs               [2 * marksPerThing]uint32 // the same, by mark
	parents                map[string]bool           // places that other places stand in
	siteLots               []int32                   // heads of the lots made at each site
	events                 []eventRow                // by sequence number
	eventOf                map[[16]byte]uint32
	clients                map[[16]byte]uint32
	questioned             map[uint32][]Question
	stateSeqs              map[int32]stateSeqs
	holders                map[int32][]int32    // organisations that put a lot on hold and have not released it
	intervalSeasonsByPlace map[string][]int32   // seasons that had work with a safety interval, by place
	harvestsByPlace        map[string][]int32   // lots harvested, by place and by the plots around it
	undoInfos              map[uint32]*undoInfo // facts of receipts and unpackings that corrections need
	seasonsFed             map[int32][]int32    // seasons a lot was spread on or fed to
	sets                   sync.Pool            // of *lotSet, for walks
	gtins                  map[string]int32     // products by GTIN
	codes                  codeState
	pageRecords            map[int32][]int64 // records that are no events and have a line on a lot's page, oldest first
	kinds                  *KindTable
	kindStates             [256]any   // by the kind's number; see kindState
	recordCounts           [256]int64 // records of each kind, by the kind's number
}

// lot is one row; 80 bytes and no pointer, so that the garbage collector passes a million of them by.
type lot struct {
	qty        Amount  // made, in its product's unit
	marks      markSet // organisations and products that its page may name
	place      int32   // place of the making, in sites; -1 where the place is not known
	product    int32
	maker      int32 // location of the organisation that made the lot
	season     int32 // -1 for none
	made       uint32
	last       uint32 // last record that touched it
	pageSeq    uint32 // last record that changed what its page says (its own, or a status or correction further up)
	in, out    int32  // heads of its edges
	hold       int32  // head of its holdings
	seen       int32  // head of its touches
	nextAtSite int32  // next lot made at the same site
	name       lotName
	state      State
}

// lotName is an identifier cut in two: the number of its prefix, and its key.
type lotName struct {
	key    [KeyLength]byte
	prefix uint16
}

// State is the set of a lot's conditions; zero is active.
type State uint8

// The conditions of a lot.
const (
	OnHold   State = 1 << iota // 暂停
	Recalled                   // 召回
	Void                       // withdrawn by a correction 更正
)

// Has reports whether all conditions of x are set.
func (s State) Has(x State) bool { return s&x == x }

// holding is an amount of a lot at a location. A holding that falls to nothing stays, as a trace of who once held the lot.
type holding struct {
	qty             Amount
	since           int64 // Unix milliseconds of the earliest event that brought some
	lot, location   int32
	nextLot, nextAt int32
}

type locationKind uint8

const (
	organisationLocation locationKind = iota
	unitLocation
	shipmentLocation
)

// location is a place in the ledger where amounts can be: an organisation, a packed unit, or a shipment under way.
type location struct {
	id     string
	since  int64 // unit: when the unit came to its present location, Unix milliseconds
	hold   int32 // head of its holdings
	at     int32 // unit: the location the unit stands at (-1: unpacked); shipment: the destination
	from   int32 // shipment: the sender
	seq    uint32
	kind   locationKind
	closed bool // shipment: everything has arrived or is accounted for
}

// edge says that event seq took qty of lot from and made lot to. The edges of one event share its amounts.
type edge struct {
	qty             Amount
	from, to        int32
	nextIn, nextOut int32
	seq             uint32
}

// producer says that an organisation has made a lot of a product.
type producer struct{ org, product int32 }

type lotRecord struct {
	seq  uint32
	next int32
}

type eventRow struct {
	time int64 // Unix milliseconds
	org  int32
	kind planKind
	void bool
}

// season is a node of the graph too: works go in, harvests come out, each with its time.
type season struct {
	Season
	works    []seasonWork
	harvests []int32
	yielded  map[int32]Amount // kg, by product
}

type seasonWork struct {
	FieldWork
	lot  int32 // fertiliser lot; -1 for none
	qty  Amount
	time int64
	seq  uint32
}

// undoInfo is the part of a receipt's or an unpacking's effect that the event does not state: gains, losses, lost units, the content of the
// unpacked unit.
type undoInfo struct {
	moves []move
	units []unitMove
}

const (
	nowhere     int32 = -1 // created from or consumed into nothing
	newLocation int32 = -2 // the unit or shipment that the event itself makes
)

// NewLedger makes an empty ledger of the standard kinds of records.
func NewLedger() *Ledger { return NewLedgerOf(standardKinds) }

// NewLedgerOf makes an empty ledger that knows the kinds of a table.
func NewLedgerOf(kinds *KindTable) *Ledger {
	l := newEmptyLedger()
	l.kinds = kinds
	for _, k := range kinds.list {
		if k.newState != nil {
			l.kindStates[k.Number] = k.newState()
		}
	}
	return l
}

// Kinds are the kinds of records that the ledger knows.
func (l *Ledger) Kinds() *KindTable { return l.kinds }

func newEmptyLedger() *Ledger {
	return &Ledger{
		lotOf: map[[KeyLength]byte]int32{}, prefixOf: map[string]uint16{}, facts: map[int32]*LotFacts{}, locationOf: map[string]int32{},
		within: map[int32][]int32{}, shipmentsOf: map[int32][]int32{}, producers: map[producer]bool{},
		seasonOf: map[string]int32{}, orgs: map[string]*Organisation{}, places: map[string]*Place{}, siteOf: map[string]int32{},
		parents: map[string]bool{}, productOf: map[string]int32{},
		chains: map[string]*Chain{}, events: make([]eventRow, 1), eventOf: map[[16]byte]uint32{}, clients: map[[16]byte]uint32{},
		questioned: map[uint32][]Question{}, holders: map[int32][]int32{}, stateSeqs: map[int32]stateSeqs{},
		intervalSeasonsByPlace: map[string][]int32{}, harvestsByPlace: map[string][]int32{}, undoInfos: map[uint32]*undoInfo{},
		seasonsFed: map[int32][]int32{}, pageRecords: map[int32][]int64{},
		gtins: map[string]int32{}, codes: newCodes(),
	}
}

// Head is the sequence number of the last record applied.
func (l *Ledger) Head() int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.head
}

// Namespace is the URI fixed at the ledger's birth; "" for an empty ledger.
func (l *Ledger) Namespace() string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.info.Namespace
}

// LotURI makes a lot's identifier: under the GTIN where the product has a real one, else under the namespace.
func LotURI(namespace string, p Product, key string) string {
	if p.GTIN != "" {
		return "https://id.gs1.org/01/" + p.GTIN + "/10/" + key
	}
	return namespace + "/lot/" + key
}

// findLot finds a lot by its identifier.
func (l *Ledger) findLot(id string) (int32, bool) {
	cut := len(id) - KeyLength
	if cut <= 0 {
		return 0, false
	}
	n, ok := l.lotOf[[KeyLength]byte([]byte(id[cut:]))]
	if !ok || l.prefixes[l.lots[n].name.prefix] != id[:cut] {
		return 0, false
	}
	return n, true
}

// isKeyTaken reports whether a lot bears the key of an identifier, under this prefix or another: people type and say keys alone.
func (l *Ledger) isKeyTaken(id string) bool {
	_, ok := l.lotOf[[KeyLength]byte([]byte(KeyOf(id)))]
	return ok
}

// cutLotName cuts the identifier of a lot to be made; its form was checked before.
func (l *Ledger) cutLotName(id string) lotName {
	cut := len(id) - KeyLength
	p, ok := l.prefixOf[id[:cut]]
	if !ok {
		p = uint16(len(l.prefixes))
		l.prefixes = append(l.prefixes, strings.Clone(id[:cut]))
		l.prefixOf[l.prefixes[p]] = p
	}
	return lotName{[KeyLength]byte([]byte(id[cut:])), p}
}

func (l *Ledger) idOf(lt *lot) string { return l.prefixes[lt.name.prefix] + string(lt.name.key[:]) }

// unitOf is the unit a lot is kept in: its product's, which never changes.
func (l *Ledger) unitOf(lt *lot) Unit { return l.products[lt.product].Unit }

// KeyOf is the last path segment of an identifier.
func KeyOf(uri string) string { return uri[strings.LastIndexByte(uri, '/')+1:] }

// digest16 keys the maps of event and client ids. An event hash is its own key; other texts are hashed.
func digest16(s string) (d [16]byte) {
	if hash, ok := strings.CutPrefix(s, "ni:///sha-256;"); ok && len(hash) >= 64 {
		if _, err := hex.Decode(d[:], []byte(hash[:32])); err == nil {
			return d
		}
	}
	sum := sha256.Sum256([]byte(s))
	copy(d[:], sum[:])
	return d
}

func clientDigest(org, id string) [16]byte { return digest16(org + "\x00" + id) }

// findHolding returns the holding of a lot at a location, or nil. The list of one lot is short: its holders, units and shipments.
func (l *Ledger) findHolding(lot, at int32) *holding {
	for i := l.lots[lot].hold; i >= 0; i = l.holdings[i].nextLot {
		if l.holdings[i].location == at {
			return &l.holdings[i]
		}
	}
	return nil
}

func (l *Ledger) heldAmount(lot, at int32) Amount {
	if h := l.findHolding(lot, at); h != nil {
		return h.qty
	}
	return 0
}

// holderOf is the organisation at which a location finally stands; for goods under way, the shipment.
func (l *Ledger) holderOf(at int32) int32 {
	for at >= 0 && l.locations[at].kind == unitLocation {
		at = l.locations[at].at
	}
	return at
}

// ownerOf is the holder, or, for goods under way, the sender.
func (l *Ledger) ownerOf(at int32) int32 {
	if at = l.holderOf(at); at >= 0 && l.locations[at].kind == shipmentLocation {
		return l.locations[at].from
	}
	return at
}

func (l *Ledger) madeAt(i int32) int64 { return l.events[l.lots[i].made].time }

// massOf is an amount of a lot in kg: weighed, or pieces × the product's net mass (nominal). ok is false where the mass is not known.
func (l *Ledger) massOf(qty Amount, u Unit, p *Product) (kg Amount, nominal, ok bool) {
	if u == Kilogram {
		return qty, false, true
	}
	if p.NetMass > 0 {
		if n := int64(qty) / AmountScale; int64(qty)%AmountScale == 0 && n <= math.MaxInt64/int64(p.NetMass) {
			return Amount(n * int64(p.NetMass)), true, true
		}
		return shareOf(p.NetMass, qty, AmountScale), true, true
	}
	return 0, false, false
}

// placeOf is where a lot was made, or nil.
func (l *Ledger) placeOf(lt *lot) *Place {
	if lt.place < 0 {
		return nil
	}
	return l.sites[lt.place]
}

func toMillis(t time.Time) int64 { return t.UnixMilli() }
