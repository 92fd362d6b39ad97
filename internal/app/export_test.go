package app

import (
	"context"

	"github.com/yousang/yousang/internal/trace"
)

// Command is the command that a prepared report became, for tests that look at the event without recording it.
func (p *Prepared) Command() trace.Command { return p.command }

// ToReportError and ReportField are tested case by case.
var (
	ToReportError = toReportError
	ReportField   = translateField
)

// SerialsCommand is the command of a serial batch, for tests in which two servers make one at the same moment.
func (a *App) SerialsCommand(ctx context.Context, actor trace.Actor, in SerialReport) (trace.Command, error) {
	return a.serialsCommand(ctx, actor, in)
}

// SubmitOne submits a single command.
func (a *App) SubmitOne(ctx context.Context, cmd trace.Command, err error) (trace.Result, error) {
	if err != nil {
		return trace.Result{}, err
	}
	res := a.writer.Submit(ctx, cmd)[0]
	return res, res.Err
}
