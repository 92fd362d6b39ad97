package consumer

import (
	"context"
	"fmt"
	"strings"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/shell"
)

// renderPage makes the kept page of a key: a lot's, a unit's or a product's. Errors: NotFound.
func (room *Room) renderPage(ctx context.Context, r *app.App, key shell.PageKey, lang shell.Language) (shell.Rendered[lotSummary], error) {
	if unit, ok := strings.CutPrefix(key.Path(), unitPages); ok {
		return room.renderUnit(r, unit, lang)
	}
	if slug, ok := strings.CutPrefix(key.Path(), productPages); ok {
		return room.renderProduct(r, slug, lang)
	}
	lotKey, ok := strings.CutPrefix(key.Path(), lotPages)
	if !ok {
		return shell.Rendered[lotSummary]{}, fmt.Errorf("%q: %w", key.Path(), errUnknownPath)
	}
	lot, err := r.Ledger.ResolveKey(lotKey)
	if err != nil {
		return shell.Rendered[lotSummary]{}, err
	}
	return room.renderLot(ctx, r, lot, lang)
}

// mostTries is how often a page is made again because a record changed the page meanwhile; a page that changes faster is sent without
// another try.
const mostTries = 3

// renderLot makes a lot's page. The page is made again where a record arrived meanwhile that changed the page, so that a page is always of
// one moment. Errors: unknown lot; the store's.
func (room *Room) renderLot(ctx context.Context, r *app.App, lot string, lang shell.Language) (shell.Rendered[lotSummary], error) {
	for try := 0; ; try++ {
		before := r.Ledger.Head()
		page, lots, err := room.buildLotPage(ctx, r, lot, lang)
		if err != nil {
			return shell.Rendered[lotSummary]{}, fmt.Errorf("build page: %w", err)
		}
		changed := shell.LastChange(r.Ledger, lots)
		if changed > before && try < mostTries {
			continue
		}
		page.AsOf = lang.Printer.T("page.footer.asof", "Seq", changed)
		body, err := room.look.Render("lot.html", page)
		return shell.Rendered[lotSummary]{Body: body, ChangedAt: changed, ReadAt: before, Lots: lots, Incomplete: page.Gap != "",
			Summary: lotSummary{key: trace.KeyOf(lot), short: shortenLotPage(page)}}, err
	}
}
