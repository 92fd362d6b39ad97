package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fleet is servers that share a database.
type fleet struct {
	store   string // in the form of --store
	servers []*serverProcess
}

// newFleet starts servers at the same moment, each with a store address of its own for the same database, and waits until all are ready.
func newFleet(t *testing.T, store string, addresses ...string) *fleet {
	t.Helper()
	f := &fleet{store: store}
	for i, listen := range freePorts(t, len(addresses)) {
		f.servers = append(f.servers, startServer(t, listen, addresses[i]))
	}
	for _, s := range f.servers {
		s.await(t, "/readyz", http.StatusOK)
	}
	return f
}

// freePorts are all held until the last is found, so that none comes twice.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().String())
	}
	return out
}

// startServer starts a server and does not wait for it.
func startServer(t *testing.T, listen, store string) *serverProcess {
	t.Helper()
	s := &serverProcess{url: "http://" + listen, log: &bytes.Buffer{}}
	s.cmd = exec.Command(binary, "serve", "--listen", listen, "--store", store, "--public-url", "https://trace.example", "--log-level", "warn")
	s.cmd.Env = cleanEnv()
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			text := s.log.String()
			t.Logf("%s said:\n%s", s.url, text[max(0, len(text)-4000):])
		}
	})
	return s
}

// await asks without a key until a status comes.
func (s *serverProcess) await(t *testing.T, path string, status int) {
	t.Helper()
	s.awaitWith(t, "", path, status)
}

// awaitWith asks with a key until a status comes.
func (s *serverProcess) awaitWith(t *testing.T, key, path string, status int) {
	t.Helper()
	last := "nothing"
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		r, err := sendRequest("GET", s.url+path, key, "")
		if err == nil && r.status == status {
			return
		}
		last = fmt.Sprintf("%v, %d %s", err, r.status, r.body)
	}
	t.Fatalf("%s%s: %s, want %d", s.url, path, last, status)
}

// signal stops a process at once, or lets the process go on.
func (s *serverProcess) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// impatientClient is a client that soon asks another server. The client shows redirects: redirects go to the public address, which is no
// server of the test.
var impatientClient = &http.Client{Timeout: 8 * time.Second, CheckRedirect: func(*http.Request,
	[]*http.Request) error {
	return http.ErrUseLastResponse
}}

// httpAnswer is an HTTP answer.
type httpAnswer struct {
	status int
	header http.Header
	body   []byte
}

// sendRequest sends a request with headers, given as name and value in turn.
func sendRequest(method, url, key, body string, headers ...string) (httpAnswer, error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return httpAnswer{}, err
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := impatientClient.Do(req)
	if err != nil {
		return httpAnswer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	return httpAnswer{res.StatusCode, res.Header, answer}, err
}

// writeAnswer is what a write answers, or why it does not.
type writeAnswer struct {
	Seq     int64  `json:"seq"`
	EventID string `json:"eventID"`
	Repeat  bool   `json:"repeat"`
	Code    string `json:"code"`
	Lots    []struct {
		Lot string `json:"lot"`
		Key string `json:"key"`
	} `json:"lots"`
}

// lotReport is a report that takes a kilogram of a lot, with what became of it.
type lotReport struct {
	id, lot, path, body string
	status              int
	said                writeAnswer
}

// deliverReport sends a report under its id to one server after the other until a server records or refuses the report.
func (f *fleet) deliverReport(key string, first int, d *lotReport) error {
	var last string
	deadline := time.Now().Add(time.Minute)
	for try := 0; time.Now().Before(deadline); try++ {
		r, err := sendRequest("POST", f.servers[(first+try)%len(f.servers)].url+"/api/v1"+d.path, key, d.body, "Idempotency-Key", d.id)
		switch {
		case err != nil:
			last = err.Error()
		case r.status != http.StatusServiceUnavailable:
			d.status, d.said = r.status, writeAnswer{}
			return json.Unmarshal(r.body, &d.said)
		default:
			last = string(r.body)
			if r.header.Get("Retry-After") == "" {
				return fmt.Errorf("%s: 503 without Retry-After: %s", d.id, r.body)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s: no answer in a minute: %s", d.id, last)
}

// ledgerAnswer is what GET /ledger answers.
type ledgerAnswer struct {
	Head int64  `json:"head"`
	Hash string `json:"hash"`
}

// checkAgreement checks that all servers agree with the log, and returns the head.
func (f *fleet) checkAgreement(t *testing.T, admin string) int64 {
	t.Helper()
	var report struct {
		Records  int64    `json:"records"`
		Hash     string   `json:"hash"`
		Problems []string `json:"problems"`
	}
	out := mustRun(t, "verify", "--json", "--store", f.store)
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Problems) > 0 {
		t.Fatalf("verify: %v, %s", err, out)
	}
	for i, s := range f.servers {
		var got ledgerAnswer
		r, err := sendRequest("GET", s.url+"/api/v1/ledger", admin, "", "Yousang-Min-Seq", fmt.Sprint(report.Records))
		if err != nil || json.Unmarshal(r.body, &got) != nil {
			t.Fatalf("server %d: %v %s", i, err, r.body)
		}
		if got != (ledgerAnswer{report.Records, report.Hash}) {
			t.Errorf("server %d is at %+v, the log at %d, %s", i, got, report.Records, report.Hash)
		}
	}
	return report.Records
}

// exportedEvents counts the events of the log by their ids.
func (f *fleet) exportedEvents(t *testing.T) map[string]int {
	t.Helper()
	var doc struct {
		Body struct {
			Events []struct {
				ID string `json:"eventID"`
			} `json:"eventList"`
		} `json:"epcisBody"`
	}
	if err := json.Unmarshal([]byte(mustRun(t, "export", "--store", f.store)), &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range doc.Body.Events {
		seen[e.ID]++
	}
	return seen
}

// makeReports are reports that each take a kilogram of one of the lots, in all the ways there are.
func makeReports(name string, first, n int, lots []string) []*lotReport {
	out := make([]*lotReport, n)
	for i := range out {
		d := &lotReport{id: fmt.Sprintf("%s-%d", name, i), lot: lots[(first+i)%len(lots)]}
		switch (first + i) % 5 % 3 {
		case 0:
			d.path, d.body = "/losses", fmt.Sprintf(`{"reason":"腐烂","lots":[{"lot":%q,"quantity":1}]}`, d.lot)
		case 1:
			d.path, d.body = "/shipments", fmt.Sprintf(`{"to":"factory","lots":[{"lot":%q,"quantity":1}]}`, d.lot)
		case 2:
			d.path, d.body = "/transformations",
				fmt.Sprintf(`{"inputs":[{"lot":%q,"quantity":1}],"outputs":[{"product":"pomelo-fruit","quantity":0.9}]}`, d.lot)
		}
		out[i] = d
	}
	return out
}

// deliverAll has each client send its reports, one after the other, beginning at its own server. met is called after each answer.
func (f *fleet) deliverAll(t *testing.T, key string, clients [][]*lotReport, met func()) {
	var all sync.WaitGroup
	for c, deeds := range clients {
		all.Go(func() {
			for _, d := range deeds {
				if err := f.deliverReport(key, c, d); err != nil {
					t.Errorf("client %d: %v", c, err)
					return
				}
				met()
			}
		})
	}
	all.Wait()
}

// restart starts a server that was killed, on the same address, and does not wait for it.
func (s *serverProcess) restart(t *testing.T) {
	t.Helper()
	old := s.cmd
	s.cmd = exec.Command(old.Args[0], old.Args[1:]...)
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = old.Env, old.Stdout, old.Stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}
