package storetest

import (
	"context"
	"sync/atomic"

	"github.com/yousang/yousang/internal/trace"
)

// Faulty is a store whose appends fail as planned, for tests of the code that appends. The hooks get the number of the Append, from 1, and
// may also wait (a slow disk). Both may be nil. Use a pointer.
type Faulty struct {
	trace.Store
	BeforeAppend func(n int) error // an error is the answer, and nothing is written
	AfterAppend  func(n int) error // called when the records are written; an error is the answer all the same: a lost acknowledgement

	appends atomic.Int64
}

// Append implements trace.Store.
func (f *Faulty) Append(ctx context.Context, after int64, records []trace.Record) error {
	n := int(f.appends.Add(1))
	if f.BeforeAppend != nil {
		if err := f.BeforeAppend(n); err != nil {
			return err
		}
	}
	if err := f.Store.Append(ctx, after, records); err != nil {
		return err
	}
	if f.AfterAppend != nil {
		return f.AfterAppend(n)
	}
	return nil
}

// Appends is the number of calls of Append.
func (f *Faulty) Appends() int { return int(f.appends.Load()) }
