// Package transfer copies a whole ledger from one store into another: the log, the documents, the counters and the files of evidence.
// Lineage documents are a view, which the next server writes anew. A copy that was cut short goes on where the copy stopped.
package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/yousang/yousang/internal/trace"
)

// The reasons why a store is not copied into, or not used. The caller shows the reason to the person who asked for the copy, and the person
// decides.
var (
	ErrSame       = errors.New("source and target are one store")
	ErrOther      = errors.New("the target holds another ledger")
	ErrAhead      = errors.New("the target holds records that the source does not have")
	ErrUsed       = errors.New("the target has been used since it was copied into, or by itself")
	ErrBusy       = errors.New("the source changes faster than it is copied, or while it is compared")
	ErrDiffers    = errors.New("a record of the target is not the source's")
	ErrUnfinished = errors.New("a copy into the store has not come to its end")
)

const (
	recordPage = 4096 // records of one Append
	listPage   = 500
	bodyPage   = 32 // documents are up to 1 MiB
	rounds     = 4  // a source in use is copied at most so often; the last round must find everything in place
)

// Options control a Copy.
type Options struct {
	Progress func(what string, done, total int64) // nil shows nothing; total is 0 where the number is not known
	Verify   func(ctx context.Context) error      // called when everything is copied, before the copy is marked as done; nil for none
}

// Report counts the things that a Copy has found in the source and brought into the target.
type Report struct {
	Records   Count `json:"records"`
	Documents Count `json:"documents"`
	Scans     Count `json:"scans"`
	Blobs     Count `json:"blobs"`
	Grew      int64 `json:"grew"` // records that came into the source meanwhile, and were copied
}

// Count is of one kind of thing.
type Count struct {
	There int64 `json:"there"` // in the source, and now in the target
	Added int64 `json:"added"` // by this run, changes and removals included
}

// Copy makes the target equal to the source. The target is empty, or holds the result of an earlier Copy of the same ledger. Errors: those
// above, with nothing written but for ErrBusy and ErrDiffers; ErrUsed also in the middle of a copy, where another program writes to the
// target; and the errors of the stores. After any error a Copy can be repeated.
func Copy(ctx context.Context, from, to trace.Store, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if err := checkTarget(ctx, from, to); err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	if err := markTarget(ctx, from, to); err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	c := &copier{from: from, to: to, Options: o}
	if err := c.copyAll(ctx); err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	if o.Verify != nil {
		if err := o.Verify(ctx); err != nil {
			return nil, fmt.Errorf("copy: %w", err)
		}
	}
	if err := markDone(ctx, to); err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	return &c.report, nil
}

// copier is one Copy under way.
type copier struct {
	Options
	from, to trace.Store
	report   Report
	changed  bool // in this round
}

// copyAll copies in rounds until a round finds everything in place.
func (c *copier) copyAll(ctx context.Context) error {
	head := int64(-1)
	for range rounds {
		c.changed = false
		for _, step := range []func(context.Context) error{c.copyRecords, c.copyDocuments, c.copyScans, c.copyBlobs} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		if head < 0 {
			head = c.report.Records.There
		}
		c.report.Grew = c.report.Records.There - head
		if !c.changed {
			return nil
		}
	}
	return ErrBusy
}

func (c *copier) copyRecords(ctx context.Context) error {
	n := &c.report.Records
	after, err := c.to.Head(ctx)
	if err != nil {
		return err
	}
	total, err := c.from.Head(ctx)
	if err != nil {
		return err
	}
	for {
		recs, err := c.from.Records(ctx, after, recordPage)
		if err != nil {
			return err
		}
		if len(recs) == 0 {
			n.There = after
			return nil
		}
		if err := c.to.Append(ctx, after, recs); errors.Is(err, trace.ErrConflict) {
			return fmt.Errorf("%w: %w", ErrUsed, err)
		} else if err != nil {
			return err
		}
		after = recs[len(recs)-1].Seq
		n.Added += int64(len(recs))
		c.changed = true
		c.Progress("records", after, max(after, total))
	}
}

// copyDocuments writes the documents that are missing or differ, and removes the documents that the source no longer has.
func (c *copier) copyDocuments(ctx context.Context) error {
	n := &c.report.Documents
	n.There = 0
	err := eachDocument(ctx, c.from, func(d trace.Document) error {
		n.There++
		c.Progress("documents", n.There, 0)
		same, err := hasDocument(ctx, c.to, d)
		if err != nil || same {
			return err
		}
		n.Added++
		c.changed = true
		return c.to.PutDocument(ctx, d)
	})
	if err != nil {
		return err
	}
	return eachDocument(ctx, c.to, func(d trace.Document) error {
		_, err := c.from.Document(ctx, d.Collection, d.ID)
		if !trace.IsCode(err, trace.CodeNotFound) {
			return err
		}
		n.Added++
		c.changed = true
		return c.to.DeleteDocument(ctx, d.Collection, d.ID)
	})
}

// copyScans adds the missing counts to each counter, so that a repetition adds nothing.
func (c *copier) copyScans(ctx context.Context) error {
	n := &c.report.Scans
	n.There = 0
	return eachScans(ctx, c.from, func(page []trace.Scan) error {
		lacking, over, err := missingScans(ctx, c.to, page)
		if err == nil && over {
			err = ErrUsed
		}
		if err != nil {
			return err
		}
		if len(lacking) > 0 {
			if err := c.to.AddScans(ctx, lacking); err != nil {
				return err
			}
			n.Added += int64(len(lacking))
			c.changed = true
		}
		n.There += int64(len(page))
		c.Progress("scans", n.There, 0)
		return nil
	})
}

// missingScans are the counts that a store lacks of the counters of a page. over reports whether a counter of the store has more than the
// page.
func missingScans(ctx context.Context, s trace.Store, page []trace.Scan) (lacking []trace.Scan, over bool, err error) {
	var there []trace.Scan
	for i, n := range page {
		if i == 0 || n.Code != page[i-1].Code {
			if there, err = s.Scans(ctx, n.Code); err != nil {
				return nil, false, err
			}
		}
		for _, t := range there {
			if t.Day == n.Day && t.Region == n.Region {
				n.Count -= t.Count
			}
		}
		over = over || n.Count < 0
		if n.Count > 0 {
			lacking = append(lacking, n)
		}
	}
	return lacking, over, nil
}

// maxBlob is more bytes than any file of evidence has: every blob passed a limit when the server received the blob.
const maxBlob = 1 << 40

func (c *copier) copyBlobs(ctx context.Context) error {
	n := &c.report.Blobs
	n.There = 0
	return eachBlob(ctx, c.from, func(sum string) error {
		n.There++
		c.Progress("blobs", n.There, 0)
		there, err := hasBlob(ctx, c.to, sum)
		if err != nil || there {
			return err
		}
		r, err := c.from.Blob(ctx, sum)
		if err != nil {
			return err
		}
		got, err := c.to.PutBlob(ctx, r, maxBlob)
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
		if got != sum {
			return fmt.Errorf("the bytes of blob %s have the sum %s: the source is damaged", sum, got)
		}
		n.Added++
		c.changed = true
		return nil
	})
}
