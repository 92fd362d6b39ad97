package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// compose is what these tests look at in docker-compose.yml.
type compose struct {
	Services map[string]composeService `yaml:"services"`
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
	} `yaml:"networks"`
	Volumes map[string]any               `yaml:"volumes"`
	Secrets map[string]map[string]string `yaml:"secrets"`
}

type composeService struct {
	Image       string            `yaml:"image"`
	User        string            `yaml:"user"`
	Command     []string          `yaml:"command"`
	Entrypoint  []string          `yaml:"entrypoint"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Secrets     []string          `yaml:"secrets"`
	Networks    any               `yaml:"networks"`
	NetworkMode string            `yaml:"network_mode"`
	ReadOnly    bool              `yaml:"read_only"`
	CapAdd      []string          `yaml:"cap_add"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	Privileged  bool              `yaml:"privileged"`
	MemLimit    string            `yaml:"mem_limit"`
	Restart     string            `yaml:"restart"`
	Logging     struct {
		Options map[string]string `yaml:"options"`
	} `yaml:"logging"`
	Healthcheck struct {
		Test    []string `yaml:"test"`
		Disable bool     `yaml:"disable"`
	} `yaml:"healthcheck"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

// listenAddress is the fixed address of a composeService on a network.
func (s composeService) listenAddress(network string) string {
	all, _ := s.Networks.(map[string]any)
	one, _ := all[network].(map[string]any)
	a, _ := one["ipv4_address"].(string)
	return a
}

// runsOn lists the networks of a composeService.
func (s composeService) runsOn() []string {
	switch n := s.Networks.(type) {
	case []any:
		var out []string
		for _, v := range n {
			out = append(out, fmt.Sprint(v))
		}
		return out
	case map[string]any:
		return slices.Sorted(maps.Keys(n))
	}
	return nil
}

// readRootFile reads a file of the repository.
func readRootFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.Unmarshal([]byte(readRootFile(t, "docker-compose.yml")), &c); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	if len(c.Services) < 7 {
		t.Fatalf("%d services", len(c.Services))
	}
	return c
}

var pinned = regexp.MustCompile(`^[a-z0-9./-]+(:\d+\.\d+\.\d+(-[a-z0-9.]+)?|:\$\{YOUSANG_VERSION:\?[^}]*\}|@sha256:[0-9a-f]{64})$`)

// TestComposeHardened: each composeService is pinned, limited, watched and without rights; only the proxy can be reached.
func TestComposeHardened(t *testing.T) {
	c := readCompose(t)
	for name, s := range c.Services {
		bad := func(what string, is any) { t.Errorf("%s: %s is %v", name, what, is) }
		if !pinned.MatchString(s.Image) {
			bad("image", s.Image)
		}
		if !s.ReadOnly || s.Privileged || len(s.CapAdd) > 0 || !slices.Equal(s.CapDrop, []string{"ALL"}) ||
			!slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			bad("its rights", s)
		}
		if s.User == "" && !strings.HasPrefix(s.Image, "yousang:") || strings.HasPrefix(s.User, "0") || strings.HasPrefix(s.User, "root") {
			bad("user", s.User)
		}
		if s.MemLimit == "" || s.Restart == "" || s.Logging.Options["max-size"] == "" || s.Logging.Options["max-file"] == "" {
			bad("a limit or the restart policy", "missing")
		}
		if (len(s.Ports) > 0) != (name == "proxy") {
			bad("ports", s.Ports)
		}
		if len(s.Healthcheck.Test) == 0 && (!s.Healthcheck.Disable || !checkHealthcheck(readRootFile(t, "docker-compose.yml"), name)) {
			bad("health check", "missing, and no comment says why")
		}
		for on, cond := range s.DependsOn {
			if _, ok := c.Services[on]; !ok || cond.Condition == "" || cond.Condition == "service_started" {
				bad("depends_on "+on, cond)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, named := c.Volumes[source]; !named && (!strings.HasPrefix(source, "./scripts/deploy/") || !strings.HasSuffix(v, ":ro")) {
				bad("volume", v)
			}
		}
	}
	for name, n := range c.Networks {
		if n.Internal != (name != "edge") {
			t.Errorf("network %s: internal is %v", name, n.Internal)
		}
	}
}

// checkHealthcheck finds the comment behind a switched-off health check of a composeService.
func checkHealthcheck(text, name string) bool {
	_, rest, ok := strings.Cut(text, "\n  "+name+":\n")
	line := regexp.MustCompile(`(?m)^    healthcheck: \{disable: true\} # .{20,}$`).FindString(rest)
	return ok && line != ""
}

