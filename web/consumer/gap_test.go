package consumer_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/trace"
)

// mute is a store that does not answer while away is set.
type mute struct {
	trace.Store
	away bool
}

func (m *mute) Find(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	if m.away {
		return nil, trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "")
	}
	return m.Store.Find(ctx, q)
}

// TestPageWhileTheStoreIsAway: the page shows the facts that the ledger has, says that the steps are missing, and comes back whole by
// itself.
func TestPageWhileTheStoreIsAway(t *testing.T) {
	w := newWorld(t).MakePomelo()
	m := &mute{Store: w.App.Store, away: true}
	w.App.Store = m
	path := w.LotPath("jars")
	gone := w.Get(path)
	for _, s := range []string{"经过的详情现在读不到", "龙滩村", trace.GroupKey(w.Lots["jars"])} {
		if gone.Status != http.StatusOK || !strings.Contains(string(gone.Body), s) {
			t.Errorf("status %d, and the page does not say %s", gone.Status, s)
		}
	}
	m.away = false
	if back := w.Get(path); strings.Contains(string(back.Body), "读不到") || back.Header.Get("ETag") == gone.Header.Get("ETag") {
		t.Error("the page did not come back")
	}
}
