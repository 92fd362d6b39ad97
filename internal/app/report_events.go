package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/yousang/yousang/internal/trace"
)

// newEvent starts an event with the common part of a report.
func (a *App) newEvent(actor trace.Actor, c *Common, t trace.EventType, action, step string) *trace.Event {
	ev := &trace.Event{Type: t, Action: action, BizStep: step, Offset: c.Offset, Step: c.Step, Comment: c.Comment, Report: c.ID,
		Evidence: newAttributes(c.Evidence)}
	if c.Time != nil {
		ev.Time = *c.Time
	} else {
		ev.Time = trace.NewTime(a.Ledger.Clock(a.now()))
	}
	if ev.Offset == "" {
		ev.Offset = "+08:00"
	}
	place := a.CompleteID("place", c.Place)
	if place == "" {
		if o, ok := a.Ledger.Organisation(actor.Org); ok {
			place = o.Place
		}
	}
	if place != "" {
		ev.BizLocation = &trace.ID{ID: place}
	}
	return ev
}

// makeHarvest makes the command of a harvest.
func (a *App) makeHarvest(_ context.Context, actor trace.Actor, h *Harvest) (trace.Command, error) {
	ev := a.newEvent(actor, &h.Common, trace.ObjectEvent, "ADD", trace.StepCommissioning)
	q, f, err := a.resolveNewLots("lots", h.Lots)
	if err != nil {
		return trace.Command{}, err
	}
	ev.Quantities, ev.Disposition = q, "active"
	ev.Ilmd = &trace.Ilmd{Lots: f, Season: a.CompleteID("season", h.Season)}
	if h.Season != "" {
		s, ok := a.Ledger.Season(ev.Ilmd.Season)
		if !ok {
			return trace.Command{}, trace.E(trace.Invalid, trace.CodeUnknownThing, "season", "thing", "season", "value", trace.Clip(h.Season))
		}
		if h.Place == "" {
			ev.BizLocation = &trace.ID{ID: s.Place}
		}
		if err := checkSeasonOwner(actor, s.Org); err != nil {
			return trace.Command{}, err
		}
	}
	a.inferStep(ev)
	return a.sealEvent(actor, ev)
}

// makeTransformation makes the command of a grading, splitting, merging or processing.
func (a *App) makeTransformation(_ context.Context, actor trace.Actor, t *Transformation) (trace.Command, error) {
	ev := a.newEvent(actor, &t.Common, trace.TransformationEvent, "", trace.StepTransforming)
	in, err := a.resolveTaken(actor, "inputs", t.Inputs)
	if err != nil {
		return trace.Command{}, err
	}
	out, f, err := a.resolveNewLots("outputs", t.Outputs)
	if err != nil {
		return trace.Command{}, err
	}
	ev.Inputs, ev.Outputs, ev.Ilmd = in, out, &trace.Ilmd{Lots: f}
	a.inferStep(ev)
	return a.sealEvent(actor, ev)
}

// newID makes the identifier of a unit or shipment, from the key that the client proposes, else from a new key.
func (a *App) newID(dir, key string) (string, error) {
	if key == "" {
		return a.CompleteID(dir, trace.NewKey()), nil
	}
	k, err := trace.ParseKey(key)
	if err != nil {
		return "", trace.At("key", err)
	}
	return a.CompleteID(dir, k), nil
}

func (a *App) completeIDs(dir string, list []string) []string {
	var out []string
	for _, s := range list {
		if strings.Contains(s, "://") && !strings.HasPrefix(s, a.Ledger.Namespace()) {
			s = trace.KeyOf(s) // the address a unit's code opens
		}
		out = append(out, a.CompleteID(dir, s))
	}
	return out
}

// makePacking makes the command of a packing.
func (a *App) makePacking(_ context.Context, actor trace.Actor, p *Packing) (trace.Command, error) {
	ev := a.newEvent(actor, &p.Common, trace.AggregationEvent, "ADD", trace.StepPacking)
	in, err := a.resolveTaken(actor, "contents", p.Contents)
	if err != nil {
		return trace.Command{}, err
	}
	if ev.ParentID, err = a.newID("unit", p.Key); err != nil {
		return trace.Command{}, err
	}
	if ev.ChildEPCs, err = a.resolveUnits(actor, "units", p.Units); err != nil {
		return trace.Command{}, err
	}
	ev.Children = in
	if p.Kind != "" {
		ev.Evidence = append(ev.Evidence, trace.Attribute{Name: "unit", Value: p.Kind})
	}
	return a.sealEvent(actor, ev)
}

