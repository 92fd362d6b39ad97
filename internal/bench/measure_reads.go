package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/valyala/fasthttp"
)

// measureTraces requests the whole lineage of the first period and of the last: back from the blend, forward from the agri-input.
func (r *measurement) measureTraces(ctx context.Context) error {
	ends := []period{r.periods[0], r.periods[len(r.periods)-1]}
	for _, p := range ends[:min(len(ends), len(r.periods))] {
		for _, dir := range []string{"back", "forward"} {
			if err := r.measureTrace(ctx, r.bureau, p, dir, ""); err != nil {
				return err
			}
		}
	}
	return r.measureTrace(ctx, r.clerk, r.periods[len(r.periods)-1], "back", " as an operator")
}

func (r *measurement) measureTrace(ctx context.Context, c *client, p period, dir, who string) error {
	lot := p.blendLot()
	if dir == "forward" {
		lot = p.inputLot()
	}
	path := "/api/v1/lots/" + lotKey(lot) + "/trace?direction=" + dir
	if err := r.checkTrace(c, p, path); err != nil { // also warms up
		return err
	}
	var size int
	s, err := sendLoad(ctx, c, load{1, r.bounds.traces, time.Now().Add(r.bounds.single)}, func(h *connection, _ int) error {
		status, body, err := h.get(path)
		if size = len(body); err == nil && status != fasthttp.StatusOK {
			err = wrongAnswer(path, status, fasthttp.StatusOK, body)
		}
		return err
	})
	if err != nil {
		return err
	}
	p50, n := toMillis(s.quantile(0.5)), p.lotCount()-1
	row := Row{ID: fmt.Sprintf("trace_%s_%d", dir, n), What: fmt.Sprintf("trace %s, %d lots%s", dir, n, who), Value: p50, Unit: "ms p50",
		How: fmt.Sprintf("%d times, walk and JSON of %d KiB", len(s.each), size>>10)}
	if who != "" {
		row.ID += "_operator"
	} else if n > 10_000 {
		row.Target, row.Met = "≤ 15", toPointer(p50 <= 15)
	}
	r.addRow(withLatency(row, s))
	return nil
}

// checkTrace checks that the answer has every lot of the period and every edge: the edges within the graph, and the harvests of the
// seasons.
func (r *measurement) checkTrace(c *client, p period, path string) error {
	status, body, err := c.newConnection().get(path)
	if err != nil {
		return err
	}
	if status != fasthttp.StatusOK {
		return wrongAnswer(path, status, fasthttp.StatusOK, body)
	}
	for piece, n := range map[string]int{`{"lot":"`: p.lotCount(), `{"from":`: p.edgeCount() - levels[0].a*p.days, `"truncated":false`: 1,
		`"in":[`: villages} {
		if err := checkCount(path, body, piece, n); err != nil {
			return err
		}
	}
	return nil
}

// measurePages opens the pages of many distinct lots, first cold, then again from all connections for a while; then the same bytes from a
// bare Fiber server.
func (r *measurement) measurePages(ctx context.Context) error {
	n := min(r.bounds.pages, r.lotCount())
	paths := make([]string, n)
	for i := range paths {
		paths[i] = "/trace/" + lotKey(i*(r.lotCount()/n))
	}
	c := r.server.newClient("", r.conns)
	sizes := make([]int, n)
	cold, err := sendLoad(ctx, c, load{r.conns, n, time.Now().Add(r.bounds.cold)}, func(h *connection, i int) error {
		size, err := h.getPage(paths[i])
		sizes[i] = size
		if i%100 == 0 {
			r.Progress("pages", int64(i), int64(n))
		}
		return err
	})
	if err != nil {
		return err
	}
	r.addRow(withLatency(Row{ID: "page_cold", What: "provenance page, first time", Value: cold.perSecond(), Unit: "req/s",
		How: fmt.Sprintf("%d distinct lots, %d connections", len(cold.each), r.conns)}, cold))
	n = len(cold.each)
	order := slices.SortedFunc(slices.Values(numbersBelow(n)), func(a, b int) int { return sizes[a] - sizes[b] })
	typical := order[n/2]
	row := Row{ID: "page", What: "provenance page, again", Unit: "req/s", How: fmt.Sprintf("%d distinct lots, median %.1f KiB", n,
		float64(sizes[typical])/1024)}
	if r.bare != "" {
		return r.compareWithBare(ctx, c, row, paths[typical], paths[:n])
	}
	warm, err := r.askForAWhile(ctx, c, paths[:n], askPage)
	row.Value = warm.perSecond()
	r.addRow(withLatency(row, warm))
	return err
}

