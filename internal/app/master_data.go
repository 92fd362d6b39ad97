package app

import (
	"context"

	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/trace"
)

// PutOrganisation registers or changes an organisation 主体; its identifiers may be slugs. Errors: those of the ledger, for an edge.
func (a *App) PutOrganisation(ctx context.Context, actor trace.Actor, clientID string, v trace.Organisation) (Recorded, error) {
	return a.putMaster(ctx, actor, clientID, a.completeMaster(actor, v))
}

// PutPlace registers or changes a place 地点, an operator's own where no organisation is named. Errors: as of PutOrganisation.
func (a *App) PutPlace(ctx context.Context, actor trace.Actor, clientID string, v trace.Place) (Recorded, error) {
	return a.putMaster(ctx, actor, clientID, a.completeMaster(actor, v))
}

// PutProduct registers or changes a product 产品; its unit may be a usual spelling (斤, kg). Errors: as of PutOrganisation.
func (a *App) PutProduct(ctx context.Context, actor trace.Actor, clientID string, v trace.Product) (Recorded, error) {
	return a.putMaster(ctx, actor, clientID, a.completeMaster(actor, v))
}

// PutSeason opens or changes a season 种植季/饲养批, an operator's own where no organisation is named. Errors: as of PutOrganisation.
func (a *App) PutSeason(ctx context.Context, actor trace.Actor, clientID string, v trace.Season) (Recorded, error) {
	return a.putMaster(ctx, actor, clientID, a.completeMaster(actor, v))
}

// PutMasterData registers or changes master data of any kind (an Organisation, Place, Product or Season of internal/trace), all of them in
// one durable write. The answers are in order; the first refusal is the error, and the other records stay.
func (a *App) PutMasterData(ctx context.Context, actor trace.Actor, list ...any) ([]Recorded, error) {
	cmds := make([]trace.Command, len(list))
	for i, v := range list {
		m := a.completeMaster(actor, v)
		var err error
		if cmds[i], err = a.masterCommand(actor, m.kind, m.value); err != nil {
			return nil, err
		}
	}
	return a.submitAll(ctx, cmds, false)
}

// masterData is master data with its identifiers completed, and its kind.
type masterData struct {
	kind  trace.RecordKind
	value any
}

// completeMaster completes the identifiers of master data (a slug becomes a URI) and fills in the organisation of an operator.
func (a *App) completeMaster(actor trace.Actor, v any) masterData {
	own := ""
	if actor.Role == trace.Operator {
		own = actor.Org
	}
	switch v := v.(type) {
	case trace.Organisation:
		v.ID, v.Place = a.CompleteID("org", v.ID), a.CompleteID("place", v.Place)
		return masterData{trace.KindOrganisation, v}
	case trace.Place:
		v.ID, v.Parent, v.Org = a.CompleteID("place", v.ID), a.CompleteID("place", v.Parent), a.CompleteID("org", v.Org)
		if v.Org == "" {
			v.Org = own
		}
		return masterData{trace.KindPlace, v}
	case trace.Product:
		v.ID = a.CompleteID("product", v.ID)
		if u, err := trace.ParseUnit(string(v.Unit)); err == nil {
			v.Unit = u
		}
		return masterData{trace.KindProduct, v}
	case trace.Season:
		v.ID, v.Place = a.CompleteID("season", v.ID), a.CompleteID("place", v.Place)
		v.Product, v.Org = a.CompleteID("product", v.Product), a.CompleteID("org", v.Org)
		if v.Org == "" {
			v.Org = own
		}
		return masterData{trace.KindSeason, v}
	}
	return masterData{value: v}
}

// putMaster records master data under a client's id.
func (a *App) putMaster(ctx context.Context, actor trace.Actor, clientID string, m masterData) (Recorded, error) {
	return a.PutRecord(ctx, actor, clientID, m.kind, m.value)
}

// PutRecord records a value of a record kind unchanged: its identifiers are not completed. Errors: those of the kind's rules.
func (a *App) PutRecord(ctx context.Context, actor trace.Actor, clientID string, kind trace.RecordKind, value any) (Recorded, error) {
	cmd, err := a.masterCommand(actor, kind, value)
	if err != nil {
		return Recorded{}, err
	}
	sent := append([]byte(kind+"\n"), cmd.Body...)
	return a.recordSubmission(ctx, &submission{actor: actor, clientID: clientID, sent: sent,
		prepareCommand: func() (trace.Command, error) { return cmd, nil }})
}

// masterCommand makes the command that records master data.
func (a *App) masterCommand(actor trace.Actor, kind trace.RecordKind, v any) (trace.Command, error) {
	raw, err := trace.CanonicalJSON(v)
	if err != nil {
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeMalformed, "", "why", err.Error()) // a geometry that is no JSON
	}
	body, err := epcis.Canonical(raw)
	if err != nil {
		return trace.Command{}, err
	}
	return trace.Command{Actor: actor, Kind: kind, Body: body}, nil
}
