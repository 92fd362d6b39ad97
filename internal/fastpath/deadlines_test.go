package fastpath

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// newCoarsePair is a connection with coarse deadlines and its client.
func newCoarsePair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := CoarseDeadlines(inner)
	if client, err = net.Dial("tcp", inner.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), server.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	})
	return client, server
}

// TestCoarseDeadlines: deadlines that move by a moment are not set again, and those that matter are.
func TestCoarseDeadlines(t *testing.T) {
	client, c := newCoarsePair(t)
	read := func() error {
		_, err := c.Read(make([]byte, 1))
		return err
	}
	now := time.Now()
	for _, step := range []struct {
		name string
		set  func(time.Time) error
		at   time.Time
		ends bool // reading ends by the deadline
	}{
		{"in the past", c.SetReadDeadline, now.Add(-time.Hour), true},
		{"far away", c.SetReadDeadline, now.Add(time.Hour), false},
		{"a moment later", c.SetReadDeadline, now.Add(time.Hour + time.Millisecond), false},
		{"in the past again", c.SetReadDeadline, now.Add(-time.Hour), true},
		{"none", c.SetReadDeadline, time.Time{}, false},
		{"both in the past", c.SetDeadline, now.Add(-time.Hour), true},
		{"a moment after that", c.SetReadDeadline, now.Add(-time.Hour + time.Millisecond), true},
		{"both none", c.SetDeadline, time.Time{}, false},
		{"much later", c.SetReadDeadline, now.Add(2 * time.Hour), false},
	} {
		if err := step.set(step.at); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if !step.ends {
			if _, err := client.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := read(); errors.Is(err, os.ErrDeadlineExceeded) != step.ends || err != nil != step.ends {
			t.Errorf("%s: read = %v", step.name, err)
		}
	}
	if err := c.SetWriteDeadline(now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write after its deadline = %v", err)
	}
}

// BenchmarkDeadlines compares moving a deadline by a moment with and without the poller.
func BenchmarkDeadlines(b *testing.B) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	client, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	plain, err := inner.Accept()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = errors.Join(client.Close(), plain.Close(), inner.Close()) })
	for name, c := range map[string]net.Conn{"plain": plain, "coarse": &coarseConn{Conn: plain}} {
		b.Run(name, func(b *testing.B) {
			end := time.Now().Add(time.Hour)
			for b.Loop() {
				if err := c.SetReadDeadline(end); err != nil {
					b.Fatal(err)
				}
				end = end.Add(time.Microsecond)
			}
		})
	}
}