func numbersBelow(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// getPage requests a page and checks that the page is whole.
func (h *connection) getPage(path string) (size int, err error) {
	status, body, err := h.get(path)
	if err != nil {
		return 0, err
	}
	if status != fasthttp.StatusOK || len(body) < 1000 {
		return 0, wrongAnswer(path, status, fasthttp.StatusOK, body)
	}
	return len(body), nil
}

// pageRounds is how often the server and the bare Fiber server take turns, so that another program that uses the machine for a while slows
// both.
const pageRounds = 3

// askForAWhile requests paths in turn for a bounded time.
func (r *measurement) askForAWhile(ctx context.Context, c *client, paths []string, ask func(h *connection, path string) error) (samples,
	error) {
	return sendLoad(ctx, c, load{r.conns, 1 << 30, time.Now().Add(r.bounds.warm / pageRounds)}, func(h *connection, i int) error {
		return ask(h, paths[i%len(paths)])
	})
}

// askByTurns lets the server and the bare Fiber server take turns at the same paths.
func (r *measurement) askByTurns(ctx context.Context, ours, bare *client, paths []string, ask func(h *connection, path string) error) (own,
	theirs samples, err error) {
	for range pageRounds {
		for _, m := range []struct {
			c *client
			s *samples
		}{{ours, &own}, {bare, &theirs}} {
			s, err := r.askForAWhile(ctx, m.c, paths, ask)
			if err != nil {
				return own, theirs, err
			}
			m.s.addSamples(s)
		}
	}
	return own, theirs, nil
}

func askPage(h *connection, path string) error {
	_, err := h.getPage(path)
	return err
}

// askRedirect requests the identifier of a lot and checks the redirect to the page.
func askRedirect(h *connection, path string) error {
	status, body, err := h.get(path)
	if err == nil && (status != fasthttp.StatusTemporaryRedirect || !bytes.HasSuffix(h.res.Header.Peek(fasthttp.HeaderLocation),
		[]byte("/trace"+path[len("/lot"):]))) {
		err = wrongAnswer(path, status, fasthttp.StatusTemporaryRedirect, body)
	}
	return err
}

// compareWithBare measures pages and redirects beside a bare Fiber server with the bytes of a typical page, in a process of its own.
func (r *measurement) compareWithBare(ctx context.Context, pages *client, row Row, typical string, paths []string) error {
	_, page, err := pages.newConnection().get(typical)
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "page.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	bare, err := startProcess(ctx, r.bare, BareCommand, "--page", file, "--listen")
	if err != nil {
		return err
	}
	defer bare.kill()
	c := bare.newClient("", r.conns)
	ours, theirs, err := r.askByTurns(ctx, pages, c, paths, askPage)
	if err != nil {
		return err
	}
	row.Value = ours.perSecond()
	r.addRow(withLatency(row, ours))
	r.addRow(withLatency(Row{ID: "bare_page", What: "bare Fiber, the same bytes", Value: theirs.perSecond(), Unit: "req/s",
		How: fmt.Sprintf("%d bytes, by turns with the row above, %.1f s each", len(page), theirs.took.Seconds())}, theirs))
	ratio, slower := 100*ours.perSecond()/theirs.perSecond(), float64(ours.quantile(0.99))/float64(theirs.quantile(0.99))
	r.addRow(Row{ID: "page_ratio", What: "page, part of bare Fiber's rate", Value: ratio, Unit: "%", Target: "≥ 70",
		Met: toPointer(ratio >= 70), How: "of the two rows above"})
	r.addRow(Row{ID: "page_p99", What: "page p99, over bare Fiber's", Value: slower, Unit: "×", Target: "≤ 2", Met: toPointer(slower <= 2),
		How: "of the same rows"})
	if err := r.measureRedirects(ctx, pages, c, paths); err != nil {
		return err
	}
	return bare.stop()
}

// measureRedirects measures the redirect from a printed code to its page beside the 307 of a bare Fiber server.
func (r *measurement) measureRedirects(ctx context.Context, pages, bare *client, paths []string) error {
	codes := make([]string, len(paths))
	for i, p := range paths {
		codes[i] = "/lot" + p[len("/trace"):]
	}
	ours, theirs, err := r.askByTurns(ctx, pages, bare, codes, askRedirect)
	if err != nil {
		return err
	}
	r.addRow(withLatency(Row{ID: "redirect", What: "redirect of a code to its page", Value: ours.perSecond(), Unit: "req/s",
		How: fmt.Sprintf("%d distinct lots", len(codes))}, ours))
	r.addRow(withLatency(Row{ID: "bare_redirect", What: "bare Fiber, a 307", Value: theirs.perSecond(), Unit: "req/s",
		How: fmt.Sprintf("by turns with the row above, %.1f s each", theirs.took.Seconds())}, theirs))
	ratio := 100 * ours.perSecond() / theirs.perSecond()
	r.addRow(Row{ID: "redirect_ratio", What: "redirect, part of bare Fiber's rate", Value: ratio, Unit: "%", Target: "≥ 80",
		Met: toPointer(ratio >= 80), How: "of the two rows above"})
	return nil
}

// measureRecall recalls all lots made of an agri-input, lists them by holder, and ends the recall, three times.
func (r *measurement) measureRecall(ctx context.Context) error {
	p := r.periods[len(r.periods)-1]
	h := r.bureau.newConnection()
	var s samples
	for range r.bounds.recalls {
		for _, action := range []string{"recall", "unrecall"} {
			begin := time.Now()
			body := fmt.Appendf(nil, `{"lots":["%s"],"action":"%s","reason":"bench","forward":true}`, lotKey(p.inputLot()), action)
			if _, err := h.postWant(fasthttp.StatusCreated, "/api/v1/statuses", body); err != nil {
				return err
			}
			if action != "recall" {
				continue
			}
			path := "/api/v1/lots/" + lotKey(p.inputLot()) + "/trace?direction=forward"
			_, answer, err := h.get(path)
			if err != nil {
				return err
			}
			s.each = append(s.each, time.Since(begin))
			if err := checkCount(path, answer, `"status":"recalled"`, p.lotCount()); err != nil {
				return err
			}
		}
	}
	slices.Sort(s.each)
	p50 := toMillis(s.quantile(0.5))
	r.addRow(withLatency(Row{ID: "recall", What: fmt.Sprintf("recall of %d lots", p.lotCount()-1), Value: p50, Unit: "ms p50", Target: "≤ 100",
		Met: toPointer(p50 <= 100),
		How: fmt.Sprintf("%d times: marked, durable, and listed with holders", len(s.each))}, s))
	return ctx.Err()
}
