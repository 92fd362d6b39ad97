package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

// TestServersDatabaseCut: the wire to the database is cut, falls silent, and loses answers, while clients write. Reads go on, writes are
// refused until the wire is mended, and nothing is lost or there twice.
func TestServersDatabaseCut(t *testing.T) {
	t.Parallel() // the process waits most of the time
	store := storetest.MongoURI(t)
	w := newTCPProxy(t, firstHost(store))
	f := newFleet(t, store, w.proxiedURI(store), w.proxiedURI(store))
	o := newSharedLots(t, f, 3)
	for _, s := range o.servers { // the servers know the key, all lots, and the page of one
		for _, lot := range o.lots {
			s.awaitWith(t, o.key, "/api/v1/lots/"+lot, http.StatusOK)
		}
		o.checkReads(t, s, o.lots[0], false)
	}
	clients := make([][]*lotReport, 6)
	for c := range clients {
		clients[c] = makeReports(fmt.Sprint("cut", c), c, 4, o.lots)
	}
	var fight sync.WaitGroup
	fight.Go(func() { o.deliverAll(t, o.key, clients, func() {}) })
	defer fight.Wait()
	defer w.setState(passing)
	for _, fault := range []proxyState{refusing, silent} {
		w.setState(fault)
		for _, s := range o.servers {
			s.await(t, "/readyz", http.StatusServiceUnavailable)
		}
		o.checkRefusals(t)
		if fault == refusing {
			r, err := sendRequest("GET", o.servers[0].url+"/api/v1/lots", "ys_"+strings.Repeat("a", 32), "")
			checkUnavailable(t, "a key that is not known", r, err)
		}
		w.setState(passing)
		for _, s := range o.servers {
			s.await(t, "/readyz", http.StatusOK)
			s.awaitAge(t, o.key, false)
			o.checkReads(t, s, o.lots[0], false)
		}
	}
	fight.Wait()
	for _, deeds := range clients {
		for _, d := range deeds {
			if d.status >= 300 {
				t.Errorf("%s: %d %+v, and there was enough", d.id, d.status, d.said)
			}
		}
	}
	o.checkSettled(t, clients)
	o.loseAnswers(t, w)
	o.checkWholeLog(t)
}

// checkReads asks a server for a lot, for lists and for its page, while the database is away or not.
func (o *sharedLots) checkReads(t *testing.T, s *serverProcess, lot string, away bool) {
	t.Helper()
	for _, path := range []string{"/api/v1/lots", "/api/v1/lots/" + lot, "/api/v1/lots/" + lot + "/trace", "/api/v1/products", "/lot/" + lot} {
		r, err := sendRequest("GET", s.url+path, o.key, "")
		if err == nil && r.status/100 == 3 {
			var to *url.URL // on the public address, which is not this server's
			if to, err = url.Parse(r.header.Get("Location")); err == nil {
				r, err = sendRequest("GET", s.url+to.RequestURI(), o.key, "")
			}
		}
		if err != nil || r.status != http.StatusOK || away && r.header.Get("Yousang-Age") == "" {
			t.Errorf("GET %s, database away: %t: %v, %d, Yousang-Age %q\n%.400s", path, away, err, r.status, r.header.Get("Yousang-Age"), r.body)
		}
	}
}

// checkRefusals checks the answers of servers while the database is away.
func (o *sharedLots) checkRefusals(t *testing.T) {
	t.Helper()
	for _, s := range o.servers {
		s.await(t, "/readyz/read", http.StatusOK)
		s.awaitAge(t, o.key, true)
		for n, lot := range o.lots { // the page of the first has been made before
			o.checkReads(t, s, lot, true)
			r, err := sendRequest("POST", s.url+"/api/v1/losses", o.key, fmt.Sprintf(`{"reason":"腐烂","lots":[{"lot":%q,"quantity":%d}]}`, lot, n+1))
			checkUnavailable(t, "a report", r, err)
		}
	}
}

// awaitAge asks until an answer says how old it is, or no longer does.
func (s *serverProcess) awaitAge(t *testing.T, key string, old bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if r, err := sendRequest("GET", s.url+"/api/v1/lots", key, ""); err == nil && (r.header.Get("Yousang-Age") != "") == old {
			return
		}
	}
	t.Fatalf("%s does not notice whether the database is away: want %t", s.url, old)
}

func checkUnavailable(t *testing.T, what string, r httpAnswer, err error) {
	t.Helper()
	var got writeAnswer
	if err != nil || json.Unmarshal(r.body, &got) != nil || r.status != http.StatusServiceUnavailable ||
		got.Code != string(trace.CodeStoreUnavailable) || r.header.Get("Retry-After") == "" {
		t.Errorf("%s while the database is away: %v, %d, Retry-After %q, %s", what, err, r.status, r.header.Get("Retry-After"), r.body)
	}
}

