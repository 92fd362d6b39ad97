package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/trace"
)

// LedgerState says what a server holds.
type LedgerState struct {
	Namespace string `json:"namespace"`
	Head      int64  `json:"head" doc:"Last record that this server has read."`
	Hash      string `json:"hash" doc:"Hash of all that the ledger says after that record. Servers with the same head have the same hash, and yousang verify derives it from the log."`
}

func (a *API) registerLedger() {
	huma.Register(a.huma, get("/ledger", "getLedger", tagAdmin, "State of this server's ledger",
		"For a bureau and an admin. To see that servers which share a store say the same; nothing is recorded on a large ledger while the hash is made (a second for millions of events), so not for a monitor."),
		func(ctx context.Context, _ *struct{}) (*body[LedgerState], error) {
			if !callerOf(ctx).all() {
				return nil, trace.E(trace.Forbidden, trace.CodeNotAllowed, "")
			}
			l := a.Recorder().Ledger
			s := LedgerState{Namespace: l.Namespace()}
			s.Head, s.Hash = l.HashAt()
			return answer(s, nil)
		})
}
