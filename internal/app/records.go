package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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

// ListRecords lists the records of the actor's organisation; a bureau and an administrator get all. Errors: as Find.
func (a *App) ListRecords(ctx context.Context, actor trace.Actor, f RecordFilter) (RecordPage, error) {
	q := trace.Query{After: f.After, Since: f.Since, Before: f.Until, Limit: f.Limit + 1}
	if f.Kind != "" {
		q.Kinds = []trace.RecordKind{trace.RecordKind(f.Kind)}
	}
	if f.Step != "" {
		q.BizSteps = []string{f.Step}
	}
	if !seesAll(actor) {
		q.Orgs = []string{actor.Org}
	}
	list, err := a.Find(ctx, q)
	if err != nil {
		return RecordPage{}, err
	}
	page := RecordPage{}
	if len(list) > f.Limit {
		list = list[:f.Limit]
		page.Next = list[f.Limit-1].Seq
	}
	page.Items, err = a.showRecords(actor, list)
	return page, err
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
	rec, err := a.Record(ctx, seq)
	if trace.IsCode(err, trace.CodeUnknownEvent) {
		return SeenRecord{}, unknown
	}
	if err != nil {
		return SeenRecord{}, err
	}
	if !a.seesRecord(actor, &rec) {
		return SeenRecord{}, unknown
	}
	return a.showRecord(actor, rec)
}

func (a *App) showRecords(actor trace.Actor, list []trace.Record) ([]SeenRecord, error) {
	out := make([]SeenRecord, len(list))
	for i := range list {
		seen, err := a.showRecord(actor, list[i])
		if err != nil {
			return nil, err
		}
		out[i] = seen
	}
	return out, nil
}

// showRecord is a record without what the actor may not see in it: growers' codes of others, outlines of places of others.
func (a *App) showRecord(actor trace.Actor, rec trace.Record) (SeenRecord, error) {
	v := SeenRecord{Record: rec}
	if o, ok := a.Ledger.Organisation(rec.Org); ok {
		v.OrgName = o.Name
	}
	if seesAll(actor) || rec.Org == actor.Org {
		return v, nil
	}
	body := rec.Body
	var err error
	switch {
	case rec.Kind == trace.KindPlace:
		body, err = withoutOutline(actor, rec.Body)
	case rec.Kind == trace.KindEvent && bytes.Contains(rec.Body, []byte(growerMember)):
		body, err = withoutGrowers(rec.Body)
		v.Redacted = true
	}
	v.Redacted = v.Redacted || len(body) != len(rec.Body)
	v.Body = body
	return v, err
}

// withoutOutline takes the outline out of the body of a place, unless the actor may see the outline.
func withoutOutline(actor trace.Actor, body []byte) ([]byte, error) {
	var p trace.Place
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("read place: %w", err)
	}
	seen := hideOutline(actor, p)
	if len(seen.Geometry) == len(p.Geometry) {
		return body, nil
	}
	out, err := trace.CanonicalJSON(seen)
	if err != nil {
		return nil, fmt.Errorf("encode place: %w", err)
	}
	return out, nil
}

// growerMember is the member of an event that only the event's organisation and a bureau see.
const growerMember = `"yousang:grower"`

// withoutGrowers takes the growers' codes out of the body of an event.
func withoutGrowers(event []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	deleteGrowers(v)
	out, err := trace.CanonicalJSON(v)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return out, nil
}

func deleteGrowers(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "yousang:grower")
		for _, inner := range v {
			deleteGrowers(inner)
		}
	case []any:
		for _, inner := range v {
			deleteGrowers(inner)
		}
	}
}
