package transfer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/yousang/yousang/internal/store/transfer"
	"github.com/yousang/yousang/internal/trace"
)

// TestGrowing: records that the source gets meanwhile are copied too; a source that never rests is an error.
func TestGrowing(t *testing.T) {
	from, to := fillStore(t, "a"), openStore(t)
	once := func(what string, done, _ int64) {
		if what == "blobs" && done == 2 {
			if head, err := from.Head(t.Context()); err == nil && head == 5000 {
				appendLots(t, from, "a", 40)
			}
		}
	}
	rep, err := transfer.Copy(t.Context(), from, to, transfer.Options{Progress: once})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := formatReport(rep), "{5040 5040} {71 71} {600 600} {2 2} 40"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	always := func(what string, _, _ int64) {
		if what == "documents" {
			addScan(t, from, "busy", "today", 1)
		}
	}
	if _, err := transfer.Copy(t.Context(), from, to, transfer.Options{Progress: always}); !errors.Is(err, transfer.ErrBusy) {
		t.Errorf("a source that never rests: %v, want ErrBusy", err)
	}
	copyAll(t, from, to)
	late := func(ctx context.Context) error {
		appendLots(t, from, "a", 1)
		return compareAll(ctx, from, to)
	}
	if _, err := transfer.Copy(t.Context(), from, to, transfer.Options{Verify: late}); !errors.Is(err, transfer.ErrBusy) {
		t.Errorf("a source that grows in the end: %v, want ErrBusy", err)
	}
}

// TestCompared: a record that is not the source's is found wherever it differs.
func TestCompared(t *testing.T) {
	from := openStore(t)
	appendLots(t, from, "a", 3)
	page, err := from.Records(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(r *trace.Record){
		"kind":        func(r *trace.Record) { r.Kind = trace.KindPlace },
		"record time": func(r *trace.Record) { r.RecordTime = time.UnixMilli(9).UTC() },
		"org":         func(r *trace.Record) { r.Org = "b" }, "user": func(r *trace.Record) { r.User = "b" },
		"client id": func(r *trace.Record) { r.ClientID = "b" },
		"digest":    func(r *trace.Record) { r.Digest = "b" }, "questions": func(r *trace.Record) { r.Questions = nil },
		"body":     func(r *trace.Record) { r.Body = []byte("{}") },
		"event id": func(r *trace.Record) { r.EventID = "b" }, "event type": func(r *trace.Record) { r.EventType = trace.ObjectEvent },
		"step":       func(r *trace.Record) { r.BizStep = "b" },
		"event time": func(r *trace.Record) { r.EventTime = time.UnixMilli(9).UTC() }, "lots": func(r *trace.Record) { r.Lots = nil },
		"places":  func(r *trace.Record) { r.Places = []string{"b"} },
		"nothing": func(*trace.Record) {},
	} {
		to := openStore(t)
		appendLots(t, to, "a", 1)
		r := page[0]
		change(&r)
		if err := to.Append(t.Context(), 1, []trace.Record{r}); err != nil {
			t.Fatal(err)
		}
		appendLots(t, to, "a", 1)
		err := compareAll(t.Context(), from, to)
		if got, want := errors.Is(err, transfer.ErrDiffers), name != "nothing"; got != want || !want && err != nil {
			t.Errorf("%s: %v, want ErrDiffers: %v", name, err, want)
		}
	}
	longer := openStore(t)
	appendLots(t, longer, "a", 4)
	if err := compareAll(t.Context(), from, longer); !errors.Is(err, transfer.ErrDiffers) {
		t.Errorf("a longer log: %v, want ErrDiffers", err)
	}
}
