package bench

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	batchItems = 500
	batchConns = 4
)

// measureImport sends the graph in batches: a few periods at a time, and of those stage after stage, so that no batch waits for another
// batch of its stage.
func (r *measurement) measureImport(ctx context.Context) error {
	total := 0
	for _, p := range r.periods {
		total += p.eventCount()
	}
	var done atomic.Int64
	sent := func(n int) { r.Progress("import", done.Add(int64(n)), int64(total)) }
	before, begin := processorTime(r.server.pid), time.Now()
	until := begin.Add(r.bounds.imports)
	for wave := range slices.Chunk(r.periods, batchConns) {
		if err := r.importWave(ctx, wave, until, sent); err != nil {
			return err
		}
	}
	took, cpu := time.Since(begin), processorTime(r.server.pid)-before
	rate := float64(total) / took.Seconds()
	r.addRow(Row{ID: "import", What: "import in batches", Value: rate, Unit: "events/s", N: total, Seconds: took.Seconds(),
		Effort: microsPerRequest(cpu, total), Target: "≥ 50,000", Met: toPointer(rate >= 50_000),
		How: fmt.Sprintf("%d events, /batch of %d, %d connections", total, batchItems, batchConns)})
	return nil
}

// importWave sends some periods stage by stage.
func (r *measurement) importWave(ctx context.Context, wave []period, until time.Time, sent func(n int)) error {
	stages := make([][]stage, len(wave))
	for i, p := range wave {
		stages[i] = p.eventStages()
	}
	for k := range stages[0] {
		batches := batchesOf(stages, k)
		s, err := sendLoad(ctx, r.clerk, load{batchConns, len(batches), until}, func(h *connection, i int) error {
			err := h.sendBatch(batches[i])
			sent(len(batches[i]))
			return err
		})
		if err != nil {
			return err
		}
		if len(s.each) < len(batches) {
			return fmt.Errorf("import: not done within %s", r.bounds.imports)
		}
	}
	return nil
}

// item is one event of a stage.
type item struct {
	stage *stage
	i     int
}

// batchesOf cuts the k-th stages of some periods into batches.
func batchesOf(stages [][]stage, k int) [][]item {
	var all []item
	for i := range stages {
		st := &stages[i][k]
		for j := range st.n {
			all = append(all, item{st, j})
		}
	}
	return slices.Collect(slices.Chunk(all, batchItems))
}

// sendBatch sends events together and checks that each event is recorded.
func (h *connection) sendBatch(items []item) error {
	b := append(h.buf[:0], `{"items":[`...)
	for n, it := range items {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"type":"`...), it.stage.kind...), `","body":`...)
		b = append(it.stage.body(b, it.i), '}')
	}
	h.buf = append(b, `]}`...)
	const path = "/api/v1/batch"
	answer, err := h.postWant(fasthttp.StatusOK, path, h.buf)
	if err != nil {
		return err
	}
	if err := checkCount(path, answer, `"status":201`, len(items)); err != nil {
		return fmt.Errorf("%w: %s", err, lastOutput(answer))
	}
	return nil
}

// measureSingles sends events one a request, on one connection and on 64: the events of periods that come after the graph.
func (r *measurement) measureSingles(ctx context.Context) error {
	var all []period
	for p := r.periods[len(r.periods)-1]; len(all) <= r.bounds.periods; all = append(all, p) {
		p = p.nextPeriod(r.bounds.days)
	}
	if err := r.openSeasons(all); err != nil {
		return err
	}
	floor, err := diskFloor(r.dir)
	if err != nil {
		return err
	}
	p50 := toMillis(floor.quantile(0.5))
	r.addRow(Row{ID: "fdatasync", What: "4 KiB append + fdatasync", Value: p50, Unit: "ms p50", P50: p50, P99: toMillis(floor.quantile(0.99)),
		N: len(floor.each), Seconds: floor.took.Seconds(),
		How: fmt.Sprintf("%d times in the store's folder", len(floor.each))})
	if err := r.measureOneConnection(ctx, all[0], p50); err != nil {
		return err
	}
	return r.measureManyConnections(ctx, all[1:])
}

// measureOneConnection sends harvests, then a share of transformations, one after the other.
func (r *measurement) measureOneConnection(ctx context.Context, p period, floor float64) error {
	var s samples
	deadline := time.Now().Add(r.bounds.single)
	for i, st := range p.eventStages() {
		n := st.n
		if i == 2 {
			n = min(n, r.bounds.oneConnection*4/5) // of harvests; the first grades need no more
		}
		if i == 3 {
			n = min(n, r.bounds.oneConnection/5)
		}
		if i > 3 {
			break
		}
		part, err := r.sendStage(ctx, st, load{1, n, deadline})
		if err != nil {
			return err
		}
		if i > 1 {
			s.addSamples(part)
		}
	}
	p50 := toMillis(s.quantile(0.5))
	r.addRow(withLatency(Row{ID: "events_1", What: "1 event a request, 1 connection", Value: p50, Unit: "ms p50",
		Target: fmt.Sprintf("≤ %.2f (3 × fdatasync)", 3*floor), Met: toPointer(p50 <= 3*floor),
		How: fmt.Sprintf("%d harvests and grades, %.0f/s", len(s.each), s.perSecond())}, s))
	return nil
}

// measureManyConnections sends whole periods, stage by stage.
func (r *measurement) measureManyConnections(ctx context.Context, periods []period) error {
	var s samples
	deadline := time.Now().Add(r.bounds.single)
	for stage := range periods[0].eventStages() {
		for _, p := range periods {
			st := p.eventStages()[stage]
			part, err := r.sendStage(ctx, st, load{r.conns, st.n, deadline})
			if err != nil {
				return err
			}
			if st.n >= r.conns { // agri-input, field work and blend are too few
				s.addSamples(part)
			}
			if len(part.each) < st.n { // later stages need this one whole
				deadline = time.Time{}
			}
		}
	}
	r.addRow(withLatency(Row{ID: "events_64", What: "1 event a request, 64 connections", Value: s.perSecond(), Unit: "events/s",
		Target: "≥ 12,000", Met: toPointer(s.perSecond() >= 12_000),
		How: fmt.Sprintf("%d harvests and transformations", len(s.each))}, s))
	return nil
}

// sendStage sends a stage one event a request and checks each answer.
func (r *measurement) sendStage(ctx context.Context, st stage, ld load) (samples, error) {
	s, err := sendLoad(ctx, r.clerk, ld, func(h *connection, i int) error {
		h.buf = st.body(h.buf[:0], i)
		path := st.path(i)
		answer, err := h.postWant(fasthttp.StatusCreated, path, h.buf)
		if err != nil {
			return err
		}
		return checkCount(path, answer, `"url":"`, st.made)
	})
	r.laterLots += st.made * len(s.each)
	return s, err
}
