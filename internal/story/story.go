package story

import (
	"context"
	"errors"
	"slices"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// mostExactLots is up to how many lots behind a lot are described and drawn one by one; more lots are summed by tier and product.
const mostExactLots = 24

// mostRecords is how many records of one lot are read; of a longer history the first and the last half of them.
const mostRecords = 400

// Source is where a story is read from.
type Source struct {
	Ledger *trace.Ledger
	Chains *chain.Set
	// Records reads records of the log by their sequence numbers. Errors: CodeStoreUnavailable.
	Records func(ctx context.Context, seqs []int64) ([]trace.Record, error)
}

// Story is what the ledger and the log know of one lot, in one language.
type Story struct {
	Namer
	Root   *trace.LotView
	Trace  *trace.Trace              // what the lot was made of
	Chain  *chain.Chain              // nil where the product is of none
	Behind []bool                    // by node of Trace: an ancestor by way of matter, or the lot itself
	NodeOf map[string]int            // node of Trace by lot
	Told   map[string]*trace.LotView // lots whose history is described one by one; the lot itself is among them
	// RecordsMissing is true where the store did not answer: names, standing and origin are complete, the history is not.
	RecordsMissing bool

	link      func(lot string) string // address of another lot's page
	records   []trace.Record          // of events
	lines     []happening             // of records that are no events
	events    map[int64]*trace.Event
	withdrawn map[string]bool // ids of the events that a correction withdrew
}

// Reference is a link to another lot or unit.
type Reference struct{ Text, Href string }

// NamedValue is a value with its name in the reader's language.
type NamedValue struct{ Name, Value string }

// Read gathers the story of a lot in the language of words. link gives the address that a mention of another lot leads to. Errors: unknown
// lot; the store's, except that the store is unavailable (see RecordsMissing).
func Read(ctx context.Context, from Source, words *locale.Printer, lot string, link func(lot string) string) (*Story, error) {
	s := &Story{Namer: Namer{Ledger: from.Ledger, Chains: from.Chains, Printer: words}, Told: map[string]*trace.LotView{}, link: link}
	var err error
	if s.Root, err = s.Ledger.Lot(lot, 0); err != nil {
		return nil, err
	}
	if s.Trace, err = s.Ledger.Trace(lot, trace.Back, 0, 0); err != nil {
		return nil, err
	}
	s.Chain, _ = s.Chains.Chain(s.Root.Product.Chain)
	s.markAncestors()
	if err := s.chooseTold(lot); err != nil {
		return nil, err
	}
	return s, s.readRecords(ctx, from)
}

// LinkTo is the address of another lot's page.
func (s *Story) LinkTo(lot string) string { return s.link(lot) }

// Lots are the identifiers of the lots that the story speaks of, its own first.
func (s *Story) Lots() []string {
	lots := []string{s.Root.Lot}
	for other := range s.Told {
		if other != s.Root.Lot {
			lots = append(lots, other)
		}
	}
	return lots
}

// MakingRecord is the record by which the lot was made; false where the record could not be read.
func (s *Story) MakingRecord() (trace.Record, bool) {
	for i := range s.records {
		if s.records[i].Seq == s.Root.Made.Seq {
			return s.records[i], true
		}
	}
	return trace.Record{}, false
}

// markAncestors marks the lots behind this one.
func (s *Story) markAncestors() {
	s.NodeOf = make(map[string]int, len(s.Trace.Nodes))
	for i := range s.Trace.Nodes {
		s.NodeOf[s.Trace.Nodes[i].Lot] = i
	}
	s.Behind = s.Trace.MaterialAncestors()
}

// chooseTold picks the lots whose history is described one by one: all lots of a small graph, else the lot and what the lot was made of
// directly, as far as these are few.
func (s *Story) chooseTold(id string) error {
	var ids []string
	for i, behind := range s.Behind {
		if behind {
			ids = append(ids, s.Trace.Nodes[i].Lot)
		}
	}
	if len(ids) > mostExactLots {
		ids = ids[:0]
		if len(s.Root.From) <= mostExactLots {
			for _, f := range s.Root.From {
				ids = append(ids, f.Lot)
			}
		}
	}
	for _, other := range ids {
		v, err := s.Ledger.Lot(other, 0)
		if err != nil {
			return err
		}
		s.Told[other] = v
	}
	s.Told[id] = s.Root
	return nil
}

// readRecords reads the records of the lots that are described one by one.
func (s *Story) readRecords(ctx context.Context, from Source) error {
	records, err := from.Records(ctx, s.listSeqs())
	if errors.Is(err, &trace.Error{Code: trace.CodeStoreUnavailable}) {
		s.RecordsMissing, err = true, nil
	}
	if err != nil {
		return err
	}
	s.records = records[:0]
	s.events, s.withdrawn = make(map[int64]*trace.Event, len(records)), map[string]bool{}
	for i := range records {
		rec := &records[i]
		if rec.Kind != trace.KindEvent {
			if err := s.addRecordLine(rec); err != nil {
				return err
			}
			continue
		}
		ev, err := trace.ParseEvent(rec.Body)
		if err != nil {
			return err
		}
		s.events[rec.Seq] = ev
		if ev.Declaration != nil {
			s.withdrawn[ev.EventID] = true
		}
		s.records = append(s.records, *rec)
	}
	return nil
}

// listSeqs are the sequence numbers of the records of the lots that are described one by one, each once.
func (s *Story) listSeqs() []int64 {
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
	for _, v := range s.Told {
		list := v.Events
		if len(v.PageRecords) > 0 {
			list = slices.Concat(list, v.PageRecords)
			slices.Sort(list)
		}
		if len(list) > mostRecords {
			add(list[:mostRecords/2])
			list = list[len(list)-mostRecords/2:]
		}
		add(list)
	}
	return seqs
}
