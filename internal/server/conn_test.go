package server

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// TestPatient: deadlines that move by a moment are not set again, and those that matter are.
func TestPatient(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Patient(inner)
	client, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(client.Close(), c.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	}()
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