// makeUnpacking makes the command of an unpacking.
func (a *App) makeUnpacking(_ context.Context, actor trace.Actor, u *Unpacking) (trace.Command, error) {
	ev := a.newEvent(actor, &u.Common, trace.AggregationEvent, "DELETE", trace.StepUnpacking)
	if u.Unit == "" {
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeRequired, "unit")
	}
	ids, err := a.resolveUnits(actor, "unit", []string{u.Unit})
	if err != nil {
		return trace.Command{}, withField("unit", err)
	}
	ev.ParentID = ids[0]
	return a.sealEvent(actor, ev)
}

// makeShipment makes the command of a shipment.
func (a *App) makeShipment(_ context.Context, actor trace.Actor, s *Shipment) (trace.Command, error) {
	ev := a.newEvent(actor, &s.Common, trace.ObjectEvent, "OBSERVE", trace.StepShipping)
	q, err := a.resolveTaken(actor, "lots", s.Lots)
	if err != nil {
		return trace.Command{}, err
	}
	id, err := a.newID("shipment", s.Key)
	if err != nil {
		return trace.Command{}, err
	}
	if s.To == "" {
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeRequired, "to")
	}
	if ev.EPCs, err = a.resolveUnits(actor, "units", s.Units); err != nil {
		return trace.Command{}, err
	}
	ev.Quantities, ev.Disposition = q, "in_transit"
	a.setParties(ev, actor.Org, a.CompleteID("org", s.To), id)
	return a.sealEvent(actor, ev)
}

func (a *App) setParties(ev *trace.Event, from, to, shipment string) {
	ev.Sources = []trace.Source{{ID: from, Type: "possessing_party"}}
	ev.Destinations = []trace.Destination{{ID: to, Type: "possessing_party"}}
	ev.BizTransactions = []trace.BizTransaction{{ID: shipment, Type: "desadv"}}
}

// makeReceipt makes the command of a receipt; a receipt that names no goods takes the whole shipment.
func (a *App) makeReceipt(_ context.Context, actor trace.Actor, in *Receipt) (trace.Command, error) {
	ev := a.newEvent(actor, &in.Common, trace.ObjectEvent, "OBSERVE", trace.StepReceiving)
	id, err := a.findShipment(actor, in)
	if err != nil {
		return trace.Command{}, err
	}
	ship, ok := a.Ledger.Shipment(id)
	if !ok || !seesShipment(actor, &ship) {
		return trace.Command{}, trace.E(trace.NotFound, trace.CodeUnknownThing, "shipment", "thing", "shipment", "value", trace.Clip(in.Shipment))
	}
	if ev.EPCs, err = a.resolveUnits(actor, "units", in.Units); err != nil {
		return trace.Command{}, err
	}
	ev.Disposition, ev.Final = "active", !in.Partial
	for _, u := range in.Lost {
		ev.Differences = append(ev.Differences, trace.Difference{Lot: a.completeIDs("unit", []string{u.Unit})[0], Reason: u.Reason})
	}
	if len(in.Lots)+len(in.Units)+len(in.Lost) == 0 {
		ev.EPCs = ship.Units
		ev.Quantities = ship.Lots
	}
	if err := a.planReceived(actor, ev, in, &ship); err != nil {
		return trace.Command{}, err
	}
	a.setParties(ev, ship.From.ID, actor.Org, id)
	return a.sealEvent(actor, ev)
}

