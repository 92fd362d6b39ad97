package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/valyala/fasthttp"
)

// traces asks for the whole lineage of the first period and of the last: back from its blend, forward from its agri-input.
func (r *run) traces(ctx context.Context) error {
	ends := []period{r.periods[0], r.periods[len(r.periods)-1]}
	for _, p := range ends[:min(len(ends), len(r.periods))] {
		for _, dir := range []string{"back", "forward"} {
			if err := r.trace(ctx, r.bureau, p, dir, ""); err != nil {
				return err
			}
		}
	}
	return r.trace(ctx, r.clerk, r.periods[len(r.periods)-1], "back", " as an operator")
}

func (r *run) trace(ctx context.Context, c *client, p period, dir, who string) error {
	lot := p.blend()
	if dir == "forward" {
		lot = p.input()
	}
	path := "/api/v1/lots/" + key(lot) + "/trace?direction=" + dir
	if err := r.checkTrace(c, p, path); err != nil { // also warms up
		return err
	}
	var size int
	s, err := drive(ctx, c, load{1, r.bounds.traces, time.Now().Add(r.bounds.single)}, func(h *hand, _ int) error {
		status, body, err := h.get(path)
		if size = len(body); err == nil && status != fasthttp.StatusOK {
			err = wrong(path, status, fasthttp.StatusOK, body)
		}
		return err
	})
	if err != nil {
		return err
	}
	p50, n := ms(s.at(0.5)), p.lots()-1
	row := Row{ID: fmt.Sprintf("trace_%s_%d", dir, n), What: fmt.Sprintf("trace %s, %d lots%s", dir, n, who), Value: p50, Unit: "ms p50",
		How: fmt.Sprintf("%d times, walk and JSON of %d KiB", len(s.each), size>>10)}
	if who != "" {
		row.ID += "_operator"
	} else if n > 10_000 {
		row.Target, row.Met = "≤ 15", is(p50 <= 15)
	}
	r.add(latency(row, s))
	return nil
}

// checkTrace wants every lot of the period in the answer, and every edge: those within the graph, and the harvests of its seasons.
func (r *run) checkTrace(c *client, p period, path string) error {
	status, body, err := c.hand().get(path)
	if err != nil {
		return err
	}
	if status != fasthttp.StatusOK {
		return wrong(path, status, fasthttp.StatusOK, body)
	}
	for piece, n := range map[string]int{`{"lot":"`: p.lots(), `{"from":`: p.edges() - levels[0].a*p.days, `"truncated":false`: 1, `"in":[`: villages} {
		if err := count(path, body, piece, n); err != nil {
			return err
		}
	}
	return nil
}

// pages opens the pages of many distinct lots, first cold, then again from all connections for a while; then the same bytes from a bare
// Fiber.
func (r *run) pages(ctx context.Context) error {
	n := min(r.bounds.pages, r.lots())
	paths := make([]string, n)
	for i := range paths {
		paths[i] = "/lot/" + key(i*(r.lots()/n))
	}
	c := newClient(r.server.Addr, "", r.conns)
	sizes := make([]int, n)
	cold, err := drive(ctx, c, load{r.conns, n, time.Now().Add(r.bounds.cold)}, func(h *hand, i int) error {
		size, err := h.page(paths[i])
		sizes[i] = size
		if i%100 == 0 {
			r.Progress("pages", int64(i), int64(n))
		}
		return err
	})
	if err != nil {
		return err
	}
	r.add(latency(Row{ID: "page_cold", What: "provenance page, first time", Value: cold.perSecond(), Unit: "req/s", How: fmt.Sprintf("%d distinct lots, %d connections", len(cold.each), r.conns)}, cold))
	n = len(cold.each)
	order := slices.SortedFunc(slices.Values(sequence(n)), func(a, b int) int { return sizes[a] - sizes[b] })
	typical := order[n/2]
	warm, err := r.pageRound(ctx, c, paths[:n])
	if err != nil {
		return err
	}
	how := fmt.Sprintf("%d distinct lots, median %.1f KiB, %.1f s", n, float64(sizes[typical])/1024, warm.took.Seconds())
	row := latency(Row{ID: "page", What: "provenance page, again", Value: warm.perSecond(), Unit: "req/s", How: how}, warm)
	if r.Bare == "" {
		r.add(row)
		return nil
	}
	return r.besideBare(ctx, row, paths[typical], paths[:n])
}

