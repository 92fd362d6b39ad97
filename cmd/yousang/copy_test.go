package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/yousang/yousang/internal/store/mongo"
	"github.com/yousang/yousang/internal/store/sqlite"
	"github.com/yousang/yousang/internal/store/storetest"
	"github.com/yousang/yousang/internal/trace"
)

// demoStore is a file with the demo's season, and a key, a count and a photo besides.
func demoStore(t *testing.T) (store string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "demo.db")
	if err := fillLedger(t.Context(), &process{err: io.Discard, log: slog.New(slog.DiscardHandler)}, path); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "key", "create", "--store", "sqlite:"+path, "--role", "admin", "--label", "copied")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.PutBlob(t.Context(), strings.NewReader("photo"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddScans(t.Context(), []trace.Scan{{Code: "c", Day: "2026-11-21", Count: 7}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// TestCopyRoundTrip: from a file to MongoDB and back, nothing is another.
func TestCopyRoundTrip(t *testing.T) {
	db := storetest.MongoURI(t)
	from, back := demoStore(t), "sqlite:"+filepath.Join(t.TempDir(), "back.db")
	want := mustRun(t, "verify", "--json", "--store", from)
	for _, way := range [][2]string{{from, db}, {db, back}} {
		out := mustRun(t, "copy", "--json", "--from", way[0], "--to", way[1])
		if ledgerHash(t, out) != ledgerHash(t, want) {
			t.Errorf("the copy says %s, the source %s", out, want)
		}
	}
	for _, args := range [][]string{{"export", "--format", "csv"}, {"key", "list"}} {
		want := mustRun(t, append(args, "--store", from)...)
		for _, store := range []string{db, back} {
			if got := mustRun(t, append(args, "--store", store)...); got != want || len(want) < 50 {
				t.Errorf("%s differs after the copy: %d bytes, want %d", args, len(got), len(want))
			}
		}
	}
	var again copyReport
	if err := json.Unmarshal([]byte(mustRun(t, "copy", "--json", "--from", from, "--to", db)), &again); err != nil {
		t.Fatal(err)
	}
	if again.Records.Added+again.Documents.Added+again.Scans.Added+again.Blobs.Added != 0 || again.Records.There < 4000 ||
		again.Scans.There != 1 || again.Blobs.There != 1 {
		t.Errorf("a copy once more: %+v", again.Report)
	}
	for name, args := range map[string][]string{
		"another ledger's": {"--from", otherLedger(t), "--to", db},
		"the same":         {"--from", db, "--to", db},
		"the same file":    {"--from", from, "--to", strings.Replace(from, "/demo.db", "/./demo.db", 1)},
		"no source":        {"--from", "sqlite:" + filepath.Join(t.TempDir(), "none.db"), "--to", back},
	} {
		if _, errs, code := runProgram(t, append([]string{"copy"}, args...)...); code != 1 || !strings.Contains(errs, "yousang: ") {
			t.Errorf("%s: exit %d, %q", name, code, errs)
		}
	}
	if got := ledgerHash(t, mustRun(t, "verify", "--json", "--store", db)); got != ledgerHash(t, want) {
		t.Error("a refused copy changed the target")
	}
}

func otherLedger(t *testing.T) string {
	t.Helper()
	store := "sqlite:" + filepath.Join(t.TempDir(), "other.db")
	mustRun(t, "key", "create", "--store", store, "--role", "admin", "--public-url", "https://elsewhere.example")
	return store
}

// TestCopyKilled: a copy that is killed in the middle goes on from there; until the copy is whole, no server starts on the target.
func TestCopyKilled(t *testing.T) {
	db := storetest.MongoURI(t)
	from := demoStore(t)
	c := exec.Command(binary, "copy", "--from", from, "--to", db)
	c.Env = cleanEnv()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var head int64
	for deadline := time.Now().Add(time.Minute); head == 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if s, err := mongo.OpenReadOnly(t.Context(), db); err == nil {
			for head == 0 && err == nil {
				head, err = s.Head(t.Context())
			}
			_ = s.Close()
		}
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if head == 0 {
		t.Fatal("nothing was copied in a minute")
	}
	_, errs, code := runProgram(t, "serve", "--store", db, "--listen", freePort(t))
	if code != 1 || !strings.Contains(errs, "cut short") {
		t.Errorf("a server on half a copy: exit %d, %q", code, errs)
	}
	if _, errs, code := runProgram(t, "key", "create", "--store", db, "--role", "admin"); code != 1 || !strings.Contains(errs, "cut short") {
		t.Errorf("a key on half a copy: exit %d, %q", code, errs)
	}
	for _, what := range []string{"verify", "export"} {
		if out, errs, code := runProgram(t, what, "--store", db); code != 1 || out != "" || !strings.Contains(errs, "cut short") {
			t.Errorf("%s of half a copy: exit %d, %q, %q", what, code, out, errs)
		}
	}
	var rest copyReport
	if err := json.Unmarshal([]byte(mustRun(t, "copy", "--json", "--from", from, "--to", db)), &rest); err != nil {
		t.Fatal(err)
	}
	if rest.Records.Added == 0 || rest.Records.Added > rest.Records.There-head {
		t.Errorf("%d of %d records were copied after the kill at %d or later", rest.Records.Added, rest.Records.There, head)
	}
	if got, want := mustRun(t, "export", "--format", "csv", "--store", db), mustRun(t, "export", "--format", "csv", "--store",
		from); got != want {
		t.Error("the export differs after a kill")
	}
}

// TestMongoDBCommands: what the commands do on a file they do on MongoDB; those that only read make nothing.
func TestMongoDBCommands(t *testing.T) {
	db := storetest.MongoURI(t)
	file := filepath.Join(t.TempDir(), "store.txt")
	if err := os.WriteFile(file, []byte(db+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"export"}, {"key", "list"}, {"key", "revoke", "none"}} {
		if _, errs, code := runProgram(t, append(args, "--store", db)...); code != 1 || !strings.Contains(errs, "yousang_test_") {
			t.Errorf("%s of a database that is not there: exit %d, %q", args, code, errs)
		}
	}
	dry := importFile(t, "--store", db, "--dry-run", sampleFiles(t)[0])
	if _, _, code := runProgram(t, "verify", "--store", db); code != 1 {
		t.Error("a dry run, or a command that reads, has made the database")
	}
	first := importFile(t, "--store-file", file, sampleFiles(t)[0])
	if first.Added != dry.Added || first.Added == 0 {
		t.Errorf("imported %+v; a dry run said %+v", first, dry)
	}
	checkExport(t, db, filepath.Join(t.TempDir(), "events.json"), first.Added)
	if out := mustRun(t, "verify", "--store-file", file); strings.Contains(out, "problem") || strings.Contains(out, "indexes") {
		t.Errorf("verify says %q", out)
	}
	dropIndex(t, db, "lots__id")
	if out := mustRun(t, "verify", "--store", db); !strings.Contains(out, "records.lots__id") {
		t.Errorf("verify without an index says %q", out)
	}
	if _, errs, _ := runProgram(t, "export", "--store", db); !strings.Contains(errs, "records.lots__id") {
		t.Errorf("export without an index says %q", errs)
	}
	mustRun(t, "key", "create", "--store", db, "--role", "admin")
	if out := mustRun(t, "verify", "--json", "--store", db); strings.Contains(out, "missingIndexes") {
		t.Errorf("the index was not made again: %s", out)
	}
	id := strings.Fields(mustRun(t, "key", "list", "--store", db))[0]
	mustRun(t, "key", "revoke", "--store", db, id)
	if out := mustRun(t, "key", "list", "--store", db); !strings.Contains(out, "revoked") {
		t.Errorf("keys: %q", out)
	}
	if _, errs, code := runProgram(t, "backup", "--store", db, filepath.Join(t.TempDir(), "b.db")); code != 1 ||
		!strings.Contains(errs, "mongodump") {
		t.Errorf("backup: exit %d, %q", code, errs)
	}
}

// TestPasswordIsNotShown: an address that cannot be used is refused without a word of its password.
func TestPasswordIsNotShown(t *testing.T) {
	for _, store := range []string{"mongodb://user:geheim@127.0.0.1:1",
		"mongodb://user:geheim@127.0.0.1:1/county?serverSelectionTimeoutMS=100",
		"mongodb://user:geheim@127.0.0.1:1/admin",
		"mongodb+srv://user:geheim@nobody.invalid/county", "mongodb:/user:geheim@h/county", "mango://user:geheim@h/c"} {
		if out, errs, code := runProgram(t, "verify", "--store", store); code != 1 || strings.Contains(out+errs, "geheim") {
			t.Errorf("%s: exit %d, %q %q", store, code, out, errs)
		}
	}
}

// dropIndex drops an index of the records, as a person might.
func dropIndex(t *testing.T, db, name string) {
	t.Helper()
	client, err := driver.Connect(options.Client().ApplyURI(db))
	if err != nil {
		t.Fatal(err)
	}
	database, _, _ := strings.Cut(db[strings.LastIndexByte(db, '/')+1:], "?")
	if err := errors.Join(client.Database(database).Collection("records").Indexes().DropOne(t.Context(), name),
		client.Disconnect(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// TestDemoOnMongoDB: the demo on a database, and again on what the first start left.
func TestDemoOnMongoDB(t *testing.T) {
	db := storetest.MongoURI(t)
	for start := range 2 {
		cmd := exec.Command(binary, "demo", "--json", "--listen", freePort(t), "--store", db)
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
		line, err := bufio.NewReader(out).ReadString('\n')
		var r demoReport
		if err == nil {
			err = json.Unmarshal([]byte(line), &r)
		}
		if err != nil || len(r.Lots) < 35 {
			t.Errorf("start %d: %d lots, %v\n%s", start, len(r.Lots), err, &errs)
		}
		for _, product := range []string{"pomelo-box", "silk-quilt"} { // FerretDB reads all records for each page
			if got, _, err := sendJSON("GET", r.Lots[product], "", ""); err != nil || got != http.StatusOK {
				t.Errorf("start %d: %s answers %d, %v", start, r.Lots[product], got, err)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	_, errs, code := runProgram(t, "demo", "--store", otherLedger(t), "--listen", freePort(t))
	if code != 1 || !strings.Contains(errs, "https://yousang.example") {
		t.Errorf("the demo on a county's ledger: exit %d, %q", code, errs)
	}
}
