package app

import (
	"errors"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// visibleLot finds a lot that the actor may act on, as ResolveLot does. Errors: those of ResolveLot, also for a lot the actor may not see.
func (a *App) visibleLot(actor trace.Actor, s string) (string, error) {
	id, err := a.ResolveLot(s)
	if err == nil && !a.seesLot(actor, id) {
		return "", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", trace.KeyOf(id))
	}
	return id, err
}

// resolveUnits completes the identifiers of packed units that the actor acts on. One that does not exist is left for the ledger to refuse, since
// an earlier report of the same batch may make it; one the actor may not see is refused in the same words. One that has been unpacked is
// empty: there is nothing to hide of it.
func (a *App) resolveUnits(actor trace.Actor, field string, list []string) ([]string, error) {
	out := a.resolveIDs("unit", list)
	for i, id := range out {
		v, ok := a.Ledger.Unit(id)
		unpacked := v.Holder == nil && len(v.Lots)+len(v.Units) == 0
		if ok && !unpacked && !a.seesUnit(actor, &v) {
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

// asNotFound makes an error about what a reader names an error of kind NotFound: a key that cannot exist is not found either.
func asNotFound(err error) error {
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Kind, c.Field = trace.NotFound, ""
	return &c
}
