package consumer

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

// prefetchHeaders are the headers by which a browser says that a page is fetched ahead of its reader.
var prefetchHeaders = [][]byte{[]byte("Purpose"), []byte("Sec-Purpose"), []byte("X-Purpose"), []byte("X-Moz")}

// readViewer reports whether a request is a person's view of a page, and from which region. A page that the reader has already counts too:
// the reader looks at the page again.
func (room *Room) readViewer(c *fiber.Ctx) (region string, person bool) {
	ctx := c.Context()
	scans := room.site.Scans
	if scans == nil || !ctx.IsGet() {
		return "", false
	}
	h := &ctx.Request.Header
	var purposes [4][]byte
	for i, name := range prefetchHeaders {
		purposes[i] = h.PeekBytes(name)
	}
	if !scans.IsPerson(h.UserAgent(), purposes[:]...) {
		return "", false
	}
	if scans.Regions() == nil {
		return "", true
	}
	remote, _ := netip.AddrFromSlice(ctx.RemoteIP())
	return scans.FindRegion(remote, bytes.Join(h.PeekAll(fiber.HeaderXForwardedFor), []byte(","))), true
}

// countView counts a view of a lot's page.
func (room *Room) countView(c *fiber.Ctx, lotKey string) {
	if region, person := room.readViewer(c); person {
		room.site.Scans.CountLot(lotKey, region, room.site.Scans.Now())
	}
}

// countPatience is how long a page waits for the count of its views.
const countPatience = time.Second

// readViews reads the counters of an item. known is false where the store does not answer: the page is shown without a count.
func (room *Room) readViews(c *fiber.Ctx, r *app.App, number string) (rows []trace.Scan, known bool) {
	if room.site.Scans == nil || r.Contact().Away { // no reader should wait for an answer that will not come
		return nil, false
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), countPatience)
	defer cancel()
	rows, err := room.site.Scans.Scans(ctx, number)
	if err != nil {
		room.site.Log.Warn("an item's page has no count", "err", err)
		return nil, false
	}
	return rows, true
}

// findSuspicions are the rules that an item's views break, as far as the rules concern the reader of the page and the bureau has not closed
// their cases. Views after a recall or after a voiding are left out, since the page says both by itself; so are views of a code that is not
// activated.
func (room *Room) findSuspicions(c *fiber.Ctx, r *app.App, it *scan.Item, rows []trace.Scan) (out []scan.Finding) {
	for _, f := range scan.EvaluateRules(it, rows, room.site.Scans.Regions()) {
		switch {
		case f.Rule == scan.RuleRecalled, f.Rule == scan.RuleVoided:
		case f.Rule == scan.RuleEarly && it.State == trace.SerialPrinted:
		case isCaseClosed(c, r, it.Code, &f):
		default:
			out = append(out, f)
		}
	}
	return out
}

// isCaseClosed reports whether the bureau has closed the case 线索 of a finding, and nothing new was found since.
func isCaseClosed(c *fiber.Ctx, r *app.App, number string, f *scan.Finding) bool {
	ctx, cancel := context.WithTimeout(c.UserContext(), countPatience)
	defer cancel()
	v, err := scan.GetCase(ctx, r.Store, scan.CaseID(number, f.Rule))
	return err == nil && v.CoversFinding(f)
}
