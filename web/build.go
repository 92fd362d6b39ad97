package web

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/trace"
)

// exactLots is up to how many lots behind a page are told and drawn one by one; more are summed by tier and product.
const exactLots = 24

// builder gathers what a lot's page says.
type builder struct {
	namer
	r     *app.App
	q     string // suffix of links
	root  *trace.LotView
	trace *trace.Trace
	chain *chain.Chain // nil where the product is of none

	back    []bool                    // by node: an ancestor by way of matter, or the lot itself
	at      map[string]int            // node by lot
	told    map[string]*trace.LotView // lots whose history is told
	records []trace.Record
	events  map[int64]*trace.Event
	voided  map[string]bool // event ids that a correction withdrew
	shown   []happening     // what the page tells, for its evidence
	gap     bool            // the store does not answer: the records could not be read
}

// build gathers a lot's page and the lots it speaks of.
func (s *site) build(c *fiber.Ctx, r *app.App, id string, ch choice) (*lotPage, []string, error) {
	b := &builder{namer: namer{l: r.Ledger, set: r.Chains, p: ch.p}, r: r, q: ch.suffix(), told: map[string]*trace.LotView{}}
	if err := b.load(c.UserContext(), id); err != nil {
		return nil, nil, err
	}
	p := &lotPage{shell: shellFor(c, ch, s.url)}
	p.Other = pathOf(id) + "?lang=" + short(p.OtherLang) // kept for all, however the first of them wrote the address
	p.Canonical, p.Image = s.url+pathOf(id), s.url+s.share
	if b.chain != nil && b.chain.Theme != "" {
		p.Theme = b.chain.Theme
	}
	v := b.root
	p.Name, p.Grade, p.Key = b.product(&v.Product), b.grade(v.Product.Chain, v.Grade), trace.GroupKey(v.Key)
	p.Amount, p.Grey = b.p.Quantity(v.Quantity, b.countWord(&v.Product)), b.p.Jin(v.Quantity)
	p.More = b.more()
	p.Made, p.Net = b.p.Date(v.Made.Time), b.net()
	p.Where = b.where()
	p.Band = b.band()
	p.Complain = b.complain(s)
	if v.Status == "recalled" || p.Band.State == "recalled" {
		p.Call, p.Complain = p.Complain, nil
	}
	p.Notices, p.Links = b.links()
	p.Journey = b.journey()
	b.shown = b.facts()
	p.Days, p.Rest = b.days(b.shown)
	if b.gap {
		p.Gap = b.p.T("page.steps.gap")
	}
	p.Evidence = b.evidence()
	p.People, p.Others = b.people()
	p.Proof = b.proof()
	p.Title = b.p.T("page.card", "Name", b.lot(v), "State", p.Band.Word)
	p.Desc = b.describe(p)
	lots := []string{id}
	for other := range b.told {
		if other != id {
			lots = append(lots, other)
		}
	}
	return p, lots, nil
}

// load reads the lot, the walk behind it and the records of the lots that are told one by one.
func (b *builder) load(ctx context.Context, id string) (err error) {
	if b.root, err = b.l.Lot(id, 0); err != nil {
		return err
	}
	if b.trace, err = b.l.Trace(id, trace.Back, 0, 0); err != nil {
		return err
	}
	b.chain, _ = b.set.Chain(b.root.Product.Chain)
	b.ancestors()
	if err := b.choose(id); err != nil {
		return err
	}
	return b.read(ctx)
}

// ancestors marks the lots behind this one.
func (b *builder) ancestors() {
	b.at = make(map[string]int, len(b.trace.Nodes))
	for i := range b.trace.Nodes {
		b.at[b.trace.Nodes[i].Lot] = i
	}
	b.back = matter(b.trace)
}

// matter marks the nodes that are behind a trace's root by way of matter, and the root. What was spread on a season is not among them: it
// is told as field work.
func matter(t *trace.Trace) []bool {
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

// choose picks the lots whose history is told: all of a small graph, else the lot and what it was made of directly, as far as that is few.
func (b *builder) choose(id string) error {
	var ids []string
	n := 0
	for i, in := range b.back {
		if in {
			n++
			ids = append(ids, b.trace.Nodes[i].Lot)
		}
	}
	if n > exactLots {
		ids = ids[:0]
		if len(b.root.From) <= exactLots {
			for _, f := range b.root.From {
				ids = append(ids, f.Lot)
			}
		}
	}
	for _, other := range ids {
		v, err := b.l.Lot(other, 0)
		if err != nil {
			return err
		}
		b.told[other] = v
	}
	b.told[id] = b.root
	return nil
}

const (
	maxRecords = 400 // of one lot; the first and the last of a longer history are read
)

func (b *builder) read(ctx context.Context) error {
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
	for _, v := range b.told {
		list := v.Events
		if len(list) > maxRecords {
			add(list[:maxRecords/2])
			list = list[len(list)-maxRecords/2:]
		}
		add(list)
	}
	var err error
	if b.records, err = b.r.Records(ctx, seqs); errors.Is(err, &trace.Error{Code: trace.CodeStoreUnavailable}) {
		b.gap, err = true, nil // whether it is all right, what it is and where from are in the ledger
	}
	if err != nil {
		return err
	}
	b.events, b.voided = make(map[int64]*trace.Event, len(b.records)), map[string]bool{}
	for i := range b.records {
		rec := &b.records[i]
		ev, err := trace.ParseEvent(rec.Body)
		if err != nil {
			return err
		}
		b.events[rec.Seq] = ev
		if ev.Declaration != nil {
			b.voided[ev.EventID] = true
		}
	}
	return nil
}

// more is how many pieces a lot has, or the net mass of one.
func (b *builder) more() string {
	v := b.root
	switch {
	case v.Pieces > 0 && v.Quantity.Unit == trace.Kilogram:
		return b.p.T("page.pieces", "Pieces", b.p.Quantity(trace.Quantity{Amount: v.Pieces, Unit: trace.Piece}, b.countWord(&v.Product)))
	}
	return b.net()
}

// net is the mass of one piece, where the product says so.
func (b *builder) net() string {
	if v := b.root; v.Product.NetMass > 0 && v.Quantity.Unit != trace.Kilogram {
		return b.p.T("page.net", "Mass", trace.Quantity{Amount: v.Product.NetMass, Unit: trace.Kilogram})
	}
	return ""
}

// describe is the line below a shared link.
func (b *builder) describe(p *lotPage) string {
	from := p.Where.Joined
	if len(p.Where.Shares) > 0 {
		var parts []string
		for _, s := range p.Where.Shares {
			parts = append(parts, s.Name+" "+s.Percent)
		}
		from = strings.Join(parts, b.glue("、", ", "))
	}
	text := p.Band.Say
	if from != "" {
		text = b.p.T("page.desc", "From", from, "State", text)
	}
	return text
}

// proof is the record of the lot's making, to be checked.
func (b *builder) proof() proof {
	p := proof{Seq: strconv.FormatInt(b.root.Made.Seq, 10), Namespace: b.l.Namespace(), Lot: b.root.Lot}
	for i := range b.records {
		if r := &b.records[i]; r.Seq == b.root.Made.Seq {
			p.EventID, p.Recorded = r.EventID, b.p.DateTime(r.RecordTime)
		}
	}
	return p
}
