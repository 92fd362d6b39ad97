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

// county registers what a harvest needs and returns the co-operative's key.
func county(t *testing.T, store, url, admin string) (key string) {
	t.Helper()
	api := url + "/api/v1"
	want(t, 201, "POST", api+"/places", admin, `{"id":"longtan","name":"龙滩村","kind":"village","tier":"village"}`)
	want(t, 201, "POST", api+"/organisations", admin, `{"id":"coop","name":"龙滩村合作社","kind":"cooperative","tier":"village","place":"longtan"}`)
	want(t, 201, "POST", api+"/products", admin, `{"id":"pomelo-fruit","name":"柚子鲜果","chain":"pomelo","unit":"KGM"}`)
	return strings.TrimSpace(must(t, "key", "create", "--store", store, "--org", "coop"))
}

// answered is a report that was acknowledged.
type answered struct {
	id, body, lot string
}

// TestKill: a server under load is killed with SIGKILL at random moments; every acknowledged event is there after the restart, once.
func TestKill(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "kill.db")
	admin := strings.TrimSpace(must(t, "key", "create", "--store", store, "--role", "admin"))
	args := []string{"--store", store, "--public-url", "https://trace.example"}
	s := serve(t, args...)
	key := county(t, store, s.url, admin)
	rng := rand.New(rand.NewPCG(1, 2))
	var all []answered
	for round := range 20 {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for c := range 6 {
			wg.Go(func() {
				for n := 0; ; n++ {
					id := fmt.Sprintf("r%d-c%d-%d", round, c, n)
					body := fmt.Sprintf(`{"id":%q,"place":"longtan","lots":[{"product":"pomelo-fruit","quantity":%d.5}]}`, id, 100+n%900)
					status, answer, err := call("POST", s.url+"/api/v1/harvests", key, body)
					if err != nil {
						return // the server is gone: not acknowledged
					}
					if status != 201 {
						t.Errorf("harvest: %d %s", status, answer)
						return
					}
					mu.Lock()
					all = append(all, answered{id, body, firstLot(answer)})
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(20+rng.IntN(150)) * time.Millisecond)
		s.kill()
		wg.Wait()
		s = serve(t, args...)
		for _, a := range all[max(0, len(all)-40):] { // the last before the kill are the ones at risk
			check(t, s.url, key, a)
		}
	}
	for _, a := range all {
		check(t, s.url, key, a)
	}
	s.stop(t)
	must(t, "verify", "--store", store)
	csv := must(t, "export", "--store", store, "--format", "csv")
	seen := map[string]int{}
	for _, line := range strings.Split(csv, "\n") {
		for _, field := range strings.Split(line, ",") {
			if strings.Contains(field, "/lot/") {
				seen[field]++
			}
		}
	}
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

// check sends an acknowledged report again: the same answer, and nothing new.
func check(t *testing.T, url, key string, a answered) {
	t.Helper()
	status, answer, err := call("POST", url+"/api/v1/harvests", key, a.body)
	if err != nil || status != 200 || firstLot(answer) != a.lot {
		t.Errorf("%s: %d %v, lot %s, want 200 and %s", a.id, status, err, firstLot(answer), a.lot)
	}
}
