package server

import (
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
)

// metrics counts requests and shows the state of the ledger to Prometheus.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec

	mu   sync.RWMutex
	rows map[metricKey]metricRow // so that a request costs one look-up
}

type metricKey struct {
	method, route string
	status        int
}

type metricRow struct {
	requests prometheus.Counter
	latency  prometheus.Observer
}

func newMetrics(r func() *app.App, version string) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), rows: map[metricKey]metricRow{}}
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "yousang_http_requests_total", Help: "Requests by route and status."},
		[]string{"method", "route", "status"})
	m.latency = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "yousang_http_request_seconds", Help: "Time to answer, by route.",
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"})
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "yousang_build_info", Help: "1, with the version of the program.",
		ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.latency, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help}, func() float64 {
			if rec := r(); rec != nil {
				return float64(g.value(rec))
			}
			return 0
		}))
	}
	return m
}

// gauges show the ledger; all are 0 until the log is read.
var gauges = []struct {
	name, help string
	value      func(*app.App) int64
}{
	{"yousang_ready", "1 once the log is replayed.", func(*app.App) int64 { return 1 }},
	{"yousang_queue_length", "Commands waiting for the writer.", func(r *app.App) int64 { return int64(r.QueueLength()) }},
	{"yousang_head_sequence", "Last record of the log.", func(r *app.App) int64 { return r.Ledger.Head() }},
	{"yousang_lots", "Lots in the ledger.", func(r *app.App) int64 { return r.Ledger.Stats().Lots }},
	{"yousang_edges", "Edges of the lineage graph.", func(r *app.App) int64 { return r.Ledger.Stats().Edges }},
	{"yousang_questions", "Records with a question.", func(r *app.App) int64 { return r.Ledger.Stats().Questions }},
	{"yousang_store_away", "1 while the store does not answer: reads go on, writes are refused.", func(r *app.App) int64 {
		if r.Contact().Away {
			return 1
		}
		return 0
	}},
	{"yousang_ledger_age_seconds", "Seconds since the ledger was last known to be at the store's head.", func(r *app.App) int64 {
		return int64(time.Since(r.Contact().At) / time.Second)
	}},
	{"yousang_lineage_lag", "Records that the lineage documents are behind the log; 0 in an embedded store, which has none.",
		func(r *app.App) int64 { return max(0, r.Ledger.Head()-r.LineageHead()) }},
}

// watchScans registers the metrics of counted page views.
func (m *metrics) watchScans(c *scan.Counter) {
	for name, row := range map[string]struct {
		help  string
		value func(scan.Stats) int64
	}{
		"yousang_scans_total": {"Page views of lots and items that were counted.", func(s scan.Stats) int64 { return s.Counted }},
		"yousang_scans_dropped_total": {"Page views that were not counted, because too many waited to be written.",
			func(s scan.Stats) int64 { return s.Dropped }},
		"yousang_scan_flush_failures_total": {"Times that the store did not take counted views; they are tried again.",
			func(s scan.Stats) int64 { return s.Failures }},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: row.help},
			func() float64 { return float64(row.value(c.Stats())) }))
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "yousang_scans_pending",
		Help: "Counters of page views that wait to be written."},
		func() float64 { return float64(c.Stats().Pending) }))
}

// countRequest counts one request.
func (m *metrics) countRequest(method, route string, status int, took time.Duration) {
	k := metricKey{method, route, status}
	m.mu.RLock()
	row, ok := m.rows[k]
	m.mu.RUnlock()
	if !ok {
		row = metricRow{m.requests.WithLabelValues(method, route, strconv.Itoa(status)), m.latency.WithLabelValues(method, route)}
		m.mu.Lock()
		m.rows[k] = row
		m.mu.Unlock()
	}
	row.requests.Inc()
	row.latency.Observe(took.Seconds())
}

// MetricsApp serves /metrics for Prometheus. MetricsApp belongs on a listener of its own that only operators reach.
func (s *Server) MetricsApp() *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		BodyLimit: 4096})
	app.Get("/metrics", adaptor.HTTPHandler(promhttp.HandlerFor(s.m.registry, promhttp.HandlerOpts{})))
	return app
}
