package web

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

// exactLots is up to how many lots behind a page are told and drawn one by one; more are summed by tier and product.
const exactLots = 24

// lotStory gathers what a lot's page says.
type lotStory struct {
	story.Namer
	r           *app.App
	querySuffix string // suffix of links
	Root        *trace.LotView
	Trace       *trace.Trace
	Chain       *chain.Chain // nil where the product is of none

	Behind         []bool                    // by node: an ancestor by way of matter, or the lot itself
	NodeOf         map[string]int            // node by lot
	Told           map[string]*trace.LotView // lots whose history is told
	records        []trace.Record
	events         map[int64]*trace.Event
	withdrawn      map[string]bool // event ids that a correction withdrew
	happenings     []happening     // what the page tells, for its evidence
	RecordsMissing bool            // the store does not answer: the records could not be read
}

// build gathers a lot's page and the lots it speaks of.
func (s *site) build(c *fiber.Ctx, r *app.App, id string, ch choice) (*lotPage, []string, error) {
	b := &lotStory{Namer: story.Namer{Ledger: r.Ledger, Chains: r.Chains, Printer: ch.p}, r: r, querySuffix: ch.suffix(), Told: map[string]*trace.LotView{}}
	if err := b.readLot(c.UserContext(), id); err != nil {
		return nil, nil, err
	}
	p := &lotPage{shell: shellFor(c, ch, s.url)}
	p.Other = pathOf(id) + "?lang=" + short(p.OtherLang) // kept for all, however the first of them wrote the address
	p.Canonical, p.Image = s.url+pathOf(id), s.url+s.share
	if b.Chain != nil && b.Chain.Theme != "" {
		p.Theme = b.Chain.Theme
	}
	v := b.Root
	p.Name, p.Grade, p.Key = b.ProductName(&v.Product), b.GradeName(v.Product.Chain, v.Grade), trace.GroupKey(v.Key)
	p.Amount, p.Grey = b.Printer.Quantity(v.Quantity, b.CountWord(&v.Product)), b.Printer.Jin(v.Quantity)
	p.More = b.describePieces()
	p.Made, p.Net = b.Printer.Date(v.Made.Time), b.describeNetMass()
	p.Where = b.findOrigin()
	p.Band = b.describeStanding()
	p.Complain = b.listContacts(s)
	if v.Status == "recalled" || p.Band.State == "recalled" {
		p.Call, p.Complain = p.Complain, nil
	}
	p.Notices, p.Links = b.listLinks()
	p.Journey = b.drawJourney()
	b.happenings = b.listHappenings()
	p.Days, p.Rest = b.listDays(b.happenings)
	if b.RecordsMissing {
		p.Gap = b.Printer.T("page.steps.gap")
	}
	p.Evidence = b.listEvidence()
	p.People, p.Others = b.listPeople()
	p.Proof = b.makeProof()
	p.Title = b.Printer.T("page.card", "Name", b.LotName(v), "State", p.Band.Word)
	p.Desc = b.describeShared(p)
	lots := []string{id}
	for other := range b.Told {
		if other != id {
			lots = append(lots, other)
		}
	}
	return p, lots, nil
}

// readLot reads the lot, the walk behind it and the records of the lots that are told one by one.
func (b *lotStory) readLot(ctx context.Context, id string) (err error) {
	if b.Root, err = b.Ledger.Lot(id, 0); err != nil {
		return err
	}
	if b.Trace, err = b.Ledger.Trace(id, trace.Back, 0, 0); err != nil {
		return err
	}
	b.Chain, _ = b.Chains.Chain(b.Root.Product.Chain)
	b.markAncestors()
	if err := b.chooseTold(id); err != nil {
		return err
	}
	return b.readRecords(ctx)
}

// markAncestors marks the lots behind this one.
func (b *lotStory) markAncestors() {
	b.NodeOf = make(map[string]int, len(b.Trace.Nodes))
	for i := range b.Trace.Nodes {
		b.NodeOf[b.Trace.Nodes[i].Lot] = i
	}
	b.Behind = MaterialAncestors(b.Trace)
}

