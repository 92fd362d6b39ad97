package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
)

func (a *API) registerLedger() {
	op := describeRead("/ledger", "getLedger", tagAdmin, "State of this server's ledger",
		"For a bureau and an admin. To see that servers which share a store say the same; nothing is recorded on a large ledger while the hash "+
			"is made (a second for millions of events), so not for a monitor.")
	huma.Register(a.huma, op, func(ctx context.Context, _ *struct{}) (*body[app.LedgerState], error) {
		return answerBody(a.App().ShowLedger(ctx, callerOf(ctx).Actor))
	})
}
