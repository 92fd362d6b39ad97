package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// requestTime bounds one request; the slowest is a batch on a busy machine.
const requestTime = time.Minute

// client speaks to one server with one API key over at most conns connections.
type client struct {
	host *fasthttp.HostClient
	auth string
	pid  int // of the server
}

func (s *serverProcess) newClient(apiKey string, conns int) *client {
	c := &client{pid: s.pid, host: &fasthttp.HostClient{Addr: s.addr, MaxConns: conns, MaxIdemponentCallAttempts: 1, ReadTimeout: requestTime,
		WriteTimeout:   requestTime,
		ReadBufferSize: 16 << 10, MaxIdleConnDuration: time.Minute, MaxResponseBodySize: 1 << 30, NoDefaultUserAgentHeader: true}}
	if apiKey != "" {
		c.auth = "Bearer " + apiKey
	}
	return c
}

// connection sends one request after another; a connection belongs to one goroutine.
type connection struct {
	client *client
	req    fasthttp.Request
	res    fasthttp.Response
	buf    []byte // for bodies
}

func (c *client) newConnection() *connection { return &connection{client: c} }

// phone is the User-Agent of a browser inside WeChat.
const phone = "Mozilla/5.0 (Linux; Android 13; V2238A) AppleWebKit/537.36 (KHTML, like Gecko) " +
	"Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"

// get requests a path; the body is valid until the next request.
func (h *connection) get(path string) (status int, body []byte, err error) {
	h.req.Reset()
	h.req.Header.SetMethod(fasthttp.MethodGet)
	h.req.Header.SetUserAgent(phone) // so that pages are counted, as pages in use are
	return h.doRequest(path)
}

func (h *connection) post(path string, body []byte) (status int, answer []byte, err error) {
	h.req.Reset()
	h.req.Header.SetMethod(fasthttp.MethodPost)
	h.req.Header.SetContentType("application/json")
	h.req.SetBodyRaw(body)
	return h.doRequest(path)
}

func (h *connection) doRequest(path string) (int, []byte, error) {
	h.req.SetRequestURI(path)
	h.req.Header.SetHost(h.client.host.Addr)
	if h.client.auth != "" {
		h.req.Header.Set(fasthttp.HeaderAuthorization, h.client.auth)
	}
	h.res.Reset()
	if err := h.client.host.Do(&h.req, &h.res); err != nil {
		return 0, nil, fmt.Errorf("ask %s: %w", path, err)
	}
	return h.res.StatusCode(), h.res.Body(), nil
}

// postWant posts a body and checks the status.
func (h *connection) postWant(status int, path string, body []byte) ([]byte, error) {
	got, answer, err := h.post(path, body)
	if err == nil && got != status {
		err = wrongAnswer(path, got, status, answer)
	}
	return answer, err
}

// postJSON posts a value as JSON, checks for 201 and decodes the answer into out, which may be nil.
func (h *connection) postJSON(path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	answer, err := h.postWant(fasthttp.StatusCreated, path, body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read answer of %s: %w", path, err)
	}
	return nil
}

// errWrong is an answer other than the right one: measuring wrong answers would be worth nothing.
var errWrong = errors.New("wrong answer")

func wrongAnswer(path string, got, want int, answer []byte) error {
	return fmt.Errorf("%w to %s: status %d, want %d: %s", errWrong, path, got, want, answer[:min(len(answer), 500)])
}

// checkCount checks that a piece of text occurs n times in an answer.
func checkCount(path string, answer []byte, piece string, n int) error {
	if got := bytes.Count(answer, []byte(piece)); got != n {
		return fmt.Errorf("%w to %s: %d of %s, want %d", errWrong, path, got, piece, n)
	}
	return nil
}

// samples are the durations of the requests of a measurement, sorted.
type samples struct {
	each []time.Duration
	took time.Duration // of all together
	cpu  time.Duration // processor time of the server meanwhile; 0 where the system does not tell
}

func (s *samples) quantile(q float64) time.Duration {
	if len(s.each) == 0 {
		return 0
	}
	return s.each[min(len(s.each)-1, int(q*float64(len(s.each))))]
}

func (s *samples) perSecond() float64 {
	if s.took <= 0 {
		return 0
	}
	return float64(len(s.each)) / s.took.Seconds()
}

// addSamples adds the requests of another measurement that followed this one.
func (s *samples) addSamples(o samples) {
	s.each = append(s.each, o.each...)
	slices.Sort(s.each)
	s.took, s.cpu = s.took+o.took, s.cpu+o.cpu
}

// load is the number of requests, the number of connections, and the time to stop at the latest.
type load struct {
	conns int
	n     int
	until time.Time
}

// sendLoad sends requests 0 … n-1, each connection taking the next free number, and measures every request. sendLoad ends early at the time
// of the load, when ctx ends, and at the first error.
func sendLoad(ctx context.Context, c *client, ld load, send func(h *connection, i int) error) (samples, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	var out samples
	var first error
	start, before := time.Now(), processorTime(c.pid)
	for range ld.conns {
		wg.Go(func() {
			h := c.newConnection()
			var mine []time.Duration
			var err error
			for err == nil && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				begin := time.Now()
				if i >= ld.n || begin.After(ld.until) {
					break
				}
				if err = send(h, i); err == nil {
					mine = append(mine, time.Since(begin))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			out.each = append(out.each, mine...)
			if err != nil {
				next.Store(int64(ld.n)) // the others stop after the request they are at
				first = firstError(first, err)
			}
		})
	}
	wg.Wait()
	out.took, out.cpu = time.Since(start), processorTime(c.pid)-before
	slices.Sort(out.each)
	if first == nil {
		first = ctx.Err()
	}
	return out, first
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
