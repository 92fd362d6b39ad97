package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// Chains are the chain templates on record.
type Chains struct {
	Items []trace.Chain `json:"items"`
}

func (a *API) registerChains() {
	huma.Register(a.huma, get("/chains", "listChains", tagMaster, "List chain templates 产业链", "The templates in force, as they are in the log: steps, ratios with their tolerances, and the evidence that is wanted."),
		func(context.Context, *struct{}) (*body[Chains], error) {
			return answer(Chains{a.Recorder().Ledger.Chains()}, nil)
		})
	huma.Register(a.huma, get("/chains/{id}", "getChain", tagMaster, "One chain template", "By id, as in pomelo."),
		func(_ context.Context, in *thingInput) (*body[trace.Chain], error) {
			for _, c := range a.Recorder().Ledger.Chains() {
				if c.ID == unescape(in.ID) {
					return answer(c, nil)
				}
			}
			return nil, unknown("chain", unescape(in.ID))
		})
}

// NewSeason is a growing season 种植季 or a rearing 饲养批 to be opened or changed.
type NewSeason struct {
	ID      string     `json:"id" maxLength:"300" doc:"Slug (a-z, 0-9, hyphen) or URI."`
	Name    string     `json:"name" maxLength:"100"`
	Org     string     `json:"org,omitempty" maxLength:"300" doc:"Organisation that grows. An operator's own where absent."`
	Place   string     `json:"place" maxLength:"300" doc:"The plot, tree or house: slug or URI. Fixed for good."`
	Product string     `json:"product,omitempty" maxLength:"300" doc:"What is grown: slug or URI."`
	From    trace.Time `json:"from" doc:"First day."`
	To      trace.Time `json:"to" doc:"Last day; work and harvests after it are refused."`
}

type seasonList struct {
	Listing
	Org   string `query:"org" maxLength:"300" doc:"Only seasons of this organisation: slug or URI. An operator always gets its own."`
	Place string `query:"place" maxLength:"300" doc:"Only seasons of this place: slug or URI."`
}

func (a *API) registerSeasons() {
	huma.Register(a.huma, get("/seasons", "listSeasons", tagMaster, "List seasons 种植季、饲养批", "By id, page by page, with their field work. An operator gets its own, a bureau and an admin all."),
		func(ctx context.Context, in *seasonList) (*body[Page[trace.SeasonView]], error) {
			c, r := callerOf(ctx), a.Recorder()
			org := c.Org
			if c.all() {
				org = r.ID("org", in.Org)
			}
			place := r.ID("place", in.Place)
			return answer(paged(r.Ledger.Seasons(org), &in.Listing, func(s *trace.SeasonView) string { return s.ID }, func(s *trace.SeasonView) bool {
				return (place == "" || s.Place == place) && in.has(s.Name, s.ID)
			}), nil)
		})
	huma.Register(a.huma, get("/seasons/{id}", "getSeason", tagMaster, "One season", "With its field work. Seen by its organisation and the bureau."),
		func(ctx context.Context, in *thingInput) (*body[trace.SeasonView], error) {
			c, r := callerOf(ctx), a.Recorder()
			v, ok := r.Ledger.Season(r.ID("season", unescape(in.ID)))
			return found(v, ok && (c.all() || v.Org == c.Org), "season", in.ID)
		})
	master(a, a.operation("/seasons", "putSeason", tagMaster, "Open or change a season", "Its dates and name may change, its organisation and place may not."), trace.KindSeason,
		func(r *app.App, c *caller, b *NewSeason) any {
			if b.Org == "" && c.Role == trace.Operator {
				b.Org = c.Org
			}
			return trace.Season{From: b.From, ID: r.ID("season", b.ID), Name: b.Name, Org: r.ID("org", b.Org), Place: r.ID("place", b.Place),
				Product: r.ID("product", b.Product), To: b.To}
		})
}
