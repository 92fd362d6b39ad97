package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// KindEvent are EPCIS 2.0 events.
const KindEvent RecordKind = "event"

// eventKind is the one kind that is no KindOf: an event is judged by its plan, may raise questions, and may repeat an earlier event.
var eventKind = &RegisteredKind{
	Name: KindEvent, Number: 11,
	OnPage: true, HasEPCIS: true,
	VisibleTo: "the organisation that recorded it, whoever may see one of the lots, bureaus, administrators; growers' codes only for " +
		"the first and the last two",
	decode: func(body []byte) (any, error) {
		ev, err := ParseEvent(body)
		if err != nil {
			return nil, err
		}
		return ev, nil
	},
	judge:  func(b *batch, a *judgedCommand) (names, reads []string, fits bool, err error) { return b.judgeEvent(a) },
	replay: (*Ledger).replayEvent,
	see:    seeEvent,
}

// judgeEvent judges an event; a.pending becomes nil where the event has been answered already, as a repeat.
func (b *batch) judgeEvent(a *judgedCommand) (names, reads []string, fits bool, err error) {
	l := b.writer.ledger
	cmd := &a.pending.cmd
	if a.pending.bodyErr != nil {
		return nil, nil, true, a.pending.bodyErr
	}
	ev, err := bodyOf[Event](KindEvent, cmd.Value)
	if err != nil {
		return nil, nil, true, err
	}
	if b.hasMasterData && b.mustWait(nil, listMasterRefs(ev, cmd.Actor.Org)) {
		return nil, nil, false, nil
	}
	org, ok := l.locationOf[cmd.Actor.Org]
	if _, known := l.orgs[cmd.Actor.Org]; !ok || !known {
		return nil, nil, true, E(Forbidden, CodeUnknownThing, "org", "thing", "organisation", "value", Clip(cmd.Actor.Org))
	}
	if ev.EventID == "" {
		return nil, nil, true, E(Invalid, CodeRequired, "eventID")
	}
	if b.mustWait(nil, listMentionedIDs(ev)) {
		return nil, nil, false, nil
	}
	if ev.Declaration == nil {
		if seq, ok := l.eventOf[digest16(ev.EventID)]; ok {
			a.pending.answer <- b.writer.answerRepeatedEvent(a.pending, seq)
			a.pending = nil
			return nil, nil, true, nil
		}
	}
	p, err := l.planEvent(ev, org)
	if err != nil {
		return nil, nil, true, err
	}
	if b.mustWait(p.changedIDs, p.usedIDs) || b.runsShort(p) {
		return nil, nil, false, nil
	}
	if err = b.judgePlannedEvent(a, ev, p); err != nil {
		return nil, nil, true, err
	}
	fillEventFields(&a.record, ev)
	a.plan = p
	return append(p.changedIDs, ev.EventID), p.usedIDs, true, nil
}

// judgePlannedEvent asks the rules about what an event will change, and notes the questions that they raise in the record. A declaration
// must be allowed and repeat the event that the declaration withdraws.
func (b *batch) judgePlannedEvent(a *judgedCommand, ev *Event, p *plan) (err error) {
	actor := a.pending.cmd.Actor
	if ev.Declaration == nil {
		a.record.Questions, err = b.writer.ledger.judgePlan(p, actor, b.now, b.writer.assessor)
		return err
	}
	if err := b.writer.ledger.judgeCorrection(p, actor); err != nil {
		return err
	}
	return b.writer.checkSameEvent(a.pending, int64(p.correctedSeq))
}

func (l *Ledger) planEvent(ev *Event, org int32) (*plan, error) {
	if ev.Declaration != nil {
		return l.planCorrection(ev, org)
	}
	return l.interpretEvent(ev, org)
}

