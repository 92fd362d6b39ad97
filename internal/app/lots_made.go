package app

import (
	"context"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// MadeFilter says which lots of a maker are wanted. Things are named by slug or URI.
type MadeFilter struct {
	Maker   string // organisation that made the lots
	Product string
	Places  []string  // places where the lots were made
	Since   time.Time // made at or after
	Until   time.Time // made before
}

// MadeLot is a lot as its making recorded the lot.
type MadeLot struct {
	Lot      string
	Time     time.Time // when the lot was made
	Place    string    // where the lot was made
	Grower   string    // pseudonymous code of the household; "" for an actor that may not see the code
	Quantity trace.Quantity
	Pieces   trace.Amount
}

// madePage is how many rows of the ledger's list are read at once.
const madePage = 500

// ListMadeLots lists, newest first, the lots of a maker whose making stands, as far as the actor made or ever held the lots; a bureau and
// an administrator get all. Errors: none but the ledger's for its own cursor.
func (a *App) ListMadeLots(_ context.Context, actor trace.Actor, f MadeFilter) ([]MadeLot, error) {
	q := trace.LotQuery{Maker: a.CompleteID("org", f.Maker), Product: a.CompleteID("product", f.Product), Since: f.Since, Until: f.Until,
		Seen: a.listedOrganisation(actor, ""), Limit: madePage}
	wanted := map[string]bool{}
	for _, place := range f.Places {
		wanted[a.CompleteID("place", place)] = true
	}
	var list []MadeLot
	for {
		rows, next, err := a.Ledger.Lots(q)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if rows[i].Status == trace.Void.String() || !wanted[rows[i].Place] {
				continue
			}
			made, err := a.describeMade(actor, &rows[i])
			if err != nil {
				return nil, err
			}
			list = append(list, made)
		}
		if next == "" {
			return list, nil
		}
		q.Before = next
	}
}

func (a *App) describeMade(actor trace.Actor, row *trace.LotRow) (MadeLot, error) {
	v, err := a.Ledger.Lot(row.Lot, 0)
	if err != nil {
		return MadeLot{}, err
	}
	made := MadeLot{Lot: row.Lot, Time: row.Time, Place: row.Place, Quantity: v.Quantity, Pieces: v.Pieces}
	if seesGrower(actor, row.Org) {
		made.Grower = v.Grower
	}
	return made, nil
}

// IsWithdrawn reports whether the record that made a lot was withdrawn. Errors: NotFound, also for a lot the actor may not see.
func (a *App) IsWithdrawn(_ context.Context, actor trace.Actor, lot string) (bool, error) {
	id, err := a.findShownLot(actor, "lot", lot)
	if err != nil {
		return false, err
	}
	v, err := a.Ledger.Lot(id, 0)
	if err != nil {
		return false, err
	}
	return v.Status == trace.Void.String(), nil
}
