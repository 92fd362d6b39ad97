package epcis

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// csvHeader names the columns of WriteCSV. The last column holds the time of the errorDeclaration, in the row that withdraws
// the event of the same eventID: without the column a withdrawn harvest would count twice when a reader adds up the quantities.
var csvHeader = []string{"seq", "eventTime", "recordTime", "type", "bizStep", "role", "lot", "quantity", "unit", "place", "source",
	"destination", "organisation", "eventID", "errorDeclared"}

// lotRow is the part of one lot in an event.
type lotRow struct{ role, lot, quantity, unit string }

// WriteCSV writes one row for each event and lot, one row for an event without a lot, and no row for records that are no
// events, until next returns io.EOF. Role is input, output, object, parent or child; a single item (an EPC) has no quantity.
// Place is where the event happened (readPoint, else bizLocation); source and destination are the parties that gave and took
// possession, else the owners, else the places. The text is UTF-8 with a byte order mark and CRLF, so that Excel opens the
// file; a cell that a spreadsheet would take for a formula gets an apostrophe in front. Errors: those of w and next, and of a
// body that is no event, wrapped.
func WriteCSV(w io.Writer, next func() (trace.Record, error)) error {
	buffer := bufio.NewWriterSize(w, exportBuffer)
	if _, err := buffer.WriteString("\uFEFF"); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	out := csv.NewWriter(buffer)
	out.UseCRLF = true
	if err := out.Write(csvHeader); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for {
		r, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read record to export: %w", err)
		}
		if r.Kind != trace.KindEvent {
			continue
		}
		if err := writeRows(out, r); err != nil {
			return fmt.Errorf("write CSV, record %d: %w", r.Seq, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func writeRows(out *csv.Writer, r trace.Record) error {
	e, err := trace.ParseEvent(r.Body)
	if err != nil {
		return err
	}
	lots := listLotRows(e)
	if len(lots) == 0 {
		lots = []lotRow{{}}
	}
	declared := ""
	if e.Declaration != nil {
		declared = formatTime(e.Declaration.Time.Time)
	}
	sources, destinations := map[string]string{}, map[string]string{}
	for _, s := range e.Sources {
		sources[s.Type] = s.ID
	}
	for _, d := range e.Destinations {
		destinations[d.Type] = d.ID
	}
	for _, l := range lots {
		row := []string{strconv.FormatInt(r.Seq, 10), formatTime(e.Time.Time), formatTime(r.RecordTime), string(e.Type), e.BizStep, l.role,
			l.lot,
			l.quantity, l.unit, eventPlace(e), findParty(sources), findParty(destinations), r.Org, e.EventID, declared}
		for i := range row {
			row[i] = escapeFormula(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// listLotRows lists the lots of an event with their parts in it.
func listLotRows(e *trace.Event) []lotRow {
	var rows []lotRow
	items := func(role string, ids ...string) {
		for _, id := range ids {
			rows = append(rows, lotRow{role: role, lot: id})
		}
	}
	amounts := func(role string, list []trace.EventQuantity) {
		for _, q := range list {
			row := lotRow{role: role, lot: q.Class, unit: string(q.Unit)}
			if q.Amount != 0 { // an amount that was not stated is not zero
				row.quantity = q.Amount.String()
			}
			rows = append(rows, row)
		}
	}
	items("input", e.InputEPCs...)
	amounts("input", e.Inputs)
	items("output", e.OutputEPCs...)
	amounts("output", e.Outputs)
	if e.ParentID != "" {
		items("parent", e.ParentID)
	}
	items("child", e.ChildEPCs...)
	amounts("child", e.Children)
	items("object", e.EPCs...)
	amounts("object", e.Quantities)
	return rows
}

func eventPlace(e *trace.Event) string {
	switch {
	case e.ReadPoint != nil:
		return e.ReadPoint.ID
	case e.BizLocation != nil:
		return e.BizLocation.ID
	}
	return ""
}

func findParty(byType map[string]string) string {
	for _, t := range [...]string{"possessing_party", "owning_party", "location"} {
		if id := byType[t]; id != "" {
			return id
		}
	}
	return ""
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// escapeFormula keeps a spreadsheet from running the text of a cell as a formula: the text may come from a stranger.
func escapeFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
