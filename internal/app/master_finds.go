package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// Namespace is the identity of the ledger, below which the URIs of its things lie.
func (a *App) Namespace() string { return a.Ledger.Namespace() }

// FindSeasons finds all seasons 种植季/饲养批 of an organisation, named by slug or URI, in the order of their making. An actor that may not
// see the organisation's seasons gets none.
func (a *App) FindSeasons(_ context.Context, actor trace.Actor, org string) []trace.SeasonView {
	org = a.CompleteID("org", org)
	if org == "" || !seesSeason(actor, org) {
		return nil
	}
	return a.Ledger.Seasons(org)
}
