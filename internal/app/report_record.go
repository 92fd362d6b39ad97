package app

import (
	"context"
	"errors"
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// RecordReport records a report. The client's id is the report's own: sent again under it, the same report gets the first answer. Errors
// are in the words of the report (Field is a path within it): those of the identifiers in the report, of the actor's rights, and of the
// ledger's rules.
func (a *App) RecordReport(ctx context.Context, actor trace.Actor, r Report) (Recorded, error) {
	s, err := a.newReportSubmission(ctx, actor, r)
	if err != nil {
		return Recorded{}, err
	}
	return a.recordSubmission(ctx, s)
}

// newReportSubmission makes the submission of a report.
func (a *App) newReportSubmission(ctx context.Context, actor trace.Actor, r Report) (*submission, error) {
	kind := kindOfReport(r)
	s := &submission{actor: actor, clientID: r.CommonPart().ID}
	if s.clientID != "" {
		var err error
		if s.sent, err = sentContent(kind.Name, r); err != nil {
			return nil, err
		}
	}
	s.prepareCommand = func() (trace.Command, error) { return kind.make(ctx, a, actor, r) }
	s.toReportWords = func(err error, ev *trace.Event) error { return a.explainReportError(kind, r, err, ev) }
	return s, nil
}

// explainReportError puts an error about an event into the words of the report it came from.
func (a *App) explainReportError(kind *ReportKind, r Report, err error, ev *trace.Event) error {
	err = toReportError(err, ev)
	var e *trace.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case kind.Name == "correction" && e.Field != "reason" && e.Field != "id" && e.Field != "": // a correction names nothing but its event
		e.Field = "event"
	case e.Field == "lots" && e.Args["lot"] != "":
		for i, name := range kind.namedLots(r) {
			if id, err := a.ResolveLot(name); err == nil && trace.KeyOf(id) == e.Args["lot"] {
				e.Field = "lots[" + strconv.Itoa(i) + "]"
				break
			}
		}
	}
	return e
}

// Prepared is a report that was made ready: the report can be tried, and then be recorded exactly as tried. An edge that shows the outcome
// of many reports before the first is recorded (register) needs prepared reports.
type Prepared struct {
	submission *submission
	command    trace.Command
}

// Event is the event that the report became.
func (p *Prepared) Event() *trace.Event { return p.command.Event() }

// PrepareReport makes a report ready. clientID and sent stand in for the report's own id where the edge keeps its ids outside the event.
// Errors: as of RecordReport.
func (a *App) PrepareReport(ctx context.Context, actor trace.Actor, r Report, clientID string, sent []byte) (*Prepared, error) {
	s, err := a.newReportSubmission(ctx, actor, r)
	if err != nil {
		return nil, err
	}
	if clientID != "" {
		s.clientID, s.sent = clientID, sent
	}
	cmd, err := s.makeCommand()
	if err != nil {
		return nil, s.explainError(err, nil)
	}
	return &Prepared{s, cmd}, nil
}

// Outcome is the answer of one report among many.
type Outcome struct {
	Recorded
	Err error
}

// TryPrepared judges reports without recording them; the answers are in order, and a repeat is known as one.
func (a *App) TryPrepared(ctx context.Context, list []*Prepared) []Outcome {
	return a.submitPrepared(ctx, list, true)
}

// RecordPrepared records reports in one durable write, each on its own; the answers are in order.
func (a *App) RecordPrepared(ctx context.Context, list []*Prepared) []Outcome {
	return a.submitPrepared(ctx, list, false)
}

func (a *App) submitPrepared(ctx context.Context, list []*Prepared, dryRun bool) []Outcome {
	cmds := make([]trace.Command, len(list))
	for i, p := range list {
		cmds[i] = p.command
		cmds[i].DryRun = dryRun
	}
	out := make([]Outcome, len(list))
	for i, res := range a.writer.Submit(ctx, cmds...) {
		out[i].Recorded, out[i].Err = answerSubmission(list[i].submission, res, cmds[i].Event())
	}
	return out
}
