package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// serverProcess is a running server process.
type serverProcess struct {
	addr     string // host:port
	pid      int
	adminKey string
	live     time.Duration // from the start of the process to the first good answer of /livez
	ready    time.Duration // the same for /readyz

	cmd   *exec.Cmd
	log   *bytes.Buffer
	ended chan struct{} // closed once the process is gone
	err   error         // how it ended; read after ended
}

const (
	startTime = 5 * time.Minute // to be ready; a million events take seconds
	stopTime  = time.Minute
)

// startServer starts a server on the store in the folder of the measurement: the embedded store, or the one that the folder names. The
// store and an admin key are made where there is none. Each call is a new process.
func (r *measurement) startServer(ctx context.Context) (*serverProcess, error) {
	store := storeArgs(r.dir)
	token, err := createAdminKey(ctx, r.program, r.dir, store)
	if err != nil {
		return nil, err
	}
	flags := []string{"--public-url", "https://bench.example", "--log-level", "warn", "--listen"}
	s, err := startProcess(ctx, r.program, slices.Concat([]string{"serve"}, store, flags)...)
	if err != nil {
		return nil, err
	}
	s.adminKey = token
	return s, nil
}

// createAdminKey creates a key before the first start and keeps the key in the folder for the next start.
func createAdminKey(ctx context.Context, exe, dir string, store []string) (string, error) {
	file := dir + "/admin.key"
	if b, err := os.ReadFile(file); err == nil {
		return string(b), nil
	}
	c := exec.CommandContext(ctx, exe, append([]string{"key", "create", "--role", "admin", "--label", "bench"}, store...)...)
	c.Env = childEnvironment()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("create admin key: %w: %s", err, lastOutput(stderr.Bytes()))
	}
	token := strings.TrimSpace(string(out))
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		return "", fmt.Errorf("keep admin key: %w", err)
	}
	return token, nil
}

// childEnvironment is the environment without the variables that would change the flags of the child.
func childEnvironment() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "YOUSANG_") {
			env = append(env, e)
		}
	}
	return env
}

// startProcess starts a program that listens on the address given as its last argument, waits until the program is ready, and measures the
// start. The process ends with ctx at the latest. Errors: the program ended or was not ready in time; the error contains the output.
func startProcess(ctx context.Context, exe string, args ...string) (*serverProcess, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &serverProcess{addr: addr, cmd: exec.CommandContext(ctx, exe, append(args, addr)...), log: &bytes.Buffer{},
		ended: make(chan struct{})}
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = childEnvironment(), s.log, s.log
	if _, err := s.cmd.StdinPipe(); err != nil { // closed when we end, however we end: see ServeBare
		return nil, fmt.Errorf("start server: %w", err)
	}
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	s.pid = s.cmd.Process.Pid
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	if s.live, err = s.awaitAnswer("/livez", begin); err != nil {
		return nil, err
	}
	if args[0] != BareCommand {
		if s.ready, err = s.awaitAnswer("/readyz", begin); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// freeAddress is a loopback address that no program listens on at this moment.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return addr, nil
}

// awaitAnswer requests a path every few milliseconds until the answer is 200.
func (s *serverProcess) awaitAnswer(path string, begin time.Time) (time.Duration, error) {
	h := s.newClient("", 1).newConnection()
	for time.Since(begin) < startTime {
		select {
		case <-s.ended:
			return 0, fmt.Errorf("start server: it ended (%w): %s", s.err, lastOutput(s.log.Bytes()))
		default:
		}
		if status, _, err := h.get(path); err == nil && status == fasthttp.StatusOK {
			return time.Since(begin), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.kill()
	return 0, fmt.Errorf("start server: %s is not answered after %s: %s", path, startTime, lastOutput(s.log.Bytes()))
}

// stop asks the process to end and waits. Errors: the process did not end in time (and was killed), or ended with an error.
func (s *serverProcess) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop server: %w", err)
	}
	select {
	case <-s.ended:
	case <-time.After(stopTime):
		s.kill()
		return fmt.Errorf("stop server: it did not end within %s: %s", stopTime, lastOutput(s.log.Bytes()))
	}
	if s.err != nil {
		return fmt.Errorf("stop server: %w: %s", s.err, lastOutput(s.log.Bytes()))
	}
	return nil
}

// kill ends the process at once, if the process still runs, and waits for the end.
func (s *serverProcess) kill() {
	select {
	case <-s.ended:
		return
	default:
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return // the process cannot be ended by us; ctx will try again
	}
	<-s.ended
}

// lastOutput is the end of a program's output.
func lastOutput(b []byte) []byte { return bytes.TrimSpace(b[max(0, len(b)-2000):]) }
