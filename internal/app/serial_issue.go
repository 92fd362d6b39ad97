package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// SerialReport 赋码 issues serial numbers for the items of a lot.
type SerialReport struct {
	Lot     string   `json:"lot" doc:"Lot key, URI or the address its code opens."`
	Count   int64    `json:"count,omitempty" minimum:"0" maximum:"10000000" doc:"How many; one for each item that has none yet, where absent."`
	Regions []string `json:"regions,omitempty" maxItems:"50"`
	Org     string   `json:"org,omitempty" doc:"Who issues them, where an administrator writes; the acting organisation where absent."`
}

// keyRaces is how often another server may have named the secret key first.
const keyRaces = 3

// IssueSerials issues serial numbers with the newest secret key. The answer's ID is the batch's. Errors: NotFound for a lot the actor may
// not see; those of the ledger's rules; the store's.
func (a *App) IssueSerials(ctx context.Context, actor trace.Actor, clientID string, in SerialReport) (out Recorded, err error) {
	sent, err := sentContent(string(trace.KindSerials), in)
	if err != nil {
		return Recorded{}, err
	}
	w := &submission{actor: actor, clientID: clientID, sent: sent, prepareCommand: func() (trace.Command,
		error) {
		return a.serialsCommand(ctx, actor, in)
	}}
	for range keyRaces {
		if out, err = a.recordSubmission(ctx, w); !trace.IsCode(err, trace.CodeSerialKey) {
			break
		}
	}
	return out, err
}

// serialsCommand makes the command of a serial batch.
func (a *App) serialsCommand(ctx context.Context, actor trace.Actor, in SerialReport) (trace.Command, error) {
	lot, err := a.visibleLot(actor, in.Lot)
	if err != nil {
		return trace.Command{}, err
	}
	if in.Count == 0 {
		count, numbered, ok, err := a.Ledger.CountItems(lot)
		if err != nil {
			return trace.Command{}, err
		}
		if in.Count = max(count-numbered, 1); !ok { // the ledger refuses the lot and gives the reason, also where every item has its number
			in.Count = 1
		}
	}
	number, err := a.Serials.CurrentKey(ctx)
	if err != nil {
		return trace.Command{}, err
	}
	sum, err := a.Serials.KeyFingerprint(ctx, number)
	if err != nil {
		return trace.Command{}, err
	}
	return a.masterCommand(actor, trace.KindSerials, trace.SerialBatch{
		Count: in.Count, ID: a.CompleteID("serials", trace.NewKey()), Key: number, KeySum: sum, Lot: lot,
		Org: a.actingOrganisation(actor, in.Org), Regions: in.Regions,
	})
}

// actingOrganisation is the organisation a record about codes is made for.
func (a *App) actingOrganisation(actor trace.Actor, org string) string {
	if org == "" {
		return actor.Org
	}
	return a.CompleteID("org", org)
}