// loseAnswers has the database keep a report and loses its answer.
func (o *sharedLots) loseAnswers(t *testing.T, w *tcpProxy) {
	t.Helper()
	for _, row := range []struct {
		id    string
		then  proxyState
		first int
	}{
		{"lost-and-found-", passing, http.StatusCreated},           // the server finds it in the log itself
		{"lost-and-cut-", refusing, http.StatusServiceUnavailable}, // the answer asks the client to ask again
	} {
		sprung := w.loseAnswer(row.id, row.then)
		d := lotReport{id: row.id, path: "/harvests", body: `{"lots":[{"product":"pomelo-fruit","quantity":7}]}`}
		r, err := sendRequest("POST", o.servers[0].url+"/api/v1"+d.path, o.key, d.body, "Idempotency-Key", d.id)
		select {
		case <-sprung:
		case <-time.After(time.Second):
			t.Fatalf("%s did not come to the database: %v %s", row.id, err, r.body)
		}
		if err != nil || r.status != row.first {
			t.Errorf("%s: %v, %d, want %d\n%s", row.id, err, r.status, row.first, r.body)
		}
		w.setState(passing)
		var seq int64
		for n := range o.servers {
			if err := o.deliverReport(o.key, 1+n, &d); err != nil {
				t.Fatal(err)
			}
			if d.status != http.StatusOK || !d.said.Repeat || n > 0 && d.said.Seq != seq {
				t.Errorf("%s again: %d %+v, want a repeat of record %d", row.id, d.status, d.said, seq)
			}
			seq = d.said.Seq
		}
		o.acknowledgedEvents[d.said.EventID]++
	}
}

// TestServersReadYourWrites: a client that tells a server the number of the record it knows of reads nothing older.
func TestServersReadYourWrites(t *testing.T) {
	store := storetest.MongoURI(t)
	o := newSharedLots(t, newFleet(t, store, store, store), 0)
	a, b := o.servers[0].url+"/api/v1", o.servers[1].url+"/api/v1"
	for n := range 10 {
		r, err := sendRequest("POST", a+"/harvests", o.key, fmt.Sprintf(`{"lots":[{"product":"pomelo-fruit","quantity":%d}]}`, n+1))
		var made writeAnswer
		if err != nil || json.Unmarshal(r.body, &made) != nil || r.status != http.StatusCreated ||
			r.header.Get("Yousang-Seq") != fmt.Sprint(made.Seq) {
			t.Fatalf("harvest: %v, %d, Yousang-Seq %q, %s", err, r.status, r.header.Get("Yousang-Seq"), r.body)
		}
		o.acknowledgedEvents[made.EventID]++
		lot := "/lots/" + made.Lots[0].Key
		if n%2 == 1 { // without any hint, the other server comes to the record by itself
			o.servers[1].awaitWith(t, o.key, "/api/v1"+lot, http.StatusOK)
			continue
		}
		r, err = sendRequest("GET", b+lot, o.key, "", "Yousang-Min-Seq", r.header.Get("Yousang-Seq"))
		if err != nil || r.status != http.StatusOK {
			t.Errorf("read on the other server: %v, %d %s", err, r.status, r.body)
		}
	}
	o.checkMinSeq(t, b)
	o.checkWholeLog(t)
}

// checkMinSeq asks a server for records that are not there yet, and for what is no record.
func (o *sharedLots) checkMinSeq(t *testing.T, api string) {
	t.Helper()
	for _, row := range []struct {
		min  string
		want []int
		code trace.Code
	}{
		{"9223372036854775807", []int{http.StatusServiceUnavailable}, trace.CodeBehind},
		{"0", []int{http.StatusOK}, ""},
		{"-1", []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, trace.CodeBadValue},
		{"soon", []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, trace.CodeBadValue},
		{"9223372036854775808", []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, trace.CodeBadValue},
	} {
		r, err := sendRequest("GET", api+"/lots", o.key, "", "Yousang-Min-Seq", row.min)
		var got writeAnswer
		if err != nil || json.Unmarshal(r.body, &got) != nil || r.status != row.want[0] && r.status != row.want[len(row.want)-1] ||
			got.Code != string(row.code) {
			t.Errorf("Yousang-Min-Seq %s: %v, %d %s, want %d %s", row.min, err, r.status, r.body, row.want, row.code)
		}
		if (r.header.Get("Retry-After") != "") != (r.status == http.StatusServiceUnavailable) {
			t.Errorf("Yousang-Min-Seq %s: %d with Retry-After %q", row.min, r.status, r.header.Get("Retry-After"))
		}
	}
}
