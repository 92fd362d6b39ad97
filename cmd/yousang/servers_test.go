package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

// sharedLots is what the tests of several servers fight over.
type sharedLots struct {
	*fleet
	admin, key         string
	lots               []string
	acknowledgedEvents map[string]int // events that were acknowledged, by id
}

// newSharedLots registers the county on the first server and harvests lots of 24 kg there. (The log is kept short: FerretDB
// reads all of it at each look.)
func newSharedLots(t *testing.T, f *fleet, lots int) *sharedLots {
	t.Helper()
	o := &sharedLots{fleet: f, acknowledgedEvents: map[string]int{}}
	o.admin = strings.TrimSpace(mustRun(t, "key", "create", "--store", f.store, "--role", "admin"))
	o.key = registerCounty(t, f.store, f.servers[0].url, o.admin)
	last := f.servers[len(f.servers)-1].url
	checkAnswer(t, 201, "POST "+last+"/api/v1/organisations", o.admin,
		`{"id":"factory","name":"加工厂","kind":"processor","tier":"town","place":"longtan"}`)
	for n := range lots {
		o.lots = append(o.lots, o.harvestLot(t, 0, fmt.Sprint("tree-", n), "24"))
	}
	return o
}

// harvestLot makes a lot at a server.
func (o *sharedLots) harvestLot(t *testing.T, server int, id, kilograms string) (lot string) {
	t.Helper()
	d := lotReport{id: id, path: "/harvests", body: `{"lots":[{"product":"pomelo-fruit","quantity":` + kilograms + `}]}`}
	if err := o.deliverReport(o.key, server, &d); err != nil || len(d.said.Lots) != 1 {
		t.Fatalf("harvest: %d %+v, %v", d.status, d.said, err)
	}
	o.acknowledgedEvents[d.said.EventID]++
	return d.said.Lots[0].Key
}

// TestServersShareADatabase: three servers that are born together on an empty database, clients that fight over the same lots on all of
// them, a server that is paused and a server that is killed in the middle of a batch. Nothing is sold twice, nothing is lost, and all
// servers agree.
func TestServersShareADatabase(t *testing.T) {
	t.Parallel()
	store := storetest.MongoURI(t)
	w := newTCPProxy(t, firstHost(store))
	o := newSharedLots(t, newFleet(t, store, store, store, w.proxiedURI(store)), 3)
	clients := make([][]*lotReport, 12)
	for c := range clients { // 32 kg are wanted of each lot
		clients[c] = makeReports(fmt.Sprint("client", c), c, 8, o.lots)
	}
	var answered atomic.Int64
	var fight sync.WaitGroup
	fight.Go(func() { o.deliverAll(t, o.key, clients, func() { answered.Add(1) }) })
	defer fight.Wait()
	for answered.Load() < 10 && !t.Failed() {
		time.Sleep(5 * time.Millisecond)
	}
	o.pauseServer(t, 1)
	o.killMidBatch(t, 2, w)
	fight.Wait()
	if t.Failed() {
		return
	}
	o.checkSettled(t, clients)
	for _, lot := range o.lots {
		taken := 0
		for _, deeds := range clients {
			for _, d := range deeds {
				if d.lot == lot && d.status < 300 {
					taken++
				}
			}
		}
		if taken != 24 {
			t.Errorf("%d kg were taken of lot %s, which had 24 and of which 32 were wanted", taken, lot)
		}
	}
	o.checkWholeLog(t)
}

// checkSettled checks that each report is recorded, or refused since nothing was left; a report sent again to another server gets the same
// answer.
func (o *sharedLots) checkSettled(t *testing.T, clients [][]*lotReport) {
	t.Helper()
	for c, deeds := range clients {
		for _, d := range deeds {
			first := *d
			if err := o.deliverReport(o.key, c+1, d); err != nil {
				t.Fatal(err)
			}
			switch {
			case first.status >= 300 && (first.said.Code != string(trace.CodeInsufficient) && first.said.Code != string(trace.CodeNotHolder) ||
				d.said.Code != first.said.Code):
				t.Errorf("%s: %d %+v, and again %d %+v", d.id, first.status, first.said, d.status, d.said)
			case first.status < 300 && (d.status != http.StatusOK || !d.said.Repeat || d.said.Seq != first.said.Seq ||
				d.said.EventID != first.said.EventID):
				t.Errorf("%s: record %d, and again %d %+v", d.id, first.said.Seq, d.status, d.said)
			case first.status < 300:
				o.acknowledgedEvents[first.said.EventID]++
			}
		}
	}
}

