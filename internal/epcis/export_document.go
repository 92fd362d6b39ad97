package epcis

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// Header is what an exported document says about itself.
type Header struct {
	ID        string    // URI of the document; "" leaves it out
	Namespace string    // of the ledger: what the prefix of our extension members means
	Created   time.Time // creationDate
}

// exportBuffer is the write size of the exports, in bytes.
const exportBuffer = 1 << 16

// WriteDocument writes an EPCISDocument (JSON-LD) with the events that next returns, bodies as Seal makes them, until next
// returns io.EOF. The events are written one by one; no list of them is kept in memory. After an error the text on w is
// incomplete and must not be passed on as a document. Errors: those of w and of next, wrapped.
func WriteDocument(w io.Writer, h Header, next func() ([]byte, error)) error {
	out := bufio.NewWriterSize(w, exportBuffer)
	head := append([]byte(nil), `{"@context":["`+ContextURL+`",{"`+Prefix+`":`...)
	head = append(appendQuoted(head, []byte(Vocabulary(h.Namespace)), false), `}],`...)
	if h.ID != "" {
		head = append(appendQuoted(append(head, `"id":`...), []byte(h.ID), false), ',')
	}
	created, err := trace.NewTime(h.Created).MarshalJSON()
	if err != nil {
		return fmt.Errorf("write creation date: %w", err)
	}
	head = append(append(head, `"type":"EPCISDocument","schemaVersion":"2.0","creationDate":`...), created...)
	head = append(head, `,"epcisBody":{"eventList":[`...)
	if _, err := out.Write(head); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	for separator := "\n"; ; separator = ",\n" {
		event, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read event to export: %w", err)
		}
		if _, err := out.WriteString(separator); err != nil {
			return fmt.Errorf("write document: %w", err)
		}
		if _, err := out.Write(event); err != nil {
			return fmt.Errorf("write document: %w", err)
		}
	}
	if _, err := out.WriteString("\n]}}\n"); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}