// listMentionedIDs lists the identifiers an event names, whether or not they are known.
func listMentionedIDs(ev *Event) []string {
	out := make([]string, 0, 8)
	out = append(out, ev.EventID)
	for _, list := range [][]EventQuantity{ev.Inputs, ev.Outputs, ev.Quantities, ev.Children} {
		for i := range list {
			out = append(out, list[i].Class)
		}
	}
	for _, list := range [][]string{ev.EPCs, ev.ChildEPCs, ev.InputEPCs, ev.OutputEPCs} {
		out = append(out, list...)
	}
	if ev.ParentID != "" {
		out = append(out, ev.ParentID)
	}
	for i := range ev.BizTransactions {
		out = append(out, ev.BizTransactions[i].ID)
	}
	return out
}

// listMasterRefs lists the master data an event relies on.
func listMasterRefs(ev *Event, org string) []string {
	out := []string{org}
	if ev.BizLocation != nil {
		out = append(out, ev.BizLocation.ID)
	}
	for i := range ev.Destinations {
		out = append(out, ev.Destinations[i].ID)
	}
	if ev.Ilmd != nil {
		out = append(out, ev.Ilmd.Season)
		for i := range ev.Ilmd.Lots {
			out = append(out, ev.Ilmd.Lots[i].Product)
		}
	}
	return out
}

// fillEventFields fills the fields of a record that are derived from its event.
func fillEventFields(r *Record, ev *Event) {
	r.EventID, r.EventType, r.BizStep, r.EventTime = ev.EventID, ev.Type, ev.BizStep, ev.Time.Time
	r.Lots = listMentionedIDs(ev)[1:]
	if ev.Ilmd != nil && ev.Ilmd.Season != "" {
		r.Lots = append(r.Lots, ev.Ilmd.Season)
	}
	for _, id := range []*ID{ev.BizLocation, ev.ReadPoint} {
		if id != nil {
			r.Places = append(r.Places, id.ID)
		}
	}
}

// replayEvent folds a stored event into the ledger. Of the rules, only those that the fold itself needs are asked.
func (l *Ledger) replayEvent(r *Record, value any) error {
	ev, err := bodyOf[Event](KindEvent, value)
	if err != nil {
		return err
	}
	org, ok := l.locationOf[r.Org]
	if !ok {
		return E(Conflict, CodeUnknownThing, "org", "thing", "organisation", "value", Clip(r.Org))
	}
	p, err := l.planEvent(ev, org)
	if err != nil {
		return err
	}
	for _, rule := range []func(*plan, Actor) error{l.judgeNewLots, l.replayMoves, l.judgeUnitLocations} {
		if err := rule(p, Actor{}); err != nil {
			return err
		}
	}
	l.indexRecord(r, p)
	l.applyPlan(p, uint32(r.Seq))
	return nil
}

// growerMember is the member of an event that only its organisation, bureaus and administrators see.
const growerMember = "yousang:grower"

// seeEvent shows an event to an actor that may see one of its lots, without the growers' codes.
func seeEvent(l *Ledger, a Actor, r *Record) ([]byte, bool) {
	if !a.seesWhole(r) && !slices.ContainsFunc(r.Lots, func(lot string) bool { return l.Visible(a.Org, lot) }) {
		return nil, false
	}
	body, err := SeeInHistory(a, r)
	return body, err == nil
}

// SeeInHistory answers the body of an event in the history of a lot that the actor may see, without growers' codes of others. The history
// also has the work on the lot's season, which names no lot. An error where the body cannot be read.
func SeeInHistory(a Actor, r *Record) ([]byte, error) {
	if a.seesWhole(r) || !bytes.Contains(r.Body, []byte(`"`+growerMember+`"`)) {
		return r.Body, nil
	}
	return withoutGrowers(r.Body)
}

// withoutGrowers takes the growers' codes out of an event's body.
func withoutGrowers(event []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	pruneGrowers(v)
	return encodeJSON(v)
}

func pruneGrowers(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, growerMember)
		for _, inner := range v {
			pruneGrowers(inner)
		}
	case []any:
		for _, inner := range v {
			pruneGrowers(inner)
		}
	}
}
