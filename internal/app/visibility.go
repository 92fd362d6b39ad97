package app

import (
	"errors"

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
