package main

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxyState is what a wire does with what is sent over it.
type proxyState int

const (
	passing  proxyState = iota
	refusing            // connections are closed at once
	silent              // connections stand, nothing arrives, and neither side learns of the fault
)

// tcpProxy is a TCP proxy between servers and their database, for a test to cut.
type tcpProxy struct {
	addr, to string

	mu    sync.Mutex
	state proxyState
	links map[*proxiedConn]bool
	trap  *lostAnswer
}

// proxiedConn is one connection through the wire.
type proxiedConn struct {
	client, server net.Conn
	swallow        *lostAnswer // the server's next answer is dropped, and the link cut
}

// lostAnswer waits for a request whose answer is to be lost.
type lostAnswer struct {
	request []byte     // bytes of the request
	then    proxyState // of the wire afterwards
	sprung  chan struct{}
}

// newTCPProxy listens on a free port and passes everything on.
func newTCPProxy(t *testing.T, to string) *tcpProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &tcpProxy{addr: l.Addr().String(), to: to, links: map[*proxiedConn]bool{}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.joinConns(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.setState(refusing)
		all.Wait()
	})
	return w
}

// setState changes the state and cuts every connection, unless the wire falls silent: a message half sent can never be made whole.
func (w *tcpProxy) setState(s proxyState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
	if s != silent {
		for l := range w.links {
			l.close()
		}
	}
}

// loseAnswer passes the next request on that has these bytes and that MongoDB does not refuse, and loses its answer: the wire is in the
// given state from then on. An answer that arrives later ends the connection.
func (w *tcpProxy) loseAnswer(request string, then proxyState) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap = &lostAnswer{[]byte(request), then, make(chan struct{})}
	return w.trap.sprung
}

func (l *proxiedConn) close() {
	_ = l.client.Close()
	_ = l.server.Close()
}

// joinConns joins a connection to the server until one of the two ends it.
func (w *tcpProxy) joinConns(client net.Conn) {
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &proxiedConn{client: client, server: server}
	if !w.addConn(l) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { l.copyBytes(server, client, w.passRequest) })
	both.Go(func() { l.copyBytes(client, server, w.passAnswer) })
	both.Wait()
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
}

func (w *tcpProxy) addConn(l *proxiedConn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == refusing {
		l.close()
		return false
	}
	w.links[l] = true
	return true
}

// copyBytes copies what may pass, and ends the link when one side is done.
func (l *proxiedConn) copyBytes(to io.Writer, from io.Reader, may func(*proxiedConn, []byte) bool) {
	defer l.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && may(l, buf[:n]) {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// passRequest looks at what a client sends; false drops it.
func (w *tcpProxy) passRequest(l *proxiedConn, chunk []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trap != nil && w.state == passing && bytes.Contains(chunk, w.trap.request) {
		l.swallow, w.trap = w.trap, nil
	}
	return w.state == passing
}

// passAnswer looks at what the server sends; false drops it.
func (w *tcpProxy) passAnswer(l *proxiedConn, chunk []byte) bool {
	w.mu.Lock()
	t := l.swallow
	l.swallow = nil
	passes := w.state == passing
	if t != nil && passes && bytes.Contains(chunk, []byte("writeErrors")) { // refused: the connection waits for the next try
		w.trap, t = t, nil
	}
	w.mu.Unlock()
	if t == nil {
		return passes
	}
	w.setState(t.then)
	close(t.sprung)
	return false
}

// TestWire: the wire does to a connection what the tests of the servers rely on.
func TestWire(t *testing.T) {
	w := newTCPProxy(t, startEcho(t))
	say := func(c net.Conn, word string) (string, error) {
		if _, err := io.WriteString(c, word); err != nil {
			return "", err
		}
		got := make([]byte, len(word))
		_, err := io.ReadFull(c, got)
		return string(got), err
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	c := dial()
	if got, err := say(c, "hello"); got != "hello" || err != nil {
		t.Errorf("passing: %q, %v", got, err)
	}
	sprung := w.loseAnswer("insert", passing)
	if got, err := say(c, "insert"); err == nil {
		t.Errorf("an answer that was to be lost arrived: %q", got)
	}
	<-sprung
	if got, err := say(dial(), "hello"); got != "hello" || err != nil {
		t.Errorf("passing again: %q, %v", got, err)
	}
	c = dial()
	w.setState(refusing)
	if got, err := say(c, "hello"); err == nil {
		t.Errorf("a cut connection answered %q", got)
	}
	if got, err := say(dial(), "hello"); err == nil {
		t.Errorf("a refused connection answered %q", got)
	}
}

// startEcho is a server that says what it hears.
func startEcho(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer func() { _ = c.Close() }()
				_, _ = io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

// proxiedURI is a database's address with the wire in between.
func (w *tcpProxy) proxiedURI(uri string) string {
	scheme, rest, _ := strings.Cut(uri, "://")
	hosts, rest, _ := strings.Cut(rest, "/")
	user := ""
	if at := strings.LastIndexByte(hosts, '@'); at >= 0 {
		user = hosts[:at+1]
	}
	path, query, _ := strings.Cut(rest, "?")
	return scheme + "://" + user + w.addr + "/" + path + "?" + strings.TrimPrefix(query+"&directConnection=true", "&")
}

// firstHost is where a database's first server listens.
func firstHost(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	host, _, _ := strings.Cut(hosts[strings.LastIndexByte(hosts, '@')+1:], ",")
	return host
}
