package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// errLocked is the answer of takeLock when another process has the lock.
var errLocked = errors.New("locked by another process")

const sharingViolation = syscall.Errno(32) // ERROR_SHARING_VIOLATION

// takeLock opens a file beside the database; no other process may open the file meanwhile. The system closes the file when the process
// ends.
func takeLock(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const shareNothing = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, shareNothing, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

// syncDir does nothing: folders cannot be synced on Windows, which journals names itself.
func syncDir(string) error { return nil }
