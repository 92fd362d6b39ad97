package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/api"
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/fastpath"
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/register"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/server"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web"
)

type serveCmd struct {
	ledgerFlags
	listenFlags
}

// listenFlags are shared by serve and demo.
type listenFlags struct {
	Listen        string `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL     string `name:"public-url" help:"${public_url}" placeholder:"URL"`
	MetricsListen string `help:"Address for Prometheus metrics, reachable by operators only; none where absent." placeholder:"HOST:PORT"`
	scanFlags
}

// publicURL is the address that codes and links show.
func (f listenFlags) publicURL(l net.Listener) string {
	if f.PublicURL != "" {
		return strings.TrimRight(f.PublicURL, "/")
	}
	return "http://" + l.Addr().String()
}

// Run serves until the process gets a signal. The server answers /livez at once, and the rest when the log has been read.
func (c *serveCmd) Run(ctx context.Context, p *process) error {
	s, err := c.openToRecord(ctx)
	if err != nil {
		return err
	}
	defer closeStore(p, s)
	l, err := listenTCP(ctx, c.Listen)
	if err != nil {
		return err
	}
	switch url := c.publicURL(l); {
	case c.PublicURL == "":
		p.log.Warn("no --public-url: codes and links show an address that only this machine reaches", "url", url)
	case label.IsPlaceholder(url):
		p.log.Warn("--public-url is not an https address that strangers can open: do not print codes with it", "url", url)
	}
	scans, err := c.scanOptions(p, l.Addr())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	running := newService(p, s, c.publicURL(l), scans)
	return running.serve(ctx, l, c.MetricsListen, func() (*app.App, error) {
		bar := progressBar(p.err, "replay")
		return c.openApp(ctx, p, s, app.Options{Fallback: c.PublicURL, Progress: bar})
	}, nil)
}

func listenTCP(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// service is a running server: the ledger, the counting of page views and the HTTP server.
type service struct {
	p      *process
	app    atomic.Pointer[app.App]
	scans  *scan.Counter
	server *server.Server
	pages  error
	url    string
}

func newService(p *process, s trace.Store, url string, scans scan.Options) *service {
	running := &service{p: p, url: url}
	running.scans = running.newCounter(scans, s)
	running.server = server.New(server.Options{
		Deps:    api.Deps{App: running.app.Load, Locale: p.locales, PublicURL: url, Log: p.log, Import: running.importFile, Scans: running.scans},
		Version: programVersion(), ErrorPage: web.ErrorPage,
		Web: func(app fiber.Router) {
			running.pages = web.Register(app, web.Deps{App: running.app.Load, Words: p.locales, PublicURL: url, Log: p.log, Scans: running.scans})
		},
	})
	return running
}

func (s *service) importFile(ctx context.Context, a trace.Actor, name string, file []byte, dryRun bool) (any, error) {
	return register.Import(ctx, s.app.Load(), register.Options{Actor: a, Name: name, DryRun: dryRun}, file)
}

// shutdownTime is the time in which requests under way may end.
const shutdownTime = 10 * time.Second

// serve listens, opens the ledger, calls ready, and serves until ctx ends. At the end, requests under way are answered first; then the
// writer's queue is emptied.
func (s *service) serve(ctx context.Context, l net.Listener, metrics string, open func() (*app.App, error), ready func() error) error {
	defer s.stopCounting()
	if s.pages != nil {
		return s.pages
	}
	ended := make(chan error, 2)
	go func() { ended <- s.server.App.Listener(fastpath.CoarseDeadlines(l)) }()
	if metrics != "" {
		ml, err := listenTCP(ctx, metrics)
		if err != nil {
			return err
		}
		app := s.server.MetricsApp()
		go func() { ended <- app.Listener(ml) }()
		defer func() { _ = app.ShutdownWithTimeout(time.Second) }()
	}
	r, err := open()
	if err != nil {
		return errors.Join(err, s.server.App.ShutdownWithTimeout(time.Second))
	}
	defer r.Close()
	releaseMemory()
	s.app.Store(r)
	s.p.log.Info("serving", "address", l.Addr().String(), "public", s.url, "namespace", r.Namespace(), "head", r.Ledger.Head())
	if ready != nil {
		if err := ready(); err != nil {
			return errors.Join(err, s.server.App.ShutdownWithTimeout(time.Second))
		}
	}
	select {
	case <-ctx.Done():
		s.p.log.Info("stopping")
		if err := s.server.App.ShutdownWithTimeout(shutdownTime); err != nil {
			s.p.log.Warn("requests were cut off", "err", err)
		}
		return nil
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	}
}

// releaseMemory returns the memory that reading the log needed, and lets the heap grow by half, instead of by its whole size, between
// collections: the ledger has few pointers, so that collecting more often costs little.
func releaseMemory() {
	debug.SetGCPercent(50)
	debug.FreeOSMemory()
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(p *process) error {
	p.print(p.out, "yousang %s\n", programVersion())
	return nil
}

// release is the version that an image was built as (-ldflags "-X main.release=…"): the builder of an image has no history to take a
// version from.
var release string

// programVersion is the release, or the version that the Go tool wrote into the program.
func programVersion() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return strings.Trim(info.Main.Version, "()")
}
