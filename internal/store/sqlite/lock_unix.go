//go:build !windows

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// errLocked is the answer of takeLock when another process has the lock.
var errLocked = errors.New("locked by another process")

// takeLock locks a file beside the database. The file is left in place: removing the file would let two processes lock two files of one
// name. The system releases the lock when the process ends, in whatever way. The database itself is not locked: closing any descriptor of
// the database would drop SQLite's own locks.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// syncDir makes the names in a folder durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