// findShipment finds the shipment of a receipt: the named shipment, or the oldest one under way that has the first lot.
func (a *App) findShipment(actor trace.Actor, in *Receipt) (string, error) {
	if in.Shipment != "" {
		return a.completeIDs("shipment", []string{in.Shipment})[0], nil
	}
	if len(in.Lots) == 0 {
		return "", trace.E(trace.Invalid, trace.CodeRequired, "shipment")
	}
	lot, err := a.visibleLot(actor, in.Lots[0].Lot)
	if err != nil {
		return "", withField("lots[0].lot", err)
	}
	under := a.Ledger.ListUnderWay(actor.Org, lot)
	if len(under) == 0 {
		return "", trace.E(trace.Conflict, trace.CodeNotInTransit, "lots[0].lot", "lot", trace.KeyOf(lot))
	}
	return under[0], nil
}

func (a *App) planReceived(actor trace.Actor, ev *trace.Event, in *Receipt, ship *trace.ShipmentView) error {
	shipped := map[string]trace.EventQuantity{}
	for _, q := range ship.Lots {
		shipped[q.Class] = q
	}
	for i, l := range in.Lots {
		id, err := a.visibleLot(actor, l.Lot)
		if err != nil {
			return withField(trace.IndexedField("lots", i)+".lot", err)
		}
		if l.Reason != "" {
			ev.Differences = append(ev.Differences, trace.Difference{Lot: id, Reason: l.Reason})
		}
		if l.Quantity != nil && *l.Quantity == 0 {
			if l.Reason == "" {
				return trace.E(trace.Invalid, trace.CodeReasonNeeded, trace.IndexedField("lots", i)+".reason", "lot", trace.KeyOf(id),
					"shipped", shipped[id].Amount.String(), "received", "0", "unit", string(shipped[id].Unit))
			}
			continue
		}
		q := shipped[id]
		if q.Class == "" {
			return trace.E(trace.Conflict, trace.CodeNotInTransit, trace.IndexedField("lots", i)+".lot", "lot", trace.KeyOf(id))
		}
		if l.Quantity != nil {
			if q.Amount, q.Unit, err = toBaseUnit(*l.Quantity, l.Unit, q.Unit); err != nil {
				return trace.At(trace.IndexedField("lots", i), err)
			}
		}
		ev.Quantities = append(ev.Quantities, q)
	}
	return nil
}

// makeLoss makes the command of a loss.
func (a *App) makeLoss(_ context.Context, actor trace.Actor, in *Loss) (trace.Command, error) {
	ev := a.newEvent(actor, &in.Common, trace.ObjectEvent, "DELETE", trace.StepDestroying)
	q, err := a.resolveTaken(actor, "lots", in.Lots)
	if err != nil {
		return trace.Command{}, err
	}
	ev.Quantities, ev.Disposition, ev.Reason = q, "destroyed", in.Reason
	return a.sealEvent(actor, ev)
}

// makeWork makes the command of field work. Work that uses up lots is a transformation of the lots into the season.
func (a *App) makeWork(_ context.Context, actor trace.Actor, w *Work) (trace.Command, error) {
	id := a.CompleteID("season", w.Season)
	s, ok := a.Ledger.Season(id)
	if !ok {
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeUnknownThing, "season", "thing", "season", "value", w.Season)
	}
	about := w.Common
	if about.Place == "" {
		about.Place = s.Place
	}
	ev := a.newEvent(actor, &about, trace.ObjectEvent, "OBSERVE", "")
	if len(w.Lots) > 0 {
		q, err := a.resolveTaken(actor, "lots", w.Lots)
		if err != nil {
			return trace.Command{}, err
		}
		ev.Type, ev.Action, ev.Inputs, ev.OutputEPCs, ev.TransformationID = trace.TransformationEvent, "", q, []string{id}, id
	} else {
		ev.EPCs = []string{id}
	}
	ev.Work = &trace.FieldWork{Kind: w.Kind, Agent: w.Agent, Dose: w.Dose, Target: w.Target, IntervalDays: w.IntervalDays, MaxUses: w.MaxUses}
	if w.Stop != nil {
		ev.Work.Stop = *w.Stop
	}
	return a.sealEvent(actor, ev)
}

