package api

import (
	"github.com/yousang/yousang/internal/app"
)

func (a *API) registerSeasons() {
	a.registerSeasonReads()
	registerMaster(a, a.describeWrite("/seasons", "putSeason", tagMaster, "Open or change a season",
		"Its dates and name may change, its organisation and place may not."), (*app.App).PutSeason, "id", "name", "place", "from", "to")
}
