package app

import "github.com/yousang/yousang/internal/trace"

// Command is the command that a prepared report became, for tests that look at the event without recording it.
func (p *Prepared) Command() trace.Command { return p.command }

// ToReportError and ReportField are tested case by case.
var (
	ToReportError = toReportError
	ReportField   = reportField
)
