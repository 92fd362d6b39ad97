package app_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// lineEdge is an edge of a plain text protocol: "KEY verb name=value …" is answered with "ok", "again" for a repeat, or "error CODE at
// FIELD". The edge knows no rule and no right: each line becomes one operation.
type lineEdge struct{ app *app.App }

// answerLine answers one line. Amounts are in kg.
func (e lineEdge) answerLine(ctx context.Context, line string) string {
	words := strings.Fields(line)
	actor, err := e.app.Authenticate(ctx, words[0])
	if err != nil {
		return describeError(err)
	}
	members := map[string]string{}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		members[name] = value
	}
	common := app.Common{ID: members["id"]}
	var amount *trace.Amount
	if kg, ok := members["kg"]; ok {
		n, err := trace.ParseAmount(kg)
		if err != nil {
			return describeError(trace.At("kg", err))
		}
		amount = &n
	}
	switch words[1] {
	case "harvest":
		lot := app.NewLot{Product: members["product"]}
		if amount != nil {
			lot.Quantity = *amount
		}
		return e.recordReport(ctx, actor, &app.Harvest{Common: common, Season: members["season"], Lots: []app.NewLot{lot}})
	case "ship":
		return e.recordReport(ctx, actor, &app.Shipment{Common: common, To: members["to"],
			Lots: []app.Taken{{Lot: members["lot"], Quantity: amount}}})
	case "receive":
		return e.recordReport(ctx, actor, &app.Receipt{Common: common, Shipment: members["shipment"]})
	case "recall":
		return e.recordReport(ctx, actor, &app.Status{Common: common, Lots: []string{members["lot"]}, Action: "recall",
			Reason: members["reason"]})
	case "see":
		v, err := e.app.ShowLot(ctx, actor, members["lot"])
		if err != nil {
			return describeError(err)
		}
		return "ok " + v.Product.Name + " " + v.Quantity.Amount.String()
	case "list":
		page, err := e.app.ListLots(ctx, actor, app.LotFilter{Limit: 10})
		if err != nil {
			return describeError(err)
		}
		return fmt.Sprint("ok ", len(page.Items))
	}
	return "error unknown"
}

func (e lineEdge) recordReport(ctx context.Context, actor trace.Actor, r app.Report) string {
	out, err := e.app.RecordReport(ctx, actor, r)
	switch {
	case err != nil:
		return describeError(err)
	case out.Repeat:
		return "again " + trace.KeyOf(strings.Join(out.Lots, " ")+out.Shipment)
	}
	return "ok " + trace.KeyOf(strings.Join(out.Lots, " ")+out.Shipment)
}

func describeError(err error) string {
	var e *trace.Error
	if !errors.As(err, &e) {
		return "error inside"
	}
	return strings.TrimSpace("error " + string(e.Code) + " at " + e.Field)
}

// newEdgeLines are the rows of TestNewEdge.
var newEdgeLines = []struct{ name, line, want string }{
	{"nobody", "ys_nobody list", "error unauthenticated at"},
	{"lot", "$coop harvest id=h1 product=fruit kg=100", "ok *"},
	{"the same again", "$coop harvest id=h1 product=fruit kg=100", "again $lot"},
	{"the same id with other content", "$coop harvest id=h1 product=fruit kg=90", "error id_reused at"},
	{"the same id of another organisation", "$other harvest id=h1 product=fruit kg=5", "ok *"},
	{"a product that is not registered", "$coop harvest product=gold kg=1", "error unknown_thing at lots[0].product"},
	{"an amount of nothing", "$coop harvest product=fruit", "error bad_quantity at lots[0].quantity"},
	{"a season that is not there", "$coop harvest season=s product=fruit kg=1", "error unknown_thing at season"},
	{"the maker sees the lot", "$coop see lot=$lot", "ok 柚子 100"},
	{"the maker lists the lot", "$coop list", "ok 1"},
	{"for others the lot does not exist", "$works see lot=$lot", "error unknown_lot at key"},
	{"nor does acting on the lot", "$works ship lot=$lot to=other", "error unknown_lot at lots[0].lot"},
	{"nor is the lot listed", "$works list", "ok 0"},
	{"the bureau sees the lot", "$bureau see lot=$lot", "ok 柚子 100"},
	{"more than there is", "$coop ship lot=$lot kg=101 to=works", "error insufficient at lots[0].quantity"},
	{"to nobody", "$coop ship lot=$lot", "error required at to"},
	{"shipment", "$coop ship id=s1 lot=$lot to=works", "ok *"},
	{"all of it again, though nothing is left", "$coop ship id=s1 lot=$lot to=works", "again $shipment"},
	{"not under way to them", "$other receive shipment=$shipment", "error unknown_thing at shipment"},
	{"received", "$works receive shipment=$shipment", "ok *"},
	{"now the receiver sees the lot", "$works see lot=$lot", "ok 柚子 100"},
	{"not theirs to recall", "$works recall lot=$lot reason=x", "error not_allowed at action"},
	{"recalled", "$bureau recall lot=$lot reason=x", "ok"},
	{"what is recalled does not move", "$works ship lot=$lot to=other", "error lot_recalled at lots[0].lot"},
}

// TestNewEdge: an edge of a few lines gets the rules, the rights, the repeats and the fields of errors without a copy of any of them. $NAME
// is what the answer to the line of that name gave.
func TestNewEdge(t *testing.T) {
	a := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	if _, err := a.PutMasterData(t.Context(), app.System,
		trace.Organisation{ID: "other", Kind: "cooperative", Name: "邻村合作社", Place: "village", Tier: trace.Village},
		trace.Organisation{ID: "bureau", Kind: "bureau", Name: "农业局", Tier: trace.County},
	); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	roles := map[string]trace.Role{"coop": trace.Operator, "works": trace.Operator, "other": trace.Operator, "bureau": trace.Bureau}
	for org, role := range roles {
		secret, _, err := a.CreateKey(t.Context(), app.System, app.NewKey{Org: org, Role: string(role)})
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, "$"+org, secret)
	}
	edge := lineEdge{a}
	for _, row := range newEdgeLines {
		replace := strings.NewReplacer(names...).Replace
		got, want := edge.answerLine(t.Context(), replace(row.line)), replace(row.want)
		if prefix, open := strings.CutSuffix(want, "*"); open && strings.HasPrefix(got, prefix) {
			names = append([]string{"$" + row.name, got[len(prefix):]}, names...)
		} else if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s answered %q, want %q", row.name, row.line, got, want)
		}
	}
}
