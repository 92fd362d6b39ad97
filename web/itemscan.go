package web

import (
	"bytes"
	"context"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

// purposes are the headers by which a browser says that it fetches a page ahead of its reader.
var purposes = [][]byte{[]byte("Purpose"), []byte("Sec-Purpose"), []byte("X-Purpose"), []byte("X-Moz")}

// viewer reports whether a request is a person's view of a page, and from which region. A page that the reader has already counts too: he
// looks at it again.
func (s *site) viewer(c *fiber.Ctx) (region string, person bool) {
	ctx := c.Context()
	if s.deps.Scans == nil || !ctx.IsGet() {
		return "", false
	}
	h := &ctx.Request.Header
	var said [4][]byte
	for i, name := range purposes {
		said[i] = h.PeekBytes(name)
	}
	if !s.deps.Scans.IsPerson(h.UserAgent(), said[:]...) {
		return "", false
	}
	if s.deps.Scans.Regions() == nil {
		return "", true
	}
	remote, _ := netip.AddrFromSlice(ctx.RemoteIP())
	return s.deps.Scans.FindRegion(remote, bytes.Join(h.PeekAll(fiber.HeaderXForwardedFor), []byte(","))), true
}

// count counts a view of a lot's page.
func (s *site) count(c *fiber.Ctx, code string) {
	if code == "" {
		return
	}
	if region, person := s.viewer(c); person {
		s.deps.Scans.CountLot(code, region, s.deps.Scans.Now())
	}
}

// scanTime is what a page waits for its count.
const scanTime = time.Second

// views are the counters of an item. known is false where the store does not say: the page is shown all the same.
func (s *site) views(c *fiber.Ctx, r *app.App, code string) (rows []trace.Scan, known bool) {
	if s.deps.Scans == nil || r.Contact().Away { // nobody should wait for what will not come
		return nil, false
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), scanTime)
	defer cancel()
	rows, err := s.deps.Scans.Scans(ctx, code)
	if err != nil {
		s.deps.Log.Warn("an item's page has no count", "err", err)
		return nil, false
	}
	return rows, true
}

// suspicions are the rules that an item's views break, as far as they are for its reader and nobody from the bureau has cleared them up:
// what comes after a recall or a voiding the page says anyway, and so it says that an item is not activated.
func (s *site) suspicions(c *fiber.Ctx, it *scan.Item, rows []trace.Scan) (out []scan.Finding) {
	for _, f := range scan.EvaluateRules(it, rows, s.deps.Scans.Regions()) {
		switch {
		case f.Rule == scan.RuleRecalled, f.Rule == scan.RuleVoided:
		case f.Rule == scan.RuleEarly && it.State == trace.SerialPrinted:
		case s.cleared(c, it.Code, &f):
		default:
			out = append(out, f)
		}
	}
	return out
}

// cleared reports whether the bureau has closed the case of a finding, and nothing new was found since.
func (s *site) cleared(c *fiber.Ctx, code string, f *scan.Finding) bool {
	r, err := s.ledger()
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), scanTime)
	defer cancel()
	v, err := scan.GetCase(ctx, r.Store, scan.CaseID(code, f.Rule))
	return err == nil && v.CoversFinding(f)
}
