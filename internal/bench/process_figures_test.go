package bench

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestProc(t *testing.T) {
	if runtime.GOOS != "linux" {
		if residentMemory(os.Getpid()) != 0 || readMachineTime().ok {
			t.Fatal("figures from nowhere")
		}
		return
	}
	m := readMachineTime()
	before := processorTime(os.Getpid())
	begin := time.Now()
	for time.Since(begin) < 50*time.Millisecond { // be busy
		_ = lotKey(1)
	}
	after := processorTime(os.Getpid())
	now := readMachineTime()
	if after <= before || !m.ok || now.ours <= m.ours || now.all <= m.all {
		t.Errorf("no work is seen: %d to %d, %+v to %+v", before, after, m, now)
	}
	if got := m.othersShare(time.Since(begin)); got < 0 || got > 100*float64(runtime.NumCPU()) {
		t.Errorf("others took %v %%", got)
	}
	if got := residentMemory(os.Getpid()); got < 1<<20 {
		t.Errorf("resident = %d bytes, want those of a Go program", got)
	}
	if got := residentMemory(1 << 30); got != 0 {
		t.Errorf("a process that is not there has %d bytes", got)
	}
}

func TestDiskFloor(t *testing.T) {
	dir := t.TempDir()
	s, err := diskFloor(dir)
	if err != nil || len(s.each) == 0 || s.took <= 0 {
		t.Fatalf("floor = %d samples in %v, %v", len(s.each), s.took, err)
	}
	if err := os.WriteFile(dir+"/x", make([]byte, 300), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := folderBytes(dir); n != 300 || err != nil {
		t.Errorf("the folder has %d bytes, %v, want 300: the file of the measurement is gone", n, err)
	}
}
