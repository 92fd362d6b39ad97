package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/corpora"
	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/trace"
)

// five is an event of each type, with members that the ledger gives no meaning to.
var five = map[trace.EventType]string{
	trace.ObjectEvent: `"action":"OBSERVE","bizStep":"inspecting","epcList":["https://id.gs1.org/01/09520123456788/21/A1"],
		"sensorElementList":[{"sensorMetadata":{"deviceID":"https://id.gs1.org/8004/4000001111"},
		"sensorReport":[{"type":"Temperature","value":6.50,"uom":"CEL"}]}]`,
	trace.AggregationEvent: `"action":"OBSERVE","parentID":"https://id.gs1.org/00/095201234567891235",
		"childEPCs":["https://id.gs1.org/01/09520123456788/21/A1"],
		"persistentDisposition":{"set":["completeness_verified"]},"bizLocation":{"id":"https://partner.example/place/7"}`,
	trace.TransactionEvent: `"action":"ADD","bizTransactionList":[{"type":"po","bizTransaction":"https://partner.example/po/9"}],
		"epcList":["https://id.gs1.org/01/09520123456788/21/A1"]`,
	trace.AssociationEvent: `"action":"ADD","parentID":"https://id.gs1.org/8003/095201234567881",
		"childEPCs":["https://id.gs1.org/8004/4000001111"]`,
}

// TestCapture: events of every type are held unchanged, member for member and digit for digit, and the same event sent again is the same
// record. (A TransformationEvent always means something here: the other tests of this package are full of them.)
func TestCapture(t *testing.T) {
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	for kind, members := range five {
		t.Run(string(kind), func(t *testing.T) {
			raw := []byte(`{"type":"` + string(kind) + `","eventTime":"2026-10-01T08:00:00.123+08:00","eventTimeZoneOffset":"+08:00",` + members +
				`}`)
			res, err := r.CaptureEvent(t.Context(), newOperator(r, "coop"), raw, nil)
			if err != nil {
				t.Fatal(err)
			}
			rec := res.Record
			want, err := epcis.Canonical(raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := removeEventID(t, rec.Body); !bytes.Equal(got, want) {
				t.Errorf("held\n%s\nwant\n%s", got, want)
			}
			again, err := r.CaptureEvent(t.Context(), newOperator(r, "coop"), raw, nil)
			if err != nil || !again.Repeat || again.Record.Seq != rec.Seq {
				t.Errorf("sent again: %+v, %v", again, err)
			}
		})
	}
}

// removeEventID takes the event's id off a body, the rest byte for byte.
func removeEventID(t *testing.T, body []byte) []byte {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "eventID")
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out, err := epcis.Canonical(raw)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCaptureCorpora: of documents that no client of ours made, what the ledger takes it holds without loss, and what it does not take it
// refuses with a reason and without a trace.
func TestCaptureCorpora(t *testing.T) {
	var files []string
	for _, folder := range corpora.FindPaths(t, "../corpora/testdata/documents", "epcis", "valid") {
		found, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no documents in %s: %v", folder, err)
		}
		files = append(files, found...)
	}
	r := openLedger(t, filepath.Join(t.TempDir(), "ledger.db"))
	taken, refused := 0, 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := epcis.ReadDocument(f, 1<<20)
		_ = f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, raw := range doc.Events {
			head := r.Ledger.Head()
			res, err := r.CaptureEvent(t.Context(), newOperator(r, "coop"), raw, doc.Context.Rebase(r.EventContext()))
			if err != nil {
				refused++
				if r.Ledger.Head() != head {
					t.Errorf("%s: refused (%v) and recorded", file, err)
				}
				continue
			}
			taken++
			if !res.Repeat {
				checkSameMembers(t, raw, res.Record.Body)
			}
		}
	}
	t.Logf("%d events of others taken, %d refused", taken, refused)
	if taken == 0 {
		t.Error("no event of others was taken")
	}
	report, err := app.Verify(t.Context(), r.Store, nil)
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("verify: %v, %v", err, report.Problems)
	}
}

// checkSameMembers checks that every member of an event is in the recorded body, digit for digit; only the id and the context may be ours.
func checkSameMembers(t *testing.T, raw, body []byte) {
	t.Helper()
	var came, held map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, &came), json.Unmarshal(body, &held)); err != nil {
		t.Fatal(err)
	}
	for name, value := range came {
		if name == "eventID" || name == "@context" {
			continue
		}
		want, err := epcis.Canonical(value)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(held[name], want) {
			t.Errorf("%s is held as %s, want %s", name, held[name], want)
		}
	}
	for name := range held {
		if _, ok := came[name]; !ok && name != "eventID" && name != "@context" {
			t.Errorf("%s was added", name)
		}
	}
}
