package server_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/store/sqlite"
)

func TestScanMetrics(t *testing.T) {
	st, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "scans.db"))
	if err != nil {
		t.Fatal(err)
	}
	scans := scan.New(scan.Options{Store: st, Every: time.Hour, MaxPending: 1})
	t.Cleanup(func() {
		if err := scans.Close(); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	s := startServer(t, func(o *server.Options) { o.Scans = scans })
	for _, code := range []string{"A", "A", "B"} {
		scans.CountLot(code, "", time.Now())
	}
	got := sendRequest(t, s.MetricsApp(), "GET", "/metrics").body
	for _, want := range []string{"yousang_scans_total 2", "yousang_scans_pending 1", "yousang_scans_dropped_total 1",
		"yousang_scan_flush_failures_total 0"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the metrics", want)
		}
	}
}
