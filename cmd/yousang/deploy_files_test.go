package main

import (
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/server"
)

// TestDockerfile: static, from scratch, not root, with a builder that knows the module's Go.
func TestDockerfile(t *testing.T) {
	text := readRootFile(t, "Dockerfile")
	builder := regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:1\.(\d+)\.(\d+)$`).FindStringSubmatch(text)
	mod := regexp.MustCompile(`(?m)^go 1\.(\d+)\.(\d+)$`).FindStringSubmatch(readRootFile(t, "go.mod"))
	if builder == nil || mod == nil {
		t.Fatal("no version of Go")
	}
	has, needs := readVersion2(t, builder), readVersion2(t, mod)
	if slices.Compare(has, needs) < 0 {
		t.Errorf("the builder has Go 1.%v, go.mod wants 1.%v", has, needs)
	}
	_, last, ok := strings.Cut(text, "\nFROM scratch\n")
	if !ok || strings.Contains(last, "\nFROM ") || strings.Contains(last, "\nRUN ") {
		t.Error("the last stage is not from scratch alone")
	}
	for _, line := range []string{`USER 65532:65532`, `ENTRYPOINT ["/yousang"]`, `CMD ["serve"]`, `EXPOSE 8080`} {
		if !strings.Contains(last, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if !strings.Contains(last, ` CMD ["/yousang", "health"]`) || !strings.Contains(text, "CGO_ENABLED=0 go build -trimpath ") {
		t.Error("no health check, or no static build")
	}
	if stamp := " -X main.release=${VERSION}\""; !strings.Contains(text, stamp) ||
		strings.Index(text, "ARG VERSION=") > strings.Index(text, stamp) {
		t.Error("the program in the image does not know its version")
	}
	known := envNames(t)
	for _, m := range regexp.MustCompile(`(YOUSANG_[A-Z_]+)=`).FindAllStringSubmatch(last, -1) {
		if !known[m[1]] {
			t.Errorf("the program does not know %s", m[1])
		}
	}
	ignored := strings.Fields(readRootFile(t, ".dockerignore"))
	for _, path := range []string{"/secrets", "/.env", "/data"} {
		if !slices.Contains(ignored, path) {
			t.Errorf(".dockerignore lets %s in", path)
		}
	}
}

func readVersion2(t *testing.T, m []string) []int {
	t.Helper()
	var out []int
	for _, s := range m[1:] {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

// TestProxy: the proxy sends to the addresses at which the servers listen, believes no other proxy, is believed by the servers, and lets
// through the requests that the servers take.
func TestProxy(t *testing.T) {
	c := readCompose(t)
	proxy, conf, up := c.Services["proxy"], readRootFile(t, "scripts/deploy/nginx.conf"), readRootFile(t, "scripts/deploy/upstreams.conf")
	want := map[string]int{}
	for _, name := range []string{"yousang1", "yousang2"} {
		s := c.Services[name]
		port := strings.TrimPrefix(s.Command[slices.IndexFunc(s.Command, func(a string) bool { return strings.HasPrefix(a, "--listen=") })],
			"--listen=0.0.0.0:")
		want[net.JoinHostPort(s.listenAddress("inside"), port)] = 2
		if !slices.Contains(s.Command, "--trusted-proxy="+proxy.listenAddress("inside")+"/32") {
			t.Errorf("%s does not believe the proxy: %v", name, s.Command)
		}
	}
	got := map[string]int{}
	for _, m := range regexp.MustCompile(`server (\S+) max_fails=`).FindAllStringSubmatch(up, -1) {
		got[m[1]]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("nginx sends to %v, the servers are %v", got, want)
	}
	for _, p := range proxy.Ports {
		inner := p[strings.LastIndex(p, ":")+1:]
		if !strings.Contains(conf, "listen "+inner+" ") {
			t.Errorf("port %s leads to nothing", p)
		}
	}
	size := regexp.MustCompile(`client_max_body_size (\d+)m;`).FindStringSubmatch(conf)
	if n := readVersion2(t, size)[0] << 20; n < server.MaxBody || n > 2*server.MaxBody {
		t.Errorf("nginx takes bodies of %d bytes, the server %d", n, server.MaxBody)
	}
	for _, line := range []string{"proxy_set_header X-Forwarded-For $remote_addr;", "proxy_set_header X-Forwarded-Proto $scheme;",
		`"" "no-store";`, "ssl_protocols TLSv1.2 TLSv1.3;"} {
		if !strings.Contains(conf, line) {
			t.Errorf("nginx.conf lacks %s", line)
		}
	}
	format, _, _ := strings.Cut(conf[strings.Index(conf, "log_format"):], ";")
	if regexp.MustCompile(`remote|request_uri|\$request |\$uri|http_|args`).MatchString(format) || strings.Contains(conf, "proxy_cache") {
		t.Errorf("nginx keeps who asked for what: %s", format)
	}
}

// TestMakeSecrets: random, private, each with its reader, and never written over.
func TestMakeSecrets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	script := filepath.Join("..", "..", "scripts", "make-secrets")
	run := func() (string, error) {
		out, err := exec.Command(script, dir).CombinedOutput()
		return string(out), err
	}
	out, err := run()
	if os.Getuid() != 0 {
		if err == nil || !strings.Contains(out, "root") {
			t.Errorf("not root: %v, %s", err, out)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first := secretsIn(t, dir)
	for _, name := range []string{"mongo_keyfile", "mongo_admin_password", "mongo_backup_password", "mongo_yousang_password",
		"yousang_store"} {
		if len(first[name]) < 64 || strings.Contains(out, first[name]) {
			t.Errorf("%s: %d bytes, or shown", name, len(first[name]))
		}
	}
	if n := len(first["mongo_keyfile"]); n > 1024 || first["mongo_admin_password"] == first["mongo_backup_password"] {
		t.Errorf("a keyfile of %d bytes, or passwords alike", n)
	}
	store := storeFlag{StoreFile: filepath.Join(dir, "yousang_store")}
	if at, err := store.parseLocation(); err != nil || !strings.Contains(at.uri, first["mongo_yousang_password"]) {
		t.Errorf("the program does not take the address: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "yousang_store")); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err != nil {
		t.Fatalf("again: %v\n%s", err, out)
	}
	if again := secretsIn(t, dir); !maps.Equal(again, first) {
		t.Error("a second run made other secrets")
	}
}

// secretsIn reads a folder of secrets, and fails the test unless each file is private.
func secretsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", d.Name(), info.Mode().Perm())
		}
		b, err := os.ReadFile(path)
		all[d.Name()] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
