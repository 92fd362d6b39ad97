package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// diskFloor appends 4 KiB and makes them durable, again and again: no durable answer can be faster.
func diskFloor(dir string) (s samples, err error) {
	f, err := os.CreateTemp(dir, "floor")
	if err != nil {
		return s, fmt.Errorf("measure the disk: %w", err)
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if rerr := os.Remove(f.Name()); err == nil {
			err = rerr
		}
	}()
	page := make([]byte, 4<<10)
	start := time.Now()
	for i := 0; i < 3000 && time.Since(start) < 2*time.Second; i++ {
		begin := time.Now()
		if _, err := f.Write(page); err != nil {
			return s, fmt.Errorf("measure the disk: %w", err)
		}
		if err := syncData(f); err != nil {
			return s, fmt.Errorf("measure the disk: %w", err)
		}
		s.each = append(s.each, time.Since(begin))
	}
	s.took = time.Since(start)
	slices.Sort(s.each)
	return s, nil
}

// folderBytes is the size of all files in a folder.
func folderBytes(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("measure the store's files: %w", err)
	}
	return sum, nil
}
