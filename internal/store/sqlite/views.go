package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/yousang/yousang/internal/trace"
)

// views is the file of lineage documents 谱系档案, beside the log's file so that writing lineage documents neither waits for the log's fsync
// nor delays it. The file can always be rebuilt: a file that is missing, damaged or of another ledger is created anew, and LineageHead
// answers 0.
type views struct {
	path    string
	writer  *pool // nil when open for reading only
	readers *pool // nil when open for reading only and there is no file that fits
	damaged atomic.Bool
}

// NORMAL: a power cut may lose the last documents and leaves the rest whole.
var viewsPragmas = append([]string{"journal_mode=WAL", "synchronous=NORMAL", "cache_size=-8192", "journal_size_limit=67108864"},
	commonPragmas...)

const viewReaders = 2

// openViews opens the views of a store whose log is open.
func openViews(ctx context.Context, s *Store, ledger string) (*views, error) {
	steps, err := loadSchema("views", viewsApplication)
	if err != nil {
		return nil, err
	}
	v := &views{path: s.path + "-views"}
	fits, err := v.fitsLedger(ctx, s, steps, ledger)
	if err != nil {
		return nil, fmt.Errorf("look at the views: %w", err)
	}
	if s.writer == nil && !fits {
		return v, nil
	}
	if s.writer != nil {
		if err := v.openWriter(ctx, steps, ledger, !fits); err != nil {
			return nil, fmt.Errorf("open views: %w", err)
		}
	}
	v.readers, err = openPool(viewReaders, func() (*conn, error) { return connect(ctx, v.path, readOnly, readerPragmas) })
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open views for reading: %w", err), v.close())
	}
	return v, nil
}

// openWriter opens the file for writing, and replaces a file that does not fit.
func (v *views) openWriter(ctx context.Context, steps schema, ledger string, anew bool) (err error) {
	if anew {
		if err := v.removeFiles(); err != nil {
			return err
		}
	}
	if err := createFile(v.path); err != nil {
		return err
	}
	v.writer, err = openPool(1, func() (*conn, error) {
		c, err := connect(ctx, v.path, readWrite, viewsPragmas)
		if err != nil {
			return nil, err
		}
		if err = steps.migrate(ctx, c, v.path); err == nil && anew {
			err = c.execute(ctx, "INSERT INTO state VALUES (1, ?, 0, 0)", ledger)
		}
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		return c, nil
	})
	return err
}

// fitsLedger reports whether there is a file of views that belongs to this ledger and is not ahead of the log. A file is ahead of the log
// when the log comes from an older backup.
func (v *views) fitsLedger(ctx context.Context, s *Store, steps schema, ledger string) (fits bool, err error) {
	if _, err := os.Stat(v.path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	c, err := connect(ctx, v.path, readOnly, commonPragmas)
	if isCorrupt(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	at, err := steps.readVersion(ctx, c, v.path)
	if errors.Is(err, &trace.Error{Code: trace.CodeBadCheck}) || isCorrupt(err) || err == nil && at == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	state, err := c.readRow(ctx, "SELECT ledger, max(head, max_as_of) FROM state")
	if isCorrupt(err) || errors.Is(err, errNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	head, err := s.Head(ctx) // after the state: a server may be appending meanwhile
	return toText(state[0]) == ledger && toInt(state[1]) <= head, err
}

func (v *views) removeFiles() error {
	var errs []error
	for _, name := range []string{v.path, v.path + "-wal", v.path + "-shm"} {
		if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// noteDamage remembers that the file turned out to be damaged. Close removes a damaged file, so that the next Open creates the file anew.
// Until then the caller gets the error: documents that the caller has put are lost.
func (v *views) noteDamage(err error) error {
	if isCorrupt(err) {
		v.damaged.Store(true)
	}
	return err
}

func (v *views) close() error {
	if v == nil {
		return nil
	}
	err := errors.Join(v.readers.close(), v.writer.close())
	if v.damaged.Load() && v.writer != nil {
		return errors.Join(err, v.removeFiles())
	}
	return err
}

// lendReader lends a connection for reading; without a file nothing is found.
func (v *views) lendReader(ctx context.Context, fn func(*conn) error) error {
	if v.readers == nil {
		return errNoRow
	}
	return v.noteDamage(v.readers.lend(ctx, fn))
}

const putLineage = `INSERT INTO lineage (lot, as_of, body) VALUES (?, ?, ?)
ON CONFLICT (lot) DO UPDATE SET as_of = excluded.as_of, body = excluded.body WHERE excluded.as_of >= lineage.as_of`

// PutLineage implements trace.Store.
func (s *Store) PutLineage(ctx context.Context, docs []trace.LineageDoc) error {
	err := s.views.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error {
			var newest int64
			for i, d := range docs {
				if i%64 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				if err := c.execute(context.WithoutCancel(ctx), putLineage, d.Lot, d.AsOf, blobValue(d.Body)); err != nil {
					return err
				}
				newest = max(newest, d.AsOf)
			}
			return c.execute(context.WithoutCancel(ctx), "UPDATE state SET max_as_of = max(max_as_of, ?)", newest)
		})
	})
	if err != nil {
		return fmt.Errorf("put lineage: %w", s.views.noteDamage(err))
	}
	return nil
}

// Lineage implements trace.Store.
func (s *Store) Lineage(ctx context.Context, lot string) (d trace.LineageDoc, err error) {
	err = s.views.lendReader(ctx, func(c *conn) error {
		v, err := c.readRow(ctx, "SELECT lot, as_of, body FROM lineage WHERE lot = ?", lot)
		if err == nil {
			d = trace.LineageDoc{Lot: toText(v[0]), AsOf: toInt(v[1]), Body: toBytes(v[2])}
		}
		return err
	})
	if err != nil {
		return trace.LineageDoc{}, fmt.Errorf("read lineage: %w", notFound(err, lot))
	}
	return d, nil
}

// LineageHead implements trace.Store.
func (s *Store) LineageHead(ctx context.Context) (head int64, err error) {
	err = s.views.lendReader(ctx, func(c *conn) error {
		head, err = c.readNumber(ctx, "SELECT head FROM state")
		return err
	})
	if errors.Is(err, errNoRow) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read lineage head: %w", err)
	}
	return head, nil
}

// SetLineageHead implements trace.Store.
func (s *Store) SetLineageHead(ctx context.Context, seq int64) error {
	err := s.views.writer.lend(ctx, func(c *conn) error {
		return c.inTransaction(ctx, func() error { return c.execute(context.WithoutCancel(ctx), "UPDATE state SET head = ?", seq) })
	})
	if err != nil {
		return fmt.Errorf("set lineage head: %w", s.views.noteDamage(err))
	}
	return nil
}

// notFound turns an empty answer into the Error of kind NotFound that callers know.
func notFound(err error, what string) error {
	if errors.Is(err, errNoRow) {
		return trace.E(trace.NotFound, trace.CodeNotFound, "", "value", what)
	}
	return err
}
