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

// importAll sends the graph in batches: a few periods at a time, and of those stage after stage, so that no batch waits for another of
// its stage.
func (r *run) importAll(ctx context.Context) error {
	total := 0
	for _, p := range r.periods {
		total += p.events()
	}
	var done atomic.Int64
	sent := func(n int) { r.Progress("import", done.Add(int64(n)), int64(total)) }
	before, begin := worked(r.server.PID), time.Now()
	until := begin.Add(r.bounds.imports)
	for wave := range slices.Chunk(r.periods, batchConns) {
		if err := r.importWave(ctx, wave, until, sent); err != nil {
			return err
		}
	}
	took, cpu := time.Since(begin), worked(r.server.PID)-before
	rate := float64(total) / took.Seconds()
	r.add(Row{ID: "import", What: "import in batches", Value: rate, Unit: "events/s", N: total, Seconds: took.Seconds(), Effort: micros(cpu, total), Target: "≥ 50,000", Met: is(rate >= 50_000),
		How: fmt.Sprintf("%d events, /batch of %d, %d connections", total, batchItems, batchConns)})
	return nil
}

// importWave sends some periods stage by stage.
func (r *run) importWave(ctx context.Context, wave []period, until time.Time, sent func(n int)) error {
	stages := make([][]stage, len(wave))
	for i, p := range wave {
		stages[i] = p.stages()
	}
	for k := range stages[0] {
		batches := batchesOf(stages, k)
		s, err := drive(ctx, r.clerk, load{batchConns, len(batches), until}, func(h *hand, i int) error {
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

// sendBatch sends events together and wants each of them recorded.
func (h *hand) sendBatch(items []item) error {
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
	answer, err := h.want(fasthttp.StatusOK, path, h.buf)
	if err != nil {
		return err
	}
	if err := count(path, answer, `"status":201`, len(items)); err != nil {
		return fmt.Errorf("%w: %s", err, lastOutput(answer))
	}
	return nil
}

// singles sends events one a request, on one connection and on 64: periods that come after the graph.
func (r *run) singles(ctx context.Context) error {
	var all []period
	for p := r.periods[len(r.periods)-1]; len(all) <= r.bounds.periods; all = append(all, p) {
		p = p.next(r.bounds.days)
	}
	if err := r.openSeasons(all); err != nil {
		return err
	}
	floor, err := diskFloor(r.dir)
	if err != nil {
		return err
	}
	p50 := ms(floor.at(0.5))
	r.add(Row{ID: "fdatasync", What: "4 KiB append + fdatasync", Value: p50, Unit: "ms p50", P50: p50, P99: ms(floor.at(0.99)), N: len(floor.each), Seconds: floor.took.Seconds(),
		How: fmt.Sprintf("%d times in the store's folder", len(floor.each))})
	if err := r.oneConnection(ctx, all[0], p50); err != nil {
		return err
	}
	return r.manyConnections(ctx, all[1:])
}

// oneConnection sends harvests, then a share of transformations, one after the other.
func (r *run) oneConnection(ctx context.Context, p period, floor float64) error {
	var s samples
	deadline := time.Now().Add(r.bounds.single)
	for i, st := range p.stages() {
		n := st.n
		if i == 2 {
			n = min(n, r.bounds.one*4/5) // of harvests; the first grades need no more
		}
		if i == 3 {
			n = min(n, r.bounds.one/5)
		}
		if i > 3 {
			break
		}
		part, err := r.send(ctx, st, load{1, n, deadline})
		if err != nil {
			return err
		}
		if i > 1 {
			s.join(part)
		}
	}
	p50 := ms(s.at(0.5))
	r.add(latency(Row{ID: "events_1", What: "1 event a request, 1 connection", Value: p50, Unit: "ms p50", Target: fmt.Sprintf("≤ %.2f (3 × fdatasync)", 3*floor), Met: is(p50 <= 3*floor),
		How: fmt.Sprintf("%d harvests and grades, %.0f/s", len(s.each), s.perSecond())}, s))
	return nil
}

// manyConnections sends whole periods, stage by stage.
func (r *run) manyConnections(ctx context.Context, periods []period) error {
	var s samples
	deadline := time.Now().Add(r.bounds.single)
	for stage := range periods[0].stages() {
		for _, p := range periods {
			st := p.stages()[stage]
			part, err := r.send(ctx, st, load{r.conns, st.n, deadline})
			if err != nil {
				return err
			}
			if st.n >= r.conns { // agri-input, field work and blend are too few
				s.join(part)
			}
			if len(part.each) < st.n { // later stages need this one whole
				deadline = time.Time{}
			}
		}
	}
	r.add(latency(Row{ID: "events_64", What: "1 event a request, 64 connections", Value: s.perSecond(), Unit: "events/s", Target: "≥ 12,000", Met: is(s.perSecond() >= 12_000),
		How: fmt.Sprintf("%d harvests and transformations", len(s.each))}, s))
	return nil
}

// send sends a stage one event a request and checks each answer.
func (r *run) send(ctx context.Context, st stage, ld load) (samples, error) {
	s, err := drive(ctx, r.clerk, ld, func(h *hand, i int) error {
		h.buf = st.body(h.buf[:0], i)
		path := st.path(i)
		answer, err := h.want(fasthttp.StatusCreated, path, h.buf)
		if err != nil {
			return err
		}
		return count(path, answer, `"url":"`, st.made)
	})
	r.more += st.made * len(s.each)
	return s, err
}
