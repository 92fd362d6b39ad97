package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// What an operator may not see does not exist for it: acting on it is answered as acting on nothing, so that nobody learns by trying which
// keys are taken, or in which state another's goods are. Bureaus and admins see everything.

// visibleLot finds a lot that the actor may act on, as Lot does. Errors: those of Lot, also for a lot the actor may not see.
func (r *App) visibleLot(a trace.Actor, s string) (string, error) {
	id, err := r.ResolveLot(s)
	if err == nil && a.Role == trace.Operator && !r.Ledger.Visible(a.Org, id) {
		return "", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", trace.KeyOf(id))
	}
	return id, err
}

// Sees reports whether an actor may see an event's record: its own, or one about a lot it may see.
func (r *App) Sees(a trace.Actor, rec *trace.Record) bool {
	if a.Role != trace.Operator || rec.Org == a.Org {
		return true
	}
	return slices.ContainsFunc(rec.Lots, func(lot string) bool { return r.Ledger.Visible(a.Org, lot) })
}

// SeesUnit reports whether an actor may see a packed unit: it has it, or may see a lot in it or in the units in it.
func (r *App) SeesUnit(a trace.Actor, v *trace.UnitView) bool {
	if a.Role != trace.Operator || v.Holder != nil && v.Holder.ID == a.Org {
		return true
	}
	if slices.ContainsFunc(v.Lots, func(q trace.EventQuantity) bool { return r.Ledger.Visible(a.Org, q.Class) }) {
		return true
	}
	return slices.ContainsFunc(v.Units, func(id string) bool {
		in, ok := r.Ledger.Unit(id)
		return ok && r.SeesUnit(a, &in)
	})
}

// resolveUnits completes the identifiers of packed units that the actor acts on. One that does not exist is left for the ledger to refuse, since
// an earlier report of the same batch may make it; one the actor may not see is refused in the same words. One that has been unpacked is
// empty: there is nothing to hide of it.
func (r *App) resolveUnits(a trace.Actor, field string, list []string) ([]string, error) {
	out := r.resolveIDs("unit", list)
	for i, id := range out {
		v, ok := r.Ledger.Unit(id)
		unpacked := v.Holder == nil && len(v.Lots)+len(v.Units) == 0
		if ok && !unpacked && !r.SeesUnit(a, &v) {
			return nil, trace.E(trace.NotFound, trace.CodeUnknownThing, trace.IndexedField(field, i), "thing", "unit", "value", trace.Clip(id))
		}
	}
	return out, nil
}

// ToReportError puts an error about an event into the words of the report it was made of: the field is the one the person has to change. ev may be
// nil where no event was made. Errors outside the vocabulary pass unchanged.
func ToReportError(err error, ev *trace.Event) error {
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	switch c.Code {
	case trace.CodeBeforeLot:
		return askForLaterTime(&c, ev)
	case trace.CodeKeyTaken, trace.CodeBadKey:
		c.Field = strings.TrimSuffix(c.Field, ".epcClass")
		if c.Field != e.Field {
			c.Field += ".key"
		}
		if c.Field == "parentID" || strings.HasPrefix(c.Field, "bizTransactionList") {
			c.Field = "key"
		}
	}
	c.Field = ReportField(c.Field)
	return &c
}

// askForLaterTime asks for another time, whatever it clashes with; "thing" keeps what that is, for the sentence.
func askForLaterTime(e *trace.Error, ev *trace.Event) error {
	thing := ""
	switch {
	case strings.HasPrefix(e.Field, "epcList"), strings.HasPrefix(e.Field, "childEPCs"), e.Field == "parentID":
		thing = "unit"
	case e.Field == "eventTime" && ev != nil && ev.BizStep == trace.StepReceiving:
		thing = "shipment"
	}
	e.Field = "time"
	if thing == "" {
		return e
	}
	args := map[string]string{"thing": thing}
	for name, value := range e.Args {
		args[name] = value
	}
	e.Args = args
	return e
}