// makeObservation makes the command of an inspection or a storage record.
func (a *App) makeObservation(_ context.Context, actor trace.Actor, o *Observation) (trace.Command, error) {
	ev := a.newEvent(actor, &o.Common, trace.ObjectEvent, "OBSERVE", o.Kind)
	ids, err := a.resolveLots(actor, "lots", o.Lots)
	if err != nil {
		return trace.Command{}, err
	}
	ev.Quantities = a.wholeLots(ids)
	if len(o.Sensors) > 0 {
		raw, err := trace.CanonicalJSON([]struct {
			Reports []Sensor `json:"sensorReport"`
		}{{o.Sensors}})
		if err != nil {
			return trace.Command{}, trace.E(trace.Invalid, trace.CodeBadValue, "sensors", "value", err.Error())
		}
		ev.Sensors = raw
	}
	return a.sealEvent(actor, ev)
}

// wholeLots names lots with the quantity they were made with: EPCIS leaves the quantity out where a class as such is meant.
func (a *App) wholeLots(ids []string) []trace.EventQuantity {
	out := make([]trace.EventQuantity, len(ids))
	for i, id := range ids {
		out[i].Class = id
		if q, ok := a.Ledger.QuantityMade(id); ok {
			out[i].Amount, out[i].Unit = q.Amount, q.Unit
		}
	}
	return out
}

// maxForward bounds how many lots one status record may name.
const maxForward = 50_000

// makeStatus makes the command of a hold, release or recall; with Forward the record names every lot made of the lots as well.
func (a *App) makeStatus(_ context.Context, actor trace.Actor, s *Status) (trace.Command, error) {
	ev := a.newEvent(actor, &s.Common, trace.ObjectEvent, "OBSERVE", trace.StepHolding)
	ids, err := a.resolveLots(actor, "lots", s.Lots)
	if err != nil {
		return trace.Command{}, err
	}
	if s.Forward {
		if ids, err = a.listForward(ids); err != nil {
			return trace.Command{}, err
		}
	}
	ev.Quantities, ev.Reason = a.wholeLots(ids), s.Reason
	switch s.Action {
	case "hold":
		ev.Persistent = &trace.Persistent{Set: []string{trace.DispositionHold}}
	case "release":
		ev.Persistent = &trace.Persistent{Unset: []string{trace.DispositionHold}}
	case "recall":
		ev.Persistent = &trace.Persistent{Set: []string{trace.DispositionRecalled}}
	case "unrecall":
		ev.Persistent = &trace.Persistent{Unset: []string{trace.DispositionRecalled}}
	default:
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeBadValue, "action", "value", s.Action, "allowed", "hold release recall unrecall")
	}
	return a.sealEvent(actor, ev)
}

func (a *App) listForward(ids []string) ([]string, error) {
	seen := map[string]bool{}
	var out []string
	for _, id := range ids {
		lots, truncated := a.Ledger.ListDownstream(id, maxForward)
		if truncated || len(out) > maxForward {
			return nil, trace.E(trace.TooLarge, trace.CodeTooLarge, "lots", "limit", strconv.Itoa(maxForward))
		}
		for _, l := range lots {
			if !seen[l] {
				seen[l] = true
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// makeCorrection makes the command that withdraws an event. The declaration repeats the event of the log unchanged. The right is checked
// first, so that the state of another organisation's event stays unknown.
func (a *App) makeCorrection(ctx context.Context, actor trace.Actor, c *Correction) (trace.Command, error) {
	unknown := trace.E(trace.NotFound, trace.CodeUnknownEvent, "event", "id", trace.Clip(c.Event))
	seq, err := strconv.ParseInt(c.Event, 10, 64)
	if err != nil {
		found, ok := a.Ledger.EventSeq(c.Event)
		if !ok {
			return trace.Command{}, unknown
		}
		seq = found
	}
	rec, err := a.FindRecord(ctx, seq)
	switch {
	case IsNotFound(err):
		return trace.Command{}, unknown
	case err != nil:
		return trace.Command{}, withField("event", err)
	case rec.Kind != trace.KindEvent || !a.seesRecord(actor, &rec):
		return trace.Command{}, unknown
	}
	if err := checkEventOwner(actor, &rec); err != nil {
		return trace.Command{}, err
	}
	body, err := addDeclaration(rec.Body, trace.Declaration{Time: trace.NewTime(a.Ledger.Clock(a.now())), Reason: c.Reason})
	if err != nil {
		return trace.Command{}, err
	}
	return a.sealBody(actor, body, a.eventContext)
}
