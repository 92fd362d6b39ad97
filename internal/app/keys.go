package app

import (
	"context"

	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/trace"
)

// NewKey asks for an API key.
type NewKey struct {
	Org   string `json:"org" maxLength:"300" doc:"Slug or URI of the organisation it acts for."`
	Role  string `json:"role" enum:"operator,bureau,admin"`
	Label string `json:"label,omitempty" maxLength:"100" doc:"What it is for (\"phone of the weighing station\"); not a person's name."`
}

// Identity is who an actor is, and the ledger that the actor is talking to.
type Identity struct {
	trace.Actor
	Organisation *trace.Organisation // nil for an organisation that is not registered
	Namespace    string              // of the ledger
	Head         int64               // last record of the log
}

// Authenticate finds the actor of a secret key. Errors: CodeUnauthenticated; the store's.
func (a *App) Authenticate(ctx context.Context, token string) (trace.Actor, error) {
	k, err := a.keys.CheckToken(ctx, token)
	if err != nil {
		return trace.Actor{}, err
	}
	return k.Actor(), nil
}

// Identify describes an actor to the actor: organisation, role and ledger.
func (a *App) Identify(actor trace.Actor) Identity {
	id := Identity{Actor: actor, Namespace: a.Ledger.Namespace(), Head: a.Ledger.Head()}
	if o, ok := a.Ledger.Organisation(actor.Org); ok {
		id.Organisation = &o
	}
	return id
}

// ListKeys lists the keys of an organisation (slug or URI; all keys for ""), revoked ones too, without their secrets. For an administrator.
func (a *App) ListKeys(ctx context.Context, actor trace.Actor, org string) ([]keys.Key, error) {
	if err := checkAdmin(actor); err != nil {
		return nil, err
	}
	return a.keys.ListKeys(ctx, a.CompleteID("org", org))
}

// CreateKey makes a key for a registered organisation, or an administrator's key of no organisation. The secret is answered once and never
// kept. For an administrator. Errors: CodeUnknownThing for the organisation; CodeBadValue for the role.
func (a *App) CreateKey(ctx context.Context, actor trace.Actor, in NewKey) (secret string, k keys.Key, err error) {
	if err := checkAdmin(actor); err != nil {
		return "", keys.Key{}, err
	}
	org, role := a.CompleteID("org", in.Org), trace.Role(in.Role)
	if _, ok := a.Ledger.Organisation(org); !ok && (org != "" || role != trace.Admin) {
		return "", keys.Key{}, trace.E(trace.Invalid, trace.CodeUnknownThing, "org", "thing", "organisation", "value", trace.Clip(in.Org))
	}
	return a.keys.CreateKey(ctx, org, role, in.Label)
}

// RevokeKey ends a key: at once on this server, within a minute on others. For an administrator. Errors: NotFound.
func (a *App) RevokeKey(ctx context.Context, actor trace.Actor, id string) error {
	if err := checkAdmin(actor); err != nil {
		return err
	}
	return a.keys.RevokeKey(ctx, id)
}
