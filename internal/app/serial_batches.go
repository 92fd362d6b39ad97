package app

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// Range is some items of a serial batch, one after another, by their ordinals.
type Range struct {
	From int64 `json:"from" doc:"Ordinal of the first item, from 1."`
	To   int64 `json:"to" doc:"Ordinal of the last item."`
}

// BatchDetails is a serial batch as one actor may see it.
type BatchDetails struct {
	trace.BatchView
	OrgName   string  // name of the organisation that issued the batch
	FirstCode string  // serial number of the first item; "" for an actor that may not have the codes
	LastCode  string  // serial number of the last item; "" for an actor that may not have the codes
	Printed   []Range // items whose labels have been printed here
}

// LotBatches are the serial batches of a lot.
type LotBatches struct {
	Batches []BatchDetails // oldest first
	Left    *int64         // how many more serial numbers the lot may get; nil where the lot does not say how many items it has
}

// ListBatches lists the serial batches of a lot that the actor may see. Errors: NotFound; the store's.
func (a *App) ListBatches(ctx context.Context, actor trace.Actor, lot string) (LotBatches, error) {
	id, err := a.findShownLot(actor, "key", lot)
	if err != nil {
		return LotBatches{}, err
	}
	count, numbered, counted, err := a.Ledger.CountItems(id)
	if err != nil {
		return LotBatches{}, err
	}
	var list LotBatches
	if left := max(count-numbered, 0); counted {
		list.Left = &left
	}
	for _, b := range a.Ledger.SerialBatches(id) {
		v, err := a.describeBatch(ctx, actor, b)
		if err != nil {
			return LotBatches{}, err
		}
		list.Batches = append(list.Batches, v)
	}
	return list, nil
}

// ShowBatch shows one serial batch of a lot that the actor may see, named by its key or URI; the runs of states begin at the ordinal from.
// Errors: NotFound; the store's.
func (a *App) ShowBatch(ctx context.Context, actor trace.Actor, batch string, from int64) (BatchDetails, error) {
	b, err := a.findBatch(actor, batch)
	if err != nil {
		return BatchDetails{}, err
	}
	if from > 1 {
		runs := a.Ledger.SerialRuns(b.ID, from, trace.ViewRuns+1)
		b.More = len(runs) > trace.ViewRuns
		b.Runs = runs[:min(len(runs), trace.ViewRuns)]
	}
	return a.describeBatch(ctx, actor, b)
}

// findBatch finds a serial batch of a lot that the actor may see. Errors: CodeRequired; NotFound, also for a batch of a lot the actor may
// not see.
func (a *App) findBatch(actor trace.Actor, name string) (trace.BatchView, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return trace.BatchView{}, trace.E(trace.Invalid, trace.CodeRequired, "batch")
	}
	id := a.CompleteID("serials", name)
	if key, err := trace.ParseKey(name); err == nil {
		id = a.CompleteID("serials", key)
	}
	b, ok := a.Ledger.SerialBatch(id)
	if !ok || !a.seesLot(actor, b.Lot) {
		return trace.BatchView{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "batch", "thing", "serials", "value", trace.Clip(name))
	}
	return b, nil
}

func (a *App) describeBatch(ctx context.Context, actor trace.Actor, b trace.BatchView) (BatchDetails, error) {
	v := BatchDetails{BatchView: b, Printed: joinPrinted(a.Ledger.Prints(b.Lot), b.ID)}
	if o, ok := a.Ledger.Organisation(b.Org); ok {
		v.OrgName = o.Name
	}
	if a.checkCodesRight(actor, &b.SerialBatch) != nil {
		return v, nil
	}
	var err error
	if v.FirstCode, err = a.Serials.MakeSerial(ctx, b.Key, b.First); err != nil {
		return v, err
	}
	v.LastCode, err = a.Serials.MakeSerial(ctx, b.Key, b.First+b.Count-1)
	return v, err
}

// joinPrinted joins the ordinals of a batch that print runs cover.
func joinPrinted(prints []trace.PrintView, batch string) []Range {
	ranges := []Range{}
	for i := range prints {
		if prints[i].Batch == batch {
			ranges = append(ranges, Range{prints[i].From, prints[i].To})
		}
	}
	slices.SortFunc(ranges, func(x, y Range) int { return int(x.From - y.From) })
	joined := ranges[:0]
	for _, p := range ranges {
		if n := len(joined) - 1; n >= 0 && p.From <= joined[n].To+1 {
			joined[n].To = max(joined[n].To, p.To)
			continue
		}
		joined = append(joined, p)
	}
	return joined
}

// CodeQuery asks for the codes of a serial batch.
type CodeQuery struct {
	Batch string // key or URI
	From  int64  // ordinal of the first item, from 1
	To    int64  // ordinal of the last item; 0 for the last of the batch
}

// CodeRow is the code of one item.
type CodeRow struct {
	Ordinal int64
	Code    string
	State   trace.SerialState // "" where the ledger does not say
}

// CodeList are the codes of a serial batch, made during the reading: a batch may have millions.
type CodeList struct {
	Batch trace.BatchView
	Rows  iter.Seq[CodeRow]
}

// ListCodes lists the codes of a batch, for those who may have the codes. Errors: NotFound; CodeNotAllowed; CodeBadValue for ordinals that
// the batch does not have; the store's.
func (a *App) ListCodes(ctx context.Context, actor trace.Actor, q CodeQuery) (CodeList, error) {
	b, err := a.findBatch(actor, q.Batch)
	if err != nil {
		return CodeList{}, err
	}
	if err := a.checkCodesRight(actor, &b.SerialBatch); err != nil {
		return CodeList{}, err
	}
	if q.To == 0 {
		q.To = b.Count
	}
	if err := b.CheckOrdinals(q.From, q.To); err != nil {
		return CodeList{}, err
	}
	codes, err := a.makeCodes(ctx, &b, q.From, q.To)
	if err != nil {
		return CodeList{}, err
	}
	return CodeList{Batch: b, Rows: func(yield func(CodeRow) bool) {
		row, states := CodeRow{Ordinal: q.From}, stateReader{ledger: a.Ledger, batch: b.ID}
		for row.Code = range codes {
			row.State = states.stateOf(row.Ordinal)
			if !yield(row) {
				return
			}
			row.Ordinal++
		}
	}}, nil
}

// makeCodes makes the serial numbers of a part of a batch, ordinals from 1. Errors: the store's; CodeSerialKey.
func (a *App) makeCodes(ctx context.Context, b *trace.BatchView, from, to int64) (iter.Seq[string], error) {
	codes, err := a.Serials.MakeSerials(ctx, b.Key, b.First+from-1, to-from+1)
	if err != nil {
		return nil, fmt.Errorf("make serial numbers: %w", err)
	}
	return codes, nil
}

// runsAhead is how many runs of states are read from the ledger at once.
const runsAhead = 1000

// stateReader reads the states of a batch's items in the order of their ordinals.
type stateReader struct {
	ledger *trace.Ledger
	batch  string
	runs   []trace.SerialRun // read, and not passed yet
}

// stateOf is the state of an item; "" where the ledger does not say.
func (s *stateReader) stateOf(ordinal int64) trace.SerialState {
	for len(s.runs) > 0 && s.runs[0].To < ordinal {
		s.runs = s.runs[1:]
	}
	if len(s.runs) == 0 {
		if s.runs = s.ledger.SerialRuns(s.batch, ordinal, runsAhead); len(s.runs) == 0 {
			return ""
		}
	}
	return s.runs[0].State
}
