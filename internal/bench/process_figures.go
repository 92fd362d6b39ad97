package bench

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The figures come from Linux's /proc; other systems have none, and the rows that need them are left out.

// tick is the unit of processor time in /proc.
const tick = 10 * time.Millisecond

// processorTime is the processor time that a process has used; 0 where the system does not report the time.
func processorTime(pid int) time.Duration {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])) // the name before the figures may hold spaces
	if len(f) < 13 {
		return 0
	}
	ticks, ok := sumFields(f[11:13])
	if !ok {
		return 0
	}
	return time.Duration(ticks) * tick
}

// residentMemory is the memory of a process that is in RAM, in bytes; 0 where the system does not report the memory (Linux does).
func residentMemory(pid int) int64 {
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

func sumFields(fields []string) (n int64, ok bool) {
	for _, f := range fields {
		v, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, false
		}
		n += v
	}
	return n, true
}

// machineTime is the processor time that the whole machine, and this process with its ended children, have used, in ticks.
type machineTime struct {
	all, ours int64
	ok        bool
}

func readMachineTime() (m machineTime) {
	stat, err := os.ReadFile("/proc/stat")
	self, serr := os.ReadFile("/proc/self/stat")
	if err != nil || serr != nil {
		return m
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	f := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal …
	own := strings.Fields(string(self[strings.LastIndexByte(string(self), ')')+1:]))
	if len(f) < 9 || len(own) < 15 {
		return m
	}
	var ok [3]bool
	var more int64
	m.all, ok[0] = sumFields(f[1:4])
	more, ok[1] = sumFields(f[6:9])
	m.ours, ok[2] = sumFields(own[11:15])
	m.all += more
	m.ok = ok[0] && ok[1] && ok[2]
	return m
}

// othersShare is the part of the machine's processors, in percent, that other programs have used since; 0 where the system does not report
// the times.
func (m machineTime) othersShare(took time.Duration) float64 {
	now := readMachineTime()
	if !m.ok || !now.ok || took < tick {
		return 0
	}
	used := float64((now.all-m.all)-(now.ours-m.ours)) * float64(tick)
	return max(0, 100*used/float64(took)/float64(runtime.NumCPU()))
}