// checkWholeLog checks that the acknowledged records are in the log, each once, with nothing else, and that all servers agree.
func (o *sharedLots) checkWholeLog(t *testing.T) {
	t.Helper()
	there := o.exportedEvents(t)
	for id, n := range o.acknowledgedEvents {
		if n != 1 || there[id] != 1 {
			t.Errorf("event %s was answered to %d reports and is %d times in the log, want once", id, n, there[id])
		}
	}
	if len(there) != len(o.acknowledgedEvents) {
		t.Errorf("%d events are in the log, %d were acknowledged", len(there), len(o.acknowledgedEvents))
	}
	t.Logf("%d records, %d events", o.checkAgreement(t, o.admin), len(there))
}

// pauseServer stops a server at once. The server must read the records of others, made meanwhile, before the server judges its first
// command.
func (o *sharedLots) pauseServer(t *testing.T, server int) {
	t.Helper()
	s := o.servers[server]
	s.signal(t, syscall.SIGSTOP)
	defer s.signal(t, syscall.SIGCONT)
	lot := o.harvestLot(t, server+1, "while-paused", "1")
	var r httpAnswer
	var err error
	var asked sync.WaitGroup
	asked.Go(func() {
		r, err = sendRequest("POST", s.url+"/api/v1/losses", o.key, `{"reason":"掉落","lots":[{"lot":"`+lot+`","quantity":1}]}`)
	})
	time.Sleep(1500 * time.Millisecond)
	s.signal(t, syscall.SIGCONT)
	asked.Wait()
	var got writeAnswer
	if err != nil || json.Unmarshal(r.body, &got) != nil || r.status != http.StatusCreated {
		t.Errorf("a server that was paused: %v, %d %s", err, r.status, r.body)
	}
	o.acknowledgedEvents[got.EventID]++
}

// killMidBatch kills a server when a part of its batch is in the database and the server has no answer yet, starts the server again, and
// sends the same batch to another server.
func (o *sharedLots) killMidBatch(t *testing.T, server int, w *tcpProxy) {
	t.Helper()
	s := o.servers[server]
	items := make([]string, 130) // FerretDB is sent a hundred at a time
	for i := range items {
		items[i] = fmt.Sprintf(`{"type":"harvest","id":"batch-%d-","body":{"lots":[{"product":"pomelo-fruit","quantity":%d}]}}`, i, i+1)
	}
	batch := `{"items":[` + strings.Join(items, ",") + `]}`
	sprung := w.loseAnswer("batch-0-", silent)
	var status int
	var sent sync.WaitGroup
	sent.Go(func() { status, _, _ = sendJSON("POST", s.url+"/api/v1/batch", o.key, batch) })
	select {
	case <-sprung:
	case <-time.After(20 * time.Second):
		t.Fatal("the batch does not come to the database")
	}
	s.kill()
	sent.Wait()
	w.setState(passing)
	s.restart(t)
	if status != 0 {
		t.Errorf("the killed server answered %d", status)
	}
	_, answer, err := sendJSON("POST", o.servers[0].url+"/api/v1/batch", o.key, batch)
	var got struct {
		Results []struct {
			Status int
			Answer writeAnswer
		}
	}
	if err != nil || json.Unmarshal(answer, &got) != nil || len(got.Results) != len(items) {
		t.Fatalf("the batch again: %v, %.300s", err, answer)
	}
	before := 0
	for i, r := range got.Results {
		if r.Status != http.StatusCreated && r.Status != http.StatusOK {
			t.Errorf("item %d of the batch again: %d", i, r.Status)
		}
		if r.Answer.Repeat {
			before++
		}
		o.acknowledgedEvents[r.Answer.EventID]++
	}
	if before == 0 {
		t.Error("what was in the database is not known to another server")
	}
	t.Logf("%d of %d items were recorded when the server was killed", before, len(items))
	s.await(t, "/readyz", http.StatusOK)
}
