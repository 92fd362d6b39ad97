package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// Event is a record of the log.
type Event struct {
	Seq        int64           `json:"seq"`
	Kind       string          `json:"kind" doc:"event, or the kind of master data or of what was done with codes."`
	RecordTime time.Time       `json:"recordTime" doc:"When it was recorded."`
	Org        string          `json:"org,omitempty" doc:"Organisation that recorded it; none for the program itself."`
	OrgName    string          `json:"orgName,omitempty"`
	EventID    string          `json:"eventID,omitempty" doc:"Hash of the event (CBV 2.0)."`
	EventTime  *time.Time      `json:"eventTime,omitempty" doc:"When it happened."`
	Questions  []Question      `json:"questions,omitempty"`
	Redacted   bool            `json:"redacted,omitempty" doc:"Growers' codes, or a place's geometry, were left out of body, which therefore does not give the hash."`
	Body       json.RawMessage `json:"body" doc:"The EPCIS 2.0 event, or the master data, as it is in the log."`
}

// EventPage is a page of records, oldest first.
type EventPage struct {
	Items []Event `json:"items"`
	Next  int64   `json:"next,omitempty" doc:"Pass it as after for the next page; absent at the end."`
}

type eventList struct {
	After int64     `query:"after" minimum:"0" doc:"Sequence number after which the page begins."`
	Kind  string    `query:"kind" enum:"event,organisation,place,product,chain,season,links,serials,serialChange,print,ledger" doc:"Only records of this kind."`
	Step  string    `query:"bizStep" maxLength:"60" doc:"Only events with this CBV business step, as in shipping."`
	Since time.Time `query:"since" doc:"Happened at or after (RFC 3339)."`
	Until time.Time `query:"until" doc:"Happened before (RFC 3339)."`
	Limit int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Records of a page."`
}

type eventInput struct {
	ID string `path:"id" doc:"Sequence number, or event id with its slashes escaped."`
}

func (a *API) registerLog() {
	huma.Register(a.huma, get("/events", "listEvents", tagLog, "List records", "In the order of the log. An operator gets the records of its organisation, a bureau and an admin all."), a.listEvents)
	huma.Register(a.huma, get("/events/{id}", "getEvent", tagLog, "One record", "By sequence number or event id: its organisation's own, or one that touched a lot the caller may see."), a.getEvent)
}

func (a *API) listEvents(ctx context.Context, in *eventList) (*body[EventPage], error) {
	c := callerOf(ctx)
	q := trace.Query{After: in.After, Since: in.Since, Before: in.Until, Limit: in.Limit + 1}
	if in.Kind != "" {
		q.Kinds = []trace.RecordKind{trace.RecordKind(in.Kind)}
	}
	if in.Step != "" {
		q.BizSteps = []string{in.Step}
	}
	if !c.all() {
		q.Orgs = []string{c.Org}
	}
	list, err := a.Recorder().Find(ctx, q)
	if err != nil {
		return nil, err
	}
	page := EventPage{Items: make([]Event, 0, in.Limit)}
	for i := range list {
		if i == in.Limit {
			page.Next = list[i-1].Seq
			break
		}
		e, err := a.event(c, &list[i])
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, e)
	}
	return answer(page, nil)
}

func (a *API) getEvent(ctx context.Context, in *eventInput) (*body[Event], error) {
	c, r, id := callerOf(ctx), a.Recorder(), unescape(in.ID)
	unknown := trace.E(trace.NotFound, trace.CodeUnknownEvent, "id", "id", trace.Clip(id))
	seq, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		found, ok := r.Ledger.EventSeq(id)
		if !ok {
			return nil, unknown
		}
		seq = found
	}
	rec, err := r.Record(ctx, seq)
	if errors.Is(err, unknown) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if !a.maySee(c, &rec) {
		return nil, unknown
	}
	return answer(a.event(c, &rec))
}

// maySee reports whether a record is the caller's own, master data it may see, or about a lot it may see.
func (a *API) maySee(c *caller, rec *trace.Record) bool {
	if rec.Kind != trace.KindEvent {
		_, ok := a.master(c, rec)
		return ok
	}
	return a.Recorder().Sees(c.Actor, rec)
}

// event shows a record to a caller.
func (a *API) event(c *caller, rec *trace.Record) (Event, error) {
	e := Event{Seq: rec.Seq, Kind: string(rec.Kind), RecordTime: rec.RecordTime, Org: rec.Org, EventID: rec.EventID, Body: rec.Body,
		Questions: a.questions(c.say, rec.Questions)}
	if o, ok := a.Recorder().Ledger.Organisation(rec.Org); ok {
		e.OrgName = o.Name
	}
	if !rec.EventTime.IsZero() {
		e.EventTime = &rec.EventTime
	}
	if rec.Kind != trace.KindEvent {
		shown, _ := a.master(c, rec)
		e.Redacted = len(shown) != len(rec.Body)
		e.Body = shown
		return e, nil
	}
	if c.all() || rec.Org == c.Org || !bytes.Contains(rec.Body, []byte(grower)) {
		return e, nil
	}
	cut, err := withoutGrowers(rec.Body)
	e.Body, e.Redacted = cut, true
	return e, err
}

// grower is the member of an event that only its maker and the bureau see.
const grower = `"yousang:grower"`

// withoutGrowers takes the growers' codes out of an event's body.
func withoutGrowers(event []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	prune(v)
	out, err := trace.CanonicalJSON(v)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return out, nil
}

func prune(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "yousang:grower")
		for _, inner := range v {
			prune(inner)
		}
	case []any:
		for _, inner := range v {
			prune(inner)
		}
	}
}
