package epcis

import (
	"fmt"

	"github.com/yousang/yousang/internal/trace"
)

// EventOf answers a record as trading partners read it: the record of an event as the log has it, and a record of another kind as
// an event where the kind gives one (trace.KindOf.EPCIS). Such an event is sealed in the context given; the record's sequence
// number, time and organisation stay. The result is false for a record that is no event to partners. The event is not validated:
// the test of the kind does that. Errors: those of the body, and of Seal.
func EventOf(kinds *trace.KindTable, ctx *Context, r trace.Record) (event trace.Record, shared bool, err error) {
	if r.Kind == trace.KindEvent {
		return r, true, nil
	}
	form, shared, err := kinds.EPCIS(&r)
	if err != nil || !shared {
		return trace.Record{}, false, err
	}
	body, err := form.JSON()
	if err != nil {
		return trace.Record{}, false, fmt.Errorf("encode event: %w", err)
	}
	if r.Body, r.EventID, err = Seal(body, ctx); err != nil {
		return trace.Record{}, false, err
	}
	r.Kind, r.EventType, r.BizStep, r.EventTime = trace.KindEvent, form.Type, form.BizStep, form.Time.Time
	return r, true, nil
}
