package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
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
	Redacted   bool            `json:"redacted,omitempty"`
	Body       json.RawMessage `json:"body" doc:"The EPCIS 2.0 event, or the master data, as it is in the log."`
}

// EventPage is a page of records, oldest first.
type EventPage struct {
	Items []Event `json:"items"`
	Next  int64   `json:"next,omitempty" doc:"Pass it as after for the next page; absent at the end."`
}

type eventList struct {
	After int64     `query:"after" minimum:"0" doc:"Sequence number after which the page begins."`
	Kind  string    `query:"kind" doc:"Only records of this kind, as in season: docs/records.md lists the kinds."`
	Step  string    `query:"bizStep" maxLength:"60" doc:"Only events with this CBV business step, as in shipping."`
	Since time.Time `query:"since" doc:"Happened at or after (RFC 3339)."`
	Until time.Time `query:"until" doc:"Happened before (RFC 3339)."`
	Limit int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Records of a page."`
}

type eventInput struct {
	ID string `path:"id" doc:"Sequence number, or event id with its slashes escaped."`
}

func (a *API) registerLog() {
	huma.Register(a.huma, describeRead("/events", "listEvents", tagLog, "List records",
		"In the order of the log. An operator gets the records of its organisation, a bureau and an admin all."), a.listEvents)
	huma.Register(a.huma, describeRead("/events/{id}", "getEvent", tagLog, "One record",
		"By sequence number or event id: its organisation's own, or one that touched a lot the caller may see."), a.getEvent)
}

func (a *API) listEvents(ctx context.Context, in *eventList) (*body[EventPage], error) {
	c := callerOf(ctx)
	list, err := a.App().ListRecords(ctx, c.Actor, app.RecordFilter(*in))
	if err != nil {
		return nil, err
	}
	page := EventPage{Items: make([]Event, len(list.Items)), Next: list.Next}
	for i := range list.Items {
		page.Items[i] = a.eventAnswer(c, &list.Items[i])
	}
	return answerBody(page, nil)
}

func (a *API) getEvent(ctx context.Context, in *eventInput) (*body[Event], error) {
	c := callerOf(ctx)
	v, err := a.App().ShowRecord(ctx, c.Actor, unescapePath(in.ID))
	if err != nil {
		return nil, err
	}
	return answerBody(a.eventAnswer(c, &v), nil)
}

// eventAnswer writes a record as the API answers it.
func (a *API) eventAnswer(c *caller, v *app.SeenRecord) Event {
	e := Event{
		Seq: v.Seq, Kind: string(v.Kind), RecordTime: v.RecordTime, Org: v.Org, OrgName: v.OrgName, EventID: v.EventID,
		Questions: a.describeQuestions(c.say, v.Questions), Redacted: v.Redacted, Body: v.Body,
	}
	if !v.EventTime.IsZero() {
		e.EventTime = &v.EventTime
	}
	return e
}
