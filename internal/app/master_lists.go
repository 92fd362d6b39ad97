package app

import (
	"context"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// Listing says which part of a list of master data is wanted. Lists are in the order of ids.
type Listing struct {
	Q     string // part of the name or the id; "" for all
	After string // the next of the page before
	Limit int    // rows of a page; 0 for all
}

// Page is a page of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Pass it as after for the next page; absent at the end."`
}

// cutPage cuts a page out of a whole list: the rows that keep admits, by id.
func cutPage[T any](all []T, l *Listing, id func(*T) string, keep func(*T) bool) Page[T] {
	slices.SortFunc(all, func(x, y T) int { return strings.Compare(id(&x), id(&y)) })
	p := Page[T]{Items: []T{}}
	for i := range all {
		if id(&all[i]) <= l.After || !keep(&all[i]) {
			continue
		}
		if l.Limit > 0 && len(p.Items) == l.Limit {
			p.Next = id(&p.Items[l.Limit-1])
			break
		}
		p.Items = append(p.Items, all[i])
	}
	return p
}

// matchesText reports whether the text that is searched for is part of any of some names.
func (l *Listing) matchesText(names ...string) bool {
	if l.Q == "" {
		return true
	}
	q := strings.ToLower(l.Q)
	return slices.ContainsFunc(names, func(s string) bool { return strings.Contains(strings.ToLower(s), q) })
}

// OrganisationFilter says which organisations 主体 a list is to have.
type OrganisationFilter struct {
	Listing
	Tier string
	Kind string
}

// ListOrganisations lists organisations; every actor may.
func (a *App) ListOrganisations(_ context.Context, _ trace.Actor, f OrganisationFilter) Page[trace.Organisation] {
	return cutPage(a.Ledger.Organisations(), &f.Listing, func(o *trace.Organisation) string { return o.ID }, func(o *trace.Organisation) bool {
		return (f.Tier == "" || string(o.Tier) == f.Tier) && (f.Kind == "" || o.Kind == f.Kind) && f.matchesText(o.Name, o.NameEn, o.ID)
	})
}

// ShowOrganisation shows one organisation, named by slug or URI. Errors: NotFound.
func (a *App) ShowOrganisation(_ context.Context, _ trace.Actor, id string) (trace.Organisation, error) {
	v, ok := a.Ledger.Organisation(a.CompleteID("org", id))
	if !ok {
		return v, unknownThing("organisation", id)
	}
	return v, nil
}

// PlaceFilter says which places 地点 a list is to have. Things are named by slug or URI.
type PlaceFilter struct {
	Listing
	Tier   string
	Kind   string
	Parent string // only places directly in this place
	Org    string // only places of this organisation
}

// ListPlaces lists the places that an actor may see, without the outlines the actor may not see.
func (a *App) ListPlaces(_ context.Context, actor trace.Actor, f PlaceFilter) Page[trace.Place] {
	parent, org := a.CompleteID("place", f.Parent), a.CompleteID("org", f.Org)
	page := cutPage(a.Ledger.Places(), &f.Listing, func(p *trace.Place) string { return p.ID }, func(p *trace.Place) bool {
		_, visible := actor.SeePlace(*p)
		return visible && (f.Tier == "" || string(p.Tier) == f.Tier) && (f.Kind == "" || p.Kind == f.Kind) &&
			(parent == "" || p.Parent == parent) && (org == "" || p.Org == org) && f.matchesText(p.Name, p.NameEn, p.ID)
	})
	for i := range page.Items {
		page.Items[i], _ = actor.SeePlace(page.Items[i])
	}
	return page
}

// ShowPlace shows one place, named by slug or URI. Errors: NotFound, also for a place the actor may not see.
func (a *App) ShowPlace(_ context.Context, actor trace.Actor, id string) (trace.Place, error) {
	v, ok := a.Ledger.Place(a.CompleteID("place", id))
	shown, visible := actor.SeePlace(v)
	if !ok || !visible {
		return trace.Place{}, unknownThing("place", id)
	}
	return shown, nil
}

// ProductFilter says which products 产品 a list is to have.
type ProductFilter struct {
	Listing
	Chain string
}

// ListProducts lists products; every actor may.
func (a *App) ListProducts(_ context.Context, _ trace.Actor, f ProductFilter) Page[trace.Product] {
	return cutPage(a.Ledger.Products(), &f.Listing, func(p *trace.Product) string { return p.ID }, func(p *trace.Product) bool {
		return (f.Chain == "" || p.Chain == f.Chain) && f.matchesText(p.Name, p.NameEn, p.ID, p.GTIN)
	})
}

// ShowProduct shows one product, named by slug or URI. Errors: NotFound.
func (a *App) ShowProduct(_ context.Context, _ trace.Actor, id string) (trace.Product, error) {
	v, ok := a.Ledger.Product(a.CompleteID("product", id))
	if !ok {
		return v, unknownThing("product", id)
	}
	return v, nil
}

// SeasonFilter says which seasons 种植季/饲养批 a list is to have. Things are named by slug or URI.
type SeasonFilter struct {
	Listing
	Org   string // an operator always gets the seasons of its own organisation
	Place string
}

// ListSeasons lists the seasons of the actor's organisation; a bureau and an administrator get those of any organisation, or all.
func (a *App) ListSeasons(_ context.Context, actor trace.Actor, f SeasonFilter) Page[trace.SeasonView] {
	place := a.CompleteID("place", f.Place)
	seasons := a.Ledger.Seasons(a.listedOrganisation(actor, f.Org))
	return cutPage(seasons, &f.Listing, func(s *trace.SeasonView) string { return s.ID }, func(s *trace.SeasonView) bool {
		return (place == "" || s.Place == place) && f.matchesText(s.Name, s.ID)
	})
}

// ShowSeason shows one season, named by slug or URI. Errors: NotFound, also for a season the actor may not see.
func (a *App) ShowSeason(_ context.Context, actor trace.Actor, id string) (trace.SeasonView, error) {
	v, ok := a.Ledger.Season(a.CompleteID("season", id))
	if !ok || !seesSeason(actor, v.Org) {
		return trace.SeasonView{}, unknownThing("season", id)
	}
	return v, nil
}

// ListChains lists the chain templates 产业链 on record; every actor may.
func (a *App) ListChains(context.Context, trace.Actor) []trace.Chain { return a.Ledger.Chains() }

// ShowChain shows one chain template, named as in pomelo. Errors: NotFound.
func (a *App) ShowChain(_ context.Context, _ trace.Actor, id string) (trace.Chain, error) {
	for _, c := range a.Ledger.Chains() {
		if c.ID == id {
			return c, nil
		}
	}
	return trace.Chain{}, unknownThing("chain", id)
}

// LedgerState says what a server holds.
type LedgerState struct {
	Namespace string `json:"namespace"`
	Head      int64  `json:"head" doc:"Last record that this server has read."`
	Hash      string `json:"hash"`
}

// ShowLedger shows the state of this server's ledger to a bureau and an administrator. Nothing is recorded while the hash is made: about a
// second for millions of events. Errors: CodeNotAllowed.
func (a *App) ShowLedger(_ context.Context, actor trace.Actor) (LedgerState, error) {
	if err := checkBureau(actor); err != nil {
		return LedgerState{}, err
	}
	s := LedgerState{Namespace: a.Ledger.Namespace()}
	s.Head, s.Hash = a.Ledger.HashAt()
	return s, nil
}
