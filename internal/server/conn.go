package server

import (
	"net"
	"time"
)

// CoarseDeadlines wraps a listener so that deadlines of its connections cost little: each request moves three of them by a moment, and the
// clock of the operating system's poller need not hear of it each time. A deadline may come up to a second early.
func CoarseDeadlines(l net.Listener) net.Listener { return &coarseListener{l} }

type coarseListener struct{ net.Listener }

// Accept implements net.Listener.
func (l *coarseListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &coarseConn{Conn: c}, nil
}

// coarseConn remembers the deadlines that were set. Like those of any connection they are set by its one user.
type coarseConn struct {
	net.Conn
	read, write time.Time
}

const coarseness = time.Second

// isNear reports whether a deadline need not be moved: it is set, and the new one is at most a moment later.
func isNear(set, t time.Time) bool {
	d := t.Sub(set)
	return !set.IsZero() && !t.IsZero() && d >= 0 && d < coarseness
}

// SetReadDeadline implements net.Conn.
func (c *coarseConn) SetReadDeadline(t time.Time) error {
	if isNear(c.read, t) {
		return nil
	}
	c.read = t
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *coarseConn) SetWriteDeadline(t time.Time) error {
	if isNear(c.write, t) {
		return nil
	}
	c.write = t
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *coarseConn) SetDeadline(t time.Time) error {
	c.read, c.write = t, t
	return c.Conn.SetDeadline(t)
}