func sequence(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// page asks for a page and wants it whole.
func (h *hand) page(path string) (size int, err error) {
	status, body, err := h.get(path)
	if err != nil {
		return 0, err
	}
	if status != fasthttp.StatusOK || len(body) < 1000 {
		return 0, wrong(path, status, fasthttp.StatusOK, body)
	}
	return len(body), nil
}

// pageRound asks for pages round and round for a bounded time.
func (r *run) pageRound(ctx context.Context, c *client, paths []string) (samples, error) {
	return drive(ctx, c, load{r.conns, 1 << 30, time.Now().Add(r.bounds.warm)}, func(h *hand, i int) error {
		_, err := h.page(paths[i%len(paths)])
		return err
	})
}

// besideBare measures a bare Fiber serving the bytes of a typical page, in a process of its own, and its redirect.
func (r *run) besideBare(ctx context.Context, row Row, typical string, paths []string) error {
	_, page, err := newClient(r.server.Addr, "", 1).hand().get(typical)
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "page.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	bare, err := StartProcess(ctx, r.Bare, BareCommand, "--page", file, "--listen")
	if err != nil {
		return err
	}
	defer bare.Kill()
	c := newClient(bare.Addr, "", r.conns)
	s, err := r.pageRound(ctx, c, paths)
	if err != nil {
		return err
	}
	ratio, slower := row.Value/s.perSecond(), row.P99/ms(s.at(0.99))
	row.Target, row.Met = "≥ 70 % of bare Fiber", is(ratio >= 0.7)
	r.add(row)
	r.add(Row{ID: "page_ratio", What: "… of bare Fiber's rate", Value: 100 * ratio, Unit: "%", Target: "≥ 70", Met: is(ratio >= 0.7), How: "the two rows around this"})
	r.add(latency(Row{ID: "bare_page", What: "bare Fiber, the same bytes", Value: s.perSecond(), Unit: "req/s", How: fmt.Sprintf("%d bytes, %.1f s", len(page), s.took.Seconds())}, s))
	r.add(Row{ID: "page_p99", What: "page p99 over bare Fiber's", Value: slower, Unit: "×", Target: "≤ 2", Met: is(slower <= 2), How: fmt.Sprintf("%.2f / %.2f ms", row.P99, ms(s.at(0.99)))})
	s, err = drive(ctx, c, load{r.conns, 1 << 30, time.Now().Add(r.bounds.warm / 2)}, func(h *hand, i int) error {
		path := "/01/06912345678902/10" + paths[i%len(paths)][len("/lot"):]
		status, body, err := h.get(path)
		if err == nil && status != fasthttp.StatusTemporaryRedirect {
			err = wrong(path, status, fasthttp.StatusTemporaryRedirect, body)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.add(latency(Row{ID: "bare_redirect", What: "bare Fiber, a 307", Value: s.perSecond(), Unit: "req/s", How: fmt.Sprintf("%.1f s", s.took.Seconds())}, s))
	return bare.Stop()
}

// recall finds everything made of an agri-input, marks it, and lists it by holder; then it is released again, three times.
func (r *run) recall(ctx context.Context) error {
	p := r.periods[len(r.periods)-1]
	h := r.bureau.hand()
	var s samples
	for range r.bounds.recalls {
		for _, action := range []string{"recall", "unrecall"} {
			begin := time.Now()
			body := fmt.Appendf(nil, `{"lots":["%s"],"action":"%s","reason":"bench","forward":true}`, key(p.input()), action)
			if _, err := h.want(fasthttp.StatusCreated, "/api/v1/statuses", body); err != nil {
				return err
			}
			if action != "recall" {
				continue
			}
			path := "/api/v1/lots/" + key(p.input()) + "/trace?direction=forward"
			_, answer, err := h.get(path)
			if err != nil {
				return err
			}
			s.each = append(s.each, time.Since(begin))
			if err := count(path, answer, `"status":"recalled"`, p.lots()); err != nil {
				return err
			}
		}
	}
	slices.Sort(s.each)
	p50 := ms(s.at(0.5))
	r.add(latency(Row{ID: "recall", What: fmt.Sprintf("recall of %d lots", p.lots()-1), Value: p50, Unit: "ms p50", Target: "≤ 100", Met: is(p50 <= 100),
		How: fmt.Sprintf("%d times: marked, durable, and listed with holders", len(s.each))}, s))
	return ctx.Err()
}
