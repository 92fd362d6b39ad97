package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binary is the program, built once for the tests that start it as a stranger would.
var binary string

func TestMain(m *testing.M) {
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "yousang")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "yousang")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// cleanEnv is the environment without anything that would change the program's flags.
func cleanEnv() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "YOUSANG_") {
			env = append(env, e)
		}
	}
	return append(env, "LANG=C.UTF-8")
}

// runProgram runs the program to its end.
func runProgram(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, binary, args...)
	c.Env = cleanEnv()
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// mustRun runs the program and fails the test where the program fails.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := runProgram(t, args...)
	if code != 0 {
		t.Fatalf("yousang %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// serverProcess is a running server process.
type serverProcess struct {
	url string
	cmd *exec.Cmd
	log *bytes.Buffer
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// startReady starts a server and waits until the server is ready.
func startReady(t *testing.T, args ...string) *serverProcess {
	t.Helper()
	addr := freePort(t)
	s := &serverProcess{url: "http://" + addr, log: &bytes.Buffer{}}
	s.cmd = exec.Command(binary, append([]string{"serve", "--listen", addr}, args...)...)
	s.cmd.Env = cleanEnv()
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.kill()
	t.Fatalf("the server is not ready:\n%s", s.log)
	return nil
}

func (s *serverProcess) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// stop asks the server to end and fails the test unless the server ends well.
func (s *serverProcess) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Fatalf("the server ended with %v:\n%s", err, s.log)
	}
}

var client = &http.Client{Timeout: 20 * time.Second}

// sendJSON sends a JSON request; err is not nil where no whole answer came.
func sendJSON(method, url, key, body string) (status int, answer []byte, err error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err = io.ReadAll(bufio.NewReader(res.Body))
	return res.StatusCode, answer, err
}

// checkAnswer sends a request that has to get a status. A request is its method and its address, with a blank between.
func checkAnswer(t *testing.T, status int, request, key, body string) map[string]any {
	t.Helper()
	method, url, _ := strings.Cut(request, " ")
	got, answer, err := sendJSON(method, url, key, body)
	if err != nil || got != status {
		t.Fatalf("%s: %d, %v, want %d\n%s", request, got, err, status, answer)
	}
	var v map[string]any
	if len(answer) > 0 && answer[0] == '{' {
		if err := json.Unmarshal(answer, &v); err != nil {
			t.Fatal(err)
		}
	}
	return v
}
