package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const handbook = "docs/operations.md"

// TestHandbookCommands: every command of the program on the page has the flags it is given there.
func TestHandbookCommands(t *testing.T) {
	var lines []string
	for _, m := range regexp.MustCompile("(?s)\n```sh\n(.*?)\n```\n").FindAllStringSubmatch(readRootFile(t, handbook), -1) {
		lines = append(lines, strings.Split(m[1], "\n")...)
	}
	lines = append(lines, regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/(.*)$`).FindStringSubmatch(readRootFile(t, handbook))[1])
	for _, m := range regexp.MustCompile(`(?m)(?:exec yousang1 /yousang|run .* yousang1) (.*)$`).FindAllStringSubmatch(readRootFile(t,
		handbook), -1) {
		lines = append(lines, "yousang "+m[1])
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("regions.csv", nil, 0o600); err != nil { // the flag demands a file that is there
		t.Fatal(err)
	}
	n := 0
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line, "yousang ")
		if !ok {
			continue
		}
		n++
		if err := parseFlags(splitWords(rest)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if n < 15 {
		t.Errorf("only %d commands found", n)
	}
}

// splitWords cuts a command line at its spaces, outside quotes.
func splitWords(line string) []string {
	var out []string
	for _, w := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1) {
		out = append(out, strings.Trim(w, `"`))
	}
	return out
}

