package app_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

// openStocked is a ledger with the products of both chains, of which the co-operative has a lot each, by the last part of the product's id.
func openStocked(t *testing.T) (*app.App, map[string]string) {
	t.Helper()
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	lots := map[string]string{}
	for _, c := range r.Chains.Chains() {
		for _, p := range c.MasterProducts(r.Ledger.Namespace()) {
			if _, err := r.PutMasterData(t.Context(), app.System, p); err != nil {
				t.Fatal(err)
			}
			slug := p.ID[strings.LastIndexByte(p.ID, '/')+1:]
			lots[slug] = recordReport(t, r, "coop", &app.Harvest{Lots: []app.NewLot{{Product: slug, Quantity: trace.Whole(100)}}}).Lots[0]
		}
	}
	return r, lots
}

// TestInferredStep: a harvest or transformation gets the one step that fits its products, and none where several do.
func TestInferredStep(t *testing.T) {
	r, lots := openStocked(t)
	for _, c := range []struct{ name, in, out, said, want string }{
		{"a harvest", "", "pomelo-fruit", "", "pomelo/harvest"},
		{"a harvest of the other chain", "", "silk-leaf silk-leaf", "", "silk/leaf"},
		{"a harvest of no chain", "", "fruit", "", ""},
		{"a harvest of two steps", "", "silk-leaf silk-branch", "", ""},
		{"of what no step yields from nothing", "", "pomelo-juice", "", ""},
		{"of what is bought", "", "pomelo-honey", "", ""},
		{"of two chains", "", "pomelo-fruit silk-leaf", "", ""},
		{"juice", "pomelo-cull", "pomelo-juice pomelo-pomace", "", "pomelo/juice"},
		{"only by-products", "pomelo-cull", "pomelo-pomace", "", "pomelo/juice"},
		{"tea of three lots", "pomelo-peel pomelo-flesh pomelo-honey", "pomelo-tea", "", "pomelo/tea"},
		{"graded or stored", "pomelo-fruit", "pomelo-fruit", "", ""},
		{"graded with culls", "pomelo-fruit", "pomelo-fruit pomelo-cull", "", "pomelo/grade"},
		{"an input of no step", "pomelo-honey", "pomelo-juice", "", ""},
		{"an input of another chain", "pomelo-fruit silk-leaf", "pomelo-juice", "", ""},
		{"an input of no chain", "fruit", "pomelo-juice", "", ""},
		{"a step that was named", "pomelo-fruit", "pomelo-fruit", "pomelo/store", "pomelo/store"},
		{"a wrong step that was named", "pomelo-cull", "pomelo-juice", "pomelo/tea", "pomelo/tea"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lots["fruit"] = recordHarvest(t, r, 10)
			var in []app.Taken
			for _, p := range strings.Fields(c.in) {
				in = append(in, app.Taken{Lot: lots[p], Quantity: new(trace.Whole(1))})
			}
			var out []app.NewLot
			for _, p := range strings.Fields(c.out) {
				out = append(out, app.NewLot{Product: p, Quantity: trace.Whole(1)})
			}
			common := app.Common{Step: c.said}
			var report app.Report = &app.Transformation{Common: common, Inputs: in, Outputs: out}
			if len(in) == 0 {
				report = &app.Harvest{Common: common, Lots: out}
			}
			prepared, err := r.PrepareReport(t.Context(), newOperator(r, "coop"), report, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			cmd := prepared.Command()
			if got := cmd.Event().Step; got != c.want || strings.Contains(string(cmd.Body), `"yousang:step"`) != (c.want != "") {
				t.Errorf("step %q, want %q in %s", got, c.want, cmd.Body)
			}
		})
	}
}

// TestOffset: an offset from UTC is one that EPCIS 2.0 admits.
func TestOffset(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	for offset, want := range map[string]string{
		"": "+08:00", "+08:00": "+08:00", "-13:59": "-13:59", "+14:00": "+14:00", "-14:00": "-14:00", "+05:30": "+05:30", "+00:00": "+00:00",
		"Z": "", "+8": "", "+08": "", "+0800": "", "+24:00": "", "+14:01": "", "+08:60": "", "08:00": "", "+08:00\n": "", "+０8:00": "",
	} {
		report := &app.Harvest{Common: app.Common{Offset: offset}, Lots: []app.NewLot{{Product: "fruit", Quantity: trace.Whole(1)}}}
		prepared, err := r.PrepareReport(t.Context(), newOperator(r, "coop"), report, "", nil)
		var e *trace.Error
		switch {
		case want != "" && (err != nil || prepared.Command().Event().Offset != want):
			t.Errorf("%q: got %v, want %s", offset, err, want)
		case want == "" && (!errors.As(err, &e) || e.Code != trace.CodeBadValue || e.Field != "timeZoneOffset" || e.Args["allowed"] != "+08:00"):
			t.Errorf("%q: got %v, want bad_value", offset, err)
		}
	}
}

// TestSaid: the field is the one to change, whatever the ledger calls it.
func TestSaid(t *testing.T) {
	receipt := &trace.Event{BizStep: trace.StepReceiving}
	for _, c := range []struct {
		name         string
		code         trace.Code
		field        string
		ev           *trace.Event
		want, onWhat string
	}{
		{"a lot's key", trace.CodeKeyTaken, "quantityList[2].epcClass", nil, "lots[2].key", ""},
		{"an output's key", trace.CodeKeyTaken, "outputQuantityList[0].epcClass", nil, "outputs[0].key", ""},
		{"a unit's or shipment's key", trace.CodeKeyTaken, "parentID", nil, "key", ""},
		{"a unit", trace.CodeUnknownThing, "parentID", nil, "unit", ""},
		{"before a lot", trace.CodeBeforeLot, "inputQuantityList[0]", nil, "time", ""},
		{"before what is looked at", trace.CodeBeforeLot, "eventTime", &trace.Event{BizStep: trace.StepInspecting}, "time", ""},
		{"before a shipment", trace.CodeBeforeLot, "eventTime", receipt, "time", "shipment"},
		{"a lot of a receipt", trace.CodeBeforeLot, "quantityList[0]", receipt, "time", ""},
		{"before a unit", trace.CodeBeforeLot, "epcList", nil, "time", "unit"},
		{"before what is unpacked", trace.CodeBeforeLot, "parentID", nil, "time", "unit"},
		{"the future", trace.CodeFutureTime, "eventTime", nil, "time", ""},
		{"a record", trace.CodeAlreadyDeclared, "eventID", nil, "event", ""},
		{"an action", trace.CodeNotAllowed, "status", nil, "action", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := trace.E(trace.Conflict, c.code, c.field, "lot", "x")
			var e *trace.Error
			if !errors.As(app.ToReportError(first, c.ev), &e) || e.Field != c.want || e.Args["thing"] != c.onWhat || e.Args["lot"] != "x" {
				t.Errorf("got %v, want it at %s about %q", e, c.want, c.onWhat)
			}
			if first.Field != c.field || first.Args["thing"] != "" {
				t.Errorf("the ledger's error was changed: %v", first)
			}
		})
	}
	if other := errors.New("disk"); !errors.Is(app.ToReportError(other, nil), other) || app.ToReportError(nil, nil) != nil {
		t.Error("an error that is none of ours was changed")
	}
}
