package keys

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// silent is a store that stops answering on demand.
type silent struct {
	trace.Store
	away  atomic.Bool
	asked atomic.Int64
}

func (s *silent) Document(ctx context.Context, collection, id string) (trace.Document, error) {
	if !s.away.Load() {
		return s.Store.Document(ctx, collection, id)
	}
	s.asked.Add(1)
	<-ctx.Done()
	return trace.Document{}, ctx.Err()
}

// TestStoreAway: without the store, a key confirmed before stays valid for an hour, an unknown key is answered "try again later", and no
// request waits without end.
func TestStoreAway(t *testing.T) {
	_, inner := newTestRing(t)
	s := &silent{Store: inner}
	r := New(s)
	token, _, err := r.CreateKey(t.Context(), coop, trace.Operator, "")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r.now = func() time.Time { return start }
	if _, err := r.CheckToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	s.away.Store(true)
	away := &trace.Error{Code: trace.CodeStoreUnavailable}
	for _, row := range []struct {
		name  string
		after time.Duration
		token string
		err   error
		asked int64
	}{
		{"within a minute", cacheTime - 1, token, nil, 0},
		{"after it", cacheTime, token, nil, 1},
		{"soon after that", cacheTime + graceRetry - 1, token, nil, 0},
		{"an unknown key", cacheTime, tokenPrefix + strings.Repeat("a", 32), away, 1},
		{"a moment before the hour", graceTime - 1, token, nil, 1},
		{"an hour later", graceTime + graceRetry, token, away, 1},
	} {
		s.asked.Store(0)
		r.now = func() time.Time { return start.Add(row.after) }
		synctest.Test(t, func(t *testing.T) { // the ring's clock runs as fast as possible
			if _, err := r.CheckToken(t.Context(), row.token); row.err == nil && err != nil || row.err != nil && !errors.Is(err, row.err) {
				t.Errorf("%s: %v, want %v", row.name, err, row.err)
			}
		})
		if n := s.asked.Load(); n != row.asked {
			t.Errorf("%s: the store was asked %d times, want %d", row.name, n, row.asked)
		}
	}
	s.away.Store(false)
	if _, err := r.CheckToken(t.Context(), token); err != nil {
		t.Errorf("with the store again: %v", err)
	}
}