// TestHandbookLinks: what the page links exists.
func TestHandbookLinks(t *testing.T) {
	text := readRootFile(t, handbook)
	n := 0
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(text, -1) {
		n++
		if _, err := os.Stat(filepath.Join("..", "..", "docs", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		n++
		if !strings.Contains(strings.ToLower(text), "\n## "+strings.ReplaceAll(m[1], "-", " ")+"\n") {
			t.Errorf("no chapter %s", m[1])
		}
	}
	if n < 8 {
		t.Errorf("only %d links found", n)
	}
}

// handbookRunner runs the blocks of the page in a folder, as an operator types them.
type handbookRunner struct {
	t    *testing.T
	dir  string
	text string
}

func (b *handbookRunner) runBlock(name string) string {
	b.t.Helper()
	_, rest, ok := strings.Cut(b.text, "\n<!-- run: "+name+" -->\n```sh\n")
	block, _, end := strings.Cut(rest, "\n```\n")
	if !ok || !end {
		b.t.Fatalf("the page has no block %s", name)
	}
	sh := exec.Command("sh", "-euc", block)
	sh.Dir = b.dir
	sh.Env = append(cleanEnv(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
	var errs bytes.Buffer
	sh.Stderr = &errs
	out, err := sh.Output()
	if err != nil {
		b.t.Fatalf("%s: %v\n%s%s", name, err, out, &errs)
	}
	return string(out)
}

// TestHandbookRestore is the page's way from the first key to a restored ledger: a backup beside a running server, damage, the backup in
// its place, the same hash and the same answers.
func TestHandbookRestore(t *testing.T) {
	b := &handbookRunner{t: t, dir: t.TempDir(), text: readRootFile(t, handbook)}
	for _, sub := range []string{"data", "backup"} {
		if err := os.Mkdir(filepath.Join(b.dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	admin := strings.TrimSpace(b.runBlock("first"))
	file := filepath.Join(b.dir, "data", "county.db")
	store := "sqlite:" + file
	importFile(t, "--store", store, sampleFiles(t)[0])

	s := startReady(t, "--store", store, "--public-url", "https://trace.example")
	copied := b.runBlock("backup")
	before := readAnswers(t, s.url, admin)
	key := registerCounty(t, store, s.url, admin) // recorded after the backup: lost with the disk
	checkAnswer(t, 201, "POST "+s.url+"/api/v1/harvests", key, `{"place":"longtan","lots":[{"product":"pomelo-fruit","quantity":"412.5"}]}`)
	s.kill()
	if err := os.WriteFile(file, []byte("a disk that has lost its mind"), 0o600); err != nil {
		t.Fatal(err)
	}
	restored := b.runBlock("restore")
	if hashIn(t, copied) != hashIn(t, restored) {
		t.Errorf("backed up:\n%srestored:\n%s", copied, restored)
	}
	s = startReady(t, "--store", store, "--public-url", "https://trace.example")
	if after := readAnswers(t, s.url, admin); !maps.Equal(after, before) {
		for path := range before {
			if before[path] != after[path] {
				t.Errorf("%s: restored\n%s\nwas\n%s", path, after[path], before[path])
			}
		}
	}
	s.stop(t)
	if list := b.runBlock("keys"); strings.Count(list, "\n") != 3 {
		t.Errorf("the keys of the page: %q", list)
	}
	checkNewerVersion(t, b, file)
}

// hashIn is the ledger's hash in what a verify says.
func hashIn(t *testing.T, out string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ledger ([0-9a-f]{64})$`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no hash in %q", out)
	}
	return m[1]
}

// readAnswers are what people ask a server for: lists, and the page, story and trace of lots.
func readAnswers(t *testing.T, url, key string) map[string]string {
	t.Helper()
	out := map[string]string{}
	lots := checkAnswer(t, 200, "GET "+url+"/api/v1/lots", key, "")["items"].([]any)
	paths := []string{"/api/v1/lots", "/api/v1/events", "/api/v1/organisations", "/api/v1/places", "/api/v1/products", "/api/v1/keys"}
	for _, l := range lots[:min(5, len(lots))] {
		k := l.(map[string]any)["key"].(string)
		paths = append(paths, "/api/v1/lots/"+k, "/api/v1/lots/"+k+"/trace", "/lot/"+k)
	}
	for _, p := range paths {
		status, body, err := sendJSON("GET", url+p, key, "")
		if err != nil || status != 200 || len(body) == 0 {
			t.Fatalf("%s: %d, %v", p, status, err)
		}
		out[p] = string(body)
	}
	if len(lots) == 0 {
		t.Fatal("no lots")
	}
	return out
}

// checkNewerVersion gives the file the version that the page speaks of, and compares the sentence with the page's.
func checkNewerVersion(t *testing.T, b *handbookRunner, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[60:], []byte{0, 0, 0, 99}) // user_version, in the header of an SQLite file
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := runProgram(t, "serve", "--store", "sqlite:"+file, "--listen", freePort(t))
	sentence := regexp.MustCompile(`(?m)^> /var/lib/yousang/data/county.db( has data version .*)$`).FindStringSubmatch(b.text)
	if sentence == nil || code != 1 || !strings.Contains(errs, sentence[1]) {
		t.Errorf("exit %d, %q; the page says %q", code, errs, sentence)
	}
}

// alertRules is what these tests look at in alerts.yml.
type alertRules struct {
	Groups []struct {
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// TestAlerts: an alert asks for metrics and labels that the server has, and the page says what to do about each.
func TestAlerts(t *testing.T) {
	names, labels := readMetrics(t)
	var r alertRules
	if err := yaml.UnmarshalWithOptions([]byte(readRootFile(t, "scripts/deploy/alerts.yml")), &r); err != nil {
		t.Fatal(err)
	}
	text := readRootFile(t, handbook)
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(Yousang[A-Za-z]+)` \\|").FindAllStringSubmatch(text, -1) {
		told[m[1]] = true
	}
	metric := regexp.MustCompile(`\b(?:yousang|process|go)_[a-z_]+`)
	label := regexp.MustCompile(`[{,]\s*([a-z_]+)\s*(?:=~|!~|!=|=)`)
	for _, rule := range r.Groups[0].Rules {
		if !told[rule.Alert] || rule.Annotations["summary"] == "" || rule.Labels["severity"] != "page" && rule.Labels["severity"] != "ticket" {
			t.Errorf("%s is not on the page, or says nothing", rule.Alert)
		}
		delete(told, rule.Alert)
		found := metric.FindAllString(rule.Expr, -1)
		for _, m := range found {
			if !names[m] {
				t.Errorf("%s: the server has no metric %s", rule.Alert, m)
			}
		}
		if len(found) == 0 && !strings.HasPrefix(rule.Expr, "up{") {
			t.Errorf("%s asks for nothing of ours: %s", rule.Alert, rule.Expr)
		}
		for _, m := range label.FindAllStringSubmatch(rule.Expr, -1) {
			if !labels[m[1]] && m[1] != "job" {
				t.Errorf("%s: no metric has a label %s", rule.Alert, m[1])
			}
		}
	}
	for name := range told {
		t.Errorf("the page has an alert %s that is not in the rules", name)
	}
	for name := range names {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "yousang_") && !strings.Contains(text, "`"+base+"`") {
			t.Errorf("the page does not say what %s is", base)
		}
	}
}

// readMetrics are the names and labels of the metrics of a server that has answered something.
func readMetrics(t *testing.T) (names, labels map[string]bool) {
	t.Helper()
	metrics := freePort(t)
	s := startReady(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "m.db"), "--public-url", "https://trace.example", "--metrics-listen",
		metrics)
	if status, _, err := sendJSON("GET", s.url+"/", "", ""); err != nil || status != 200 {
		t.Fatalf("%d, %v", status, err)
	}
	res, err := http.Get(fmt.Sprintf("http://%s/metrics", metrics))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	names, labels = map[string]bool{}, map[string]bool{}
	for _, line := range strings.Split(string(body), "\n") {
		if m := regexp.MustCompile(`^([a-z_]+)(\{([^}]*)\})? `).FindStringSubmatch(line); m != nil {
			names[m[1]] = true
			for _, l := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(m[3], -1) {
				labels[l[1]] = true
			}
		}
	}
	if !slices.Contains(slices.Collect(maps.Keys(names)), "yousang_ready") {
		t.Fatalf("no metrics of ours:\n%s", body)
	}
	return names, labels
}
