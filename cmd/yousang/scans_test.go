package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/trace"
)

const (
	phone   = "Mozilla/5.0 (Linux; Android 13; V2238A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36"
	regions = "../../internal/scan/testdata/regions.csv"
)

// openPage opens a page as a phone does, through a proxy that says where from.
func openPage(t *testing.T, url, from string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", phone)
	req.Header.Set("X-Forwarded-For", from)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	if err := res.Body.Close(); err != nil || res.StatusCode != 200 {
		t.Fatalf("page: %d %v", res.StatusCode, err)
	}
}

// readCounters reads what is in a store, beside the server that has it open.
func readCounters(t *testing.T, path, code string) (rows []trace.Scan, count int64) {
	t.Helper()
	s, err := sqlite.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = s.Scans(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		count += r.Count
	}
	return rows, count
}

// TestScansSurvive: counts are written within about a second and by a server that is stopped; a server that is killed loses no more than
// the counts since then, and nothing is counted twice.
func TestScansSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scans.db")
	store := "sqlite:" + path
	admin := strings.TrimSpace(mustRun(t, "key", "create", "--store", store, "--role", "admin"))
	args := []string{"--store", store, "--public-url", "https://trace.example", "--regions", regions, "--trusted-proxy", "127.0.0.1, ::1"}
	s := startReady(t, args...)
	key := registerCounty(t, store, s.url, admin)
	_, answer,
		err := sendJSON("POST", s.url+"/api/v1/harvests", key,
		`{"id":"h1","place":"longtan","lots":[{"product":"pomelo-fruit","quantity":12.5}]}`)
	if err != nil {
		t.Fatal(err)
	}
	lot := trace.KeyOf(firstLot(answer))
	page := func() string { return s.url + "/trace/" + lot }
	for range 3 {
		openPage(t, page(), "192.0.2.1")
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		rows, n := readCounters(t, path, lot)
		if n == 3 && rows[0].Region == "500155" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("counters %v, want three views in 500155", rows)
		}
	}
	s.kill()
	s = startReady(t, args...)
	openPage(t, page(), "203.0.113.1, 198.51.100.1") // the last is what the proxy saw
	s.stop(t)
	rows, n := readCounters(t, path, lot)
	if n != 4 || len(rows) != 2 || rows[1].Region != "510100" {
		t.Errorf("counters %v after a stop, want four views, one of them in 510100", rows)
	}
	s = startReady(t, args...)
	openPage(t, page(), "192.0.2.1")
	s.kill() // at once
	if _, n := readCounters(t, path, lot); n < 4 || n > 5 {
		t.Errorf("%d views after a kill, want 4 or 5", n)
	}
}

func TestScanFlags(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	bad := filepath.Join(t.TempDir(), "regions.csv")
	if err := os.WriteFile(bad, []byte("192.0.2.0/24,,500155\n192.0.2.9,,110000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		args []string
		says string
		code int
	}{
		{"no such table", []string{"--regions", filepath.Join(t.TempDir(), "none.csv")}, "none.csv", 2},
		{"a bad table", []string{"--regions", bad}, "line 2: its addresses overlap those of line 1", 1},
		{"no proxy", []string{"--trusted-proxy", "10.0.0.0/8,nginx"}, `"nginx" is no address`, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, errs, code := runProgram(t, append([]string{"serve", "--store", store, "--listen", "127.0.0.1:0"}, row.args...)...)
			if code != row.code || !strings.Contains(errs, row.says) {
				t.Errorf("exit %d, %s, want %d and %s", code, errs, row.code, row.says)
			}
		})
	}
}
