package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/trace"
)

// exportPage is how many records an export reads at a time.
const exportPage = 4096

// eventReader reads the events of a log page by page.
type eventReader struct {
	log   trace.LogReader
	kinds *trace.KindTable
	words *epcis.Context // of the ledger's own members; known from the log's first record on
	page  []trace.Record
	after int64
}

// ReadEvents reads a log page by page for an export to trading partners: each call of the result gives the next event, a record that the
// kinds of the table read as an event among them (see epcis.EventOf). io.EOF at the end. Errors: those of the store and of the bodies.
func ReadEvents(ctx context.Context, log trace.LogReader, kinds *trace.KindTable) func() (trace.Record, error) {
	reader := &eventReader{log: log, kinds: kinds}
	return func() (trace.Record, error) { return reader.readEvent(ctx) }
}

func (e *eventReader) readEvent(ctx context.Context) (trace.Record, error) {
	for {
		if len(e.page) == 0 {
			page, err := e.log.Records(ctx, e.after, exportPage)
			if err != nil {
				return trace.Record{}, fmt.Errorf("export: %w", err)
			}
			if len(page) == 0 {
				return trace.Record{}, io.EOF
			}
			e.page, e.after = page, page[len(page)-1].Seq
		}
		r := e.page[0]
		e.page = e.page[1:]
		if err := e.readNamespace(&r); err != nil {
			return trace.Record{}, fmt.Errorf("export record %d: %w", r.Seq, err)
		}
		event, shared, err := epcis.EventOf(e.kinds, e.words, r)
		if err != nil {
			return trace.Record{}, fmt.Errorf("export record %d: %w", r.Seq, err)
		}
		if shared {
			return event, nil
		}
	}
}

// readNamespace learns from the record of the ledger's birth what the prefix of the ledger's own members means.
func (e *eventReader) readNamespace(r *trace.Record) error {
	if r.Kind != trace.KindLedger {
		return nil
	}
	var info trace.LedgerInfo
	if err := json.Unmarshal(r.Body, &info); err != nil {
		return fmt.Errorf("read namespace: %w", err)
	}
	e.words = newEventContext(info.Namespace)
	return nil
}

// newEventContext is the context of events in a ledger of this namespace.
func newEventContext(namespace string) *epcis.Context {
	return epcis.NewContext(map[string]string{epcis.Prefix: epcis.Vocabulary(namespace)})
}
