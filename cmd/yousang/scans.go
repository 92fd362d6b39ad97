package main

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

// scanFlags configure what is recorded of the visitors of pages.
type scanFlags struct {
	Regions      string    `help:"${regions}" type:"existingfile" placeholder:"FILE"`
	TrustedProxy proxyList `name:"trusted-proxy" help:"${trusted_proxy}" placeholder:"CIDR,..."`
}

// proxyList is a list of addresses and ranges of addresses, as a flag gives them.
type proxyList struct{ list []netip.Prefix }

// UnmarshalText reads a list with commas between. Errors name the entry.
func (p *proxyList) UnmarshalText(text []byte) error {
	p.list = nil
	for _, s := range strings.Split(string(text), ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if a, single := netip.ParseAddr(s); single == nil {
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || prefix.Addr().Is4In6() {
			return fmt.Errorf("%q is no address and no range of addresses (127.0.0.1, 10.0.0.0/8, ::1)", s)
		}
		p.list = append(p.list, prefix.Masked())
	}
	return nil
}

// scanOptions reads the table.
func (f *scanFlags) scanOptions(p *process, at net.Addr) (scan.Options, error) {
	o := scan.Options{Trusted: f.TrustedProxy.list, Log: p.log}
	if f.Regions == "" {
		return o, nil
	}
	var err error
	if o.Regions, err = scan.ReadRegions(f.Regions); err != nil {
		return o, err
	}
	p.log.Info("regions read", "file", f.Regions, "ranges", o.Regions.Len())
	if a, ok := at.(*net.TCPAddr); ok && a.IP.IsLoopback() && len(o.Trusted) == 0 {
		p.log.Warn("--regions without --trusted-proxy: behind a proxy on this machine every visitor seems to be here, and has no region", "try",
			"--trusted-proxy 127.0.0.1,::1")
	}
	return o, nil
}

// newCounter starts the counting of page views into a store. The ledger is looked up once the log is read.
func (s *service) newCounter(o scan.Options, store trace.Store) *scan.Counter {
	o.Store = store
	o.Items = scan.NewLedgerLookup(func() *trace.Ledger {
		if r := s.app.Load(); r != nil {
			return r.Ledger
		}
		return nil
	}, store)
	return scan.New(o)
}

// stopCounting writes the views that were counted since the last second.
func (s *service) stopCounting() {
	if err := s.scans.Close(); err != nil {
		s.p.log.Warn("the last scans could not be written", "lost", s.scans.Stats().Pending, "err", err)
	}
}
