package transfer

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

// eachDocument gives all documents of a store to fn, except the document with the state of a copy.
func eachDocument(ctx context.Context, s trace.Store, fn func(trace.Document) error) error {
	collections, err := s.Collections(ctx)
	if err != nil {
		return err
	}
	for _, c := range collections {
		if c == ownCollection {
			continue
		}
		for after := ""; ; {
			page, err := s.Documents(ctx, c, after, bodyPage)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, d := range page {
				if err := fn(d); err != nil {
					return err
				}
			}
			after = page[len(page)-1].ID
		}
	}
	return nil
}

// hasDocument reports whether a store has a document with the same body.
func hasDocument(ctx context.Context, s trace.Store, d trace.Document) (bool, error) {
	there, err := s.Document(ctx, d.Collection, d.ID)
	if trace.IsCode(err, trace.CodeNotFound) {
		return false, nil
	}
	return err == nil && bytes.Equal(there.Body, d.Body), err
}

// eachScans gives all counters to fn, a page at a time.
func eachScans(ctx context.Context, s trace.Store, fn func([]trace.Scan) error) error {
	for after := (trace.Scan{}); ; {
		page, err := s.AllScans(ctx, after, listPage)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := fn(page); err != nil {
			return err
		}
		after = page[len(page)-1]
	}
}

// eachBlob gives the sums of all blobs to fn.
func eachBlob(ctx context.Context, s trace.Store, fn func(sum string) error) error {
	for after := ""; ; {
		page, err := s.Blobs(ctx, after, listPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, sum := range page {
			if err := fn(sum); err != nil {
				return err
			}
		}
		after = page[len(page)-1]
	}
}

func hasBlob(ctx context.Context, s trace.Store, sum string) (bool, error) {
	r, err := s.Blob(ctx, sum)
	if trace.IsCode(err, trace.CodeNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.Close()
}

// equalRecords compares records field by field. A nil list equals an empty list.
func equalRecords(a, b *trace.Record) bool {
	return a.Seq == b.Seq && a.Kind == b.Kind && a.RecordTime.Equal(b.RecordTime) && a.Org == b.Org && a.User == b.User &&
		a.ClientID == b.ClientID && a.Digest == b.Digest && slices.Equal(a.Questions, b.Questions) && bytes.Equal(a.Body, b.Body) &&
		a.EventID == b.EventID && a.EventType == b.EventType && a.BizStep == b.BizStep && a.EventTime.Equal(b.EventTime) &&
		slices.Equal(a.Lots, b.Lots) && slices.Equal(a.Places, b.Places)
}

// ComparedStore reads the target, and with every page of the target's log the same page of the source, and compares the records.
type ComparedStore struct {
	trace.Store             // the target
	From        trace.Store // the source
}

// Records implements trace.Store. ErrDiffers names the first record that differs from the source's; ErrBusy is the error where the source
// has grown meanwhile.
func (c ComparedStore) Records(ctx context.Context, after int64, limit int) ([]trace.Record, error) {
	page, err := c.Store.Records(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	for rest := page; len(rest) > 0; {
		theirs, err := c.From.Records(ctx, rest[0].Seq-1, len(rest))
		if err != nil {
			return nil, err
		}
		for i := range theirs {
			if !equalRecords(&theirs[i], &rest[i]) {
				return nil, fmt.Errorf("record %d: %w", rest[i].Seq, ErrDiffers)
			}
		}
		if len(theirs) == 0 {
			return nil, fmt.Errorf("record %d: %w", rest[0].Seq, ErrDiffers)
		}
		rest = rest[len(theirs):]
	}
	if len(page) > 0 {
		return page, nil
	}
	more, err := c.From.Records(ctx, after, 1)
	if err == nil && len(more) > 0 {
		err = ErrBusy
	}
	return nil, err
}
