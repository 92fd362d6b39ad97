package app_test

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// madeLedger is a ledger on which the co-operative harvested two lots from its plot and a third lot elsewhere. One of the two was sold to
// the works, the other was withdrawn.
type madeLedger struct {
	*app.App
	plot      string
	standing  string
	withdrawn string
}

func openMadeLedger(t *testing.T) *madeLedger {
	t.Helper()
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	plot := trace.Place{ID: r.CompleteID("place", "plot"), Kind: "plot", Name: "一号地", Parent: r.CompleteID("place", "village"),
		Org: r.CompleteID("org", "coop"), Tier: trace.Village}
	season := trace.Season{ID: r.CompleteID("season", "s-2026"), Name: "2026", Org: plot.Org, Place: plot.ID,
		Product: r.CompleteID("product", "fruit"),
		From:    trace.NewTime(time.Now().Add(-24 * time.Hour)), To: trace.NewTime(time.Now().Add(24 * time.Hour))}
	if _, err := r.PutMasterData(t.Context(), app.System, plot, season); err != nil {
		t.Fatal(err)
	}
	harvest := &app.Harvest{Season: "s-2026", Lots: []app.NewLot{{Product: "fruit", Quantity: trace.Whole(70), Grower: "LT-0001"}}}
	standing := recordReport(t, r, "coop", harvest).Lots[0]
	withdrawn := recordReport(t, r, "coop", harvest)
	recordReport(t, r, "coop", &app.Harvest{Common: app.Common{Place: "village"},
		Lots: []app.NewLot{{Product: "fruit", Quantity: trace.Whole(5)}}})
	recordReport(t, r, "coop", &app.Correction{Event: strconv.FormatInt(withdrawn.Record.Seq, 10), Reason: "记错"})
	sent := recordReport(t, r, "coop", &app.Shipment{To: "works", Lots: []app.Taken{{Lot: standing}}})
	recordReport(t, r, "works", &app.Receipt{Shipment: sent.Shipment})
	return &madeLedger{r, plot.ID, standing, withdrawn.Lots[0]}
}

// lookUps is what an actor finds.
type lookUps struct {
	made    int    // lots of the co-operative's plot
	grower  string // of the first of them
	seasons int    // of the co-operative
	known   bool   // whether the withdrawn lot is the actor's to ask about
	lots    int    // in the list of all lots
}

func (l *madeLedger) lookUp(t *testing.T, actor trace.Actor) (found lookUps) {
	t.Helper()
	list, err := l.ListMadeLots(t.Context(), actor, app.MadeFilter{Maker: "coop", Product: "fruit", Places: []string{"plot"}})
	if err != nil {
		t.Fatal(err)
	}
	if found.made = len(list); found.made > 0 {
		found.grower = list[0].Grower
		if list[0].Lot != l.standing || list[0].Place != l.plot || list[0].Quantity.Amount != trace.Whole(70) {
			t.Errorf("made %+v", list[0])
		}
	}
	found.seasons = len(l.FindSeasons(t.Context(), actor, "coop"))
	withdrawn, err := l.IsWithdrawn(t.Context(), actor, l.withdrawn)
	if found.known = err == nil; withdrawn != found.known {
		t.Errorf("%+v: withdrawn is %t, %v", actor, withdrawn, err)
	}
	page, err := l.ListLots(t.Context(), actor, app.LotFilter{})
	if err != nil {
		t.Fatal(err)
	}
	found.lots = len(page.Items)
	return found
}

// TestLookUpsOfImports: an import of an operator finds what its own organisation made; of another organisation's lots the operator
// finds those that were bought, without the grower.
func TestLookUpsOfImports(t *testing.T) {
	l := openMadeLedger(t)
	for name, c := range map[string]struct {
		actor trace.Actor
		want  lookUps
	}{
		"the maker":                        {newOperator(l.App, "coop"), lookUps{1, "LT-0001", 1, true, 3}},
		"a buyer, who sees the lot bought": {newOperator(l.App, "works"), lookUps{made: 1, lots: 1}},
		"another organisation":             {newOperator(l.App, "other"), lookUps{}},
		"an operator of no organisation":   {trace.Actor{Role: trace.Operator}, lookUps{}},
		"an administrator":                 {app.System, lookUps{1, "LT-0001", 1, true, 3}},
		"a bureau":                         {trace.Actor{Org: "x", Role: trace.Bureau}, lookUps{1, "LT-0001", 1, true, 3}},
		"an actor of no role":              {trace.Actor{}, lookUps{}},
	} {
		if got := l.lookUp(t, c.actor); got != c.want {
			t.Errorf("%s finds %+v, want %+v", name, got, c.want)
		}
	}
	if withdrawn, err := l.IsWithdrawn(t.Context(), app.System, l.standing); withdrawn || err != nil {
		t.Errorf("a lot that stands: withdrawn is %t, %v", withdrawn, err)
	}
	if list := l.FindSeasons(t.Context(), app.System, ""); list != nil {
		t.Errorf("seasons of no organisation: %+v", list)
	}
}
