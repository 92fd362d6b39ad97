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

// Backup writes a copy of everything but the views into a new file, as it is at one moment, while the store goes on working. The copy is a
// ledger's file like any other and is on the disk when Backup returns. A dest that exists is an Error of kind Conflict and stays as it
// is. Until the copy is whole it has the name dest.partial.
func (s *Store) Backup(ctx context.Context, dest string) error {
	if err := s.writeBackup(ctx, dest); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

func (s *Store) writeBackup(ctx context.Context, dest string) (err error) {
	// The rename below would replace a file; whoever makes one of that name in between loses it, as with any other tool.
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
	// VACUUM leaves out the free pages, and with them what was erased.
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