// TestComposeWalls: the database is met by the servers alone.
func TestComposeWalls(t *testing.T) {
	for name, s := range readCompose(t).Services {
		want := []string{"data", "inside"}
		switch {
		case name == "proxy":
			want = []string{"edge", "inside"}
		case name == "mongo-init":
			want = nil
			if s.NetworkMode != "service:mongo1" {
				t.Errorf("%s: network_mode %s", name, s.NetworkMode)
			}
		case strings.HasPrefix(name, "mongo"):
			want = []string{"data"}
		}
		if got := s.runsOn(); !slices.Equal(got, want) {
			t.Errorf("%s is on %v, want %v", name, got, want)
		}
	}
}

// TestComposeSecrets: every secret is a file that scripts/make-secrets makes or asks for, and no value in the file is one.
func TestComposeSecrets(t *testing.T) {
	c := readCompose(t)
	script := readRootFile(t, "scripts/make-secrets")
	used := map[string]bool{}
	for name, s := range c.Services {
		for _, secret := range s.Secrets {
			used[secret] = true
			if _, ok := c.Secrets[secret]; !ok {
				t.Errorf("%s: no secret %s", name, secret)
			}
		}
		for k, v := range s.Environment {
			if suspicious.MatchString(k) || strings.Contains(v, "mongodb://") {
				t.Errorf("%s: %s=%s: a secret belongs in a file", name, k, v)
			}
		}
		for _, a := range slices.Concat(s.Command, s.Entrypoint) {
			if strings.Contains(a, "mongodb://") || suspicious.MatchString(strings.ReplaceAll(a, "/run/secrets/", "")) {
				t.Errorf("%s: %s: a secret belongs in a file", name, a)
			}
		}
	}
	for name, from := range c.Secrets {
		file, ok := strings.CutPrefix(from["file"], "./secrets/")
		if !ok || !strings.Contains(script, file) || !used[name] {
			t.Errorf("secret %s: file %q, used: %v", name, from["file"], used[name])
		}
	}
}

var suspicious = regexp.MustCompile(`(?i)passw|secret|token|initdb`)

// parseFlags parses a command line of the program; an unknown flag or command is an error. Environment variables do not play in.
func parseFlags(args []string) error {
	var c cli
	p, err := kong.New(&c, kong.Name("yousang"), helpTexts, kong.Exit(func(int) {}), kong.Writers(&bytes.Buffer{}, &bytes.Buffer{}))
	if err != nil {
		return err
	}
	_, err = p.Parse(args)
	return err
}

// envNames are the environment variables of the program.
func envNames(t *testing.T) map[string]bool {
	t.Helper()
	p, err := kong.New(&cli{}, kong.Name("yousang"), kong.DefaultEnvars("YOUSANG"), helpTexts)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var visit func(n *kong.Node)
	visit = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, e := range f.Envs {
				names[e] = true
			}
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(p.Model.Node)
	return names
}

// TestComposeProgram: a flag or variable that was renamed in the program is found here, and not by an operator.
func TestComposeProgram(t *testing.T) {
	known := envNames(t)
	known["GOMEMLIMIT"] = true
	n := 0
	for name, s := range readCompose(t).Services {
		if !strings.HasPrefix(s.Image, "yousang:") {
			continue
		}
		n++
		if err := parseFlags(s.Command); err != nil {
			t.Errorf("%s: %v: %v", name, s.Command, err)
		}
		if err := parseFlags(s.Healthcheck.Test[2:]); err != nil || s.Healthcheck.Test[1] != "/yousang" {
			t.Errorf("%s: health check %v: %v", name, s.Healthcheck.Test, err)
		}
		for k := range s.Environment {
			if !known[k] {
				t.Errorf("%s: the program does not know %s", name, k)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d servers", n)
	}
	example := readRootFile(t, "scripts/deploy/env.example")
	for _, m := range regexp.MustCompile(`\$\{([A-Z_]+)`).FindAllStringSubmatch(readRootFile(t, "docker-compose.yml"), -1) {
		if !regexp.MustCompile(`(?m)^#?` + m[1] + `=`).MatchString(example) {
			t.Errorf("env.example does not name %s", m[1])
		}
	}
}
