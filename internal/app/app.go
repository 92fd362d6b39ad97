// Package app is the application layer: every operation of Yousang, for every edge (JSON API, pages, register files, command line). An
// operation takes an Actor and plain structs and answers domain types; rights are asked here and nowhere else.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/yousang/yousang/internal/chain"
	"github.com/yousang/yousang/internal/epcis"
	"github.com/yousang/yousang/internal/keys"
	"github.com/yousang/yousang/internal/serial"
	"github.com/yousang/yousang/internal/trace"
)

// App is an open ledger with its writer.
type App struct {
	Store   trace.Store
	Ledger  *trace.Ledger
	Chains  *chain.Set
	Serials *serial.Ring // secret keys of serial numbers

	writer       *trace.Writer
	keys         *keys.Ring
	eventContext *epcis.Context
	now          func() time.Time
	log          *slog.Logger

	follow     *follower     // nil where this program writes no lineage documents
	labelSlots chan struct{} // files of labels that are being made
}

// Options say how a ledger is opened.
type Options struct {
	Namespace string              // identity of the ledger, fixed at its birth; another identity than the store's is an error
	Fallback  string              // identity of a new ledger where Namespace is ""; "" too is an error when the store is empty
	Chains    *chain.Set          // templates in force; nil means the embedded ones
	Kinds     *trace.KindTable    // kinds of records the log may have; nil means trace.StandardKinds
	Now       func() time.Time    // nil means time.Now
	Log       *slog.Logger        // nil means slog.Default
	Progress  func(seq, of int64) // called while the log is replayed
	Queue     int                 // see trace.WriterOptions
	NoLineage bool                // write no lineage documents into a shared store (short-lived commands)
}

// followEvery is how often a server looks for records of the others: a page lags that much at most. Each time costs one small query.
const followEvery = 200 * time.Millisecond

// System is the actor of the program itself, for the ledger's birth and its chain templates.
var System = trace.Actor{Role: trace.Admin, User: "system"}

// Open replays the log, gives birth to the ledger where the store is empty, records chain templates that changed, and starts the writer.
// Errors: the store's; CodeRequired for a new ledger without a namespace.
func Open(ctx context.Context, s trace.Store, o Options) (*App, error) {
	if o.Chains == nil {
		set, err := chain.Load()
		if err != nil {
			return nil, fmt.Errorf("load chains: %w", err)
		}
		o.Chains = set
	}
	if o.Kinds == nil {
		o.Kinds = trace.StandardKinds()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &App{Store: s, Ledger: trace.NewLedgerOf(o.Kinds), Chains: o.Chains, Serials: serial.New(s), keys: keys.New(s), now: o.Now,
		log:        o.Log,
		labelSlots: make(chan struct{}, maxLabelJobs)}
	r.Serials.FollowLog(r.Ledger.SerialKey)
	if err := r.replay(ctx, o.Progress); err != nil {
		return nil, err
	}
	if s.Shared() && !o.NoLineage { // docs/adr/0016: nobody reads lineage documents in a store of one program
		f, err := newFollower(ctx, r)
		if err != nil {
			return nil, err
		}
		r.follow = f
	}
	w := trace.WriterOptions{QueueSize: o.Queue, Now: o.Now, Assessor: o.Chains, OnChange: r.notifyChanged}
	if s.Shared() {
		w.FollowInterval = followEvery
	}
	r.writer = trace.NewWriter(s, r.Ledger, w)
	if err := r.createLedger(ctx, strings.TrimRight(o.Namespace, "/"), strings.TrimRight(o.Fallback, "/")); err != nil {
		r.writer.Close()
		return nil, err
	}
	r.eventContext = newEventContext(r.Ledger.Namespace())
	if err := r.recordChains(ctx); err != nil {
		r.writer.Close()
		return nil, err
	}
	if r.follow != nil {
		r.follow.start()
	}
	return r, nil
}

func (a *App) replay(ctx context.Context, progress func(seq, of int64)) error {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the store's head: %w", err)
	}
	report := func(int64) {}
	if progress != nil {
		report = func(seq int64) { progress(seq, head) }
	}
	return a.Ledger.ReplayProgress(ctx, a.Store, report)
}

func (a *App) createLedger(ctx context.Context, asked, fallback string) error {
	namespace := asked
	if born := a.Ledger.Namespace(); born != "" {
		if namespace != "" && namespace != born {
			return trace.E(trace.Conflict, trace.CodeBadValue, "namespace", "value", namespace, "allowed", born)
		}
		return nil
	}
	if namespace == "" {
		namespace = fallback
	}
	if namespace == "" {
		return trace.E(trace.Invalid, trace.CodeRequired, "namespace")
	}
	_, err := a.PutRecord(ctx, System, "", trace.KindLedger, trace.LedgerInfo{Namespace: namespace, Version: 1})
	if born := a.Ledger.Namespace(); err != nil && born != "" { // another server was first
		return a.createLedger(ctx, asked, fallback)
	}
	return err
}

// recordChains records every chain template whose content has changed, so that the log shows which template was in force when.
func (a *App) recordChains(ctx context.Context) error {
	known := map[string]string{}
	for _, c := range a.Ledger.Chains() {
		known[c.ID] = c.Digest
	}
	for _, c := range a.Chains.Chains() {
		rec, err := c.Record()
		if err != nil {
			return fmt.Errorf("chain %s: %w", c.ID, err)
		}
		if known[rec.ID] == rec.Digest {
			continue
		}
		_, err = a.PutRecord(ctx, System, "", trace.KindChain, rec)
		if err != nil && !errors.Is(err, &trace.Error{Code: trace.CodeSameAsBefore}) { // another server that starts has recorded the template
			return fmt.Errorf("record chain %s: %w", c.ID, err)
		}
	}
	return nil
}

