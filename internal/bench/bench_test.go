package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/yousang/yousang/internal/store/storetest"
)

// TestMain lets the test's own program be the bare server that pages are compared with.
func TestMain(m *testing.M) {
	if len(os.Args) == 6 && os.Args[1] == BareCommand {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := ServeBare(ctx, os.Args[5], os.Args[3], os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// buildProgram builds the real program once.
func buildProgram(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "yousang")
	if out, err := exec.Command("go", "build", "-o", exe, "../../cmd/yousang").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return exe
}

// TestMeasure runs every step on the first period against a real server process. The test asserts the server's answers (measure ends at the
// first wrong answer or count) and the presence of every figure; never a speed.
func TestMeasure(t *testing.T) {
	few := bounds{imports: time.Minute, rest: time.Minute, oneConnection: 50, periods: 1, days: 1, single: time.Minute, traces: 2, pages: 200,
		cold: time.Minute, warm: 50 * time.Millisecond, recalls: 1}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	imported := int64(0)
	progress := func(what string, done, _ int64) {
		if what == "import" {
			imported = max(imported, done)
		}
	}
	r := &measurement{Options: Options{Progress: serializeProgress(progress)}, program: buildProgram(t), bare: own,
		dir: filepath.Join(t.TempDir(), "store"), periods: makePeriods(1), conns: 8, bounds: few}
	if err := r.measureSize(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.size.Lots != 1_142 || imported != 1_147 {
		t.Errorf("%d lots by %d events, want 1142 by 1147", r.size.Lots, imported)
	}
	want := map[string]int{"import": 1_147, "trace_back_1141": 2, "trace_forward_1141": 2, "page_cold": 200, "events_1": 50, "events_64": 280,
		"recall":    1,
		"fdatasync": -1, "trace_back_1141_operator": 2, "page": -1, "bare_page": -1, "redirect": -1, "bare_redirect": -1, "redirect_ratio": 0,
		"page_ratio": 0, "page_p99": 0, "behind": 0, "live": 0, "ready": 0,
		"memory_busy": 0, "memory": 0, "memory_lot": 0, "disk_lot": 0}
	for _, row := range r.size.Rows {
		n, ok := want[row.ID]
		if !ok || n >= 0 && row.N != n || n < 0 && row.N == 0 {
			t.Errorf("row %s counts %d, want %d", row.ID, row.N, n)
		}
		delete(want, row.ID)
	}
	for id := range want {
		t.Errorf("no row %s", id)
	}
	if r.laterLots != (1+40+10)+(285+2) { // one after the other, and the day by all connections
		t.Errorf("%d lots were recorded after the graph, want 338", r.laterLots)
	}
}

// TestAppendsOnMongoDB: the store's appends beside those of the bare driver, with what a server has recorded; nothing is left behind.
func TestAppendsOnMongoDB(t *testing.T) {
	uri := storetest.MongoURI(t)
	r := &measurement{Options: Options{Store: uri, Progress: serializeProgress(nil)}, program: buildProgram(t),
		dir: filepath.Join(t.TempDir(), "store"), periods: makePeriods(1), conns: 2, bounds: usual}
	var err error
	if r.scratch, err = newScratch(t.Context(), uri); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.scratch.dropDatabase(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if err := errors.Join(os.MkdirAll(r.dir, 0o700), os.WriteFile(filepath.Join(r.dir, addressFile), []byte(r.scratch.uri),
		0o600)); err != nil {
		t.Fatal(err)
	}
	if r.server, err = r.startServer(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { r.server.kill() }()
	for _, step := range []func(context.Context) error{r.registerCounty, r.measureImport, r.measureAppends} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.server.stop(); err != nil {
		t.Error(err)
	}
	for id, n := range map[string]int{"append": 36, "insert_many": 36, "insert_many_plain": 36, "append_ratio": 0} {
		row := findRow(r.size.Rows, id)
		if row == nil || row.N != n || row.Value <= 0 {
			t.Fatalf("row %s: %+v, want %d batches", id, row, n)
		}
		t.Logf("%s: %.2f %s, %s", row.What, row.Value, row.Unit, row.How)
	}
	names, err := r.scratch.db.Client().ListDatabaseNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "yousang_bench_") && name != r.scratch.db.Name() {
			t.Errorf("database %s was left behind", name)
		}
	}
}

// TestWrongAnswer: a server that answers something else ends the measurement.
func TestWrongAnswer(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(page, make([]byte, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := startProcess(t.Context(), own, BareCommand, "--page", page, "--listen")
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	r := &measurement{server: s, clerk: s.newClient("", 2), periods: makePeriods(1), conns: 2, bounds: usual}
	r.bureau = r.clerk
	for name, step := range map[string]func(context.Context) error{"import": r.measureImport, "trace": r.measureTraces,
		"recall": r.measureRecall} {
		if r.Progress = serializeProgress(nil); step(t.Context()) == nil {
			t.Errorf("%s took a 404 for an answer", name)
		}
	}
	if n, err := r.clerk.newConnection().getPage("/trace/any"); n != 2000 || err != nil {
		t.Errorf("page = %d bytes, %v, want 2000", n, err)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

// TestStartFails: the error of a failed start holds the output of the program.
func TestStartFails(t *testing.T) {
	if s, err := startProcess(t.Context(), "go", "no-such-command"); err == nil {
		s.kill()
		t.Fatal("a program that ends at once counts as started")
	}
}
