package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// registerCounty registers what a harvest needs and returns the co-operative's key.
func registerCounty(t *testing.T, store, url, admin string) (key string) {
	t.Helper()
	api := url + "/api/v1"
	checkAnswer(t, 201, "POST "+api+"/places", admin, `{"id":"longtan","name":"龙滩村","kind":"village","tier":"village"}`)
	checkAnswer(t, 201, "POST "+api+"/organisations", admin,
		`{"id":"coop","name":"龙滩村合作社","kind":"cooperative","tier":"village","place":"longtan"}`)
	checkAnswer(t, 201, "POST "+api+"/products", admin, `{"id":"pomelo-fruit","name":"柚子鲜果","chain":"pomelo","unit":"KGM"}`)
	return strings.TrimSpace(mustRun(t, "key", "create", "--store", store, "--org", "coop"))
}

// acknowledged is a report that was acknowledged.
type acknowledged struct {
	id, body, lot string
}

// TestKill: a server under load is killed with SIGKILL at random moments; every acknowledged event is there after the restart, once.
func TestKill(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "kill.db")
	admin := strings.TrimSpace(mustRun(t, "key", "create", "--store", store, "--role", "admin"))
	args := []string{"--store", store, "--public-url", "https://trace.example"}
	s := startReady(t, args...)
	key := registerCounty(t, store, s.url, admin)
	rng := rand.New(rand.NewPCG(1, 2))
	var all []acknowledged
	for round := range 20 {
		all = append(all, harvestUntilKilled(t, s, key, round, time.Duration(20+rng.IntN(150))*time.Millisecond)...)
		s = startReady(t, args...)
		for _, a := range all[max(0, len(all)-40):] { // the last before the kill are the ones at risk
			checkRepeat(t, s.url, key, a)
		}
	}
	for _, a := range all {
		checkRepeat(t, s.url, key, a)
	}
	s.stop(t)
	mustRun(t, "verify", "--store", store)
	seen := countLots(mustRun(t, "export", "--store", store, "--format", "csv"))
	for _, a := range all {
		if seen[a.lot] != 1 {
			t.Errorf("lot %s stands %d times in the log, want once", a.lot, seen[a.lot])
		}
	}
	if len(all) < 100 {
		t.Errorf("only %d events were acknowledged: the test tests little", len(all))
	}
	t.Logf("%d acknowledged events survived 20 kills", len(all))
}

// harvestUntilKilled reports harvests over six connections, kills the server after a while, and returns the reports that were acknowledged.
func harvestUntilKilled(t *testing.T, s *serverProcess, key string, round int, after time.Duration) []acknowledged {
	t.Helper()
	var all []acknowledged
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range 6 {
		wg.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("r%d-c%d-%d", round, c, n)
				body := fmt.Sprintf(`{"id":%q,"place":"longtan","lots":[{"product":"pomelo-fruit","quantity":%d.5}]}`, id, 100+n%900)
				status, answer, err := sendJSON("POST", s.url+"/api/v1/harvests", key, body)
				if err != nil {
					return // the server is gone: not acknowledged
				}
				if status != 201 {
					t.Errorf("harvest: %d %s", status, answer)
					return
				}
				mu.Lock()
				all = append(all, acknowledged{id, body, firstLot(answer)})
				mu.Unlock()
			}
		})
	}
	time.Sleep(after)
	s.kill()
	wg.Wait()
	return all
}

// countLots counts the fields of an export that name a lot.
func countLots(csv string) map[string]int {
	seen := map[string]int{}
	for line := range strings.SplitSeq(csv, "\n") {
		for field := range strings.SplitSeq(line, ",") {
			if strings.Contains(field, "/lot/") {
				seen[field]++
			}
		}
	}
	return seen
}

func firstLot(answer []byte) string {
	var v struct {
		Lots []struct {
			Lot string `json:"lot"`
		} `json:"lots"`
	}
	if json.Unmarshal(answer, &v) != nil || len(v.Lots) == 0 {
		return ""
	}
	return v.Lots[0].Lot
}

// checkRepeat sends an acknowledged report again: the same answer, and nothing new.
func checkRepeat(t *testing.T, url, key string, a acknowledged) {
	t.Helper()
	status, answer, err := sendJSON("POST", url+"/api/v1/harvests", key, a.body)
	if err != nil || status != 200 || firstLot(answer) != a.lot {
		t.Errorf("%s: %d %v, lot %s, want 200 and %s", a.id, status, err, firstLot(answer), a.lot)
	}
}
