package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/yousang/yousang/internal/trace"
)

// Recorded is the answer of a write: the record, and the identifiers that a client needs next.
type Recorded struct {
	Record   trace.Record
	Repeat   bool     // the same had been recorded before; Record is the first one
	ID       string   // URI of the master data, "" for an event
	Lots     []string // lots that the event made, in the order they were sent
	Unit     string   // packed unit that was packed or unpacked
	Shipment string   // shipment that was sent or received
}

// submission is one record on its way into the log: the way to make the command, and the id that the client gave.
type submission struct {
	actor          trace.Actor
	clientID       string // made by the client; "" for none
	sent           []byte // content that the client sent under clientID; other content under the same id is refused
	prepareCommand func() (trace.Command, error)
	toReportWords  func(err error, ev *trace.Event) error // gives an error the field names of the report; nil where the fields are the same
}

// sentContent is the content that a client's id stands for: the name of the kind and the members in canonical form.
func sentContent(name string, v any) ([]byte, error) {
	canonical, err := trace.CanonicalJSON(v)
	return append([]byte(name+"\n"), canonical...), err
}

// setClientID gives a command the client's id. The digest tells a repeat from the same id with other content.
func setClientID(cmd *trace.Command, id string, sent []byte) {
	if id == "" {
		return
	}
	sum := sha256.Sum256(sent)
	cmd.ClientID, cmd.Digest = id, hex.EncodeToString(sum[:])
}

// makeCommand makes the command of a submission, under the client's id.
func (s *submission) makeCommand() (trace.Command, error) {
	cmd, err := s.prepareCommand()
	if err != nil {
		return trace.Command{}, err
	}
	setClientID(&cmd, s.clientID, s.sent)
	return cmd, nil
}

// explainError gives an error the field names of the sent report; nil stays nil.
func (s *submission) explainError(err error, ev *trace.Event) error {
	if err == nil || s.toReportWords == nil {
		return err
	}
	return s.toReportWords(err, ev)
}

// recordSubmission makes, submits and answers one submission. A submission that can no longer be made but has been recorded before gets the
// first answer.
func (a *App) recordSubmission(ctx context.Context, s *submission) (Recorded, error) {
	cmd, err := s.makeCommand()
	if err != nil {
		res, ok := a.findRepeat(ctx, s)
		if !ok {
			return Recorded{}, s.explainError(err, nil)
		}
		return answerSubmission(s, res, nil)
	}
	return answerSubmission(s, a.writer.Submit(ctx, cmd)[0], cmd.Event())
}

// recordTogether records commands together under one client's id: all of them are judged before the first is recorded. Between the two
// another write may come; the records made by then stay, and the same request under the same id records the rest.
func (a *App) recordTogether(ctx context.Context, clientID string, sent []byte, cmds []trace.Command) ([]Recorded, error) {
	for i := range cmds {
		name := clientID
		if i > 0 && name != "" {
			name += "#" + strconv.Itoa(i+1)
		}
		setClientID(&cmds[i], name, sent)
	}
	if len(cmds) > 1 {
		if _, err := a.submitAll(ctx, cmds, true); err != nil {
			return nil, err
		}
	}
	return a.submitAll(ctx, cmds, false)
}

// submitAll submits commands and answers all of them, or gives the first error among their results.
func (a *App) submitAll(ctx context.Context, cmds []trace.Command, dryRun bool) ([]Recorded, error) {
	for i := range cmds {
		cmds[i].DryRun = dryRun
	}
	out := make([]Recorded, len(cmds))
	for i, res := range a.writer.Submit(ctx, cmds...) {
		if res.Err != nil {
			return nil, res.Err
		}
		var err error
		if out[i], err = describeResult(res, cmds[i].Event()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// findRepeat looks whether a submission that can no longer be made has been recorded before: then its repeat gets the first answer, and not
// an error about a state that the first one has brought about. (A command without an event is never recorded; the writer only looks up its
// id.)
func (a *App) findRepeat(ctx context.Context, s *submission) (trace.Result, bool) {
	if s.clientID == "" {
		return trace.Result{}, false
	}
	cmd := trace.Command{Actor: s.actor, Kind: trace.KindEvent, Value: &trace.Event{}, DryRun: true}
	setClientID(&cmd, s.clientID, s.sent)
	res := a.writer.Submit(ctx, cmd)[0]
	return res, res.Repeat || errors.Is(res.Err, &trace.Error{Code: trace.CodeIDReused})
}

// answerSubmission is the answer of a result. ev is the event that was recorded, nil where none was made.
func answerSubmission(s *submission, res trace.Result, ev *trace.Event) (Recorded, error) {
	if res.Err != nil {
		return Recorded{}, s.explainError(res.Err, ev)
	}
	return describeResult(res, ev)
}

// describeResult names the lots, the unit and the shipment of a record. The event of a repeat is read from the first record.
func describeResult(res trace.Result, ev *trace.Event) (Recorded, error) {
	out := Recorded{Record: res.Record, Repeat: res.Repeat}
	if res.Record.Kind != trace.KindEvent {
		out.ID = readMasterID(&res.Record)
		return out, nil
	}
	if res.Repeat || ev == nil {
		first, err := trace.ParseEvent(res.Record.Body)
		if err != nil {
			return out, err
		}
		ev = first
	}
	if ev.Declaration != nil {
		return out, nil
	}
	for _, q := range listMade(ev) {
		out.Lots = append(out.Lots, q.Class)
	}
	if ev.Type == trace.AggregationEvent {
		out.Unit = ev.ParentID
	}
	for _, t := range ev.BizTransactions {
		if t.Type == "desadv" {
			out.Shipment = t.ID
		}
	}
	return out, nil
}

// listMade lists the lots that an event makes, with their quantities.
func listMade(ev *trace.Event) []trace.EventQuantity {
	if ev.Type == trace.ObjectEvent && ev.Action == "ADD" {
		return ev.Quantities
	}
	return ev.Outputs
}

// readMasterID reads the identifier of a record of master data.
func readMasterID(r *trace.Record) string {
	var v struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.Body, &v) != nil {
		return ""
	}
	return v.ID
}