// notifyChanged tells the follower that the ledger has changed.
func (a *App) notifyChanged(int64) {
	if a.follow != nil {
		a.follow.wake()
	}
}

// QueueLength is the number of commands in the writer's queue.
func (a *App) QueueLength() int { return a.writer.QueueLength() }

// Contact tells how current the ledger is; see trace.Writer.
func (a *App) Contact() trace.Contact { return a.writer.Contact() }

// WaitForSeq waits until the ledger has come to a record that another server answered with; see trace.Writer.
func (a *App) WaitForSeq(ctx context.Context, seq int64) error { return a.writer.WaitForSeq(ctx, seq) }

// Close finishes the queued commands and stops. The store stays open: the store belongs to the caller.
func (a *App) Close() {
	a.writer.Close()
	if a.follow != nil {
		a.follow.stop()
	}
}

// CaptureEvent records an EPCIS event unchanged; the event's id is computed, or checked where the event has an id. eventContext is the
// event's own JSON-LD context, nil for the ledger's. The same event again is a repeat. Errors: those of epcis.Validate and of the ledger.
func (a *App) CaptureEvent(ctx context.Context, actor trace.Actor, event []byte, eventContext *epcis.Context) (Recorded, error) {
	if eventContext == nil {
		eventContext = a.eventContext
	}
	return a.recordSubmission(ctx, &submission{actor: actor, prepareCommand: func() (trace.Command, error) {
		if err := epcis.Validate(event, eventContext); err != nil {
			return trace.Command{}, err
		}
		return a.sealBody(actor, event, eventContext)
	}})
}

func (a *App) sealBody(actor trace.Actor, event []byte, ctx *epcis.Context) (trace.Command, error) {
	body, _, err := epcis.Seal(event, ctx)
	if err != nil {
		return trace.Command{}, err
	}
	ev, err := trace.ParseEvent(body)
	if err != nil {
		return trace.Command{}, err
	}
	return trace.Command{Actor: actor, Kind: trace.KindEvent, Body: body, Value: ev}, nil
}

// utcOffset matches the offsets from UTC that EPCIS 2.0 admits.
var utcOffset = regexp.MustCompile(`^[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)$`)

// sealEvent seals an event of our own making.
func (a *App) sealEvent(actor trace.Actor, ev *trace.Event) (trace.Command, error) {
	if !utcOffset.MatchString(ev.Offset) {
		return trace.Command{}, trace.E(trace.Invalid, trace.CodeBadValue, "timeZoneOffset", "value", trace.Clip(ev.Offset), "allowed", "+08:00")
	}
	raw, err := ev.JSON()
	if err != nil {
		return trace.Command{}, fmt.Errorf("encode event: %w", err)
	}
	body, id, err := epcis.Seal(raw, a.eventContext)
	if err != nil {
		return trace.Command{}, err
	}
	ev.EventID = id
	return trace.Command{Actor: actor, Kind: trace.KindEvent, Body: body, Value: ev}, nil
}

// EventContext is the JSON-LD context of the ledger's own events.
func (a *App) EventContext() *epcis.Context { return a.eventContext }

// FindRecord returns one record of the log. Errors: NotFound.
func (a *App) FindRecord(ctx context.Context, seq int64) (trace.Record, error) {
	list, err := a.FindRecords(ctx, trace.Query{Seqs: []int64{seq}})
	if err != nil {
		return trace.Record{}, err
	}
	if len(list) == 0 {
		return trace.Record{}, trace.E(trace.NotFound, trace.CodeUnknownEvent, "seq", "id", fmt.Sprint(seq))
	}
	return list[0], nil
}

// WaitCurrent waits until the ledger has what other servers have recorded so far; see trace.Writer.
func (a *App) WaitCurrent(ctx context.Context) error { return a.writer.WaitCurrent(ctx) }

// CheckStore is an error for readers while the store is known not to answer: a reader should not wait in vain.
func (a *App) CheckStore() error {
	if c := a.Contact(); c.Away {
		return readUnavailable(c.Err)
	}
	return nil
}

// readUnavailable is the error of a reader: nothing of his may be recorded or not.
func readUnavailable(cause error) error {
	return trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "", "why", cause.Error(), "thing", "read")
}

// ListHistory returns the records that touched a lot, oldest first.
func (a *App) ListHistory(ctx context.Context, v *trace.LotView) ([]trace.Record, error) {
	seqs := v.Events
	if v.Season != nil {
		for _, w := range v.Season.Works {
			seqs = append(seqs, w.Seq)
		}
	}
	return a.FindRecordsBySeq(ctx, seqs)
}

// FindRecordsBySeq returns records by their numbers, oldest first. Errors: as of FindRecords.
func (a *App) FindRecordsBySeq(ctx context.Context, seqs []int64) ([]trace.Record, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	return a.FindRecords(ctx, trace.Query{Seqs: seqs, Limit: 10_000})
}

// readTime bounds the reading of records: a page without its records is better than no page.
const readTime = 3 * time.Second

// FindRecords reads records for a reader. Errors: CodeStoreUnavailable, at once where the store is known not to answer.
func (a *App) FindRecords(ctx context.Context, q trace.Query) ([]trace.Record, error) {
	if err := a.CheckStore(); err != nil {
		return nil, err
	}
	soon, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	list, err := a.Store.Find(soon, q)
	if err != nil && (errors.Is(err, &trace.Error{Code: trace.CodeStoreUnavailable}) || soon.Err() != nil && ctx.Err() == nil) {
		err = readUnavailable(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return list, nil
}

// IsNotFound reports whether an error says that something does not exist.
func IsNotFound(err error) bool {
	var e *trace.Error
	return errors.As(err, &e) && e.Kind == trace.NotFound
}
