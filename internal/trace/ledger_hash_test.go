package trace

import "testing"

// newHashedWorld has some of everything that the hash of a ledger covers.
func newHashedWorld(t *testing.T) *Ledger {
	t.Helper()
	w := newChangingWorld(t)
	compost := w.NewLotID()
	w.MustRecord(Coop, HarvestEvent(Day(2, 1), "plot-a", "", LotSpec{ID: compost, Product: "compost", Amount: "50"}))
	w.MustRecord(Coop, WorkEvent(Day(3, 1), "s-a", FieldWork{Kind: "fertilise"}, Kg(compost, "5")))
	jar := w.lots["jar"]
	b := w.batchOf(jar, 2)
	b.Org = Mill.Org
	w.mustSubmit(MasterCommand(Mill, KindSerials, b))
	c := w.changeOf(b, 1, 1, SerialActivated)
	c.Org = Mill.Org
	w.mustSubmit(MasterCommand(Mill, KindSerialChange, c))
	w.mustSubmit(MasterCommand(Mill, KindPrint, PrintRun{Batch: b.ID, Copies: 2, From: 1, To: 1, ID: NS + "/print/" + w.NextKey(), Lot: jar,
		Org: Mill.Org, Sheet: "a4-24"}))
	w.mustSubmit(MasterCommand(Mill, KindLinks, LinkSet{ID: jar, Org: Mill.Org, Links: []WebLink{{LinkType: "gs1:faqs",
		Href: "https://faq.example/", Title: "问答"}}}))
	return w.Ledger
}

