package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// diskFloor appends 4 KiB and makes them durable, again and again: no durable answer can be faster than this.
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
		if err := dataSync(f); err != nil {
			return s, fmt.Errorf("measure the disk: %w", err)
		}
		s.each = append(s.each, time.Since(begin))
	}
	s.took = time.Since(start)
	slices.Sort(s.each)
	return s, nil
}

// bytesUnder is the size of all files in a folder.
func bytesUnder(dir string) (int64, error) {
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

// worked is the processor time a process has used, in clock ticks of 10 ms; false where the system does not tell.
func worked(pid int) (ticks int64, ok bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])) // the name before it may hold spaces
	if len(f) < 13 {
		return 0, false
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	system, serr := strconv.ParseInt(f[12], 10, 64)
	return user + system, err == nil && serr == nil
}

// resident is the memory of a process that is in RAM, in bytes; 0 where the system does not tell (it does on Linux).
func resident(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
