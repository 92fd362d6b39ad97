package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
)

// ScanRow counts the page views of one day in one region.
type ScanRow struct {
	Day        string     `json:"day" format:"date" doc:"UTC."`
	Region     string     `json:"region" doc:"Six digits of GB/T 2260; empty where the region is not known."`
	RegionName string     `json:"regionName,omitempty"`
	Count      int64      `json:"count" doc:"Page views; robots, previews and link sets are not counted."`
	First      *time.Time `json:"first,omitempty"`
	Last       *time.Time `json:"last,omitempty"`
}

// Scans are the page views of one code.
type Scans struct {
	app.ScanSum
	Items []ScanRow `json:"items" doc:"In order of day and region. Nothing finer is kept: no address, no device."`
}

func (a *API) registerScans() {
	ofLot := describeRead("/lots/{key}/scans", "listLotScans", tagCodes, "How often a lot's code was looked up 扫码统计",
		"Page views by day and coarse region. For those who may see the lot.")
	huma.Register(a.huma, ofLot, func(ctx context.Context, in *LotRef) (*body[Scans], error) {
		v, err := a.App().ListLotScans(ctx, callerOf(ctx).Actor, unescapePath(in.Key), a.scanSource())
		return answerBody(a.scansAnswer(v), err)
	})
	ofItem := describeRead("/items/{code}/scans", "listItemScans", tagCodes, "How often an item's code was looked up",
		"Page views by day and coarse region. For those who may see its lot.")
	huma.Register(a.huma, ofItem, func(ctx context.Context, in *ItemRef) (*body[Scans], error) {
		v, err := a.App().ListItemScans(ctx, callerOf(ctx).Actor, unescapePath(in.Code), a.scanSource())
		return answerBody(a.scansAnswer(v), err)
	})
}

// scanSource is where look-ups are read: this server's counter, which also knows what is still to be written, or nil for the store.
func (a *API) scanSource() app.ScanSource {
	if a.Scans == nil {
		return nil
	}
	return a.Scans
}

// scansAnswer writes the look-ups of a code as the API answers them.
func (a *API) scansAnswer(v app.CodeScans) Scans {
	out := Scans{ScanSum: v.ScanSum, Items: make([]ScanRow, len(v.Days))}
	for i, n := range v.Days {
		out.Items[i] = ScanRow{
			Day: n.Day, Region: n.Region, RegionName: a.Scans.Regions().Name(n.Region), Count: n.Count,
			First: timeOrNil(n.First), Last: timeOrNil(n.Last),
		}
	}
	return out
}

// timeOrNil is a time, or nil for the zero time.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
