//go:build !linux

package bench

import "os"

// dataSync makes a file durable; there is no fdatasync that could be called alike everywhere.
func dataSync(f *os.File) error { return f.Sync() }
