package trace_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/sqlite"
	. "github.com/yousang/yousang/internal/trace"
)

// countingStore counts the searches of a store, and answers none while the store is away.
type countingStore struct {
	Store
	asked atomic.Int64
	away  atomic.Bool
}

func (s *countingStore) Find(ctx context.Context, q Query) ([]Record, error) {
	s.asked.Add(1)
	if s.away.Load() {
		return nil, errConnection
	}
	return s.Store.Find(ctx, q)
}

// TestManyRepeats: a phone that sends a hundred reports again costs one search, and where the store is away the phone does not wait a
// hundred times.
func TestManyRepeats(t *testing.T) {
	inner, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := inner.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := &countingStore{Store: inner}
	fx := NewFixture(t, s, WriterOptions{FollowInterval: time.Hour})
	defer fx.CloseWriter()
	lot := fx.HarvestFruit("200")
	cmds := make([]Command, 100)
	for i := range cmds {
		cmds[i] = lossCommand(lot, fmt.Sprint("phone-", i))
		if i%2 == 0 { // the others are known by what they say
			cmds[i].ClientID, cmds[i].Digest = fmt.Sprint("report-", i), "aa"
		}
	}
	first := fx.SubmitCommands(cmds...)
	if n := s.asked.Swap(0); n != 0 {
		t.Errorf("new reports cost %d searches", n)
	}
	for _, row := range []struct {
		name   string
		away   bool
		code   Code
		atMost int64
	}{
		{"sent again", false, "", 1},
		{"sent while the store is away", true, CodeStoreUnavailable, 2}, // one before they queue, one of the writer
		{"sent once more", false, "", 1},
	} {
		s.away.Store(row.away)
		fx.SyncNow()
		s.asked.Store(0)
		for i, r := range fx.SubmitCommands(cmds...) {
			if errorCode(r.Err) != row.code || r.Err == nil && (!r.Repeat || r.Record.Seq != first[i].Record.Seq) {
				t.Errorf("%s: report %d: %v, record %d, repeat %t, want %q and record %d", row.name, i, r.Err, r.Record.Seq, r.Repeat, row.code,
					first[i].Record.Seq)
			}
		}
		if n := s.asked.Load(); n > row.atMost {
			t.Errorf("%s: %d searches, want %d at the most", row.name, n, row.atMost)
		}
	}
}
