package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

// LotPage is a page of lots, newest first.
type LotPage struct {
	Items []trace.LotRow `json:"items"`
	Next  string         `json:"next,omitempty" doc:"Cursor of the next page; absent at the end. A page may be short, or empty, and have a next all the same where few lots fit the filter."`
}

// LotAnswer is a lot with its history.
type LotAnswer struct {
	trace.LotView
	URL            string        `json:"url" doc:"What its code opens."`
	Questions      []LotQuestion `json:"questions" doc:"What was out of the ordinary (存疑)."`
	History        []Event       `json:"history" doc:"The records that touched it and the field work of its season, oldest first."`
	HistoryMissing bool          `json:"historyMissing,omitempty" doc:"The store does not answer just now, so the history could not be read; everything else is as known."`
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
	huma.Register(a.huma, get("/lots", "listLots", tagLots, "List lots",
		"Newest first, page by page: the cursor stays good while lots are added. An operator sees the lots it made or ever held; a bureau and an admin see all."), a.listLots)
	huma.Register(a.huma, get("/lots/{key}", "getLot", tagLots, "One lot with its history",
		"Where it was made, what it was made of and what was made of it, the shares of its origins, who holds it, and the events with their EPCIS 2.0 bodies."),
		func(ctx context.Context, in *LotRef) (*body[LotAnswer], error) { return answer(a.lot(ctx, in.Key)) })
}

// maxScan bounds how many pages of the ledger one request for lots with questions may look through.
const maxScan = 100

func (a *API) listLots(ctx context.Context, in *lotList) (*body[LotPage], error) {
	c, r := callerOf(ctx), a.Recorder()
	q := trace.LotQuery{Product: r.ID("product", in.Product), Holder: r.ID("org", in.Holder), Maker: r.ID("org", in.Maker), Tier: trace.Tier(in.Tier),
		Status: in.Status, Since: in.Since, Until: in.Until, Before: in.Cursor, Limit: in.Limit}
	if !c.all() {
		q.Seen = c.Org
	}
	page := LotPage{Items: []trace.LotRow{}}
	for range maxScan {
		rows, next, err := r.Ledger.Lots(q)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !in.Question || row.Question {
				page.Items = append(page.Items, row)
			}
		}
		page.Next, q.Before = next, next
		if q.Limit = in.Limit - len(page.Items); next == "" || q.Limit == 0 || !in.Question {
			break
		}
	}
	return answer(page, nil)
}

// unescape reads a path parameter: Fiber leaves it as it was sent, so that an escaped URI does not fall apart at its slashes.
func unescape(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

// visible finds a lot that the caller may see. One it may not see does not exist for it: even that a key is taken tells something.
func (a *API) visible(c *caller, key string) (string, error) {
	return a.visibleAt(c, "key", unescape(key))
}

// visibleAt does so for a lot that is named in a field.
func (a *API) visibleAt(c *caller, field, name string) (string, error) {
	r := a.Recorder()
	id, err := r.ResolveLot(name)
	if err != nil {
		return "", trace.At(field, notFound(err))
	}
	if !c.all() && !r.Ledger.Visible(c.Org, id) {
		return "", trace.E(trace.NotFound, trace.CodeUnknownLot, field, "lot", trace.KeyOf(id))
	}
	return id, nil
}

// originLimit bounds the walk behind the shares of a lot's origins.
const originLimit = 20_000

func (a *API) lot(ctx context.Context, key string) (LotAnswer, error) {
	c, r := callerOf(ctx), a.Recorder()
	id, err := a.visible(c, key)
	if err != nil {
		return LotAnswer{}, err
	}
	v, err := r.Ledger.Lot(id, originLimit)
	if err != nil {
		return LotAnswer{}, err
	}
	history, err := r.History(ctx, v)
	away := errors.Is(err, &trace.Error{Code: trace.CodeStoreUnavailable}) // the rest is in the ledger
	if err != nil && !away {
		return LotAnswer{}, err
	}
	if !c.all() && v.Made.Org.ID != c.Org {
		v.Grower = ""
	}
	if v.Made.Place != nil {
		place := c.shown(*v.Made.Place)
		v.Made.Place = &place
	}
	out := LotAnswer{LotView: *v, URL: a.url(id), Questions: []LotQuestion{}, History: make([]Event, len(history)), HistoryMissing: away}
	for _, s := range v.Questions {
		for _, q := range a.questions(c.say, s.Questions) {
			out.Questions = append(out.Questions, LotQuestion{s.Seq, q})
		}
	}
	for i := range history {
		if out.History[i], err = a.event(c, &history[i]); err != nil {
			return LotAnswer{}, err
		}
	}
	return out, nil
}

// idOf reads the identifier of a record of master data.
func idOf(r *trace.Record) string {
	var v struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.Body, &v) != nil {
		return ""
	}
	return v.ID
}

// notFound makes an error about what the path names a 404: a key that cannot exist is not found either.
func notFound(err error) error {
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Kind, c.Field = trace.NotFound, ""
	return &c
}
