package bench

import (
	"os"
	"syscall"
)

// dataSync makes a file's data durable, and of its metadata what is needed to read them.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
