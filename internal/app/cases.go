package app

import (
	"context"

	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/trace"
)

// CaseFilter says which cases 线索 of suspect codes a list is to have; empty members do not filter.
type CaseFilter struct {
	State string // open or closed
	Lot   string // key, URI or address
	After string // the next of the page before
	Limit int    // rows of a page
}

// ListCases lists cases for a bureau and an administrator. Errors: CodeNotAllowed; NotFound for an unknown lot; the store's.
func (a *App) ListCases(ctx context.Context, actor trace.Actor, f CaseFilter) (Page[scan.Case], error) {
	if err := checkBureau(actor); err != nil {
		return Page[scan.Case]{}, err
	}
	q := scan.CaseQuery{State: scan.CaseState(f.State), After: f.After, Limit: f.Limit}
	if f.Lot != "" {
		lot, err := a.findShownLot(actor, "lot", f.Lot)
		if err != nil {
			return Page[scan.Case]{}, err
		}
		q.Lot = lot
	}
	list, next, err := scan.ListCases(ctx, a.Store, q)
	return Page[scan.Case]{Items: list, Next: next}, err
}

// ShowCase shows one case to a bureau and an administrator. Errors: CodeNotAllowed; NotFound; the store's.
func (a *App) ShowCase(ctx context.Context, actor trace.Actor, id string) (scan.Case, error) {
	if err := checkBureau(actor); err != nil {
		return scan.Case{}, err
	}
	v, err := scan.GetCase(ctx, a.Store, id)
	return v, namedCase(err, id)
}

// CloseCase closes a case 办结 with a note of what was found; closing again replaces the note. For a bureau and an administrator. Errors:
// CodeNotAllowed; NotFound; CodeRequired without a note; CodeTooLarge; the store's.
func (a *App) CloseCase(ctx context.Context, actor trace.Actor, id, note string) (scan.Case, error) {
	if err := checkBureau(actor); err != nil {
		return scan.Case{}, err
	}
	v, err := scan.CloseCase(ctx, a.Store, id, scan.Closing{Note: note, Org: actor.Org, User: actor.User, Time: a.now()})
	return v, namedCase(err, id)
}

// namedCase names the case that a store does not have.
func namedCase(err error, id string) error {
	if IsNotFound(err) {
		return unknownThing("case", id)
	}
	return err
}
