package app

import (
	"context"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// LotFilter says which lots a list is to have, page by page, newest first. Things are named by slug or URI; empty members do not filter.
type LotFilter struct {
	Product  string
	Holder   string // organisation that has some of the lot now, packed or under way included
	Maker    string // organisation that made the lot
	Tier     string // of the place where the lot was made
	Status   string // active, hold, recalled or void
	Since    time.Time
	Until    time.Time
	Question bool   // only lots with a question 存疑
	Cursor   string // the next of the page before
	Limit    int    // rows of a page
}

// LotPage is a page of lots, newest first.
type LotPage struct {
	Items []trace.LotRow `json:"items"`
	Next  string         `json:"next,omitempty"`
}

// maxQuestionScan bounds how many pages of the ledger one request for lots with questions may look through.
const maxQuestionScan = 100

// ListLots lists the lots that an actor made or ever held; a bureau and an administrator get all. Errors: CodeBadValue for a bad cursor.
func (a *App) ListLots(_ context.Context, actor trace.Actor, f LotFilter) (LotPage, error) {
	q := trace.LotQuery{
		Product: a.CompleteID("product", f.Product), Holder: a.CompleteID("org", f.Holder), Maker: a.CompleteID("org", f.Maker),
		Tier:   trace.Tier(f.Tier),
		Status: f.Status, Since: f.Since, Until: f.Until, Seen: a.listedOrganisation(actor, ""), Before: f.Cursor, Limit: f.Limit,
	}
	page := LotPage{Items: []trace.LotRow{}}
	for range maxQuestionScan {
		rows, next, err := a.Ledger.Lots(q)
		if err != nil {
			return LotPage{}, err
		}
		for _, row := range rows {
			if !f.Question || row.Question {
				page.Items = append(page.Items, row)
			}
		}
		page.Next, q.Before = next, next
		q.Limit = f.Limit - len(page.Items)
		if next == "" || q.Limit == 0 || !f.Question {
			break
		}
	}
	return page, nil
}

// findShownLot finds a lot that an actor may read, named in a field by its key, URI or address. Errors: NotFound at the field, also for
// what cannot be a key, and for a lot the actor may not see.
func (a *App) findShownLot(actor trace.Actor, field, name string) (string, error) {
	id, err := a.visibleLot(actor, name)
	if err != nil {
		return "", trace.At(field, asNotFound(err))
	}
	return id, nil
}

// LotDetails is a lot with its history, as one actor may see both.
type LotDetails struct {
	*trace.LotView
	History        []SeenRecord // records that touched the lot and the field work of its season, oldest first
	HistoryMissing bool         // the store does not answer, so that the history could not be read
}

// originLimit bounds the walk behind the shares of a lot's origins.
const originLimit = 20_000

// ShowLot shows a lot with its history. A store that is away leaves the history out, since the rest is in the ledger. Errors: NotFound.
func (a *App) ShowLot(ctx context.Context, actor trace.Actor, lot string) (*LotDetails, error) {
	id, err := a.findShownLot(actor, "key", lot)
	if err != nil {
		return nil, err
	}
	v, err := a.Ledger.Lot(id, originLimit)
	if err != nil {
		return nil, err
	}
	history, err := a.ListHistory(ctx, v)
	missing := trace.IsCode(err, trace.CodeStoreUnavailable)
	if err != nil && !missing {
		return nil, err
	}
	if !seesGrower(actor, v.Made.Org.ID) {
		v.Grower = ""
	}
	if v.Made.Place != nil {
		place, _ := actor.SeePlace(*v.Made.Place)
		v.Made.Place = &place
	}
	seen, err := a.showHistory(actor, history)
	return &LotDetails{LotView: v, History: seen, HistoryMissing: missing}, err
}

// TraceQuery asks where a lot comes from or where its goods went.
type TraceQuery struct {
	Lot       string
	Direction string // back or forward
	Depth     int    // steps from the lot
	Limit     int    // lots in the answer
}

// TraceLot traces a lot back or forward. Errors: NotFound; CodeBadValue for bounds out of range.
func (a *App) TraceLot(_ context.Context, actor trace.Actor, q TraceQuery) (*trace.Trace, error) {
	id, err := a.findShownLot(actor, "key", q.Lot)
	if err != nil {
		return nil, err
	}
	direction := trace.Back
	if q.Direction == "forward" {
		direction = trace.Forward
	}
	return a.Ledger.Trace(id, direction, q.Depth, q.Limit)
}

// FindLot finds the URI of a lot whose code is to be drawn: a lot's code is the same for all actors. Errors: NotFound.
func (a *App) FindLot(_ context.Context, lot string) (string, error) {
	id, err := a.ResolveLot(lot)
	if err != nil {
		return "", trace.At("key", asNotFound(err))
	}
	return id, nil
}
