//go:build !linux

package bench

import "os"

// syncData makes a file durable; the other systems have no common call for fdatasync.
func syncData(f *os.File) error { return f.Sync() }
