package sqlite

import (
	"context"
	"errors"

	"github.com/yousang/yousang/internal/store/contract"
	"github.com/yousang/yousang/internal/trace"
)

// errClosed is every method's answer after Close.
var errClosed = trace.E(trace.Unavailable, trace.CodeClosed, "")

// pool lends connections, one to one goroutine at a time.
type pool struct {
	free   chan *conn
	size   int // opened
	closed chan struct{}
}

// openPool opens n connections.
func openPool(n int, open func() (*conn, error)) (*pool, error) {
	p := &pool{free: make(chan *conn, n), closed: make(chan struct{})}
	for range n {
		c, err := open()
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.free <- c
		p.size++
	}
	return p, nil
}

// lend lends a connection to fn, and waits for a free connection until ctx ends. A nil pool belongs to a store without a writer.
func (p *pool) lend(ctx context.Context, fn func(*conn) error) error {
	if p == nil {
		return contract.ErrReadOnly
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-p.closed:
		return errClosed
	default:
	}
	select {
	case <-p.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case c := <-p.free:
		defer func() { p.free <- c }()
		return fn(c)
	}
}

// close waits for the connections that are lent and closes all of them. close is called once.
func (p *pool) close() error {
	if p == nil {
		return nil
	}
	close(p.closed)
	var errs []error
	for range p.size {
		errs = append(errs, (<-p.free).close())
	}
	return errors.Join(errs...)
}
