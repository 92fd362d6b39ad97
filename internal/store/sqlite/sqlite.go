// Package sqlite is the embedded store: one SQLite file for the log, documents, scans and blobs, and a second file beside the first for
// lineage documents, which are a view and may be thrown away. The application puts no lineage documents into an embedded store
// (docs/adr/0016), so that the second file stays as small as an empty one.
//
// An acknowledged write is on the disk (WAL, synchronous=FULL). One process at a time has a file open for writing; other processes may read
// the file.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/yousang/yousang/internal/trace"
)

// Store implements trace.Store; Open, OpenDocuments and OpenReadOnly open a store. A Store is safe for concurrent use.
type Store struct {
	path    string
	lock    *os.File // nil unless the log may be appended to
	writer  *pool    // one connection; nil when open for reading only
	readers *pool
	views   *views

	closing sync.Once
	closed  error
}

var _ trace.Store = (*Store)(nil)

// readerCount is the number of connections for reading: more than the cores of a small server would only share its caches.
const readerCount = 4

// commonPragmas: a lock of another process is waited for (milliseconds), and functions in a file's schema are not trusted.
var commonPragmas = []string{"busy_timeout=5000", "trusted_schema=OFF", "foreign_keys=ON"}

// writerPragmas: FULL makes every commit durable (fullfsync: on macOS too); pages of erased documents are overwritten; the log of
// changes is folded into the file every 16 MiB and does not keep more than four times that.
var writerPragmas = append([]string{"page_size=8192", "journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "secure_delete=ON",
	"cache_size=-16384", "wal_autocheckpoint=2048", "journal_size_limit=67108864"}, commonPragmas...)

// readerPragmas: the files are opened read-only; query_only would also forbid VACUUM INTO.
var readerPragmas = append([]string{"cache_size=-8192"}, commonPragmas...)

// Open opens a ledger's file for writing, and creates the file where there is none; the folder must exist. A file of an older program is
// migrated. Errors: kind Unavailable with the path when another process has the file open for writing; kind Conflict, with the file
// unchanged, for a file of another program or of a newer version.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := openFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

func openFile(ctx context.Context, path string) (s *Store, err error) {
	path, steps, err := locateLedger(path)
	if err != nil {
		return nil, err
	}
	if err := checkFile(ctx, path, steps); err != nil {
		return nil, err
	}
	s = &Store{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
			s = nil
		}
	}()
	if s.lock, err = takeLock(path + ".lock"); errors.Is(err, errLocked) {
		return s, trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "path", path)
	} else if err != nil {
		return s, err
	}
	if err = errors.Join(removeSpools(path), createFile(path)); err != nil {
		return s, err
	}
	if s.writer, err = openWriter(ctx, path, steps); err != nil {
		return s, err
	}
	return s, s.openReaders(ctx)
}

// locateLedger is the one name of a ledger's file, with the steps of its schema.
func locateLedger(path string) (string, schema, error) {
	path, err := resolvePath(path)
	if err != nil {
		return "", schema{}, err
	}
	steps, err := loadSchema("migrations", logApplication)
	return path, steps, err
}

// openWriter opens the connection that writes, and takes the steps that a file of an older program lacks.
func openWriter(ctx context.Context, path string, steps schema) (*pool, error) {
	return openPool(1, func() (*conn, error) {
		c, err := connect(ctx, path, readWrite, writerPragmas)
		if err != nil {
			return nil, err
		}
		if err := steps.migrate(ctx, c, path); err != nil {
			return nil, errors.Join(err, c.close())
		}
		return c, nil
	})
}

// OpenDocuments opens a ledger's file for changes of its small documents only, and creates the file where there is none. A server may have
// the file open meanwhile: keys can be created and revoked beside a server. Append answers an error. Errors as Open.
func OpenDocuments(ctx context.Context, path string) (*Store, error) {
	s, err := openDocuments(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store for documents: %w", err)
	}
	return s, nil
}

func openDocuments(ctx context.Context, path string) (*Store, error) {
	path, steps, err := locateLedger(path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkFile(ctx, path, steps), createFile(path)); err != nil {
		return nil, err
	}
	w, err := openWriter(ctx, path, steps)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path}
	err = s.openReaders(ctx) // without a writer: the lineage documents are left alone
	s.writer = w
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// OpenReadOnly opens a ledger's file for verify, export and backup, also while a server writes to the file. Methods that write answer an
// error. Errors as Open; a file that does not exist is an Error of kind NotFound.
func OpenReadOnly(ctx context.Context, path string) (*Store, error) {
	s, err := openReadOnly(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open store for reading: %w", err)
	}
	return s, nil
}

func openReadOnly(ctx context.Context, path string) (*Store, error) {
	named := path
	path, steps, err := locateLedger(named)
	if errors.Is(err, fs.ErrNotExist) { // its folder
		return nil, trace.E(trace.NotFound, trace.CodeNotFound, "store", "value", named)
	}
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, trace.E(trace.NotFound, trace.CodeNotFound, "store", "value", path)
	}
	c, err := connect(ctx, path, readOnly, commonPragmas)
	if err != nil {
		return nil, err
	}
	at, err := steps.readVersion(ctx, c, path)
	if err == nil && at == 0 {
		err = errForeign(path)
	}
	if err := errors.Join(err, c.close()); err != nil {
		return nil, err
	}
	s := &Store{path: path}
	if err := s.openReaders(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openReaders opens the connections for reading, and the lineage documents.
func (s *Store) openReaders(ctx context.Context) (err error) {
	s.readers, err = openPool(readerCount, func() (*conn, error) {
		return connect(ctx, s.path, readOnly, readerPragmas)
	})
	if err != nil {
		return err
	}
	var ledger string
	err = s.readers.lend(ctx, func(c *conn) error {
		v, err := c.readRow(ctx, "SELECT id FROM ledger")
		if err == nil {
			ledger = toText(v[0])
		}
		return err
	})
	if err != nil {
		return err
	}
	s.views, err = openViews(ctx, s, ledger)
	return err
}

// checkFile refuses a file of another program, without opening the file for writing.
func checkFile(ctx context.Context, path string, steps schema) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errForeign(path)
	}
	c, err := connect(ctx, path, readOnly, commonPragmas)
	if err != nil {
		return err
	}
	_, err = steps.readVersion(ctx, c, path)
	return errors.Join(err, c.close())
}

// createFile creates an empty file that only its owner may read, because the file holds accounts and growers' names. SQLite gives its other
// files the same mode.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncDir(filepath.Dir(path)))
}

// resolvePath is the one name of a file that may have several: the lock is on the name.
func resolvePath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		folder, err := filepath.EvalSymlinks(filepath.Dir(abs))
		if err != nil {
			return "", err
		}
		return filepath.Join(folder, filepath.Base(abs)), nil
	}
	return real, err
}

// Close waits for the calls under way, folds the write-ahead log into the file and releases the lock. A second Close does nothing and
// answers as the first.
func (s *Store) Close() error {
	s.closing.Do(func() {
		errs := []error{s.views.close(), s.readers.close(), s.writer.close()}
		if s.lock != nil {
			errs = append(errs, s.lock.Close())
		}
		s.closed = errors.Join(errs...)
	})
	return s.closed
}
