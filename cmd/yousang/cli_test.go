package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/epcis"
)

const testdata = "../../internal/register/testdata/"

func sampleFiles(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(testdata + "*-*20*")
	if err != nil || len(list) != 2 {
		t.Fatalf("sample registers: %v, %v", list, err)
	}
	return list
}

// importReport is what `import --json` prints.
type importReport struct {
	Rows, Added, Already, Bad int
}

func importFile(t *testing.T, args ...string) (r importReport) {
	t.Helper()
	out := mustRun(t, append([]string{"import", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

// TestImportExportVerify: registers in, records out, through the command line on one store.
func TestImportExportVerify(t *testing.T) {
	dir := t.TempDir()
	store := "sqlite:" + filepath.Join(dir, "deep", "county.db")
	var rows int
	for _, file := range sampleFiles(t) {
		dry := importFile(t, "--store", store, "--dry-run", file)
		first := importFile(t, "--store", store, file)
		if first.Added == 0 || first.Bad == 0 || first.Added+first.Bad != first.Rows {
			t.Errorf("%s: %+v, want good rows added and bad ones reported", file, first)
		}
		if dry.Added != first.Added || dry.Bad != first.Bad {
			t.Errorf("%s: a dry run said %+v, the run %+v", file, dry, first)
		}
		again := importFile(t, "--store", store, file)
		if again.Added != 0 || again.Already != first.Added {
			t.Errorf("%s again: %+v, want nothing added and %d already there", file, again, first.Added)
		}
		rows += first.Added
	}
	text := mustRun(t, "verify", "--store", store)
	if !strings.Contains(text, "lots") {
		t.Errorf("verify says %q", text)
	}
	checkExport(t, store, filepath.Join(dir, "events.json"), rows)
	backup := filepath.Join(dir, "copy.db")
	mustRun(t, "backup", "--store", store, backup)
	if got, wanted := mustRun(t, "verify", "--json", "--store", "sqlite:"+backup),
		mustRun(t, "verify", "--json", "--store", store); ledgerHash(t, got) != ledgerHash(t, wanted) {
		t.Errorf("the backup folds to %s, the store to %s", ledgerHash(t, got), ledgerHash(t, wanted))
	}
	if _, errs, code := runProgram(t, "backup", "--store", store, backup); code == 0 {
		t.Errorf("a backup wrote over a file: %s", errs)
	}
}

// TestIdentity: a ledger's namespace is given once, by the command that makes the ledger, and never by a dry run.
func TestIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "county.db")
	store := "sqlite:" + path
	importFile(t, "--store", store, "--dry-run", sampleFiles(t)[0])
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a dry run left a ledger behind: %v", err)
	}
	mustRun(t, "key", "create", "--store", store, "--role", "admin", "--public-url", "https://trace.example")
	importFile(t, "--store", store, "--public-url", "https://elsewhere.example", sampleFiles(t)[0])
	if out := mustRun(t, "export", "--store", store); !strings.Contains(out, "https://trace.example/lot/") ||
		strings.Contains(out, "elsewhere.example") {
		t.Error("the namespace is not the one the ledger was made with")
	}
	if _, errs, code := runProgram(t, "demo", "--store", store); code != 1 || !strings.Contains(errs,
		"This ledger is https://trace.example, not https://yousang.example.") {
		t.Errorf("a demo on a county's ledger: exit %d, %q", code, errs)
	}
	_, errs, code := runProgram(t, "serve", "--store", store, "--listen", freePort(t), "--namespace", "https://elsewhere.example")
	if code != 1 || !strings.Contains(errs, "https://trace.example") {
		t.Errorf("another namespace: exit %d, %q", code, errs)
	}
}

func ledgerHash(t *testing.T, report string) string {
	t.Helper()
	var v struct {
		Hash string `json:"hash"`
	}
	if err := json.Unmarshal([]byte(report), &v); err != nil || v.Hash == "" {
		t.Fatalf("%v in %s", err, report)
	}
	return v.Hash
}

// checkExport: the document is EPCIS, every event in it is valid, and there is one at least for each row.
func checkExport(t *testing.T, store, file string, rows int) {
	t.Helper()
	mustRun(t, "export", "--store", store, "-o", file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	doc, err := epcis.ReadDocument(f, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(); err != nil {
		t.Error(err)
	}
	if len(doc.Events) < rows {
		t.Errorf("%d events exported of %d rows", len(doc.Events), rows)
	}
	if _, _, code := runProgram(t, "export", "--store", store, "-o", file); code == 0 {
		t.Error("an export wrote over a file")
	}
	csv := mustRun(t, "export", "--store", store, "--format", "csv")
	if n := strings.Count(csv, "\n"); n <= rows {
		t.Errorf("%d lines of CSV for %d rows", n, rows)
	}
}

// TestTampering: a record changed behind our back is found.
func TestTampering(t *testing.T) {
	store := filepath.Join(t.TempDir(), "county.db")
	importFile(t, "--store", "sqlite:"+store, sampleFiles(t)[0])
	db, err := os.ReadFile(store)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(db, []byte(`"quantity":`))
	for at >= 0 && (db[at+11] < '1' || db[at+11] > '8') {
		at = bytes.LastIndex(db[:at], []byte(`"quantity":`))
	}
	if at < 0 {
		t.Fatal("no quantity stands in the file")
	}
	db[at+11]++
	if err := os.WriteFile(store, db, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code := runProgram(t, "verify", "--store", "sqlite:"+store)
	if code == 0 || !strings.Contains(out, "problem:") {
		t.Errorf("exit %d, %q, want a problem", code, out)
	}
}

// TestDemo is the README's first command as a script uses it.
func TestDemo(t *testing.T) {
	addr := freePort(t)
	cmd := exec.Command(binary, "demo", "--json", "--listen", addr, "--data", filepath.Join(t.TempDir(), "demo"))
	cmd.Env = cleanEnv()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	var r demoReport
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	if r.URL != "http://"+addr || len(r.Keys) != 19 || len(r.Lots) < 35 {
		t.Errorf("url %q, %d keys, %d lots", r.URL, len(r.Keys), len(r.Lots))
	}
	for product, page := range r.Lots {
		res, err := client.Get(page)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s answers %d %s", product, page, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	checkAnswer(t, 200, "GET "+r.URL+"/api/v1/lots", r.Keys["longtan"], "")
	checkAnswer(t, 200, "GET "+r.URL+"/api/v1/lots", r.Keys["bureau"], "")
}

// TestServe: keys beside a running server, one server for a store, metrics on their own listener, an orderly stop.
func TestServe(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "s.db")
	admin := strings.TrimSpace(mustRun(t, "key", "create", "--store", store, "--role", "admin"))
	metrics := freePort(t)
	s := startReady(t, "--store", store, "--public-url", "https://trace.example", "--metrics-listen", metrics)
	key := registerCounty(t, store, s.url, admin)
	checkAnswer(t, 201, "POST "+s.url+"/api/v1/harvests", key, `{"place":"longtan","lots":[{"product":"pomelo-fruit","quantity":"412.5"}]}`)
	res, err := client.Get("http://" + metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if !strings.Contains(string(body), "yousang_head_sequence") {
		t.Error("no metrics of ours")
	}
	if got, _, _ := sendJSON("GET", s.url+"/metrics", "", ""); got != http.StatusNotFound {
		t.Errorf("/metrics on the public listener answers %d", got)
	}
	_, errs, code := runProgram(t, "serve", "--store", store, "--listen", freePort(t))
	if code != 1 || !strings.Contains(errs, "yousang:") {
		t.Errorf("a second server on the store: exit %d, %q", code, errs)
	}
	list := mustRun(t, "key", "list", "--store", store)
	if strings.Contains(list, admin) || strings.Count(list, "\n") != 2 {
		t.Errorf("keys listed: %q", list)
	}
	s.stop(t)
	for _, line := range strings.Split(list, "\n") {
		if strings.Contains(line, "operator") {
			mustRun(t, "key", "revoke", "--store", store, strings.Fields(line)[0])
		}
	}
	s = startReady(t, "--store", store, "--public-url", "https://elsewhere.example")
	checkAnswer(t, 401, "GET "+s.url+"/api/v1/lots", key, "")
	lots := checkAnswer(t, 200, "GET "+s.url+"/api/v1/lots", admin, "")["items"].([]any)
	if id := lots[0].(map[string]any)["lot"].(string); !strings.HasPrefix(id, "https://trace.example/lot/") {
		t.Errorf("another public URL changed the identity of a lot: %s", id)
	}
}

// TestUsage: rubbish on the command line is answered with a sentence, not with a crash.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte("Dear clerk,\nplease find enclosed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		code int
	}{
		"nothing":            {nil, 0},
		"unknown command":    {[]string{"sell"}, 2},
		"unknown flag":       {[]string{"serve", "--colour"}, 2},
		"unknown store":      {[]string{"serve", "--store", "paper:x"}, 1},
		"no such register":   {[]string{"import", filepath.Join(dir, "none.xlsx")}, 2},
		"not a register":     {[]string{"import", "--store", "sqlite:" + dir + "/a.db", text}, 1},
		"no store to verify": {[]string{"verify", "--store", "sqlite:" + dir + "/none.db"}, 1},
		"not a store":        {[]string{"verify", "--store", "sqlite:" + text}, 1},
		"unknown role":       {[]string{"key", "create", "--role", "king"}, 2},
		"unknown org":        {[]string{"key", "create", "--store", "sqlite:" + dir + "/b.db", "--org", "nobody"}, 1},
		"port in words":      {[]string{"serve", "--store", "sqlite:" + dir + "/c.db", "--listen", "here:there"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := runProgram(t, tc.args...)
			if code != tc.code {
				t.Errorf("exit %d, want %d\n%s%s", code, tc.code, out, errs)
			}
			if tc.code != 0 && (!strings.Contains(errs, "yousang") || strings.Contains(errs, "goroutine")) {
				t.Errorf("stderr %q", errs)
			}
		})
	}
}
