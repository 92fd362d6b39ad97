package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// Submit submits commands and waits for their results.
func (a *App) Submit(ctx context.Context, cmds ...trace.Command) []trace.Result {
	return a.writer.Submit(ctx, cmds...)
}

// SubmitOne submits a single command.
func (a *App) SubmitOne(ctx context.Context, cmd trace.Command, err error) (trace.Result, error) {
	if err != nil {
		return trace.Result{}, err
	}
	res := a.writer.Submit(ctx, cmd)[0]
	return res, res.Err
}
