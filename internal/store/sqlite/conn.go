package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	driversqlite "modernc.org/sqlite"
)

// conn is a connection with its prepared statements. conn calls the driver without database/sql in between: a record has fifteen columns,
// and Scan would copy every body once more. One goroutine at a time uses a connection (see pool).
type conn struct {
	driver driver.Conn
	stmts  map[string]driver.Stmt
}

// The ways a file is opened.
const (
	readOnly  = "ro"
	readWrite = "rwc"
)

// errNoRow is the answer of conn.readRow when the query finds no row. The error never leaves the package.
var errNoRow = errors.New("no such row")

// connect opens a file and sets the pragmas, in order.
func connect(ctx context.Context, path, mode string, pragmas []string) (*conn, error) {
	connector, err := driversqlite.NewConnector(fileURI(path, mode))
	if err != nil {
		return nil, err
	}
	d, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &conn{driver: d, stmts: make(map[string]driver.Stmt)}
	for _, p := range pragmas {
		if err := c.runScript(ctx, "PRAGMA "+p); err != nil {
			return nil, errors.Join(fmt.Errorf("pragma %s: %w", p, err), c.close())
		}
	}
	return c, nil
}

// fileURI is the URI of a file; a path may hold any character a file system allows.
func fileURI(path, mode string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/data on Windows
	}
	u := url.URL{Scheme: "file", Path: p}
	return "file://" + u.EscapedPath() + "?mode=" + mode
}

func (c *conn) close() error {
	return errors.Join(c.closeStatements(), c.driver.Close())
}

// closeStatements closes the kept statements.
func (c *conn) closeStatements() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	clear(c.stmts)
	return errors.Join(errs...)
}

// runScript runs statements that are not worth keeping.
func (c *conn) runScript(ctx context.Context, text string) error {
	_, err := c.driver.(driver.ExecerContext).ExecContext(ctx, text, nil)
	return err
}

// keepStatements bounds the statements a connection keeps: Find has a text for every combination of filters.
const keepStatements = 100

// prepare returns a statement and keeps the statement for the next call. No kept statement is running when prepare is called.
func (c *conn) prepare(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	s, err := c.driver.(driver.ConnPrepareContext).PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(c.stmts) >= keepStatements {
		if err := c.closeStatements(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	c.stmts[text] = s
	return s, nil
}

// execute runs a kept statement. Values are int64, string, []byte or nil.
func (c *conn) execute(ctx context.Context, text string, args ...driver.Value) error {
	s, err := c.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = s.(driver.StmtExecContext).ExecContext(ctx, numberValues(args))
	return err
}

// eachRow runs a kept query and hands every row to fn, until fn returns false. fn owns the values but not the slice. The query ends early
// when ctx ends.
func (c *conn) eachRow(ctx context.Context, text string, args []driver.Value, fn func([]driver.Value) (bool, error)) (err error) {
	s, err := c.prepare(ctx, text)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, numberValues(args))
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	values := make([]driver.Value, len(rows.Columns()))
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Next(values); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if more, err := fn(values); err != nil || !more {
			return err
		}
	}
}

// readRow returns the only row of a kept query, or errNoRow.
func (c *conn) readRow(ctx context.Context, text string, args ...driver.Value) ([]driver.Value, error) {
	var found []driver.Value
	err := c.eachRow(ctx, text, args, func(v []driver.Value) (bool, error) {
		found = append(found, v...)
		return false, nil
	})
	if err == nil && found == nil {
		err = errNoRow
	}
	return found, err
}

// readNumber returns the only value of a query as a number; NULL and other types are 0.
func (c *conn) readNumber(ctx context.Context, text string, args ...driver.Value) (int64, error) {
	v, err := c.readRow(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return toInt(v[0]), nil
}

// inTransaction runs work in one write transaction. Until the commit, the transaction ends when ctx ends. The commit itself is always
// waited for; after an error of the commit, the rows may or may not be on the disk.
func (c *conn) inTransaction(ctx context.Context, work func() error) error {
	err := c.execute(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		err = work()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		if err = c.execute(context.WithoutCancel(ctx), "COMMIT"); err == nil {
			return nil
		}
	}
	// Roll back also after a BEGIN that reports the end of ctx: the transaction may have begun. Where nothing is left to roll back, the error
	// of the rollback does not matter.
	_ = c.execute(context.WithoutCancel(ctx), "ROLLBACK")
	return err
}

// isCorrupt reports whether SQLite found that a file is damaged or no database.
func isCorrupt(err error) bool {
	const corruptCode, notADatabase = 11, 26 // SQLITE_CORRUPT, SQLITE_NOTADB
	var e *driversqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	primary := e.Code() & 0xff
	return primary == corruptCode || primary == notADatabase
}

func numberValues(args []driver.Value) []driver.NamedValue {
	n := make([]driver.NamedValue, len(args))
	for i, v := range args {
		n[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return n
}

func toInt(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

func toText(v driver.Value) string {
	s, _ := v.(string)
	return s
}

func toBytes(v driver.Value) []byte {
	b, _ := v.([]byte)
	return b
}

// blobValue makes a value of bytes: nil would be NULL.
func blobValue(b []byte) driver.Value {
	if b == nil {
		return []byte{}
	}
	return b
}
