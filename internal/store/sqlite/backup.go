package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yousang/yousang/internal/trace"
)

// Backup writes a copy of the log, the documents, the scans and the blobs into a new file while the store goes on working. The copy shows
// one moment, is a ledger's file like any other and is on the disk when Backup returns. The lineage documents are left out. A dest that
// exists is an Error of kind Conflict and stays unchanged. Until the copy is whole, the file has the name dest.partial.
func (s *Store) Backup(ctx context.Context, dest string) error {
	if err := s.writeBackup(ctx, dest); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

func (s *Store) writeBackup(ctx context.Context, dest string) (err error) {
	// The rename below would replace a file of that name. A file that another program creates between this check and the rename is lost, as
	// with any other tool.
	if err := checkAbsent(dest); err != nil {
		return err
	}
	partial := dest + ".partial"
	f, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // another backup under way, or one that a crash has cut short
	if errors.Is(err, fs.ErrExist) {
		return checkAbsent(partial)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreAbsent(os.Remove(partial)))
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	// VACUUM leaves out the free pages, and with them the erased documents.
	err = s.readers.lend(ctx, func(c *conn) error { return c.execute(ctx, "VACUUM INTO ?", partial) })
	if err != nil {
		return err
	}
	if err := syncFile(partial); err != nil {
		return err
	}
	if err := checkAbsent(dest); err != nil {
		return err
	}
	if err := os.Rename(partial, dest); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dest))
}

func checkAbsent(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return trace.E(trace.Conflict, trace.CodeKeyTaken, "", "value", path)
	}
	return ignoreAbsent(err)
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
