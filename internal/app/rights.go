package app

import (
	"errors"
	"slices"

	"github.com/yousang/yousang/internal/trace"
)

// All rights are in this file, but for those that the ledger judges with its rules (who holds a lot, who keeps a place). What an operator
// may not see does not exist for the operator's organisation: reading and acting on such a thing are answered in the same words as a thing
// that was never recorded, so that an actor cannot learn by trying which keys are taken, or in which state the goods of another
// organisation are.

// seesAll reports whether an actor may read everything: bureaus and administrators. An actor without a role sees what an operator sees.
func seesAll(actor trace.Actor) bool { return actor.SeesAll() }

// noOrganisation is the name of no organisation: a list of its things is empty.
const noOrganisation = "none"

// listedOrganisation is the organisation whose things a list shows to an actor: an actor that may read everything gets those of the
// organisation asked for (slug or URI; "" for all), another actor those of its own organisation.
func (a *App) listedOrganisation(actor trace.Actor, asked string) string {
	switch {
	case seesAll(actor):
		return a.CompleteID("org", asked)
	case actor.Org == "":
		return noOrganisation
	}
	return actor.Org
}

// checkBureau refuses an actor that is neither a bureau nor an administrator. Errors: CodeNotAllowed.
func checkBureau(actor trace.Actor) error {
	if !seesAll(actor) {
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "")
	}
	return nil
}

// checkAdmin refuses an actor that is not an administrator. Errors: CodeNotAllowed.
func checkAdmin(actor trace.Actor) error {
	if actor.Role != trace.Admin {
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "")
	}
	return nil
}

// CheckImport refuses an actor that may not import registers 登记表: all but operators and administrators. Errors: CodeNotAllowed.
func CheckImport(actor trace.Actor) error {
	if actor.Role != trace.Operator && actor.Role != trace.Admin {
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "org")
	}
	return nil
}

// RegistersShared reports whether an actor may register the things that all organisations share: organisations, counties, towns and
// products. The ledger refuses such a record of another actor; an edge that proposes master data asks first.
func RegistersShared(actor trace.Actor) bool { return actor.Role == trace.Admin }

// checkSeasonOwner refuses a harvest of a season to all but the organisation that grows. The error is about the season, which the report
// names; the ledger would find fault with the season's place. Errors: CodeNotAllowed.
func checkSeasonOwner(actor trace.Actor, grower string) error {
	if grower != actor.Org {
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "season")
	}
	return nil
}

// checkEventOwner refuses the correction of an event to an operator of another organisation than the one that recorded it.
// Errors: CodeNotAllowed.
func checkEventOwner(actor trace.Actor, rec *trace.Record) error {
	if actor.Role == trace.Operator && rec.Org != actor.Org {
		return trace.E(trace.Forbidden, trace.CodeNotAllowed, "event")
	}
	return nil
}

// seesLot reports whether an actor may see a lot: an organisation that made or held the lot, a lot it was made of, or a lot made of it.
func (a *App) seesLot(actor trace.Actor, lot string) bool {
	return seesAll(actor) || a.Ledger.Visible(actor.Org, lot)
}

// seesGrower reports whether an actor may see the growers' codes in what an organisation recorded.
func seesGrower(actor trace.Actor, recordedBy string) bool {
	return seesAll(actor) || actor.Org == recordedBy
}

// seesSeason reports whether an actor may see a season: the organisation that grows.
func seesSeason(actor trace.Actor, org string) bool { return seesAll(actor) || actor.Org == org }

// seesShipment reports whether an actor may see a shipment: its sender and its receiver.
func seesShipment(actor trace.Actor, v *trace.ShipmentView) bool {
	return seesAll(actor) || v.From.ID == actor.Org || v.To.ID == actor.Org
}

// seesUnit reports whether an actor may see a packed unit: an organisation that has the unit, or that may see a lot in the unit or in the
// units packed in it.
func (a *App) seesUnit(actor trace.Actor, v *trace.UnitView) bool {
	if seesAll(actor) || v.Holder != nil && v.Holder.ID == actor.Org {
		return true
	}
	if slices.ContainsFunc(v.Lots, func(q trace.EventQuantity) bool { return a.Ledger.Visible(actor.Org, q.Class) }) {
		return true
	}
	return slices.ContainsFunc(v.Units, func(id string) bool {
		inner, ok := a.Ledger.Unit(id)
		return ok && a.seesUnit(actor, &inner)
	})
}

// seesRecord reports whether an actor may see a record: the kind of the record says so.
func (a *App) seesRecord(actor trace.Actor, rec *trace.Record) bool {
	_, visible := a.Ledger.See(actor, rec)
	return visible
}

// checkCodesRight refuses the codes of a serial batch to all but the organisation that issued them, an organisation that holds some of the
// lot, and an administrator: codes are as good as money. Errors: CodeNotAllowed.
func (a *App) checkCodesRight(actor trace.Actor, b *trace.SerialBatch) error {
	if actor.Role == trace.Admin || actor.Role == trace.Operator && (b.Org == actor.Org || a.holdsSome(actor.Org, b.Lot)) {
		return nil
	}
	return trace.E(trace.Forbidden, trace.CodeNotAllowed, "codes")
}

// holdsSome reports whether an organisation has some of a lot, packed or not, or has sent some that has not arrived.
func (a *App) holdsSome(org, lot string) bool {
	v, err := a.Ledger.Lot(lot, 0)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(v.Holdings, func(h trace.HoldingView) bool { return h.Holder.ID == org && h.Quantity.Amount > 0 })
}

// visibleLot finds a lot that the actor may act on, as ResolveLot does. Errors: those of ResolveLot, also for a lot the actor may not see.
func (a *App) visibleLot(actor trace.Actor, s string) (string, error) {
	id, err := a.ResolveLot(s)
	if err == nil && !a.seesLot(actor, id) {
		return "", trace.E(trace.NotFound, trace.CodeUnknownLot, "lot", "lot", trace.KeyOf(id))
	}
	return id, err
}

// resolveUnits completes the identifiers of packed units that the actor acts on. One that does not exist is left for the ledger to refuse,
// since an earlier report of the same batch may make it; one the actor may not see is refused in the same words. One that has been unpacked
// is empty: there is nothing to hide of it.
func (a *App) resolveUnits(actor trace.Actor, field string, list []string) ([]string, error) {
	out := a.completeIDs("unit", list)
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
