package api

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// ScanSum is how often a code was looked up.
type ScanSum struct {
	Count int64      `json:"count" doc:"Page views."`
	First *time.Time `json:"first,omitempty"`
	Last  *time.Time `json:"last,omitempty"`
}

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
	ScanSum
	Items []ScanRow `json:"items" doc:"In order of day and region. Nothing finer is kept: no address, no device."`
}

func (a *API) registerScans() {
	huma.Register(a.huma, get("/lots/{key}/scans", "listLotScans", tagCodes, "How often a lot's code was looked up 扫码统计", "Page views by day and coarse region. For those who may see the lot."),
		func(ctx context.Context, in *LotRef) (*body[Scans], error) {
			id, err := a.visible(callerOf(ctx), in.Key)
			if err != nil {
				return nil, err
			}
			return answer(a.scansOf(ctx, trace.KeyOf(id)))
		})
	huma.Register(a.huma, get("/items/{code}/scans", "listItemScans", tagCodes, "How often an item's code was looked up", "Page views by day and coarse region. For those who may see its lot."),
		func(ctx context.Context, in *ItemRef) (*body[Scans], error) {
			it, err := a.item(ctx, in.Code)
			if err != nil {
				return nil, err
			}
			return answer(a.scansOf(ctx, it.code))
		})
}

// scans are the counters of a code, those included that are still to be written where this server counts.
func (a *API) scans(ctx context.Context, code string) ([]trace.Scan, error) {
	if err := a.Recorder().CheckStore(); err != nil {
		return nil, err
	}
	read := a.Recorder().Store.Scans
	if a.Scans != nil {
		read = a.Scans.Scans
	}
	rows, err := read(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("read scans: %w", err)
	}
	return rows, nil
}

func (a *API) scansOf(ctx context.Context, code string) (Scans, error) {
	rows, err := a.scans(ctx, code)
	if err != nil {
		return Scans{}, err
	}
	out := Scans{ScanSum: sumOf(rows), Items: make([]ScanRow, len(rows))}
	for i, n := range rows {
		out.Items[i] = ScanRow{Day: n.Day, Region: n.Region, RegionName: a.Scans.Regions().Name(n.Region), Count: n.Count, First: known(n.First), Last: known(n.Last)}
	}
	return out, nil
}

func sumOf(rows []trace.Scan) (s ScanSum) {
	for i := range rows {
		s.Count += rows[i].Count
		if t := known(rows[i].First); t != nil && (s.First == nil || t.Before(*s.First)) {
			s.First = t
		}
		if t := known(rows[i].Last); t != nil && (s.Last == nil || t.After(*s.Last)) {
			s.Last = t
		}
	}
	return s
}

// known is a time, or nothing for the zero one.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
