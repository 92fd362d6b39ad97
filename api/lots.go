package api

import (
	"context"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// lotList are the filters of a list of lots.
type lotList struct {
	Product  string    `query:"product" doc:"Slug or URI."`
	Holder   string    `query:"holder" doc:"Organisation that has some of it now, packed or under way from it included: slug or URI."`
	Maker    string    `query:"maker" doc:"Organisation that made it: slug or URI."`
	Tier     string    `query:"tier" enum:"village,town,county,outside" doc:"Tier of the place where it was made."`
	Status   string    `query:"status" enum:"active,hold,recalled,void" doc:"Only lots in this condition."`
	Since    time.Time `query:"since" doc:"Made at or after (RFC 3339)."`
	Until    time.Time `query:"until" doc:"Made before (RFC 3339)."`
	Question bool      `query:"question" doc:"Only lots with a question 存疑."`
	Cursor   string    `query:"cursor" maxLength:"20" doc:"The next of the page before."`
	Limit    int       `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows of a page."`
}

// LotAnswer is a lot with its history.
type LotAnswer struct {
	trace.LotView
	URL            string        `json:"url" doc:"What its code opens."`
	Questions      []LotQuestion `json:"questions" doc:"What was out of the ordinary (存疑)."`
	History        []Event       `json:"history" doc:"The records that touched it and the field work of its season, oldest first."`
	HistoryMissing bool          `json:"historyMissing,omitempty"`
}

// LotQuestion is a question with the record that raised it.
type LotQuestion struct {
	Seq int64 `json:"seq"`
	Question
}

type LotRef struct {
	Key string `path:"key" doc:"The lot's key as printed or typed, or its URI with its slashes escaped."`
}

func (a *API) registerLots() {
	huma.Register(a.huma, describeRead("/lots", "listLots", tagLots, "List lots",
		"Newest first, page by page: the cursor stays good while lots are added. An operator sees the lots it made or ever held; a bureau and "+
			"an admin see all."), a.listLots)
	huma.Register(a.huma, describeRead("/lots/{key}", "getLot", tagLots, "One lot with its history",
		"Where it was made, what it was made of and what was made of it, the shares of its origins, who holds it, and the events with their "+
			"EPCIS 2.0 bodies."),
		a.showLot)
}

func (a *API) listLots(ctx context.Context, in *lotList) (*body[app.LotPage], error) {
	return answerBody(a.App().ListLots(ctx, callerOf(ctx).Actor, app.LotFilter(*in)))
}

// unescapePath reads a path parameter: Fiber leaves the parameter escaped, so that an escaped URI does not fall apart at its slashes.
func unescapePath(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

func (a *API) showLot(ctx context.Context, in *LotRef) (*body[LotAnswer], error) {
	c := callerOf(ctx)
	v, err := a.App().ShowLot(ctx, c.Actor, unescapePath(in.Key))
	if err != nil {
		return nil, err
	}
	out := LotAnswer{
		LotView: *v.LotView, URL: a.lotURL(v.Lot), Questions: []LotQuestion{}, History: make([]Event, len(v.History)),
		HistoryMissing: v.HistoryMissing,
	}
	for _, s := range v.Questions {
		for _, q := range a.describeQuestions(c.say, s.Questions) {
			out.Questions = append(out.Questions, LotQuestion{s.Seq, q})
		}
	}
	for i := range v.History {
		out.History[i] = a.eventAnswer(c, &v.History[i])
	}
	return answerBody(out, nil)
}
