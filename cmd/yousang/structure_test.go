package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write the generated part of README.md anew")

const modulePath = "github.com/yousang/yousang/"

// importTable lists what each package may import of ours: arrows point down only.
var importTable = map[string][]string{
	"internal/trace":           {},
	"internal/corpora":         {}, // of tests
	"internal/store/contract":  {"internal/trace"},
	"internal/store/sqlite":    {"internal/trace", "internal/store/contract"},
	"internal/store/mongo":     {"internal/trace", "internal/store/contract"},
	"internal/store/storetest": {"internal/trace"},
	"internal/store/transfer":  {"internal/trace"},
	"internal/epcis":           {"internal/trace"},
	"internal/chain":           {"internal/trace"},
	"internal/locale":          {"internal/trace"},
	"internal/keys":            {"internal/trace"},
	"internal/pdf":             {},
	"internal/label":           {"internal/trace", "internal/locale", "internal/pdf"},
	"internal/digitallink":     {"internal/trace"},
	"internal/serial":          {"internal/trace"},
	"internal/scan":            {"internal/trace"},
	"internal/story":           {"internal/trace", "internal/chain", "internal/locale"},
	"internal/app": {"internal/trace", "internal/epcis", "internal/chain", "internal/digitallink", "internal/keys",
		"internal/label", "internal/locale", "internal/scan", "internal/serial", "internal/story"},
	"internal/register": {"internal/trace", "internal/app", "internal/locale", "internal/story"},
	"internal/demo":     {"internal/trace", "internal/app"},
	"internal/bench":    {"internal/trace", "internal/store/mongo"},
	"api": {"internal/trace", "internal/digitallink", "internal/locale", "internal/story",
		"internal/keys", "internal/label", "internal/app", "internal/scan", "internal/problem"},
	"internal/resolver": {"internal/trace"},
	"internal/diagram":  {"internal/trace", "internal/story"},
	"internal/problem":  {"internal/trace"},
	"internal/fastpath": {"internal/locale"},
	"web":               {"internal/trace", "web/shell", "web/consumer", "web/resolve"},
	"web/shell": {"internal/trace", "internal/story", "internal/resolver", "internal/locale", "internal/app", "internal/scan",
		"internal/problem",
		"internal/fastpath"},
	"web/consumer": {"internal/trace", "internal/story", "internal/diagram", "internal/resolver", "internal/locale", "internal/app",
		"internal/scan", "internal/problem", "web/shell"},
	"web/resolve": {"internal/trace", "internal/story", "internal/digitallink", "internal/resolver", "internal/app", "internal/serial",
		"internal/problem", "internal/fastpath", "web/shell", "web/consumer"},
	"web/webtest":      {"internal/trace", "internal/app", "internal/locale", "internal/store/sqlite", "web/shell"}, // of tests
	"internal/server":  {"api", "internal/trace", "internal/app", "internal/scan", "internal/problem"},
	"cmd/yousang":      nil, // wiring: anything
	"scripts/mutation": {},  // a tool
}

// listImports lists the imports of each package of the module, tests left out.
func listImports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", modulePath+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		imports[strings.TrimPrefix(p.ImportPath, modulePath)] = p.Imports
	}
	return imports
}

// eventReader is the one module outside the standard library that the domain uses; encoding/json/v2 is to take its place.
const eventReader = "github.com/go-json-experiment/json"

// TestImportsPointDown: a rule that leaks upwards, or a store that knows rules, fails here.
func TestImportsPointDown(t *testing.T) {
	for name, imports := range listImports(t) {
		allowed, known := importTable[name]
		if !known {
			t.Errorf("package %s is not in the table of imports: add the package with what it may import, and a row to the map in README.md", name)
			continue
		}
		for _, imported := range imports {
			if rest, ours := strings.CutPrefix(imported, modulePath); ours && allowed != nil && !slices.Contains(allowed, rest) {
				t.Errorf("%s imports %s", name, rest)
			}
			outside := strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") && !strings.HasPrefix(imported, eventReader)
			if name == domain && outside {
				t.Errorf("the domain imports %s: the domain needs the standard library and the reader of JSON alone (ADR 14)", imported)
			}
		}
	}
}

