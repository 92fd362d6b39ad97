package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/yousang/yousang/internal/app"
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
	Type string          `json:"type" later:"true" enum:"harvest,transformation,packing,unpacking,shipment,receipt,loss,observation,status,correction,work" doc:"Kind of the report. An unknown one fails its own item."`
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
	Error  *Problem `json:"error,omitempty" doc:"Why this report was not recorded; the others were. Its field is a path within the report's body, or type."`
}

type batchInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (a *API) registerBatch() {
	op := a.operation("/batch", "createBatch", tagReports, "Record many reports at once",
		"Up to 1,000 reports, each recorded or refused on its own: always look at each result. They share durable writes, so this is the fast way in for a phone that was without signal and for programs.")
	op.DefaultStatus, op.MaxBodyBytes, op.Responses = http.StatusOK, maxBatch, nil
	rules := rulesOf(reflect.TypeFor[Batch]())
	rules.depth = 3 // the batch, its items and an item: a body fails on its own
	huma.Register(a.huma, *op, func(ctx context.Context, in *batchInput) (*body[BatchAnswer], error) {
		var b Batch
		if err := decode(in.RawBody, &b, rules); err != nil {
			return nil, err
		}
		return answer(BatchAnswer{a.newBatch(ctx).run(b.Items)}, nil)
	})
	a.documented(op, reflect.TypeFor[Batch]())
}

// batch makes commands of reports and submits them together, chunk after chunk: while one is being written, the next is made. Where making
// a command depends on what earlier reports of the batch do, those are written first.
type batch struct {
	a       *API
	ctx     context.Context
	r       *app.App
	c       *caller
	results []ItemResult
	cmds    []trace.Command
	at      []int     // the item of each command
	from    []*report // what each command was made of
	under   *underWay
}

// underWay is a chunk that is being written.
type underWay struct {
	cmds []trace.Command
	at   []int
	from []*report
	done chan []trace.Result
}

// chunk is how many commands are submitted at a time: enough to share a durable write, few enough that making and writing overlap.
const chunk = 250

func (a *API) newBatch(ctx context.Context) *batch {
	return &batch{a: a, ctx: ctx, r: a.Recorder(), c: callerOf(ctx)}
}

func (b *batch) run(items []Item) []ItemResult {
	b.results = make([]ItemResult, len(items))
	for i := range items {
		if err := b.add(i, &items[i]); err != nil {
			b.fail(i, err)
		}
		if len(b.cmds) == chunk {
			b.submit()
		}
	}
	b.flush()
	return b.results
}

// add makes the command of an item.
func (b *batch) add(i int, it *Item) error {
	k, ok := b.a.kinds[it.Type]
	switch {
	case it.Type == "":
		return trace.E(trace.Invalid, trace.CodeRequired, "type")
	case !ok:
		return trace.E(trace.Invalid, trace.CodeBadValue, "type", "value", trace.Clip(it.Type), "allowed", strings.Join(sortedNames(b.a.kinds), " "))
	}
	p, err := k.read(it.Body, it.ID, nil)
	if err != nil {
		return err
	}
	if p.leans {
		b.flush()
	}
	cmd, err := p.command(b.ctx, b.r, b.c.Actor)
	if err != nil && (len(b.cmds) > 0 || b.under != nil) {
		b.flush() // it may name what an earlier item makes
		cmd, err = p.command(b.ctx, b.r, b.c.Actor)
	}
	if err != nil {
		if res, ok := again(b.ctx, b.r, cmd); ok {
			res.Err = p.said(b.r, res.Err, nil)
			b.settle(i, res, nil)
			return nil
		}
		return p.said(b.r, err, nil)
	}
	b.cmds, b.at, b.from = append(b.cmds, cmd), append(b.at, i), append(b.from, p)
	return nil
}

// submit hands over what is pending, after what was handed over before it.
func (b *batch) submit() {
	b.wait()
	if len(b.cmds) == 0 {
		return
	}
	u := &underWay{b.cmds, b.at, b.from, make(chan []trace.Result, 1)}
	b.cmds, b.at, b.from, b.under = nil, nil, nil, u
	go func() { u.done <- b.r.Submit(b.ctx, u.cmds...) }()
}

// wait takes the outcomes of the chunk under way, if there is one.
func (b *batch) wait() {
	if b.under == nil {
		return
	}
	u := b.under
	b.under = nil
	for j, res := range <-u.done {
		res.Err = u.from[j].said(b.r, res.Err, u.cmds[j].Event)
		b.settle(u.at[j], res, u.cmds[j].Event)
	}
}

// flush writes everything that is pending.
func (b *batch) flush() {
	b.submit()
	b.wait()
}

func (b *batch) settle(i int, res trace.Result, ev *trace.Event) {
	if res.Err != nil {
		b.fail(i, res.Err)
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
