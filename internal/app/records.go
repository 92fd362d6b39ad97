package app

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// SeenRecord is a record of the log as one actor may see it.
type SeenRecord struct {
	trace.Record
	OrgName  string // name of the organisation that recorded it
	Redacted bool   // growers' codes or a place's outline were taken out of Body, which therefore does not give the hash
}

// RecordFilter says which records a list is to have, in the order of the log; empty members do not filter.
type RecordFilter struct {
	After int64     // sequence number after which the page begins
	Kind  string    // kind of record
	Step  string    // business step of an event, as in shipping
	Since time.Time // happened at or after
	Until time.Time // happened before
	Limit int       // records of a page
}

// RecordPage is a page of records, oldest first.
type RecordPage struct {
	Items []SeenRecord
	Next  int64 // to be passed as After; 0 at the end
}

// ListRecords lists the records of the actor's organisation; a bureau and an administrator get all. Errors: as of FindRecords; Invalid
// where the filter names a kind that there is not.
func (a *App) ListRecords(ctx context.Context, actor trace.Actor, f RecordFilter) (RecordPage, error) {
	q := trace.Query{After: f.After, Since: f.Since, Before: f.Until, Limit: f.Limit + 1}
	if f.Kind != "" {
		if err := a.Ledger.Kinds().CheckName(trace.RecordKind(f.Kind)); err != nil {
			return RecordPage{}, err
		}
		q.Kinds = []trace.RecordKind{trace.RecordKind(f.Kind)}
	}
	if f.Step != "" {
		q.BizSteps = []string{f.Step}
	}
	if !seesAll(actor) {
		q.Orgs = []string{actor.Org}
	}
	list, err := a.FindRecords(ctx, q)
	if err != nil {
		return RecordPage{}, err
	}
	page := RecordPage{}
	if len(list) > f.Limit {
		list = list[:f.Limit]
		page.Next = list[f.Limit-1].Seq
	}
	for i := range list {
		if body, visible := a.Ledger.See(actor, &list[i]); visible {
			page.Items = append(page.Items, a.asSeen(list[i], body))
		}
	}
	return page, nil
}

// ShowRecord shows one record, named by its sequence number or its event's id. Errors: NotFound, also for a record the actor may not see.
func (a *App) ShowRecord(ctx context.Context, actor trace.Actor, id string) (SeenRecord, error) {
	unknown := trace.E(trace.NotFound, trace.CodeUnknownEvent, "id", "id", trace.Clip(id))
	seq, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		found, ok := a.Ledger.EventSeq(id)
		if !ok {
			return SeenRecord{}, unknown
		}
		seq = found
	}
	rec, err := a.FindRecord(ctx, seq)
	if trace.IsCode(err, trace.CodeUnknownEvent) {
		return SeenRecord{}, unknown
	}
	if err != nil {
		return SeenRecord{}, err
	}
	body, visible := a.Ledger.See(actor, &rec)
	if !visible {
		return SeenRecord{}, unknown
	}
	return a.asSeen(rec, body), nil
}

// showHistory shows the records of the history of a lot that the actor may see.
func (a *App) showHistory(actor trace.Actor, list []trace.Record) ([]SeenRecord, error) {
	out := make([]SeenRecord, len(list))
	for i := range list {
		body, err := trace.SeeInHistory(actor, &list[i])
		if err != nil {
			return nil, err
		}
		out[i] = a.asSeen(list[i], body)
	}
	return out, nil
}

// asSeen is a record with the body that an actor may see of it.
func (a *App) asSeen(rec trace.Record, body []byte) SeenRecord {
	v := SeenRecord{Record: rec, Redacted: !bytes.Equal(body, rec.Body)}
	v.Body = body
	if o, ok := a.Ledger.Organisation(rec.Org); ok {
		v.OrgName = o.Name
	}
	return v
}
