// Package bench measures a server over HTTP, as a child process, on the lineage graph of docs/performance.md. The same run measures the
// best that the machine can do: an fdatasync, and a bare Fiber server with the same bytes.
//
// For each size, Run starts a fresh store, imports the graph in batches, traces, opens pages, sends further events one a request, recalls a
// period, and starts the server again. Every answer is checked; a wrong answer ends the run. Every loop is bounded in count and time.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// BareCommand is the name of the program's hidden command that calls ServeBare: `yousang bench-bare --page FILE --listen HOST:PORT`.
const BareCommand = "bench-bare"

// Options say what is measured.
type Options struct {
	// Sizes are numbers of lots; nil means 10,000 and 100,000. The nearest whole number of periods is made.
	Sizes []int
	// Store is the address of a MongoDB, without a database: each size gets a database of its own, which is dropped in the end. An empty
	// address means an embedded store.
	Store string
	// Program is the program whose command `serve` is measured, beside its command BareCommand.
	Program string
	// Dir is a folder on the disk to be measured; a folder of the measurement's own is made in it and removed. Empty means the current one.
	Dir string
	// Progress takes how far a part of the measurement is; nil shows nothing. Calls come one at a time.
	Progress func(what string, done, total int64)
}

// Run measures and returns the report. Errors: a server that does not start, a wrong answer, ctx.
func Run(ctx context.Context, o Options) (rep *Report, err error) {
	if len(o.Sizes) == 0 {
		o.Sizes = []int{10_000, 100_000}
	}
	o.Progress = serializeProgress(o.Progress)
	if o.Dir == "" {
		o.Dir = "."
	}
	home, err := os.MkdirTemp(o.Dir, "yousang-bench-")
	if err != nil {
		return nil, fmt.Errorf("make the folder of the measurement: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	start, before := time.Now(), readMachineTime()
	rep = &Report{Started: start.UTC().Truncate(time.Second), CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version()}
	for _, size := range o.Sizes {
		r := &measurement{Options: o, program: o.Program, bare: o.Program, periods: makePeriods(periodsFor(size)), conns: 64, bounds: usual}
		if r.dir, err = filepath.Abs(filepath.Join(home, fmt.Sprint(size))); err != nil {
			return nil, fmt.Errorf("make the folder of the measurement: %w", err)
		}
		measure := r.measureSize
		if o.Store != "" {
			measure = r.measureOnMongoDB
		}
		if err := measure(ctx); err != nil {
			return nil, fmt.Errorf("measure %d lots: %w", size, err)
		}
		rep.Sizes = append(rep.Sizes, r.size)
	}
	rep.Growth = compareSizes(rep.Sizes)
	rep.Seconds, rep.Others = time.Since(start).Seconds(), before.othersShare(time.Since(start))
	return rep, nil
}

// serializeProgress makes calls of Progress come one at a time; nil shows nothing.
func serializeProgress(show func(string, int64, int64)) func(string, int64, int64) {
	var mu sync.Mutex
	return func(what string, done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if show != nil {
			show(what, done, total)
		}
	}
}

// bounds end every loop, by count and by time.
type bounds struct {
	imports       time.Duration
	rest          time.Duration // for what the server does behind the log
	oneConnection int           // events on one connection
	periods       int           // sent one event a request by all connections
	days          int           // of each of those
	single        time.Duration // for a measurement of single requests
	traces        int
	pages         int // distinct lots
	cold          time.Duration
	warm          time.Duration
	recalls       int
}

var usual = bounds{imports: 10 * time.Minute, rest: 10 * time.Minute, oneConnection: 3000, periods: 3, days: laterDays,
	single: 12 * time.Second,
	traces: 30, pages: 10_000, cold: 40 * time.Second,
	warm: 5 * time.Second, recalls: 3}

// measurement is the measurement of one size.
type measurement struct {
	Options
	dir     string
	program string   // starts servers
	bare    string   // has BareCommand; empty leaves the comparison out
	periods []period // the graph, without what is sent one a request afterwards
	conns   int
	bounds  bounds
	size    Size

	scratch *scratchDatabase // nil for the embedded store

	server      *serverProcess
	clerk       *client // operator of the co-operative that records everything
	bureau      *client // may see and recall everything
	emptyMemory int64   // resident memory with nothing recorded
	laterLots   int     // lots recorded after the graph
}

// measureSize takes all measurements of one size, in the order of a day: goods come in, then people look them up.
func (r *measurement) measureSize(ctx context.Context) (err error) {
	if err := os.MkdirAll(filepath.Join(r.dir, "store"), 0o700); err != nil {
		return fmt.Errorf("make the folder of the store: %w", err)
	}
	if r.server, err = r.startServer(ctx); err != nil {
		return err
	}
	defer func() { r.server.kill() }()
	steps := []func(context.Context) error{r.registerCounty, r.measureImport, r.measureCatchUp, r.measureTraces, r.measurePages,
		r.measureSingles, r.waitForIdle, r.measureRecall, r.waitForIdle, r.measureRestart, r.measureAppends}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := r.server.stop(); err != nil {
		return err
	}
	return os.RemoveAll(r.dir) // a million lots are gigabytes
}

// lotCount is the number of lots of the graph.
func (r *measurement) lotCount() int {
	last := r.periods[len(r.periods)-1]
	return last.firstLot + last.lotCount()
}

func (r *measurement) addRow(row Row) { r.size.Rows = append(r.size.Rows, row) }
