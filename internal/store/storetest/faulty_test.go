package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// heads is the smallest store: a counter of records.
type heads struct {
	trace.Store
	head int64
}

func (h *heads) Append(_ context.Context, after int64, records []trace.Record) error {
	if after != h.head {
		return trace.ErrConflict
	}
	h.head += int64(len(records))
	return nil
}

func TestFaulty(t *testing.T) {
	before, after := errors.New("not written"), errors.New("written, but the answer is lost")
	store := &heads{}
	f := &Faulty{
		Store: store,
		BeforeAppend: func(n int) error {
			if n == 2 {
				return before
			}
			return nil
		},
		AfterAppend: func(n int) error {
			if n == 3 {
				return after
			}
			return nil
		},
	}
	for _, row := range []struct {
		name     string
		after    int64
		want     error
		wantHead int64
	}{
		{"the first goes well", 0, nil, 1},
		{"the second is not written", 1, before, 1},
		{"the third is written all the same", 1, after, 2},
		{"a conflict is a conflict", 1, trace.ErrConflict, 2},
		{"the fifth goes well", 2, nil, 3},
	} {
		err := f.Append(t.Context(), row.after, makeRecords(row.after, 1))
		if !errors.Is(err, row.want) || store.head != row.wantHead {
			t.Errorf("%s: got %v and head %d, want %v and %d", row.name, err, store.head, row.want, row.wantHead)
		}
	}
	if f.Appends() != 5 {
		t.Errorf("%d appends, want 5", f.Appends())
	}
	if err := (&Faulty{Store: &heads{}}).Append(t.Context(), 0, makeRecords(0, 1)); err != nil {
		t.Errorf("without hooks: %v", err)
	}
}