// hashedChanges are changes of single pieces of the state that the hash covers.
var hashedChanges = map[string]func(l *Ledger){
	"head":                        func(l *Ledger) { l.head++ },
	"namespace":                   func(l *Ledger) { l.info.Namespace += "x" },
	"number of lots":              func(l *Ledger) { l.lots = l.lots[:len(l.lots)-1] },
	"key of a lot":                func(l *Ledger) { l.lots[1].name.key[0]++ },
	"prefix of a lot":             func(l *Ledger) { l.prefixes[l.lots[1].name.prefix] += "x" },
	"amount of a lot":             func(l *Ledger) { l.lots[1].qty++ },
	"product of a lot":            func(l *Ledger) { l.lots[1].product++ },
	"maker of a lot":              func(l *Ledger) { l.lots[1].maker++ },
	"season of a lot":             func(l *Ledger) { l.lots[1].season++ },
	"record that made a lot":      func(l *Ledger) { l.lots[1].made++ },
	"last record of a lot":        func(l *Ledger) { l.lots[1].last++ },
	"hold":                        func(l *Ledger) { l.lots[1].state ^= OnHold },
	"recall":                      func(l *Ledger) { l.lots[1].state ^= Recalled },
	"withdrawal":                  func(l *Ledger) { l.lots[1].state ^= Void },
	"amount held":                 func(l *Ledger) { l.holdings[0].qty++ },
	"holder":                      func(l *Ledger) { l.holdings[0].location++ },
	"a holding too few":           func(l *Ledger) { l.lots[0].hold = l.holdings[l.lots[0].hold].nextLot },
	"input of an edge":            func(l *Ledger) { l.edges[0].from++ },
	"output of an edge":           func(l *Ledger) { l.edges[0].to++ },
	"amount of an edge":           func(l *Ledger) { l.edges[0].qty++ },
	"record of an edge":           func(l *Ledger) { l.edges[0].seq++ },
	"an edge too few":             func(l *Ledger) { l.edges = l.edges[1:] },
	"id of a shipment":            func(l *Ledger) { firstShipment(l).id += "x" },
	"where a shipment goes":       func(l *Ledger) { firstShipment(l).at++ },
	"where a shipment comes from": func(l *Ledger) { firstShipment(l).from++ },
	"a settled shipment":          func(l *Ledger) { firstShipment(l).closed = !firstShipment(l).closed },
	"id of a season":              func(l *Ledger) { l.seasons[0].ID += "x" },
	"harvests of a season":        func(l *Ledger) { l.seasons[0].harvests = append(l.seasons[0].harvests, 1) },
	"a work too few":              func(l *Ledger) { l.seasons[0].works = nil },
	"record of a work":            func(l *Ledger) { firstWork(l).seq++ },
	"lot of a work":               func(l *Ledger) { firstWork(l).lot++ },
	"amount of a work":            func(l *Ledger) { firstWork(l).qty++ },
	"time of a work":              func(l *Ledger) { firstWork(l).time++ },
	"time of an event":            func(l *Ledger) { l.events[len(l.events)-1].time++ },
	"organisation of an event":    func(l *Ledger) { l.events[len(l.events)-1].org++ },
	"meaning of an event":         func(l *Ledger) { l.events[len(l.events)-1].kind++ },
	"correction of an event":      func(l *Ledger) { l.events[len(l.events)-1].void = true },
	"links":                       func(l *Ledger) { clear(l.linkSets()) },
	"title of a link":             func(l *Ledger) { firstLinkSet(l).Links[0].Title += "x" },
	"keeper of links":             func(l *Ledger) { firstLinkSet(l).Org += "x" },
	"id of a batch":               func(l *Ledger) { firstBatch(l).ID += "x" },
	"secret of a batch":           func(l *Ledger) { firstBatch(l).KeySum += "x" },
	"key number of a batch":       func(l *Ledger) { firstBatch(l).Key++ },
	"first index of a batch":      func(l *Ledger) { firstBatch(l).first++ },
	"size of a batch":             func(l *Ledger) { firstBatch(l).Count++ },
	"lot of a batch":              func(l *Ledger) { firstBatch(l).lot++ },
	"record of a batch":           func(l *Ledger) { firstBatch(l).seq++ },
	"time of a batch":             func(l *Ledger) { firstBatch(l).issued++ },
	"state of an item":            func(l *Ledger) { firstBatch(l).states.chunks[0][0].state++ },
	"items of a state":            func(l *Ledger) { firstBatch(l).states.chunks[0][1].from++ },
	"record of an item's state":   func(l *Ledger) { firstBatch(l).states.chunks[0][0].seq++ },
	"time of an item's state":     func(l *Ledger) { firstBatch(l).states.chunks[0][0].since++ },
	"labels printed":              func(l *Ledger) { firstBatch(l).printed[0][1]++ },
	"first label printed":         func(l *Ledger) { firstBatch(l).printed[0][0]-- },
	"id of a print run":           func(l *Ledger) { firstPrint(l).id += "x" },
	"lot of a print run":          func(l *Ledger) { firstPrint(l).lot++ },
	"batch of a print run":        func(l *Ledger) { firstPrint(l).batch++ },
	"first of a print run":        func(l *Ledger) { firstPrint(l).from++ },
	"last of a print run":         func(l *Ledger) { firstPrint(l).to++ },
	"copies of a print run":       func(l *Ledger) { firstPrint(l).copies++ },
	"record of a print run":       func(l *Ledger) { firstPrint(l).seq++ },
	"time of a print run":         func(l *Ledger) { firstPrint(l).time++ },
}

// TestTheHashCoversTheState changes one piece of the ledger's state after the other, and each time sees another hash. The hash does not
// cover what follows from the covered state and from the bodies of the records (names, facts of lots, indexes, times of activation).
func TestTheHashCoversTheState(t *testing.T) {
	if first, second := newHashedWorld(t).Hash(), newHashedWorld(t).Hash(); first != second {
		t.Fatal("two ledgers of the same log have two hashes")
	}
	for name, change := range hashedChanges {
		t.Run(name, func(t *testing.T) {
			l := newHashedWorld(t)
			before := l.Hash()
			change(l)
			if l.Hash() == before {
				t.Error("the hash is the same")
			}
		})
	}
}

func firstBatch(l *Ledger) *issuedBatch { return l.codes.batches[0] }

func firstPrint(l *Ledger) *recordedPrint { return &l.codes.prints[0] }

func firstShipment(l *Ledger) *location { return &l.locations[l.shipments[0]] }

func firstWork(l *Ledger) *seasonWork { return &l.seasons[0].works[0] }

func firstLinkSet(l *Ledger) *LinkSet {
	for _, sets := range l.linkSets() {
		return sets[0]
	}
	return nil
}
