package bench

import (
	"os"
	"syscall"
)

// syncData makes a file's data durable, and of its metadata what is needed to read them.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
