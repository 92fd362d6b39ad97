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

// write is one thing on its way into the log.
type write struct {
	actor    trace.Actor
	clientID string // made by the client; "" for none
	sent     []byte // what the client sent under clientID; the same id with other content is refused
	prepare  func() (trace.Command, error)
	explain  func(err error, ev *trace.Event) error // puts an error into the words of what was sent; nil where they are the same
}

// sentContent is what a client's id stands for: the name of what was sent and its members.
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

// command makes the command of a write, under the client's id.
func (w *write) command() (trace.Command, error) {
	cmd, err := w.prepare()
	if err != nil {
		return trace.Command{}, err
	}
	setClientID(&cmd, w.clientID, w.sent)
	return cmd, nil
}

// explainError puts an error into the words of what was sent; nil stays nil.
func (w *write) explainError(err error, ev *trace.Event) error {
	if err == nil || w.explain == nil {
		return err
	}
	return w.explain(err, ev)
}

// record makes, submits and answers one write. What can no longer be made but has been recorded before is answered as the first time.
func (a *App) record(ctx context.Context, w *write) (Recorded, error) {
	cmd, err := w.command()
	if err != nil {
		res, ok := a.findRepeat(ctx, w)
		if !ok {
			return Recorded{}, w.explainError(err, nil)
		}
		return answerWrite(w, res, nil)
	}
	return answerWrite(w, a.writer.Submit(ctx, cmd)[0], cmd.Event())
}

// recordTogether records commands together under one client's id: all of them are judged before the first is recorded. Between the two another
// write may come; what was recorded by then stays, and the same sent again under the same id records the rest.
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

// findRepeat looks whether a write that can no longer be made has been recorded before: then its repeat gets the first answer, and not an
// error about a state that the first one has brought about. (A command without an event is never recorded; the writer only looks up its id.)
func (a *App) findRepeat(ctx context.Context, w *write) (trace.Result, bool) {
	if w.clientID == "" {
		return trace.Result{}, false
	}
	cmd := trace.Command{Actor: w.actor, Kind: trace.KindEvent, Value: &trace.Event{}, DryRun: true}
	setClientID(&cmd, w.clientID, w.sent)
	res := a.writer.Submit(ctx, cmd)[0]
	return res, res.Repeat || errors.Is(res.Err, &trace.Error{Code: trace.CodeIDReused})
}

// answerWrite is the answer of a result. ev is the event that was recorded, nil where none was made.
func answerWrite(w *write, res trace.Result, ev *trace.Event) (Recorded, error) {
	if res.Err != nil {
		return Recorded{}, w.explainError(res.Err, ev)
	}
	return describeResult(res, ev)
}

// describeResult names what a record made. The event of a repeat is read from the first record.
func describeResult(res trace.Result, ev *trace.Event) (Recorded, error) {
	out := Recorded{Record: res.Record, Repeat: res.Repeat}
	if res.Record.Kind != trace.KindEvent {
		out.ID = masterID(&res.Record)
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

// masterID reads the identifier of a record of master data.
func masterID(r *trace.Record) string {
	var v struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.Body, &v) != nil {
		return ""
	}
	return v.ID
}
