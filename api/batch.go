package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/recorder"
	"github.com/yousang/yousang/internal/trace"
)

// Bounds of a batch.
const (
	maxItems = 1000
	maxBatch = 8 << 20 // bytes
)

// Batch is many reports in one request.
type Batch struct {
	Items []Item `json:"items" minItems:"1" maxItems:"1000" doc:"Reports in the order they happened. A later one may use what an earlier one makes, by keys the client proposes."`
}

// Item is one report of a batch.
type Item struct {
	Type string          `json:"type" enum:"harvest,transformation,packing,unpacking,shipment,receipt,loss,observation,status,correction,work" doc:"Kind of the report."`
	ID   string          `json:"id,omitempty" maxLength:"100" doc:"The client's id of this report, as Idempotency-Key is of a single one."`
	Body json.RawMessage `json:"body" doc:"The report, as it would be sent to its own operation; work names its season."`
}

// BatchAnswer is the outcome of each report, in order.
type BatchAnswer struct {
	Results []ItemResult `json:"results"`
}

// ItemResult is the outcome of one report: an answer or an error.
type ItemResult struct {
	Status int      `json:"status" doc:"The status the report would have had alone."`
	Answer *Answer  `json:"answer,omitempty"`
	Error  *Problem `json:"error,omitempty" doc:"Why this report was not recorded; the others were. Its field is a path within the report's body."`
}

type batchInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (a *API) registerBatch() {
	op := a.operation("/batch", "createBatch", tagReports, "Record many reports at once",
		"Up to 1,000 reports, each recorded or refused on its own: always look at each result. They share durable writes, so this is the fast way in for a phone that was without signal and for programs.")
	op.DefaultStatus, op.MaxBodyBytes, op.Responses = http.StatusOK, maxBatch, nil
	rules := rulesOf(reflect.TypeFor[Batch]())
	huma.Register(a.huma, *op, func(ctx context.Context, in *batchInput) (*body[BatchAnswer], error) {
		var b Batch
		if err := decode(in.RawBody, &b, rules); err != nil {
			return nil, err
		}
		return answer(BatchAnswer{a.newBatch(ctx).run(b.Items)}, nil)
	})
	a.documented(op, reflect.TypeFor[Batch]())
}

// batch makes commands of reports and submits them together. Where making one depends on what earlier ones of the batch do, those are
// submitted first.
type batch struct {
	a       *API
	ctx     context.Context
	r       *recorder.Recorder
	c       *caller
	results []ItemResult
	cmds    []trace.Command
	at      []int // the item of each command
}

func (a *API) newBatch(ctx context.Context) *batch {
	return &batch{a: a, ctx: ctx, r: a.Recorder(), c: callerOf(ctx)}
}

func (b *batch) run(items []Item) []ItemResult {
	b.results = make([]ItemResult, len(items))
	b.cmds = make([]trace.Command, 0, len(items))
	for i := range items {
		if err := b.add(i, &items[i]); err != nil {
			b.fail(i, err)
		}
	}
	b.flush()
	return b.results
}

// add makes the command of an item.
func (b *batch) add(i int, it *Item) error {
	p, err := b.a.kinds[it.Type].read(it.Body, it.ID, nil)
	if err != nil {
		return err
	}
	if p.leans {
		b.flush()
	}
	cmd, err := p.command(b.ctx, b.r, b.c.Actor)
	if err != nil && len(b.cmds) > 0 {
		b.flush() // it may name what an earlier item makes
		cmd, err = p.command(b.ctx, b.r, b.c.Actor)
	}
	if err != nil {
		if res, ok := again(b.ctx, b.r, cmd); ok {
			b.settle(i, res, nil)
			return nil
		}
		return said(err)
	}
	b.cmds, b.at = append(b.cmds, cmd), append(b.at, i)
	return nil
}

// flush submits what is pending and keeps the outcomes.
func (b *batch) flush() {
	if len(b.cmds) == 0 {
		return
	}
	for j, res := range b.r.Do(b.ctx, b.cmds...) {
		b.settle(b.at[j], res, b.cmds[j].Event)
	}
	b.cmds, b.at = b.cmds[:0], b.at[:0]
}

func (b *batch) settle(i int, res trace.Result, ev *trace.Event) {
	if res.Err != nil {
		b.fail(i, said(res.Err))
		return
	}
	ans, err := b.a.answer(b.c, res, ev)
	if err != nil {
		b.fail(i, err)
		return
	}
	b.results[i] = ItemResult{Status: http.StatusCreated, Answer: &ans}
	if res.Repeat {
		b.results[i].Status = http.StatusOK
	}
}

func (b *batch) fail(i int, err error) {
	p := NewProblem(err, b.c.say, "")
	b.results[i] = ItemResult{Status: p.Status, Error: p}
	var e *trace.Error
	if !errors.As(err, &e) {
		b.a.unexpected(b.ctx, "batch item "+strconv.Itoa(i), err)
	}
}

// unexpected reports an error that the caller is not told about and that does not reach the error handler.
func (a *API) unexpected(ctx context.Context, what string, err error) {
	if a.Log != nil {
		a.Log.ErrorContext(ctx, "unexpected error", "in", what, "err", err)
	}
}
