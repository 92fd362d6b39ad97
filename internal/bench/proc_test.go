package bench

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestProc(t *testing.T) {
	if runtime.GOOS != "linux" {
		if resident(os.Getpid()) != 0 || watchMachine().ok {
			t.Fatal("figures from nowhere")
		}
		return
	}
	m := watchMachine()
	before := worked(os.Getpid())
	begin := time.Now()
	for time.Since(begin) < 50*time.Millisecond { // be busy
		_ = key(1)
	}
	after := worked(os.Getpid())
	now := watchMachine()
	if after <= before || !m.ok || now.ours <= m.ours || now.all <= m.all {
		t.Errorf("no work is seen: %d to %d, %+v to %+v", before, after, m, now)
	}
	if got := m.others(time.Since(begin)); got < 0 || got > 100*float64(runtime.NumCPU()) {
		t.Errorf("others took %v %%", got)
	}
	if got := resident(os.Getpid()); got < 1<<20 {
		t.Errorf("resident = %d bytes, want those of a Go program", got)
	}
	if got := resident(1 << 30); got != 0 {
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
	if n, err := bytesUnder(dir); n != 300 || err != nil {
		t.Errorf("the folder has %d bytes, %v, want 300: the file of the measurement is gone", n, err)
	}
}
