package bench

import (
	"context"
	"fmt"
	"time"
)

// measureCatchUp measures how long the server works on after the import: on MongoDB, lineage documents are written behind the log, and
// requests are answered more slowly meanwhile. The measurements that follow are of a server at rest.
func (r *measurement) measureCatchUp(ctx context.Context) error {
	begin := time.Now()
	if err := r.waitForIdle(ctx); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	rate := float64(r.lotCount()) / (took + findRow(r.size.Rows, "import").Seconds)
	r.addRow(Row{ID: "behind", What: "work left after the import", Value: took, Unit: "s",
		How: fmt.Sprintf("until the process idles, which takes %s to see; %.0f lots/s with the import", 2*idleWindow, rate)})
	return nil
}

// idleWindow is how long the server's processor time is watched at a time.
const idleWindow = 400 * time.Millisecond

// waitForIdle waits until the server uses less than a tenth of a processor, twice in a row. Where the system does not report processor
// time, waitForIdle waits for that long only.
func (r *measurement) waitForIdle(ctx context.Context) error {
	last := processorTime(r.server.pid)
	for begin, idle := time.Now(), 0; idle < 2 && time.Since(begin) < r.bounds.rest; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleWindow):
		}
		now := processorTime(r.server.pid)
		if now-last > idleWindow/10 {
			idle = -1
		}
		idle, last = idle+1, now
	}
	return nil
}

// measureRestart stops the server, starts a server on the recorded ledger, and measures the start and the memory of the ledger.
func (r *measurement) measureRestart(ctx context.Context) error {
	before := residentMemory(r.server.pid)
	if err := r.server.stop(); err != nil {
		return err
	}
	disk, err := folderBytes(r.dir)
	if err != nil {
		return err
	}
	if r.server, err = r.startServer(ctx); err != nil {
		return err
	}
	after, lots := residentMemory(r.server.pid), float64(r.lotCount()+r.laterLots)
	ready := r.server.ready.Seconds()
	r.addRow(Row{ID: "live", What: "start to /livez", Value: r.server.live.Seconds(), Unit: "s", Target: "at once",
		Met: toPointer(r.server.live.Seconds() <= 0.5), How: fmt.Sprintf("process start, %.0f lots on record", lots)})
	r.addRow(Row{ID: "ready", What: "start to /readyz", Value: ready, Unit: "s", Target: "≤ 5 at 1 M", Met: toPointer(ready <= 5),
		How: fmt.Sprintf("the same; %.0f lots/s replayed", lots/ready)})
	r.addRow(Row{ID: "memory_busy", What: "resident memory after the work", Value: float64(before) / (1 << 20), Unit: "MiB",
		Target: "≤ 600 at 1 M", Met: toPointer(before <= 600_000_000), How: "before the restart, cached pages included"})
	r.addRow(Row{ID: "memory", What: "resident memory after the start", Value: float64(after) / (1 << 20), Unit: "MiB", Target: "≤ 600 at 1 M",
		Met: toPointer(after <= 600_000_000), How: "when ready"})
	r.addRow(Row{ID: "memory_lot", What: "memory a lot", Value: float64(after-r.emptyMemory) / lots, Unit: "B",
		How: fmt.Sprintf("less the %.0f MiB of an empty server", float64(r.emptyMemory)/(1<<20))})
	if r.scratch != nil {
		return nil
	}
	r.addRow(Row{ID: "disk_lot", What: "store a lot", Value: float64(disk) / lots, Unit: "B",
		How: fmt.Sprintf("%.0f MiB of files after the stop", float64(disk)/(1<<20))})
	return nil
}