// MaterialAncestors marks the nodes that are behind a trace's root by way of matter, and the root. What was spread on a season is not among them: it
// is told as field work.
func MaterialAncestors(t *trace.Trace) []bool {
	back := make([]bool, len(t.Nodes))
	for i := range t.Nodes {
		back[i] = t.Nodes[i].Lot == t.Root
	}
	for i := len(t.Edges) - 1; i >= 0; i-- { // sorted by To, and From is always below To
		if e := t.Edges[i]; back[e.To] {
			back[e.From] = true
		}
	}
	return back
}

// chooseTold picks the lots whose history is told: all of a small graph, else the lot and what it was made of directly, as far as that is few.
func (b *lotStory) chooseTold(id string) error {
	var ids []string
	n := 0
	for i, in := range b.Behind {
		if in {
			n++
			ids = append(ids, b.Trace.Nodes[i].Lot)
		}
	}
	if n > exactLots {
		ids = ids[:0]
		if len(b.Root.From) <= exactLots {
			for _, f := range b.Root.From {
				ids = append(ids, f.Lot)
			}
		}
	}
	for _, other := range ids {
		v, err := b.Ledger.Lot(other, 0)
		if err != nil {
			return err
		}
		b.Told[other] = v
	}
	b.Told[id] = b.Root
	return nil
}

const (
	maxRecords = 400 // of one lot; the first and the last of a longer history are read
)

func (b *lotStory) readRecords(ctx context.Context) error {
	seen := map[int64]bool{}
	var seqs []int64
	add := func(list []int64) {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				seqs = append(seqs, n)
			}
		}
	}
	for _, v := range b.Told {
		list := v.Events
		if len(list) > maxRecords {
			add(list[:maxRecords/2])
			list = list[len(list)-maxRecords/2:]
		}
		add(list)
	}
	var err error
	if b.records, err = b.r.Records(ctx, seqs); errors.Is(err, &trace.Error{Code: trace.CodeStoreUnavailable}) {
		b.RecordsMissing, err = true, nil // whether it is all right, what it is and where from are in the ledger
	}
	if err != nil {
		return err
	}
	b.events, b.withdrawn = make(map[int64]*trace.Event, len(b.records)), map[string]bool{}
	for i := range b.records {
		rec := &b.records[i]
		ev, err := trace.ParseEvent(rec.Body)
		if err != nil {
			return err
		}
		b.events[rec.Seq] = ev
		if ev.Declaration != nil {
			b.withdrawn[ev.EventID] = true
		}
	}
	return nil
}

// describePieces is how many pieces a lot has, or the net mass of one.
func (b *lotStory) describePieces() string {
	v := b.Root
	switch {
	case v.Pieces > 0 && v.Quantity.Unit == trace.Kilogram:
		return b.Printer.T("page.pieces", "Pieces", b.Printer.Quantity(trace.Quantity{Amount: v.Pieces, Unit: trace.Piece}, b.CountWord(&v.Product)))
	}
	return b.describeNetMass()
}

// describeNetMass is the mass of one piece, where the product says so.
func (b *lotStory) describeNetMass() string {
	if v := b.Root; v.Product.NetMass > 0 && v.Quantity.Unit != trace.Kilogram {
		return b.Printer.T("page.net", "Mass", trace.Quantity{Amount: v.Product.NetMass, Unit: trace.Kilogram})
	}
	return ""
}

// describeShared is the line below a shared link.
func (b *lotStory) describeShared(p *lotPage) string {
	from := p.Where.Joined
	if len(p.Where.Shares) > 0 {
		var parts []string
		for _, s := range p.Where.Shares {
			parts = append(parts, s.Name+" "+s.Percent)
		}
		from = strings.Join(parts, b.PickSeparator("、", ", "))
	}
	text := p.Band.Say
	if from != "" {
		text = b.Printer.T("page.desc", "From", from, "State", text)
	}
	return text
}

// makeProof is the record of the lot's making, to be checked.
func (b *lotStory) makeProof() proof {
	p := proof{Seq: strconv.FormatInt(b.Root.Made.Seq, 10), Namespace: b.Ledger.Namespace(), Lot: b.Root.Lot}
	for i := range b.records {
		if r := &b.records[i]; r.Seq == b.Root.Made.Seq {
			p.EventID, p.Recorded = r.EventID, b.Printer.DateTime(r.RecordTime)
		}
	}
	return p
}
