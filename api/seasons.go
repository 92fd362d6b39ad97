package api

import (
	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

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

func (a *API) registerSeasons() {
	a.registerSeasonReads()
	master(a, a.operation("/seasons", "putSeason", tagMaster, "Open or change a season", "Its dates and name may change, its organisation and place may not."), trace.KindSeason,
		func(r *app.App, c *caller, b *NewSeason) any {
			if b.Org == "" && c.Role == trace.Operator {
				b.Org = c.Org
			}
			return trace.Season{From: b.From, ID: r.ID("season", b.ID), Name: b.Name, Org: r.ID("org", b.Org), Place: r.ID("place", b.Place),
				Product: r.ID("product", b.Product), To: b.To}
		})
}
