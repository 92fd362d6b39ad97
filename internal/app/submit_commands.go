package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// RecordCommand records the command that prepare makes, under the client's id where there is one.
func (a *App) RecordCommand(ctx context.Context, actor trace.Actor, clientID string, sent []byte, prepare func() (trace.Command, error)) (Recorded, error) {
	return a.record(ctx, &write{actor: actor, clientID: clientID, sent: sent, prepare: prepare})
}

// RecordCommands records commands together; see recordTogether.
func (a *App) RecordCommands(ctx context.Context, clientID string, sent []byte, cmds []trace.Command) ([]Recorded, error) {
	return a.recordTogether(ctx, clientID, sent, cmds)
}

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