// TestTableOfImportsIsUsed: the table names no package and no import that the code does not have, so that the picture of the rooms is true.
func TestTableOfImportsIsUsed(t *testing.T) {
	imports := listImports(t)
	for name, allowed := range importTable {
		have, known := imports[name]
		if !known {
			t.Errorf("the table of imports has a package %s that is not there", name)
		}
		for _, room := range allowed {
			if known && !slices.Contains(have, modulePath+room) {
				t.Errorf("%s may import %s and does not: take the import out of the table", name, room)
			}
		}
	}
}

const (
	flagsBegin = "<!-- flags: written by `go test ./cmd/yousang -run TestReadme -update` -->"
	flagsEnd   = "<!-- end of flags -->"
)

// flagRow is a flag with its twin in the environment and the commands that have the flag.
type flagRow struct {
	name, env, def, help string
	commands             []string
}

// collectFlags gathers the flags of a command and of the commands below.
func collectFlags(t *testing.T, rows map[string]*flagRow, n *kong.Node, name string) {
	t.Helper()
	for _, f := range n.Flags {
		if f.Name == "help" || f.Hidden {
			continue
		}
		env := strings.Join(f.Envs, " ")
		r := rows[f.Name+" "+env]
		if r == nil {
			r = &flagRow{name: f.Name, env: env, def: f.Default, help: f.Help}
			rows[f.Name+" "+env] = r
		}
		if r.env == "" {
			t.Errorf("flag --%s has no twin in the environment", f.Name)
		}
		if name == "" {
			name = "all"
		}
		r.commands = append(r.commands, name)
	}
	for _, child := range n.Children {
		if !child.Hidden {
			collectFlags(t, rows, child, strings.TrimSpace(strings.TrimPrefix(name+" "+child.Name, "all ")))
		}
	}
}

// flagTable renders the flags of every command with their twins in the environment.
func flagTable(t *testing.T) string {
	t.Helper()
	var c cli
	parser, err := kong.New(&c, kong.Name("yousang"), kong.DefaultEnvars("YOUSANG"), helpTexts)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]*flagRow{}
	collectFlags(t, rows, parser.Model.Node, "")
	var b strings.Builder
	b.WriteString("| flag | environment | default | commands | what |\n|---|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s | %s |\n", r.name, r.env, formatCode(r.def), strings.Join(r.commands, ", "), r.help)
	}
	return b.String()
}

func formatCode(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func readReadme(t *testing.T) (path, text string) {
	t.Helper()
	path = filepath.Join("..", "..", "README.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(b)
}

// TestReadmeFlags keeps the table of flags true.
func TestReadmeFlags(t *testing.T) {
	path, text := readReadme(t)
	before, rest, ok := strings.Cut(text, flagsBegin)
	_, after, ok2 := strings.Cut(rest, flagsEnd)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the flags")
	}
	want := before + flagsBegin + "\n" + flagTable(t) + flagsEnd + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != want {
		t.Error("the flags in README.md are not what the program has: go test ./cmd/yousang -run TestReadme -update")
	}
}

// TestReadmePaths: every folder and file that README.md links or maps exists.
func TestReadmePaths(t *testing.T) {
	_, text := readReadme(t)
	n := 0
	for _, part := range strings.Split(text, "](")[1:] {
		link, _, _ := strings.Cut(part, ")")
		if strings.Contains(link, "://") || strings.HasPrefix(link, "#") {
			continue
		}
		n++
		if _, err := os.Stat(filepath.Join("..", "..", link)); err != nil {
			t.Errorf("README.md links %s: %v", link, err)
		}
	}
	if n == 0 {
		t.Error("README.md links nothing")
	}
}
