package server

import (
	"net"
	"time"
)

// Patient wraps a listener so that deadlines of its connections cost little: each request moves three of them by a moment, and the clock of
// the operating system's poller need not hear of it each time. A deadline may come up to a second early.
func Patient(l net.Listener) net.Listener { return &patient{l} }

type patient struct{ net.Listener }

// Accept implements net.Listener.
func (l *patient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: c}, nil
}

// patientConn remembers the deadlines that were set. Like those of any connection they are set by its one user.
type patientConn struct {
	net.Conn
	read, write time.Time
}

const nearly = time.Second

// near reports whether a deadline need not be moved: it is set, and the new one is at most a moment later.
func near(set, t time.Time) bool {
	d := t.Sub(set)
	return !set.IsZero() && !t.IsZero() && d >= 0 && d < nearly
}

// SetReadDeadline implements net.Conn.
func (c *patientConn) SetReadDeadline(t time.Time) error {
	if near(c.read, t) {
		return nil
	}
	c.read = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *patientConn) SetWriteDeadline(t time.Time) error {
	if near(c.write, t) {
		return nil
	}
	c.write = t
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *patientConn) SetDeadline(t time.Time) error {
	c.read, c.write = t, t
	return c.Conn.SetDeadline(t)
}
