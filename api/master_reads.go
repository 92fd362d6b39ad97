package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Listing are the parameters that all lists of master data have.
type Listing struct {
	Q     string `query:"q" maxLength:"60" doc:"Part of the name or id."`
	After string `query:"after" maxLength:"300" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"Rows of a page."`
}

type organisationList struct {
	Listing
	Tier string `query:"tier" enum:"village,town,county,outside" doc:"Only this tier."`
	Kind string `query:"kind" enum:"cooperative,processor,park,bureau,supplier" doc:"Only this kind."`
}

func (a *API) registerOrganisationReads() {
	list := describeRead("/organisations", "listOrganisations", tagMaster, "List organisations 主体", "By id, page by page.")
	huma.Register(a.huma, list, func(ctx context.Context, in *organisationList) (*body[app.Page[trace.Organisation]], error) {
		f := app.OrganisationFilter{Listing: app.Listing(in.Listing), Tier: in.Tier, Kind: in.Kind}
		return answerBody(a.App().ListOrganisations(ctx, callerOf(ctx).Actor, f), nil)
	})
	one := describeRead("/organisations/{id}", "getOrganisation", tagMaster, "One organisation", "By slug or URI.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.Organisation], error) {
		return answerBody(a.App().ShowOrganisation(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}

type placeList struct {
	Listing
	Tier   string `query:"tier" enum:"village,town,county,outside" doc:"Only this tier."`
	Kind   string `query:"kind" enum:"county,town,village,group,plot,tree,site" doc:"Only this kind."`
	Parent string `query:"parent" maxLength:"300" doc:"Only places directly in this one: slug or URI."`
	Org    string `query:"org" maxLength:"300" doc:"Only places of this organisation: slug or URI."`
}

func (a *API) registerPlaceReads() {
	list := describeRead("/places", "listPlaces", tagMaster, "List places 地点",
		"By id, page by page. An operator gets its own places and the public "+
			"ones, not the plots and trees of others; a place's geometry is for its owner, a bureau and an admin.")
	huma.Register(a.huma, list, func(ctx context.Context, in *placeList) (*body[app.Page[trace.Place]], error) {
		f := app.PlaceFilter{Listing: app.Listing(in.Listing), Tier: in.Tier, Kind: in.Kind, Parent: in.Parent, Org: in.Org}
		return answerBody(a.App().ListPlaces(ctx, callerOf(ctx).Actor, f), nil)
	})
	one := describeRead("/places/{id}", "getPlace", tagMaster, "One place", "By slug or URI. Seen as in the list.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.Place], error) {
		return answerBody(a.App().ShowPlace(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}

type productList struct {
	Listing
	Chain string `query:"chain" maxLength:"60" doc:"Only products of this chain."`
}

func (a *API) registerProductReads() {
	list := describeRead("/products", "listProducts", tagMaster, "List products 产品", "By id, page by page.")
	huma.Register(a.huma, list, func(ctx context.Context, in *productList) (*body[app.Page[trace.Product]], error) {
		f := app.ProductFilter{Listing: app.Listing(in.Listing), Chain: in.Chain}
		return answerBody(a.App().ListProducts(ctx, callerOf(ctx).Actor, f), nil)
	})
	one := describeRead("/products/{id}", "getProduct", tagMaster, "One product", "By slug or URI.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.Product], error) {
		return answerBody(a.App().ShowProduct(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}

type seasonList struct {
	Listing
	Org   string `query:"org" maxLength:"300" doc:"Only seasons of this organisation: slug or URI. An operator always gets its own."`
	Place string `query:"place" maxLength:"300" doc:"Only seasons of this place: slug or URI."`
}

func (a *API) registerSeasonReads() {
	list := describeRead("/seasons", "listSeasons", tagMaster, "List seasons 种植季、饲养批",
		"By id, page by page, with their field work. An operator gets its own, a bureau and an admin all.")
	huma.Register(a.huma, list, func(ctx context.Context, in *seasonList) (*body[app.Page[trace.SeasonView]], error) {
		f := app.SeasonFilter{Listing: app.Listing(in.Listing), Org: in.Org, Place: in.Place}
		return answerBody(a.App().ListSeasons(ctx, callerOf(ctx).Actor, f), nil)
	})
	one := describeRead("/seasons/{id}", "getSeason", tagMaster, "One season", "With its field work. Seen by its organisation and the bureau.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.SeasonView], error) {
		return answerBody(a.App().ShowSeason(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}

// Chains are the chain templates on record.
type Chains struct {
	Items []trace.Chain `json:"items"`
}

func (a *API) registerChains() {
	list := describeRead("/chains", "listChains", tagMaster, "List chain templates 产业链",
		"The templates in force, as they are in the log: steps, ratios with their tolerances, and the evidence that is wanted.")
	huma.Register(a.huma, list, func(ctx context.Context, _ *struct{}) (*body[Chains], error) {
		return answerBody(Chains{a.App().ListChains(ctx, callerOf(ctx).Actor)}, nil)
	})
	one := describeRead("/chains/{id}", "getChain", tagMaster, "One chain template", "By id, as in pomelo.")
	huma.Register(a.huma, one, func(ctx context.Context, in *thingInput) (*body[trace.Chain], error) {
		return answerBody(a.App().ShowChain(ctx, callerOf(ctx).Actor, unescapePath(in.ID)))
	})
}
